//! The receipt of one payment over several accounts, and of a payment the creditor took itself: issued in the transaction that
//! books it, once, whatever it covers.

use super::Failure;
use super::confirmations::recipient;
use super::documents::{self, DocumentKind, Subject};
use super::outbox::{self, Hurry};
use super::receipts::{Booked, part};
use crate::domain::ids::DocumentId;
use crate::domain::language::Language;
use crate::domain::payment::Payment;
use crate::server::clock::{self, Millis};
use crate::server::documents::AccountsReceipt;
use crate::server::documents::accounts_receipt::{HowPaid, PaidAccount};
use crate::server::documents::receipt;
use crate::server::ids;
use crate::server::state::AppState;
use crate::server::store::{Tx, agreements, customers, elsewhere};

/// Issues the receipt of a payment with what each account got of it, and writes the e-mail of its copy.
pub async fn issue(state: &AppState, tx: &mut Tx, payment: &Payment, booked: &[Booked<'_>], at: Millis) -> Result<(), Failure> {
    let first = booked.first().ok_or(Failure::Missing("payment's share"))?;
    let addressee = customers::addressee(tx, &payment.customer_id).await?.ok_or(Failure::Missing("customer"))?;
    let language = Language::from_tag(&addressee.language).unwrap_or_default();
    let mut accounts = Vec::with_capacity(booked.len());
    for share in booked {
        accounts.push(paid_account(tx, share).await?);
    }
    accounts.sort_by(|one, other| one.reference.cmp(&other.reference));
    let how = match elsewhere::of_payment(tx, &payment.id).await? {
        Some(taken) => {
            HowPaid::Elsewhere { creditor_reference: taken.creditor_payment_id, method: taken.method, paid_on: taken.paid_on }
        }
        None => HowPaid::Here { processor_reference: payment.processor_reference.clone().unwrap_or_default() },
    };
    let content = AccountsReceipt {
        language,
        document_reference: ids::new_reference("DC"),
        payment_reference: payment.reference.clone(),
        sender: documents::sender(&state.config, language),
        recipient: recipient(&addressee),
        creditor: first.account.creditor.clone(),
        amount: payment.amount,
        how,
        order: first.order,
        issued_at: clock::zoned(at, &clock::zone(&first.account.time_zone)),
        accounts,
    };
    let document_id = DocumentId(ids::new_id());
    let subject = Subject {
        id: &document_id,
        kind: DocumentKind::Receipt,
        reference: &content.document_reference,
        customer_id: &payment.customer_id,
        account_id: &payment.account_id,
        agreement: None,
        payment_id: Some(&payment.id),
        language,
        terms: content.terms(),
        file: content.to_pdf()?,
    };
    documents::issue(tx, subject, at).await?;
    outbox::enqueue_copy(state, tx, &payment.customer_id, &document_id, language, Hurry::InWindow).await
}

async fn paid_account(tx: &mut Tx, share: &Booked<'_>) -> Result<PaidAccount, Failure> {
    let agreement_reference = match share.owed.instalments.first() {
        Some(instalment) => agreements::reference(&mut **tx, &instalment.agreement_id).await?,
        None => None,
    };
    let lines = share
        .lines
        .iter()
        .map(|line| receipt::Applied { to: part(line, share.owed, agreement_reference.as_deref()), amount: line.amount });
    let discount =
        share.discount.is_positive().then_some(receipt::Applied { to: receipt::AppliedTo::Discount, amount: share.discount });
    Ok(PaidAccount {
        reference: share.account.reference.clone(),
        product: share.account.facts.product.clone(),
        amount: share.payment.amount,
        applied: lines.chain(discount).collect(),
        parts: share.parts.lines(share.order, share.payment.amount.currency()),
        balance_before: share.owed.balance,
        balance_after: share.balance_after,
    })
}
