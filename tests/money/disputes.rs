//! Disputes through Stripe: of a part of a payment, after a part was refunded, one after the other. After each message our books
//! are what Stripe's are, and what the customer reads is true.
//!
//! What Stripe sends: `amount`, which may be less than the charge, and `balance_transactions`, which say what moved.

use crate::joint::{choose, owed, pay_now, two_accounts};
use crate::reconciling::compared;
use crate::stripe_scene::Scene;
use crate::support;
use evenkeel::domain::money::{Currency, Money};
use evenkeel::domain::refund_limits::RefundRefusal;
use evenkeel::domain::reversal::ReversalState;
use evenkeel::server::services::books;
use evenkeel::server::services::payments::RefundRefused;
use std::collections::BTreeSet;

fn more_than_left(minor: i64) -> RefundRefused {
    RefundRefused::Refund(RefundRefusal::MoreThanLeft { left: Money::new(minor, Currency::USD) })
}

/// How the payment stands, what is owed of $1,200.00, what is left at Stripe, and how many letters were written about it.
async fn assert_stands(scene: &Scene, state: &str, owed: i64, held: i64, letters: i64, when: &str) {
    assert_eq!((scene.state().await.as_str(), scene.portal.balance().await), (state, owed), "{when}");
    scene.assert_books_are_equal(held).await;
    let written = scene.portal.number("select count(*) from documents where kind = 'reversal_note'").await;
    assert_eq!(written, letters, "letters, {when}");
}

async fn assert_nothing_differs(scene: &Scene, when: &str) {
    let found = compared(&scene.portal).await.found;
    assert!(found.is_empty(), "{when}: {found:?}");
}

/// Delivers everything there is to tell, once more as well, and again with the last first.
async fn deliver_in_every_order(scene: &Scene) {
    let bodies: Vec<String> = scene.stand_in.books().undelivered.drain(..).collect();
    for body in bodies.iter().rev().chain(&bodies).chain(&bodies) {
        assert!(scene.stand_in.deliver_one(body).await, "taken");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_is_disputed_is_owed_again_and_the_rest_stays_paid() {
    for test in support::both().await {
        let mut scene = Scene::open(&test).await;
        let page = scene.paid_fifty().await;
        scene.stand_in.books().dispute_part(&page, 2_000, "product_not_received");
        deliver_in_every_order(&scene).await;
        assert_stands(&scene, "charged_back", 117_000, 3_000, 1, "taken").await;
        let shown = scene.see().await;
        shown.assert_says("Paid: $50.00, and the bank of your card took a part of it back");
        shown.assert_says("The bank of your card took $20.00 back on");
        shown.assert_says("You owe $1,170.00 now, and $270.00 of it is past due");
        shown.assert_never_says("took this payment back");
        let terms = scene.portal.word("select terms from documents where kind = 'reversal_note'").await;
        assert!(terms.contains("\"amount\":\"20.00\""), "{terms}");
        assert_nothing_differs(&scene, "taken").await;

        // Lost: nothing moves any more, and nobody is told anything again.
        scene.stand_in.books().dispute_is_lost(1);
        assert_eq!(scene.stand_in.deliver().await, 1);
        assert_stands(&scene, "charged_back", 117_000, 3_000, 1, "lost").await;
        assert_nothing_differs(&scene, "lost").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_was_disputed_and_is_won_counts_as_paid_again() {
    for test in support::both().await {
        let mut scene = Scene::open(&test).await;
        let page = scene.paid_fifty().await;
        scene.stand_in.books().dispute_part(&page, 2_000, "fraudulent");
        scene.stand_in.deliver().await;
        scene.stand_in.books().dispute_is_won(1);
        deliver_in_every_order(&scene).await;
        assert_stands(&scene, "succeeded", 115_000, 5_000, 2, "won").await;
        scene.see().await.assert_says("$20.00 had been taken back and is here again since");
        assert_nothing_differs(&scene, "won").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_dispute_of_which_only_the_end_is_heard_nothing_is_booked_and_nothing_is_missing() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    let page = scene.paid_fifty().await;
    scene.stand_in.books().dispute_part(&page, 2_000, "fraudulent");
    scene.stand_in.books().dispute_is_won(1);
    let last = scene.stand_in.books().undelivered.pop().expect("it is closed");
    assert!(scene.stand_in.deliver_one(&last).await, "taken");
    assert_stands(&scene, "succeeded", 115_000, 5_000, 0, "won").await;
    assert_nothing_differs(&scene, "won").await;
    scene.stand_in.deliver().await;
    assert_stands(&scene, "succeeded", 115_000, 5_000, 0, "and everything else heard late").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_over_all_of_a_payment_partly_refunded_gives_that_part_back_when_it_is_lost() {
    for test in support::both().await {
        let mut scene = Scene::open(&test).await;
        let page = scene.paid_fifty().await;
        scene.refund("20.00").await.expect("given back");
        scene.stand_in.deliver().await;
        assert_stands(&scene, "partly_refunded", 117_000, 3_000, 1, "refunded").await;
        // The bank does not know of the refund: the customer has 70.00 of 50.00 for now.
        scene.stand_in.books().dispute(&page, "fraudulent");
        scene.stand_in.deliver().await;
        assert_stands(&scene, "charged_back", 122_000, -2_000, 2, "taken").await;
        assert_nothing_differs(&scene, "taken").await;
        scene.stand_in.books().dispute_is_lost(1);
        deliver_in_every_order(&scene).await;
        assert_stands(&scene, "charged_back", 120_000, 0, 3, "lost").await;
        let shown = scene.see().await;
        shown.assert_says("The bank of your card took this payment back");
        shown.assert_says("$20.00 of the $50.00 that had been taken back is here again since");
        assert_nothing_differs(&scene, "lost").await;
        assert_eq!(scene.refund("0.01").await.expect_err("nothing is left"), more_than_left(0));
        let terms = "select terms from documents where kind = 'reversal_note' order by issued_at desc, id desc limit 1";
        let terms = scene.portal.word(terms).await;
        assert!(terms.contains("\"state\":\"partly_undone\"") && terms.contains("\"again\":\"20.00\""), "{terms}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn its_end_heard_before_its_beginning_is_booked_as_both() {
    for test in support::both().await {
        let mut scene = Scene::open(&test).await;
        let page = scene.paid_fifty().await;
        scene.refund("20.00").await.expect("given back");
        scene.stand_in.deliver().await;
        scene.stand_in.books().dispute(&page, "fraudulent");
        scene.stand_in.books().dispute_is_lost(1);
        deliver_in_every_order(&scene).await;
        assert_stands(&scene, "charged_back", 120_000, 0, 3, "lost").await;
        let kinds = "select cast(count(*) as bigint) from ledger_transactions where kind in ('chargeback', 'reinstatement')";
        assert_eq!(scene.portal.number(kinds).await, 2, "{}", test.name);
        assert_nothing_differs(&scene, "lost").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_over_all_of_a_payment_partly_refunded_is_all_undone_when_it_is_won() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    let page = scene.paid_fifty().await;
    scene.refund("20.00").await.expect("given back");
    scene.stand_in.books().dispute(&page, "fraudulent");
    scene.stand_in.deliver().await;
    scene.stand_in.books().dispute_is_won(1);
    deliver_in_every_order(&scene).await;
    assert_stands(&scene, "partly_refunded", 117_000, 3_000, 3, "won").await;
    assert_nothing_differs(&scene, "won").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_over_what_a_refund_had_left_takes_no_more_than_that() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    let page = scene.paid_fifty().await;
    scene.refund("20.00").await.expect("given back");
    scene.stand_in.books().dispute_part(&page, 3_000, "fraudulent");
    scene.stand_in.deliver().await;
    assert_stands(&scene, "charged_back", 120_000, 0, 2, "taken").await;
    scene.stand_in.books().dispute_is_lost(1);
    scene.stand_in.deliver().await;
    assert_stands(&scene, "charged_back", 120_000, 0, 2, "lost").await;
    assert_nothing_differs(&scene, "lost").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_part_was_disputed_no_more_than_the_rest_is_refunded_and_only_where_stripe_lets_it() {
    for test in support::both().await {
        let mut scene = Scene::open(&test).await;
        let page = scene.paid_fifty().await;
        scene.stand_in.books().dispute_part(&page, 2_000, "fraudulent");
        scene.stand_in.deliver().await;
        assert_eq!(scene.refund("30.01").await.expect_err("too much"), more_than_left(3_000));
        let requests = scene.stand_in.books().posts;
        // Stripe refunds nothing while a bank asks: it is told, and nothing is booked.
        let refused = scene.refund("30.00").await.expect("ordered");
        assert!(matches!(refused.reversal.state, ReversalState::Failed { .. }), "{refused:?}");
        assert_eq!(scene.stand_in.books().posts, requests + 1, "{}", test.name);
        assert_stands(&scene, "charged_back", 117_000, 3_000, 1, "refused").await;

        // Where it says that the payment can be refunded, the rest goes back, and not a cent more.
        scene.stand_in.books().disputes[0]["is_charge_refundable"] = true.into();
        let given = scene.refund("30.00").await.expect("ordered");
        assert!(matches!(given.reversal.state, ReversalState::Succeeded { .. }), "{given:?}");
        scene.stand_in.deliver().await;
        assert_stands(&scene, "charged_back", 120_000, 0, 2, "given back").await;
        assert_eq!(scene.refund("0.01").await.expect_err("nothing is left"), more_than_left(0));

        // Won after all: what the bank held counts as paid, the refund stays one.
        scene.stand_in.books().dispute_is_won(1);
        deliver_in_every_order(&scene).await;
        assert_stands(&scene, "partly_refunded", 118_000, 2_000, 3, "won").await;
        assert_nothing_differs(&scene, "won").await;
        scene.refund("20.00").await.expect("the rest");
        scene.stand_in.deliver().await;
        assert_stands(&scene, "refunded", 120_000, 0, 4, "all of it").await;
        assert_nothing_differs(&scene, "all of it").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_disputes_of_one_payment_take_what_was_paid_and_not_more() {
    for test in support::both().await {
        let mut scene = Scene::open(&test).await;
        let page = scene.paid_fifty().await;
        for (minor, owed, held) in [(2_000, 117_000, 3_000), (3_000, 120_000, 0)] {
            scene.stand_in.books().dispute_part(&page, minor, "fraudulent");
            deliver_in_every_order(&scene).await;
            let letters = if held == 0 { 2 } else { 1 };
            assert_stands(&scene, "charged_back", owed, held, letters, "taken").await;
            assert_nothing_differs(&scene, "taken").await;
        }
        for number in [1, 2] {
            scene.stand_in.books().dispute_is_lost(number);
        }
        deliver_in_every_order(&scene).await;
        assert_stands(&scene, "charged_back", 120_000, 0, 2, "lost").await;
        assert_eq!(scene.refund("0.01").await.expect_err("nothing is left"), more_than_left(0));

        // Stripe would hold more than was ever paid: no customer owes that because a message says so. A person is told.
        scene.stand_in.books().dispute_part(&page, 1_000, "fraudulent");
        assert_eq!(scene.stand_in.deliver().await, 2, "taken note of");
        assert_eq!((scene.state().await.as_str(), scene.portal.balance().await), ("charged_back", 120_000), "{}", test.name);
        assert_eq!(scene.portal.number("select count(*) from reversals").await, 2);
        let noted = "select count(*) from events where action = 'reversal.contradicted'";
        assert_eq!(scene.portal.number(noted).await, 2, "{}", test.name);
        let (code, told) = scene.reconcile();
        assert_eq!(code, Some(1), "{told}");
        assert!(told.contains("the company has a return or chargeback of -10.00 USD (dp_3)"), "{told}");
        assert!(told.ends_with("1 difference.\n"), "{told}");
        // It ends well there: then nothing of it was ever true.
        scene.stand_in.books().dispute_is_won(3);
        scene.stand_in.deliver().await;
        assert_stands(&scene, "charged_back", 120_000, 0, 2, "the third is won").await;
        assert_eq!(scene.reconcile().0, Some(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_dispute_heard_before_the_end_of_the_first_takes_nothing_twice() {
    for test in support::both().await {
        let mut scene = Scene::open(&test).await;
        let page = scene.paid_fifty().await;
        scene.stand_in.books().dispute(&page, "fraudulent");
        scene.stand_in.deliver().await;
        assert_stands(&scene, "charged_back", 120_000, 0, 1, "the first").await;
        scene.stand_in.books().dispute_is_won(1);
        let end_of_the_first: Vec<String> = scene.stand_in.books().undelivered.drain(..).collect();
        scene.stand_in.books().dispute(&page, "fraudulent");
        // The second takes what the first gave back: Stripe is asked, and both are booked.
        scene.stand_in.deliver().await;
        assert_stands(&scene, "charged_back", 120_000, 0, 3, "the second").await;
        for body in &end_of_the_first {
            assert!(scene.stand_in.deliver_one(body).await, "taken");
        }
        assert_stands(&scene, "charged_back", 120_000, 0, 3, "heard late").await;
        assert_nothing_differs(&scene, "heard late").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_dispute_is_not_taken_while_stripe_cannot_say_how_the_first_ended() {
    let test = support::sqlite().await;
    let mut scene = Scene::open(&test).await;
    let page = scene.paid_fifty().await;
    scene.stand_in.books().dispute(&page, "fraudulent");
    scene.stand_in.deliver().await;
    scene.stand_in.books().dispute_is_won(1);
    let end_of_the_first: Vec<String> = scene.stand_in.books().undelivered.drain(..).collect();
    scene.stand_in.books().dispute(&page, "fraudulent");
    scene.stand_in.books().hides_disputes = true;
    let second = scene.stand_in.books().undelivered.clone();
    assert_eq!(scene.stand_in.deliver().await, 0, "told again later");
    assert_stands(&scene, "charged_back", 120_000, 0, 1, "the first").await;
    scene.stand_in.books().hides_disputes = false;
    for body in second.iter().chain(&end_of_the_first) {
        assert!(scene.stand_in.deliver_one(body).await, "taken");
    }
    assert_stands(&scene, "charged_back", 120_000, 0, 3, "both").await;
    assert_eq!(scene.portal.number("select count(*) from events where action = 'reversal.contradicted'").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_lost_dispute_gives_back_of_a_payment_over_two_accounts_goes_where_it_was_taken_from() {
    for test in support::both().await {
        let (first, second) = two_accounts(&test).await;
        let mut scene = Scene::open_for(&test, first).await;
        let check = choose(&mut scene.person, &[(&scene.seeded, "30"), (&second, "20")]).await;
        let page = pay_now(&mut scene.person, &check).await.rsplit('/').next().expect("a name").to_owned();
        scene.stand_in.books().pay(&page);
        scene.stand_in.deliver().await;
        let owed = async || (owed(&test, &scene.seeded).await, owed(&test, &second).await);
        assert_eq!(owed().await, (117_000, 118_000), "{}", test.name);
        scene.refund("10.00").await.expect("given back");
        assert_eq!(owed().await, (117_000, 119_000), "the last account gives first");
        scene.stand_in.books().dispute(&page, "fraudulent");
        scene.stand_in.deliver().await;
        assert_eq!(owed().await, (120_000, 121_000), "what went back before is taken from the account that had it");
        scene.stand_in.books().dispute_is_lost(1);
        deliver_in_every_order(&scene).await;
        assert_eq!(owed().await, (120_000, 120_000));
        // The refund, what was taken from each, and what came again to the second.
        assert_stands(&scene, "charged_back", 240_000, 0, 4, "lost").await;
        assert_nothing_differs(&scene, "lost").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_in_what_banks_took_and_gave_back_is_found() {
    for test in support::both().await {
        let mut scene = Scene::open(&test).await;
        let page = scene.paid_fifty().await;
        scene.refund("20.00").await.expect("given back");
        scene.stand_in.books().dispute(&page, "fraudulent");
        scene.stand_in.deliver().await;
        scene.stand_in.books().dispute_is_lost(1);
        scene.stand_in.deliver().await;
        let second = scene.paid_fifty().await;
        for minor in [2_000, 3_000] {
            scene.stand_in.books().dispute_part(&second, minor, "fraudulent");
        }
        scene.stand_in.deliver().await;
        let broken = async || {
            let faults = books::verify(&test.db).await.expect("readable").faults;
            faults.into_iter().map(|fault| fault.rule).collect::<BTreeSet<_>>()
        };
        assert_eq!(broken().await, BTreeSet::new());
        for (breaks, mends, rule) in [
            (
                "update reversals set undone_minor = 1999 where state = 'partly_undone'",
                "update reversals set undone_minor = 2000 where state = 'partly_undone'",
                "what came again is in the ledger once, with its amount",
            ),
            (
                "update reversals set undone_minor = null where state = 'partly_undone'",
                "update reversals set undone_minor = 2000 where state = 'partly_undone'",
                "what went back of a payment is what its reversals sum to",
            ),
            (
                "update payments set amount_minor = 4999 where reversed_minor = 5000",
                "update payments set amount_minor = 5000 where reversed_minor = 5000",
                "banks hold no more of a payment than it was, unless by one decision",
            ),
        ] {
            sqlx::query(breaks).execute(test.db.pool()).await.expect("it is so");
            assert!(broken().await.contains(rule), "{}: {breaks}", test.name);
            sqlx::query(mends).execute(test.db.pool()).await.expect("it is so");
            assert_eq!(broken().await, BTreeSet::new(), "{}: {mends}", test.name);
        }
    }
}
