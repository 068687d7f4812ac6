//! The one way in which an agreement is over, whoever ends it: its state, what was still to be collected, and every permission, in
//! one transaction under the account's lock. Whoever forgot one of the three would go on collecting. Called by [`super::completions`],
//! [`super::changes`], [`super::keeping`] and [`super::recalls`]; each tells the customer in words of its own.

use super::{Failure, collections, mandates};
use crate::domain::collecting::WhyNot;
use crate::domain::ids::AgreementId;
use crate::domain::mandate::EndReason;
use crate::server::clock::Millis;
use crate::server::state::AppState;
use crate::server::store::{self, Tx, covered};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// Everything in it is paid, or nothing is owed any more.
    Completed,
    /// It was not put right in time.
    NotKept,
    /// Its creditor took an account back. The importer has ended the agreement itself in its own transaction.
    TakenBack,
    /// Its customer wants it no more.
    ByCustomer,
}

pub(super) async fn end(state: &AppState, tx: &mut Tx, id: &AgreementId, ending: Ending, at: Millis) -> Result<(), Failure> {
    let why = match ending {
        Ending::Completed => {
            covered::complete_agreement(tx, id, at).await?;
            WhyNot::AgreementEnded
        }
        Ending::NotKept => {
            store::keeping::end_unkept(tx, id, at).await?;
            WhyNot::AgreementEnded
        }
        Ending::TakenBack => WhyNot::AccountNotOpen,
        Ending::ByCustomer => {
            store::changes::cancel(tx, id, at).await?;
            WhyNot::AgreementEnded
        }
    };
    collections::close_all(tx, id, why, at).await?;
    mandates::end_of_agreement(state, tx, id, EndReason::AgreementEnded, at).await
}

/// A version of an agreement is about to be replaced by the next: what was still to be collected of it, and every permission given
/// for it. The caller holds the account's lock, and adds the next version after this.
pub(super) async fn replace_version(state: &AppState, tx: &mut Tx, id: &AgreementId, at: Millis) -> Result<(), Failure> {
    collections::close_all(tx, id, WhyNot::MandateGone, at).await?;
    mandates::end_of_agreement(state, tx, id, EndReason::Changed, at).await
}
