//! `evenkeel life-event list | show | confirm | dismiss | end`: what others told us about account holders, and what a person decides.

use super::outbox::instant;
use super::{CommandError, open_state};
use crate::domain::calendar::Date;
use crate::domain::life_event::{ToldBy, lines};
use crate::server::config::Config;
use crate::server::services::life_events::{self, Confirmation, ListedEvent, NotDecided, StaffView};
use crate::server::state::AppState;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use std::process::ExitCode;

#[derive(Subcommand)]
pub enum LifeEventCommand {
    /// Those that wait for a person: late ones first, then by the promised day.
    List {
        /// Those that were confirmed and are in force, instead.
        #[arg(long)]
        confirmed: bool,
        /// At most so many.
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// What was told, by whom and about whom. Personal: it is for whoever checks it.
    Show { reference: String },
    /// It is so: the hold stays, and the letter goes to whoever stands in for the customer.
    Confirm {
        reference: String,
        #[command(flatten)]
        confirmed: Confirmed,
    },
    /// It is not so, or concerns nobody here: what was on hold goes on.
    Dismiss {
        reference: String,
        /// Who decides.
        #[arg(long)]
        by: String,
    },
    /// What was confirmed is over: everything goes on.
    End {
        reference: String,
        /// Who decides.
        #[arg(long)]
        by: String,
    },
}

#[derive(Args)]
pub struct Confirmed {
    /// Who decides.
    #[arg(long)]
    by: String,
    /// Of an account of whom it is about, where the report did not find it.
    #[arg(long)]
    account: Option<String>,
    /// Who the letter goes to, where they are not who they said. Only an executor, a trustee and an adviser read which account it is.
    #[arg(long, value_enum)]
    to: Option<Role>,
    /// The name on the letter, where it is another than was told.
    #[arg(long)]
    name: Option<String>,
    /// The address of the letter, its lines with semicolons between, where it is another than was told.
    #[arg(long)]
    address: Option<String>,
    /// The last day of a breathing space or moratorium, as its papers say: YYYY-MM-DD.
    #[arg(long)]
    until: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Role {
    Executor,
    Family,
    Trustee,
    Adviser,
    Myself,
    Other,
}

impl Role {
    fn told_by(self) -> ToldBy {
        match self {
            Role::Executor => ToldBy::Executor,
            Role::Family => ToldBy::Family,
            Role::Trustee => ToldBy::Trustee,
            Role::Adviser => ToldBy::Adviser,
            Role::Myself => ToldBy::Myself,
            Role::Other => ToldBy::Other,
        }
    }
}

impl Confirmed {
    fn confirmation(self, reference: String) -> Result<Confirmation, CommandError> {
        let until: Option<Date> = match self.until {
            Some(text) => {
                Some(text.parse().map_err(|_| CommandError::Usage(format!("--until {text} is no day such as 2027-01-31")))?)
            }
            None => None,
        };
        Ok(Confirmation {
            reference,
            by: self.by,
            account: self.account,
            to: self.to.map(Role::told_by),
            name: self.name,
            address: self.address.as_deref().map(lines).unwrap_or_default(),
            until,
        })
    }
}

/// Exit code 0: done; 1: refused.
pub async fn life_event(config: Config, command: LifeEventCommand) -> Result<ExitCode, CommandError> {
    let state = open_state(config).await?;
    let outcome = run(&state, command).await;
    state.db.close().await;
    outcome
}

async fn run(state: &AppState, command: LifeEventCommand) -> Result<ExitCode, CommandError> {
    match command {
        LifeEventCommand::List { confirmed, limit, json } => {
            let found =
                if confirmed { life_events::in_force(state, limit).await? } else { life_events::waiting(state, limit).await? };
            let now = state.clock.now_millis();
            for event in found {
                let late = event.times_late > 0 || event.answer_by < now;
                if json { println!("{}", to_json(&event, late)) } else { println!("{}", to_line(&event, late)) }
            }
            Ok(ExitCode::SUCCESS)
        }
        LifeEventCommand::Show { reference } => match life_events::for_staff(state, reference.trim()).await? {
            Some(view) => {
                print_report(&view);
                Ok(ExitCode::SUCCESS)
            }
            None => refuse(&NotDecided::NoSuchReport),
        },
        LifeEventCommand::Confirm { reference, confirmed } => {
            match life_events::confirm(state, &confirmed.confirmation(reference)?).await? {
                Ok(letter) => {
                    println!("Confirmed. Letter {letter} is written; what goes by post is in `evenkeel letters list`.");
                    Ok(ExitCode::SUCCESS)
                }
                Err(refused) => refuse(&refused),
            }
        }
        LifeEventCommand::Dismiss { reference, by } => match life_events::dismiss(state, &reference, &by).await? {
            Ok(()) => {
                println!("Dismissed. Nothing is on hold because of it any more.");
                Ok(ExitCode::SUCCESS)
            }
            Err(refused) => refuse(&refused),
        },
        LifeEventCommand::End { reference, by } => match life_events::end(state, &reference, &by).await? {
            Ok(()) => {
                println!("Ended. After a breathing space the hold goes on until its customer was told.");
                Ok(ExitCode::SUCCESS)
            }
            Err(refused) => refuse(&refused),
        },
    }
}

fn to_line(event: &ListedEvent, late: bool) -> String {
    let late = if late { "  late" } else { "" };
    let account = event.account.as_deref().unwrap_or("-");
    format!("{}  by {}  {}  {}  {account}{late}", event.reference, instant(event.answer_by), event.happened, event.state)
}

fn to_json(event: &ListedEvent, late: bool) -> String {
    json!({
        "reference": event.reference, "happened": event.happened, "state": event.state, "account": event.account,
        "told_at": instant(event.told_at), "answer_by": instant(event.answer_by), "late": late, "times_late": event.times_late,
    })
    .to_string()
}

fn print_report(view: &StaffView) {
    let (event, told) = (&view.event, &view.told);
    println!("{}  {}  {}  language {}", event.reference, event.happened.code(), event.state.code(), event.language);
    println!("Told {}. To be answered by {}.", instant(event.told_at), instant(event.answer_by));
    let accounts = if view.accounts.is_empty() { "none found".to_owned() } else { view.accounts.join(", ") };
    println!("Accounts: {accounts}");
    if let Some(holder) = &told.holder {
        let birth = holder.birth_date.map_or_else(|| "-".to_owned(), |date| date.to_string());
        let (given, family) = (plain(&holder.given_name), plain(&holder.family_name));
        println!("About: {given} {family}, reference {}, born {birth}, {}", plain(&holder.reference), plain(&holder.postal_code));
    }
    println!("Told by: {} ({})", plain(&told.teller_name), told.told_by.code());
    println!("Reach them: {}", plain(&told.reply_to));
    println!("Letters to: {}", plain(&told.address.join("; ")));
    println!("When: {}", told.happened_on.map_or_else(|| "-".to_owned(), |date| date.to_string()));
    println!("Their reference: {}  In whose hands: {}", plain(&told.case_reference), plain(&told.handled_by));
    println!("Said to end: {}", told.ends_on.map_or_else(|| "-".to_owned(), |date| date.to_string()));
    if let Some(at) = event.ends_at {
        println!("Ends by itself: {}", instant(at));
    }
    if let Some(by) = &event.decided_by {
        println!("Decided by {}.", plain(by));
    }
    for letter in &view.letters {
        println!("Letter: {letter}");
    }
    println!();
    println!("{}", plain(&told.words));
}

/// What strangers wrote must not move the cursor of whoever reads it.
fn plain(text: &str) -> String {
    text.replace(|character: char| character.is_control() && character != '\n', " ")
}

fn refuse(refused: &NotDecided) -> Result<ExitCode, CommandError> {
    let why = match refused {
        NotDecided::NoPerson => return Err(CommandError::Usage("a decision needs a person: --by".into())),
        NotDecided::NobodyKnown => {
            return Err(CommandError::Usage("the report found no account: name one of the customer's with --account".into()));
        }
        NotDecided::NoAddress => {
            return Err(CommandError::Usage("nothing says where the letter goes: --name and --address \"Line; Line\"".into()));
        }
        NotDecided::NoSuchReport => "nothing was told under this reference".to_owned(),
        NotDecided::NotNow(state) => format!("the report is {}: that cannot be done now", state.code()),
        NotDecided::NoSuchAccount => "no account has this reference".to_owned(),
        NotDecided::OtherCustomer => "the report is about somebody else's account".to_owned(),
        NotDecided::NoSuchEnd { latest } => format!("it ends between today and {latest}"),
    };
    eprintln!("evenkeel: {why}");
    Ok(ExitCode::from(1))
}
