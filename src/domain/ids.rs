//! Names of things. An id says what it is the id of, so that one cannot be passed for another.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

ids! {
    CreditorId, CustomerId, AccountId, OfferSetId, DraftId, AgreementId, PaymentId, DocumentId, MandateId, ReversalId, DisputeId,
    /// A digest of the policy's text: equal text, equal version.
    PolicyVersion,
}

/// An account reference as people type it, made comparable: no spaces or dashes at the ends or inside, capitals.
pub fn normalise_reference(typed: &str) -> String {
    typed.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// A postal code made comparable: `n1 9gu` is `N19GU`, `12345-6789` is `12345`.
pub fn normalise_postal_code(typed: &str) -> String {
    let letters: String = typed.chars().filter(|c| c.is_alphanumeric() || *c == '-').flat_map(char::to_uppercase).collect();
    match letters.split_once('-') {
        Some((zip, plus_four)) if zip.len() == 5 && plus_four.len() == 4 => zip.to_owned(),
        _ => letters.replace('-', ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_found_however_it_is_typed() {
        assert_eq!(normalise_reference(" ng-000 001"), "NG000001");
        assert_eq!(normalise_reference(" 00014723 "), "00014723");
    }

    #[test]
    fn a_postal_code_is_compared_by_its_delivery_area() {
        assert_eq!(normalise_postal_code("02134-1000"), "02134");
        assert_eq!(normalise_postal_code("n1 9gu"), "N19GU");
    }
}
