//! `evenkeel refund PAYMENT --amount 12.34 --reason "…" --by NAME`: gives a payment back, all of it or a part.

use super::{CommandError, open_state};
use crate::domain::refund_limits::RefundRefusal;
use crate::domain::reversal::ReversalState;
use crate::server::config::Config;
use crate::server::ids;
use crate::server::services::payments::{self, RefundOrder, RefundRefused, Refunding};
use clap::Args;
use std::process::ExitCode;

#[derive(Args)]
pub struct RefundArguments {
    /// The payment's reference, such as EK-7F3K-9Q2M.
    payment: String,
    /// How much, as a plain decimal in the payment's currency.
    #[arg(long, required_unless_present = "all")]
    amount: Option<String>,
    /// All that is left of it.
    #[arg(long, conflicts_with = "amount")]
    all: bool,
    /// Why, in your own words; kept with the refund.
    #[arg(long)]
    reason: String,
    /// Who decides it.
    #[arg(long)]
    by: String,
    /// A name of yours for this decision, such as a ticket's number: ordered again under it, it is the same refund.
    #[arg(long)]
    once: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Exit code 0: given back or on its way (the worker finds out what became of it); 1: refused, by us or by the payment company.
pub async fn refund(config: Config, arguments: RefundArguments) -> Result<ExitCode, CommandError> {
    if arguments.reason.trim().is_empty() || arguments.by.trim().is_empty() {
        return Err(CommandError::Usage("a refund needs a reason and a person: --reason and --by".into()));
    }
    let state = open_state(config).await?;
    let order = RefundOrder {
        payment: arguments.payment.trim().to_uppercase(),
        amount: arguments.amount.filter(|_| !arguments.all),
        reason: arguments.reason.trim().to_owned(),
        by: arguments.by.trim().to_owned(),
        key: arguments.once.map_or_else(ids::new_token, |once| format!("operator:{}", once.trim())),
    };
    let outcome = payments::refund(&state, &order).await;
    state.db.close().await;
    match outcome? {
        Ok(refunding) => Ok(tell(&refunding, arguments.json)),
        Err(RefundRefused::NotAnAmount) => Err(CommandError::Usage(in_words(RefundRefused::NotAnAmount))),
        Err(refused) => {
            eprintln!("evenkeel: {}", in_words(refused));
            Ok(ExitCode::from(1))
        }
    }
}

fn tell(refunding: &Refunding, json: bool) -> ExitCode {
    let reversal = &refunding.reversal;
    let (amount, currency) = (reversal.amount.to_decimal_string(), reversal.amount.currency().code());
    if json {
        let report = serde_json::json!({
            "refund": reversal.reference, "amount": amount, "currency": currency, "state": reversal.state.code(),
            "repeated": refunding.is_repeated,
        });
        println!("{report}");
    } else {
        let stands = match reversal.state {
            ReversalState::Succeeded { .. } => "has gone back",
            ReversalState::Pending => "is on its way back; the bank takes some days",
            ReversalState::Created | ReversalState::Unknown => {
                "was ordered; the payment company has not answered, and is asked until it does"
            }
            ReversalState::Failed { .. } => "was not given back: the payment company refused it",
            ReversalState::Undone { .. } => "went back and came again",
            ReversalState::PartlyUndone { .. } => "went back, and a part of it came again",
        };
        let again = if refunding.is_repeated { " It was ordered before." } else { "" };
        println!("Refund {}: {amount} {currency} {stands}.{again}", reversal.reference);
    }
    match reversal.state {
        ReversalState::Failed { .. } | ReversalState::Undone { .. } => ExitCode::from(1),
        ReversalState::Created
        | ReversalState::Pending
        | ReversalState::Succeeded { .. }
        | ReversalState::PartlyUndone { .. }
        | ReversalState::Unknown => ExitCode::SUCCESS,
    }
}

fn in_words(refused: RefundRefused) -> String {
    match refused {
        RefundRefused::NoSuchPayment => "no payment has this reference; it stands on its receipt (an agreement's begins alike)".into(),
        RefundRefused::NotPaid => "this payment did not succeed: there is nothing to give back".into(),
        RefundRefused::OtherProcessor => "this payment was not made with the payment company that is set up here; what a creditor took itself, the creditor gives back".into(),
        RefundRefused::NotAnAmount => "the amount is no plain decimal such as 12.34".into(),
        RefundRefused::Refund(RefundRefusal::NotAboveZero) => {
            "nothing of this payment is left to give back, or the amount given is zero".into()
        }
        RefundRefused::Refund(RefundRefusal::MoreThanLeft { left }) => {
            format!("only {} {} is left of this payment", left.to_decimal_string(), left.currency().code())
        }
        RefundRefused::KeyNotUsable => "this --once was used before for another payment or another amount; give a new one".into(),
    }
}
