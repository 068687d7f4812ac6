//! The account statement of any period: what was owed before it, every entry of the books, what was owed at its end. To read,
//! to print, as a signed PDF and for a spreadsheet.

mod load;

use crate::components::form::{Button, ButtonKind, DateFields, ErrorSummary, Problem, Problems, TypedDate};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::table::{Column, DataTable, RowLink};
use crate::domain::account_statement::{AccountStatement, Period, PeriodRefusal, StatementKind, UsualPeriod};
use crate::domain::format;
use crate::paths;
use crate::words::{entry_words, td_string};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use load::Asked;

/// What the screen shows.
pub struct StatementView {
    pub account_id: String,
    pub reference: String,
    pub product: String,
    pub creditor: String,
    pub usual: Vec<(UsualPeriod, Period)>,
    /// The fields: day, month, year.
    pub from: [String; 3],
    pub to: [String; 3],
    pub found: Result<AccountStatement, Refused>,
}

/// Why nothing is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    NoDate { field: &'static str },
    Period(PeriodRefusal),
}

#[component]
pub fn StatementPage() -> impl IntoView {
    let account_id = param("account");
    let asked = use_query_map().with_untracked(|query| Asked::read(|name| query.get(name)));
    loaded(load::load(account_id, asked), |view| view.map(show))
}

fn show(view: StatementView) -> impl IntoView {
    let lead = td_string!(words(), account.name, product = view.product, reference = view.reference);
    let problems = view.found.as_ref().err().map(|refused| problems(*refused)).unwrap_or_default();
    let usual: Vec<_> = view
        .usual
        .iter()
        .map(|(usual, period)| {
            let href = paths::statement_of(&view.account_id, &period.from.to_string(), &period.to.to_string());
            view! { <li><a href=href>{usual_words(*usual)}</a></li> }
        })
        .collect();
    let shown = view.found.ok().map(|statement| table(&view.account_id, &view.creditor, &statement));
    view! {
        <Page title=td_string!(words(), statement.title) back=paths::account(&view.account_id) lead>
            <ErrorSummary problems=problems.clone()/>
            {shown}
            <section class="unprinted">
                <h2>{td_string!(words(), statement.other_period)}</h2>
                <ul class="plain-links">{usual}</ul>
                <form method="get" action=paths::statement(&view.account_id) novalidate>
                    <DateFields
                        name="from"
                        legend=td_string!(words(), statement.from)
                        error=problems.of("from")
                        value=typed(view.from)
                    />
                    <DateFields name="to" legend=td_string!(words(), statement.to) error=problems.of("to") value=typed(view.to)/>
                    <Button label=td_string!(words(), statement.show) kind=ButtonKind::Other/>
                </form>
            </section>
        </Page>
    }
}

fn typed([day, month, year]: [String; 3]) -> TypedDate {
    TypedDate { day, month, year }
}

fn problems(refused: Refused) -> Problems {
    let (field, text) = match refused {
        Refused::NoDate { field } => (field, td_string!(words(), options.error_date)),
        Refused::Period(PeriodRefusal::EndsBeforeItBegins) => ("to", td_string!(words(), statement.ends_before)),
        Refused::Period(PeriodRefusal::EndsInTheFuture) => ("to", td_string!(words(), statement.ends_in_future)),
        Refused::Period(PeriodRefusal::TooLong) => ("from", td_string!(words(), statement.too_long)),
    };
    Problems::from(vec![Problem { field: field.to_owned(), text: text.to_owned() }])
}

fn usual_words(usual: UsualPeriod) -> &'static str {
    match usual {
        UsualPeriod::All => td_string!(words(), statement.all),
        UsualPeriod::ThisMonth => td_string!(words(), statement.this_month),
        UsualPeriod::LastMonth => td_string!(words(), statement.last_month),
        UsualPeriod::ThisYear => td_string!(words(), statement.this_year),
    }
}

fn table(account_id: &str, creditor: &str, statement: &AccountStatement) -> impl IntoView + use<> {
    let money = |amount| format::money(amount, language());
    let date = |day| format::date(day, language());
    let Period { from, to } = statement.period;
    let columns = vec![
        Column::text(td_string!(words(), history.date)),
        Column::text(td_string!(words(), history.what)),
        Column::amount(td_string!(words(), history.amount)),
        Column::amount(td_string!(words(), history.balance)),
    ];
    let edge = |day, what: &str, owed| vec![date(day), what.to_owned(), String::new(), money(owed)];
    let lines = statement.lines.iter().map(|line| {
        vec![date(line.entry.posted_on), kind_words(line.entry.kind, creditor), money(line.entry.amount), money(line.owed_after)]
    });
    let rows = std::iter::once(edge(from, td_string!(words(), statement.opening), statement.opening))
        .chain(lines)
        .chain([edge(to, td_string!(words(), statement.closing), statement.closing)])
        .collect();
    // The first row is no entry.
    let links = std::iter::once(Vec::new()).chain(statement.lines.iter().map(|line| see_payment(line.entry.payment.as_deref())));
    let links = links.collect();
    let period = td_string!(words(), statement.period, from = date(from), to = date(to));
    let (from, to) = (from.to_string(), to.to_string());
    let (pdf, csv) = (paths::statement_pdf(account_id, &from, &to), paths::statement_csv(account_id, &from, &to));
    let none = statement.lines.is_empty().then(|| view! { <p>{td_string!(words(), statement.none)}</p> });
    view! {
        {none}
        <DataTable caption=period columns rows links/>
        <p class="quiet">{td_string!(words(), statement.what_it_is, creditor = creditor.to_owned())}</p>
        <ul class="plain-links unprinted">
            <li><a href=pdf download>{td_string!(words(), statement.pdf)}</a></li>
            <li><a href=csv download>{td_string!(words(), statement.csv)}</a></li>
        </ul>
    }
}

/// To the payment an entry is about, and its receipt.
fn see_payment(reference: Option<&str>) -> Vec<RowLink> {
    let link = |reference: &str| RowLink {
        href: paths::payment(reference),
        text: td_string!(words(), payment.see, reference = reference.to_owned()),
    };
    reference.map(link).into_iter().collect()
}

/// As on paper; on screen there is room for the creditor's name.
fn kind_words(kind: StatementKind, creditor: &str) -> String {
    match kind {
        StatementKind::TakenOver => td_string!(words(), statement.taken_over_from, creditor = creditor.to_owned()),
        StatementKind::Correction | StatementKind::Own(_) => entry_words(kind, words()).to_owned(),
    }
}
