//! The newest dispute of an account with everything that was written.

use super::{Letter, SCREEN, StatusView, Writer, Written};
use crate::domain::ids::AccountId;
use crate::domain::journey::{Place, Screen};
use crate::server::clock;
use crate::server::context::{self, Failed};
use crate::server::services::disputes::{self, WordsKind};
use crate::server::services::{evidence, feedback};

/// `None` where there is none of theirs, and the answer leads on.
pub async fn load(account_id: String) -> Result<Option<StatusView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let account = AccountId(account_id.clone());
    let followed = disputes::newest(&state, &visitor.customer_id, &account).await.map_err(context::fail)?;
    let place = if followed.is_some() { Place::InDispute } else { Place::NotDisputed };
    let is_the_place = context::is_the_place(Screen::DisputeStatus, &place, &account);
    let (true, Some(followed)) = (is_the_place, followed) else {
        return Ok(None);
    };
    let is_late = followed.is_late();
    let dispute = followed.dispute;
    let zone = clock::zone(&dispute.time_zone);
    let day = |at| clock::date_of(at, &zone);
    let written = followed.words.into_iter().map(|words| Written {
        who: match words.kind {
            WordsKind::Said => Writer::Said,
            WordsKind::Added => Writer::Added,
            WordsKind::Asked => Writer::Asked,
            WordsKind::Answered => Writer::Answered,
        },
        on: day(words.written_at),
        text: words.text,
    });
    let evidence = evidence::of_case(&state, &visitor.customer_id, dispute.id.as_str()).await.map_err(context::fail)?;
    let may_ask = match dispute.released_at {
        Some(_) => feedback::offer(&state, &visitor.customer_id, &dispute.reference).await.map_err(context::fail)?,
        None => false,
    };
    let flash = context::flash(SCREEN).unwrap_or_default();
    let letter = dispute.document_id.zip(followed.letter_reference);
    Ok(Some(StatusView {
        account_id,
        dispute_id: dispute.id.to_string(),
        evidence,
        reference: dispute.reference,
        reason: dispute.reason,
        disputed: dispute.disputed,
        state: dispute.state,
        opened_on: day(dispute.opened_at),
        answer_by: day(dispute.answer_by),
        is_late,
        ended_on: dispute.answered_at.map(day),
        may_ask,
        is_released: dispute.released_at.is_some(),
        letter: letter.map(|(id, reference)| Letter { id: id.to_string(), reference }),
        written: written.collect(),
        typed: flash.values.get("text").cloned(),
        errors: flash.errors,
    }))
}
