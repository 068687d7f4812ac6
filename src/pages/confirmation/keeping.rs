//! How an agreement stands: kept, behind or over, each payment with what becomes of it, and the ways on from there.

use crate::components::collection_trouble::{CollectionTroubleNotice, why_words};
use crate::components::form::{LinkButton, LinkKind};
use crate::components::frame::{language, words};
use crate::components::instalment_path::{InstalmentPath, MarkState, PathMark};
use crate::components::put_right::put_right_words;
use crate::components::table::{Column, DataTable, RowLink};
use crate::domain::collecting::CollectionStanding;
use crate::domain::contact::Topic;
use crate::domain::format;
use crate::domain::keeping::{AgreementStanding, Keeping, Kept, Line};
use crate::domain::money::Money;
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

pub fn show(account_id: &str, agreement_id: &str, standing: &AgreementStanding) -> impl IntoView + use<> {
    let columns = vec![
        Column::text(td_string!(words(), keeping.due)),
        Column::text(td_string!(words(), keeping.state)),
        Column::amount(td_string!(words(), keeping.amount)),
    ];
    let is_live = matches!(standing.keeping, Keeping::OnTrack | Keeping::Behind { .. });
    let rows = standing
        .lines
        .iter()
        .map(|line| {
            let day = format::long_date(line.instalment.due_on, language());
            vec![day, line_words(line, is_live), amount_words(line)]
        })
        .collect();
    let links = standing.lines.iter().map(|line| line.instalment.payments().into_iter().map(see_payment).collect()).collect();
    let come = (standing.come > 0).then(|| on_time_words(standing));
    view! {
        <section aria-labelledby="stands">
            <h2 id="stands">{td_string!(words(), keeping.title)}</h2>
            {keeping_words(account_id, agreement_id, standing)}
            {come.map(|come| view! { <p>{come}</p> })}
            {ways(account_id, standing.keeping)}
            <InstalmentPath marks=marks(standing)/>
            <DataTable caption=td_string!(words(), keeping.caption) columns rows links/>
        </section>
    }
}

/// Never that all is well where the customer has to do something.
fn keeping_words(account_id: &str, agreement_id: &str, standing: &AgreementStanding) -> impl IntoView + use<> {
    let is_live = matches!(standing.keeping, Keeping::OnTrack | Keeping::Behind { .. });
    let trouble = standing.trouble.filter(|_| is_live).map(|trouble| {
        let (account_id, agreement_id) = (account_id.to_owned(), agreement_id.to_owned());
        view! { <CollectionTroubleNotice trouble account_id agreement_id/> }
    });
    let words = match standing.keeping {
        Keeping::OnTrack if trouble.is_some() => None,
        Keeping::OnTrack => Some(td_string!(words(), keeping.on_track).to_owned()),
        Keeping::Behind { .. } => standing.put_right.as_ref().map(put_right_words),
        Keeping::Kept => Some(td_string!(words(), keeping.kept).to_owned()),
        Keeping::Completed => Some(td_string!(words(), keeping.completed).to_owned()),
        Keeping::PartlyKept => Some(td_string!(words(), keeping.partly_kept).to_owned()),
        Keeping::Broken => Some(td_string!(words(), keeping.broken).to_owned()),
    };
    view! {
        {words.map(|words| view! { <p>{words}</p> })}
        {trouble}
    }
}

fn on_time_words(standing: &AgreementStanding) -> String {
    let due = standing.come.to_string();
    if standing.on_time == standing.come {
        return td_string!(words(), keeping.on_time_all, due = due);
    }
    td_string!(words(), keeping.on_time, kept = standing.on_time.to_string(), due = due)
}

/// Where something is open, what can be done about it beside paying it, which stands above; where it is over, the ways forward.
fn ways(account_id: &str, keeping: Keeping) -> Option<AnyView> {
    match keeping {
        Keeping::OnTrack | Keeping::Kept | Keeping::Completed => None,
        Keeping::Behind { .. } => Some(
            view! {
                <p>
                    <LinkButton
                        href=paths::message(account_id, Topic::Changed)
                        label=td_string!(words(), keeping.message)
                        kind=LinkKind::Other
                    />
                </p>
            }
            .into_any(),
        ),
        Keeping::PartlyKept | Keeping::Broken => Some(
            view! { <p><LinkButton href=paths::options(account_id) label=td_string!(words(), keeping.ways)/></p> }.into_any(),
        ),
    }
}

fn marks(standing: &AgreementStanding) -> Vec<PathMark> {
    // Of an agreement that is over none comes next.
    let is_live = matches!(standing.keeping, Keeping::OnTrack | Keeping::Behind { .. });
    let is_open = |line: &&Line| is_live && matches!(line.kept, Kept::NotYetDue);
    let next = standing.lines.iter().find(is_open).map(|line| line.instalment.number);
    let state = |line: &Line| match line.kept {
        Kept::OnTime | Kept::Late { .. } => MarkState::Paid,
        Kept::PartPaid { .. } | Kept::Missed => MarkState::Missed,
        Kept::NotYetDue if next == Some(line.instalment.number) => MarkState::Next,
        Kept::NotYetDue => MarkState::Later,
    };
    let mark = |line: &Line| PathMark { due_on: line.instalment.due_on, amount: line.instalment.amount, state: state(line) };
    standing.lines.iter().map(mark).collect()
}

fn see_payment(reference: &str) -> RowLink {
    RowLink { href: paths::payment(reference), text: td_string!(words(), payment.see, reference = reference.to_owned()) }
}

/// What it is, and where a part of it is paid, what is left.
fn amount_words(line: &Line) -> String {
    let amount = format::money(line.instalment.amount, language());
    let open = line.instalment.open();
    if line.instalment.is_met() || open == line.instalment.amount {
        return amount;
    }
    td_string!(words(), keeping.left_of, open = format::money(open, language()), amount = amount)
}

/// How a payment stands, and what becomes of it.
fn line_words(line: &Line, is_live: bool) -> String {
    let date = |day| format::date(day, language());
    let paid = line.instalment.paid_minor();
    let stands = match line.kept {
        Kept::OnTime => return paid_words(line, td_string!(words(), keeping.paid_on_time).to_owned(), is_live),
        Kept::Late { on } => return paid_words(line, td_string!(words(), keeping.paid_late, date = date(on)), is_live),
        Kept::PartPaid { paid } => {
            td_string!(words(), keeping.part_paid, amount = format::money(paid, language()))
        }
        Kept::Missed if is_live => td_string!(words(), keeping.missed).to_owned(),
        Kept::Missed => td_string!(words(), keeping.not_paid).to_owned(),
        Kept::NotYetDue if paid > 0 && is_live => {
            let paid = Money::new(paid, line.instalment.amount.currency());
            td_string!(words(), keeping.to_come_part, amount = format::money(paid, language()))
        }
        Kept::NotYetDue if is_live => td_string!(words(), keeping.to_come).to_owned(),
        Kept::NotYetDue => td_string!(words(), keeping.no_longer).to_owned(),
    };
    let next = match line.collection {
        _ if !is_live => return stands,
        CollectionStanding::ByHand => td_string!(words(), keeping.by_hand).to_owned(),
        CollectionStanding::OnDay(day) => td_string!(words(), keeping.on_day, date = date(day)),
        CollectionStanding::AgainOn(day) => td_string!(words(), keeping.again_on, date = date(day)),
        CollectionStanding::UnderWay => td_string!(words(), keeping.under_way).to_owned(),
        CollectionStanding::NotCollected(why) => {
            td_string!(words(), keeping.not_collected, reason = why_words(why).to_owned())
        }
    };
    format!("{stands}. {next}.")
}

/// That it is paid, and while the agreement lives what of it went back to the customer since.
fn paid_words(line: &Line, stands: String, is_live: bool) -> String {
    let given_back = line.instalment.given_back();
    if !given_back.is_positive() || !is_live {
        return stands;
    }
    let given_back = td_string!(words(), keeping.given_back, amount = format::money(given_back, language()));
    format!("{stands}. {given_back}.")
}
