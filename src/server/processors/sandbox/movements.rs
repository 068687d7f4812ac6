//! The sandbox's account statement: what it took and what it gave back.
//!
//! It works in real time, but where the portal's clock was set to another day, its statement is dated by that clock, so that a
//! trial on such a day can be reconciled like any other.

use super::SandboxProcessor;
use crate::domain::money::{Currency, Money};
use crate::domain::reconciliation::MovementKind;
use crate::server::clock::Clock;
use crate::server::processors::Movement;
use jiff::{SignedDuration, Timestamp};

/// Read in one go.
const MOST_AT_ONCE: i64 = 1_000;

/// A charge is dated by when it was asked for: its page stays open half an hour at most.
const CHARGES: &str = "select id, merchant_reference, amount_minor, currency, created_at from sandbox_charges
     where state = 'succeeded' and created_at >= $1 and created_at < $2 and id > $3
     order by id
     limit $4";

const REFUNDS: &str = "select r.id, c.merchant_reference, -r.amount_minor, r.currency, r.done_at from sandbox_refunds r
     join sandbox_charges c on c.id = r.charge_id
     where r.kind = 'refund' and r.done_at >= $1 and r.done_at < $2 and r.id > $3
     order by r.id
     limit $4";

const TAKEN_BACK: &str = "select r.id, c.merchant_reference, -r.amount_minor, r.currency, r.done_at from sandbox_refunds r
     join sandbox_charges c on c.id = r.charge_id
     where r.kind <> 'refund' and r.done_at >= $1 and r.done_at < $2 and r.id > $3
     order by r.id
     limit $4";

/// Only what had left can come again.
const CAME_AGAIN: &str = "select r.id, c.merchant_reference, r.amount_minor, r.currency, r.undone_at from sandbox_refunds r
     join sandbox_charges c on c.id = r.charge_id
     where r.done_at is not null and r.undone_at >= $1 and r.undone_at < $2 and r.id > $3
     order by r.id
     limit $4";

const STATEMENT: [(MovementKind, &str); 4] = [
    (MovementKind::Charge, CHARGES),
    (MovementKind::Refund, REFUNDS),
    (MovementKind::TakenBack, TAKEN_BACK),
    (MovementKind::ReturnedToUs, CAME_AGAIN),
];

impl SandboxProcessor {
    pub(super) async fn booked(&self, from: Timestamp, before: Timestamp) -> Result<Vec<Movement>, sqlx::Error> {
        self.settle_due().await?;
        self.settle_refunds().await?;
        let mut movements = Vec::new();
        let (from, before) = match self.clock {
            Clock::Real | Clock::Moved(_) => (self.real(from), self.real(before)),
            // All of it is on the one day there is.
            Clock::Fixed(instant) if (from..before).contains(&instant) => (Timestamp::MIN, Timestamp::MAX),
            Clock::Fixed(_) => return Ok(movements),
        };
        for (kind, query) in STATEMENT {
            let mut after = String::new();
            loop {
                let rows: Vec<(String, String, i64, String, i64)> = sqlx::query_as(query)
                    .bind(from.as_millisecond())
                    .bind(before.as_millisecond())
                    .bind(&after)
                    .bind(MOST_AT_ONCE)
                    .fetch_all(&self.pool)
                    .await?;
                let Some((last, ..)) = rows.last() else { break };
                after.clone_from(last);
                for (processor_reference, merchant_reference, minor, code, made_at) in rows {
                    let currency = Currency::from_code(&code).ok_or_else(|| sqlx::Error::Decode("an unknown currency".into()))?;
                    let amount = Money::new(minor, currency);
                    movements.push(Movement { kind, processor_reference, merchant_reference, amount, at: self.dated(made_at) });
                }
            }
        }
        Ok(movements)
    }

    fn moved_by(&self) -> SignedDuration {
        match self.clock {
            Clock::Moved(by) => by,
            Clock::Real | Clock::Fixed(_) => SignedDuration::ZERO,
        }
    }

    fn real(&self, business: Timestamp) -> Timestamp {
        business.saturating_sub(self.moved_by()).unwrap_or(business)
    }

    fn dated(&self, real: i64) -> Timestamp {
        let real = Timestamp::from_millisecond(real).unwrap_or(Timestamp::UNIX_EPOCH);
        match self.clock {
            Clock::Fixed(instant) => instant,
            Clock::Real | Clock::Moved(_) => real.saturating_add(self.moved_by()).unwrap_or(real),
        }
    }
}
