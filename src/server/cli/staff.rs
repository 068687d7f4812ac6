//! `evenkeel staff add | list | role | disable | enable | end-sessions | reset-factors | new-password`.

use super::{CommandError, open_state};
use crate::server::config::Config;
use crate::server::security::passwords;
use crate::server::services::staff::{self, Added, By, Changed, NewPerson, Person, Role};
use crate::server::state::AppState;
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
    /// Add a person. Without --password-stdin a password is made and printed this once. Either way they choose their own at first.
    Add {
        /// The address they sign in with.
        email: String,
        #[arg(long)]
        name: String,
        /// agent, reviewer, manager, administrator, auditor or partner.
        #[arg(long, value_parser = read_role)]
        role: Role,
        /// Read the password from the first line of standard input; at a terminal it is asked for and not shown.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Everybody who works here.
    List,
    /// Give somebody another role. Signs them out everywhere.
    Role {
        email: String,
        /// agent, reviewer, manager, administrator, auditor or partner.
        #[arg(value_parser = read_role)]
        role: Role,
    },
    /// Keep somebody out from now on.
    Disable { email: String },
    /// Let somebody in again.
    Enable { email: String },
    /// Sign somebody out everywhere.
    EndSessions { email: String },
    /// Forget somebody's authenticator and recovery codes; they set them up anew the next time.
    ResetFactors { email: String },
    /// Make a password for somebody who has forgotten theirs; printed this once. They choose their own with it.
    NewPassword { email: String },
}

fn read_role(text: &str) -> Result<Role, String> {
    let codes = Role::ALL.map(Role::code).join(", ");
    Role::from_code(text).ok_or_else(|| format!("a role is one of: {codes}"))
}

/// Exit code 1: it was understood and refused. What was so before is done.
pub async fn staff(config: Config, arguments: StaffArguments) -> Result<ExitCode, CommandError> {
    let password = match &arguments.what {
        What::Add { password_stdin: true, .. } => Some(read_password()?),
        _ => None,
    };
    let state = open_state(config).await?;
    let done = run(&state, arguments.what, password).await;
    state.db.close().await;
    done
}

async fn run(state: &AppState, what: What, typed: Option<String>) -> Result<ExitCode, CommandError> {
    let by = By::Operator;
    match what {
        What::Add { email, name, role, .. } => add(state, &NewPerson { email: &email, name: &name, role }, typed).await,
        What::List => list(state).await,
        What::NewPassword { email } => {
            let Some(person) = find(state, &email).await? else { return Ok(nobody(&email)) };
            let password = passwords::generate();
            let changed = staff::make_password(state, &by, &person.id, &password).await?;
            if changed == Changed::Done {
                println!("Password: {password}");
                eprintln!("It is shown this once and kept nowhere.");
            }
            Ok(told(&email, changed))
        }
        What::Role { email, role } => {
            let Some(person) = find(state, &email).await? else { return Ok(nobody(&email)) };
            Ok(told(&email, staff::change_role(state, &by, &person.id, role).await?))
        }
        What::Disable { email } => {
            let Some(person) = find(state, &email).await? else { return Ok(nobody(&email)) };
            Ok(told(&email, staff::disable(state, &by, &person.id).await?))
        }
        What::Enable { email } => {
            let Some(person) = find(state, &email).await? else { return Ok(nobody(&email)) };
            Ok(told(&email, staff::enable(state, &by, &person.id).await?))
        }
        What::EndSessions { email } => {
            let Some(person) = find(state, &email).await? else { return Ok(nobody(&email)) };
            Ok(told(&email, staff::end_sessions(state, &by, &person.id).await?))
        }
        What::ResetFactors { email } => {
            let Some(person) = find(state, &email).await? else { return Ok(nobody(&email)) };
            Ok(told(&email, staff::reset_second_factor(state, &by, &person.id).await?))
        }
    }
}

async fn add(state: &AppState, new: &NewPerson<'_>, typed: Option<String>) -> Result<ExitCode, CommandError> {
    let is_made = typed.is_none();
    let password = typed.unwrap_or_else(passwords::generate);
    let refusal = match staff::add(state, &By::Operator, new, &password).await? {
        Added::Added(_) => {
            println!("{} was added as {}.", new.email, new.role.code());
            if is_made {
                println!("Password: {password}");
                eprintln!("It is shown this once and kept nowhere.");
            }
            return Ok(ExitCode::SUCCESS);
        }
        Added::Duplicate => format!("somebody with the address {} is there already", new.email),
        Added::NotAnAddress => return Err(CommandError::Usage(format!("{} is not an e-mail address", new.email))),
        Added::NoName => return Err(CommandError::Usage("a name has from 1 to 100 letters".into())),
        Added::Weak(weak) => weak.to_string(),
    };
    eprintln!("evenkeel: {refusal}");
    Ok(ExitCode::from(1))
}

async fn list(state: &AppState) -> Result<ExitCode, CommandError> {
    for person in staff::people(state).await? {
        let standing = match (person.disabled_at, person.password_is_made, person.has_second_factor) {
            (Some(_), _, _) => "disabled",
            (None, true, _) => "has a password somebody made",
            (None, false, false) => "has no second factor yet",
            (None, false, true) => "comes in",
        };
        println!("{:<14} {:<34} {:<28} {standing}", person.role.code(), person.email, person.name);
    }
    Ok(ExitCode::SUCCESS)
}

async fn find(state: &AppState, email: &str) -> Result<Option<Person>, CommandError> {
    Ok(staff::person_by_email(state, email).await?)
}

fn nobody(email: &str) -> ExitCode {
    eprintln!("evenkeel: nobody with the address {email} works here");
    ExitCode::from(1)
}

fn told(email: &str, changed: Changed) -> ExitCode {
    match changed {
        Changed::Done => println!("Done. {email} is signed out everywhere."),
        Changed::Already => println!("It was so before."),
        Changed::LastAdministrator => {
            eprintln!("evenkeel: {email} is the last administrator who can come in; make another one first");
            return ExitCode::from(1);
        }
        Changed::Yourself | Changed::Unknown => return nobody(email),
    }
    ExitCode::SUCCESS
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
