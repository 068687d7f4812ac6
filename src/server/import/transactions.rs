//! One row of a transactions file, read and checked as a whole. Pure.
//!
//! **Identity.** A transaction is known again by the creditor's own id where the mapping has one. Else by a digest of what
//! it says (account, day, kind, amount, description) and its place among equal rows of the same account in the file: the
//! second of two equal payments on one day is a payment, not a repetition. The place depends on the file alone, so a run
//! that was interrupted, a second run, and a newer file that has grown give the same identities, and rows need not be
//! sorted by account. Equal rows are found in a first pass with fixed memory (see `repeats`).

use super::accounts;
use super::faults::{Fault, Reason};
use super::fields;
use super::layout::Row;
use super::mapping::{Field, Sign};
use super::repeats::Key;
use crate::domain::money::{Currency, Money};
use sha2::{Digest, Sha256};

pub struct TransactionRow {
    pub reference_normalised: String,
    pub currency: Currency,
    pub posted_on: String,
    pub kind: &'static str,
    /// What it did to the balance, in minor units.
    pub amount_minor: i64,
    pub description: String,
    /// The creditor's own id.
    pub id: Option<String>,
    /// A payment of ours that the creditor reports back.
    pub payment_reference: Option<String>,
}

const KINDS: [&str; 7] = ["opening_balance", "charge", "interest", "fee", "payment", "credit", "adjustment"];

impl TransactionRow {
    /// What makes two rows of a file the same to us.
    pub fn key(&self) -> Key {
        let mut digest = Sha256::new();
        let mut part = |text: &str| {
            digest.update(text.as_bytes());
            digest.update([0]);
        };
        part(&self.reference_normalised);
        if let Some(id) = &self.id {
            part("id");
            part(id);
        } else {
            part(&self.posted_on);
            part(self.kind);
            part(&self.amount_minor.to_string());
            part(&self.description);
        }
        Key::of_digest(&digest.finalize())
    }

    /// The identity in the database. `place` counts equal rows before this one.
    pub fn fingerprint(&self, key: Key, place: u32) -> String {
        match place {
            0 => key.to_hex(),
            place => format!("{}-{place}", key.to_hex()),
        }
    }
}

pub fn read(mut row: Row<'_>) -> Result<TransactionRow, Vec<Fault>> {
    if !row.is_whole() {
        return Err(row.into_faults());
    }
    let reference = accounts::reference(&mut row);
    let posted_on = row.date(Field::PostedOn, true);
    let kind = row
        .required(Field::Kind, |text| KINDS.into_iter().find(|kind| text.eq_ignore_ascii_case(kind)).ok_or(Reason::UnknownKind));
    let currency = row.required(Field::Currency, fields::currency);
    let amount = currency.and_then(|currency| amount(&mut row, currency, kind));
    let description = row.optional(Field::Description, |text| fields::plain_text(text, fields::MAX_DESCRIPTION));
    let id = row.optional(Field::TransactionId, |text| fields::plain_text(text, fields::MAX_REFERENCE));
    let payment_reference = row.optional(Field::PaymentReference, |text| fields::plain_text(text, fields::MAX_REFERENCE));
    let (Some((_, reference_normalised)), Some(posted_on), Some(kind), Some(currency), Some(amount), false) =
        (reference, posted_on, kind, currency, amount, row.has_faults())
    else {
        return Err(row.into_faults());
    };
    Ok(TransactionRow {
        reference_normalised,
        currency,
        posted_on: row.moved(posted_on).to_string(),
        kind,
        amount_minor: amount.minor(),
        description: description.unwrap_or_default(),
        id,
        payment_reference,
    })
}

fn amount(row: &mut Row<'_>, currency: Currency, kind: Option<&str>) -> Option<Money> {
    if row.has(Field::Amount) {
        let amount = row.amount(Field::Amount, currency, true)?;
        let lowers = matches!(kind, Some("payment" | "credit"));
        return Some(match row.sign(Field::Amount) {
            Sign::AlreadySigned => amount,
            Sign::Subtracted => amount.negated(),
            Sign::ByKind => {
                if lowers {
                    amount.negated()
                } else {
                    amount
                }
            }
        });
    }
    let debit = row.amount(Field::Debit, currency, false);
    let credit = row.amount(Field::Credit, currency, false);
    match (debit, credit) {
        (Some(debit), None) => Some(debit),
        (None, Some(credit)) => Some(credit.negated()),
        // Many systems write a zero in the other column.
        (Some(debit), Some(credit)) if credit.is_zero() => Some(debit),
        (Some(debit), Some(credit)) if debit.is_zero() => Some(credit.negated()),
        (Some(_), Some(_)) => {
            row.fault(Field::Credit, Reason::BothDebitAndCredit);
            None
        }
        (None, None) => {
            // An amount that could not be read has been told.
            if row.text(Field::Debit).is_none() && row.text(Field::Credit).is_none() {
                row.fault(Field::Debit, Reason::Missing);
            }
            None
        }
    }
}
