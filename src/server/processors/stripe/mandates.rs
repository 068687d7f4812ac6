//! Permissions to collect later, given on Checkout's pages in mode `setup`, and collecting under them while the customer is away.
//! <https://docs.stripe.com/payments/save-and-reuse>, <https://docs.stripe.com/payments/off-session-payments>

use super::MADE_AT_MOST_BEFORE_SECONDS;
use super::map;
use super::wire::{self, Expandable, List, Named, PAGE_LENGTH, PaymentIntent, Session, Wire, WireError};
use crate::domain::payment::{DeclineReason, Finding};
use crate::server::processors::{Charge, Collection, HostedMandate, MandateFinding, ProcessorError};

const INTENTS: &str = "/v1/payment_intents";

/// Where a collection carries our reference. Another name than on a payment made by the customer, whose payment intent is told
/// by its session.
pub const COLLECTION_REFERENCE: &str = "collection_reference";

/// A customer has a few collections since one was recorded, not hundreds.
const MOST_COLLECTIONS: usize = PAGE_LENGTH;

/// What a name of ours for a permission is made of: Stripe wants to be told both when it collects.
struct Permission<'a> {
    customer: &'a str,
    payment_method: &'a str,
}

impl<'a> Permission<'a> {
    fn read(mandate: &'a str) -> Option<Permission<'a>> {
        let (customer, payment_method) = mandate.split_once(':')?;
        (wire::is_name(customer) && wire::is_name(payment_method)).then_some(Permission { customer, payment_method })
    }
}

/// The request for a page. <https://docs.stripe.com/api/checkout/sessions/create>
pub fn page_of(mandate: &HostedMandate, expires_at: i64) -> Vec<(&'static str, String)> {
    let reference = &mandate.merchant_reference;
    vec![
        ("mode", "setup".into()),
        ("client_reference_id", reference.clone()),
        ("metadata[merchant_reference]", reference.clone()),
        ("currency", mandate.currency.code().to_ascii_lowercase()),
        // Without a customer of Stripe's nothing could be collected later. It is told no name and no address by us.
        ("customer_creation", "always".into()),
        ("locale", mandate.language.tag().into()),
        ("success_url", mandate.return_url.clone()),
        ("cancel_url", mandate.return_url.clone()),
        ("expires_at", expires_at.to_string()),
    ]
}

/// How a permission stands by its session; `None` where the session does not say it.
pub fn finding(session: &Session) -> Option<MandateFinding> {
    match session.status.as_deref()? {
        "open" => Some(MandateFinding::Open { hosted_page: session.url.clone()? }),
        "expired" => Some(MandateFinding::Closed),
        "complete" => {
            let Expandable::Object(intent) = session.setup_intent.as_ref()? else { return None };
            match intent.status.as_str() {
                "succeeded" => {
                    let name = |object: &Option<Expandable<Named>>| object.as_ref().map(|object| object.name().to_owned());
                    let (customer, payment_method) = (name(&session.customer)?, name(&intent.payment_method)?);
                    Some(MandateFinding::Given { mandate: format!("{customer}:{payment_method}") })
                }
                "processing" | "requires_action" => Some(MandateFinding::Processing),
                "requires_payment_method" | "canceled" => Some(MandateFinding::Refused),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Takes the card or account away from Stripe's customer, so that nothing can be collected from it.
pub async fn end(wire: &Wire, mandate: &str) -> Result<(), ProcessorError> {
    let Some(permission) = Permission::read(mandate) else { return Err(ProcessorError::OutcomeUnknown) };
    let path = format!("/v1/payment_methods/{}", permission.payment_method);
    match wire.post::<Named>(&format!("{path}/detach"), &[], None).await {
        Ok(_) => Ok(()),
        // It may have been taken away before.
        Err(WireError::Refused { status: 400, .. }) => match wire.get::<PaymentMethod>(&path, &[]).await {
            Ok(method) if method.customer.is_none() => Ok(()),
            Ok(_) | Err(_) => Err(ProcessorError::OutcomeUnknown),
        },
        Err(_) => Err(ProcessorError::OutcomeUnknown),
    }
}

#[derive(serde::Deserialize)]
struct PaymentMethod {
    customer: Option<Expandable<Named>>,
}

/// Looks first, then asks, like a refund: looking keeps it from being collected again a day later, the key keeps two requests at
/// the same moment from collecting twice.
pub async fn collect(wire: &Wire, collection: &Collection) -> Result<Charge, ProcessorError> {
    let Some(permission) = Permission::read(&collection.mandate) else { return Err(refused()) };
    if let Some(found) = find(wire, collection).await? {
        return Ok(found);
    }
    let form = [
        ("amount", collection.amount.minor().to_string()),
        ("currency", collection.amount.currency().code().to_ascii_lowercase()),
        ("customer", permission.customer.to_owned()),
        ("payment_method", permission.payment_method.to_owned()),
        ("confirm", "true".to_owned()),
        ("off_session", "true".to_owned()),
        // Whatever the permission was given for, as long as nobody has to be sent anywhere.
        ("automatic_payment_methods[enabled]", "true".to_owned()),
        ("automatic_payment_methods[allow_redirects]", "never".to_owned()),
        // Nobody is there to confirm it: then it fails, instead of waiting for someone.
        ("error_on_requires_action", "true".to_owned()),
        ("metadata[collection_reference]", collection.merchant_reference.clone()),
    ];
    match wire.post::<PaymentIntent>(INTENTS, &form, Some(&collection.idempotency_key)).await {
        // Replayed or not: how it stands now is asked next time, and told by message.
        Ok(answer) => charge(&answer.object).ok_or(ProcessorError::OutcomeUnknown),
        Err(WireError::Refused { status: 402, error }) => match &error.payment_intent {
            Some(intent) => {
                Ok(Charge { processor_reference: intent.id.clone(), finding: Finding::Declined(map::reason(&error)) })
            }
            None => Err(ProcessorError::Refused(map::reason(&error))),
        },
        Err(WireError::Refused { .. } | WireError::NotFound) => Err(refused()),
        Err(WireError::Unknown) => Err(ProcessorError::OutcomeUnknown),
    }
}

/// The collection with our reference, among those of the same customer since it was recorded.
pub async fn find(wire: &Wire, collection: &Collection) -> Result<Option<Charge>, ProcessorError> {
    let Some(permission) = Permission::read(&collection.mandate) else { return Ok(None) };
    // Without an end: a job may ask much later than the payment was recorded.
    let recorded_at = collection.asked_at.as_second();
    let query = [
        ("customer", permission.customer.to_owned()),
        ("limit", MOST_COLLECTIONS.to_string()),
        ("created[gte]", (recorded_at - MADE_AT_MOST_BEFORE_SECONDS).to_string()),
    ];
    let Ok(list) = wire.get::<List<PaymentIntent>>(INTENTS, &query).await else { return Err(ProcessorError::OutcomeUnknown) };
    match list.data.iter().find(|intent| reference_of(intent) == Some(&collection.merchant_reference)) {
        Some(intent) => charge(intent).map(Some).ok_or(ProcessorError::OutcomeUnknown),
        None if list.has_more => Err(ProcessorError::OutcomeUnknown),
        None => Ok(None),
    }
}

/// Our reference on a collection; none on any other payment.
pub fn reference_of(intent: &PaymentIntent) -> Option<&String> {
    intent.metadata.as_ref()?.get(COLLECTION_REFERENCE)
}

/// How a collection stands by its payment intent; `None` where that does not say it.
pub fn charge(intent: &PaymentIntent) -> Option<Charge> {
    let finding = match intent.status.as_str() {
        "succeeded" => Finding::Succeeded { amount: map::money(intent.amount_received?, intent.currency.as_deref()?)? },
        "processing" => Finding::Processing,
        // It is asked for once under its key and never confirmed again, so this is the end of it.
        "requires_payment_method" => Finding::Declined(map::reason(intent.last_payment_error.as_ref()?)),
        "canceled" => Finding::Cancelled,
        _ => return None,
    };
    Some(Charge { processor_reference: intent.id.clone(), finding })
}

fn refused() -> ProcessorError {
    ProcessorError::Refused(DeclineReason::NotAccepted)
}
