//! Somebody has died, is insolvent or in a breathing space: a short form that anyone can reach. It names no creditor and no debt, and
//! its answer never says whether an account was found.

pub mod actions;
mod load;
pub mod received;

use crate::components::form::{
    Button, Choice, DateFields, DatePurpose, ErrorSummary, Field, FieldWidth, Problems, Radios, TextArea, TypedDate,
};
use crate::components::frame::{frame, words};
use crate::components::layout::Page;
use crate::components::please_wait::PleaseWait;
use crate::domain::life_event::{
    Happened, LONGEST_ADDRESS_CHARACTERS, LONGEST_TEXT_CHARACTERS, LONGEST_WORDS_CHARACTERS, ToldBy, Whose, fields,
};
use crate::paths;
use crate::words::td_string;
use actions::TellUs;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use std::collections::BTreeMap;

/// The name of this screen in a flash.
const SCREEN: &str = "told_us";

type Values = BTreeMap<String, String>;

#[component]
pub fn ToldUsPage() -> impl IntoView {
    let shown = load::load();
    if shown.flash.errors.iter().any(|(_, code)| code == "limited") {
        let (phone, minutes) = (frame().reach.phone.clone(), shown.minutes_to_wait);
        let text = td_string!(words(), life_event.limited, minutes = minutes, phone = phone);
        return view! { <PleaseWait text/> }.into_any();
    }
    let problems = Problems::from_codes(&shown.flash.errors, |field, code| problem(field, code).to_owned());
    let values = shown.flash.values;
    let whose = (shown.whose == Whose::ToBeSaid).then(|| holder(&values, &problems));
    let back = match shown.whose {
        Whose::SignedIn => paths::ACCOUNT,
        Whose::ToBeSaid => paths::HOME,
    };
    view! {
        <Page title=td_string!(words(), life_event.title) back=back>
            <ErrorSummary problems=problems.clone() first=fields::HAPPENED/>
            <p>{td_string!(words(), life_event.lead)}</p>
            <p>{td_string!(words(), life_event.lead_then)}</p>
            <form method="post" action=TellUs::PATH>
                {what(&values, &problems)}
                {whose}
                {teller(&values, &problems)}
                <Button label=td_string!(words(), life_event.button)/>
            </form>
        </Page>
    }
    .into_any()
}

fn kept(values: &Values, name: &str) -> String {
    values.get(name).cloned().unwrap_or_default()
}

fn date_of(values: &Values, name: &str) -> TypedDate {
    let part = |part: &str| kept(values, &format!("{name}_{part}"));
    TypedDate { day: part("day"), month: part("month"), year: part("year") }
}

/// A field of one line.
fn text(name: &'static str, label: &'static str, hint: Option<&'static str>, values: &Values, problems: &Problems) -> AnyView {
    let (error, value) = (problems.of(name), kept(values, name));
    match hint {
        Some(hint) => view! { <Field name label=label hint=hint error value longest=LONGEST_TEXT_CHARACTERS/> }.into_any(),
        None => view! { <Field name label=label error value longest=LONGEST_TEXT_CHARACTERS/> }.into_any(),
    }
}

fn what(values: &Values, problems: &Problems) -> impl IntoView + use<> {
    let kinds = Happened::ALL.into_iter().map(|happened| Choice::new(happened.code(), happened_words(happened))).collect();
    view! {
        <Radios
            name=fields::HAPPENED
            legend=td_string!(words(), life_event.happened)
            choices=kinds
            chosen=kept(values, fields::HAPPENED)
            error=problems.of(fields::HAPPENED)
        />
        <DateFields
            name=fields::HAPPENED_ON
            legend=td_string!(words(), life_event.happened_on)
            hint=td_string!(words(), life_event.optional)
            error=problems.of(fields::HAPPENED_ON)
            value=date_of(values, fields::HAPPENED_ON)
        />
        {text(
            fields::CASE_REFERENCE,
            td_string!(words(), life_event.case_reference),
            Some(td_string!(words(), life_event.case_reference_hint)),
            values,
            problems,
        )}
        {text(
            fields::HANDLED_BY,
            td_string!(words(), life_event.handled_by),
            Some(td_string!(words(), life_event.handled_by_hint)),
            values,
            problems,
        )}
        <DateFields
            name=fields::ENDS_ON
            legend=td_string!(words(), life_event.ends_on)
            hint=td_string!(words(), life_event.ends_on_hint)
            error=problems.of(fields::ENDS_ON)
            value=date_of(values, fields::ENDS_ON)
        />
    }
}

/// Whose account it is about.
fn holder(values: &Values, problems: &Problems) -> impl IntoView + use<> {
    view! {
        <h2>{td_string!(words(), life_event.whose)}</h2>
        <p>{td_string!(words(), life_event.whose_hint)}</p>
        {text(fields::FAMILY_NAME, td_string!(words(), life_event.family_name), None, values, problems)}
        {text(fields::GIVEN_NAME, td_string!(words(), life_event.given_name), None, values, problems)}
        <Field
            name=fields::REFERENCE
            label=td_string!(words(), life_event.reference)
            hint=td_string!(words(), life_event.reference_hint)
            error=problems.of(fields::REFERENCE)
            value=kept(values, fields::REFERENCE)
            width=FieldWidth::Short
            autocomplete="off"
            longest=LONGEST_TEXT_CHARACTERS
        />
        <Field
            name=fields::POSTAL_CODE
            label=td_string!(words(), life_event.postal_code)
            error=problems.of(fields::POSTAL_CODE)
            value=kept(values, fields::POSTAL_CODE)
            width=FieldWidth::Short
            longest=LONGEST_TEXT_CHARACTERS
        />
        <DateFields
            name=fields::BIRTH_DATE
            legend=td_string!(words(), life_event.birth_date)
            error=problems.of(fields::BIRTH_DATE)
            value=date_of(values, fields::BIRTH_DATE)
            purpose=DatePurpose::Other
        />
    }
}

/// Who tells it, and how they are reached.
fn teller(values: &Values, problems: &Problems) -> impl IntoView + use<> {
    let roles = ToldBy::ALL.into_iter().map(|by| Choice::new(by.code(), told_by_words(by))).collect();
    view! {
        <h2>{td_string!(words(), life_event.you)}</h2>
        <Radios
            name=fields::TOLD_BY
            legend=td_string!(words(), life_event.told_by)
            choices=roles
            chosen=kept(values, fields::TOLD_BY)
            error=problems.of(fields::TOLD_BY)
        />
        {text(fields::TELLER_NAME, td_string!(words(), life_event.teller_name), None, values, problems)}
        {text(
            fields::REPLY_TO,
            td_string!(words(), life_event.reply_to),
            Some(td_string!(words(), life_event.reply_to_hint)),
            values,
            problems,
        )}
        <TextArea
            name=fields::ADDRESS
            label=td_string!(words(), life_event.address)
            hint=td_string!(words(), life_event.address_hint)
            error=problems.of(fields::ADDRESS)
            value=kept(values, fields::ADDRESS)
            longest=LONGEST_ADDRESS_CHARACTERS
        />
        <TextArea
            name=fields::WORDS
            label=td_string!(words(), life_event.words)
            hint=td_string!(words(), life_event.words_hint)
            error=problems.of(fields::WORDS)
            value=kept(values, fields::WORDS)
            longest=LONGEST_WORDS_CHARACTERS
        />
    }
}

fn happened_words(happened: Happened) -> &'static str {
    match happened {
        Happened::Died => td_string!(words(), life_event.died),
        Happened::Insolvent => td_string!(words(), life_event.insolvent),
        Happened::BreathingSpace => td_string!(words(), life_event.breathing_space),
    }
}

fn told_by_words(by: ToldBy) -> &'static str {
    match by {
        ToldBy::Executor => td_string!(words(), life_event.by_executor),
        ToldBy::Family => td_string!(words(), life_event.by_family),
        ToldBy::Trustee => td_string!(words(), life_event.by_trustee),
        ToldBy::Adviser => td_string!(words(), life_event.by_adviser),
        ToldBy::Myself => td_string!(words(), life_event.by_myself),
        ToldBy::Other => td_string!(words(), life_event.by_other),
    }
}

fn problem(field: &str, code: &str) -> &'static str {
    match (field, code) {
        (_, "too_long") => td_string!(words(), life_event.too_long),
        (_, "not_a_date") => td_string!(words(), life_event.not_a_date),
        (fields::HAPPENED, _) => td_string!(words(), life_event.happened_missing),
        (fields::FAMILY_NAME, _) => td_string!(words(), life_event.family_name_missing),
        (fields::GIVEN_NAME | fields::POSTAL_CODE | fields::BIRTH_DATE, _) => td_string!(words(), life_event.whose_missing),
        (fields::TOLD_BY, _) => td_string!(words(), life_event.told_by_missing),
        (fields::TELLER_NAME, _) => td_string!(words(), life_event.teller_name_missing),
        _ => td_string!(words(), contact.reply_to_missing),
    }
}
