//! Rows that are wrong: each fault is found, told with line, column, value, reason and remedy, and can be put right.

use crate::{Files, NORTHGATE, NORTHGATE_HISTORY, counts, number, request, run, sample, support};
use std::collections::BTreeMap;
use std::path::PathBuf;

fn bad_rows() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/import/bad-rows.csv")
}

/// The words bad-rows.csv uses for its faults, and what our reason for each must say.
fn said_of(fault: &str) -> Option<&'static str> {
    Some(match fault {
        "none" => return None,
        "balance is not a number" => "it is not an amount",
        "three decimals in a two-decimal currency" => "more decimals than the 2",
        "itemization does not add up to the balance" => "balance at itemization + interest",
        "unknown currency" => "no currency the portal keeps books in",
        "day that does not exist" => "there is no such day",
        "born in the future" => "the date of birth is after the balance date",
        "missing reference" | "no family name" => "nothing is there and it is needed",
        "reference used twice in the file" => "an earlier row of this file has the same one",
        "unknown time zone" => "there is no such time zone",
        "not an e-mail address" => "it is not an e-mail address",
        "phone number without enough digits" => "not a phone number",
        "due date after the balance date" => "it is after the balance date 2026-11-20",
        "past due larger than the balance" => "more is past due than is owed (3859.50)",
        "spreadsheet formula in a name" => "begins like a spreadsheet formula",
        "markup in a name" => "it contains < or >",
        "amount beyond any account" => "larger than any account can be",
        "negative balance" => "it is below zero",
        "control characters" => "characters that cannot be seen",
        "language nobody offers" => "not a language the portal speaks",
        // The last row is cut short before its fault column.
        "Larsonmouth" => "the row has 9 columns where the file has 27",
        other => panic!("bad-rows.csv names a fault this test does not know: {other}"),
    })
}

#[tokio::test]
async fn every_fault_of_the_bad_rows_is_found_and_the_good_rows_go_in() {
    for test in support::both().await {
        let files = Files::in_a_new_folder();
        let rejects = files.path("rejects.csv");
        let mut request = request(bad_rows(), NORTHGATE);
        request.rejects = Some(rejects.clone());
        let summary = run(&test.db, request).await;

        let mut expected = BTreeMap::new();
        let mut good = 0;
        let mut source = csv::ReaderBuilder::new().flexible(true).from_path(bad_rows()).expect("bad rows");
        for record in source.records() {
            let record = record.expect("a row");
            match said_of(record.iter().next_back().unwrap_or_default()) {
                None => good += 1,
                Some(said) => drop(expected.insert(record.position().expect("a line").line(), said)),
            }
        }
        assert_eq!(counts(&summary), (good, 0, 0, i64::try_from(expected.len()).expect("few")), "{}", test.name);
        assert_eq!(number(&test.db, "select count(*) from accounts").await, good, "{}", test.name);

        // Each refused row is in the rejects file, with the named fault among its reasons, and nothing else is.
        let mut told = csv::Reader::from_path(&rejects).expect("a rejects file");
        let header = told.headers().expect("a header").clone();
        let at = |name: &str| header.iter().position(|column| column == name).expect("an added column");
        let (line_at, reason_at, fix_at) = (at("evenkeel_line"), at("evenkeel_reason"), at("evenkeel_fix"));
        let mut found = BTreeMap::new();
        for record in told.records() {
            let record = record.expect("a row");
            let line: u64 = record[line_at].parse().expect("a line number");
            assert!(!record[reason_at].is_empty() && !record[fix_at].is_empty(), "line {line}");
            found.insert(line, record[reason_at].to_owned());
        }
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{}", test.name);
        for (line, said) in expected {
            assert!(found[&line].contains(said), "{}: line {line} should say \"{said}\": {}", test.name, found[&line]);
        }
        // A row that fails one check only is told one fault: nothing is made up.
        let one_fault_only = found.values().filter(|reason| !reason.contains("; ")).count();
        assert!(one_fault_only >= 15, "{found:?}");
    }
}

#[tokio::test]
async fn all_faults_of_a_row_are_told_with_column_and_value() {
    let text = std::fs::read_to_string(sample("northgate-accounts.csv")).expect("the sample");
    let mut lines = text.lines();
    let header = lines.next().expect("a header");
    let row = lines.next().expect("a row").replace("1997-06-23", "1997-02-30").replace("80276", "").replace(",es,", ",tlh,");
    let files = Files::in_a_new_folder();
    let path = files.write("one.csv", format!("{header}\n{row}\n"));
    let test = support::sqlite().await;
    let summary = run(&test.db, request(path, NORTHGATE)).await;
    let told: Vec<(u64, &str, &str, &str)> = summary
        .faults
        .iter()
        .map(|fault| (fault.line, fault.column.as_str(), fault.value.as_str(), fault.reason.code()))
        .collect();
    let expected = [
        (2, "date_of_birth", "1997-02-30", "no_such_day"),
        (2, "postal_code", "", "missing"),
        (2, "language", "tlh", "unknown_language"),
    ];
    assert_eq!(told, expected);
    // A fault says nothing personal when it is printed for a log.
    assert!(!format!("{:?}", summary.faults).contains("1997"));
}

#[tokio::test]
async fn a_rejects_file_that_was_put_right_is_imported_with_the_same_mapping() {
    let files = Files::in_a_new_folder();
    let text = std::fs::read_to_string(sample("northgate-accounts.csv")).expect("the sample");
    let path = files.write("accounts.csv", text.replace("karen.moore.23@example.net", "karen at home"));
    let rejects = files.path("rejects.csv");
    let test = support::sqlite().await;
    let mut first = request(path, NORTHGATE);
    first.rejects = Some(rejects.clone());
    assert_eq!(counts(&run(&test.db, first).await), (59, 0, 0, 1));
    let refused = std::fs::read_to_string(&rejects).expect("the rejects");
    assert!(refused.starts_with('\u{feff}') && refused.contains("not an e-mail address"), "{refused}");
    let corrected = files.write("corrected.csv", refused.replace("karen at home", "karen.moore@example.net"));
    assert_eq!(counts(&run(&test.db, request(corrected, NORTHGATE)).await), (1, 0, 0, 0));
    assert_eq!(number(&test.db, "select count(*) from customers where email = 'karen.moore@example.net'").await, 1);
}

#[tokio::test]
async fn a_file_without_faults_leaves_no_rejects_file() {
    let files = Files::in_a_new_folder();
    let test = support::sqlite().await;
    let mut request = request(sample("northgate-accounts.csv"), NORTHGATE);
    request.rejects = Some(files.path("rejects.csv"));
    assert_eq!(run(&test.db, request).await.rejects_file, None);
    assert!(!files.path("rejects.csv").exists());
}

#[tokio::test]
async fn history_of_an_unknown_account_is_refused() {
    let test = support::sqlite().await;
    run(&test.db, request(sample("northgate-accounts.csv"), NORTHGATE)).await;
    let files = Files::in_a_new_folder();
    let path = files.write(
        "history.csv",
        "account_reference,posted_on,kind,amount,description\n\
         NG-000023,2026-11-01,payment,-5.00,Payment\n\
         NG-999999,2026-11-01,payment,-5.00,Payment\n\
         NG-000023,2026-11-01,gift,-5.00,Payment\n\
         NG-000023,,payment,,Payment\n",
    );
    let summary = run(&test.db, request(path, NORTHGATE_HISTORY)).await;
    assert_eq!(counts(&summary), (1, 0, 0, 3));
    let told: Vec<_> = summary.faults.iter().map(|fault| (fault.line, fault.reason.code())).collect();
    assert_eq!(told, [(3, "unknown_account"), (4, "unknown_kind"), (5, "missing"), (5, "missing")]);
}

#[tokio::test]
async fn bytes_that_are_not_in_the_encoding_are_told() {
    let text = std::fs::read_to_string(sample("northgate-accounts.csv")).expect("the sample");
    let (latin, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
    let files = Files::in_a_new_folder();
    let path = files.write("latin.csv", latin);
    let test = support::sqlite().await;
    let summary = run(&test.db, request(path, NORTHGATE)).await;
    assert!(summary.faults_by_code["not_in_encoding"] > 5, "{:?}", summary.faults_by_code);
}

#[tokio::test]
async fn a_quote_that_is_never_closed_is_told_instead_of_filling_the_memory() {
    let mut text = std::fs::read_to_string(sample("northgate-accounts.csv")).expect("the sample");
    text.push_str("NG-9,\"");
    text.push_str(&"x,".repeat(2_000_000));
    let files = Files::in_a_new_folder();
    let path = files.write("open.csv", text);
    let test = support::sqlite().await;
    let result =
        evenkeel::server::import::import(&test.db, request(path, NORTHGATE), |_| std::ops::ControlFlow::Continue(())).await;
    assert!(result.expect_err("refused").to_string().contains("quote that is never closed"));
}

#[tokio::test]
async fn a_column_the_file_does_not_have_is_told_with_those_it_has() {
    let test = support::sqlite().await;
    let mapping = NORTHGATE.replace("\"given_name\"", "\"forename\"");
    let result = evenkeel::server::import::import(&test.db, request(sample("northgate-accounts.csv"), &mapping), |_| {
        std::ops::ControlFlow::Continue(())
    })
    .await;
    let reason = result.expect_err("refused").to_string();
    assert!(reason.contains("no column \"forename\"") && reason.contains("given_name | family_name"), "{reason}");
}
