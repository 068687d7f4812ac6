//! What a customer wants of how they are reached: said, kept, obeyed by what waits, and taken back.

use crate::app::{Answer, Browser, TestApp};
use crate::support::seed::{self, SeedAccount, Seeded};
use evenkeel::domain::contact::channel::Channel;
use evenkeel::domain::contact::gate::Reason;
use evenkeel::domain::ids::CustomerId;
use evenkeel::domain::language::Language;
use evenkeel::server::notify::letters::Template;
use evenkeel::server::services::outbox::{self, Hurry, Message, State};

const MAIL: (&str, &str) = ("mail.smtp_url", "smtp://127.0.0.1:9");
const PAGE: &str = "/you/contact";

async fn both() -> [TestApp; 2] {
    [TestApp::with(&[MAIL]).await, TestApp::postgres_with(&[MAIL]).await]
}

async fn write(app: &TestApp, seeded: &Seeded, template: Template, once: &str) {
    let customer_id = CustomerId(seeded.customer_id.clone());
    let message = Message {
        customer_id: &customer_id,
        template,
        language: Language::English,
        values: template.example(),
        document_id: None,
        hurry: Hurry::InWindow,
        once,
    };
    let mut tx = app.db().begin_write().await.expect("begins");
    outbox::enqueue(&app.state, &mut tx, &message).await.expect("is written");
    tx.commit().await.expect("commits");
}

async fn stands(app: &TestApp, once: &str) -> (State, Channel) {
    let mut tx = app.db().begin_read().await.expect("begins");
    outbox::by_once_key(&mut tx, once).await.expect("reads").expect("a message")
}

/// The form as it stands, with what else is said.
async fn keep(browser: &mut Browser, said: &[(&str, &str)], without: &[&str]) -> Answer {
    let usual = [
        "day_mon",
        "day_tue",
        "day_wed",
        "day_thu",
        "day_fri",
        "day_sat",
        "day_sun",
        "part_morning",
        "part_afternoon",
        "part_evening",
    ];
    let mut fields: Vec<(&str, &str)> =
        usual.into_iter().filter(|name| !without.contains(name)).map(|name| (name, "yes")).collect();
    fields.extend(said);
    browser.post("/api/keep_wishes", &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_obeys_the_days_and_times_that_suit() {
    for app in both().await {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        // Friday 20 November 2026, 11:00 in Denver: it may leave at once.
        write(&app, &seeded, Template::ReceiptCopy, "receipt").await;
        assert!(matches!(stands(&app, "receipt").await.0, State::Waiting { reason: None, .. }));
        let weekdays = ["day_mon", "day_tue", "day_wed", "day_thu", "day_fri"];
        let page = keep(&mut browser, &[], &weekdays).await;
        page.assert_says("This is kept.");
        outbox::send_due(&app.state).await.expect("sends");
        let (state, channel) = stands(&app, "receipt").await;
        // Saturday, 8:00.
        let saturday = "2026-11-21T15:00:00Z".parse::<jiff::Timestamp>().expect("an instant").as_millisecond();
        assert_eq!(state, State::Waiting { reason: Some(Reason::Inconvenient), not_before: saturday });
        assert_eq!(channel, Channel::Email);
        browser.get("/account").await.assert_says("you told us that other days or times suit you");
        // Every day suits again: what waited is decided anew.
        keep(&mut browser, &[], &[]).await;
        assert!(matches!(stands(&app, "receipt").await.0, State::Waiting { not_before, .. } if not_before < saturday));
        assert_eq!(
            app.count("select count(*) from events where action = 'contact.wishes_kept' and actor_kind = 'customer'").await,
            2
        );
        // The same said again changes nothing.
        keep(&mut browser, &[], &[]).await;
        assert_eq!(app.count("select count(*) from events where action = 'contact.wishes_kept'").await, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_and_places_are_stopped_and_taken_up_again() {
    for app in both().await {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        write(&app, &seeded, Template::InstalmentReminder, "reminder").await;
        write(&app, &seeded, Template::ReceiptCopy, "receipt").await;
        keep(&mut browser, &[("email", "no"), ("letters", "yes"), ("calls", "no"), ("places", "at work")], &[]).await;
        outbox::send_due(&app.state).await.expect("sends");
        assert_eq!(stands(&app, "reminder").await.0, State::NotSent { reason: Reason::OptedOut });
        assert_eq!(stands(&app, "receipt").await.0, State::Printing);
        let page = browser.get(PAGE).await;
        page.assert_says("at work");
        assert_eq!(app.count("select count(*) from channel_marks where learned_from = 'customer' and ended_at is null").await, 1);
        // The events of it hold no words of theirs.
        assert_eq!(app.count("select count(*) from events where details like '%at work%'").await, 0);
        keep(&mut browser, &[("email", "yes"), ("email_place", "yes")], &[]).await;
        // E-mail is wanted, but not at this address.
        write(&app, &seeded, Template::ReceiptCopy, "second").await;
        assert_eq!(stands(&app, "second").await.1, Channel::Letter);
        app.execute("update customers set email = 'home@example.net'").await;
        write(&app, &seeded, Template::ReceiptCopy, "third").await;
        assert_eq!(stands(&app, "third").await.1, Channel::Email);
        app.execute("update customers set email = 'ada.moreno@example.net'").await;
        keep(&mut browser, &[("email", "yes")], &[]).await;
        write(&app, &seeded, Template::ReceiptCopy, "fourth").await;
        assert_eq!(stands(&app, "fourth").await.1, Channel::Email);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_and_what_was_typed_is_still_there() {
    let app = TestApp::with(&[MAIL]).await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    let long = "a".repeat(301);
    let fields = [("places", long.as_str()), ("calls", "no")];
    let page = browser.post("/api/keep_wishes", &fields).await;
    page.assert_says("Tick at least one day.");
    page.assert_says("Tick at least one time of day.");
    page.assert_says("Shorten this to 300 characters.");
    page.assert_says(&long);
    assert_eq!(app.count("select count(*) from contact_wishes").await, 0);
    // A zone nobody offers, a language nobody speaks, and no choice at all are no wishes.
    keep(&mut browser, &[("time_zone", "Mars/Olympus"), ("language", "tlh"), ("email", "maybe")], &[]).await;
    assert_eq!(app.count("select count(*) from contact_wishes").await, 0);
    assert_eq!(app.count("select count(*) from customers where language = 'en'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_zone_is_one_more_whose_hours_are_kept() {
    // 8:30 in Denver, 5:30 in Honolulu.
    let morning = [MAIL, ("sandbox.clock", "2026-11-20T15:30:00Z")];
    for app in [TestApp::with(&morning).await, TestApp::postgres_with(&morning).await] {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        keep(&mut browser, &[("time_zone", "Pacific/Honolulu"), ("language", "es")], &[]).await;
        write(&app, &seeded, Template::ReceiptCopy, "receipt").await;
        let eight = "2026-11-20T18:00:00Z".parse::<jiff::Timestamp>().expect("an instant").as_millisecond();
        assert_eq!(stands(&app, "receipt").await.0, State::Waiting { reason: Some(Reason::OutsideWindow), not_before: eight });
        assert_eq!(app.count("select count(*) from customers where language = 'es' and time_zone = 'America/Denver'").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_contacting_me_says_what_still_comes_and_is_taken_back() {
    for app in both().await {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        write(&app, &seeded, Template::InstalmentReminder, "reminder").await;
        write(&app, &seeded, Template::CollectionNotice, "notice").await;
        let page = browser.get("/you/contact/stop").await;
        page.assert_says("What still comes");
        page.assert_says("Records of what you do here");
        assert_eq!(app.count("select count(*) from channel_marks").await, 0);
        for _ in 0..2 {
            browser.post("/api/stop_contact", &[]).await.assert_says("You asked us on");
        }
        assert_eq!(app.count("select count(*) from channel_marks where mark = 'stopped_contact' and ended_at is null").await, 1);
        outbox::send_due(&app.state).await.expect("sends");
        assert_eq!(stands(&app, "reminder").await.0, State::NotSent { reason: Reason::StoppedContact });
        assert!(!matches!(stands(&app, "notice").await.0, State::NotSent { .. }));
        let page = browser.post("/api/take_up_contact", &[("what", "everything")]).await;
        page.assert_never_says("You asked us on");
        write(&app, &seeded, Template::InstalmentReminder, "later").await;
        assert!(matches!(stands(&app, "later").await.0, State::Waiting { .. }));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_speaks_through_an_adviser_is_not_reminded_until_they_say_so() {
    for app in both().await {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        let page = browser.post("/api/name_adviser", &[("name", " "), ("contact", "555-0100")]).await;
        page.assert_says("Enter the name of your attorney, adviser or their firm");
        page.assert_says("555-0100");
        let page = browser.post("/api/name_adviser", &[("name", "Grace Hopper <b>"), ("contact", "555-0100")]).await;
        page.assert_says("we speak about your accounts with Grace Hopper <b> only");
        write(&app, &seeded, Template::InstalmentReminder, "reminder").await;
        assert_eq!(stands(&app, "reminder").await.0, State::NotSent { reason: Reason::Represented });
        write(&app, &seeded, Template::ReceiptCopy, "receipt").await;
        assert_eq!(stands(&app, "receipt").await.1, Channel::Email);
        assert_eq!(app.count("select count(*) from events where details like '%Hopper%' or details like '%0100%'").await, 0);
        browser.post("/api/take_up_contact", &[("what", "adviser")]).await.assert_never_says("Grace Hopper");
        write(&app, &seeded, Template::InstalmentReminder, "later").await;
        assert!(matches!(stands(&app, "later").await.0, State::Waiting { .. }));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_is_kept_with_its_very_words_and_can_be_taken_back() {
    for app in both().await {
        let seeded = app.seeded().await;
        app.execute("update customers set phone = '303-555-0100'").await;
        let mut browser = app.signed_in(&seeded).await;
        let page = browser.get("/you/contact/consent/texts").await;
        page.assert_says("I agree to get text messages about my account");
        let shown = page.value_of("shown_text").expect("the version of the text");
        let agree =
            |shown: &str| vec![("what", "texts".to_owned()), ("shown_in", "en".to_owned()), ("shown_text", shown.to_owned())];
        let post = async |browser: &mut Browser, fields: Vec<(&str, String)>, agreed: &str| {
            let mut fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
            fields.push(("agreed", agreed));
            browser.post("/api/give_consent", &fields).await
        };
        post(&mut browser, agree(&shown), "").await.assert_says("Tick the box if you agree.");
        post(&mut browser, agree("another"), "yes").await.assert_says("This text has changed since you saw it.");
        assert_eq!(app.count("select count(*) from channel_consents").await, 0);
        for _ in 0..2 {
            post(&mut browser, agree(&shown), "yes").await.assert_says("You agreed to this on");
        }
        assert_eq!(
            app.count(
                "select count(*) from channel_consents
                 where channel = 'text' and given_by = 'customer' and language = 'en' and withdrawn_at is null
                   and agreed_text like 'I agree to get text messages%'"
            )
            .await,
            1
        );
        for _ in 0..2 {
            browser.post("/api/withdraw_consent", &[("what", "texts")]).await.assert_says("What you would agree to");
        }
        assert_eq!(app.count("select count(*) from channel_consents where withdrawn_at is null").await, 0);
        assert_eq!(app.count("select count(*) from events where action = 'consent.withdrawn'").await, 1);
        assert_eq!(browser.get_here("/you/contact/consent/anything").await.location(), PAGE);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_paper_gets_paper_and_may_agree_to_electronic_again() {
    for app in both().await {
        let seeded = app.seeded().await;
        let mut browser = app.signed_in(&seeded).await;
        browser
            .post("/api/withdraw_consent", &[("what", "documents")])
            .await
            .assert_says("You get documents and notices on paper");
        write(&app, &seeded, Template::ReceiptCopy, "receipt").await;
        assert_eq!(stands(&app, "receipt").await.1, Channel::Letter);
        write(&app, &seeded, Template::InstalmentReminder, "reminder").await;
        assert_eq!(stands(&app, "reminder").await.1, Channel::Email);
        let page = browser.get("/you/contact/consent/documents").await;
        let shown = page.value_of("shown_text").expect("the version of the text");
        let fields = [("what", "documents"), ("shown_in", "en"), ("shown_text", shown.as_str()), ("agreed", "yes")];
        browser.post("/api/give_consent", &fields).await.assert_says("You agreed to this on");
        write(&app, &seeded, Template::ReceiptCopy, "second").await;
        assert_eq!(stands(&app, "second").await.1, Channel::Email);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wishes_are_ones_own_and_need_a_session() {
    let app = TestApp::with(&[MAIL]).await;
    let seeded = app.seeded().await;
    let mut browser = app.signed_in(&seeded).await;
    keep(&mut browser, &[("places", "at the bakery")], &["day_mon"]).await;
    let other = seed::account(app.db(), SeedAccount::default()).await;
    let mut stranger = app.browser();
    let answers = crate::app::right_answers(&other.reference);
    stranger.post_here("/api/sign_in", &answers).await;
    stranger.get(PAGE).await.assert_never_says("at the bakery");
    for page in [PAGE, "/you/contact/stop", "/you/contact/adviser", "/you/contact/consent/texts", "/documents"] {
        assert!(app.browser().get_here(page).await.location().starts_with("/sign-in"), "{page}");
    }
    app.browser().post_here("/api/stop_contact", &[]).await;
    assert_eq!(app.count("select count(*) from channel_marks").await, 0);
}
