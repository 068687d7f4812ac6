//! Whether agreements are kept: computed for the screens, and remembered when the time to put something right is over. Then the
//! account has its ways forward again.

use super::{Failure, collections as collecting, endings};
use crate::domain::agreement::DAYS_TO_PUT_RIGHT;
use crate::domain::agreement_state::AgreementState;
use crate::domain::calendar::{Date, days_after};
use crate::domain::format;
use crate::domain::hold::allow_collection;
use crate::domain::ids::{AgreementId, CustomerId};
use crate::domain::keeping::{
    AgreementStanding, Circumstances, CollectionTrouble, Instalment, Keeping, Line, PutRight, collection_trouble, count_on_time,
    keeping, put_right,
};
use crate::domain::language::Language;
use crate::domain::money::Money;
use crate::paths;
use crate::server::clock;
use crate::server::notify::letters::Template;
use crate::server::services::outbox::{self, Hurry, Message};
use crate::server::state::AppState;
use crate::server::store::collections::AgreementHead;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::facts::AccountRecord;
use crate::server::store::{self, StoreError, Tx, customers, end_read, facts, holds, jobs, payments};
use serde_json::json;

/// The kind of the job, in the `jobs` table.
pub const REVIEW_JOB: &str = "review_agreement";

/// Agreements read in one go.
const MOST_AT_ONCE: i64 = 500;

/// How an agreement of this customer stands; `None` where it is not theirs.
pub async fn of_agreement(
    state: &AppState,
    customer: &CustomerId,
    id: &AgreementId,
) -> Result<Option<AgreementStanding>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let head = store::collections::agreement(&mut tx, id).await?.filter(|head| head.customer_id == *customer);
    // One that was ended before it was over is neither kept nor broken.
    let Some(head) = head.filter(|head| head.state != AgreementState::Cancelled) else { return Ok(None) };
    let Some(account) = facts::one_of_customer(&mut *tx, customer, &head.account_id).await? else { return Ok(None) };
    let zone = clock::zone(&account.time_zone);
    let today = state.clock.today_in(&zone);
    let (instalments, keeping) = compute(state, &mut tx, &head, &account).await?;
    let standings = collecting::standing_of(&mut tx, id, &instalments, &zone).await?;
    end_read(tx);
    let (on_time, come) = count_on_time(&instalments, today);
    let put_right = put_right(&instalments, keeping, today);
    let trouble = collection_trouble(&instalments, &standings);
    let lines = instalments.into_iter().zip(standings).map(|(instalment, collection)| Line {
        kept: instalment.kept(today),
        instalment,
        collection,
    });
    Ok(Some(AgreementStanding { keeping, lines: lines.collect(), put_right, trouble, on_time, come, today }))
}

/// The agreement an account is under, as its page shows it.
pub(super) struct OfAccount {
    pub instalments: Vec<Instalment>,
    pub keeping: Keeping,
    /// What will be taken by itself next.
    pub next_collection: Option<(Date, Money)>,
    pub put_right: Option<PutRight>,
    pub trouble: Option<CollectionTrouble>,
}

/// How the agreement an account is under is kept, and what will be taken by itself next.
pub(super) async fn of_account(
    state: &AppState,
    tx: &mut Tx,
    agreement_id: &AgreementId,
    account: &AccountRecord,
) -> Result<OfAccount, Failure> {
    let head = store::collections::agreement(tx, agreement_id).await?.ok_or(Failure::Missing("agreement"))?;
    let (instalments, keeping) = compute(state, tx, &head, account).await?;
    let zone = clock::zone(&account.time_zone);
    let standings = collecting::standing_of(tx, agreement_id, &instalments, &zone).await?;
    Ok(OfAccount {
        keeping,
        next_collection: collecting::next_of_agreement(tx, agreement_id, &instalments, account.facts.balance, &zone).await?,
        put_right: put_right(&instalments, keeping, state.clock.today_in(&zone)),
        trouble: collection_trouble(&instalments, &standings),
        instalments,
    })
}

/// Whether the time to put an agreement right is over, though its review is still to come.
pub(super) async fn has_ended_unkept(
    state: &AppState,
    tx: &mut Tx,
    head: &AgreementHead,
    account: &AccountRecord,
) -> Result<bool, Failure> {
    let (_, computed) = compute(state, tx, head, account).await?;
    Ok(computed.has_ended_unkept())
}

/// What will be taken by itself next under an agreement, and when.
pub(super) async fn next_collected(
    tx: &mut Tx,
    agreement_id: &AgreementId,
    account: &AccountRecord,
) -> Result<Option<(Date, Money)>, Failure> {
    let zone = clock::zone(&account.time_zone);
    let day_of = |at| clock::date_of(at, &zone);
    let instalments = store::keeping::instalments(tx, agreement_id, account.facts.currency, day_of).await?;
    collecting::next_of_agreement(tx, agreement_id, &instalments, account.facts.balance, &zone).await
}

async fn compute(
    state: &AppState,
    tx: &mut Tx,
    head: &AgreementHead,
    account: &AccountRecord,
) -> Result<(Vec<Instalment>, Keeping), Failure> {
    let now = state.clock.now_millis();
    let zone = clock::zone(&account.time_zone);
    let day_of = |at| clock::date_of(at, &zone);
    let instalments = store::keeping::instalments(tx, &head.id, account.facts.currency, day_of).await?;
    let running = payments::open_on_account(tx, account.id.as_str()).await?;
    let hold_ended_at = store::keeping::last_hold_ended_at(tx, &account.id, now).await?;
    let is_held = !allow_collection(&holds::in_force(tx, account.id.as_str(), now).await?);
    let last_try_on = collecting::last_try_on(tx, &head.id, &instalments).await?;
    let is_under_way = !running.is_empty() || collecting::is_any_coming(tx, &head.id).await?;
    // What has ended stays as it ended, whatever happens to the account afterwards.
    let is_live = head.is_active();
    let circumstances = Circumstances {
        today: state.clock.today_in(&zone),
        is_settled: if is_live { !account.facts.balance.is_positive() } else { head.state == AgreementState::Completed },
        is_over: head.state == AgreementState::Broken,
        is_held: is_held && is_live,
        held_until: hold_ended_at.map(day_of).filter(|_| is_live),
        last_try_on: last_try_on.filter(|_| is_live),
        is_under_way: is_under_way && is_live,
    };
    let computed = keeping(&instalments, &circumstances);
    Ok((instalments, computed))
}

/// Asks for a review of each agreement whose time to put something right may be over; returns how many.
pub async fn sweep(state: &AppState) -> Result<usize, Failure> {
    let today = state.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    // A day more: somewhere it is tomorrow already. The job knows where.
    let until = days_after(today, 1 - i32::try_from(DAYS_TO_PUT_RIGHT).unwrap_or(0));
    let mut last = AgreementId(String::new());
    let mut count = 0;
    loop {
        let found = store::collections::to_review(state.db.pool(), &last, until, MOST_AT_ONCE).await?;
        let Some(next) = found.last().cloned() else { return Ok(count) };
        let now = state.clock.real_now_millis();
        let mut tx = state.db.begin_write().await?;
        for id in &found {
            jobs::ask(&mut tx, REVIEW_JOB, id.as_str(), &format!("{REVIEW_JOB}:{id}:{today}"), now, now).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        count += found.len();
        last = next;
    }
}

/// Ends an agreement that was not put right in time: state, what was still to be collected, permission, event and a message with
/// the ways forward, all or nothing. Safe to repeat.
pub async fn review(state: &AppState, agreement_id: &str) -> Result<(), Failure> {
    let id = AgreementId(agreement_id.to_owned());
    let mut tx = state.db.begin_write().await?;
    let Some(head) = store::collections::agreement(&mut tx, &id).await? else { return Ok(()) };
    store::lock_account(&mut tx, head.account_id.as_str()).await?;
    let head = store::collections::agreement(&mut tx, &id).await?.filter(AgreementHead::is_active);
    let Some(head) = head else { return Ok(()) };
    let Some(account) = facts::one_of_customer(&mut *tx, &head.customer_id, &head.account_id).await? else { return Ok(()) };
    // What the creditor took back or closed is ended elsewhere, with other words.
    if !account.is_open() {
        return Ok(());
    }
    let (instalments, computed) = compute(state, &mut tx, &head, &account).await?;
    if !computed.has_ended_unkept() {
        return Ok(());
    }
    let at = state.clock.now_millis();
    endings::end(state, &mut tx, &id, endings::Ending::NotKept, at).await?;
    let made = instalments.iter().filter(|instalment| instalment.is_met()).count();
    let paid = instalments.iter().fold(0_i64, |sum, instalment| sum.saturating_add(instalment.paid_minor()));
    let paid = Money::new(paid, account.facts.currency);
    let event = Event {
        at,
        actor: Actor::System,
        action: "agreement.not_kept",
        customer_id: Some(head.customer_id.to_string()),
        account_id: Some(head.account_id.to_string()),
        subject_id: Some(id.to_string()),
        details: json!({
            "computed": computed.code(), "paid": made, "of": instalments.len(), "paid_minor": paid.minor(),
        }),
    };
    events::append(&mut tx, &event).await?;
    tell(state, &mut tx, &head, (made, instalments.len()), paid).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Of so many payments of the agreement so many were made in full, and so much is paid under it in all.
async fn tell(
    state: &AppState,
    tx: &mut Tx,
    head: &AgreementHead,
    (made, count): (usize, usize),
    paid: Money,
) -> Result<(), Failure> {
    let addressee = customers::addressee(tx, &head.customer_id).await?.ok_or(Failure::Missing("customer"))?;
    let language = Language::from_tag(&addressee.language).unwrap_or_default();
    let link = format!("{}{}", state.config.public_url, paths::options(head.account_id.as_str()));
    let (made, count, paid) = (made.to_string(), count.to_string(), format::money(paid, language));
    let values = [("reference", &*head.reference), ("made", &*made), ("count", &*count), ("amount", &*paid), ("link", &*link)];
    let once = format!("agreement_ended:{}", head.id);
    let message = Message {
        customer_id: &head.customer_id,
        template: Template::AgreementEnded,
        language,
        values: &values,
        document_id: None,
        hurry: Hurry::InWindow,
        once: &once,
    };
    outbox::enqueue(state, tx, &message).await
}
