//! `evenkeel ledger correct | write-off REFERENCE`: what a person decides about the books of an account. Nothing is changed in
//! them; an entry is added, with its reason and its person.

use super::{CommandError, open_state};
use crate::domain::components::Paid;
use crate::server::config::Config;
use crate::server::ids;
use crate::server::services::corrections::{self, Booked, Decided, NotBooked, What};
use clap::{Args, Subcommand, ValueEnum};
use std::process::ExitCode;

#[derive(Subcommand)]
pub enum LedgerCommand {
    /// Put an amount right: above zero more is owed, below zero less.
    Correct {
        /// The account's reference, as the creditor writes it.
        reference: String,
        /// A plain decimal such as -5.00.
        #[arg(long, allow_hyphen_values = true)]
        amount: String,
        /// Which part of the debt it is about.
        #[arg(long, value_enum, default_value_t = Part::Principal)]
        part: Part,
        #[command(flatten)]
        decided: DecidedArguments,
    },
    /// Give up what is owed, all of it or a part: interest, fees, the debt itself.
    WriteOff {
        /// The account's reference, as the creditor writes it.
        reference: String,
        /// A plain decimal; without it all there is.
        #[arg(long)]
        amount: Option<String>,
        /// Only this part of the debt; without it in the order in which payments pay.
        #[arg(long, value_enum)]
        part: Option<Part>,
        #[command(flatten)]
        decided: DecidedArguments,
    },
}

#[derive(Args)]
pub struct DecidedArguments {
    /// Why, in your own words; kept with the entry.
    #[arg(long)]
    reason: String,
    /// Who decides it.
    #[arg(long)]
    by: String,
    /// A name of yours for this decision, such as a ticket's number: booked again under it, it is the same entry.
    #[arg(long)]
    once: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Part {
    Principal,
    Interest,
    Fees,
}

impl Part {
    fn paid(self) -> Paid {
        match self {
            Part::Principal => Paid::Principal,
            Part::Interest => Paid::Interest,
            Part::Fees => Paid::Fees,
        }
    }
}

/// Exit code 0: booked, now or before; 1: refused.
pub async fn ledger(config: Config, command: LedgerCommand) -> Result<ExitCode, CommandError> {
    let (reference, what, decided) = match command {
        LedgerCommand::Correct { reference, amount, part, decided } => {
            (reference, What::Correct { amount, part: part.paid() }, decided)
        }
        LedgerCommand::WriteOff { reference, amount, part, decided } => {
            (reference, What::WriteOff { amount, part: part.map(Part::paid) }, decided)
        }
    };
    let state = open_state(config).await?;
    let order = Decided {
        reason: decided.reason,
        by: decided.by,
        key: decided.once.map_or_else(ids::new_token, |once| format!("operator:{}", once.trim())),
    };
    let booked = corrections::book(&state, &reference, &what, &order).await;
    state.db.close().await;
    match booked? {
        Ok(booked) => {
            tell(&booked, decided.json);
            Ok(ExitCode::SUCCESS)
        }
        Err(NotBooked::NoReason) => Err(CommandError::Usage("an entry needs a reason and a person: --reason and --by".into())),
        Err(NotBooked::NotAnAmount) => Err(CommandError::Usage(in_words(NotBooked::NotAnAmount))),
        Err(refused) => {
            eprintln!("evenkeel: {}", in_words(refused));
            Ok(ExitCode::from(1))
        }
    }
}

fn tell(booked: &Booked, json: bool) {
    let (amount, balance) = (booked.amount.to_decimal_string(), booked.balance.to_decimal_string());
    let currency = booked.amount.currency().code();
    if json {
        let report = serde_json::json!({
            "amount": amount, "balance": balance, "currency": currency, "repeated": booked.is_repeated,
        });
        println!("{report}");
    } else if booked.is_repeated {
        println!("It was booked before: {amount} {currency}. Owed now: {balance} {currency}.");
    } else {
        println!("Booked: {amount} {currency}. Owed now: {balance} {currency}.");
    }
}

fn in_words(refused: NotBooked) -> String {
    match refused {
        NotBooked::NoSuchAccount => "no account has this reference".into(),
        NotBooked::NotAnAmount => "the amount is no plain decimal such as 12.34, or not the right side of zero".into(),
        NotBooked::MoreThanOwed { owed } => {
            format!("only {} {} of it is owed", owed.to_decimal_string(), owed.currency().code())
        }
        NotBooked::MoreThanCharged { charged } => {
            format!(
                "only {} {} of this part was charged, so no more can be taken off it: name the right part, or write it off",
                charged.to_decimal_string(),
                charged.currency().code()
            )
        }
        NotBooked::TooLarge => "the amount is larger than any account can owe".into(),
        NotBooked::NoReason => "an entry needs a reason and a person".into(),
        NotBooked::KeyNotUsable => "--once stands for another entry already".into(),
    }
}
