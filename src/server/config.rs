//! Settings: `evenkeel.toml`, then the environment, then checked as a whole before anything starts.
//!
//! Every setting has a name (`server.port`), can be set by an environment variable (`EVENKEEL_SERVER_PORT`; `PORT` and
//! `DATABASE_URL` are understood too), and is refused with its name, its value and what is allowed.

mod evidence;
mod mail;
mod settings;
mod stripe;

pub use evidence::Evidence;
pub use mail::{BounceAddress, Mail, Texts};
pub use settings::Settings;
pub use stripe::{Processor, Secret, Stripe};

use super::clock::Clock;
use super::crash_point::CrashPoint;
use super::security::networks::Networks;
use crate::domain::language::Language;
use crate::words::{locale, td_string};
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

/// A setting that cannot be used, told so that it can be put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    pub name: String,
    pub value: String,
    pub allowed: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the setting {} is \"{}\"; allowed: {}", self.name, self.value, self.allowed)
    }
}

#[derive(Clone, Debug)]
pub struct Config {
    pub address: IpAddr,
    pub port: u16,
    /// Where people reach the portal, without a slash at the end. Links in messages start with it.
    pub public_url: String,
    /// The folder with the built browser side and stylesheet.
    pub site_dir: PathBuf,
    pub database_url: String,
    pub database_connections: u32,
    /// Sandbox mode: the sandbox processor, and a clock that may be moved. Says so on every screen.
    pub sandbox: bool,
    pub clock: Clock,
    /// Where the process dies, for tests; in sandbox mode only.
    pub crash_at: Option<CrashPoint>,
    pub processor: Processor,
    pub policy_file: PathBuf,
    pub portal_name: String,
    /// It collects for creditors and is not one of them: its validation letter says so (12 CFR 1006.18(e)).
    pub is_debt_collector: bool,
    /// Where "leave and clear" leads; our own neutral page without it.
    pub leave_to: Option<String>,
    pub contact: Contact,
    pub brand: Brand,
    pub mail: Option<Mail>,
    pub texts: Texts,
    pub text_inbound_secret: Option<Secret>,
    /// The most reminders a customer gets over one channel in seven days.
    pub reminders_in_seven_days: u32,
    pub session_idle_minutes: u32,
    pub session_longest_hours: u32,
    pub link_valid_hours: u32,
    pub sign_in_attempts: u32,
    pub sign_in_window_minutes: u32,
    /// Behind how many reverse proxies the portal stands; 0 means that X-Forwarded-For is not believed.
    pub trusted_proxies: u32,
    /// Where those proxies call from: whoever calls from elsewhere is not believed.
    pub proxy_networks: Networks,
    pub log_json: bool,
    pub log_level: LogLevel,
    /// Whether `serve` does the background work too.
    pub worker_enabled: bool,
    pub worker_poll_seconds: u32,
    /// So many days before an instalment that is paid by hand its customer is reminded.
    pub reminder_days_before: u32,
    pub evidence: Evidence,
    /// Who helps for free.
    pub advice_file: PathBuf,
    pub hardship: Hardship,
}

/// The times of a hardship review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hardship {
    /// Within so many working days it is decided; a day that is missed is followed by as many again.
    pub answer_working_days: u32,
    /// So many days are waited for an answer that was asked for.
    pub days_to_answer: u32,
    /// So many days what was opened can be chosen; as long is waited after a refusal, so that it can be appealed.
    pub days_to_choose: u32,
}

/// How much is written to the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
}

/// How to reach a person, shown on every screen.
#[derive(Clone, Debug)]
pub struct Contact {
    pub phone: String,
    hours: Option<String>,
    hours_es: Option<String>,
    pub postal_address: String,
    pub answer_working_days: u32,
    /// Within so many business days what a customer disputes is answered in writing.
    pub dispute_answer_working_days: u32,
}

impl Contact {
    /// When somebody answers, in the reader's language. What was said in one language only is shown as it is: hours that are
    /// true in English are better than ours in Spanish.
    pub fn hours(&self, language: Language) -> String {
        let own = match language {
            Language::English => &self.hours,
            Language::Spanish => &self.hours_es,
        };
        let said = own.as_ref().or(self.hours.as_ref()).or(self.hours_es.as_ref());
        said.cloned().unwrap_or_else(|| td_string!(locale(language), shell.usual_hours).to_owned())
    }
}

/// The operator's own look. Colours are checked for contrast when the stylesheet is made.
#[derive(Clone, Debug)]
pub struct Brand {
    pub logo_file: Option<PathBuf>,
    /// `#rrggbb` in place of tide, on light and on dark paper.
    pub colour_light: Option<String>,
    pub colour_dark: Option<String>,
}

impl Settings {
    /// Checks everything and says the first thing that is wrong.
    pub fn check(&self) -> Result<Config, ConfigError> {
        let port =
            self.get("server.port", "3000", "a port from 1 to 65535", |text| text.parse::<u16>().ok().filter(|port| *port > 0))?;
        let address = self.get("server.address", "127.0.0.1", "an IP address to listen on", |text| text.parse().ok())?;
        let default_url = format!("http://localhost:{port}");
        let sandbox = self.yes_or_no("sandbox.enabled", "false")?;
        let clock = self.get(
            "sandbox.clock",
            "real",
            "real; or, in sandbox mode only, an instant such as 2026-11-22T09:00:00Z, or a shift in days such as +30d",
            |text| read_clock(text).filter(|clock| sandbox || *clock == Clock::Real),
        )?;
        let public_url = self.get(
            "server.public_url",
            &default_url,
            "an address such as https://pay.example.org, without a slash at the end",
            |text| {
                let known = text.starts_with("https://") || text.starts_with("http://");
                (known && !text.ends_with('/')).then(|| text.to_owned())
            },
        )?;
        let database_url = self.get(
            "database.url",
            "sqlite:data/evenkeel.db",
            "sqlite:PATH or postgres://user:password@host/database",
            |text| {
                let known = ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme));
                known.then(|| text.to_owned())
            },
        )?;
        Ok(Config {
            address,
            port,
            processor: self.processor(sandbox, clock, &public_url)?,
            public_url,
            site_dir: PathBuf::from(self.text("server.site_dir", "site")?),
            trusted_proxies: self.number("server.trusted_proxies", "0", 0, 5)?,
            proxy_networks: self.get(
                "server.proxy_networks",
                "private",
                "private, or networks such as 203.0.113.0/24, with commas between them",
                Networks::read,
            )?,
            evidence: self.evidence(&database_url)?,
            database_url,
            database_connections: self.number("database.connections", "8", 1, 200)?,
            sandbox,
            clock,
            crash_at: self.optional("sandbox.crash_at", "in sandbox mode only, a named step", |text| {
                CrashPoint::from_name(text).filter(|_| sandbox)
            })?,
            worker_enabled: self.yes_or_no("worker.enabled", "true")?,
            worker_poll_seconds: self.number("worker.poll_seconds", "2", 1, 60)?,
            reminder_days_before: self.number("reminders.days_before", "3", 0, 14)?,
            advice_file: PathBuf::from(self.text("advice.file", "policies/advice.toml")?),
            hardship: Hardship {
                answer_working_days: self.number("hardship.answer_working_days", "5", 1, 30)?,
                days_to_answer: self.number("hardship.days_to_answer", "14", 3, 60)?,
                days_to_choose: self.number("hardship.days_to_choose", "30", 7, 90)?,
            },
            policy_file: PathBuf::from(self.text("policy.file", "policies/default.toml")?),
            portal_name: self.text("portal.name", "Evenkeel")?,
            is_debt_collector: self.yes_or_no("portal.is_debt_collector", "false")?,
            leave_to: self.optional("portal.leave_to", "an address such as https://www.example.org/weather", read_public_page)?,
            contact: Contact {
                phone: self.text("contact.phone", "555-0100")?,
                hours: self.optional("contact.hours", "some text", |text| Some(text.trim().to_owned()))?,
                hours_es: self.optional("contact.hours_es", "some text", |text| Some(text.trim().to_owned()))?,
                postal_address: self.text("contact.postal_address", "Accounts team, 1 Harbor Street, Springfield")?,
                answer_working_days: self.number("contact.answer_working_days", "2", 1, 30)?,
                dispute_answer_working_days: self.number("contact.dispute_answer_working_days", "10", 1, 30)?,
            },
            brand: Brand {
                logo_file: self.optional("brand.logo_file", "a path to an SVG or PNG file", |text| Some(PathBuf::from(text)))?,
                colour_light: self.optional("brand.colour_light", "a colour such as #0b5a6b", read_colour)?,
                colour_dark: self.optional("brand.colour_dark", "a colour such as #7cc7d6", read_colour)?,
            },
            mail: self.mail()?,
            texts: self.texts(sandbox)?,
            text_inbound_secret: self.text_inbound_secret()?,
            reminders_in_seven_days: self.number("contact.reminders_in_seven_days", "3", 1, 7)?,
            session_idle_minutes: self.number("session.idle_minutes", "20", 5, 120)?,
            session_longest_hours: self.number("session.longest_hours", "12", 1, 24)?,
            link_valid_hours: self.number("links.valid_hours", "72", 1, 720)?,
            sign_in_attempts: self.number("sign_in.attempts", "5", 3, 20)?,
            sign_in_window_minutes: self.number("sign_in.window_minutes", "15", 1, 1440)?,
            log_level: self.get("log.level", "info", "error, warn, info or debug", |text| match text {
                "error" => Some(LogLevel::Error),
                "warn" => Some(LogLevel::Warn),
                "info" => Some(LogLevel::Info),
                "debug" => Some(LogLevel::Debug),
                _ => None,
            })?,
            log_json: self.get("log.format", "text", "text or json", |text| match text {
                "text" => Some(false),
                "json" => Some(true),
                _ => None,
            })?,
        })
    }
}

fn read_clock(text: &str) -> Option<Clock> {
    if text == "real" {
        return Some(Clock::Real);
    }
    if let Some(days) = text.strip_suffix('d').filter(|_| text.starts_with(['+', '-'])) {
        let days: i64 = days.parse().ok().filter(|days: &i64| days.abs() <= 36_500)?;
        return Some(Clock::Moved(SignedDuration::from_hours(days * 24)));
    }
    text.parse::<Timestamp>().ok().map(Clock::Fixed)
}

/// An address anybody may be seen at. Without blanks or quotes, because its origin stands in a header.
fn read_public_page(text: &str) -> Option<String> {
    let rest = text.strip_prefix("https://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let is_a_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-:".contains(&byte);
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'<>;,".contains(&byte));
    (!host.is_empty() && host.bytes().all(is_a_host) && is_plain).then(|| text.to_owned())
}

fn read_colour(text: &str) -> Option<String> {
    let digits = text.strip_prefix('#')?;
    (digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::settings::NAMES;
    use super::*;

    fn settings(toml: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let mut settings = Settings::default();
        settings.take_toml(toml)?;
        let environment = environment.iter().map(|(name, value)| (String::from(*name), String::from(*value)));
        let overrides = Settings::read(None, environment)?;
        settings.0.extend(overrides.0);
        settings.check()
    }

    #[test]
    fn every_setting_is_explained_in_the_file_and_nothing_else_is() {
        let file = include_str!("../../evenkeel.toml");
        let mut section = "";
        let mut explained: Vec<String> = Vec::new();
        for line in file.lines() {
            if let Some(name) = line.strip_prefix('[') {
                section = name.split(']').next().unwrap_or_default();
            } else if let Some((key, _)) = line.strip_prefix("# ").and_then(|line| line.split_once(" = ")) {
                explained.push(format!("{section}.{key}"));
            }
        }
        explained.sort_unstable();
        let mut names: Vec<&str> = NAMES.to_vec();
        names.sort_unstable();
        assert_eq!(explained, names);
    }

    #[test]
    fn nothing_set_is_fine() {
        let config = settings("", &[]).expect("defaults");
        assert_eq!(config.port, 3000);
        assert_eq!(config.public_url, "http://localhost:3000");
    }

    #[test]
    fn the_environment_overrides_the_file() {
        let config = settings("[server]\nport = 4000", &[("PORT", "5000")]).expect("valid");
        assert_eq!(config.port, 5000);
        let config = settings("", &[("EVENKEEL_SESSION_IDLE_MINUTES", "30")]).expect("valid");
        assert_eq!(config.session_idle_minutes, 30);
        // A host's custom is overruled by the setting's own name, in whatever order they stand.
        let config = settings("", &[("PORT", "5000"), ("EVENKEEL_SERVER_PORT", "6000")]).expect("valid");
        assert_eq!(config.port, 6000);
        settings("", &[("EVENKEEL_TEST_POSTGRES", "x"), ("EVENKEEL_CONFIG", "x"), ("HOME", "x")]).expect("no settings");
    }

    #[test]
    fn a_wrong_setting_is_refused_with_name_value_and_what_is_allowed() {
        let error = settings("[session]\nidle_minutes = 3", &[]).expect_err("too short");
        assert_eq!((error.name.as_str(), error.value.as_str()), ("session.idle_minutes", "3"));
        assert!(error.to_string().contains("from 5 to 120"), "{error}");
        for (file, environment) in [("[sesion]\nidle_minutes = 30", vec![]), ("", vec![("EVENKEEL_SESION_IDLE_MINUTES", "30")])] {
            let error = settings(file, &environment).expect_err("a typing mistake");
            assert!(error.to_string().contains("no such setting"), "{error}");
        }
    }

    #[test]
    fn the_clock_moves_in_sandbox_mode_only() {
        assert!(settings("[sandbox]\nclock = \"+30d\"", &[]).is_err());
        let config = settings("[sandbox]\nenabled = true\nclock = \"+30d\"", &[]).expect("sandbox");
        assert_eq!(config.clock, Clock::Moved(SignedDuration::from_hours(720)));
    }

    #[test]
    fn leaving_leads_to_a_page_on_the_web_and_nowhere_else() {
        let leave_to = |text: &str| settings("", &[("EVENKEEL_PORTAL_LEAVE_TO", text)]).map(|config| config.leave_to);
        assert_eq!(leave_to("https://www.example.org/weather?a=b"), Ok(Some("https://www.example.org/weather?a=b".into())));
        for wrong in
            ["http://example.org", "javascript:alert(1)", "https://", "https://a b", "https://x;script-src/", "/signed-out"]
        {
            assert!(leave_to(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_password_in_a_refused_setting_is_not_repeated() {
        let error = settings("", &[("EVENKEEL_MAIL_SMTP_URL", "user:secret@host")]).expect_err("no scheme");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
