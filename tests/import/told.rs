//! What a creditor may tell of an account beyond its figures: three states of being time-barred, and two counts.

use crate::{Files, NORTHGATE, counts, request, row, run, sample, support};
use evenkeel::server::import::Mapping;
use evenkeel::server::store::Db;
use evenkeel::server::store::export::{self, Table};
use std::path::PathBuf;

const TELLING: &str = "time_barred = \"barred\"\ninstalments_due = \"due\"\ninstalments_kept = \"kept\"\n";

/// Northgate's mapping with columns for these facts, and its words for yes and no.
fn telling() -> String {
    let mapping = NORTHGATE.replace("[columns]\n", &format!("[columns]\n{TELLING}"));
    format!("{mapping}\n[translate.time_barred]\n\"Y\" = \"yes\"\n\"N\" = \"no\"\n\"?\" = \"\"\n")
}

/// The first accounts of the sample with more columns, as many as there are values.
fn accounts(files: &Files, name: &str, header: &str, values: &[&str]) -> PathBuf {
    let text = std::fs::read_to_string(sample("northgate-accounts.csv")).expect("the sample");
    let mut lines = text.lines();
    let mut file = format!("{},{header}\n", lines.next().expect("a header"));
    for (line, value) in lines.zip(values) {
        file.push_str(&format!("{line},{value}\n"));
    }
    files.write(name, file)
}

async fn told(db: &Db) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for sql in [
        "select time_barred, instalments_due, instalments_kept, version from accounts order by reference limit 1 offset 0",
        "select time_barred, instalments_due, instalments_kept, version from accounts order by reference limit 1 offset 1",
        "select time_barred, instalments_due, instalments_kept, version from accounts order by reference limit 1 offset 2",
    ] {
        all.push(row(db, sql).await);
    }
    all
}

#[tokio::test]
async fn what_is_told_is_kept_and_what_is_not_told_stays_unknown() {
    for test in support::both().await {
        let files = Files::in_a_new_folder();
        let path = accounts(&files, "a.csv", "barred,due,kept", &["Y,12,9", "n,0,0", "?,,", ",,"]);
        let summary = run(&test.db, request(path, &telling())).await;
        assert_eq!(counts(&summary), (4, 0, 0, 0), "{}: {:?}", test.name, summary.faults);
        let expected = [["1", "12", "9", "1"], ["0", "0", "0", "1"], ["(null)", "(null)", "(null)", "1"]];
        assert_eq!(told(&test.db).await, expected, "{}", test.name);
    }
}

#[tokio::test]
async fn a_newer_file_may_tell_otherwise_and_a_column_that_is_not_mapped_changes_nothing() {
    for test in support::both().await {
        let db = &test.db;
        let files = Files::in_a_new_folder();
        let first = accounts(&files, "a.csv", "barred,due,kept", &["N,12,9", "Y,6,6", "Y,1,1"]);
        run(db, request(first, &telling())).await;
        let reported_at = "select reported_at from accounts order by reference limit 1";
        let before = row(db, reported_at).await;

        let plain = accounts(&files, "b.csv", "x", &["", "", ""]);
        assert_eq!(counts(&run(db, request(plain, NORTHGATE)).await), (0, 0, 3, 0), "{}", test.name);

        let newer = accounts(&files, "c.csv", "barred,due,kept", &["Y,12,10", ",,", "Y,1,1"]);
        assert_eq!(counts(&run(db, request(newer, &telling())).await), (0, 2, 1, 0), "{}", test.name);
        let expected = [["1", "12", "10", "2"], ["(null)", "(null)", "(null)", "2"], ["1", "1", "1", "1"]];
        assert_eq!(told(db).await, expected, "{}", test.name);
        // Its figures are those that were known: a payment made here in the meantime is still not in them.
        assert_eq!(row(db, reported_at).await, before, "{}", test.name);
    }
}

#[tokio::test]
async fn what_cannot_be_understood_is_refused_with_line_column_value_reason_and_fix() {
    let files = Files::in_a_new_folder();
    let values = ["maybe,12,9", "Y,twelve,9", "Y,12,13", "Y,12,", "Y,,9", "Y,1001,9", "Y,3.0,-1"];
    let path = accounts(&files, "a.csv", "barred,due,kept", &values);
    let test = support::sqlite().await;
    let summary = run(&test.db, request(path, &telling())).await;
    assert_eq!(counts(&summary), (0, 0, 0, 7));
    let told: Vec<(u64, &str, &str, &str)> = summary
        .faults
        .iter()
        .map(|fault| (fault.line, fault.column.as_str(), fault.value.as_str(), fault.reason.code()))
        .collect();
    let expected = [
        (2, "barred", "maybe", "not_yes_or_no"),
        (3, "due", "twelve", "not_a_count"),
        (4, "kept", "13", "more_kept_than_due"),
        (5, "kept", "", "one_count_only"),
        (6, "due", "", "one_count_only"),
        (7, "due", "1001", "not_a_count"),
        (8, "due", "3.0", "not_a_count"),
        (8, "kept", "-1", "not_a_count"),
    ];
    assert_eq!(told, expected);
    assert!(summary.faults.iter().all(|fault| !fault.reason.why().is_empty() && !fault.reason.fix().is_empty()));
    assert!(summary.faults[0].reason.fix().contains("[translate.time_barred]"));
}

/// What has to be said before paying was not said on a payment page that is open already.
#[tokio::test]
async fn learning_that_the_time_is_over_closes_payment_pages_once() {
    for test in support::both().await {
        let files = Files::in_a_new_folder();
        let closing = "select cast(count(*) as bigint) from jobs where kind = 'close_payment_pages'";
        for (name, says, closed) in [("a.csv", ",,", "0"), ("b.csv", "Y,,", "1"), ("c.csv", "Y,12,9", "1")] {
            let path = accounts(&files, name, "barred,due,kept", &[says]);
            run(&test.db, request(path, &telling())).await;
            assert_eq!(row(&test.db, closing).await, [closed], "{name} on {}", test.name);
        }
    }
}

#[test]
fn one_count_alone_is_refused_by_the_mapping() {
    let text = NORTHGATE.replace("[columns]\n", "[columns]\ninstalments_due = \"due\"\n");
    let line = text.lines().position(|line| line.starts_with("instalments_due")).expect("a line") + 1;
    let error = Mapping::parse(&text).expect_err("one count");
    assert_eq!(error.line, line);
    assert!(error.reason.contains("come together"), "{error}");
}

#[tokio::test]
async fn an_export_tells_it_too() {
    for test in support::both().await {
        let files = Files::in_a_new_folder();
        let path = accounts(&files, "a.csv", "barred,due,kept", &["Y,12,9", "N,,", ",,"]);
        run(&test.db, request(path, &telling())).await;
        let mut tx = test.db.begin_read().await.expect("a transaction");
        let page = export::page(&mut tx, Table::Accounts, 0, "").await.expect("a page");
        let at = |name| Table::Accounts.columns().iter().position(|column| *column == name).expect("a column");
        let mut found: Vec<Vec<String>> = page
            .iter()
            .map(|row| {
                ["reference", "time_barred", "instalments_due", "instalments_kept"]
                    .map(|name| row.values[at(name)].clone().unwrap_or_default())
                    .to_vec()
            })
            .collect();
        found.sort();
        let words: Vec<&[String]> = found.iter().map(|row| &row[1..]).collect();
        assert_eq!(words, [["yes", "12", "9"], ["no", "", ""], ["", "", ""]], "{}", test.name);
        assert!(page.iter().all(|row| row.values.len() == Table::Accounts.columns().len()));
    }
}
