//! A stand-in for Stripe on loopback, as far as hosted pages go. It keeps its own books, to compare ours with, and does what
//! other stand-ins lack: Checkout sessions, idempotency keys that replay the first answer, an error 500 included, and faults.
//! Its objects are Stripe's published examples with a payment written into them, so that they have Stripe's own shapes.

#![allow(dead_code, unused_imports, reason = "each test binary uses a part of this")]

mod answers;
mod books;
mod going_back;
mod hosted_page;
mod messages;
mod transactions;

pub use books::{Fault, Goes, objects};
pub use messages::sign;

use books::Books;
use evenkeel::server::clock::Clock;
use evenkeel::server::config::{Secret, Stripe};
use evenkeel::server::processors::stripe::{StripeProcessor, Timeouts};
use std::sync::{Arc, Mutex, MutexGuard};

pub const KEY: &str = "sk_test_standInForStripe";
pub const WEBHOOK_SECRET: &str = "whsec_standInForStripe";

pub struct StandIn {
    pub address: String,
    books: Arc<Mutex<Books>>,
    client: reqwest::Client,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl StandIn {
    /// Listens on a free port of loopback and delivers its messages to this address.
    pub async fn open(webhook_url: &str) -> StandIn {
        StandIn::open_at(0, webhook_url).await
    }

    /// On this port; 0 is any free one.
    pub async fn open_at(port: u16, webhook_url: &str) -> StandIn {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let books = Arc::new(Mutex::new(Books::new(&address, webhook_url)));
        let app = answers::routes(books.clone()).merge(hosted_page::routes(books.clone()));
        let server = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        let client = evenkeel::server::processors::connection::plain().build().expect("a client");
        StandIn { address, books, client, server }
    }

    /// The portal's side of it, set up as an operator would.
    pub fn settings(&self) -> Stripe {
        Stripe {
            secret_key: Secret::new(KEY),
            webhook_secrets: vec![Secret::new(WEBHOOK_SECRET)],
            is_live: false,
            api_url: self.address.clone(),
            page_origin: self.address.clone(),
        }
    }

    pub fn processor(&self) -> StripeProcessor {
        StripeProcessor::open(&self.settings(), Clock::Real, Timeouts::default()).expect("it opens")
    }

    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().expect("nobody broke")
    }

    /// What happens to the next request that makes something.
    pub fn next(&self, fault: Fault) {
        self.books().faults.push_back(fault);
    }

    /// From now on nobody answers.
    pub fn go_silent(&self) {
        self.server.abort();
    }

    /// Delivers what has not been delivered; says how many the portal took.
    pub async fn deliver(&self) -> usize {
        let bodies: Vec<String> = self.books().undelivered.drain(..).collect();
        let mut taken = 0;
        for body in bodies {
            taken += usize::from(self.deliver_one(&body).await);
        }
        taken
    }

    /// Delivers one message, signed now.
    pub async fn deliver_one(&self, body: &str) -> bool {
        let webhook_url = self.books().webhook_url.clone();
        let signature = sign(WEBHOOK_SECRET, body, Clock::Real.real_now());
        let request = self.client.post(webhook_url).header("stripe-signature", signature).body(body.to_owned());
        request.send().await.is_ok_and(|answer| answer.status().is_success())
    }
}
