//! Offers as the documented, stable JSON (docs/offers-json.md): for the command line, and for whoever integrates.

use super::clock::end_of_day;
use crate::domain::money::Money;
use crate::domain::offers::{Offer, OfferSet};
use jiff::tz::TimeZone;
use serde::Serialize;

pub const SCHEMA_VERSION: u32 = 1;

#[derive(Debug, Serialize)]
pub struct OffersDocument {
    schema_version: u32,
    /// The account's reference as the creditor writes it.
    account: String,
    balance: String,
    past_due: String,
    currency: &'static str,
    policy_version: String,
    offers: Vec<OfferDocument>,
    refusals: Vec<RefusalDocument>,
}

#[derive(Debug, Serialize)]
struct OfferDocument {
    id: String,
    kind: &'static str,
    basis: &'static str,
    frequency: Option<&'static str>,
    total: String,
    /// RFC 3339: the last second of the last day, in the customer's time zone.
    valid_until: String,
    min_amount: String,
    max_amount: String,
    instalments: Vec<InstalmentDocument>,
}

#[derive(Debug, Serialize)]
struct InstalmentDocument {
    due_on: String,
    amount: String,
}

#[derive(Debug, Serialize)]
struct RefusalDocument {
    kind: &'static str,
    code: &'static str,
}

impl OffersDocument {
    pub fn of(reference: &str, set: &OfferSet, zone: &TimeZone) -> OffersDocument {
        OffersDocument {
            schema_version: SCHEMA_VERSION,
            account: reference.to_owned(),
            balance: set.balance.to_decimal_string(),
            past_due: set.past_due.to_decimal_string(),
            currency: set.balance.currency().code(),
            policy_version: set.policy_version.to_string(),
            offers: set.offers.iter().map(|offer| offer_document(offer, zone)).collect(),
            refusals: set
                .refusals
                .iter()
                .map(|refusal| RefusalDocument { kind: refusal.kind.code(), code: refusal.code.code() })
                .collect(),
        }
    }
}

fn offer_document(offer: &Offer, zone: &TimeZone) -> OfferDocument {
    OfferDocument {
        id: offer.id.clone(),
        kind: offer.kind.code(),
        basis: offer.basis.code(),
        frequency: offer.frequency.map(|frequency| frequency.code()),
        total: offer.total.to_decimal_string(),
        valid_until: end_of_day(offer.valid_through, zone).to_string(),
        min_amount: offer.min_amount.to_decimal_string(),
        max_amount: offer.max_amount.to_decimal_string(),
        instalments: offer
            .schedule
            .instalments
            .iter()
            .map(|instalment| InstalmentDocument {
                due_on: instalment.due_on.to_string(),
                amount: Money::to_decimal_string(instalment.amount),
            })
            .collect(),
    }
}
