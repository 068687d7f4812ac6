//! The draft of an account, recomputed on what is owed today.

use super::{BesideView, ReviewView};
use crate::domain::ids::AccountId;
use crate::domain::journey::Screen;
use crate::server::context::{self, Failed};
use crate::server::services::agreements::{self, DraftState};
use crate::server::services::{helpers, joining};

/// What the screen shows; `None` where another page is the right one and the answer leads there.
pub async fn load(account_id: String) -> Result<Option<ReviewView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let account = AccountId(account_id);
    let draft = agreements::draft(&state, &visitor.customer_id, &account).await.map_err(context::fail)?;
    let is_the_place = context::is_the_place(Screen::Check, &draft.place(), &account);
    Ok(match draft {
        DraftState::Ready(mut ready) if is_the_place => {
            // Signing was refused because another tab had chosen otherwise, or what is owed had changed.
            ready.changed |= context::flash("review").is_some();
            let prepared_by = helpers::who_drafted(&state, &account).await.map_err(context::fail)?;
            let joins = ready.draft.choice.joins.clone().filter(|_| ready.terms.joins.is_some() && visitor.sees_every_account());
            let beside = match joins {
                Some(id) => {
                    let beside = joining::beside(&state, &visitor.customer_id, &id).await.map_err(context::fail)?;
                    Some(BesideView { agreement_id: id.to_string(), accounts: beside.accounts, left: beside.left })
                }
                None => None,
            };
            Some(ReviewView {
                account_id: account.to_string(),
                terms: ready.terms,
                is_changed: ready.changed,
                prepared_by,
                beside,
            })
        }
        _ => None,
    })
}
