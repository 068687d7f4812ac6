//! How much of a payment can go back: what is left of it to be given back, from which payments a credit is given back, and when banks
//! are said to hold more of a payment than it was. On which accounts it is undone is told by [`super::going_back`]. Called by
//! `services::payments`.

use super::money::{Money, MoneyError};
use super::reversal::{Reversal, ReversalFinding, ReversalKind};

/// What can still be given back of a payment: what is neither back nor on its way back. Never below zero.
pub fn left_to_give_back(paid: Money, reversals: &[Reversal]) -> Result<Money, MoneyError> {
    let left = reversals.iter().try_fold(paid, |left, reversal| {
        left.checked_sub(if reversal.state.is_open() { reversal.amount } else { reversal.gone()? })
    })?;
    Ok(Money::new(left.minor().max(0), left.currency()))
}

/// Whether banks would hold more of a payment than it was, if this were true too: then the end of an earlier decision was not
/// heard, or it is about something else. The first may be more than the payment, because a bank can put several payments of one
/// card into one decision; and what was refunded before a bank can take as well.
pub fn is_beyond(
    paid: Money,
    reversals: &[Reversal],
    kind: ReversalKind,
    amount: Money,
    finding: ReversalFinding,
) -> Result<bool, MoneyError> {
    if kind == ReversalKind::Refund {
        return Ok(false);
    }
    let of_banks = reversals.iter().filter(|reversal| reversal.kind != ReversalKind::Refund);
    let held = of_banks.map(Reversal::gone).try_fold(Money::zero(paid.currency()), |sum, gone| sum.checked_add(gone?))?;
    let more = finding.gone(amount)?;
    Ok(held.is_positive() && more.is_positive() && paid.checked_sub(held)?.checked_sub(more)?.minor() < 0)
}

/// Why a refund is not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundRefusal {
    NotAboveZero,
    /// More than is left of the payment.
    MoreThanLeft {
        left: Money,
    },
}

/// Whether so much of a payment may be given back.
pub fn check_refund(paid: Money, reversals: &[Reversal], amount: Money) -> Result<Result<(), RefundRefusal>, MoneyError> {
    if !amount.is_positive() {
        return Ok(Err(RefundRefusal::NotAboveZero));
    }
    let left = left_to_give_back(paid, reversals)?;
    let is_too_much = left.checked_sub(amount)?.minor() < 0;
    Ok(if is_too_much { Err(RefundRefusal::MoreThanLeft { left }) } else { Ok(()) })
}

/// Splits what is to be given back over payments, as they come: each gives all it can before the next is touched. Less than
/// `wanted` where the payments hold less.
pub fn spread(wanted: Money, left_of_each: &[Money]) -> Result<Vec<Money>, MoneyError> {
    let mut rest = wanted;
    left_of_each
        .iter()
        .map(|left| {
            let part = Money::new(left.minor().min(rest.minor()).max(0), rest.currency());
            rest = rest.checked_sub(part)?;
            left.checked_sub(part)?;
            Ok(part)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{AccountId, PaymentId, ReversalId};
    use crate::domain::money::Currency;
    use crate::domain::reversal::{DecidedBy, ReversalReason, ReversalState, Scope};
    use proptest::prelude::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    fn reversal(state: ReversalState, minor: i64) -> Reversal {
        Reversal {
            id: ReversalId("r".into()),
            reference: "RV-2222-2222".into(),
            payment_id: PaymentId("p".into()),
            account_id: AccountId("a".into()),
            scope: Scope::Payment,
            kind: ReversalKind::Refund,
            amount: usd(minor),
            reason: ReversalReason::Decided,
            decided_by: DecidedBy::Operator("Ines".into()),
            once_key: "key".into(),
            processor: "sandbox".into(),
            processor_reference: Some("sbr_1".into()),
            state,
            created_at: 0,
        }
    }

    #[test]
    fn never_more_is_given_back_than_is_left() {
        let reversals = [
            reversal(ReversalState::Succeeded { settled_at: 1 }, 2_000),
            reversal(ReversalState::Unknown, 1_000),
            reversal(ReversalState::Failed { settled_at: 1 }, 5_000),
            reversal(ReversalState::Undone { settled_at: 1, undone_at: 2 }, 5_000),
            reversal(ReversalState::PartlyUndone { settled_at: 1, undone_at: 2, again: usd(4_000) }, 4_500),
        ];
        let check = |minor| check_refund(usd(5_000), &reversals, usd(minor)).expect("one currency");
        assert_eq!(check(1_500), Ok(()));
        assert_eq!(check(1_501), Err(RefundRefusal::MoreThanLeft { left: usd(1_500) }));
        assert_eq!(check(0), Err(RefundRefusal::NotAboveZero));
        let taken_twice = [reversal(ReversalState::Succeeded { settled_at: 1 }, 7_000)];
        assert_eq!(left_to_give_back(usd(5_000), &taken_twice), Ok(usd(0)));
    }

    #[test]
    fn banks_hold_no_more_of_a_payment_than_it_was_unless_one_decision_is_more() {
        let taken = |state, minor| Reversal { kind: ReversalKind::Chargeback, ..reversal(state, minor) };
        let in_effect = ReversalState::Succeeded { settled_at: 1 };
        let beyond = |known: &[Reversal], minor, finding| {
            is_beyond(usd(5_000), known, ReversalKind::Chargeback, usd(minor), finding).expect("one currency")
        };
        let done = ReversalFinding::Done;
        assert!(!beyond(&[], 9_000, done), "one that is more by itself");
        assert!(!beyond(&[reversal(in_effect.clone(), 5_000)], 5_000, done), "after a refund");
        let first = [taken(in_effect, 2_000)];
        assert!(!beyond(&first, 3_000, done));
        assert!(beyond(&first, 3_001, done));
        assert!(!beyond(&first, 3_001, ReversalFinding::Undone), "nothing is gone by it");
        assert!(!beyond(&first, 3_001, ReversalFinding::PartlyUndone { again: usd(1) }));
        let refund = is_beyond(usd(5_000), &first, ReversalKind::Refund, usd(4_000), done).expect("one currency");
        assert!(!refund, "of refunds the processor says whether they were possible");
        for ended in [ReversalState::Undone { settled_at: 1, undone_at: 2 }, ReversalState::Failed { settled_at: 1 }] {
            assert!(!beyond(&[taken(ended, 5_000)], 5_000, done), "the first has ended");
        }
        let partly = ReversalState::PartlyUndone { settled_at: 1, undone_at: 2, again: usd(4_000) };
        assert!(!beyond(&[taken(partly.clone(), 5_000)], 4_000, done));
        assert!(beyond(&[taken(partly, 5_000)], 4_001, done));
    }

    proptest! {
        #[test]
        fn what_is_spread_over_payments_sums_to_all_that_can_be_given_back(
            wanted in 0_i64..1_000_000, left in proptest::collection::vec(0_i64..300_000, 0..8),
        ) {
            let parts = spread(usd(wanted), &left.iter().copied().map(usd).collect::<Vec<_>>()).expect("one currency");
            prop_assert_eq!(parts.iter().map(|part| part.minor()).sum::<i64>(), wanted.min(left.iter().sum()));
            prop_assert!(parts.iter().zip(&left).all(|(part, left)| (0..=*left).contains(&part.minor())));
        }
    }
}
