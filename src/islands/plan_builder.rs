//! The live plan builder: fields on the one hand, the plan they lead to on the other, redrawn at every change by the same
//! function that computes what is signed.
//!
//! The page renders all of it as a plain form (`pages/plan`): the fields, and the plan with a button "Show me the plan", which
//! is what a browser without script has. The island around them only listens and redraws, so that what it costs to download
//! is the engine and the words, not a second copy of the form. Field names are those of [`TypedPlan`]; buttons send
//! `intent=show`, or `use_amount` with a proposed amount.

mod limits;
mod live;
mod preview;
mod typed;
mod words;

use crate::domain::calendar::{Date, parse_iso};
use crate::domain::language::Language;
use crate::domain::money::Money;
use crate::domain::offers::Offer;
use leptos::prelude::*;
use live::begin;

pub use preview::{preview, summary};
pub use typed::{FieldProblem, Outcome, ProblemCode, TypedPlan};
pub use words::{frequency_words, latest_first, plan_limits, problems, refused_field};

/// Stops of the slider: fine enough for any amount people think of, coarse enough for the arrow keys.
pub const SLIDER_STOPS: i64 = 100;

/// What the builder needs to know: the plan offers of one basis, for whom and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// One per frequency.
    pub offers: Vec<Offer>,
    /// In the customer's time zone.
    pub today: Date,
    pub language: Language,
    /// Where a person can be asked for more.
    pub ask_href: String,
}

impl Terms {
    /// As the page carries them to the browser, in the attribute `data-terms` of `#plan-now`.
    pub fn to_attribute(&self) -> String {
        let head = format!("{} {} {}", self.today, self.language.tag(), self.ask_href);
        std::iter::once(head).chain(self.offers.iter().filter_map(limits::write)).collect::<Vec<_>>().join("\n")
    }

    /// Reads what [`Terms::to_attribute`] wrote; `None` for anything else.
    pub fn from_attribute(text: &str) -> Option<Terms> {
        let mut lines = text.split('\n');
        let mut head = lines.next()?.splitn(3, ' ');
        let today = parse_iso(head.next()?)?;
        let language = Language::from_tag(head.next()?)?;
        let ask_href = head.next()?.to_owned();
        let offers = lines.map(limits::read).collect::<Option<Vec<_>>>()?;
        Some(Terms { offers, today, language, ask_href })
    }

    pub fn outcome(&self, typed: &TypedPlan) -> Outcome {
        typed.outcome(&self.offers, self.today)
    }

    /// The least and the most per payment: of the chosen frequency, or of all while none is chosen.
    pub fn range(&self, typed: &TypedPlan) -> Option<(Money, Money)> {
        let chosen = typed.offer(&self.offers).map(|offer| offer.frequency);
        let counted = || self.offers.iter().filter(|offer| chosen.is_none_or(|chosen| offer.frequency == chosen));
        let least = counted().map(|offer| offer.min_amount).min_by_key(|amount| amount.minor())?;
        let most = counted().map(|offer| offer.max_amount).max_by_key(|amount| amount.minor())?;
        Some((least, most))
    }
}

/// Stands around the fields and the plan. It has no property of its own and no view of its own beside this element: a reader
/// of JSON and Leptos' event handling would be a third of the download.
#[island]
pub fn PlanBuilder(children: Children) -> impl IntoView {
    view! { <div class="plan-builder" use:begin>{children()}</div> }
}
