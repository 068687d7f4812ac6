//! Agreements changed and ended by their customers: what is allowed is offered, what is shown is what is signed, nothing that is paid
//! moves, and nothing is collected of a plan that was changed.

use crate::collecting::{NOTICE_DAY, SIGNED, allow, announced, on, stands, tries, written};
use crate::portal::{Answer, Person, Portal};
use crate::support::seed::{self, SeedAccount};
use crate::support::{self, TestDb};
use evenkeel::domain::money::{Currency, Money};
use evenkeel::server::processors::sandbox::{Method, TakenBackBy};

/// Instalments of the version in force: number, day, amount.
async fn plan(test: &TestDb) -> Vec<(i64, String, i64)> {
    sqlx::query_as(
        "select i.number, i.due_on, i.amount_minor from instalments i
         join agreements g on g.id = i.agreement_id and g.current_version = i.version
         order by i.due_on, i.number",
    )
    .fetch_all(test.db.pool())
    .await
    .expect("instalments")
}

fn is(number: i64, day: &str, minor: i64) -> (i64, String, i64) {
    (number, day.to_owned(), minor)
}

/// Wants a change; says what comes.
async fn want(person: &mut Person, agreement: &str, fields: &[(&str, &str)]) -> Answer {
    let id = agreement.rsplit('/').next().expect("an id");
    let fields: Vec<(&str, &str)> = [("agreement", id)].into_iter().chain(fields.iter().copied()).collect();
    person.post("/api/choose_change", &fields).await
}

/// Signs what a check page shows; says what comes.
async fn sign(person: &mut Person, check: &Answer) -> Answer {
    let names = ["agreement", "shown", "shown_in", "shown_text"];
    let shown = names.map(|name| check.value_of(name));
    let mut fields: Vec<(&str, &str)> = names.into_iter().zip(shown.iter().map(String::as_str)).collect();
    fields.extend([("name", "Ada Moreno"), ("consent", "yes")]);
    person.post("/api/sign_change", &fields).await
}

const TO_THE_TENTH: [(&str, &str); 5] =
    [("kind", "move"), ("number", "1"), ("on_day", "10"), ("on_month", "12"), ("on_year", "2026")];

#[tokio::test(flavor = "multi_thread")]
async fn one_payment_is_moved_and_the_version_before_stays_readable() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let agreement = person.agree_plan(&seeded.account_id).await;
        assert_eq!(plan(&test).await, [is(1, "2026-12-04", 15_000), is(2, "2026-12-18", 15_000)], "{}", test.name);
        let hub = person.get(&format!("{agreement}/change")).await;
        for words in ["If you cannot make the payment of $150.00", "Pay it later", "Add it at the end", "Move one payment"] {
            hub.assert_says(words);
        }
        person.get(&format!("{agreement}/change/move")).await.assert_says("$150.00, due on Friday 4 December 2026");

        let check = want(&mut person, &agreement, &TO_THE_TENTH).await;
        assert!(check.url.ends_with("/change/check"), "{}", check.url);
        check.assert_says("$150.00 on 4 December 2026");
        check.assert_says("$150.00 on 10 December 2026");
        assert_eq!(portal.number("select current_version from agreements").await, 1, "nothing changed before it is signed");
        let done = sign(&mut person, &check).await;
        assert_eq!(done.url.replace(&portal.address, ""), agreement);
        done.assert_says("Version 1, signed on");
        assert_eq!(plan(&test).await, [is(1, "2026-12-10", 15_000), is(2, "2026-12-18", 15_000)], "{}", test.name);

        // The same button again, from another tab: the same version.
        sign(&mut person, &check).await;
        assert_eq!(portal.number("select current_version from agreements").await, 2);
        assert_eq!(portal.number("select count(*) from documents where kind = 'confirmation'").await, 2);
        assert_eq!(portal.number("select count(*) from events where action = 'agreement.changed'").await, 1);
        let replaces = "select terms_sha256 from agreement_versions where number = 1";
        let first = portal.word(replaces).await;
        let second = portal.word("select terms from agreement_versions where number = 2").await;
        assert!(second.contains(&format!("\"replaces\":\"{first}\"")), "{second}");
        assert_eq!(portal.number("select count(*) from instalments where version = 1").await, 2, "what was signed stays");
        portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_allowed_says_why_and_shows_the_nearest_that_is() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&seeded).await;
    let agreement = person.agree_plan(&seeded.account_id).await;
    let late = [("kind", "move"), ("number", "1"), ("on_day", "30"), ("on_month", "12"), ("on_year", "2026")];
    let refused = want(&mut person, &agreement, &late).await;
    refused.assert_says("The latest day is Friday 18 December 2026");
    refused.assert_says("The nearest that is possible");
    refused.assert_says("value=\"2026-12-18\"");
    refused.assert_says("value=\"30\"");
    refused.assert_says("A person answers within");
    let no_day = [("kind", "move"), ("number", "1"), ("on_day", "31"), ("on_month", "2"), ("on_year", "2027")];
    want(&mut person, &agreement, &no_day).await.assert_says("Enter a day");
    let little = [("kind", "replan"), ("frequency", "weekly"), ("amount", "5"), ("on", "2026-12-04")];
    let refused = want(&mut person, &agreement, &little).await;
    refused.assert_says("The least is $10.00");
    refused.assert_says("The nearest that is possible");
    let unknown = want(&mut person, &agreement, &[("kind", "skip"), ("number", "9")]).await;
    unknown.assert_says("Choose one of the payments that are still open");
    want(&mut person, &agreement, &[("kind", "everything")]).await.assert_says("Change your agreement");
    assert_eq!(portal.number("select count(*) from change_drafts").await, 0);
    // Six changes and no more.
    for (count, day) in (10..16).enumerate() {
        let day = day.to_string();
        let moved = [("kind", "move"), ("number", "1"), ("on_day", &*day), ("on_month", "12"), ("on_year", "2026")];
        let check = want(&mut person, &agreement, &moved).await;
        sign(&mut person, &check).await;
        assert_eq!(portal.number("select current_version from agreements").await, count as i64 + 2);
    }
    let hub = person.get(&format!("{agreement}/change")).await;
    hub.assert_says("This agreement has been changed 6 times");
    hub.assert_never_says("Move one payment");
}

/// Of two tabs the one that shows what is no longer so signs nothing.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_shown_is_what_is_signed() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let agreement = person.agree_plan(&seeded.account_id).await;
        let first = want(&mut person, &agreement, &TO_THE_TENTH).await;
        let second = want(&mut person, &agreement, &[("kind", "skip"), ("number", "1")]).await;
        sign(&mut person, &first).await.assert_says("Something has changed since you saw this");
        assert_eq!(portal.number("select current_version from agreements").await, 1, "{}", test.name);
        // A payment comes in between: what is left to move is no longer what was shown.
        let page = person.reach_sandbox(&seeded.account_id, "instalment", "").await;
        person.pay_by(&page, "approved").await;
        let after = sign(&mut person, &second).await;
        assert_eq!(portal.number("select current_version from agreements").await, 1, "{}: {}", test.name, after.url);
        // Another customer reaches nothing of it.
        let other = seed::account(&test.db, SeedAccount::default()).await;
        let mut stranger = portal.person(&other).await;
        for path in ["/change", "/change/move", "/change/check", "/end"] {
            let answer = stranger.get(&format!("{agreement}{path}")).await;
            answer.assert_never_says("$150.00");
        }
        want(&mut stranger, &agreement, &TO_THE_TENTH).await;
        let id = agreement.rsplit('/').next().expect("an id");
        stranger.post("/api/end_agreement", &[("agreement", id)]).await;
        assert_eq!(portal.word("select state from agreements").await, "active", "{}", test.name);
    }
}

/// An account may have become time-barred since it was signed: what has to be said is said before the change is signed, and is in
/// what is signed.
#[tokio::test(flavor = "multi_thread")]
async fn what_must_be_said_is_said_before_a_change_is_signed() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&seeded).await;
    let agreement = person.agree_plan(&seeded.account_id).await;
    let before = want(&mut person, &agreement, &TO_THE_TENTH).await;
    before.assert_never_says("will not sue me");
    sqlx::query("update accounts set time_barred = 1").execute(test.db.pool()).await.expect("it is so");
    sign(&mut person, &before).await.assert_says("Something has changed since you saw this");
    let check = person.get(&format!("{agreement}/change/check")).await;
    check.assert_says("will not sue me");
    sign(&mut person, &check).await.assert_says("Version 1, signed on");
    let terms = portal.word("select terms from agreement_versions where number = 2").await;
    assert!(terms.contains("\"disclosure\":\"time_barred_1\""), "{terms}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_is_planned_anew_and_what_is_paid_counts() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let agreement = person.agree_plan(&seeded.account_id).await;
        let page = person.reach_sandbox(&seeded.account_id, "part", "60").await;
        person.pay_by(&page, "approved").await;
        let weekly = [("kind", "replan"), ("frequency", "weekly"), ("amount", "80"), ("on", "2026-12-04")];
        let check = want(&mut person, &agreement, &weekly).await;
        check.assert_says("$80.00 on 4 December 2026");
        sign(&mut person, &check).await;
        let after =
            [is(1, "2026-12-04", 6_000), is(2, "2026-12-04", 8_000), is(3, "2026-12-11", 8_000), is(4, "2026-12-18", 8_000)];
        assert_eq!(plan(&test).await, after, "{}", test.name);
        portal.assert_books_are_right().await;
        // The bank takes the part payment back: it is open again, under its number, and nothing else.
        let charge = portal.word("select processor_reference from payments").await;
        let all = Some(Money::new(6_000, Currency::USD));
        portal.sandbox().take_back(&charge, TakenBackBy::CardBank, all).await.expect("its books").expect("taken");
        portal.sandbox_speaks().await;
        portal.work().await;
        assert_eq!(portal.balance().await, 120_000, "{}", test.name);
        portal.assert_books_are_right().await;
        person.get(&agreement).await.assert_says("$60.00");
    }
}

/// A permission is for the payments it was given for: after a change nothing is collected until it is given again.
#[tokio::test(flavor = "multi_thread")]
async fn a_permission_ends_with_the_plan_it_was_given_for() {
    for test in support::both().await {
        let (stage, _) = announced(&test, Method::Approved).await;
        let portal = on(&test, NOTICE_DAY).await;
        let mut person = portal.person(&stage.seeded).await;
        let agreement = format!("/agreements/{}", stage.agreement);
        let moved = [("kind", "move"), ("number", "1"), ("on", "2026-12-28")];
        let check = want(&mut person, &agreement, &moved).await;
        check.assert_says("it ends when you sign");
        sign(&mut person, &check).await.assert_says("Version 1, signed on");
        assert_eq!(portal.word("select state || ' ' || end_reason from mandates").await, "ended changed", "{}", test.name);
        let portal = on(&test, "2026-12-29T19:00:00Z").await;
        portal.work_an_hour_later().await;
        assert_eq!(portal.number("select count(*) from sandbox_charges").await, 0, "{}", test.name);
        assert_eq!(written(&portal, "authorisation_ended").await, 1, "{}", test.name);
        assert!(stands(&tries(&portal).await).iter().all(|(_, _, state, _)| *state == "not_collected"), "{}", test.name);
        portal.assert_books_are_right().await;
    }
}

/// What is being collected cannot be changed or ended until it is known what came of it.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_being_collected_stays_as_it_is() {
    let test = support::sqlite().await;
    let (stage, _) = announced(&test, Method::Slow).await;
    let portal = on(&test, "2026-12-18T19:00:00Z").await;
    assert_eq!(portal.word("select state from payments").await, "processing");
    let mut person = portal.person(&stage.seeded).await;
    let agreement = format!("/agreements/{}", stage.agreement);
    person.get(&format!("{agreement}/change")).await.assert_says("A payment is on its way");
    let refused = want(&mut person, &agreement, &[("kind", "skip"), ("number", "1")]).await;
    refused.assert_says("This payment is being collected now");
    person.get(&format!("{agreement}/end")).await.assert_says("A payment of it is on its way");
    person.post("/api/end_agreement", &[("agreement", &stage.agreement)]).await;
    assert_eq!(portal.word("select state from agreements").await, "active");
    // The other one can be moved.
    let check = want(&mut person, &agreement, &[("kind", "move"), ("number", "2"), ("on", "2027-02-20")]).await;
    sign(&mut person, &check).await;
    assert_eq!(plan(&test).await, [is(1, "2026-12-18", 5_000), is(2, "2027-02-20", 5_000)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_ends_an_agreement_and_has_every_way_forward_again() {
    for test in support::both().await {
        let stage = crate::collecting::under_agreement(
            &test,
            SeedAccount::default(),
            &[crate::collecting::DUE, jiff::civil::date(2027, 2, 18)],
            5_000,
        )
        .await;
        let portal = Portal::open(&test.url).await;
        allow(&portal, &test, &stage, Method::Approved, SIGNED).await;
        let mut person = portal.person(&stage.seeded).await;
        let agreement = format!("/agreements/{}", stage.agreement);
        let page = person.get(&format!("{agreement}/end")).await;
        page.assert_says("$1,200.00, with or without the agreement");
        page.assert_says("Change it instead");
        for _ in 0..2 {
            person.post("/api/end_agreement", &[("agreement", &stage.agreement)]).await.assert_says("Your agreement has ended");
        }
        assert_eq!(portal.word("select state from agreements").await, "cancelled", "{}", test.name);
        assert_eq!(portal.number("select count(*) from events where action = 'agreement.ended_by_customer'").await, 1);
        assert_eq!(portal.word("select state || ' ' || end_reason from mandates").await, "ended agreement_ended");
        assert_eq!(written(&portal, "agreement_cancelled").await, 1);
        person.get(&format!("/account/{}/options", stage.seeded.account_id)).await.assert_says("/options/catch-up");
        person.get(&format!("{agreement}/change")).await.assert_says("Your agreement has ended");
        let portal = on(&test, "2026-12-20T19:00:00Z").await;
        portal.work_an_hour_later().await;
        assert_eq!(portal.number("select count(*) from sandbox_charges").await, 0, "{}", test.name);
        portal.assert_books_are_right().await;
    }
}

/// Whatever is on its way: the page that offers the end and the door behind it ask the same.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_ends_while_a_payment_by_hand_is_on_its_way() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&seeded).await;
    let agreement = person.agree_plan(&seeded.account_id).await;
    let page = person.reach_sandbox(&seeded.account_id, "part", "60").await;
    person.pay_by(&page, "slow").await;
    assert_eq!(portal.word("select state from payments").await, "processing");
    person.get(&format!("{agreement}/end")).await.assert_says("A payment of it is on its way");
    let id = agreement.rsplit('/').next().expect("an id");
    let answer = person.post("/api/end_agreement", &[("agreement", id)]).await;
    answer.assert_says("A payment of it is on its way");
    assert_eq!(portal.word("select state from agreements").await, "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_was_not_signed_is_found_again_or_put_aside() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let agreement = person.agree_plan(&seeded.account_id).await;
        const KEPT: &str = "You were looking at a change of your agreement";
        person.get("/account").await.assert_never_says(KEPT);
        want(&mut person, &agreement, &TO_THE_TENTH).await;
        for page in ["/account", &agreement] {
            let page = person.get(page).await;
            page.assert_says(KEPT);
            page.assert_says("$150.00 on Thursday 10 December 2026. Everything else stays.");
            page.assert_says(&format!("href=\"{agreement}/change/check\""));
        }
        // Nobody else puts it aside.
        let id = agreement.rsplit('/').next().expect("an id");
        let other = seed::account(&test.db, SeedAccount::default()).await;
        portal.person(&other).await.post("/api/put_change_aside", &[("agreement", id)]).await;
        assert_eq!(portal.number("select count(*) from change_drafts").await, 1, "{}", test.name);
        for _ in 0..2 {
            person.post("/api/put_change_aside", &[("agreement", id)]).await.assert_never_says(KEPT);
        }
        assert_eq!(portal.number("select count(*) from change_drafts").await, 0, "{}", test.name);
        assert_eq!(portal.number("select count(*) from events where action = 'change.put_aside'").await, 1, "{}", test.name);
        // What is signed is not kept any more.
        let check = want(&mut person, &agreement, &TO_THE_TENTH).await;
        sign(&mut person, &check).await.assert_never_says(KEPT);
        person.get("/account").await.assert_never_says(KEPT);
    }
}
