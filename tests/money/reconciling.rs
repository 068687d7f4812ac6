//! Our books beside the processor's: equal after all that can happen, and every difference found and told.

use crate::collecting::under_agreement;
use crate::portal::Portal;
use crate::stripe::Goes;
use crate::stripe_scene::Scene;
use crate::support::seed::{self, SeedAccount};
use crate::support::{self, TestDb};
use evenkeel::domain::calendar::days_after;
use evenkeel::domain::reconciliation::Period;
use evenkeel::server::clock::Clock;
use evenkeel::server::jobs;
use evenkeel::server::services::payments::{self, RefundOrder};
use evenkeel::server::services::reconciliation::{self, Compared};
use serde_json::Value;
use std::process::Command;

/// Every day there is.
const ALWAYS: Period = Period { from: 0, before: 4_102_444_800_000 };

pub async fn compared(portal: &Portal) -> Compared {
    reconciliation::reconcile(&portal.state, ALWAYS).await.expect("both can be read").expect("somebody takes payments")
}

/// What `evenkeel reconcile` says of November and December 2026, and its exit code.
fn command(test: &TestDb, more: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(["reconcile", "--from", "2026-11-01", "--to", "2026-12-31"])
        .args(more)
        .env("EVENKEEL_DATABASE_URL", &test.url)
        .env("EVENKEEL_SANDBOX_ENABLED", "true")
        .env("EVENKEEL_SANDBOX_CLOCK", "2026-11-20T18:00:00Z")
        .output()
        .expect("the program runs");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

async fn run(portal: &Portal, sql: &'static str) {
    sqlx::query(sql).execute(portal.state.db.pool()).await.expect("it runs");
}

/// Two payments of $50.00 that both sides have.
async fn given_two_payments(test: &TestDb) -> Portal {
    let portal = Portal::open(&test.url).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&seeded).await;
    for _ in 0..2 {
        let page = person.reach_sandbox(&seeded.account_id, "part", "50").await;
        person.pay_by(&page, "approved").await.assert_says("Paid: $50.00");
    }
    portal
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_books_are_equal_and_every_difference_is_told() {
    for test in support::both().await {
        let portal = given_two_payments(&test).await;
        let found = compared(&portal).await;
        assert!(found.found.is_empty(), "{found:?}");
        let totals = found.reconciliation.totals[0];
        assert_eq!((totals.ours.minor, totals.theirs.minor, totals.ours.movements), (10_000, 10_000, 2), "{}", test.name);
        let (code, text) = command(&test, &[]);
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains("Our books: 100.00 USD in 2 movements. The company's: 100.00 USD in 2 movements."), "{text}");
        assert!(text.contains("sandbox from 2026-11-01 to 2026-12-31: no difference."), "{text}");

        // Another amount there, one of which they know nothing, and one we know nothing of.
        run(&portal, "update sandbox_charges set amount_minor = 5100 where id = (select min(id) from sandbox_charges)").await;
        run(&portal, "update sandbox_charges set merchant_reference = 'EK-9999-9999' where amount_minor = 5000").await;
        let (code, text) = command(&test, &[]);
        assert_eq!(code, Some(1), "{text}");
        assert!(text.contains("a payment of 50.00 USD") && text.contains("is one of 51.00 USD"), "{text}");
        assert!(text.contains("our books have a payment of 50.00 USD"), "{text}");
        assert!(text.contains("EK-9999-9999: the company has a payment of 50.00 USD"), "{text}");
        assert!(text.contains("We know no payment of that reference."), "{text}");
        assert!(text.ends_with("3 differences.\n"), "{text}");
        let (code, text) = command(&test, &["--json"]);
        assert_eq!(code, Some(1));
        let told: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let mut codes: Vec<&str> =
            told["differences"].as_array().expect("a list").iter().filter_map(|one| one["difference"].as_str()).collect();
        codes.sort_unstable();
        assert_eq!(codes, ["another_amount", "not_in_ours", "not_in_theirs"]);
        assert_eq!(
            (&told["totals"][0]["ours"]["amount_minor"], &told["totals"][0]["theirs"]["amount_minor"]),
            (&10_000.into(), &10_100.into())
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_charge_nobody_told_us_of_is_found_with_how_our_payment_stands() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&seeded).await;
    let page = person.reach_sandbox(&seeded.account_id, "part", "50").await;
    person.press(&page, &[("method", "webhook_never"), ("button", "pay")]).await.expect("an answer");
    let (code, text) = command(&test, &[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("our books do not. Our payment stands as submitted."), "{text}");
    // And once it is known it is no difference any more.
    portal.work_an_hour_later().await;
    assert_eq!(command(&test, &[]).0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_is_not_in_our_books_is_told_as_that() {
    let test = support::sqlite().await;
    let portal = given_two_payments(&test).await;
    run(
        &portal,
        "insert into sandbox_refunds (id, idempotency_key, charge_id, amount_minor, currency, created_at, done_at)
         select 'sbr_1', 'somebody at the company', id, 2000, currency, created_at, created_at from sandbox_charges limit 1",
    )
    .await;
    let (code, text) = command(&test, &[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("the company has a refund of -20.00 USD (sbr_1)"), "{text}");
    assert!(text.ends_with("1 difference.\n"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_refunds_of_one_payment_at_the_same_instant_are_two_movements() {
    for test in support::both().await {
        // The business clock of this portal stands still.
        let portal = given_two_payments(&test).await;
        for (amount, key) in [("20.00", "one"), ("10.00", "two")] {
            let order = RefundOrder {
                payment: portal.word("select min(reference) from payments").await,
                amount: Some(amount.into()),
                reason: "Charged for the wrong month".into(),
                by: "Ines".into(),
                key: key.into(),
            };
            payments::refund(&portal.state, &order).await.expect("no failure").expect("given back");
        }
        let found = compared(&portal).await;
        assert!(found.found.is_empty(), "{}: {:?}", test.name, found.found);
        assert_eq!(found.reconciliation.totals[0].ours.movements, 4, "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_another_days_books_there_is_no_difference_here() {
    let test = support::sqlite().await;
    let portal = given_two_payments(&test).await;
    // We were down: booked here nine days after they had it. The business clock of this portal stands still.
    let booked_at = portal.state.clock.now_millis();
    run(&portal, "update ledger_transactions set posted_at = posted_at + 777600000 where kind = 'payment'").await;
    let day = 86_400_000;
    for (from, before, movements) in [(booked_at - day, booked_at + day, 0), (booked_at + 8 * day, booked_at + 10 * day, 2)] {
        let period = Period { from, before };
        let found = reconciliation::reconcile(&portal.state, period).await.expect("readable").expect("a processor");
        assert!(found.found.is_empty(), "{found:?}");
        let counted = found.reconciliation.totals.first().map_or(0, |totals| totals.ours.movements);
        assert_eq!(counted, movements, "a movement is counted in one period");
    }
}

/// Through Stripe: an instalment of $50.00, collected while its customer is away, and $50.00 paid on a page. Of the instalment
/// $20.00 were refunded and $10.00 of what was paid; then a bank took all of what was paid back, for good, and $30.00 of the instalment,
/// which came again.
async fn given_all_that_can_happen(test: &TestDb) -> Scene {
    let zone = jiff::tz::TimeZone::get("America/Denver").expect("a zone");
    let today = Clock::Real.today_in(&zone);
    let stage = under_agreement(test, SeedAccount::default(), &[today, days_after(today, 60)], 5_000).await;
    let mut scene = Scene::open_for(test, stage.seeded).await;
    let asking = scene.person.get(&format!("/agreements/{}/automatic", stage.agreement)).await;
    scene.person.authorise(&asking).await.expect("an answer");
    scene.stand_in.books().give_permission("cs_test_1", Goes::Paid);
    scene.stand_in.deliver().await;
    jobs::sweep(&scene.portal.state).await;
    scene.portal.work().await;
    scene.stand_in.deliver().await;
    let collected =
        scene.portal.word("select reference from payments where purpose = 'collection' and state = 'succeeded'").await;
    let page = scene.paid_fifty().await;
    scene.refund("10.00").await.expect("given back");
    scene.refund_of(collected, "20.00").await.expect("given back");
    scene.stand_in.deliver().await;
    scene.stand_in.books().dispute(&page, "fraudulent");
    scene.stand_in.books().dispute_part("pi_collected_1", 3_000, "product_not_received");
    assert_eq!(scene.stand_in.deliver().await, 4, "every message is taken");
    scene.stand_in.books().dispute_is_lost(1);
    scene.stand_in.books().dispute_is_won(2);
    assert_eq!(scene.stand_in.deliver().await, 4, "every message is taken");
    scene
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_collected_refunded_disputed_lost_and_won_is_equal_and_every_change_to_it_is_told() {
    for test in support::both().await {
        let scene = given_all_that_can_happen(&test).await;
        scene.assert_books_are_equal(3_000).await;
        let (code, told) = scene.reconcile();
        assert_eq!(code, Some(0), "{}: {told}", test.name);
        let both = "Our books: 30.00 USD in 8 movements. The company's: 30.00 USD in 8 movements.";
        assert!(told.contains(both) && told.contains("no difference"), "{told}");

        let true_books = scene.stand_in.books().booked.clone();
        let of = |source: &str, amount: i64| {
            let is_it = |booked: &Value| booked["source"] == source && booked["amount"] == amount;
            true_books.iter().position(is_it).unwrap_or_else(|| panic!("{source} of {amount} is booked"))
        };
        // What came again of the lost one is another amount; the refund of the instalment is not there; the dispute that
        // was won took twice.
        let mut more = true_books.clone();
        more[of("dp_1", 1_000)]["amount"] = 1_100.into();
        let mut without = true_books.clone();
        without.remove(of("re_2", -2_000));
        let mut twice = true_books.clone();
        twice.push(true_books[of("dp_2", -3_000)].clone());
        for (tampered, expected) in [
            (more, ["money that came back to us of 10.00 USD", "is one of 11.00 USD (dp_1)"]),
            (without, ["our books have a refund of -20.00 USD (pi_collected_1)", "the company does not"]),
            (twice, ["the company has a return or chargeback of -30.00 USD (dp_2)", "our books do not"]),
        ] {
            scene.stand_in.books().booked = tampered;
            let (code, told) = scene.reconcile();
            assert_eq!(code, Some(1), "{told}");
            assert!(expected.iter().all(|words| told.contains(words)), "{expected:?}: {told}");
            assert!(told.ends_with("1 difference.\n"), "{told}");
        }
        scene.stand_in.books().booked = true_books;
        assert_eq!(scene.reconcile().0, Some(0));
    }
}

#[test]
fn a_period_that_ends_before_it_begins_and_a_portal_without_payments_are_refused() {
    let run = |arguments: &[&str], settings: &[(&str, &str)]| {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("new.db"), "").expect("an empty database");
        let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
            .arg("reconcile")
            .args(arguments)
            .env("EVENKEEL_DATABASE_URL", format!("sqlite:{}/new.db", folder.path().display()))
            .envs(settings.iter().copied())
            .output()
            .expect("the program runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, told) = run(&["--from", "2026-11-02", "--to", "2026-11-01"], &[("EVENKEEL_SANDBOX_ENABLED", "true")]);
    assert_eq!(code, Some(2));
    assert!(told.contains("--to 2026-11-01 is before --from 2026-11-02"), "{told}");
    let (code, told) = run(&["--from", "2026-11-01", "--to", "2026-11-02"], &[]);
    assert_eq!(code, Some(2));
    assert!(told.contains("nobody takes payments here"), "{told}");
}
