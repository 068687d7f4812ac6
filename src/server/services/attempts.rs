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
    patience: Patience,
}

/// How the window behaves when more and more attempts are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Patience {
    /// It stays the same.
    Even,
    /// It doubles with every full number of refusals in the last thirty days, up to a day: whoever guesses for weeks gets
    /// five tries a day, and nobody who only erred waits longer than a day.
    Doubling,
}

/// From one address may come the attempts of a household or an office.
const ADDRESS_FACTOR: u32 = 4;
/// Attempts are kept as long as the longest-lived link, whose wrong answers are counted over its whole life.
/// It is also how long a browser is known after it signed in.
const KEEP_MILLIS: i64 = 31 * 24 * 3_600_000;
const MILLIS_A_MINUTE: i64 = 60_000;
const MILLIS_A_DAY: i64 = 24 * 3_600_000;
/// Refusals make the window longer for so long.
const REMEMBERED_MILLIS: i64 = 30 * MILLIS_A_DAY;
/// The longest that doubling makes anybody wait, unless the operator's own window is longer.
const LONGEST_WAIT_MILLIS: i64 = MILLIS_A_DAY;
/// From one minute it takes eleven doublings to reach a day.
const MOST_DOUBLINGS: u32 = 11;
const SECRET_NAME: &str = "attempt_subjects";

/// What is to be counted in one attempt.
pub enum Counted<'a> {
    Reference(&'a str),
    /// A reference, tried from a browser that signed in to it before: what strangers do elsewhere does not count here.
    Browser {
        reference: &'a str,
        token: &'a str,
    },
    Address(&'a str),
    Link(&'a str),
    /// What a device signs in with, by its name there.
    Passkey(&'a str),
    /// Showing once more who one is, by the customer who is signed in.
    Proof(&'a str),
    /// Messages to a person, per address.
    Message(&'a str),
    /// The address somebody who works here types, known or not. The wait never grows: whoever guesses without end keeps nobody out for
    /// longer than one window, and the second factor is still to come.
    StaffEmail(&'a str),
    /// The second factor of somebody whose password was right.
    StaffCode(&'a str),
}

/// An attempt that has been written down.
pub struct Attempt {
    key: String,
    subjects: Vec<(String, Subject)>,
    pub at: Millis,
    window_millis: i64,
}

impl Attempt {
    /// Writes the attempt down, in a transaction of its own.
    pub async fn begin(state: &AppState, counted: &[Counted<'_>]) -> StoreResult<Attempt> {
        let at = state.clock.real_now_millis();
        let mut tx = state.db.begin_write().await?;
        let key = subject_key(&mut tx, at).await?;
        let mut subjects = Vec::with_capacity(counted.len());
        for counted in counted {
            let (id, subject) = (ids::new_id(), Subject::of(&key, counted, state.config.sign_in_attempts));
            sign_in::insert_attempt(&mut tx, &id, &subject.digest, at).await?;
            subjects.push((id, subject));
        }
        tx.commit().await?;
        Ok(Attempt { key, subjects, at, window_millis: i64::from(state.config.sign_in_window_minutes) * MILLIS_A_MINUTE })
    }

    /// Until when this attempt has to wait, if it does: the longest of what its subjects ask for.
    pub async fn limited_until(&self, tx: &mut Tx) -> StoreResult<Option<Millis>> {
        let mut until = None;
        for (id, subject) in &self.subjects {
            let since = self.at - subject.remembered_millis(self.window_millis);
            let refused = sign_in::refused_since(tx, &subject.digest, id, since, subject.most_asked()).await?;
            until = until.max(subject.limited_until(&refused, self.window_millis).filter(|until| *until > self.at));
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
    /// those of the address: one good account must not open the way to guess at others. Of a reference it settles only
    /// what was refused just before, which were the slips of whoever came in: the guesses of weeks still count.
    pub async fn end(&self, tx: &mut Tx, outcome: AttemptOutcome) -> StoreResult<()> {
        for (place, (id, subject)) in self.subjects.iter().enumerate() {
            sign_in::judge_attempt(tx, id, outcome).await?;
            if place == 0 && outcome == AttemptOutcome::Accepted {
                sign_in::settle_refused(tx, &subject.digest, self.at - self.window_millis).await?;
            }
        }
        Ok(())
    }

    /// Makes the browser with this token known for a reference, as long as attempts are kept.
    pub async fn remember_browser(&self, tx: &mut Tx, reference: &str, token: &str) -> StoreResult<()> {
        let (id, digest) = (ids::new_id(), digest_of(&self.key, &Counted::Browser { reference, token }));
        sign_in::insert_attempt(tx, &id, &digest, self.at).await?;
        sign_in::judge_attempt(tx, &id, AttemptOutcome::Accepted).await
    }

    /// The digest of the first subject, for the event: attempts on one reference can be told to belong together.
    pub fn subject_digest(&self) -> &str {
        self.subjects.first().map_or("", |(_, subject)| &subject.digest)
    }
}

impl Subject {
    fn of(key: &str, counted: &Counted<'_>, attempts: u32) -> Subject {
        let (most, patience) = match counted {
            Counted::Reference(_) | Counted::Browser { .. } | Counted::Proof(_) | Counted::StaffCode(_) => {
                (attempts, Patience::Doubling)
            }
            Counted::Address(_) => (attempts * ADDRESS_FACTOR, Patience::Even),
            Counted::Link(_) | Counted::Passkey(_) | Counted::Message(_) | Counted::StaffEmail(_) => (attempts, Patience::Even),
        };
        Subject { digest: digest_of(key, counted), most, patience }
    }

    /// How far back refusals matter.
    fn remembered_millis(&self, window_millis: i64) -> i64 {
        match self.patience {
            Patience::Even => window_millis,
            Patience::Doubling => REMEMBERED_MILLIS,
        }
    }

    /// More refusals than this change nothing.
    fn most_asked(&self) -> i64 {
        match self.patience {
            Patience::Even => i64::from(self.most),
            Patience::Doubling => i64::from(self.most * (MOST_DOUBLINGS + 1)),
        }
    }

    /// Until when whoever was refused at these instants (newest first) has to wait, as of the last of them.
    fn limited_until(&self, refused: &[Millis], window_millis: i64) -> Option<Millis> {
        let most = self.most as usize;
        let oldest_that_counts = refused.get(most.checked_sub(1)?)?;
        let window = match self.patience {
            Patience::Even => window_millis,
            Patience::Doubling => doubled(window_millis, refused.len() / most),
        };
        Some(oldest_that_counts + window)
    }
}

/// The window after so many times the refusals that fill it.
fn doubled(window_millis: i64, times_filled: usize) -> i64 {
    let doublings = u32::try_from(times_filled).unwrap_or(u32::MAX).saturating_sub(1).min(MOST_DOUBLINGS);
    (window_millis << doublings).min(LONGEST_WAIT_MILLIS.max(window_millis))
}

fn digest_of(key: &str, counted: &Counted<'_>) -> String {
    match counted {
        Counted::Reference(reference) => digest::of_subject(key, "reference", reference),
        // A token has no blank in it.
        Counted::Browser { reference, token } => digest::of_subject(key, "browser", &format!("{token} {reference}")),
        Counted::Address(address) => digest::of_subject(key, "address", address),
        Counted::Link(token) => digest::of_subject(key, "link", token),
        Counted::Passkey(credential) => digest::of_subject(key, "passkey", credential),
        Counted::Proof(customer) => digest::of_subject(key, "proof", customer),
        Counted::Message(address) => digest::of_subject(key, "message", address),
        Counted::StaffEmail(email) => digest::of_subject(key, "staff_email", email),
        Counted::StaffCode(staff) => digest::of_subject(key, "staff_code", staff),
    }
}

/// The key of the digests of all that is counted, the same for every process on this database.
pub(super) async fn subject_key(tx: &mut Tx, now: Millis) -> StoreResult<String> {
    sign_in::portal_secret(tx, SECRET_NAME, &ids::new_token(), now).await
}

/// Whether the browser with this token has signed in to a reference, as long as we remember.
pub(super) async fn browser_is_known(state: &AppState, reference: &str, token: &str) -> StoreResult<bool> {
    let now = state.clock.real_now_millis();
    let mut tx = state.db.begin_write().await?;
    let key = subject_key(&mut tx, now).await?;
    let known =
        sign_in::was_accepted(&mut tx, &digest_of(&key, &Counted::Browser { reference, token }), now - KEEP_MILLIS).await?;
    tx.commit().await?;
    Ok(known)
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

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = MILLIS_A_MINUTE;
    const HOUR: i64 = 60 * MINUTE;

    fn subject(counted: &Counted<'_>) -> Subject {
        Subject::of("key", counted, 5)
    }

    #[test]
    fn the_wait_for_a_reference_doubles_with_every_five_wrong_answers_up_to_a_day() {
        let reference = subject(&Counted::Reference("NG1"));
        let waits: Vec<i64> = (1..=12)
            .map(|times| reference.limited_until(&vec![0; times * 5], 15 * MINUTE))
            .map(Option::unwrap_or_default)
            .collect();
        let hours = |hours: i64| hours * HOUR;
        let expected = [
            15 * MINUTE,
            30 * MINUTE,
            hours(1),
            hours(2),
            hours(4),
            hours(8),
            hours(16),
            hours(24),
            hours(24),
            hours(24),
            hours(24),
            hours(24),
        ];
        assert_eq!(waits, expected);
        assert_eq!(reference.limited_until(&[0; 4], 15 * MINUTE), None);
    }

    #[test]
    fn the_shortest_window_reaches_the_longest_wait_and_a_longer_one_is_never_cut() {
        let reference = subject(&Counted::Reference("NG1"));
        let most = usize::try_from(reference.most_asked()).expect("small");
        assert_eq!(reference.limited_until(&vec![0; most], MINUTE), Some(24 * HOUR));
        assert_eq!(reference.limited_until(&[0; 5], 48 * HOUR), Some(48 * HOUR));
    }

    #[test]
    fn an_address_waits_the_same_time_however_much_was_wrong() {
        let address = subject(&Counted::Address("192.0.2.1"));
        assert_eq!(address.limited_until(&[0; 19], 15 * MINUTE), None);
        assert_eq!(address.limited_until(&[0; 200], 15 * MINUTE), Some(15 * MINUTE));
    }
}
