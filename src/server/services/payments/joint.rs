//! One payment over several accounts: what may be paid on each, and starting it. Either every share stands as it was checked,
//! or nothing is begun.

use super::begun;
use super::read::{Paying, read_paying};
use super::reconcile::RECONCILE_JOB;
use super::report;
use super::start::{Started, lead_to_processor};
use super::wait_before_check;
use crate::domain::account::Disclosure;
use crate::domain::beginning::TooMany;
use crate::domain::ids::{AccountId, CustomerId, PaymentId};
use crate::domain::joint_payment::{self, MOST_ACCOUNTS, ShareChoice, ShareRefusal, SumRefusal};
use crate::domain::language::Language;
use crate::domain::money::{Currency, Money};
use crate::domain::payment::{Payment, PaymentState, Purpose};
use crate::paths;
use crate::server::ids;
use crate::server::processors::PaymentProcessor;
use crate::server::services::Failure;
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::shares::Share;
use crate::server::store::{self, StoreError, Tx, facts, jobs, payments, shares};
use serde_json::json;
use sha2::{Digest, Sha256};

/// One share as it stood on the check page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownShare {
    pub account: AccountId,
    pub purpose: Purpose,
    /// In minor units of the currency.
    pub amount_minor: i64,
    pub discount_minor: i64,
    /// What was said about this account before the button.
    pub disclosed: Option<Disclosure>,
}

/// What the customer decided on the check page.
#[derive(Clone, Debug)]
pub struct JointDecision {
    pub customer: CustomerId,
    pub currency: Currency,
    pub shares: Vec<ShownShare>,
    /// Made when the page was rendered: the same on every copy of that form.
    pub key: String,
    pub language: Language,
}

impl JointDecision {
    /// What was asked for. The order of the accounts and the language are no part of it.
    fn digest(&self, shares: &[&ShownShare]) -> String {
        let mut asked = format!("2|{}|{}", self.customer, self.currency.code());
        for share in shares {
            asked.push_str(&format!("|{}|{}|{}", share.account, share.purpose.code(), share.amount_minor));
        }
        hex::encode(Sha256::digest(asked.as_bytes()))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JointRefusal {
    /// These accounts cannot be paid as they were shown, and why. Nothing was begun for any of them.
    Shares(Vec<(AccountId, ShareChanged)>),
    /// All together are less than the processor moves.
    TooSmall { minimum: Money },
    /// No such account of this customer, or nobody takes payments here.
    NotFound,
    /// Something has to be said before paying that was not on the page.
    NotDisclosed,
    /// The key stands for something else that was asked before, or is no key of ours.
    KeyNotUsable,
    /// Too many were begun and not paid; one over several accounts is one.
    TooMany(TooMany),
}

/// What became of a share since it was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShareChanged {
    Refused(ShareRefusal),
    /// The same amount would now be something else: a discount is gone or another part is due.
    Otherwise(ShareChoice),
}

/// The accounts of this customer in one currency, with what may be paid on each now, by reference; at most
/// [`MOST_ACCOUNTS`]. Empty where nobody takes payments in it.
pub async fn paying_several(state: &AppState, customer: &CustomerId, currency: Currency) -> Result<Vec<Paying>, Failure> {
    let Some(processor) = &state.processor else { return Ok(Vec::new()) };
    let mut tx = state.db.begin_read().await?;
    let records = facts::of_customer(&mut *tx, customer.as_str()).await?;
    let of_currency = records.into_iter().filter(|account| account.facts.currency == currency).take(MOST_ACCOUNTS);
    let mut accounts = Vec::new();
    for account in of_currency {
        accounts.extend(read_paying(state, &mut tx, processor.as_ref(), customer, &account.id).await?);
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(accounts)
}

/// What the first transaction came to.
enum Recorded {
    New(Box<Payment>),
    Earlier { reference: String },
    Refused(JointRefusal),
}

/// Records the decision, asks the processor, records its answer. Safe to send again: the same key leads to the same payment.
pub async fn start_joint(state: &AppState, decision: &JointDecision) -> Result<Result<Started, JointRefusal>, Failure> {
    let Some(processor) = state.processor.clone() else { return Ok(Err(JointRefusal::NotFound)) };
    if !paths::is_token(&decision.key) {
        return Ok(Err(JointRefusal::KeyNotUsable));
    }
    match record(state, processor.as_ref(), decision).await? {
        Recorded::New(payment) => lead_to_processor(state, processor.as_ref(), &payment, decision.language).await.map(Ok),
        Recorded::Earlier { reference } => Ok(Ok(Started::ToPayment { reference })),
        Recorded::Refused(refusal) => Ok(Err(refusal)),
    }
}

async fn record(state: &AppState, processor: &dyn PaymentProcessor, decision: &JointDecision) -> Result<Recorded, Failure> {
    let refuse = |refusal| Ok(Recorded::Refused(refusal));
    // One order for everybody: two payments over the same accounts cannot wait for each other in a circle.
    let mut shown: Vec<&ShownShare> = decision.shares.iter().collect();
    shown.sort_by(|one, other| one.account.as_str().cmp(other.account.as_str()));
    let has_repeats = shown.windows(2).any(|pair| pair[0].account == pair[1].account);
    if shown.is_empty() || shown.len() > MOST_ACCOUNTS || has_repeats {
        return refuse(JointRefusal::NotFound);
    }
    let digest = decision.digest(&shown);
    let mut tx = state.db.begin_write().await?;
    for share in &shown {
        match store::lock_account(&mut tx, share.account.as_str()).await {
            Ok(_) => {}
            Err(StoreError::UnexpectedRows { .. }) => return refuse(JointRefusal::NotFound),
            Err(error) => return Err(error.into()),
        }
    }
    if let Some((earlier, asked)) = payments::of_decision(&mut tx, &decision.key).await? {
        let is_same = asked == digest && earlier.customer_id == decision.customer;
        return Ok(if is_same {
            Recorded::Earlier { reference: earlier.reference }
        } else {
            Recorded::Refused(JointRefusal::KeyNotUsable)
        });
    }
    let mut accounts = Vec::with_capacity(shown.len());
    for share in &shown {
        match read_paying(state, &mut tx, processor, &decision.customer, &share.account).await? {
            Some(paying) if paying.account.facts.currency == decision.currency => accounts.push(paying),
            Some(_) | None => return refuse(JointRefusal::NotFound),
        }
    }
    // Another one might be paid at this very moment on the processor's page.
    if let Some(waiting) = accounts.iter().find_map(|paying| paying.waiting.as_ref()) {
        return Ok(Recorded::Earlier { reference: waiting.reference.clone() });
    }
    let (agreed, changed) = compare(&shown, &accounts);
    if !changed.is_empty() {
        return refuse(JointRefusal::Shares(changed));
    }
    let is_untold = |(share, paying): (&&ShownShare, &Paying)| {
        let disclosure = paying.account.facts.time_barred.disclosure();
        disclosure.is_some() && disclosure != share.disclosed
    };
    if shown.iter().zip(&accounts).any(is_untold) {
        return refuse(JointRefusal::NotDisclosed);
    }
    let Some(minimum) = processor.minimum(decision.currency) else { return refuse(JointRefusal::NotFound) };
    let amount = match joint_payment::sum(agreed.iter().map(|share| share.amount), minimum)? {
        Ok(amount) => amount,
        Err(SumRefusal::Nothing | SumRefusal::BelowProcessorMinimum { .. }) => {
            return refuse(JointRefusal::TooSmall { minimum });
        }
    };
    let discounts = agreed.iter().map(|share| share.discount);
    let discount = discounts.into_iter().try_fold(Money::zero(decision.currency), Money::checked_add)?;
    let (Some(first), Some(first_account)) = (agreed.first(), accounts.first()) else {
        return refuse(JointRefusal::NotFound);
    };
    if let Err(too_many) = begun::another(state, &mut tx, &decision.customer).await? {
        return refuse(JointRefusal::TooMany(too_many));
    }
    let is_only = agreed.len() == 1;
    let payment = Payment {
        id: PaymentId(ids::new_id()),
        reference: ids::new_reference("EK"),
        customer_id: decision.customer.clone(),
        account_id: first.account_id.clone(),
        agreement_id: first_account.agreement_id.clone().filter(|_| is_only),
        purpose: if is_only { first.purpose } else { Purpose::Part },
        amount,
        discount,
        processor: processor.name().to_owned(),
        processor_reference: None,
        decision_key: decision.key.clone(),
        state: PaymentState::Created,
        created_at: state.clock.now_millis(),
    };
    match payments::insert_shared(&mut tx, &payment, &digest, &agreed).await {
        Ok(()) => {}
        // Under other accounts at the same moment: then it is not the same request.
        Err(error) if error.is_duplicate() => return refuse(JointRefusal::KeyNotUsable),
        Err(error) => return Err(error.into()),
    }
    note_start(state, &mut tx, &payment, &agreed, &shown).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Recorded::New(Box::new(payment)))
}

/// The shares that still are what was shown, and those that are not.
fn compare(shown: &[&ShownShare], accounts: &[Paying]) -> (Vec<Share>, Vec<(AccountId, ShareChanged)>) {
    let mut agreed = Vec::with_capacity(shown.len());
    let mut changed = Vec::new();
    for (share, paying) in shown.iter().zip(accounts) {
        let amount = Money::new(share.amount_minor, paying.account.facts.currency);
        match joint_payment::choose(&paying.payable, amount) {
            Ok(now) if now.purpose == share.purpose && now.discount.minor() == share.discount_minor => agreed.push(Share {
                account_id: share.account.clone(),
                purpose: now.purpose,
                amount: now.amount,
                discount: now.discount,
            }),
            Ok(now) => changed.push((share.account.clone(), ShareChanged::Otherwise(now))),
            Err(refusal) => changed.push((share.account.clone(), ShareChanged::Refused(refusal))),
        }
    }
    (agreed, changed)
}

/// An event on each account, and the job that finds out what became of the payment whatever happens to this process.
async fn note_start(
    state: &AppState,
    tx: &mut Tx,
    payment: &Payment,
    agreed: &[Share],
    shown: &[&ShownShare],
) -> Result<(), Failure> {
    let now = state.clock.real_now_millis();
    let once_key = format!("{RECONCILE_JOB}:{}", payment.id);
    jobs::ask(tx, RECONCILE_JOB, payment.id.as_str(), &once_key, now + wait_before_check(0), now).await?;
    for (share, shown) in agreed.iter().zip(shown) {
        let event = Event {
            at: payment.created_at,
            actor: Actor::Customer(payment.customer_id.to_string()),
            action: "payment.created",
            customer_id: Some(payment.customer_id.to_string()),
            account_id: Some(share.account_id.to_string()),
            subject_id: Some(payment.id.to_string()),
            details: json!({
                "purpose": share.purpose.code(), "amount_minor": share.amount.minor(),
                "discount_minor": share.discount.minor(), "currency": share.amount.currency().code(),
                "disclosure": shown.disclosed, "of_joint_minor": payment.amount.minor(),
            }),
        };
        events::append(tx, &event).await?;
    }
    Ok(())
}

/// Closes what is open over several accounts, this one among them: its customer says that it is not right. A payment made a
/// moment before stays made, and what is open on this account alone is their own choice.
pub async fn close_joint_pages(state: &AppState, account_id: &str) -> Result<(), Failure> {
    let mut tx = state.db.begin_read().await?;
    let mut joint = Vec::new();
    for payment in payments::open_on_account(&mut tx, account_id).await? {
        if payment.state.blocks_another() && shares::of_payment(&mut tx, &payment).await?.len() > 1 {
            joint.push(payment);
        }
    }
    tx.commit().await.map_err(StoreError::from)?;
    for payment in joint {
        report::cancel(state, &payment.customer_id, &payment.reference).await?;
    }
    Ok(())
}
