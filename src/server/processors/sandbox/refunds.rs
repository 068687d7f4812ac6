//! What the sandbox gave back and what banks took back through it, in books of its own like its charges. What was paid by a bank
//! debit goes back slowly, as it came.

use super::method::Method;
use super::{ChargeRow, SandboxProcessor, deliveries};
use crate::domain::money::{Currency, Money};
use crate::domain::payment::DeclineReason;
use crate::domain::reversal::{ReversalFinding, ReversalKind};
use crate::server::ids;
use crate::server::processors::{Refund, RefundProgress, Refunded, Reversed};
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Executor, Row};

const COLUMNS: &str = "id, idempotency_key, charge_id, amount_minor, currency, kind, state, reason, made_by";

/// Money that went back of a charge.
#[derive(Clone, Debug)]
pub(super) struct ReversalRow {
    pub charge_id: String,
    pub reversed: Reversed,
}

impl ReversalRow {
    fn read(row: &AnyRow) -> Result<ReversalRow, sqlx::Error> {
        let code: String = row.try_get("currency")?;
        let currency = Currency::from_code(&code).ok_or_else(|| unreadable("currency"))?;
        let finding = finding(&row.try_get::<String, _>("state")?).ok_or_else(|| unreadable("state"))?;
        let is_ours = row.try_get::<String, _>("made_by")? == "portal";
        Ok(ReversalRow {
            charge_id: row.try_get("charge_id")?,
            reversed: Reversed {
                processor_reference: row.try_get("id")?,
                kind: ReversalKind::from_code(&row.try_get::<String, _>("kind")?).ok_or_else(|| unreadable("kind"))?,
                amount: Money::new(row.try_get("amount_minor")?, currency),
                finding,
                our_key: is_ours.then(|| row.try_get("idempotency_key")).transpose()?,
                reason: row.try_get::<Option<String>, _>("reason")?.as_deref().and_then(DeclineReason::from_code),
            },
        })
    }

    fn refunded(&self) -> Refunded {
        Refunded {
            processor_reference: self.reversed.processor_reference.clone(),
            amount: self.reversed.amount,
            progress: match self.reversed.finding {
                ReversalFinding::Pending => RefundProgress::Pending,
                // Banks of the sandbox give all of it back, or nothing.
                ReversalFinding::Done | ReversalFinding::PartlyUndone { .. } => RefundProgress::Succeeded,
                ReversalFinding::Undone => RefundProgress::Failed,
            },
        }
    }
}

fn unreadable(what: &str) -> sqlx::Error {
    sqlx::Error::Decode(format!("an unknown {what}").into())
}

/// As it stands in the sandbox's books.
pub(super) fn finding(state: &str) -> Option<ReversalFinding> {
    match state {
        "pending" => Some(ReversalFinding::Pending),
        "done" => Some(ReversalFinding::Done),
        "undone" => Some(ReversalFinding::Undone),
        _ => None,
    }
}

/// Who makes money go back, other than the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenBackBy {
    /// A bank, of a debit.
    Bank(DeclineReason),
    CardBank,
    /// The creditor, on the sandbox's own pages.
    Dashboard,
}

/// What can happen to a payment after it was made, by the button pressed on the sandbox's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Afterwards {
    Returned,
    ChargedBack,
    /// What went back last comes again.
    WonBack,
    RefundedElsewhere,
}

impl Afterwards {
    pub const ALL: [Afterwards; 4] =
        [Afterwards::Returned, Afterwards::ChargedBack, Afterwards::WonBack, Afterwards::RefundedElsewhere];

    pub fn code(self) -> &'static str {
        match self {
            Afterwards::Returned => "return",
            Afterwards::ChargedBack => "chargeback",
            Afterwards::WonBack => "bring_back",
            Afterwards::RefundedElsewhere => "refund",
        }
    }

    pub fn from_code(code: &str) -> Option<Afterwards> {
        Afterwards::ALL.into_iter().find(|afterwards| afterwards.code() == code)
    }
}

struct NewRow<'a> {
    key: &'a str,
    charge_id: &'a str,
    amount: Money,
    kind: ReversalKind,
    state: &'static str,
    reason: Option<DeclineReason>,
    settles_at: Option<i64>,
    made_by: &'static str,
}

impl SandboxProcessor {
    /// Gives back, or finds what was given back under this key. `None` where less is left of the payment.
    pub(super) async fn give_back(&self, refund: &Refund) -> Result<Option<Refunded>, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let Some((charge, method)) = lock_charge(&mut tx, &refund.processor_reference).await? else { return Ok(None) };
        if let Some(found) = refund_of_key(&mut *tx, refund).await? {
            return Ok(Some(found));
        }
        let left = left_of(&mut tx, &charge).await?;
        let is_possible = refund.amount.is_positive() && refund.amount.minor() <= left;
        if !is_possible || charge.amount.currency() != refund.amount.currency() {
            return Ok(None);
        }
        let is_slow = method.as_deref().and_then(Method::from_code) == Some(Method::Slow);
        let new = NewRow {
            key: &refund.idempotency_key,
            charge_id: &charge.id,
            amount: refund.amount,
            kind: ReversalKind::Refund,
            state: if is_slow { "pending" } else { "done" },
            reason: None,
            settles_at: is_slow.then(|| self.after(self.delays.slow)),
            made_by: "portal",
        };
        let row = self.add(&mut tx, &charge, &new).await?;
        tx.commit().await?;
        Ok(Some(row.refunded()))
    }

    /// Lets something happen to a charge that was paid. False where there is no such charge, or nothing to happen to.
    pub async fn happens(&self, charge: &str, afterwards: Afterwards) -> Result<bool, sqlx::Error> {
        let by = match afterwards {
            Afterwards::Returned => TakenBackBy::Bank(DeclineReason::InsufficientFunds),
            Afterwards::ChargedBack => TakenBackBy::CardBank,
            Afterwards::RefundedElsewhere => TakenBackBy::Dashboard,
            Afterwards::WonBack => {
                return match self.last_taken_back(charge).await? {
                    Some(last) => self.bring_back(&last).await,
                    None => Ok(false),
                };
            }
        };
        Ok(self.take_back(charge, by, None).await?.is_some())
    }

    /// Money goes back without the portal: all that is left of a charge, or this much. `None` where there is no such charge or
    /// nothing of it is left.
    pub async fn take_back(&self, charge: &str, by: TakenBackBy, amount: Option<Money>) -> Result<Option<String>, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let Some((charge, _)) = lock_charge(&mut tx, charge).await? else { return Ok(None) };
        let left = left_of(&mut tx, &charge).await?;
        let amount = amount.unwrap_or(Money::new(left, charge.amount.currency()));
        if !amount.is_positive() {
            return Ok(None);
        }
        let (kind, reason) = match by {
            TakenBackBy::Bank(reason) => (ReversalKind::Return, Some(reason)),
            TakenBackBy::CardBank => (ReversalKind::Chargeback, None),
            TakenBackBy::Dashboard => (ReversalKind::Refund, None),
        };
        let key = format!("elsewhere:{}", ids::new_token());
        let new = NewRow {
            key: &key,
            charge_id: &charge.id,
            amount,
            kind,
            state: "done",
            reason,
            settles_at: None,
            made_by: "elsewhere",
        };
        let row = self.add(&mut tx, &charge, &new).await?;
        tx.commit().await?;
        Ok(Some(row.reversed.processor_reference))
    }

    /// What went back comes again: a chargeback was won, a refund did not arrive. False if there is no such thing.
    pub async fn bring_back(&self, reversal: &str) -> Result<bool, sqlx::Error> {
        self.move_reversal(reversal, &["pending", "done"], "undone").await
    }

    /// The newest thing that went back of a charge and has not come again.
    async fn last_taken_back(&self, charge: &str) -> Result<Option<String>, sqlx::Error> {
        sqlx::query_scalar(
            "select id from sandbox_refunds where charge_id = $1 and state <> 'undone' order by created_at desc, id desc limit 1",
        )
        .bind(charge)
        .fetch_optional(&self.pool)
        .await
    }

    /// Refunds that took their days arrive.
    pub(super) async fn settle_refunds(&self) -> Result<(), sqlx::Error> {
        let due: Vec<String> =
            sqlx::query_scalar("select id from sandbox_refunds where state = 'pending' and settles_at <= $1 limit 500")
                .bind(self.now())
                .fetch_all(&self.pool)
                .await?;
        for id in due {
            self.move_reversal(&id, &["pending"], "done").await?;
        }
        Ok(())
    }

    async fn move_reversal(&self, id: &str, from: &[&str], to: &str) -> Result<bool, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        for state in from {
            let query = format!(
                "update sandbox_refunds set state = $3, done_at = case when $3 = 'done' then $4 else done_at end,
                   undone_at = case when $3 = 'undone' then $4 else undone_at end
                 where id = $1 and state = $2
                 returning {COLUMNS}"
            );
            let row = sqlx::query(AssertSqlSafe(query))
                .bind(id)
                .bind(*state)
                .bind(to)
                .bind(self.now())
                .fetch_optional(&mut *tx)
                .await?;
            if let Some(row) = row {
                let row = ReversalRow::read(&row)?;
                let Some((charge, _)) = lock_charge(&mut tx, &row.charge_id).await? else { return Ok(false) };
                let message = deliveries::Message::about_reversal(&charge, &row.reversed);
                deliveries::plan(&mut tx, &message.event, &message, self.now()).await?;
                tx.commit().await?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Writes it down and plans the message about it.
    async fn add(
        &self,
        tx: &mut sqlx::Transaction<'static, Any>,
        charge: &ChargeRow,
        new: &NewRow<'_>,
    ) -> Result<ReversalRow, sqlx::Error> {
        let query = format!(
            "insert into sandbox_refunds (id, idempotency_key, charge_id, amount_minor, currency, created_at, kind, state, reason,
               settles_at, made_by, done_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             returning {COLUMNS}"
        );
        let row = sqlx::query(AssertSqlSafe(query))
            .bind(format!("sbr_{}", ids::new_token()))
            .bind(new.key)
            .bind(new.charge_id)
            .bind(new.amount.minor())
            .bind(new.amount.currency().code())
            .bind(self.now())
            .bind(new.kind.code())
            .bind(new.state)
            .bind(new.reason.map(DeclineReason::code))
            .bind(new.settles_at)
            .bind(new.made_by)
            .bind((new.state == "done").then(|| self.now()))
            .fetch_one(&mut **tx)
            .await?;
        let row = ReversalRow::read(&row)?;
        let message = deliveries::Message::about_reversal(charge, &row.reversed);
        deliveries::plan(tx, &message.event, &message, self.now()).await?;
        Ok(row)
    }

    pub(super) async fn reversals_of(&self, charge: &str) -> Result<Vec<Reversed>, sqlx::Error> {
        self.settle_refunds().await?;
        let query = format!("select {COLUMNS} from sandbox_refunds where charge_id = $1 order by created_at, id limit 1000");
        let rows = sqlx::query(AssertSqlSafe(query)).bind(charge).fetch_all(&self.pool).await?;
        rows.iter().map(|row| ReversalRow::read(row).map(|row| row.reversed)).collect()
    }
}

/// Locks a charge that was paid, so that two refunds at once cannot give back more than there was. With the method it was paid by.
async fn lock_charge(
    tx: &mut sqlx::Transaction<'static, Any>,
    charge: &str,
) -> Result<Option<(ChargeRow, Option<String>)>, sqlx::Error> {
    let row = sqlx::query(
        "update sandbox_charges set state = state where id = $1 and state = 'succeeded'
         returning id, merchant_reference, amount_minor, currency, state, decline_reason, return_url, language, hidden_until,
           webhook, method",
    )
    .bind(charge)
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| Ok((ChargeRow::read(&row)?, row.try_get("method")?))).transpose()
}

/// What of a charge has not gone back.
async fn left_of(tx: &mut sqlx::Transaction<'static, Any>, charge: &ChargeRow) -> Result<i64, sqlx::Error> {
    let given: i64 = sqlx::query_scalar(
        "select cast(coalesce(sum(amount_minor), 0) as bigint) from sandbox_refunds where charge_id = $1 and state <> 'undone'",
    )
    .bind(&charge.id)
    .fetch_one(&mut **tx)
    .await?;
    Ok(charge.amount.minor() - given)
}

pub(super) async fn refund_of_key(
    executor: impl Executor<'_, Database = Any>,
    refund: &Refund,
) -> Result<Option<Refunded>, sqlx::Error> {
    let query = format!("select {COLUMNS} from sandbox_refunds where idempotency_key = $1 and charge_id = $2");
    let row = sqlx::query(AssertSqlSafe(query))
        .bind(&refund.idempotency_key)
        .bind(&refund.processor_reference)
        .fetch_optional(executor)
        .await?;
    row.map(|row| ReversalRow::read(&row).map(|row| row.refunded())).transpose()
}
