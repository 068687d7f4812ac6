//! What stands around every screen: the name and the ways out at the top, the screen, and how to reach a person below.

use super::form::{HiddenField, StepBack};
use super::frame::{Frame, Mode, Visitor, frame, words};
use super::holds::ReviewHold;
use super::mark::Mark;
use super::session_warning::SessionWarning;
use super::text::MaybeText;
use crate::domain::language::Language;
use crate::domain::standing::ActiveHold;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;
use leptos_meta::Title;

/// One screen. `title` is its heading and, with the portal's name, its title in the browser.
#[component]
pub fn Page(
    #[prop(into)] title: String,
    /// Its title in the browser where the heading names an amount: titles stay in the history of a shared phone.
    #[prop(optional, into)]
    tab: MaybeText,
    /// One step back: an address.
    #[prop(optional, into)]
    back: MaybeText,
    /// A line under the heading.
    #[prop(optional, into)]
    lead: MaybeText,
    /// What is on hold, where a screen says that itself: where something is at its head already, all of it is said there.
    #[prop(optional)]
    holds: Vec<ActiveHold>,
    children: Children,
) -> impl IntoView {
    let frame = frame();
    let document_title = format!("{} · {}", tab.0.as_ref().unwrap_or(&title), frame.portal_name);
    view! {
        <Title text=document_title/>
        <a class="skip" href="#main">{td_string!(words(), shell.skip)}</a>
        <Masthead frame=frame.clone()/>
        <main id="main" tabindex="-1">
            {back.0.map(|href| view! { <StepBack href/> })}
            <h1>{title}</h1>
            {lead.0.map(|lead| view! { <p class="lead">{lead}</p> })}
            <ReviewHold holds/>
            {children()}
        </main>
        <ReachFooter frame/>
        <SessionWarning/>
    }
}

/// What the sandbox does and does not do.
fn sandbox_words(mode: Mode) -> Option<&'static str> {
    match mode {
        Mode::Live => None,
        Mode::Sandbox => Some(td_string!(words(), shell.sandbox)),
        Mode::SandboxThatWrites => Some(td_string!(words(), sending.sandbox_that_writes)),
    }
}

#[component]
fn Masthead(frame: std::sync::Arc<Frame>) -> impl IntoView {
    let home = match frame.visitor {
        Visitor::Unknown => paths::HOME,
        Visitor::SignedIn => paths::ACCOUNT,
        Visitor::Staff => paths::STAFF,
    };
    let emblem = match frame.logo.clone() {
        Some(logo) => view! { <img class="logo" src=logo alt="" width="32" height="32"/> }.into_any(),
        None => view! { <Mark/> }.into_any(),
    };
    view! {
        <header class="masthead">
            <a class="masthead-name" href=home>{emblem}<span>{frame.portal_name.clone()}</span></a>
            <div class="masthead-ways">
                {(frame.visitor == Visitor::SignedIn && frame.helping.is_none()).then(|| {
                    view! { <a class="button-quiet" href=paths::YOU>{td_string!(words(), you.link)}</a> }
                })}
                <LanguageSwitch frame=frame.clone()/>
                {(frame.visitor == Visitor::Staff).then(|| view! {
                    <form method="post" action=paths::STAFF_SIGN_OUT_ACTION>
                        <button type="submit" class="button-quiet">{td_string!(words(), shell.sign_out)}</button>
                    </form>
                })}
                {(frame.visitor == Visitor::SignedIn).then(|| view! {
                    <form method="post" action=paths::SIGN_OUT_ACTION class="masthead-ways">
                        <button type="submit" class="button-quiet">{td_string!(words(), shell.sign_out)}</button>
                        <button type="submit" class="button-quiet" formaction=paths::LEAVE_ACTION>{td_string!(words(), shell.leave)}</button>
                    </form>
                })}
            </div>
            {sandbox_words(frame.mode).map(|sandbox| view! { <p class="sandbox">{sandbox}</p> })}
        </header>
    }
}

/// The other languages, each under its own name.
#[component]
fn LanguageSwitch(frame: std::sync::Arc<Frame>) -> impl IntoView {
    let others: Vec<_> = Language::ALL
        .into_iter()
        .filter(|language| *language != frame.language)
        .map(|language| {
            view! {
                <form method="post" action=paths::CHOOSE_LANGUAGE_ACTION>
                    <HiddenField name="language" value=language.tag()/>
                    <HiddenField name="back" value=frame.here.clone()/>
                    <button type="submit" class="button-quiet" lang=language.tag()>{language.own_name()}</button>
                </form>
            }
        })
        .collect();
    view! { {others} }
}

/// How to reach a person, in the same place on every page (WCAG 2.2, 3.2.6).
#[component]
fn ReachFooter(frame: std::sync::Arc<Frame>) -> impl IntoView {
    let reach = &frame.reach;
    let dialled: String = reach.phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    view! {
        <footer class="footer">
            <h2>{td_string!(words(), shell.reach_title)}</h2>
            <p>
                <a href=format!("tel:{dialled}") class="phone">{reach.phone.clone()}</a>
                <span class="footer-hours">{reach.hours.clone()}</span>
            </p>
            <p>
                <a href=paths::CONTACT>{td_string!(words(), shell.write_to_us)}</a>
                " "
                {td_string!(words(), shell.answer_within, days = reach.answer_working_days.to_string())}
            </p>
            <p class="quiet">{reach.postal_address.clone()}</p>
        </footer>
    }
}

/// What matters most, then the ways forward, then the facts. On a wide screen the ways stand beside; on a narrow one the
/// three come one below the other, in this order.
#[component]
pub fn Beside(head: AnyView, ways: AnyView, children: Children) -> impl IntoView {
    view! {
        <div class="beside">
            <div class="beside-head">{head}</div>
            <div class="beside-ways">{ways}</div>
            <div class="beside-facts">{children()}</div>
        </div>
    }
}
