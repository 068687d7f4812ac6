//! What is signed: the terms, in one canonical text. What was shown is what is signed is what is collected, because all
//! three are these bytes; the server compares their SHA-256.

use super::calendar::{Date, Frequency};
use super::ids::PolicyVersion;
use super::money::{Currency, Money};
use super::offers::OfferKind;
use super::policy::Basis;
use super::schedule::{InterestRule, Schedule};

/// Every term of an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// References of the accounts it covers, in order.
    pub accounts: Vec<String>,
    pub creditor: String,
    pub kind: OfferKind,
    pub basis: Basis,
    pub frequency: Option<Frequency>,
    pub currency: Currency,
    /// What was owed, and what of it was past due, when it was agreed.
    pub balance: Money,
    pub past_due: Money,
    pub schedule: Schedule,
    pub discount: Option<Money>,
    pub interest: InterestRule,
    pub policy_version: PolicyVersion,
    /// The day on which the offer was made. Not the day of signing: that would change terms at midnight.
    pub offered_on: Date,
    /// What happens if a payment is late: the code of the text in the letters.
    pub consequences: String,
}

impl Terms {
    /// The terms as JSON with a fixed order of keys, no spaces, and amounts as decimal strings.
    pub fn canonical_json(&self) -> String {
        String::new()
    }
}
