//! "What happens if…": pay more, miss one, stop, have less. Computed from the agreement as it stands by the rules that hold anyway;
//! nothing is signed and nothing kept. What is asked is part of the address, so that it works without script.

mod load;

use crate::components::change_words::what_if_words;
use crate::components::form::{Button, Choice, ErrorSummary, MoneyField, Problem, Problems, Radios, Select};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::scripts::PlanScript;
use crate::domain::calendar::Date;
use crate::domain::format;
use crate::domain::money::Money;
use crate::domain::statement::Statement;
use crate::domain::what_if::WhatIfKind;
use crate::islands::plan_change::{Plan, TypedWhatIf, Wrong, what_if_preview};
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// What the screen shows.
pub struct WhatIfView {
    pub plan: Plan,
    pub creditor: String,
    /// As it was signed.
    pub late_payment: Option<Statement>,
    /// Number, day and what is open of each payment to come.
    pub open: Vec<(u32, Date, Money)>,
    pub typed: TypedWhatIf,
}

#[component]
pub fn WhatIfPage() -> impl IntoView {
    let typed = use_query_map().with_untracked(|query| TypedWhatIf::read_from(|name| query.get(name)));
    loaded(load::load(param("agreement"), typed), |view| view.map(show))
}

fn show(view: WhatIfView) -> impl IntoView {
    let said = what_if_words(&view.creditor, view.late_payment.as_ref());
    let (drawn, problems) = match what_if_preview(&view.plan, &said, &view.typed) {
        Ok(drawn) => (drawn, Problems::default()),
        Err(wrong) => (String::new(), problem(wrong)),
    };
    let agreement = view.plan.agreement_id.clone();
    view! {
        <Page title=td_string!(words(), what_if.title) back=paths::agreement(&agreement) lead=td_string!(words(), what_if.lead)>
            <ErrorSummary problems=problems.clone()/>
            <div data-live>
                <form method="get" action=paths::what_if(&agreement) novalidate>
                    {fields(&view, &problems)}
                    <div data-script="without"><Button label=td_string!(words(), what_if.show)/></div>
                </form>
                <section aria-labelledby="result">
                    <h2 id="result">{td_string!(words(), what_if.result)}</h2>
                    <p class="unseen" role="status"></p>
                    <div data-plan=view.plan.to_attribute() data-words=said.to_attribute() inner_html=drawn></div>
                </section>
            </div>
        </Page>
        <PlanScript/>
    }
}

/// Without script all of them are there; each says what it is for.
fn fields(view: &WhatIfView, problems: &Problems) -> impl IntoView + use<> {
    let kinds = WhatIfKind::ALL.into_iter().map(|kind| Choice::new(kind.code(), kind_words(kind))).collect();
    let payments = view
        .open
        .iter()
        .map(|(number, due_on, amount)| {
            let (date, amount) = (format::long_date(*due_on, language()), format::money(*amount, language()));
            Choice::new(number.to_string(), td_string!(words(), change.payment_of, amount = amount, date = date))
        })
        .collect();
    view! {
        <Radios
            name="if"
            legend=td_string!(words(), what_if.kind)
            choices=kinds
            chosen=view.typed.kind.clone()
            error=problems.of("if")
        />
        <div data-for="more once">
            <MoneyField
                name="amount"
                label=td_string!(words(), what_if.amount)
                currency=view.plan.currency()
                hint=td_string!(words(), what_if.amount_hint)
                error=problems.of("amount")
                value=view.typed.amount.clone()
            />
        </div>
        <div data-for="miss">
            <Select
                name="number"
                label=td_string!(words(), what_if.which)
                choices=payments
                chosen=view.typed.number.clone()
                hint=td_string!(words(), what_if.which_hint)
                error=problems.of("number")
            />
        </div>
    }
}

fn kind_words(kind: WhatIfKind) -> &'static str {
    match kind {
        WhatIfKind::MoreEachTime => td_string!(words(), what_if.more),
        WhatIfKind::MoreNow => td_string!(words(), what_if.once),
        WhatIfKind::MissOne => td_string!(words(), what_if.miss),
        WhatIfKind::Stop => td_string!(words(), what_if.stop),
        WhatIfKind::EarnLess => td_string!(words(), what_if.less),
    }
}

fn problem(wrong: Wrong) -> Problems {
    let text = match wrong {
        Wrong::Field("amount") => td_string!(words(), what_if.error_amount).to_owned(),
        Wrong::Field("number") => td_string!(words(), change.error_number).to_owned(),
        Wrong::Field(_) => td_string!(words(), what_if.error_kind).to_owned(),
        Wrong::AboveAll { all } => td_string!(words(), what_if.error_above, all = format::money(all, language())),
    };
    Problems::from(vec![Problem { field: wrong.field().to_owned(), text }])
}
