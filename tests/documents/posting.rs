//! The print queue: letters as files, printed as often as wanted, sent once.

use crate::app::TestApp;
use crate::sending::{send, weigh, write};
use crate::support::seed::{self, SeedAccount};
use crate::tools;
use evenkeel::server::services::print_queue;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The program on the database of a test.
fn evenkeel(app: &TestApp, arguments: &[&str], input: &[u8]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(arguments)
        .env_remove("DATABASE_URL")
        .env("EVENKEEL_SANDBOX_ENABLED", "true")
        .env("EVENKEEL_SANDBOX_CLOCK", "2026-11-20T18:00:00Z")
        .env("EVENKEEL_DATABASE_URL", &app.state.config.database_url)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    program.stdin.take().expect("its input").write_all(input).expect("it reads");
    program.wait_with_output().expect("the program ends")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

async fn on_paper(language: &str) -> TestApp {
    let app = TestApp::sqlite().await;
    let seed = SeedAccount { email: None, language: language.into(), ..SeedAccount::default() };
    let seeded = seed::account(app.db(), seed).await;
    write(&app, &seeded, "receipt").await;
    weigh(&app, "notice").await;
    assert_eq!(send(&app).await.to_print, 1);
    app
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_without_a_document_becomes_a_letter_with_its_address_and_nothing_to_press() {
    let app = on_paper("en").await;
    let letter = print_queue::waiting(&app.state, 10).await.expect("a queue").remove(0);
    let file = tools::keep("posted-message.pdf", &print_queue::file(&app.state, &letter.outbox_id).await.expect("a file"));
    tools::run("qpdf", &["--check"], &file);
    let text = tools::run("pdftotext", &["-layout"], &file);
    for words in ["Ada Moreno", "1 Main St", "Denver CO 80276", "Hello Ada,", "EK-7F3K-9Q2M", "20 November 2026"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    for words in ["/stop/", "Stop e-mail", "button", "{{"] {
        assert!(!text.contains(words), "{words}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn printing_can_be_repeated_and_done_is_said_once() {
    let app = on_paper("en").await;
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("letters");
    let print = || evenkeel(&app, &["letters", "print", "--out", out.to_str().expect("text")], b"");
    let first = print();
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stderr));
    let written = files(&out);
    assert_eq!(written.len(), 2);
    let manifest = String::from_utf8(written["manifest.csv"].clone()).expect("text");
    let row: Vec<&str> = manifest.lines().nth(1).expect("a letter").split(',').collect();
    let (id, file, sha256) = (row[0], row[1], row[2]);
    use sha2::{Digest, Sha256};
    assert_eq!(hex::encode(Sha256::digest(&written[file])), sha256);
    assert!(!manifest.contains("Moreno"), "{manifest}");
    // Nothing was marked: a run that broke off is run again.
    std::fs::remove_file(out.join("manifest.csv")).expect("is lost");
    assert!(print().status.success());
    assert_eq!(files(&out), written);
    assert_eq!(app.count("select count(*) from outbox where state = 'printing' and sent_at is null").await, 1);

    assert_eq!(said(&evenkeel(&app, &["letters", "done", id], b"")), format!("{id}: sent\n"));
    let again = evenkeel(&app, &["letters", "done", id, "nothing"], b"");
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(said(&again), format!("{id}: was sent before\nnothing: no such letter\n"));
    assert_eq!(
        app.count("select count(*) from outbox where state = 'sent' and carrier = 'print' and sent_at is not null").await,
        1
    );
    assert_eq!(app.count("select count(*) from events where action = 'message.sent'").await, 1);
    assert_eq!(said(&evenkeel(&app, &["letters", "list"], b"")), "");
    let log = said(&evenkeel(&app, &["outbox", "list"], b""));
    assert!(log.contains("letter notice") && log.contains("sent 2026-11-20T18:00:00Z"), "{log}");
}

fn files(folder: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(folder)
        .expect("a folder")
        .map(|file| file.expect("a file").path())
        .map(|path| (path.file_name().expect("a name").to_string_lossy().into_owned(), std::fs::read(&path).expect("a file")))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_show_previews_and_messages_and_take_in_mail() {
    let app = on_paper("es").await;
    let id: String = sqlx::query_scalar("select id from outbox").fetch_one(app.db().pool()).await.expect("an id");
    let text: String = sqlx::query_scalar("select body_text from outbox").fetch_one(app.db().pool()).await.expect("a text");
    assert_eq!(said(&evenkeel(&app, &["outbox", "show", &id], b"")), text);
    let preview = evenkeel(&app, &["outbox", "preview", "receipt_copy", "--language", "es", "--format", "html"], b"");
    assert!(said(&preview).contains("<html lang=\"es\">") && said(&preview).contains("/stop/EXAMPLE"), "{}", said(&preview));
    let short = evenkeel(&app, &["outbox", "preview", "confirmation_copy", "--format", "sms"], b"");
    assert_eq!(short.status.code(), Some(1));
    assert_eq!(evenkeel(&app, &["outbox", "preview", "no_such_template"], b"").status.code(), Some(2));
    assert_eq!(evenkeel(&app, &["outbox", "show", "nothing"], b"").status.code(), Some(1));

    let taken = evenkeel(&app, &["mail", "receive", "--recipient", "a@b.example"], b"From: x@example.net\r\n\r\nHello\r\n");
    assert_eq!((taken.status.code(), said(&taken).as_str()), (Some(0), "for a person to read\n"));
    let reference: String =
        sqlx::query_scalar("select reference from accounts").fetch_one(app.db().pool()).await.expect("a name");
    assert!(said(&evenkeel(&app, &["contact", "stop", &reference, "email"], b"")).contains("Written down"));
    let shown = said(&evenkeel(&app, &["contact", "show", &reference], b""));
    assert!(shown.contains("email: stopped by the customer") && shown.contains("not agreed to"), "{shown}");
    let log = said(&evenkeel(&app, &["contact", "log", &reference, "--json"], b""));
    let line: serde_json::Value = serde_json::from_str(log.trim()).expect("JSON");
    assert_eq!((&line["channel"], &line["weight"], &line["state"]), (&"letter".into(), &"notice".into(), &"printing".into()));
    // There is no telephone to send texts to; what is to be agreed to can be read out all the same.
    assert_eq!(evenkeel(&app, &["contact", "consent", &reference, "--agreed"], b"").status.code(), Some(1));
    assert!(said(&evenkeel(&app, &["contact", "consent", &reference, "--language", "es"], b"")).contains("respondo BAJA"));
    assert_eq!(evenkeel(&app, &["contact", "show", "NG-NOBODY"], b"").status.code(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_customer_tells_a_person_of_how_to_reach_them_is_written_down() {
    let app = on_paper("en").await;
    let reference: String =
        sqlx::query_scalar("select reference from accounts").fetch_one(app.db().pool()).await.expect("a name");
    let contact = |arguments: &[&str]| evenkeel(&app, &[&["contact"], arguments].concat(), b"");
    let prefer = ["prefer", &reference, "--days", "sat", "--times", "morning", "--calls", "unwanted", "--papers", "on-paper"];
    assert!(said(&contact(&prefer)).contains("Written down"));
    assert_eq!(contact(&["adviser", &reference, "--name", "Grace Hopper", "--contact", "555-0100"]).status.code(), Some(0));
    let shown = said(&contact(&["show", &reference]));
    for words in ["Suits them: sat; morning.", "Do not call.", "on paper.", "speak only to Grace Hopper: 555-0100"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    // What is not named stays as it is.
    assert_eq!(contact(&["prefer", &reference, "--times", "evening", "--papers", "electronic"]).status.code(), Some(0));
    assert_eq!(contact(&["no-adviser", &reference]).status.code(), Some(0));
    let shown = said(&contact(&["show", &reference]));
    assert!(shown.contains("Suits them: sat; evening.") && shown.contains("Do not call."), "{shown}");
    assert!(!shown.contains("Grace Hopper") && !shown.contains("on paper."), "{shown}");
    assert_eq!(
        app.count("select count(*) from events where action = 'contact.wishes_kept' and actor_kind = 'operator'").await,
        6
    );
    assert_eq!(contact(&["prefer", &reference, "--days", "someday"]).status.code(), Some(2));
    assert_eq!(contact(&["prefer", &reference, "--time-zone", "Mars/Olympus"]).status.code(), Some(2));
    assert_eq!(contact(&["adviser", &reference, "--name", " ", "--contact", "555-0100"]).status.code(), Some(2));
    assert_eq!(contact(&["prefer", "NG-NOBODY"]).status.code(), Some(1));
}
