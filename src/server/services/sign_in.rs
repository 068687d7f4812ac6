//! Signing in: by reference, date of birth and postal code, or by a one-use link and the date of birth.
//!
//! Whatever is wrong gets the same answer after the same work and the same time; an unknown reference is compared and
//! counted just like a known one. Every attempt is an event.

use super::attempts::{self, Attempt, Counted};
use crate::domain::calendar::Date;
use crate::domain::ids::{CustomerId, normalise_postal_code, normalise_reference};
use crate::server::clock::Millis;
use crate::server::ids;
use crate::server::security::digest;
use crate::server::state::AppState;
use crate::server::store::events::{self, Actor, Event};
use crate::server::store::sign_in::{self, AttemptOutcome, ExpectedAnswers};
use crate::server::store::{StoreResult, Tx};
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
    let address = visitor.address.map(subject_of_address);
    let mut counted = vec![tried(state, reference, visitor).await?];
    counted.extend(address.as_deref().map(Counted::Address));
    let attempt = Attempt::begin(state, &counted).await?;
    let mut tx = state.db.begin_write().await?;
    if let Some(until) = attempt.limited_until(&mut tx).await? {
        return limited(state, tx, &attempt, until).await;
    }
    let expected = sign_in::find_by_reference(&mut tx, reference).await?;
    let known = matches(expected.as_ref(), answers.date_of_birth, Some(answers.postal_code));
    let outcome = match expected.filter(|_| known) {
        Some(expected) => accepted(state, &mut tx, &attempt, ("answers", visitor), &expected).await?,
        None => refused(state, &mut tx, &attempt, "answers").await?,
    };
    tx.commit().await?;
    Ok(outcome)
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
        refused(state, &mut tx, &attempt, "link").await?;
        tx.commit().await?;
        return Ok(SignInOutcome::LinkGone);
    };
    let outcome = if !matches(Some(&expected), date_of_birth, None) {
        if attempt.refused_in_all(&mut tx, LINK_ANSWERS_IN_ALL).await? >= LINK_ANSWERS_IN_ALL {
            sign_in::use_link(&mut tx, &token_digest, attempt.at).await?;
        }
        refused(state, &mut tx, &attempt, "link").await?
    } else if sign_in::use_link(&mut tx, &token_digest, attempt.at).await? {
        accepted(state, &mut tx, &attempt, ("link", visitor), &expected).await?
    } else {
        refused(state, &mut tx, &attempt, "link").await?;
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

async fn accepted(
    state: &AppState,
    tx: &mut Tx,
    attempt: &Attempt,
    (way, visitor): (&'static str, &Visitor),
    expected: &ExpectedAnswers,
) -> StoreResult<SignInOutcome> {
    attempt.end(tx, AttemptOutcome::Accepted).await?;
    let browser = visitor.browser.clone().unwrap_or_else(ids::new_token);
    attempt.remember_browser(tx, &expected.reference_normalised, &browser).await?;
    let event = Event {
        at: state.clock.now_millis(),
        actor: Actor::Customer(expected.customer_id.clone()),
        action: "sign_in.accepted",
        customer_id: Some(expected.customer_id.clone()),
        account_id: Some(expected.account_id.clone()),
        subject_id: None,
        details: serde_json::json!({ "way": way }),
    };
    events::append(tx, &event).await?;
    Ok(SignInOutcome::Accepted { customer_id: CustomerId(expected.customer_id.clone()), browser })
}

async fn refused(state: &AppState, tx: &mut Tx, attempt: &Attempt, way: &'static str) -> StoreResult<SignInOutcome> {
    attempt.end(tx, AttemptOutcome::Refused).await?;
    events::append(tx, &visitor_event(state, "sign_in.refused", attempt, way)).await?;
    Ok(SignInOutcome::Refused)
}

async fn limited(state: &AppState, mut tx: Tx, attempt: &Attempt, until: Millis) -> StoreResult<SignInOutcome> {
    attempt.end(&mut tx, AttemptOutcome::Limited).await?;
    events::append(&mut tx, &visitor_event(state, "sign_in.limited", attempt, "any")).await?;
    tx.commit().await?;
    Ok(SignInOutcome::Limited { until })
}

/// Who tried is not known, and on what only as a digest: a guess must not leave a trace on somebody's account.
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
