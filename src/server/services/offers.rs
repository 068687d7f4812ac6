//! Showing ways forward: computed once, then held on the same terms until a stated instant, even if the policy changes.

use super::{Failure, hardship, history, policies};
use crate::domain::account::AccountFacts;
use crate::domain::calendar::Date;
use crate::domain::hardship::relief::Relief;
use crate::domain::hold::{HoldKind, forbidding_agreement};
use crate::domain::ids::{AccountId, AgreementId, CustomerId, OfferSetId};
use crate::domain::journey::Place;
use crate::domain::offers::{OfferSet, offers_under};
use crate::domain::standing::ActiveHold;
use crate::server::clock::{self, Millis};
use crate::server::ids;
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::facts::AccountRecord;
use crate::server::store::offer_sets::{self, StoredOffers};
use crate::server::store::{self, Tx, agreements, drafts, facts, holds};
use serde_json::json;

/// An account's offers as they are held for its customer.
#[derive(Clone, Debug)]
pub struct HeldOffers {
    pub account: AccountRecord,
    pub offer_set_id: OfferSetId,
    pub set: OfferSet,
    pub held_until: Millis,
    /// What is on hold meanwhile, none of it against agreeing.
    pub holds: Vec<ActiveHold>,
    /// The day in the customer's time zone.
    pub today: Date,
}

/// What an account's customer finds when they look for ways forward.
#[derive(Clone, Debug)]
pub enum WaysForward {
    Held(Box<HeldOffers>),
    /// There is an agreement already: its page is the place to be.
    UnderAgreement(AgreementId),
    /// The creditor took the account back or closed it: nothing can be agreed here.
    NotOpen(Box<AccountRecord>),
    /// A hold under which nothing may be agreed: a person helps.
    Forbidden(HoldKind),
}

impl WaysForward {
    /// Where the account is, before anything is chosen. `None` is an account that is not the customer's.
    pub fn place(ways: Option<&WaysForward>) -> Place {
        match ways {
            Some(WaysForward::Held(_)) => Place::Choosing,
            Some(WaysForward::UnderAgreement(agreement)) => Place::UnderAgreement(agreement.clone()),
            Some(WaysForward::NotOpen(_) | WaysForward::Forbidden(_)) => Place::NotOpen,
            None => Place::NotTheirs,
        }
    }
}

/// The offers held for an account; computes and holds them when they are shown for the first time, when the earlier ones
/// have run out, or when what is owed (or whether it is time-barred) has changed. In that last case policy and time limit stay
/// as they were promised.
/// `None` where the account is not this customer's.
pub async fn hold(state: &AppState, customer: &CustomerId, account_id: &AccountId) -> Result<Option<WaysForward>, Failure> {
    let Some(account) = facts::one_of_customer(state.db.pool(), customer, account_id).await? else {
        return Ok(None);
    };
    // What is disputed is asked for in no offer, and agreed in none.
    let account = account.without_disputed_part();
    if let Some(agreement) = agreements::active_of_account(state.db.pool(), account_id).await? {
        return Ok(Some(WaysForward::UnderAgreement(agreement)));
    }
    if !account.is_open() {
        return Ok(Some(WaysForward::NotOpen(Box::new(account))));
    }
    let holds = holds_on(state, &account).await?;
    let kinds: Vec<HoldKind> = holds.iter().map(|hold| hold.kind).collect();
    if let Some(hold) = forbidding_agreement(&kinds) {
        return Ok(Some(WaysForward::Forbidden(hold)));
    }
    let live = offer_sets::live(state.db.pool(), account_id).await?;
    let relief = store::hardship::relief_of(state.db.pool(), customer, state.clock.now_millis()).await?;
    let stored = match live {
        Some(stored)
            if still_holds(&stored, &account.facts, state.clock.now_millis()) && is_opened_by(&stored.set, relief.as_ref()) =>
        {
            stored
        }
        Some(_) | None => hold_anew(state, customer, account_id).await?,
    };
    let today = state.clock.today_in(&clock::zone(&account.time_zone));
    Ok(Some(WaysForward::Held(Box::new(HeldOffers {
        account,
        offer_set_id: stored.id,
        set: stored.set,
        held_until: stored.held_until,
        holds,
        today,
    }))))
}

async fn holds_on(state: &AppState, account: &AccountRecord) -> Result<Vec<ActiveHold>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let found = holds::with_ends(&mut tx, account.id.as_str(), state.clock.now_millis()).await?;
    tx.commit().await.map_err(store::StoreError::from)?;
    let zone = clock::zone(&account.time_zone);
    let day = |until: Millis| clock::date_of(until, &zone);
    Ok(found.into_iter().map(|(kind, until)| ActiveHold { kind, until: until.map(day) }).collect())
}

/// The offer that the account's kept draft is about, if there is one.
pub async fn draft_of(state: &AppState, held: &HeldOffers) -> Result<Option<String>, Failure> {
    let draft = drafts::live(state.db.pool(), &held.account.id).await?;
    Ok(draft.map(|draft| draft.offer_id).filter(|offer_id| held.set.offer(offer_id).is_some()))
}

/// Whether a set is still what the customer may choose from.
pub(super) fn still_holds(stored: &StoredOffers, facts: &AccountFacts, now: Millis) -> bool {
    stored.held_until > now
        && (stored.set.balance, stored.set.past_due) == (facts.balance, facts.past_due)
        && stored.set.time_barred == facts.time_barred
}

/// Whether a set has what a hardship review opened, and nothing that is open no more.
pub(super) fn is_opened_by(set: &OfferSet, relief: Option<&Relief>) -> bool {
    set.opened_by.as_ref() == relief.map(|relief| &relief.case)
}

async fn hold_anew(state: &AppState, customer: &CustomerId, account_id: &AccountId) -> Result<StoredOffers, Failure> {
    let now = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    let version = store::lock_account(&mut tx, account_id.as_str()).await?;
    let account: AccountRecord =
        facts::one_of_customer(&mut *tx, customer, account_id).await?.ok_or(Failure::Missing("account"))?;
    let account = account.without_disputed_part();
    let earlier = offer_sets::live(&mut *tx, account_id).await?;
    let relief = store::hardship::relief_of(&mut *tx, customer, now).await?;
    let remembered = hardship::remembered_reason(&mut tx, customer).await?;
    if let Some(stored) = &earlier {
        // Another tab was faster.
        if still_holds(stored, &account.facts, now) && is_opened_by(&stored.set, relief.as_ref()) {
            return earlier.ok_or(Failure::Missing("offer set"));
        }
        offer_sets::end(&mut tx, &stored.id, now).await?;
    }
    let promised = earlier.filter(|stored| stored.held_until > now);
    let policy = match &promised {
        Some(stored) => policies::of_version(state, &stored.set.policy_version).await?,
        None => policies::current(state),
    };
    let zone = clock::zone(&account.time_zone);
    let today = state.clock.today_in(&zone);
    let account = history::complete(&mut tx, account, today).await?;
    let set = offers_under(relief.as_ref(), &account.facts, &policy.policy, today, None, remembered);
    let held_until = match promised {
        // What a review opens has its own time.
        Some(stored) if is_opened_by(&stored.set, relief.as_ref()) => stored.held_until,
        Some(_) | None => {
            let last_day = set.offers.iter().map(|offer| offer.valid_through).max().unwrap_or(today);
            clock::end_of_day(last_day, &zone).as_millisecond()
        }
    };
    store::policies::keep(&mut tx, &policy.policy.version, &policy.to_kept(), now).await?;
    let stored = StoredOffers { id: OfferSetId(ids::new_id()), account_id: account_id.clone(), held_until, set };
    offer_sets::insert(&mut tx, &stored, version, now).await?;
    record_shown(&mut tx, customer, &stored, now).await?;
    tx.commit().await.map_err(store::StoreError::from)?;
    Ok(stored)
}

async fn record_shown(tx: &mut Tx, customer: &CustomerId, stored: &StoredOffers, now: Millis) -> Result<(), Failure> {
    let offers: Vec<&str> = stored.set.offers.iter().map(|offer| offer.id.as_str()).collect();
    let event = Event {
        at: now,
        actor: Actor::Customer(customer.to_string()),
        action: "offers.shown",
        customer_id: Some(customer.to_string()),
        account_id: Some(stored.account_id.to_string()),
        subject_id: Some(stored.id.to_string()),
        details: json!({
            "offers": offers,
            "policy": stored.set.policy_version,
            "held_until": stored.held_until,
            "disclosure": stored.set.time_barred.disclosure(),
        }),
    };
    Ok(events::append(tx, &event).await?)
}
