//! The letter that answers a dispute: what was said, what we found, how the account stands, what happens now. Issued in the transaction
//! of the answer.

use super::Dispute;
use super::staff::Answer;
use crate::domain::dispute::Disputed;
use crate::domain::format;
use crate::domain::ids::DocumentId;
use crate::domain::language::Language;
use crate::paths;
use crate::server::clock::{self, Millis};
use crate::server::documents::PlainLetter;
use crate::server::documents::letter::{Block, Fact, Section};
use crate::server::ids;
use crate::server::services::Failure;
use crate::server::services::confirmations::recipient;
use crate::server::services::documents::{self, DocumentKind, Subject};
use crate::server::state::AppState;
use crate::server::store::customers::Addressee;
use crate::server::store::facts::AccountRecord;
use crate::server::store::{Tx, customers};
use crate::words::{dispute_extent, dispute_outcome, dispute_reason, locale, td_string};
use serde_json::json;

/// What the letter is about, as the books hold it when it is written.
pub(super) struct Answered<'a> {
    pub dispute: &'a Dispute,
    pub account: &'a AccountRecord,
    pub answer: &'a Answer<'a>,
    pub at: Millis,
}

pub(super) struct Issued {
    pub id: DocumentId,
    pub reference: String,
}

pub(super) async fn issue(state: &AppState, tx: &mut Tx, answered: &Answered<'_>) -> Result<Issued, Failure> {
    let customer_id = &answered.dispute.customer_id;
    let addressee = customers::addressee(tx, customer_id).await?.ok_or(Failure::Missing("customer"))?;
    let language = Language::from_tag(&addressee.language).unwrap_or_default();
    let letter = write(state, answered, language, &addressee);
    let id = DocumentId(ids::new_id());
    let subject = Subject {
        id: &id,
        kind: DocumentKind::DisputeAnswer,
        reference: &letter.document_reference,
        customer_id,
        account_id: &answered.account.id,
        agreement: None,
        payment_id: None,
        language,
        terms: letter.terms.clone(),
        file: letter.to_pdf()?,
    };
    documents::issue(tx, subject, answered.at).await?;
    Ok(Issued { id, reference: letter.document_reference })
}

fn write(state: &AppState, answered: &Answered<'_>, language: Language, addressee: &Addressee) -> PlainLetter {
    let Answered { dispute, account, answer, at } = *answered;
    let words = locale(language);
    let money = |amount| format::money(amount, language);
    let zone = clock::zone(&account.time_zone);
    let issued_at = clock::zoned(at, &zone);
    let document_reference = ids::new_reference("DC");
    let day = |instant| format::date(clock::date_of(instant, &zone), language);
    let sender = documents::sender(&state.config, language);
    let extent = dispute_extent(dispute.disputed, language);
    let said = vec![
        Fact::new(td_string!(words, dispute.told_on), day(dispute.opened_at)),
        Fact::new(td_string!(words, dispute.reason_heading), dispute_reason(dispute.reason, words)),
        Fact::new(td_string!(words, dispute.extent_heading), extent),
    ];
    let account_name = td_string!(words, document.account_paid, product = &account.facts.product, reference = &account.reference);
    let stands = vec![
        Fact::new(td_string!(words, document.creditor), account.creditor.clone()),
        Fact::new(td_string!(words, document.account), account_name),
        Fact::new(td_string!(words, reversal.owed_now), money(account.facts.balance)),
        Fact::new(td_string!(words, reversal.past_due_now), money(account.facts.past_due)),
    ];
    let address = format!("{}{}", sender.public_url, paths::account(account.id.as_str()));
    let next = td_string!(words, dispute.letter_next, address = address);
    let terms = json!({
        "account": account.reference,
        "answer": answer.text.trim(),
        "at": issued_at.timestamp().to_string(),
        "balance": account.facts.balance.to_decimal_string(),
        "creditor": account.creditor,
        "currency": account.facts.currency.code(),
        "dispute": dispute.reference,
        "document": document_reference,
        "outcome": answer.outcome.code(),
        "part": match dispute.disputed {
            Disputed::All => None,
            Disputed::Part(part) => Some(part.to_decimal_string()),
        },
        "past_due": account.facts.past_due.to_decimal_string(),
        "reason": dispute.reason.code(),
    });
    PlainLetter {
        language,
        currency: account.facts.currency,
        document_reference,
        title: td_string!(words, dispute.letter_title).to_owned(),
        sender,
        recipient: recipient(addressee),
        particulars: vec![Fact::new(td_string!(words, dispute.reference), dispute.reference.clone())],
        opening: vec![Block::Paragraph(dispute_outcome(answer.outcome, dispute.disputed, words).to_owned())],
        sections: vec![
            Section { heading: td_string!(words, dispute.letter_said).to_owned(), blocks: vec![Block::Facts(said)] },
            Section {
                heading: td_string!(words, dispute.letter_found).to_owned(),
                blocks: paragraphs(answer.text).map(Block::Paragraph).collect(),
            },
            Section { heading: td_string!(words, reversal.stands).to_owned(), blocks: vec![Block::Facts(stands)] },
            Section { heading: td_string!(words, reversal.next).to_owned(), blocks: vec![Block::Paragraph(next)] },
        ],
        terms: terms.to_string(),
        issued_at,
    }
}

/// As somebody wrote them: an empty line between two.
fn paragraphs(text: &str) -> impl Iterator<Item = String> {
    text.trim().split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::paragraphs;

    #[test]
    fn an_empty_line_parts_two_paragraphs() {
        let found: Vec<String> = paragraphs(" We asked\nthe creditor.\n\n\n\n They sent the bill. \n").collect();
        assert_eq!(found, ["We asked the creditor.", "They sent the bill."]);
    }
}
