//! `evenkeel import accounts | transactions | payments FILE --mapping MAPPING.toml`: a creditor's file into the portal.
//!
//! Exit codes: 0 every row went in, 1 some were refused (see the rejects file), 2 wrong use or mapping, 3 a machine broke.

use super::{CommandError, open_database, open_state};
use crate::server::config::Config;
use crate::server::import::mapping::FileKind;
use crate::server::import::{self, DEFAULT_BATCH, ImportError, Input, Mapping, ProgressLine, Request, Summary};
use clap::{Args, Subcommand};
use serde_json::json;
use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Subcommand)]
pub enum ImportCommand {
    /// Accounts and their customers.
    Accounts(FileArguments),
    /// The creditor's history of accounts that are there.
    Transactions(FileArguments),
    /// Payments the creditor took itself: into the books, with a receipt each.
    Payments(FileArguments),
}

#[derive(Args)]
pub struct FileArguments {
    /// The creditor's file.
    file: PathBuf,
    /// What the file looks like: see docs/mapping.md.
    #[arg(long)]
    mapping: PathBuf,
    /// Check every row and write nothing to the database.
    #[arg(long)]
    dry_run: bool,
    /// Where refused rows go, with what is wrong and how to put it right. Without it: FILE.rejects.csv, except in a dry run.
    #[arg(long)]
    rejects: Option<PathBuf>,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

pub async fn import(config: Config, command: ImportCommand) -> Result<ExitCode, CommandError> {
    let (kind, arguments) = match command {
        ImportCommand::Accounts(arguments) => (FileKind::Accounts, arguments),
        ImportCommand::Transactions(arguments) => (FileKind::Transactions, arguments),
        ImportCommand::Payments(arguments) => (FileKind::Payments, arguments),
    };
    let mapping = read_mapping(&arguments.mapping, kind)?;
    if !arguments.file.is_file() {
        return Err(CommandError::Usage(format!("{} is not a file that can be read", arguments.file.display())));
    }
    let rejects = arguments.rejects.or_else(|| (!arguments.dry_run).then(|| rejects_beside(&arguments.file)));
    if rejects.as_ref().is_some_and(|rejects| same_file(rejects, &arguments.file)) {
        return Err(CommandError::Usage("the rejects file must not be the file that is imported".into()));
    }
    let now = config.clock.now();
    // Payments have receipts and messages, which take the whole portal; everything else its database alone.
    let portal = match kind {
        FileKind::Payments => Some(open_state(config.clone()).await?),
        FileKind::Accounts | FileKind::Transactions => None,
    };
    let db = match &portal {
        Some(state) => state.db.clone(),
        None => open_database(&config).await?,
    };
    let request = Request {
        input: Input::File(arguments.file),
        mapping,
        dry_run: arguments.dry_run,
        rejects,
        shift_months: 0,
        now,
        batch: DEFAULT_BATCH,
    };
    let stop = stop_when_asked();
    let mut line = ProgressLine::new(arguments.json);
    let after_batch = |progress| {
        line.show(progress);
        if stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let outcome = match &portal {
        Some(state) => import::import_payments(state, request, after_batch).await,
        None => import::import(&db, request, after_batch).await,
    };
    line.clear();
    let summary = outcome.map_err(|error| in_words(error, &arguments.mapping))?;
    db.close().await;
    if arguments.json {
        println!("{}", as_json(&summary, kind, arguments.dry_run));
    } else {
        print!("{}", in_text(&summary, kind, arguments.dry_run));
        show_faults(&summary);
    }
    Ok(match (summary.interrupted, summary.rejected) {
        (true, _) => ExitCode::from(3),
        (false, 0) => ExitCode::SUCCESS,
        (false, _) => ExitCode::from(1),
    })
}

fn read_mapping(path: &Path, kind: FileKind) -> Result<Mapping, CommandError> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| CommandError::Usage(format!("the mapping {shown}: {error}")))?;
    let mapping = Mapping::parse(&text).map_err(|error| CommandError::Usage(format!("the mapping {shown}, {error}")))?;
    if mapping.kind == kind {
        Ok(mapping)
    } else {
        Err(CommandError::Usage(format!("the mapping {shown} is for {}, not for {}", mapping.kind.name(), kind.name())))
    }
}

fn rejects_beside(file: &Path) -> PathBuf {
    let mut name = file.file_stem().unwrap_or_default().to_owned();
    name.push(".rejects.csv");
    file.with_file_name(name)
}

fn same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

/// Ctrl-C and SIGTERM end an import between two batches, so that the same command goes on from there.
fn stop_when_asked() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = stop.clone();
    tokio::spawn(async move {
        super::serve::asked_to_stop().await;
        asked.store(true, Ordering::Relaxed);
    });
    stop
}

/// Whose fault it is decides the exit code.
pub fn in_words(error: ImportError, mapping: &Path) -> CommandError {
    match error {
        ImportError::Mapping(error) => CommandError::Usage(format!("the mapping {}, {error}", mapping.display())),
        ImportError::File(_) | ImportError::FileChanged | ImportError::TooManyRepeats => CommandError::Usage(error.to_string()),
        ImportError::Booking(failure) => failure.into(),
        ImportError::Rejects(_) | ImportError::ReaderStopped | ImportError::NeedsPortal => {
            CommandError::Failed(error.to_string())
        }
        ImportError::Store(error) => error.into(),
    }
}

fn as_json(summary: &Summary, kind: FileKind, dry_run: bool) -> serde_json::Value {
    json!({
        "kind": kind.name(),
        "dry_run": dry_run,
        "rows": summary.rows,
        "new": summary.new,
        "updated": summary.updated,
        "unchanged": summary.unchanged,
        "rejected": summary.rejected,
        "balance_differs": summary.balance_differs,
        "resumed_after": summary.resumed_after,
        "interrupted": summary.interrupted,
        "faults": summary.faults_by_code,
        "rejects_file": summary.rejects_file.as_ref().map(|path| path.display().to_string()),
    })
}

fn in_text(summary: &Summary, kind: FileKind, dry_run: bool) -> String {
    let Summary { rows, new, updated, unchanged, rejected, .. } = summary;
    let mut text =
        if dry_run { format!("Nothing was written. Of {rows} {}", kind.name()) } else { format!("Of {rows} {}", kind.name()) };
    let verb = if dry_run { "would be" } else { "are" };
    text.push_str(&format!(": {new} {verb} new, {updated} updated, {unchanged} unchanged, {rejected} refused.\n"));
    if summary.resumed_after > 0 {
        text.push_str(&format!("An earlier run had done {} rows; this one went on from there.\n", summary.resumed_after));
    }
    if summary.balance_differs > 0 {
        text.push_str(&format!("{} accounts report a balance that the books do not explain.\n", summary.balance_differs));
    }
    if summary.interrupted {
        text.push_str("Stopped between two batches. The same command goes on from here.\n");
    }
    if let Some(path) = &summary.rejects_file {
        text.push_str(&format!("Refused rows, and how to put them right: {}\n", path.display()));
    }
    text
}

/// The first faults. Values are people's data: they are shown on a terminal, never written to a log that standard error
/// may be.
fn show_faults(summary: &Summary) {
    const LONGEST_VALUE: usize = 40;
    let mut stderr = std::io::stderr();
    let personal = stderr.is_terminal();
    for fault in &summary.faults {
        let value: String = fault.value.chars().take(LONGEST_VALUE).map(|c| if c.is_control() { '·' } else { c }).collect();
        let value = if personal { format!(" \"{value}\"") } else { String::new() };
        let line = format!("line {}, {}{value}: {}. {}.", fault.line, fault.column, fault.reason.why(), fault.reason.fix());
        // A closed standard error is no reason to fail.
        drop(writeln!(stderr, "{line}"));
    }
    let all: u64 = summary.faults_by_code.values().sum();
    let shown = u64::try_from(summary.faults.len()).unwrap_or(0);
    if all > shown {
        drop(writeln!(stderr, "… and {} more faults.", all - shown));
    }
}
