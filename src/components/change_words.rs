//! The words of a change of an agreement, and of what would happen: for the pages that draw them, and carried to the browser by those
//! that redraw them as people try.

use super::agreement_terms::frequency_words;
use super::frame::{language, words};
use crate::domain::calendar::Frequency;
use crate::domain::changing::Changed;
use crate::domain::statement::Statement;
use crate::islands::plan_change::{self, Words};
use crate::words::td_string;

/// What a change comes to, in one line.
pub fn change_line(changed: &Changed) -> String {
    plan_change::change_line(&change_words(), changed, language())
}

/// Of what a change leads to.
pub fn change_words() -> Words {
    let mut all = both();
    all.extend([
        ("sides", td_string!(words(), change.sides).to_owned()),
        ("col_then", td_string!(words(), change.col_after).to_owned()),
        ("preview_empty", td_string!(words(), what_if.preview_empty).to_owned()),
        ("not_offered", td_string!(words(), change.not_offered).to_owned()),
        ("changed_often", td_string!(words(), change.changed_often, most = "{{most}}")),
        ("skipped_often", td_string!(words(), change.skipped_often, most = "{{most}}")),
        ("error_number", td_string!(words(), change.error_number).to_owned()),
        ("error_amount", td_string!(words(), change.error_amount).to_owned()),
        ("being_collected", td_string!(words(), change.being_collected).to_owned()),
        ("partly_paid", td_string!(words(), change.partly_paid).to_owned()),
        ("in_the_past", td_string!(words(), change.in_the_past).to_owned()),
        ("too_far", td_string!(words(), change.too_far, latest = "{{latest}}")),
        ("ends_too_late", td_string!(words(), change.ends_too_late, latest = "{{latest}}")),
        ("same_as_now", td_string!(words(), change.same_as_now).to_owned()),
        ("below_minimum", td_string!(words(), change.below_minimum, minimum = "{{minimum}}")),
        ("takes_too_long", td_string!(words(), change.takes_too_long).to_owned()),
        ("too_few", td_string!(words(), change.too_few).to_owned()),
        ("last_does_not_fit", td_string!(words(), change.last_does_not_fit).to_owned()),
        ("first_too_late", td_string!(words(), change.first_too_late).to_owned()),
        ("nearest", td_string!(words(), change.nearest).to_owned()),
    ]);
    Words::new(all)
}

/// Of what would happen. What the creditor says of a late payment is as it was signed.
pub fn what_if_words(creditor: &str, late_payment: Option<&Statement>) -> Words {
    let late = match late_payment {
        Some(statement) => {
            let statement = statement.text(language()).to_owned();
            td_string!(words(), what_if.late_stated, creditor = creditor.to_owned(), statement = statement)
        }
        None => td_string!(words(), what_if.late_neutral).to_owned(),
    };
    let mut all = both();
    all.extend([
        ("sides", td_string!(words(), what_if.sides).to_owned()),
        ("col_then", td_string!(words(), what_if.col_then).to_owned()),
        ("empty", td_string!(words(), what_if.empty).to_owned()),
        ("error_above", td_string!(words(), what_if.error_above, all = "{{all}}")),
        ("more_text", td_string!(words(), what_if.more_text, amount = "{{amount}}")),
        ("once_text", td_string!(words(), what_if.once_text, amount = "{{amount}}")),
        ("once_outside", td_string!(words(), what_if.once_outside, amount = "{{amount}}")),
        ("done", td_string!(words(), what_if.done).to_owned()),
        ("next_smaller", td_string!(words(), what_if.next_smaller).to_owned()),
        ("last_smaller", td_string!(words(), what_if.last_smaller).to_owned()),
        ("fewer", td_string!(words(), what_if.fewer, count = "{{count}}")),
        ("spared", td_string!(words(), what_if.spared, amount = "{{amount}}")),
        ("as_change", td_string!(words(), what_if.as_change).to_owned()),
        ("pay", td_string!(words(), change.pay).to_owned()),
        ("miss_open", td_string!(words(), what_if.miss_open, amount = "{{amount}}", date = "{{date}}")),
        ("miss_by", td_string!(words(), what_if.miss_by, least = "{{least}}", by = "{{by}}")),
        ("miss_others", td_string!(words(), what_if.miss_others).to_owned()),
        ("miss_ends", td_string!(words(), what_if.miss_ends, date = "{{date}}")),
        ("miss_owed", td_string!(words(), what_if.miss_owed, paid = "{{paid}}", owed = "{{owed}}")),
        ("miss_after", td_string!(words(), what_if.miss_after).to_owned()),
        ("late", late),
        ("ways", td_string!(words(), what_if.ways).to_owned()),
        ("before", td_string!(words(), what_if.before).to_owned()),
        ("before_go", td_string!(words(), what_if.before_go).to_owned()),
        ("way_later", td_string!(words(), change.way_later).to_owned()),
        ("way_spread", td_string!(words(), change.way_spread).to_owned()),
        ("way_longer", td_string!(words(), change.way_longer).to_owned()),
        ("smallest", td_string!(words(), what_if.smallest).to_owned()),
        ("pause", td_string!(words(), change.pause_title).to_owned()),
        ("skip", td_string!(words(), change.skip_title).to_owned()),
        ("less_text", td_string!(words(), what_if.less_text).to_owned()),
        ("less_none", td_string!(words(), what_if.less_none).to_owned()),
        ("less_person", td_string!(words(), what_if.less_person).to_owned()),
        ("less_person_go", td_string!(words(), what_if.less_person_go).to_owned()),
        ("nothing_kept", td_string!(words(), what_if.nothing_kept).to_owned()),
    ]);
    Words::new(all)
}

/// What both have.
fn both() -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("col_what", td_string!(words(), change.col_what).to_owned()),
        ("col_now", td_string!(words(), change.col_now).to_owned()),
        ("row_next", td_string!(words(), change.row_next).to_owned()),
        ("row_left", td_string!(words(), change.row_left).to_owned()),
        ("row_last", td_string!(words(), change.row_last).to_owned()),
        ("row_total", td_string!(words(), change.row_total).to_owned()),
        ("amount_on", td_string!(words(), change.amount_on, amount = "{{amount}}", date = "{{date}}")),
        ("none", td_string!(words(), what_if.none).to_owned()),
        ("payments", td_string!(words(), what_if.payments).to_owned()),
        ("ends", td_string!(words(), change.ends, last = "{{last}}", total = "{{total}}")),
        ("see", td_string!(words(), change.see).to_owned()),
        ("line_move", td_string!(words(), change.line_move, amount = "{{amount}}", date = "{{date}}")),
        ("line_skip", td_string!(words(), change.line_skip, amount = "{{amount}}", date = "{{date}}")),
        ("line_pause", td_string!(words(), change.line_pause, date = "{{date}}")),
        ("line_replan", td_string!(words(), change.line_replan, amount = "{{amount}}", each = "{{each}}", date = "{{date}}")),
    ];
    all.extend(Frequency::ALL.map(|frequency| (frequency.code(), frequency_words(frequency).to_lowercase())));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::{ClosedDays, Date, DayOfMonth, Holidays, LongestTerm};
    use crate::domain::changing::{ChangeRefusal, ChangeTerms, Line, Running};
    use crate::domain::due_dates::DuePattern;
    use crate::domain::language::Language;
    use crate::domain::money::{Currency, Money};
    use crate::domain::offers::ChoiceRefusal;
    use crate::domain::schedule::InterestRule;
    use crate::domain::what_if::{Owing, WhatIfKind};
    use crate::islands::plan_change::{Links, Plan, TypedChange, TypedWhatIf, change_preview, refusal_words, what_if_preview};
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 20);

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    /// Three payments of 100.00 by the month, with interest still to come and something past due beside them.
    fn plan() -> Plan {
        let line = |number, due_on| Line {
            number,
            due_on,
            amount: usd(10_000),
            paid: usd(0),
            is_met: false,
            is_used: false,
            is_being_collected: false,
        };
        let terms =
            ChangeTerms { most_changes: 6, move_days: 14, most_skips: 2, pause_days: 60, longest_term: LongestTerm::Months(24) };
        let running = Running {
            principal: usd(30_000),
            down_payment: None,
            interest: InterestRule::Frozen,
            interest_from: TODAY,
            lines: vec![line(1, date(2026, 11, 25)), line(2, date(2026, 12, 2)), line(3, date(2027, 1, 2))],
            pattern: Some(DuePattern::Monthly(DayOfMonth::Day(2))),
            frequency: Some(Frequency::Monthly),
            closed_days: ClosedDays::Keep,
            holidays: Holidays::default(),
            minimum: usd(1_000),
            last_excess: usd(1_000),
            first_agreed_on: TODAY,
            changes: 0,
            skips: 0,
            terms: Some(terms),
        };
        let owing = Owing { balance: usd(30_000), outside: usd(100), interest: vec![(date(2026, 12, 15), usd(100))] };
        let links = Links { choose: "/choose".into(), change: "/change".into(), pay: "/pay".into(), person: "/person".into() };
        Plan { running, owing, today: TODAY, language: Language::English, agreement_id: "A".into(), links }
    }

    #[track_caller]
    fn assert_says_everything(html: &str) {
        for empty in
            ["<p></p>", "<li></li>", "></th>", "></td>", "<h3></h3>", "></a>", "></caption>", "></summary>", "></button>"]
        {
            assert!(!html.contains(empty), "{empty} in {html}");
        }
        assert!(!html.contains("{{") && html.contains("</"), "{html}");
    }

    #[test]
    fn everything_that_is_drawn_has_its_words() {
        let words = what_if_words("Northgate", None);
        for (kind, amount) in
            WhatIfKind::ALL.iter().flat_map(|kind| ["0.01", "50", "120", "300"].map(|amount| (kind.code(), amount)))
        {
            let typed = TypedWhatIf { kind: kind.to_owned(), amount: amount.to_owned(), number: "1".to_owned() };
            match what_if_preview(&plan(), &words, &typed) {
                Ok(html) => assert_says_everything(&html),
                Err(wrong) => assert_eq!((wrong.field(), kind, amount), ("amount", "more", "300")),
            }
        }
        let none = Plan { running: Running { terms: None, ..plan().running }, ..plan() };
        let less = TypedWhatIf { kind: "less".to_owned(), ..TypedWhatIf::default() };
        assert_says_everything(&what_if_preview(&none, &words, &less).expect("a person is always there"));
        assert_says_everything(&what_if_preview(&plan(), &words, &TypedWhatIf::default()).expect("a hint"));
        let change = |kind: &str, number: &str, on: &str| TypedChange {
            kind: kind.to_owned(),
            number: number.to_owned(),
            on: on.to_owned(),
            frequency: "weekly".to_owned(),
            amount: "20".to_owned(),
            payments: String::new(),
            ..TypedChange::default()
        };
        for (kind, number, on) in [
            ("move", "1", "2026-12-01"),
            ("move", "1", "2027-12-01"),
            ("move", "1", ""),
            ("skip", "2", ""),
            ("pause", "", "2027-01-10"),
            ("replan", "", "2026-11-27"),
        ] {
            assert_says_everything(&change_preview(&plan(), &change_words(), &change(kind, number, on)));
        }
    }

    #[test]
    fn every_refusal_has_its_words() {
        use ChoiceRefusal::*;
        let of_plans = [
            NotAnAmount,
            BelowMinimum,
            AboveTotal,
            TakesTooLong,
            TooManyInstalments,
            TooFewInstalments,
            LastInstalmentDoesNotFit,
            OtherFrequency,
            FirstDateInThePast,
            FirstDateTooLate,
            DaysOfMonthDoNotFit,
            DownPaymentNotOffered,
            DownPaymentRequired,
            DownPaymentBelowMinimum,
            DownPaymentTooLarge,
            Expired,
        ];
        let others = [
            ChangeRefusal::NotOffered,
            ChangeRefusal::ChangedOften { most: 6 },
            ChangeRefusal::SkippedOften { most: 2 },
            ChangeRefusal::NoSuchPayment,
            ChangeRefusal::BeingCollected,
            ChangeRefusal::PartlyPaid,
            ChangeRefusal::InThePast,
            ChangeRefusal::TooFar { latest: TODAY },
            ChangeRefusal::EndsTooLate { latest: TODAY },
            ChangeRefusal::SameAsNow,
        ];
        for why in others.into_iter().chain(of_plans.map(ChangeRefusal::Plan)) {
            let said = refusal_words(&change_words(), why, usd(1_000), Language::English);
            assert!(!said.is_empty() && !said.contains("{{"), "{why:?}: {said}");
        }
    }
}
