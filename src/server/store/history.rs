//! How the instalments of agreements made here were paid: what the share of kept instalments is counted from.

use super::{StoreError, StoreResult, Tx};
use crate::domain::agreement_state::AgreementState;
use crate::domain::calendar::Date;
use crate::domain::ids::AccountId;
use crate::server::clock::Millis;

/// An instalment and one payment on it; an instalment with several payments comes several times, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidLine {
    pub agreement_id: String,
    pub number: i64,
    pub due_on: Date,
    pub amount_minor: i64,
    /// When its agreement ended without being completed.
    pub given_up_at: Option<Millis>,
    /// What came in (or, below zero, was taken back by a bank; what was given back by decision is no miss of the customer's), and
    /// when the customer began to pay it. A processor's days are not the customer's.
    pub paid: Option<(i64, Millis)>,
}

type Row = (String, i64, String, i64, String, Option<i64>, Option<i64>, Option<i64>);

/// The instalments of an account's agreements, live and ended, that were due from the first day and before the other.
pub async fn paid_lines(tx: &mut Tx, account: &AccountId, from: Date, before: Date) -> StoreResult<Vec<PaidLine>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select agreements.id, instalments.number, instalments.due_on, instalments.amount_minor, agreements.state,
           agreements.ended_at, payment_allocations.amount_minor, payments.created_at
         from agreement_accounts
         join agreements on agreements.id = agreement_accounts.agreement_id
         join instalments on instalments.agreement_id = agreements.id and instalments.version = agreements.current_version
         left join payment_allocations
           on payment_allocations.agreement_id = agreements.id
             and payment_allocations.instalment_number = instalments.number
             and payment_allocations.applied_to = 'instalment'
             and not exists (
               select 1 from reversals
               where reversals.id = payment_allocations.reversal_id and reversals.kind = 'refund' and reversals.state <> 'undone')
         left join payments on payments.id = payment_allocations.payment_id
         where agreement_accounts.account_id = $1 and instalments.due_on >= $2 and instalments.due_on < $3
         order by agreements.id, instalments.number",
    )
    .bind(account.as_str())
    .bind(from.to_string())
    .bind(before.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|(agreement_id, number, due_on, amount_minor, state, ended_at, paid_minor, paid_at)| {
            let state = AgreementState::from_code(&state).ok_or(StoreError::Unreadable("state of an agreement"))?;
            Ok(PaidLine {
                agreement_id,
                number,
                due_on: due_on.parse().map_err(|_| StoreError::Unreadable("due date"))?,
                amount_minor,
                given_up_at: ended_at.filter(|_| state != AgreementState::Completed),
                paid: paid_minor.zip(paid_at),
            })
        })
        .collect()
}
