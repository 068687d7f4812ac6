//! A permission under which nothing is collected: why, since when, and the ways on.

use super::{MandateView, kept_before};
use crate::components::form::{LinkButton, LinkKind};
use crate::components::frame::{language, words};
use crate::components::notice::{Notice, NoticeKind};
use crate::domain::format;
use crate::domain::mandate::{EndReason, MandateState};
use crate::paths;
use crate::words::td_string;
use leptos::prelude::*;

pub fn show(view: &MandateView) -> impl IntoView + use<> {
    let kind = match &view.mandate.state {
        MandateState::Ended { .. } | MandateState::Withdrawn { .. } => NoticeKind::Done,
        MandateState::Refused { .. } => NoticeKind::Attention,
        MandateState::Closed { .. }
        | MandateState::Created
        | MandateState::Submitted { .. }
        | MandateState::Processing
        | MandateState::Given { .. }
        | MandateState::Unknown => NoticeKind::Plain,
    };
    let sentence = sentence(view);
    view! {
        <Notice kind><p>{sentence}</p></Notice>
        {sent(view)}
        {kept_before(view)}
        {ways_on(view)}
    }
}

fn sentence(view: &MandateView) -> String {
    let day = view.over_on.map(|day| format::date(day, language())).unwrap_or_default();
    match &view.mandate.state {
        MandateState::Refused { .. } => td_string!(words(), mandate.refused).to_owned(),
        MandateState::Withdrawn { reason: EndReason::AgreementEnded, .. } => {
            td_string!(words(), mandate.withdrawn_agreement).to_owned()
        }
        MandateState::Withdrawn { .. } => td_string!(words(), mandate.withdrawn).to_owned(),
        MandateState::Ended { reason, .. } => match reason {
            EndReason::Customer => td_string!(words(), mandate.ended_customer, day = day),
            EndReason::Replaced => td_string!(words(), mandate.ended_replaced, day = day),
            EndReason::AgreementEnded => td_string!(words(), mandate.ended_agreement, day = day),
            EndReason::Processor => td_string!(words(), mandate.ended_processor, day = day),
            EndReason::Staff => td_string!(words(), mandate.ended_staff, day = day),
            EndReason::Changed => td_string!(words(), mandate.ended_changed, day = day),
            EndReason::TooLate => td_string!(words(), mandate.ended_too_late, day = day),
        },
        MandateState::Closed { .. }
        | MandateState::Created
        | MandateState::Submitted { .. }
        | MandateState::Processing
        | MandateState::Given { .. }
        | MandateState::Unknown => td_string!(words(), mandate.closed).to_owned(),
    }
}

/// What had been sent before is not undone by it.
fn sent(view: &MandateView) -> Option<impl IntoView + use<>> {
    let was_in_force = matches!(view.mandate.state, MandateState::Ended { .. });
    view.sent.as_ref().filter(|_| was_in_force).map(|reference| {
        let see = td_string!(words(), mandate.sent_see);
        view! { <p>{td_string!(words(), mandate.sent)}" "<a href=paths::payment(reference)>{see}</a></p> }
    })
}

fn ways_on(view: &MandateView) -> impl IntoView + use<> {
    let again = match &view.mandate.state {
        MandateState::Refused { .. } => td_string!(words(), mandate.try_another),
        _ => td_string!(words(), mandate.set_up_again),
    };
    let may_begin = view.can_begin && view.another_in_force.is_none();
    let agreement = paths::agreement(&view.agreement_id);
    let may_pay = !view.is_agreement_over && view.another_in_force.is_none();
    view! {
        {may_pay.then(|| view! {
            <p><LinkButton href=paths::pay(&view.account_id) label=td_string!(words(), mandate.pay_myself)/></p>
        })}
        {may_begin.then(|| view! {
            <p><LinkButton href=paths::authorise(&view.agreement_id) label=again kind=LinkKind::Other/></p>
        })}
        <p><a href=agreement>{td_string!(words(), mandate.to_agreement)}</a></p>
    }
}
