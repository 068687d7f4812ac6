//! `evenkeel details show | set REFERENCE`: what customers corrected about themselves, and what a person here corrects who has seen a
//! proof. The proof and the talk about it are a conversation (`evenkeel message`).

use super::outbox::instant;
use super::{CommandError, open_state};
use crate::domain::calendar::Date;
use crate::server::config::Config;
use crate::server::services::details::{self, Correction, NotCorrected};
use crate::server::state::AppState;
use clap::Subcommand;
use std::process::ExitCode;

#[derive(Subcommand)]
pub enum DetailsCommand {
    /// What was corrected of the customer of an account, when and by whom; not what it is.
    Show { reference: String },
    /// Correct a name or a date of birth. Its customer is told that something was changed.
    Set {
        reference: String,
        /// Both names as they are now.
        #[arg(long, num_args = 2, value_names = ["GIVEN", "FAMILY"], required_unless_present = "born", conflicts_with = "born")]
        name: Option<Vec<String>>,
        /// The date of birth, such as 1980-02-29.
        #[arg(long)]
        born: Option<Date>,
        /// Who decides.
        #[arg(long)]
        by: String,
        /// Why: what proof was seen.
        #[arg(long)]
        reason: String,
    },
}

/// Exit code 1: refused, with the reason.
pub async fn details(config: Config, command: DetailsCommand) -> Result<ExitCode, CommandError> {
    let state = open_state(config).await?;
    let code = match command {
        DetailsCommand::Show { reference } => show(&state, &reference).await,
        DetailsCommand::Set { reference, name, born, by, reason } => {
            let correction = match (&name, born) {
                (_, Some(born)) => Some(Correction::BirthDate(born)),
                (Some(names), None) => match names.as_slice() {
                    [given, family] => Some(Correction::Name { given, family }),
                    _ => None,
                },
                (None, None) => None,
            };
            match correction {
                Some(correction) => set(&state, &reference, &correction, (&by, &reason)).await,
                None => Err(CommandError::Usage("--name takes a given and a family name, --born a date".into())),
            }
        }
    };
    state.db.close().await;
    code
}

async fn set(state: &AppState, reference: &str, correction: &Correction<'_>, by: (&str, &str)) -> Result<ExitCode, CommandError> {
    match details::correct(state, reference, correction, by).await? {
        Ok(()) => {
            println!("Corrected. The customer is told that something was changed; `evenkeel export details` tells the creditor.");
            Ok(ExitCode::SUCCESS)
        }
        Err(refusal) => Ok(refuse(in_words(refusal))),
    }
}

fn refuse(words: &str) -> ExitCode {
    eprintln!("evenkeel: {words}");
    ExitCode::from(1)
}

fn in_words(refusal: NotCorrected) -> &'static str {
    match refusal {
        NotCorrected::NoAccount => "no account has this reference",
        NotCorrected::NoPerson => "--by takes the name of a person, of at most 120 characters",
        NotCorrected::NoReason => "--reason takes 1 to 500 characters",
        NotCorrected::NotAName => "each name takes letters, at most 100 characters",
        NotCorrected::NotABirthDate => "a date of birth is in the past, and not before 1900",
        NotCorrected::SameAsNow => "that is what we have already; nothing was changed",
    }
}

async fn show(state: &AppState, reference: &str) -> Result<ExitCode, CommandError> {
    let Some(shown) = details::of_reference(state, reference).await? else {
        return Ok(refuse(in_words(NotCorrected::NoAccount)));
    };
    if shown.corrected.is_empty() {
        println!("Nothing was corrected.");
    }
    for own in &shown.corrected {
        let then = match (own.ended_at, own.confirmed_at) {
            (Some(at), _) => format!("the creditor sent something newer on {}", instant(at)),
            (None, Some(at)) => format!("the creditor has it since {}", instant(at)),
            (None, None) => "the creditor does not have it yet".to_owned(),
        };
        println!("{}: {} by {}; {then}", own.detail.code(), instant(own.changed_at), own.changed_by);
    }
    Ok(ExitCode::SUCCESS)
}
