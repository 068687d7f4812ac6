//! `evenkeel link REFERENCE`: makes a one-use sign-in link and prints it. Nothing personal is printed; the address is shown
//! this once.

use super::{CommandError, open_state};
use crate::server::config::Config;
use crate::server::services::links::{self, LinkError};
use clap::Args;
use std::process::ExitCode;

#[derive(Args)]
pub struct LinkArguments {
    /// The account's reference, as the creditor writes it.
    reference: String,
    /// Print JSON: {"url": …, "expires_at": …}.
    #[arg(long)]
    json: bool,
}

/// Exit code 1: no account has this reference.
pub async fn link(config: Config, arguments: LinkArguments) -> Result<ExitCode, CommandError> {
    let state = open_state(config).await?;
    let made = links::make(&state, &arguments.reference).await;
    state.db.close().await;
    match made {
        Ok(made) if arguments.json => {
            println!("{}", serde_json::json!({ "url": made.url, "expires_at": made.expires_at.to_string() }));
            Ok(ExitCode::SUCCESS)
        }
        Ok(made) => {
            println!("{}", made.url);
            eprintln!("It opens once, with the customer's date of birth, until {}.", made.expires_at);
            Ok(ExitCode::SUCCESS)
        }
        Err(LinkError::UnknownReference) => {
            eprintln!("evenkeel: no account has this reference");
            Ok(ExitCode::from(1))
        }
        Err(LinkError::Store(error)) => Err(error.into()),
    }
}
