//! The document "authorisation": what a customer allowed to be collected, word for word, in the language in which they read it.

use crate::domain::format;
use crate::domain::ids::DocumentId;
use crate::domain::mandate::Mandate;
use crate::server::clock::{self, Millis};
use crate::server::documents::PlainLetter;
use crate::server::documents::letter::{Block, Fact, Section};
use crate::server::ids;
use crate::server::services::Failure;
use crate::server::services::confirmations::recipient;
use crate::server::services::documents::{self, DocumentKind, Subject};
use crate::server::services::outbox::{self, Hurry};
use crate::server::state::AppState;
use crate::server::store::{StoreError, Tx, agreements, customers, facts};
use crate::words::{Locale, locale, td_string};
use jiff::Zoned;
use serde_json::json;

/// Issues it in the transaction in which the permission comes into force, and puts its copy into the outbox: 12 CFR 1005.10(b) wants
/// the customer to have one.
pub(super) async fn issue(state: &AppState, tx: &mut Tx, mandate: &Mandate, at: Millis) -> Result<DocumentId, Failure> {
    let addressee = customers::addressee(tx, &mandate.customer_id).await?.ok_or(Failure::Missing("customer"))?;
    let account = facts::by_id(&mut **tx, mandate.account_id.as_str()).await?.ok_or(Failure::Missing("account"))?;
    let agreement = agreements::reference(&mut **tx, &mandate.agreement_id).await?.ok_or(Failure::Missing("agreement"))?;
    let language = mandate.authorised.language;
    let words = locale(language);
    let zone = clock::zone(&account.time_zone);
    let authorised_at = clock::zoned(mandate.created_at, &zone);
    let document_id = DocumentId(ids::new_id());
    let letter = PlainLetter {
        language,
        currency: mandate.currency,
        document_reference: ids::new_reference("DC"),
        title: td_string!(words, mandate.letter_title).to_owned(),
        sender: documents::sender(&state.config, language),
        recipient: recipient(&addressee),
        particulars: vec![
            Fact::new(td_string!(words, mandate.reference), mandate.reference.clone()),
            Fact::new(td_string!(words, mandate.agreement), agreement.clone()),
        ],
        opening: vec![Block::Paragraph(td_string!(words, mandate.letter_opening).to_owned())],
        sections: sections(words, mandate, &authorised_at),
        terms: terms(mandate, &agreement, &authorised_at, &clock::zoned(at, &zone))?,
        issued_at: clock::zoned(at, &zone),
    };
    let subject = Subject {
        id: &document_id,
        kind: DocumentKind::Authorisation,
        reference: &letter.document_reference,
        customer_id: &mandate.customer_id,
        account_id: &mandate.account_id,
        agreement: Some((&mandate.agreement_id, mandate.agreement_version)),
        payment_id: None,
        language,
        terms: letter.terms.clone(),
        file: letter.to_pdf()?,
    };
    documents::issue(tx, subject, at).await?;
    outbox::enqueue_copy(state, tx, &mandate.customer_id, &document_id, language, Hurry::InWindow).await?;
    Ok(document_id)
}

/// The text has three parts, an empty line between them: the sentences, the payments, and what was said yes to.
fn sections(words: Locale, mandate: &Mandate, authorised_at: &Zoned) -> Vec<Section> {
    let mut parts = mandate.authorised.text.split("\n\n");
    let mut lines = || parts.next().unwrap_or_default().lines().map(str::to_owned).collect::<Vec<_>>();
    let (sentences, payments, consent) = (lines(), lines(), lines());
    let paragraphs = |lines: Vec<String>| lines.into_iter().map(Block::Paragraph);
    let signed_at = format::date_and_time(authorised_at.datetime(), mandate.authorised.language);
    let zone = authorised_at.time_zone().iana_name().unwrap_or("UTC").to_owned();
    vec![
        Section { heading: td_string!(words, mandate.text_heading).to_owned(), blocks: paragraphs(sentences).collect() },
        Section { heading: td_string!(words, mandate.payments_heading).to_owned(), blocks: vec![Block::List(payments)] },
        Section {
            heading: td_string!(words, mandate.letter_signed).to_owned(),
            blocks: paragraphs(consent)
                .chain([
                    Block::Signature(mandate.authorised.signed_name.clone()),
                    Block::Facts(vec![Fact::new(td_string!(words, mandate.authorised_on), format!("{signed_at} ({zone})"))]),
                ])
                .collect(),
        },
    ]
}

/// What it says as canonical JSON. The name and the words are in the file; here stand their digest and what was allowed.
fn terms(mandate: &Mandate, agreement: &str, authorised_at: &Zoned, given_at: &Zoned) -> Result<String, Failure> {
    let allowed: serde_json::Value =
        serde_json::from_str(&mandate.authorised.terms).map_err(|_| StoreError::Unreadable("terms of a permission"))?;
    let terms = json!({
        "agreement": agreement,
        "allowed": allowed,
        "authorisation": mandate.reference,
        "authorised_at": authorised_at.timestamp().to_string(),
        "given_at": given_at.timestamp().to_string(),
        "language": mandate.authorised.language.tag(),
        "text_sha256": mandate.authorised.text_sha256,
    });
    Ok(terms.to_string())
}
