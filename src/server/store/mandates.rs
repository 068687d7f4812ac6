//! Permissions to collect an agreement's instalments.

use super::{StoreResult, Tx};
use crate::domain::ids::{AgreementId, MandateId};

/// A permission that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenMandate {
    pub id: MandateId,
    pub processor: String,
    /// The processor's own name of it.
    pub mandate: String,
}

/// The permission under which an agreement's instalments may be collected now, if there is one.
pub async fn given_for(tx: &mut Tx, agreement_id: &AgreementId) -> StoreResult<Option<GivenMandate>> {
    let row: Option<(String, String, String)> = sqlx::query_as(
        "select id, processor, mandate from mandates where agreement_id = $1 and state = 'given' and mandate is not null",
    )
    .bind(agreement_id.as_str())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|(id, processor, mandate)| GivenMandate { id: MandateId(id), processor, mandate }))
}
