//! Settings as text, by name: read from the file and the environment, and handed out one by one with what is allowed.

use super::ConfigError;
use std::collections::BTreeMap;
use std::path::Path;

pub(super) const NAMES: [&str; 53] = [
    "server.address",
    "server.port",
    "server.public_url",
    "server.site_dir",
    "server.trusted_proxies",
    "server.proxy_networks",
    "database.url",
    "database.connections",
    "sandbox.enabled",
    "sandbox.clock",
    "sandbox.crash_at",
    "payments.processor",
    "stripe.secret_key",
    "stripe.webhook_secrets",
    "stripe.api_url",
    "stripe.page_origin",
    "policy.file",
    "portal.name",
    "portal.is_debt_collector",
    "portal.leave_to",
    "contact.phone",
    "contact.hours",
    "contact.hours_es",
    "contact.postal_address",
    "contact.answer_working_days",
    "contact.dispute_answer_working_days",
    "brand.logo_file",
    "brand.colour_light",
    "brand.colour_dark",
    "mail.smtp_url",
    "mail.from",
    "session.idle_minutes",
    "session.longest_hours",
    "links.valid_hours",
    "sign_in.attempts",
    "sign_in.window_minutes",
    "log.format",
    "log.level",
    "worker.enabled",
    "worker.poll_seconds",
    "reminders.days_before",
    "contact.reminders_in_seven_days",
    "mail.bounce_address",
    "text.url",
    "text.secret",
    "text.inbound_secret",
    "advice.file",
    "hardship.answer_working_days",
    "hardship.days_to_answer",
    "hardship.days_to_choose",
    "evidence.key",
    "evidence.keep_days",
    "evidence.temporary_dir",
];

/// `EVENKEEL_CONFIG` and what the scripts tell each other; whatever else begins so and is no setting is a typing mistake.
const OF_THE_SCRIPTS: [&str; 9] =
    ["CONFIG", "ROOT", "CACHE", "STARTED_AT", "APT_UPDATED", "SITE", "LONG", "SEED", "PROPERTY_CASES"];
const OF_THE_TESTS: [&str; 3] = ["TEST_", "PG_", "FUZZ_"];

/// Settings as text by name, before they are checked.
#[derive(Clone, Debug, Default)]
pub struct Settings(pub(super) BTreeMap<String, String>);

impl Settings {
    /// Reads the file (none is fine: every setting has a default), then lets the environment override it.
    pub fn read(file: Option<&Path>, environment: impl IntoIterator<Item = (String, String)>) -> Result<Settings, ConfigError> {
        let mut settings = Settings::default();
        if let Some(path) = file {
            let text = std::fs::read_to_string(path).map_err(|error| ConfigError {
                name: "the configuration file".into(),
                value: path.display().to_string(),
                allowed: format!("a file that can be read ({})", error.kind()),
            })?;
            settings.take_toml(&text)?;
        }
        let environment: BTreeMap<String, String> = environment.into_iter().collect();
        // What hosts of web servers set by custom; a setting's own variable says it more precisely.
        for (variable, name) in [("PORT", "server.port"), ("DATABASE_URL", "database.url")] {
            if let Some(value) = environment.get(variable) {
                settings.set(name, value);
            }
        }
        for (variable, value) in &environment {
            match NAMES.into_iter().find(|name| variable_of(name) == *variable) {
                Some(name) => settings.set(name, value),
                None if is_no_setting(variable) => {}
                None => return Err(unknown(variable)),
            }
        }
        Ok(settings)
    }

    /// Sets one value, as a command-line flag or a test does.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(name.to_owned(), value.into());
    }

    pub(super) fn take_toml(&mut self, text: &str) -> Result<(), ConfigError> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| ConfigError {
            name: "the configuration file".into(),
            value: error.span().map_or_else(String::new, |span| format!("line {}", line_of(text, span.start))),
            allowed: format!("valid TOML ({})", error.message()),
        })?;
        for (section, values) in table {
            let toml::Value::Table(values) = values else {
                return Err(unknown(&section));
            };
            for (key, value) in values {
                let name = format!("{section}.{key}");
                if !NAMES.contains(&name.as_str()) {
                    return Err(unknown(&name));
                }
                let text = match value {
                    toml::Value::String(text) => text,
                    other => other.to_string(),
                };
                self.0.insert(name, text);
            }
        }
        Ok(())
    }

    pub(super) fn get<T>(
        &self,
        name: &'static str,
        default: &str,
        allowed: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, ConfigError> {
        debug_assert!(NAMES.contains(&name), "{name} must be listed in NAMES");
        let value = self.0.get(name).map_or(default, String::as_str);
        parse(value).ok_or_else(|| ConfigError { name: name.to_owned(), value: value.to_owned(), allowed: allowed.to_owned() })
    }

    pub(super) fn number(&self, name: &'static str, default: &str, from: u32, to: u32) -> Result<u32, ConfigError> {
        self.get(name, default, &format!("a whole number from {from} to {to}"), |text| {
            text.parse().ok().filter(|number| (from..=to).contains(number))
        })
    }

    pub(super) fn text(&self, name: &'static str, default: &str) -> Result<String, ConfigError> {
        self.get(name, default, "some text", |text| (!text.trim().is_empty()).then(|| text.trim().to_owned()))
    }

    pub(super) fn yes_or_no(&self, name: &'static str, default: &str) -> Result<bool, ConfigError> {
        self.get(name, default, "true or false", |text| text.parse().ok())
    }

    pub(super) fn optional<T>(
        &self,
        name: &'static str,
        allowed: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        self.get(name, "", allowed, |text| if text.is_empty() { Some(None) } else { parse(text).map(Some) })
    }
}

/// The environment variable of a setting: `server.port` is `EVENKEEL_SERVER_PORT`.
fn variable_of(name: &str) -> String {
    format!("EVENKEEL_{}", name.replace('.', "_").to_uppercase())
}

/// Not of ours, or a variable of the project's scripts, of which the portal knows nothing.
fn is_no_setting(variable: &str) -> bool {
    variable
        .strip_prefix("EVENKEEL_")
        .is_none_or(|name| OF_THE_SCRIPTS.contains(&name) || OF_THE_TESTS.iter().any(|prefix| name.starts_with(prefix)))
}

fn unknown(name: &str) -> ConfigError {
    let known = match name.split_once('.') {
        Some((section, _)) if NAMES.iter().any(|known| known.starts_with(&format!("{section}."))) => {
            NAMES.into_iter().filter(|known| known.starts_with(&format!("{section}."))).collect::<Vec<_>>().join(", ")
        }
        _ => "those of evenkeel.toml".to_owned(),
    };
    // Its value may be a secret under a misspelled name.
    ConfigError {
        name: name.to_owned(), value: "…".to_owned(), allowed: format!("there is no such setting; known are {known}")
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text[..offset.min(text.len())].matches('\n').count() + 1
}
