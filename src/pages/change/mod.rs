//! What can be changed of an agreement: first exact ways on where the next payment cannot be made, then each kind of change, then a
//! person. Nothing is decided here.

pub mod actions;
mod load;

use crate::components::change_words::change_line;
use crate::components::form::{Button, ButtonKind, HiddenField, LinkButton, LinkKind};
use crate::components::frame::{frame, language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::text::unbroken;
use crate::domain::calendar::Date;
use crate::domain::changing::{ChangeKind, Changed, PlanSide, WayBack};
use crate::domain::contact::Topic;
use crate::domain::format;
use crate::domain::money::Money;
use crate::islands::plan_change::change_fields;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

/// What the screen shows.
pub struct ChangeView {
    pub agreement_id: String,
    pub account_id: String,
    /// The next payment that can be changed, and whether its day is over.
    pub next: Option<(Date, Money, bool)>,
    pub ways: Vec<(WayBack, Changed)>,
    /// What could be paid now in advance, and what would be left then.
    pub ahead: Vec<(Money, PlanSide)>,
    /// The kinds that the policy has.
    pub kinds: Vec<ChangeKind>,
    /// Another account of theirs may be able to join it.
    pub may_be_joined: bool,
    /// Accounts that are paid on the same days, each under an agreement of its own: account, id of the agreement.
    pub joined: Vec<(String, String)>,
    /// A payment of it is on its way.
    pub is_on_its_way: bool,
    pub why_not: Option<WhyNothing>,
}

/// Why nothing can be changed without a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyNothing {
    NotOffered,
    ChangedOften { most: u32 },
    Forbidden,
}

#[component]
pub fn ChangePage() -> impl IntoView {
    loaded(load::load(param("agreement")), |view| view.map(show))
}

fn show(view: ChangeView) -> impl IntoView {
    let back = paths::agreement(&view.agreement_id);
    let on_its_way = view.is_on_its_way.then(|| {
        view! { <Notice kind=NoticeKind::Plain><p>{td_string!(words(), change.on_its_way)}</p></Notice> }
    });
    let why_not = view.why_not.map(|why| {
        let text = match why {
            WhyNothing::NotOffered => td_string!(words(), change.not_offered).to_owned(),
            WhyNothing::ChangedOften { most } => td_string!(words(), change.changed_often, most = most.to_string()),
            WhyNothing::Forbidden => td_string!(words(), change.forbidden).to_owned(),
        };
        view! { <Notice kind=NoticeKind::Plain><p>{text}</p></Notice> }
    });
    let kinds = (!view.kinds.is_empty() || view.may_be_joined).then(|| kinds(&view));
    view! {
        <Page title=td_string!(words(), change.title) back=back lead=td_string!(words(), change.lead)>
            {why_not}
            {on_its_way}
            {joined(&view.joined)}
            {ways(&view)}
            {kinds}
            {pay_more(&view)}
            {what_if(&view)}
            {person(&view.account_id)}
            <section aria-labelledby="end">
                <h2 id="end">{td_string!(words(), change.end)}</h2>
                <p>{td_string!(words(), change.end_text)}</p>
                <p><a href=paths::agreement_end(&view.agreement_id)>{td_string!(words(), change.end_go)}</a></p>
            </section>
        </Page>
    }
}

/// Three exact ways on, each one step from being checked.
fn ways(view: &ChangeView) -> Option<impl IntoView + use<>> {
    let (due_on, amount, is_over) = view.next?;
    if view.ways.is_empty() {
        return None;
    }
    let (date, amount) = (format::long_date(due_on, language()), format::money(amount, language()));
    let heading = if is_over {
        td_string!(words(), change.ways_missed, amount = amount, date = date)
    } else {
        td_string!(words(), change.ways_next, amount = amount, date = date)
    };
    let cards: Vec<_> = view.ways.iter().map(|(way, changed)| way_card(&view.agreement_id, *way, changed)).collect();
    Some(view! {
        <section aria-labelledby="ways">
            <h2 id="ways">{heading}</h2>
            <ul class="offers">{cards}</ul>
        </section>
    })
}

fn way_card(agreement_id: &str, way: WayBack, changed: &Changed) -> impl IntoView + use<> {
    let title = match way {
        WayBack::Later => td_string!(words(), change.way_later),
        WayBack::Spread => td_string!(words(), change.way_spread),
        WayBack::Longer => td_string!(words(), change.way_longer),
    };
    let last = changed.schedule.last_on().map(|day| format::date(day, language())).unwrap_or_default();
    let total = format::money(changed.schedule.total, language());
    let line = change_line(changed);
    let fields: Vec<_> =
        change_fields(&changed.change).into_iter().map(|(name, value)| view! { <HiddenField name=name value=value/> }).collect();
    view! {
        <li class="offer">
            <h3>{title}</h3>
            <p>{line}</p>
            <p class="quiet">{td_string!(words(), change.ends, last = last, total = total)}</p>
            <form method="post" action=paths::CHOOSE_CHANGE_ACTION>
                <HiddenField name="agreement" value=agreement_id.to_owned()/>
                {fields}
                <Button label=td_string!(words(), change.see) kind=ButtonKind::Other/>
            </form>
        </li>
    }
}

/// What is paid ahead, and what that does: from the rule that applies payments.
fn pay_more(view: &ChangeView) -> impl IntoView + use<> {
    let money = |amount| format::money(amount, language());
    let date = |day| format::date(day, language());
    let lines: Vec<_> = view
        .ahead
        .iter()
        .map(|(amount, then)| {
            let text = match (then.next, then.last) {
                (Some((day, next)), Some(last)) => {
                    let next = td_string!(words(), change.amount_on, amount = money(next), date = date(day));
                    td_string!(words(), what_if.ahead_next, amount = money(*amount), next = next, last = date(last))
                }
                _ => td_string!(words(), what_if.ahead_all, amount = money(*amount)),
            };
            view! { <li>{text}</li> }
        })
        .collect();
    let lines = (!lines.is_empty()).then(|| view! { <ul>{lines}</ul> });
    view! {
        <section aria-labelledby="more">
            <h2 id="more">{td_string!(words(), change.more)}</h2>
            <p>{td_string!(words(), what_if.ahead_text)}</p>
            {lines}
            <LinkButton href=paths::pay(&view.account_id) label=td_string!(words(), change.pay) kind=LinkKind::Other/>
        </section>
    }
}

/// Trying out what would happen, where there is a plan to try it on.
fn what_if(view: &ChangeView) -> Option<impl IntoView + use<>> {
    view.next.map(|_| {
        view! {
            <section aria-labelledby="what-if">
                <h2 id="what-if">{td_string!(words(), what_if.title)}</h2>
                <p>{td_string!(words(), what_if.lead)}</p>
                <p><a href=paths::what_if(&view.agreement_id)>{td_string!(words(), what_if.go)}</a></p>
            </section>
        }
    })
}

fn kinds(view: &ChangeView) -> impl IntoView + use<> {
    let links: Vec<_> = view
        .kinds
        .iter()
        .map(|kind| {
            let (title, hint) = kind_words(*kind);
            let href = paths::change_kind(&view.agreement_id, *kind);
            view! { <li><a href=href>{title}</a><p class="quiet">{hint}</p></li> }
        })
        .collect();
    let join = view.may_be_joined.then(|| {
        let href = paths::join(&view.agreement_id);
        view! { <li><a href=href>{td_string!(words(), join.title)}</a><p class="quiet">{td_string!(words(), join.hint)}</p></li> }
    });
    view! {
        <section aria-labelledby="kinds">
            <h2 id="kinds">{td_string!(words(), change.kinds)}</h2>
            <ul class="ways">{links}{join}</ul>
        </section>
    }
}

/// A change of one moves nothing of the others.
fn joined(joined: &[(String, String)]) -> Option<impl IntoView + use<>> {
    let lines: Vec<_> = joined
        .iter()
        .map(|(account, agreement)| {
            let text = td_string!(words(), join.stays, account = account.clone());
            view! { <p>{text}" "<a href=paths::change(agreement)>{td_string!(words(), join.stays_go, account = account.clone())}</a></p> }
        })
        .collect();
    (!lines.is_empty()).then(|| view! { <Notice kind=NoticeKind::Plain>{lines}</Notice> })
}

fn kind_words(kind: ChangeKind) -> (&'static str, &'static str) {
    match kind {
        ChangeKind::Move => (td_string!(words(), change.move_title), td_string!(words(), change.move_hint)),
        ChangeKind::Skip => (td_string!(words(), change.skip_title), td_string!(words(), change.skip_hint)),
        ChangeKind::Pause => (td_string!(words(), change.pause_title), td_string!(words(), change.pause_hint)),
        ChangeKind::Replan => (td_string!(words(), change.replan_title), td_string!(words(), change.replan_hint)),
    }
}

fn person(account_id: &str) -> impl IntoView + use<> {
    let reach = &frame().reach;
    let days = reach.answer_working_days.to_string();
    let call = td_string!(words(), change.person_call, phone = reach.phone.clone(), hours = reach.hours.clone());
    view! {
        <section aria-labelledby="person">
            <h2 id="person">{td_string!(words(), change.person)}</h2>
            <p>{td_string!(words(), change.person_text, days = days)}</p>
            <p><a href=paths::message(account_id, Topic::Changed)>{td_string!(words(), change.person_go)}</a></p>
            <p class="quiet">{unbroken(&call)}</p>
        </section>
    }
}
