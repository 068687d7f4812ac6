//! `evenkeel demo load | invent N`: people to try the portal on. In sandbox mode only.

use super::import::in_words;
use super::{CommandError, demo_staff, open_database, open_state};
use crate::server::config::Config;
use crate::server::import::invent::Invented;
use crate::server::import::mapping::FileKind;
use crate::server::import::samples::{self, PEOPLE};
use crate::server::import::{self, DEFAULT_BATCH, Input, ProgressLine, Request};
use crate::server::processors::sandbox::Afterwards;
use crate::server::services::payments;
use clap::Subcommand;
use jiff::tz::TimeZone;
use serde_json::json;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;

/// Far above any real portfolio, and small enough for the references' seven digits.
const MAX_ACCOUNTS: u32 = 9_999_999;
const MAX_POSTINGS: u32 = 1_000;

#[derive(Subcommand)]
pub enum DemoCommand {
    /// Import the sample portfolio and say who can sign in.
    Load {
        /// Print who can sign in as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Invent so many accounts, always the same, for trying the portal at scale.
    Invent {
        #[arg(value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_ACCOUNTS)))]
        accounts: u32,
        /// Lines of history of each account.
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(0..=i64::from(MAX_POSTINGS)))]
        postings_per_account: u32,
    },
    /// Let something happen to a payment after it was made: a bank takes it back, or what went back comes again.
    After {
        /// The payment's reference, such as EK-7F3K-9Q2M.
        payment: String,
        #[arg(value_enum)]
        what: After,
    },
}

#[derive(Clone, Copy, clap::ValueEnum)]
pub enum After {
    /// The bank takes the debit back.
    Return,
    /// The card holder's bank takes it back.
    Chargeback,
    /// What went back last comes again.
    BringBack,
    /// It is refunded at the payment company, not here.
    Refund,
}

pub async fn demo(config: Config, command: DemoCommand) -> Result<ExitCode, CommandError> {
    if !config.sandbox {
        let reason = "demo works in sandbox mode only, so that invented people never meet real ones: set sandbox.enabled = true";
        return Err(CommandError::Usage(reason.into()));
    }
    match command {
        DemoCommand::Load { json } => load(config, json).await,
        DemoCommand::After { payment, what } => after(config, &payment, what).await,
        DemoCommand::Invent { accounts, postings_per_account } => invent(&config, accounts, postings_per_account).await,
    }
}

/// Exit code 1: no such payment, or nothing to happen to. The message about it is delivered by the worker.
async fn after(config: Config, reference: &str, what: After) -> Result<ExitCode, CommandError> {
    let state = open_state(config).await?;
    let afterwards = match what {
        After::Return => Afterwards::Returned,
        After::Chargeback => Afterwards::ChargedBack,
        After::BringBack => Afterwards::WonBack,
        After::Refund => Afterwards::RefundedElsewhere,
    };
    let charge = payments::processor_reference(&state, reference.trim()).await?;
    let happened = match (&state.sandbox, charge) {
        (Some(sandbox), Some(charge)) => {
            sandbox.happens(&charge, afterwards).await.map_err(|error| CommandError::Failed(error.to_string()))?
        }
        _ => false,
    };
    state.db.close().await;
    if happened {
        println!("Done. The portal hears of it while it is running.");
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "evenkeel: no payment with this reference was made through the sandbox, or nothing of it is left to go back (or to come again)"
    );
    Ok(ExitCode::from(1))
}

async fn load(config: Config, as_json: bool) -> Result<ExitCode, CommandError> {
    let state = open_state(config).await?;
    let loaded = samples::load(&state.db, state.clock.now()).await;
    let summaries = loaded.map_err(|error| in_words(error, Path::new("of the samples")))?;
    demo_staff::load(&state).await?;
    state.db.close().await;
    if as_json {
        let people: Vec<_> = PEOPLE
            .iter()
            .map(|person| {
                json!({
                    "reference": person.reference,
                    "date_of_birth": person.date_of_birth,
                    "postal_code": person.postal_code,
                    "special": person.special,
                })
            })
            .collect();
        let colleague = |colleague: &demo_staff::Colleague| json!({ "email": colleague.email, "role": colleague.role.code() });
        let staff: Vec<_> = demo_staff::COLLEAGUES.iter().map(colleague).collect();
        println!(
            "{}",
            json!({
                "loaded": !summaries.is_empty(),
                "people": people,
                "staff": staff,
                "staff_first_password": demo_staff::FIRST_PASSWORD,
            })
        );
        return Ok(ExitCode::SUCCESS);
    }
    if summaries.is_empty() {
        println!("The sample portfolio is there already. People who can sign in:");
    } else {
        println!("The sample portfolio is loaded. People who can sign in:");
    }
    println!("  {:<12} {:<14} {:<12} what is special", "reference", "date of birth", "postal code");
    for person in &PEOPLE {
        println!("  {:<12} {:<14} {:<12} {}", person.reference, person.date_of_birth, person.postal_code, person.special);
    }
    demo_staff::print(&state.config.public_url);
    Ok(ExitCode::SUCCESS)
}

async fn invent(config: &Config, accounts: u32, postings_per_account: u32) -> Result<ExitCode, CommandError> {
    let db = open_database(config).await?;
    let now = config.clock.now();
    let balance_date = now.to_zoned(TimeZone::UTC).date();
    let mut kinds = vec![FileKind::Accounts];
    if postings_per_account > 0 {
        kinds.push(FileKind::Transactions);
    }
    for kind in kinds {
        let invented = Invented { kind, accounts, postings_per_account, balance_date };
        let wrong = |error| in_words(error, Path::new("of what is invented"));
        let request = Request {
            mapping: invented.mapping().map_err(|error| wrong(error.into()))?,
            input: Input::Invented(invented),
            dry_run: false,
            rejects: None,
            shift_months: 0,
            now,
            batch: DEFAULT_BATCH,
        };
        let mut line = ProgressLine::new(false);
        let summary = import::import(&db, request, |progress| {
            line.show(progress);
            ControlFlow::Continue(())
        })
        .await
        .map_err(wrong)?;
        line.clear();
        println!("{} {}: {} new, {} unchanged", summary.rows, kind.name(), summary.new, summary.unchanged + summary.updated);
    }
    db.close().await;
    Ok(ExitCode::SUCCESS)
}
