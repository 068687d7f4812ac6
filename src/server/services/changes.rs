//! Changing an agreement, and ending it: what is wanted is computed when it is shown, when it is kept and when it is signed, from what
//! was signed before, what is paid, and the policy. Signing makes the next version, with a confirmation of its own; the one before
//! stays as it was. Called by pages and the command line.

use super::agreements::fingerprint;
use super::confirmations::{self, SignedVersion};
use super::outbox::{self, Hurry, Message};
use super::{Failure, endings, hardship, policies};
use crate::domain::agreement::{NEUTRAL_CONSEQUENCES, STATED_CONSEQUENCES, Terms};
use crate::domain::agreement_state::AgreementState;
use crate::domain::calendar::{ClosedDays, Date, Holidays};
use crate::domain::changing::{Change, ChangeTerms, Line, NotChanged, Running, pattern_of};
use crate::domain::contact::template::Template;
use crate::domain::due_dates::DuePattern;
use crate::domain::format;
use crate::domain::hold::forbidding_agreement;
use crate::domain::ids::{AgreementId, CustomerId, DocumentId};
use crate::domain::language::Language;
use crate::domain::money::Money;
use crate::domain::policy::Policy;
use crate::domain::schedule::Schedule;
use crate::paths;
use crate::server::clock;
use crate::server::ids;
use crate::server::state::AppState;
use crate::server::store::agreements::{self, NewVersion, StoredAgreement};
pub use crate::server::store::changes::Version;
use crate::server::store::changes::{self, ChangeDraft};
use crate::server::store::collections::TryState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::facts::{self, AccountRecord};
use crate::server::store::{self, StoreError, Tx, customers, holds, plan_interest, shares};
use serde_json::json;

/// An agreement that is in force, and what may be changed of it now.
#[derive(Clone, Debug)]
pub struct Changeable {
    pub agreement: StoredAgreement,
    pub account: AccountRecord,
    pub today: Date,
    /// `None` where the policy lets nobody change it without a person.
    pub terms: Option<ChangeTerms>,
    pub lines: Vec<Line>,
    pub has_email: bool,
    /// Its payments are collected by themselves: a permission ends with the plan it was given for.
    pub is_collected: bool,
    versions: Vec<Version>,
    pattern: Option<DuePattern>,
    holidays: Holidays,
    minimum: Money,
    last_excess: Money,
    closed_days: ClosedDays,
}

impl Changeable {
    pub fn running(&self) -> Running<'_> {
        let terms = &self.agreement.terms;
        let changes = u32::try_from(self.versions.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let skips = self.versions.iter().filter(|version| matches!(version.change, Some(Change::Skip { .. }))).count();
        let first_agreed_on = self
            .versions
            .first()
            .map_or(self.today, |first| clock::date_of(first.signed_at, &clock::zone(&self.account.time_zone)));
        Running {
            principal: terms.schedule.principal,
            down_payment: terms.schedule.down_payment,
            interest: terms.interest,
            interest_from: terms.offered_on,
            lines: self.lines.clone(),
            pattern: self.pattern,
            frequency: terms.frequency,
            closed_days: self.closed_days,
            holidays: &self.holidays,
            minimum: self.minimum,
            last_excess: self.last_excess,
            first_agreed_on,
            changes,
            skips: u32::try_from(skips).unwrap_or(u32::MAX),
            terms: self.terms,
        }
    }

    /// The terms of the version that a change leads to. What has to be said, and what the creditor says of a late payment, is as it
    /// is now: an account may have become time-barred since.
    pub fn terms_after(&self, change: &Change, schedule: Schedule, policy: &Policy) -> Terms {
        let before = &self.agreement.terms;
        let time_barred = self.account.facts.time_barred;
        let late_payment = policy.consequences.of(time_barred).late_payment;
        let frequency = match change {
            Change::Replan(choice) => choice.frequency,
            Change::Move { .. } | Change::Skip { .. } | Change::Pause { .. } => before.frequency,
        };
        Terms {
            schedule,
            frequency,
            policy_version: policy.version.clone(),
            consequences: if late_payment.is_some() { STATED_CONSEQUENCES } else { NEUTRAL_CONSEQUENCES }.to_owned(),
            late_payment,
            disclosure: time_barred.disclosure(),
            replaces: Some(self.agreement.terms_sha256.clone()),
            ..before.clone()
        }
    }
}

/// Why nothing can be changed at all now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotNow {
    /// It is completed or has ended.
    Over,
    /// The creditor took the account back, or its customer may agree to nothing now.
    Forbidden,
}

/// How an agreement of this customer may be changed; `None` where it is not theirs.
pub async fn changeable(
    state: &AppState,
    customer: &CustomerId,
    id: &AgreementId,
) -> Result<Option<Result<Box<Changeable>, NotNow>>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let found = read(state, &mut tx, customer, id).await?;
    store::end_read(tx);
    Ok(found)
}

async fn read(
    state: &AppState,
    tx: &mut Tx,
    customer: &CustomerId,
    id: &AgreementId,
) -> Result<Option<Result<Box<Changeable>, NotNow>>, Failure> {
    let Some(agreement) = agreements::of_customer(&mut **tx, customer, id).await? else { return Ok(None) };
    let Some(account) = facts::one_of_customer(&mut **tx, customer, &agreement.account_id).await? else { return Ok(None) };
    if agreement.state != AgreementState::Active {
        return Ok(Some(Err(NotNow::Over)));
    }
    let held = holds::in_force(tx, account.id.as_str(), state.clock.now_millis()).await?;
    if !account.is_open() || forbidding_agreement(&held).is_some() {
        return Ok(Some(Err(NotNow::Forbidden)));
    }
    let zone = clock::zone(&account.time_zone);
    let today = state.clock.today_in(&zone);
    let policy = &policies::current(state).policy;
    let plan = policy.segment_for(&account.facts, today, None).and_then(|segment| segment.terms.plan.as_ref());
    let currency = account.facts.currency;
    let versions = changes::versions(&mut **tx, id).await?;
    let is_plan = agreement.terms.schedule.instalments.len() > 1 || agreement.terms.frequency.is_some();
    let kept = versions.iter().rev().find_map(|version| version.pattern);
    let pattern = is_plan.then(|| kept.or_else(|| pattern_of(&agreement.terms))).flatten();
    let lines = lines(tx, &agreement, &account).await?;
    let relief = hardship::relief_of(state, tx, customer).await?;
    let minimum = plan.map_or(Money::new(1, currency), |plan| plan.minimum_instalment);
    let is_collected = store::collections::permission(tx, id).await?.is_some();
    Ok(Some(Ok(Box::new(Changeable {
        today,
        terms: relief.as_ref().map_or(policy.change, |relief| relief.widen_changes(policy.change, today)),
        lines,
        has_email: account.has_email,
        is_collected,
        versions,
        pattern,
        holidays: policy.holidays.clone(),
        minimum: relief.as_ref().map_or(minimum, |relief| relief.minimum(minimum)),
        last_excess: plan.map_or(Money::zero(currency), |plan| plan.last_instalment_excess),
        closed_days: plan.map_or(ClosedDays::Keep, |plan| plan.closed_days),
        agreement,
        account,
    }))))
}

async fn lines(tx: &mut Tx, agreement: &StoredAgreement, account: &AccountRecord) -> Result<Vec<Line>, Failure> {
    let zone = clock::zone(&account.time_zone);
    let currency = account.facts.currency;
    let instalments = store::keeping::instalments(tx, &agreement.id, currency, |at| clock::date_of(at, &zone)).await?;
    let tries = store::collections::of_agreement(tx, &agreement.id).await?;
    let asked = |number: u32| tries.iter().any(|one| one.state == TryState::Asked && one.key.number == i64::from(number));
    // What the customer has paid and is still on its way pays the oldest first.
    let collected: i64 = tries.iter().filter(|one| one.state == TryState::Asked).map(|one| one.amount.minor()).sum();
    let mut on_its_way = shares::on_their_way(tx, &account.id).await?.saturating_sub(collected);
    Ok(instalments
        .iter()
        .map(|instalment| {
            let open = instalment.open().minor();
            let is_on_its_way = !instalment.is_met() && on_its_way > 0 && open > 0;
            if is_on_its_way {
                on_its_way = on_its_way.saturating_sub(open);
            }
            Line {
                number: instalment.number,
                due_on: instalment.due_on,
                amount: instalment.amount,
                paid: Money::new(instalment.paid_minor(), currency),
                is_met: instalment.is_met(),
                is_used: !instalment.paid.is_empty(),
                is_being_collected: is_on_its_way || asked(instalment.number),
            }
        })
        .collect())
}

/// What became of a wish.
#[derive(Debug)]
pub enum Wanted {
    Kept,
    /// Not so; the nearest that can be.
    NotAllowed(Box<NotChanged>),
    NotNow(NotNow),
    NotFound,
}

/// Keeps what is wanted, if it is allowed, to be checked and signed.
pub async fn want(state: &AppState, customer: &CustomerId, id: &AgreementId, change: Change) -> Result<Wanted, Failure> {
    let found = match changeable(state, customer, id).await? {
        None => return Ok(Wanted::NotFound),
        Some(Err(why)) => return Ok(Wanted::NotNow(why)),
        Some(Ok(found)) => found,
    };
    if let Err(refused) = found.running().change(&change, found.today) {
        return Ok(Wanted::NotAllowed(Box::new(refused)));
    }
    let now = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    store::lock_account(&mut tx, found.account.id.as_str()).await?;
    let draft = ChangeDraft { version: found.agreement.version, change };
    changes::keep(&mut tx, id, customer, &draft, now).await?;
    let event = Event {
        at: now,
        actor: Actor::Customer(customer.to_string()),
        action: "change.kept",
        customer_id: Some(customer.to_string()),
        account_id: Some(found.account.id.to_string()),
        subject_id: Some(id.to_string()),
        details: json!({ "change": draft.change, "version": draft.version }),
    };
    events::append(&mut tx, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Wanted::Kept)
}

/// A change that is wanted, as it comes to now.
#[derive(Clone, Debug)]
pub struct Ready {
    pub found: Box<Changeable>,
    pub change: Change,
    pub terms: Terms,
    pub terms_sha256: String,
}

/// The change that an agreement's customer wants, ready to be checked and signed; `None` where nothing is wanted or it cannot be
/// any more.
pub async fn ready(state: &AppState, customer: &CustomerId, id: &AgreementId) -> Result<Option<Ready>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let ready = compute(state, &mut tx, customer, id).await?;
    store::end_read(tx);
    Ok(ready)
}

async fn compute(state: &AppState, tx: &mut Tx, customer: &CustomerId, id: &AgreementId) -> Result<Option<Ready>, Failure> {
    let Some(Ok(found)) = read(state, tx, customer, id).await? else { return Ok(None) };
    let wanted = changes::wanted(&mut **tx, id).await?.filter(|wanted| wanted.version == found.agreement.version);
    let Some(ChangeDraft { change, .. }) = wanted else { return Ok(None) };
    let Ok(schedule) = found.running().change(&change, found.today) else { return Ok(None) };
    let terms = found.terms_after(&change, schedule, &policies::current(state).policy);
    let terms_sha256 = fingerprint(&terms.canonical_json());
    Ok(Some(Ready { found, change, terms, terms_sha256 }))
}

/// What the customer did on the screen that shows the change.
#[derive(Clone, Debug)]
pub struct ChangeSignature {
    /// SHA-256 of the terms that were on the screen, and of the text beside them, in its language.
    pub shown_sha256: String,
    pub language: Language,
    pub shown_text_sha256: String,
    /// Writes that text for terms.
    pub text_of: fn(&Terms, Language) -> String,
    pub typed_name: String,
    pub copy_now: bool,
}

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
    signature: ChangeSignature,
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
    let consent_text_sha256 = fingerprint(&(signature.text_of)(&ready.terms, signature.language));
    if ready.terms_sha256 != signature.shown_sha256 || consent_text_sha256 != signature.shown_text_sha256 {
        return Ok(ChangeSigned::Changed);
    }
    let Ready { found, change, terms, terms_sha256 } = ready;
    // What was announced of the version before is closed while it is still the one in force.
    endings::replace_version(state, &mut tx, id, now).await?;

    let number = found.agreement.version + 1;
    let document_id = DocumentId(ids::new_id());
    let canonical = terms.canonical_json();
    let pattern = found.running().pattern_after(&change, found.today);
    let booked = plan_interest::booked(&mut tx, id).await?;
    let version = NewVersion {
        number,
        policy_version: terms.policy_version.as_str(),
        terms: &canonical,
        terms_sha256: &terms_sha256,
        total_minor: terms.schedule.total.minor(),
        signed_name: signature.typed_name.trim(),
        signed_at: now,
        signed_in_zone: &found.account.time_zone,
        language: signature.language.tag(),
        consent_text_sha256: &consent_text_sha256,
        document_id: &document_id,
        instalments: &terms.schedule.instalments,
        interest: &still_to_book(&terms, booked),
        change: Some(&change),
        pattern: pattern.as_ref(),
    };
    changes::add_version(&mut tx, id, &version).await?;
    changes::forget(&mut tx, id).await?;
    hardship::chosen(&mut tx, customer, &found.account.id, now).await?;
    let signed = SignedVersion {
        agreement_id: id,
        agreement_reference: &found.agreement.reference,
        version: u32::try_from(number).unwrap_or(u32::MAX),
        document_id: &document_id,
        account: &found.account,
        terms: &terms,
        before: Some(&found.agreement.terms),
        canonical_terms: &canonical,
        typed_name: signature.typed_name.trim(),
        signed_at: now,
        language: signature.language,
        copy_now: signature.copy_now,
    };
    confirmations::issue(state, &mut tx, &signed).await?;
    let event = Event {
        at: now,
        actor: Actor::Customer(customer.to_string()),
        action: "agreement.changed",
        customer_id: Some(customer.to_string()),
        account_id: Some(found.account.id.to_string()),
        subject_id: Some(id.to_string()),
        details: json!({
            "version": number,
            "change": change,
            "terms_sha256": terms_sha256,
            "replaces": terms.replaces,
            "consent_text_sha256": consent_text_sha256,
            "policy": terms.policy_version,
            "disclosure": terms.disclosure,
            "language": signature.language.tag(),
        }),
    };
    events::append(&mut tx, &event).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(ChangeSigned::Version(number))
}

/// What interest is still to be booked on the day of each payment: what was booked under earlier versions counts as the first of it.
fn still_to_book(terms: &Terms, mut booked: i64) -> Vec<Money> {
    let each = terms.schedule.interest_of_each(terms.interest, terms.offered_on);
    each.into_iter()
        .map(|interest| {
            let done = interest.minor().min(booked).max(0);
            booked -= done;
            Money::new(interest.minor() - done, interest.currency())
        })
        .collect()
}

/// What became of the wish to end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Now, or before.
    Ended,
    /// A payment of it is being collected: it can end when that is known.
    BeingCollected,
    NotFound,
}

/// Ends an agreement because its customer wants it: nothing more of it is asked for or collected, and what is owed is owed as before.
pub async fn end(state: &AppState, customer: &CustomerId, id: &AgreementId) -> Result<Ended, Failure> {
    let at = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    let Some(agreement) = agreements::of_customer(&mut *tx, customer, id).await? else { return Ok(Ended::NotFound) };
    store::lock_account(&mut tx, agreement.account_id.as_str()).await?;
    let Some(agreement) = agreements::of_customer(&mut *tx, customer, id).await? else { return Ok(Ended::NotFound) };
    if agreement.state != AgreementState::Active {
        return Ok(Ended::Ended);
    }
    let tries = store::collections::of_agreement(&mut tx, id).await?;
    if tries.iter().any(|one| one.state == TryState::Asked) {
        return Ok(Ended::BeingCollected);
    }
    endings::end(state, &mut tx, id, endings::Ending::ByCustomer, at).await?;
    changes::forget(&mut tx, id).await?;
    let event = Event {
        at,
        actor: Actor::Customer(customer.to_string()),
        action: "agreement.ended_by_customer",
        customer_id: Some(customer.to_string()),
        account_id: Some(agreement.account_id.to_string()),
        subject_id: Some(id.to_string()),
        details: json!({ "version": agreement.version }),
    };
    events::append(&mut tx, &event).await?;
    tell_of_end(state, &mut tx, customer, &agreement).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Ended::Ended)
}

/// Says that it has ended, with what was paid under it and what is owed.
async fn tell_of_end(state: &AppState, tx: &mut Tx, customer: &CustomerId, agreement: &StoredAgreement) -> Result<(), Failure> {
    let account = facts::one_of_customer(&mut **tx, customer, &agreement.account_id).await?.ok_or(Failure::Missing("account"))?;
    let addressee = customers::addressee(tx, customer).await?.ok_or(Failure::Missing("customer"))?;
    let language = Language::from_tag(&addressee.language).unwrap_or_default();
    let zone = clock::zone(&account.time_zone);
    let instalments =
        store::keeping::instalments(tx, &agreement.id, account.facts.currency, |at| clock::date_of(at, &zone)).await?;
    let paid = instalments.iter().fold(0_i64, |sum, instalment| sum.saturating_add(instalment.paid_minor()));
    let paid = format::money(Money::new(paid, account.facts.currency), language);
    let balance = format::money(account.facts.balance, language);
    let day = format::long_date(state.clock.today_in(&zone), language);
    let link = format!("{}{}", state.config.public_url, paths::options(account.id.as_str()));
    let values =
        [("reference", &*agreement.reference), ("day", &*day), ("amount", &*paid), ("balance", &*balance), ("link", &*link)];
    let message = Message {
        customer_id: customer,
        template: Template::AgreementCancelled,
        language,
        values: &values,
        document_id: None,
        hurry: Hurry::InWindow,
        once: &format!("{}:{}", Template::AgreementCancelled.code(), agreement.id),
    };
    outbox::enqueue(state, tx, &message).await
}

/// Every version of an agreement of this customer, the newest first.
pub async fn versions(state: &AppState, customer: &CustomerId, id: &AgreementId) -> Result<Vec<Version>, Failure> {
    if agreements::of_customer(state.db.pool(), customer, id).await?.is_none() {
        return Ok(Vec::new());
    }
    let mut versions = changes::versions(state.db.pool(), id).await?;
    versions.reverse();
    Ok(versions)
}
