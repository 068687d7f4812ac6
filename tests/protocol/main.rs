//! The payment protocol, checked in every order its steps can be taken in: presses, requests, answers, messages and look-ups, with a
//! death between any two of them. The rules are the server's own functions; the company, the customer and the network are
//! modelled ([`model`], [`company`], [`collection`]). `EVENKEEL_LONG` checks larger bounds.
//!
//! That the checker can find a fault at all is shown by breaking one rule at a time: each must be found.

mod collection;
mod company;
mod model;
mod properties;
mod refund;

use collection::Collecting;
use evenkeel::domain::payment::{DeclineReason, Finding, Payment, PaymentState, ProcessorReport, Transition};
use evenkeel::domain::reversal::{Reversal, ReversalFinding, ReversalReport, ReversalState, ReversalStep};
use model::{Bounds, Protocol, Rules};
use properties as property;
use refund::GivingBack;
use stateright::{Checker, Model};
use std::fmt::Debug;
use std::hash::Hash;
use std::time::Instant;

/// One decision with everything that can happen to it.
const ONE: Bounds = Bounds { decisions: 1, hands: 3, slow_methods: true, forgets_keys: true };
/// Two decisions on one account, which must not get into each other's way.
const TWO: Bounds = Bounds { decisions: 2, hands: 1, slow_methods: false, forgets_keys: false };

#[expect(clippy::disallowed_methods, reason = "how long the tests may take is no setting of the portal")]
fn is_long() -> bool {
    std::env::var("EVENKEEL_LONG").is_ok_and(|value| !value.is_empty())
}

/// Checks every state that can be reached and says how many there were.
fn check_all<M>(what: &str, model: M)
where
    M: Model + Send + Sync + 'static,
    M::State: Clone + Debug + Hash + PartialEq + Send + Sync + 'static,
    M::Action: Clone + Debug + PartialEq + Send + Sync,
{
    let begun = Instant::now();
    let checker = model.checker().threads(2).spawn_bfs().join();
    println!(
        "{what}: {} states, {} ways into them, {} steps deep, {:.1} s",
        checker.unique_state_count(),
        checker.state_count(),
        checker.max_depth(),
        begun.elapsed().as_secs_f64(),
    );
    checker.assert_properties();
}

/// The first property that does not hold, and the steps that lead there.
fn first_fault<M>(model: M, expected: &'static str)
where
    M: Model + Send + Sync + 'static,
    M::State: Clone + Debug + Hash + PartialEq + Send + Sync + 'static,
    M::Action: Clone + Debug + PartialEq + Send + Sync,
{
    let only_it = stateright::HasDiscoveries::AnyOf([expected].into_iter().collect());
    let checker = model.checker().finish_when(only_it).spawn_bfs().join();
    let found = checker.discovery(expected);
    let path = found.unwrap_or_else(|| panic!("\"{expected}\" still holds in {} states", checker.unique_state_count()));
    println!("\"{expected}\" is broken by {:?}", path.into_actions());
}

#[test]
fn one_decision_is_one_charge_whatever_breaks() {
    let bounds = if is_long() { Bounds { hands: 4, ..ONE } } else { ONE };
    check_all("one decision", Protocol { rules: Rules::of_the_server(), bounds });
}

#[test]
fn two_decisions_do_not_get_into_each_others_way() {
    let bounds = if is_long() { Bounds { hands: 2, ..TWO } } else { TWO };
    check_all("two decisions", Protocol { rules: Rules::of_the_server(), bounds });
}

#[test]
fn a_payment_is_given_back_once_however_it_is_decided() {
    let hands = if is_long() { 2 } else { 1 };
    check_all("refunds", GivingBack { rules: refund::Rules::of_the_server(), hands });
}

#[test]
fn a_refund_booked_for_every_message_about_it_is_found() {
    let apply = |reversal: &Reversal, report: &ReversalReport, at| match report {
        ReversalReport::Found { finding: ReversalFinding::Done, .. } => {
            ReversalStep::Moved(ReversalState::Succeeded { settled_at: at })
        }
        report => reversal.apply(report, at),
    };
    let rules = refund::Rules { apply, ..refund::Rules::of_the_server() };
    first_fault(GivingBack { rules, hands: 1 }, refund::BOOKED_ONCE);
}

#[test]
fn an_instalment_is_collected_once_by_any_number_of_workers() {
    let most_attempts = if is_long() { 3 } else { 2 };
    check_all("one instalment", Collecting { rules: collection::Rules::of_the_server(), hands: 2, most_attempts });
}

fn broken(rules: Rules, bounds: Bounds, expected: &'static str) {
    first_fault(Protocol { rules, bounds }, expected);
}

fn collecting_broken(rules: collection::Rules, expected: &'static str) {
    first_fault(Collecting { rules, hands: 2, most_attempts: 2 }, expected);
}

#[test]
fn a_late_report_that_overwrites_a_success_is_found() {
    fn apply(payment: &Payment, report: &ProcessorReport, at: i64) -> Transition {
        match report {
            ProcessorReport::Found { finding: Finding::Processing, .. } => Transition::Moved(PaymentState::Processing),
            report => payment.apply(report, at),
        }
    }
    let rules = Rules { apply, ..Rules::of_the_server() };
    broken(rules, ONE, property::NOT_BACKWARD);
    broken(rules, ONE, property::IN_THE_LEDGER_ONCE);
}

#[test]
fn no_answer_taken_for_a_no_is_found() {
    fn apply(payment: &Payment, report: &ProcessorReport, at: i64) -> Transition {
        match report {
            ProcessorReport::OutcomeUnknown if payment.state.is_open() => {
                Transition::Moved(PaymentState::Declined { reason: DeclineReason::InsufficientFunds, settled_at: at })
            }
            report => payment.apply(report, at),
        }
    }
    broken(Rules { apply, ..Rules::of_the_server() }, ONE, property::BECOMES_KNOWN);
    let rules = collection::Rules { apply, ..collection::Rules::of_the_server() };
    collecting_broken(rules, collection::COLLECTED_ONCE);
}

#[test]
fn a_debit_on_its_way_that_silence_makes_unknown_is_found() {
    fn apply(payment: &Payment, report: &ProcessorReport, at: i64) -> Transition {
        match report {
            ProcessorReport::OutcomeUnknown if payment.state == PaymentState::Processing => {
                Transition::Moved(PaymentState::Unknown)
            }
            report => payment.apply(report, at),
        }
    }
    broken(Rules { apply, ..Rules::of_the_server() }, ONE, property::NOT_BACKWARD);
}

#[test]
fn a_debit_on_its_way_taken_for_paid_is_found() {
    fn apply(payment: &Payment, report: &ProcessorReport, at: i64) -> Transition {
        match payment.apply(report, at) {
            Transition::Moved(PaymentState::Processing) => Transition::Moved(PaymentState::Succeeded { settled_at: at }),
            transition => transition,
        }
    }
    broken(Rules { apply, ..Rules::of_the_server() }, ONE, property::NOT_PAID_WITHOUT_A_CHARGE);
}

#[test]
fn a_success_that_is_booked_each_time_it_is_heard_of_is_found() {
    fn apply(payment: &Payment, report: &ProcessorReport, at: i64) -> Transition {
        match report {
            ProcessorReport::Found { finding: Finding::Succeeded { .. }, .. } => {
                Transition::Moved(PaymentState::Succeeded { settled_at: at })
            }
            report => payment.apply(report, at),
        }
    }
    broken(Rules { apply, ..Rules::of_the_server() }, ONE, property::IN_THE_LEDGER_ONCE);
    let rules = collection::Rules { apply, ..collection::Rules::of_the_server() };
    collecting_broken(rules, collection::BOOKED_ONCE);
}

#[test]
fn another_payment_begun_while_one_waits_is_found() {
    let rules = Rules { lets_another_begin: true, ..Rules::of_the_server() };
    broken(rules, TWO, property::ONE_PAGE);
}

#[test]
fn asking_again_under_another_key_is_found() {
    let rules = collection::Rules { key_is_made_of_the_attempt: false, ..collection::Rules::of_the_server() };
    collecting_broken(rules, collection::COLLECTED_ONCE);
}

#[test]
fn a_retry_before_the_first_attempt_is_known_to_have_failed_is_found() {
    let rules = collection::Rules { may_follow: |state| *state == PaymentState::Unknown, ..collection::Rules::of_the_server() };
    collecting_broken(rules, collection::COLLECTED_ONCE);
    collecting_broken(rules, collection::ONE_AT_A_TIME);
}

#[test]
fn never_received_believed_at_the_first_look_up_is_found() {
    let rules = collection::Rules { is_believed: |_, _| true, ..collection::Rules::of_the_server() };
    collecting_broken(rules, collection::BECOMES_KNOWN);
    // And where another attempt follows one that was never received, it is collected twice.
    let rules = collection::Rules { may_follow: |state| !state.is_open(), ..rules };
    collecting_broken(rules, collection::COLLECTED_ONCE);
}
