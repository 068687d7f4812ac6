//! One row of an accounts file, read and checked as a whole. Pure; what the database knows is asked in `write_accounts`.

use super::faults::{Fault, Reason};
use super::fields;
use super::layout::Row;
use super::mapping::{Field, Mapping, Sign, ZoneRule};
use super::zones;
use crate::domain::account::TimeBarred;
use crate::domain::calendar::Date;
use crate::domain::details::{Detail, Value};
use crate::domain::history::PaymentHistory;
use crate::domain::ids::{normalise_postal_code, normalise_reference};
use crate::domain::language::Language;
use crate::domain::money::{Currency, Money};
use crate::server::store::import::{CustomerRow, Report};
use jiff::tz::TimeZone;

/// An account as one row describes it; everything has been checked that the row alone can tell.
#[derive(Clone)]
pub struct AccountRow {
    pub creditor: String,
    pub reference: String,
    pub reference_normalised: String,
    pub currency: Currency,
    pub itemization_date: String,
    pub parts: Parts,
    pub report: Report,
    pub balance_date: Date,
    pub customer: CustomerRow,
}

/// What the balance came from, in minor units. Payments and credits are what was subtracted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    pub principal: i64,
    pub interest: i64,
    pub fees: i64,
    pub payments: i64,
    pub credits: i64,
}

/// Which optional facts the mapping says anything about. A fact it never sends is kept as it is.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    street: bool,
    city: bool,
    state: bool,
    email: bool,
    phone: bool,
    customer_since: bool,
    time_barred: bool,
    history: bool,
}

impl Sent {
    pub fn by(mapping: &Mapping) -> Sent {
        let has = |field| mapping.source(field).is_some();
        Sent {
            street: has(Field::Street),
            city: has(Field::City),
            state: has(Field::State),
            email: has(Field::Email),
            phone: has(Field::Phone),
            customer_since: has(Field::CustomerSince),
            time_barred: has(Field::TimeBarred),
            history: has(Field::InstalmentsDue),
        }
    }

    /// The customer after this row: what it sends, and the rest as it was. The language was the creditor's first word; after
    /// that it is the customer's own choice.
    pub fn onto(self, known: &CustomerRow, row: &CustomerRow) -> CustomerRow {
        let mut after = row.clone();
        after.customer_reference.clone_from(&known.customer_reference);
        after.language.clone_from(&known.language);
        let keep = |sent: bool, after: &mut Option<String>, known: &Option<String>| {
            if !sent {
                after.clone_from(known);
            }
        };
        keep(self.street, &mut after.street, &known.street);
        keep(self.city, &mut after.city, &known.city);
        keep(self.state, &mut after.state, &known.state);
        keep(self.email, &mut after.email, &known.email);
        keep(self.phone, &mut after.phone, &known.phone);
        keep(self.customer_since, &mut after.customer_since, &known.customer_since);
        after
    }
}

impl Sent {
    /// What a row says of a detail, part by part; `None` for a part the mapping has no column for.
    pub fn of(self, detail: Detail, row: &CustomerRow) -> Vec<Option<&str>> {
        match detail {
            Detail::Email => vec![self.email.then(|| row.email.as_deref().unwrap_or_default())],
            Detail::Phone => vec![self.phone.then(|| row.phone.as_deref().unwrap_or_default())],
            Detail::Address => vec![
                self.street.then(|| row.street.as_deref().unwrap_or_default()),
                self.city.then(|| row.city.as_deref().unwrap_or_default()),
                self.state.then(|| row.state.as_deref().unwrap_or_default()),
                Some(&row.postal_code),
            ],
            Detail::Name => vec![Some(&row.given_name), Some(&row.family_name)],
            Detail::BirthDate => vec![Some(&row.date_of_birth)],
        }
    }
}

/// Puts a detail into what a row says.
pub fn put(detail: Detail, value: &Value, row: &mut CustomerRow) {
    match detail {
        Detail::Email => row.email = value.filled(0),
        Detail::Phone => row.phone = value.filled(0),
        Detail::Address => {
            row.street = value.filled(0);
            row.city = value.filled(1);
            row.state = value.filled(2);
            value.part(3).clone_into(&mut row.postal_code);
            row.postal_code_normalised = normalise_postal_code(&row.postal_code);
        }
        Detail::Name => {
            value.part(0).clone_into(&mut row.given_name);
            value.part(1).clone_into(&mut row.family_name);
        }
        Detail::BirthDate => value.part(0).clone_into(&mut row.date_of_birth),
    }
}

impl Sent {
    /// The report after this row: what it sends, and the rest as it was.
    pub fn report_onto(self, known: &Report, row: &Report) -> Report {
        let mut after = row.clone();
        if !self.time_barred {
            after.time_barred = known.time_barred;
        }
        if !self.history {
            after.history = known.history;
        }
        after
    }
}

/// The reference of a row, as it is kept and as it is found.
pub fn reference(row: &mut Row<'_>) -> Option<(String, String)> {
    let prefix = row.mapping().reference_prefix.as_str();
    row.required(Field::AccountReference, |text| {
        let reference = fields::plain_text(&format!("{prefix}{text}"), fields::MAX_REFERENCE)?;
        let reference = fields::shown_text(&reference, fields::MAX_REFERENCE)?;
        match normalise_reference(&reference) {
            normalised if normalised.is_empty() => Err(Reason::NoLetters),
            normalised => Ok((reference, normalised)),
        }
    })
}

/// Reads a row, or tells everything that is wrong with it. `today` is the day of the import.
pub fn read(mut row: Row<'_>, today: Date) -> Result<AccountRow, Vec<Fault>> {
    if !row.is_whole() {
        return Err(row.into_faults());
    }
    let reference = reference(&mut row);
    let creditor = row.required(Field::Creditor, |text| fields::shown_text(text, fields::MAX_NAME));
    let product = row.required(Field::Product, |text| fields::shown_text(text, fields::MAX_PRODUCT));
    let status = status(&mut row);
    let balance_date = row.date(Field::BalanceDate, true);
    let customer = customer(&mut row, balance_date, today);
    let itemization_date = row.date(Field::ItemizationDate, true);
    if let (Some(itemized), Some(balance_date)) = (itemization_date, balance_date)
        && itemized > balance_date
    {
        row.fault(Field::ItemizationDate, Reason::AfterBalanceDate { balance_date: balance_date.to_string() });
    }
    let currency = row.required(Field::Currency, fields::currency);
    let time_barred = time_barred(&mut row);
    let history = history(&mut row);
    let money = currency.and_then(|currency| money(&mut row, currency, balance_date));
    let (
        Some((reference, reference_normalised)),
        Some(creditor),
        Some(product),
        Some(status),
        Some(balance_date),
        Some(customer),
        Some(itemization_date),
        Some(currency),
        Some(money),
        false,
    ) = (reference, creditor, product, status, balance_date, customer, itemization_date, currency, money, row.has_faults())
    else {
        return Err(row.into_faults());
    };
    let balance_date = row.moved(balance_date);
    Ok(AccountRow {
        creditor,
        reference,
        reference_normalised,
        currency,
        itemization_date: row.moved(itemization_date).to_string(),
        parts: money.parts,
        report: Report {
            product,
            status,
            balance_minor: money.balance.minor(),
            past_due_minor: money.past_due.minor(),
            balance_date: balance_date.to_string(),
            oldest_unpaid_due_date: money.due.map(|due| row.moved(due).to_string()),
            time_barred,
            history,
        },
        balance_date,
        customer,
    })
}

fn status(row: &mut Row<'_>) -> Option<&'static str> {
    if row.text(Field::Status).is_none() {
        return Some("open");
    }
    row.optional(Field::Status, |text| {
        let known = ["open", "recalled", "closed"].into_iter().find(|status| text.eq_ignore_ascii_case(status));
        known.ok_or(Reason::UnknownStatus)
    })
}

/// Empty is unknown. Nothing but these two words is guessed at; a mapping translates others.
fn time_barred(row: &mut Row<'_>) -> TimeBarred {
    let said = row.optional(Field::TimeBarred, |text| match text.to_ascii_lowercase().as_str() {
        "yes" => Ok(TimeBarred::Yes),
        "no" => Ok(TimeBarred::No),
        _ => Err(Reason::NotYesOrNo),
    });
    said.unwrap_or_default()
}

/// Both counts, or neither: one alone says nothing.
fn history(row: &mut Row<'_>) -> Option<PaymentHistory> {
    let missing = match (row.text(Field::InstalmentsDue).is_some(), row.text(Field::InstalmentsKept).is_some()) {
        (true, false) => Some(Field::InstalmentsKept),
        (false, true) => Some(Field::InstalmentsDue),
        (true, true) | (false, false) => None,
    };
    if let Some(field) = missing {
        row.fault(field, Reason::OneCountOnly);
    }
    let due = row.optional(Field::InstalmentsDue, fields::count);
    let kept = row.optional(Field::InstalmentsKept, fields::count);
    let history = PaymentHistory { instalments_due: due?, instalments_kept: kept? };
    if history.instalments_kept > history.instalments_due {
        row.fault(Field::InstalmentsKept, Reason::MoreKeptThanDue { due: history.instalments_due });
    }
    Some(history)
}

fn customer(row: &mut Row<'_>, balance_date: Option<Date>, today: Date) -> Option<CustomerRow> {
    let customer_reference = row.optional(Field::CustomerReference, |text| fields::shown_text(text, fields::MAX_REFERENCE));
    let given_name = row.required(Field::GivenName, fields::person_name);
    let family_name = row.required(Field::FamilyName, fields::person_name);
    let born = row.date(Field::DateOfBirth, true);
    let latest = balance_date.unwrap_or(today);
    if born.is_some_and(|born| born > latest) {
        row.fault(Field::DateOfBirth, Reason::BornInTheFuture);
    }
    let street = row.optional(Field::Street, |text| fields::shown_text(text, fields::MAX_STREET));
    let city = row.optional(Field::City, |text| fields::shown_text(text, fields::MAX_CITY));
    let state = row.optional(Field::State, |text| fields::shown_text(text, fields::MAX_STATE));
    let postal_code = row.required(Field::PostalCode, |text| {
        let text = fields::shown_text(text, fields::MAX_POSTAL_CODE)?;
        if normalise_postal_code(&text).is_empty() { Err(Reason::NoLetters) } else { Ok(text) }
    });
    let time_zone = time_zone(row, state.as_deref(), postal_code.as_deref());
    let email = row.optional(Field::Email, fields::email);
    let (code, trunk) = (row.mapping().phone_country_code.as_deref(), row.mapping().phone_trunk_prefix.as_deref());
    let phone = row.optional(Field::Phone, |text| fields::phone(text, code, trunk));
    let language = row.required(Field::Language, |text| Language::from_tag(text).ok_or(Reason::UnknownLanguage));
    let since = row.date(Field::CustomerSince, false);
    if since.is_some_and(|since| since > latest) {
        row.fault(Field::CustomerSince, Reason::AfterBalanceDate { balance_date: latest.to_string() });
    }
    let postal_code = postal_code?;
    Some(CustomerRow {
        customer_reference,
        given_name: given_name?,
        family_name: family_name?,
        date_of_birth: born?.to_string(),
        street,
        city,
        state,
        postal_code_normalised: normalise_postal_code(&postal_code),
        postal_code,
        time_zone: time_zone?,
        email,
        phone,
        language: language?.tag().to_owned(),
        customer_since: since.map(|since| row.moved(since).to_string()),
    })
}

fn time_zone(row: &mut Row<'_>, state: Option<&str>, postal_code: Option<&str>) -> Option<String> {
    let named = row.text(Field::TimeZone).is_some();
    match row.mapping().zones {
        ZoneRule::UnitedStates if !named => {
            let found = zones::of_united_states(state, postal_code?).map(str::to_owned);
            if found.is_none() {
                row.fault(Field::PostalCode, Reason::ZoneNotFound);
            }
            found
        }
        ZoneRule::UnitedStates | ZoneRule::Named => row.required(Field::TimeZone, |text| {
            let zone = TimeZone::get(text).map_err(|_| Reason::UnknownTimeZone)?;
            zone.iana_name().map(str::to_owned).ok_or(Reason::UnknownTimeZone)
        }),
    }
}

struct AmountsOfRow {
    parts: Parts,
    balance: Money,
    past_due: Money,
    due: Option<Date>,
}

fn money(row: &mut Row<'_>, currency: Currency, balance_date: Option<Date>) -> Option<AmountsOfRow> {
    let principal = row.amount(Field::BalanceAtItemization, currency, true);
    // A part that the creditor does not send, or leaves empty, is no part of the sum; the sum is checked all the same.
    let faults_before = row.has_faults();
    let mut part = |field| row.amount(field, currency, false).map_or(0, Money::minor);
    let (interest, fees) = (part(Field::InterestSince), part(Field::FeesSince));
    let (payments, credits) = (part(Field::PaymentsSince), part(Field::CreditsSince));
    let parts_are_read = row.has_faults() == faults_before;
    let subtracted = |field, amount: i64| if row.sign(field) == Sign::Subtracted { amount } else { -amount };
    let added = |field, amount: i64| if row.sign(field) == Sign::Subtracted { -amount } else { amount };
    let parts = Parts {
        principal: added(Field::BalanceAtItemization, principal.map_or(0, Money::minor)),
        interest: added(Field::InterestSince, interest),
        fees: added(Field::FeesSince, fees),
        payments: subtracted(Field::PaymentsSince, payments),
        credits: subtracted(Field::CreditsSince, credits),
    };
    let balance = row.amount(Field::CurrentBalance, currency, true);
    if let Some(balance) = balance {
        if balance.minor() < 0 {
            row.fault(Field::CurrentBalance, Reason::Negative);
        }
        // Five amounts, each at most MAX_AMOUNT_MINOR: no sum can overflow.
        let sum = parts.principal + parts.interest + parts.fees - parts.payments - parts.credits;
        if principal.is_some() && parts_are_read && sum != balance.minor() {
            let sum = Money::new(sum, currency).to_decimal_string();
            row.fault(Field::CurrentBalance, Reason::DoesNotAddUp { sum });
        }
    }
    let past_due = row.amount(Field::PastDueAmount, currency, true);
    if let Some(past_due) = past_due {
        if past_due.minor() < 0 {
            row.fault(Field::PastDueAmount, Reason::Negative);
        }
        if let Some(balance) = balance
            && past_due.minor() > balance.minor().max(0)
        {
            row.fault(Field::PastDueAmount, Reason::PastDueAboveBalance { balance: balance.to_decimal_string() });
        }
    }
    let due_is_there = row.text(Field::OldestUnpaidDueDate).is_some();
    let due = row.date(Field::OldestUnpaidDueDate, false);
    if past_due.is_some_and(Money::is_positive) && !due_is_there {
        row.fault(Field::OldestUnpaidDueDate, Reason::DueDateMissing);
    }
    if let (Some(due), Some(balance_date)) = (due, balance_date)
        && due > balance_date
    {
        row.fault(Field::OldestUnpaidDueDate, Reason::AfterBalanceDate { balance_date: balance_date.to_string() });
    }
    principal?;
    Some(AmountsOfRow { parts, balance: balance?, past_due: past_due?, due })
}
