//! What a customer wants of how they are reached, said on their own page or to a person at the operator's: channels, days and times,
//! places, language, time zone, consents, "stop contacting me", and who speaks for them. Every change has its event, without anything
//! personal in it, and lets what waits be decided anew.

use super::Failure;
use super::stopping::{self, LearnedFrom, Mark, Stop, append_event, is_stopped};
use crate::domain::contact::channel::Channel;
use crate::domain::contact::wishes::{Calls, Papers, Place, Said, Wanted};
use crate::domain::ids::CustomerId;
use crate::domain::language::Language;
use crate::server::clock::Millis;
use crate::server::ids;
use crate::server::notify::texts::international;
use crate::server::security::digest;
use crate::server::state::AppState;
use crate::server::store::contact::{self, Addresses, LiveMark, NewConsent, NewMark};
pub use crate::server::store::contact::{Consent, LiveConsent};
pub use crate::server::store::contact_wishes::{Adviser, ContactWishes};
use crate::server::store::events::Actor;
use crate::server::store::{StoreError, Tx, contact_wishes, customers, outbox};
use serde_json::json;

/// Who says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Customer,
    /// A person at the operator's, who was told.
    Operator,
}

impl By {
    fn actor(self, customer: &CustomerId) -> Actor {
        match self {
            By::Customer => Actor::Customer(customer.to_string()),
            By::Operator => Actor::Operator,
        }
    }

    fn learned_from(self) -> LearnedFrom {
        match self {
            By::Customer => LearnedFrom::Customer,
            By::Operator => LearnedFrom::Operator,
        }
    }

    fn code(self) -> &'static str {
        match self {
            By::Customer => "customer",
            By::Operator => "operator",
        }
    }
}

/// How a customer can be reached and what they want of it. Has no Debug: it holds their addresses.
pub struct Ways {
    pub email: Option<String>,
    pub phone: Option<String>,
    pub street: Option<String>,
    pub wants_email: bool,
    pub wants_letters: bool,
    /// The address we have is at a place where they do not want to be reached.
    pub email_is_elsewhere: bool,
    pub phone_is_elsewhere: bool,
    pub texts: Option<LiveConsent>,
    pub documents: Option<LiveConsent>,
    pub wishes: ContactWishes,
    pub language: Language,
    /// As the creditor reported it.
    pub time_zone: String,
    pub stopped_contact_at: Option<Millis>,
}

impl Ways {
    /// Whether there is a number that texts could be sent to.
    pub fn has_number(&self) -> bool {
        self.phone.as_deref().and_then(international).is_some()
    }
}

pub async fn of_customer(state: &AppState, customer: &CustomerId) -> Result<Option<Ways>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let Some(addresses) = contact::addresses(&mut tx, customer).await? else { return Ok(None) };
    let marks = contact::live_marks(&mut *tx, customer).await?;
    let language = customers::language(&mut *tx, customer).await?;
    let is_elsewhere = |channel, address: Option<&str>| address.is_some_and(|address| is_elsewhere(&marks, channel, address));
    Ok(Some(Ways {
        wants_email: !is_stopped(&marks, Channel::Email),
        wants_letters: !is_stopped(&marks, Channel::Letter),
        email_is_elsewhere: is_elsewhere(Channel::Email, addresses.email.as_deref()),
        phone_is_elsewhere: is_elsewhere(Channel::Text, number(&addresses).as_deref()),
        texts: contact::live_consent(&mut *tx, customer, Consent::Texts).await?,
        documents: contact::live_consent(&mut *tx, customer, Consent::Documents).await?,
        wishes: contact_wishes::of(&mut *tx, customer).await?,
        language: language.as_deref().and_then(Language::from_tag).unwrap_or_default(),
        stopped_contact_at: marks.iter().find(|mark| mark.mark == Mark::StoppedContact).map(|mark| mark.learned_at),
        email: addresses.email,
        phone: addresses.phone,
        street: addresses.street,
        time_zone: addresses.time_zone,
    }))
}

/// As [`of_customer`], of the account with this reference.
pub async fn of_reference(state: &AppState, reference: &str) -> Result<Option<(CustomerId, Ways)>, Failure> {
    let Some(customer) = stopping::customer_of_reference(state, reference).await? else { return Ok(None) };
    Ok(of_customer(state, &customer).await?.map(|ways| (customer, ways)))
}

fn number(addresses: &Addresses) -> Option<String> {
    addresses.phone.as_deref().and_then(international)
}

fn is_elsewhere(marks: &[LiveMark], channel: Channel, address: &str) -> bool {
    marks.iter().any(|mark| {
        mark.mark == Mark::InconvenientPlace
            && mark.channel == Some(channel)
            && mark.address.as_deref().is_some_and(|marked| marked.eq_ignore_ascii_case(address))
    })
}

/// Writes down what was said, as far as it is new.
pub async fn keep(state: &AppState, customer: &CustomerId, said: Said, by: By) -> Result<(), Failure> {
    let mut tx = state.db.begin_write().await?;
    let addresses = contact::lock_addresses(&mut tx, customer).await?.ok_or(Failure::Missing("customer"))?;
    for (channel, wanted) in [(Channel::Email, said.email), (Channel::Letter, said.letters)] {
        want(state, &mut tx, customer, (channel, wanted), by).await?;
    }
    let places =
        [(Channel::Email, addresses.email.clone(), said.email_place), (Channel::Text, number(&addresses), said.phone_place)];
    for (channel, address, place) in places {
        if let (Some(address), Some(place)) = (address, place) {
            put(state, &mut tx, customer, (channel, &address, place), by).await?;
        }
    }
    let before = contact_wishes::of(&mut *tx, customer).await?;
    let after = ContactWishes {
        times: said.times.unwrap_or(before.times),
        time_zone: match said.time_zone {
            // What the creditor reported counts anyway.
            Some(zone) if zone == addresses.time_zone => None,
            Some(zone) => Some(zone),
            None => before.time_zone.clone(),
        },
        calls: said.calls.or(before.calls),
        places: said.places.unwrap_or_else(|| before.places.clone()),
        ..before.clone()
    };
    if before != after {
        write(state, &mut tx, customer, &after, by).await?;
    }
    if let Some(language) = said.language
        && customers::language(&mut *tx, customer).await?.as_deref() != Some(language.tag())
    {
        customers::set_language(&mut tx, customer, language.tag()).await?;
        let details = json!({ "language": language.tag() });
        append_event(&mut tx, state, "contact.language_chosen", by.actor(customer), customer, details).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Stops a channel or takes it up again.
async fn want(
    state: &AppState,
    tx: &mut Tx,
    customer: &CustomerId,
    (channel, wanted): (Channel, Option<Wanted>),
    by: By,
) -> Result<(), Failure> {
    match wanted {
        None => Ok(()),
        Some(Wanted::No) => {
            let stop = Stop { customer, channel, mark: Mark::Stopped, learned_from: by.learned_from(), message_id: None };
            stopping::stop(state, tx, &stop).await
        }
        Some(Wanted::Yes) => {
            let now = state.clock.now_millis();
            if contact::end_wishes(tx, customer, channel, now).await? > 0 {
                let details = json!({ "channel": channel.code() });
                append_event(tx, state, "channel.allowed", by.actor(customer), customer, details).await?;
                outbox::decide_again(tx, customer, now).await?;
            }
            Ok(())
        }
    }
}

/// Says of an address whether it is at a place that is inconvenient.
async fn put(
    state: &AppState,
    tx: &mut Tx,
    customer: &CustomerId,
    (channel, address, place): (Channel, &str, Place),
    by: By,
) -> Result<(), Failure> {
    let now = state.clock.now_millis();
    let marks = contact::live_marks(&mut **tx, customer).await?;
    match (place, is_elsewhere(&marks, channel, address)) {
        (Place::Inconvenient, false) => {
            let new = NewMark {
                id: &ids::new_id(),
                customer_id: customer,
                channel: Some(channel),
                mark: Mark::InconvenientPlace,
                address: Some(address),
                learned_from: by.learned_from(),
                message_id: None,
                learned_at: now,
            };
            stopping::mark(state, tx, &new).await
        }
        (Place::Fine, true) => {
            if contact::end_inconvenient_place(tx, customer, channel, now).await? {
                let details = json!({ "channel": channel.code(), "mark": Mark::InconvenientPlace.code() });
                append_event(tx, state, "channel.allowed", by.actor(customer), customer, details).await?;
                outbox::decide_again(tx, customer, now).await?;
            }
            Ok(())
        }
        (Place::Inconvenient, true) | (Place::Fine, false) => Ok(()),
    }
}

/// Writes the wishes with their event, and lets what waits be decided anew.
async fn write(state: &AppState, tx: &mut Tx, customer: &CustomerId, wishes: &ContactWishes, by: By) -> Result<(), Failure> {
    let now = state.clock.now_millis();
    contact_wishes::keep(tx, customer, wishes, now).await?;
    let details = json!({
        "days": wishes.times.day_codes(), "day_parts": wishes.times.part_codes(), "time_zone": wishes.time_zone,
        "calls": wishes.calls.map(Calls::code), "papers": wishes.papers.map(Papers::code),
        "has_places": !wishes.places.is_empty(), "has_adviser": wishes.adviser.is_some(),
    });
    append_event(tx, state, "contact.wishes_kept", by.actor(customer), customer, details).await?;
    outbox::decide_again(tx, customer, now).await?;
    Ok(())
}

/// The text a customer agrees to.
pub fn text_of(consent: Consent, language: Language) -> &'static str {
    match (consent, language) {
        (Consent::Texts, language) => stopping::consent_text(language),
        (Consent::Documents, Language::English) => include_str!("../../../letters/electronic_consent/en.txt").trim_ascii(),
        (Consent::Documents, Language::Spanish) => include_str!("../../../letters/electronic_consent/es.txt").trim_ascii(),
    }
}

/// The version of that text: its SHA-256.
pub fn version_of(consent: Consent, language: Language) -> String {
    digest::of_secret(text_of(consent, language))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreed {
    Yes,
    /// The text is not the one that was shown.
    TextChanged,
    /// There is no number, or no e-mail address, it could be for.
    NoAddress,
}

/// A customer agrees to a text that was shown to them in this language, with this version.
pub async fn agree(
    state: &AppState,
    customer: &CustomerId,
    consent: Consent,
    (language, shown): (Language, &str),
    by: By,
) -> Result<Agreed, Failure> {
    let text_version = version_of(consent, language);
    if shown != text_version {
        return Ok(Agreed::TextChanged);
    }
    let now = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    let addresses = contact::lock_addresses(&mut tx, customer).await?.ok_or(Failure::Missing("customer"))?;
    let address = match consent {
        Consent::Texts => number(&addresses),
        Consent::Documents => addresses.email.filter(|email| !email.trim().is_empty()),
    };
    let Some(address) = address else { return Ok(Agreed::NoAddress) };
    // Pressed twice, it is agreed once.
    if contact::live_consent(&mut *tx, customer, consent).await?.is_some() {
        return Ok(Agreed::Yes);
    }
    let new = NewConsent {
        id: &ids::new_id(),
        customer_id: customer,
        consent,
        address: &address,
        agreed_text: text_of(consent, language),
        text_version: &text_version,
        language: language.tag(),
        given_by: by.code(),
        given_at: now,
    };
    contact::insert_consent(&mut tx, &new).await?;
    let details = json!({ "channel": consent.code(), "text_sha256": text_version, "language": language.tag() });
    append_event(&mut tx, state, "consent.given", by.actor(customer), customer, details).await?;
    match consent {
        // Who agrees to texts wants them, whatever they said before.
        Consent::Texts => want(state, &mut tx, customer, (Channel::Text, Some(Wanted::Yes)), by).await?,
        Consent::Documents => set_papers(state, &mut tx, customer, Papers::Electronic, by).await?,
    }
    outbox::decide_again(&mut tx, customer, now).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Agreed::Yes)
}

/// A customer takes a consent back, or asks for paper where they never gave one.
pub async fn withdraw(state: &AppState, customer: &CustomerId, consent: Consent, by: By) -> Result<(), Failure> {
    let now = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    contact::lock_addresses(&mut tx, customer).await?.ok_or(Failure::Missing("customer"))?;
    if contact::withdraw_consent(&mut tx, customer, consent, now).await? {
        let details = json!({ "channel": consent.code() });
        append_event(&mut tx, state, "consent.withdrawn", by.actor(customer), customer, details).await?;
        outbox::decide_again(&mut tx, customer, now).await?;
    }
    if consent == Consent::Documents {
        set_papers(state, &mut tx, customer, Papers::OnPaper, by).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// How documents come, without a consent of its own: what a customer told a person.
pub async fn want_papers(state: &AppState, customer: &CustomerId, papers: Papers, by: By) -> Result<(), Failure> {
    let mut tx = state.db.begin_write().await?;
    contact::lock_addresses(&mut tx, customer).await?.ok_or(Failure::Missing("customer"))?;
    set_papers(state, &mut tx, customer, papers, by).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

async fn set_papers(state: &AppState, tx: &mut Tx, customer: &CustomerId, papers: Papers, by: By) -> Result<(), Failure> {
    let before = contact_wishes::of(&mut **tx, customer).await?;
    if before.papers == Some(papers) {
        return Ok(());
    }
    write(state, tx, customer, &ContactWishes { papers: Some(papers), ..before }, by).await
}

/// "Stop contacting me" (12 CFR 1006.6(c)).
pub async fn stop_everything(state: &AppState, customer: &CustomerId, by: By) -> Result<(), Failure> {
    let mut tx = state.db.begin_write().await?;
    contact::lock_addresses(&mut tx, customer).await?.ok_or(Failure::Missing("customer"))?;
    stopping::stop_contact(state, &mut tx, customer, by.learned_from()).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// They may be written to again.
pub async fn take_up_again(state: &AppState, customer: &CustomerId, by: By) -> Result<(), Failure> {
    let mut tx = state.db.begin_write().await?;
    contact::lock_addresses(&mut tx, customer).await?.ok_or(Failure::Missing("customer"))?;
    stopping::allow(state, &mut tx, customer, None, by.actor(customer)).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

/// Whose name and address they are, as typed. Has no Debug.
#[derive(Clone, Copy)]
pub struct NamedAdviser<'a> {
    pub name: &'a str,
    pub contact: &'a str,
}

/// From now on an adviser speaks for them; with `None`, they speak for themselves again.
pub async fn speak_to(state: &AppState, customer: &CustomerId, adviser: Option<NamedAdviser<'_>>, by: By) -> Result<(), Failure> {
    let now = state.clock.now_millis();
    let mut tx = state.db.begin_write().await?;
    contact::lock_addresses(&mut tx, customer).await?.ok_or(Failure::Missing("customer"))?;
    let before = contact_wishes::of(&mut *tx, customer).await?;
    let adviser = adviser.map(|new| Adviser {
        name: new.name.to_owned(),
        contact: new.contact.to_owned(),
        since: before.adviser.as_ref().map_or(now, |known| known.since),
    });
    let after = ContactWishes { adviser, ..before.clone() };
    if before != after {
        write(state, &mut tx, customer, &after, by).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}
