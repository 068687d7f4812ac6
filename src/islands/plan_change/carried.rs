//! A plan as text in the page: a line for each kind of fact, words with a space between. Written on the server and read in the
//! browser of the same build.

use super::{Links, Plan};
use crate::domain::calendar::{ClosedDays, Date, DayOfMonth, Frequency, Holidays, LongestTerm, parse_iso};
use crate::domain::changing::{ChangeTerms, Line, Running};
use crate::domain::due_dates::DuePattern;
use crate::domain::language::Language;
use crate::domain::money::{Currency, Money};
use crate::domain::schedule::InterestRule;
use crate::domain::what_if::Owing;
use std::str::FromStr;

/// Stands where there is nothing.
const NONE: &str = "-";

impl Plan {
    pub fn to_attribute(&self) -> String {
        let Plan { running, owing, today, language, agreement_id, links } = self;
        let Links { choose, change, pay, person } = links;
        let mut lines = vec![
            format!("{today} {} {agreement_id}", language.tag()),
            [choose.as_str(), change, pay, person].join(" "),
            format!("{} {} {}", self.currency().code(), owing.balance.minor(), owing.outside.minor()),
            write_rules(running),
            running.terms.as_ref().map_or_else(|| NONE.to_owned(), write_terms),
            running.pattern.as_ref().map_or_else(|| NONE.to_owned(), write_pattern),
            join(Vec::<Date>::from(running.holidays.clone()).iter().map(Date::to_string)),
            join(owing.interest.iter().map(|(day, amount)| format!("{day} {}", amount.minor()))),
        ];
        lines.extend(running.lines.iter().map(write_line));
        lines.join("\n")
    }

    /// Reads what [`Plan::to_attribute`] wrote; `None` for anything else.
    pub fn from_attribute(text: &str) -> Option<Plan> {
        let mut lines = text.split('\n').map(|line| Fields(line.split(' ').collect(), 0));
        let mut head = lines.next()?;
        let (today, language, agreement_id) = (head.day()?, Language::from_tag(head.next()?)?, head.next()?.to_owned());
        let mut links = lines.next()?;
        let mut link = || links.next().map(str::to_owned);
        let links = Links { choose: link()?, change: link()?, pay: link()?, person: link()? };
        let mut owed = lines.next()?;
        let currency = Currency::from_code(owed.next()?)?;
        let (balance, outside) = (owed.money(currency)?, owed.money(currency)?);
        let rules = lines.next()?;
        let terms = read_terms(lines.next()?);
        let pattern = read_pattern(lines.next()?);
        let mut holidays = lines.next()?;
        let holidays = std::iter::from_fn(|| holidays.day()).collect();
        let mut interest = lines.next()?;
        let interest = std::iter::from_fn(|| Some((interest.day()?, interest.money(currency)?))).collect();
        let read = |mut line: Fields<'_>| read_line(&mut line, currency);
        let running_lines = lines.map(read).collect::<Option<Vec<Line>>>()?;
        let running = read_rules(rules, currency)?;
        let running = Running { terms, pattern, holidays: Holidays::in_order(holidays)?, lines: running_lines, ..running };
        Some(Plan { running, owing: Owing { balance, outside, interest }, today, language, agreement_id, links })
    }
}

fn join(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

fn write_rules(running: &Running) -> String {
    let rate = match running.interest {
        InterestRule::Frozen => 0,
        InterestRule::SimpleDaily { annual_rate_basis_points } => annual_rate_basis_points,
    };
    let down = running.down_payment.map_or_else(|| NONE.to_owned(), |down| down.minor().to_string());
    format!(
        "{} {down} {rate} {} {} {} {} {} {} {} {}",
        running.principal.minor(),
        running.interest_from,
        running.frequency.map_or(NONE, Frequency::code),
        running.closed_days.code(),
        running.minimum.minor(),
        running.last_excess.minor(),
        running.first_agreed_on,
        running.changes,
        running.skips,
    )
}

fn read_rules(mut fields: Fields<'_>, currency: Currency) -> Option<Running> {
    Some(Running {
        principal: fields.money(currency)?,
        down_payment: fields.next()?.parse().ok().map(|minor| Money::new(minor, currency)),
        interest: match fields.number()? {
            0 => InterestRule::Frozen,
            annual_rate_basis_points => InterestRule::SimpleDaily { annual_rate_basis_points },
        },
        interest_from: fields.day()?,
        frequency: Frequency::from_code(fields.next()?),
        closed_days: ClosedDays::from_code(fields.next()?)?,
        minimum: fields.money(currency)?,
        last_excess: fields.money(currency)?,
        first_agreed_on: fields.day()?,
        changes: fields.number()?,
        skips: fields.number()?,
        lines: Vec::new(),
        pattern: None,
        holidays: Holidays::default(),
        terms: None,
    })
}

fn write_terms(terms: &ChangeTerms) -> String {
    let ChangeTerms { most_changes, move_days, most_skips, pause_days, longest_term } = terms;
    let (unit, length) = match longest_term {
        LongestTerm::Days(days) => ("days", days),
        LongestTerm::Months(months) => ("months", months),
    };
    format!("{most_changes} {move_days} {most_skips} {pause_days} {unit} {length}")
}

fn read_terms(mut fields: Fields<'_>) -> Option<ChangeTerms> {
    Some(ChangeTerms {
        most_changes: fields.number()?,
        move_days: fields.number()?,
        most_skips: fields.number()?,
        pause_days: fields.number()?,
        longest_term: match fields.next()? {
            "days" => LongestTerm::Days(fields.number()?),
            "months" => LongestTerm::Months(fields.number()?),
            _ => return None,
        },
    })
}

fn write_pattern(pattern: &DuePattern) -> String {
    match pattern {
        DuePattern::EveryDays { anchor, days } => format!("every {anchor} {days}"),
        DuePattern::Monthly(day) => format!("monthly {day}"),
        DuePattern::TwiceAMonth(one, other) => format!("twice {one} {other}"),
        DuePattern::PaydaysOfMonth { anchor, days, offset, second_offset } => {
            let second = second_offset.map_or_else(|| NONE.to_owned(), |second| second.to_string());
            format!("paydays {anchor} {days} {offset} {second}")
        }
    }
}

fn read_pattern(mut fields: Fields<'_>) -> Option<DuePattern> {
    match fields.next()? {
        "every" => Some(DuePattern::EveryDays { anchor: fields.day()?, days: fields.number()? }),
        "monthly" => Some(DuePattern::Monthly(DayOfMonth::from_code(fields.next()?)?)),
        "twice" => Some(DuePattern::TwiceAMonth(DayOfMonth::from_code(fields.next()?)?, DayOfMonth::from_code(fields.next()?)?)),
        "paydays" => Some(DuePattern::PaydaysOfMonth {
            anchor: fields.day()?,
            days: fields.number()?,
            offset: fields.number()?,
            second_offset: fields.next()?.parse().ok(),
        }),
        _ => None,
    }
}

fn write_line(line: &Line) -> String {
    let Line { number, due_on, amount, paid, is_met, is_used, is_being_collected } = line;
    let flags = u8::from(*is_met) + 2 * u8::from(*is_used) + 4 * u8::from(*is_being_collected);
    format!("{number} {due_on} {} {} {flags}", amount.minor(), paid.minor())
}

fn read_line(fields: &mut Fields<'_>, currency: Currency) -> Option<Line> {
    let (number, due_on) = (fields.number()?, fields.day()?);
    let (amount, paid) = (fields.money(currency)?, fields.money(currency)?);
    let flags: u8 = fields.number()?;
    let is = |flag| flags & flag != 0;
    Some(Line { number, due_on, amount, paid, is_met: is(1), is_used: is(2), is_being_collected: is(4) })
}

/// The words of a line, one after the other.
struct Fields<'a>(Vec<&'a str>, usize);

impl<'a> Fields<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let word = self.0.get(self.1).copied();
        self.1 += 1;
        word
    }

    fn number<N: FromStr>(&mut self) -> Option<N> {
        self.next()?.parse().ok()
    }

    fn money(&mut self, currency: Currency) -> Option<Money> {
        Some(Money::new(self.number()?, currency))
    }

    fn day(&mut self) -> Option<Date> {
        parse_iso(self.next()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_plan_reads_as_it_is_written() {
        let usd = |minor| Money::new(minor, Currency::USD);
        let line = Line {
            number: 2,
            due_on: date(2026, 12, 4),
            amount: usd(5_000),
            paid: usd(100),
            is_met: false,
            is_used: true,
            is_being_collected: false,
        };
        let terms =
            ChangeTerms { most_changes: 6, move_days: 14, most_skips: 2, pause_days: 60, longest_term: LongestTerm::Months(24) };
        let running = Running {
            principal: usd(10_000),
            down_payment: Some(usd(500)),
            interest: InterestRule::SimpleDaily { annual_rate_basis_points: 490 },
            interest_from: date(2026, 11, 20),
            lines: vec![line, Line { number: 3, is_met: true, is_being_collected: true, ..line }],
            pattern: Some(DuePattern::EveryDays { anchor: date(2026, 12, 4), days: 14 }),
            frequency: Some(Frequency::EveryTwoWeeks),
            closed_days: ClosedDays::NextWorkingDay,
            holidays: Holidays::from(vec![date(2026, 12, 25), date(2027, 1, 1)]),
            minimum: usd(1_000),
            last_excess: usd(900),
            first_agreed_on: date(2026, 11, 20),
            changes: 1,
            skips: 0,
            terms: Some(terms),
        };
        let owing = Owing { balance: usd(9_900), outside: usd(7), interest: vec![(date(2026, 12, 4), usd(13))] };
        let links = Links { choose: "/a".into(), change: "/b".into(), pay: "/c".into(), person: "/d".into() };
        let language = Language::Spanish;
        let plan = Plan { running, owing, today: date(2026, 11, 21), language, agreement_id: "A".into(), links };
        assert_eq!(Plan::from_attribute(&plan.to_attribute()), Some(plan.clone()));
        for pattern in [
            None,
            Some(DuePattern::Monthly(DayOfMonth::Last)),
            Some(DuePattern::TwiceAMonth(DayOfMonth::Day(1), DayOfMonth::Day(15))),
            Some(DuePattern::PaydaysOfMonth { anchor: date(2026, 12, 4), days: 7, offset: 14, second_offset: Some(28) }),
            Some(DuePattern::PaydaysOfMonth { anchor: date(2026, 12, 4), days: 7, offset: 14, second_offset: None }),
        ] {
            let bare = Running {
                pattern,
                frequency: None,
                down_payment: None,
                terms: None,
                interest: InterestRule::Frozen,
                holidays: Holidays::default(),
                ..plan.running.clone()
            };
            let bare = Plan { running: bare, owing: Owing { interest: Vec::new(), ..plan.owing.clone() }, ..plan.clone() };
            assert_eq!(Plan::from_attribute(&bare.to_attribute()), Some(bare));
        }
        assert_eq!(Plan::from_attribute(""), None);
    }
}
