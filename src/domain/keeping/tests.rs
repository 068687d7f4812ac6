use super::*;
use crate::domain::money::Currency;
use jiff::civil::date;

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

fn instalment(number: u32, month: i8, paid: &[(Date, i64)]) -> Instalment {
    let line = |(on, minor): &(Date, i64)| PaidLine {
        on: *on,
        amount: usd(*minor),
        payment: format!("EK-{on}"),
        went_back: (*minor < 0).then_some(WentBack::Taken { on: *on }),
    };
    let paid = paid.iter().map(line).collect();
    Instalment { number, due_on: date(2026, month, 15), amount: usd(5_000), paid }
}

/// All of it was paid in time, and so much given back by decision.
fn given_back(number: u32, month: i8, minor: i64) -> Instalment {
    let mut paid = instalment(number, month, &[(date(2026, month, 1), 5_000)]);
    let back = PaidLine { amount: usd(-minor), went_back: Some(WentBack::Given), ..paid.paid[0].clone() };
    paid.paid.push(back);
    paid
}

fn on(today: Date) -> Circumstances {
    Circumstances {
        today,
        is_settled: false,
        is_over: false,
        is_held: false,
        held_until: None,
        last_try_on: None,
        is_under_way: false,
    }
}

#[test]
fn an_instalment_is_paid_on_time_late_in_part_or_not() {
    let due = date(2026, 6, 15);
    let kept = |paid: &[(Date, i64)], today| instalment(1, 6, paid).kept(today);
    assert_eq!(kept(&[], due), Kept::NotYetDue, "its day is not over");
    assert_eq!(kept(&[], date(2026, 6, 16)), Kept::Missed);
    assert_eq!(kept(&[(due, 5_000)], due), Kept::OnTime);
    assert_eq!(kept(&[(due, 4_999)], date(2026, 6, 16)), Kept::PartPaid { paid: usd(4_999) }, "a cent is missing");
    let late = date(2026, 6, 20);
    assert_eq!(kept(&[(late, 1), (due, 4_999)], late), Kept::Late { on: late }, "the last cent came late");
    // Taken back by a bank: less is left than the amount, whatever came before; and another payment counts on its own day.
    assert_eq!(kept(&[(due, 5_000), (due, -5_000)], late), Kept::Missed);
    assert_eq!(kept(&[(due, 5_000), (due, -5_000), (late, 5_000)], late), Kept::Late { on: late });
    // It came again.
    assert_eq!(kept(&[(due, 5_000), (due, -5_000), (due, 5_000)], late), Kept::OnTime);
}

#[test]
fn what_was_given_back_by_decision_is_open_and_never_missed() {
    let back = given_back(1, 6, 1_000);
    assert_eq!((back.open(), back.given_back(), back.is_covered(), back.is_met()), (usd(1_000), usd(1_000), false, true));
    let long_after = date(2026, 12, 1);
    assert_eq!(back.kept(long_after), Kept::OnTime);
    let all_of_it = given_back(1, 6, 5_000);
    let stands = |instalments: &[Instalment]| keeping(instalments, &on(long_after));
    assert_eq!(stands(&[back.clone(), instalment(2, 12, &[])]), Keeping::OnTrack);
    assert_eq!(stands(std::slice::from_ref(&all_of_it)), Keeping::OnTrack, "it is open: not called kept while it lives");
    assert_eq!(count_on_time(&[back.clone(), all_of_it.clone()], long_after), (2, 2));
    let settled = Circumstances { is_settled: true, ..on(long_after) };
    assert_eq!(keeping(std::slice::from_ref(&back), &settled), Keeping::Kept);
    // What else is open is missed as ever.
    assert_eq!(stands(&[back, instalment(2, 7, &[])]), Keeping::PartlyKept);
    // And where a bank takes the rest of that payment it is missed too.
    let mut taken = all_of_it;
    taken
        .paid
        .insert(1, PaidLine { amount: usd(-1), went_back: Some(WentBack::Taken { on: long_after }), ..taken.paid[0].clone() });
    taken.paid[2].amount = usd(-4_999);
    assert_eq!((taken.is_met(), taken.taken_back_on()), (false, Some(long_after)));
}

#[test]
fn what_came_again_is_neither_given_back_nor_taken() {
    let day = date(2026, 6, 1);
    let paid = PaidLine { on: day, amount: usd(4_500), payment: "EK-1".into(), went_back: None };
    for went_back in [WentBack::Given, WentBack::Taken { on: date(2026, 6, 20) }] {
        let back = PaidLine { amount: usd(-1_000), went_back: Some(went_back), ..paid.clone() };
        let again = PaidLine { amount: usd(1_000), ..paid.clone() };
        let here = Instalment { paid: vec![paid.clone(), back.clone(), again], ..instalment(1, 6, &[]) };
        assert_eq!((here.open(), here.is_met(), here.went_back(), here.taken_back_on()), (usd(500), false, false, None));
        let away = Instalment { paid: vec![paid.clone(), back], ..instalment(1, 6, &[]) };
        assert_eq!((away.open(), away.is_met(), away.went_back()), (usd(1_500), false, true), "it was never all paid");
    }
}

#[test]
fn what_a_bank_took_back_can_be_put_right_from_that_day_on() {
    let taken_on = date(2026, 7, 10);
    let mut taken = instalment(1, 6, &[(date(2026, 6, 15), 5_000), (date(2026, 6, 15), -5_000)]);
    taken.paid[1].went_back = Some(WentBack::Taken { on: taken_on });
    let put_right_by = date(2026, 7, 24);
    assert_eq!(keeping(std::slice::from_ref(&taken), &on(put_right_by)), Keeping::Behind { put_right_by });
    assert_eq!(keeping(std::slice::from_ref(&taken), &on(date(2026, 7, 25))), Keeping::Broken);
    // An older one that was never paid keeps its own day.
    let older = [instalment(2, 5, &[]), taken.clone()];
    assert_eq!(keeping(&older, &on(date(2026, 7, 11))), Keeping::Broken);
    // Taken back before its day, it falls due on its day.
    taken.paid[1].went_back = Some(WentBack::Taken { on: date(2026, 6, 1) });
    assert_eq!(taken.put_right_by(), date(2026, 6, 29));
}

#[test]
fn what_has_ended_stays_as_it_ended() {
    let over =
        |paid: &[(Date, i64)]| keeping(&[instalment(1, 6, paid)], &Circumstances { is_over: true, ..on(date(2026, 6, 16)) });
    assert_eq!(over(&[]), Keeping::Broken);
    assert_eq!(over(&[(date(2026, 6, 1), 2_000)]), Keeping::PartlyKept);
}

#[test]
fn behind_until_the_last_day_to_put_it_right_and_not_one_less() {
    let missed = [instalment(1, 6, &[(date(2026, 6, 1), 5_000)]), instalment(2, 7, &[])];
    let put_right_by = date(2026, 7, 29);
    assert_eq!(keeping(&missed, &on(date(2026, 7, 15))), Keeping::OnTrack);
    assert_eq!(keeping(&missed, &on(date(2026, 7, 16))), Keeping::Behind { put_right_by });
    assert_eq!(keeping(&missed, &on(put_right_by)), Keeping::Behind { put_right_by });
    assert_eq!(keeping(&missed, &on(date(2026, 7, 30))), Keeping::PartlyKept);
    let nothing = [instalment(1, 6, &[])];
    assert_eq!(keeping(&nothing, &on(date(2026, 7, 30))), Keeping::Broken);
}

#[test]
fn nobody_loses_an_agreement_during_a_hold_or_while_something_is_under_way() {
    let missed = [instalment(1, 6, &[])];
    let late = on(date(2026, 9, 1));
    assert!(!keeping(&missed, &Circumstances { is_held: true, ..late }).has_ended_unkept());
    assert!(!keeping(&missed, &Circumstances { is_under_way: true, ..late }).has_ended_unkept());
    // A hold that ended last week: two weeks from there.
    let after = keeping(&missed, &Circumstances { held_until: Some(date(2026, 8, 25)), ..late });
    assert_eq!(after, Keeping::Behind { put_right_by: date(2026, 9, 8) });
    // The bank said no for the last time: two weeks from that day.
    let tried = keeping(&missed, &Circumstances { last_try_on: Some(date(2026, 8, 20)), ..late });
    assert_eq!(tried, Keeping::Behind { put_right_by: date(2026, 9, 3) });
}

#[test]
fn all_paid_is_kept_by_its_days_and_completed_otherwise() {
    let by_its_day = instalment(1, 6, &[(date(2026, 6, 15), 5_000)]);
    let late = instalment(2, 7, &[(date(2026, 7, 16), 5_000)]);
    assert_eq!(keeping(std::slice::from_ref(&by_its_day), &on(date(2026, 9, 1))), Keeping::Kept);
    assert_eq!(keeping(&[by_its_day.clone(), late], &on(date(2026, 9, 1))), Keeping::Completed);
    // Everything owed was paid at once: what was still to come needs no payment.
    let to_come = instalment(3, 12, &[]);
    let settled = Circumstances { is_settled: true, ..on(date(2026, 9, 1)) };
    assert_eq!(keeping(&[by_its_day.clone(), to_come.clone()], &settled), Keeping::Kept);
    assert_eq!(count_on_time(&[by_its_day, to_come], date(2026, 9, 1)), (1, 1));
}

#[test]
fn what_has_to_be_paid_is_what_the_rule_asks_for_on_the_day_after() {
    let one = [instalment(1, 6, &[(date(2026, 6, 1), 2_000)]), instalment(2, 8, &[])];
    let right = |instalments: &[Instalment], standing, today| put_right(instalments, standing, today).expect("it is behind");
    let by = date(2026, 6, 29);
    let behind = Keeping::Behind { put_right_by: by };
    let first = right(&one, behind, date(2026, 6, 20));
    assert_eq!(first, PutRight { by, least: usd(3_000), open: vec![(date(2026, 6, 15), usd(3_000))] });
    assert_eq!(put_right(&one, Keeping::OnTrack, date(2026, 6, 1)), None);
    // Two are open. By the day of the first one only the first has to be paid.
    let due = |number: u32, due_on| Instalment { number, due_on, amount: usd(5_000), paid: Vec::new() };
    let two = [due(1, date(2026, 12, 11)), due(2, date(2026, 12, 18))];
    let by = date(2026, 12, 25);
    let early = right(&two, Keeping::Behind { put_right_by: by }, date(2026, 12, 20));
    assert_eq!((early.least, early.total()), (usd(5_000), Some(usd(10_000))));
    // A try of the second put the day off: then both have to be paid by it, or the second ends the agreement.
    let by = date(2027, 1, 2);
    let late = right(&two, Keeping::Behind { put_right_by: by }, date(2026, 12, 26));
    assert_eq!((late.least, late.open.len()), (usd(10_000), 2));
    for (instalments, least) in [(&two, late.least), (&two, early.least)] {
        let mut paid = instalments.to_vec();
        let mut rest = least.minor();
        for instalment in &mut paid {
            let part = rest.min(instalment.amount.minor());
            instalment.paid.push(PaidLine { on: by, amount: usd(part), payment: "EK-by".into(), went_back: None });
            rest -= part;
        }
        let is_over = keeping(&paid, &on(days_after(by, 1))).has_ended_unkept();
        assert_eq!(is_over, least == early.least, "a cent less than the later sum is not enough by then");
    }
}

#[test]
fn a_collection_that_was_given_up_or_refused_is_told_and_others_are_not() {
    let two = [instalment(1, 6, &[(date(2026, 6, 1), 2_000)]), instalment(2, 7, &[])];
    let told = |first, second| collection_trouble(&two, &[first, second]).map(|trouble| (trouble.open, trouble.what));
    let (hand, later) = (CollectionStanding::ByHand, CollectionStanding::OnDay(date(2026, 7, 15)));
    assert_eq!(told(hand, later), None);
    let refused = CollectionStanding::AgainOn(date(2026, 6, 18));
    assert_eq!(told(refused, later), Some((usd(3_000), Trouble::AgainOn(date(2026, 6, 18)))));
    let given_up = CollectionStanding::NotCollected(WhyNot::NoticeNotSent);
    assert_eq!(told(hand, given_up), Some((usd(5_000), Trouble::NotCollected(WhyNot::NoticeNotSent))));
    assert_eq!(told(CollectionStanding::NotCollected(WhyNot::MandateGone), later), None, "they stopped it themselves");
}
