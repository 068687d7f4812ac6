//! More was paid than was owed: the customer has it back when they say so, from the payments it came with, newest first. Of a
//! payment over several accounts at most what went to this one, and it is undone on this one alone. One decision, however often
//! it is sent.

use super::held::Held;
use super::processor_of;
use super::refund::{NewRefund, ask, digest, insert};
use crate::domain::ids::{AccountId, CustomerId};
use crate::domain::money::Money;
use crate::domain::payment::Payment;
use crate::domain::refund_limits::spread;
use crate::domain::reversal::{DecidedBy, Reversal, ReversalReason};
use crate::paths;
use crate::server::crash_point::{self, CrashPoint};
use crate::server::services::Failure;
use crate::server::state::AppState;
use crate::server::store::facts::AccountRecord;
use crate::server::store::{self, StoreError, Tx, facts, payments, reversals};

/// What the customer decided.
#[derive(Clone, Debug)]
pub struct HaveBack {
    pub customer: CustomerId,
    pub account: AccountId,
    /// The amount on the button, in minor units of the account's currency.
    pub amount_minor: i64,
    /// Made when the page was rendered: the same on every copy of that form.
    pub key: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HaveBackRefusal {
    /// No such account of this customer, or nobody moves money here.
    NotFound,
    /// There is another amount to have back now, or none.
    Changed,
    /// The key stands for something else, or is no key of ours.
    KeyNotUsable,
}

/// What can be had back on an account now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreditBack {
    /// More than was owed, and not on its way back yet.
    pub credit: Money,
    /// As much of it as the payments here can give back; the rest a person gives.
    pub possible: Money,
    /// On its way back already.
    pub on_its_way: Money,
}

/// What of a credit the customer can have back by pressing a button.
pub async fn credit_back(state: &AppState, tx: &mut Tx, account: &AccountRecord) -> Result<CreditBack, Failure> {
    let currency = account.facts.currency;
    let mut on_its_way = Money::zero(currency);
    for payment in payments::going_back_on_account(tx, &account.id).await? {
        on_its_way = on_its_way.checked_add(Held::read(tx, &payment).await?.on_its_way_for(&account.id)?)?;
    }
    let credit = account.facts.balance.negated().checked_sub(on_its_way)?;
    let credit = Money::new(credit.minor().max(0), currency);
    let parts = plan(state, tx, account, credit).await?;
    let possible = parts.iter().try_fold(Money::zero(currency), |sum, (_, part)| sum.checked_add(*part))?;
    Ok(CreditBack { credit, possible, on_its_way })
}

/// Which payments give back how much of a credit.
async fn plan(state: &AppState, tx: &mut Tx, account: &AccountRecord, credit: Money) -> Result<Vec<(Payment, Money)>, Failure> {
    let Some(processor) = state.processor.as_ref().filter(|_| credit.is_positive()) else { return Ok(Vec::new()) };
    let paid = payments::paid_on_account(tx, &account.customer_id, &account.id, processor.name()).await?;
    let mut left = Vec::with_capacity(paid.len());
    for payment in &paid {
        left.push(Held::read(tx, payment).await?.left_for(&account.id)?);
    }
    let parts = spread(credit, &left)?;
    Ok(paid.into_iter().zip(parts).filter(|(_, part)| part.is_positive()).collect())
}

/// Gives the credit back. Says which payment's page shows how it stands.
pub async fn have_back(state: &AppState, decision: &HaveBack) -> Result<Result<String, HaveBackRefusal>, Failure> {
    if !paths::is_token(&decision.key) {
        return Ok(Err(HaveBackRefusal::KeyNotUsable));
    }
    let refunds = match record(state, decision).await? {
        Ok(refunds) => refunds,
        Err(refusal) => return Ok(Err(refusal)),
    };
    crash_point::pass(&state.config, CrashPoint::AfterRefundRecorded);
    let mut shown = String::new();
    for (payment, reversal) in refunds {
        if shown.is_empty() {
            shown.clone_from(&payment.reference);
        }
        if let Some(processor) = processor_of(state, &payment.processor).filter(|_| reversal.state.is_open()) {
            ask(state, processor.as_ref(), &payment, &reversal).await?;
        }
    }
    Ok(if shown.is_empty() { Err(HaveBackRefusal::Changed) } else { Ok(shown) })
}

type Recorded = Result<Vec<(Payment, Reversal)>, HaveBackRefusal>;

async fn record(state: &AppState, decision: &HaveBack) -> Result<Recorded, Failure> {
    let amount = decision.amount_minor.to_string();
    let digest = digest(&["have_back", decision.customer.as_str(), decision.account.as_str(), &amount]);
    let mut tx = state.db.begin_write().await?;
    let Some(_) = facts::one_of_customer(&mut *tx, &decision.customer, &decision.account).await? else {
        return Ok(Err(HaveBackRefusal::NotFound));
    };
    store::lock_account(&mut tx, decision.account.as_str()).await?;
    if let Some(asked) = reversals::request_of_decision(&mut tx, &decision.key).await? {
        if asked != digest {
            return Ok(Err(HaveBackRefusal::KeyNotUsable));
        }
        let mut earlier = Vec::new();
        for reversal in reversals::of_decision(&mut tx, &decision.key).await? {
            let payment = payments::by_id(&mut tx, &reversal.payment_id).await?.ok_or(Failure::Missing("payment"))?;
            earlier.push((payment, reversal));
        }
        return Ok(Ok(earlier));
    }
    // Read again under the lock: the credit of this very moment.
    let account =
        facts::one_of_customer(&mut *tx, &decision.customer, &decision.account).await?.ok_or(Failure::Missing("account"))?;
    let back = credit_back(state, &mut tx, &account).await?;
    if !back.possible.is_positive() || back.possible.minor() != decision.amount_minor {
        return Ok(Err(HaveBackRefusal::Changed));
    }
    let mut refunds = Vec::new();
    for (payment, part) in plan(state, &mut tx, &account, back.credit).await? {
        let new = NewRefund {
            payment: &payment,
            only_for: Some(&decision.account),
            amount: part,
            reason: ReversalReason::Overpaid,
            decided_by: DecidedBy::Customer(decision.customer.to_string()),
            reason_text: None,
            decision_key: &decision.key,
            request_sha256: &digest,
        };
        let reversal = insert(state, &mut tx, &new).await?;
        refunds.push((payment, reversal));
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Ok(refunds))
}
