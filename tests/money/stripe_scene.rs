//! A portal whose payments the stand-in for Stripe takes, with a customer who owes $1,200.00.

use crate::portal::{Answer, Person, Portal};
use crate::stripe::{KEY, StandIn, WEBHOOK_SECRET};
use crate::support::TestDb;
use crate::support::seed::{self, SeedAccount, Seeded};
use evenkeel::server::services::books;
use evenkeel::server::services::payments::{self, RefundOrder, RefundRefused, Refunding};
use std::process::Command;

pub struct Scene {
    pub stand_in: StandIn,
    pub portal: Portal,
    pub person: Person,
    pub seeded: Seeded,
    database_url: String,
}

impl Scene {
    pub async fn open(test: &TestDb) -> Scene {
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        Scene::open_for(test, seeded).await
    }

    pub async fn open_for(test: &TestDb, seeded: Seeded) -> Scene {
        let stand_in = StandIn::open("http://127.0.0.1:9/not-yet").await;
        let settings = [
            ("sandbox.clock", "real"),
            ("payments.processor", "stripe"),
            ("stripe.secret_key", KEY),
            ("stripe.webhook_secrets", WEBHOOK_SECRET),
            ("stripe.api_url", &stand_in.address),
            ("stripe.page_origin", &stand_in.address),
        ];
        let portal = Portal::open_with(&test.url, &settings).await;
        stand_in.books().webhook_url = format!("{}/webhooks/stripe", portal.address);
        let person = portal.person(&seeded).await;
        Scene { stand_in, portal, person, seeded, database_url: test.url.clone() }
    }

    /// `evenkeel` with this portal's settings: its exit code and what it says.
    pub fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
            .args(arguments)
            .env("EVENKEEL_DATABASE_URL", &self.database_url)
            .env("EVENKEEL_SANDBOX_ENABLED", "true")
            .env("EVENKEEL_PAYMENTS_PROCESSOR", "stripe")
            .env("EVENKEEL_STRIPE_SECRET_KEY", KEY)
            .env("EVENKEEL_STRIPE_WEBHOOK_SECRETS", WEBHOOK_SECRET)
            .env("EVENKEEL_STRIPE_API_URL", &self.stand_in.address)
            .env("EVENKEEL_STRIPE_PAGE_ORIGIN", &self.stand_in.address)
            .output()
            .expect("the program runs");
        let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        (output.status.code(), said)
    }

    /// `evenkeel reconcile` from yesterday to tomorrow, so that midnight is no matter.
    pub fn reconcile(&self) -> (Option<i32>, String) {
        let today = self.portal.state.clock.today_in(&jiff::tz::TimeZone::UTC);
        let [from, to] = [today.yesterday(), today.tomorrow()].map(|day| day.expect("a day").to_string());
        self.run(&["reconcile", "--from", &from, "--to", &to])
    }

    /// Chooses $50.00, checks, presses the button; says where that leads.
    pub async fn pay_fifty(&mut self) -> String {
        let check = self.person.choose(&self.seeded.account_id, "part", "50").await;
        self.person.pay_now(&check).await.expect("an answer")
    }

    /// Pays $50.00 by card, and the portal has heard of it; Stripe's name of the page.
    pub async fn paid_fifty(&mut self) -> String {
        let page = self.pay_fifty().await;
        let page = page.rsplit('/').next().expect("a name").to_owned();
        self.stand_in.books().pay(&page);
        assert_eq!(self.stand_in.deliver().await, 1, "the portal hears of it");
        page
    }

    /// Gives back a part of the newest payment, by decision of a person here.
    pub async fn refund(&self, amount: &str) -> Result<Refunding, RefundRefused> {
        let newest = self.portal.word("select reference from payments order by created_at desc, id desc limit 1").await;
        self.refund_of(newest, amount).await
    }

    /// Gives back a part of this payment.
    pub async fn refund_of(&self, payment: String, amount: &str) -> Result<Refunding, RefundRefused> {
        let order = RefundOrder {
            payment,
            amount: Some(amount.to_owned()),
            reason: "Charged for the wrong month".into(),
            by: "Ines".into(),
            key: evenkeel::server::ids::new_token(),
        };
        payments::refund(&self.portal.state, &order).await.expect("no failure")
    }

    /// Opens the page of the newest payment.
    pub async fn see(&mut self) -> Answer {
        let reference = self.portal.word("select reference from payments order by created_at desc, id desc limit 1").await;
        self.person.get(&format!("/payments/{reference}")).await
    }

    /// Of the newest payment.
    pub async fn state(&self) -> String {
        self.portal.word("select state from payments order by created_at desc, id desc limit 1").await
    }

    pub async fn assert_books_are_equal(&self, received: i64) {
        let verdict = books::verify(&self.portal.state.db).await.expect("the books can be read");
        assert_eq!(verdict.faults, Vec::new());
        let ours = self
            .portal
            .number("select cast(coalesce(sum(amount_minor), 0) as bigint) from postings where book = 'processor'")
            .await;
        assert_eq!((ours, self.stand_in.books().holds()), (received, received), "our books and Stripe's");
    }
}
