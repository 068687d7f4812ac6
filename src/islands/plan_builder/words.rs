//! What is said about a plan or a field that cannot be: the same words in the browser and on the server.

use super::typed::{FieldProblem, Outcome, ProblemCode};
use crate::domain::calendar::{Date, Frequency, days_after};
use crate::domain::format;
use crate::domain::language::Language;
use crate::domain::offers::{ChoiceRefusal, Limits, Offer, PlanLimits};
use crate::domain::policy::DownPaymentRule;
use crate::words::{locale, td_string};

pub fn frequency_words(frequency: Frequency, language: Language) -> &'static str {
    let words = locale(language);
    match frequency {
        Frequency::Weekly => td_string!(words, plan.weekly),
        Frequency::EveryTwoWeeks => td_string!(words, plan.every_two_weeks),
        Frequency::TwiceAMonth => td_string!(words, plan.twice_a_month),
        Frequency::Monthly => td_string!(words, plan.monthly),
    }
}

/// What is wrong with what was typed, by field, in the order of the form.
pub fn problems(outcome: &Outcome, offers: &[Offer], today: Date, language: Language) -> Vec<(&'static str, String)> {
    match outcome {
        Outcome::Untouched | Outcome::Fits { .. } => Vec::new(),
        Outcome::Problems(problems) => {
            problems.iter().map(|problem| (problem.field, problem_words(*problem, language).to_owned())).collect()
        }
        Outcome::NotAllowed { refusal, offer_id } => {
            let offer = offers.iter().find(|offer| offer.id == *offer_id);
            vec![(refused_field(refusal.reason), refusal_words(refusal.reason, offer, today, language))]
        }
    }
}

fn problem_words(problem: FieldProblem, language: Language) -> &'static str {
    let words = locale(language);
    match (problem.code, problem.field) {
        (ProblemCode::Missing, "frequency") => td_string!(words, plan.missing_frequency),
        (ProblemCode::Missing, _) => td_string!(words, plan.missing_amount),
        (ProblemCode::NotAnAmount, _) => td_string!(words, plan.unreadable_amount),
        (ProblemCode::NotADate, _) => td_string!(words, plan.unreadable_date),
        (ProblemCode::PaydayIncomplete, _) => td_string!(words, plan.payday_incomplete),
        (ProblemCode::DaysIncomplete, _) => td_string!(words, plan.days_incomplete),
    }
}

/// The field a refused choice is to be put right in.
pub fn refused_field(reason: ChoiceRefusal) -> &'static str {
    match reason {
        ChoiceRefusal::OtherFrequency => "frequency",
        ChoiceRefusal::FirstDateInThePast | ChoiceRefusal::FirstDateTooLate => "first_on",
        ChoiceRefusal::DaysOfMonthDoNotFit => "day",
        ChoiceRefusal::DownPaymentNotOffered
        | ChoiceRefusal::DownPaymentRequired
        | ChoiceRefusal::DownPaymentBelowMinimum
        | ChoiceRefusal::DownPaymentTooLarge => "down_payment",
        ChoiceRefusal::NotAnAmount
        | ChoiceRefusal::BelowMinimum
        | ChoiceRefusal::AboveTotal
        | ChoiceRefusal::TakesTooLong
        | ChoiceRefusal::TooManyInstalments
        | ChoiceRefusal::TooFewInstalments
        | ChoiceRefusal::LastInstalmentDoesNotFit
        | ChoiceRefusal::Expired => "amount",
    }
}

fn refusal_words(reason: ChoiceRefusal, offer: Option<&Offer>, today: Date, language: Language) -> String {
    let words = locale(language);
    let limits = offer.and_then(plan_limits);
    // What the hint says is the least, which the longest term may make more than the policy's minimum.
    let least = || offer.map(|offer| format::money(offer.min_amount, language)).unwrap_or_default();
    let latest = || limits.map(|limits| format::date(latest_first(limits, today), language)).unwrap_or_default();
    let least_down = || match limits.map(|limits| limits.down_payment) {
        Some(DownPaymentRule::Optional { minimum } | DownPaymentRule::Required { minimum }) => format::money(minimum, language),
        Some(DownPaymentRule::NotOffered) | None => String::new(),
    };
    match reason {
        ChoiceRefusal::NotAnAmount => td_string!(words, plan.unreadable_amount).to_owned(),
        ChoiceRefusal::BelowMinimum => td_string!(words, plan.below_minimum, least = least()),
        ChoiceRefusal::AboveTotal => td_string!(words, plan.above_total).to_owned(),
        ChoiceRefusal::TakesTooLong => td_string!(words, plan.takes_too_long).to_owned(),
        ChoiceRefusal::TooManyInstalments => td_string!(words, plan.too_many_instalments).to_owned(),
        ChoiceRefusal::TooFewInstalments => td_string!(words, plan.too_few_instalments).to_owned(),
        ChoiceRefusal::LastInstalmentDoesNotFit => td_string!(words, plan.last_does_not_fit).to_owned(),
        ChoiceRefusal::OtherFrequency => td_string!(words, plan.missing_frequency).to_owned(),
        ChoiceRefusal::FirstDateInThePast => td_string!(words, plan.first_date_in_the_past).to_owned(),
        ChoiceRefusal::FirstDateTooLate => td_string!(words, plan.first_date_too_late, latest = latest()),
        ChoiceRefusal::DaysOfMonthDoNotFit => td_string!(words, plan.days_too_close).to_owned(),
        ChoiceRefusal::DownPaymentNotOffered => td_string!(words, plan.down_payment_not_offered).to_owned(),
        ChoiceRefusal::DownPaymentRequired | ChoiceRefusal::DownPaymentBelowMinimum => {
            td_string!(words, plan.down_payment_least, least = least_down())
        }
        ChoiceRefusal::DownPaymentTooLarge => td_string!(words, plan.down_payment_too_large).to_owned(),
        ChoiceRefusal::Expired => td_string!(words, plan.expired).to_owned(),
    }
}

pub fn plan_limits(offer: &Offer) -> Option<&PlanLimits> {
    match &offer.limits {
        Limits::Plan(limits) => Some(limits),
        Limits::OnePayment(_) => None,
    }
}

pub fn latest_first(limits: &PlanLimits, today: Date) -> Date {
    days_after(today, i32::from(limits.first_payment_within_days))
}
