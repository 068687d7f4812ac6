//! Where nothing is collected by itself: a reminder some days before an instalment, and one kind word after a missed day. Once
//! each, never while a hold is in force.

use super::facts::{self, Facts};
use super::{read_subject, told};
use crate::domain::calendar::days_between;
use crate::domain::collecting::Obstacle;
use crate::domain::format;
use crate::server::notify::letters::Template;
use crate::server::services::{Failure, keeping};
use crate::server::state::AppState;
use crate::server::store::collections::{self, TryState};
use crate::server::store::{self, StoreError};

/// What the keys of the two messages begin with.
pub(super) const REMINDER: &str = "instalment_reminder:";
pub(super) const MISSED: &str = "instalment_missed:";
/// After so many days nothing is written about a missed one any more: the page says it.
pub(super) const MISSED_WITHIN_DAYS: i32 = 7;

/// So many days before its day an instalment is reminded of.
pub(super) fn days_before(state: &AppState) -> i32 {
    i32::try_from(state.config.reminder_days_before).unwrap_or(0)
}

/// Writes the reminder that is due about an instalment, if one is. Safe to repeat.
pub async fn remind(state: &AppState, subject: &str) -> Result<(), Failure> {
    let Some(key) = read_subject(subject) else { return Ok(()) };
    let mut tx = state.db.begin_write().await?;
    let Some(agreement) = collections::agreement(&mut tx, &key.agreement_id).await? else { return Ok(()) };
    store::lock_account(&mut tx, agreement.account_id.as_str()).await?;
    let Some(agreement) = collections::agreement(&mut tx, &key.agreement_id).await? else { return Ok(()) };
    let Some(facts) = facts::read(state, &mut tx, agreement, &key).await? else { return Ok(()) };
    if !may_remind(&facts) {
        return Ok(());
    }
    let language = told::language(&mut tx, &facts.agreement.customer_id).await?;
    let instalment = &facts.instalment;
    let amount = format::money(instalment.open(), language);
    let days_ahead = days_between(facts.today, instalment.due_on);
    let about = super::subject(&key);
    if (0..=days_before(state)).contains(&days_ahead) {
        let values = [("amount", amount), ("day", format::long_date(instalment.due_on, language))];
        let once = format!("{REMINDER}{about}");
        told::enqueue(state, &mut tx, &facts, Template::InstalmentReminder, language, &values, &once).await?;
    } else if (-MISSED_WITHIN_DAYS..0).contains(&days_ahead) {
        // Over before this could be put right: that is told by its own letter, and nothing here may say that it goes on.
        if keeping::has_ended_unkept(state, &mut tx, &facts.agreement, &facts.account).await? {
            return Ok(());
        }
        let values = [
            ("amount", amount),
            ("day", format::long_date(instalment.due_on, language)),
            ("put_right_by", format::long_date(instalment.put_right_by(), language)),
        ];
        let once = format!("{MISSED}{about}");
        told::enqueue(state, &mut tx, &facts, Template::InstalmentMissed, language, &values, &once).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Something is missing of it, nothing is going to be collected or on its way, and nothing keeps us from asking. A permission that
/// has come in between does the rest by itself. What was given back by decision is not missing.
fn may_remind(facts: &Facts) -> bool {
    let is_dealt_with = match facts.last_try().map(|last| last.state) {
        // After a last no of the bank they were told what they can do.
        Some(TryState::Announced | TryState::Planned | TryState::Asked | TryState::Declined) => true,
        Some(TryState::Collected | TryState::Abandoned | TryState::NotNeeded | TryState::NotCollected) => false,
        None => facts.permission.is_some(),
    };
    let may_ask = match facts.obstacle {
        Some(Obstacle::Held | Obstacle::AccountNotOpen | Obstacle::AgreementEnded) => false,
        // What a bank took back is not collected, so it is asked for.
        Some(Obstacle::MandateGone | Obstacle::PaidBack) | None => true,
    };
    !facts.instalment.is_met() && !facts.is_held && facts.running.is_empty() && may_ask && !is_dealt_with
}
