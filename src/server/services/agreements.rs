//! Choosing and signing. What was shown is what is signed: the terms are computed from the held offer when they are chosen,
//! again when they are checked, and again when they are signed, and must be the same bytes each time.

use super::offers::{self, HeldOffers, WaysForward};
use super::signing::{Signature, Signing, fingerprint};
use super::{Failure, hardship};
use crate::domain::agreement::{NEUTRAL_CONSEQUENCES, STATED_CONSEQUENCES, Terms};
use crate::domain::calendar::Date;
use crate::domain::hold::forbidding_agreement;
use crate::domain::ids::{AccountId, AgreementId, CustomerId, DocumentId, DraftId};
use crate::domain::journey::Place;
use crate::domain::offers::{Limits, NotAllowed, Offer, OfferKind, OfferSet, fit};
use crate::domain::plan_choice;
use crate::domain::schedule::{InterestRule, Schedule};
use crate::server::clock;
use crate::server::ids;
use crate::server::state::AppState;
use crate::server::store::agreements::{self, NewAgreement};
pub use crate::server::store::drafts::DraftChoice;
use crate::server::store::drafts::{self, Draft};
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::{self, facts, holds, joined, offer_sets};
use serde_json::{Map, json};
use std::collections::BTreeMap;

/// What became of a choice.
#[derive(Debug)]
pub enum Chosen {
    Kept,
    /// The offer's limits do not allow it; the nearest that they do.
    NotAllowed(Box<NotAllowed>),
    /// There is no such offer for this account now.
    NoSuchOffer,
    UnderAgreement(AgreementId),
}

/// Keeps a choice as the account's draft, if its offer allows it.
pub async fn choose(
    state: &AppState,
    customer: &CustomerId,
    account_id: &AccountId,
    offer_id: &str,
    choice: DraftChoice,
) -> Result<Chosen, Failure> {
    let held = match offers::hold(state, customer, account_id).await? {
        Some(WaysForward::Held(held)) => held,
        Some(WaysForward::UnderAgreement(agreement)) => return Ok(Chosen::UnderAgreement(agreement)),
        Some(WaysForward::NotOpen(_) | WaysForward::Forbidden(_)) | None => return Ok(Chosen::NoSuchOffer),
    };
    let Some(offer) = held.set.offer(offer_id).filter(|offer| can_be_agreed(offer)) else {
        return Ok(Chosen::NoSuchOffer);
    };
    let schedule = match fit(offer, &choice.choice, held.today) {
        Ok(schedule) => schedule,
        Err(refusal) => return Ok(Chosen::NotAllowed(Box::new(refusal))),
    };
    let joins = joined::first_of(state.db.pool(), customer, choice.joins.as_ref(), account_id).await?;
    let terms = terms_of(&held.account, &held.set, offer, schedule, reference_of(joins.as_ref())).canonical_json();
    let now = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    store::lock_account(&mut tx, account_id.as_str()).await?;
    let draft = Draft {
        id: DraftId(ids::new_id()),
        customer_id: customer.clone(),
        account_id: account_id.clone(),
        offer_set_id: held.offer_set_id.clone(),
        offer_id: offer.id.clone(),
        choice,
        terms_sha256: fingerprint(&terms),
        terms,
        updated_at: now,
        ended: false,
    };
    let draft_id = drafts::keep(&mut tx, &draft).await?;
    let event = Event {
        at: now,
        actor: Actor::Customer(customer.to_string()),
        action: "draft.kept",
        customer_id: Some(customer.to_string()),
        account_id: Some(account_id.to_string()),
        subject_id: Some(draft_id.to_string()),
        details: json!({ "offer": draft.offer_id, "terms_sha256": draft.terms_sha256 }),
    };
    events::append(&mut tx, &event).await?;
    tx.commit().await.map_err(store::StoreError::from)?;
    Ok(Chosen::Kept)
}

/// What the customer typed when they last chose something for this account.
pub struct KeptChoice {
    pub offer_id: String,
    pub typed: BTreeMap<String, String>,
}

pub async fn kept_choice(state: &AppState, customer: &CustomerId, account: &AccountId) -> Result<Option<KeptChoice>, Failure> {
    let draft = drafts::live(state.db.pool(), account).await?.filter(|draft| draft.customer_id == *customer);
    Ok(draft.map(|draft| KeptChoice { offer_id: draft.offer_id, typed: draft.choice.typed }))
}

/// Plans, promises and extensions are agreed; the other offers are simply paid.
pub fn can_be_agreed(offer: &Offer) -> bool {
    match offer.kind {
        OfferKind::Plan | OfferKind::Promise | OfferKind::Extension => true,
        OfferKind::GetUpToDate | OfferKind::PayInFull | OfferKind::PayPart => false,
    }
}

/// A draft as it stands now, ready to be checked and signed.
#[derive(Clone, Debug)]
pub struct ReadyDraft {
    pub draft: Draft,
    pub held: HeldOffers,
    pub offer: Offer,
    pub terms: Terms,
    pub terms_sha256: String,
    /// What is owed changed since the choice was made, and the schedule with it.
    pub changed: bool,
}

/// What an account's draft leads to.
#[derive(Debug)]
pub enum DraftState {
    Ready(Box<ReadyDraft>),
    /// Nothing chosen, or the choice is no longer offered: the options are the place to be.
    NothingChosen,
    NotOpen,
    UnderAgreement(AgreementId),
    NotFound,
}

impl DraftState {
    pub fn place(&self) -> Place {
        match self {
            DraftState::Ready(_) => Place::Chosen,
            DraftState::NothingChosen => Place::Choosing,
            DraftState::NotOpen => Place::NotOpen,
            DraftState::UnderAgreement(agreement) => Place::UnderAgreement(agreement.clone()),
            DraftState::NotFound => Place::NotTheirs,
        }
    }
}

/// The draft of an account, recomputed on today's facts.
pub async fn draft(state: &AppState, customer: &CustomerId, account_id: &AccountId) -> Result<DraftState, Failure> {
    let held = match offers::hold(state, customer, account_id).await? {
        Some(WaysForward::Held(held)) => held,
        Some(WaysForward::UnderAgreement(agreement)) => return Ok(DraftState::UnderAgreement(agreement)),
        Some(WaysForward::NotOpen(_) | WaysForward::Forbidden(_)) => return Ok(DraftState::NotOpen),
        None => return Ok(DraftState::NotFound),
    };
    let Some(draft) = drafts::live(state.db.pool(), account_id).await? else {
        return Ok(DraftState::NothingChosen);
    };
    let joins = joined::first_of(state.db.pool(), customer, draft.choice.joins.as_ref(), account_id).await?;
    Ok(match recompute(&held.account, &held.set, &draft, reference_of(joins.as_ref()), held.today) {
        Some((offer, terms)) => {
            let terms_sha256 = fingerprint(&terms.canonical_json());
            let changed = terms_sha256 != draft.terms_sha256;
            DraftState::Ready(Box::new(ReadyDraft { offer, terms, terms_sha256, changed, held: *held, draft }))
        }
        None => DraftState::NothingChosen,
    })
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signed {
    /// Signed now, or earlier by the same draft: one agreement.
    Agreement(AgreementId),
    /// Something differs from what was shown: back to the check page.
    Changed,
    /// The draft is gone or was never this customer's: back to the options.
    NothingToSign,
}

/// Signs a draft: version 1 of an agreement, its document, its event and the e-mail of its copy, all or nothing.
pub async fn sign(
    state: &AppState,
    customer: &CustomerId,
    account_id: &AccountId,
    draft_id: &DraftId,
    signature: Signature,
) -> Result<Signed, Failure> {
    let draft = drafts::by_id(state.db.pool(), draft_id).await?;
    if draft.is_none_or(|draft| draft.customer_id != *customer || draft.account_id != *account_id) {
        return Ok(Signed::NothingToSign);
    }
    let now = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    store::lock_account(&mut tx, account_id.as_str()).await?;

    // Read again under the lock: another tab may have been faster.
    if let Some(agreement) = agreements::of_draft(&mut *tx, draft_id).await? {
        return Ok(Signed::Agreement(agreement));
    }
    if let Some(agreement) = agreements::active_of_account(&mut *tx, account_id).await? {
        return Ok(Signed::Agreement(agreement));
    }
    let account = facts::one_of_customer(&mut *tx, customer, account_id).await?;
    let account = account.map(facts::AccountRecord::without_disputed_part);
    let draft = drafts::by_id(&mut *tx, draft_id).await?.filter(|draft| !draft.ended);
    let stored = offer_sets::live(&mut *tx, account_id).await?;
    let (Some(account), Some(draft), Some(stored)) = (account.filter(|account| account.is_open()), draft, stored) else {
        return Ok(Signed::NothingToSign);
    };
    if forbidding_agreement(&holds::in_force(&mut tx, account_id.as_str(), now).await?).is_some() {
        return Ok(Signed::NothingToSign);
    }
    if !offers::still_holds(&stored, &account.facts, now) {
        return Ok(Signed::Changed);
    }
    let zone = clock::zone(&account.time_zone);
    let today = state.clock.today_in(&zone);
    let joins = joined::first_of(&mut *tx, customer, draft.choice.joins.as_ref(), account_id).await?;
    let Some((offer, terms)) = recompute(&account, &stored.set, &draft, reference_of(joins.as_ref()), today) else {
        return Ok(Signed::Changed);
    };
    let Some(agreed) = signature.agrees_to(&terms) else { return Ok(Signed::Changed) };

    let id = AgreementId(ids::new_id());
    let reference = ids::new_reference("EK");
    let pattern = plan_choice::pattern(&offer, &draft.choice.choice, today);
    let signing = Signing {
        agreement_id: &id,
        agreement_reference: &reference,
        number: 1,
        account: &account,
        terms: &terms,
        agreed: &agreed,
        signature: &signature,
        document_id: &DocumentId(ids::new_id()),
        signed_at: now,
        interest: &terms.schedule.interest_of_each(terms.interest, terms.offered_on),
        changes: None,
        pattern: pattern.as_ref(),
    };
    let new = NewAgreement {
        id: &id,
        reference: &reference,
        customer_id: customer,
        creditor_id: &account.creditor_id,
        account_id,
        currency: terms.currency.code(),
        kind: kind_code(terms.kind),
        draft_id: &draft.id,
        joined_to: joins.as_ref().map(|(first, _)| first),
        version: signing.version(),
    };
    agreements::insert(&mut tx, &new).await?;
    drafts::end(&mut tx, &draft.id, now).await?;
    offer_sets::end(&mut tx, &stored.id, now).await?;
    hardship::chosen(&mut tx, customer, account_id, now).await?;
    let mut details = Map::from_iter([("offer".to_owned(), json!(draft.offer_id))]);
    details.extend(joins.map(|(first, _)| ("joins".to_owned(), json!(first))));
    signing.finish(state, tx, "agreement.signed", details).await?;
    Ok(Signed::Agreement(id))
}

/// The offer and the terms a draft leads to on these facts; `None` if the offer or the choice no longer stands.
fn recompute(
    account: &facts::AccountRecord,
    set: &OfferSet,
    draft: &Draft,
    joins: Option<String>,
    today: Date,
) -> Option<(Offer, Terms)> {
    let offer = set.offer(&draft.offer_id).filter(|offer| can_be_agreed(offer))?;
    let schedule = fit(offer, &draft.choice.choice, today).ok()?;
    Some((offer.clone(), terms_of(account, set, offer, schedule, joins)))
}

/// What the terms say of the agreement that a choice joins.
fn reference_of(joins: Option<&(AgreementId, String)>) -> Option<String> {
    joins.map(|(_, reference)| reference.clone())
}

fn terms_of(account: &facts::AccountRecord, set: &OfferSet, offer: &Offer, schedule: Schedule, joins: Option<String>) -> Terms {
    let interest = match &offer.limits {
        Limits::Plan(limits) => limits.interest,
        Limits::OnePayment(_) => InterestRule::Frozen,
    };
    Terms {
        accounts: vec![account.reference.clone()],
        creditor: account.creditor.clone(),
        kind: offer.kind,
        basis: offer.basis,
        frequency: offer.frequency,
        currency: account.facts.currency,
        balance: set.balance,
        past_due: set.past_due,
        schedule,
        discount: offer.discount,
        interest,
        policy_version: set.policy_version.clone(),
        offered_on: set.made_on,
        consequences: if set.late_payment.is_some() { STATED_CONSEQUENCES } else { NEUTRAL_CONSEQUENCES }.to_owned(),
        late_payment: set.late_payment.clone(),
        disclosure: set.time_barred.disclosure(),
        replaces: None,
        joins,
    }
}

fn kind_code(kind: OfferKind) -> &'static str {
    match kind {
        OfferKind::Plan => "plan",
        OfferKind::Promise => "promise",
        OfferKind::Extension => "extension",
        OfferKind::GetUpToDate | OfferKind::PayInFull | OfferKind::PayPart => "payment",
    }
}
