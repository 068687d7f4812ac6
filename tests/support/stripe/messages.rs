//! The stand-in's messages, signed as Stripe documents it.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::Sha256;

use super::books::objects;

pub fn sign(secret: &str, body: &str, at: Timestamp) -> String {
    let seconds = at.as_second();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key");
    mac.update(format!("{seconds}.{body}").as_bytes());
    format!("t={seconds},v1={}", hex::encode(mac.finalize().into_bytes()))
}

/// An event about an object, as it is now.
pub fn event(number: usize, kind: &str, object: &Value, created: i64) -> String {
    let mut event = objects("event");
    event["id"] = json!(format!("evt_{number}"));
    event["type"] = json!(kind);
    event["created"] = json!(created);
    event["data"]["object"] = object.clone();
    event.to_string()
}
