//! Whom customers let help: giving and ending it ([`give`]), coming in as a helper ([`come_in`]), and what both sides see.
//!
//! A helper's session carries the customer's id, so that every screen works as it does; what of it is open to them is decided in one
//! place before anything runs (`http/helper_doors`), and every act is written down under their name (`store::events::acting`).

mod come_in;
mod give;

pub use crate::server::store::helpers::Thing;
pub use come_in::{CameIn, accept, invitation_is_live, sign_in};
pub use give::{Confirmed, Given, Kept, ToCheck, confirm, end_by_customer, end_by_operator, keep, sweep, to_check, typed_so_far};

use super::Failure;
use crate::domain::calendar::Date;
use crate::domain::helper::{HelperKind, Right};
use crate::domain::ids::{AccountId, CustomerId};
use crate::paths;
use crate::server::clock::{self, Millis};
use crate::server::ids;
use crate::server::security::digest;
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::helpers::{self as store_of_helpers, Helper, HelperState};
use crate::server::store::{Tx, facts, sign_in};
use jiff::tz::TimeZone;
use serde_json::json;

/// No more acts of one helper are listed.
const MOST_ACTS: i64 = 100;

/// A helper as their customer sees them.
#[derive(Clone, PartialEq, Eq)]
pub struct HelperView {
    pub id: String,
    pub reference: String,
    pub name: String,
    pub kind: HelperKind,
    pub organisation: String,
    pub rights: Vec<Right>,
    pub state: Standing,
    pub last_day: Date,
    pub given_on: Date,
    pub ended_on: Option<Date>,
    /// What is handed over while the invitation is open: the link, and the code word, which is told another way.
    pub invitation: Option<Invitation>,
    /// What they did, newest first.
    pub acts: Vec<(Date, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Invited,
    Active,
    Ended,
}

#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    pub link: String,
    pub code: String,
}

/// Everybody a customer lets or let help, newest first.
pub async fn of_customer(state: &AppState, customer: &CustomerId) -> Result<Vec<HelperView>, Failure> {
    let key = secret(state).await?;
    let zone = zone_of(state, customer).await?;
    let mut views = Vec::new();
    for helper in store_of_helpers::of_customer(state.db.pool(), customer).await? {
        views.push(view(state, helper, &key, &zone).await?);
    }
    Ok(views)
}

async fn view(state: &AppState, helper: Helper, key: &str, zone: &TimeZone) -> Result<HelperView, Failure> {
    let day = |at| clock::date_of(at, zone);
    let acts = store_of_helpers::acts(state.db.pool(), &helper.id, MOST_ACTS).await?;
    let invitation = (helper.state == HelperState::Invited).then(|| Invitation {
        link: format!("{}{}", state.config.public_url, paths::helper_invitation(&token(key, &helper.id))),
        code: code(key, &helper.id),
    });
    Ok(HelperView {
        state: match helper.state {
            HelperState::Invited => Standing::Invited,
            HelperState::Active => Standing::Active,
            HelperState::Ended => Standing::Ended,
        },
        last_day: day(helper.ends_at),
        given_on: day(helper.created_at),
        ended_on: helper.ended_at.map(day),
        acts: acts.into_iter().map(|(at, action)| (day(at), action)).collect(),
        id: helper.id,
        reference: helper.reference,
        name: helper.name,
        kind: helper.kind,
        organisation: helper.organisation,
        rights: helper.rights,
        invitation,
    })
}

/// A helper as the operator sees them in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedHelper {
    pub reference: String,
    pub kind: HelperKind,
    pub state: &'static str,
    pub ends_at: Millis,
    /// Of any account of their customer.
    pub account: String,
}

/// Those that are not over, the next to end first.
pub async fn live(state: &AppState, limit: i64) -> Result<Vec<ListedHelper>, Failure> {
    let mut listed = Vec::new();
    for helper in store_of_helpers::live(state.db.pool(), limit).await? {
        let accounts = facts::of_customer(state.db.pool(), helper.customer_id.as_str()).await?;
        listed.push(ListedHelper {
            reference: helper.reference,
            kind: helper.kind,
            state: helper.state.code(),
            ends_at: helper.ends_at,
            account: accounts.into_iter().next().map(|account| account.reference).unwrap_or_default(),
        });
    }
    Ok(listed)
}

/// Who prepared the draft an account has now, where it was a helper.
pub async fn who_drafted(state: &AppState, account: &AccountId) -> Result<Option<String>, Failure> {
    Ok(store_of_helpers::who_drafted(state.db.pool(), account).await?)
}

/// The account that a thing of a customer's is about; `None` where it is none of theirs.
pub async fn account_of(state: &AppState, thing: Thing, id: &str, customer: &CustomerId) -> Result<Option<String>, Failure> {
    Ok(store_of_helpers::account_of(state.db.pool(), thing, id, customer).await?)
}

async fn zone_of(state: &AppState, customer: &CustomerId) -> Result<TimeZone, Failure> {
    let accounts = facts::of_customer(state.db.pool(), customer.as_str()).await?;
    Ok(clock::zone(accounts.first().map_or("UTC", |account| account.time_zone.as_str())))
}

/// What links and code words of helpers are made of: chance that is kept in the database alone.
async fn secret(state: &AppState) -> Result<String, Failure> {
    let mut tx = state.db.begin_write().await?;
    let key = secret_in(state, &mut tx).await?;
    tx.commit().await.map_err(crate::server::store::StoreError::from)?;
    Ok(key)
}

async fn secret_in(state: &AppState, tx: &mut Tx) -> Result<String, Failure> {
    Ok(sign_in::portal_secret(tx, "helper_key", &ids::new_token(), state.clock.real_now_millis()).await?)
}

/// The secret of an invitation's link.
fn token(key: &str, helper_id: &str) -> String {
    digest::of_subject(key, "helper:link", helper_id)
}

/// The code word that the customer tells their helper: eight digits in two groups.
fn code(key: &str, helper_id: &str) -> String {
    let chance = digest::of_subject(key, "helper:code", helper_id);
    let number = u64::from_str_radix(&chance[..15], 16).unwrap_or_default() % 100_000_000;
    let digits = format!("{number:08}");
    format!("{} {}", &digits[..4], &digits[4..])
}

async fn note(
    tx: &mut Tx,
    helper: &Helper,
    actor: Actor,
    action: &'static str,
    details: serde_json::Value,
    at: Millis,
) -> Result<(), Failure> {
    let whose = (Some(&helper.customer_id), helper.account_id.as_ref());
    let event = Event::about(whose, &helper.id, actor, action, details, at);
    Ok(events::append(tx, &event).await?)
}

fn rights_of(helper: &Helper) -> serde_json::Value {
    json!(helper.rights.iter().map(|right| right.code()).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_word_is_eight_digits_and_each_helper_has_another() {
        let one = code("key", "a");
        assert_eq!(one.len(), 9);
        assert!(one.bytes().all(|byte| byte.is_ascii_digit() || byte == b' '), "{one}");
        assert_ne!(one, code("key", "b"));
        assert_ne!(one, code("other", "a"));
        assert!(paths::is_token(&token("key", "a")));
    }
}
