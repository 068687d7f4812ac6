//! Signing in: by reference, date of birth and postal code; by reference and password; by a one-use link and the date of birth; or
//! by a passkey.
//!
//! Whatever is wrong gets the same answer after the same work and the same time; an unknown reference is compared and
//! counted just like a known one. Every attempt is an event, and where the customer is known a line of their own history.

use super::attempts::{self, Attempt, Counted};
use super::{Failure, ways_in};
use crate::domain::calendar::Date;
use crate::domain::coming_back::Way;
use crate::domain::ids::{CustomerId, normalise_postal_code, normalise_reference};
use crate::server::clock::Millis;
use crate::server::ids;
use crate::server::security::digest;
use crate::server::security::webauthn::{self, Site};
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::sign_in::{self, AttemptOutcome, ExpectedAnswers};
use crate::server::store::ways_in::{self as kept, Accepted, NewSignIn, PasskeyRow, Purpose};
use crate::server::store::{self, StoreError, StoreResult, Tx};
use std::net::IpAddr;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// No answer comes sooner, so that a clock tells nothing about what was wrong.
const SHORTEST_ANSWER_MILLISECONDS: u64 = 250;
/// So many wrong answers over its whole life, and a link is used up: whoever holds it does not know the birth date.
const LINK_ANSWERS_IN_ALL: u32 = 10;

/// What was typed at the door.
pub struct Answers<'a> {
    pub reference: &'a str,
    pub date_of_birth: Date,
    pub postal_code: &'a str,
}

/// Where the answers come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visitor {
    pub address: Option<IpAddr>,
    /// What the browser kept from signing in before, if it did.
    pub browser: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInOutcome {
    Accepted {
        customer_id: CustomerId,
        /// For the browser to keep: by this it is known the next time.
        browser: String,
    },
    /// Something does not match; nobody says what.
    Refused,
    /// Too many wrong answers: not before this instant.
    Limited { until: Millis },
    /// The link is unknown, used or expired.
    LinkGone,
}

/// Judges the answers. Closed and recalled accounts open too: their customers may still want to see what happened.
pub async fn with_answers(state: &AppState, answers: &Answers<'_>, visitor: &Visitor) -> StoreResult<SignInOutcome> {
    let answer_at = Instant::now() + Duration::from_millis(SHORTEST_ANSWER_MILLISECONDS);
    let reference = normalise_reference(answers.reference);
    let outcome = judge_answers(state, answers, &reference, visitor).await;
    sleep_until(answer_at).await;
    outcome
}

async fn judge_answers(
    state: &AppState,
    answers: &Answers<'_>,
    reference: &str,
    visitor: &Visitor,
) -> StoreResult<SignInOutcome> {
    let attempt = begin(state, reference, visitor).await?;
    let mut tx = state.db.begin_write().await?;
    if let Some(until) = attempt.limited_until(&mut tx).await? {
        return limited(state, tx, &attempt, until).await;
    }
    let expected = sign_in::find_by_reference(&mut tx, reference).await?;
    let known = matches(expected.as_ref(), answers.date_of_birth, Some(answers.postal_code));
    // Who wants more asked for every time is not told so here: the answers alone prove nothing to them.
    let enough = known & expected.as_ref().is_some_and(|expected| expected.always_since.is_none());
    let outcome = match &expected {
        Some(expected) if enough => accepted(state, &mut tx, &attempt, (Way::Answers, visitor), &expected.into()).await?,
        Some(_) | None => refused(state, &mut tx, &attempt, Way::Answers, customer_of(expected.as_ref())).await?,
    };
    tx.commit().await?;
    Ok(outcome)
}

/// Judges a password. One is reckoned whether or not there is anything to compare it with.
pub async fn with_password(
    state: &AppState,
    reference: &str,
    password: String,
    visitor: &Visitor,
) -> Result<SignInOutcome, Failure> {
    let answer_at = Instant::now() + Duration::from_millis(SHORTEST_ANSWER_MILLISECONDS);
    let outcome = judge_password(state, &normalise_reference(reference), password, visitor).await;
    sleep_until(answer_at).await;
    outcome
}

async fn judge_password(
    state: &AppState,
    reference: &str,
    password: String,
    visitor: &Visitor,
) -> Result<SignInOutcome, Failure> {
    let attempt = begin(state, reference, visitor).await?;
    let mut tx = state.db.begin_read().await?;
    let until = attempt.limited_until(&mut tx).await?;
    let before = sign_in::find_by_reference(&mut tx, reference).await?;
    store::end_read(tx);
    if let Some(until) = until {
        return Ok(limited(state, state.db.begin_write().await?, &attempt, until).await?);
    }
    // Reckoning takes a while: nothing is held meanwhile, and what was compared with must still be what is set afterwards.
    let hash = before.and_then(|before| before.password_hash);
    let correct = ways_in::is_the_password(state, password, hash.clone()).await?;
    let mut tx = state.db.begin_write().await?;
    let expected = sign_in::find_by_reference(&mut tx, reference).await?;
    let enough = correct && expected.as_ref().is_some_and(|expected| expected.password_hash == hash);
    let outcome = match &expected {
        Some(expected) if enough => accepted(state, &mut tx, &attempt, (Way::Password, visitor), &expected.into()).await?,
        Some(_) | None => refused(state, &mut tx, &attempt, Way::Password, customer_of(expected.as_ref())).await?,
    };
    tx.commit().await.map_err(StoreError::from)?;
    Ok(outcome)
}

/// Writes down that a reference is tried.
async fn begin(state: &AppState, reference: &str, visitor: &Visitor) -> StoreResult<Attempt> {
    let address = visitor.address.map(subject_of_address);
    let mut counted = vec![tried(state, reference, visitor).await?];
    counted.extend(address.as_deref().map(Counted::Address));
    Attempt::begin(state, &counted).await
}

/// What is tried: a reference, or a reference from a browser that its customer has used before. Strangers cannot use up
/// the tries of such a browser.
async fn tried<'a>(state: &AppState, reference: &'a str, visitor: &'a Visitor) -> StoreResult<Counted<'a>> {
    match visitor.browser.as_deref() {
        Some(token) if attempts::browser_is_known(state, reference, token).await? => Ok(Counted::Browser { reference, token }),
        Some(_) | None => Ok(Counted::Reference(reference)),
    }
}

/// Judges the date of birth given for a link; the right one uses the link up. Only the link's own limit counts here, so
/// that a customer whose reference a stranger is guessing at can still come in.
pub async fn with_link(state: &AppState, token: &str, date_of_birth: Date, visitor: &Visitor) -> StoreResult<SignInOutcome> {
    let answer_at = Instant::now() + Duration::from_millis(SHORTEST_ANSWER_MILLISECONDS);
    let outcome = judge_link(state, token, date_of_birth, visitor).await;
    sleep_until(answer_at).await;
    outcome
}

async fn judge_link(state: &AppState, token: &str, date_of_birth: Date, visitor: &Visitor) -> StoreResult<SignInOutcome> {
    let token_digest = digest::of_secret(token);
    let attempt = Attempt::begin(state, &[Counted::Link(&token_digest)]).await?;
    let mut tx = state.db.begin_write().await?;
    if let Some(until) = attempt.limited_until(&mut tx).await? {
        return limited(state, tx, &attempt, until).await;
    }
    let Some(expected) = sign_in::find_live_link(&mut tx, &token_digest, attempt.at).await? else {
        refused(state, &mut tx, &attempt, Way::Link, None).await?;
        tx.commit().await?;
        return Ok(SignInOutcome::LinkGone);
    };
    let customer = customer_of(Some(&expected));
    let outcome = if !matches(Some(&expected), date_of_birth, None) {
        if attempt.refused_in_all(&mut tx, LINK_ANSWERS_IN_ALL).await? >= LINK_ANSWERS_IN_ALL {
            sign_in::use_link(&mut tx, &token_digest, attempt.at).await?;
        }
        refused(state, &mut tx, &attempt, Way::Link, customer).await?
    } else if sign_in::use_link(&mut tx, &token_digest, attempt.at).await? {
        accepted(state, &mut tx, &attempt, (Way::Link, visitor), &(&expected).into()).await?
    } else {
        refused(state, &mut tx, &attempt, Way::Link, customer).await?;
        SignInOutcome::LinkGone
    };
    tx.commit().await?;
    Ok(outcome)
}

/// Whether a link can still be used. Asking does not use it up: mail scanners follow links.
pub async fn link_is_live(state: &AppState, token: &str) -> StoreResult<bool> {
    let mut tx = state.db.begin_read().await?;
    let found = sign_in::find_live_link(&mut tx, &digest::of_secret(token), state.clock.real_now_millis()).await?;
    Ok(found.is_some())
}

/// Compares everything, whether or not there is anything to compare with.
fn matches(expected: Option<&ExpectedAnswers>, date_of_birth: Date, postal_code: Option<&str>) -> bool {
    let (birth, code) =
        expected.map_or(("", ""), |expected| (expected.date_of_birth.as_str(), expected.postal_code_normalised.as_str()));
    let same_birth = digest::same(birth, &date_of_birth.to_string());
    let same_code = digest::same(code, &postal_code.map_or_else(|| code.to_owned(), normalise_postal_code));
    bool::from(same_birth & same_code) & expected.is_some()
}

/// What a device signed, as it came.
pub struct PasskeyAnswer {
    pub credential_id: String,
    pub client_data: Vec<u8>,
    pub authenticator_data: Vec<u8>,
    pub signature: Vec<u8>,
    /// Whose passkey the device says it is; empty where it says nothing.
    pub user_handle: Vec<u8>,
}

impl PasskeyAnswer {
    /// Reads it as the script sends it, in base64url. `None` for what no device sends.
    pub fn read(
        credential: &str,
        client_data: &str,
        authenticator_data: &str,
        signature: &str,
        user: &str,
    ) -> Option<PasskeyAnswer> {
        Some(PasskeyAnswer {
            credential_id: webauthn::encode(&webauthn::decode(credential)?),
            client_data: webauthn::decode(client_data)?,
            authenticator_data: webauthn::decode(authenticator_data)?,
            signature: webauthn::decode(signature)?,
            user_handle: webauthn::decode(user)?,
        })
    }
}

/// Judges a passkey. The device knows whose it is: no reference is typed, and so nobody learns who has one.
pub async fn with_passkey(state: &AppState, answer: &PasskeyAnswer, visitor: &Visitor) -> StoreResult<SignInOutcome> {
    let answer_at = Instant::now() + Duration::from_millis(SHORTEST_ANSWER_MILLISECONDS);
    let outcome = judge_passkey(state, answer, visitor).await;
    sleep_until(answer_at).await;
    outcome
}

async fn judge_passkey(state: &AppState, answer: &PasskeyAnswer, visitor: &Visitor) -> StoreResult<SignInOutcome> {
    let address = visitor.address.map(subject_of_address);
    let mut counted = vec![Counted::Passkey(&answer.credential_id)];
    counted.extend(address.as_deref().map(Counted::Address));
    let attempt = Attempt::begin(state, &counted).await?;
    let mut tx = state.db.begin_write().await?;
    if let Some(until) = attempt.limited_until(&mut tx).await? {
        return limited(state, tx, &attempt, until).await;
    }
    let found = kept::find_passkey(&mut tx, &answer.credential_id).await?;
    let signed = match &found {
        Some(passkey) => signed(state, &mut tx, answer, passkey, attempt.at).await?,
        None => false,
    };
    let outcome = match &found {
        Some(passkey) if signed => {
            let customer = CustomerId(passkey.customer_id.clone());
            let references = kept::references(&mut *tx, &customer).await?;
            let who = Who { customer_id: customer, account_id: None, references };
            accepted(state, &mut tx, &attempt, (Way::Passkey, visitor), &who).await?
        }
        Some(_) | None => {
            let customer = found.map(|passkey| CustomerId(passkey.customer_id));
            refused(state, &mut tx, &attempt, Way::Passkey, customer).await?
        }
    };
    tx.commit().await?;
    Ok(outcome)
}

/// Whether a passkey signed a challenge of ours that was not used before. It is used up, whatever comes of it.
async fn signed(state: &AppState, tx: &mut Tx, answer: &PasskeyAnswer, passkey: &PasskeyRow, now: Millis) -> StoreResult<bool> {
    let (Some(site), Some(challenge)) = (Site::of(&state.config.public_url), webauthn::challenge_of(&answer.client_data)) else {
        return Ok(false);
    };
    if !kept::take_challenge(tx, &digest::of_secret(&challenge), Purpose::SignIn, None, now).await? {
        return Ok(false);
    }
    let is_theirs = answer.user_handle.is_empty() || answer.user_handle == passkey.customer_id.as_bytes();
    let counter = u32::try_from(passkey.counter).unwrap_or(u32::MAX);
    let assertion = webauthn::Assertion {
        client_data: &answer.client_data,
        authenticator_data: &answer.authenticator_data,
        signature: &answer.signature,
    };
    match webauthn::check_signature(&assertion, &challenge, &site, &passkey.public_key, counter) {
        Ok(counter) if is_theirs => kept::use_passkey(tx, passkey, i64::from(counter), now).await,
        Ok(_) => Ok(false),
        Err(refusal) => {
            tracing::warn!(passkey.id, %refusal, "a passkey was not taken");
            Ok(false)
        }
    }
}

/// Whose answers were right, and which references their browser is known for from now on.
struct Who {
    customer_id: CustomerId,
    account_id: Option<String>,
    references: Vec<String>,
}

impl From<&ExpectedAnswers> for Who {
    fn from(expected: &ExpectedAnswers) -> Self {
        Who {
            customer_id: CustomerId(expected.customer_id.clone()),
            account_id: Some(expected.account_id.clone()),
            references: vec![expected.reference_normalised.clone()],
        }
    }
}

fn customer_of(expected: Option<&ExpectedAnswers>) -> Option<CustomerId> {
    expected.map(|expected| CustomerId(expected.customer_id.clone()))
}

async fn accepted(
    state: &AppState,
    tx: &mut Tx,
    attempt: &Attempt,
    (way, visitor): (Way, &Visitor),
    who: &Who,
) -> StoreResult<SignInOutcome> {
    attempt.end(tx, AttemptOutcome::Accepted).await?;
    let browser = visitor.browser.clone().unwrap_or_else(ids::new_token);
    for reference in &who.references {
        attempt.remember_browser(tx, reference, &browser).await?;
    }
    note(tx, attempt, way, &who.customer_id, Accepted::Yes).await?;
    let event = Event {
        at: state.clock.now_millis(),
        actor: Actor::Customer(who.customer_id.to_string()),
        action: "sign_in.accepted",
        customer_id: Some(who.customer_id.to_string()),
        account_id: who.account_id.clone(),
        subject_id: None,
        details: serde_json::json!({ "way": way.code() }),
    };
    events::append(tx, &event).await?;
    Ok(SignInOutcome::Accepted { customer_id: who.customer_id.clone(), browser })
}

async fn refused(
    state: &AppState,
    tx: &mut Tx,
    attempt: &Attempt,
    way: Way,
    customer: Option<CustomerId>,
) -> StoreResult<SignInOutcome> {
    attempt.end(tx, AttemptOutcome::Refused).await?;
    if let Some(customer) = customer {
        note(tx, attempt, way, &customer, Accepted::No).await?;
    }
    events::append(tx, &visitor_event(state, "sign_in.refused", attempt, way.code())).await?;
    Ok(SignInOutcome::Refused)
}

/// A line of the customer's own history, which only they see.
async fn note(tx: &mut Tx, attempt: &Attempt, way: Way, customer: &CustomerId, accepted: Accepted) -> StoreResult<()> {
    let id = ids::new_id();
    let line = NewSignIn { id: &id, customer_id: customer.as_str(), at: attempt.at, way: way.code(), accepted };
    kept::note_sign_in(tx, &line).await
}

async fn limited(state: &AppState, mut tx: Tx, attempt: &Attempt, until: Millis) -> StoreResult<SignInOutcome> {
    attempt.end(&mut tx, AttemptOutcome::Limited).await?;
    events::append(&mut tx, &visitor_event(state, "sign_in.limited", attempt, "any")).await?;
    tx.commit().await?;
    Ok(SignInOutcome::Limited { until })
}

/// Who tried is not known, and on what only as a digest: a guess must not leave a trace on somebody's account. (Their own history,
/// which is theirs alone and short-lived, says that somebody tried.)
fn visitor_event(state: &AppState, action: &'static str, attempt: &Attempt, way: &'static str) -> Event {
    Event {
        at: state.clock.now_millis(),
        actor: Actor::Visitor,
        action,
        customer_id: None,
        account_id: None,
        subject_id: None,
        details: serde_json::json!({ "way": way, "subject": attempt.subject_digest() }),
    }
}

/// Addresses are counted one by one in version 4 and by the network a household gets (/64) in version 6.
pub(super) fn subject_of_address(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn expected() -> ExpectedAnswers {
        ExpectedAnswers {
            account_id: "a".into(),
            customer_id: "c".into(),
            reference_normalised: "NG1".into(),
            date_of_birth: "1980-02-29".into(),
            postal_code_normalised: "80276".into(),
            password_hash: None,
            always_since: None,
        }
    }

    #[test]
    fn both_answers_have_to_be_right() {
        let (right, wrong) = (date(1980, 2, 29), date(1980, 2, 28));
        assert!(matches(Some(&expected()), right, Some("80276-1234")));
        assert!(!matches(Some(&expected()), wrong, Some("80276")));
        assert!(!matches(Some(&expected()), right, Some("80277")));
        assert!(!matches(Some(&expected()), right, Some("")));
        assert!(!matches(None, right, Some("")));
    }

    #[test]
    fn a_link_asks_for_the_date_of_birth_alone() {
        assert!(matches(Some(&expected()), date(1980, 2, 29), None));
        assert!(!matches(Some(&expected()), date(1980, 3, 1), None));
        assert!(!matches(None, date(1980, 2, 29), None));
    }

    #[test]
    fn a_household_is_one_address() {
        let one: IpAddr = "2001:db8:1:2::5".parse().expect("an address");
        let other: IpAddr = "2001:db8:1:2:ffff::1".parse().expect("an address");
        assert_eq!(subject_of_address(one), subject_of_address(other));
        assert_eq!(subject_of_address("::ffff:192.0.2.1".parse().expect("an address")), "192.0.2.1");
    }
}
