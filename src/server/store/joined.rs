//! Agreements that accounts joined: which belong together, and whether one can be joined.

use super::{StoreError, StoreResult};
use crate::domain::agreement_state::AgreementState;
use crate::domain::ids::{AccountId, AgreementId, CustomerId};
use sqlx::{Any, Executor};

/// One of the agreements that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub id: AgreementId,
    pub reference: String,
    pub account_id: AccountId,
    /// As the creditor writes it.
    pub account: String,
    pub state: AgreementState,
}

impl Member {
    pub fn is_active(&self) -> bool {
        self.state == AgreementState::Active
    }
}

/// The agreements that belong together with this one, itself among them, in the order they were signed. Empty where it is not this
/// customer's.
pub async fn members<'e>(
    executor: impl Executor<'e, Database = Any>,
    customer: &CustomerId,
    id: &AgreementId,
) -> StoreResult<Vec<Member>> {
    let rows: Vec<(String, String, String, String, String)> = sqlx::query_as(
        "select g.id, g.reference, a.id, a.reference, g.state
         from agreements mine
         join agreements g on g.customer_id = mine.customer_id and coalesce(g.joined_to, g.id) = coalesce(mine.joined_to, mine.id)
         join agreement_accounts ga on ga.agreement_id = g.id
         join accounts a on a.id = ga.account_id
         where mine.id = $1 and mine.customer_id = $2
         order by g.created_at, g.id",
    )
    .bind(id.as_str())
    .bind(customer.as_str())
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|(id, reference, account_id, account, state)| {
            let state = AgreementState::from_code(&state).ok_or(StoreError::Unreadable("state of an agreement"))?;
            Ok(Member { id: AgreementId(id), reference, account_id: AccountId(account_id), account, state })
        })
        .collect()
}

/// The first of the agreements that an account joins by joining this one: id and reference. `None` where it joins none, or cannot: it
/// is over, not this customer's, or the account is of another creditor or in another currency.
pub async fn first_of<'e>(
    executor: impl Executor<'e, Database = Any>,
    customer: &CustomerId,
    joins: Option<&AgreementId>,
    account: &AccountId,
) -> StoreResult<Option<(AgreementId, String)>> {
    let Some(joins) = joins else { return Ok(None) };
    let row: Option<(String, String)> = sqlx::query_as(
        "select f.id, f.reference
         from agreements g
         join agreements f on f.id = coalesce(g.joined_to, g.id)
         join accounts a on a.id = $3 and a.creditor_id = g.creditor_id and a.currency = g.currency
         where g.id = $1 and g.customer_id = $2 and g.state = 'active'",
    )
    .bind(joins.as_str())
    .bind(customer.as_str())
    .bind(account.as_str())
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|(id, reference)| (AgreementId(id), reference)))
}
