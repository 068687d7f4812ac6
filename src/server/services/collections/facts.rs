//! Everything that decides about one instalment, read in one transaction under the account's lock.

use crate::domain::calendar::Date;
use crate::domain::collecting::{Due, Notice, Obstacle, Progress};
use crate::domain::due_dates::Payday;
use crate::domain::hold::allow_collection;
use crate::domain::ids::PaymentId;
use crate::domain::money::{Currency, Money};
use crate::domain::payment::{Payment, PaymentState};
use crate::server::clock::{self, Millis};
use crate::server::processors::PaymentProcessor;
use crate::server::services::Failure;
use crate::server::state::AppState;
use crate::server::store::collections::{self, AgreementHead, InstalmentKey, Permission, Try, TryState};
use crate::server::store::facts::AccountRecord;
use crate::server::store::outbox::{self, State};
use crate::server::store::{Tx, covered, drafts, facts, holds, payments};
use jiff::tz::TimeZone;

/// One instalment with all that concerns it.
pub(super) struct Facts {
    pub key: InstalmentKey,
    pub agreement: AgreementHead,
    pub account: AccountRecord,
    pub due_on: Date,
    pub next_due_on: Option<Date>,
    /// Not covered.
    pub open: Money,
    /// Payments on the account whose outcome is to come.
    pub running: Vec<Payment>,
    pub permission: Option<Permission>,
    pub tries: Vec<Try>,
    pub notice: Notice,
    pub obstacle: Option<Obstacle>,
    /// A hold is in force, whatever else is in the way.
    pub is_held: bool,
    pub processor_minimum: Money,
    pub today: Date,
    pub zone: TimeZone,
    pub now: Millis,
}

impl Facts {
    pub fn last_try(&self) -> Option<&Try> {
        self.tries.last()
    }

    /// What the domain decides on. `None` where nothing is left to decide: the last try is under way or over.
    pub fn due<'a>(&self, state: &'a AppState) -> Option<Due<'a>> {
        let progress = match self.last_try() {
            None => Progress::New,
            Some(last) => match last.state {
                TryState::Announced => {
                    Progress::Announced { day: last.day, amount: last.amount, notices: last.notices, notice: self.notice }
                }
                TryState::Planned => Progress::Retry { day: last.day, amount: last.amount, notice: self.notice },
                TryState::Asked
                | TryState::Collected
                | TryState::Declined
                | TryState::Abandoned
                | TryState::NotNeeded
                | TryState::NotCollected => return None,
            },
        };
        Some(self.due_with(state, progress, None))
    }

    /// The same for a progress of the caller's, leaving out one payment.
    pub fn due_with<'a>(&self, state: &'a AppState, progress: Progress, without: Option<&PaymentId>) -> Due<'a> {
        let beside = || self.running.iter().filter(|payment| Some(&payment.id) != without);
        // Nothing of it is read where there is no permission.
        let given_at = self.permission.as_ref().map_or(self.now, |permission| permission.given_at);
        Due {
            due_on: self.due_on,
            next_due_on: self.next_due_on,
            open: self.open,
            on_their_way: on_their_way(beside(), self.account.facts.currency),
            balance: self.account.facts.balance,
            processor_minimum: self.processor_minimum,
            is_waiting: beside().any(|payment| payment.state.blocks_another()),
            obstacle: self.obstacle,
            mandate_given_on: clock::date_of(given_at, &self.zone),
            progress,
            holidays: &state.policy.policy.holidays,
            today: self.today,
        }
    }
}

/// Reads them. The account must be locked. `None` where there is no such instalment.
pub(super) async fn read(
    state: &AppState,
    tx: &mut Tx,
    agreement: AgreementHead,
    key: &InstalmentKey,
) -> Result<Option<Facts>, Failure> {
    let Some((due_on, next_due_on)) = collections::due_days(tx, key).await? else { return Ok(None) };
    let account = facts::one_of_customer(&mut **tx, &agreement.customer_id, &agreement.account_id)
        .await?
        .ok_or(Failure::Missing("account"))?;
    let currency = account.facts.currency;
    let now = state.clock.now_millis();
    let zone = clock::zone(&account.time_zone);
    let today = state.clock.today_in(&zone);
    let open = open_of(tx, &agreement, key, currency).await?;
    let tries = collections::of_instalment(tx, key).await?;
    let permission = collections::permission(tx, &agreement.id).await?;
    let processor = state.processor.as_ref().filter(|processor| is_of(processor.as_ref(), permission.as_ref()));
    let processor_minimum = processor.and_then(|processor| processor.minimum(currency));
    let running = payments::open_on_account(tx, account.id.as_str()).await?;
    let notice = notice_of(tx, tries.last(), &zone).await?;
    let is_held = !allow_collection(&holds::in_force(tx, account.id.as_str(), now).await?);
    let obstacle = if !agreement.is_active() || agreement.version != key.version {
        Some(Obstacle::AgreementEnded)
    } else if !account.is_open() {
        Some(Obstacle::AccountNotOpen)
    } else if permission.is_none() || processor_minimum.is_none() {
        Some(Obstacle::MandateGone)
    } else if collections::paid_back(tx, &agreement.id).await?.contains(&key.number) {
        Some(Obstacle::PaidBack)
    } else {
        is_held.then_some(Obstacle::Held)
    };
    Ok(Some(Facts {
        key: key.clone(),
        due_on,
        next_due_on,
        open,
        running,
        permission,
        tries,
        notice,
        obstacle,
        is_held,
        processor_minimum: processor_minimum.unwrap_or(Money::zero(currency)),
        today,
        zone,
        now,
        agreement,
        account,
    }))
}

fn is_of(processor: &dyn PaymentProcessor, permission: Option<&Permission>) -> bool {
    permission.is_some_and(|permission| permission.processor == processor.name())
}

async fn open_of(tx: &mut Tx, agreement: &AgreementHead, key: &InstalmentKey, currency: Currency) -> Result<Money, Failure> {
    let open = covered::open_instalments(tx, &agreement.id, currency).await?;
    let this = open.into_iter().find(|instalment| i64::from(instalment.number) == key.number);
    Ok(this.map_or(Money::zero(currency), |instalment| instalment.open))
}

fn on_their_way<'a>(running: impl Iterator<Item = &'a Payment>, currency: Currency) -> Money {
    let processing = running.filter(|payment| payment.state == PaymentState::Processing);
    let minor = processing
        .fold(0_i64, |sum, payment| sum.saturating_add(payment.amount.minor()).saturating_add(payment.discount.minor()));
    Money::new(minor, currency)
}

async fn notice_of(tx: &mut Tx, last: Option<&Try>, zone: &TimeZone) -> Result<Notice, Failure> {
    let Some(key) = last.and_then(|last| last.notice_key.as_deref()) else { return Ok(Notice::NotNeeded) };
    Ok(match outbox::by_once_key(tx, key).await? {
        Some((State::Waiting { .. } | State::Printing, _)) => Notice::Waiting,
        Some((State::Sent { at }, _)) => Notice::Sent { on: clock::date_of(at, zone) },
        Some((State::NotSent { .. }, _)) | None => Notice::NotSent,
    })
}

/// When the customer said they are paid, where they chose their plan by it.
pub(super) async fn payday(tx: &mut Tx, agreement: &AgreementHead) -> Result<Option<Payday>, Failure> {
    let draft = drafts::by_id(&mut **tx, &agreement.draft_id).await?;
    Ok(draft.and_then(|draft| draft.choice.choice.payday))
}
