//! What happens in the browser: reads the fields as they are, computes the plan, writes it where the server wrote it.
//!
//! The elements are found by their ids; a missing one is left out, never a reason to stop.

use super::preview::status;
use super::words::problems;
use super::{Outcome, ProblemCode, SLIDER_STOPS, Terms, TypedPlan, preview};
use crate::domain::calendar::Frequency;
use crate::domain::format;
use crate::domain::money::Money;
use crate::words::{locale, td_string};
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use leptos::web_sys::{Element, Event, FormData, HtmlElement, HtmlFormElement, HtmlInputElement, window};
use std::cell::Cell;

/// Once, when the script has arrived: there is a slider now, and no need of a button.
pub(super) fn begin(root: Element) {
    let carried = part(&root, "#plan-now").and_then(|plan| plan.get_attribute("data-terms"));
    let Some(terms) = carried.as_deref().and_then(Terms::from_attribute) else { return };
    if let Some(button) = part(&root, "#show-plan") {
        button.set_hidden(true);
    }
    if let Some(slider) = part(&root, "#amount-slider") {
        slider.set_hidden(false);
    }
    // The browser may have restored other values than the server sent.
    redraw(&root, &terms);
    let voice = Voice::new(&root);
    let act = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        let Some((root, target)) = places(&event) else { return };
        match event.type_() == "click" {
            true => click(&event, &root, &target, &terms),
            false => input(&root, &target, &terms),
        }
        voice.soon();
    });
    for name in ["input", "click"] {
        let _ = root.add_event_listener_with_callback(name, act.as_ref().unchecked_ref());
    }
    // Listens for as long as the page is there.
    act.forget();
}

/// So long after the last change the outcome is said: not every stop of the slider on the way.
const QUIET_MILLISECONDS: i32 = 800;

/// Tells those who hear the page what has become of the plan, once they have stopped changing it.
struct Voice {
    say: Closure<dyn Fn()>,
    waiting: Cell<i32>,
}

impl Voice {
    fn new(root: &Element) -> Voice {
        let root = root.clone();
        let say = Closure::new(move || {
            if let Some(line) = part(&root, "#plan-status") {
                line.set_text_content(line.get_attribute(UNSAID).as_deref());
            }
        });
        Voice { say, waiting: Cell::new(0) }
    }

    fn soon(&self) {
        let Some(window) = window() else { return };
        window.clear_timeout_with_handle(self.waiting.get());
        let say = self.say.as_ref().unchecked_ref();
        if let Ok(waiting) = window.set_timeout_with_callback_and_timeout_and_arguments_0(say, QUIET_MILLISECONDS) {
            self.waiting.set(waiting);
        }
    }
}

/// What [`Voice`] will say, kept where it will stand.
const UNSAID: &str = "data-next";

fn input(root: &Element, target: &Element, terms: &Terms) {
    if target.id() == "amount-slider" {
        let stop = target.unchecked_ref::<HtmlInputElement>().value().parse().unwrap_or(0);
        if let Some(amount) = at_stop(stop, &typed(root), terms) {
            set_amount(root, &amount.to_decimal_string());
        }
    }
    redraw(root, terms);
}

/// Whether the slider is what is being moved: it stays where the hand or the arrow keys put it.
fn is_moving(slider: &Element) -> bool {
    slider.matches(":focus").unwrap_or(false)
}

/// Takes over a proposed amount.
fn click(event: &Event, root: &Element, target: &Element, terms: &Terms) {
    if target.get_attribute("name").as_deref() == Some("use_amount") {
        event.prevent_default();
        set_amount(root, &target.get_attribute("value").unwrap_or_default());
        // The button goes with the proposal; the slider, if it was the last to be moved, follows again.
        if let Some(field) = part(root, "#amount") {
            let _ = field.focus();
        }
        redraw(root, terms);
    }
}

/// The builder, and what in it the event is about.
fn places(event: &Event) -> Option<(Element, Element)> {
    Some((event.current_target()?.dyn_into().ok()?, event.target()?.dyn_into().ok()?))
}

fn part(root: &Element, selector: &str) -> Option<HtmlElement> {
    root.query_selector(selector).ok().flatten().map(JsCast::unchecked_into)
}

fn typed(root: &Element) -> TypedPlan {
    let form = root.closest("form").ok().flatten();
    let data = form.and_then(|form| FormData::new_with_form(form.unchecked_ref::<HtmlFormElement>()).ok());
    let field = |name| data.as_ref().and_then(|data| data.get(name).as_string()).unwrap_or_default();
    TypedPlan {
        frequency: field("frequency"),
        amount: field("amount"),
        first_on: field("first_on"),
        payday_next: field("payday_next"),
        payday_rhythm: field("payday_rhythm"),
        day: field("day"),
        second_day: field("second_day"),
        down_payment: field("down_payment"),
    }
}

fn set_amount(root: &Element, amount: &str) {
    if let Some(field) = part(root, "#amount") {
        field.unchecked_ref::<HtmlInputElement>().set_value(amount);
    }
}

/// The amount at a stop of the slider. A stop that no plan ends on stands for the nearest amount that one does.
fn at_stop(stop: i64, typed: &TypedPlan, terms: &Terms) -> Option<Money> {
    let (least, most) = terms.range(typed)?;
    let width = most.minor() - least.minor();
    let exact = Money::new(least.minor() + width * stop.clamp(0, SLIDER_STOPS) / SLIDER_STOPS, least.currency());
    // Whole dollars only where a stop is more than one: else a press of an arrow key would change nothing.
    let is_wide = width > SLIDER_STOPS * least.currency().minor_per_major();
    let amount = if is_wide && stop < SLIDER_STOPS { round(exact, least) } else { exact };
    match terms.outcome(&typed.with_amount(amount)) {
        Outcome::NotAllowed { refusal, .. } => {
            refusal.above.or(refusal.below).and_then(|fitting| fitting.schedule.each()).or(Some(amount))
        }
        Outcome::Untouched | Outcome::Problems(_) | Outcome::Fits { .. } => Some(amount),
    }
}

/// Down to a whole major unit (a dollar), unless that is below the least.
fn round(amount: Money, least: Money) -> Money {
    let per_major = amount.currency().minor_per_major();
    let whole = amount.minor() / per_major * per_major;
    if whole < least.minor() { least } else { Money::new(whole, amount.currency()) }
}

fn redraw(root: &Element, terms: &Terms) {
    let typed = typed(root);
    let outcome = terms.outcome(&typed);
    if let Some(plan) = part(root, "#plan-now") {
        plan.set_inner_html(&preview(&outcome, terms));
    }
    draw_problems(root, &outcome, terms);
    draw_amount(root, &typed, &outcome, terms);
    let frequency = Frequency::from_code(&typed.frequency);
    let by_the_month = matches!(frequency, Some(Frequency::Monthly | Frequency::TwiceAMonth));
    for (selector, shown) in [("#days-of-month", by_the_month), ("#second-day", frequency == Some(Frequency::TwiceAMonth))] {
        if let Some(fields) = part(root, selector) {
            fields.set_hidden(!shown);
        }
    }
}

fn draw_problems(root: &Element, outcome: &Outcome, terms: &Terms) {
    let problems = problems(outcome, &terms.offers, terms.today, terms.language);
    if let Some(line) = part(root, "#plan-status") {
        let _ = line.set_attribute(UNSAID, &status(outcome, &problems, terms.language));
    }
    for field in super::typed::FIELDS {
        let text = problems.iter().find(|(wrong, _)| *wrong == field).map(|(_, text)| text.as_str());
        if let Some(error) = part(root, &format!("#{field}-error")) {
            // Nobody is reproached for what they have not come to yet.
            if error.hidden() && is_missing(outcome, field) {
                continue;
            }
            error.set_text_content(text);
            error.set_hidden(text.is_none());
        }
        if let Some(input) = part(root, &format!("input#{field}")) {
            let _ = match text {
                Some(_) => input.set_attribute("aria-invalid", "true"),
                None => input.remove_attribute("aria-invalid"),
            };
        }
    }
}

fn is_missing(outcome: &Outcome, field: &str) -> bool {
    match outcome {
        Outcome::Problems(problems) => {
            problems.iter().any(|problem| problem.field == field && problem.code == ProblemCode::Missing)
        }
        Outcome::Untouched | Outcome::Fits { .. } | Outcome::NotAllowed { .. } => false,
    }
}

fn draw_amount(root: &Element, typed: &TypedPlan, outcome: &Outcome, terms: &Terms) {
    let words = locale(terms.language);
    let money = |amount| format::money(amount, terms.language);
    let Some((least, most)) = terms.range(typed) else { return };
    if let Some(hint) = part(root, "#amount-hint") {
        hint.set_text_content(Some(&td_string!(words, plan.amount_hint, least = money(least), most = money(most))));
    }
    let each = match outcome {
        Outcome::Fits { fitting, .. } => fitting.schedule.each(),
        Outcome::Untouched | Outcome::Problems(_) | Outcome::NotAllowed { .. } => None,
    };
    if let Some(slider) = part(root, "#amount-slider") {
        let spoken = each.map_or_else(|| td_string!(words, plan.slider_unset).to_owned(), money);
        let _ = slider.set_attribute("aria-valuetext", &spoken);
        if is_moving(&slider) {
            return;
        }
        let width = (most.minor() - least.minor()).max(1);
        let stop = each.map_or(0, |each| (each.minor() - least.minor()).clamp(0, width) * SLIDER_STOPS / width);
        slider.unchecked_ref::<HtmlInputElement>().set_value(&stop.to_string());
    }
}
