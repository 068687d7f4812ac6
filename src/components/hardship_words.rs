//! The words of a hardship case: why, what would help, how long, and the headings of income and spending.

use super::frame::words;
use crate::domain::hardship::budget::{Heading, Per};
use crate::domain::hardship::{HowLong, WouldHelp};
use crate::domain::policy::Reason;
use crate::words::td_string;

pub fn reason_words(reason: Reason) -> &'static str {
    match reason {
        Reason::IncomeLost => td_string!(words(), hardship.reason_income_lost),
        Reason::IncomeReduced => td_string!(words(), hardship.reason_income_reduced),
        Reason::Illness => td_string!(words(), hardship.reason_illness),
        Reason::FamilyChange => td_string!(words(), hardship.reason_family_change),
        Reason::Bereavement => td_string!(words(), hardship.reason_bereavement),
        Reason::UnexpectedCost => td_string!(words(), hardship.reason_unexpected_cost),
        Reason::Disaster => td_string!(words(), hardship.reason_disaster),
        Reason::Other => td_string!(words(), hardship.reason_other),
    }
}

pub fn would_help_words(help: WouldHelp) -> &'static str {
    match help {
        WouldHelp::LowerPayments => td_string!(words(), hardship.help_lower_payments),
        WouldHelp::Pause => td_string!(words(), hardship.help_pause),
        WouldHelp::LessInterestOrFees => td_string!(words(), hardship.help_less_interest_or_fees),
        WouldHelp::Settlement => td_string!(words(), hardship.help_settlement),
        WouldHelp::Advice => td_string!(words(), hardship.help_advice),
        WouldHelp::NotSure => td_string!(words(), hardship.help_not_sure),
    }
}

pub fn how_long_words(long: HowLong) -> &'static str {
    match long {
        HowLong::UpToThreeMonths => td_string!(words(), hardship.lasts_three_months),
        HowLong::UpToAYear => td_string!(words(), hardship.lasts_a_year),
        HowLong::Longer => td_string!(words(), hardship.lasts_longer),
        HowLong::NotKnown => td_string!(words(), hardship.lasts_not_known),
    }
}

pub fn heading_words(heading: Heading) -> &'static str {
    match heading {
        Heading::Wages => td_string!(words(), hardship.money_wages),
        Heading::Benefits => td_string!(words(), hardship.money_benefits),
        Heading::Pensions => td_string!(words(), hardship.money_pensions),
        Heading::OtherIncome => td_string!(words(), hardship.money_other_income),
        Heading::Home => td_string!(words(), hardship.money_home),
        Heading::Utilities => td_string!(words(), hardship.money_utilities),
        Heading::Care => td_string!(words(), hardship.money_care),
        Heading::Transport => td_string!(words(), hardship.money_transport),
        Heading::School => td_string!(words(), hardship.money_school),
        Heading::Insurance => td_string!(words(), hardship.money_insurance),
        Heading::OtherFixed => td_string!(words(), hardship.money_other_fixed),
        Heading::Food => td_string!(words(), hardship.money_food),
        Heading::Communications => td_string!(words(), hardship.money_communications),
        Heading::Personal => td_string!(words(), hardship.money_personal),
        Heading::OtherDebts => td_string!(words(), hardship.money_other_debts),
        Heading::Savings => td_string!(words(), hardship.money_savings),
    }
}

pub fn per_words(per: Per) -> &'static str {
    match per {
        Per::Week => td_string!(words(), hardship.per_week),
        Per::TwoWeeks => td_string!(words(), hardship.per_two_weeks),
        Per::Month => td_string!(words(), hardship.per_month),
    }
}
