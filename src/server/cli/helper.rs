//! `evenkeel helper list | end`: whom customers let help.

use super::outbox::instant;
use super::{CommandError, open_state};
use crate::server::config::Config;
use crate::server::services::helpers;
use crate::server::state::AppState;
use clap::Subcommand;
use serde_json::json;
use std::process::ExitCode;

#[derive(Subcommand)]
pub enum HelperCommand {
    /// Those that are not over, the next to end first. Names are not part of it.
    List {
        /// At most so many.
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// End one at once, for open sessions too.
    End {
        reference: String,
        /// Who decides.
        #[arg(long)]
        by: String,
    },
}

/// Exit code 0: done; 1: refused.
pub async fn helper(config: Config, command: HelperCommand) -> Result<ExitCode, CommandError> {
    let state = open_state(config).await?;
    let outcome = run(&state, command).await;
    state.db.close().await;
    outcome
}

async fn run(state: &AppState, command: HelperCommand) -> Result<ExitCode, CommandError> {
    match command {
        HelperCommand::List { limit, json: as_json } => {
            for helper in helpers::live(state, limit).await? {
                let (kind, until) = (helper.kind.code(), instant(helper.ends_at));
                if as_json {
                    let line = json!({
                        "reference": helper.reference, "kind": kind, "state": helper.state, "account": helper.account,
                        "until": until,
                    });
                    println!("{line}");
                } else {
                    println!("{}  until {until}  {}  {kind}  {}", helper.reference, helper.state, helper.account);
                }
            }
            Ok(ExitCode::SUCCESS)
        }
        HelperCommand::End { by, .. } if by.trim().is_empty() => {
            Err(CommandError::Usage("a decision needs a person: --by".into()))
        }
        HelperCommand::End { reference, by } => match helpers::end_by_operator(state, reference.trim(), by.trim()).await? {
            Some(true) => {
                println!("Ended.");
                Ok(ExitCode::SUCCESS)
            }
            Some(false) => {
                eprintln!("evenkeel: it was over before");
                Ok(ExitCode::from(1))
            }
            None => {
                eprintln!("evenkeel: nobody helps under this reference");
                Ok(ExitCode::from(1))
            }
        },
    }
}
