//! The tests' stand-in for Stripe as a program, for an operator who tries the portal without an account there: hosted pages to
//! pay and to give a permission on, collections, refunds, signed messages. `scripts/stripe_stand_in.sh` builds and starts it and
//! docs/operating.md walks through it.

#[path = "stripe/mod.rs"]
mod stripe;

use std::time::Duration;

const USAGE: &str = "usage: stripe_stand_in PORT WEBHOOK_ADDRESS, both on this machine";
/// How long a bank takes over a debit here.
const BANK_TAKES_SECONDS: i64 = 30;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [port, webhook_url] = arguments.as_slice() else { panic!("{USAGE}") };
    let port: u16 = port.parse().expect(USAGE);
    let stand_in = stripe::StandIn::open_at(port, webhook_url).await;
    println!("A stand-in for Stripe answers at {}. No money moves. Its settings for the portal:", stand_in.address);
    println!("  EVENKEEL_PAYMENTS_PROCESSOR=stripe");
    println!("  EVENKEEL_STRIPE_API_URL={0} EVENKEEL_STRIPE_PAGE_ORIGIN={0}", stand_in.address);
    println!("  EVENKEEL_STRIPE_SECRET_KEY={} EVENKEEL_STRIPE_WEBHOOK_SECRETS={}", stripe::KEY, stripe::WEBHOOK_SECRET);
    loop {
        stand_in.books().banks_decide(BANK_TAKES_SECONDS);
        let waiting: Vec<String> = stand_in.books().undelivered.drain(..).collect();
        for message in waiting {
            // As Stripe does, what was not taken is told again.
            if !stand_in.deliver_one(&message).await {
                stand_in.books().undelivered.push(message);
            }
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
