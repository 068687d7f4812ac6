//! PostgreSQL goes away and comes back while people pay.

use crate::chance::{Chance, seeds};
use crate::cluster::Cluster;
use crate::portal::Person;
use crate::server::Setup;
use crate::support::seed::{self, SeedAccount, Seeded};
use evenkeel::server::ids;
use evenkeel::server::store::Db;
use sqlx::Executor;
use std::time::Duration;

const PEOPLE: usize = 8;
const BREAKDOWNS: u32 = 3;

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_breaks_down_under_load_loses_and_doubles_nothing() {
    for number in seeds() {
        let cluster = Cluster::start();
        let admin = Db::connect(&format!("{}/postgres", cluster.url()), 1).await.expect("the cluster answers");
        admin.pool().execute("create database portal").await.expect("a database");
        admin.close().await;
        let setup = Setup::of(&format!("{}/portal", cluster.url()));
        let db = Db::connect(&setup.url, 2).await.expect("it opens");
        db.migrate().await.expect("it migrates");
        let mut everybody = Vec::new();
        for _ in 0..PEOPLE {
            everybody.push(seed::account(&db, SeedAccount::default()).await);
        }
        db.close().await;
        let mut server = setup.start().await;
        let mut paying = tokio::task::JoinSet::new();
        for (index, seeded) in everybody.into_iter().enumerate() {
            let person = server.sign_in(&seeded).await;
            paying.spawn(pay_until_done(person, seeded, Chance::of(number.wrapping_add(index as u64 * 7_919))));
        }
        let mut chance = Chance::of(number);
        for _ in 0..BREAKDOWNS {
            tokio::time::sleep(Duration::from_millis(300 + chance.below(900))).await;
            cluster.break_down();
            tokio::time::sleep(Duration::from_millis(chance.below(500))).await;
            cluster.begin();
        }
        let paid: usize = paying.join_all().await.into_iter().sum();
        println!("{paid} answers during {BREAKDOWNS} breakdowns");
        assert!(server.is_alive(), "it lives on");
        let told = format!("EVENKEEL_SEED={number}");
        setup.settles(&told).await;
        setup.assert_all_is_right(&told).await;
        assert!(setup.number("select count(*) from payments where state = 'succeeded'").await > 0, "{told}");
    }
}

/// Chooses, pays and looks, again and again; whatever is answered with trouble is tried again. Says how many answers there were.
async fn pay_until_done(mut person: Person, seeded: Seeded, mut chance: Chance) -> usize {
    let mut answers = 0;
    for _ in 0..12 {
        tokio::time::sleep(Duration::from_millis(chance.below(250))).await;
        let key = ids::new_token();
        let fields = [("account", &*seeded.account_id), ("purpose", "part"), ("amount_minor", "2500"), ("key", &*key)];
        // Pressed until it is answered: the same decision each time.
        for _ in 0..20 {
            let started = person.follow("/api/start_payment", &fields).await;
            let Some(place) = started else {
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            };
            answers += 1;
            if place.contains("/sandbox-processor/") {
                let method = chance.one_of(&["approved", "webhook_never", "insufficient_funds"]);
                // Where the page does not answer, the person may try again or not.
                for _ in 0..=chance.below(3) {
                    person.follow(&place, &[("method", method), ("button", "pay")]).await;
                }
            }
            break;
        }
    }
    answers
}
