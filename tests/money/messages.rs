//! Webhooks: before the customer is back and after, late, twice, never, out of order, forged.

use crate::portal::Portal;
use crate::support;
use crate::support::seed::{self, SeedAccount};
use evenkeel::server::processors::connection;
use evenkeel::server::processors::sandbox::signature;
use jiff::SignedDuration;

#[tokio::test(flavor = "multi_thread")]
async fn however_a_message_comes_the_payment_is_booked_once() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let mut expected = 120_000;
        for method in ["approved", "webhook_late", "webhook_twice", "webhook_never"] {
            let page = person.reach_sandbox(&seeded.account_id, "part", "25.00").await;
            // The person pays and closes the window: nobody comes back to our page.
            person.press(&page, &[("method", method), ("button", "pay")]).await.expect("an answer");
            if method == "approved" {
                portal.work().await;
                assert_eq!(portal.balance().await, expected - 2_500, "the message came before the person");
            }
            portal.sandbox_speaks().await;
            portal.work().await;
            portal.work_an_hour_later().await;
            expected -= 2_500;
            assert_eq!(portal.balance().await, expected, "{method} on {}", test.name);
        }
        portal.assert_books_are_right().await;
        assert_eq!(portal.number("select count(*) from sandbox_deliveries where delivered_at is null").await, 0);
        assert_eq!(portal.number("select count(*) from jobs where done_at is null").await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_out_of_order_never_lead_backwards() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&seeded).await;
    person.reach_sandbox(&seeded.account_id, "part", "40").await;
    let charge = portal.word("select id from sandbox_charges").await;
    let reference = portal.word("select reference from payments").await;
    let say = |state: &str, amount: i64| {
        format!(
            r#"{{"event":"{charge}.{state}","charge":"{charge}","merchant_reference":"{reference}","state":"{state}","decline_reason":null,"amount_minor":{amount},"currency":"USD"}}"#
        )
    };
    // Another amount than was asked for cannot be about this payment.
    let wrong = say("succeeded", 4_001).replace(".succeeded", ".wrong");
    assert_eq!(deliver(&portal, &wrong, 0).await, 200);
    assert_eq!(portal.word("select state from payments").await, "submitted");
    assert_eq!(portal.number("select count(*) from events where action = 'payment.contradicted'").await, 1);

    for (state, after) in
        [("succeeded", "succeeded"), ("processing", "succeeded"), ("declined", "succeeded"), ("open", "succeeded")]
    {
        assert_eq!(deliver(&portal, &say(state, 4_000), 0).await, 200);
        assert_eq!(portal.word("select state from payments").await, after, "after {state}");
    }
    assert_eq!(portal.number("select count(*) from processor_events where effect = 'late'").await, 3);
    assert_eq!(portal.balance().await, 116_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_not_proven_changes_nothing() {
    let test = support::sqlite().await;
    let portal = Portal::open(&test.url).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&seeded).await;
    person.reach_sandbox(&seeded.account_id, "part", "40").await;
    let charge = portal.word("select id from sandbox_charges").await;
    let reference = portal.word("select reference from payments").await;
    let body = format!(
        r#"{{"event":"e","charge":"{charge}","merchant_reference":"{reference}","state":"succeeded","decline_reason":null,"amount_minor":4000,"currency":"USD"}}"#
    );
    let client = connection::plain().build().expect("a client");
    let url = format!("{}/webhooks/sandbox", portal.address);
    let unsigned = client.post(&url).body(body.clone()).send().await.expect("an answer");
    assert_eq!(unsigned.status().as_u16(), 400);
    let signed_for_other = portal.sandbox().sign(b"something else", portal.state.clock.real_now());
    let forged =
        client.post(&url).header(signature::HEADER, signed_for_other).body(body.clone()).send().await.expect("an answer");
    assert_eq!(forged.status().as_u16(), 400);
    assert_eq!(deliver(&portal, &body, -signature::TOLERANCE_SECONDS - 5).await, 400, "an old message, replayed");
    let unknown = client.post(format!("{}/webhooks/nobody", portal.address)).body(body.clone()).send().await.expect("an answer");
    assert_eq!(unknown.status().as_u16(), 404);
    assert_eq!(portal.word("select state from payments").await, "submitted");
    assert_eq!(portal.number("select count(*) from processor_events").await, 0);
    // Proven, twenty times at once: one booking.
    let mut deliveries = tokio::task::JoinSet::new();
    let header = portal.sandbox().sign(body.as_bytes(), portal.state.clock.real_now());
    for _ in 0..20 {
        let request = client.post(&url).header(signature::HEADER, &header).body(body.clone());
        deliveries.spawn(async move { request.send().await.expect("an answer").status().as_u16() });
    }
    assert_eq!(deliveries.join_all().await, vec![200; 20]);
    assert_eq!(portal.balance().await, 116_000);
    assert_eq!(portal.number("select count(*) from documents where kind = 'receipt'").await, 1);
}

async fn deliver(portal: &Portal, body: &str, seconds: i64) -> u16 {
    let at = portal.state.clock.real_now() + SignedDuration::from_secs(seconds);
    let client = connection::plain().build().expect("a client");
    let request = client
        .post(format!("{}/webhooks/sandbox", portal.address))
        .header(signature::HEADER, portal.sandbox().sign(body.as_bytes(), at))
        .body(body.to_owned());
    request.send().await.expect("an answer").status().as_u16()
}
