//! Backups, on both databases and from one to the other.

#[path = "../support/mod.rs"]
mod support;

use age::secrecy::SecretString;
use evenkeel::server::backup::BackupError;
use evenkeel::server::clock::Clock;
use evenkeel::server::services::backups;
use evenkeel::server::store::Db;
use evenkeel::server::store::backup::{self, LEFT_OUT, TABLES, Value};
use evenkeel::server::store::signing_keys;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use support::TestDb;
use support::seed::{self, SeedAccount};

fn passphrase(text: &str) -> Option<SecretString> {
    Some(SecretString::from(text.to_owned()))
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().expect("a folder"))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

/// Customers with accounts and books, a key, a document with bytes of every kind, and nulls.
async fn fill(db: &Db) {
    for number in 0..40 {
        let seed = SeedAccount {
            customer_reference: Some(format!("C{number}")),
            given_name: format!("Zoë \"{number}\"\n\\ 李"),
            email: (number % 2 == 0).then(|| "zoe@example.net".to_owned()),
            ..SeedAccount::default()
        };
        let seeded = seed::account(db, seed).await;
        if number == 0 {
            let key = evenkeel::server::security::signing::DocumentKey::from_secret(&[9; 32]);
            let mut tx = db.begin_write().await.expect("begins");
            signing_keys::add(&mut tx, &key, 1).await.expect("a key");
            tx.commit().await.expect("commits");
            let every_byte: Vec<u8> = (0..=255).cycle().take(3_000_000).collect();
            sqlx::query(
                "insert into documents (id, reference, kind, customer_id, account_id, agreement_id, agreement_version, payment_id,
                   language, issued_at, terms, terms_sha256, file_sha256, signing_key_id, bytes)
                 values ('d', 'DC-1', 'receipt', $1, $2, null, null, null, 'es', -1, '{}', 'a', 'b', $3, $4)",
            )
            .bind(seeded.customer_id)
            .bind(seeded.account_id)
            .bind(key.id())
            .bind(every_byte)
            .execute(db.pool())
            .await
            .expect("a document");
        }
    }
}

/// Every row of every table that a backup holds, sorted.
async fn everything(db: &Db) -> BTreeMap<&'static str, Vec<String>> {
    let mut all = BTreeMap::new();
    let mut tx = db.begin_read().await.expect("begins");
    for table in TABLES {
        let columns = backup::columns(&mut tx, db.dialect(), table).await.expect("columns");
        let mut rows = Vec::new();
        let take = |row: Vec<Value>| -> Result<(), BackupError> {
            rows.push(format!("{row:?}"));
            Ok(())
        };
        backup::read_rows(&mut tx, table, &columns, take).await.expect("rows");
        rows.sort();
        all.insert(table, rows);
    }
    all
}

async fn pairs() -> Vec<(TestDb, TestDb)> {
    vec![
        (support::sqlite().await, support::sqlite().await),
        (support::sqlite().await, support::postgres().await),
        (support::postgres().await, support::postgres().await),
        (support::postgres().await, support::sqlite().await),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_backed_up_comes_back_also_in_the_other_database() {
    let folder = Folder::new();
    for (number, (from, into)) in pairs().await.into_iter().enumerate() {
        fill(&from.db).await;
        let file = folder.file(&format!("{number}.backup"));
        let secret = if number % 2 == 0 { None } else { passphrase("a quiet harbour in the evening") };
        let written = backups::take(&from.db, Clock::Real, &file, secret.clone()).await.expect("a backup");
        let read = backups::restore(&into.db, &file, secret).await.expect("a restore");
        assert_eq!(written, read);
        assert_eq!((written["customers"].rows, written["postings"].rows, written["documents"].rows), (40, 80, 1));
        assert_eq!(everything(&from.db).await, everything(&into.db).await, "{} to {}", from.name, into.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_is_backed_up_or_left_out_for_a_reason() {
    for test in support::both().await {
        let mut known: Vec<String> = TABLES.into_iter().chain(LEFT_OUT).map(str::to_owned).collect();
        known.sort();
        let mut there = backup::tables(&test.db).await.expect("tables");
        there.sort();
        assert_eq!(there, known, "{}: a new table belongs into store/backup.rs", test.name);
        let mut tx = test.db.begin_read().await.expect("begins");
        for table in TABLES {
            let columns = backup::columns(&mut tx, test.db.dialect(), table).await.expect("only types a backup knows");
            assert!(!columns.is_empty(), "{table}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_sees_one_state_while_others_write() {
    for test in support::both().await {
        fill(&test.db).await;
        let db = test.db.clone();
        let writing = tokio::spawn(async move {
            for _ in 0..40 {
                seed::account(&db, SeedAccount { customer_reference: Some(seed_reference()), ..SeedAccount::default() }).await;
            }
        });
        let folder = Folder::new();
        let manifest = backups::take(&test.db, Clock::Real, &folder.file("b"), None).await.expect("a backup");
        writing.await.expect("writing went on");
        // An account's opening entry has two postings; a seed commits each row for itself, so only whole backups can be
        // restored: what refers to a row comes with that row.
        let into = support::sqlite().await;
        let restored = backups::restore(&into.db, &folder.file("b"), None).await.expect("a restore");
        assert_eq!(manifest, restored, "{}", test.name);
    }
}

fn seed_reference() -> String {
    evenkeel::server::ids::new_id()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_passphrase_is_told_apart_from_a_damaged_file() {
    let (from, into, folder) = (support::sqlite().await, support::sqlite().await, Folder::new());
    fill(&from.db).await;
    let file = folder.file("b");
    backups::take(&from.db, Clock::Real, &file, passphrase("the right passphrase")).await.expect("a backup");
    let restore = async |secret| backups::restore(&into.db, &file, secret).await.expect_err("refused");
    assert!(matches!(restore(passphrase("a wrong passphrase")).await, BackupError::WrongPassphrase));
    assert!(matches!(restore(None).await, BackupError::PassphraseNeeded));
    let bytes = std::fs::read(&file).expect("the file");
    assert!(bytes.starts_with(b"age-encryption.org/v1\n-> scrypt "), "the file is encrypted with a passphrase");

    std::fs::write(&file, &bytes[..bytes.len() - 5000]).expect("written");
    assert!(matches!(restore(passphrase("the right passphrase")).await, BackupError::Damaged(_)));
    assert!(everything(&into.db).await.values().all(Vec::is_empty), "a restore that broke off left nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_backup_is_refused() {
    let (into, folder) = (support::sqlite().await, Folder::new());
    for (name, bytes) in [("empty", &b""[..]), ("text", b"hello"), ("age", b"age-encryption.org/v1\nhello")] {
        let file = folder.file(name);
        std::fs::write(&file, bytes).expect("written");
        let error = backups::restore(&into.db, &file, passphrase("some passphrase")).await.expect_err(name);
        assert!(matches!(error, BackupError::Damaged(_)), "{name}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_overwritten() {
    for test in support::both().await {
        let folder = Folder::new();
        let file = folder.file("b");
        fill(&test.db).await;
        backups::take(&test.db, Clock::Real, &file, None).await.expect("a backup");
        let again = backups::take(&test.db, Clock::Real, &file, None).await.expect_err("the file is there");
        assert!(matches!(again, BackupError::AlreadyThere(_)), "{again}");
        let refused = backups::restore(&test.db, &file, None).await.expect_err("the database is not empty");
        assert!(matches!(refused, BackupError::NotEmpty), "{refused}");
    }
}

#[test]
fn the_command_line_backs_up_and_restores() {
    let folder = Folder::new();
    let evenkeel = |database: &str, arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
            .args(arguments)
            .current_dir(folder.0.path())
            .env("DATABASE_URL", database)
            .env("EVENKEEL_POLICY_FILE", concat!(env!("CARGO_MANIFEST_DIR"), "/policies/default.toml"))
            .env("EVENKEEL_ADVICE_FILE", concat!(env!("CARGO_MANIFEST_DIR"), "/policies/advice.toml"))
            .output()
            .expect("the program runs");
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    std::fs::write(folder.file("secret"), "a quiet harbour\n").expect("written");
    std::fs::write(folder.file("wrong"), "a noisy harbour\n").expect("written");
    let add = ["staff", "add", "grace@example.net", "--name", "Grace Hopper", "--role", "manager"];
    let (code, printed, told) = evenkeel("sqlite:a.db", &add);
    assert!(code == Some(0) && printed.contains("Password: "), "{printed}{told}");
    let (code, _, told) = evenkeel("sqlite:a.db", &add);
    assert!(code == Some(1) && told.contains("there already"), "{told}");
    assert_eq!(evenkeel("sqlite:a.db", &["keys", "rotate"]).0, Some(0));

    let (code, _, told) = evenkeel("sqlite:a.db", &["backup", "a.backup", "--passphrase-file", "secret"]);
    assert_eq!(code, Some(0), "{told}");
    let (code, _, told) = evenkeel("sqlite:b.db", &["restore", "a.backup", "--passphrase-file", "wrong"]);
    assert!(code == Some(2) && told.contains("the passphrase does not open this backup"), "{told}");
    assert_eq!(evenkeel("sqlite:b.db", &["restore", "a.backup", "--passphrase-file", "secret"]).0, Some(0));
    let keys = |database| evenkeel(database, &["keys", "list"]).1;
    assert_eq!(keys("sqlite:a.db"), keys("sqlite:b.db"));
    assert!(keys("sqlite:b.db").contains("public"));
    let (code, _, told) = evenkeel("sqlite:b.db", &["restore", "a.backup", "--passphrase-file", "secret"]);
    assert!(code == Some(2) && told.contains("not empty"), "{told}");
}
