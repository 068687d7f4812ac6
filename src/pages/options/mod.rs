//! Ways forward, side by side: what each costs in all, each payment, the last date, and what happens if one is late.
//! Nothing is chosen beforehand and nothing is decided here.

pub mod actions;
mod card;
mod load;

use crate::components::disclosure::DisclosureNotice;
use crate::components::form::{Button, ButtonKind, HiddenField};
use crate::components::frame::{frame, language, words};
use crate::components::holds::HoldsNotice;
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::domain::format;
use crate::domain::hold::HoldKind;
use crate::domain::money::Money;
use crate::domain::offers::{OfferSet, Refusal, RefusalCode};
use crate::domain::policy::Taking;
use crate::domain::standing::ActiveHold;
use crate::paths;
use crate::words::td_string;
use actions::{EndTime, TakeTime};
use card::{OfferCard, cards_of};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use load::Found;

/// What the screen shows.
pub struct OptionsView {
    pub account_id: String,
    pub reference: String,
    pub product: String,
    pub creditor: String,
    /// The local date and time until which the terms are held.
    pub held_until: format::LocalTime,
    /// The part of the balance that is disputed, and in none of the ways; zero for none.
    pub disputed: Money,
    pub set: OfferSet,
    pub holds: Vec<ActiveHold>,
    /// The id of the offer that a kept draft is about.
    pub draft: Option<String>,
    pub taking: Taking,
}

#[component]
pub fn OptionsPage() -> impl IntoView {
    let account_id = param("account");
    loaded(load::load(account_id), |found| match found {
        Found::Ways(view) => show(*view).into_any(),
        Found::NotOpen { creditor } => not_open(td_string!(words(), options.not_open, creditor = creditor)).into_any(),
        Found::Forbidden => not_open(td_string!(words(), options.forbidden, phone = frame().reach.phone.clone())).into_any(),
        Found::Elsewhere => ().into_any(),
    })
}

fn show(view: OptionsView) -> impl IntoView {
    let until = format::date_and_time(view.held_until, language());
    let cards: Vec<_> =
        cards_of(&view.account_id, &view.creditor, &view.set).into_iter().map(|card| view! { <OfferCard card/> }).collect();
    let none = cards.is_empty();
    let end_time = end_time(&view.account_id, &view.holds);
    let draft = view.draft.map(|offer_id| draft_notice(&view.account_id, &offer_id));
    let disputed = view.disputed;
    let disputed =
        disputed.is_positive().then(|| td_string!(words(), dispute.options_note, part = format::money(disputed, language())));
    let account = td_string!(words(), options.for_account, product = view.product, reference = view.reference);
    view! {
        <Page title=td_string!(words(), options.title) back=paths::ACCOUNT holds=view.holds.clone()>
            <p class="quiet">{account}</p>
            <p>{td_string!(words(), options.lead)}</p>
            <p>{td_string!(words(), options.held, until = until.clone())}</p>
            <HoldsNotice holds=view.holds/>
            {end_time}
            {disputed.map(|text| view! { <p>{text}</p> })}
            {draft}
            <DisclosureNotice disclosure=view.set.time_barred.disclosure() creditor=view.creditor/>
            {none.then(|| view! { <p>{td_string!(words(), options.none)}</p> })}
            <section aria-labelledby="ways">
                <h2 id="ways" class="unseen">{td_string!(words(), options.ways)}</h2>
                <div class="offers">{cards}</div>
            </section>
            {other_ways(&view.account_id, until, view.taking)}
            {refusals(&view.set.refusals)}
        </Page>
    }
}

fn draft_notice(account_id: &str, offer_id: &str) -> impl IntoView + use<> {
    let what = card::title_of(offer_id);
    let href = paths::review(account_id);
    view! {
        <Notice kind=NoticeKind::Plain>
            <p>{td_string!(words(), options.draft_kept, what = what)}</p>
            <p><a href=href>{td_string!(words(), options.draft_go)}</a></p>
        </Notice>
    }
}

/// Time, hardship and "this is not right": never a dead end.
fn other_ways(account_id: &str, until: String, taking: Taking) -> impl IntoView + use<> {
    let (changed, not_right) = (paths::hardship(account_id), paths::dispute(account_id));
    view! {
        <section aria-labelledby="other-ways" class="other-ways">
            <h2 id="other-ways">{td_string!(words(), options.other_ways)}</h2>
            <h3 id=paths::TIME>{td_string!(words(), options.need_time)}</h3>
            <p>{td_string!(words(), options.need_time_what, until = until)}</p>
            {time(account_id, taking)}
            <h3>{td_string!(words(), options.something_changed)}</h3>
            <p>{td_string!(words(), options.something_changed_what)}</p>
            <p><a href=changed>{td_string!(words(), options.something_changed_go)}</a></p>
            <h3>{td_string!(words(), options.not_right)}</h3>
            <p>{td_string!(words(), options.not_right_what)}</p>
            <p><a href=not_right>{td_string!(words(), options.not_right_go)}</a></p>
        </section>
    }
}

/// A short hold, where it can be taken.
fn time(account_id: &str, taking: Taking) -> AnyView {
    match taking {
        Taking::Until(day) => {
            let what = td_string!(words(), options.hold_what, date = format::long_date(day, language()));
            view! {
                <form method="post" action=TakeTime::PATH>
                    <HiddenField name="account" value=account_id.to_owned()/>
                    <p>{what}</p>
                    <Button label=td_string!(words(), options.hold_begin) kind=ButtonKind::Other/>
                </form>
            }
            .into_any()
        }
        Taking::UsedUp => view! { <p>{td_string!(words(), options.hold_used)}</p> }.into_any(),
        Taking::NotNow | Taking::NotOffered => ().into_any(),
    }
}

/// Ends that hold before its day.
fn end_time(account_id: &str, holds: &[ActiveHold]) -> impl IntoView + use<> {
    let account_id = account_id.to_owned();
    holds.iter().any(|hold| hold.kind == HoldKind::TimeToThink).then(|| {
        view! {
            <form method="post" action=EndTime::PATH>
                <HiddenField name="account" value=account_id/>
                <Button label=td_string!(words(), options.hold_end) kind=ButtonKind::Other/>
            </form>
        }
    })
}

fn refusals(refusals: &[Refusal]) -> impl IntoView + use<> {
    let items: Vec<_> = refusals
        .iter()
        .map(|refusal| {
            let what = card::kind_title(refusal.kind);
            view! { <li><strong>{what}</strong>" "{refusal_words(refusal.code)}</li> }
        })
        .collect();
    (!items.is_empty()).then(|| {
        view! {
            <details>
                <summary>{td_string!(words(), options.why_not)}</summary>
                <ul>{items}</ul>
            </details>
        }
    })
}

fn refusal_words(code: RefusalCode) -> &'static str {
    match code {
        RefusalCode::NothingOwed => td_string!(words(), options.refused.nothing_owed),
        RefusalCode::NothingPastDue => td_string!(words(), options.refused.nothing_past_due),
        RefusalCode::SameAsPayInFull => td_string!(words(), options.refused.same_as_pay_in_full),
        RefusalCode::NotCovered => td_string!(words(), options.refused.not_covered),
        RefusalCode::NotOffered => td_string!(words(), options.refused.not_offered),
        RefusalCode::TooSmall => td_string!(words(), options.refused.too_small),
        RefusalCode::NoScheduleFits => td_string!(words(), options.refused.no_schedule_fits),
        RefusalCode::PaydayTooLate => td_string!(words(), options.refused.payday_too_late),
    }
}

fn not_open(why: String) -> impl IntoView {
    view! {
        <Page title=td_string!(words(), options.not_open_title) back=paths::ACCOUNT>
            <p>{why}</p>
            <p><a href=paths::CONTACT>{td_string!(words(), options.reach_a_person)}</a></p>
        </Page>
    }
}
