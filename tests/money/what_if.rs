//! "What happens if…": the answers come from the rules that hold anyway, and asking writes nothing.

use crate::portal::{Answer, Person, Portal};
use crate::support::seed::{self, SeedAccount};
use crate::support::{self, TestDb};
use evenkeel::server::store::StoreError;
use evenkeel::server::store::backup::{self, TABLES};
use std::collections::BTreeMap;

/// What the page says, without the sentences that it only carries to the browser.
async fn ask(person: &mut Person, agreement: &str, query: &str) -> Answer {
    let mut answer = person.get(&format!("{agreement}/what-if?{query}")).await;
    if let Some((before, carried)) = answer.body.split_once("data-words=\"") {
        let (_, after) = carried.split_once('"').expect("an end of the words");
        answer.body = format!("{before}{after}");
    }
    answer
}

/// Every row of every table but the sessions, whose last look is noted.
async fn everything(test: &TestDb) -> BTreeMap<&'static str, Vec<String>> {
    let mut tx = test.db.begin_read().await.expect("a look");
    let mut all = BTreeMap::new();
    for table in TABLES {
        let columns = backup::columns(&mut tx, test.db.dialect(), table).await.expect("columns");
        let mut rows = Vec::new();
        let take = |row| {
            rows.push(format!("{row:?}"));
            Ok::<(), StoreError>(())
        };
        backup::read_rows(&mut tx, table, &columns, take).await.expect("rows");
        rows.sort_unstable();
        all.insert(table, rows);
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_happen_is_said_and_nothing_is_written() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let agreement = person.agree_plan(&seeded.account_id).await;
        portal.work().await;
        person.get(&agreement).await.assert_says(&format!("href=\"{agreement}/what-if\""));
        person.get(&format!("{agreement}/change")).await.assert_says(&format!("href=\"{agreement}/what-if\""));
        let before = everything(&test).await;

        ask(&mut person, &agreement, "").await.assert_says("Choose what you want to know, and you see here");
        let more = ask(&mut person, &agreement, "if=more&amount=50").await;
        more.assert_says("You pay $50.00 more each time");
        more.assert_says("Your last payment is smaller");
        more.assert_says("<td class=\"is-new\">$200.00 on 4 December 2026</td>");
        more.assert_says("You can also make it your plan");
        more.assert_says("name=\"amount\" value=\"200.00\"");
        let once = ask(&mut person, &agreement, "if=once&amount=150").await;
        once.assert_says("$150.00 paid today counts for your next payments");
        once.assert_says("Payments you no longer have to make: 1.");
        once.assert_says("<td class=\"is-new\">$150.00 on 18 December 2026</td>");
        let miss = ask(&mut person, &agreement, "if=miss&number=1").await;
        for words in [
            "The payment of $150.00 on Friday 4 December 2026 would be open.",
            "You would have until Friday 18 December 2026 to pay $150.00.",
            "pay the oldest open one first",
            "No fee is added because a payment is late.",
            "If it is not put right, your agreement ends on Saturday 2 January 2027.",
            "You would have paid $150.00 under it, and that counts. You would owe $1,050.00 on this account.",
            "Pay it later: $150.00 on",
        ] {
            miss.assert_says(words);
        }
        let stop = ask(&mut person, &agreement, "if=stop").await;
        stop.assert_says("your agreement ends on Saturday 19 December 2026");
        stop.assert_says("You would owe $1,200.00 on this account.");
        stop.assert_never_says("pay the oldest open one first");
        let less = ask(&mut person, &agreement, "if=less").await;
        for words in ["The smallest payments", "$10.00 every two weeks", "Pause for a while", "Tell us what has changed"] {
            less.assert_says(words);
        }
        less.assert_says("Nothing of this has been signed, kept or told to anyone.");
        for (wrong, words) in [
            ("if=more&amount=", "Enter an amount, such as 20 or 20.50."),
            ("if=once&amount=1200.01", "That is more than there is to pay. All of it is $1,200.00."),
            ("if=miss&number=9", "Choose one of the payments that are still open."),
            ("if=win", "Choose what you want to know."),
        ] {
            ask(&mut person, &agreement, wrong).await.assert_says(words);
        }
        portal.work().await;
        let after = everything(&test).await;
        for (table, rows) in &before {
            assert_eq!(rows, &after[table], "{}: {table}", test.name);
        }
        // Somebody else sees nothing of it.
        let other = seed::account(&test.db, SeedAccount::default()).await;
        let mut stranger = portal.person(&other).await;
        ask(&mut stranger, &agreement, "if=stop").await.assert_never_says("$1,200.00 on this account");
    }
}

/// What the page says of a payment in advance is what happens when it is made.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_of_a_payment_in_advance_comes_true() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let agreement = person.agree_plan(&seeded.account_id).await;
        let hub = person.get(&format!("{agreement}/change")).await;
        hub.assert_says("Pay $300.00 now. Then everything in this agreement is paid.");
        ask(&mut person, &agreement, "if=once&amount=200").await.assert_says("$100.00 on 18 December 2026");
        let page = person.reach_sandbox(&seeded.account_id, "part", "200").await;
        person.pay_by(&page, "approved").await;
        let paid = person.get(&agreement).await;
        paid.assert_says("$100.00 left of $150.00");
        let now = ask(&mut person, &agreement, "if=stop").await;
        now.assert_says("The payment of $100.00 on Friday 18 December 2026 would be open.");
        portal.assert_books_are_right().await;
    }
}
