//! Build a plan: how often, how much, from when. The plan is drawn beside the fields, at once where script runs and with a
//! button where it does not; the next step is to check it.

pub mod actions;
mod load;

use crate::components::form::{Button, ErrorSummary, HiddenField, Problem, Problems};
use crate::components::frame::{language, words};
use crate::components::layout::Page;
use crate::components::loaded::{loaded, param};
use crate::components::scripts::IslandScripts;
use crate::domain::calendar::Date;
use crate::domain::contact::Topic;
use crate::domain::offers::Offer;
use crate::domain::policy::Basis;
use crate::islands::plan_builder::{self, Outcome, PlanBuilder, TypedPlan, problem_words, refusal_words, refused_field};
use crate::paths;
use crate::words::td_string;
use actions::ChoosePlan;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The name of this screen in a flash.
const SCREEN: &str = "plan";

/// What the screen shows.
pub struct PlanView {
    pub account_id: String,
    pub basis: Basis,
    /// One per frequency.
    pub plans: Vec<Offer>,
    pub typed: TypedPlan,
    pub today: Date,
    /// Fields that were refused when going on to check.
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
    let problems = if view.refused.is_empty() { Problems::default() } else { problems(&view) };
    let offers = plan_builder::offers_property(&view.plans);
    let typed = plan_builder::typed_property(&view.typed);
    view! {
        <Page title back=paths::options(&view.account_id)>
            <ErrorSummary problems/>
            <form method="post" action=ChoosePlan::PATH>
                <HiddenField name="account" value=view.account_id.clone()/>
                <HiddenField name="basis" value=basis/>
                <PlanBuilder
                    offers
                    typed
                    today=view.today.to_string()
                    language=language().tag().to_owned()
                    ask_href=paths::message(&view.account_id, Topic::Other)
                />
                <Button label=td_string!(words(), options.check_plan) name="intent" value="check"/>
            </form>
        </Page>
        <IslandScripts/>
    }
}

/// What is wrong, in the very words the builder puts beside the fields.
fn problems(view: &PlanView) -> Problems {
    let of = |field: &str, text: String| Problem { field: field.to_owned(), text };
    let found = match view.typed.outcome(&view.plans, view.today) {
        Outcome::Untouched => vec![
            of("frequency", td_string!(words(), plan.missing_frequency).to_owned()),
            of("amount", td_string!(words(), plan.missing_amount).to_owned()),
        ],
        Outcome::Fits { .. } => Vec::new(),
        Outcome::Problems(problems) => {
            problems.into_iter().map(|problem| of(problem.field, problem_words(problem, language()).to_owned())).collect()
        }
        Outcome::NotAllowed { refusal, offer_id } => {
            let offer = view.plans.iter().find(|plan| plan.id == offer_id);
            vec![of(refused_field(refusal.reason), refusal_words(refusal.reason, offer, view.today, language()))]
        }
    };
    Problems::from(found)
}
