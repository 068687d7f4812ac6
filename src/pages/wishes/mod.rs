//! How we may reach you: which ways, days and times, places, language and time zone; consents; and the ways to stop it all.

pub mod actions;
mod form;
mod load;

use crate::components::form::{
    Button, ButtonKind, Checkbox, Choice, ErrorSummary, HiddenField, LinkButton, LinkKind, Problems, Radios, Select, TextArea,
};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::loaded;
use crate::components::notice::{Notice, NoticeKind};
use crate::domain::calendar::Date;
use crate::domain::contact::wishes::{DayPart, LONGEST_PLACES_CHARACTERS, TIME_ZONES, WEEKDAYS};
use crate::domain::format;
use crate::domain::language::Language;
use crate::paths;
use crate::words::td_string;
use actions::{KeepWishes, TakeUpContact};
use form::{CALLS, DAY_PARTS, DAYS, EMAIL, EMAIL_PLACE, LANGUAGE, LETTERS, NO, PHONE_PLACE, PLACES, TIME_ZONE, YES};
use jiff::civil::Weekday;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use std::collections::BTreeMap;

/// The name of this screen's flash, and the value that says that it was kept.
const SCREEN: &str = "wishes";
const KEPT: &str = "kept";

/// Has no Debug: it holds a customer's addresses and words.
pub struct ContactView {
    pub is_kept: bool,
    pub typed: BTreeMap<String, String>,
    pub errors: Vec<(String, String)>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub has_street: bool,
    /// A number that texts could be sent to.
    pub has_number: bool,
    pub known_zone: String,
    /// Since when they agree to texts, and to electronic documents.
    pub texts_since: Option<Date>,
    pub documents_since: Option<Date>,
    pub is_on_paper: bool,
    /// Since when nobody is to write.
    pub stopped_since: Option<Date>,
    pub adviser: Option<AdviserView>,
}

pub struct AdviserView {
    pub name: String,
    pub since: Date,
}

#[component]
pub fn WishesPage() -> impl IntoView {
    loaded(load::load(), |view| view.map(show))
}

fn show(view: ContactView) -> impl IntoView {
    let problems = Problems::from_codes(&view.errors, |field, code| problem(field, code).to_owned());
    let kept = view.is_kept.then(|| {
        view! { <Notice kind=NoticeKind::Done><p>{td_string!(words(), wishes.kept)}</p></Notice> }
    });
    view! {
        <Page title=td_string!(words(), wishes.title) back=paths::YOU lead=td_string!(words(), wishes.lead)>
            <ErrorSummary problems=problems.clone()/>
            {kept}
            {stopped(&view)}
            <form method="post" action=KeepWishes::PATH>
                {ways(&view)}
                {times(&view, &problems)}
                {place_and_language(&view, &problems)}
                <Button label=td_string!(words(), wishes.keep)/>
            </form>
            {consents(&view)}
            {stopping(&view)}
        </Page>
    }
}

fn value(view: &ContactView, field: &str) -> Option<String> {
    view.typed.get(field).cloned()
}

/// What holds now that stops more than one way, and how it is taken back.
fn stopped(view: &ContactView) -> Vec<AnyView> {
    let day = |since| format::long_date(since, language());
    let everything = view.stopped_since.map(|since| {
        (td_string!(words(), wishes.stopped_everything, date = day(since)), "everything", td_string!(words(), wishes.take_up))
    });
    let adviser = view.adviser.as_ref().map(|adviser| {
        let said = td_string!(words(), wishes.through_adviser, name = adviser.name.clone(), date = day(adviser.since));
        (said, "adviser", td_string!(words(), wishes.speak_to_me))
    });
    let notice = |(said, what, button): (String, &'static str, &'static str)| {
        view! {
            <Notice kind=NoticeKind::Attention>
                <p>{said}</p>
                <form method="post" action=TakeUpContact::PATH>
                    <HiddenField name="what" value=what/>
                    <Button label=button kind=ButtonKind::Other/>
                </form>
            </Notice>
        }
        .into_any()
    };
    everything.into_iter().chain(adviser).map(notice).collect()
}

fn ways(view: &ContactView) -> impl IntoView + use<> {
    let yes_or_no = |yes: &'static str, no: &'static str, no_hint: &'static str| {
        vec![Choice::new(YES, yes), Choice::new(NO, no).with_hint(no_hint)]
    };
    let email_at = match &view.email {
        Some(email) => td_string!(words(), wishes.email_at, email = email.clone()),
        None => td_string!(words(), wishes.email_none).to_owned(),
    };
    let phone_at = match &view.phone {
        Some(phone) => td_string!(words(), wishes.phone_at, phone = phone.clone()),
        None => td_string!(words(), wishes.phone_none).to_owned(),
    };
    let letters_at =
        if view.has_street { td_string!(words(), wishes.letters_at) } else { td_string!(words(), wishes.letters_none) };
    let emails = yes_or_no(
        td_string!(words(), wishes.email_yes),
        td_string!(words(), wishes.email_no),
        td_string!(words(), wishes.email_no_hint),
    );
    let letters = yes_or_no(
        td_string!(words(), wishes.letters_yes),
        td_string!(words(), wishes.letters_no),
        td_string!(words(), wishes.letters_no_hint),
    );
    let calls =
        vec![Choice::new(YES, td_string!(words(), wishes.calls_yes)), Choice::new(NO, td_string!(words(), wishes.calls_no))];
    let email_place = view.email.is_some().then(|| {
        let checked = view.typed.contains_key(EMAIL_PLACE);
        view! { <Checkbox name=EMAIL_PLACE label=td_string!(words(), wishes.email_place) checked/> }
    });
    let phone_place = view.phone.is_some().then(|| {
        let checked = view.typed.contains_key(PHONE_PLACE);
        view! { <Checkbox name=PHONE_PLACE label=td_string!(words(), wishes.phone_place) checked/> }
    });
    view! {
        <h2>{td_string!(words(), wishes.ways_title)}</h2>
        <Radios name=EMAIL legend=td_string!(words(), wishes.email) hint=email_at choices=emails chosen=value(view, EMAIL)/>
        {email_place}
        <Radios name=LETTERS legend=td_string!(words(), wishes.letters) hint=letters_at choices=letters chosen=value(view, LETTERS)/>
        <Radios name=CALLS legend=td_string!(words(), wishes.calls) hint=phone_at choices=calls chosen=value(view, CALLS)/>
        {phone_place}
    }
}

fn times(view: &ContactView, problems: &Problems) -> impl IntoView + use<> {
    let days: Vec<_> = WEEKDAYS
        .into_iter()
        .map(|day| {
            let name = form::day_field(day);
            view! { <Checkbox name label=day_words(day) checked=view.typed.contains_key(name)/> }
        })
        .collect();
    let parts: Vec<_> = DayPart::ALL
        .into_iter()
        .map(|part| {
            let name = form::part_field(part);
            view! { <Checkbox name label=part_words(part) checked=view.typed.contains_key(name)/> }
        })
        .collect();
    view! {
        <h2>{td_string!(words(), wishes.times_title)}</h2>
        <p>{td_string!(words(), wishes.times_lead)}</p>
        {group(DAYS, td_string!(words(), wishes.days), problems, days.into_any())}
        {group(DAY_PARTS, td_string!(words(), wishes.day_parts), problems, parts.into_any())}
    }
}

/// Several boxes under one heading, any number of which may be ticked.
fn group(id: &'static str, legend: &'static str, problems: &Problems, boxes: AnyView) -> impl IntoView + use<> {
    let error = problems.of(id);
    let described = error.is_some().then(|| format!("{id}-error"));
    let error = error.0.map(|error| view! { <p class="field-error" id=format!("{id}-error")>{error}</p> });
    view! {
        <fieldset class="field" id=id tabindex="-1" aria-describedby=described>
            <legend>{legend}</legend>
            {error}
            {boxes}
        </fieldset>
    }
}

fn place_and_language(view: &ContactView, problems: &Problems) -> impl IntoView + use<> {
    let mut zones: Vec<Choice> = TIME_ZONES.into_iter().map(|zone| Choice::new(zone, zone_words(zone))).collect();
    if !TIME_ZONES.contains(&view.known_zone.as_str()) {
        zones.push(Choice::new(view.known_zone.clone(), view.known_zone.clone()));
    }
    let languages: Vec<Choice> =
        Language::ALL.into_iter().map(|language| Choice::new(language.tag(), language.own_name())).collect();
    view! {
        <h2>{td_string!(words(), wishes.where_title)}</h2>
        <Select
            name=TIME_ZONE
            label=td_string!(words(), wishes.time_zone)
            hint=td_string!(words(), wishes.time_zone_hint)
            choices=zones
            chosen=value(view, TIME_ZONE)
        />
        <Select name=LANGUAGE label=td_string!(words(), wishes.language) choices=languages chosen=value(view, LANGUAGE)/>
        <TextArea
            name=PLACES
            label=td_string!(words(), wishes.places)
            hint=td_string!(words(), wishes.places_hint)
            error=problems.of(PLACES)
            value=value(view, PLACES)
            longest=LONGEST_PLACES_CHARACTERS
        />
    }
}

/// What needs a text of its own that is agreed to.
fn consents(view: &ContactView) -> impl IntoView + use<> {
    let day = |since| format::long_date(since, language());
    let texts = match (view.texts_since, view.has_number) {
        (Some(since), _) => td_string!(words(), wishes.texts_since, date = day(since)),
        (None, true) => td_string!(words(), wishes.texts_none).to_owned(),
        (None, false) => td_string!(words(), wishes.texts_no_number).to_owned(),
    };
    let documents = match (view.documents_since, view.is_on_paper) {
        (Some(since), _) => td_string!(words(), wishes.documents_since, date = day(since)),
        (None, true) => td_string!(words(), wishes.documents_paper).to_owned(),
        (None, false) => td_string!(words(), wishes.documents_unsaid).to_owned(),
    };
    view! {
        <h2>{td_string!(words(), wishes.consents_title)}</h2>
        <p>{texts}" "<a href=paths::contact_consent("texts")>{td_string!(words(), wishes.texts_go)}</a></p>
        <p>{documents}" "<a href=paths::contact_consent("documents")>{td_string!(words(), wishes.documents_go)}</a></p>
    }
}

fn stopping(view: &ContactView) -> impl IntoView + use<> {
    let everything = view.stopped_since.is_none().then(|| {
        let label = td_string!(words(), wishes.stop_go);
        view! { <p><LinkButton href=paths::STOP_CONTACT label kind=LinkKind::Other/></p> }
    });
    let label = match view.adviser {
        Some(_) => td_string!(words(), wishes.adviser_change),
        None => td_string!(words(), wishes.adviser_go),
    };
    view! {
        <h2>{td_string!(words(), wishes.stop_title)}</h2>
        <p>{td_string!(words(), wishes.stop_lead)}</p>
        {everything}
        <p><LinkButton href=paths::ADVISER label kind=LinkKind::Other/></p>
    }
}

fn day_words(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => td_string!(words(), wishes.monday),
        Weekday::Tuesday => td_string!(words(), wishes.tuesday),
        Weekday::Wednesday => td_string!(words(), wishes.wednesday),
        Weekday::Thursday => td_string!(words(), wishes.thursday),
        Weekday::Friday => td_string!(words(), wishes.friday),
        Weekday::Saturday => td_string!(words(), wishes.saturday),
        Weekday::Sunday => td_string!(words(), wishes.sunday),
    }
}

fn part_words(part: DayPart) -> &'static str {
    match part {
        DayPart::Morning => td_string!(words(), wishes.morning),
        DayPart::Afternoon => td_string!(words(), wishes.afternoon),
        DayPart::Evening => td_string!(words(), wishes.evening),
    }
}

fn zone_words(zone: &'static str) -> &'static str {
    match zone {
        "America/New_York" => td_string!(words(), wishes.zone_eastern),
        "America/Chicago" => td_string!(words(), wishes.zone_central),
        "America/Denver" => td_string!(words(), wishes.zone_mountain),
        "America/Phoenix" => td_string!(words(), wishes.zone_arizona),
        "America/Los_Angeles" => td_string!(words(), wishes.zone_pacific),
        "America/Anchorage" => td_string!(words(), wishes.zone_alaska),
        "Pacific/Honolulu" => td_string!(words(), wishes.zone_hawaii),
        "America/Puerto_Rico" => td_string!(words(), wishes.zone_puerto_rico),
        "Pacific/Guam" => td_string!(words(), wishes.zone_guam),
        other => other,
    }
}

fn problem(field: &str, code: &str) -> &'static str {
    match (field, code) {
        (DAYS, _) => td_string!(words(), wishes.error_days),
        (DAY_PARTS, _) => td_string!(words(), wishes.error_day_parts),
        _ => td_string!(words(), wishes.error_places),
    }
}
