//! The operator's own look: a colour in place of tide, and a logo in place of our mark. Checked once at start; a colour that
//! people could not read is refused with what was measured and the nearest shade that fits. Served by `http::brand`.

use super::config::{Brand, ConfigError};
use sha2::{Digest, Sha256};
use std::path::Path;

/// Paper and its deeper shade as in style/tokens.css, where links and buttons stand.
const LIGHT: Ground = Ground { papers: ["#faf8f3", "#f0ece2"], light_text: "#ffffff", dark_text: "#12262f", towards: 0 };
const DARK: Ground = Ground { papers: ["#0e171d", "#17242c"], light_text: "#ffffff", dark_text: "#06222a", towards: 255 };

/// WCAG 2.2, 1.4.3: text against its ground, in hundredths.
const LEAST_CONTRAST: u32 = 450;
const LARGEST_LOGO_BYTES: u64 = 100_000;

struct Ground {
    papers: [&'static str; 2],
    light_text: &'static str,
    dark_text: &'static str,
    /// The end of the scale at which colours stand out best: 0 is black, 255 white.
    towards: u8,
}

/// What the operator's look adds to every page. Nothing where nothing is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    pub stylesheet: Option<Stylesheet>,
    pub logo: Option<Logo>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stylesheet {
    pub text: String,
    /// Changes with the text, so that it can be kept for ever.
    pub version: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    pub bytes: Vec<u8>,
    pub content_type: &'static str,
    pub version: String,
}

impl Look {
    pub fn check(brand: &Brand) -> Result<Look, ConfigError> {
        let light =
            brand.colour_light.as_deref().map(|colour| rule("brand.colour_light", colour, &LIGHT, "light")).transpose()?;
        let dark = brand.colour_dark.as_deref().map(|colour| rule("brand.colour_dark", colour, &DARK, "dark")).transpose()?;
        let text: String = [light, dark].into_iter().flatten().collect();
        let stylesheet = (!text.is_empty()).then(|| Stylesheet { version: version_of(text.as_bytes()), text });
        let logo = brand.logo_file.as_deref().map(read_logo).transpose()?;
        Ok(Look { stylesheet, logo })
    }
}

/// The colour as tide, with the text that reads best on it.
fn rule(name: &str, colour: &str, ground: &Ground, scheme: &str) -> Result<String, ConfigError> {
    let measured = least_contrast(colour, ground);
    if measured < LEAST_CONTRAST {
        let nearest = nearest_that_fits(colour, ground);
        return Err(ConfigError {
            name: name.to_owned(),
            value: colour.to_owned(),
            allowed: format!(
                "a colour whose contrast is at least {}:1 on {} and {}; this one has {}:1. The nearest shade that fits is {nearest}",
                ratio(LEAST_CONTRAST),
                ground.papers[0],
                ground.papers[1],
                ratio(measured)
            ),
        });
    }
    let on = [ground.light_text, ground.dark_text].into_iter().max_by_key(|text| contrast(text, colour)).unwrap_or("#ffffff");
    Ok(format!("@media screen and (prefers-color-scheme:{scheme}){{:root{{--tide:{colour};--on-tide:{on}}}}}"))
}

fn least_contrast(colour: &str, ground: &Ground) -> u32 {
    ground.papers.iter().map(|paper| contrast(colour, paper)).min().unwrap_or(0)
}

/// The same colour, moved towards black or white in steps of a hundredth until it can be read.
fn nearest_that_fits(colour: &str, ground: &Ground) -> String {
    let end = u32::from(ground.towards);
    (1..=100_u32)
        .map(|step| {
            let [red, green, blue] = channels(colour).map(|channel| (u32::from(channel) * (100 - step) + end * step) / 100);
            format!("#{red:02x}{green:02x}{blue:02x}")
        })
        .find(|shade| least_contrast(shade, ground) >= LEAST_CONTRAST)
        .unwrap_or_else(|| ground.dark_text.to_owned())
}

fn ratio(hundredths: u32) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// The contrast ratio of two colours in hundredths, rounded down (WCAG 2.2, "contrast ratio").
#[expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "light, not money; 100 to 2100"
)]
fn contrast(one: &str, other: &str) -> u32 {
    let (a, b) = (luminance(one), luminance(other));
    ((a.max(b) + 0.05) / (a.min(b) + 0.05) * 100.0).floor() as u32
}

/// Relative luminance (WCAG 2.2, "relative luminance").
#[expect(clippy::float_arithmetic, reason = "light, not money")]
fn luminance(colour: &str) -> f64 {
    let [red, green, blue] = channels(colour).map(|channel| {
        let part = f64::from(channel) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// The three channels of `#rrggbb`; the setting has been checked to be one.
fn channels(colour: &str) -> [u8; 3] {
    [1, 3, 5].map(|at| colour.get(at..at + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok()).unwrap_or(0))
}

fn read_logo(path: &Path) -> Result<Logo, ConfigError> {
    let refuse = |allowed: String| ConfigError { name: "brand.logo_file".into(), value: path.display().to_string(), allowed };
    let size = std::fs::metadata(path).map_err(|error| refuse(format!("a file that can be read ({})", error.kind())))?.len();
    if size > LARGEST_LOGO_BYTES {
        return Err(refuse(format!("a file of at most {LARGEST_LOGO_BYTES} bytes; this one has {size}")));
    }
    let bytes = std::fs::read(path).map_err(|error| refuse(format!("a file that can be read ({})", error.kind())))?;
    let content_type = match path.extension().and_then(|extension| extension.to_str()) {
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => return Err(refuse("an SVG or PNG file, named .svg or .png".into())),
    };
    Ok(Logo { version: version_of(&bytes), bytes, content_type })
}

fn version_of(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..8])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn brand(light: Option<&str>, dark: Option<&str>) -> Brand {
        Brand { logo_file: None, colour_light: light.map(str::to_owned), colour_dark: dark.map(str::to_owned) }
    }

    /// The colours of one scheme in style/tokens.css.
    fn tokens(css: &str) -> BTreeMap<&str, &str> {
        css.lines()
            .filter_map(|line| line.trim().strip_prefix("--")?.strip_suffix(';')?.split_once(": "))
            .filter(|(_, value)| value.starts_with('#'))
            .collect()
    }

    #[test]
    fn contrast_is_measured_as_the_standard_says() {
        assert_eq!(contrast("#000000", "#ffffff"), 2100);
        assert_eq!(contrast("#777777", "#ffffff"), 447);
        assert_eq!(contrast("#ffffff", "#767676"), 454);
    }

    #[test]
    fn every_text_of_our_own_can_be_read_in_light_and_in_dark() {
        let css = include_str!("../../style/tokens.css");
        let (light, dark) = css.split_once("@media").expect("two schemes");
        for (scheme, ground) in [(tokens(light), LIGHT), (tokens(dark), DARK)] {
            for paper in ["paper", "paper-deep"] {
                assert!(ground.papers.contains(&scheme[paper]), "the colours measured here are those of tokens.css");
                assert!(contrast(scheme["ink"], scheme[paper]) >= 700, "money on {paper}");
                for text in ["ink-quiet", "tide", "brass", "kelp"] {
                    assert!(contrast(scheme[text], scheme[paper]) >= LEAST_CONTRAST, "{text} on {paper}");
                }
                assert!(contrast(scheme["edge"], scheme[paper]) >= 300, "the edge of a field on {paper}");
            }
            assert!(contrast(scheme["on-tide"], scheme["tide"]) >= LEAST_CONTRAST, "the words on a button");
        }
    }

    #[test]
    fn a_colour_that_can_be_read_replaces_tide() {
        let look = Look::check(&brand(Some("#7a1fa2"), Some("#ffd54f"))).expect("readable");
        let sheet = look.stylesheet.expect("a stylesheet").text;
        assert!(sheet.contains("light){:root{--tide:#7a1fa2;--on-tide:#ffffff}}"), "{sheet}");
        assert!(sheet.contains("dark){:root{--tide:#ffd54f;--on-tide:#06222a}}"), "{sheet}");
    }

    #[test]
    fn a_colour_nobody_could_read_is_refused_with_one_that_fits() {
        let error = Look::check(&brand(Some("#ffcc00"), None)).expect_err("too pale");
        assert_eq!((error.name.as_str(), error.value.as_str()), ("brand.colour_light", "#ffcc00"));
        assert!(error.allowed.contains("this one has 1."), "{}", error.allowed);
        let nearest = error.allowed.rsplit(' ').next().expect("a colour");
        assert!(Look::check(&brand(Some(nearest), None)).is_ok(), "{nearest} is accepted");
        let error = Look::check(&brand(None, Some("#102030"))).expect_err("too dark");
        assert!(Look::check(&brand(None, error.allowed.rsplit(' ').next())).is_ok());
    }

    #[test]
    fn a_logo_of_another_kind_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("logo.gif");
        std::fs::write(&path, b"GIF89a").expect("a file");
        let named = Brand { logo_file: Some(path), ..brand(None, None) };
        assert_eq!(Look::check(&named).expect_err("no GIF").name, "brand.logo_file");
    }
}
