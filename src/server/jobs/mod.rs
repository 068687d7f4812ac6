//! Background work: claimed from the `jobs` table with a lease, so that any number of processes may do it, each piece by one
//! of them. `evenkeel serve` and `evenkeel worker` run [`work_until`]; tests run [`run_due`] to the end on demand.
//!
//! Jobs keep real time, whatever the business clock is set to: they wait for the outside world.

use crate::server::clock::Millis;
use crate::server::services::collections::{self, Tended};
use crate::server::services::mandates::{self, Told};
use crate::server::services::payments::{self, Reconciled};
use crate::server::services::{
    Failure, attempts, completions, details, disputes, door, evidence, hardship, helpers, keeping, life_events, messages, outbox,
    plan_interest, recalls, sessions, staff, ways_in,
};
use crate::server::state::AppState;
use crate::server::store::StoreResult;
use crate::server::store::jobs::{self, Claimed};
use std::time::Duration;
use tokio::sync::watch;

/// Longer than any job takes: a processor is given 15 s.
const LEASE_MILLIS: i64 = 60_000;
/// How often what has ended is removed.
const TIDY_EVERY_MILLIS: i64 = 3_600_000;
/// How often what is due is looked for.
const SWEEP_EVERY_MILLIS: i64 = 120_000;
/// In one go, so that a stop is heard.
const MOST_AT_ONCE: usize = 500;

/// Every kind of work there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// Ask the processor what became of a payment, until it is known.
    ReconcilePayment,
    /// Close the payment pages of an account on which nothing may be paid any more, or not without being told something.
    ClosePaymentPages,
    /// Ask the processor for a refund until it is known what came of it.
    ReconcileRefund,
    /// Ask the processor what became of a permission to collect, until it is known.
    ReconcileMandate,
    /// Have the processor end a permission that is ended here.
    EndMandate,
    /// Announce, collect or close one instalment.
    CollectInstalment,
    /// Remind of one instalment that is paid by hand.
    RemindInstalment,
    /// End an agreement that was not put right in time.
    ReviewAgreement,
    /// Close the payment pages over several accounts of which one is disputed now.
    CloseJointPages,
    /// Complete the agreement of an account on which nothing is owed by the creditor's own figures.
    ReviewSettled,
    /// End what an ended agreement leaves, and tell its customer, when the creditor has taken an account back.
    TellOfRecall,
}

impl JobKind {
    fn from_code(code: &str) -> Option<JobKind> {
        match code {
            payments::RECONCILE_JOB => Some(JobKind::ReconcilePayment),
            jobs::CLOSE_PAGES => Some(JobKind::ClosePaymentPages),
            payments::REFUND_JOB => Some(JobKind::ReconcileRefund),
            mandates::RECONCILE_JOB => Some(JobKind::ReconcileMandate),
            mandates::END_JOB => Some(JobKind::EndMandate),
            collections::COLLECT_JOB => Some(JobKind::CollectInstalment),
            collections::REMIND_JOB => Some(JobKind::RemindInstalment),
            keeping::REVIEW_JOB => Some(JobKind::ReviewAgreement),
            jobs::CLOSE_JOINT_PAGES => Some(JobKind::CloseJointPages),
            jobs::REVIEW_SETTLED => Some(JobKind::ReviewSettled),
            jobs::TELL_OF_RECALL => Some(JobKind::TellOfRecall),
            _ => None,
        }
    }
}

/// What a job came to.
enum Outcome {
    Done,
    /// Not yet; `why` is a code for the operator.
    Again {
        why: &'static str,
    },
}

/// Does everything that is due as of an instant, and what that makes due in turn; returns how much there was.
pub async fn run_due(state: &AppState, as_of: Millis) -> StoreResult<usize> {
    let mut done = deliver_sandbox_webhooks(state, as_of).await + send_messages(state).await;
    for _ in 0..MOST_AT_ONCE {
        let now = state.clock.real_now_millis();
        let Some(job) = jobs::claim(&state.db, as_of, now, now + LEASE_MILLIS).await? else { break };
        run(state, &job, as_of).await?;
        done += 1;
    }
    Ok(done)
}

/// Looks for work every few seconds until told to stop; what has been begun is finished.
pub async fn work_until(state: AppState, mut stopped: watch::Receiver<bool>) {
    let pause = Duration::from_secs(u64::from(state.config.worker_poll_seconds));
    let mut tidied_at: Option<Millis> = None;
    let mut swept_at: Option<Millis> = None;
    loop {
        let now = state.clock.real_now_millis();
        if tidied_at.is_none_or(|at| now - at >= TIDY_EVERY_MILLIS) {
            tidy(&state).await;
            tidied_at = Some(now);
        }
        if swept_at.is_none_or(|at| now - at >= SWEEP_EVERY_MILLIS) {
            sweep(&state).await;
            swept_at = Some(now);
        }
        if let Err(error) = run_due(&state, state.clock.real_now_millis()).await {
            tracing::error!(%error, "the background work could not be done; it is tried again");
        }
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Finds what has fallen due by business time: interest to book, then instalments to announce, to collect or to remind of, agreements
/// to review, hardship reviews and messages whose day has passed, disputes whose answer was sent, what others told us and nobody looked
/// at. Returns how much there was.
pub async fn sweep(state: &AppState) -> usize {
    let interest = match plan_interest::sweep(state).await {
        Ok(booked) => booked,
        Err(error) => {
            tracing::error!(%error, "interest that fell due could not be booked; it is tried again");
            0
        }
    };
    let due = match collections::sweep(state).await {
        Ok(swept) => swept.found,
        Err(error) => {
            tracing::error!(%error, "what is due could not be looked for; it is tried again");
            0
        }
    };
    let to_review = match keeping::sweep(state).await {
        Ok(count) => count,
        Err(error) => {
            tracing::error!(%error, "agreements could not be looked through; it is tried again");
            0
        }
    };
    let late = match hardship::sweep(state).await {
        Ok(count) => count,
        Err(error) => {
            tracing::error!(%error, "hardship reviews could not be looked through; it is tried again");
            0
        }
    };
    let released = match disputes::release_sent(state).await {
        Ok(count) => count,
        Err(error) => {
            tracing::error!(%error, "disputes whose answer was sent could not be looked through; it is tried again");
            0
        }
    };
    let told = match life_events::sweep(state).await {
        Ok(count) => count,
        Err(error) => {
            tracing::error!(%error, "what others told us could not be looked through; it is tried again");
            0
        }
    };
    let helped = match helpers::sweep(state).await {
        Ok(count) => count,
        Err(error) => {
            tracing::error!(%error, "helpers whose last day is over could not be looked for; it is tried again");
            0
        }
    };
    let unanswered = match messages::sweep(state).await {
        Ok(count) => count,
        Err(error) => {
            tracing::error!(%error, "messages whose day has passed could not be looked through; it is tried again");
            0
        }
    };
    interest + due + to_review + late + released + told + helped + unanswered
}

/// Removes what has ended and is of no more use: sessions, attempts to sign in that count no longer, counts of forms, and what was
/// kept long enough: the history of signing in, evidence.
pub async fn tidy(state: &AppState) {
    if let Err(error) = sessions::delete_ended(state).await {
        tracing::warn!(%error, "ended sessions could not be removed; it is tried again");
    }
    if let Err(error) = attempts::delete_old(state).await {
        tracing::warn!(%error, "old attempts could not be removed; it is tried again");
    }
    if let Err(error) = door::close_windows(state).await {
        tracing::warn!(%error, "the counts of forms could not be closed; it is tried again");
    }
    if let Err(error) = details::delete_unfinished(state).await {
        tracing::warn!(%error, "details that nobody finished could not be forgotten; it is tried again");
    }
    if let Err(error) = ways_in::delete_old(state).await {
        tracing::warn!(%error, "the history of signing in could not be removed; it is tried again");
    }
    if let Err(error) = staff::delete_ended(state).await {
        tracing::warn!(%error, "ended sessions of the staff could not be removed; it is tried again");
    }
    if let Err(error) = staff::delete_old(state).await {
        tracing::warn!(%error, "the staff's history of signing in could not be removed; it is tried again");
    }
    if let Err(error) = evidence::delete_due(state).await {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        tracing::error!(%error, cause, "evidence that was kept long enough could not be deleted; it is tried again");
    }
}

async fn run(state: &AppState, job: &Claimed, as_of: Millis) -> StoreResult<()> {
    let outcome = match JobKind::from_code(&job.kind) {
        Some(kind) => perform(state, kind, job).await.unwrap_or_else(|error| {
            tracing::error!(
                %error, job.kind, job.subject_id, job.attempts, "a piece of the background work failed; it is tried again"
            );
            Outcome::Again { why: "failed" }
        }),
        None => {
            tracing::error!(job.kind, "a kind of work this program does not know");
            Outcome::Again { why: "unknown_kind" }
        }
    };
    let now = state.clock.real_now_millis();
    match outcome {
        Outcome::Done => jobs::finish(state.db.pool(), job, now).await,
        Outcome::Again { why } => {
            let run_at = as_of.max(now) + payments::wait_before_check(job.attempts);
            jobs::put_off(state.db.pool(), job, run_at, why).await
        }
    }
}

async fn perform(state: &AppState, kind: JobKind, job: &Claimed) -> Result<Outcome, Failure> {
    let subject = &job.subject_id;
    match kind {
        JobKind::ReconcilePayment => Ok(known(payments::reconcile(state, subject, job.attempts).await?)),
        JobKind::ReconcileRefund => Ok(known(payments::reconcile_refund(state, subject).await?)),
        JobKind::ReconcileMandate => Ok(known(mandates::reconcile(state, subject, job.attempts).await?)),
        JobKind::EndMandate => match mandates::tell_processor(state, subject).await? {
            Told::Done => Ok(Outcome::Done),
            Told::NotYet => {
                tracing::warn!(job.subject_id, "the processor has not ended a permission yet; it is asked again");
                Ok(Outcome::Again { why: "not_yet_ended" })
            }
        },
        JobKind::CollectInstalment => match collections::tend(state, subject).await? {
            Tended::Done => Ok(Outcome::Done),
            Tended::LookAgain => Ok(Outcome::Again { why: "under_way" }),
        },
        JobKind::RemindInstalment => collections::remind(state, subject).await.map(|()| Outcome::Done),
        JobKind::ReviewAgreement => keeping::review(state, subject).await.map(|()| Outcome::Done),
        JobKind::ClosePaymentPages => payments::close_pages(state, subject).await.map(|()| Outcome::Done),
        JobKind::CloseJointPages => payments::close_joint_pages(state, subject).await.map(|()| Outcome::Done),
        JobKind::ReviewSettled => completions::review_settled(state, subject).await.map(|()| Outcome::Done),
        JobKind::TellOfRecall => recalls::tell(state, subject).await.map(|()| Outcome::Done),
    }
}

fn known(reconciled: Reconciled) -> Outcome {
    match reconciled {
        Reconciled::Known => Outcome::Done,
        Reconciled::NotYet => Outcome::Again { why: "not_yet_known" },
    }
}

/// The sandbox processor's own work, done by this process because that company has no other.
async fn deliver_sandbox_webhooks(state: &AppState, as_of: Millis) -> usize {
    let Some(sandbox) = &state.sandbox else { return 0 };
    match sandbox.deliver_due(as_of).await {
        Ok(delivered) => delivered,
        Err(error) => {
            tracing::error!(%error, "sandbox webhooks could not be delivered");
            0
        }
    }
}

/// The outbox keeps its own times: the window in which a message may leave.
async fn send_messages(state: &AppState) -> usize {
    match outbox::send_due(state).await {
        Ok(round) => round.sent,
        Err(error) => {
            tracing::error!(%error, "messages could not be sent; they are tried again");
            0
        }
    }
}
