//! Before signing in, one address can make us write only so much: every form counts towards a window, whatever is in it,
//! and beyond the limit it is answered with a time to come back and nothing else.
//!
//! This is about rows and work. How many wrong answers are judged is in [`super::attempts`], which asks for more patience.

use super::attempts::subject_key;
use super::sign_in::{link_is_live, subject_of_address};
use crate::server::clock::Millis;
use crate::server::security::digest;
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::{StoreResult, door};
use std::net::IpAddr;

/// So many times the wrong answers that are judged per reference: an office or a network shared by many fits in.
const FORMS_FACTOR: u32 = 12;
const MILLIS_A_MINUTE: i64 = 60_000;
/// Windows closed in one transaction, and how many transactions before the next round.
const WINDOWS_AT_ONCE: i64 = 500;
const MOST_ROUNDS: usize = 200;

/// Who sends which form. Each is counted by itself, so that neither wrong answers nor invented links keep anybody from a
/// link we sent or from reaching a person.
pub enum Knock<'a> {
    SignIn(Option<IpAddr>),
    /// Asking for what a passkey has to sign.
    Passkey(Option<IpAddr>),
    Message(Option<IpAddr>),
    /// Somebody who works here, or says so.
    Staff(Option<IpAddr>),
    /// A link that is unknown, used or expired.
    DeadLink(Option<IpAddr>),
    /// A link that works, by the digest of its token: nobody can invent one, so its own count is enough.
    LiveLink(&'a str),
}

impl Knock<'_> {
    fn kind_and_who(&self) -> (&'static str, String) {
        match self {
            Knock::SignIn(address) => ("door_sign_in", who(*address)),
            Knock::Passkey(address) => ("door_passkey", who(*address)),
            Knock::Message(address) => ("door_message", who(*address)),
            Knock::Staff(address) => ("door_staff", who(*address)),
            Knock::DeadLink(address) => ("door_dead_link", who(*address)),
            Knock::LiveLink(token_digest) => ("door_live_link", (*token_digest).to_owned()),
        }
    }
}

/// Those whose address we cannot see share one count.
fn who(address: Option<IpAddr>) -> String {
    address.map_or_else(|| "unseen".to_owned(), subject_of_address)
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    Open(Ticket),
    Shut { until: Millis },
}

/// A form that was let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    subject: String,
    window_started_at: Millis,
}

/// Counts a form before anything is done with it.
pub async fn knock(state: &AppState, knock: &Knock<'_>) -> StoreResult<Entry> {
    let now = state.clock.real_now_millis();
    let window_started_at = now - now.rem_euclid(window_millis(state));
    let (kind, who) = knock.kind_and_who();
    let remembered_as = format!("{kind} {who}");
    if let Some(away) = state.shut_doors.turn_away(&remembered_as, now) {
        if away.to_note > 0 {
            let mut tx = state.db.begin_write().await?;
            let subject = digest::of_subject(&subject_key(&mut tx, now).await?, kind, &who);
            door::add_turned_away(&mut tx, &subject, window_started_at, away.to_note).await?;
            tx.commit().await?;
        }
        return Ok(Entry::Shut { until: away.until });
    }
    let mut tx = state.db.begin_write().await?;
    let subject = digest::of_subject(&subject_key(&mut tx, now).await?, kind, &who);
    let most = i64::from(state.config.sign_in_attempts * FORMS_FACTOR);
    let open = door::let_in(&mut tx, &subject, window_started_at, most).await?;
    if !open {
        door::add_turned_away(&mut tx, &subject, window_started_at, 1).await?;
    }
    tx.commit().await?;
    if open {
        return Ok(Entry::Open(Ticket { subject, window_started_at }));
    }
    let until = window_started_at + window_millis(state);
    tracing::warn!(door = kind, subject, "one address or link has sent too many forms and is turned away for a while");
    state.shut_doors.shut(&remembered_as, until, now);
    Ok(Entry::Shut { until })
}

/// Counts the form of a link: a link that works by itself, any other by the address it comes from.
pub async fn knock_with_link(state: &AppState, token: &str, address: Option<IpAddr>) -> StoreResult<Entry> {
    if link_is_live(state, token).await? {
        knock(state, &Knock::LiveLink(&digest::of_secret(token))).await
    } else {
        knock(state, &Knock::DeadLink(address)).await
    }
}

/// Whoever gave the right answers is no stranger: their form does not count, or a busy network would shut itself out.
pub async fn give_back(state: &AppState, ticket: &Ticket) -> StoreResult<()> {
    let mut tx = state.db.begin_write().await?;
    door::give_back(&mut tx, &ticket.subject, ticket.window_started_at).await?;
    tx.commit().await?;
    Ok(())
}

/// Forgets the windows that are over; those who were turned away in one become one event, with how many they were. A job
/// calls it every hour. Returns how many windows there were.
pub async fn close_windows(state: &AppState) -> StoreResult<usize> {
    let before = state.clock.real_now_millis() - window_millis(state);
    let mut closed = 0;
    for _ in 0..MOST_ROUNDS {
        let mut tx = state.db.begin_write().await?;
        let ended = door::take_ended(&mut tx, before, WINDOWS_AT_ONCE).await?;
        let at = state.clock.now_millis();
        let turned_away: Vec<Event> =
            ended.iter().filter(|window| window.turned_away > 0).map(|window| event(window, at)).collect();
        events::append_many(&mut tx, &turned_away).await?;
        tx.commit().await?;
        closed += ended.len();
        if ended.is_empty() {
            break;
        }
    }
    Ok(closed)
}

fn event(window: &door::EndedWindow, at: Millis) -> Event {
    Event {
        at,
        actor: Actor::Visitor,
        action: "door.turned_away",
        customer_id: None,
        account_id: None,
        subject_id: None,
        details: serde_json::json!({
            "subject": window.subject,
            "since": window.window_started_at,
            "at_least": window.turned_away,
        }),
    }
}

fn window_millis(state: &AppState) -> Millis {
    i64::from(state.config.sign_in_window_minutes) * MILLIS_A_MINUTE
}
