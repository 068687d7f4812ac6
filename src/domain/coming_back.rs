//! How a customer comes in, from what kind of device, and how long it counts that they have just shown who they are.

use serde::{Deserialize, Serialize};

/// What was shown at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Date of birth and postal code.
    Answers,
    /// A one-use link and the date of birth.
    Link,
    Password,
    Passkey,
}

impl Way {
    pub const ALL: [Way; 4] = [Way::Answers, Way::Link, Way::Password, Way::Passkey];

    pub fn code(self) -> &'static str {
        match self {
            Way::Answers => "answers",
            Way::Link => "link",
            Way::Password => "password",
            Way::Passkey => "passkey",
        }
    }

    pub fn from_code(code: &str) -> Option<Way> {
        Way::ALL.into_iter().find(|way| way.code() == code)
    }
}

/// So long after showing who they are a customer may change how they come in.
pub const PROOF_LASTS_MILLIS: i64 = 10 * 60_000;

/// Whether somebody who showed who they are at `proved_at` need not do so again. Never for a session from before this was noted.
pub fn is_recent(proved_at: Option<i64>, now: i64) -> bool {
    proved_at.is_some_and(|at| (at..at + PROOF_LASTS_MILLIS).contains(&now))
}

/// What a browser says it is, as roughly as people say it themselves. Nothing else of what it says is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    pub browser: Browser,
    pub system: System,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Browser {
    Firefox,
    Edge,
    Opera,
    Samsung,
    Chrome,
    Safari,
    #[default]
    Other,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum System {
    Android,
    Iphone,
    Ipad,
    Windows,
    Mac,
    Chromebook,
    Linux,
    #[default]
    Other,
}

/// Of a longer `User-Agent` the rest is not looked at.
const LONGEST_AGENT_BYTES: usize = 400;

impl Device {
    /// Reads a `User-Agent` header. Browsers name one another there; who names itself last counts.
    pub fn read(agent: &str) -> Device {
        let agent = agent.get(..LONGEST_AGENT_BYTES).unwrap_or(agent);
        let first = |signs: &[&str]| signs.iter().any(|sign| agent.contains(sign));
        let browser = Browser::ALL.into_iter().find(|browser| first(browser.signs())).unwrap_or_default();
        let system = System::ALL.into_iter().find(|system| first(system.signs())).unwrap_or_default();
        Device { browser, system }
    }
}

impl Browser {
    /// Those that call themselves by others' names too come first.
    pub const ALL: [Browser; 6] =
        [Browser::Firefox, Browser::Edge, Browser::Opera, Browser::Samsung, Browser::Chrome, Browser::Safari];

    fn signs(self) -> &'static [&'static str] {
        match self {
            Browser::Firefox => &["Firefox/", "FxiOS/"],
            Browser::Edge => &["Edg/", "EdgA/", "EdgiOS/"],
            Browser::Opera => &["OPR/"],
            Browser::Samsung => &["SamsungBrowser/"],
            Browser::Chrome => &["Chrome/", "CriOS/", "Chromium/"],
            Browser::Safari => &["Safari/"],
            Browser::Other => &[],
        }
    }

    /// Its own name, the same in every language; `None` for one we do not know.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Browser::Firefox => Some("Firefox"),
            Browser::Edge => Some("Edge"),
            Browser::Opera => Some("Opera"),
            Browser::Samsung => Some("Samsung Internet"),
            Browser::Chrome => Some("Chrome"),
            Browser::Safari => Some("Safari"),
            Browser::Other => None,
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Browser::Firefox => "firefox",
            Browser::Edge => "edge",
            Browser::Opera => "opera",
            Browser::Samsung => "samsung",
            Browser::Chrome => "chrome",
            Browser::Safari => "safari",
            Browser::Other => "other",
        }
    }

    pub fn from_code(code: &str) -> Browser {
        Browser::ALL.into_iter().find(|browser| browser.code() == code).unwrap_or_default()
    }
}

impl System {
    /// Android says Linux too, an iPhone says Mac.
    pub const ALL: [System; 7] =
        [System::Android, System::Iphone, System::Ipad, System::Windows, System::Chromebook, System::Mac, System::Linux];

    fn signs(self) -> &'static [&'static str] {
        match self {
            System::Android => &["Android"],
            System::Iphone => &["iPhone"],
            System::Ipad => &["iPad"],
            System::Windows => &["Windows"],
            System::Mac => &["Macintosh"],
            System::Chromebook => &["CrOS"],
            System::Linux => &["Linux"],
            System::Other => &[],
        }
    }

    pub fn name(self) -> Option<&'static str> {
        match self {
            System::Android => Some("Android"),
            System::Iphone => Some("iPhone"),
            System::Ipad => Some("iPad"),
            System::Windows => Some("Windows"),
            System::Mac => Some("Mac"),
            System::Chromebook => Some("Chromebook"),
            System::Linux => Some("Linux"),
            System::Other => None,
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            System::Android => "android",
            System::Iphone => "iphone",
            System::Ipad => "ipad",
            System::Windows => "windows",
            System::Mac => "mac",
            System::Chromebook => "chromebook",
            System::Linux => "linux",
            System::Other => "other",
        }
    }

    pub fn from_code(code: &str) -> System {
        System::ALL.into_iter().find(|system| system.code() == code).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_told_as_people_say_it() {
        let cases = [
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
                (Some("Safari"), Some("iPhone")),
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36",
                (Some("Chrome"), Some("Android")),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0",
                (Some("Edge"), Some("Windows")),
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", (Some("Firefox"), Some("Linux"))),
            ("curl/8.5.0", (None, None)),
            ("", (None, None)),
        ];
        for (agent, told) in cases {
            let device = Device::read(agent);
            assert_eq!((device.browser.name(), device.system.name()), told, "{agent}");
        }
        assert_eq!(Device::read(&format!("{}Firefox/150.0", "x".repeat(500))), Device::default());
    }

    #[test]
    fn every_code_is_found_again() {
        for browser in Browser::ALL {
            assert_eq!(Browser::from_code(browser.code()), browser);
        }
        for system in System::ALL {
            assert_eq!(System::from_code(system.code()), system);
        }
        for way in Way::ALL {
            assert_eq!(Way::from_code(way.code()), Some(way));
        }
        assert_eq!(Browser::from_code("<b>"), Browser::Other);
    }

    #[test]
    fn a_proof_is_good_for_ten_minutes() {
        assert!(is_recent(Some(1_000), 1_000));
        assert!(is_recent(Some(1_000), 1_000 + PROOF_LASTS_MILLIS - 1));
        assert!(!is_recent(Some(1_000), 1_000 + PROOF_LASTS_MILLIS));
        assert!(!is_recent(Some(1_000), 999), "a clock that went back proves nothing");
        assert!(!is_recent(None, 0));
    }
}
