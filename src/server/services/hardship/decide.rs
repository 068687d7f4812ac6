//! What reviewers do with a case, and what happens when a promised day passes. Called by the command line and the background work.

use super::acts::{step, take};
use super::letter::{self, Says};
use super::{Scene, hold_until, scene};
use crate::domain::calendar::days_after;
use crate::domain::hardship::relief::{LowerPayments, NotAllowed, Relief, Waived};
use crate::domain::hardship::{CaseState, DeclineReason, LONGEST_WORDS_CHARACTERS, Step};
use crate::server::services::corrections::{self, Decided, NotBooked, What};
use crate::server::services::{Failure, evidence, policies};
use crate::server::state::AppState;
use crate::server::store::events::Actor;
use crate::server::store::hardship::{self as store_of_cases, CaseStep};
use crate::server::store::{StoreError, Tx};

/// Who decides, and what the customer reads.
#[derive(Clone)]
pub struct Decision {
    pub reference: String,
    pub by: String,
    /// In the customer's language.
    pub words: String,
}

/// What an approval opens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    pub lower: Option<LowerPayments>,
    pub pause_days: Option<u16>,
    pub discount_basis_points: Option<u32>,
    pub waived: Vec<Waived>,
}

/// Why nothing was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotDecided {
    NoSuchCase,
    /// It is in a state in which this cannot be done.
    NotNow(CaseState),
    /// A decision without a person is none.
    NoPerson,
    /// Its customer reads the reasons: there are none, or too many.
    NoWords,
    /// What was appealed is looked at by somebody else.
    SamePerson,
    /// The policy has no `[hardship]`.
    NoPolicy,
    NotAllowed(NotAllowed),
    /// What was to be waived could not be booked.
    NotBooked(NotBooked),
}

/// Asks the customer for more. While their answer is waited for, the hold goes on.
pub async fn ask(state: &AppState, decision: &Decision) -> Result<Result<(), NotDecided>, Failure> {
    let mut tx = state.db.begin_write().await?;
    let mut scene = match begin(state, &mut tx, decision, Step::Ask).await? {
        Ok(scene) => scene,
        Err(refused) => return Ok(Err(refused)),
    };
    let wait_until = days_after(scene.today, i32::try_from(state.config.hardship.days_to_answer).unwrap_or(0));
    let until = scene.end_of(wait_until);
    move_on(&mut tx, &mut scene, Step::Ask, Some(until)).await?;
    hold_until(&mut tx, &scene, until).await?;
    let document = letter::issue(state, &mut tx, &scene, &Says::Asked { words: &decision.words, wait_until }).await?;
    let step = CaseStep { until: Some(until), document_id: Some(document), ..decided(&scene, Step::Ask, decision) };
    take(&mut tx, &scene, step, Actor::Operator).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Ok(()))
}

/// Approves: what is opened can be chosen until a day, what is waived is booked, and the hold goes on for as long.
pub async fn approve(state: &AppState, decision: &Decision, opened: &Opened) -> Result<Result<(), NotDecided>, Failure> {
    let mut tx = state.db.begin_write().await?;
    let mut scene = match begin(state, &mut tx, decision, Step::Approve).await? {
        Ok(scene) => scene,
        Err(refused) => return Ok(Err(refused)),
    };
    let open_through = scene.day_to_choose(state);
    let relief = Relief {
        case: scene.case.reference.clone(),
        open_through,
        lower: opened.lower,
        pause_days: opened.pause_days,
        discount_basis_points: opened.discount_basis_points,
        waived: opened.waived.clone(),
    };
    let policy = policies::current(state);
    let Some(terms) = &policy.policy.hardship else { return Ok(Err(NotDecided::NoPolicy)) };
    if let Err(refused) = terms.allow(&relief, scene.today) {
        return Ok(Err(NotDecided::NotAllowed(refused)));
    }
    if let Err(refused) = waive(state, &mut tx, &scene, decision, &opened.waived).await? {
        return Ok(Err(NotDecided::NotBooked(refused)));
    }
    let until = scene.end_of(open_through);
    move_on(&mut tx, &mut scene, Step::Approve, None).await?;
    evidence::finish(state, &mut tx, &scene.case.id, scene.now).await?;
    hold_until(&mut tx, &scene, until).await?;
    let says = Says::Approved { words: &decision.words, relief: &relief };
    let document = letter::issue(state, &mut tx, &scene, &says).await?;
    let step = CaseStep {
        until: Some(until),
        relief: Some(relief),
        document_id: Some(document),
        ..decided(&scene, Step::Approve, decision)
    };
    take(&mut tx, &scene, step, Actor::Operator).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Ok(()))
}

/// What is waived is given up on each open account, as an entry with its reason and its person. Where nothing of it is owed there is
/// nothing to book.
async fn waive(
    state: &AppState,
    tx: &mut Tx,
    scene: &Scene,
    decision: &Decision,
    waived: &[Waived],
) -> Result<Result<(), NotBooked>, Failure> {
    for account in &scene.open {
        for part in waived {
            let what = What::WriteOff { amount: None, part: Some(part.part()) };
            let decided = Decided {
                reason: format!("hardship {}", scene.case.reference),
                by: decision.by.trim().to_owned(),
                key: format!("hardship:{}:{}:{account}:{}", scene.case.reference, scene.case.appeals, part.part().code()),
            };
            match corrections::book_within(state, tx, account, &what, &decided, scene.now).await? {
                Ok(_) => {}
                Err(NotBooked::MoreThanOwed { owed }) if !owed.is_positive() => {}
                Err(refused) => return Ok(Err(refused)),
            }
        }
    }
    Ok(Ok(()))
}

/// Does not approve: the reasons are told, and how to have somebody else look at it. The hold goes on so that there is time for that.
pub async fn decline(state: &AppState, decision: &Decision, reason: DeclineReason) -> Result<Result<(), NotDecided>, Failure> {
    let mut tx = state.db.begin_write().await?;
    let mut scene = match begin(state, &mut tx, decision, Step::Decline).await? {
        Ok(scene) => scene,
        Err(refused) => return Ok(Err(refused)),
    };
    let held_through = scene.day_to_choose(state);
    let until = scene.end_of(held_through);
    move_on(&mut tx, &mut scene, Step::Decline, None).await?;
    evidence::finish(state, &mut tx, &scene.case.id, scene.now).await?;
    hold_until(&mut tx, &scene, until).await?;
    let says = Says::Declined { words: &decision.words, reason, held_through };
    let document = letter::issue(state, &mut tx, &scene, &says).await?;
    let step = CaseStep {
        reason: Some(reason),
        until: Some(until),
        document_id: Some(document),
        ..decided(&scene, Step::Decline, decision)
    };
    take(&mut tx, &scene, step, Actor::Operator).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Ok(()))
}

async fn begin(state: &AppState, tx: &mut Tx, decision: &Decision, what: Step) -> Result<Result<Scene, NotDecided>, Failure> {
    let by = decision.by.trim();
    if by.is_empty() {
        return Ok(Err(NotDecided::NoPerson));
    }
    let length = decision.words.trim().chars().count();
    if length == 0 || length > LONGEST_WORDS_CHARACTERS as usize {
        return Ok(Err(NotDecided::NoWords));
    }
    let Some(case) = store_of_cases::by_reference(&mut **tx, decision.reference.trim()).await? else {
        return Ok(Err(NotDecided::NoSuchCase));
    };
    let scene = scene(state, tx, case).await?;
    if scene.case.state.after(what).is_none() {
        return Ok(Err(NotDecided::NotNow(scene.case.state)));
    }
    let is_decision = matches!(what, Step::Approve | Step::Decline);
    let declined_by = store_of_cases::steps(&mut **tx, &scene.case.id)
        .await?
        .into_iter()
        .filter(|step| step.step == Step::Decline)
        .filter_map(|step| step.staff)
        .any(|staff| staff.eq_ignore_ascii_case(by));
    if is_decision && scene.case.appeals > 0 && declined_by {
        return Ok(Err(NotDecided::SamePerson));
    }
    Ok(Ok(scene))
}

fn decided(scene: &Scene, what: Step, decision: &Decision) -> CaseStep {
    CaseStep { staff: Some(decision.by.trim().to_owned()), ..step(scene, what, decision.words.trim()) }
}

async fn move_on(tx: &mut Tx, scene: &mut Scene, what: Step, decide_by: Option<i64>) -> Result<(), Failure> {
    let before = scene.case.state;
    scene.case.state = before.after(what).ok_or(Failure::Missing("next state of a hardship case"))?;
    scene.case.decide_by = decide_by;
    Ok(store_of_cases::advance(tx, before, &scene.case, scene.now).await?)
}

/// Looks for cases whose promised day is over: a late decision is told with the day that is promised now, and the hold goes on; an
/// answer that did not come is waited for no longer. Returns how many there were.
pub async fn sweep(state: &AppState) -> Result<usize, Failure> {
    let found = store_of_cases::past_their_day(state.db.pool(), state.clock.now_millis()).await?;
    for reference in &found {
        day_passed(state, reference).await?;
    }
    Ok(found.len())
}

async fn day_passed(state: &AppState, reference: &str) -> Result<(), Failure> {
    let mut tx = state.db.begin_write().await?;
    let Some(case) = store_of_cases::by_reference(&mut *tx, reference).await? else { return Ok(()) };
    let mut scene = scene(state, &mut tx, case).await?;
    // Decided or answered while this waited for the lock.
    if scene.case.decide_by.is_none_or(|by| by >= scene.now) {
        return Ok(());
    }
    let what = match scene.case.state {
        CaseState::MoreNeeded => Step::GoOnWithout,
        CaseState::Received => Step::Late,
        CaseState::Draft | CaseState::Approved | CaseState::NotApproved | CaseState::Withdrawn => return Ok(()),
    };
    if what == Step::Late {
        scene.case.times_late += 1;
        tracing::warn!(hardship.case = scene.case.reference, times = scene.case.times_late, "a hardship review is late");
    }
    let decided_by = scene.decision_day(state);
    let until = scene.end_of(decided_by);
    move_on(&mut tx, &mut scene, what, Some(until)).await?;
    hold_until(&mut tx, &scene, until).await?;
    let says = if what == Step::Late { Says::Late { decided_by } } else { Says::Received { decided_by } };
    let document = letter::issue(state, &mut tx, &scene, &says).await?;
    let step = CaseStep { until: Some(until), document_id: Some(document), ..step(&scene, what, "") };
    take(&mut tx, &scene, step, Actor::System).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}
