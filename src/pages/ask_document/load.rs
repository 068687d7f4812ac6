//! The letters a customer asked for before.

use super::{AskView, AskedLetter, SCREEN};
use crate::domain::ids::AccountId;
use crate::paths;
use crate::server::clock;
use crate::server::context::{self, Failed};
use crate::server::services::information;

/// `None` where it is not their account, and the answer leads on.
pub async fn load(account_id: String) -> Result<Option<AskView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let account = AccountId(account_id.clone());
    let found = information::of_account(&state, &visitor.customer_id, &account).await.map_err(context::fail)?;
    let Some((record, issued)) = found else {
        context::redirect(paths::ACCOUNT);
        return Ok(None);
    };
    let zone = clock::zone(&record.time_zone);
    let letters = issued.into_iter().map(|issued| AskedLetter {
        about: issued.about,
        id: issued.document_id.to_string(),
        reference: issued.reference,
        on: clock::date_of(issued.created_at, &zone),
        answer_by: issued.answer_by.map(|at| clock::date_of(at, &zone)),
    });
    let errors = context::flash(SCREEN).unwrap_or_default().errors;
    Ok(Some(AskView { account_id, creditor: record.creditor, letters: letters.collect(), errors }))
}
