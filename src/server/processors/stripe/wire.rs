//! What goes over the wire: the few calls the portal makes, the few fields of Stripe's objects it reads, and what an answer
//! is worth. Nothing here knows what a payment is to us; `map` does.

use super::Timeouts;
use crate::server::config::{Secret, Stripe};
use crate::server::processors::connection;
use reqwest::{Method, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// The shapes below are those of this version, whatever the account's own is.
/// <https://docs.stripe.com/api/versioning>
pub const API_VERSION: &str = "2026-07-29.dahlia";

/// A full page of a list is a few hundred kilobytes.
const LONGEST_ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// How many objects Stripe puts on one page of a list, at most.
pub const PAGE_LENGTH: usize = 100;

/// A hosted page and how it went. <https://docs.stripe.com/api/checkout/sessions/object>
#[derive(Debug, Deserialize)]
pub struct Session {
    pub id: String,
    pub livemode: bool,
    pub mode: String,
    /// open, complete, expired.
    pub status: Option<String>,
    /// paid, unpaid, no_payment_required.
    pub payment_status: String,
    pub amount_total: Option<i64>,
    pub currency: Option<String>,
    pub client_reference_id: Option<String>,
    /// Where the customer pays, while it is open.
    pub url: Option<String>,
    /// When it was to close by itself, in seconds; a page closed earlier keeps this.
    pub expires_at: i64,
    pub payment_intent: Option<Expandable<PaymentIntent>>,
    /// Of a page for a permission.
    pub setup_intent: Option<Expandable<SetupIntent>>,
    pub customer: Option<Expandable<Named>>,
}

/// How the card or account of a permission was taken. <https://docs.stripe.com/api/setup_intents/object>
#[derive(Debug, Deserialize)]
pub struct SetupIntent {
    /// requires_payment_method, requires_action, processing, succeeded, canceled.
    pub status: String,
    pub payment_method: Option<Expandable<Named>>,
}

/// An object of which only the name is of interest.
#[derive(Debug, Deserialize)]
pub struct Named {
    pub id: String,
}

impl Expandable<Named> {
    pub fn name(&self) -> &str {
        match self {
            Expandable::Name(id) => id,
            Expandable::Object(object) => &object.id,
        }
    }
}

/// Stripe gives the name of an object, or the object itself where it was asked for.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Expandable<T> {
    Name(String),
    Object(Box<T>),
}

/// What moves the money behind a hosted page. <https://docs.stripe.com/api/payment_intents/object>
#[derive(Debug, Deserialize)]
pub struct PaymentIntent {
    pub id: String,
    /// requires_payment_method, requires_action, processing, succeeded, canceled …
    pub status: String,
    pub amount_received: Option<i64>,
    pub currency: Option<String>,
    pub metadata: Option<BTreeMap<String, String>>,
    pub last_payment_error: Option<ApiError>,
    pub next_action: Option<NextAction>,
}

/// Money given back. <https://docs.stripe.com/api/refunds/object>
#[derive(Debug, Deserialize)]
pub struct Refund {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    /// pending, requires_action, succeeded, failed, canceled.
    pub status: Option<String>,
    pub metadata: Option<BTreeMap<String, String>>,
    /// The payment it is of.
    #[serde(default)]
    pub payment_intent: Option<String>,
}

/// What a bank takes back. <https://docs.stripe.com/api/disputes/object>
#[derive(Debug, Deserialize)]
pub struct Dispute {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    /// warning_…, needs_response, under_review, won, lost.
    pub status: String,
    pub reason: String,
    /// The payment it is of.
    pub payment_intent: Option<String>,
    /// What was moved because of it: withdrawn, and given back.
    #[serde(default)]
    pub balance_transactions: Vec<Moved>,
}

/// Of a balance transaction, how much it moved. <https://docs.stripe.com/api/balance_transactions/object>
#[derive(Debug, Deserialize)]
pub struct Moved {
    /// Below zero: withdrawn. Without Stripe's fee.
    pub amount: i64,
    /// That of the account, which may be another than the payment's.
    pub currency: String,
}

/// The movement behind a payment intent, which repeats its metadata. <https://docs.stripe.com/api/charges/object>
#[derive(Debug, Deserialize)]
pub struct Charge {
    pub metadata: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Deserialize)]
pub struct NextAction {
    pub verify_with_microdeposits: Option<VerifyWithMicrodeposits>,
}

/// The customer has to say which small amounts arrived in their bank account, some days later.
#[derive(Debug, Deserialize)]
pub struct VerifyWithMicrodeposits {
    pub hosted_verification_url: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct List<T> {
    pub data: Vec<T>,
    pub has_more: bool,
}

/// Why a request or a payment failed. Its message is for developers and may hold what a customer typed: never read.
/// <https://docs.stripe.com/api/errors>
#[derive(Debug, Default, Deserialize)]
pub struct ApiError {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub code: Option<String>,
    /// What the card's bank said, in Stripe's words.
    pub decline_code: Option<String>,
    /// What a bank or a card network said, in its own code: `R01`, `51`.
    pub network_decline_code: Option<String>,
    /// The payment that failed.
    pub payment_intent: Option<Box<PaymentIntent>>,
}

#[derive(Deserialize)]
struct ErrorBody {
    error: ApiError,
}

/// An answer that says what was done.
#[derive(Debug)]
pub struct Answer<T> {
    pub object: T,
    /// It is the answer to an earlier request with the same key, as it was then.
    pub is_replayed: bool,
}

/// Why there is no such answer.
#[derive(Debug)]
pub enum WireError {
    /// Stripe did not do it, and says so.
    Refused { status: u16, error: ApiError },
    /// Nothing there by that name.
    NotFound,
    /// No answer, or one that does not say whether it was done.
    Unknown,
}

pub struct Wire {
    client: reqwest::Client,
    api_url: Url,
    secret_key: Secret,
}

impl Wire {
    pub fn open(settings: &Stripe, timeouts: Timeouts) -> Result<Wire, super::StripeError> {
        let builder = if settings.api_url.starts_with("https://") {
            let (builder, trusted) = connection::encrypted();
            if trusted == 0 {
                return Err(super::StripeError::NoCertificates);
            }
            builder
        } else {
            connection::plain()
        };
        let client = builder
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.answer)
            .user_agent(concat!("evenkeel/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let api_url = Url::parse(&settings.api_url).map_err(|_| super::StripeError::Address)?;
        Ok(Wire { client, api_url, secret_key: settings.secret_key.clone() })
    }

    pub async fn get<T: DeserializeOwned>(&self, path: &str, query: &[(&str, String)]) -> Result<T, WireError> {
        let mut url = self.address(path);
        url.query_pairs_mut().extend_pairs(query);
        self.send(self.client.request(Method::GET, url)).await.map(|answer| answer.object)
    }

    /// A request that changes something, under a key where it must not be done twice.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        form: &[(&str, String)],
        key: Option<&str>,
    ) -> Result<Answer<T>, WireError> {
        let request = self.client.request(Method::POST, self.address(path)).form(form);
        self.send(match key {
            Some(key) => request.header("idempotency-key", key),
            None => request,
        })
        .await
    }

    fn address(&self, path: &str) -> Url {
        let mut url = self.api_url.clone();
        url.set_path(path);
        url
    }

    async fn send<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> Result<Answer<T>, WireError> {
        // Marked as sensitive, so that no log of the client shows the key.
        let request = request.bearer_auth(self.secret_key.expose()).header("stripe-version", API_VERSION);
        let response = request.send().await.map_err(|error| {
            tracing::warn!(error = %error.without_url(), "Stripe did not answer");
            WireError::Unknown
        })?;
        let status = response.status().as_u16();
        let headers = response.headers();
        let is_replayed = headers.get("idempotent-replayed").is_some_and(|value| value == "true");
        // Stripe's support finds a request by this name.
        let request_id = headers.get("request-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
        let body = read(response).await?;
        if status == 200 {
            return match serde_json::from_slice(&body) {
                Ok(object) => Ok(Answer { object, is_replayed }),
                Err(error) => {
                    tracing::error!(%error, request_id, "an answer of Stripe's cannot be read");
                    Err(WireError::Unknown)
                }
            };
        }
        let error = serde_json::from_slice(&body).map(|body: ErrorBody| body.error).unwrap_or_default();
        let (kind, code) = (error.kind.as_deref(), error.code.as_deref());
        tracing::warn!(status, kind, code, request_id, "Stripe did not do what was asked");
        Err(worth_of(status, error))
    }
}

/// What an answer that is no success says about whether anything was done. <https://docs.stripe.com/api/errors>
fn worth_of(status: u16, error: ApiError) -> WireError {
    match status {
        // Parameters, the payment itself, or our key were not accepted: nothing was done.
        400..=403 => WireError::Refused { status, error },
        404 => WireError::NotFound,
        // Conflicts with a request still under way (409), too many (429), theirs (5xx), and whatever else there may be.
        _ => WireError::Unknown,
    }
}

async fn read(mut response: reqwest::Response) -> Result<Vec<u8>, WireError> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= LONGEST_ANSWER_BYTES => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body),
            Ok(Some(_)) | Err(_) => return Err(WireError::Unknown),
        }
    }
}

/// Whether a text can be the name of an object of Stripe's, and nothing else in an address.
pub fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= 255 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
