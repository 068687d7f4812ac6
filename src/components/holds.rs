//! What is on hold, and until when: at the head of every screen that asks something of the customer; what is about all of their
//! accounts, at the head of every screen. Several of them are one notice with a list, never a wall of notices.

use super::form::{Button, ButtonKind, HiddenField};
use super::frame::{frame, language, words};
use super::notice::{Notice, NoticeKind};
use crate::domain::calendar::Date;
use crate::domain::format;
use crate::domain::hold::HoldKind;
use crate::domain::life_event::{Happened, LifeEventState};
use crate::domain::standing::ActiveHold;
use crate::paths;
use crate::words::{right_words, td_string};
use leptos::prelude::*;

/// One thing that is on hold: why and until when, what that means, and where more is said.
struct Line {
    kind: NoticeKind,
    /// `None` where what is said says it already.
    title: Option<&'static str>,
    words: String,
    more: Option<&'static str>,
    /// Address and label.
    link: Option<(String, &'static str)>,
}

impl Line {
    fn of(hold: &ActiveHold) -> Line {
        let title = Some(td_string!(words(), holds.title));
        Line { kind: NoticeKind::Plain, title, words: hold_words(hold), more: None, link: None }
    }
}

/// The holds of an account where the screen says them itself. Nothing where there are none, or where [`ReviewHold`] has said them.
#[component]
pub fn HoldsNotice(holds: Vec<ActiveHold>) -> impl IntoView {
    let is_said = told_line(&holds).is_some() || review_line().is_some();
    let lines = if is_said { Vec::new() } else { holds.iter().map(Line::of).collect() };
    notice(lines)
}

/// What is about all accounts of the customer, on every screen, with the other holds of a screen that says some.
#[component]
pub fn ReviewHold(holds: Vec<ActiveHold>) -> impl IntoView {
    let mut lines: Vec<Line> = told_line(&holds).into_iter().chain(review_line()).collect();
    if !lines.is_empty() {
        lines.extend(holds.iter().filter(|hold| !is_at_the_head(hold.kind)).map(Line::of));
    }
    view! { {helping()} {notice(lines)} {seen_by()} }
}

/// Whether every screen says so already.
fn is_at_the_head(kind: HoldKind) -> bool {
    match kind {
        HoldKind::Hardship => frame().held_until.is_some(),
        HoldKind::Told | HoldKind::BreathingSpace | HoldKind::Deceased | HoldKind::Insolvency => is_of_what_was_told(kind),
        HoldKind::TimeToThink | HoldKind::Dispute | HoldKind::Recalled | HoldKind::Staff | HoldKind::StopAsked => false,
    }
}

fn is_of_what_was_told(kind: HoldKind) -> bool {
    let told = frame().told_of.clone().filter(|told| !frame().here.starts_with(&paths::life_event(&told.reference)));
    told.is_some_and(|told| [told.happened.hold_when_told(), told.happened.hold_when_confirmed()].contains(&kind))
}

/// As many paragraphs as there are things to say about one; a list where there are several.
fn notice(lines: Vec<Line>) -> Option<AnyView> {
    let kind = match lines.iter().any(|line| line.kind == NoticeKind::Attention) {
        true => NoticeKind::Attention,
        false => NoticeKind::Plain,
    };
    let link = |link: Option<(String, &'static str)>| link.map(|(href, label)| view! { <a href=href>{label}</a> });
    let several = lines.len() > 1;
    let title = if several { Some(td_string!(words(), holds.title)) } else { lines.first()?.title };
    let title = title.unwrap_or_default();
    if several {
        let items: Vec<_> = lines
            .into_iter()
            .map(|line| view! { <li>{line.words}" "{line.more.map(|more| format!("{more} "))}{link(line.link)}</li> })
            .collect();
        return Some(view! { <Notice kind title><ul>{items}</ul></Notice> }.into_any());
    }
    let said: Vec<_> = lines
        .into_iter()
        .map(|line| {
            let more = line.more.map(|more| view! { <p>{more}</p> });
            let link = link(line.link).map(|link| view! { <p>{link}</p> });
            view! { <p>{line.words}</p> {more} {link} }
        })
        .collect();
    Some(view! { <Notice kind title>{said}</Notice> }.into_any())
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

/// What somebody told us about the customer, and how to say that it is not so. Its own page says it, and has the button.
fn told_line(holds: &[ActiveHold]) -> Option<Line> {
    let told = frame().told_of.clone()?;
    let href = paths::life_event(&told.reference);
    if frame().here.starts_with(&href) {
        return None;
    }
    let label = match told.state {
        LifeEventState::Told => td_string!(words(), life_event.not_right_link),
        LifeEventState::Contradicted | LifeEventState::Confirmed | LifeEventState::Dismissed | LifeEventState::Ended => {
            td_string!(words(), life_event.see)
        }
    };
    let until = holds.iter().find(|hold| is_of_what_was_told(hold.kind)).and_then(|hold| hold.until);
    let words = with_end(told_words(told.happened), until);
    Some(Line { kind: NoticeKind::Attention, title: None, words, more: None, link: Some((href, label)) })
}

/// What was told, to the customer it is about.
pub fn told_words(happened: Happened) -> &'static str {
    match happened {
        Happened::Died => td_string!(words(), life_event.told_died),
        Happened::Insolvent => td_string!(words(), life_event.told_insolvent),
        Happened::BreathingSpace => td_string!(words(), life_event.told_breathing_space),
    }
}

/// A hardship review.
fn review_line() -> Option<Line> {
    let until = frame().held_until?;
    // Its own page need not lead to itself.
    let elsewhere = frame().held_for.clone().filter(|reference| !frame().here.starts_with(&paths::hardship_case(reference)));
    Some(Line {
        more: Some(td_string!(words(), holds.hardship_what)),
        link: elsewhere.map(|reference| (paths::hardship_case(&reference), td_string!(words(), holds.hardship_see))),
        ..Line::of(&ActiveHold { kind: HoldKind::Hardship, until: Some(until) })
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
    with_end(why, hold.until)
}

fn with_end(why: &str, until: Option<Date>) -> String {
    match until {
        Some(until) => td_string!(words(), holds.until, why = why, date = format::date(until, language())),
        None => why.to_owned(),
    }
}
