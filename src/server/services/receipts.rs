//! What a receipt says: made in the transaction of the payment's success, from what that transaction has read and written.

use crate::domain::calendar::Date;
use crate::domain::ids::AgreementId;
use crate::domain::ledger::{Allocation, AppliedTo, Owed};
use crate::domain::money::Money;
use crate::domain::payment::Payment;
use crate::server::clock::Millis;
use crate::server::store::facts::AccountRecord;

/// One line of what a payment was applied to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptLine {
    pub applied_to: AppliedTo,
    /// Of an instalment.
    pub due_on: Option<Date>,
    pub amount: Money,
}

/// Everything a receipt says besides names and addresses.
#[derive(Clone, Debug)]
pub struct ReceiptFacts {
    pub payment_reference: String,
    /// What the payment company calls the payment.
    pub processor_reference: String,
    pub creditor: String,
    pub account_reference: String,
    pub account_product: String,
    pub amount: Money,
    /// Given up by the creditor because of this payment; zero for none.
    pub discount: Money,
    pub lines: Vec<ReceiptLine>,
    pub balance_before: Money,
    pub balance_after: Money,
    pub paid_at: Millis,
    pub time_zone: String,
    pub agreement_id: Option<AgreementId>,
}

/// What the books hold of a payment at the moment it succeeds.
#[derive(Clone, Copy, Debug)]
pub struct Booked<'a> {
    pub payment: &'a Payment,
    pub account: &'a AccountRecord,
    /// Before the payment.
    pub owed: &'a Owed,
    pub lines: &'a [Allocation],
    pub discount: Money,
    pub balance_after: Money,
    pub at: Millis,
}

pub fn facts(booked: &Booked<'_>) -> ReceiptFacts {
    let due_on = |applied_to: &AppliedTo| match applied_to {
        AppliedTo::Instalment { number, .. } => {
            booked.owed.instalments.iter().find(|instalment| instalment.number == *number).map(|instalment| instalment.due_on)
        }
        AppliedTo::PastDue | AppliedTo::Balance | AppliedTo::Credit => None,
    };
    let line = |line: &Allocation| ReceiptLine {
        applied_to: line.applied_to.clone(),
        due_on: due_on(&line.applied_to),
        amount: line.amount,
    };
    ReceiptFacts {
        payment_reference: booked.payment.reference.clone(),
        processor_reference: booked.payment.processor_reference.clone().unwrap_or_default(),
        creditor: booked.account.creditor.clone(),
        account_reference: booked.account.reference.clone(),
        account_product: booked.account.facts.product.clone(),
        amount: booked.payment.amount,
        discount: booked.discount,
        lines: booked.lines.iter().map(line).collect(),
        balance_before: booked.owed.balance,
        balance_after: booked.balance_after,
        paid_at: booked.at,
        time_zone: booked.account.time_zone.clone(),
        agreement_id: booked.payment.agreement_id.clone(),
    }
}
