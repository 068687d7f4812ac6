//! What is said about money that went back or came again, on screen and on paper alike.

use super::{locale, td_string};
use crate::domain::calendar::Date;
use crate::domain::format;
use crate::domain::language::Language;
use crate::domain::money::Money;
use crate::domain::payment::DeclineReason;
use crate::domain::reversal::{Reversal, ReversalKind, ReversalReason, ReversalState};

/// One sentence or two: how much, which way, when. `on` is the day its state is of.
pub fn what_happened(reversal: &Reversal, on: Date, phone: &str, language: Language) -> String {
    let words = locale(language);
    let amount = format::money(reversal.amount, language);
    let date = format::date(on, language);
    match (reversal.kind, &reversal.state) {
        (ReversalKind::Refund, ReversalState::Undone { .. }) => {
            td_string!(words, reversal.refund_undone, amount = amount, date = date)
        }
        (ReversalKind::Return | ReversalKind::Chargeback, ReversalState::Undone { .. }) => {
            td_string!(words, reversal.won_back, amount = amount, date = date)
        }
        (_, ReversalState::PartlyUndone { again, .. }) => {
            let again = format::money(*again, language);
            td_string!(words, reversal.partly_won_back, again = again, amount = amount, date = date)
        }
        (_, ReversalState::Created | ReversalState::Unknown) => td_string!(words, reversal.refund_asked, amount = amount),
        (_, ReversalState::Pending) => td_string!(words, reversal.refund_pending, amount = amount),
        (_, ReversalState::Failed { .. }) => {
            td_string!(words, reversal.refund_failed, amount = amount, phone = phone.to_owned())
        }
        (ReversalKind::Refund, ReversalState::Succeeded { .. }) => {
            td_string!(words, reversal.refund_done, amount = amount, date = date)
        }
        (ReversalKind::Return, ReversalState::Succeeded { .. }) => {
            let what = td_string!(words, reversal.returned, amount = amount, date = date);
            format!("{what} {}", why(reversal.reason, language))
        }
        (ReversalKind::Chargeback, ReversalState::Succeeded { .. }) => {
            td_string!(words, reversal.charged_back, amount = amount, date = date)
        }
    }
}

fn why(reason: ReversalReason, language: Language) -> &'static str {
    let words = locale(language);
    match reason {
        ReversalReason::Bank(DeclineReason::InsufficientFunds) => td_string!(words, reversal.why_funds),
        ReversalReason::Bank(DeclineReason::DebitNotAllowed) => td_string!(words, reversal.why_not_allowed),
        ReversalReason::Bank(DeclineReason::WrongDetails) => td_string!(words, reversal.why_details),
        ReversalReason::Bank(DeclineReason::AccountClosed) => td_string!(words, reversal.why_closed),
        ReversalReason::Bank(
            DeclineReason::ExpiredCard
            | DeclineReason::DoNotHonour
            | DeclineReason::NotConfirmed
            | DeclineReason::LimitReached
            | DeclineReason::MethodNotUsable
            | DeclineReason::TryAgain
            | DeclineReason::NotAccepted,
        )
        | ReversalReason::Overpaid
        | ReversalReason::Decided
        | ReversalReason::Elsewhere
        | ReversalReason::CardBank => td_string!(words, reversal.why_unknown),
    }
}

/// The headline of it, where so much had been paid.
pub fn reversal_title(reversal: &Reversal, paid: Money, language: Language) -> &'static str {
    let words = locale(language);
    let is_part = reversal.amount.minor() < paid.minor();
    match (reversal.kind, &reversal.state) {
        (_, ReversalState::PartlyUndone { .. }) => td_string!(words, reversal.title_again_part),
        (_, ReversalState::Undone { .. }) if is_part => td_string!(words, reversal.title_again_part),
        (_, ReversalState::Undone { .. }) => td_string!(words, reversal.title_again),
        (ReversalKind::Refund, _) => td_string!(words, reversal.title_refund),
        (ReversalKind::Return, _) if is_part => td_string!(words, reversal.title_returned_part),
        (ReversalKind::Return, _) => td_string!(words, reversal.title_returned),
        (ReversalKind::Chargeback, _) if is_part => td_string!(words, reversal.title_charged_back_part),
        (ReversalKind::Chargeback, _) => td_string!(words, reversal.title_charged_back),
    }
}
