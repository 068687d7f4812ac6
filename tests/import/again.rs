//! Files that come again, newer files, and runs that were cut off.

use crate::{
    Files, HARBOR, NORTHGATE, NORTHGATE_HISTORY, counts, everything, number, request, row, run, run_and_stop_after, sample,
    support,
};
use evenkeel::server::import::invent::Invented;
use evenkeel::server::import::mapping::FileKind;
use evenkeel::server::import::{Input, Request};
use std::time::Duration;

#[tokio::test]
async fn the_same_files_again_change_nothing() {
    for test in support::both().await {
        let db = &test.db;
        for (file, mapping) in [
            ("northgate-accounts.csv", NORTHGATE),
            ("northgate-transactions.csv", NORTHGATE_HISTORY),
            ("harbor-export.csv", HARBOR),
        ] {
            let first = run(db, request(sample(file), mapping)).await;
            let before = everything(db).await;
            let second = run(db, request(sample(file), mapping)).await;
            assert_eq!(counts(&second), (0, 0, first.new, 0), "{}: {file}", test.name);
            assert_eq!(everything(db).await, before, "{}: {file}", test.name);
        }
    }
}

#[tokio::test]
async fn a_dry_run_tells_the_same_and_writes_nothing() {
    for test in support::both().await {
        let db = &test.db;
        let before = everything(db).await;
        let mut dry = request(sample("northgate-accounts.csv"), NORTHGATE);
        dry.dry_run = true;
        assert_eq!(counts(&run(db, dry).await), (60, 0, 0, 0), "{}", test.name);
        assert_eq!(everything(db).await, before, "{}", test.name);
        assert_eq!(number(db, "select count(*) from imports").await, 0, "{}", test.name);
        assert_eq!(number(db, "select count(*) from creditors").await, 0, "{}", test.name);

        run(db, request(sample("northgate-accounts.csv"), NORTHGATE)).await;
        let mut dry = request(sample("northgate-transactions.csv"), NORTHGATE_HISTORY);
        dry.dry_run = true;
        assert_eq!(counts(&run(db, dry).await), (512, 0, 0, 0), "{}", test.name);
        assert_eq!(number(db, "select count(*) from creditor_transactions").await, 0, "{}", test.name);
    }
}

#[tokio::test]
async fn a_newer_file_updates_what_a_creditor_may_update() {
    for test in support::both().await {
        let db = &test.db;
        run(db, request(sample("northgate-accounts.csv"), NORTHGATE)).await;
        let text = std::fs::read_to_string(sample("northgate-accounts.csv")).expect("the sample");
        let karen = text.lines().find(|line| line.starts_with("NG-000023,")).expect("Karen's row");
        let newer = karen
            .replace("Eje vial Distrito Federal 074 041,North Brianview,GA,30339", "1 New Street,Denver,CO,80202")
            .replace("America/New_York", "America/Denver")
            .replace("karen.moore.23@example.net", "")
            .replace(",en,", ",es,")
            .replace("228.26", "300.00");
        assert_ne!(newer, karen);
        let files = Files::in_a_new_folder();
        let path = files.write("newer.csv", text.replace(karen, &newer));
        let summary = run(db, request(path, NORTHGATE)).await;
        assert_eq!(counts(&summary), (0, 1, 59, 0), "{}", test.name);
        let after = row(
            db,
            "select c.street, c.postal_code_normalised, c.time_zone, c.email, c.language, a.reported_past_due_minor, a.version
             from accounts a join customers c on c.id = a.customer_id where a.reference = 'NG-000023'",
        )
        .await;
        // The language is the customer's own choice once they are here.
        assert_eq!(after, ["1 New Street", "80202", "America/Denver", "(null)", "en", "30000", "2"], "{}", test.name);
        assert_eq!(number(db, "select count(*) from customers").await, 55, "{}", test.name);
    }
}

/// A customer with two accounts that the creditor describes differently: one of them speaks, whatever the order.
#[tokio::test]
async fn two_accounts_of_one_customer_do_not_change_the_address_back_and_forth() {
    let text = std::fs::read_to_string(sample("northgate-accounts.csv")).expect("the sample");
    let text = text
        .lines()
        .map(|line| {
            if line.starts_with("NG-000149,") {
                line.replace("71215 Hannah Junction Suite 422", "2 Second Street")
            } else {
                line.into()
            }
        })
        .collect::<Vec<String>>();
    let mut reversed = text.clone();
    reversed[1..].reverse();
    for lines in [text, reversed] {
        let files = Files::in_a_new_folder();
        let path = files.write("accounts.csv", lines.join("\n"));
        let test = support::sqlite().await;
        run(&test.db, request(path.clone(), NORTHGATE)).await;
        let street = row(&test.db, "select street from customers where customer_reference = 'C-000143'").await;
        assert_eq!(street, ["71215 Hannah Junction Suite 422"]);
        assert_eq!(counts(&run(&test.db, request(path, NORTHGATE)).await), (0, 0, 60, 0));
    }
}

#[tokio::test]
async fn a_history_that_has_grown_adds_only_what_is_new_and_equal_lines_are_not_lost() {
    for test in support::both().await {
        let db = &test.db;
        run(db, request(sample("northgate-accounts.csv"), NORTHGATE)).await;
        let files = Files::in_a_new_folder();
        let header = "account_reference,posted_on,kind,amount,description\n";
        // Two equal payments on one day are two payments; the accounts are not in order.
        let old = "NG-000023,2026-11-01,payment,-5.00,Payment\n\
             NG-000051,2026-11-01,payment,-5.00,Payment\n\
             NG-000023,2026-11-01,payment,-5.00,Payment\n";
        let first = files.write("first.csv", format!("{header}{old}"));
        assert_eq!(counts(&run(db, request(first, NORTHGATE_HISTORY)).await), (3, 0, 0, 0), "{}", test.name);
        let new = "NG-000051,2026-11-02,payment,-7.00,Payment\nNG-000023,2026-11-01,payment,-5.00,Payment\n";
        let second = files.write("second.csv", format!("{header}{new}{old}"));
        assert_eq!(counts(&run(db, request(second, NORTHGATE_HISTORY)).await), (2, 0, 3, 0), "{}", test.name);
        assert_eq!(number(db, "select count(*) from creditor_transactions").await, 5, "{}", test.name);
    }
}

#[tokio::test]
async fn a_transaction_with_an_id_is_corrected_and_one_sent_twice_is_refused() {
    for test in support::both().await {
        let db = &test.db;
        run(db, request(sample("northgate-accounts.csv"), NORTHGATE)).await;
        let mapping = NORTHGATE_HISTORY.replace("[constants]", "transaction_id = \"id\"\n[constants]");
        let files = Files::in_a_new_folder();
        let header = "id,account_reference,posted_on,kind,amount,description\n";
        let first = files.write(
            "first.csv",
            format!("{header}1,NG-000023,2026-11-01,payment,-5.00,Payment\n2,NG-000023,2026-11-01,fee,1.00,Fee\n"),
        );
        assert_eq!(counts(&run(db, request(first, &mapping)).await), (2, 0, 0, 0), "{}", test.name);
        let second = files.write(
            "second.csv",
            format!("{header}1,NG-000023,2026-11-01,payment,-5.50,Payment\n2,NG-000023,2026-11-01,fee,1.00,Fee\n2,NG-000023,2026-11-01,fee,1.00,Fee\n"),
        );
        let summary = run(db, request(second, &mapping)).await;
        assert_eq!(counts(&summary), (0, 1, 1, 1), "{}", test.name);
        assert_eq!(summary.faults[0].reason.code(), "used_twice", "{}", test.name);
        let total = number(db, "select cast(sum(amount_minor) as bigint) from creditor_transactions").await;
        assert_eq!(total, -450, "{}", test.name);
    }
}

fn invented(kind: FileKind, accounts: u32) -> Request {
    let invented = Invented { kind, accounts, postings_per_account: 3, balance_date: jiff::civil::date(2026, 11, 20) };
    Request {
        mapping: invented.mapping().expect("a mapping"),
        input: Input::Invented(invented),
        dry_run: false,
        rejects: None,
        shift_months: 0,
        now: crate::NOW.parse().expect("an instant"),
        batch: Duration::ZERO,
    }
}

#[tokio::test]
async fn an_interrupted_run_goes_on_where_it_stopped() {
    for test in support::both().await {
        let db = &test.db;
        let stopped = run_and_stop_after(db, invented(FileKind::Accounts, 1_000), 2).await;
        assert!(stopped.interrupted, "{}", test.name);
        let written = number(db, "select count(*) from accounts").await;
        assert!((1..1_000).contains(&written), "{}: {written}", test.name);
        assert_eq!(number(db, "select rows_done from imports").await, written, "{}", test.name);

        let rest = run(db, invented(FileKind::Accounts, 1_000)).await;
        assert_eq!((rest.resumed_after, rest.new, rest.unchanged), (written, 1_000, 0), "{}", test.name);
        assert_eq!(number(db, "select count(*) from accounts").await, 1_000, "{}", test.name);
        // One run, finished.
        let run_row = row(db, "select state, rows_done, rows_new, rows_unchanged from imports").await;
        assert_eq!(run_row, ["finished", "1000", "1000", "0"], "{}", test.name);

        let stopped = run_and_stop_after(db, invented(FileKind::Transactions, 1_000), 3).await;
        assert!(stopped.interrupted, "{}", test.name);
        let rest = run(db, invented(FileKind::Transactions, 1_000)).await;
        assert_eq!((rest.new, rest.rejected), (3_000, 0), "{}", test.name);
        assert_eq!(number(db, "select count(*) from creditor_transactions").await, 3_000, "{}", test.name);
    }
}

/// A process that dies in the middle of a batch leaves what it had committed and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_died_goes_on_too() {
    let test = support::sqlite().await;
    let db = test.db.clone();
    let dying = tokio::spawn(async move { run(&db, invented(FileKind::Accounts, 3_000)).await });
    while number(&test.db, "select count(*) from accounts").await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    dying.abort();
    drop(dying.await);
    let done = number(&test.db, "select rows_done from imports").await;
    assert_eq!(number(&test.db, "select count(*) from accounts").await, done);
    let rest = run(&test.db, invented(FileKind::Accounts, 3_000)).await;
    assert_eq!((rest.new, rest.rejected), (3_000, 0));
    assert_eq!(number(&test.db, "select count(*) from accounts").await, 3_000);
}

/// The rejects of an interrupted run are all there in the end, also those from before the interruption.
#[tokio::test]
async fn a_resumed_run_tells_every_rejected_row() {
    let mut text = std::fs::read_to_string(sample("northgate-accounts.csv")).expect("the sample");
    let row = text.lines().nth(1).expect("a row").to_owned();
    for number in 0..500 {
        text.push_str(&row.replace("NG-000001", &format!("NG-9{number:05}")).replace("C-000001", &format!("C-9{number:05}")));
        text.push('\n');
    }
    let text = text.replace("karen.moore.23@example.net", "karen at home");
    let files = Files::in_a_new_folder();
    let path = files.write("accounts.csv", text);
    let rejects = files.path("rejects.csv");
    let test = support::sqlite().await;
    let asked = || {
        let mut asked = request(path.clone(), NORTHGATE);
        asked.rejects = Some(rejects.clone());
        asked
    };
    assert!(run_and_stop_after(&test.db, asked(), 1).await.interrupted);
    let summary = run(&test.db, asked()).await;
    assert_eq!(counts(&summary), (559, 0, 0, 1));
    assert!(std::fs::read_to_string(&rejects).expect("the rejects").contains("karen at home"));
}
