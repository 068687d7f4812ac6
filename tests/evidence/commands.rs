//! The commands for whoever reviews a case.

use crate::app::TestApp;
use crate::samples;
use crate::uploading::{begin, upload};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

fn evenkeel(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(arguments)
        .current_dir(folder)
        .env("DATABASE_URL", "sqlite:test.db")
        .env("EVENKEEL_POLICY_FILE", concat!(env!("CARGO_MANIFEST_DIR"), "/policies/default.toml"))
        .env("EVENKEEL_ADVICE_FILE", concat!(env!("CARGO_MANIFEST_DIR"), "/policies/advice.toml"))
        .output()
        .expect("the program runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reviewer_lists_a_case_and_opens_a_file() {
    let app = TestApp::sqlite().await;
    let seeded = app.seeded().await;
    begin(&app, &seeded, "case-1").await;
    upload(&mut app.signed_in(&seeded).await, "case-1", "a.jpg", &samples::jpeg()).await;
    let folder = app.state.config.evidence.temporary_dir.clone();
    let item: String = sqlx::query_scalar("select id from evidence_items").fetch_one(app.db().pool()).await.expect("a file");

    let (code, printed, told) = evenkeel(&folder, &["evidence", "list", "case-1"]);
    assert!(code == Some(0) && printed.contains(&item) && printed.contains("kept until 2027-05-19"), "{printed}{told}");
    let open = |by: &str, out: &str| {
        evenkeel(&folder, &["evidence", "open", "case-1", &item, "--by", by, "--reason", "to decide", "--out", out])
    };
    assert_eq!(open(" ", "a.jpg").0, Some(2));
    let (code, _, told) = open("Grace Hopper", "a.jpg");
    assert_eq!(code, Some(0), "{told}");
    let file = folder.join("a.jpg");
    assert!(samples::contains(&std::fs::read(&file).expect("the file"), samples::SCAN));
    assert_eq!(std::fs::metadata(&file).expect("the file").permissions().mode() & 0o777, 0o600);
    let (code, _, told) = open("Grace Hopper", "a.jpg");
    assert!(code == Some(2) && told.contains("left alone"), "{told}");
    let (_, printed, _) = evenkeel(&folder, &["evidence", "list", "case-1"]);
    assert_eq!(printed.matches("by Grace Hopper: to decide").count(), 1, "{printed}");

    let (code, _, told) = evenkeel(&folder, &["evidence", "list", "no-such-case"]);
    assert!(code == Some(1) && told.contains("no case with this id"), "{told}");
    assert_eq!(evenkeel(&folder, &["evidence", "rewrap"]).0, Some(0));
}
