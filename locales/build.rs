//! Turns the words into typed code.
//!
//! leptos_i18n's macro cannot switch on words with values as plain text (`interpolate_display`), and its build crate brings
//! an exporter of Unicode data that we have no use for. So its parser and generator, which the macro consists of, are
//! called here; their version is pinned to the library's own.

use leptos_i18n_parser::parse_locales::options::{Config, ParseOptions};
use leptos_i18n_parser::parse_locales::parse_locales;
use serde_json::{Map, Value};
use std::error::Error;
use std::path::{Path, PathBuf};

const LANGUAGES: [&str; 2] = ["en", "es"];
/// What the islands say. A key of another section does not exist for them, so a forgotten one does not compile.
const SECTIONS_IN_THE_BROWSER: [&str; 1] = ["plan"];

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let is_for_the_browser = std::env::var_os("CARGO_FEATURE_BROWSER").is_some();
    for language in LANGUAGES {
        println!("cargo::rerun-if-changed={language}.json");
        let mut sections: Map<String, Value> = serde_json::from_str(&std::fs::read_to_string(format!("{language}.json"))?)?;
        if is_for_the_browser {
            sections.retain(|section, _| SECTIONS_IN_THE_BROWSER.contains(&section.as_str()));
        }
        std::fs::write(out.join(format!("{language}.json")), serde_json::to_string(&sections)?)?;
    }
    write_code(&out)
}

fn write_code(out: &Path) -> Result<(), Box<dyn Error>> {
    let [first, others @ ..] = LANGUAGES;
    let mut config = Config::new(first)?.locales_path(".").parse_options(ParseOptions::default().interpolate_display(true));
    for language in others {
        config = config.add_locale(language)?;
    }
    let words = parse_locales(Some(out.to_owned()), config)?;
    let module = leptos_i18n_codegen::gen_code(&words, None, false, None, false)?;
    std::fs::write(out.join("words.rs"), module.to_string())?;
    Ok(())
}
