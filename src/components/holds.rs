//! What is on hold, and until when: at the head of every screen that asks something of the customer; a hardship review, which is about
//! all of their accounts, at the head of every screen.

use super::form::{Button, ButtonKind, HiddenField};
use super::frame::{frame, language, words};
use super::notice::{Notice, NoticeKind};
use crate::domain::format;
use crate::domain::hold::HoldKind;
use crate::domain::life_event::{Happened, LifeEventState};
use crate::domain::standing::ActiveHold;
use crate::paths;
use crate::words::{right_words, td_string};
use leptos::prelude::*;

/// Nothing where nothing is on hold.
#[component]
pub fn HoldsNotice(holds: Vec<ActiveHold>) -> impl IntoView {
    // What every screen says is not said twice.
    let is_said = |hold: &&ActiveHold| !is_at_the_head(hold.kind);
    let lines: Vec<_> = holds.iter().filter(is_said).map(|hold| view! { <p>{hold_words(hold)}</p> }).collect();
    (!lines.is_empty()).then(|| view! { <Notice kind=NoticeKind::Plain title=td_string!(words(), holds.title)>{lines}</Notice> })
}

/// Whether every screen says so already.
fn is_at_the_head(kind: HoldKind) -> bool {
    match kind {
        HoldKind::Hardship => frame().held_until.is_some(),
        HoldKind::Told => frame().told_of.is_some(),
        HoldKind::TimeToThink
        | HoldKind::Dispute
        | HoldKind::BreathingSpace
        | HoldKind::Deceased
        | HoldKind::Insolvency
        | HoldKind::Recalled
        | HoldKind::Staff
        | HoldKind::StopAsked => false,
    }
}

/// That everything is on hold while a hardship case is looked at or time to choose is left, and until when.
#[component]
pub fn ReviewHold() -> impl IntoView {
    view! { {helping()} {told_of()} {review_hold()} {seen_by()} }
}

/// To whoever helps: under whose name everything here is done.
fn helping() -> Option<AnyView> {
    let helping = frame().helping.clone()?;
    let rights: Vec<&str> = helping.rights.iter().map(|right| right_words(*right, words())).collect();
    let what = td_string!(words(), helper.banner, name = helping.customer_name);
    Some(
        view! {
            <Notice kind=NoticeKind::Plain>
                <p>{what}</p>
                <p class="quiet">{rights.join(" ")}</p>
                <p><a href=paths::HELPING>{td_string!(words(), helper.banner_link)}</a></p>
            </Notice>
        }
        .into_any(),
    )
}

/// To the customer: who sees this, until when, and the button that ends it.
fn seen_by() -> Option<AnyView> {
    let seen = frame().seen_by.clone().filter(|_| frame().helping.is_none())?;
    let until = format::long_date(seen.last_day, language());
    let what = td_string!(words(), helper.seen_by, name = seen.name, date = until);
    Some(
        view! {
            <Notice kind=NoticeKind::Plain>
                <form method="post" action=paths::END_HELP_ACTION>
                    <HiddenField name="helper" value=seen.helper_id/>
                    <p>{what}</p>
                    <Button label=td_string!(words(), helper.end_now) kind=ButtonKind::Quiet/>
                    " "
                    <a href=paths::HELPERS>{td_string!(words(), helper.see_all)}</a>
                </form>
            </Notice>
        }
        .into_any(),
    )
}

/// What somebody told us about the customer, and how to say that it is not so.
fn told_of() -> Option<AnyView> {
    let told = frame().told_of.clone()?;
    // Its own page says it, and has the button.
    let href = paths::life_event(&told.reference);
    if frame().here.starts_with(&href) {
        return None;
    }
    let what = told_words(told.happened);
    let label = match told.state {
        LifeEventState::Told => td_string!(words(), life_event.not_right_link),
        LifeEventState::Contradicted | LifeEventState::Confirmed | LifeEventState::Dismissed | LifeEventState::Ended => {
            td_string!(words(), life_event.see)
        }
    };
    Some(
        view! {
            <Notice kind=NoticeKind::Attention>
                <p>{what}</p>
                <p><a href=href>{label}</a></p>
            </Notice>
        }
        .into_any(),
    )
}

/// What was told, to the customer it is about.
pub fn told_words(happened: Happened) -> &'static str {
    match happened {
        Happened::Died => td_string!(words(), life_event.told_died),
        Happened::Insolvent => td_string!(words(), life_event.told_insolvent),
        Happened::BreathingSpace => td_string!(words(), life_event.told_breathing_space),
    }
}

fn review_hold() -> Option<impl IntoView> {
    let (held_until, held_for) = (frame().held_until, frame().held_for.clone());
    held_until.map(|until| {
        // Its own page need not lead to itself.
        let elsewhere = held_for.filter(|reference| !frame().here.starts_with(&paths::hardship_case(reference)));
        let see = elsewhere.map(|reference| {
            view! { <p><a href=paths::hardship_case(&reference)>{td_string!(words(), holds.hardship_see)}</a></p> }
        });
        let hold = ActiveHold { kind: HoldKind::Hardship, until: Some(until) };
        view! {
            <Notice kind=NoticeKind::Plain title=td_string!(words(), holds.title)>
                <p>{hold_words(&hold)}</p>
                <p>{td_string!(words(), holds.hardship_what)}</p>
                {see}
            </Notice>
        }
    })
}

fn hold_words(hold: &ActiveHold) -> String {
    let why = match hold.kind {
        HoldKind::TimeToThink => td_string!(words(), holds.time_to_think),
        HoldKind::Hardship => td_string!(words(), holds.hardship),
        HoldKind::Dispute => td_string!(words(), holds.dispute),
        HoldKind::BreathingSpace => td_string!(words(), holds.breathing_space),
        HoldKind::Deceased => td_string!(words(), holds.deceased),
        HoldKind::Insolvency => td_string!(words(), holds.insolvency),
        HoldKind::Recalled => td_string!(words(), holds.recalled),
        HoldKind::Staff => td_string!(words(), holds.staff),
        HoldKind::StopAsked => td_string!(words(), holds.stop_asked),
        HoldKind::Told => td_string!(words(), holds.told),
    };
    match hold.until {
        Some(until) => td_string!(words(), holds.until, why = why, date = format::date(until, language())),
        None => why.to_owned(),
    }
}
