//! `evenkeel mail receive`: takes in one message from standard input, as a mail server's pipe hands it over.

use super::{CommandError, open_state};
use crate::server::config::Config;
use crate::server::services::returns::{self, Followed};
use clap::{Args, Subcommand};
use std::io::Read;
use std::process::ExitCode;

#[derive(Args)]
pub struct MailArguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Read one message from standard input: a report that a message was not delivered, a complaint, or a reply.
    Receive {
        /// Where it was sent, if the mail server says so (Postfix: ${recipient}).
        #[arg(long)]
        recipient: Option<String>,
    },
}

/// Far more than a report that encloses one of our messages with its document.
const LONGEST_MESSAGE_BYTES: u64 = 16 * 1024 * 1024;

/// What a mail server understands as "try again later" (EX_TEMPFAIL of sysexits.h); anything else it answers with a bounce.
const TRY_AGAIN: u8 = 75;

/// Exit code 0 for everything that was read, whatever it was; 1: it is no message; 75: a machine broke or a file of
/// the settings is missing, and it is to be handed over again.
pub async fn mail(config: Config, arguments: MailArguments) -> Result<ExitCode, CommandError> {
    let What::Receive { recipient } = arguments.what;
    match receive(config, recipient.as_deref()).await {
        Err(CommandError::Failed(message) | CommandError::Usage(message)) => {
            eprintln!("evenkeel: {message}");
            Ok(ExitCode::from(TRY_AGAIN))
        }
        received => received,
    }
}

async fn receive(config: Config, recipient: Option<&str>) -> Result<ExitCode, CommandError> {
    let mut raw = Vec::new();
    let read = std::io::stdin().take(LONGEST_MESSAGE_BYTES).read_to_end(&mut raw);
    read.map_err(|error| CommandError::Failed(format!("standard input: {error}")))?;
    let state = open_state(config).await?;
    let followed = returns::receive(&state, &raw, recipient).await;
    state.db.close().await;
    let (told, code) = match followed? {
        Followed::NotDelivered { for_good: true } => ("not delivered: the address does not work", 0),
        Followed::NotDelivered { for_good: false } => ("not delivered for now", 0),
        Followed::Stopped => ("e-mail is stopped", 0),
        Followed::StoppedAndForAPerson => ("e-mail is stopped; for a person to read", 0),
        Followed::KnownBefore => ("known before", 0),
        Followed::NotOurs => ("about no message of ours", 0),
        Followed::ForAPerson => ("for a person to read", 0),
        Followed::TooManyToday => ("for a person to read; so many came today that it was not kept here", 0),
        Followed::Unreadable => ("no message", 1),
    };
    println!("{told}");
    Ok(ExitCode::from(code))
}
