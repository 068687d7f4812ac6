//! What the account screens show.

use crate::domain::ids::AccountId;
use crate::domain::standing::{AccountSummary, HistoryPage, Standing};
use crate::paths;
use crate::server::context::{self, Failed};
use crate::server::services::accounts::{self, Accounts};

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
}

impl Shown {
    fn of(standing: Standing) -> Shown {
        Shown { standing, is_overtaken: context::flash("account").is_some() }
    }
}

pub async fn all() -> Result<Found, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        context::redirect(paths::SIGN_IN);
        return Ok(Found::Elsewhere);
    };
    Ok(match accounts::all(&state, &visitor.customer_id).await.map_err(context::fail)? {
        Accounts::One(standing) => Found::One(Box::new(Shown::of(*standing))),
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
    if standing.is_none() {
        context::redirect(paths::ACCOUNT);
    }
    Ok(standing.map(Shown::of))
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
