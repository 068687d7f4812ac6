//! What `evenkeel offers` is asked and answers, and the facts it rests on, on both databases.

mod support;

use evenkeel::server::ids;
use evenkeel::server::store::{Db, facts};
use jiff::civil::date;
use serde_json::Value;
use std::process::{Command, Output};
use support::seed::{self, SEEDED_AT, SeedAccount, Seeded};

fn offers(url: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .arg("offers")
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("DATABASE_URL", url)
        .output()
        .expect("evenkeel runs")
}

fn json(url: &str, arguments: &[&str]) -> Value {
    let output = offers(url, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON on standard output")
}

/// A payment (or what undoes one) of the customer's, as the ledger keeps it.
async fn ledger_entry(db: &Db, seeded: &Seeded, kind: &str, amount_minor: i64, posted_at: i64) {
    let id = ids::new_id();
    sqlx::query(
        "insert into ledger_transactions (id, kind, account_id, payment_id, posted_at, posted_on, reason, actor, once_key)
         values ($1, $2, $3, null, $4, '2026-11-21', 'test', 'system', $1)",
    )
    .bind(&id)
    .bind(kind)
    .bind(&seeded.account_id)
    .bind(posted_at)
    .execute(db.pool())
    .await
    .expect("a ledger entry");
    for (line, book, amount) in [(1_i64, "customer", amount_minor), (2, "processor", -amount_minor)] {
        sqlx::query(
            "insert into postings (transaction_id, line, account_id, book, component, amount_minor, currency)
             values ($1, $2, $3, $4, 'payments', $5, 'USD')",
        )
        .bind(&id)
        .bind(line)
        .bind(&seeded.account_id)
        .bind(book)
        .bind(amount)
        .execute(db.pool())
        .await
        .expect("a posting");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_json_is_printed_and_nothing_is_held() {
    for test in support::both().await {
        let seeded = seed::account(&test.db, SeedAccount { reference: "NG-000042".into(), ..SeedAccount::default() }).await;
        let document = json(
            &test.url,
            &["--reference", "ng 000042", "--today", "2026-11-20", "--payday", "2026-12-04/every_two_weeks", "--json"],
        );
        let keys: Vec<&str> = document.as_object().expect("an object").keys().map(String::as_str).collect();
        let mut expected =
            ["schema_version", "account", "balance", "past_due", "currency", "policy_version", "offers", "refusals"];
        expected.sort_unstable();
        let mut sorted = keys.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, expected, "{}", test.name);
        assert_eq!(document["account"], "NG-000042");
        assert_eq!(document["balance"], "1200.00");
        assert_eq!(document["past_due"], "300.00");
        let offers = document["offers"].as_array().expect("offers");
        assert_eq!(offers.len(), 13);
        let plan = offers.iter().find(|offer| offer["id"] == "plan.past_due.every_two_weeks").expect("a plan");
        let mut keys: Vec<&str> = plan.as_object().expect("an object").keys().map(String::as_str).collect();
        keys.sort_unstable();
        let expected = ["basis", "frequency", "id", "instalments", "kind", "max_amount", "min_amount", "total", "valid_until"];
        assert_eq!(keys, expected);
        // 4 December ends at 06:59:59 UTC the next day where the customer lives.
        assert_eq!(plan["valid_until"], "2026-12-05T06:59:59Z");
        assert_eq!(plan["instalments"][0]["due_on"], "2026-12-04");
        for offer in offers {
            let cents = |text: &Value| text.as_str().expect("a string").replace('.', "").parse::<i64>().expect("digits");
            let instalments = offer["instalments"].as_array().expect("instalments");
            let sum: i64 = instalments.iter().map(|instalment| cents(&instalment["amount"])).sum();
            assert_eq!(sum, cents(&offer["total"]), "{}", offer["id"]);
        }
        let held: i64 = sqlx::query_scalar("select count(*) from offer_sets where account_id = $1")
            .bind(&seeded.account_id)
            .fetch_one(test.db.pool())
            .await
            .expect("a count");
        assert_eq!(held, 0, "a question holds nothing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_says_the_same_in_words() {
    let test = support::sqlite().await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let output = offers(&test.url, &["--reference", &seeded.reference, "--today", "2026-11-20"]);
    let table = String::from_utf8(output.stdout).expect("text");
    assert!(table.contains("$1,200.00 owed, $300.00 past due"), "{table}");
    assert!(table.contains("plan.balance.monthly"), "{table}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_use_is_told_and_has_its_own_exit_code() {
    let test = support::sqlite().await;
    for (arguments, told) in [
        (vec!["--reference", "X", "--payday", "Friday"], "2026-12-04/every_two_weeks"),
        (vec!["--reference", "X", "--today", "yesterday"], "--today"),
        (vec!["--reference", "X", "--policy", "no-such-file.toml"], "no-such-file.toml"),
    ] {
        let output = offers(&test.url, &arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(told), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_policy_is_refused_with_its_line() {
    let test = support::sqlite().await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("wrong.toml");
    std::fs::write(&file, "schema_version = 1\ncurrency = \"USD\"\n\n[[segment]]\nname = \"all\"\nheld_days = 1000\n")
        .expect("written");
    let output = offers(&test.url, &["--reference", &seeded.reference, "--policy", &file.to_string_lossy()]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("wrong.toml is wrong, line 6: held_days is 1000; allowed is from 1 to 90"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_since_the_report_reduces_the_past_due_and_its_return_restores_it() {
    for test in support::both().await {
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let read = async || facts::by_id(test.db.pool(), &seeded.account_id).await.expect("reads").expect("is there").facts;
        let before = read().await;
        assert_eq!((before.balance.minor(), before.past_due.minor()), (120_000, 30_000), "{}", test.name);
        assert_eq!(before.oldest_unpaid_due_date, Some(date(2026, 10, 1)));

        ledger_entry(&test.db, &seeded, "payment", -10_000, SEEDED_AT + 1_000).await;
        let part = read().await;
        assert_eq!((part.balance.minor(), part.past_due.minor()), (110_000, 20_000), "{}", test.name);

        ledger_entry(&test.db, &seeded, "payment", -20_000, SEEDED_AT + 2_000).await;
        let paid = read().await;
        assert_eq!((paid.balance.minor(), paid.past_due.minor()), (90_000, 0), "{}", test.name);
        assert_eq!(paid.oldest_unpaid_due_date, None);

        ledger_entry(&test.db, &seeded, "return", 20_000, SEEDED_AT + 3_000).await;
        assert_eq!(read().await.past_due.minor(), 20_000, "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_past_due_never_exceeds_what_is_owed() {
    for test in support::both().await {
        let seed = SeedAccount { balance_minor: 5_000, past_due_minor: 30_000, ..SeedAccount::default() };
        let seeded = seed::account(&test.db, seed).await;
        let record = facts::of_customer(test.db.pool(), &seeded.customer_id).await.expect("reads");
        assert_eq!(record.len(), 1);
        assert_eq!(record[0].facts.past_due.minor(), 5_000, "{}", test.name);
        assert_eq!(record[0].time_zone, "America/Denver");
    }
}
