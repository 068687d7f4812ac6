//! Each way a payment can go, from the first screen to the books.

use crate::portal::{Portal, customer};
use crate::scripted::{Says, Scripted};
use crate::support::seed::{self, SeedAccount, Seeded};
use crate::support::{self, TestDb};
use evenkeel::domain::ids::AccountId;
use evenkeel::domain::language::Language;
use evenkeel::domain::money::{Currency, Money};
use evenkeel::domain::payment::Purpose;
use evenkeel::server::ids;
use evenkeel::server::processors::sandbox::SandboxProcessor;
use evenkeel::server::processors::{
    Charge, Collection, HostedMandate, HostedPayment, MandateAtProcessor, Movement, PaymentProcessor, ProcessorError, Refund,
    Refunded, Reversed, Sought, WebhookError, WebhookEvent,
};
use evenkeel::server::services::payments::{self, Decision, Started};
use http::HeaderMap;
use jiff::Timestamp;
use std::sync::{Arc, Mutex};

async fn given_a_customer(test: &TestDb) -> (Portal, Seeded) {
    let portal = Portal::open(&test.url).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    (portal, seeded)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approved_payment_is_paid_once_and_said_so() {
    for test in support::both().await {
        let (portal, seeded) = given_a_customer(&test).await;
        let mut person = portal.person(&seeded).await;
        let pay = person.get(&format!("/account/{}/pay", seeded.account_id)).await;
        pay.assert_says("What is past due: $300.00");
        pay.assert_says("Everything you owe: $1,200.00");
        pay.assert_never_says("checked");
        let check = person.choose(&seeded.account_id, "part", "50").await;
        check.assert_says("Pay $50.00 now");
        check.assert_says("$50.00 to what is past due");
        check.assert_says("$1,150.00");
        let page = person.pay_now(&check).await.expect("an answer");
        let hosted = person.get(&page).await;
        hosted.assert_says("Sandbox: no real money");
        assert_eq!(portal.balance().await, 120_000, "nothing is paid yet");

        let paid = person.pay_by(&page, "approved").await;
        paid.assert_says("Paid: $50.00");
        paid.assert_says("What was past due");
        paid.assert_says("Show me plans");
        paid.assert_says("Receipt as PDF");
        paid.assert_says("/documents/");
        portal.work().await;
        portal.work_an_hour_later().await;
        assert_eq!(portal.balance().await, 115_000, "{}", test.name);
        assert_eq!(portal.number("select count(*) from payments").await, 1);
        portal.assert_books_are_right().await;
        // The back button: the sandbox's page is closed, and the check page leads to what is so.
        let again = person.pay_by(&page, "approved").await;
        again.assert_says("Paid: $50.00");
        let twice = person.pay_now(&check).await.expect("an answer");
        person.get(&twice).await.assert_says("Paid: $50.00");
        portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_payment_says_why_and_takes_nothing() {
    let test = support::sqlite().await;
    let (portal, seeded) = given_a_customer(&test).await;
    let mut person = portal.person(&seeded).await;
    for (method, words) in [
        ("insufficient_funds", "there was not enough money"),
        ("expired_card", "The card has expired"),
        ("do_not_honour", "Your bank said no and gave no reason"),
    ] {
        let page = person.reach_sandbox(&seeded.account_id, "past_due", "").await;
        let answer = person.pay_by(&page, method).await;
        answer.assert_says(words);
        answer.assert_says("No money has been taken");
        portal.work().await;
        assert_eq!(portal.balance().await, 120_000);
    }
    // And then with another card: a new decision.
    let page = person.reach_sandbox(&seeded.account_id, "past_due", "").await;
    person.pay_by(&page, "approved").await.assert_says("Paid: $300.00");
    portal.work().await;
    assert_eq!(portal.balance().await, 90_000);
    assert_eq!(portal.number("select count(*) from payments").await, 4);
    portal.assert_books_are_right().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_needs_confirming_is_paid_only_then() {
    let test = support::sqlite().await;
    let (portal, seeded) = given_a_customer(&test).await;
    let mut person = portal.person(&seeded).await;
    let page = person.reach_sandbox(&seeded.account_id, "balance", "").await;
    person.pay_by(&page, "needs_confirmation").await.assert_says("Your bank asks you to confirm");
    portal.work().await;
    assert_eq!(portal.word("select state from payments").await, "needs_customer");
    assert_eq!(portal.balance().await, 120_000);
    let paid = person.post(&page, &[("button", "confirm")]).await;
    paid.assert_says("Paid: $1,200.00");
    paid.assert_says("Settled: nothing is owed on this account");
    portal.work().await;
    portal.assert_books_are_right().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_payment_is_on_its_way_until_the_bank_has_paid() {
    let test = support::sqlite().await;
    let (portal, seeded) = given_a_customer(&test).await;
    let mut person = portal.person(&seeded).await;
    let page = person.reach_sandbox(&seeded.account_id, "past_due", "").await;
    let answer = person.pay_by(&page, "slow").await;
    answer.assert_says("Your payment is on its way");
    answer.assert_says("Please do not pay it again");
    let pay = person.get(&format!("/account/{}/pay", seeded.account_id)).await;
    pay.assert_says("$300.00 is on its way already");
    pay.assert_never_says("What is past due");
    portal.sandbox_speaks().await;
    portal.work().await;
    person.get(&answer.url).await.assert_says("Paid: $300.00");
    assert_eq!(portal.balance().await, 90_000);
    portal.assert_books_are_right().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_outcome_is_said_to_be_unknown_and_found_out() {
    for test in support::both().await {
        let (portal, seeded) = given_a_customer(&test).await;
        let mut person = portal.person(&seeded).await;
        let page = person.reach_sandbox(&seeded.account_id, "past_due", "").await;
        let broken = person.post_here(&page, &[("method", "outcome_unknown"), ("button", "pay")]).await;
        broken.assert_says("The payment company did not answer");
        broken.assert_says("Back to the portal");
        let reference = portal.word("select reference from payments").await;
        let payment = format!("/payments/{reference}");
        let answer = person.get(&payment).await;
        answer.assert_says("We do not know yet");
        answer.assert_says("Please do not pay it again");
        answer.assert_never_says("No money has been taken");
        // Another payment has to wait: its page leads to this one.
        assert!(person.get(&format!("/account/{}/pay", seeded.account_id)).await.url.ends_with(&payment));
        portal.work_an_hour_later().await;
        assert_eq!(portal.word("select state from payments").await, "unknown", "{}", test.name);
        portal.sandbox_speaks().await;
        jobs_until_known(&portal).await;
        person.get(&payment).await.assert_says("Paid: $300.00");
        assert_eq!(portal.number("select count(*) from sandbox_charges").await, 1);
        portal.assert_books_are_right().await;
    }
}

async fn jobs_until_known(portal: &Portal) {
    let in_two_days = portal.state.clock.real_now_millis() + 172_800_000;
    evenkeel::server::jobs::run_due(&portal.state, in_two_days).await.expect("the work is done");
    assert_eq!(portal.word("select state from payments").await, "succeeded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_cancelled_on_either_page_takes_nothing() {
    let test = support::sqlite().await;
    let (portal, seeded) = given_a_customer(&test).await;
    let mut person = portal.person(&seeded).await;
    let page = person.reach_sandbox(&seeded.account_id, "past_due", "").await;
    person.post(&page, &[("button", "cancel")]).await.assert_says("You cancelled this payment");
    let page = person.reach_sandbox(&seeded.account_id, "past_due", "").await;
    let reference = portal.word("select reference from payments where state = 'submitted'").await;
    person.get(&format!("/payments/{reference}")).await.assert_says("Go on to the payment page");
    person.post("/api/cancel_payment", &[("reference", &reference)]).await.assert_says("You cancelled this payment");
    // The sandbox's page, still open in another tab, takes no money any more.
    person.pay_by(&page, "approved").await.assert_says("You cancelled this payment");
    portal.work().await;
    assert_eq!(portal.balance().await, 120_000);
    portal.assert_books_are_right().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn paying_the_last_instalment_completes_the_agreement() {
    let test = support::sqlite().await;
    let (portal, seeded) = given_a_customer(&test).await;
    let agreement = given_an_agreement(&test, &seeded, &[15_000, 15_000]).await;
    let mut person = portal.person(&seeded).await;
    for (paid, state) in [("$150.00", "active"), ("$150.00", "completed")] {
        let check = person.choose(&seeded.account_id, "instalment", "").await;
        check.assert_says("of your agreement");
        let page = person.pay_now(&check).await.expect("an answer");
        person.pay_by(&page, "approved").await.assert_says(&format!("Paid: {paid}"));
        portal.work().await;
        let found: String = sqlx::query_scalar("select state from agreements where id = $1")
            .bind(&agreement)
            .fetch_one(test.db.pool())
            .await
            .expect("the agreement");
        assert_eq!(found, state);
    }
    assert_eq!(portal.balance().await, 90_000);
    assert_eq!(portal.number("select count(*) from events where action = 'agreement.completed'").await, 1);
    portal.assert_books_are_right().await;
}

/// An agreement in force with instalments of these amounts, due weekly.
pub async fn given_an_agreement(test: &TestDb, seeded: &Seeded, amounts: &[i64]) -> String {
    let id = evenkeel::server::ids::new_id();
    let pool = test.db.pool();
    let total: i64 = amounts.iter().sum();
    sqlx::query(
        "insert into agreements (id, reference, customer_id, creditor_id, currency, kind, state, current_version, draft_id, created_at)
         values ($1, 'AG-TEST', $2, $3, 'USD', 'plan', 'active', 1, 'draft', 0)",
    )
    .bind(&id)
    .bind(&seeded.customer_id)
    .bind(&seeded.creditor_id)
    .execute(pool)
    .await
    .expect("an agreement");
    sqlx::query("insert into agreement_accounts (agreement_id, account_id) values ($1, $2)")
        .bind(&id)
        .bind(&seeded.account_id)
        .execute(pool)
        .await
        .expect("its account");
    sqlx::query(
        "insert into agreement_versions (agreement_id, number, policy_version, terms, terms_sha256, total_minor, signed_name,
           signed_at, signed_in_zone, language, consent_text_sha256, document_id)
         values ($1, 1, 'p', '{}', 'x', $2, 'Ada Moreno', 0, 'America/Denver', 'en', 'x', 'd')",
    )
    .bind(&id)
    .bind(total)
    .execute(pool)
    .await
    .expect("its version");
    for (number, amount) in (1_i64..).zip(amounts) {
        sqlx::query("insert into instalments (agreement_id, version, number, due_on, amount_minor) values ($1, 1, $2, $3, $4)")
            .bind(&id)
            .bind(number)
            .bind(format!("2026-12-{:02}", 4 + 7 * (number - 1)))
            .bind(amount)
            .execute(pool)
            .await
            .expect("an instalment");
    }
    id
}

/// The default policy with a discount of 5 % for prompt payment, as a file in this folder.
pub fn policy_with_discount(folder: &tempfile::TempDir) -> String {
    let file = folder.path().join("policy.toml");
    let text = std::fs::read_to_string("policies/default.toml").expect("the default policy");
    let text = text
        .replace("holidays = [\"holidays/us-federal.toml\"]", "holidays = []")
        .replace("# [segment.prompt_payment]", "[segment.prompt_payment]")
        .replace("# discount_percent", "discount_percent")
        .replace("# within_days = 7", "within_days = 7");
    std::fs::write(&file, text).expect("written");
    file.to_string_lossy().into_owned()
}

/// A policy that offers no plan, no later date and no promise to anybody, as a file in this folder.
pub fn policy_without_ways(folder: &tempfile::TempDir) -> String {
    let file = folder.path().join("no_ways.toml");
    let text = "schema_version = 1\ncurrency = \"USD\"\n\n[[segment]]\nname = \"everyone\"\nheld_days = 14\n";
    std::fs::write(&file, text).expect("written");
    file.to_string_lossy().into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn paying_everything_at_once_earns_the_promised_discount() {
    let test = support::sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let portal = Portal::open_with(&test.url, &[("policy.file", &policy_with_discount(&folder))]).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let mut person = portal.person(&seeded).await;
    let check = person.choose(&seeded.account_id, "balance", "").await;
    check.assert_says("Pay $1,140.00 now");
    check.assert_says("$60.00");
    let page = person.pay_now(&check).await.expect("an answer");
    let paid = person.pay_by(&page, "approved").await;
    paid.assert_says("Paid: $1,140.00");
    paid.assert_says("Taken off by the creditor");
    paid.assert_says("Settled");
    assert_eq!(portal.balance().await, 0);
    assert_eq!(portal.number("select cast(sum(amount_minor) as bigint) from postings where book = 'discount'").await, 6_000);
    portal.work().await;
    portal.assert_books_are_right().await;
}

/// The processor makes the charge and its answer is lost.
pub struct AnswerLost(pub Arc<SandboxProcessor>);

#[async_trait::async_trait]
impl PaymentProcessor for AnswerLost {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn page_origin(&self) -> Option<&str> {
        self.0.page_origin()
    }

    fn minimum(&self, currency: Currency) -> Option<Money> {
        self.0.minimum(currency)
    }

    async fn start(&self, payment: &HostedPayment) -> Result<Charge, ProcessorError> {
        self.0.start(payment).await.expect("the charge is made");
        Err(ProcessorError::OutcomeUnknown)
    }

    async fn look_up(&self, sought: &Sought) -> Result<Option<Charge>, ProcessorError> {
        self.0.look_up(sought).await
    }

    async fn cancel(&self, processor_reference: &str) -> Result<Charge, ProcessorError> {
        self.0.cancel(processor_reference).await
    }

    async fn refund(&self, refund: &Refund) -> Result<Refunded, ProcessorError> {
        self.0.refund(refund).await.expect("the refund is made");
        Err(ProcessorError::OutcomeUnknown)
    }

    async fn look_up_refund(&self, refund: &Refund) -> Result<Option<Refunded>, ProcessorError> {
        self.0.look_up_refund(refund).await
    }

    async fn reversals(&self, processor_reference: &str) -> Result<Vec<Reversed>, ProcessorError> {
        self.0.reversals(processor_reference).await
    }

    async fn whose(&self, behind: &str) -> Result<Option<String>, ProcessorError> {
        self.0.whose(behind).await
    }

    async fn start_mandate(&self, mandate: &HostedMandate) -> Result<MandateAtProcessor, ProcessorError> {
        self.0.start_mandate(mandate).await
    }

    async fn look_up_mandate(&self, sought: &Sought) -> Result<Option<MandateAtProcessor>, ProcessorError> {
        self.0.look_up_mandate(sought).await
    }

    async fn end_mandate(&self, mandate: &str) -> Result<(), ProcessorError> {
        self.0.end_mandate(mandate).await
    }

    async fn collect(&self, collection: &Collection) -> Result<Charge, ProcessorError> {
        self.0.collect(collection).await
    }

    async fn look_up_collection(&self, collection: &Collection) -> Result<Option<Charge>, ProcessorError> {
        self.0.look_up_collection(collection).await
    }

    async fn movements(&self, from: Timestamp, before: Timestamp) -> Result<Vec<Movement>, ProcessorError> {
        self.0.movements(from, before).await
    }

    fn verify_webhook(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<Vec<WebhookEvent>, WebhookError> {
        self.0.verify_webhook(headers, body, now)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_processors_first_answer_is_lost_its_charge_is_found_and_not_made_again() {
    let test = support::sqlite().await;
    let (portal, seeded) = given_a_customer(&test).await;
    let mut state = portal.state.clone();
    state.processor = Some(Arc::new(AnswerLost(portal.sandbox())));
    let decision = Decision {
        customer: customer(&seeded),
        account: AccountId(seeded.account_id.clone()),
        purpose: Purpose::PastDue,
        amount_minor: 30_000,
        key: ids::new_token(),
        language: Language::English,
        disclosed: None,
    };
    for _ in 0..2 {
        let started = payments::start(&state, &decision).await.expect("no failure");
        assert!(matches!(started, Ok(Started::ToPayment { .. })), "{started:?}");
    }
    assert_eq!(portal.word("select state from payments").await, "unknown");
    portal.work_an_hour_later().await;
    assert_eq!(portal.word("select state from payments").await, "submitted");
    assert_eq!(portal.number("select count(*) from sandbox_charges").await, 1);
    let page = portal.word("select hosted_page from payments").await;
    let mut person = portal.person(&seeded).await;
    person.pay_by(&page, "approved").await.assert_says("Paid: $300.00");
    portal.work().await;
    portal.assert_books_are_right().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_left_open_closes_and_says_that_nothing_was_taken() {
    let test = support::sqlite().await;
    let (portal, seeded) = given_a_customer(&test).await;
    let mut person = portal.person(&seeded).await;
    let page = person.reach_sandbox(&seeded.account_id, "past_due", "").await;
    sqlx::query("update sandbox_charges set expires_at = 1").execute(test.db.pool()).await.expect("time passes");
    let answer = person.pay_by(&page, "approved").await;
    answer.assert_says("This payment was not made");
    answer.assert_says("No money has been taken");
    assert_eq!(portal.word("select state from payments").await, "abandoned");
    portal.assert_books_are_right().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_debit_on_its_way_stays_on_its_way_while_nobody_answers() {
    for test in support::both().await {
        let says = Arc::new(Mutex::new(Says::TheTruth));
        let portal = Portal::open_between(&test.url, &[], |sandbox| Scripted::between(sandbox, &says)).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let page = person.reach_sandbox(&seeded.account_id, "part", "50").await;
        person.pay_by(&page, "slow").await;
        *says.lock().expect("nobody broke") = Says::Nothing;
        let (id, reference) = (portal.word("select id from payments").await, portal.word("select reference from payments").await);
        for checks in [1, 9] {
            payments::reconcile(&portal.state, &id, checks).await.expect("no failure");
            assert_eq!(portal.word("select state from payments").await, "processing", "{}: {checks}", test.name);
        }
        person.get(&format!("/payments/{reference}")).await.assert_says("Your payment is on its way");
        person.get("/account").await.assert_says("is being processed");
        // And another payment can be begun beside it.
        person.get(&format!("/account/{}/pay", seeded.account_id)).await.assert_says("$50.00 is on its way already");
        *says.lock().expect("nobody broke") = Says::TheTruth;
        portal.sandbox_speaks().await;
        portal.work_an_hour_later().await;
        assert_eq!(portal.word("select state from payments").await, "succeeded", "{}", test.name);
        portal.assert_books_are_right().await;
    }
}
