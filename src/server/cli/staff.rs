//! `evenkeel staff add EMAIL --name NAME --role ROLE`.

use super::{CommandError, open_state};
use crate::server::config::Config;
use crate::server::security::passwords;
use crate::server::services::staff::{self, Added, Role};
use clap::{Args, Subcommand};
use std::io::{BufRead, IsTerminal};
use std::process::{Command, ExitCode, Stdio};

#[derive(Args)]
pub struct StaffArguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Add a person. Without --password-stdin a password is made and printed this once.
    Add {
        /// The address they sign in with.
        email: String,
        #[arg(long)]
        name: String,
        #[arg(long, value_enum)]
        role: Role,
        /// Read the password from the first line of standard input; at a terminal it is asked for and not shown.
        #[arg(long)]
        password_stdin: bool,
    },
}

/// Exit code 1: the person is there already, or the password would be guessed.
pub async fn staff(config: Config, arguments: StaffArguments) -> Result<ExitCode, CommandError> {
    let What::Add { email, name, role, password_stdin } = arguments.what;
    let (password, made) = if password_stdin { (read_password()?, None) } else { (passwords::generate(), Some(())) };
    let state = open_state(config).await?;
    let added = staff::add(&state, &email, &name, role, password.clone()).await?;
    state.db.close().await;
    let refusal = match added {
        Added::Added => {
            println!("{email} was added as {}.", role.code());
            if made.is_some() {
                println!("Password: {password}");
                eprintln!("It is shown this once and kept nowhere.");
            }
            return Ok(ExitCode::SUCCESS);
        }
        Added::Duplicate => format!("somebody with the address {email} is there already"),
        Added::NotAnAddress => return Err(CommandError::Usage(format!("{email} is not an e-mail address"))),
        Added::Weak(weak) => weak.to_string(),
    };
    eprintln!("evenkeel: {refusal}");
    Ok(ExitCode::from(1))
}

fn read_password() -> Result<String, CommandError> {
    let at_terminal = std::io::stdin().is_terminal();
    if at_terminal {
        eprint!("Password: ");
        echo("-echo");
    }
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    if at_terminal {
        echo("echo");
        eprintln!();
    }
    read.map_err(|error| CommandError::Failed(format!("standard input: {error}")))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Whether the terminal shows what is typed. Where stty is missing it goes on showing it.
fn echo(setting: &str) {
    drop(Command::new("stty").arg(setting).stdin(Stdio::inherit()).status());
}
