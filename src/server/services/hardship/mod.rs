//! Hardship reviews: asking for one ([`acts`]), deciding it ([`decide`]), and what both sides see of it ([`read`]).
//!
//! Nothing is asked for from the moment it is sent: every open account of its customer is on hold until the promised day, and that day
//! is never let pass in silence. What an approval opens is offered, chosen and signed like everything else.

mod acts;
mod decide;
mod letter;
mod read;

pub use acts::{Acted, Form, Part, Saved, Sent, answer, appeal, end_pause, forget, form, save, send, withdraw};
pub use decide::{Decision, NotDecided, Opened, approve, ask, decline, sweep};
pub(super) use letter::advice_line;
pub use read::{CaseView, Opening, StaffView, StepView, case_of, for_staff, latest, waiting};

use super::Failure;
use crate::domain::calendar::{Date, days_after};
use crate::domain::contact::answer_by;
use crate::domain::hardship::Told;
use crate::domain::hardship::relief::Relief;
use crate::domain::hold::HoldKind;
use crate::domain::ids::{AccountId, CustomerId};
use crate::domain::language::Language;
use crate::domain::policy::Reason;
use crate::server::clock::{self, Millis, end_of_day};
use crate::server::ids;
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::facts::AccountRecord;
use crate::server::store::hardship::{self as store_of_cases, Case};
use crate::server::store::holds::{self, NewHold};
use crate::server::store::{self, Tx, facts, outbox};
use jiff::tz::TimeZone;
use serde_json::json;

/// What a customer may choose at this moment because a case of theirs was approved.
pub(super) async fn relief_of(state: &AppState, tx: &mut Tx, customer: &CustomerId) -> Result<Option<Relief>, Failure> {
    relief_at(tx, customer, state.clock.now_millis()).await
}

/// The same at an instant.
pub async fn relief_at(tx: &mut Tx, customer: &CustomerId, at: Millis) -> Result<Option<Relief>, Failure> {
    Ok(store_of_cases::relief_of(&mut **tx, customer, at).await?)
}

/// Why a customer fell behind, where they let us remember it: policies may have terms for that.
pub(super) async fn remembered_reason(tx: &mut Tx, customer: &CustomerId) -> Result<Option<Reason>, Failure> {
    match store_of_cases::remembered(&mut **tx, customer).await? {
        Some(remembered) => Ok(Told::read(&acts::typed(&remembered.told)?).because()),
        None => Ok(None),
    }
}

/// Something was chosen and signed: the hold that gave time for it is over on this account.
pub(super) async fn chosen(tx: &mut Tx, customer: &CustomerId, account: &AccountId, at: Millis) -> Result<(), Failure> {
    let Some(relief) = store_of_cases::relief_of(&mut **tx, customer, at).await? else { return Ok(()) };
    if holds::release(tx, account.as_str(), HoldKind::Hardship, &relief.case, at).await? > 0 {
        note(tx, customer, account, Actor::Customer(customer.to_string()), "hold.ended", json!({ "kind": "hardship" }), at)
            .await?;
    }
    Ok(())
}

/// A case that is being acted on, its accounts locked.
struct Scene {
    case: Case,
    /// The account its letters are filed under.
    account: AccountRecord,
    /// Every open account of its customer.
    open: Vec<AccountId>,
    zone: TimeZone,
    today: Date,
    now: Millis,
}

impl Scene {
    fn language(&self) -> Language {
        Language::from_tag(&self.case.language).unwrap_or_default()
    }

    /// The end of a day where its customer lives.
    fn end_of(&self, day: Date) -> Millis {
        end_of_day(day, &self.zone).as_millisecond()
    }

    /// The day by which a person decides.
    fn decision_day(&self, state: &AppState) -> Date {
        answer_by(self.today, state.config.hardship.answer_working_days)
    }

    fn day_to_choose(&self, state: &AppState) -> Date {
        days_after(self.today, i32::try_from(state.config.hardship.days_to_choose).unwrap_or(0))
    }
}

/// Locks all accounts a case is about, in the order in which everybody does, and reads it again.
async fn scene(state: &AppState, tx: &mut Tx, case: Case) -> Result<Scene, Failure> {
    let open = store_of_cases::open_accounts(tx, &case.customer_id).await?;
    let mut to_lock: Vec<&AccountId> = open.iter().chain([&case.account_id]).collect();
    to_lock.sort_unstable();
    to_lock.dedup();
    for account in to_lock {
        store::lock_account(tx, account.as_str()).await?;
    }
    let case = match store_of_cases::by_reference(&mut **tx, &case.reference).await? {
        Some(case) => case,
        None => store_of_cases::draft(&mut **tx, &case.customer_id).await?.ok_or(Failure::Missing("hardship case"))?,
    };
    let account = facts::by_id(&mut **tx, case.account_id.as_str()).await?.ok_or(Failure::Missing("account"))?;
    let zone = clock::zone(&account.time_zone);
    Ok(Scene { today: state.clock.today_in(&zone), now: state.clock.now_millis(), zone, case, account, open })
}

/// Puts every open account on hold until an instant, and lets what waits to be sent be decided anew.
async fn hold_until(tx: &mut Tx, scene: &Scene, until: Millis) -> Result<(), Failure> {
    for account in &scene.open {
        let id = ids::new_id();
        let hold = NewHold {
            id: &id,
            account_id: account.as_str(),
            kind: HoldKind::Hardship,
            reason: &scene.case.reference,
            starts_at: scene.now,
            created_by: scene.case.customer_id.as_str(),
        };
        let is_begun = holds::hold_until(tx, &hold, until).await?;
        let action = if is_begun { "hold.begun" } else { "hold.moved" };
        let details = json!({ "kind": HoldKind::Hardship.code(), "until": until });
        note(tx, &scene.case.customer_id, account, Actor::System, action, details, scene.now).await?;
    }
    Ok(outbox::decide_again(tx, &scene.case.customer_id, scene.now).await?)
}

/// Ends the holds of a case on every account.
async fn release(tx: &mut Tx, scene: &Scene) -> Result<(), Failure> {
    for account in &scene.open {
        if holds::release(tx, account.as_str(), HoldKind::Hardship, &scene.case.reference, scene.now).await? > 0 {
            let details = json!({ "kind": HoldKind::Hardship.code() });
            note(tx, &scene.case.customer_id, account, Actor::System, "hold.ended", details, scene.now).await?;
        }
    }
    Ok(outbox::decide_again(tx, &scene.case.customer_id, scene.now).await?)
}

/// What happened, without a word of what was told.
async fn note(
    tx: &mut Tx,
    customer: &CustomerId,
    account: &AccountId,
    actor: Actor,
    action: &'static str,
    details: serde_json::Value,
    at: Millis,
) -> Result<(), Failure> {
    let event = Event {
        at,
        actor,
        action,
        customer_id: Some(customer.to_string()),
        account_id: Some(account.to_string()),
        subject_id: None,
        details,
    };
    Ok(events::append(tx, &event).await?)
}
