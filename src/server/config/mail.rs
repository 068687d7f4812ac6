//! How messages leave: the mail server, the carrier of text messages, and how many reminders are enough.

use super::{ConfigError, Secret, Settings};
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

#[derive(Clone)]
pub struct Mail {
    /// `smtps://user:password@host`, `smtp://user:password@host?tls=required` (STARTTLS), or, to this machine only, `smtp://…` in the
    /// clear.
    pub smtp_url: String,
    pub from: String,
    /// Where mail that cannot be delivered comes back to: `bounce@pay.example.org`, with a tag of each message after a plus.
    pub bounce_address: Option<BounceAddress>,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("smtp_url", &"…").field("from", &self.from).finish()
    }
}

/// An address whose first part takes a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BounceAddress {
    local: String,
    domain: String,
}

/// The first part of an address has at most 64 characters (RFC 5321, 4.5.3.1.1), and the tag takes 50 of them.
const LONGEST_LOCAL_PART: usize = 14;

impl BounceAddress {
    fn read(text: &str) -> Option<BounceAddress> {
        let (local, domain) = text.split_once('@')?;
        let plain =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
        (plain(local) && plain(domain) && local.len() <= LONGEST_LOCAL_PART)
            .then(|| BounceAddress { local: local.to_owned(), domain: domain.to_owned() })
    }

    /// `bounce+TAG@pay.example.org`.
    pub fn with_tag(&self, tag: &str) -> String {
        format!("{}+{tag}@{}", self.local, self.domain)
    }

    /// The tag of such an address. Servers on the way may have changed its letters to small ones.
    pub fn tag_of(&self, address: &str) -> Option<String> {
        let address = address.trim().to_lowercase();
        let (local, domain) = address.split_once('@')?;
        let tag = local.strip_prefix(&format!("{}+", self.local.to_lowercase()))?;
        (domain == self.domain.to_lowercase() && !tag.is_empty()).then(|| tag.to_owned())
    }
}

/// Who carries text messages.
#[derive(Clone, Debug)]
pub enum Texts {
    /// Nobody.
    None,
    /// The sandbox takes them and shows them.
    Sandbox,
    Http {
        url: String,
        secret: Secret,
    },
}

const SMTP_URL: &str = "smtps://user:password@host (TLS from the start), or smtp://user:password@host?tls=required (STARTTLS, without \
                        which nothing is sent); smtp:// without it sends letters and password in the clear and goes to this machine \
                        only: smtp://127.0.0.1:25";

/// Whether nobody on the way can read what is sent to this address: over TLS, or not over a wire at all.
fn keeps_letters_private(url: &str) -> bool {
    if url.starts_with("smtps://") {
        return true;
    }
    let Some(rest) = url.strip_prefix("smtp://") else { return false };
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let tls: Vec<&str> = query.split('&').filter(|pair| pair.split('=').next() == Some("tls")).collect();
    match tls.as_slice() {
        ["tls=required"] => true,
        [] => is_this_machine(place),
        _ => false,
    }
}

/// What stands before the last @ is user and password; they may hold anything.
fn is_this_machine(place: &str) -> bool {
    let authority = place.split(['/', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let without_port =
        host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit())).map_or(host, |(host, _)| host);
    match without_port.strip_prefix('[').and_then(|address| address.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback()),
        None => {
            without_port.eq_ignore_ascii_case("localhost")
                || without_port.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        }
    }
}

const NOT_SHOWN: &str = "(not shown)";

impl Settings {
    pub(super) fn mail(&self) -> Result<Option<Mail>, ConfigError> {
        let smtp_url = self.optional("mail.smtp_url", SMTP_URL, |text| keeps_letters_private(text).then(|| text.to_owned()));
        // The value may hold a password: it is never repeated.
        let smtp_url = smtp_url.map_err(hidden)?;
        let from = self.text("mail.from", "Accounts team <accounts@localhost>")?;
        let bounce_address = self.optional(
            "mail.bounce_address",
            "an address such as bounce@pay.example.org, with at most 14 characters before the @",
            BounceAddress::read,
        )?;
        Ok(smtp_url.map(|smtp_url| Mail { smtp_url, from, bounce_address }))
    }

    pub(super) fn texts(&self, sandbox: bool) -> Result<Texts, ConfigError> {
        let url = self.optional(
            "text.url",
            "the https address of who carries text messages or, in sandbox mode only, http://127.0.0.1:PORT/…",
            |text| {
                let known = text.starts_with("https://") || (sandbox && text.starts_with("http://127.0.0.1:"));
                known.then(|| text.to_owned())
            },
        )?;
        let secret = self.optional("text.secret", SECRET, read_secret).map_err(hidden)?;
        match (url, secret) {
            (Some(url), Some(secret)) => Ok(Texts::Http { url, secret }),
            (Some(_), None) => {
                Err(ConfigError { name: "text.secret".into(), value: String::new(), allowed: format!("{SECRET}, with text.url") })
            }
            (None, _) if sandbox => Ok(Texts::Sandbox),
            (None, _) => Ok(Texts::None),
        }
    }

    /// What proves that a text message comes in from the carrier; without it none are taken.
    pub(super) fn text_inbound_secret(&self) -> Result<Option<Secret>, ConfigError> {
        self.optional("text.inbound_secret", SECRET, read_secret).map_err(hidden)
    }
}

const SECRET: &str = "a secret of at least 16 characters, without spaces";

fn read_secret(text: &str) -> Option<Secret> {
    (text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_graphic())).then(|| Secret::new(text))
}

fn hidden(error: ConfigError) -> ConfigError {
    ConfigError { value: NOT_SHOWN.into(), ..error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::config::Config;

    fn checked(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let mut settings = Settings::default();
        for (name, value) in pairs {
            settings.set(name, *value);
        }
        settings.check()
    }

    #[test]
    fn the_tag_of_a_bounce_address_is_found_again_whatever_the_letters() {
        let address = BounceAddress::read("Bounce@Pay.example.org").expect("an address");
        assert_eq!(address.with_tag("0a1b"), "Bounce+0a1b@Pay.example.org");
        assert_eq!(address.tag_of("bounce+0A1B@pay.example.org").as_deref(), Some("0a1b"));
        for other in ["bounce@pay.example.org", "bounce+@pay.example.org", "bounce+a@example.org", "x+a@pay.example.org", ""] {
            assert_eq!(address.tag_of(other), None, "{other}");
        }
        for wrong in ["bounce", "@example.org", "a b@example.org", "much-too-long-a-part@example.org", "a+b@example.org"] {
            assert_eq!(BounceAddress::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn letters_and_passwords_go_over_tls_or_to_this_machine() {
        for private in [
            "smtps://mail.example.org",
            "smtps://user:pass@mail.example.org:465",
            "smtp://user:pass@mail.example.org:587?tls=required",
            "smtp://mail.example.org/helo?tls=required",
            "smtp://localhost",
            "smtp://LOCALHOST:25",
            "smtp://127.0.0.1:2525",
            "smtp://user:pass@127.0.0.9",
            "smtp://[::1]:25",
        ] {
            let found = checked(&[("mail.smtp_url", private)]).expect("it is taken").mail.expect("a mail server");
            assert_eq!(found.smtp_url, private);
        }
        for open in [
            "smtp://mail.example.org",
            "smtp://user:hunter2@mail.example.org:587",
            "smtp://user:hunter2@mail.example.org?tls=opportunistic",
            "smtp://user:hunter2@mail.example.org?tls=required&tls=opportunistic",
            "smtp://user:hunter2@mail.example.org?Tls=required",
            "smtp://localhost:hunter2@mail.example.org",
            "smtp://user:hunter2@127.0.0.1@mail.example.org",
            "smtp://mail.example.org#@127.0.0.1",
            "smtp://localhost.example.org",
            "smtp://127.0.0.1.example.org",
            "smtp://10.0.0.1",
            "smtp://[2001:db8::1]",
            "smtp://",
            "mail.example.org",
        ] {
            let error = checked(&[("mail.smtp_url", open)]).expect_err(open);
            assert_eq!(error.name, "mail.smtp_url");
            let said = error.to_string();
            assert!(said.contains("?tls=required") && said.contains("smtps://") && !said.contains("hunter2"), "{said}");
        }
    }

    #[test]
    fn texts_go_over_https_with_a_secret_or_not_at_all() {
        assert!(matches!(checked(&[]).expect("valid").texts, Texts::None));
        assert!(matches!(checked(&[("sandbox.enabled", "true")]).expect("valid").texts, Texts::Sandbox));
        let error = checked(&[("text.url", "http://texts.example.org/send")]).expect_err("no TLS");
        assert_eq!(error.name, "text.url");
        let error = checked(&[("text.url", "https://texts.example.org/send")]).expect_err("no secret");
        assert_eq!(error.name, "text.secret");
        let error = checked(&[("text.secret", "too-short-secret with a space")]).expect_err("a space");
        assert!(!error.to_string().contains("too-short"), "{error}");
        let both = [("text.url", "https://texts.example.org/send"), ("text.secret", "0123456789abcdef")];
        assert!(matches!(checked(&both).expect("valid").texts, Texts::Http { .. }));
    }
}
