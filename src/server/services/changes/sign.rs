//! Signing a change: the next version of an agreement.

use super::want::{Ready, compute};
use crate::domain::agreement::Terms;
use crate::domain::ids::{AgreementId, CustomerId, DocumentId};
use crate::domain::money::Money;
use crate::server::ids;
use crate::server::services::signing::{Signature, Signing};
use crate::server::services::{Failure, endings, hardship};
use crate::server::state::AppState;
use crate::server::store::{self, agreements, changes, plan_interest};
use serde_json::{Map, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeSigned {
    /// Signed now, or the very same terms were before.
    Version(i64),
    /// Something differs from what was shown.
    Changed,
    NothingToSign,
}

/// Signs a change: the next version with its document, its event and the e-mail of its copy; what was still to be collected of the
/// one before is closed, and a permission given for it ends. All or nothing.
pub async fn sign(
    state: &AppState,
    customer: &CustomerId,
    id: &AgreementId,
    signature: Signature,
) -> Result<ChangeSigned, Failure> {
    let now = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    let Some(agreement) = agreements::of_customer(&mut *tx, customer, id).await? else { return Ok(ChangeSigned::NothingToSign) };
    store::lock_account(&mut tx, agreement.account_id.as_str()).await?;
    // Read again under the lock: another tab may have been faster.
    let signed_before = changes::versions(&mut *tx, id)
        .await?
        .into_iter()
        .find(|version| version.number > 1 && version.terms_sha256 == signature.shown_sha256);
    if let Some(version) = signed_before {
        return Ok(ChangeSigned::Version(version.number));
    }
    let Some(ready) = compute(state, &mut tx, customer, id).await? else { return Ok(ChangeSigned::NothingToSign) };
    let Some(agreed) = signature.agrees_to(&ready.terms) else { return Ok(ChangeSigned::Changed) };
    let Ready { found, change, terms, .. } = ready;
    // What was announced of the version before is closed while it is still the one in force.
    endings::replace_version(state, &mut tx, id, now).await?;
    let number = found.agreement.version + 1;
    let booked = plan_interest::booked(&mut tx, id).await?;
    let pattern = found.running().pattern_after(&change, found.today);
    let signing = Signing {
        agreement_id: id,
        agreement_reference: &found.agreement.reference,
        number,
        account: &found.account,
        terms: &terms,
        agreed: &agreed,
        signature: &signature,
        document_id: &DocumentId(ids::new_id()),
        signed_at: now,
        interest: &still_to_book(&terms, booked),
        changes: Some((&change, &found.agreement.terms)),
        pattern: pattern.as_ref(),
    };
    changes::add_version(&mut tx, id, &signing.version()).await?;
    changes::forget(&mut tx, id).await?;
    hardship::chosen(&mut tx, customer, &found.account.id, now).await?;
    let details = [("change", json!(change)), ("replaces", json!(terms.replaces))];
    let details = Map::from_iter(details.map(|(name, value)| (name.to_owned(), value)));
    signing.finish(state, tx, "agreement.changed", details).await?;
    Ok(ChangeSigned::Version(number))
}

/// What interest is still to be booked on the day of each payment: what was booked under earlier versions counts as the first of it.
pub(super) fn still_to_book(terms: &Terms, mut booked: i64) -> Vec<Money> {
    let each = terms.schedule.interest_of_each(terms.interest, terms.offered_on);
    each.into_iter()
        .map(|interest| {
            let done = interest.minor().min(booked).max(0);
            booked -= done;
            Money::new(interest.minor() - done, interest.currency())
        })
        .collect()
}
