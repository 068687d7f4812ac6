//! The receipt of a payment: issued in the transaction of the payment's success, from what that transaction has read and
//! written, with its copy by e-mail in the outbox.

use super::Failure;
use super::confirmations::recipient;
use super::documents::{self, DocumentKind, Subject};
use super::outbox::{self, Hurry};
use crate::domain::components::{Parts, PartsOrder};
use crate::domain::ids::DocumentId;
use crate::domain::language::Language;
use crate::domain::ledger::{Allocation, AppliedTo, Owed};
use crate::domain::money::Money;
use crate::domain::payment::Payment;
use crate::server::clock::{self, Millis};
use crate::server::documents::ReceiptContent;
use crate::server::documents::receipt::{self, MethodClass};
use crate::server::ids;
use crate::server::state::AppState;
use crate::server::store::customers::{self, Addressee};
use crate::server::store::facts::AccountRecord;
use crate::server::store::{Tx, agreements};

/// What the books hold of a payment at the moment it succeeds.
#[derive(Clone, Copy, Debug)]
pub struct Booked<'a> {
    pub payment: &'a Payment,
    pub account: &'a AccountRecord,
    /// Before the payment.
    pub owed: &'a Owed,
    pub lines: &'a [Allocation],
    /// Which parts of the debt it paid, and in which order.
    pub parts: Parts,
    pub order: PartsOrder,
    /// Given up by the creditor because of this payment; zero for none.
    pub discount: Money,
    pub balance_after: Money,
    pub at: Millis,
}

/// Issues the receipt. A payment without its receipt cannot be committed.
pub async fn issue(state: &AppState, tx: &mut Tx, booked: &Booked<'_>) -> Result<(), Failure> {
    let customer_id = &booked.payment.customer_id;
    let addressee = customers::addressee(tx, customer_id).await?.ok_or(Failure::Missing("customer"))?;
    let language = Language::from_tag(&addressee.language).unwrap_or_default();
    let content = content(state, tx, booked, language, &addressee).await?;
    let document_id = DocumentId(ids::new_id());
    let subject = Subject {
        id: &document_id,
        kind: DocumentKind::Receipt,
        reference: &content.document_reference,
        customer_id,
        account_id: &booked.payment.account_id,
        agreement: None,
        payment_id: Some(&booked.payment.id),
        language,
        terms: content.terms(),
        file: content.to_pdf()?,
    };
    documents::issue(tx, subject, booked.at).await?;
    outbox::enqueue_copy(state, tx, customer_id, &document_id, language, Hurry::InWindow).await
}

async fn content(
    state: &AppState,
    tx: &mut Tx,
    booked: &Booked<'_>,
    language: Language,
    addressee: &Addressee,
) -> Result<ReceiptContent, Failure> {
    let agreement_reference = match &booked.payment.agreement_id {
        Some(id) => agreements::reference(&mut **tx, id).await?,
        None => None,
    };
    let line =
        |line: &Allocation| receipt::Applied { to: part(line, booked.owed, agreement_reference.as_deref()), amount: line.amount };
    let discount =
        booked.discount.is_positive().then_some(receipt::Applied { to: receipt::AppliedTo::Discount, amount: booked.discount });
    Ok(ReceiptContent {
        language,
        document_reference: ids::new_reference("DC"),
        payment_reference: booked.payment.reference.clone(),
        sender: documents::sender(&state.config, language),
        recipient: recipient(addressee),
        creditor: booked.account.creditor.clone(),
        account_reference: booked.account.reference.clone(),
        account_product: booked.account.facts.product.clone(),
        amount: booked.payment.amount,
        // The sandbox does not say what a charge was made with.
        method: MethodClass::Other,
        processor_reference: booked.payment.processor_reference.clone().unwrap_or_default(),
        paid_at: clock::zoned(booked.at, &clock::zone(&booked.account.time_zone)),
        applied: booked.lines.iter().map(line).chain(discount).collect(),
        parts: booked.parts.lines(booked.order, booked.payment.amount.currency()),
        order: booked.order,
        balance_before: booked.owed.balance,
        balance_after: booked.balance_after,
    })
}

pub(super) fn part(line: &Allocation, owed: &Owed, agreement_reference: Option<&str>) -> receipt::AppliedTo {
    match &line.applied_to {
        AppliedTo::PastDue => receipt::AppliedTo::PastDue,
        AppliedTo::Balance => receipt::AppliedTo::Balance,
        AppliedTo::Credit => receipt::AppliedTo::Credit,
        AppliedTo::Instalment { number, .. } => {
            let due = owed.instalments.iter().find(|instalment| instalment.number == *number);
            match (due, agreement_reference) {
                (Some(due), Some(reference)) => receipt::AppliedTo::Instalment {
                    agreement_reference: reference.to_owned(),
                    number: *number,
                    due_on: due.due_on,
                },
                // An allocation to an instalment is made from these very instalments.
                (None, _) | (_, None) => receipt::AppliedTo::Balance,
            }
        }
    }
}
