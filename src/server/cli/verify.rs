//! `evenkeel verify ledger` (see `verify_ledger`) and `evenkeel verify document FILE`: whether a document is genuine. That needs no
//! server and no database; with one of them, or with a file of published keys, it also says whose key signed.

use super::CommandError;
use super::verify_ledger::verify_ledger;
use crate::server::config::Config;
use crate::server::security::signing::{self, PublicKey, Seal};
use crate::server::store::Db;
use crate::server::store::dialect::Dialect;
use crate::server::store::signing_keys;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
pub struct VerifyArguments {
    #[command(subcommand)]
    what: What,
}

impl VerifyArguments {
    pub fn needs_no_database(&self) -> bool {
        match self.what {
            What::Document(_) => true,
            What::Ledger { .. } => false,
        }
    }
}

#[derive(Subcommand)]
enum What {
    /// Check a document's signature. Exit code 0: genuine; 1: not.
    Document(DocumentArguments),
    /// Check the books: transactions balance, payments are in them once, what they were applied to adds up.
    Ledger {
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args)]
struct DocumentArguments {
    /// The PDF.
    file: PathBuf,
    /// The keys as published at /.well-known/evenkeel-keys.json. Without it, the database of the settings is asked if there
    /// is one.
    #[arg(long)]
    keys: Option<PathBuf>,
    /// Print JSON: {"result": "genuine" | "altered" | "unknown", "key": …, "key_known": true | false | null}.
    #[arg(long)]
    json: bool,
}

/// No document of ours comes near this.
const LARGEST_FILE_BYTES: u64 = 100 * 1024 * 1024;

pub async fn verify(config: Config, arguments: VerifyArguments) -> Result<ExitCode, CommandError> {
    let arguments = match arguments.what {
        What::Document(arguments) => arguments,
        What::Ledger { json } => return verify_ledger(&config, json).await,
    };
    let file = read(&arguments.file)?;
    let known = match &arguments.keys {
        Some(path) => Some(read_keys(path)?),
        None => keys_of_database(&config).await,
    };
    let (result, key, key_known) = match signing::examine(&file) {
        Seal::Intact(key) => {
            let key_known = known.map(|known| known.contains(&key));
            (if key_known == Some(false) { "unknown" } else { "genuine" }, Some(key), key_known)
        }
        Seal::Broken => ("altered", None, None),
        Seal::Missing => ("unknown", None, None),
    };
    if arguments.json {
        println!("{}", json!({ "result": result, "key": key.as_ref().map(|key| &key.id), "key_known": key_known }));
    } else {
        tell(result, key.as_deref(), key_known);
    }
    Ok(if result == "genuine" { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn tell(result: &str, key: Option<&PublicKey>, key_known: Option<bool>) {
    match (result, key, key_known) {
        ("genuine", Some(key), Some(true)) => println!("Genuine: signed with our key {}, not one byte changed since.", key.id),
        ("genuine", Some(key), _) => {
            println!("Unaltered: not one byte has changed since it was signed with key {}.", key.id);
            eprintln!(
                "Warning: no list of keys was at hand to say whose key that is. Compare it with the keys the portal publishes \
                 at /.well-known/evenkeel-keys.json, or name that file with --keys."
            );
        }
        ("unknown", Some(key), _) => {
            println!("Not ours: it is signed, but with key {}, which is not among the known keys.", key.id)
        }
        ("altered", ..) => println!("Altered: its bytes are not those that were signed."),
        _ => println!("Unknown: it carries no signature of ours."),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    let unreadable = |error: std::io::Error| CommandError::Usage(format!("{}: {error}", path.display()));
    if std::fs::metadata(path).map_err(unreadable)?.len() > LARGEST_FILE_BYTES {
        return Err(CommandError::Usage(format!("{} is too large to be a document of ours", path.display())));
    }
    std::fs::read(path).map_err(unreadable)
}

fn read_keys(path: &Path) -> Result<Vec<PublicKey>, CommandError> {
    let wrong = || CommandError::Usage(format!("{} is not a list of published keys", path.display()));
    let list: Value = serde_json::from_slice(&read(path)?).map_err(|_| wrong())?;
    let keys = list.get("keys").and_then(Value::as_array).ok_or_else(wrong)?;
    keys.iter()
        .map(|key| key.get("public").and_then(Value::as_str).and_then(|text| PublicKey::from_text(text).ok()).ok_or_else(wrong))
        .collect()
}

/// The keys of the portal's database, if it is there; checking a file neither makes nor changes one.
async fn keys_of_database(config: &Config) -> Option<Vec<PublicKey>> {
    if let (Dialect::Sqlite, Some(path)) = (Dialect::of_url(&config.database_url), config.database_url.strip_prefix("sqlite:")) {
        let path = path.trim_start_matches("//").split('?').next().unwrap_or_default();
        if !Path::new(path).exists() {
            return None;
        }
    }
    let db = Db::connect(&config.database_url, 1).await.ok()?;
    let keys = signing_keys::all(db.pool()).await.ok();
    db.close().await;
    keys.map(|keys| keys.into_iter().map(|known| known.key).collect())
}
