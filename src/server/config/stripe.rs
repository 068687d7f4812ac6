//! The payment company, and how Stripe is reached. What is wrong here is refused at start, and no secret is ever repeated.

use super::{Clock, ConfigError, Settings};
use std::fmt;

/// Text that is never shown: not in a log, not in an error.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// For the one who has to send it or reckon with it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Who takes payments.
#[derive(Clone, Debug)]
pub enum Processor {
    /// Nobody: the portal shows what is owed and makes agreements.
    None,
    Sandbox,
    Stripe(Stripe),
}

#[derive(Clone, Debug)]
pub struct Stripe {
    pub secret_key: Secret,
    /// More than one while a secret is exchanged.
    pub webhook_secrets: Vec<Secret>,
    /// Whether the key moves real money.
    pub is_live: bool,
    pub api_url: String,
    /// Where its pages are.
    pub page_origin: String,
}

const API_URL: &str = "https://api.stripe.com";
const PAGE_ORIGIN: &str = "https://checkout.stripe.com";
const MOST_WEBHOOK_SECRETS: usize = 4;
pub(super) const NOT_SHOWN: &str = "(not shown)";

impl Settings {
    pub(super) fn processor(&self, sandbox: bool, clock: Clock, public_url: &str) -> Result<Processor, ConfigError> {
        let default = if sandbox { "sandbox" } else { "none" };
        let name =
            self.get("payments.processor", default, "none, stripe or, in sandbox mode only, sandbox", |text| match text {
                "none" | "stripe" => Some(text.to_owned()),
                "sandbox" => sandbox.then(|| text.to_owned()),
                _ => None,
            })?;
        match name.as_str() {
            "stripe" => self.stripe(sandbox, clock, public_url).map(Processor::Stripe),
            "sandbox" => Ok(Processor::Sandbox),
            _ => Ok(Processor::None),
        }
    }

    fn stripe(&self, sandbox: bool, clock: Clock, public_url: &str) -> Result<Stripe, ConfigError> {
        if clock != Clock::Real {
            return Err(ConfigError {
                name: "sandbox.clock".to_owned(),
                value: "another time".to_owned(),
                allowed: "real: Stripe keeps real time".to_owned(),
            });
        }
        if !sandbox && !public_url.starts_with("https://") {
            return Err(ConfigError {
                name: "server.public_url".to_owned(),
                value: public_url.to_owned(),
                allowed: "an https address, where payments are taken".to_owned(),
            });
        }
        let (mode, kinds) = if sandbox {
            ("a test key, sk_test_… or rk_test_…, in sandbox mode", ["sk_test_", "rk_test_"])
        } else {
            ("a live key, sk_live_… or rk_live_…, outside sandbox mode", ["sk_live_", "rk_live_"])
        };
        let secret_key = self.secret("stripe.secret_key", mode, |text| {
            (is_secret(text) && kinds.iter().any(|kind| text.starts_with(kind))).then(|| Secret::new(text))
        })?;
        let webhook_secrets = self.secret(
            "stripe.webhook_secrets",
            "the signing secret of the webhook endpoint, whsec_…; up to four with commas between while it is exchanged",
            |text| {
                let secrets: Vec<&str> = text.split(',').map(str::trim).collect();
                let are_secrets = secrets.iter().all(|secret| is_secret(secret) && secret.starts_with("whsec_"));
                (are_secrets && secrets.len() <= MOST_WEBHOOK_SECRETS)
                    .then(|| secrets.into_iter().map(Secret::new).collect::<Vec<_>>())
            },
        )?;
        let elsewhere = |text: &str| sandbox && is_loopback(text);
        let api_url = self.get(
            "stripe.api_url",
            API_URL,
            "https://api.stripe.com or, in sandbox mode only, http://127.0.0.1:PORT",
            |text| (text == API_URL || elsewhere(text)).then(|| text.to_owned()),
        )?;
        let page_origin = self.get(
            "stripe.page_origin",
            PAGE_ORIGIN,
            "https://checkout.stripe.com, or your own https domain of Stripe's pages, without a slash at the end",
            |text| (is_https_origin(text) || elsewhere(text)).then(|| text.to_owned()),
        )?;
        Ok(Stripe { secret_key, webhook_secrets, is_live: !sandbox, api_url, page_origin })
    }

    fn secret<T>(&self, name: &'static str, allowed: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, ConfigError> {
        self.get(name, "", allowed, parse).map_err(|error| {
            let value = if error.value.is_empty() { String::new() } else { NOT_SHOWN.to_owned() };
            ConfigError { value, ..error }
        })
    }
}

/// Kind, then some more; nothing that could break a header.
fn is_secret(text: &str) -> bool {
    text.len() >= 12 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn is_loopback(text: &str) -> bool {
    let port = text.strip_prefix("http://127.0.0.1:").and_then(|port| port.parse::<u16>().ok());
    port.is_some_and(|port| port > 0)
}

/// A host name alone: it is written into the content security policy.
fn is_https_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").unwrap_or_default();
    host.contains('.') && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::config::Config;

    const KEY: &str = "stripe.secret_key";
    const TEST_KEY: &str = "sk_test_4eC39HqLyjWD";
    const LIVE_KEY: &str = "sk_live_4eC39HqLyjWD";

    fn checked(sandbox: bool, changed: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let mut settings = Settings::default();
        settings.set("sandbox.enabled", sandbox.to_string());
        settings.set("server.public_url", "https://pay.example.org");
        settings.set("payments.processor", "stripe");
        settings.set(KEY, if sandbox { TEST_KEY } else { LIVE_KEY });
        settings.set("stripe.webhook_secrets", "whsec_abcdefgh");
        for (name, value) in changed {
            settings.set(name, *value);
        }
        settings.check()
    }

    fn refused(sandbox: bool, name: &str, value: &str) -> ConfigError {
        let error = checked(sandbox, &[(name, value)]).expect_err("refused");
        assert_eq!(error.name, name);
        error
    }

    #[test]
    fn a_test_key_and_a_live_portal_do_not_meet_nor_the_other_way_round() {
        for sandbox in [true, false] {
            let config = checked(sandbox, &[]).expect("its own kind of key");
            let Processor::Stripe(stripe) = config.processor else { panic!("Stripe") };
            assert_eq!(stripe.is_live, !sandbox);
            assert!(checked(sandbox, &[(KEY, if sandbox { "rk_test_abcdef" } else { "rk_live_abcdef" })]).is_ok());
        }
        let error = refused(true, KEY, LIVE_KEY);
        assert!(error.allowed.contains("sk_test_"), "{error}");
        let error = refused(false, KEY, TEST_KEY);
        assert!(error.allowed.contains("sk_live_"), "{error}");
        refused(false, KEY, "pk_live_4eC39HqLyjWD");
        refused(false, KEY, "");
    }

    #[test]
    fn no_secret_is_ever_shown() {
        let error = refused(true, KEY, LIVE_KEY).to_string();
        assert!(!error.contains(LIVE_KEY) && error.contains(NOT_SHOWN), "{error}");
        let error = refused(true, "stripe.webhook_secrets", "whsec_abcdefgh, hunter2hunter2").to_string();
        assert!(!error.contains("hunter2") && !error.contains("abcdefgh"), "{error}");
        let shown = format!("{:?}", checked(true, &[]).expect("valid"));
        assert!(!shown.contains(TEST_KEY) && !shown.contains("whsec_"), "{shown}");
    }

    #[test]
    fn webhook_secrets_are_a_list_while_one_is_exchanged() {
        let config = checked(true, &[("stripe.webhook_secrets", "whsec_abcdefgh, whsec_ijklmnop")]).expect("two");
        let Processor::Stripe(stripe) = config.processor else { panic!("Stripe") };
        assert_eq!(stripe.webhook_secrets, [Secret::new("whsec_abcdefgh"), Secret::new("whsec_ijklmnop")]);
        refused(true, "stripe.webhook_secrets", "");
        refused(true, "stripe.webhook_secrets", "whsec_abcdefgh,");
        refused(true, "stripe.webhook_secrets", &["whsec_abcdefgh"; 5].join(","));
    }

    #[test]
    fn a_stand_in_is_on_this_machine_and_in_sandbox_mode_only() {
        let here = "http://127.0.0.1:12111";
        assert!(checked(true, &[("stripe.api_url", here), ("stripe.page_origin", here)]).is_ok());
        for (sandbox, value) in
            [(false, here), (true, "http://example.org"), (true, "https://api.example.org"), (true, "http://127.0.0.1:1/x")]
        {
            refused(sandbox, "stripe.api_url", value);
        }
        assert!(checked(false, &[("stripe.page_origin", "https://checkout.example.org")]).is_ok());
        for value in ["https://checkout.example.org/", "https://a.example *", "http://checkout.example.org", here] {
            refused(false, "stripe.page_origin", value);
        }
    }

    #[test]
    fn stripe_keeps_real_time_and_takes_real_money_over_https_only() {
        refused(true, "sandbox.clock", "+30d");
        refused(false, "server.public_url", "http://pay.example.org");
        assert!(checked(true, &[("server.public_url", "http://localhost:3000")]).is_ok());
    }

    #[test]
    fn without_a_word_the_sandbox_takes_payments_in_sandbox_mode_and_nobody_elsewhere() {
        let of = |sandbox: bool| {
            let mut settings = Settings::default();
            settings.set("sandbox.enabled", sandbox.to_string());
            settings.check().expect("valid").processor
        };
        assert!(matches!(of(true), Processor::Sandbox));
        assert!(matches!(of(false), Processor::None));
        refused(false, "payments.processor", "sandbox");
        refused(true, "payments.processor", "strype");
    }
}
