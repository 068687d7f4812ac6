//! `evenkeel export customer REFERENCE --out FILE.zip`: all that is stored of the customer of an account, as they can download it
//! themselves. It is recorded.

use crate::server::archive;
use crate::server::cli::{CommandError, open_state};
use crate::server::config::Config;
use crate::server::services::everything::{self, For};
use crate::server::state::AppState;
use std::fs::OpenOptions;
use std::io::BufWriter;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tokio::sync::mpsc;

/// Pieces that wait to be written.
const PIECES_WAITING: usize = 4;

/// Read and write, for whoever runs the command.
const OWNER_ONLY: u32 = 0o600;

/// Exit code 1: no account has this reference.
pub(super) async fn export(config: Config, reference: Option<String>, out: Option<PathBuf>) -> Result<ExitCode, CommandError> {
    let (Some(reference), Some(out)) = (reference, out) else {
        return Err(CommandError::Usage("export customer needs a REFERENCE and --out FILE.zip".into()));
    };
    let state = open_state(config).await?;
    let code = write(&state, &reference, &out).await;
    state.db.close().await;
    code
}

async fn write(state: &AppState, reference: &str, out: &Path) -> Result<ExitCode, CommandError> {
    let Some(customer) = everything::customer_of(state, reference).await? else {
        eprintln!("evenkeel: no account has this reference");
        return Ok(ExitCode::from(1));
    };
    let unwritten = |error: std::io::Error| CommandError::Failed(format!("{}: {error}", out.display()));
    // Never over a file that is there.
    let file = OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(out).map_err(unwritten)?;
    everything::begin(state, &customer, For::Operator).await?;
    let (parts, packed) = mpsc::channel(PIECES_WAITING);
    let writing = tokio::task::spawn_blocking(move || archive::write(packed, BufWriter::new(file)));
    let read = everything::pack(state, &customer, For::Operator, &parts).await;
    drop(parts);
    let written = writing.await.map_err(|error| CommandError::Failed(error.to_string()))?;
    read?;
    written.map_err(unwritten)?;
    println!("Written to {}. It holds private things of one person.", out.display());
    Ok(ExitCode::SUCCESS)
}
