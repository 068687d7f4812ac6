//! What may be paid on an account now, and how one payment stands.

use crate::domain::calendar::Date;
use crate::domain::hold::HoldKind;
use crate::domain::ids::{AccountId, AgreementId, CustomerId};
use crate::domain::ledger::{Allocation, Owed};
use crate::domain::money::Money;
use crate::domain::offers::OfferKind;
use crate::domain::paying::{PayableAccount, PaymentTerms};
use crate::domain::payment::{Payment, PaymentState};
use crate::server::clock::{self, Millis};
use crate::server::processors::PaymentProcessor;
use crate::server::services::Failure;
use crate::server::state::AppState;
use crate::server::store::facts::AccountRecord;
use crate::server::store::{self, StoreError, Tx, agreements, covered, facts, holds, offer_sets, payments};

/// An account with everything that decides what may be paid on it.
#[derive(Clone, Debug)]
pub struct Paying {
    pub account: AccountRecord,
    pub payable: PayableAccount,
    pub agreement_id: Option<AgreementId>,
    /// A payment that has to be finished or cancelled before another is begun.
    pub waiting: Option<Payment>,
    pub today: Date,
}

/// What may be paid on an account of this customer; `None` where it is not theirs or nobody takes payments here in its
/// currency.
pub async fn paying(state: &AppState, customer: &CustomerId, account: &AccountId) -> Result<Option<Paying>, Failure> {
    let Some(processor) = &state.processor else { return Ok(None) };
    let mut tx = state.db.begin_read().await?;
    let paying = read_paying(state, &mut tx, processor.as_ref(), customer, account).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(paying)
}

/// The same within a transaction: called again, under the account's lock, at the moment of paying.
pub(super) async fn read_paying(
    state: &AppState,
    tx: &mut Tx,
    processor: &dyn PaymentProcessor,
    customer: &CustomerId,
    account: &AccountId,
) -> Result<Option<Paying>, Failure> {
    let Some(account) = facts::one_of_customer(&mut **tx, customer, account).await? else { return Ok(None) };
    let currency = account.facts.currency;
    let Some(processor_minimum) = processor.minimum(currency) else { return Ok(None) };
    let now = state.clock.now_millis();
    let (owed, agreement_id) = read_owed(tx, &account).await?;
    let open = payments::open_on_account(tx, account.id.as_str()).await?;
    let on_their_way = open.iter().filter(|payment| payment.state == PaymentState::Processing);
    let in_flight = on_their_way.fold(0_i64, |sum, payment| {
        sum.saturating_add(payment.amount.minor()).saturating_add(payment.discount.minor())
    });
    let payable = PayableAccount {
        is_open: account.is_open(),
        terms: held_terms(tx, &account, processor_minimum, now).await?,
        owed,
        in_flight: Money::new(in_flight, currency),
        holds: holds::in_force(tx, account.id.as_str(), now).await?,
        processor_minimum,
    };
    let today = state.clock.today_in(&clock::zone(&account.time_zone));
    let waiting = open.into_iter().find(|payment| payment.state.blocks_another());
    Ok(Some(Paying { account, payable, agreement_id, waiting, today }))
}

/// What an account owes now, and the agreement it is under.
pub(super) async fn read_owed(tx: &mut Tx, account: &AccountRecord) -> Result<(Owed, Option<AgreementId>), Failure> {
    let agreement_id = agreements::active_of_account(&mut **tx, &account.id).await?;
    let instalments = match &agreement_id {
        Some(id) => covered::open_instalments(tx, id, account.facts.currency).await?,
        None => Vec::new(),
    };
    let owed = Owed { balance: account.facts.balance, past_due: account.facts.past_due, instalments };
    Ok((owed, agreement_id))
}

/// What the offers held for the account say about paying. A set made for another balance says nothing about a discount: that
/// is for the whole balance, and is shown anew with the next set.
async fn held_terms(tx: &mut Tx, account: &AccountRecord, least: Money, now: Millis) -> Result<PaymentTerms, Failure> {
    let none = Money::zero(account.facts.currency);
    let mut terms = PaymentTerms { minimum_part: least, prompt_discount: none };
    let held = offer_sets::live(&mut **tx, &account.id).await?.filter(|stored| stored.held_until > now);
    let Some(held) = held else { return Ok(terms) };
    for offer in &held.set.offers {
        match offer.kind {
            OfferKind::PayPart => terms.minimum_part = offer.min_amount,
            OfferKind::PayInFull if held.set.balance == account.facts.balance => {
                terms.prompt_discount = offer.discount.unwrap_or(none);
            }
            OfferKind::PayInFull
            | OfferKind::GetUpToDate
            | OfferKind::Plan
            | OfferKind::Extension
            | OfferKind::Promise => {}
        }
    }
    Ok(terms)
}

/// One payment as its customer sees it.
#[derive(Clone, Debug)]
pub struct PaymentFacts {
    pub payment: Payment,
    pub account: AccountRecord,
    /// Of a payment that succeeded.
    pub allocations: Vec<Allocation>,
    /// When the processor is asked again, if it is.
    pub next_check_at: Option<Millis>,
    pub holds: Vec<HoldKind>,
}

/// A payment of this customer; another's is not found.
pub async fn payment(state: &AppState, customer: &CustomerId, reference: &str) -> Result<Option<PaymentFacts>, Failure> {
    let Some(payment) = payments::of_customer(state.db.pool(), reference, customer.as_str()).await? else { return Ok(None) };
    let next_check_at = payments::next_check_at(state.db.pool(), &payment.id).await?;
    let mut tx = state.db.begin_read().await?;
    let account = facts::one_of_customer(&mut *tx, customer, &payment.account_id).await?.ok_or(Failure::Missing("account"))?;
    let allocations = store::ledger::allocations(&mut tx, payment.id.as_str(), payment.amount.currency()).await?;
    let holds = holds::in_force(&mut tx, account.id.as_str(), state.clock.now_millis()).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Some(PaymentFacts { payment, account, allocations, next_check_at, holds }))
}
