//! What a person decides about the books of an account: a correction, or giving a part of the debt up. Each is an entry of its
//! own with a reason and a person; nothing that stands in the books is changed.

use super::{Failure, policies};
use crate::domain::components::{self as parts_of_debt, Paid, Parts};
use crate::domain::ids::normalise_reference;
use crate::domain::ledger::{Component, Entry};
use crate::domain::money::Money;
use crate::server::clock;
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::facts::AccountRecord;
use crate::server::store::ledger::EntryContext;
use crate::server::store::{self, StoreError, Tx, agreements, components, covered, facts};
use serde_json::json;

/// Who decides it and why.
#[derive(Clone, Debug)]
pub struct Decided {
    pub reason: String,
    pub by: String,
    /// The same for one decision, however often it is sent.
    pub key: String,
}

/// What is to be booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Above zero more is owed, below zero less. A plain decimal.
    Correct { amount: String, part: Paid },
    /// Without an amount all of it; without a part in the order in which payments pay.
    WriteOff { amount: Option<String>, part: Option<Paid> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booked {
    /// What it changed: above zero more is owed.
    pub amount: Money,
    pub balance: Money,
    /// It was booked before under the same key.
    pub is_repeated: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotBooked {
    NoSuchAccount,
    /// No plain decimal, zero, or below zero where that has no meaning.
    NotAnAmount,
    /// So much is not owed of it.
    MoreThanOwed {
        owed: Money,
    },
    /// A decision without a reason and a person is none.
    NoReason,
    /// The key stands for another entry.
    KeyNotUsable,
}

/// Books it. Sent again under the same key, it is the same entry.
pub async fn book(
    state: &AppState,
    reference: &str,
    what: &What,
    decided: &Decided,
) -> Result<Result<Booked, NotBooked>, Failure> {
    if decided.reason.trim().is_empty() || decided.by.trim().is_empty() {
        return Ok(Err(NotBooked::NoReason));
    }
    let Some(account) = facts::by_reference(state.db.pool(), &normalise_reference(reference)).await? else {
        return Ok(Err(NotBooked::NoSuchAccount));
    };
    let mut tx = state.db.begin_write().await?;
    store::lock_account(&mut tx, account.id.as_str()).await?;
    let account = facts::by_id(&mut *tx, account.id.as_str()).await?.ok_or(Failure::Missing("account"))?;
    let kind = match what {
        What::Correct { .. } => "correction",
        What::WriteOff { .. } => "write_off",
    };
    let once_key = format!("{kind}:{}", decided.key);
    if let Some((account_id, minor)) = store::ledger::of_once_key(&mut tx, &once_key).await? {
        let same = account_id == account.id.as_str();
        let amount = Money::new(minor, account.facts.currency);
        let booked = Booked { amount, balance: account.facts.balance, is_repeated: true };
        return Ok(if same { Ok(booked) } else { Err(NotBooked::KeyNotUsable) });
    }
    let entry = match entry(state, &mut tx, &account, what).await? {
        Ok(entry) => entry,
        Err(refused) => return Ok(Err(refused)),
    };
    let at = state.clock.now_millis();
    let actor = format!("operator:{}", decided.by.trim());
    let context = EntryContext {
        account_id: account.id.as_str(),
        payment_id: None,
        posted_at: at,
        posted_on: clock::date_of(at, &clock::zone(&account.time_zone)),
        reason: decided.reason.trim(),
        actor: &actor,
        once_key: &once_key,
    };
    let transaction = store::ledger::append(&mut tx, &entry, &context).await?;
    let balance = store::ledger::balance(&mut tx, account.id.as_str(), account.facts.currency).await?;
    let amount = balance.checked_sub(account.facts.balance)?;
    let event = Event {
        at,
        actor: Actor::Operator,
        action: "ledger.decided",
        customer_id: Some(account.customer_id.to_string()),
        account_id: Some(account.id.to_string()),
        subject_id: Some(transaction),
        // The words of the reason and the name are in the books; the trail holds no free text.
        details: json!({ "kind": kind, "amount_minor": amount.minor(), "balance_after_minor": balance.minor() }),
    };
    events::append(&mut tx, &event).await?;
    end_agreement_if_nothing_is_owed(&mut tx, &account, balance, at).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Ok(Booked { amount, balance, is_repeated: false }))
}

async fn entry(state: &AppState, tx: &mut Tx, account: &AccountRecord, what: &What) -> Result<Result<Entry, NotBooked>, Failure> {
    let currency = account.facts.currency;
    match what {
        What::Correct { amount, part } => {
            let amount = Money::parse_decimal(amount, currency).ok().filter(|amount| !amount.is_zero());
            Ok(match (amount, component(*part)) {
                (Some(amount), Some(component)) => Ok(Entry::correction(component, amount)),
                _ => Err(NotBooked::NotAnAmount),
            })
        }
        What::WriteOff { amount, part } => {
            let order = policies::current(state).policy.allocation;
            let books = components::of_account(tx, account.id.as_str()).await?;
            let open = parts_of_debt::outstanding(books.charged, books.settled, books.unassigned, order)?;
            let of = match part {
                None => open,
                Some(part) => {
                    let mut of = Parts::default();
                    of.add(*part, open.of(*part))?;
                    of
                }
            };
            let owed = Money::new(order.parts().into_iter().map(|part| of.of(part)).sum(), currency);
            if !owed.is_positive() {
                return Ok(Err(NotBooked::MoreThanOwed { owed }));
            }
            let amount = match amount {
                None => Some(owed),
                Some(text) => Money::parse_decimal(text, currency).ok(),
            };
            let Some(amount) = amount.filter(|amount| amount.is_positive()) else { return Ok(Err(NotBooked::NotAnAmount)) };
            if amount.minor() > owed.minor() {
                return Ok(Err(NotBooked::MoreThanOwed { owed }));
            }
            let lines = parts_of_debt::split(amount, of, order)?.lines(order, currency);
            let lines: Vec<(Component, Money)> =
                lines.into_iter().filter_map(|(part, amount)| Some((component(part)?, amount))).collect();
            Ok(Ok(Entry::write_off(&lines)))
        }
    }
}

fn component(part: Paid) -> Option<Component> {
    match part {
        Paid::Principal => Some(Component::Principal),
        Paid::Interest => Some(Component::Interest),
        Paid::Fees => Some(Component::Fees),
        Paid::Credit => None,
    }
}

async fn end_agreement_if_nothing_is_owed(tx: &mut Tx, account: &AccountRecord, balance: Money, at: i64) -> Result<(), Failure> {
    if balance.is_positive() {
        return Ok(());
    }
    let Some(agreement_id) = agreements::active_of_account(&mut **tx, &account.id).await? else { return Ok(()) };
    covered::complete_agreement(tx, &agreement_id, at).await?;
    let event = Event {
        at,
        actor: Actor::System,
        action: "agreement.completed",
        customer_id: Some(account.customer_id.to_string()),
        account_id: Some(account.id.to_string()),
        subject_id: Some(agreement_id.to_string()),
        details: json!({ "balance_minor": balance.minor() }),
    };
    Ok(events::append(tx, &event).await?)
}
