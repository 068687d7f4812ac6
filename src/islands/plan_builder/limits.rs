//! A plan offer as one line of the island's property: only what a choice is computed from, in words with a space between.
//! Written on the server and read in the browser of the same build.

use super::words::plan_limits;
use crate::domain::calendar::{ClosedDays, Date, Frequency, Holidays, LongestTerm, parse_iso};
use crate::domain::money::{Currency, Money};
use crate::domain::offers::{Limits, Offer, OfferKind, PlanLimits};
use crate::domain::policy::{Basis, DownPaymentRule};
use crate::domain::schedule::{InterestRule, Schedule};
use std::fmt::Write;
use std::str::{FromStr, SplitN};

/// Before the holidays, which are as many as there are.
const WORDS: usize = 18;

/// `None` for an offer that is no plan.
pub(super) fn write(offer: &Offer) -> Option<String> {
    let limits = plan_limits(offer)?;
    let PlanLimits {
        principal,
        minimum_instalment,
        last_instalment_excess,
        longest_term,
        first_payment_within_days,
        down_payment,
        interest,
        interest_from,
        closed_days,
        holidays,
    } = limits;
    let (term, length) = match longest_term {
        LongestTerm::Days(days) => ("days", days),
        LongestTerm::Months(months) => ("months", months),
    };
    let (down, least_down) = match down_payment {
        DownPaymentRule::NotOffered => ("none", 0),
        DownPaymentRule::Optional { minimum } => ("optional", minimum.minor()),
        DownPaymentRule::Required { minimum } => ("required", minimum.minor()),
    };
    let rate = match interest {
        InterestRule::Frozen => 0,
        InterestRule::SimpleDaily { annual_rate_basis_points } => *annual_rate_basis_points,
    };
    let mut line = format!(
        "{} {} {} {} {} {} {} {} {} {term} {length} {first_payment_within_days} {down} {least_down} {rate} {interest_from} {} {}",
        offer.id,
        offer.basis.code(),
        offer.frequency?.code(),
        principal.currency().code(),
        principal.minor(),
        offer.min_amount.minor(),
        offer.max_amount.minor(),
        minimum_instalment.minor(),
        last_instalment_excess.minor(),
        closed_days.code(),
        offer.valid_through,
    );
    for day in Vec::<Date>::from(holidays.clone()) {
        // A String takes whatever is written to it.
        let _ = write!(line, " {day}");
    }
    Some(line)
}

pub(super) fn read(line: &str) -> Option<Offer> {
    let mut words = line.splitn(WORDS + 1, ' ');
    let id = words.next()?.to_owned();
    let basis = Basis::from_code(words.next()?)?;
    let frequency = Frequency::from_code(words.next()?)?;
    let currency = Currency::from_code(words.next()?)?;
    let principal = amount(&mut words, currency)?;
    let min_amount = amount(&mut words, currency)?;
    let max_amount = amount(&mut words, currency)?;
    let minimum_instalment = amount(&mut words, currency)?;
    let last_instalment_excess = amount(&mut words, currency)?;
    let longest_term = match words.next()? {
        "days" => LongestTerm::Days(number(&mut words)?),
        "months" => LongestTerm::Months(number(&mut words)?),
        _ => return None,
    };
    let first_payment_within_days = number(&mut words)?;
    let rule = words.next()?;
    let minimum = amount(&mut words, currency)?;
    let down_payment = match rule {
        "none" => DownPaymentRule::NotOffered,
        "optional" => DownPaymentRule::Optional { minimum },
        "required" => DownPaymentRule::Required { minimum },
        _ => return None,
    };
    let interest = match number(&mut words)? {
        0 => InterestRule::Frozen,
        annual_rate_basis_points => InterestRule::SimpleDaily { annual_rate_basis_points },
    };
    let interest_from = parse_iso(words.next()?)?;
    let closed_days = ClosedDays::from_code(words.next()?)?;
    let valid_through = parse_iso(words.next()?)?;
    let holidays: Vec<Date> = match words.next() {
        None => Vec::new(),
        Some(days) => days.split(' ').map(parse_iso).collect::<Option<_>>()?,
    };
    let limits = PlanLimits {
        principal,
        minimum_instalment,
        last_instalment_excess,
        longest_term,
        first_payment_within_days,
        down_payment,
        interest,
        interest_from,
        closed_days,
        holidays: Holidays::in_order(holidays)?,
    };
    // What the offer was shown with is on the page; only its limits are of use here.
    let nothing = Money::zero(currency);
    let schedule =
        Schedule { instalments: Vec::new(), total: nothing, principal: nothing, interest: nothing, down_payment: None };
    Some(Offer {
        id,
        kind: OfferKind::Plan,
        basis,
        frequency: Some(frequency),
        total: principal,
        min_amount,
        max_amount,
        discount: None,
        valid_through,
        limits: Limits::Plan(limits),
        schedule,
    })
}

fn number<N: FromStr>(words: &mut SplitN<'_, char>) -> Option<N> {
    words.next()?.parse().ok()
}

fn amount(words: &mut SplitN<'_, char>, currency: Currency) -> Option<Money> {
    Some(Money::new(number(words)?, currency))
}
