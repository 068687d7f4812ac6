//! What is wanted now, and what was typed where it was refused.

use super::form::{self, NO, YES};
use super::{AdviserView, ContactView, KEPT, SCREEN};
use crate::domain::contact::wishes::{Calls, DayPart, Papers, WEEKDAYS};
use crate::server::clock;
use crate::server::context::{self, Failed};
use crate::server::services::contact_wishes::{self, Ways};
use std::collections::BTreeMap;

/// `None` only while routes are collected.
pub async fn load() -> Result<Option<ContactView>, Failed> {
    let (Some(state), Some(visitor)) = (context::state(), context::signed_in()) else {
        return Ok(None);
    };
    let Some(ways) = contact_wishes::of_customer(&state, &visitor.customer_id).await.map_err(context::fail)? else {
        return Ok(None);
    };
    let flash = context::flash(SCREEN).unwrap_or_default();
    let is_kept = flash.values.contains_key(KEPT);
    let typed = if flash.errors.is_empty() { as_typed(&ways) } else { flash.values };
    let zone = clock::zone(&ways.time_zone);
    let day = |at| clock::date_of(at, &zone);
    Ok(Some(ContactView {
        is_kept,
        typed,
        errors: flash.errors,
        has_number: ways.has_number(),
        texts_since: ways.texts.as_ref().map(|consent| day(consent.given_at)),
        documents_since: ways.documents.as_ref().map(|consent| day(consent.given_at)),
        is_on_paper: ways.wishes.papers == Some(Papers::OnPaper),
        stopped_since: ways.stopped_contact_at.map(day),
        adviser: ways.wishes.adviser.map(|adviser| AdviserView { name: adviser.name, since: day(adviser.since) }),
        email: ways.email,
        phone: ways.phone,
        has_street: ways.street.is_some_and(|street| !street.trim().is_empty()),
        known_zone: ways.time_zone,
    }))
}

/// The form as it stands now.
fn as_typed(ways: &Ways) -> BTreeMap<String, String> {
    let yes_or_no = |yes: bool| Some(if yes { YES } else { NO });
    let checked = |yes: bool| yes.then_some(YES);
    let calls = ways.wishes.calls.and_then(|calls| yes_or_no(calls == Calls::Welcome));
    let mut fields = vec![
        (form::EMAIL, yes_or_no(ways.wants_email)),
        (form::LETTERS, yes_or_no(ways.wants_letters)),
        (form::CALLS, calls),
        (form::EMAIL_PLACE, checked(ways.email_is_elsewhere)),
        (form::PHONE_PLACE, checked(ways.phone_is_elsewhere)),
        (form::TIME_ZONE, Some(ways.wishes.time_zone.as_deref().unwrap_or(&ways.time_zone))),
        (form::LANGUAGE, Some(ways.language.tag())),
        (form::PLACES, Some(ways.wishes.places.as_str())),
    ];
    let times = ways.wishes.times;
    fields.extend(WEEKDAYS.map(|day| (form::day_field(day), checked(times.has_day(day)))));
    fields.extend(DayPart::ALL.map(|part| (form::part_field(part), checked(times.has_part(part)))));
    fields.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.to_owned()))).collect()
}
