//! Stripe's messages: proven by their signature, then read. <https://docs.stripe.com/webhooks#verify-manually>

use super::wire::{self, Dispute, PaymentIntent, Session};
use super::{disputes, mandates, map, refunds};
use crate::server::config::Secret;
use crate::server::processors::{Charge, MandateAtProcessor, News, WebhookError, WebhookEvent};
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use jiff::Timestamp;
use serde::Deserialize;
use sha2::Sha256;
use std::collections::BTreeMap;

pub const HEADER: &str = "stripe-signature";

/// A message signed longer ago than this, or further ahead, is not believed. Stripe signs anew when it delivers again.
pub const TOLERANCE_SECONDS: i64 = 300;

/// More signatures than secrets can be in use at once are not looked at.
const MOST_SIGNATURES: usize = 16;

/// `t=SECONDS,v1=HEX,v1=HEX`: one signature for each secret that is valid while a secret is exchanged. One that fits any of
/// ours is enough.
pub fn verify(secrets: &[Secret], headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<(), WebhookError> {
    let header = headers.get(HEADER).and_then(|value| value.to_str().ok()).ok_or(WebhookError::NoSignature)?;
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let seconds: i64 =
        parts().find(|(name, _)| *name == "t").and_then(|(_, value)| value.parse().ok()).ok_or(WebhookError::NoSignature)?;
    let signatures = parts().filter(|(name, _)| *name == "v1").filter_map(|(_, value)| hex::decode(value).ok());
    let signatures: Vec<Vec<u8>> = signatures.take(MOST_SIGNATURES).collect();
    if signatures.is_empty() {
        return Err(WebhookError::NoSignature);
    }
    let is_genuine = secrets.iter().any(|secret| signatures.iter().any(|signature| fits(secret, seconds, body, signature)));
    if !is_genuine {
        return Err(WebhookError::WrongSignature);
    }
    if now.as_second().abs_diff(seconds) > TOLERANCE_SECONDS.unsigned_abs() {
        return Err(WebhookError::Stale);
    }
    Ok(())
}

/// Compared in constant time.
fn fits(secret: &Secret, seconds: i64, body: &[u8], signature: &[u8]) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()) else { return false };
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    mac.verify_slice(signature).is_ok()
}

/// <https://docs.stripe.com/api/events/object>
#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    livemode: bool,
    created: i64,
    data: EventData,
}

#[derive(Deserialize)]
struct EventData {
    object: serde_json::Value,
}

/// The message about a payment in a proven body; none where it is about something else. Of payment intents only collections are
/// heard: of what a customer pays on a page, the page tells, because whoever was declined there can try again.
pub fn read(body: &[u8], is_live: bool) -> Result<Option<WebhookEvent>, WebhookError> {
    let event: Event = serde_json::from_slice(body).map_err(|_| WebhookError::Unreadable)?;
    if event.livemode != is_live {
        return Err(WebhookError::OtherMode);
    }
    match event.kind.as_str() {
        "checkout.session.completed"
        | "checkout.session.async_payment_succeeded"
        | "checkout.session.async_payment_failed"
        | "checkout.session.expired" => of_page(event),
        "payment_intent.processing" | "payment_intent.succeeded" | "payment_intent.payment_failed" => of_collection(event),
        "refund.created" | "refund.updated" | "refund.failed" => of_refund(event),
        "charge.refunded" => of_charge(event),
        "charge.dispute.created"
        | "charge.dispute.funds_withdrawn"
        | "charge.dispute.funds_reinstated"
        | "charge.dispute.closed" => of_dispute(event),
        _ => Ok(None),
    }
}

/// Our reference in the metadata of a payment intent, or of its charge, which repeats it.
pub fn reference_in(metadata: &BTreeMap<String, String>) -> Option<String> {
    metadata.get("merchant_reference").or_else(|| metadata.get(mandates::COLLECTION_REFERENCE)).cloned()
}

/// A refund, made here or on Stripe's own pages. It names the payment intent, not us.
fn of_refund(event: Event) -> Result<Option<WebhookEvent>, WebhookError> {
    let refund: wire::Refund = serde_json::from_value(event.data.object).map_err(|_| WebhookError::Unreadable)?;
    let Some(behind) = refund.payment_intent.clone() else { return Ok(None) };
    let reversed = refunds::reversed(refund).map_err(|_| WebhookError::Unreadable)?;
    Ok(Some(WebhookEvent {
        event_id: event.id,
        kind: event.kind,
        merchant_reference: String::new(),
        news: News::ReversedBehind { behind, reversed },
    }))
}

/// Says that something was refunded, and not what.
fn of_charge(event: Event) -> Result<Option<WebhookEvent>, WebhookError> {
    let charge: wire::Charge = serde_json::from_value(event.data.object).map_err(|_| WebhookError::Unreadable)?;
    let Some(merchant_reference) = charge.metadata.as_ref().and_then(reference_in) else { return Ok(None) };
    Ok(Some(WebhookEvent { event_id: event.id, kind: event.kind, merchant_reference, news: News::LookAfterIt }))
}

fn of_dispute(event: Event) -> Result<Option<WebhookEvent>, WebhookError> {
    let dispute: Dispute = serde_json::from_value(event.data.object).map_err(|_| WebhookError::Unreadable)?;
    let is_reinstated = event.kind == "charge.dispute.funds_reinstated";
    let Some(behind) = dispute.payment_intent.clone() else { return Ok(None) };
    if !disputes::moves_money(&dispute) && !is_reinstated {
        return Ok(None);
    }
    let reversed = disputes::read(&dispute, is_reinstated).map_err(|_| WebhookError::Unreadable)?;
    Ok(Some(WebhookEvent {
        event_id: event.id,
        kind: event.kind,
        merchant_reference: String::new(),
        news: News::ReversedBehind { behind, reversed },
    }))
}

fn of_collection(event: Event) -> Result<Option<WebhookEvent>, WebhookError> {
    let intent: PaymentIntent = serde_json::from_value(event.data.object).map_err(|_| WebhookError::Unreadable)?;
    let Some(merchant_reference) = mandates::reference_of(&intent).cloned() else { return Ok(None) };
    // What it does not say is found by the job that looks.
    Ok(mandates::charge(&intent).map(|charge| WebhookEvent {
        event_id: event.id,
        kind: event.kind,
        merchant_reference,
        news: News::Charge(charge),
    }))
}

fn of_page(event: Event) -> Result<Option<WebhookEvent>, WebhookError> {
    let session: Session = serde_json::from_value(event.data.object).map_err(|_| WebhookError::Unreadable)?;
    let Some(merchant_reference) = session.client_reference_id.clone() else { return Ok(None) };
    let news = match session.mode.as_str() {
        "payment" => {
            map::finding(&session, event.created).map(|finding| News::Charge(Charge { processor_reference: session.id, finding }))
        }
        // A message names the set-up intent and does not hold it, so what was given has to be looked up.
        "setup" => mandates::finding(&session)
            .map(|finding| News::Mandate(MandateAtProcessor { processor_reference: session.id, finding })),
        // Somebody else's page on the same Stripe account.
        _ => return Ok(None),
    };
    let news = news.unwrap_or(News::LookItUp);
    Ok(Some(WebhookEvent { event_id: event.id, kind: event.kind, merchant_reference, news }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"{\"id\": \"evt_1\"}";

    fn sign(secret: &str, seconds: i64) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key");
        mac.update(format!("{seconds}.").as_bytes());
        mac.update(BODY);
        hex::encode(mac.finalize().into_bytes())
    }

    fn verified(secrets: &[&str], header: &str, now: i64) -> Result<(), WebhookError> {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, header.parse().expect("a header"));
        let secrets: Vec<Secret> = secrets.iter().map(|secret| Secret::new(*secret)).collect();
        verify(&secrets, &headers, BODY, Timestamp::from_second(now).expect("an instant"))
    }

    #[test]
    fn a_message_is_believed_only_with_its_own_signature_in_time() {
        let header = format!("t=1000,v1={}", sign("whsec_a", 1000));
        assert_eq!(verified(&["whsec_a"], &header, 1000 + TOLERANCE_SECONDS), Ok(()));
        assert_eq!(verified(&["whsec_a"], &header, 1000 - TOLERANCE_SECONDS), Ok(()));
        assert_eq!(verified(&["whsec_a"], &header, 1001 + TOLERANCE_SECONDS), Err(WebhookError::Stale));
        assert_eq!(verified(&["whsec_a"], &header, 999 - TOLERANCE_SECONDS), Err(WebhookError::Stale));
        assert_eq!(verified(&["whsec_b"], &header, 1000), Err(WebhookError::WrongSignature));
        assert_eq!(verified(&[], &header, 1000), Err(WebhookError::WrongSignature));
        let moved = header.replace("t=1000", "t=1001");
        assert_eq!(verified(&["whsec_a"], &moved, 1001), Err(WebhookError::WrongSignature));
    }

    #[test]
    fn while_a_secret_is_exchanged_one_that_fits_is_enough() {
        let both = format!("t=1000,v1={},v1={},v0=00", sign("whsec_old", 1000), sign("whsec_new", 1000));
        for secrets in [&["whsec_old"][..], &["whsec_new"], &["whsec_other", "whsec_new"]] {
            assert_eq!(verified(secrets, &both, 1000), Ok(()), "{secrets:?}");
        }
        let one = format!("t=1000,v1={}", sign("whsec_old", 1000));
        assert_eq!(verified(&["whsec_new", "whsec_old"], &one, 1000), Ok(()));
    }

    #[test]
    fn what_is_no_signature_is_none() {
        let old_scheme = format!("t=1000,v0={}", sign("whsec_a", 1000));
        for header in ["", "t=1000", "v1=00", "t=x,v1=00", "t=1000,v1=nothex", &old_scheme] {
            assert_eq!(verified(&["whsec_a"], header, 1000), Err(WebhookError::NoSignature), "{header}");
        }
        assert_eq!(verify(&[], &HeaderMap::new(), BODY, Timestamp::UNIX_EPOCH), Err(WebhookError::NoSignature));
    }
}
