//! The real program, killed at each named step of setting up a permission to collect and started again: one permission, at the
//! payment company and here, with one document.

use crate::crashes::{Server, free_port, number, sign_in, time_passes, until, word};
use crate::support::seed::{self, SeedAccount};
use crate::support::{self, TestDb};
use evenkeel::server::crash_point::CrashPoint;

/// While the customer presses "Go on to the payment company", or after they have allowed it there.
const STEPS: [(CrashPoint, bool); 5] = [
    (CrashPoint::AfterMandateRecorded, true),
    (CrashPoint::AfterMandateAsked, true),
    (CrashPoint::BeforeReportCommitted, true),
    (CrashPoint::BeforeReportApplied, false),
    (CrashPoint::AfterReportCommitted, false),
];

const STATE: &str = "select state from mandates order by created_at desc, id desc limit 1";

async fn killed_at(test: &TestDb, point: CrashPoint, while_asking: bool) {
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let port = free_port();
    let told = point.name();
    // The agreement is made before the program is told where to die.
    let server = Server::start(test, port, None).await;
    let agreement = sign_in(&server, &seeded.reference).await.agree_plan(&seeded.account_id).await;
    drop(server);

    let mut server = Server::start(test, port, Some(point)).await;
    let mut person = sign_in(&server, &seeded.reference).await;
    let page = person.get(&format!("{agreement}/automatic")).await;
    let pressed = person.authorise(&page).await;
    if while_asking {
        assert!(pressed.is_err(), "{told} answered {pressed:?}");
    } else {
        let hosted = pressed.expect("an answer");
        person.press(&hosted, &[("method", "approved"), ("button", "give")]).await.expect("an answer");
    }
    server.dies().await;
    drop(server);
    if !while_asking {
        time_passes(test).await;
    }

    // Started again, they press the same button once more and go on where they were.
    let server = Server::start(test, port, None).await;
    assert_eq!(number(test, "select count(*) from mandates").await, 1, "{told}");
    let mut person = sign_in(&server, &seeded.reference).await;
    if while_asking {
        let place = person.authorise(&page).await.expect("an answer");
        assert!(place.contains("/mandates/EM-"), "{told}: led to {place}");
        if point == CrashPoint::AfterMandateRecorded {
            // The payment company never heard of it: the person takes it back and begins another.
            person.get(&place).await.assert_says("We do not know yet whether they have it");
            let reference = word(test, "select reference from mandates").await.expect("a permission");
            person.post("/api/stop_mandate", &[("reference", &reference)]).await.assert_says("You took it back");
            let page = person.get(&format!("{agreement}/automatic")).await;
            person.authorise(&page).await.expect("an answer");
        } else {
            // Looking at it asks the payment company, which has a page open for it.
            person.get(&place).await.assert_says("One step is left");
        }
        let hosted = word(test, "select hosted_page from mandates where state = 'submitted'").await.expect("a page");
        person.press(&hosted, &[("method", "approved"), ("button", "give")]).await.expect("an answer");
    }
    until(test, STATE, "given", told).await;
    for (sql, expected) in [
        ("select count(*) from mandates where state = 'given'", 1),
        ("select count(*) from sandbox_mandates where state = 'given'", 1),
        ("select count(*) from documents where kind = 'authorisation'", 1),
        ("select count(*) from events where action = 'mandate.given'", 1),
        ("select count(*) from outbox where template = 'authorisation_copy'", 1),
    ] {
        assert_eq!(number(test, sql).await, expected, "{told} on {}: {sql}", test.name);
    }
    let place = word(test, "select reference from mandates where state = 'given'").await.expect("a permission");
    person.get(&format!("/mandates/{place}")).await.assert_says("Your payments are collected on their days");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_there_is_one_permission() {
    for (point, while_asking) in STEPS {
        killed_at(&support::sqlite().await, point, while_asking).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_there_is_one_permission_on_postgresql_too() {
    for (point, while_asking) in STEPS {
        killed_at(&support::postgres().await, point, while_asking).await;
    }
}
