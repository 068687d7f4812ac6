//! The fields of the plan builder: plain inputs first, whose changes are listened to where script runs.

use super::typed::{Outcome, TypedPlan};
use super::words::{frequency_words, latest_first, plan_limits};
use super::{Builder, td_string};
use crate::domain::calendar::{Frequency, days_after};
use crate::domain::format;
use crate::domain::money::Money;
use crate::domain::offers::Offer;
use crate::domain::policy::DownPaymentRule;
use crate::words::locale;
use leptos::prelude::*;

/// Stops of the slider: fine enough for any amount people think of, coarse enough for the arrow keys.
const SLIDER_STOPS: i64 = 100;

pub(super) fn frequency(builder: Builder) -> impl IntoView {
    let offered: Vec<Frequency> = builder.offers.with_value(|offers| offers.iter().filter_map(|offer| offer.frequency).collect());
    let chosen = builder.typed.with_untracked(|typed| typed.frequency.clone());
    let choices: Vec<_> = offered
        .into_iter()
        .map(|frequency| {
            let id = format!("frequency-{}", frequency.code());
            view! {
                <div class="choice">
                    <input
                        type="radio"
                        id=id.clone()
                        name="frequency"
                        value=frequency.code()
                        checked=chosen == frequency.code()
                        on:change=move |_| builder.typed.update(|typed| typed.frequency = frequency.code().to_owned())
                    />
                    <label for=id>{frequency_words(frequency, builder.language)}</label>
                </div>
            }
        })
        .collect();
    view! {
        <fieldset class="field" id="frequency" tabindex="-1">
            <legend>{td_string!(locale(builder.language), plan.frequency_legend)}</legend>
            {error(builder, "frequency")}
            <div class="choices">{choices}</div>
        </fieldset>
    }
}

pub(super) fn amount(builder: Builder) -> impl IntoView {
    let words = locale(builder.language);
    let hint = move || {
        let (least, most) = range(builder)?;
        let money = |amount| format::money(amount, builder.language);
        Some(td_string!(words, plan.amount_hint, least = money(least), most = money(most)))
    };
    view! {
        <div class="field">
            <label for="amount">{td_string!(words, plan.amount_label)}</label>
            <p class="hint" id="amount-hint">{hint}</p>
            {error(builder, "amount")}
            {text_input(builder, "amount", "amount-hint", |typed| &mut typed.amount)}
            {slider(builder)}
        </div>
    }
}

/// Needs no name: it only types into the field beside it. A stop that no plan ends on moves to the nearest that one does.
fn slider(builder: Builder) -> impl IntoView {
    let words = locale(builder.language);
    let position = move || {
        let (least, most) = range(builder)?;
        let each = each_now(builder)?;
        let width = (most.minor() - least.minor()).max(1);
        Some(((each.minor() - least.minor()).clamp(0, width) * SLIDER_STOPS / width).to_string())
    };
    let spoken = move || match each_now(builder) {
        Some(each) => format::money(each, builder.language),
        None => td_string!(words, plan.slider_unset).to_owned(),
    };
    let slide = move |event| {
        let stop: i64 = event_target_value(&event).parse().unwrap_or(0);
        let Some((least, most)) = range(builder) else { return };
        let minor = least.minor() + (most.minor() - least.minor()) / SLIDER_STOPS * stop.clamp(0, SLIDER_STOPS);
        let amount = if stop >= SLIDER_STOPS { most } else { round(Money::new(minor, least.currency()), least) };
        builder.typed.update(|typed| {
            let there = typed.with_amount(amount);
            let nearest = builder.offers.with_value(|offers| match there.outcome(offers, builder.today) {
                Outcome::NotAllowed { refusal, .. } => {
                    refusal.above.or(refusal.below).and_then(|fitting| fitting.schedule.each())
                }
                Outcome::Untouched | Outcome::Problems(_) | Outcome::Fits { .. } => None,
            });
            *typed = there.with_amount(nearest.unwrap_or(amount));
        });
    };
    view! {
        <input
            type="range"
            class="slider"
            min="0"
            max=SLIDER_STOPS.to_string()
            aria-label=td_string!(words, plan.slider_label)
            aria-valuetext=spoken
            prop:value=move || position().unwrap_or_else(|| (SLIDER_STOPS / 2).to_string())
            hidden=move || !builder.live.get()
            on:input=slide
        />
    }
}

/// Down to a whole major unit (a dollar), unless that is below the least.
fn round(amount: Money, least: Money) -> Money {
    let per_major = amount.currency().minor_per_major();
    let whole = Money::new(amount.minor() / per_major * per_major, amount.currency());
    if whole.minor() < least.minor() { least } else { whole }
}

/// The amount typed, if it can be read.
fn each_now(builder: Builder) -> Option<Money> {
    builder.outcome.with(|outcome| match outcome {
        Outcome::Fits { fitting, .. } => fitting.schedule.each(),
        Outcome::Untouched | Outcome::Problems(_) | Outcome::NotAllowed { .. } => None,
    })
}

/// The least and the most per payment: of the chosen frequency, or of all while none is chosen.
fn range(builder: Builder) -> Option<(Money, Money)> {
    builder.offers.with_value(|offers| {
        let chosen = builder.typed.with(|typed| typed.offer(offers).map(|offer| offer.id.clone()));
        let counted = || offers.iter().filter(|offer| chosen.as_ref().is_none_or(|chosen| offer.id == *chosen));
        let least = counted().map(|offer| offer.min_amount).min_by_key(|amount| amount.minor())?;
        let most = counted().map(|offer| offer.max_amount).max_by_key(|amount| amount.minor())?;
        Some((least, most))
    })
}

pub(super) fn first_on(builder: Builder) -> impl IntoView {
    let words = locale(builder.language);
    let latest = builder
        .offers
        .with_value(|offers| offers.iter().filter_map(plan_limits).map(|limits| latest_first(limits, builder.today)).max())
        .unwrap_or_else(|| days_after(builder.today, 0));
    let hint = td_string!(words, plan.first_on_hint, latest = format::date(latest, builder.language));
    let initial = builder.typed.with_untracked(|typed| typed.first_on.clone());
    view! {
        <div class="field">
            <label for="first_on">{td_string!(words, plan.first_on_label)}</label>
            <p class="hint" id="first_on-hint">{hint}</p>
            {error(builder, "first_on")}
            <input
                type="date"
                class="short"
                id="first_on"
                name="first_on"
                min=builder.today.to_string()
                max=latest.to_string()
                value=initial
                aria-describedby="first_on-hint first_on-error"
                on:input=move |event| builder.typed.update(|typed| typed.first_on = event_target_value(&event))
            />
        </div>
    }
}

pub(super) fn payday(builder: Builder) -> impl IntoView {
    let words = locale(builder.language);
    let initial = builder.typed.with_untracked(|typed| typed.payday_next.clone());
    let rhythms: Vec<(String, String)> = std::iter::once((String::new(), td_string!(words, plan.payday_none).to_owned()))
        .chain(Frequency::ALL.map(|rhythm| (rhythm.code().to_owned(), frequency_words(rhythm, builder.language).to_owned())))
        .collect();
    view! {
        <fieldset class="field">
            <legend>{td_string!(words, plan.payday_legend)}</legend>
            <p class="hint" id="payday_next-hint">{td_string!(words, plan.payday_hint)}</p>
            {error(builder, "payday_next")}
            <label for="payday_next">{td_string!(words, plan.payday_next_label)}</label>
            <input
                type="date"
                class="short"
                id="payday_next"
                name="payday_next"
                value=initial
                aria-describedby="payday_next-hint payday_next-error"
                on:input=move |event| builder.typed.update(|typed| typed.payday_next = event_target_value(&event))
            />
            {select(
                builder,
                "payday_rhythm",
                td_string!(words, plan.payday_rhythm_label),
                rhythms,
                |typed| &mut typed.payday_rhythm,
            )}
        </fieldset>
    }
}

/// Shown for plans by the month; without script, always.
pub(super) fn days_of_month(builder: Builder) -> impl IntoView {
    let words = locale(builder.language);
    let chosen = move || builder.typed.with(|typed| Frequency::from_code(&typed.frequency));
    let by_the_month = move || matches!(chosen(), Some(Frequency::Monthly | Frequency::TwiceAMonth));
    let days = move || -> Vec<(String, String)> {
        let any = (String::new(), td_string!(words, plan.day_any).to_owned());
        let last = ("last".to_owned(), td_string!(words, plan.day_last).to_owned());
        let numbered = (1..=31).map(|day: u8| (day.to_string(), day.to_string()));
        std::iter::once(any).chain(numbered).chain(std::iter::once(last)).collect()
    };
    view! {
        <fieldset class="field" hidden=move || builder.live.get() && !by_the_month()>
            <legend>{td_string!(words, plan.days_legend)}</legend>
            <p class="hint">{td_string!(words, plan.days_hint)}</p>
            {error(builder, "day")}
            {select(builder, "day", td_string!(words, plan.day_label), days(), |typed| &mut typed.day)}
            <div hidden=move || builder.live.get() && chosen() != Some(Frequency::TwiceAMonth)>
                {select(
                    builder,
                    "second_day",
                    td_string!(words, plan.second_day_label),
                    days(),
                    |typed| &mut typed.second_day,
                )}
            </div>
        </fieldset>
    }
}

/// `None` where no plan begins with one.
pub(super) fn down_payment(builder: Builder) -> Option<impl IntoView> {
    let words = locale(builder.language);
    let rule = builder.offers.with_value(|offers| offers.first().and_then(rule_of))?;
    let money = |amount| format::money(amount, builder.language);
    let hint = match rule {
        DownPaymentRule::NotOffered => return None,
        DownPaymentRule::Optional { minimum } => td_string!(words, plan.down_payment_optional, least = money(minimum)),
        DownPaymentRule::Required { minimum } => td_string!(words, plan.down_payment_required, least = money(minimum)),
    };
    Some(view! {
        <div class="field">
            <label for="down_payment">{td_string!(words, plan.down_payment_label)}</label>
            <p class="hint" id="down_payment-hint">{hint}</p>
            {error(builder, "down_payment")}
            {text_input(builder, "down_payment", "down_payment-hint", |typed| &mut typed.down_payment)}
        </div>
    })
}

fn rule_of(offer: &Offer) -> Option<DownPaymentRule> {
    plan_limits(offer).map(|limits| limits.down_payment)
}

/// An amount to type: its symbol and the input.
fn text_input(
    builder: Builder,
    name: &'static str,
    hint: &'static str,
    field: fn(&mut TypedPlan) -> &mut String,
) -> impl IntoView {
    let symbol = builder.offers.with_value(|offers| offers.first().map(|offer| offer.total.currency().symbol().trim()));
    let value = move || field(&mut builder.typed.get()).clone();
    let initial = field(&mut builder.typed.get_untracked()).clone();
    view! {
        <div class="money-field">
            <span class="money-symbol" aria-hidden="true">{symbol}</span>
            <input
                type="text"
                class="short"
                inputmode="decimal"
                autocomplete="off"
                maxlength="20"
                id=name
                name=name
                value=initial
                prop:value=value
                aria-describedby=format!("{hint} {name}-error")
                aria-invalid=move || builder.error_of(name).is_some().then_some("true")
                on:input=move |event| builder.typed.update(|typed| *field(typed) = event_target_value(&event))
            />
        </div>
    }
}

fn select(
    builder: Builder,
    name: &'static str,
    label: &'static str,
    choices: Vec<(String, String)>,
    field: fn(&mut TypedPlan) -> &mut String,
) -> impl IntoView {
    let chosen = field(&mut builder.typed.get_untracked()).clone();
    let options: Vec<_> = choices
        .into_iter()
        .map(|(value, text)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{text}</option> }
        })
        .collect();
    view! {
        <label for=name>{label}</label>
        <select
            id=name
            name=name
            class="short"
            on:change=move |event| builder.typed.update(|typed| *field(typed) = event_target_value(&event))
        >
            {options}
        </select>
    }
}

/// Always there, so that what is wrong is said as soon as it is, and gone when it is put right.
fn error(builder: Builder, field: &'static str) -> impl IntoView {
    view! {
        <p
            id=format!("{field}-error")
            class:field-error=move || builder.error_of(field).is_some()
            hidden=move || builder.error_of(field).is_none()
        >
            {move || builder.error_of(field)}
        </p>
    }
}
