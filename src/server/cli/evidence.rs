//! `evenkeel evidence list | open | rewrap`: what customers uploaded for a case, for the person who reviews it. Opening writes down
//! who and why before anything is read.

use super::outbox::instant;
use super::{CommandError, open_state};
use crate::server::config::Config;
use crate::server::services::evidence::{self, Listed, NotOpened};
use crate::server::state::AppState;
use clap::{Args, Subcommand};
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
pub struct EvidenceArguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// The files of a case, and who opened them. Opens nothing.
    List {
        /// The id of the hardship case, dispute or message.
        case: String,
    },
    /// Write one file where only you can read it. That you opened it, and why, is written down.
    Open {
        case: String,
        /// The file's id, from `list`.
        evidence: String,
        /// Who opens it.
        #[arg(long)]
        by: String,
        /// Why, in your own words; kept for ever, so without names.
        #[arg(long)]
        reason: String,
        /// Where to write it; nothing is overwritten.
        #[arg(long)]
        out: PathBuf,
    },
    /// Encrypt the keys of all cases for the first key in evidence.key.
    Rewrap,
}

/// Exit code 1: there is no such case or file, it is deleted, or a key is missing.
pub async fn evidence(config: Config, arguments: EvidenceArguments) -> Result<ExitCode, CommandError> {
    let state = open_state(config).await?;
    let code = match arguments.what {
        What::List { case } => list(&state, &case).await,
        What::Open { case, evidence, by, reason, out } => open(&state, &case, &evidence, &by, &reason, &out).await,
        What::Rewrap => rewrap(&state).await,
    };
    state.db.close().await;
    code
}

async fn list(state: &AppState, case: &str) -> Result<ExitCode, CommandError> {
    let Some(Listed { case, items, openings }) = evidence::list(state, case).await? else {
        return Ok(refuse("no case with this id ever took evidence"));
    };
    let takes = if case.finished_at.is_some() { "takes no more" } else { "takes more" };
    let kept = match case.wrapped_key {
        Some(_) => format!("kept until {}", case.delete_on),
        None => "deleted".to_owned(),
    };
    println!("{}  {}  {takes}  {kept}", case.case_id, case.kind);
    for item in items {
        println!("{}  {}  {} bytes  added {}", item.id, item.kind.code(), item.bytes, instant(item.added_at));
    }
    for opening in openings {
        let said = |text: &str| text.replace(char::is_control, " ");
        let (by, reason) = (said(&opening.opened_by), said(&opening.reason));
        println!("opened {}  {}  by {by}: {reason}", instant(opening.opened_at), opening.item_id);
    }
    Ok(ExitCode::SUCCESS)
}

async fn open(
    state: &AppState,
    case: &str,
    evidence: &str,
    by: &str,
    reason: &str,
    out: &Path,
) -> Result<ExitCode, CommandError> {
    const OWNER_ONLY: u32 = 0o600;
    if out.exists() {
        return Err(CommandError::Usage(format!("{} is there already and was left alone", out.display())));
    }
    let opened = match evidence::open(state, case, evidence, by, reason).await? {
        Ok(opened) => opened,
        Err(NotOpened::NoPerson) => return Err(CommandError::Usage("opening needs a person: --by".into())),
        Err(NotOpened::NoReason) => return Err(CommandError::Usage("opening needs a reason: --reason".into())),
        Err(NotOpened::NoSuchFile) => return Ok(refuse("this case has no such file")),
        Err(NotOpened::Deleted) => return Ok(refuse("the evidence of this case is deleted, and its key destroyed")),
        Err(NotOpened::WrongKey) => {
            return Ok(refuse("the key of this case is encrypted for a portal key that evidence.key does not have"));
        }
    };
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(OWNER_ONLY)
        .open(out)
        .and_then(|mut file| file.write_all(&opened.bytes).and_then(|()| file.sync_all()));
    written.map_err(|error| CommandError::Failed(format!("{}: {error}", out.display())))?;
    println!("{} bytes of {} are in {}. Delete it when you have read it.", opened.bytes.len(), opened.kind.name(), out.display());
    Ok(ExitCode::SUCCESS)
}

async fn rewrap(state: &AppState) -> Result<ExitCode, CommandError> {
    let done = evidence::rewrap(state).await?;
    println!("Keys of cases encrypted anew: {}.", done.cases);
    if done.unknown > 0 {
        return Ok(refuse(&format!("{} keys are encrypted for a portal key that evidence.key does not have", done.unknown)));
    }
    Ok(ExitCode::SUCCESS)
}

fn refuse(why: &str) -> ExitCode {
    eprintln!("evenkeel: {why}");
    ExitCode::from(1)
}
