//! A payment company as the contract suite sees it: its implementation of the port, and what customers and banks do on its
//! side. A third processor joins the suite by implementing [`Company`] for its own stand-in.

use crate::stripe::{Goes, StandIn};
use crate::support::{self, TestDb};
use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use evenkeel::domain::language::Language;
use evenkeel::domain::money::{Currency, Money};
use evenkeel::domain::payment::DeclineReason;
use evenkeel::server::clock::Clock;
use evenkeel::server::ids;
use evenkeel::server::processors::sandbox::{Afterwards, Delays, Method, SandboxProcessor, TakenBackBy};
use evenkeel::server::processors::stripe::StripeProcessor;
use evenkeel::server::processors::{HostedPayment, PaymentProcessor, Sought};
use http::HeaderMap;
use jiff::Timestamp;
use sqlx::AssertSqlSafe;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A message as it was delivered.
pub type Delivered = (HeaderMap, Bytes);

/// How a bank debit ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Debit {
    Pays,
    LacksFunds,
}

/// Who takes a payment back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenBack {
    /// There was not enough money in the account.
    ByTheBank,
    ByTheCardsBank,
}

#[async_trait::async_trait]
pub trait Company: Send + Sync {
    fn processor(&self) -> &dyn PaymentProcessor;

    /// The customer pays with a card on the page of a charge.
    async fn pay(&self, charge: &str);

    /// The customer lets a bank account be debited, which takes days and ends like that.
    async fn pay_by_bank(&self, charge: &str, debit: Debit);

    /// The days pass.
    async fn let_days_pass(&self, charge: &str, debit: Debit);

    /// Nobody does anything until the page closes.
    async fn leave_open_too_long(&self, charge: &str);

    /// Everything there is to tell is delivered; what the portal received, in order.
    async fn deliver(&self) -> Vec<Delivered>;

    /// The customer gives the permission on its page; collections under it go like this.
    async fn give_permission(&self, mandate: &str, goes: Goes);

    /// The days pass for a bank debit that was collected, and the bank pays.
    async fn let_bank_pay(&self, charge: &str);

    /// How many collections it made, paid or not.
    async fn collections(&self) -> usize;

    /// How many charges the company made in all.
    async fn charges(&self) -> usize;

    /// A bank takes back what is left of a charge that was paid: a debit, or as the card holder's bank.
    async fn bank_takes_back(&self, charge: &str, by: TakenBack);

    /// What was taken back comes again.
    async fn comes_again(&self, charge: &str);

    /// So much is refunded on the company's own pages.
    async fn refund_elsewhere(&self, charge: &str, minor: i64);

    /// How much of a charge it gave back, in minor units.
    async fn given_back(&self, charge: &str) -> i64;
}

/// Every company there is.
pub async fn all() -> Vec<Box<dyn Company>> {
    vec![Box::new(Sandbox::open().await), Box::new(Stripe::open().await)]
}

/// A payment of $50.00, recorded now.
pub fn payment() -> HostedPayment {
    HostedPayment {
        idempotency_key: ids::new_token(),
        merchant_reference: ids::new_reference("EK"),
        amount: Money::new(5_000, Currency::USD),
        language: Language::Spanish,
        return_url: "https://pay.example.org/payment/EK-2222-2222".into(),
        asked_at: Clock::Real.real_now(),
    }
}

/// What the portal knows of it before any answer came.
pub fn unanswered(payment: &HostedPayment) -> Sought {
    Sought {
        idempotency_key: payment.idempotency_key.clone(),
        merchant_reference: payment.merchant_reference.clone(),
        processor_reference: None,
        asked_at: payment.asked_at,
    }
}

pub fn now() -> Timestamp {
    Clock::Real.real_now()
}

/// Where a company delivers its messages.
pub struct Inbox {
    url: String,
    received: Arc<Mutex<Vec<Delivered>>>,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Inbox {
    async fn open() -> Inbox {
        let received: Arc<Mutex<Vec<Delivered>>> = Arc::default();
        let kept = received.clone();
        let take = post(async move |headers: HeaderMap, body: Bytes| {
            kept.lock().expect("nobody broke").push((headers, body));
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/webhooks", listener.local_addr().expect("an address"));
        let app = Router::new().route("/webhooks", take);
        let server = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Inbox { url, received, server }
    }

    fn received(&self) -> Vec<Delivered> {
        self.received.lock().expect("nobody broke").clone()
    }
}

struct Sandbox {
    processor: SandboxProcessor,
    test: TestDb,
    inbox: Inbox,
}

impl Sandbox {
    async fn open() -> Sandbox {
        let test = support::sqlite().await;
        let inbox = Inbox::open().await;
        let long = Duration::from_secs(3_600);
        let delays = Delays { slow: long, late_webhook: long, silence: long, page_open: long };
        let pool = test.db.pool().clone();
        let processor = SandboxProcessor::open(pool, Clock::Real, "https://pay.example.org", &inbox.url, delays).await;
        Sandbox { processor: processor.expect("it opens"), test, inbox }
    }

    /// Lets the time that is waited for be over.
    async fn end_waiting(&self, column: &str, charge: &str) {
        let query = format!("update sandbox_charges set {column} = 1 where id = $1");
        sqlx::query(AssertSqlSafe(query)).bind(charge).execute(self.test.db.pool()).await.expect("its books");
        self.processor.settle_due().await.expect("its books");
    }
}

#[async_trait::async_trait]
impl Company for Sandbox {
    fn processor(&self) -> &dyn PaymentProcessor {
        &self.processor
    }

    async fn pay(&self, charge: &str) {
        self.processor.pay(charge, Method::Approved).await.expect("its books").expect("the page is open");
    }

    async fn pay_by_bank(&self, charge: &str, debit: Debit) {
        let method = if debit == Debit::Pays { Method::Slow } else { Method::SlowDeclined };
        self.processor.pay(charge, method).await.expect("its books").expect("the page is open");
    }

    async fn let_days_pass(&self, charge: &str, _debit: Debit) {
        self.end_waiting("settles_at", charge).await;
    }

    async fn leave_open_too_long(&self, charge: &str) {
        self.end_waiting("expires_at", charge).await;
    }

    async fn deliver(&self) -> Vec<Delivered> {
        self.processor.deliver_due(Clock::Real.real_now_millis()).await.expect("its books");
        self.inbox.received()
    }

    async fn give_permission(&self, mandate: &str, goes: Goes) {
        let method = match goes {
            Goes::Paid => Method::Approved,
            Goes::LacksFunds => Method::InsufficientFunds,
            Goes::WantsCustomer => Method::NeedsConfirmation,
            Goes::OnItsWay => Method::Slow,
        };
        assert!(self.processor.give_mandate(mandate, method).await.expect("its books"), "the page is open");
    }

    async fn let_bank_pay(&self, charge: &str) {
        self.end_waiting("settles_at", charge).await;
    }

    async fn collections(&self) -> usize {
        self.charges().await
    }

    async fn charges(&self) -> usize {
        let count: i64 =
            sqlx::query_scalar("select count(*) from sandbox_charges").fetch_one(self.test.db.pool()).await.expect("its books");
        usize::try_from(count).expect("a number")
    }

    async fn bank_takes_back(&self, charge: &str, by: TakenBack) {
        let by = match by {
            TakenBack::ByTheBank => TakenBackBy::Bank(DeclineReason::InsufficientFunds),
            TakenBack::ByTheCardsBank => TakenBackBy::CardBank,
        };
        self.processor.take_back(charge, by, None).await.expect("its books").expect("something was left");
    }

    async fn comes_again(&self, charge: &str) {
        assert!(self.processor.happens(charge, Afterwards::WonBack).await.expect("its books"), "something had gone back");
    }

    async fn refund_elsewhere(&self, charge: &str, minor: i64) {
        let amount = Money::new(minor, Currency::USD);
        let done = self.processor.take_back(charge, TakenBackBy::Dashboard, Some(amount)).await;
        done.expect("its books").expect("something was left");
    }

    async fn given_back(&self, charge: &str) -> i64 {
        let sum =
            sqlx::query_scalar("select cast(coalesce(sum(amount_minor), 0) as bigint) from sandbox_refunds where charge_id = $1");
        sum.bind(charge).fetch_one(self.test.db.pool()).await.expect("its books")
    }
}

struct Stripe {
    stand_in: StandIn,
    processor: StripeProcessor,
    inbox: Inbox,
}

impl Stripe {
    async fn open() -> Stripe {
        let inbox = Inbox::open().await;
        let stand_in = StandIn::open(&inbox.url).await;
        Stripe { processor: stand_in.processor(), stand_in, inbox }
    }
}

#[async_trait::async_trait]
impl Company for Stripe {
    fn processor(&self) -> &dyn PaymentProcessor {
        &self.processor
    }

    async fn pay(&self, charge: &str) {
        self.stand_in.books().pay(charge);
    }

    async fn pay_by_bank(&self, charge: &str, _debit: Debit) {
        self.stand_in.books().pay_by_bank(charge);
    }

    async fn let_days_pass(&self, charge: &str, debit: Debit) {
        match debit {
            Debit::Pays => self.stand_in.books().bank_pays(charge),
            Debit::LacksFunds => self.stand_in.books().bank_refuses(charge, "R01"),
        }
    }

    async fn leave_open_too_long(&self, charge: &str) {
        self.stand_in.books().time_out(charge);
    }

    async fn deliver(&self) -> Vec<Delivered> {
        self.stand_in.deliver().await;
        self.inbox.received()
    }

    async fn give_permission(&self, mandate: &str, goes: Goes) {
        self.stand_in.books().give_permission(mandate, goes);
    }

    async fn let_bank_pay(&self, charge: &str) {
        self.stand_in.books().bank_pays_collection(charge);
    }

    async fn collections(&self) -> usize {
        self.stand_in.books().collections.len()
    }

    async fn charges(&self) -> usize {
        self.stand_in.books().pages.len()
    }

    async fn bank_takes_back(&self, charge: &str, by: TakenBack) {
        let reason = match by {
            TakenBack::ByTheBank => "insufficient_funds",
            TakenBack::ByTheCardsBank => "fraudulent",
        };
        self.stand_in.books().dispute(charge, reason);
    }

    async fn comes_again(&self, _charge: &str) {
        let mut books = self.stand_in.books();
        let last = books.disputes.len();
        books.dispute_is_won(last);
    }

    async fn refund_elsewhere(&self, charge: &str, minor: i64) {
        self.stand_in.books().refund_elsewhere(charge, minor);
    }

    async fn given_back(&self, charge: &str) -> i64 {
        let mut books = self.stand_in.books();
        let intent = books.page(charge).intent["id"].as_str().expect("a name").to_owned();
        books.given_back(&intent)
    }
}
