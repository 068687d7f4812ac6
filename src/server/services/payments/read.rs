//! What may be paid on an account now, and how one payment stands.

use crate::domain::calendar::Date;
use crate::domain::components::{Paid, PartsOrder};
use crate::domain::ids::{AccountId, AgreementId, CustomerId, DocumentId};
use crate::domain::journey::Place;
use crate::domain::ledger::{Allocation, Owed, net};
use crate::domain::money::Money;
use crate::domain::offers::{Offer, OfferKind, offers_under};
use crate::domain::paying::{PayableAccount, PaymentTerms};
use crate::domain::payment::Payment;
use crate::domain::reversal::Reversal;
use crate::server::clock::{self, Millis};
use crate::server::processors::PaymentProcessor;
use crate::server::services::offers::is_opened_by;
use crate::server::services::{Failure, hardship, history, policies};
use crate::server::state::AppState;
use crate::server::store::facts::AccountRecord;
use crate::server::store::{
    self, StoreError, Tx, agreements, components, covered, documents, elsewhere, facts, holds, offer_sets, payments, reversals,
    shares,
};

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

impl Paying {
    /// Where the account is, before an amount is chosen. `None` is an account that is not the customer's.
    pub fn place(paying: Option<&Paying>) -> Place {
        match paying.map(|paying| &paying.waiting) {
            Some(Some(waiting)) => Place::PaymentWaiting(waiting.reference.clone()),
            Some(None) => Place::ChoosingPayment,
            None => Place::NotTheirs,
        }
    }
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
    let today = state.clock.today_in(&clock::zone(&account.time_zone));
    let account = history::complete(tx, account, today).await?;
    let (owed, agreement_id) = read_owed(tx, &account).await?;
    let open = payments::open_on_account(tx, account.id.as_str()).await?;
    let in_flight = shares::on_their_way(tx, &account.id).await?;
    let payable = PayableAccount {
        is_open: account.is_open(),
        terms: terms(state, tx, &account, today).await?,
        owed,
        disputed: account.disputed_part,
        in_flight: Money::new(in_flight, currency),
        holds: holds::in_force(tx, account.id.as_str(), now).await?,
        processor_minimum,
    };
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

/// What the policy says about paying: the one whose terms are held for the account, else the one in force. Holds nothing.
async fn terms(state: &AppState, tx: &mut Tx, account: &AccountRecord, today: Date) -> Result<PaymentTerms, Failure> {
    let held = offer_sets::live(&mut **tx, &account.id).await?;
    let relief = hardship::relief_of(state, tx, &account.customer_id).await?;
    let held = held.filter(|stored| stored.held_until > state.clock.now_millis() && is_opened_by(&stored.set, relief.as_ref()));
    let set = match held {
        Some(stored) if stored.set.balance == account.facts.balance && stored.set.past_due == account.facts.past_due => {
            stored.set
        }
        // What is owed has changed since: the promised policy, on what is owed now.
        Some(stored) => {
            let policy = policies::of_version_within(state, tx, &stored.set.policy_version).await?;
            offers_under(relief.as_ref(), &account.facts, &policy.policy, today, None, None)
        }
        None => offers_under(relief.as_ref(), &account.facts, &policies::current(state).policy, today, None, None),
    };
    let offer = |kind| set.offers.iter().find(|offer: &&Offer| offer.kind == kind && offer.valid_through >= today);
    Ok(PaymentTerms {
        minimum_part: offer(OfferKind::PayPart).map(|offer| offer.min_amount),
        prompt_discount: offer(OfferKind::PayInFull)
            .and_then(|offer| offer.discount)
            .unwrap_or(Money::zero(account.facts.currency)),
    })
}

/// One payment as its customer sees it.
#[derive(Clone, Debug)]
pub struct PaymentFacts {
    pub payment: Payment,
    pub account: AccountRecord,
    /// Of a payment that succeeded: what it is applied to now, without what went back.
    pub allocations: Vec<Allocation>,
    /// Which parts of the debt it paid, without what went back, in the order it paid them; and the order of all of them, where it is
    /// the one that was used for all of it.
    pub parts: Vec<(Paid, Money)>,
    pub order: Option<PartsOrder>,
    /// What went back of it or is on its way back, oldest first.
    pub reversals: Vec<Reversal>,
    /// The letters about that, oldest first.
    pub notes: Vec<DocumentId>,
    /// The agreement its account is under now.
    pub agreement: Option<AgreementId>,
    /// What the creditor gave up because of it; zero for nothing.
    pub discount: Money,
    pub receipt: Option<DocumentId>,
    /// What each account got, by reference, where the payment is over several; else empty.
    pub shares: Vec<ShareFacts>,
    /// The day it was paid to the creditor, who told us; `None` for a payment made here.
    pub paid_elsewhere_on: Option<Date>,
    /// When the processor is asked again, if it is.
    pub next_check_at: Option<Millis>,
}

/// The processor's own name for a payment, whoever's it is: for a command on the server.
pub async fn processor_reference(state: &AppState, reference: &str) -> Result<Option<String>, Failure> {
    Ok(payments::of_reference(state.db.pool(), reference).await?.and_then(|payment| payment.processor_reference))
}

/// One account's part of a payment over several.
#[derive(Clone, Debug)]
pub struct ShareFacts {
    pub account: AccountRecord,
    pub amount: Money,
    /// Of a payment that succeeded.
    pub allocations: Vec<Allocation>,
    /// What the creditor gave up on this account; zero for nothing.
    pub discount: Money,
}

async fn read_shares(tx: &mut Tx, payment: &Payment) -> Result<Vec<ShareFacts>, Failure> {
    let shares = shares::of_payment(tx, payment).await?;
    if shares.len() < 2 {
        return Ok(Vec::new());
    }
    let currency = payment.amount.currency();
    let mut facts = Vec::with_capacity(shares.len());
    for share in shares {
        let account = facts::one_of_customer(&mut **tx, &payment.customer_id, &share.account_id).await?;
        let account = account.ok_or(Failure::Missing("account"))?;
        let allocations = net(shares::allocations(tx, &payment.id, &account.id, currency).await?)?;
        let discount = shares::discount(tx, &payment.id, &account.id, currency).await?;
        facts.push(ShareFacts { account, amount: share.amount, allocations, discount });
    }
    facts.sort_by(|one, other| one.account.reference.cmp(&other.account.reference));
    Ok(facts)
}

/// A payment of this customer; another's is not found.
pub async fn payment(state: &AppState, customer: &CustomerId, reference: &str) -> Result<Option<PaymentFacts>, Failure> {
    let Some(payment) = payments::of_customer(state.db.pool(), reference, customer.as_str()).await? else { return Ok(None) };
    let next_check_at = payments::next_check_at(state.db.pool(), &payment.id).await?;
    let mut tx = state.db.begin_read().await?;
    let account = facts::one_of_customer(&mut *tx, customer, &payment.account_id).await?.ok_or(Failure::Missing("account"))?;
    let allocations = net(store::ledger::allocations(&mut tx, payment.id.as_str(), payment.amount.currency()).await?)?;
    let (parts, order) = components::of_payment(&mut tx, payment.id.as_str(), payment.amount.currency()).await?;
    let reversals = reversals::of_payment(&mut tx, &payment.id).await?;
    let notes = documents::notes_of_payment(&mut tx, &payment.id).await?;
    let agreement = agreements::active_of_account(&mut *tx, &payment.account_id).await?;
    let discount = store::ledger::discount_of(&mut tx, payment.id.as_str(), payment.amount.currency()).await?;
    let receipt = documents::of_payment(&mut tx, &payment.id).await?;
    let shares = read_shares(&mut tx, &payment).await?;
    let paid_elsewhere_on = elsewhere::of_payment(&mut tx, &payment.id).await?.map(|taken| taken.paid_on);
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Some(PaymentFacts {
        payment,
        account,
        allocations,
        parts,
        order,
        reversals,
        notes,
        agreement,
        discount,
        receipt,
        shares,
        paid_elsewhere_on,
        next_check_at,
    }))
}
