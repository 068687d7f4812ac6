//! Our books beside the processor's for some days. Reads only; what it finds is for a person to look at.
//!
//! A payment is in both books at slightly other instants, or, after an outage here, days apart. So the processor is asked for
//! more than the period, as far back as the payments of it were recorded, and what it has that is not in our period is looked
//! for in all of our books.

use super::Failure;
use crate::domain::payment::Millis;
use crate::domain::reconciliation::{BookedMovement, Difference, MovementKind, Period, Reconciliation, compare};
use crate::server::processors::{Movement, PaymentProcessor, ProcessorError};
use crate::server::state::AppState;
use crate::server::store::processor_entries::{self, ProcessorEntry};
use crate::server::store::{StoreError, Tx};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Wider than clocks differ, and than a page stays open.
const MARGIN_MILLIS: Millis = 36 * 3_600_000;

/// A difference, and how the payment stands here.
#[derive(Clone, Debug)]
pub struct Found {
    pub difference: Difference,
    /// `None`: there is no payment of that reference.
    pub our_state: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Compared {
    pub processor: &'static str,
    pub reconciliation: Reconciliation,
    pub found: Vec<Found>,
}

/// Compares both books from one instant to before another. `None` where nobody takes payments here.
pub async fn reconcile(state: &AppState, period: Period) -> Result<Option<Compared>, Failure> {
    let Some(processor) = state.processor.clone() else { return Ok(None) };
    // The processor first: what is paid after that is in our books at most, and outside of what was asked for.
    let mut tx = state.db.begin_read().await?;
    let in_period = processor_entries::between(&mut tx, processor.name(), period.from, period.before).await?;
    end(tx).await?;
    let recorded_at = in_period.iter().map(|entry| entry.created_at).min().unwrap_or(period.from);
    let around = Period {
        from: recorded_at.min(period.from).saturating_sub(MARGIN_MILLIS),
        before: period.before.saturating_add(MARGIN_MILLIS),
    };
    let theirs = ask(processor.as_ref(), around).await?;

    let mut tx = state.db.begin_read().await?;
    let name = processor.name();
    let mut ours = processor_entries::between(&mut tx, name, around.from, around.before).await?;
    let known: BTreeSet<String> = ours.iter().map(|entry| entry.payment.clone()).collect();
    let sought: BTreeSet<&String> =
        theirs.iter().map(|movement| &movement.payment).filter(|payment| !known.contains(*payment)).collect();
    for payment in sought {
        ours.extend(processor_entries::of_payment(&mut tx, name, payment).await?);
    }
    let reconciliation = compare(ours.into_iter().map(booked).collect(), theirs, period);
    let mut found = Vec::new();
    for difference in &reconciliation.differences {
        let our_state = processor_entries::state_of_payment(&mut tx, name, &difference.movement().payment).await?;
        found.push(Found { difference: difference.clone(), our_state });
    }
    end(tx).await?;
    Ok(Some(Compared { processor: name, reconciliation, found }))
}

async fn end(tx: Tx) -> Result<(), Failure> {
    Ok(tx.commit().await.map_err(StoreError::from)?)
}

/// No time-out of our own: a long period takes many requests, each of which has one.
async fn ask(processor: &dyn PaymentProcessor, around: Period) -> Result<Vec<BookedMovement>, Failure> {
    let instant = |millis: Millis| {
        // Days of the year 1 or 9999 are no days anybody was paid on.
        Timestamp::from_millisecond(millis).unwrap_or(if millis < 0 { Timestamp::MIN } else { Timestamp::MAX })
    };
    match processor.movements(instant(around.from), instant(around.before)).await {
        Ok(movements) => Ok(movements.into_iter().map(told).collect()),
        Err(ProcessorError::Refused(_) | ProcessorError::OutcomeUnknown) => {
            Err(Failure::NoAnswer("the payment company, asked for its books"))
        }
    }
}

fn told(movement: Movement) -> BookedMovement {
    BookedMovement {
        payment: movement.merchant_reference,
        kind: movement.kind,
        amount: movement.amount,
        at: movement.at.as_millisecond(),
        processor_reference: Some(movement.processor_reference),
    }
}

/// The words of the ledger in those of a comparison. What else moves money at the processor is told by its sign.
fn booked(entry: ProcessorEntry) -> BookedMovement {
    let kind = match entry.kind.as_str() {
        "payment" => MovementKind::Charge,
        "refund" if entry.amount.minor() < 0 => MovementKind::Refund,
        _ if entry.amount.minor() < 0 => MovementKind::TakenBack,
        _ => MovementKind::ReturnedToUs,
    };
    BookedMovement {
        payment: entry.payment,
        kind,
        amount: entry.amount,
        at: entry.posted_at,
        processor_reference: entry.processor_reference,
    }
}
