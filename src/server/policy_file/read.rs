//! The shape of the file, and from there to the domain's values, with the line of whatever is wrong.

use super::allocation::WrittenAllocation;
use super::change::WrittenChange;
use super::consequences::WrittenConsequences;
use super::hardship::WrittenHardship;
use super::time_to_think::WrittenTime;
use super::{Fault, MAX_SEGMENTS};
use crate::domain::calendar::{ClosedDays, Frequency, LongestTerm};
use crate::domain::money::{Currency, Money, MoneyError};
use crate::domain::policy::{
    Basis, Bounds, Conditions, DownPaymentRule, ExtensionTerms, PayPartTerms, PlanTerms, PromiseTerms, PromptPaymentTerms,
    Reason, Segment, SegmentTerms,
};
use crate::domain::schedule::InterestRule;
use serde::Deserialize;
use std::ops::RangeInclusive;
use toml::Spanned;

const SCHEMA_VERSION: i64 = 1;
const HELD_DAYS: RangeInclusive<i64> = 1..=90;
const FIRST_PAYMENT_DAYS: RangeInclusive<i64> = 0..=92;
const TERM_MONTHS: RangeInclusive<i64> = 1..=120;
const TERM_DAYS: RangeInclusive<i64> = 7..=3_660;
const LATER_DAYS: RangeInclusive<i64> = 1..=366;
const DISCOUNT_BASIS_POINTS: RangeInclusive<u32> = 1..=9_000;
const INTEREST_BASIS_POINTS: RangeInclusive<u32> = 1..=10_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenPolicy {
    schema_version: Spanned<i64>,
    pub currency: Spanned<String>,
    #[serde(default)]
    pub holidays: Vec<Spanned<String>>,
    #[serde(default)]
    pub consequences: WrittenConsequences,
    #[serde(default)]
    pub allocation: WrittenAllocation,
    pub change: Option<WrittenChange>,
    pub hardship: Option<WrittenHardship>,
    pub time_to_think: Option<WrittenTime>,
    segment: Vec<Spanned<WrittenSegment>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSegment {
    name: Spanned<String>,
    currency: Option<Spanned<String>>,
    held_days: Spanned<i64>,
    #[serde(default)]
    when: WrittenConditions,
    #[serde(default)]
    get_up_to_date: bool,
    prompt_payment: Option<WrittenPromptPayment>,
    pay_part: Option<WrittenPayPart>,
    plan: Option<WrittenPlan>,
    extension: Option<WrittenExtension>,
    promise: Option<WrittenPromise>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenConditions {
    days_past_due: Option<Spanned<WrittenBounds<i64>>>,
    balance: Option<Spanned<WrittenBounds<Spanned<String>>>>,
    kept_percent: Option<Spanned<WrittenBounds<i64>>>,
    product: Option<Spanned<Vec<String>>>,
    reason: Option<Spanned<Vec<Spanned<String>>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBounds<T> {
    at_least: Option<T>,
    at_most: Option<T>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPromptPayment {
    discount_percent: Spanned<String>,
    within_days: Spanned<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPayPart {
    minimum: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPlan {
    bases: Spanned<Vec<Spanned<String>>>,
    frequencies: Spanned<Vec<Spanned<String>>>,
    minimum_instalment: Spanned<String>,
    longest_term: Spanned<WrittenTerm>,
    first_payment_within_days: Spanned<i64>,
    last_instalment_excess: Option<Spanned<String>>,
    down_payment: Option<WrittenDownPayment>,
    annual_interest_percent: Option<Spanned<String>>,
    closed_days: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenTerm {
    months: Option<i64>,
    days: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDownPayment {
    minimum: Spanned<String>,
    #[serde(default)]
    required: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenExtension {
    longest_days: Spanned<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPromise {
    longest_days: Spanned<i64>,
    minimum: Spanned<String>,
}

pub(super) fn fault_at(text: &str, offset: usize, reason: String) -> Fault {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    Fault { line: before.iter().filter(|byte| **byte == b'\n').count() + 1, reason }
}

/// The file, and its segments each with its line.
pub(super) fn segments(text: &str) -> Result<(WrittenPolicy, Vec<(usize, Segment)>), Fault> {
    let written: WrittenPolicy = toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        fault_at(text, offset, error.message().replace('\n', " "))
    })?;
    let reader = Reader { text };
    if *written.schema_version.get_ref() != SCHEMA_VERSION {
        return Err(reader.fault(&written.schema_version, format!("schema_version is not {SCHEMA_VERSION}")));
    }
    let currency = reader.currency(&written.currency)?;
    match written.segment.get(MAX_SEGMENTS) {
        Some(segment) => return Err(reader.fault(segment, format!("there are more than {MAX_SEGMENTS} segments"))),
        None if written.segment.is_empty() => return Err(fault_at(text, 0, "there is no [[segment]]".to_owned())),
        None => {}
    }
    let mut segments: Vec<(usize, Segment)> = Vec::with_capacity(written.segment.len());
    for segment in &written.segment {
        let name = &segment.get_ref().name;
        let line = reader.fault(segment, String::new()).line;
        let read = reader.segment(segment.get_ref(), currency)?;
        if segments.iter().any(|(_, other)| other.name == read.name) {
            return Err(reader.fault(name, format!("there are two segments named \"{}\"", read.name)));
        }
        segments.push((line, read));
    }
    Ok((written, segments))
}

pub(super) struct Reader<'a> {
    pub text: &'a str,
}

impl Reader<'_> {
    fn fault<T>(&self, at: &Spanned<T>, reason: String) -> Fault {
        fault_at(self.text, at.span().start, reason)
    }

    fn segment(&self, written: &WrittenSegment, currency: Currency) -> Result<Segment, Fault> {
        let currency = written.currency.as_ref().map_or(Ok(currency), |own| self.currency(own))?;
        let name = written.name.get_ref().trim();
        if name.is_empty() {
            return Err(self.fault(&written.name, "a segment needs a name".to_owned()));
        }
        let prompt_payment = match &written.prompt_payment {
            None => None,
            Some(terms) => Some(PromptPaymentTerms {
                discount_basis_points: self.percent("discount_percent", &terms.discount_percent, DISCOUNT_BASIS_POINTS)?,
                within_days: self.days("within_days", &terms.within_days, HELD_DAYS)?,
            }),
        };
        let pay_part = match &written.pay_part {
            None => None,
            Some(terms) => Some(PayPartTerms { minimum: self.positive("minimum", &terms.minimum, currency)? }),
        };
        let extension = match &written.extension {
            None => None,
            Some(terms) => Some(ExtensionTerms { longest_days: self.days("longest_days", &terms.longest_days, LATER_DAYS)? }),
        };
        let promise = match &written.promise {
            None => None,
            Some(terms) => Some(PromiseTerms {
                longest_days: self.days("longest_days", &terms.longest_days, LATER_DAYS)?,
                minimum: self.positive("minimum", &terms.minimum, currency)?,
            }),
        };
        Ok(Segment {
            name: name.to_owned(),
            when: self.conditions(&written.when, currency)?,
            terms: SegmentTerms {
                held_days: self.days("held_days", &written.held_days, HELD_DAYS)?,
                prompt_payment,
                get_up_to_date: written.get_up_to_date,
                pay_part,
                plan: written.plan.as_ref().map(|plan| self.plan(plan, currency)).transpose()?,
                extension,
                promise,
            },
        })
    }

    fn conditions(&self, written: &WrittenConditions, currency: Currency) -> Result<Conditions, Fault> {
        let balance_minor = match &written.balance {
            None => Bounds::default(),
            Some(bounds) => {
                let minor = |amount: &Option<Spanned<String>>| {
                    amount.as_ref().map(|amount| self.money("balance", amount, currency).map(Money::minor)).transpose()
                };
                let (at_least, at_most) = (minor(&bounds.get_ref().at_least)?, minor(&bounds.get_ref().at_most)?);
                self.bounds("balance", bounds, at_least, at_most)?
            }
        };
        let numbers = |name: &str, bounds: &Option<Spanned<WrittenBounds<i64>>>| match bounds {
            None => Ok(Bounds::default()),
            Some(bounds) => self.bounds(name, bounds, bounds.get_ref().at_least, bounds.get_ref().at_most),
        };
        let products = match &written.product {
            None => Vec::new(),
            Some(products) if products.get_ref().is_empty() => {
                return Err(self.fault(products, "product is an empty list: no account could meet it".to_owned()));
            }
            Some(products) => products.get_ref().clone(),
        };
        Ok(Conditions {
            currency,
            days_past_due: numbers("days_past_due", &written.days_past_due)?,
            balance_minor,
            products,
            reasons: match &written.reason {
                None => Vec::new(),
                Some(reasons) => self.codes("reason", reasons, &Reason::ALL, Reason::code)?,
            },
            kept_percent: numbers("kept_percent", &written.kept_percent)?,
        })
    }

    fn plan(&self, written: &WrittenPlan, currency: Currency) -> Result<PlanTerms, Fault> {
        let minimum_instalment = self.positive("minimum_instalment", &written.minimum_instalment, currency)?;
        let last_instalment_excess = match &written.last_instalment_excess {
            None => minimum_instalment,
            Some(excess) => {
                let amount = self.money("last_instalment_excess", excess, currency)?;
                if amount.minor() < 0 {
                    return Err(self.fault(excess, "last_instalment_excess is negative".to_owned()));
                }
                amount
            }
        };
        let down_payment = match &written.down_payment {
            None => DownPaymentRule::NotOffered,
            Some(down) => {
                let minimum = self.positive("down_payment.minimum", &down.minimum, currency)?;
                if down.required { DownPaymentRule::Required { minimum } } else { DownPaymentRule::Optional { minimum } }
            }
        };
        let interest = match &written.annual_interest_percent {
            None => InterestRule::Frozen,
            Some(percent) => InterestRule::SimpleDaily {
                annual_rate_basis_points: self.percent("annual_interest_percent", percent, INTEREST_BASIS_POINTS)?,
            },
        };
        Ok(PlanTerms {
            bases: self.codes("bases", &written.bases, &Basis::ALL, Basis::code)?,
            frequencies: self.codes("frequencies", &written.frequencies, &Frequency::ALL, Frequency::code)?,
            minimum_instalment,
            longest_term: self.longest_term(&written.longest_term)?,
            first_payment_within_days: self.days(
                "first_payment_within_days",
                &written.first_payment_within_days,
                FIRST_PAYMENT_DAYS,
            )?,
            down_payment,
            last_instalment_excess,
            interest,
            closed_days: match &written.closed_days {
                None => ClosedDays::Keep,
                Some(code) => self.code("closed_days", code, &ClosedDays::ALL, ClosedDays::code)?,
            },
        })
    }

    pub(super) fn longest_term(&self, written: &Spanned<WrittenTerm>) -> Result<LongestTerm, Fault> {
        let refused = || {
            let (months, days) = (TERM_MONTHS.end(), TERM_DAYS.end());
            let reason =
                format!("longest_term is either {{ months = 1 to {months} }} or {{ days = {} to {days} }}", TERM_DAYS.start());
            self.fault(written, reason)
        };
        let within = |value: i64, range: RangeInclusive<i64>| {
            u16::try_from(value).ok().filter(|_| range.contains(&value)).ok_or_else(refused)
        };
        match (written.get_ref().months, written.get_ref().days) {
            (Some(months), None) => Ok(LongestTerm::Months(within(months, TERM_MONTHS)?)),
            (None, Some(days)) => Ok(LongestTerm::Days(within(days, TERM_DAYS)?)),
            _ => Err(refused()),
        }
    }

    pub(super) fn currency(&self, written: &Spanned<String>) -> Result<Currency, Fault> {
        Currency::from_code(written.get_ref()).ok_or_else(|| {
            let known: Vec<&str> = Currency::all().map(Currency::code).collect();
            self.fault(written, format!("currency is \"{}\"; known are {}", written.get_ref(), known.join(", ")))
        })
    }

    fn money(&self, name: &str, written: &Spanned<String>, currency: Currency) -> Result<Money, Fault> {
        Money::parse_decimal(written.get_ref(), currency).map_err(|error| {
            let reason = match error {
                MoneyError::TooPrecise => "has more decimals than the currency",
                MoneyError::Overflow => "is too large",
                MoneyError::NotANumber | MoneyError::MixedCurrencies => "is not a plain decimal such as 25.00",
            };
            self.fault(written, format!("{name} is \"{}\", which {reason}", written.get_ref()))
        })
    }

    pub(super) fn positive(&self, name: &str, written: &Spanned<String>, currency: Currency) -> Result<Money, Fault> {
        let amount = self.money(name, written, currency)?;
        if amount.is_positive() { Ok(amount) } else { Err(self.fault(written, format!("{name} is not more than zero"))) }
    }

    pub(super) fn days(&self, name: &str, written: &Spanned<i64>, range: RangeInclusive<i64>) -> Result<u16, Fault> {
        let value = *written.get_ref();
        u16::try_from(value).ok().filter(|_| range.contains(&value)).ok_or_else(|| {
            self.fault(written, format!("{name} is {value}; allowed is from {} to {}", range.start(), range.end()))
        })
    }

    pub(super) fn percent(&self, name: &str, written: &Spanned<String>, range: RangeInclusive<u32>) -> Result<u32, Fault> {
        let show = |basis_points: u32| format!("{}.{:02}", basis_points / 100, basis_points % 100);
        basis_points(written.get_ref()).filter(|value| range.contains(value)).ok_or_else(|| {
            let (least, most) = (show(*range.start()), show(*range.end()));
            let reason = format!("{name} is \"{}\"; allowed is from \"{least}\" to \"{most}\"", written.get_ref());
            self.fault(written, reason)
        })
    }

    fn bounds<T>(&self, name: &str, at: &Spanned<T>, at_least: Option<i64>, at_most: Option<i64>) -> Result<Bounds, Fault> {
        match (at_least, at_most) {
            (None, None) => Err(self.fault(at, format!("{name} needs at_least or at_most"))),
            (Some(least), Some(most)) if least > most => {
                Err(self.fault(at, format!("{name}: at_least is above at_most, so no account could meet it")))
            }
            _ => Ok(Bounds { at_least, at_most }),
        }
    }

    fn codes<T: Copy + PartialEq>(
        &self,
        name: &str,
        written: &Spanned<Vec<Spanned<String>>>,
        all: &[T],
        code_of: fn(T) -> &'static str,
    ) -> Result<Vec<T>, Fault> {
        let mut values = Vec::new();
        for code in written.get_ref() {
            let value = self.code(name, code, all, code_of)?;
            if values.contains(&value) {
                return Err(self.fault(code, format!("{name} has \"{}\" twice", code.get_ref())));
            }
            values.push(value);
        }
        if values.is_empty() { Err(self.fault(written, format!("{name} is an empty list"))) } else { Ok(values) }
    }

    fn code<T: Copy>(
        &self,
        name: &str,
        written: &Spanned<String>,
        all: &[T],
        code_of: fn(T) -> &'static str,
    ) -> Result<T, Fault> {
        all.iter().copied().find(|value| code_of(*value) == written.get_ref()).ok_or_else(|| {
            let allowed: Vec<&str> = all.iter().map(|value| code_of(*value)).collect();
            self.fault(written, format!("{name} is \"{}\"; allowed are {}", written.get_ref(), allowed.join(", ")))
        })
    }
}

/// `4.9` is 490.
fn basis_points(percent: &str) -> Option<u32> {
    let (whole, fraction) = percent.split_once('.').unwrap_or((percent, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) || fraction.len() > 2 {
        return None;
    }
    let whole: u32 = whole.parse().ok()?;
    let fraction: u32 = format!("{fraction:0<2}").parse().ok()?;
    whole.checked_mul(100)?.checked_add(fraction)
}
