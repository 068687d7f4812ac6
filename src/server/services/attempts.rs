//! Counting attempts at the door: per account reference (known or not), per address, per link.
//!
//! An attempt is written down and committed before it is judged, so that of any number of attempts made at once no more
//! than the limit are judged. Attempts that came while limited do not count, so that nobody keeps a door shut for long.

use crate::server::clock::Millis;
use crate::server::ids;
use crate::server::security::digest;
use crate::server::state::AppState;
use crate::server::store::sign_in::{self, AttemptOutcome};
use crate::server::store::{StoreResult, Tx};

/// Something whose attempts are counted, as a keyed digest, and how many may be refused within the window.
pub struct Subject {
    digest: String,
    most: u32,
}

/// From one address may come the attempts of a household or an office.
const ADDRESS_FACTOR: u32 = 4;
/// Attempts are kept as long as the longest-lived link, whose wrong answers are counted over its whole life.
const KEEP_MILLIS: i64 = 31 * 24 * 3_600_000;
const MILLIS_A_MINUTE: i64 = 60_000;
const SECRET_NAME: &str = "attempt_subjects";

/// What is to be counted in one attempt.
pub enum Counted<'a> {
    Reference(&'a str),
    Address(&'a str),
    Link(&'a str),
    /// Messages to a person, per address.
    Message(&'a str),
}

/// An attempt that has been written down.
pub struct Attempt {
    subjects: Vec<(String, Subject)>,
    pub at: Millis,
    window_millis: i64,
}

impl Attempt {
    /// Writes the attempt down, in a transaction of its own.
    pub async fn begin(state: &AppState, counted: &[Counted<'_>]) -> StoreResult<Attempt> {
        let at = state.clock.real_now_millis();
        let mut tx = state.db.begin_write().await?;
        let key = sign_in::portal_secret(&mut tx, SECRET_NAME, &ids::new_token(), at).await?;
        let mut subjects = Vec::with_capacity(counted.len());
        for counted in counted {
            let (id, subject) = (ids::new_id(), subject(&key, counted, state.config.sign_in_attempts));
            sign_in::insert_attempt(&mut tx, &id, &subject.digest, at).await?;
            subjects.push((id, subject));
        }
        tx.commit().await?;
        Ok(Attempt { subjects, at, window_millis: i64::from(state.config.sign_in_window_minutes) * MILLIS_A_MINUTE })
    }

    /// Until when this attempt has to wait, if it does: the longest of what its subjects ask for.
    pub async fn limited_until(&self, tx: &mut Tx) -> StoreResult<Option<Millis>> {
        let mut until = None;
        for (id, subject) in &self.subjects {
            let refused =
                sign_in::refused_since(tx, &subject.digest, id, self.at - self.window_millis, i64::from(subject.most)).await?;
            if refused.len() >= subject.most as usize {
                until = until.max(refused.last().map(|oldest| oldest + self.window_millis));
            }
        }
        Ok(until)
    }

    /// How many attempts on the first subject were refused as long as we remember, this one included.
    pub async fn refused_in_all(&self, tx: &mut Tx, most: u32) -> StoreResult<u32> {
        let Some((id, subject)) = self.subjects.first() else { return Ok(0) };
        let before = sign_in::refused_since(tx, &subject.digest, id, 0, i64::from(most)).await?;
        Ok(u32::try_from(before.len()).unwrap_or(most).saturating_add(1))
    }

    /// Writes down how it ended. An acceptance settles the refusals of the first subject (the reference or the link), never
    /// those of the address: one good account must not open the way to guess at others.
    pub async fn end(&self, tx: &mut Tx, outcome: AttemptOutcome) -> StoreResult<()> {
        for (place, (id, subject)) in self.subjects.iter().enumerate() {
            sign_in::judge_attempt(tx, id, outcome).await?;
            if place == 0 && outcome == AttemptOutcome::Accepted {
                sign_in::settle_refused(tx, &subject.digest).await?;
            }
        }
        Ok(())
    }

    /// The digest of the first subject, for the event: attempts on one reference can be told to belong together.
    pub fn subject_digest(&self) -> &str {
        self.subjects.first().map_or("", |(_, subject)| &subject.digest)
    }
}

fn subject(key: &str, counted: &Counted<'_>, attempts: u32) -> Subject {
    let (kind, text, most) = match counted {
        Counted::Reference(reference) => ("reference", reference, attempts),
        Counted::Address(address) => ("address", address, attempts * ADDRESS_FACTOR),
        Counted::Link(token) => ("link", token, attempts),
        Counted::Message(address) => ("message", address, attempts),
    };
    Subject { digest: digest::of_subject(key, kind, text), most }
}

/// How long until an instant kept in a flash, in whole minutes, at least one.
pub fn minutes_to_wait(state: &AppState, until: Option<&String>) -> i64 {
    let until: Option<Millis> = until.and_then(|until| until.parse().ok());
    let millis = until.map_or(0, |until| until - state.clock.real_now_millis());
    (millis + MILLIS_A_MINUTE - 1).div_euclid(MILLIS_A_MINUTE).max(1)
}

/// Deletes attempts that no limit asks about any more; a job calls it every day. Returns how many there were.
pub async fn delete_old(state: &AppState) -> StoreResult<u64> {
    let mut tx = state.db.begin_write().await?;
    let deleted = sign_in::delete_attempts_before(&mut tx, state.clock.real_now_millis() - KEEP_MILLIS).await?;
    tx.commit().await?;
    Ok(deleted)
}
