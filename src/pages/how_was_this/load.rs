//! Whether the questions about something are open.

use super::{QuestionsView, SCREEN};
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::feedback::{self, Stands};

/// `None` where nothing is asked, or it is not theirs: the answer leads to the customer's own page.
pub async fn load(reference: String) -> Result<Option<QuestionsView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    match feedback::stands(&state, &visitor.customer_id, &reference).await.map_err(context::fail)? {
        Stands::Open(about) => {
            let flash = context::flash(SCREEN).unwrap_or_default();
            Ok(Some(QuestionsView::Open { reference, about, typed: flash.values, errors: flash.errors }))
        }
        Stands::Over(over) => Ok(Some(QuestionsView::Over(over))),
        Stands::NotAsked => {
            context::redirect(paths::ACCOUNT);
            Ok(None)
        }
    }
}
