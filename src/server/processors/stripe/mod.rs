//! Stripe, by its hosted Checkout pages: no card or bank detail ever reaches this system.
//!
//! A small client of our own for the few calls the portal makes (docs/decisions/0009-stripe-client.md says why): `wire` is what
//! goes over the wire, `map` turns Stripe's words into ours, `webhook` proves and reads its messages.
//!
//! That nobody is charged twice rests on three things. A decision is asked for once, under its own key. Asking only makes a
//! page: money moves when the customer acts on it, once for each page. And what became of a request whose answer was lost is
//! read from Stripe's list of pages, never found out by asking again: Stripe keeps the first answer of a key, an error 500
//! included, and forgets the key after a day.

pub mod disputes;
pub mod mandates;
pub mod map;
mod movements;
pub mod refunds;
pub mod webhook;
pub mod wire;

use super::{
    Charge, Collection, HostedMandate, HostedPayment, MandateAtProcessor, Movement, PaymentProcessor, ProcessorError, Refund,
    Refunded, Reversed, Sought, WebhookError, WebhookEvent,
};
use crate::domain::money::{Currency, Money};
use crate::domain::payment::DeclineReason;
use crate::server::clock::Clock;
use crate::server::config::{Secret, Stripe};
use crate::words::{locale, td_string};
use async_trait::async_trait;
use http::HeaderMap;
use jiff::Timestamp;
use std::time::Duration;
use wire::{Expandable, List, PAGE_LENGTH, PaymentIntent, Session, Wire, WireError};

/// The name in `payments.processor` and in the webhook's path.
pub const NAME: &str = "stripe";

/// How long a page stays open. Stripe takes 30 minutes to 24 hours.
const PAGE_OPEN_SECONDS: i64 = 60 * 60;

/// A page is made within seconds of being recorded here; the rest is for clocks that differ.
const MADE_AT_MOST_BEFORE_SECONDS: i64 = 10 * 60;
const MADE_AT_MOST_AFTER_SECONDS: i64 = 30 * 60;

/// Of the list of pages made in that time, for one look-up.
const MOST_LIST_PAGES: usize = 20;

const PAGES: &str = "/v1/checkout/sessions";

/// What is behind a page: what moves the money, or what takes the permission.
const MONEY: &str = "payment_intent";
const PERMISSION: &str = "setup_intent";

/// How Stripe's names of payment intents begin.
const INTENT_PREFIX: &str = "pi_";

/// How long Stripe is waited for, from the connection to the end of one answer: less than `services::payments` waits for any
/// processor.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    pub connect: Duration,
    pub answer: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Timeouts { connect: Duration::from_secs(5), answer: Duration::from_secs(12) }
    }
}

/// Stripe could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum StripeError {
    #[error("this machine trusts no certificates, so Stripe cannot be reached: install the package ca-certificates")]
    NoCertificates,
    #[error("stripe.api_url is no address")]
    Address,
    #[error("the connection to Stripe could not be set up")]
    Client(#[from] reqwest::Error),
}

pub struct StripeProcessor {
    wire: Wire,
    clock: Clock,
    page_origin: String,
    webhook_secrets: Vec<Secret>,
    is_live: bool,
}

impl StripeProcessor {
    /// Sets the connection up; nothing is sent.
    pub fn open(settings: &Stripe, clock: Clock, timeouts: Timeouts) -> Result<StripeProcessor, StripeError> {
        Ok(StripeProcessor {
            wire: Wire::open(settings, timeouts)?,
            clock,
            page_origin: settings.page_origin.clone(),
            webhook_secrets: settings.webhook_secrets.clone(),
            is_live: settings.is_live,
        })
    }

    /// A page, with what moves the money behind it or takes the permission.
    async fn session(&self, id: &str, behind: &str) -> Result<Session, WireError> {
        if !wire::is_name(id) {
            return Err(WireError::NotFound);
        }
        self.wire.get(&format!("{PAGES}/{id}"), &expanded(behind)).await
    }

    /// The page that is sought: by its name, else by the reference it was given among those made at that time.
    async fn find(&self, sought: &Sought, behind: &str) -> Result<Option<Session>, ProcessorError> {
        let found = match &sought.processor_reference {
            Some(id) => self.session(id, behind).await.map(Some),
            None => self.session_of(sought, behind).await,
        };
        match found {
            Ok(found) => Ok(found),
            Err(WireError::NotFound) => Ok(None),
            Err(WireError::Refused { .. } | WireError::Unknown) => Err(ProcessorError::OutcomeUnknown),
        }
    }

    async fn session_of(&self, sought: &Sought, behind: &str) -> Result<Option<Session>, WireError> {
        let asked_at = sought.asked_at.as_second();
        let mut after: Option<String> = None;
        for _ in 0..MOST_LIST_PAGES {
            let mut query = vec![
                ("limit", PAGE_LENGTH.to_string()),
                ("created[gte]", (asked_at - MADE_AT_MOST_BEFORE_SECONDS).to_string()),
                ("created[lte]", (asked_at + MADE_AT_MOST_AFTER_SECONDS).to_string()),
            ];
            query.extend(expanded(&format!("data.{behind}")));
            query.extend(after.take().map(|id| ("starting_after", id)));
            let list: List<Session> = self.wire.get(PAGES, &query).await?;
            after = list.data.last().map(|last| last.id.clone()).filter(|_| list.has_more);
            let found =
                list.data.into_iter().find(|session| session.client_reference_id.as_ref() == Some(&sought.merchant_reference));
            match (found, &after) {
                (Some(session), _) => return Ok(Some(session)),
                (None, None) => return Ok(None),
                (None, Some(_)) => {}
            }
        }
        tracing::error!("more pages were made at Stripe around one payment than are looked through");
        Err(WireError::Unknown)
    }

    /// Asks for a page, once for each key.
    async fn open_page(&self, form: &[(&str, String)], key: &str, behind: &str) -> Result<Session, ProcessorError> {
        match self.wire.post::<Session>(PAGES, form, Some(key)).await {
            // As it was when it was made; how it stands now is asked.
            Ok(answer) if answer.is_replayed => {
                self.session(&answer.object.id, behind).await.map_err(|_| ProcessorError::OutcomeUnknown)
            }
            Ok(answer) => Ok(answer.object),
            // Parameters, key or account: whichever, no page was made of this request.
            Err(WireError::Refused { .. } | WireError::NotFound) => Err(ProcessorError::Refused(DeclineReason::NotAccepted)),
            Err(WireError::Unknown) => Err(ProcessorError::OutcomeUnknown),
        }
    }

    /// The name of the payment intent that took the money; `None` where there is none. What was collected is called by it, what
    /// was paid on a page by its session.
    async fn intent_of(&self, processor_reference: &str) -> Result<Option<String>, ProcessorError> {
        if processor_reference.starts_with(INTENT_PREFIX) {
            return Ok(wire::is_name(processor_reference).then(|| processor_reference.to_owned()));
        }
        match self.session(processor_reference, MONEY).await {
            Ok(session) if session.livemode != self.is_live => Err(ProcessorError::OutcomeUnknown),
            Ok(session) => Ok(session.payment_intent.map(|intent| match intent {
                Expandable::Name(id) => id,
                Expandable::Object(intent) => intent.id,
            })),
            Err(WireError::NotFound) => Ok(None),
            Err(WireError::Refused { .. } | WireError::Unknown) => Err(ProcessorError::OutcomeUnknown),
        }
    }

    /// What a session means, unless it cannot be about a payment of this portal or does not say enough.
    fn charge(&self, session: Session) -> Result<Charge, ProcessorError> {
        self.check(&session)?;
        let finding = map::finding(&session, self.clock.real_now().as_second()).ok_or(ProcessorError::OutcomeUnknown)?;
        Ok(Charge { processor_reference: session.id, finding })
    }

    fn mandate(&self, session: Session) -> Result<MandateAtProcessor, ProcessorError> {
        self.check(&session)?;
        let finding = mandates::finding(&session).ok_or(ProcessorError::OutcomeUnknown)?;
        Ok(MandateAtProcessor { processor_reference: session.id, finding })
    }

    /// Of our mode, test or live, and with its page where pages are to be: else nothing of it is used.
    fn check(&self, session: &Session) -> Result<(), ProcessorError> {
        if session.livemode != self.is_live {
            tracing::error!("Stripe answers in the other mode, test or live, than the portal is in");
            return Err(ProcessorError::OutcomeUnknown);
        }
        let is_own = |address: &String| address.strip_prefix(&self.page_origin).is_some_and(|rest| rest.starts_with('/'));
        if session.url.as_ref().is_some_and(|address| !is_own(address)) {
            tracing::error!(expected = self.page_origin, "Stripe's page is elsewhere than stripe.page_origin says");
            return Err(ProcessorError::OutcomeUnknown);
        }
        Ok(())
    }
}

#[async_trait]
impl PaymentProcessor for StripeProcessor {
    fn name(&self) -> &'static str {
        NAME
    }

    fn page_origin(&self) -> Option<&str> {
        Some(&self.page_origin)
    }

    fn minimum(&self, currency: Currency) -> Option<Money> {
        map::minimum(currency)
    }

    async fn start(&self, payment: &HostedPayment) -> Result<Charge, ProcessorError> {
        let session = self.open_page(&page_of(payment), &payment.idempotency_key, MONEY).await?;
        self.charge(session)
    }

    async fn look_up(&self, sought: &Sought) -> Result<Option<Charge>, ProcessorError> {
        self.find(sought, MONEY).await?.map(|session| self.charge(session)).transpose()
    }

    async fn cancel(&self, processor_reference: &str) -> Result<Charge, ProcessorError> {
        if !wire::is_name(processor_reference) {
            return Err(ProcessorError::OutcomeUnknown);
        }
        let path = format!("{PAGES}/{processor_reference}/expire");
        // Without a key: closing twice closes once, and an answer kept from the first time would be of no use.
        let closed = match self.wire.post::<Session>(&path, &expanded(MONEY), None).await {
            Ok(answer) => Ok(answer.object),
            // Not open any more. What it is instead, Stripe says when asked.
            Err(WireError::Refused { status: 400, .. }) => self.session(processor_reference, MONEY).await,
            Err(error) => Err(error),
        };
        closed.map_err(|_| ProcessorError::OutcomeUnknown).and_then(|session| self.charge(session))
    }

    async fn refund(&self, refund: &Refund) -> Result<Refunded, ProcessorError> {
        match self.intent_of(&refund.processor_reference).await? {
            Some(intent) => refunds::make(&self.wire, &intent, refund).await,
            None => Err(ProcessorError::Refused(DeclineReason::NotAccepted)),
        }
    }

    async fn look_up_refund(&self, refund: &Refund) -> Result<Option<Refunded>, ProcessorError> {
        match self.intent_of(&refund.processor_reference).await? {
            Some(intent) => refunds::find(&self.wire, &intent, refund).await,
            None => Ok(None),
        }
    }

    async fn reversals(&self, processor_reference: &str) -> Result<Vec<Reversed>, ProcessorError> {
        let Some(intent) = self.intent_of(processor_reference).await? else { return Ok(Vec::new()) };
        let mut reversals = refunds::of_intent(&self.wire, &intent).await?;
        reversals.extend(disputes::of_intent(&self.wire, &intent).await?);
        Ok(reversals)
    }

    async fn whose(&self, behind: &str) -> Result<Option<String>, ProcessorError> {
        if !wire::is_name(behind) {
            return Ok(None);
        }
        match self.wire.get::<PaymentIntent>(&format!("/v1/payment_intents/{behind}"), &[]).await {
            Ok(intent) => Ok(intent.metadata.as_ref().and_then(webhook::reference_in)),
            Err(WireError::NotFound) => Ok(None),
            Err(WireError::Refused { .. } | WireError::Unknown) => Err(ProcessorError::OutcomeUnknown),
        }
    }

    async fn start_mandate(&self, mandate: &HostedMandate) -> Result<MandateAtProcessor, ProcessorError> {
        let form = mandates::page_of(mandate, mandate.asked_at.as_second() + PAGE_OPEN_SECONDS);
        let session = self.open_page(&form, &mandate.idempotency_key, PERMISSION).await?;
        self.mandate(session)
    }

    async fn look_up_mandate(&self, sought: &Sought) -> Result<Option<MandateAtProcessor>, ProcessorError> {
        self.find(sought, PERMISSION).await?.map(|session| self.mandate(session)).transpose()
    }

    async fn end_mandate(&self, mandate: &str) -> Result<(), ProcessorError> {
        mandates::end(&self.wire, mandate).await
    }

    async fn collect(&self, collection: &Collection) -> Result<Charge, ProcessorError> {
        mandates::collect(&self.wire, collection).await
    }

    async fn look_up_collection(&self, collection: &Collection) -> Result<Option<Charge>, ProcessorError> {
        mandates::find(&self.wire, collection).await
    }

    async fn movements(&self, from: Timestamp, before: Timestamp) -> Result<Vec<Movement>, ProcessorError> {
        movements::list(&self.wire, from, before).await
    }

    fn verify_webhook(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<Vec<WebhookEvent>, WebhookError> {
        webhook::verify(&self.webhook_secrets, headers, body, now)?;
        Ok(webhook::read(body, self.is_live)?.into_iter().collect())
    }
}

/// The request for a page. The same payment makes the same bytes, whenever it is asked.
/// <https://docs.stripe.com/api/checkout/sessions/create>
fn page_of(payment: &HostedPayment) -> Vec<(&'static str, String)> {
    let reference = &payment.merchant_reference;
    // Says nothing of what the payment is for: it is in the browser's history and in Stripe's e-mails.
    let line = td_string!(locale(payment.language), pay.hosted_line, reference = reference.clone());
    vec![
        ("mode", "payment".into()),
        ("client_reference_id", reference.clone()),
        ("metadata[merchant_reference]", reference.clone()),
        ("payment_intent_data[metadata][merchant_reference]", reference.clone()),
        ("line_items[0][quantity]", "1".into()),
        ("line_items[0][price_data][currency]", payment.amount.currency().code().to_ascii_lowercase()),
        ("line_items[0][price_data][unit_amount]", payment.amount.minor().to_string()),
        ("line_items[0][price_data][product_data][name]", line),
        // What was shown is what is collected: in the account's currency, with nothing converted by Stripe.
        ("adaptive_pricing[enabled]", "false".into()),
        ("submit_type", "pay".into()),
        ("locale", payment.language.tag().into()),
        ("success_url", payment.return_url.clone()),
        ("cancel_url", payment.return_url.clone()),
        ("expires_at", (payment.asked_at.as_second() + PAGE_OPEN_SECONDS).to_string()),
    ]
}

/// Asks for the object itself instead of its name.
fn expanded(field: &str) -> Vec<(&'static str, String)> {
    vec![("expand[]", field.to_owned())]
}
