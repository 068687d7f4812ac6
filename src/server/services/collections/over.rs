//! What becomes of what was announced when the agreement or the permission behind it is over, in the transaction that ends it:
//! a notice that still waits for the morning would say what is no longer so.

use super::reminders::{MISSED, REMINDER};
use crate::domain::calendar::Date;
use crate::domain::collecting::WhyNot;
use crate::domain::ids::AgreementId;
use crate::domain::mandate::EndReason;
use crate::server::clock::Millis;
use crate::server::services::Failure;
use crate::server::store::collections::{self, Try, TryState};
use crate::server::store::{Tx, outbox};

/// Closes what was still to be tried of an agreement that has ended, and withdraws what would announce it or remind of it.
pub(in crate::server::services) async fn close_all(
    tx: &mut Tx,
    agreement_id: &AgreementId,
    why: WhyNot,
    at: Millis,
) -> Result<(), Failure> {
    for one in collections::of_agreement(tx, agreement_id).await? {
        if matches!(one.state, TryState::Announced | TryState::Planned) {
            withdraw_notice(tx, &one).await?;
            close(tx, &one, why, at).await?;
        }
    }
    let Some(agreement) = collections::agreement(tx, agreement_id).await? else { return Ok(()) };
    for written_as in [REMINDER, MISSED] {
        outbox::withdraw_all(tx, &agreement.customer_id, &format!("{written_as}{agreement_id}:")).await?;
    }
    Ok(())
}

/// A permission in force has ended: nothing that waits announces a collection any more. What was announced is closed on its day,
/// in case it is allowed anew before; another try is not, because its instalment's day is over and no later permission covers it.
/// Nothing happens where another permission takes its place.
pub(in crate::server::services) async fn permission_ended(
    tx: &mut Tx,
    agreement_id: &AgreementId,
    reason: EndReason,
    at: Millis,
) -> Result<(), Failure> {
    let why = match reason {
        EndReason::Replaced => return Ok(()),
        EndReason::AgreementEnded => WhyNot::AgreementEnded,
        EndReason::Customer | EndReason::Processor | EndReason::Staff | EndReason::TooLate | EndReason::Changed => {
            WhyNot::MandateGone
        }
    };
    for one in collections::of_agreement(tx, agreement_id).await? {
        match one.state {
            TryState::Announced => withdraw_notice(tx, &one).await?,
            TryState::Planned => {
                withdraw_notice(tx, &one).await?;
                close(tx, &one, why, at).await?;
            }
            TryState::Asked
            | TryState::Collected
            | TryState::Declined
            | TryState::Abandoned
            | TryState::NotNeeded
            | TryState::NotCollected => {}
        }
    }
    Ok(())
}

/// A permission has come into force: what was announced under an earlier one is looked at by the next sweep, because its notice may
/// have been withdrawn meanwhile.
pub(in crate::server::services) async fn permission_given(
    tx: &mut Tx,
    agreement_id: &AgreementId,
    today: Date,
    at: Millis,
) -> Result<(), Failure> {
    for one in collections::of_agreement(tx, agreement_id).await? {
        if one.state == TryState::Announced && one.look_on > today {
            collections::update(tx, &Try { look_on: today, ..one.clone() }, one.state, at).await?;
        }
    }
    Ok(())
}

/// What a sender has in hand at this moment leaves; it was true when it was let go.
async fn withdraw_notice(tx: &mut Tx, one: &Try) -> Result<(), Failure> {
    if let Some(key) = &one.notice_key {
        outbox::withdraw(tx, key).await?;
    }
    Ok(())
}

async fn close(tx: &mut Tx, one: &Try, why: WhyNot, at: Millis) -> Result<(), Failure> {
    let closed = Try { state: TryState::NotCollected, reason: Some(why.code().to_owned()), ..one.clone() };
    Ok(collections::update(tx, &closed, one.state, at).await?)
}
