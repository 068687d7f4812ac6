//! After a payment succeeded: refunds, returns, chargebacks, and what they undo. On both databases, against the listening portal
//! and the sandbox's own books.

use crate::outcomes::{AnswerLost, given_an_agreement, policy_with_discount};
use crate::portal::{Answer, Person, Portal};
use crate::support::seed::{self, SeedAccount, Seeded};
use crate::support::{self, TestDb};
use evenkeel::domain::components::Paid;
use evenkeel::domain::money::{Currency, Money};
use evenkeel::domain::payment::DeclineReason;
use evenkeel::domain::refund_limits::RefundRefusal;
use evenkeel::domain::reversal::ReversalState;
use evenkeel::server::ids;
use evenkeel::server::processors::sandbox::{Afterwards, TakenBackBy};
use evenkeel::server::services::payments::{self, RefundOrder, RefundRefused, Refunding};
use evenkeel::server::services::{books, corrections};
use std::process::Command;
use std::sync::Arc;

struct Scene {
    test: TestDb,
    portal: Portal,
    seeded: Seeded,
    person: Person,
}

impl Scene {
    async fn open(test: TestDb) -> Scene {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let person = portal.person(&seeded).await;
        Scene { test, portal, seeded, person }
    }

    async fn both() -> [Scene; 2] {
        let [one, other] = support::both().await;
        [Scene::open(one).await, Scene::open(other).await]
    }

    async fn pay(&mut self, purpose: &str, amount: &str, method: &str) {
        let account = self.seeded.account_id.clone();
        let page = self.person.reach_sandbox(&account, purpose, amount).await;
        self.person.pay_by(&page, method).await;
        self.portal.work().await;
    }

    async fn newest(&self) -> String {
        self.portal.word("select reference from payments order by created_at desc, id desc limit 1").await
    }

    async fn charge(&self) -> String {
        self.portal.word("select processor_reference from payments order by created_at desc, id desc limit 1").await
    }

    async fn happens(&self, afterwards: Afterwards) {
        let charge = self.charge().await;
        assert!(self.portal.sandbox().happens(&charge, afterwards).await.expect("its books"), "{afterwards:?}");
        self.portal.work().await;
    }

    async fn refund(&self, amount: &str, key: &str) -> Result<Refunding, RefundRefused> {
        let order = order(&self.newest().await, amount, key);
        payments::refund(&self.portal.state, &order).await.expect("no failure")
    }

    async fn see(&mut self) -> Answer {
        let reference = self.newest().await;
        self.person.get(&format!("/payments/{reference}")).await
    }

    async fn see_account(&mut self) -> Answer {
        let address = format!("/account/{}", self.seeded.account_id);
        self.person.get(&address).await
    }

    async fn state(&self) -> String {
        self.portal.word("select state from payments order by created_at desc, id desc limit 1").await
    }

    /// What the account owes, and what of it is past due, as the engine reads it.
    async fn owes(&self) -> (i64, i64) {
        let account = evenkeel::server::store::facts::by_id(self.test.db.pool(), &self.seeded.account_id).await;
        let facts = account.expect("readable").expect("the account").facts;
        (facts.balance.minor(), facts.past_due.minor())
    }

    async fn execute(&self, sql: &'static str) {
        sqlx::query(sql).execute(self.test.db.pool()).await.expect("it is so");
    }
}

fn order(payment: &str, amount: &str, key: &str) -> RefundOrder {
    RefundOrder {
        payment: payment.to_owned(),
        amount: Some(amount.to_owned()),
        reason: "Charged for the wrong month".into(),
        by: "Ines".into(),
        key: key.to_owned(),
    }
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_in_parts_is_owed_again_part_by_part_and_never_more_than_was_paid() {
    for mut scene in Scene::both().await {
        scene.pay("part", "50", "approved").await;
        assert_eq!(scene.owes().await, (115_000, 25_000), "{}", scene.test.name);
        let first = scene.refund("20.00", "one").await.expect("it is given back");
        assert!(matches!(first.reversal.state, ReversalState::Succeeded { .. }), "{first:?}");
        assert_eq!((scene.state().await.as_str(), scene.owes().await), ("partly_refunded", (117_000, 27_000)));
        scene.portal.assert_books_are_right().await;
        let page = scene.see().await;
        page.assert_says("part of it went back to you");
        page.assert_says("$20.00 went back to you on 20 November 2026");
        page.assert_says("<dt>Given back to you</dt><dd>$20.00</dd>");
        page.assert_says("Letter about it as PDF");

        let too_much = RefundRefused::Refund(RefundRefusal::MoreThanLeft { left: usd(3_000) });
        assert_eq!(scene.refund("30.01", "two").await.expect_err("too much"), too_much);
        assert_eq!(scene.refund("0.00", "two").await.expect_err("nothing"), RefundRefused::Refund(RefundRefusal::NotAboveZero));
        assert_eq!(scene.refund("thirty", "two").await.expect_err("no amount"), RefundRefused::NotAnAmount);
        scene.refund("30.00", "two").await.expect("the rest");
        assert_eq!((scene.state().await.as_str(), scene.owes().await), ("refunded", (120_000, 30_000)));
        let page = scene.see().await;
        page.assert_says("This payment went back to you");
        page.assert_says("Receipt, as it was issued");
        page.assert_says("<dt>Paid at the time</dt><dd>$50.00</dd>");
        let nothing_left = RefundRefused::Refund(RefundRefusal::MoreThanLeft { left: usd(0) });
        assert_eq!(scene.refund("0.01", "three").await.expect_err("nothing is left"), nothing_left);
        // The messages about all of it come after the answers, and change nothing.
        scene.portal.work().await;
        scene.portal.work_an_hour_later().await;
        scene.portal.assert_books_are_right().await;
        assert_eq!(scene.portal.number("select count(*) from sandbox_refunds").await, 2);
        let parts = scene.portal.number("select cast(sum(amount_minor) as bigint) from payment_components").await;
        assert_eq!(parts, 0, "no part of the debt is paid by it any more");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_order_is_one_refund_however_often_and_from_wherever_it_is_sent() {
    for mut scene in Scene::both().await {
        scene.pay("part", "50", "approved").await;
        let order = order(&scene.newest().await, "20.00", "ticket 7");
        let mut senders = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (state, order) = (scene.portal.state.clone(), order.clone());
            senders
                .spawn(async move { payments::refund(&state, &order).await.expect("no failure").expect("a refund").is_repeated });
        }
        let repeated = senders.join_all().await.into_iter().filter(|repeated| *repeated).count();
        assert_eq!(repeated, 19, "{}", scene.test.name);
        assert_eq!(scene.portal.number("select count(*) from sandbox_refunds").await, 1);
        let written_otherwise = RefundOrder { amount: Some("20".into()), ..order.clone() };
        let same = payments::refund(&scene.portal.state, &written_otherwise).await.expect("no failure").expect("the refund");
        assert!(same.is_repeated, "an amount is the same however it is written");
        let other = RefundOrder { amount: Some("20.01".into()), ..order };
        let refused = payments::refund(&scene.portal.state, &other).await.expect("no failure").expect_err("another order");
        assert_eq!(refused, RefundRefused::KeyNotUsable);
        scene.portal.work().await;
        assert_eq!(scene.portal.balance().await, 117_000);
        scene.portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refunds_ordered_at_the_same_moment_give_back_no_more_than_there_was() {
    for mut scene in Scene::both().await {
        scene.pay("part", "50", "approved").await;
        let payment = scene.newest().await;
        let mut senders = tokio::task::JoinSet::new();
        for number in 0..8 {
            let (state, order) = (scene.portal.state.clone(), order(&payment, "20.00", &format!("ticket {number}")));
            senders.spawn(async move { payments::refund(&state, &order).await.expect("no failure").is_ok() });
        }
        let made = senders.join_all().await.into_iter().filter(|made| *made).count();
        assert_eq!(made, 2, "{}: 50.00 holds 20.00 twice", scene.test.name);
        assert_eq!(scene.portal.balance().await, 119_000);
        scene.portal.work().await;
        scene.portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_whose_answer_was_lost_is_unknown_until_it_is_known_and_made_once() {
    for mut scene in Scene::both().await {
        scene.pay("part", "50", "approved").await;
        let mut state = scene.portal.state.clone();
        state.processor = Some(Arc::new(AnswerLost(scene.portal.sandbox())));
        let ordered = payments::refund(&state, &order(&scene.newest().await, "20.00", "one")).await.expect("no failure");
        assert_eq!(ordered.expect("ordered").reversal.state, ReversalState::Unknown, "{}", scene.test.name);
        assert_eq!(scene.portal.balance().await, 115_000, "not in the books before it is known");
        scene.see().await.assert_says("It has not answered yet");
        // Until it is known it counts as given back.
        let too_much = RefundRefused::Refund(RefundRefusal::MoreThanLeft { left: usd(3_000) });
        assert_eq!(scene.refund("30.01", "two").await.expect_err("too much"), too_much);
        // Its message never comes; the job finds out.
        scene.execute("delete from sandbox_deliveries").await;
        scene.portal.work_an_hour_later().await;
        assert_eq!((scene.portal.balance().await, scene.state().await.as_str()), (117_000, "partly_refunded"));
        assert_eq!(scene.portal.number("select count(*) from sandbox_refunds").await, 1);
        scene.portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_by_a_debit_goes_back_slowly_and_is_booked_when_it_arrived() {
    let mut scene = Scene::open(support::sqlite().await).await;
    scene.pay("part", "50", "slow").await;
    scene.portal.sandbox_speaks().await;
    scene.portal.work_an_hour_later().await;
    let refunding = scene.refund("50.00", "one").await.expect("ordered");
    assert_eq!(refunding.reversal.state, ReversalState::Pending);
    scene.see().await.assert_says("is on its way back to you");
    assert_eq!(scene.portal.balance().await, 115_000);
    scene.portal.sandbox_speaks().await;
    scene.portal.work_an_hour_later().await;
    assert_eq!((scene.portal.balance().await, scene.state().await.as_str()), (120_000, "refunded"));
    scene.portal.assert_books_are_right().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_did_not_arrive_counts_as_paid_again() {
    let mut scene = Scene::open(support::sqlite().await).await;
    scene.pay("part", "50", "approved").await;
    scene.refund("50.00", "one").await.expect("given back");
    scene.happens(Afterwards::WonBack).await;
    assert_eq!((scene.owes().await, scene.state().await.as_str()), ((115_000, 25_000), "succeeded"));
    scene.see().await.assert_says("did not arrive");
    scene.refund("50.00", "two").await.expect("and given back another time");
    scene.portal.assert_books_are_right().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_debit_the_bank_takes_back_is_owed_again_and_its_agreement_goes_on() {
    for mut scene in Scene::both().await {
        let agreement = given_an_agreement(&scene.test, &scene.seeded, &[15_000, 15_000]).await;
        for _ in 0..2 {
            scene.pay("instalment", "", "approved").await;
        }
        assert_eq!(scene.portal.word("select state from agreements").await, "completed");
        assert_eq!(scene.owes().await, (90_000, 0), "{}", scene.test.name);

        scene.happens(Afterwards::Returned).await;
        assert_eq!((scene.state().await.as_str(), scene.owes().await), ("returned", (105_000, 15_000)));
        assert_eq!(scene.portal.word("select state from agreements").await, "active");
        assert_eq!(scene.portal.number("select count(*) from agreement_accounts where ended_at is null").await, 1);
        assert_eq!(scene.portal.number("select count(*) from events where action = 'agreement.reopened'").await, 1);
        let page = scene.see().await;
        for words in [
            "Your bank took this payment back",
            "there was not enough money in the account",
            "You owe $1,050.00 now, and $150.00 of it is past due",
            "Your agreement goes on",
            &agreement,
            "Choose what to pay",
        ] {
            page.assert_says(words);
        }
        assert_eq!(scene.portal.number("select count(*) from outbox where template = 'reversal_note'").await, 1);
        let letter = scene.portal.word("select id from documents where kind = 'reversal_note'").await;
        assert!(scene.person.get(&format!("/documents/{letter}.pdf")).await.body.starts_with("%PDF-"));
        scene.see_account().await.assert_says("Taken back by the bank on 20 November 2026");
        let statement = scene.person.get(&format!("/account/{}/statement", scene.seeded.account_id)).await;
        statement.assert_says("Taken back by the bank");
        scene.portal.assert_books_are_right().await;

        // Paid again, the agreement is complete again.
        scene.pay("instalment", "", "approved").await;
        assert_eq!(scene.portal.word("select state from agreements").await, "completed");
        assert_eq!(scene.owes().await, (90_000, 0));
        scene.portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_is_not_brought_back_where_another_took_its_place() {
    let mut scene = Scene::open(support::sqlite().await).await;
    given_an_agreement(&scene.test, &scene.seeded, &[15_000]).await;
    scene.pay("instalment", "", "approved").await;
    scene.execute("update agreements set reference = 'AG-OLD', draft_id = 'old draft'").await;
    given_an_agreement(&scene.test, &scene.seeded, &[10_000]).await;
    scene.happens(Afterwards::Returned).await;
    assert_eq!(scene.portal.word("select state from agreements where reference = 'AG-OLD'").await, "completed");
    assert_eq!(scene.portal.balance().await, 120_000);
    scene.portal.assert_books_are_right().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chargeback_that_is_won_counts_again_whatever_is_told_how_often_in_whatever_order() {
    for mut scene in Scene::both().await {
        scene.pay("part", "50", "approved").await;
        scene.happens(Afterwards::ChargedBack).await;
        assert_eq!((scene.state().await.as_str(), scene.owes().await), ("charged_back", (120_000, 30_000)));
        scene.see().await.assert_says("The bank of your card took this payment back");
        let refused = scene.refund("1.00", "one").await.expect_err("nothing is left to give back");
        assert_eq!(refused, RefundRefused::Refund(RefundRefusal::MoreThanLeft { left: usd(0) }));
        scene.portal.assert_books_are_right().await;
        scene.happens(Afterwards::WonBack).await;
        assert_eq!((scene.state().await.as_str(), scene.owes().await), ("succeeded", (115_000, 25_000)));
        scene.see().await.assert_says("It counts as paid");
        scene.portal.assert_books_are_right().await;
        // Everything is delivered once more, the first of it last, with names of its own so that it counts as new.
        let bodies: Vec<String> = sqlx::query_scalar("select body from sandbox_deliveries order by deliver_at desc, id desc")
            .fetch_all(scene.test.db.pool())
            .await
            .expect("what was told");
        for body in bodies {
            let renamed = body.replace("\"event\":\"", "\"event\":\"again-");
            for told in [&body, &renamed] {
                let signature = scene.portal.sandbox().sign(told.as_bytes(), scene.portal.state.clock.real_now());
                let mut headers = http::HeaderMap::new();
                headers.insert("sandbox-signature", signature.parse().expect("a header"));
                payments::receive_webhook(&scene.portal.state, "sandbox", &headers, told.as_bytes()).await.expect("taken");
            }
        }
        assert_eq!((scene.state().await.as_str(), scene.owes().await), ("succeeded", (115_000, 25_000)), "{}", scene.test.name);
        scene.portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_back_of_a_payment_whose_success_was_never_told_is_booked_after_it() {
    let mut scene = Scene::open(support::sqlite().await).await;
    let account = scene.seeded.account_id.clone();
    let page = scene.person.reach_sandbox(&account, "part", "50").await;
    scene.person.post_here(&page, &[("method", "webhook_never"), ("button", "pay")]).await;
    assert_eq!(scene.state().await, "submitted");
    scene.happens(Afterwards::Returned).await;
    assert_eq!((scene.state().await.as_str(), scene.portal.balance().await), ("returned", 120_000));
    scene.portal.assert_books_are_right().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_takes_back_what_was_refunded_before_is_owed_both() {
    let mut scene = Scene::open(support::sqlite().await).await;
    scene.pay("part", "50", "approved").await;
    scene.refund("20.00", "one").await.expect("given back");
    let by = TakenBackBy::Bank(DeclineReason::DebitNotAllowed);
    scene.portal.sandbox().take_back(&scene.charge().await, by, Some(usd(5_000))).await.expect("its books").expect("taken");
    scene.portal.work().await;
    assert_eq!((scene.state().await.as_str(), scene.portal.balance().await), ("returned", 122_000));
    scene.see().await.assert_says("this debit was not allowed");
    scene.portal.assert_books_are_right().await;
    scene.happens(Afterwards::WonBack).await;
    assert_eq!((scene.state().await.as_str(), scene.portal.balance().await), ("partly_refunded", 117_000));
    scene.portal.assert_books_are_right().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_made_on_the_processors_own_pages_is_in_our_books_too() {
    for mut scene in Scene::both().await {
        scene.pay("part", "50", "approved").await;
        scene.happens(Afterwards::RefundedElsewhere).await;
        assert_eq!((scene.state().await.as_str(), scene.portal.balance().await), ("refunded", 120_000));
        assert_eq!(scene.portal.word("select decided_by from reversals").await, "processor");
        scene.portal.assert_books_are_right().await;
    }
}

/// Everything that was owed is paid, with the discount for paying promptly.
async fn given_a_discount(test: TestDb) -> Scene {
    let folder = tempfile::tempdir().expect("a folder");
    let portal = Portal::open_with(&test.url, &[("policy.file", &policy_with_discount(&folder))]).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let person = portal.person(&seeded).await;
    let mut scene = Scene { test, portal, seeded, person };
    scene.pay("balance", "", "approved").await;
    assert_eq!(scene.owes().await, (0, 0));
    scene
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discount_earned_by_a_payment_that_was_taken_back_holds_no_more() {
    let mut scene = given_a_discount(support::sqlite().await).await;
    scene.happens(Afterwards::ChargedBack).await;
    assert_eq!(scene.owes().await, (120_000, 30_000), "with the discount taken off no more");
    scene.portal.assert_books_are_right().await;
    scene.happens(Afterwards::WonBack).await;
    assert_eq!(scene.owes().await, (0, 0), "and granted again");
    scene.see_account().await.assert_says("Discount that no longer holds");
    scene.portal.assert_books_are_right().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discount_that_a_refund_of_a_part_had_left_is_there_again_when_a_chargeback_is_won() {
    let scene = given_a_discount(support::sqlite().await).await;
    scene.refund("100.00", "one").await.expect("given back");
    assert_eq!(scene.owes().await, (10_000, 0), "a part given back by decision leaves the discount");
    scene.happens(Afterwards::ChargedBack).await;
    assert_eq!(scene.owes().await, (120_000, 30_000));
    scene.happens(Afterwards::WonBack).await;
    assert_eq!((scene.state().await.as_str(), scene.owes().await), ("partly_refunded", (10_000, 0)), "as before it");
    scene.portal.assert_books_are_right().await;
}

/// Pays all, and then the creditor gives 15.00 up that were paid already.
async fn given_a_credit(scene: &mut Scene) {
    scene.pay("part", "1190", "approved").await;
    scene.pay("balance", "", "approved").await;
    let what = corrections::What::Correct { amount: "-15.00".into(), part: evenkeel::domain::components::Paid::Principal };
    let decided = corrections::Decided { reason: "Interest waived".into(), by: "Ines".into(), key: ids::new_token() };
    let booked = corrections::book(&scene.portal.state, &scene.seeded.reference, &what, &decided).await.expect("no failure");
    assert_eq!(booked.expect("booked").balance, usd(-1_500));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_beyond_what_was_owed_is_had_back_once_from_the_newest_payments() {
    for mut scene in Scene::both().await {
        given_a_credit(&mut scene).await;
        let page = scene.see_account().await;
        page.assert_says("Have $15.00 back");
        let fields = ["account", "amount_minor", "key"].map(|name| (name, page.value_of(name)));
        let mut presses = tokio::task::JoinSet::new();
        for _ in 0..10 {
            let (mut person, fields) = (scene.person.clone(), fields.clone());
            presses.spawn(async move {
                let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                person.press("/api/have_back", &fields).await.expect("an answer")
            });
        }
        let places = presses.join_all().await;
        assert!(places.iter().all(|place| place.contains("/payments/")), "{places:?}");
        scene.portal.work().await;
        // 10.00 from the newest payment and 5.00 from the one before.
        assert_eq!(scene.portal.number("select count(*) from sandbox_refunds").await, 2, "{}", scene.test.name);
        assert_eq!(scene.owes().await, (0, 0));
        scene.portal.assert_books_are_right().await;
        // The page that was left open: nothing is to be had back any more, and it says so.
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let other_key = [fields[0], fields[1], ("key", &ids::new_token())];
        let overtaken = scene.person.post("/api/have_back", &other_key).await;
        overtaken.assert_says("What you can have back has changed");
        overtaken.assert_never_says("Have $15.00 back");
        assert_eq!(scene.portal.number("select count(*) from sandbox_refunds").await, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_anothers_money_back() {
    let mut scene = Scene::open(support::sqlite().await).await;
    given_a_credit(&mut scene).await;
    let other = seed::account(&scene.test.db, SeedAccount::default()).await;
    let mut stranger = scene.portal.person(&other).await;
    let key = ids::new_token();
    let fields = [("account", scene.seeded.account_id.as_str()), ("amount_minor", "1500"), ("key", key.as_str())];
    assert!(stranger.post("/api/have_back", &fields).await.url.ends_with("/account"));
    assert_eq!(scene.portal.number("select count(*) from reversals").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_pays_the_parts_of_a_debt_in_the_policys_order_and_the_receipt_says_so() {
    let mut scene = Scene::open(support::sqlite().await).await;
    // Of the 1,200.00 owed 30.00 are interest and 10.00 fees.
    for part in [
        corrections::What::Correct { amount: "30.00".into(), part: evenkeel::domain::components::Paid::Interest },
        corrections::What::Correct { amount: "10.00".into(), part: evenkeel::domain::components::Paid::Fees },
        corrections::What::Correct { amount: "-40.00".into(), part: evenkeel::domain::components::Paid::Principal },
    ] {
        let decided = corrections::Decided { reason: "As itemized".into(), by: "Ines".into(), key: ids::new_token() };
        corrections::book(&scene.portal.state, &scene.seeded.reference, &part, &decided)
            .await
            .expect("no failure")
            .expect("booked");
    }
    scene.pay("part", "50", "approved").await;
    let page = scene.see().await;
    for words in [
        "Which part of the debt it paid",
        "This payment paid in this order: fees, interest, the debt itself.",
        "$30.00",
        "$10.00",
    ] {
        page.assert_says(words);
    }
    let part = async |part: &'static str| {
        let sql = "select cast(sum(amount_minor) as bigint) from payment_components where component = $1";
        sqlx::query_scalar::<_, i64>(sql).bind(part).fetch_one(scene.test.db.pool()).await.expect("a sum")
    };
    assert_eq!((part("fees").await, part("interest").await, part("principal").await), (1_000, 3_000, 1_000));
    scene.refund("15.00", "one").await.expect("given back");
    assert_eq!((part("fees").await, part("interest").await, part("principal").await), (1_000, 2_500, 0), "the last paid first");
    scene.portal.assert_books_are_right().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_policy_says_later_changes_nothing_of_what_was_paid() {
    let mut scene = Scene::open(support::sqlite().await).await;
    for (amount, part) in [("30.00", Paid::Interest), ("10.00", Paid::Fees), ("-40.00", Paid::Principal)] {
        let part = corrections::What::Correct { amount: amount.into(), part };
        let decided = corrections::Decided { reason: "As itemized".into(), by: "Ines".into(), key: ids::new_token() };
        let booked = corrections::book(&scene.portal.state, &scene.seeded.reference, &part, &decided).await;
        booked.expect("no failure").expect("booked");
    }
    scene.pay("part", "50", "approved").await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("policy.toml");
    let text = std::fs::read_to_string("policies/default.toml").expect("the default policy");
    let text = text
        .replace("holidays = [\"holidays/us-federal.toml\"]", "holidays = []")
        .replace("order = [\"fees\", \"interest\", \"principal\"]", "order = [\"principal\", \"interest\", \"fees\"]");
    std::fs::write(&file, text).expect("written");
    scene.portal = Portal::open_with(&scene.test.url, &[("policy.file", &file.to_string_lossy())]).await;
    scene.person = scene.portal.person(&scene.seeded).await;
    let page = scene.see().await;
    page.assert_says("This payment paid in this order: fees, interest, the debt itself.");
    let shown = page.body.split("Which part of the debt it paid").nth(1).expect("the parts");
    let at = |amount: &str| shown.find(amount).expect("an amount");
    assert!(at("Fees") < at("Interest") && at("Interest") < at("The debt itself"), "{shown}");
    // What was paid last goes back first: then, and not by what the policy says now.
    scene.refund("15.00", "one").await.expect("given back");
    let left = "select cast(sum(amount_minor) as bigint) from payment_components where component in ('fees', 'interest')";
    assert_eq!(scene.portal.number(left).await, 3_500);
    // The next payment pays in the new order, and says so.
    scene.pay("part", "20", "approved").await;
    scene.see().await.assert_says("This payment paid in this order: the debt itself, interest, fees.");
    // Of a payment from before the order was kept, only the parts are said.
    scene.execute("update payment_components set parts_order = null").await;
    let page = scene.see().await;
    page.assert_says("Which part of the debt it paid");
    page.assert_never_says("This payment paid in this order");
    scene.portal.assert_books_are_right().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_decides_about_the_books_is_an_entry_with_reason_and_person() {
    for scene in Scene::both().await {
        let run = |arguments: &[&str]| {
            let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
                .args(arguments)
                .env("EVENKEEL_DATABASE_URL", &scene.test.url)
                .env("EVENKEEL_SANDBOX_ENABLED", "true")
                .output()
                .expect("the program runs");
            let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).join("");
            (output.status.code(), said)
        };
        let reference = scene.seeded.reference.clone();
        let decided = ["--reason", "Fee waived", "--by", "Ines", "--once", "ticket 1"];
        let write_off = [&["ledger", "write-off", &reference, "--amount", "200.00"][..], &decided].concat();
        for said in ["Booked: -200.00 USD. Owed now: 1000.00 USD.", "It was booked before: -200.00 USD. Owed now: 1000.00 USD."] {
            let (code, text) = run(&write_off);
            assert_eq!((code, text.trim()), (Some(0), said), "{}", scene.test.name);
        }
        assert_eq!(scene.owes().await, (100_000, 10_000), "what is given up is taken off what is past due first");
        let too_much = [&["ledger", "write-off", &reference, "--amount", "1000.01"][..], &decided[..4]].concat();
        let (code, text) = run(&too_much);
        assert_eq!(code, Some(1));
        assert!(text.contains("only 1000.00 USD of it is owed"), "{text}");
        let interest = [&["ledger", "write-off", &reference, "--part", "interest"][..], &decided[..4]].concat();
        assert_eq!(run(&interest).0, Some(1), "no interest is owed");
        let correct = [&["ledger", "correct", &reference, "--amount", "-0.01"][..], &decided[..4]].concat();
        assert_eq!(run(&correct).0, Some(0));
        let unreasoned = ["ledger", "correct", &reference, "--amount", "1", "--reason", " ", "--by", "Ines"];
        assert_eq!(run(&unreasoned).0, Some(2));
        assert_eq!(run(&["ledger", "correct", "NG-NOBODY", "--amount", "1", "--reason", "x", "--by", "y"]).0, Some(1));
        let (code, text) = run(&["refund", "EK-NONE-NONE", "--amount", "1.00", "--reason", "x", "--by", "y"]);
        assert_eq!(code, Some(1));
        assert!(text.contains("no payment has this reference"), "{text}");
        assert_eq!(scene.portal.word("select reason from ledger_transactions where kind = 'write_off'").await, "Fee waived");
        assert_eq!(scene.portal.word("select actor from ledger_transactions where kind = 'write_off'").await, "operator:Ines");
        assert_eq!(books::verify(&scene.test.db).await.expect("readable").faults, Vec::new());
        scene.execute("update ledger_transactions set reason = '' where kind = 'correction'").await;
        assert_eq!(books::verify(&scene.test.db).await.expect("readable").faults.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_ordered_on_the_command_line_goes_back() {
    let mut scene = Scene::open(support::sqlite().await).await;
    scene.pay("part", "50", "approved").await;
    let reference = scene.newest().await;
    let refund = || {
        let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
            .args(["refund", &reference, "--all", "--reason", "Paid twice", "--by", "Ines", "--once", "ticket 9", "--json"])
            .env("EVENKEEL_DATABASE_URL", &scene.test.url)
            .env("EVENKEEL_SANDBOX_ENABLED", "true")
            .output()
            .expect("the program runs");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    for repeated in [false, true] {
        let (code, text) = refund();
        assert_eq!(code, Some(0), "{text}");
        let report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(
            (&report["amount"], &report["state"], &report["repeated"]),
            (&"50.00".into(), &"succeeded".into(), &repeated.into())
        );
    }
    scene.portal.work().await;
    assert_eq!(scene.portal.balance().await, 120_000);
    scene.portal.assert_books_are_right().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_in_what_went_back_is_found() {
    let mut scene = Scene::open(support::sqlite().await).await;
    scene.pay("part", "50", "approved").await;
    scene.refund("20.00", "one").await.expect("given back");
    let faults = async || books::verify(&scene.test.db).await.expect("readable").faults.len();
    assert_eq!(faults().await, 0);
    for (broken, mended) in [
        ("update reversals set amount_minor = 1999", "update reversals set amount_minor = 2000"),
        ("update payments set state = 'succeeded'", "update payments set state = 'partly_refunded'"),
        ("update payments set reversed_minor = 1999", "update payments set reversed_minor = 2000"),
        (
            "update payment_allocations set amount_minor = amount_minor - 1 where reversal_id is not null",
            "update payment_allocations set amount_minor = amount_minor + 1 where reversal_id is not null",
        ),
        (
            "update payment_components set amount_minor = amount_minor - 1 where reversal_id is not null",
            "update payment_components set amount_minor = amount_minor + 1 where reversal_id is not null",
        ),
        (
            "update ledger_transactions set once_key = 'refund:other' where kind = 'refund'",
            "update ledger_transactions set once_key = (select 'refund:' || id from reversals) where kind = 'refund'",
        ),
        ("update reversals set state = 'undone', undone_at = 1", "update reversals set state = 'succeeded', undone_at = null"),
    ] {
        scene.execute(broken).await;
        assert!(faults().await > 0, "{broken}");
        scene.execute(mended).await;
        assert_eq!(faults().await, 0, "{mended}");
    }
}
