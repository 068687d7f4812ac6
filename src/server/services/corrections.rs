//! What a person decides about the books of an account: a correction, or giving a part of the debt up. Each is an entry of its
//! own with a reason and a person; nothing that stands in the books is changed.

use super::completions::{self, CompletedBy};
use super::{Failure, policies};
use crate::domain::components::{self as parts_of_debt, Paid, Parts};
use crate::domain::ids::{AccountId, normalise_reference};
use crate::domain::ledger::{Component, Entry};
use crate::domain::money::Money;
use crate::server::clock::{self, Millis};
use crate::server::state::AppState;
use crate::server::store::asked_entries::{self, Asked};
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::facts::AccountRecord;
use crate::server::store::ledger::EntryContext;
use crate::server::store::{self, StoreError, Tx, components, facts};
use serde_json::json;
use sha2::{Digest, Sha256};

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

impl What {
    const KINDS: [&str; 2] = ["correction", "write_off"];

    fn kind(&self) -> &'static str {
        match self {
            What::Correct { .. } => "correction",
            What::WriteOff { .. } => "write_off",
        }
    }

    /// The key of its entry in the ledger.
    fn once_key(&self, decision_key: &str) -> String {
        format!("{}:{decision_key}", self.kind())
    }

    /// What is asked, so that a key cannot stand for two things. An amount is the same however it is written; all of it is another
    /// thing than the amount it happens to be.
    fn digest(&self, account: &AccountRecord) -> String {
        let minor = |text: &str| match Money::parse_decimal(text, account.facts.currency) {
            Ok(amount) => amount.minor().to_string(),
            Err(_) => format!("unreadable {text}"),
        };
        let (amount, part) = match self {
            What::Correct { amount, part } => (minor(amount), Some(*part)),
            What::WriteOff { amount, part } => (amount.as_deref().map_or_else(|| "all".to_owned(), minor), *part),
        };
        let part = part.map_or("in order", Paid::code);
        let asked = format!("1|{}|{}|{part}|{amount}", account.id, self.kind());
        hex::encode(Sha256::digest(asked.as_bytes()))
    }
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
    /// No more than was ever charged of a part can be taken off it; more would be a credit of another part.
    MoreThanCharged {
        charged: Money,
    },
    /// So much more that it cannot be reckoned with.
    TooLarge,
    /// A decision without a reason and a person is none.
    NoReason,
    /// The key stands for another entry, or for one of which it is not known what was asked.
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
    let booked = book_within(state, &mut tx, &account.id, what, decided, state.clock.now_millis()).await?;
    if booked.is_ok() {
        tx.commit().await.map_err(StoreError::from)?;
    }
    Ok(booked)
}

/// Books it in the caller's transaction, who has locked the account.
pub(super) async fn book_within(
    state: &AppState,
    tx: &mut Tx,
    account: &AccountId,
    what: &What,
    decided: &Decided,
    at: Millis,
) -> Result<Result<Booked, NotBooked>, Failure> {
    let account = facts::by_id(&mut **tx, account.as_str()).await?.ok_or(Failure::Missing("account"))?;
    let (once_key, request_sha256) = (what.once_key(&decided.key), what.digest(&account));
    if let Some((asked, once_key)) = asked_entries::of_decision(tx, &decided.key).await? {
        let amount = store::ledger::amount_of(tx, &once_key, account.facts.currency).await?;
        let booked = Booked { amount, balance: account.facts.balance, is_repeated: true };
        return Ok(if asked == request_sha256 { Ok(booked) } else { Err(NotBooked::KeyNotUsable) });
    }
    // Booked before it was kept what had been asked: it cannot be compared.
    for kind in What::KINDS {
        if store::ledger::of_once_key(tx, &format!("{kind}:{}", decided.key)).await?.is_some() {
            return Ok(Err(NotBooked::KeyNotUsable));
        }
    }
    let entry = match entry(state, tx, &account, what).await? {
        Ok(entry) => entry,
        Err(refused) => return Ok(Err(refused)),
    };
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
    let asked = Asked {
        decision_key: &decided.key,
        account_id: account.id.as_str(),
        request_sha256: &request_sha256,
        once_key: &once_key,
    };
    match asked_entries::insert(tx, &asked).await {
        Ok(()) => {}
        // The key under another account at the same moment: then it is not the same decision.
        Err(error) if error.is_duplicate() => return Ok(Err(NotBooked::KeyNotUsable)),
        Err(error) => return Err(error.into()),
    }
    let transaction = store::ledger::append(tx, &entry, &context).await?;
    let balance = store::ledger::balance(tx, account.id.as_str(), account.facts.currency).await?;
    let amount = balance.checked_sub(account.facts.balance)?;
    let event = Event {
        at,
        actor: Actor::Operator,
        action: "ledger.decided",
        customer_id: Some(account.customer_id.to_string()),
        account_id: Some(account.id.to_string()),
        subject_id: Some(transaction),
        // The words of the reason and the name are in the books; the trail holds no free text.
        details: json!({ "kind": what.kind(), "amount_minor": amount.minor(), "balance_after_minor": balance.minor() }),
    };
    events::append(tx, &event).await?;
    if !balance.is_positive() {
        completions::nothing_is_owed(state, tx, &account.id, CompletedBy::Entry, at).await?;
    }
    Ok(Ok(Booked { amount, balance, is_repeated: false }))
}

async fn entry(state: &AppState, tx: &mut Tx, account: &AccountRecord, what: &What) -> Result<Result<Entry, NotBooked>, Failure> {
    let currency = account.facts.currency;
    match what {
        What::Correct { amount, part } => {
            let amount = Money::parse_decimal(amount, currency).ok().filter(|amount| !amount.is_zero());
            let (Some(amount), Some(of)) = (amount, component(*part)) else { return Ok(Err(NotBooked::NotAnAmount)) };
            let charged = Money::new(components::of_account(tx, account.id.as_str()).await?.charged.of(*part), currency);
            let is_too_large = account.facts.balance.checked_add(amount).is_err();
            Ok(match charged.checked_add(amount) {
                Ok(after) if after.minor() < 0 => Err(NotBooked::MoreThanCharged { charged }),
                Ok(_) if !is_too_large => Ok(Entry::correction(of, amount)),
                Ok(_) | Err(_) => Err(NotBooked::TooLarge),
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
