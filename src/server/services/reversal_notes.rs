//! The letter about money that went back, or came again: issued in the transaction in which it becomes known, with an e-mail that
//! brings it. It says what happened, what is owed now, and what the customer can do.

use super::confirmations::recipient;
use super::documents::{self, DocumentKind, Subject};
use super::outbox::{self, Hurry, Message};
use super::{Failure, keeping};
use crate::domain::format;
use crate::domain::ids::DocumentId;
use crate::domain::keeping::{Instalment, Keeping};
use crate::domain::language::Language;
use crate::domain::money::Money;
use crate::domain::payment::Payment;
use crate::domain::reversal::{Reversal, ReversalKind, ReversalState};
use crate::paths;
use crate::server::clock::{self, Millis};
use crate::server::documents::PlainLetter;
use crate::server::documents::letter::{Block, Fact, Recipient, Section};
use crate::server::ids;
use crate::server::notify::letters::Template;
use crate::server::state::AppState;
use crate::server::store::facts::AccountRecord;
use crate::server::store::{Tx, agreements, customers};
use crate::words::{locale, reversal_title, td_string, what_happened};
use serde_json::json;

/// What the letter is about, as the books hold it after it.
#[derive(Clone, Copy, Debug)]
pub struct Happened<'a> {
    pub payment: &'a Payment,
    pub reversal: &'a Reversal,
    pub account: &'a AccountRecord,
    pub at: Millis,
}

pub async fn issue(state: &AppState, tx: &mut Tx, happened: &Happened<'_>) -> Result<(), Failure> {
    let customer_id = &happened.payment.customer_id;
    let addressee = customers::addressee(tx, customer_id).await?.ok_or(Failure::Missing("customer"))?;
    let language = Language::from_tag(&addressee.language).unwrap_or_default();
    let in_agreement = in_agreement(state, tx, happened, language).await?;
    let letter = letter(state, happened, language, recipient(&addressee), in_agreement);
    let id = DocumentId(ids::new_id());
    let subject = Subject {
        id: &id,
        kind: DocumentKind::ReversalNote,
        reference: &letter.document_reference,
        customer_id,
        account_id: &happened.payment.account_id,
        agreement: None,
        payment_id: Some(&happened.payment.id),
        language,
        terms: letter.terms.clone(),
        file: letter.to_pdf()?,
    };
    documents::issue(tx, subject, happened.at).await?;
    let once = format!("reversal_note:{id}");
    let values = [("reference", &*happened.payment.reference)];
    let message = Message {
        customer_id,
        template: Template::ReversalNote,
        language,
        values: &values,
        document_id: Some(&id),
        hurry: Hurry::InWindow,
        once: &once,
    };
    outbox::enqueue(state, tx, &message).await
}

/// What it means for the agreement the account is under: what was given back is open and asked for by nobody; what a bank took can
/// be put right until a day.
async fn in_agreement(
    state: &AppState,
    tx: &mut Tx,
    happened: &Happened<'_>,
    language: Language,
) -> Result<Option<String>, Failure> {
    let Happened { payment, reversal, account, .. } = *happened;
    if !reversal.state.is_in_effect() {
        return Ok(None);
    }
    let Some(id) = agreements::active_of_account(&mut **tx, &account.id).await? else { return Ok(None) };
    let agreement = keeping::of_account(state, tx, &id, account).await?;
    let words = locale(language);
    match (reversal.kind, agreement.keeping) {
        (ReversalKind::Refund, _) => {
            let of_it = |instalment: &&Instalment| instalment.payments().contains(&payment.reference.as_str());
            let minor = agreement.instalments.iter().filter(of_it).map(|instalment| instalment.given_back().minor()).sum();
            let given_back = Money::new(minor, payment.amount.currency());
            let reference = agreements::reference(&mut **tx, &id).await?.unwrap_or_default();
            let address = format!("{}{}", state.config.public_url, paths::pay(account.id.as_str()));
            Ok(given_back.is_positive().then(|| {
                let amount = format::money(given_back, language);
                td_string!(words, reversal.next_given_back, amount = amount, reference = reference, address = address)
            }))
        }
        (ReversalKind::Return | ReversalKind::Chargeback, Keeping::Behind { put_right_by }) => {
            Ok(Some(td_string!(words, keeping.put_right, date = format::long_date(put_right_by, language))))
        }
        (
            ReversalKind::Return | ReversalKind::Chargeback,
            Keeping::OnTrack | Keeping::Kept | Keeping::Completed | Keeping::PartlyKept | Keeping::Broken,
        ) => Ok(None),
    }
}

fn letter(
    state: &AppState,
    happened: &Happened<'_>,
    language: Language,
    recipient: Recipient,
    in_agreement: Option<String>,
) -> PlainLetter {
    let words = locale(language);
    let Happened { payment, reversal, account, at } = *happened;
    let money = |amount| format::money(amount, language);
    let zoned = clock::zoned(at, &clock::zone(&account.time_zone));
    let sender = documents::sender(&state.config, language);
    let document_reference = ids::new_reference("DC");
    // What this letter is about: all of it, or the part that came again.
    let moved = match reversal.state {
        ReversalState::PartlyUndone { again, .. } => again,
        ReversalState::Created
        | ReversalState::Pending
        | ReversalState::Succeeded { .. }
        | ReversalState::Failed { .. }
        | ReversalState::Undone { .. }
        | ReversalState::Unknown => reversal.amount,
    };
    let mut terms = json!({
        "account": account.reference,
        "amount": reversal.amount.to_decimal_string(),
        "at": zoned.timestamp().to_string(),
        "balance_after": account.facts.balance.to_decimal_string(),
        "creditor": account.creditor,
        "currency": reversal.amount.currency().code(),
        "document": document_reference,
        "kind": reversal.kind.code(),
        "past_due_after": account.facts.past_due.to_decimal_string(),
        "payment": payment.reference,
        "reason": reversal.reason.code(),
        "reversal": reversal.reference,
        "state": reversal.state.code(),
    });
    if matches!(reversal.state, ReversalState::PartlyUndone { .. }) {
        terms["again"] = moved.to_decimal_string().into();
    }
    let account_name = td_string!(words, document.account_paid, product = &account.facts.product, reference = &account.reference);
    let facts = vec![
        Fact::new(td_string!(words, document.creditor), account.creditor.clone()),
        Fact::new(td_string!(words, document.account), account_name),
        Fact::new(td_string!(words, reversal.of_payment), payment.reference.clone()),
        Fact::new(td_string!(words, reversal.owed_now), money(account.facts.balance)),
        Fact::new(td_string!(words, reversal.past_due_now), money(account.facts.past_due)),
    ];
    let is_owed_again = match (reversal.kind, &reversal.state) {
        (
            ReversalKind::Return | ReversalKind::Chargeback,
            ReversalState::Succeeded { .. } | ReversalState::PartlyUndone { .. },
        ) => true,
        (ReversalKind::Return | ReversalKind::Chargeback | ReversalKind::Refund, _) => false,
    };
    let address = format!("{}{}", sender.public_url, paths::payment(&payment.reference));
    let next = if is_owed_again {
        td_string!(words, reversal.next_owed, address = address)
    } else {
        td_string!(words, reversal.next_none, address = address)
    };
    PlainLetter {
        language,
        currency: reversal.amount.currency(),
        document_reference,
        title: reversal_title(reversal, payment.amount, language).to_owned(),
        recipient,
        particulars: vec![Fact::new(td_string!(words, document.payment), payment.reference.clone())],
        opening: vec![
            Block::Figure { label: td_string!(words, reversal.amount).to_owned(), value: money(moved) },
            Block::Paragraph(what_happened(reversal, zoned.date(), &sender.phone, language)),
        ],
        sections: vec![
            Section { heading: td_string!(words, reversal.stands).to_owned(), blocks: vec![Block::Facts(facts)] },
            Section {
                heading: td_string!(words, reversal.next).to_owned(),
                blocks: in_agreement.into_iter().chain([next]).map(Block::Paragraph).collect(),
            },
        ],
        sender,
        terms: terms.to_string(),
        issued_at: zoned,
    }
}
