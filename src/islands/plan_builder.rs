//! The live plan builder: fields on the one hand, the plan they lead to on the other, redrawn at every change by the same
//! function that computes what is signed.
//!
//! It stands inside a plain form of the page. Without script the browser shows what the server rendered: the same fields, and
//! a button "Show me the plan" which sends them and gets the page with the plan in it. Field names are those of [`TypedPlan`];
//! buttons send `intent=show`, or `use_amount` with a proposed amount.

mod fields;
mod preview;
mod typed;
mod words;

use crate::domain::calendar::Date;
use crate::domain::language::Language;
use crate::domain::money::Money;
use crate::domain::offers::Offer;
use crate::domain::schedule::Schedule;
use crate::words::{locale, td_string};
use leptos::prelude::*;
use leptos::serde_json;

pub use preview::summary;
pub use typed::{FieldProblem, Outcome, ProblemCode, TypedPlan};
pub use words::{frequency_words, problem_words, refusal_words, refused_field};

/// The plan offers of one basis as the island's property: their limits, without the schedules they were shown with.
pub fn offers_property<'a>(offers: impl IntoIterator<Item = &'a Offer>) -> String {
    let bare: Vec<Offer> = offers
        .into_iter()
        .map(|offer| {
            let schedule = Schedule { instalments: Vec::new(), ..offer.schedule.clone() };
            Offer { schedule, ..offer.clone() }
        })
        .collect();
    // Plain values with text keys: writing them cannot fail.
    serde_json::to_string(&bare).unwrap_or_default()
}

/// What was typed before, as the island's property.
pub fn typed_property(typed: &TypedPlan) -> String {
    serde_json::to_string(typed).unwrap_or_default()
}

/// What the fields and the plan beside them are made of.
#[derive(Clone, Copy)]
struct Builder {
    offers: StoredValue<Vec<Offer>>,
    typed: RwSignal<TypedPlan>,
    outcome: Memo<Outcome>,
    today: Date,
    language: Language,
    /// Whether script runs: only then is there a slider, and no need of a button.
    live: RwSignal<bool>,
}

/// `offers` from [`offers_property`], `typed` from [`typed_property`], `today` as `2026-11-20` in the customer's time zone,
/// `language` as a tag, `ask_href` where a person can be asked for more.
#[island]
pub fn PlanBuilder(offers: String, typed: String, today: String, language: String, ask_href: String) -> impl IntoView {
    let offers: Vec<Offer> = serde_json::from_str(&offers).unwrap_or_default();
    let typed: TypedPlan = serde_json::from_str(&typed).unwrap_or_default();
    let today: Date = today.parse().unwrap_or(Date::MIN);
    let language = Language::from_tag(&language).unwrap_or_default();
    let offers = StoredValue::new(offers);
    let typed = RwSignal::new(typed);
    let outcome = Memo::new(move |_| typed.with(|typed| offers.with_value(|offers| typed.outcome(offers, today))));
    let live = RwSignal::new(false);
    // Runs in the browser only, after the first drawing has met the server's.
    Effect::new(move |_| live.set(true));
    let builder = Builder { offers, typed, outcome, today, language, live };
    let use_amount = Callback::new(move |amount: Money| typed.update(|typed| *typed = typed.with_amount(amount)));
    let words = locale(language);
    view! {
        <div class="plan-builder">
            <div class="plan-fields">
                {fields::frequency(builder)}
                {fields::amount(builder)}
                {fields::first_on(builder)}
                {fields::payday(builder)}
                {fields::days_of_month(builder)}
                {fields::down_payment(builder)}
                <button type="submit" class="button button-other" name="intent" value="show" hidden=move || live.get()>
                    {td_string!(words, plan.show)}
                </button>
            </div>
            <section class="plan-preview" aria-live="polite" aria-labelledby="plan-preview-title">
                <h2 id="plan-preview-title">{td_string!(words, plan.preview_title)}</h2>
                {move || outcome.with(|outcome| preview::preview(outcome, language, &ask_href, use_amount))}
            </section>
        </div>
    }
}

impl Builder {
    /// What is wrong with a field, in words.
    fn error_of(self, field: &'static str) -> Option<String> {
        self.outcome.with(|outcome| match outcome {
            Outcome::Untouched | Outcome::Fits { .. } => None,
            Outcome::Problems(problems) => problems
                .iter()
                .find(|problem| problem.field == field)
                .map(|problem| problem_words(*problem, self.language).to_owned()),
            Outcome::NotAllowed { refusal, offer_id } if refused_field(refusal.reason) == field => {
                Some(self.offers.with_value(|offers| {
                    let offer = offers.iter().find(|offer| offer.id == *offer_id);
                    refusal_words(refusal.reason, offer, self.today, self.language)
                }))
            }
            Outcome::NotAllowed { .. } => None,
        })
    }
}
