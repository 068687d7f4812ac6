//! The first thing a person sees: how much, on the waterline; below it what is past due and what comes next.

use crate::components::collection_trouble::CollectionTroubleNotice;
use crate::components::frame::{frame, language, words};
use crate::components::money::Total;
use crate::components::notice::{Notice, NoticeKind};
use crate::components::text::unbroken;
use crate::domain::contact::Topic;
use crate::domain::format;
use crate::domain::money::Money;
use crate::domain::standing::{Stage, Standing};
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

pub fn show(standing: &Standing) -> impl IntoView + use<> {
    let name = td_string!(words(), account.name, product = standing.product.clone(), reference = standing.reference.clone());
    let owed_to = td_string!(words(), account.owed_to, creditor = standing.creditor.clone());
    view! {
        <p class="account-name">{unbroken(&name)}", "{owed_to}</p>
        {amounts(standing)}
        {trouble(standing)}
        {stage_words(standing)}
        {stopped_agreement(standing)}
    }
}

/// The agreement ended when the creditor took the account back, and stays ended if it came back: both are said.
fn stopped_agreement(standing: &Standing) -> Option<AnyView> {
    let stopped = standing.stopped_agreement.as_ref()?;
    let text = td_string!(
        words(),
        recalled.on_account,
        reference = stopped.reference.clone(),
        date = format::date(stopped.on, language())
    );
    let more = match standing.stage {
        Stage::Recalled | Stage::Closed => td_string!(words(), recalled.nothing_collected),
        Stage::PastDue | Stage::UpToDate | Stage::Settled | Stage::InCredit => td_string!(words(), recalled.is_back),
    };
    let href = paths::agreement(stopped.id.as_str());
    Some(
        view! {
            <p>{text}" "{more}" "<a href=href>{td_string!(words(), recalled.see_agreement)}</a></p>
        }
        .into_any(),
    )
}

/// What is owed in all, and the line below it. A recalled or closed account owes nothing here: no amount stands there.
fn amounts(standing: &Standing) -> AnyView {
    let (label, amount) = match standing.stage {
        Stage::PastDue => (td_string!(words(), account.you_owe), standing.balance),
        Stage::UpToDate => (td_string!(words(), account.balance_left), standing.balance),
        Stage::Settled => (td_string!(words(), account.you_owe), standing.balance),
        Stage::InCredit => (td_string!(words(), account.you_are_owed), standing.balance.negated()),
        Stage::Recalled | Stage::Closed => return ().into_any(),
    };
    let below: Vec<_> = [past_due(standing), next_payment(standing)].into_iter().flatten().collect();
    // Nothing is owed: the line runs level and in the colour of what is done.
    let class = matches!(standing.stage, Stage::Settled | Stage::InCredit).then_some("level");
    view! {
        <div class=class><Total label amount/></div>
        {(!below.is_empty()).then(|| view! { <dl class="below">{below}</dl> })}
    }
    .into_any()
}

fn past_due(standing: &Standing) -> Option<AnyView> {
    if standing.stage != Stage::PastDue {
        return None;
    }
    if standing.agreement_covers_past_due() {
        let note = td_string!(words(), account.covered_note).to_owned();
        return Some(below_line(td_string!(words(), account.covered), standing.past_due, [Some(note), None]));
    }
    let since = standing.past_due_since.map(|since| {
        let date = format::date(since, language());
        match standing.days_past_due {
            0 => td_string!(words(), account.past_due_today, date = date),
            days => td_string!(words(), account.past_due_since, date = date, days = days.to_string()),
        }
    });
    let part = match standing.past_due_outside_agreement() {
        Some(outside) => Some(td_string!(words(), account.past_due_outside, amount = format::money(outside, language()))),
        None => (standing.past_due != standing.balance).then(|| td_string!(words(), account.past_due_part).to_owned()),
    };
    Some(below_line(td_string!(words(), account.past_due), standing.past_due, [since, part]))
}

fn next_payment(standing: &Standing) -> Option<AnyView> {
    let next = standing.agreement.as_ref()?.next()?;
    let date = format::date(next.due_on, language());
    let when = if next.due_on < standing.today {
        td_string!(words(), account.was_due, date = date)
    } else {
        td_string!(words(), account.on_day, date = date)
    };
    Some(below_line(td_string!(words(), account.next_payment), next.open(), [Some(when), None]))
}

/// What was to be collected and was not: the next payment does not come by itself.
fn trouble(standing: &Standing) -> Option<AnyView> {
    let (trouble, agreement) = (standing.trouble?, standing.agreement.as_ref()?);
    let (account_id, agreement_id) = (standing.account_id.to_string(), agreement.id.to_string());
    Some(view! { <CollectionTroubleNotice trouble account_id agreement_id/> }.into_any())
}

fn below_line(term: &'static str, amount: Money, notes: [Option<String>; 2]) -> AnyView {
    let notes: Vec<_> = notes.into_iter().flatten().map(|note| view! { <dd class="quiet">{note}</dd> }).collect();
    view! {
        <div>
            <dt>{term}</dt>
            <dd class="below-amount">{format::money(amount, language())}</dd>
            {notes}
        </div>
    }
    .into_any()
}

/// What the stage means, where the amounts alone do not say it.
fn stage_words(standing: &Standing) -> AnyView {
    let creditor = standing.creditor.clone();
    let (kind, title, text) = match standing.stage {
        Stage::PastDue | Stage::UpToDate if is_too_small(standing) => (
            NoticeKind::Plain,
            td_string!(words(), pay.too_small_title, amount = format::money(standing.balance, language())),
            td_string!(words(), pay.none_too_small, phone = frame().reach.phone.clone()),
        ),
        Stage::PastDue => return ().into_any(),
        Stage::UpToDate => {
            return view! { <p class="below-note">{td_string!(words(), account.up_to_date)}</p> }.into_any();
        }
        Stage::Settled => (
            NoticeKind::Done,
            td_string!(words(), account.settled_title).to_owned(),
            td_string!(words(), account.settled).to_owned(),
        ),
        Stage::InCredit => (
            NoticeKind::Done,
            td_string!(words(), account.in_credit_title).to_owned(),
            td_string!(words(), account.in_credit, amount = format::money(standing.balance.negated(), language())),
        ),
        Stage::Recalled => (
            NoticeKind::Plain,
            td_string!(words(), account.recalled_title, creditor = creditor.clone()),
            td_string!(words(), account.recalled, creditor = creditor),
        ),
        Stage::Closed => (
            NoticeKind::Plain,
            td_string!(words(), account.closed_title).to_owned(),
            td_string!(words(), account.closed, creditor = creditor),
        ),
    };
    let write = is_too_small(standing).then(|| {
        let href = paths::message(standing.account_id.as_str(), Topic::Other);
        view! { <p><a href=href>{td_string!(words(), account.write)}</a></p> }
    });
    view! { <Notice kind title><p>{unbroken(&text)}</p>{write}</Notice> }.into_any()
}

fn is_too_small(standing: &Standing) -> bool {
    standing.is_too_small_online && matches!(standing.stage, Stage::PastDue | Stage::UpToDate)
}
