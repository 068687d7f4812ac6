//! What banks take back through Stripe. Stripe calls both disputes: a card holder's chargeback, and a bank debit that was returned
//! after it had succeeded. <https://docs.stripe.com/api/disputes>, <https://docs.stripe.com/disputes/categories>,
//! <https://docs.stripe.com/payments/ach-direct-debit#disputes>

use super::map;
use super::wire::{Dispute, List, PAGE_LENGTH, Wire};
use crate::domain::payment::DeclineReason;
use crate::domain::reversal::{ReversalFinding, ReversalKind};
use crate::server::processors::{ProcessorError, Reversed};

const DISPUTES: &str = "/v1/disputes";

/// Those of one payment; more than a page of them there are not.
pub async fn of_intent(wire: &Wire, intent: &str) -> Result<Vec<Reversed>, ProcessorError> {
    let query = [("payment_intent", intent.to_owned()), ("limit", PAGE_LENGTH.to_string())];
    let list: List<Dispute> = wire.get(DISPUTES, &query).await.map_err(|_| ProcessorError::OutcomeUnknown)?;
    if list.has_more {
        return Err(ProcessorError::OutcomeUnknown);
    }
    list.data.iter().filter(|dispute| moves_money(dispute)).map(|dispute| read(dispute, false)).collect()
}

/// An inquiry takes nothing: the card's bank only asks.
pub fn moves_money(dispute: &Dispute) -> bool {
    !dispute.status.starts_with("warning_") && dispute.status != "prevented"
}

/// How it stands. `is_reinstated`: a message says that money of it is with the creditor again, whatever the state is called.
pub fn read(dispute: &Dispute, is_reinstated: bool) -> Result<Reversed, ProcessorError> {
    let amount = map::money(dispute.amount, &dispute.currency).ok_or(ProcessorError::OutcomeUnknown)?;
    let finding = match (dispute.status.as_str(), came_again(dispute)) {
        ("won", _) => ReversalFinding::Undone,
        // What it moved says more than what its state is called: one that is lost gives back what was refunded before it.
        (_, Some(again)) if again >= dispute.amount => ReversalFinding::Undone,
        ("needs_response" | "under_review" | "lost", Some(again)) => {
            let again = map::money(again, &dispute.currency).ok_or(ProcessorError::OutcomeUnknown)?;
            ReversalFinding::PartlyUndone { again }
        }
        ("lost", None) if is_reinstated => {
            tracing::error!(
                dispute = dispute.id,
                "a lost dispute gave something back, and not in the payment's currency how much"
            );
            ReversalFinding::Done
        }
        _ if is_reinstated => ReversalFinding::Undone,
        // The money is gone while it is looked into, and stays gone where it is lost.
        ("needs_response" | "under_review" | "lost", None) => ReversalFinding::Done,
        _ => return Err(ProcessorError::OutcomeUnknown),
    };
    let reason = returned(&dispute.reason);
    Ok(Reversed {
        processor_reference: dispute.id.clone(),
        kind: if reason.is_some() { ReversalKind::Return } else { ReversalKind::Chargeback },
        amount,
        finding,
        our_key: None,
        reason,
    })
}

/// What of it is with the creditor again, in minor units of its own currency; `None` for nothing, and where it is not told in that
/// currency. <https://support.stripe.com/questions/dispute-for-full-charge-amount-after-a-partial-refund-was-issued>
fn came_again(dispute: &Dispute) -> Option<i64> {
    let moved = &dispute.balance_transactions;
    let again: i64 = moved.iter().map(|moved| moved.amount.max(0)).sum();
    (again > 0 && moved.iter().all(|moved| moved.currency == dispute.currency)).then_some(again)
}

/// The reasons Stripe gives for debits only.
fn returned(reason: &str) -> Option<DeclineReason> {
    match reason {
        "insufficient_funds" => Some(DeclineReason::InsufficientFunds),
        "debit_not_authorized" => Some(DeclineReason::DebitNotAllowed),
        "incorrect_account_details" => Some(DeclineReason::WrongDetails),
        "bank_cannot_process" => Some(DeclineReason::TryAgain),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::wire::Moved;
    use super::*;
    use crate::domain::money::{Currency, Money};

    fn dispute(status: &str, reason: &str) -> Dispute {
        Dispute {
            id: "dp_1".into(),
            amount: 5_000,
            currency: "usd".into(),
            status: status.into(),
            reason: reason.into(),
            payment_intent: Some("pi_1".into()),
            balance_transactions: Vec::new(),
        }
    }

    fn moved(amounts: &[i64], currency: &str) -> Vec<Moved> {
        amounts.iter().map(|amount| Moved { amount: *amount, currency: currency.into() }).collect()
    }

    #[test]
    fn a_debit_that_came_back_is_told_from_a_card_holders_dispute() {
        let kind =
            |reason: &str| read(&dispute("needs_response", reason), false).map(|reversed| (reversed.kind, reversed.reason));
        assert_eq!(kind("insufficient_funds"), Ok((ReversalKind::Return, Some(DeclineReason::InsufficientFunds))));
        assert_eq!(kind("debit_not_authorized"), Ok((ReversalKind::Return, Some(DeclineReason::DebitNotAllowed))));
        assert_eq!(kind("fraudulent"), Ok((ReversalKind::Chargeback, None)));
        assert_eq!(kind("general"), Ok((ReversalKind::Chargeback, None)));
    }

    #[test]
    fn the_money_is_gone_until_it_is_won_back() {
        let finding = |status: &str, reinstated| read(&dispute(status, "general"), reinstated).map(|reversed| reversed.finding);
        for status in ["needs_response", "under_review", "lost"] {
            assert_eq!(finding(status, false), Ok(ReversalFinding::Done), "{status}");
        }
        assert_eq!(finding("won", false), Ok(ReversalFinding::Undone));
        assert_eq!(finding("under_review", true), Ok(ReversalFinding::Undone));
        assert_eq!(finding("something new", false), Err(ProcessorError::OutcomeUnknown));
        let inquiry = dispute("warning_needs_response", "general");
        assert!(!moves_money(&inquiry) && moves_money(&dispute("lost", "general")));
        let amount = read(&dispute("lost", "general"), false).map(|reversed| reversed.amount);
        assert_eq!(amount, Ok(Money::new(5_000, Currency::USD)));
    }
    #[test]
    fn a_lost_dispute_gives_back_what_was_refunded_before_it() {
        let finding = |status: &str, amounts: &[i64], currency: &str, reinstated| {
            let dispute = Dispute { balance_transactions: moved(amounts, currency), ..dispute(status, "general") };
            read(&dispute, reinstated).map(|reversed| (reversed.amount.minor(), reversed.finding))
        };
        let part = ReversalFinding::PartlyUndone { again: Money::new(2_000, Currency::USD) };
        for reinstated in [false, true] {
            assert_eq!(finding("lost", &[-5_000, 2_000], "usd", reinstated), Ok((5_000, part)));
            assert_eq!(finding("under_review", &[-5_000, 2_000], "usd", reinstated), Ok((5_000, part)));
            assert_eq!(finding("won", &[-5_000, 5_000], "usd", reinstated), Ok((5_000, ReversalFinding::Undone)));
            assert_eq!(finding("won", &[-5_000], "usd", reinstated), Ok((5_000, ReversalFinding::Undone)));
            // Converted: how much of the payment that is, it does not say.
            assert_eq!(finding("lost", &[-4_600, 1_840], "eur", reinstated), Ok((5_000, ReversalFinding::Done)));
        }
        assert_eq!(finding("lost", &[-5_000], "usd", false), Ok((5_000, ReversalFinding::Done)));
        assert_eq!(finding("needs_response", &[], "usd", false), Ok((5_000, ReversalFinding::Done)));
    }
}
