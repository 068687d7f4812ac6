//! A message becomes a letter: the document that travels with it, or its own words on paper, into the print queue.

use crate::domain::ids::CustomerId;
use crate::domain::language::Language;
use crate::domain::money::Currency;
use crate::paths;
use crate::server::clock::{self, Millis};
use crate::server::documents::PostedMessage;
use crate::server::ids;
use crate::server::notify::letters;
use crate::server::services::Failure;
use crate::server::services::confirmations::recipient;
use crate::server::services::documents::sender;
use crate::server::state::AppState;
use crate::server::store::outbox::Claimed;
use crate::server::store::print_queue::{self, NewLetter};
use crate::server::store::{Tx, contact, customers, documents};
use sha2::{Digest, Sha256};

/// Puts a message into the print queue, in the caller's transaction. What is in the queue already stays as it is.
pub(super) async fn queue(state: &AppState, tx: &mut Tx, message: &Claimed, now: Millis) -> Result<(), Failure> {
    let (reference, bytes) = match &message.document_id {
        Some(id) => {
            let file = documents::file(&mut **tx, id).await?.ok_or(Failure::Missing("document of a message"))?;
            (file.reference, file.bytes)
        }
        None => typeset(state, tx, message, now).await?,
    };
    let letter = NewLetter {
        outbox_id: &message.id,
        customer_id: &message.customer_id,
        reference: &reference,
        bytes: &bytes,
        file_sha256: &hex::encode(Sha256::digest(&bytes)),
        queued_at: now,
    };
    print_queue::insert(tx, &letter).await?;
    Ok(())
}

async fn typeset(state: &AppState, tx: &mut Tx, message: &Claimed, now: Millis) -> Result<(String, Vec<u8>), Failure> {
    let addressee = customers::addressee(tx, &message.customer_id).await?.ok_or(Failure::Missing("customer"))?;
    let addresses = contact::addresses(tx, &message.customer_id).await?.ok_or(Failure::Missing("customer"))?;
    let language = Language::from_tag(&message.language).unwrap_or_default();
    let sender = sender(&state.config, language);
    let reference = ids::new_reference("LT");
    let posted = PostedMessage {
        language,
        currency: currency(tx, &message.customer_id).await?,
        reference: reference.clone(),
        title: message.subject.clone(),
        paragraphs: letters::on_paper(&message.body_text, &paths::stop(""), &sender),
        sender,
        recipient: recipient(&addressee),
        written_at: clock::zoned(now, &clock::zone(&addresses.time_zone)),
    };
    Ok((reference, posted.to_pdf()?))
}

/// Decides the paper only: that of any of the customer's accounts.
async fn currency(tx: &mut Tx, customer: &CustomerId) -> Result<Currency, Failure> {
    let code = customers::any_currency(tx, customer).await?;
    Ok(code.as_deref().and_then(Currency::from_code).unwrap_or(Currency::USD))
}
