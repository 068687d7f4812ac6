//! Whether an agreement's payments are collected, whether they could be, and how one permission stands.

use crate::domain::agreement_state::AgreementState;
use crate::domain::calendar::Date;
use crate::domain::hold::{HoldKind, allow_collection};
use crate::domain::ids::{AgreementId, CustomerId};
use crate::domain::journey::Place;
use crate::domain::ledger::OpenInstalment;
use crate::domain::mandate::{Mandate, MandateState, MandateTerms, NotNow, PlannedPayment, split_late};
use crate::domain::money::Money;
use crate::domain::payment::{Payment, Purpose};
use crate::server::clock::{self, Millis};
use crate::server::services::{Failure, collections, keeping};
use crate::server::state::AppState;
use crate::server::store::agreements::{self, StoredAgreement};
use crate::server::store::facts::{self, AccountRecord};
use crate::server::store::{self, StoreError, Tx, covered, holds, mandates, payments};

/// An agreement with everything that decides whether its payments may be collected.
#[derive(Clone, Debug)]
pub struct Automatic {
    pub agreement: StoredAgreement,
    pub account: AccountRecord,
    /// The one in force.
    pub given: Option<Mandate>,
    /// One that may still come into force: it is finished or taken back before another is begun.
    pub waiting: Option<Mandate>,
    /// The last one that was in force and is over.
    pub ended: Option<Mandate>,
    /// What will be taken by itself next, and when.
    pub next: Option<(Date, Money)>,
    /// A collection that was sent and of which the outcome is to come.
    pub sent: Option<Payment>,
    /// What would be allowed now, or why nothing can be.
    pub terms: Result<MandateTerms, NotNow>,
    pub today: Date,
}

impl Automatic {
    /// Where the agreement is, for the screen on which a permission is given.
    pub fn place(&self) -> Place {
        match (&self.terms, &self.waiting) {
            (Err(NotNow::AgreementEnded), _) => Place::AgreementOver(self.agreement.id.clone()),
            (_, Some(waiting)) => Place::MandateWaiting(waiting.reference.clone()),
            (_, None) => Place::UnderAgreement(self.agreement.id.clone()),
        }
    }
}

/// How the payments of this customer's agreement are collected; `None` where it is not theirs.
pub async fn automatic(state: &AppState, customer: &CustomerId, agreement: &AgreementId) -> Result<Option<Automatic>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let found = read_automatic(state, &mut tx, customer, agreement).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(found)
}

/// The same within a transaction: called again, under the account's lock, at the moment of authorising.
pub(super) async fn read_automatic(
    state: &AppState,
    tx: &mut Tx,
    customer: &CustomerId,
    agreement: &AgreementId,
) -> Result<Option<Automatic>, Failure> {
    let Some(agreement) = agreements::of_customer(&mut **tx, customer, agreement).await? else { return Ok(None) };
    let Some(account) = facts::one_of_customer(&mut **tx, customer, &agreement.account_id).await? else { return Ok(None) };
    let all = mandates::of_agreement(&mut **tx, &agreement.id).await?;
    let newest = |wanted: fn(&MandateState) -> bool| all.iter().find(|mandate| wanted(&mandate.state)).cloned();
    let open = covered::open_instalments(tx, &agreement.id, agreement.terms.currency).await?;
    let zone = clock::zone(&account.time_zone);
    let day_of = |at| clock::date_of(at, &zone);
    let instalments = store::keeping::instalments(tx, &agreement.id, agreement.terms.currency, day_of).await?;
    let not_collected = collections::not_collected(tx, &agreement.id, &instalments).await?;
    let holds = holds::in_force(tx, account.id.as_str(), state.clock.now_millis()).await?;
    let running = payments::open_on_account(tx, account.id.as_str()).await?;
    let today = state.clock.today_in(&zone);
    Ok(Some(Automatic {
        given: newest(|state| matches!(state, MandateState::Given { .. })),
        waiting: newest(MandateState::is_open),
        ended: newest(|state| matches!(state, MandateState::Ended { .. })),
        sent: running.into_iter().find(|payment| payment.purpose == Purpose::Collection),
        terms: terms(state, &agreement, &account, (&open, &not_collected), &holds, today),
        next: keeping::next_collected(tx, &agreement.id, &account).await?,
        agreement,
        account,
        today,
    }))
}

fn terms(
    state: &AppState,
    agreement: &StoredAgreement,
    account: &AccountRecord,
    (open, not_collected): (&[OpenInstalment], &[i64]),
    holds: &[HoldKind],
    today: Date,
) -> Result<MandateTerms, NotNow> {
    let currency = agreement.terms.currency;
    let takes_currency = state.processor.as_ref().is_some_and(|processor| processor.minimum(currency).is_some());
    if agreement.state != AgreementState::Active {
        return Err(NotNow::AgreementEnded);
    }
    if !account.is_open() || holds.contains(&HoldKind::Recalled) {
        return Err(NotNow::NotOpen);
    }
    if !allow_collection(holds) {
        return Err(NotNow::Held);
    }
    if !takes_currency {
        return Err(NotNow::NoProcessor);
    }
    let planned = |part: &OpenInstalment| PlannedPayment { number: part.number, due_on: part.due_on, amount: part.open };
    // What was given back is not taken again, and not asked for.
    let asked_for = open.iter().filter(|part| !part.is_given_back);
    let (by_hand, to_collect): (Vec<_>, Vec<_>) =
        asked_for.map(planned).partition(|payment| not_collected.contains(&i64::from(payment.number)));
    let (payments, late) = split_late(to_collect, today, currency);
    let by_hand = by_hand.iter().fold(0_i64, |sum, payment| sum.saturating_add(payment.amount.minor()));
    if payments.is_empty() {
        return Err(NotNow::NothingOpen);
    }
    Ok(MandateTerms {
        creditor: agreement.terms.creditor.clone(),
        portal: state.config.portal_name.clone(),
        phone: state.config.contact.phone.clone(),
        agreement_reference: agreement.reference.clone(),
        agreement_version: agreement.version,
        accounts: agreement.terms.accounts.clone(),
        currency,
        payments,
        late,
        by_hand: Money::new(by_hand, currency),
        disclosure: account.facts.time_barred.disclosure(),
    })
}

/// One permission as its customer sees it.
#[derive(Clone, Debug)]
pub struct MandateFacts {
    pub mandate: Mandate,
    pub automatic: Automatic,
    /// When the processor is asked again, if it is.
    pub next_check_at: Option<Millis>,
}

/// A permission of this customer; another's is not found.
pub async fn mandate(state: &AppState, customer: &CustomerId, reference: &str) -> Result<Option<MandateFacts>, Failure> {
    let Some(mandate) = mandates::of_customer(state.db.pool(), reference, customer).await? else { return Ok(None) };
    let next_check_at = mandates::next_check_at(state.db.pool(), &mandate.id).await?;
    let automatic = automatic(state, customer, &mandate.agreement_id).await?.ok_or(Failure::Missing("agreement"))?;
    Ok(Some(MandateFacts { mandate, automatic, next_check_at }))
}
