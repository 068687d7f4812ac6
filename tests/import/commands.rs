//! The commands as an operator types them, with their exit codes.

use crate::{Files, sample};
use std::process::{Command, Output};

fn evenkeel(files: &Files, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(arguments)
        .current_dir(files.path("."))
        .env_remove("DATABASE_URL")
        .env("EVENKEEL_SANDBOX_ENABLED", "true")
        .env("EVENKEEL_DATABASE_URL", format!("sqlite:{}", files.path("portal.db").display()))
        .output()
        .expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn shown(path: std::path::PathBuf) -> String {
    path.display().to_string()
}

#[test]
fn exit_codes_tell_what_happened() {
    let files = Files::in_a_new_folder();
    let (accounts, mapping) = (shown(sample("northgate-accounts.csv")), shown(sample("northgate.toml")));
    let done = evenkeel(&files, &["import", "accounts", &accounts, "--mapping", &mapping, "--json"]);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    let result: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON");
    assert_eq!((&result["new"], &result["rejected"], &result["kind"]), (&60.into(), &0.into(), &"accounts".into()));

    let bad =
        files.write("bad.csv", std::fs::read_to_string(&accounts).expect("the sample").replace("karen.moore.23@", "karen "));
    let refused = evenkeel(&files, &["import", "accounts", &shown(bad), "--mapping", &mapping]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        text(&refused.stderr).contains("line 3, email: it is not an e-mail address. Correct it"),
        "{}",
        text(&refused.stderr)
    );
    // Standard error may end in a log: what is personal stays out of it.
    assert!(!text(&refused.stderr).contains("karen"), "{}", text(&refused.stderr));
    assert!(files.path("bad.rejects.csv").exists());

    let history = shown(sample("northgate-transactions.toml"));
    let wrong = evenkeel(&files, &["import", "accounts", &accounts, "--mapping", &history]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("is for transactions, not for accounts"), "{}", text(&wrong.stderr));
    let missing = evenkeel(&files, &["import", "accounts", "nowhere.csv", "--mapping", &mapping]);
    assert_eq!(missing.status.code(), Some(2));
}

#[test]
fn demo_load_says_who_can_sign_in_and_can_be_repeated() {
    let files = Files::in_a_new_folder();
    for loaded in [true, false] {
        let done = evenkeel(&files, &["demo", "load", "--json"]);
        assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
        let result: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON");
        assert_eq!(result["loaded"], loaded);
        assert_eq!(result["people"].as_array().map(Vec::len), Some(5));
    }
    // Each of them is there as printed, and recent.
    let people: serde_json::Value = serde_json::from_slice(&evenkeel(&files, &["demo", "load", "--json"]).stdout).expect("JSON");
    let exported = text(&evenkeel(&files, &["export", "accounts", "--csv"]).stdout);
    for person in people["people"].as_array().expect("people") {
        let reference = person["reference"].as_str().expect("a reference");
        assert!(exported.contains(&format!(",{reference},")), "{reference}");
    }
    assert_eq!(exported.lines().count(), 81);
}

#[test]
fn demo_refuses_outside_sandbox_mode() {
    let files = Files::in_a_new_folder();
    let refused = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(["demo", "load"])
        .current_dir(files.path("."))
        .env("EVENKEEL_SANDBOX_ENABLED", "false")
        .output()
        .expect("the program runs");
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("sandbox"), "{}", text(&refused.stderr));
}

#[test]
fn what_is_invented_is_imported_whole_and_exported_again() {
    let files = Files::in_a_new_folder();
    let done = evenkeel(&files, &["demo", "invent", "250", "--postings-per-account", "4"]);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    assert!(text(&done.stdout).contains("250 accounts: 250 new") && text(&done.stdout).contains("1000 transactions: 1000 new"));
    let lines = text(&evenkeel(&files, &["export", "accounts", "--json"]).stdout);
    assert_eq!(lines.lines().count(), 250);
    for line in lines.lines() {
        let account: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(account["balance"], account["reported_balance"]);
    }
    let none = evenkeel(&files, &["export", "accounts", "--since", "2999-01-01"]);
    assert_eq!((none.status.code(), none.stdout.len()), (Some(0), 0));
    let attempts = text(&evenkeel(&files, &["export", "payment-attempts", "--csv"]).stdout);
    assert!(attempts.starts_with("payment_id,reference,account_reference,"), "{attempts}");
    let payments = text(&evenkeel(&files, &["export", "payments", "--csv"]).stdout);
    assert!(payments.starts_with("number,entry,kind,creditor,account_reference,"), "{payments}");
    // A cursor is no day, and what has no cursor takes none.
    for wrong in [["export", "payments", "--since", "2026-11-20"], ["export", "accounts", "--since", "all:1"]] {
        let refused = evenkeel(&files, &wrong);
        assert_eq!(refused.status.code(), Some(2), "{}", text(&refused.stderr));
    }
    assert_eq!(evenkeel(&files, &["export", "accounts", "--creditor", "X"]).status.code(), Some(2));
    let agreements = evenkeel(&files, &["export", "agreements"]);
    assert_eq!(agreements.status.code(), Some(0), "{}", text(&agreements.stderr));
}
