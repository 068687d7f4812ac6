//! A carrier behind an address: one POST a message.
//!
//! `{"id": …, "to": "+13035550100", "text": …}` with `Authorization: Bearer SECRET` and `Idempotency-Key: ID`. Any 2xx: taken. 408, 409,
//! 425, 429, 401, 403 (the secret is wrong), 5xx and no answer: asked again later, under the same id. Every other 4xx: refused for good.

use super::{OutgoingText, TextSender, UnusableTexts};
use crate::server::config::Secret;
use crate::server::notify::Carried;
use crate::server::processors::connection;
use async_trait::async_trait;
use reqwest::{Client, StatusCode};
use serde_json::json;
use std::time::Duration;

/// The longest a carrier may take to answer.
const TIMEOUT_SECONDS: u64 = 15;
const CONNECT_TIMEOUT_SECONDS: u64 = 5;

pub struct HttpTexts {
    client: Client,
    url: String,
    secret: Secret,
}

impl HttpTexts {
    pub fn open(url: &str, secret: Secret) -> Result<HttpTexts, UnusableTexts> {
        let builder = if url.starts_with("https://") {
            let (builder, trusted) = connection::encrypted();
            if trusted == 0 {
                return Err(UnusableTexts::NoCertificates);
            }
            builder
        } else {
            connection::plain()
        };
        let client = builder
            .timeout(Duration::from_secs(TIMEOUT_SECONDS))
            .connect_timeout(Duration::from_secs(CONNECT_TIMEOUT_SECONDS))
            .build()?;
        Ok(HttpTexts { client, url: url.to_owned(), secret })
    }
}

#[async_trait]
impl TextSender for HttpTexts {
    fn name(&self) -> &'static str {
        "http"
    }

    async fn send(&self, text: OutgoingText<'_>) -> Carried {
        let body = json!({ "id": text.id, "to": text.number, "text": text.text }).to_string();
        let request = self
            .client
            .post(&self.url)
            .bearer_auth(self.secret.expose())
            .header("idempotency-key", text.id)
            .header("content-type", "application/json")
            .body(body);
        // The answer's text may name the number; its status is enough.
        match request.send().await.map(|answer| answer.status()) {
            Ok(status) => {
                let carried = what_became(status);
                if carried != Carried::Accepted {
                    tracing::warn!(message.id = text.id, http.status = status.as_u16(), "a text message was not taken");
                }
                carried
            }
            Err(error) => {
                tracing::warn!(message.id = text.id, text.timeout = error.is_timeout(), "a text message could not be sent now");
                Carried::TryAgain
            }
        }
    }
}

fn what_became(status: StatusCode) -> Carried {
    match status.as_u16() {
        200..=299 => Carried::Accepted,
        408 | 409 | 425 | 429 => Carried::TryAgain,
        // 401 and 403: the secret is wrong, and that can be put right.
        401 | 403 => Carried::TryAgain,
        400..=499 => Carried::Refused,
        _ => Carried::TryAgain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_definite_no_is_one() {
        let became = |status: u16| what_became(StatusCode::from_u16(status).expect("a status"));
        for (status, expected) in [
            (200, Carried::Accepted),
            (202, Carried::Accepted),
            (400, Carried::Refused),
            (404, Carried::Refused),
            (422, Carried::Refused),
            (401, Carried::TryAgain),
            (429, Carried::TryAgain),
            (409, Carried::TryAgain),
            (302, Carried::TryAgain),
            (503, Carried::TryAgain),
        ] {
            assert_eq!(became(status), expected, "{status}");
        }
    }
}
