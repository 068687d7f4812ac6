//! `evenkeel backup FILE` and `evenkeel restore FILE`.

use super::{CommandError, open_database};
use crate::server::backup::{BackupError, Manifest};
use crate::server::config::Config;
use crate::server::services::backups;
use age::secrecy::SecretString;
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
pub struct BackupArguments {
    /// The file to write, or to restore. A backup holds the signing keys and personal data.
    file: PathBuf,
    /// The first line of this file is the passphrase; the backup is encrypted with it (age, scrypt).
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

/// Shorter ones are guessed.
const SHORTEST_PASSPHRASE_LETTERS: usize = 12;

/// Takes a backup while the portal goes on working.
pub async fn backup(config: Config, arguments: BackupArguments) -> Result<ExitCode, CommandError> {
    let passphrase = arguments.passphrase_file.as_deref().map(read_passphrase).transpose()?;
    let encrypted = passphrase.is_some();
    let db = open_database(&config).await?;
    let manifest = backups::take(&db, config.clock, &arguments.file, passphrase).await?;
    db.close().await;
    println!("{} is a backup of {} rows.", arguments.file.display(), rows(&manifest));
    if !encrypted {
        eprintln!("It is not encrypted and holds personal data and the signing keys: keep it where only you can read it.");
    }
    Ok(ExitCode::SUCCESS)
}

/// Restores into an empty database.
pub async fn restore(config: Config, arguments: BackupArguments) -> Result<ExitCode, CommandError> {
    let passphrase = arguments.passphrase_file.as_deref().map(read_passphrase).transpose()?;
    let db = open_database(&config).await?;
    let manifest = backups::restore(&db, &arguments.file, passphrase).await?;
    db.close().await;
    println!("Restored {} rows from {}.", rows(&manifest), arguments.file.display());
    Ok(ExitCode::SUCCESS)
}

fn rows(manifest: &Manifest) -> u64 {
    manifest.values().map(|table| table.rows).sum()
}

fn read_passphrase(path: &Path) -> Result<SecretString, CommandError> {
    let text = std::fs::read_to_string(path).map_err(|error| CommandError::Usage(format!("{}: {error}", path.display())))?;
    let passphrase = text.lines().next().unwrap_or_default().trim_end();
    if passphrase.chars().count() < SHORTEST_PASSPHRASE_LETTERS {
        let message = format!("the passphrase in {} has less than {SHORTEST_PASSPHRASE_LETTERS} letters", path.display());
        return Err(CommandError::Usage(message));
    }
    Ok(SecretString::from(passphrase.to_owned()))
}

impl From<BackupError> for CommandError {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Store(error) => error.into(),
            BackupError::File(_) | BackupError::Damaged(_) => CommandError::Failed(error.to_string()),
            BackupError::WrongPassphrase
            | BackupError::PassphraseNeeded
            | BackupError::OtherMigrations { .. }
            | BackupError::NotEmpty
            | BackupError::AlreadyThere(_) => CommandError::Usage(error.to_string()),
        }
    }
}
