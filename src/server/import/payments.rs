//! One row of a payments file, read and checked as a whole. Pure.
//!
//! Each row is a payment that the creditor took itself, known by the creditor's own id: sent again, it is the same payment.

use super::accounts;
use super::faults::{Fault, Reason};
use super::fields;
use super::layout::Row;
use super::mapping::{Field, Sign};
use super::repeats::Key;
use crate::domain::calendar::Date;
use crate::domain::money::{Currency, Money};
use sha2::{Digest, Sha256};

pub struct PaymentRow {
    pub reference_normalised: String,
    pub currency: Currency,
    pub paid_on: Date,
    /// What was paid, above zero.
    pub amount: Money,
    /// The creditor's own id.
    pub id: String,
    /// How it was paid, in the creditor's words.
    pub method: Option<String>,
    /// A payment of ours that the creditor reports back.
    pub payment_reference: Option<String>,
}

/// What must not occur twice in a file: the creditor's id of the payment.
pub fn key(row: &mut Row<'_>) -> Option<Key> {
    Some(Key::of_digest(&Sha256::digest(id(row)?.as_bytes())))
}

fn id(row: &mut Row<'_>) -> Option<String> {
    row.required(Field::TransactionId, |text| fields::plain_text(text, fields::MAX_REFERENCE))
}

pub fn read(mut row: Row<'_>) -> Result<PaymentRow, Vec<Fault>> {
    if !row.is_whole() {
        return Err(row.into_faults());
    }
    let reference = accounts::reference(&mut row);
    let paid_on = row.date(Field::PostedOn, true);
    let currency = row.required(Field::Currency, fields::currency);
    let amount = currency.and_then(|currency| amount(&mut row, currency));
    let id = id(&mut row);
    let method = row.optional(Field::Method, |text| fields::shown_text(text, fields::MAX_DESCRIPTION));
    let payment_reference = row.optional(Field::PaymentReference, |text| fields::plain_text(text, fields::MAX_REFERENCE));
    let (Some((_, reference_normalised)), Some(paid_on), Some(currency), Some(amount), Some(id), false) =
        (reference, paid_on, currency, amount, id, row.has_faults())
    else {
        return Err(row.into_faults());
    };
    Ok(PaymentRow { reference_normalised, currency, paid_on: row.moved(paid_on), amount, id, method, payment_reference })
}

/// What was paid. Written as a positive number, unless the mapping says that what lowers the balance is negative.
fn amount(row: &mut Row<'_>, currency: Currency) -> Option<Money> {
    let amount = row.amount(Field::Amount, currency, true)?;
    let paid = match row.sign(Field::Amount) {
        Sign::Subtracted | Sign::ByKind => amount,
        Sign::AlreadySigned => amount.negated(),
    };
    if paid.is_positive() {
        return Some(paid);
    }
    row.fault(Field::Amount, Reason::NotAPayment);
    None
}
