//! A customer lets somebody help: typed, checked, confirmed with the exact text, and ended in one step.

use super::{code, note, rights_of, secret_in, token, zone_of};
use crate::domain::calendar::Date;
use crate::domain::helper::{self, MOST_HELPERS, Wanted};
use crate::domain::ids::{AccountId, CustomerId};
use crate::domain::language::Language;
use crate::server::clock;
use crate::server::ids;
use crate::server::security::digest;
use crate::server::services::Failure;
use crate::server::state::AppState;
use crate::server::store::events::Actor;
use crate::server::store::helpers::{self as store_of_helpers, Helper, HelperDraft, HelperState};
use crate::server::store::{StoreError, facts};
use crate::words::help_text;
use serde_json::json;
use std::collections::BTreeMap;

/// Fields as typed, by their names.
pub type Typed = BTreeMap<String, String>;

/// What the form shows: the accounts there are, and what was typed before.
pub struct Given {
    /// Id and how it is called.
    pub accounts: Vec<(String, String)>,
    pub typed: Typed,
    pub today: Date,
    /// Nobody more may be let in until one of them is ended.
    pub is_full: bool,
}

pub async fn typed_so_far(state: &AppState, customer: &CustomerId) -> Result<Given, Failure> {
    let accounts = facts::of_customer(state.db.pool(), customer.as_str()).await?;
    let draft = store_of_helpers::draft(state.db.pool(), customer).await?;
    let zone = zone_of(state, customer).await?;
    Ok(Given {
        typed: draft.map(|draft| typed(&draft)).transpose()?.unwrap_or_default(),
        accounts: accounts
            .into_iter()
            .filter(|account| account.is_open())
            .map(|account| (account.id.to_string(), format!("{} {}", account.facts.product, account.reference)))
            .collect(),
        today: state.clock.today_in(&zone),
        is_full: live_count(state, customer).await? >= MOST_HELPERS,
    })
}

fn typed(draft: &HelperDraft) -> Result<Typed, Failure> {
    serde_json::from_str(&draft.typed).map_err(|_| StoreError::Unreadable("draft of a helper").into())
}

async fn live_count(state: &AppState, customer: &CustomerId) -> Result<usize, Failure> {
    let all = store_of_helpers::of_customer(state.db.pool(), customer).await?;
    Ok(all.iter().filter(|helper| helper.state != HelperState::Ended).count())
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    Kept,
    /// Field and code of what is missing.
    NotWhole(Vec<(String, String)>),
}

/// Keeps what was typed, to be checked. Nobody is let in by it.
pub async fn keep(state: &AppState, customer: &CustomerId, typed: &Typed) -> Result<Kept, Failure> {
    let own: Vec<AccountId> = open_accounts(state, customer).await?;
    let today = state.clock.today_in(&zone_of(state, customer).await?);
    if let Err(wrong) = helper::read(typed, &own, today) {
        return Ok(Kept::NotWhole(wrong));
    }
    // A map of texts to texts always has a JSON form.
    let draft = HelperDraft { id: ids::new_id(), typed: serde_json::to_string(typed).unwrap_or_default() };
    let mut tx = state.db.begin_write().await?;
    store_of_helpers::keep_draft(&mut tx, customer, &draft, state.clock.now_millis()).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Kept::Kept)
}

async fn open_accounts(state: &AppState, customer: &CustomerId) -> Result<Vec<AccountId>, Failure> {
    let accounts = facts::of_customer(state.db.pool(), customer.as_str()).await?;
    Ok(accounts.into_iter().filter(|account| account.is_open()).map(|account| account.id).collect())
}

/// What is about to be confirmed. Has no Debug: somebody's name is in it.
pub struct ToCheck {
    pub draft: String,
    pub wanted: Wanted,
    /// The exact text, and its digest.
    pub text: String,
    pub text_sha256: String,
}

/// `None` where nothing that is whole was typed.
pub async fn to_check(state: &AppState, customer: &CustomerId, language: Language) -> Result<Option<ToCheck>, Failure> {
    let Some(draft) = store_of_helpers::draft(state.db.pool(), customer).await? else { return Ok(None) };
    let own = open_accounts(state, customer).await?;
    let today = state.clock.today_in(&zone_of(state, customer).await?);
    let Ok(wanted) = helper::read(&typed(&draft)?, &own, today) else { return Ok(None) };
    let text = help_text(&wanted, language);
    Ok(Some(ToCheck { text_sha256: digest::of_secret(&text), draft: draft.id, wanted, text }))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// Also where it was confirmed before.
    Confirmed,
    /// It is not what was shown: the check page shows it anew.
    Changed,
    /// Enough people help already.
    Full,
}

/// The customer's own act: what was shown is what is given. Pressed twice, it is given once.
pub async fn confirm(
    state: &AppState,
    customer: &CustomerId,
    draft: &str,
    shown_sha256: &str,
    language: Language,
) -> Result<Confirmed, Failure> {
    let before = store_of_helpers::by_id(state.db.pool(), draft).await?;
    if before.is_some_and(|helper| helper.customer_id == *customer) {
        return Ok(Confirmed::Confirmed);
    }
    let shown = to_check(state, customer, language).await?;
    let Some(shown) = shown.filter(|shown| shown.draft == draft && shown.text_sha256 == shown_sha256) else {
        return Ok(Confirmed::Changed);
    };
    if live_count(state, customer).await? >= MOST_HELPERS {
        return Ok(Confirmed::Full);
    }
    let zone = zone_of(state, customer).await?;
    let now = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    let key = secret_in(state, &mut tx).await?;
    let helper = Helper {
        id: shown.draft.clone(),
        reference: ids::new_reference("HA"),
        customer_id: customer.clone(),
        account_id: shown.wanted.account.clone(),
        name: shown.wanted.name.clone(),
        kind: shown.wanted.kind,
        organisation: shown.wanted.organisation.clone(),
        rights: shown.wanted.rights.clone(),
        terms: shown.text,
        terms_sha256: shown.text_sha256,
        language: language.tag().to_owned(),
        state: HelperState::Invited,
        created_at: now,
        token_digest: digest::of_secret(&token(&key, &shown.draft)),
        accepted_at: None,
        ends_at: clock::end_of_day(shown.wanted.last_day, &zone).as_millisecond(),
        ended_at: None,
        ended_because: None,
    };
    if store_of_helpers::insert(&mut tx, &helper).await? {
        store_of_helpers::forget_draft(&mut tx, customer).await?;
        let details = json!({
            "kind": helper.kind.code(), "rights": rights_of(&helper), "until": helper.ends_at, "terms_sha256": helper.terms_sha256,
        });
        note(&mut tx, &helper, Actor::Customer(customer.to_string()), "helper.invited", details, now).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Confirmed::Confirmed)
}

/// Ends it at once, for open sessions too; what is over stays over. `false` where it is nobody of theirs.
pub async fn end_by_customer(state: &AppState, customer: &CustomerId, id: &str) -> Result<bool, Failure> {
    match store_of_helpers::by_id(state.db.pool(), id).await?.filter(|helper| helper.customer_id == *customer) {
        Some(helper) => {
            end(state, &helper, "customer", Actor::Customer(customer.to_string())).await?;
            Ok(true)
        }
        None => Ok(false),
    }
}

/// The same by a person here. `None` where there is no such helper, else whether it was not over before.
pub async fn end_by_operator(state: &AppState, reference: &str, by: &str) -> Result<Option<bool>, Failure> {
    match store_of_helpers::by_reference(state.db.pool(), reference).await? {
        Some(helper) => {
            tracing::info!(helper.reference = helper.reference, by, "a helper's access was ended by the operator");
            Ok(Some(end(state, &helper, "operator", Actor::Operator).await?))
        }
        None => Ok(None),
    }
}

async fn end(state: &AppState, helper: &Helper, because: &'static str, actor: Actor) -> Result<bool, Failure> {
    let now = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    let ended = store_of_helpers::end(&mut tx, &helper.id, because, now).await?;
    if ended {
        note(&mut tx, helper, actor, "helper.ended", json!({ "because": because }), now).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(ended)
}

/// Ends what is over by its day. Returns how many there were.
pub async fn sweep(state: &AppState) -> Result<usize, Failure> {
    let over = store_of_helpers::over(state.db.pool(), state.clock.now_millis()).await?;
    for id in &over {
        if let Some(helper) = store_of_helpers::by_id(state.db.pool(), id).await? {
            end(state, &helper, "time", Actor::System).await?;
        }
    }
    Ok(over.len())
}

/// Whether what was typed is the code word, in a time that tells nothing.
pub(super) fn is_code(key: &str, helper_id: &str, typed: &str) -> bool {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let expected: String = code(key, helper_id).chars().filter(char::is_ascii_digit).collect();
    bool::from(digest::same(&digits, &expected))
}
