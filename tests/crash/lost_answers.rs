//! The processor charges and its answers are lost, and so is the server that asked.

use crate::server::Setup;
use crate::stripe::{Fault, KEY, StandIn, WEBHOOK_SECRET};
use crate::support;
use crate::support::seed::{self, SeedAccount};

#[tokio::test(flavor = "multi_thread")]
async fn a_charge_whose_answer_and_message_were_lost_with_the_server_is_found_and_booked_once() {
    for test in support::both().await {
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let stand_in = StandIn::open("http://127.0.0.1:9/nobody").await;
        let setup = Setup::of(&test.url)
            .with("EVENKEEL_PAYMENTS_PROCESSOR", "stripe")
            .with("EVENKEEL_STRIPE_SECRET_KEY", KEY)
            .with("EVENKEEL_STRIPE_WEBHOOK_SECRETS", WEBHOOK_SECRET)
            .with("EVENKEEL_STRIPE_API_URL", stand_in.address.as_str())
            .with("EVENKEEL_STRIPE_PAGE_ORIGIN", stand_in.address.as_str());
        let mut server = setup.start().await;
        let mut person = server.sign_in(&seeded).await;
        stand_in.next(Fault::BrokenAfter);
        let check = person.choose(&seeded.account_id, "part", "50").await;
        let place = person.pay_now(&check).await.expect("an answer");
        assert!(place.contains("/payments/"), "leads to {place}");
        server.kill();

        // Paid there, and nobody here is told.
        stand_in.books().pay("cs_test_1");
        let (code, text) = setup.run(&["reconcile", "--from", "2000-01-01", "--to", "2099-12-31"]);
        assert_eq!(code, Some(1), "{text}");
        assert!(text.contains("our books do not"), "{text}");

        let server = setup.start().await;
        let mut person = server.sign_in(&seeded).await;
        let again = person.pay_now(&check).await.expect("an answer");
        person.get(&again).await.assert_says("Paid: $50.00");
        setup.assert_all_is_right(test.name).await;
        let books = stand_in.books();
        assert_eq!((books.pages.len(), books.received()), (1, 5_000), "{}", test.name);
    }
}
