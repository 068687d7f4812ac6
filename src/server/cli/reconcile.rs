//! `evenkeel reconcile --from DATE --to DATE`: our books beside the payment company's. Every difference is printed; 0 where there is
//! none, else 1.

use super::{CommandError, open_state};
use crate::domain::money::{Currency, Money};
use crate::domain::reconciliation::{BookedMovement, Difference, MovementKind, Period, Total};
use crate::server::config::Config;
use crate::server::services::reconciliation::{self, Compared, Found};
use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};
use std::process::ExitCode;

#[derive(Args)]
pub struct ReconcileArguments {
    /// The first day, such as 2026-11-01. Days are those of UTC.
    #[arg(long)]
    from: Date,
    /// The last day.
    #[arg(long)]
    to: Date,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

pub async fn reconcile(config: Config, arguments: ReconcileArguments) -> Result<ExitCode, CommandError> {
    let period = period(arguments.from, arguments.to)?;
    let state = open_state(config).await?;
    let compared = reconciliation::reconcile(&state, period).await;
    state.db.close().await;
    let Some(compared) = compared? else {
        return Err(CommandError::Usage("nobody takes payments here: set payments.processor, or sandbox.enabled".into()));
    };
    if arguments.json {
        println!("{}", as_json(&arguments, &compared));
    } else {
        for found in &compared.found {
            println!("{}", sentence(found));
        }
        println!("{}", summary(&arguments, &compared));
    }
    Ok(if compared.found.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn period(from: Date, to: Date) -> Result<Period, CommandError> {
    if to < from {
        return Err(CommandError::Usage(format!("--to {to} is before --from {from}")));
    }
    let unusable = |_| CommandError::Usage("those days are beyond the calendar".into());
    let start = |day: Date| day.to_zoned(TimeZone::UTC).map(|day| day.timestamp().as_millisecond()).map_err(unusable);
    Ok(Period { from: start(from)?, before: start(to.checked_add(1.day()).map_err(unusable)?)? })
}

/// One difference, and what to look at.
fn sentence(found: &Found) -> String {
    let Found { difference, our_state } = found;
    let one = difference.movement();
    let (payment, what) = (&one.payment, noun(one.kind));
    let stands = match our_state {
        Some(state) => format!("Our payment stands as {state}."),
        None => "We know no payment of that reference.".to_owned(),
    };
    match difference {
        Difference::NotInOurs(theirs) => {
            format!("{payment}: the company has {what} of {}; our books do not. {stands}", told(theirs))
        }
        Difference::NotInTheirs(ours) => {
            format!("{payment}: our books have {what} of {}; the company does not. {stands}", told(ours))
        }
        Difference::AnotherAmount { ours, theirs } => {
            format!("{payment}: {what} of {} in our books is one of {} at the company. {stands}", told(ours), told(theirs))
        }
    }
}

fn noun(kind: MovementKind) -> &'static str {
    match kind {
        MovementKind::Charge => "a payment",
        MovementKind::Refund => "a refund",
        MovementKind::TakenBack => "a return or chargeback",
        MovementKind::ReturnedToUs => "money that came back to us",
    }
}

fn told(movement: &BookedMovement) -> String {
    let name = movement.processor_reference.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
    format!("{}{name}, booked {}", amount(movement.amount), instant(movement))
}

fn amount(amount: Money) -> String {
    format!("{} {}", amount.to_decimal_string(), amount.currency().code())
}

fn instant(movement: &BookedMovement) -> Timestamp {
    Timestamp::from_millisecond(movement.at).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn summary(arguments: &ReconcileArguments, compared: &Compared) -> String {
    let side = |total: Total, currency: Currency| {
        format!("{} in {} movements", amount(Money::new(total.minor, currency)), total.movements)
    };
    let mut lines: Vec<String> = compared
        .reconciliation
        .totals
        .iter()
        .map(|totals| {
            let (ours, theirs) = (side(totals.ours, totals.currency), side(totals.theirs, totals.currency));
            format!("Our books: {ours}. The company's: {theirs}.")
        })
        .collect();
    let differences = match compared.found.len() {
        0 => "no difference".to_owned(),
        1 => "1 difference".to_owned(),
        many => format!("{many} differences"),
    };
    lines.push(format!("{} from {} to {}: {differences}.", compared.processor, arguments.from, arguments.to));
    lines.join("\n")
}

fn as_json(arguments: &ReconcileArguments, compared: &Compared) -> Value {
    let movement = |movement: Option<&BookedMovement>| {
        movement.map(|movement| {
            json!({
                "amount_minor": movement.amount.minor(), "currency": movement.amount.currency().code(),
                "at": instant(movement).to_string(), "processor_reference": movement.processor_reference,
            })
        })
    };
    let differences: Vec<Value> = compared
        .found
        .iter()
        .map(|Found { difference, our_state }| {
            json!({
                "difference": difference.code(), "payment": difference.movement().payment,
                "movement": difference.movement().kind.code(), "our_state": our_state,
                "ours": movement(difference.ours()), "theirs": movement(difference.theirs()),
            })
        })
        .collect();
    let side = |total: Total| json!({ "movements": total.movements, "amount_minor": total.minor });
    let totals: Vec<Value> = compared
        .reconciliation
        .totals
        .iter()
        .map(|totals| json!({ "currency": totals.currency.code(), "ours": side(totals.ours), "theirs": side(totals.theirs) }))
        .collect();
    json!({
        "processor": compared.processor, "from": arguments.from.to_string(), "to": arguments.to.to_string(),
        "totals": totals, "differences": differences,
    })
}
