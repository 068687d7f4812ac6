//! An agreement of the customer who is signed in.

use super::automatic::AutomaticView;
use super::{ConfirmationView, DisputedView};
use crate::domain::agreement_state::AgreementState;
use crate::domain::dispute::{Disputed, undisputed};
use crate::domain::ids::AgreementId;
use crate::domain::mandate::MandateState;
use crate::paths;
use crate::server::clock;
use crate::server::context::{self, Failed};
use crate::server::services::mandates::{self, Automatic};
use crate::server::services::{changes, disputes, documents, feedback, joining, keeping, recalls};

/// What the screen shows; `None` where there is no such agreement of theirs and the answer leads to the account page.
pub async fn load(agreement_id: String) -> Result<Option<ConfirmationView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let id = AgreementId(agreement_id);
    let Some(found) = mandates::automatic(&state, &visitor.customer_id, &id).await.map_err(context::fail)? else {
        context::redirect(paths::ACCOUNT);
        return Ok(None);
    };
    let automatic = automatic_view(&found);
    let Automatic { agreement, account, .. } = found;
    let standing = keeping::of_agreement(&state, &visitor.customer_id, &id).await.map_err(context::fail)?;
    let taken_back = recalls::of_agreement(&state, &visitor.customer_id, &id).await.map_err(context::fail)?;
    let thank_you = match agreement.state {
        AgreementState::Completed => documents::thank_you_of(&state, &visitor.customer_id, &id).await.map_err(context::fail)?,
        AgreementState::Active | AgreementState::Broken | AgreementState::Cancelled => None,
    };
    let may_ask = match agreement.state {
        AgreementState::Completed => {
            feedback::offer(&state, &visitor.customer_id, &agreement.reference).await.map_err(context::fail)?
        }
        AgreementState::Active | AgreementState::Broken | AgreementState::Cancelled => false,
    };
    let disputed = match agreement.state {
        AgreementState::Active => disputes::newest(&state, &visitor.customer_id, &account.id).await.map_err(context::fail)?,
        AgreementState::Completed | AgreementState::Broken | AgreementState::Cancelled => None,
    };
    let disputed = disputed.map(|followed| followed.dispute).filter(|dispute| dispute.released_at.is_none());
    let balance = account.facts.balance;
    let others = match visitor.sees_every_account() {
        true => joining::others(&state, &visitor.customer_id, &id).await.map_err(context::fail)?,
        false => Vec::new(),
    };
    let zone = clock::zone(&agreement.signed_in_zone);
    let kept = changes::kept(&state, &visitor.customer_id, &id).await.map_err(context::fail)?;
    let versions = changes::versions(&state, &visitor.customer_id, &id).await.map_err(context::fail)?;
    let earlier = versions.into_iter().filter(|version| version.number != agreement.version);
    Ok(Some(ConfirmationView {
        agreement_id: id.to_string(),
        account_id: account.id.to_string(),
        thank_you: thank_you.map(|id| id.to_string()),
        may_ask,
        reference: agreement.reference,
        state: agreement.state,
        version: agreement.version,
        signed_name: agreement.signed_name,
        signed_at: clock::local_time(agreement.signed_at, &zone),
        zone: agreement.signed_in_zone,
        document_id: agreement.document_id.to_string(),
        terms_sha256: agreement.terms_sha256,
        terms: agreement.terms,
        earlier: earlier
            .map(|version| (version.number, clock::date_of(version.signed_at, &zone), version.document_id.to_string()))
            .collect(),
        joined: others.into_iter().map(|other| (other.account, other.reference, other.id.to_string())).collect(),
        kept,
        automatic,
        standing,
        disputed: disputed.map(|dispute| DisputedView {
            rest: match dispute.disputed {
                Disputed::All => balance,
                Disputed::Part(part) => undisputed(balance, part),
            },
            disputed: dispute.disputed,
        }),
        taken_back_on: taken_back.map(|ended| clock::date_of(ended.at, &clock::zone(&account.time_zone))),
    }))
}

fn automatic_view(found: &Automatic) -> AutomaticView {
    let zone = clock::zone(&found.account.time_zone);
    let given = found.given.as_ref().and_then(|mandate| match &mandate.state {
        MandateState::Given { given_at, .. } => Some((mandate.reference.clone(), clock::date_of(*given_at, &zone))),
        _ => None,
    });
    let ended_on = found.ended.as_ref().and_then(|mandate| match &mandate.state {
        MandateState::Ended { settled_at, .. } => Some(clock::date_of(*settled_at, &zone)),
        _ => None,
    });
    AutomaticView {
        agreement_id: found.agreement.id.to_string(),
        creditor: found.account.creditor.clone(),
        given,
        waiting: found.waiting.as_ref().map(|mandate| mandate.reference.clone()),
        ended_on,
        next: found.next,
        is_nothing_owed: !found.account.facts.balance.is_positive(),
        not_now: found.terms.as_ref().err().copied(),
    }
}
