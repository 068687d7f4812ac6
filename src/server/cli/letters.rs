//! `evenkeel letters list | print --out DIR | done ID…`: letters to be printed and posted.
//!
//! `print` writes one PDF a letter and, last, `manifest.csv`; it changes nothing here, so it can be repeated, and a run that broke
//! off is simply run again. A letter is sent once `done` says so.

use super::{CommandError, open_state};
use crate::server::config::Config;
use crate::server::services::print_queue::{self, Done, QueuedLetter};
use crate::server::state::AppState;
use clap::{Args, Subcommand};
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
pub struct LettersArguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Show what waits to be printed. Whom a letter goes to is in its address window only.
    List {
        #[arg(long, default_value_t = MOST_AT_ONCE, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
    },
    /// Write the PDFs of what waits, and manifest.csv.
    Print {
        /// The folder; made if it is not there. Files in it that have the same names are written again.
        #[arg(long)]
        out: PathBuf,
        #[arg(long, default_value_t = MOST_AT_ONCE, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
    },
    /// Say that letters were printed and posted: they are sent from now on.
    Done {
        /// The ids of the manifest's first column.
        #[arg(required = true)]
        ids: Vec<String>,
    },
}

const MOST_AT_ONCE: i64 = 1_000;
const MANIFEST: &str = "manifest.csv";

/// Exit code 1: one of the ids is not of a letter.
pub async fn letters(config: Config, arguments: LettersArguments) -> Result<ExitCode, CommandError> {
    let state = open_state(config).await?;
    let code = match arguments.what {
        What::List { limit } => list(&state, limit).await,
        What::Print { out, limit } => print(&state, &out, limit).await,
        What::Done { ids } => done(&state, &ids).await,
    };
    state.db.close().await;
    code
}

async fn list(state: &AppState, limit: i64) -> Result<ExitCode, CommandError> {
    for letter in print_queue::waiting(state, limit).await? {
        let queued_at = super::outbox::instant(letter.queued_at);
        println!("{queued_at}  {}  {:<18} {}  {}", letter.outbox_id, letter.template, letter.language, file_name(&letter));
    }
    Ok(ExitCode::SUCCESS)
}

async fn print(state: &AppState, out: &Path, limit: i64) -> Result<ExitCode, CommandError> {
    fs::create_dir_all(out).map_err(|error| broken(out, &error))?;
    let letters = print_queue::waiting(state, limit).await?;
    for letter in &letters {
        write(&out.join(file_name(letter)), &print_queue::file(state, &letter.outbox_id).await?)?;
    }
    write(&out.join(MANIFEST), &manifest(&letters)?)?;
    println!("Letters in {}: {}. Say `evenkeel letters done ID…` once they are posted.", out.display(), letters.len());
    Ok(ExitCode::SUCCESS)
}

/// The id keeps two letters with one document apart.
fn file_name(letter: &QueuedLetter) -> String {
    format!("{}-{}.pdf", letter.reference, &letter.outbox_id[letter.outbox_id.len().saturating_sub(8)..])
}

fn manifest(letters: &[QueuedLetter]) -> Result<Vec<u8>, CommandError> {
    let failed = |error: &dyn std::fmt::Display| CommandError::Failed(error.to_string());
    let mut rows = csv::Writer::from_writer(Vec::new());
    rows.write_record(["id", "file", "sha256", "template", "weight", "language", "queued_at"]).map_err(|error| failed(&error))?;
    for letter in letters {
        let (file, queued_at) = (file_name(letter), super::outbox::instant(letter.queued_at));
        let row = [&letter.outbox_id, &file, &letter.file_sha256, &letter.template, &letter.weight, &letter.language, &queued_at];
        rows.write_record(row).map_err(|error| failed(&error))?;
    }
    rows.into_inner().map_err(|error| failed(&error))
}

/// Under another name first: a file with its own name is whole. For its owner only: it holds names, addresses and amounts.
fn write(path: &Path, bytes: &[u8]) -> Result<(), CommandError> {
    let part = path.with_extension("part");
    let written = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&part)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&part, path));
    written.map_err(|error| broken(path, &error))
}

fn broken(path: &Path, error: &std::io::Error) -> CommandError {
    CommandError::Failed(format!("{}: {error}", path.display()))
}

async fn done(state: &AppState, ids: &[String]) -> Result<ExitCode, CommandError> {
    let mut code = ExitCode::SUCCESS;
    for id in ids {
        match print_queue::done(state, id).await? {
            Done::Printed => println!("{id}: sent"),
            Done::KnownBefore => println!("{id}: was sent before"),
            Done::Unknown => {
                println!("{id}: no such letter");
                code = ExitCode::from(1);
            }
        }
    }
    Ok(code)
}
