//! Allowing an agreement's payments to be collected, over HTTP: given, refused, left, stopped, changed, not known, heard of twice.

use crate::portal::{Answer, Person, Portal, customer};
use crate::scripted::{Says, Scripted};
use crate::support::seed::{self, SeedAccount, Seeded};
use crate::support::{self, TestDb};
use evenkeel::domain::ids::{AgreementId, DocumentId, MandateId};
use evenkeel::domain::mandate::{EndReason, MandateFinding};
use evenkeel::server::processors::connection;
use evenkeel::server::processors::sandbox::signature;
use evenkeel::server::services::{documents, mandates};
use evenkeel::server::store;
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex};

struct Scene {
    portal: Portal,
    seeded: Seeded,
    person: Person,
    /// Its address.
    agreement: String,
    says: Arc<Mutex<Says>>,
}

impl Scene {
    /// A customer with an agreement of two payments of $150.00.
    async fn open(test: &TestDb) -> Scene {
        let says = Arc::new(Mutex::new(Says::TheTruth));
        let portal = Portal::open_between(&test.url, &[], |sandbox| Scripted::between(sandbox, &says)).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let agreement = person.agree_plan(&seeded.account_id).await;
        Scene { portal, seeded, person, agreement, says }
    }

    fn say(&self, says: Says) {
        *self.says.lock().expect("nobody broke") = says;
    }

    async fn asking(&mut self) -> Answer {
        self.person.get(&format!("{}/automatic", self.agreement)).await
    }

    /// Authorises; says where that leads.
    async fn authorise(&mut self) -> String {
        let page = self.asking().await;
        self.person.authorise(&page).await.expect("an answer")
    }

    /// Gives the permission on the sandbox's page, with a card whose messages come like this.
    async fn give(&mut self, method: &str) -> Answer {
        let page = self.authorise().await;
        assert!(page.contains("/sandbox-processor/mandates/"), "leads to {page}");
        self.person.post(&page, &[("method", method), ("button", "give")]).await
    }

    async fn newest(&self, column: &str) -> String {
        let sql = format!("select coalesce({column}, '') from mandates order by created_at desc, id desc limit 1");
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(self.portal.state.db.pool()).await.expect("a word")
    }

    async fn see(&mut self) -> Answer {
        let reference = self.newest("reference").await;
        self.person.get(&format!("/mandates/{reference}")).await
    }

    async fn stop(&mut self) -> Answer {
        let reference = self.newest("reference").await;
        self.person.post("/api/stop_mandate", &[("reference", &reference)]).await
    }

    async fn events(&self, action: &'static str) -> i64 {
        sqlx::query_scalar("select count(*) from events where action = $1")
            .bind(action)
            .fetch_one(self.portal.state.db.pool())
            .await
            .expect("a number")
    }

    async fn messages(&self, template: &'static str) -> i64 {
        sqlx::query_scalar("select count(*) from outbox where template = $1")
            .bind(template)
            .fetch_one(self.portal.state.db.pool())
            .await
            .expect("a number")
    }

    /// Whether instalments may be collected now.
    async fn is_in_force(&self) -> bool {
        let id = AgreementId(self.agreement.rsplit('/').next().expect("an id").to_owned());
        let mut tx = self.portal.state.db.begin_read().await.expect("begins");
        store::collections::permission(&mut tx, &id).await.expect("readable").is_some()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_allowed_is_shown_kept_and_handed_over_word_for_word() {
    for test in support::both().await {
        let mut scene = Scene::open(&test).await;
        scene.person.get(&scene.agreement.clone()).await.assert_says("You do not have to: paying here yourself is just as good.");
        let page = scene.asking().await;
        for words in [
            "I allow Northgate",
            "They are 2 payments, $300.00 in all",
            "$150.00",
            "If an amount would be more than listed, I am told in writing at least 10 days before.",
            "it is tried again at most twice. No fee is added here for that. My bank may charge one",
            "I do not have to allow this.",
            "That stops every payment that has not been sent yet; to be sure, I do it until the day before.",
            "I would rather pay myself",
        ] {
            page.assert_says(words);
        }
        page.assert_never_says(" checked");
        let hosted = scene.person.authorise(&page).await.expect("an answer");
        assert_eq!(scene.newest("state").await, "submitted");
        assert!(!scene.is_in_force().await, "nobody has given anything");
        scene.see().await.assert_says("One step is left");
        scene.person.get(&hosted).await.assert_says("asks for your permission to collect payments later");

        let given = scene.person.post(&hosted, &[("method", "approved"), ("button", "give")]).await;
        given.assert_says("Your payments are collected on their days");
        given.assert_says("Your copy as a PDF");
        given.assert_says("Stop collecting now");
        assert!(scene.is_in_force().await, "{}", test.name);
        assert_eq!(scene.newest("signed_name").await, "Ada Moreno");
        let text = scene.newest("shown_text").await;
        assert_eq!(scene.newest("text_sha256").await, hex::encode(Sha256::digest(text.as_bytes())));
        assert_eq!(scene.newest("text_sha256").await, page.value_of("shown_text"), "what was shown is what is kept");
        assert!(text.contains("I authorise these collections."), "{text}");

        assert_eq!(
            scene.portal.word("select kind from documents order by issued_at desc, id desc limit 1").await,
            "authorisation"
        );
        let file = scene.portal.word("select id from documents where kind = 'authorisation'").await;
        let (customer, document) = (customer(&scene.seeded), DocumentId(file.clone()));
        let stored = documents::file_of_customer(&scene.portal.state, &customer, &document).await.expect("readable");
        let stored = stored.expect("theirs");
        let verdict = documents::verify_file(&scene.portal.state, &stored.bytes).await.expect("readable");
        assert_eq!(verdict, documents::Verdict::Genuine);
        given.assert_says(&format!("/documents/{file}.pdf"));
        assert_eq!(scene.messages("authorisation_copy").await, 1);
        assert_eq!((scene.events("mandate.authorised").await, scene.events("mandate.given").await), (1, 1));

        let agreement = scene.person.get(&scene.agreement.clone()).await;
        agreement.assert_says("from the card or account you chose");
        agreement.assert_says("Stop collecting now");
        agreement.assert_never_says("Nothing is taken by itself");
        let account = scene.person.get(&format!("/account/{}", scene.seeded.account_id)).await;
        account.assert_says("as you allowed. You can stop that any time until it is sent; to be sure, until the day before");
        account.assert_never_says("No money is taken unless you say so");

        // Its message, and the job, say nothing new.
        scene.portal.work().await;
        scene.portal.work_an_hour_later().await;
        assert_eq!(scene.portal.number("select count(*) from jobs where done_at is null").await, 0, "{}", test.name);
        assert_eq!(scene.portal.number("select count(*) from processor_events where effect = 'repeated'").await, 1);
        assert_eq!((scene.events("mandate.given").await, scene.messages("authorisation_copy").await), (1, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_name_and_a_yes_nothing_is_authorised_and_nothing_typed_is_lost() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    let page = scene.asking().await;
    let agreement = page.value_of("agreement");
    let shown = [("shown_in", "en"), ("shown_text", &*page.value_of("shown_text"))].map(|(name, value)| (name, value.to_owned()));
    let key = page.value_of("key");
    let mut fields = vec![("agreement", agreement.as_str()), ("key", &key), ("name", "Ada Moreno")];
    fields.extend(shown.iter().map(|(name, value)| (*name, value.as_str())));
    let refused = scene.person.post("/api/authorise_collection", &fields).await;
    refused.assert_says("Tick the box if you authorise this");
    refused.assert_says("value=\"Ada Moreno\"");
    fields[2] = ("name", "...");
    fields.push(("consent", "yes"));
    let refused = scene.person.post("/api/authorise_collection", &fields).await;
    refused.assert_says("Type your full name to authorise this");
    refused.assert_says("checked");
    assert_eq!(scene.portal.number("select count(*) from mandates").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_since_it_was_shown_is_shown_again_before_it_is_allowed() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    let page = scene.asking().await;
    let account = scene.seeded.account_id.clone();
    let hosted = scene.person.reach_sandbox(&account, "instalment", "").await;
    scene.person.pay_by(&hosted, "approved").await.assert_says("Paid: $150.00");
    let led_to = scene.person.authorise(&page).await.expect("an answer");
    let again = scene.person.get(&led_to).await;
    again.assert_says("Something has changed since you looked.");
    again.assert_says("It is one payment of $150.00");
    again.assert_says("value=\"Ada Moreno\"");
    assert_eq!(scene.portal.number("select count(*) from mandates").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_press_stops_it_here_and_at_the_payment_company() {
    for test in support::both().await {
        let mut scene = Scene::open(&test).await;
        scene.give("approved").await.assert_says("Your payments are collected on their days");
        let stopped = scene.stop().await;
        stopped.assert_says("Nothing is collected any more");
        stopped.assert_says("You stopped it on 20 November 2026.");
        assert!(!scene.is_in_force().await, "{}", test.name);
        // A second press, another tab.
        scene.stop().await.assert_says("Nothing is collected any more");
        assert_eq!((scene.events("mandate.ended").await, scene.messages("authorisation_ended").await), (1, 1));
        scene.portal.work().await;
        assert_eq!(scene.portal.word("select state from sandbox_mandates").await, "ended");
        assert_eq!(scene.events("mandate.ended_at_processor").await, 1);
        assert_eq!(scene.portal.number("select count(*) from mandates where ended_at_processor_at is not null").await, 1);
        let agreement = scene.person.get(&scene.agreement.clone()).await;
        agreement.assert_says("It ended on 20 November 2026. Nothing is collected any more");
        agreement.assert_says("Set it up again");
        agreement.assert_says("Nothing is taken by itself");
        agreement.assert_never_says("Stop collecting now");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_payment_company_is_asked_to_end_it_until_it_has() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    scene.give("approved").await;
    scene.stop().await.assert_says("Nothing is collected any more");
    scene.say(Says::Nothing);
    scene.portal.work().await;
    assert_eq!(scene.portal.word("select state from sandbox_mandates").await, "given");
    assert_eq!(scene.portal.word("select last_error from jobs where kind = 'end_mandate'").await, "not_yet_ended");
    scene.say(Says::TheTruth);
    scene.portal.work_an_hour_later().await;
    assert_eq!(scene.portal.word("select state from sandbox_mandates").await, "ended");
    assert_eq!(scene.portal.number("select count(*) from jobs where done_at is null").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leaves_the_payment_companys_page_has_allowed_nothing() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    let page = scene.authorise().await;
    let left = scene.person.post(&page, &[("button", "cancel")]).await;
    left.assert_says("It was not set up");
    left.assert_says("Set it up again");
    left.assert_says("Pay a payment myself");
    scene.portal.work().await;
    assert!(!scene.is_in_force().await);
    // Left open until it closed by itself: the job finds out.
    scene.authorise().await;
    sqlx::query("update sandbox_mandates set expires_at = 1 where state = 'open'")
        .execute(test.db.pool())
        .await
        .expect("time passes");
    scene.portal.work_an_hour_later().await;
    assert_eq!(scene.newest("state").await, "closed");
    scene.see().await.assert_says("closed before anything was allowed there");
    assert_eq!(scene.portal.number("select count(*) from documents where kind = 'authorisation'").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_the_bank_does_not_accept_sets_up_nothing() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    scene.authorise().await;
    scene.say(Says::Finding(MandateFinding::Refused));
    let refused = scene.see().await;
    refused.assert_says("That card or account was not accepted");
    refused.assert_says("Try another card or account");
    assert!(!scene.is_in_force().await);
    // And a request the payment company does not take at all.
    scene.say(Says::Refusal);
    let led_to = scene.authorise().await;
    scene.person.get(&led_to).await.assert_says("That card or account was not accepted");
    assert_eq!(scene.portal.number("select count(*) from mandates where state = 'refused'").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_bank_looks_at_it_nothing_is_collected() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    scene.authorise().await;
    scene.say(Says::Finding(MandateFinding::Processing));
    scene.see().await.assert_says("Your bank is looking at it");
    assert!(!scene.is_in_force().await);
    // Silence makes nothing unknown that is known.
    scene.say(Says::Nothing);
    scene.see().await.assert_says("Your bank is looking at it");
    scene.portal.work_an_hour_later().await;
    scene.see().await.assert_says("Your bank is looking at it");
    scene.person.get(&scene.agreement.clone()).await.assert_says("It is being set up. Nothing is collected by it yet.");
    scene.say(Says::Finding(MandateFinding::Given { mandate: "given later".into() }));
    scene.portal.work_hours_later(3).await;
    scene.see().await.assert_says("Your payments are collected on their days");
    assert!(scene.is_in_force().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_known_is_said_to_be_unknown_and_found_out() {
    for test in support::both().await {
        let mut scene = Scene::open(&test).await;
        scene.say(Says::Nothing);
        let led_to = scene.authorise().await;
        assert!(led_to.contains("/mandates/EM-"), "leads to {led_to}");
        let page = scene.person.get(&led_to).await;
        page.assert_says("We do not know yet");
        page.assert_says("Nothing is collected until we know.");
        scene.portal.work_an_hour_later().await;
        assert_eq!(scene.newest("state").await, "unknown", "{}", test.name);
        scene.say(Says::TheTruth);
        scene.see().await.assert_says("One step is left");
        let hosted = scene.newest("hosted_page").await;
        scene.person.post(&hosted, &[("method", "webhook_never"), ("button", "give")]).await.assert_says("Your payments are");
        assert_eq!(scene.portal.number("select count(*) from sandbox_mandates").await, 1, "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_never_arrived_is_given_up_only_after_asking_three_times() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    scene.say(Says::NeverReceived);
    scene.authorise().await;
    let now = scene.portal.state.clock.real_now_millis();
    for hours in 1..=3 {
        assert_eq!(scene.newest("state").await, "unknown");
        evenkeel::server::jobs::run_due(&scene.portal.state, now + hours * 7_200_000).await.expect("the work is done");
    }
    assert_eq!(scene.newest("state").await, "closed");
    // It turns up after all: its customer was told that it is not set up, so it is ended and never used.
    scene.say(Says::TheTruth);
    let reference = scene.newest("reference").await;
    let late = format!(r#"{{"event":"sbm_late.given","mandate":"sbm_late","merchant_reference":"{reference}","state":"given"}}"#);
    assert_eq!(deliver(&scene.portal, &late).await, 200);
    scene.see().await.assert_says("It came after we had told you that it was not set up.");
    assert!(!scene.is_in_force().await);
}

/// A message of the sandbox's, signed by it; says what the portal answers.
async fn deliver(portal: &Portal, body: &str) -> u16 {
    let now = portal.state.clock.real_now();
    let client = connection::plain().build().expect("a client");
    let request = client.post(format!("{}/webhooks/sandbox", portal.address));
    let signed = portal.sandbox().sign(body.as_bytes(), now);
    request.header(signature::HEADER, signed).body(body.to_owned()).send().await.expect("an answer").status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn however_the_message_comes_it_is_in_force_once() {
    for test in support::both().await {
        for method in ["approved", "webhook_late", "webhook_twice", "webhook_never"] {
            let mut scene = Scene::open(&test).await;
            let page = scene.authorise().await;
            // They allow it and close the window: nobody comes back to our page.
            scene.person.press(&page, &[("method", method), ("button", "give")]).await.expect("an answer");
            scene.portal.sandbox_speaks().await;
            scene.portal.work().await;
            scene.portal.work_an_hour_later().await;
            assert!(scene.is_in_force().await, "{method} on {}", test.name);
            let reference = scene.newest("reference").await;
            let documents: i64 = sqlx::query_scalar(
                "select count(*) from documents join mandates on mandates.document_id = documents.id where mandates.reference = $1",
            )
            .bind(&reference)
            .fetch_one(test.db.pool())
            .await
            .expect("a number");
            assert_eq!(documents, 1, "{method}");
        }
        let scene_count = scene_numbers(&test).await;
        assert_eq!(scene_count, (4, 4), "{}", test.name);
    }
}

/// Documents and events of permissions that came into force.
async fn scene_numbers(test: &TestDb) -> (i64, i64) {
    let count = async |sql: &'static str| sqlx::query_scalar(sql).fetch_one(test.db.pool()).await.expect("a number");
    (
        count("select count(*) from documents where kind = 'authorisation'").await,
        count("select count(*) from events where action = 'mandate.given'").await,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_out_of_order_or_about_another_permission_change_nothing() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    scene.give("webhook_never").await;
    let (reference, id) = (scene.newest("reference").await, scene.newest("mandate").await);
    let say = |mandate: &str, state: &str| {
        format!(r#"{{"event":"{mandate}.{state}","mandate":"{mandate}","merchant_reference":"{reference}","state":"{state}"}}"#)
    };
    assert_eq!(deliver(&scene.portal, &say(&id, "cancelled")).await, 200);
    assert_eq!(deliver(&scene.portal, &say("sbm_other", "given")).await, 200);
    assert_eq!(scene.events("mandate.contradicted").await, 1);
    assert!(scene.is_in_force().await);
    scene.stop().await;
    assert_eq!(deliver(&scene.portal, &say(&id, "given")).await, 200);
    assert!(!scene.is_in_force().await);
    let effects = "select count(*) from processor_events where mandate_id is not null and effect = 'late'";
    assert_eq!(scene.portal.number(effects).await, 2);
    // Nobody's.
    assert_eq!(deliver(&scene.portal, &say(&id, "given").replace(&reference, "EM-9999-9999")).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn pressed_twice_in_two_tabs_and_once_more_with_the_back_button_it_is_one_permission() {
    for test in support::both().await {
        let mut scene = Scene::open(&test).await;
        let (page, other_tab) = (scene.asking().await, scene.asking().await);
        assert_ne!(page.value_of("key"), other_tab.value_of("key"));
        let mut people = [scene.person.clone(), scene.person.clone(), scene.person.clone()];
        let [first, second, third] = &mut people;
        let led_to = tokio::join!(first.authorise(&page), second.authorise(&page), third.authorise(&other_tab));
        for led_to in [led_to.0, led_to.1, led_to.2] {
            let led_to = led_to.expect("an answer");
            assert!(led_to.contains("/sandbox-processor/mandates/") || led_to.contains("/mandates/EM-"), "leads to {led_to}");
        }
        assert_eq!(scene.portal.number("select count(*) from mandates").await, 1, "{}", test.name);
        let hosted = scene.portal.word("select hosted_page from mandates where state = 'submitted'").await;
        scene.person.post(&hosted, &[("method", "approved"), ("button", "give")]).await.assert_says("Your payments are");
        // Whichever of the tabs was faster: the other one asks for what is there already.
        for tab in [&page, &other_tab] {
            let again = scene.person.authorise(tab).await.expect("an answer");
            scene.person.get(&again).await.assert_says("Your payments are collected on their days");
        }
        scene.person.post(&hosted, &[("method", "approved"), ("button", "give")]).await.assert_says("Your payments are");
        assert_eq!(scene.portal.number("select count(*) from mandates").await, 1);
        assert_eq!(scene.portal.number("select count(*) from sandbox_mandates").await, 1);
        assert_eq!(scene.portal.number("select count(*) from documents where kind = 'authorisation'").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_card_takes_its_place_only_when_it_is_given() {
    for test in support::both().await {
        let mut scene = Scene::open(&test).await;
        scene.give("approved").await;
        let first = scene.newest("reference").await;
        scene.portal.work().await;
        scene.asking().await.assert_says("The card or account you use now stays until the new one is in place.");
        let hosted = scene.authorise().await;
        let in_force = "select reference from mandates where state = 'given'";
        assert_eq!(scene.portal.word(in_force).await, first, "{}", test.name);
        scene.person.get(&scene.agreement.clone()).await.assert_says("The one you use now stays until that is done.");
        // While it waits, a third is not begun.
        assert!(scene.asking().await.url.contains("/mandates/EM-"));
        scene.person.post(&hosted, &[("method", "approved"), ("button", "give")]).await.assert_says("Your payments are");
        assert_ne!(scene.portal.word(in_force).await, first);
        assert_eq!(scene.portal.number("select count(*) from mandates where state = 'given'").await, 1);
        let old = scene.person.get(&format!("/mandates/{first}")).await;
        old.assert_says("Another card or account took its place");
        old.assert_says("is still in place");
        scene.portal.work().await;
        let ended = "select count(*) from sandbox_mandates where state = 'ended'";
        assert_eq!(scene.portal.number(ended).await, 1, "{}", test.name);
        let given = "select count(*) from mandates join sandbox_mandates on sandbox_mandates.id = mandates.mandate
                     where mandates.state = 'given' and sandbox_mandates.state = 'given'";
        assert_eq!(scene.portal.number(given).await, 1, "the new one is not ended with the old");
        assert_eq!((scene.messages("authorisation_copy").await, scene.messages("authorisation_ended").await), (2, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_back_never_comes_into_force_even_if_it_is_given_after_that() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    let hosted = scene.authorise().await;
    let back = scene.stop().await;
    back.assert_says("You took it back");
    back.assert_says("Set it up again");
    // The payment company's page is still open in another tab.
    scene.person.post(&hosted, &[("method", "approved"), ("button", "give")]).await;
    scene.portal.work().await;
    assert!(!scene.is_in_force().await);
    assert_eq!(scene.newest("state").await, "ended");
    scene.portal.work_an_hour_later().await;
    assert_eq!(scene.portal.word("select state from sandbox_mandates").await, "ended");
    assert_eq!(scene.portal.number("select count(*) from documents where kind = 'authorisation'").await, 0);
    // And another one can be given.
    scene.give("approved").await.assert_says("Your payments are collected on their days");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_nobody_uses_after_taking_it_back_is_asked_for_until_it_is_closed() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    scene.authorise().await;
    scene.stop().await.assert_says("You took it back");
    scene.portal.work_an_hour_later().await;
    assert_eq!(scene.newest("state").await, "withdrawn");
    sqlx::query("update sandbox_mandates set expires_at = 1").execute(test.db.pool()).await.expect("time passes");
    let in_two_days = scene.portal.state.clock.real_now_millis() + 172_800_000;
    evenkeel::server::jobs::run_due(&scene.portal.state, in_two_days).await.expect("the work is done");
    assert_eq!(scene.newest("state").await, "closed");
    assert_eq!(scene.portal.number("select count(*) from jobs where done_at is null").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_agreement_is_over_nothing_is_collected_any_more() {
    for test in support::both().await {
        let mut scene = Scene::open(&test).await;
        scene.give("approved").await;
        let hosted = scene.authorise().await;
        let account = scene.seeded.account_id.clone();
        for _ in 0..2 {
            let page = scene.person.reach_sandbox(&account, "instalment", "").await;
            scene.person.pay_by(&page, "approved").await.assert_says("Paid: $150.00");
        }
        assert_eq!(scene.portal.word("select state from agreements").await, "completed");
        assert!(!scene.is_in_force().await, "{}", test.name);
        assert_eq!(scene.portal.number("select count(*) from mandates where end_reason = 'agreement_ended'").await, 2);
        // The page of the second one was still open.
        scene
            .person
            .post(&hosted, &[("method", "approved"), ("button", "give")])
            .await
            .assert_says("Nothing is collected any more");
        scene.portal.work().await;
        scene.portal.work_an_hour_later().await;
        assert_eq!(scene.portal.number("select count(*) from sandbox_mandates where state = 'ended'").await, 2, "{}", test.name);
        assert_eq!(scene.messages("authorisation_ended").await, 0);
        // The page that asks leads to the agreement, which says so.
        let page = scene.asking().await;
        assert!(page.url.ends_with(&scene.agreement), "{}", page.url);
        page.assert_says("Nothing is collected any more");
        page.assert_says("What you had allowed us to collect ended on");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_hold_or_taken_back_it_is_not_offered_and_says_why() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    let page = scene.asking().await;
    let account = scene.seeded.account_id.clone();
    let fields = [("account", account.as_str()), ("topic", "not-right"), ("text", "I paid this"), ("reply_to", "")];
    scene.person.post("/api/send_message", &fields).await.assert_says("We are looking into it");
    let held = scene.asking().await;
    held.assert_says("While it is, nothing is collected and nothing can be set up here.");
    held.assert_never_says("<form method=\"post\" action=\"/api/authorise_collection\"");
    scene.person.get(&scene.agreement.clone()).await.assert_says("nothing can be set up here");
    // The page that was open before leads there too.
    let led_to = scene.person.authorise(&page).await.expect("an answer");
    scene.person.get(&led_to).await.assert_says("nothing can be set up here");
    sqlx::query("update accounts set status = 'recalled'").execute(test.db.pool()).await.expect("taken back");
    scene.asking().await.assert_says("has taken this account back. Nothing is collected here.");
    assert_eq!(scene.portal.number("select count(*) from mandates").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_place_and_on_hold_both_are_said() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    scene.give("approved").await;
    let account = scene.seeded.account_id.clone();
    let fields = [("account", account.as_str()), ("topic", "not-right"), ("text", "I paid this"), ("reply_to", "")];
    scene.person.post("/api/send_message", &fields).await.assert_says("We are looking into it");
    for page in [scene.see().await, scene.person.get(&scene.agreement.clone()).await] {
        page.assert_says("The account is on hold. While it is, nothing is collected.");
        page.assert_says("Stop collecting now");
    }
    let account = scene.person.get(&format!("/account/{account}")).await;
    account.assert_never_says("is collected from the card or account you chose");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_sees_allows_or_stops_it() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    scene.give("approved").await;
    let page = scene.asking().await;
    let reference = scene.newest("reference").await;
    let other = seed::account(&test.db, SeedAccount::default()).await;
    let mut stranger = scene.portal.person(&other).await;
    for path in [format!("/mandates/{reference}"), format!("{}/automatic", scene.agreement)] {
        let answer = stranger.get(&path).await;
        assert!(answer.url.ends_with("/account"), "{path} leads to {}", answer.url);
        answer.assert_never_says(&reference);
    }
    assert!(stranger.authorise(&page).await.expect("an answer").ends_with("/account"));
    stranger.post("/api/stop_mandate", &[("reference", &reference)]).await;
    assert!(scene.is_in_force().await);
    assert_eq!(scene.portal.number("select count(*) from mandates").await, 1);
    // Their own agreement, under a key that was used for another.
    let account = other.account_id.clone();
    let theirs = stranger.agree_plan(&account).await;
    let own = stranger.get(&format!("{theirs}/automatic")).await;
    let used = scene.portal.word("select decision_key from mandates").await;
    let forged = Answer { body: own.body.replace(&own.value_of("key"), &used), ..own };
    let led_to = stranger.authorise(&forged).await.expect("an answer");
    stranger.get(&led_to).await.assert_says("Please press the button again. Nothing was set up");
    assert_eq!(scene.portal.number("select count(*) from mandates").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_the_bank_ended_is_over_here_and_its_customer_is_told() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    scene.give("approved").await;
    let id = MandateId(scene.newest("id").await);
    let state = &scene.portal.state;
    for _ in 0..2 {
        let mut tx = state.db.begin_write().await.expect("begins");
        store::lock_account(&mut tx, &scene.seeded.account_id).await.expect("locked");
        mandates::end(state, &mut tx, &id, EndReason::Processor, state.clock.now_millis()).await.expect("it ends");
        tx.commit().await.expect("commits");
    }
    assert!(!scene.is_in_force().await);
    let page = scene.see().await;
    page.assert_says("The payment company or your bank ended it on 20 November 2026.");
    page.assert_says("Set it up again");
    assert_eq!((scene.events("mandate.ended").await, scene.messages("authorisation_ended").await), (1, 1));
    scene.portal.work().await;
    assert_eq!(scene.portal.word("select state from sandbox_mandates").await, "ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_had_been_sent_before_the_stop_is_told() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    scene.give("approved").await;
    let account = scene.seeded.account_id.clone();
    let page = scene.person.reach_sandbox(&account, "instalment", "").await;
    scene.person.pay_by(&page, "slow").await.assert_says("Your payment is on its way");
    // As a collection is recorded.
    sqlx::query("update payments set purpose = 'collection'").execute(test.db.pool()).await.expect("it is so");
    let stopped = scene.stop().await;
    stopped.assert_says("One payment had been sent before. It may still go through.");
    let reference = scene.portal.word("select reference from payments").await;
    stopped.assert_says(&format!("/payments/{reference}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn in_spanish_the_text_is_spanish_and_so_is_what_is_kept() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    scene.person.post("/api/choose_language", &[("language", "es"), ("back", "/account")]).await;
    let page = scene.asking().await;
    page.assert_says("No tengo obligación de permitirlo.");
    page.assert_says("Son 2 pagos, $300.00 en total");
    let hosted = scene.person.authorise(&page).await.expect("an answer");
    let given = scene.person.post(&hosted, &[("method", "approved"), ("button", "give")]).await;
    given.assert_says("Sus pagos se cobran en su día");
    assert!(scene.newest("shown_text").await.contains("Autorizo estos cobros."));
    assert_eq!(scene.newest("language").await, "es");
    assert_eq!(scene.portal.word("select language from outbox where template = 'authorisation_copy'").await, "es");
}
