//! What the account screens show.

use crate::domain::changing::Changed;
use crate::domain::ids::AccountId;
use crate::domain::standing::{AccountSummary, HistoryPage, Standing};
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::accounts::{self, Accounts};
use crate::server::services::changes;

/// What is behind the customer's own address.
pub enum Found {
    One(Box<Shown>),
    Several(Vec<AccountSummary>),
    /// The answer already leads elsewhere.
    Elsewhere,
}

/// One account, and whether what was pressed on its page before was overtaken.
pub struct Shown {
    pub standing: Standing,
    pub is_overtaken: bool,
    /// A change of its agreement that is wanted and not signed.
    pub kept: Option<Changed>,
}

impl Shown {
    async fn of(standing: Standing) -> Result<Shown, Failed> {
        let kept = match (context::state(), context::signed_in(), &standing.agreement) {
            (Some(state), Some(visitor), Some(agreement)) => {
                changes::kept(&state, &visitor.customer_id, &agreement.id).await.map_err(context::fail)?
            }
            _ => None,
        };
        Ok(Shown { standing, is_overtaken: context::flash("account").is_some(), kept })
    }
}

pub async fn all() -> Result<Found, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        context::redirect(paths::SIGN_IN);
        return Ok(Found::Elsewhere);
    };
    Ok(match accounts::all(&state, &visitor.customer_id).await.map_err(context::fail)? {
        Accounts::One(standing) => Found::One(Box::new(Shown::of(*standing).await?)),
        Accounts::Several(accounts) => Found::Several(accounts),
    })
}

/// One account; an address that is none of theirs leads to the customer's own.
pub async fn one(account_id: String) -> Result<Option<Shown>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        context::redirect(paths::SIGN_IN);
        return Ok(None);
    };
    let standing = accounts::standing(&state, &visitor.customer_id, &AccountId(account_id)).await.map_err(context::fail)?;
    match standing {
        Some(standing) => Ok(Some(Shown::of(standing).await?)),
        None => {
            context::redirect(paths::ACCOUNT);
            Ok(None)
        }
    }
}

pub async fn history(account_id: String, page: u32) -> Result<Option<HistoryPage>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        context::redirect(paths::SIGN_IN);
        return Ok(None);
    };
    let found = accounts::history(&state, &visitor.customer_id, &AccountId(account_id), page).await.map_err(context::fail)?;
    if found.is_none() {
        context::redirect(paths::ACCOUNT);
    }
    Ok(found)
}
