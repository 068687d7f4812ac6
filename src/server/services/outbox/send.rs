//! Sending what is due. Called by the worker again and again; any number may run at once.
//!
//! One message: claimed with a lease; the customer locked and the gate asked once more, because the hour of sending counts, not
//! that of writing; let go, so that it counts among the messages of a week before the next one is decided; handed over with no
//! transaction open; the outcome recorded. A sender that dies on the way leaves a message that is due again when its lease ends,
//! under the same id.

use super::asking::{self, Subject};
use super::{CODE_PLACE, Channel, Reason, State, append_event, bounce_tag, code_in, contact_key, paper, stands, stop_token};
use crate::domain::contact::channel::ChannelState;
use crate::domain::contact::gate::{Decision, Weight};
use crate::paths;
use crate::server::clock::Millis;
use crate::server::notify::Carried;
use crate::server::notify::mail::{MailServer, Outgoing};
use crate::server::notify::texts::OutgoingText;
use crate::server::services::Failure;
use crate::server::state::AppState;
use crate::server::store::outbox::{self, Claimed};
use crate::server::store::{StoreError, Tx, contact, documents};
use jiff::Timestamp;

/// How long one sender may take for one message.
const LEASE_SECONDS: i64 = 120;
/// Messages sent in one go; the worker comes again.
const MOST_IN_ONE_GO: usize = 50;
/// Minutes to wait after each failed attempt. After the last it is kept as not sent.
const RETRY_AFTER_MINUTES: [i64; 5] = [1, 5, 30, 120, 480];
const MINUTE: Millis = 60_000;

/// What one round of sending did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    pub sent: usize,
    /// Put into the print queue.
    pub to_print: usize,
    pub put_off: usize,
    pub given_up: usize,
}

/// Sends what is due.
pub async fn send_due(state: &AppState) -> Result<Round, Failure> {
    let mut round = Round::default();
    let server = state.config.mail.as_ref().map(MailServer::from_settings).transpose()?;
    for _ in 0..MOST_IN_ONE_GO {
        let now = state.clock.now();
        let now_millis = now.as_millisecond();
        let Some(message) = outbox::claim(state.db.pool(), now_millis, now_millis + LEASE_SECONDS * 1000).await? else {
            break;
        };
        match send(state, server.as_ref(), &message, now).await? {
            Some(State::Sent { .. }) => round.sent += 1,
            Some(State::Printing) => round.to_print += 1,
            Some(State::Waiting { .. }) => round.put_off += 1,
            Some(State::NotSent { .. }) => round.given_up += 1,
            // Another sender took over, or it was withdrawn.
            None => {}
        }
    }
    Ok(round)
}

/// A message that the gate let go.
struct LetGo {
    channel: Channel,
    recipient: String,
    /// In case whoever carries it does not want it.
    can_go_by_post: bool,
    stop_url: String,
    bounce_tag: String,
    /// What the message brings and does not hold.
    code: Option<String>,
}

enum Asked {
    Go(LetGo),
    /// Where it stands instead.
    Stands(State),
    TakenOver,
}

async fn send(
    state: &AppState,
    server: Option<&MailServer>,
    message: &Claimed,
    now: Timestamp,
) -> Result<Option<State>, Failure> {
    let go = match ask(state, message, now).await? {
        Asked::Go(go) => go,
        Asked::Stands(state) => return Ok(Some(state)),
        Asked::TakenOver => return Ok(None),
    };
    let (carried, carrier) = carry(state, server, message, &go).await?;
    record(state, message, &go, (carried, carrier), now.as_millisecond()).await
}

/// Asks the gate once more, and writes down what it says.
async fn ask(state: &AppState, message: &Claimed, now: Timestamp) -> Result<Asked, Failure> {
    let now_millis = now.as_millisecond();
    let mut tx = state.db.begin_write().await?;
    let addresses = contact::lock_addresses(&mut tx, &message.customer_id).await?.ok_or(Failure::Missing("customer"))?;
    let subject = Subject {
        message_id: &message.id,
        customer_id: &message.customer_id,
        account_id: message.account_id.as_ref(),
        weight: message.weight,
        written_at: Timestamp::from_millisecond(message.created_at).unwrap_or(Timestamp::MIN),
        expires_at: message.expires_at,
        has_short_form: message.body_short.is_some(),
        only_by_post: message.instead_of.is_some(),
        only_to: message.only_to.as_deref(),
    };
    let (decision, known) = asking::ask(state, &mut tx, &subject, &addresses, now).await?;
    let asked = match decision {
        Decision::Send(Channel::Letter) => match print(state, &mut tx, message, now_millis).await? {
            true => Asked::Stands(State::Printing),
            false => Asked::TakenOver,
        },
        Decision::Send(channel) => {
            let recipient = known.recipient(channel).to_owned();
            if outbox::let_go(&mut tx, &message.id, channel, &recipient, message.attempts, now_millis).await? {
                let key = contact_key(state, &mut tx).await?;
                let token = stop_token(&key, &message.customer_id);
                Asked::Go(LetGo {
                    channel,
                    recipient,
                    can_go_by_post: known.reach.letter == ChannelState::Usable,
                    stop_url: format!("{}{}", state.config.public_url, paths::stop(&token)),
                    bounce_tag: bounce_tag(&key, &message.id),
                    code: code_in(&key, &message.once_key),
                })
            } else {
                Asked::TakenOver
            }
        }
        Decision::Wait { .. } | Decision::Never { .. } => {
            let (channel, stands) = stands(decision, message.expires_at, now_millis);
            if outbox::put_back(&mut tx, &message.id, Some(channel), stands, now_millis).await? {
                let action = if matches!(stands, State::NotSent { .. }) { "message.not_sent" } else { "message.waits" };
                append_event(&mut tx, now_millis, action, message.into(), channel, stands).await?;
                Asked::Stands(stands)
            } else {
                Asked::TakenOver
            }
        }
    };
    tx.commit().await.map_err(StoreError::from)?;
    Ok(asked)
}

/// Puts a claimed message into the print queue. `false` if another sender took over.
async fn print(state: &AppState, tx: &mut Tx, message: &Claimed, now: Millis) -> Result<bool, Failure> {
    if !outbox::let_go(tx, &message.id, Channel::Letter, "", message.attempts, now).await? {
        return Ok(false);
    }
    paper::queue(state, tx, message, now).await?;
    let recorded = outbox::record(tx, &message.id, State::Printing, Some("print"), now).await?;
    append_event(tx, now, "message.to_print", message.into(), Channel::Letter, State::Printing).await?;
    Ok(recorded)
}

/// Hands one message over. No transaction is open meanwhile.
async fn carry(
    state: &AppState,
    server: Option<&MailServer>,
    message: &Claimed,
    go: &LetGo,
) -> Result<(Carried, &'static str), Failure> {
    match go.channel {
        Channel::Email => {
            let Some(server) = server else {
                // The sandbox stands for a mail server where none is set: what waits for a notice goes on, and nothing leaves.
                return match state.config.sandbox {
                    true => Ok((Carried::Accepted, "sandbox")),
                    false => Err(Failure::Missing("mail server")),
                };
            };
            let attachment = match &message.document_id {
                Some(id) => {
                    let file = documents::file(state.db.pool(), id).await?.ok_or(Failure::Missing("document of a message"))?;
                    Some((format!("{}.pdf", file.reference), file.bytes))
                }
                None => None,
            };
            let code = go.code.as_deref().unwrap_or(CODE_PLACE);
            let outgoing = Outgoing {
                id: &message.id,
                recipient: &go.recipient,
                subject: &message.subject,
                text: &message.body_text.replace(CODE_PLACE, code),
                html: &message.body_html.replace(CODE_PLACE, code),
                attachment,
                bounce_tag: &go.bounce_tag,
                stop_url: &go.stop_url,
                at: state.clock.real_now().into(),
            };
            Ok((server.carry(outgoing).await, "smtp"))
        }
        Channel::Text => {
            let carrier = state.texts.as_ref().ok_or(Failure::Missing("carrier of texts"))?;
            let text = message.body_short.as_deref().ok_or(Failure::Missing("short form of a message"))?;
            let outgoing = OutgoingText { id: &message.id, number: &go.recipient, text };
            Ok((carrier.send(outgoing).await, carrier.name()))
        }
        Channel::Letter => Err(Failure::Missing("carrier of letters")),
    }
}

/// Records what became of it. A required notice that nobody takes goes by post.
async fn record(
    state: &AppState,
    message: &Claimed,
    go: &LetGo,
    (carried, carrier): (Carried, &'static str),
    now: Millis,
) -> Result<Option<State>, Failure> {
    let outcome = match carried {
        Carried::Accepted => State::Sent { at: now },
        Carried::Refused => State::NotSent { reason: Reason::RefusedByServer },
        Carried::TryAgain => after_attempt(message.attempts, now),
    };
    let mut tx = state.db.begin_write().await?;
    let by_post = message.weight == Weight::Notice && go.can_go_by_post;
    let recorded = match outcome {
        State::NotSent { .. } if by_post => print(state, &mut tx, message, now).await?.then_some(State::Printing),
        _ if outbox::record(&mut tx, &message.id, outcome, Some(carrier), now).await? => {
            let action = match outcome {
                State::Sent { .. } => "message.sent",
                State::Waiting { .. } => "message.put_off",
                State::NotSent { .. } | State::Printing => "message.not_sent",
            };
            append_event(&mut tx, now, action, message.into(), go.channel, outcome).await?;
            Some(outcome)
        }
        _ => None,
    };
    tx.commit().await.map_err(StoreError::from)?;
    Ok(recorded)
}

/// After a failed attempt: later, or never.
fn after_attempt(attempts: i64, now: Millis) -> State {
    let waited = usize::try_from(attempts - 1).ok().and_then(|index| RETRY_AFTER_MINUTES.get(index));
    match waited {
        Some(minutes) => State::Waiting { reason: Some(Reason::ServerUnreachable), not_before: now + minutes * MINUTE },
        None => State::NotSent { reason: Reason::ServerUnreachable },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_mail_server_is_asked_again_with_growing_patience_and_then_left() {
        let waits: Vec<Millis> = (1..=5)
            .map(|attempt| match after_attempt(attempt, 0) {
                State::Waiting { not_before, .. } => not_before / MINUTE,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(waits, [1, 5, 30, 120, 480]);
        assert_eq!(after_attempt(6, 0), State::NotSent { reason: Reason::ServerUnreachable });
    }
}
