//! Build a plan: how often, how much, from when. The plan is drawn beside the fields, at once where script runs and with a
//! button where it does not; the next step is to check it.

pub mod actions;
mod fields;
mod load;

use crate::components::form::{Button, ErrorSummary, HiddenField, Problem, Problems};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::scripts::IslandScripts;
use crate::domain::policy::Basis;
use crate::islands::plan_builder::{Outcome, PlanBuilder, Terms, TypedPlan, preview, problems};
use crate::paths;
use crate::words::td_string;
use actions::ChoosePlan;
use fields::PlanFields;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen in a flash.
const SCREEN: &str = "plan";

/// What the screen shows.
pub struct PlanView {
    pub account_id: String,
    pub basis: Basis,
    pub terms: Terms,
    pub typed: TypedPlan,
    /// Fields that were refused when asking for the plan or going on to check.
    pub refused: Vec<(String, String)>,
}

#[component]
pub fn CatchUpPage() -> impl IntoView {
    loaded(load::load(param("account"), Basis::PastDue), |view| view.map(show))
}

#[component]
pub fn PlanPage() -> impl IntoView {
    loaded(load::load(param("account"), Basis::Balance), |view| view.map(show))
}

fn show(view: PlanView) -> impl IntoView {
    let title = match view.basis {
        Basis::PastDue => td_string!(words(), options.plan_past_due),
        Basis::Balance => td_string!(words(), options.plan_balance),
    };
    let basis = match view.basis {
        Basis::PastDue => "past_due",
        Basis::Balance => "balance",
    };
    let summary = if view.refused.is_empty() { Problems::default() } else { to_put_right(&view) };
    view! {
        <Page title back=paths::options(&view.account_id)>
            <ErrorSummary problems=summary/>
            <form method="post" action=ChoosePlan::PATH novalidate>
                <HiddenField name="account" value=view.account_id.clone()/>
                <HiddenField name="basis" value=basis/>
                <Builder terms=view.terms typed=view.typed/>
                <Button label=td_string!(words(), options.check_plan) name="intent" value="check"/>
            </form>
        </Page>
        <IslandScripts/>
    }
}

/// The fields and the plan they lead to, inside the island that keeps them together.
#[component]
pub fn Builder(terms: Terms, typed: TypedPlan) -> impl IntoView {
    let outcome = terms.outcome(&typed);
    let wrong = problems(&outcome, &terms.offers, terms.today, language());
    let plan = preview(&outcome, &terms);
    view! {
        <PlanBuilder>
            <PlanFields terms=terms.clone() typed=typed.clone() problems=wrong.clone()/>
            <section class="plan-preview" aria-labelledby="plan-preview-title">
                <h2 id=paths::PLAN_DRAWN tabindex="-1">{td_string!(words(), plan.preview_title)}</h2>
                <p id="plan-status" class="unseen" role="status"></p>
                <div id="plan-now" data-terms=terms.to_attribute() inner_html=plan.clone()></div>
            </section>
        </PlanBuilder>
    }
}

/// What is wrong, in the very words that stand beside the fields.
fn to_put_right(view: &PlanView) -> Problems {
    let of = |field: &str, text: &str| Problem { field: field.to_owned(), text: text.to_owned() };
    let outcome = view.terms.outcome(&view.typed);
    let found = match outcome {
        Outcome::Untouched => vec![
            of("frequency", td_string!(words(), plan.missing_frequency)),
            of("amount", td_string!(words(), plan.missing_amount)),
        ],
        Outcome::Fits { .. } | Outcome::Problems(_) | Outcome::NotAllowed { .. } => {
            let wrong = problems(&outcome, &view.terms.offers, view.terms.today, language());
            wrong.iter().map(|(field, text)| of(field, text)).collect()
        }
    };
    Problems::from(found)
}
