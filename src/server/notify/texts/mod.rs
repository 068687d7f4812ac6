//! Text messages, through a port so small that any carrier fits behind it: a company's API, a gateway of the operator's own, or
//! the sandbox.

mod http;
mod sandbox;

use super::Carried;
use crate::server::config::Texts;
use async_trait::async_trait;
use std::sync::Arc;

/// A text message as it leaves.
pub struct OutgoingText<'a> {
    /// The outbox's id. Handed over twice, it is one message: the carrier keeps to it.
    pub id: &'a str,
    /// Digits with the country's in front, as in E.164: `+13035550100`.
    pub number: &'a str,
    pub text: &'a str,
}

/// Whoever carries text messages. No method has a default: a carrier that forgets one does not compile.
#[async_trait]
pub trait TextSender: Send + Sync {
    /// What the contact log calls it.
    fn name(&self) -> &'static str;

    /// Hands one message over. `TryAgain` where it is not known whether it was taken: the id makes that safe.
    async fn send(&self, text: OutgoingText<'_>) -> Carried;
}

/// The carrier of the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum UnusableTexts {
    #[error("the client for text.url could not be made")]
    Client(#[from] reqwest::Error),
    #[error("this machine trusts no certificate (package ca-certificates), so text.url cannot be reached")]
    NoCertificates,
}

/// The carrier the settings name, if one.
pub fn open(texts: &Texts) -> Result<Option<Arc<dyn TextSender>>, UnusableTexts> {
    Ok(match texts {
        Texts::None => None,
        Texts::Sandbox => Some(Arc::new(sandbox::SandboxTexts)),
        Texts::Http { url, secret } => Some(Arc::new(http::HttpTexts::open(url, secret.clone())?)),
    })
}

/// A number as carriers want it. Without a country's code it is one of North America. `None` where it is no number.
pub fn international(phone: &str) -> Option<String> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    match (phone.trim_start().starts_with('+'), digits.len()) {
        (true, 8..=15) => Some(format!("+{digits}")),
        (false, 10) => Some(format!("+1{digits}")),
        (false, 11) if digits.starts_with('1') => Some(format!("+{digits}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::international;

    #[test]
    fn a_number_is_written_as_carriers_want_it() {
        for phone in ["(303) 555-0100", "303-555-0100", "1 303 555 0100", "+1 303 555 0100"] {
            assert_eq!(international(phone).as_deref(), Some("+13035550100"), "{phone}");
        }
        assert_eq!(international("+44 20 7946 0958").as_deref(), Some("+442079460958"));
        for wrong in ["", "555-0100", "call me", "+1234"] {
            assert_eq!(international(wrong), None, "{wrong}");
        }
    }
}
