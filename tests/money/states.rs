//! The state machine, by every report in every state.

use evenkeel::domain::ids::{AccountId, CustomerId, PaymentId, ReversalId};
use evenkeel::domain::money::{Currency, Money};
use evenkeel::domain::payment::{
    DeclineReason, Finding, Payment, PaymentState, ProcessorReport, Purpose, Settled, Transition, WhyUnchanged,
};
use evenkeel::domain::reversal::{DecidedBy, Reversal, ReversalKind, ReversalReason, ReversalState, Scope};
use proptest::prelude::*;

fn payment(state: PaymentState) -> Payment {
    let known = !matches!(state, PaymentState::Created | PaymentState::Unknown);
    Payment {
        id: PaymentId("p".into()),
        reference: "EK-2222-2222".into(),
        customer_id: CustomerId("c".into()),
        account_id: AccountId("a".into()),
        agreement_id: None,
        purpose: Purpose::Part,
        amount: Money::new(5_000, Currency::USD),
        discount: Money::zero(Currency::USD),
        processor: "sandbox".into(),
        processor_reference: known.then(|| "sbx_1".into()),
        decision_key: "key".into(),
        state,
        created_at: 0,
    }
}

fn states() -> Vec<PaymentState> {
    vec![
        PaymentState::Created,
        PaymentState::Submitted { hosted_page: "page".into() },
        PaymentState::NeedsCustomer { hosted_page: "page".into() },
        PaymentState::Processing,
        PaymentState::Succeeded { settled_at: 1 },
        PaymentState::Declined { reason: DeclineReason::ExpiredCard, settled_at: 1 },
        PaymentState::Cancelled { settled_at: 1 },
        PaymentState::Abandoned { settled_at: 1 },
        PaymentState::Unknown,
        PaymentState::PartlyRefunded(Settled { settled_at: 1, reversed: Money::new(1, Currency::USD), reversed_at: 1 }),
        PaymentState::Refunded(Settled { settled_at: 1, reversed: Money::new(5_000, Currency::USD), reversed_at: 1 }),
        PaymentState::Returned(Settled { settled_at: 1, reversed: Money::new(5_000, Currency::USD), reversed_at: 1 }),
        PaymentState::ChargedBack(Settled { settled_at: 1, reversed: Money::new(5_000, Currency::USD), reversed_at: 1 }),
    ]
}

fn reports() -> Vec<ProcessorReport> {
    let findings = [
        Finding::Open { hosted_page: "page".into() },
        Finding::NeedsConfirmation { hosted_page: "page".into() },
        Finding::Processing,
        Finding::Succeeded { amount: Money::new(5_000, Currency::USD) },
        Finding::Declined(DeclineReason::DoNotHonour),
        Finding::Cancelled,
        Finding::Expired,
    ];
    let found = findings.into_iter().map(|finding| ProcessorReport::Found { processor_reference: "sbx_1".into(), finding });
    found
        .chain([
            ProcessorReport::Refused(DeclineReason::NotAccepted),
            ProcessorReport::NeverReceived,
            ProcessorReport::OutcomeUnknown,
        ])
        .collect()
}

fn after(payment: &Payment, report: &ProcessorReport) -> Payment {
    match payment.apply(report, 2) {
        Transition::Unchanged(_) => payment.clone(),
        Transition::Moved(state) => {
            let named = match report {
                ProcessorReport::Found { processor_reference, .. } => Some(processor_reference.clone()),
                _ => payment.processor_reference.clone(),
            };
            Payment { state, processor_reference: named, ..payment.clone() }
        }
    }
}

#[test]
fn every_report_said_twice_changes_nothing_the_second_time() {
    for state in states() {
        for report in reports() {
            let once = after(&payment(state.clone()), &report);
            let again = once.apply(&report, 3);
            assert!(matches!(again, Transition::Unchanged(_)), "{state:?} after {report:?} and again: {again:?}");
        }
    }
}

#[test]
fn paid_stays_paid_and_money_that_moved_overrules_everything() {
    let succeeded = ProcessorReport::Found {
        processor_reference: "sbx_1".into(),
        finding: Finding::Succeeded { amount: Money::new(5_000, Currency::USD) },
    };
    for state in states().into_iter().filter(PaymentState::has_succeeded) {
        for report in reports() {
            assert!(matches!(payment(state.clone()).apply(&report, 2), Transition::Unchanged(_)), "{state:?} {report:?}");
        }
    }
    for state in states() {
        let found = after(&payment(state.clone()), &succeeded).state;
        assert!(found.has_succeeded(), "{state:?}");
    }
}

#[test]
fn a_closed_payment_is_not_opened_again() {
    for state in states().into_iter().filter(|state| !state.is_open()) {
        for report in reports() {
            assert!(!after(&payment(state.clone()), &report).state.is_open(), "{state:?} after {report:?}");
        }
    }
}

#[test]
fn a_report_about_another_charge_or_amount_is_a_contradiction() {
    let of = |name: &str, minor, currency| ProcessorReport::Found {
        processor_reference: name.into(),
        finding: Finding::Succeeded { amount: Money::new(minor, currency) },
    };
    let contradiction = Transition::Unchanged(WhyUnchanged::Contradiction);
    let submitted = payment(PaymentState::Submitted { hosted_page: "page".into() });
    for report in [
        of("sbx_2", 5_000, Currency::USD),
        of("sbx_1", 4_999, Currency::USD),
        of("sbx_1", 5_000, Currency::EUR),
        ProcessorReport::NeverReceived,
    ] {
        assert_eq!(submitted.apply(&report, 2), contradiction, "{report:?}");
    }
}

#[test]
fn what_is_not_known_becomes_what_is_known() {
    for report in reports() {
        let found = after(&payment(PaymentState::Unknown), &report).state;
        assert_eq!(found == PaymentState::Unknown, report == ProcessorReport::OutcomeUnknown, "{report:?}");
    }
}

#[test]
fn the_codes_of_what_is_paid_and_of_what_went_back_are_those_of_the_states() {
    for state in states() {
        assert_eq!(PaymentState::PAID.contains(&state.code()), state.has_succeeded(), "{state:?}");
        assert_eq!(PaymentState::WENT_BACK.contains(&state.code()), state.reversed().is_some(), "{state:?}");
    }
}

#[test]
fn silence_makes_unknown_what_was_asked_for_and_nothing_that_is_known_to_be_on_its_way() {
    for state in states() {
        let found = after(&payment(state.clone()), &ProcessorReport::OutcomeUnknown).state;
        let is_lost = matches!(
            state,
            PaymentState::Created | PaymentState::Submitted { .. } | PaymentState::NeedsCustomer { .. } | PaymentState::Unknown
        );
        assert_eq!(found, if is_lost { PaymentState::Unknown } else { state });
    }
}

/// Of a payment of 50.00.
fn reversal(kind: ReversalKind, minor: i64, state: ReversalState) -> Reversal {
    Reversal {
        id: ReversalId("r".into()),
        reference: "RV-2222-2222".into(),
        payment_id: PaymentId("p".into()),
        account_id: AccountId("a".into()),
        scope: Scope::Payment,
        kind,
        amount: Money::new(minor, Currency::USD),
        reason: ReversalReason::Decided,
        decided_by: DecidedBy::Processor,
        once_key: "key".into(),
        processor: "sandbox".into(),
        processor_reference: Some("sbr_1".into()),
        state,
        created_at: 2,
    }
}

#[test]
fn after_its_success_a_payment_is_what_its_reversals_add_up_to() {
    let paid = payment(PaymentState::Succeeded { settled_at: 1 });
    let done = ReversalState::Succeeded { settled_at: 3 };
    let undone = ReversalState::Undone { settled_at: 3, undone_at: 4 };
    let refund = |minor| reversal(ReversalKind::Refund, minor, done.clone());
    let (returned, charged_back) =
        (reversal(ReversalKind::Return, 5_000, done.clone()), reversal(ReversalKind::Chargeback, 5_000, done.clone()));
    let won = reversal(ReversalKind::Chargeback, 5_000, undone);
    let failed = reversal(ReversalKind::Refund, 5_000, ReversalState::Failed { settled_at: 3 });
    let pending = reversal(ReversalKind::Refund, 5_000, ReversalState::Pending);
    for (reversals, code, reversed) in [
        (vec![], "succeeded", None),
        (vec![pending, failed], "succeeded", None),
        (vec![won.clone()], "succeeded", None),
        (vec![refund(1)], "partly_refunded", Some(1)),
        (vec![refund(4_999), won.clone()], "partly_refunded", Some(4_999)),
        (vec![refund(4_999), refund(1)], "refunded", Some(5_000)),
        (vec![returned.clone(), refund(2_000)], "returned", Some(7_000)),
        (vec![refund(2_000), charged_back], "charged_back", Some(7_000)),
    ] {
        let state = paid.after(1, &reversals).expect("one currency");
        assert_eq!(state.code(), code, "{reversals:?}");
        assert_eq!(state.reversed().map(|settled| settled.reversed.minor()), reversed, "{reversals:?}");
        assert_eq!(state.settled_at(), Some(1), "{reversals:?}");
    }
    let latest = paid.after(1, &[refund(1), won]).expect("one currency").reversed().map(|settled| settled.reversed_at);
    assert_eq!(latest, Some(4), "when it last changed");
}

proptest! {
    /// However reports are ordered and repeated, one of success among them means paid, and none means not paid.
    #[test]
    fn the_order_of_reports_does_not_decide_whether_it_is_paid(
        order in proptest::collection::vec(0_usize..10, 1..40),
    ) {
        let reports = reports();
        let said = |order: &[usize]| order.iter().any(|index| matches!(
            &reports[*index], ProcessorReport::Found { finding: Finding::Succeeded { .. }, .. }));
        let mut now = payment(PaymentState::Created);
        for index in &order {
            now = after(&now, &reports[*index]);
        }
        prop_assert_eq!(matches!(now.state, PaymentState::Succeeded { .. }), said(&order));
    }
}
