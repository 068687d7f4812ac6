//! `evenkeel keys list | rotate`: the keys that sign documents.

use super::{CommandError, open_state};
use crate::server::config::Config;
use crate::server::http::keys::to_json;
use crate::server::services::documents;
use clap::{Args, Subcommand};
use std::process::ExitCode;

#[derive(Args)]
pub struct KeysArguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Print every key, current and past, as the portal publishes them.
    List,
    /// Sign with a new key from now on. What the old one signed stays genuine; its secret half is erased.
    Rotate,
}

pub async fn keys(config: Config, arguments: KeysArguments) -> Result<ExitCode, CommandError> {
    let state = open_state(config).await?;
    match arguments.what {
        What::List => println!("{:#}", to_json(&documents::keys(&state).await?)),
        What::Rotate => println!("Documents are signed with key {} from now on.", documents::rotate_key(&state).await?),
    }
    state.db.close().await;
    Ok(ExitCode::SUCCESS)
}
