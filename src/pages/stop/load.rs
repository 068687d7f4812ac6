//! What the page of a stop link shows. Looking changes nothing.

use crate::paths;
use crate::server::context::{self, Failed, fail};
use crate::server::services::stopping;

pub enum Shown {
    Ask {
        token: String,
        /// It was stopped and has just been taken up again.
        is_taken_up: bool,
    },
    Stopped {
        token: String,
    },
    /// The link is none of ours.
    Gone,
}

pub async fn load(token: String, is_taken_up: bool) -> Result<Shown, Failed> {
    let state = context::state().ok_or(Failed::Machine)?;
    if !paths::is_token(&token) {
        return Ok(Shown::Gone);
    }
    Ok(match stopping::look(&state, &token).await.map_err(fail)? {
        Some(link) if link.is_stopped => Shown::Stopped { token },
        Some(_) => Shown::Ask { token, is_taken_up },
        None => Shown::Gone,
    })
}
