//! Money that goes back after a payment succeeded: a refund, a debit the bank took back, a card holder's chargeback. And what
//! comes again: a chargeback that was won, a refund that did not arrive.
//!
//! [`Reversal::apply`] is the only way from one state to another, and each reversal moves forward only. A payment's own state
//! after its success is what its reversals add up to ([`super::payment::Payment::after`]). Called by `services::payments`.

use super::finding_out::{LastSeen, Silence, after_silence};
use super::ids::{AccountId, PaymentId, ReversalId};
use super::money::{Money, MoneyError};
use super::payment::{DeclineReason, Millis, WhyUnchanged};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReversalKind {
    /// Given back by decision.
    Refund,
    /// The bank took a debit back.
    Return,
    /// The card holder's bank took the payment back.
    Chargeback,
}

impl ReversalKind {
    pub const ALL: [ReversalKind; 3] = [ReversalKind::Refund, ReversalKind::Return, ReversalKind::Chargeback];

    pub fn code(self) -> &'static str {
        match self {
            ReversalKind::Refund => "refund",
            ReversalKind::Return => "return",
            ReversalKind::Chargeback => "chargeback",
        }
    }

    pub fn from_code(code: &str) -> Option<ReversalKind> {
        ReversalKind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Why money went back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReversalReason {
    /// More was paid than was owed, and the customer wanted it back.
    Overpaid,
    /// A person here decided it, in words of their own.
    Decided,
    /// It was refunded on the processor's own pages.
    Elsewhere,
    CardBank,
    /// What the bank said when it took a debit back.
    Bank(DeclineReason),
}

impl ReversalReason {
    pub fn code(self) -> &'static str {
        match self {
            ReversalReason::Overpaid => "overpaid",
            ReversalReason::Decided => "decided",
            ReversalReason::Elsewhere => "elsewhere",
            ReversalReason::CardBank => "card_bank",
            ReversalReason::Bank(reason) => reason.code(),
        }
    }

    pub fn from_code(code: &str) -> Option<ReversalReason> {
        [ReversalReason::Overpaid, ReversalReason::Decided, ReversalReason::Elsewhere, ReversalReason::CardBank]
            .into_iter()
            .find(|reason| reason.code() == code)
            .or_else(|| DeclineReason::from_code(code).map(ReversalReason::Bank))
    }
}

/// Who decided it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecidedBy {
    /// By their id.
    Customer(String),
    /// By the name they gave on the command line.
    Operator(String),
    /// The processor told us: a bank's decision, or one made on its own pages.
    Processor,
}

/// On which accounts of its payment a reversal is undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// It is of the payment as a whole: undone on each account the payment paid, as [`super::going_back::spread_back`] says.
    Payment,
    /// It was asked for one account and is undone on that one alone.
    Account,
}

impl Scope {
    pub fn code(self) -> &'static str {
        match self {
            Scope::Payment => "payment",
            Scope::Account => "account",
        }
    }

    pub fn from_code(code: &str) -> Option<Scope> {
        [Scope::Payment, Scope::Account].into_iter().find(|scope| scope.code() == code)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReversalState {
    /// Recorded; the processor may or may not have been asked.
    Created,
    /// On its way; a bank takes days.
    Pending,
    /// It went back: it is in the books.
    Succeeded { settled_at: Millis },
    /// Nothing went back.
    Failed { settled_at: Millis },
    /// It went back and came again.
    Undone { settled_at: Millis, undone_at: Millis },
    /// It went back and a part of it came again, less than all: a bank had taken what was refunded before too.
    PartlyUndone { settled_at: Millis, undone_at: Millis, again: Money },
    /// The processor did not answer. It is asked until it does.
    Unknown,
}

impl ReversalState {
    pub fn code(&self) -> &'static str {
        match self {
            ReversalState::Created => "created",
            ReversalState::Pending => "pending",
            ReversalState::Succeeded { .. } => "succeeded",
            ReversalState::Failed { .. } => "failed",
            ReversalState::Undone { .. } => "undone",
            ReversalState::PartlyUndone { .. } => "partly_undone",
            ReversalState::Unknown => "unknown",
        }
    }

    /// Whether the outcome is still to come. Until then the amount counts as given back: it cannot be given back twice.
    pub fn is_open(&self) -> bool {
        match self {
            ReversalState::Created | ReversalState::Pending | ReversalState::Unknown => true,
            ReversalState::Succeeded { .. }
            | ReversalState::Failed { .. }
            | ReversalState::Undone { .. }
            | ReversalState::PartlyUndone { .. } => false,
        }
    }

    /// Whether it is in the books and has not come again, or not all of it.
    pub fn is_in_effect(&self) -> bool {
        matches!(self, ReversalState::Succeeded { .. } | ReversalState::PartlyUndone { .. })
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reversal {
    pub id: ReversalId,
    /// What people call it.
    pub reference: String,
    pub payment_id: PaymentId,
    /// The account it is undone on; of the payment as a whole the payment's first.
    pub account_id: AccountId,
    pub scope: Scope,
    pub kind: ReversalKind,
    /// Above zero.
    pub amount: Money,
    pub reason: ReversalReason,
    pub decided_by: DecidedBy,
    /// Of a refund the processor's idempotency key.
    pub once_key: String,
    pub processor: String,
    /// The processor's own name for it, once it has told us.
    pub processor_reference: Option<String>,
    pub state: ReversalState,
    pub created_at: Millis,
}

/// How a reversal stands at the processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReversalFinding {
    /// On its way.
    Pending,
    Done,
    /// The money is with the creditor (again): a chargeback was won, a refund did not arrive.
    Undone,
    /// So much of it is with the creditor again, and the rest is gone for good.
    PartlyUndone {
        again: Money,
    },
}

impl ReversalFinding {
    /// What is gone of so much, by this finding.
    pub fn gone(self, amount: Money) -> Result<Money, MoneyError> {
        match self {
            ReversalFinding::Pending | ReversalFinding::Undone => Ok(Money::zero(amount.currency())),
            ReversalFinding::Done => Ok(amount),
            ReversalFinding::PartlyUndone { again } => amount.checked_sub(again),
        }
    }
}

/// What became known of a reversal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReversalReport {
    Found {
        processor_reference: String,
        amount: Money,
        finding: ReversalFinding,
    },
    /// The processor definitely did not give anything back under this key.
    Refused,
    OutcomeUnknown,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReversalStep {
    Moved(ReversalState),
    Unchanged(WhyUnchanged),
}

impl Reversal {
    /// What of it is gone, as the books hold it now.
    pub fn gone(&self) -> Result<Money, MoneyError> {
        match self.state {
            ReversalState::Succeeded { .. } => Ok(self.amount),
            ReversalState::PartlyUndone { again, .. } => self.amount.checked_sub(again),
            ReversalState::Created
            | ReversalState::Pending
            | ReversalState::Failed { .. }
            | ReversalState::Undone { .. }
            | ReversalState::Unknown => Ok(Money::zero(self.amount.currency())),
        }
    }

    /// Where a report leads. `at` is the instant it is applied.
    pub fn apply(&self, report: &ReversalReport, at: Millis) -> ReversalStep {
        let finding = match report {
            ReversalReport::OutcomeUnknown => return self.lose_sight(),
            ReversalReport::Refused => return self.refuse(at),
            ReversalReport::Found { processor_reference, amount, finding } => {
                let other_name = self.processor_reference.as_ref().is_some_and(|known| known != processor_reference);
                if other_name || *amount != self.amount || !is_possible(*finding, self.amount) {
                    return ReversalStep::Unchanged(WhyUnchanged::Contradiction);
                }
                *finding
            }
        };
        match (&self.state, finding) {
            (ReversalState::Created | ReversalState::Unknown, ReversalFinding::Pending) => {
                ReversalStep::Moved(ReversalState::Pending)
            }
            (ReversalState::Created | ReversalState::Unknown | ReversalState::Pending, ReversalFinding::Done) => {
                ReversalStep::Moved(ReversalState::Succeeded { settled_at: at })
            }
            // It never went back, or went back and came again before anything of it was heard here: for the books the same.
            (ReversalState::Created | ReversalState::Unknown | ReversalState::Pending, ReversalFinding::Undone) => {
                ReversalStep::Moved(ReversalState::Failed { settled_at: at })
            }
            (ReversalState::Succeeded { settled_at }, ReversalFinding::Undone) => {
                ReversalStep::Moved(ReversalState::Undone { settled_at: *settled_at, undone_at: at })
            }
            // Where nothing of it was heard before it ended, both are booked: it went back, and so much of it came again.
            (
                ReversalState::Created | ReversalState::Unknown | ReversalState::Pending,
                ReversalFinding::PartlyUndone { again },
            ) => ReversalStep::Moved(ReversalState::PartlyUndone { settled_at: at, undone_at: at, again }),
            (ReversalState::Succeeded { settled_at }, ReversalFinding::PartlyUndone { again }) => {
                ReversalStep::Moved(ReversalState::PartlyUndone { settled_at: *settled_at, undone_at: at, again })
            }
            // How a dispute ended is said once.
            (ReversalState::PartlyUndone { again: known, .. }, ReversalFinding::PartlyUndone { again }) if *known != again => {
                ReversalStep::Unchanged(WhyUnchanged::Contradiction)
            }
            (ReversalState::PartlyUndone { .. }, ReversalFinding::Undone) => ReversalStep::Unchanged(WhyUnchanged::Contradiction),
            // The processor had said that it did not give anything back, and did: the books must hold every cent that moved.
            (ReversalState::Failed { .. }, ReversalFinding::Done) if self.processor_reference.is_none() => {
                ReversalStep::Moved(ReversalState::Succeeded { settled_at: at })
            }
            // From now on it has a name: what is heard of it later is late.
            (ReversalState::Failed { settled_at }, ReversalFinding::Undone) if self.processor_reference.is_none() => {
                ReversalStep::Moved(ReversalState::Failed { settled_at: *settled_at })
            }
            (ReversalState::Pending, ReversalFinding::Pending)
            | (ReversalState::Succeeded { .. }, ReversalFinding::Done)
            | (ReversalState::Failed { .. } | ReversalState::Undone { .. }, ReversalFinding::Undone)
            | (ReversalState::PartlyUndone { .. }, ReversalFinding::PartlyUndone { .. }) => {
                ReversalStep::Unchanged(WhyUnchanged::Repeated)
            }
            (ReversalState::Succeeded { .. }, ReversalFinding::Pending)
            | (ReversalState::PartlyUndone { .. }, ReversalFinding::Pending | ReversalFinding::Done)
            | (
                ReversalState::Failed { .. } | ReversalState::Undone { .. },
                ReversalFinding::Pending | ReversalFinding::Done | ReversalFinding::PartlyUndone { .. },
            ) => ReversalStep::Unchanged(WhyUnchanged::Late),
        }
    }

    fn lose_sight(&self) -> ReversalStep {
        let last_seen = match self.state {
            ReversalState::Unknown => LastSeen::NotKnown,
            ReversalState::Created => LastSeen::Asked,
            ReversalState::Pending => LastSeen::OnItsWay,
            ReversalState::Succeeded { .. }
            | ReversalState::Failed { .. }
            | ReversalState::Undone { .. }
            | ReversalState::PartlyUndone { .. } => LastSeen::Over,
        };
        match after_silence(last_seen) {
            Silence::MakesItUnknown => ReversalStep::Moved(ReversalState::Unknown),
            Silence::SaysNothingNew => ReversalStep::Unchanged(WhyUnchanged::Repeated),
            Silence::ChangesNothing => ReversalStep::Unchanged(WhyUnchanged::Late),
        }
    }

    fn refuse(&self, at: Millis) -> ReversalStep {
        match self.state {
            // The processor has named it before, so it has made it.
            _ if self.processor_reference.is_some() => ReversalStep::Unchanged(WhyUnchanged::Contradiction),
            ReversalState::Created | ReversalState::Unknown => ReversalStep::Moved(ReversalState::Failed { settled_at: at }),
            ReversalState::Failed { .. } => ReversalStep::Unchanged(WhyUnchanged::Repeated),
            ReversalState::Pending
            | ReversalState::Succeeded { .. }
            | ReversalState::Undone { .. }
            | ReversalState::PartlyUndone { .. } => ReversalStep::Unchanged(WhyUnchanged::Contradiction),
        }
    }
}

/// A part that came again is more than nothing and less than all.
fn is_possible(finding: ReversalFinding, amount: Money) -> bool {
    match finding {
        ReversalFinding::Pending | ReversalFinding::Done | ReversalFinding::Undone => true,
        ReversalFinding::PartlyUndone { again } => {
            again.is_positive() && amount.checked_sub(again).is_ok_and(|rest| rest.is_positive())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use proptest::prelude::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    fn reversal(state: ReversalState, minor: i64) -> Reversal {
        let named = !matches!(state, ReversalState::Created | ReversalState::Unknown);
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
            processor_reference: named.then(|| "sbr_1".into()),
            state,
            created_at: 0,
        }
    }

    fn found(finding: ReversalFinding) -> ReversalReport {
        ReversalReport::Found { processor_reference: "sbr_1".into(), amount: usd(500), finding }
    }

    fn states() -> [ReversalState; 7] {
        [
            ReversalState::Created,
            ReversalState::Pending,
            ReversalState::Succeeded { settled_at: 1 },
            ReversalState::Failed { settled_at: 1 },
            ReversalState::Undone { settled_at: 1, undone_at: 1 },
            ReversalState::PartlyUndone { settled_at: 1, undone_at: 1, again: usd(200) },
            ReversalState::Unknown,
        ]
    }

    fn reports() -> Vec<ReversalReport> {
        let partly = ReversalFinding::PartlyUndone { again: usd(200) };
        let findings = [ReversalFinding::Pending, ReversalFinding::Done, ReversalFinding::Undone, partly].map(found);
        findings.into_iter().chain([ReversalReport::Refused, ReversalReport::OutcomeUnknown]).collect()
    }

    fn after(reversal: &Reversal, report: &ReversalReport) -> Reversal {
        match reversal.apply(report, 2) {
            ReversalStep::Unchanged(_) => reversal.clone(),
            ReversalStep::Moved(state) => {
                let named = match report {
                    ReversalReport::Found { processor_reference, .. } => Some(processor_reference.clone()),
                    ReversalReport::Refused | ReversalReport::OutcomeUnknown => reversal.processor_reference.clone(),
                };
                Reversal { state, processor_reference: named, ..reversal.clone() }
            }
        }
    }

    #[test]
    fn what_is_said_twice_changes_nothing_the_second_time() {
        for state in states() {
            for report in reports() {
                let once = after(&reversal(state.clone(), 500), &report);
                assert_eq!(after(&once, &report), once, "{state:?} {report:?}");
            }
        }
    }

    #[test]
    fn what_went_back_and_came_again_stays_so_whatever_is_heard_late() {
        let undone = after(&reversal(ReversalState::Succeeded { settled_at: 1 }, 500), &found(ReversalFinding::Undone));
        assert_eq!(undone.state, ReversalState::Undone { settled_at: 1, undone_at: 2 });
        assert_eq!(undone.apply(&found(ReversalFinding::Done), 3), ReversalStep::Unchanged(WhyUnchanged::Late));
        // The end of it is heard first: nothing of it was ever in the books, and nothing of it comes into them.
        let first = after(&reversal(ReversalState::Created, 500), &found(ReversalFinding::Undone));
        assert_eq!(first.state, ReversalState::Failed { settled_at: 2 });
        assert_eq!(first.apply(&found(ReversalFinding::Done), 3), ReversalStep::Unchanged(WhyUnchanged::Late));
    }

    #[test]
    fn what_came_again_in_part_stays_so_whatever_is_heard_late() {
        let part = |minor| found(ReversalFinding::PartlyUndone { again: usd(minor) });
        let gone = |reversal: &Reversal| reversal.gone().expect("one currency");
        for before in [ReversalState::Created, ReversalState::Succeeded { settled_at: 1 }] {
            let ended = after(&reversal(before, 500), &part(200));
            assert_eq!((ended.state.code(), gone(&ended)), ("partly_undone", usd(300)));
            for (report, why) in [
                (found(ReversalFinding::Done), WhyUnchanged::Late),
                (part(200), WhyUnchanged::Repeated),
                (part(201), WhyUnchanged::Contradiction),
                (found(ReversalFinding::Undone), WhyUnchanged::Contradiction),
            ] {
                assert_eq!(ended.apply(&report, 3), ReversalStep::Unchanged(why), "{report:?}");
            }
        }
        for minor in [0, 500, 501, -1] {
            let gone = reversal(ReversalState::Succeeded { settled_at: 1 }, 500);
            assert_eq!(gone.apply(&part(minor), 2), ReversalStep::Unchanged(WhyUnchanged::Contradiction), "{minor}");
        }
    }

    #[test]
    fn what_the_processor_refused_and_made_after_all_is_booked() {
        let refused = after(&reversal(ReversalState::Unknown, 500), &ReversalReport::Refused);
        assert_eq!(refused.state, ReversalState::Failed { settled_at: 2 });
        assert_eq!(after(&refused, &found(ReversalFinding::Done)).state, ReversalState::Succeeded { settled_at: 2 });
    }

    #[test]
    fn another_amount_or_name_is_a_contradiction() {
        let known = reversal(ReversalState::Pending, 500);
        let other_name =
            ReversalReport::Found { processor_reference: "sbr_2".into(), amount: usd(500), finding: ReversalFinding::Done };
        let other_amount =
            ReversalReport::Found { processor_reference: "sbr_1".into(), amount: usd(501), finding: ReversalFinding::Done };
        for report in [other_name, other_amount, ReversalReport::Refused] {
            assert_eq!(known.apply(&report, 2), ReversalStep::Unchanged(WhyUnchanged::Contradiction), "{report:?}");
        }
    }

    #[test]
    fn every_reason_reads_as_it_is_written() {
        for reason in [ReversalReason::Overpaid, ReversalReason::Decided, ReversalReason::Elsewhere, ReversalReason::CardBank]
            .into_iter()
            .chain(DeclineReason::ALL.map(ReversalReason::Bank))
        {
            assert_eq!(ReversalReason::from_code(reason.code()), Some(reason));
        }
    }

    proptest! {
        #[test]
        fn whatever_is_heard_in_whatever_order_a_reversal_is_never_in_effect_after_its_end_was_heard(
            heard in proptest::collection::vec(0_usize..5, 0..12),
        ) {
            // The processor tells one end of it, so nothing here comes again in part.
            let partly = found(ReversalFinding::PartlyUndone { again: usd(200) });
            let all: Vec<_> = reports().into_iter().filter(|report| *report != partly).collect();
            let mut now = reversal(ReversalState::Created, 500);
            let mut ended = false;
            for index in heard {
                now = after(&now, &all[index]);
                ended |= all[index] == found(ReversalFinding::Undone) && !matches!(now.state, ReversalState::Created);
                prop_assert!(!(ended && now.state.is_in_effect()), "{:?}", now);
            }
        }
    }
}
