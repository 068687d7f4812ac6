//! What the creditor's books follow: numbers without gaps, the same bytes whenever they are asked for, nothing hidden behind a
//! cursor by the order in which transactions commit.

use crate::portal::Portal;
use crate::support::seed::{self, SeedAccount, Seeded};
use crate::support::{self, TestDb};
use evenkeel::server::ids;
use evenkeel::server::services::feed::{self, Asked, Cursor, FeedRefusal};
use evenkeel::server::store::Tx;
use serde_json::Value;
use std::process::{Command, Output};

pub fn export(test: &TestDb, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(["export", "payments"])
        .args(arguments)
        .env("EVENKEEL_SANDBOX_ENABLED", "true")
        .env("EVENKEEL_DATABASE_URL", &test.url)
        .current_dir(std::env::temp_dir())
        .output()
        .expect("the program runs")
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub fn exported(test: &TestDb, arguments: &[&str]) -> String {
    let output = export(test, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

pub fn json(test: &TestDb, arguments: &[&str]) -> Value {
    serde_json::from_str(&exported(test, arguments)).expect("JSON")
}

fn numbers(document: &Value) -> Vec<i64> {
    document["entries"].as_array().expect("entries").iter().filter_map(|entry| entry["number"].as_i64()).collect()
}

/// An entry of 1.00 that somebody corrected, in this transaction.
async fn book(tx: &mut Tx, account: &Seeded, id: &str, posted_at: i64) {
    sqlx::query(
        "insert into ledger_transactions (id, kind, account_id, payment_id, posted_at, posted_on, reason, actor, once_key)
         values ($1, 'adjustment', $2, null, $3, '2026-11-20', 'test', 'operator', $1)",
    )
    .bind(id.to_owned())
    .bind(account.account_id.clone())
    .bind(posted_at)
    .execute(&mut **tx)
    .await
    .expect("an entry");
    for (line, book, amount) in [(1_i64, "customer", 100_i64), (2, "adjustment", -100)] {
        sqlx::query(
            "insert into postings (transaction_id, line, account_id, book, component, amount_minor, currency)
             values ($1, $2, $3, $4, 'principal', $5, 'USD')",
        )
        .bind(id.to_owned())
        .bind(line)
        .bind(account.account_id.clone())
        .bind(book)
        .bind(amount)
        .execute(&mut **tx)
        .await
        .expect("a posting");
    }
}

async fn book_now(test: &TestDb, account: &Seeded, posted_at: i64) {
    let mut tx = test.db.begin_write().await.expect("a transaction");
    book(&mut tx, account, &ids::new_id(), posted_at).await;
    tx.commit().await.expect("committed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_is_exported_with_what_it_was_applied_to() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seed_of = || SeedAccount { balance_minor: 30_000, past_due_minor: 10_000, ..SeedAccount::default() };
        let seeded = seed::account(&test.db, seed_of()).await;
        let mut person = portal.person(&seeded).await;
        let page = person.reach_sandbox(&seeded.account_id, "part", "150").await;
        person.pay_by(&page, "approved").await;
        portal.work().await;

        let whole = json(&test, &[]);
        assert_eq!((&whole["schema_version"], &whole["since"], &whole["next"]), (&1.into(), &"all:0".into(), &"all:1".into()));
        let entry = &whole["entries"][0];
        let expected = [
            ("number", Value::from(1)),
            ("kind", "payment".into()),
            ("creditor", "Northgate Credit Union".into()),
            ("account_reference", seeded.reference.as_str().into()),
            ("payment_reference", portal.word("select reference from payments").await.into()),
            ("processor_reference", portal.word("select processor_reference from payments").await.into()),
            ("currency", "USD".into()),
            ("amount", "-150.00".into()),
            ("booked_on", "2026-11-20".into()),
            ("booked_at", "2026-11-20T18:00:00Z".into()),
            ("components", serde_json::json!([{"component": "payments", "amount": "-150.00"}])),
            ("allocations", serde_json::json!([{"to": "past_due", "amount": "100.00"}, {"to": "balance", "amount": "50.00"}])),
        ];
        for (column, value) in expected {
            assert_eq!(entry[column], value, "{column} on {}", test.name);
        }
        // Behind the cursor there is nothing, and asking changes nothing.
        let rest = json(&test, &["--since", "all:1"]);
        assert_eq!((numbers(&rest), &rest["next"]), (vec![], &"all:1".into()));
        assert_eq!(json(&test, &[]), whole);

        let csv = export(&test, &["--format", "csv"]);
        let lines = text(&csv.stdout);
        assert!(
            lines.starts_with("number,entry,kind,creditor,account_reference,customer_reference,payment_reference,"),
            "{lines}"
        );
        assert!(lines.contains(",USD,-150.00,payments -150.00,past_due 100.00; balance 50.00,2026-11-20,"), "{lines}");
        assert_eq!(text(&csv.stderr).trim(), "next cursor: all:1");
    }
}

/// More is paid than is owed, and money goes back in a way this program does not know yet: both come out by themselves, and
/// what was exported before stays as it was.
#[tokio::test(flavor = "multi_thread")]
async fn kinds_of_entries_that_come_later_are_exported_and_change_nothing_before_them() {
    for test in support::both().await {
        let portal = Portal::open(&test.url).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        let page = person.reach_sandbox(&seeded.account_id, "part", "50").await;
        person.pay_by(&page, "approved").await;
        portal.work().await;
        let before = exported(&test, &["--limit", "1"]);
        let payment = portal.word("select id from payments").await;
        sqlx::query(
            "insert into ledger_transactions (id, kind, account_id, payment_id, posted_at, posted_on, reason, actor, once_key)
             values ('r', 'refund', $1, $2, $3, '2026-11-21', 'decided', 'operator', 'r')",
        )
        .bind(&seeded.account_id)
        .bind(&payment)
        .bind(seed::SEEDED_AT + 100_000_000)
        .execute(test.db.pool())
        .await
        .expect("an entry");
        for (line, book, amount) in [(1_i64, "customer", 2_000_i64), (2, "processor", -2_000)] {
            sqlx::query("insert into postings values ('r', $1, $2, $3, 'payments', $4, 'USD')")
                .bind(line)
                .bind(&seeded.account_id)
                .bind(book)
                .bind(amount)
                .execute(test.db.pool())
                .await
                .expect("a posting");
        }
        sqlx::query(
            "insert into payment_allocations
               (payment_id, line, account_id, applied_to, agreement_id, instalment_number, amount_minor, entry_key)
             values ($1, 2, $2, 'past_due', null, null, -2000, 'r')",
        )
        .bind(&payment)
        .bind(&seeded.account_id)
        .execute(test.db.pool())
        .await
        .expect("what was undone");
        assert_eq!(exported(&test, &["--limit", "1"]), before, "{}", test.name);
        let after = json(&test, &["--since", "all:1"]);
        let entry = &after["entries"][0];
        assert_eq!((&entry["number"], &entry["kind"], &entry["amount"]), (&2.into(), &"refund".into(), &"20.00".into()));
        assert_eq!(entry["allocations"], serde_json::json!([{"to": "past_due", "amount": "-20.00"}]), "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_commits_late_is_never_behind_a_cursor() {
    for test in support::both().await {
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let early = ids::new_id();
        if test.name == "PostgreSQL" {
            // Begun first, with the earlier id and instant, and committed last.
            let mut slow = test.db.begin_write().await.expect("a transaction");
            book(&mut slow, &seeded, &early, 1_000).await;
            book_now(&test, &seeded, 2_000).await;
            let first = json(&test, &[]);
            assert_eq!((numbers(&first), &first["next"]), (vec![1], &"all:1".into()));
            slow.commit().await.expect("committed");
        } else {
            // SQLite has one writer at a time: the clock of another process may still be behind.
            book_now(&test, &seeded, 2_000).await;
            assert_eq!(numbers(&json(&test, &[])), [1]);
            let mut late = test.db.begin_write().await.expect("a transaction");
            book(&mut late, &seeded, &early, 1_000).await;
            late.commit().await.expect("committed");
        }
        let second = json(&test, &["--since", "all:1"]);
        assert_eq!(numbers(&second), [2], "{}", test.name);
        assert_eq!(second["entries"][0]["entry"], Value::from(early), "{}", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_and_creditors_have_numbers_without_gaps() {
    for test in support::both().await {
        let one = seed::account(&test.db, SeedAccount::default()).await;
        let other = seed::account(&test.db, SeedAccount::default()).await;
        sqlx::query("insert into creditors (id, name, created_at) values ('s', 'Southgate Bank', 0)")
            .execute(test.db.pool())
            .await
            .expect("a creditor");
        sqlx::query("update accounts set creditor_id = 's' where id = $1")
            .bind(&other.account_id)
            .execute(test.db.pool())
            .await
            .expect("its account");
        for turn in 0..7 {
            book_now(&test, if turn % 3 == 0 { &other } else { &one }, 1_000 + turn).await;
            if turn == 3 {
                assert_eq!(numbers(&json(&test, &[])), [1, 2, 3, 4], "{}", test.name);
            }
        }
        let whole = json(&test, &[]);
        assert_eq!(numbers(&whole), [1, 2, 3, 4, 5, 6, 7], "{}", test.name);
        let mut cursor = "all:0".to_owned();
        let mut paged = Vec::new();
        for _ in 0..4 {
            let page = json(&test, &["--since", &cursor, "--limit", "2"]);
            paged.extend(page["entries"].as_array().expect("entries").clone());
            cursor = page["next"].as_str().expect("a cursor").to_owned();
        }
        assert_eq!(Value::from(paged), whole["entries"], "{}", test.name);

        let south = json(&test, &["--creditor", "Southgate Bank"]);
        assert_eq!((numbers(&south), &south["next"]), (vec![1, 2, 3], &"creditor-s:3".into()), "{}", test.name);
        let north = json(&test, &["--creditor", "Northgate Credit Union", "--format", "json"]);
        assert_eq!(numbers(&north), [1, 2, 3, 4], "{}", test.name);
        assert_eq!(numbers(&json(&test, &["--creditor", "Southgate Bank", "--since", "creditor-s:2"])), [3]);
        for wrong in [
            &["--creditor", "Nobody"][..],
            &["--since", "creditor-s:1"],
            &["--creditor", "Southgate Bank", "--since", "all:1"],
            &["--since", "all:99"],
            &["--since", "12"],
        ] {
            assert_eq!(export(&test, wrong).status.code(), Some(2), "{wrong:?} on {}", test.name);
        }
        assert!(text(&export(&test, &["--since", "all:99"]).stderr).contains("restored from an older backup"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_at_the_same_moment_number_everything_once() {
    for test in support::both().await {
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        for turn in 0..40 {
            book_now(&test, &seeded, turn).await;
        }
        let mut exports = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let db = test.db.clone();
            exports.spawn(
                async move { feed::open(&db, &Asked::default(), 0).await.expect("no failure").map(|extract| extract.next) },
            );
        }
        let next = exports.join_all().await;
        let all = Cursor::parse("all:40");
        assert!(next.iter().all(|next| next.as_ref().ok() == all.as_ref()), "{}: {next:?}", test.name);
        assert_eq!(numbers(&json(&test, &[])), (1..=40).collect::<Vec<i64>>(), "{}", test.name);
        let ahead = Asked { since: Cursor::parse("all:41"), ..Asked::default() };
        let refused = feed::open(&test.db, &ahead, 0).await.expect("no failure").err();
        assert_eq!(refused, Some(FeedRefusal::AheadOfTheBooks { last: 40 }));
    }
}

/// The output is out and the cursor is not: asked again, the same bytes come, and then what is next.
#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_between_output_and_cursor_repeats_and_loses_nothing() {
    for test in support::both().await {
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("cursor");
        let cursor = file.display().to_string();
        let arguments = ["--cursor-file", cursor.as_str(), "--format", "csv"];
        book_now(&test, &seeded, 1).await;
        // What stands in the way of the new cursor lets everything before it happen.
        let in_the_way = folder.path().join("cursor.new");
        std::fs::create_dir(&in_the_way).expect("a folder");
        let broken = export(&test, &arguments);
        assert_eq!(broken.status.code(), Some(3), "{}", text(&broken.stderr));
        assert!(!file.exists());
        book_now(&test, &seeded, 2).await;
        std::fs::remove_dir(&in_the_way).expect("removed");
        let whole = export(&test, &arguments);
        assert_eq!(whole.status.code(), Some(0), "{}", text(&whole.stderr));
        assert!(text(&whole.stdout).starts_with(text(&broken.stdout).as_str()), "{}", test.name);
        assert_eq!(std::fs::read_to_string(&file).expect("a cursor"), "all:2\n");
        book_now(&test, &seeded, 3).await;
        let next = text(&export(&test, &arguments).stdout);
        assert_eq!(next.lines().count(), 2, "{next}");
        assert!(next.lines().nth(1).is_some_and(|line| line.starts_with("3,")), "{next}");
        std::fs::write(&file, "nonsense").expect("a file");
        assert_eq!(export(&test, &arguments).status.code(), Some(2));
    }
}
