//! What the options screen shows: the offers held for the account and a draft if there is one.

use crate::domain::ids::AccountId;
use crate::domain::journey::Screen;
use crate::server::clock;
use crate::server::context::{self, Failed};
use crate::server::services::offers::{self, WaysForward};
use crate::server::services::time_to_think;

/// What a customer finds behind the address of an account's options.
pub enum Found {
    Ways(Box<super::OptionsView>),
    NotOpen {
        creditor: String,
    },
    /// A hold under which nothing may be agreed.
    Forbidden,
    /// The page for the real state is another one; the answer already leads there.
    Elsewhere,
}

pub async fn load(account_id: String) -> Result<Found, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(Found::Elsewhere);
    };
    let account_id = AccountId(account_id);
    let ways = offers::hold(&state, &visitor.customer_id, &account_id).await.map_err(context::fail)?;
    if !context::is_the_place(Screen::Options, &WaysForward::place(ways.as_ref()), &account_id) {
        return Ok(Found::Elsewhere);
    }
    Ok(match ways {
        Some(WaysForward::Held(held)) => {
            let draft = offers::draft_of(&state, &held).await.map_err(context::fail)?;
            let zone = clock::zone(&held.account.time_zone);
            let taking = time_to_think::offered(&state, &held.account).await.map_err(context::fail)?;
            Found::Ways(Box::new(super::OptionsView {
                account_id: account_id.to_string(),
                reference: held.account.reference.clone(),
                product: held.account.facts.product.clone(),
                creditor: held.account.creditor.clone(),
                disputed: held.account.disputed_part,
                held_until: clock::local_time(held.held_until, &zone),
                set: held.set,
                holds: held.holds,
                draft,
                taking,
            }))
        }
        Some(WaysForward::NotOpen(account)) => Found::NotOpen { creditor: account.creditor },
        Some(WaysForward::Forbidden(_)) => Found::Forbidden,
        Some(WaysForward::UnderAgreement(_)) | None => Found::Elsewhere,
    })
}
