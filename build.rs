//! Turns `locales/` into the typed words of the program.
//!
//! leptos_i18n's macro cannot switch on words with values as plain text (`interpolate_display`), and its build crate brings
//! an exporter of Unicode data that we have no use for. So its parser and generator, which the macro consists of, are
//! called here; their version is pinned to the library's own.

use leptos_i18n_parser::parse_locales::options::{Config, ParseOptions};
use leptos_i18n_parser::parse_locales::parse_locales;
use std::error::Error;
use std::path::PathBuf;

#[expect(clippy::disallowed_methods, reason = "cargo tells a build script by the environment where to write")]
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=locales");
    // Read into the program where the store is compiled; a new file alone changes no source.
    println!("cargo::rerun-if-changed=migrations");
    let options = ParseOptions::default().interpolate_display(true);
    let config = Config::new("en")?.add_locale("es")?.locales_path("locales").parse_options(options);
    let words = parse_locales(None, config)?;
    let module = leptos_i18n_codegen::gen_code(&words, None, false, None, false)?;
    let path = PathBuf::from(std::env::var("OUT_DIR")?).join("words.rs");
    std::fs::write(path, module.to_string())?;
    Ok(())
}
