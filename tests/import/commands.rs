//! The commands as an operator types them, with their exit codes.

use crate::{Files, sample};
use std::process::{Command, Output};

fn evenkeel(files: &Files, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(arguments)
        .current_dir(files.path("."))
        .env_remove("DATABASE_URL")
        .env("EVENKEEL_SANDBOX_ENABLED", "true")
        .env("EVENKEEL_POLICY_FILE", concat!(env!("CARGO_MANIFEST_DIR"), "/policies/default.toml"))
        .env("EVENKEEL_ADVICE_FILE", concat!(env!("CARGO_MANIFEST_DIR"), "/policies/advice.toml"))
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
        assert_eq!(result["staff"].as_array().map(Vec::len), Some(6));
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

#[test]
fn what_is_mistyped_is_refused_before_anything_is_done() {
    let files = Files::in_a_new_folder();
    // There is no database yet, and a command that only asks begins none.
    let none = evenkeel(&files, &["verify", "ledger"]);
    assert_eq!(none.status.code(), Some(2), "{}", text(&none.stderr));
    assert!(text(&none.stderr).contains("there is no database at"), "{}", text(&none.stderr));
    assert!(!files.path("portal.db").exists());

    assert_eq!(evenkeel(&files, &["migrate"]).status.code(), Some(0));
    let decided = ["--reason", "tried", "--by", "Ann"];
    for (arguments, code, told) in [
        (vec!["refund", "EK-NONE-2222", "--all"], 1, "no payment has this reference"),
        (vec!["refund", "EK-NONE-2222", "--amount", "1"], 1, "no payment has this reference"),
        (vec!["ledger", "correct", "NOBODY", "--amount", "1.00"], 1, "no account has this reference"),
    ] {
        let output = evenkeel(&files, &[arguments.clone(), decided.to_vec()].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains(told), "{arguments:?}: {}", text(&output.stderr));
    }
    let offers = evenkeel(&files, &["offers", "--reference", "NOBODY"]);
    assert_eq!(offers.status.code(), Some(1), "{}", text(&offers.stderr));
    let staff = evenkeel(&files, &["staff", "add", "nobody", "--name", "Nobody", "--role", "agent"]);
    assert_eq!(staff.status.code(), Some(2), "{}", text(&staff.stderr));
}

#[test]
fn people_who_work_here_are_looked_after_from_the_command_line() {
    let files = Files::in_a_new_folder();
    let said = |arguments: &[&str]| {
        let done = evenkeel(&files, arguments);
        (done.status.code(), format!("{}{}", text(&done.stdout), text(&done.stderr)))
    };
    let ada = "ada@example.org";
    let added = said(&["staff", "add", ada, "--name", "Ada", "--role", "administrator"]);
    assert!(added.0 == Some(0) && added.1.contains("Password: "), "{}", added.1);
    for (arguments, code, words) in [
        (vec!["staff", "add", "bo@example.org", "--name", "Bo", "--role", "king"], 2, "a role is one of: agent"),
        (vec!["staff", "disable", ada], 1, "the last administrator"),
        (vec!["staff", "role", ada, "agent"], 1, "the last administrator"),
        (vec!["staff", "disable", "nobody@example.org"], 1, "nobody with the address"),
        (vec!["staff", "add", "Bo@example.org", "--name", "Bo", "--role", "administrator"], 0, "was added as administrator"),
        (vec!["staff", "role", "bo@example.org", "auditor"], 0, "Done."),
        (vec!["staff", "role", "BO@example.org", "auditor"], 0, "It was so before."),
        (vec!["staff", "disable", "bo@example.org"], 0, "Done."),
        (vec!["staff", "list"], 0, "disabled"),
        (vec!["staff", "enable", "bo@example.org"], 0, "Done."),
        (vec!["staff", "end-sessions", "bo@example.org"], 0, "Done."),
        (vec!["staff", "reset-factors", "bo@example.org"], 0, "It was so before."),
        (vec!["staff", "new-password", "bo@example.org"], 0, "Password: "),
    ] {
        let (found, told) = said(&arguments);
        assert!(found == Some(code) && told.contains(words), "{arguments:?}: {found:?} {told}");
    }
}

#[test]
fn a_mistyped_setting_in_the_environment_is_refused_and_its_value_not_shown() {
    let files = Files::in_a_new_folder();
    let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .arg("migrate")
        .current_dir(files.path("."))
        .env("EVENKEEL_STRIPE_SECRET_KYE", "sk_live_1")
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(2));
    let told = text(&output.stderr);
    assert!(told.contains("EVENKEEL_STRIPE_SECRET_KYE") && told.contains("no such setting"), "{told}");
    assert!(!told.contains("sk_live_1"), "{told}");
}

#[test]
fn a_mail_server_is_told_to_try_again_when_a_machine_broke() {
    let files = Files::in_a_new_folder();
    std::fs::write(files.path("portal.db"), "a text, and no database at all: nothing in it can be read as one").expect("written");
    let output = evenkeel(&files, &["mail", "receive"]);
    assert_eq!(output.status.code(), Some(75), "{}", text(&output.stderr));
}

#[test]
fn the_cursor_file_must_have_a_place_before_anything_is_printed() {
    let files = Files::in_a_new_folder();
    assert_eq!(evenkeel(&files, &["migrate"]).status.code(), Some(0));
    files.write("empty", String::new());
    for (file, told) in [("nowhere/cursor", "there is no folder"), ("empty", "is empty")] {
        let output = evenkeel(&files, &["export", "payments", "--cursor-file", file]);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains(told), "{}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "");
    }
}
