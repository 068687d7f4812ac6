//! Two hundred clients on one account, on two servers that share one PostgreSQL, one of which is killed on the way.

use crate::chance::{Chance, seeds};
use crate::portal::Person;
use crate::server::Setup;
use crate::support;
use crate::support::seed::{self, SeedAccount, Seeded};
use evenkeel::server::ids;
use std::time::Duration;

const CLIENTS: u64 = 200;
/// Of each client.
const VISITS: usize = 3;
/// At one moment; the others wait their turn.
const AT_ONCE: usize = 40;

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_clients_on_one_account_and_two_servers_pay_what_they_decided_and_no_more() {
    for number in seeds() {
        let test = support::postgres().await;
        let seeded = seed::account(&test.db, SeedAccount { balance_minor: 900_000, ..SeedAccount::default() }).await;
        let setup = Setup::of(&test.url);
        let (one, mut other) = tokio::join!(setup.start(), setup.start());
        let people = [one.sign_in(&seeded).await, other.sign_in(&seeded).await];
        let turns = std::sync::Arc::new(tokio::sync::Semaphore::new(AT_ONCE));
        let mut clients = tokio::task::JoinSet::new();
        for client in 0..CLIENTS {
            let mut chance = Chance::of(number.wrapping_add(client * 104_729));
            let person = chance.one_of(&[0, 1]);
            let (person, seeded, turns) = (people[person].clone(), copy(&seeded), turns.clone());
            clients.spawn(async move {
                let turn = turns.acquire().await.expect("it stays open");
                let answers = one_client(person, seeded, chance).await;
                drop(turn);
                answers
            });
        }
        tokio::time::sleep(Duration::from_millis(500 + Chance::of(number).below(2_500))).await;
        other.kill();
        let answers: usize = clients.join_all().await.into_iter().sum();
        let told = format!("EVENKEEL_SEED={number}");
        setup.settles(&told).await;
        setup.assert_all_is_right(&told).await;
        let (paid, made) = (
            setup.number("select count(*) from payments where state = 'succeeded'").await,
            setup.number("select count(*) from payments").await,
        );
        println!("{answers} answers, {made} payments, {paid} of them paid");
        assert!(paid > 0, "{told}");
        let balance = "select cast(sum(amount_minor) as bigint) from postings where book = 'customer'";
        let received = "select cast(coalesce(sum(amount_minor), 0) as bigint) from sandbox_charges where state = 'succeeded'";
        assert_eq!(setup.number(balance).await, 900_000 - setup.number(received).await, "{told}");
    }
}

fn copy(seeded: &Seeded) -> Seeded {
    Seeded {
        account_id: seeded.account_id.clone(),
        customer_id: seeded.customer_id.clone(),
        creditor_id: seeded.creditor_id.clone(),
        reference: seeded.reference.clone(),
    }
}

/// Goes where it is led, and does one thing or another there. Says how many answers there were.
async fn one_client(mut person: Person, seeded: Seeded, mut chance: Chance) -> usize {
    let mut answers = 0;
    for _ in 0..VISITS {
        answers += one_visit(&mut person, &seeded, &mut chance).await;
    }
    answers
}

async fn one_visit(person: &mut Person, seeded: &Seeded, chance: &mut Chance) -> usize {
    let minor = (2_500 + chance.below(20) * 100).to_string();
    let key = ids::new_token();
    let fields = [("account", &*seeded.account_id), ("purpose", "part"), ("amount_minor", &*minor), ("key", &*key)];
    // Twice, as a nervous finger does.
    let twice = [person.follow("/api/start_payment", &fields).await, person.follow("/api/start_payment", &fields).await];
    let Some(place) = twice.into_iter().flatten().next() else { return 0 };
    let mut answers = 1;
    let page = if place.contains("/sandbox-processor/") {
        Some(place)
    } else {
        // Led to the payment that somebody else began: it is paid, cancelled or left.
        let shown = person.look(&place).await;
        answers += usize::from(shown.is_some());
        if let (0, Some((_, reference))) = (chance.below(4), place.rsplit_once("/payments/")) {
            answers += usize::from(person.follow("/api/cancel_payment", &[("reference", reference)]).await.is_some());
        }
        shown.and_then(|shown| page_in(&shown.body))
    };
    if let Some(page) = page.filter(|_| chance.below(4) > 0) {
        let method = chance.one_of(&["approved", "webhook_twice", "webhook_never", "insufficient_funds"]);
        answers += usize::from(person.follow(&page, &[("method", method), ("button", "pay")]).await.is_some());
    }
    answers
}

/// The way to the processor's page on the page of a payment that waits.
fn page_in(body: &str) -> Option<String> {
    let at = body.find("/sandbox-processor/")?;
    body[at..].split(['"', '?', '<']).next().map(str::to_owned)
}
