//! State by state: what each happening does to a permission.

use super::*;

const AT: Millis = 2_000;
const NAME: &str = "cus_1:pm_1";

fn in_state(state: MandateState) -> Mandate {
    Mandate {
        id: MandateId("M".into()),
        reference: "EM-2222-2222".into(),
        customer_id: CustomerId("C".into()),
        account_id: AccountId("A".into()),
        agreement_id: AgreementId("G".into()),
        agreement_version: 1,
        currency: Currency::USD,
        processor: "sandbox".into(),
        processor_reference: None,
        decision_key: "K".into(),
        authorised: Authorised {
            terms: "{}".into(),
            text: "I allow it.".into(),
            text_sha256: "00".into(),
            signed_name: "Ada Moreno".into(),
            language: Language::English,
        },
        document_id: None,
        state,
        created_at: 1_000,
    }
}

fn submitted() -> MandateState {
    MandateState::Submitted { hosted_page: "https://pay.example/1".into() }
}

fn given() -> MandateState {
    MandateState::Given { mandate: NAME.into(), given_at: 1_500 }
}

fn ended(reason: EndReason) -> MandateState {
    MandateState::Ended { mandate: NAME.into(), given_at: 1_500, reason, settled_at: 1_700 }
}

fn over(reason: EndReason) -> MandateState {
    MandateState::Ended { mandate: NAME.into(), given_at: AT, reason, settled_at: AT }
}

fn withdrawn() -> MandateState {
    MandateState::Withdrawn { reason: EndReason::Customer, settled_at: 1_200 }
}

fn found(finding: MandateFinding) -> Happening {
    Happening::Reported(MandateReport::Found { processor_reference: "page_1".into(), finding })
}

fn is_given() -> Happening {
    found(MandateFinding::Given { mandate: NAME.into() })
}

fn is_open() -> Happening {
    found(MandateFinding::Open { hosted_page: "https://pay.example/1".into() })
}

fn open() -> [MandateState; 4] {
    [MandateState::Created, submitted(), MandateState::Processing, MandateState::Unknown]
}

fn all() -> Vec<MandateState> {
    let settled = [
        given(),
        MandateState::Refused { settled_at: 1_200 },
        MandateState::Closed { settled_at: 1_200 },
        withdrawn(),
        ended(EndReason::Customer),
    ];
    open().into_iter().chain(settled).collect()
}

#[test]
fn on_its_way_to_being_given_each_step_is_taken_once() {
    let steps = [is_open(), found(MandateFinding::Processing), is_given()];
    let mut mandate = in_state(MandateState::Created);
    for (step, state) in steps.iter().zip(["submitted", "processing", "given"]) {
        let Transition::Moved(next) = mandate.apply(step, AT) else { panic!("{state} was not reached") };
        assert_eq!(next.code(), state);
        mandate = in_state(next);
        assert_eq!(mandate.apply(step, AT + 1), Transition::Unchanged(WhyUnchanged::Repeated), "{state}");
    }
    for late in &steps[..2] {
        assert_eq!(mandate.apply(late, AT), Transition::Unchanged(WhyUnchanged::Late));
    }
}

#[test]
fn it_is_in_force_from_every_open_state_and_from_no_other() {
    for state in open() {
        let next = Transition::Moved(MandateState::Given { mandate: NAME.into(), given_at: AT });
        assert_eq!(in_state(state.clone()).apply(&is_given(), AT), next, "{state:?}");
    }
    let told_otherwise = [
        (withdrawn(), EndReason::Customer),
        (MandateState::Refused { settled_at: 1_200 }, EndReason::TooLate),
        (MandateState::Closed { settled_at: 1_200 }, EndReason::TooLate),
    ];
    for (state, reason) in told_otherwise {
        assert_eq!(in_state(state.clone()).apply(&is_given(), AT), Transition::Moved(over(reason)), "{state:?}");
    }
    assert_eq!(in_state(given()).apply(&is_given(), AT), Transition::Unchanged(WhyUnchanged::Repeated));
    for reason in EndReason::ALL {
        assert_eq!(in_state(ended(reason)).apply(&is_given(), AT), Transition::Unchanged(WhyUnchanged::Late), "{reason:?}");
    }
}

#[test]
fn what_was_refused_or_closed_is_over_and_changes_nothing_that_is_in_force() {
    for finding in [MandateFinding::Refused, MandateFinding::Closed] {
        let code = if finding == MandateFinding::Refused { "refused" } else { "closed" };
        for state in open() {
            let Transition::Moved(next) = in_state(state.clone()).apply(&found(finding.clone()), AT) else { panic!("{state:?}") };
            assert_eq!(next.code(), code, "{state:?}");
        }
        for state in [given(), ended(EndReason::Customer)] {
            let unchanged = Transition::Unchanged(WhyUnchanged::Late);
            assert_eq!(in_state(state.clone()).apply(&found(finding.clone()), AT), unchanged, "{state:?}");
        }
        // Taken back: now the page is closed too.
        assert!(matches!(in_state(withdrawn()).apply(&found(finding), AT), Transition::Moved(next) if next.code() == code));
    }
}

#[test]
fn ended_by_anyone_it_is_over_whatever_state_it_was_in() {
    for reason in EndReason::ALL {
        let end = Happening::Ended(reason);
        for state in open() {
            let next = Transition::Moved(MandateState::Withdrawn { reason, settled_at: AT });
            assert_eq!(in_state(state.clone()).apply(&end, AT), next, "{state:?}");
        }
        let next = MandateState::Ended { mandate: NAME.into(), given_at: 1_500, reason, settled_at: AT };
        assert_eq!(in_state(given()).apply(&end, AT), Transition::Moved(next));
        for (state, why) in [
            (withdrawn(), WhyUnchanged::Repeated),
            (ended(EndReason::Replaced), WhyUnchanged::Repeated),
            (MandateState::Refused { settled_at: 1 }, WhyUnchanged::Late),
            (MandateState::Closed { settled_at: 1 }, WhyUnchanged::Late),
        ] {
            assert_eq!(in_state(state.clone()).apply(&end, AT), Transition::Unchanged(why), "{state:?}");
        }
    }
}

#[test]
fn without_an_answer_nothing_is_guessed_and_nothing_in_force_is_lost() {
    let silence = Happening::Reported(MandateReport::OutcomeUnknown);
    for state in all() {
        let expected = match &state {
            MandateState::Unknown => Transition::Unchanged(WhyUnchanged::Repeated),
            MandateState::Created | MandateState::Submitted { .. } => Transition::Moved(MandateState::Unknown),
            // What the bank is known to be looking at is not lost either.
            _ => Transition::Unchanged(WhyUnchanged::Late),
        };
        assert_eq!(in_state(state.clone()).apply(&silence, AT), expected, "{state:?}");
    }
    // And what is not known gives way to anything that is.
    for step in [is_open(), found(MandateFinding::Processing), is_given(), found(MandateFinding::Closed)] {
        assert!(matches!(in_state(MandateState::Unknown).apply(&step, AT), Transition::Moved(_)), "{step:?}");
    }
}

#[test]
fn what_cannot_be_about_this_permission_changes_nothing() {
    let contradiction = Transition::Unchanged(WhyUnchanged::Contradiction);
    for state in all() {
        let named = Mandate { processor_reference: Some("page_1".into()), ..in_state(state.clone()) };
        for report in [MandateReport::NeverReceived, MandateReport::Refused] {
            assert_eq!(named.apply(&Happening::Reported(report), AT), contradiction, "{state:?}");
        }
        let other = Mandate { processor_reference: Some("page_2".into()), ..in_state(state.clone()) };
        assert_eq!(other.apply(&is_given(), AT), contradiction, "{state:?}");
    }
    let other_name = found(MandateFinding::Given { mandate: "cus_2:pm_2".into() });
    for state in [given(), ended(EndReason::Customer)] {
        assert_eq!(in_state(state).apply(&other_name, AT), contradiction);
    }
}

#[test]
fn a_request_nobody_took_or_got_is_over() {
    for (report, code) in [(MandateReport::Refused, "refused"), (MandateReport::NeverReceived, "closed")] {
        for state in [MandateState::Created, MandateState::Unknown, withdrawn()] {
            let next = in_state(state.clone()).apply(&Happening::Reported(report.clone()), AT);
            assert!(matches!(&next, Transition::Moved(next) if next.code() == code), "{state:?}: {next:?}");
        }
    }
}

#[test]
fn a_processor_is_asked_until_nothing_is_left_to_hear() {
    for state in all() {
        let is_settled = matches!(
            state,
            MandateState::Given { .. } | MandateState::Refused { .. } | MandateState::Closed { .. } | MandateState::Ended { .. }
        );
        assert_eq!(state.is_to_be_asked(), !is_settled, "{state:?}");
        assert_eq!(state.is_open(), open().contains(&state), "{state:?}");
    }
}

#[test]
fn reasons_are_read_back_as_they_are_written() {
    for reason in EndReason::ALL {
        assert_eq!(EndReason::from_code(reason.code()), Some(reason));
    }
    assert_eq!(EndReason::from_code("whim"), None);
}

#[test]
fn what_is_allowed_adds_up() {
    let payment = |number, month, day, minor| PlannedPayment {
        number,
        due_on: jiff::civil::date(2026, month, day),
        amount: Money::new(minor, Currency::USD),
    };
    let open = vec![payment(1, 11, 1, 100), payment(2, 12, 4, 4_000), payment(3, 12, 18, 1)];
    let (payments, late) = split_late(open, jiff::civil::date(2026, 12, 4), Currency::USD);
    let terms = MandateTerms {
        creditor: "Northgate".into(),
        portal: "Northgate Accounts".into(),
        phone: "555-0100".into(),
        agreement_reference: "EK-2222-2222".into(),
        agreement_version: 1,
        accounts: vec!["NG-1".into()],
        currency: Currency::USD,
        payments,
        late,
        by_hand: Money::zero(Currency::USD),
        disclosure: None,
    };
    assert_eq!(terms.total(), Money::new(4_001, Currency::USD));
    assert_eq!(terms.last_on(), Some(jiff::civil::date(2026, 12, 18)));
    assert_eq!(terms.late, Money::new(100, Currency::USD), "what is due today is not late");
}
