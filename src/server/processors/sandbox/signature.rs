//! How the sandbox proves that a webhook is its own: an HMAC-SHA-256 over the instant and the raw body, in the shape Stripe
//! made common (`t=SECONDS,v1=HEX`).

use crate::server::processors::WebhookError;
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use jiff::Timestamp;
use sha2::Sha256;

pub const HEADER: &str = "sandbox-signature";

/// A message signed longer ago than this, or further ahead, is not believed.
pub const TOLERANCE_SECONDS: i64 = 300;

pub fn sign(secret: &str, body: &[u8], at: Timestamp) -> String {
    let seconds = at.as_second();
    let code = mac(secret, seconds, body).map(|mac| hex::encode(mac.finalize().into_bytes())).unwrap_or_default();
    format!("t={seconds},v1={code}")
}

pub fn verify(secret: &str, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<(), WebhookError> {
    let header = headers.get(HEADER).and_then(|value| value.to_str().ok()).ok_or(WebhookError::NoSignature)?;
    let part = |name: &str| header.split(',').filter_map(|part| part.split_once('=')).find(|(key, _)| *key == name);
    let seconds: i64 = part("t").and_then(|(_, value)| value.parse().ok()).ok_or(WebhookError::NoSignature)?;
    let code = part("v1").and_then(|(_, value)| hex::decode(value).ok()).ok_or(WebhookError::NoSignature)?;
    // Compared in constant time.
    let genuine = mac(secret, seconds, body).is_some_and(|mac| mac.verify_slice(&code).is_ok());
    if !genuine {
        return Err(WebhookError::WrongSignature);
    }
    if now.as_second().abs_diff(seconds) > TOLERANCE_SECONDS.unsigned_abs() {
        return Err(WebhookError::Stale);
    }
    Ok(())
}

fn mac(secret: &str, seconds: i64, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(text: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, text.parse().expect("a header"));
        headers
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).expect("an instant")
    }

    #[test]
    fn a_message_is_believed_only_with_its_own_signature_in_time() {
        let header = sign("secret", b"body", at(1_000));
        assert_eq!(verify("secret", &signed(&header), b"body", at(1_000 + TOLERANCE_SECONDS)), Ok(()));
        assert_eq!(verify("secret", &signed(&header), b"body", at(1_001 + TOLERANCE_SECONDS)), Err(WebhookError::Stale));
        assert_eq!(verify("secret", &signed(&header), b"bodY", at(1_000)), Err(WebhookError::WrongSignature));
        assert_eq!(verify("other", &signed(&header), b"body", at(1_000)), Err(WebhookError::WrongSignature));
        let moved = header.replace("t=1000", "t=1001");
        assert_eq!(verify("secret", &signed(&moved), b"body", at(1_001)), Err(WebhookError::WrongSignature));
        assert_eq!(verify("secret", &HeaderMap::new(), b"body", at(1_000)), Err(WebhookError::NoSignature));
    }
}
