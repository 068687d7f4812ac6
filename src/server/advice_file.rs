//! Reads who helps for free from a TOML file (setting `advice.file`). What is wrong is refused at start with its line and the reason.

use crate::domain::advice::AdviceContact;
use crate::domain::language::Language;
use crate::domain::statement::Statement;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// No file lists more.
const MOST_CONTACTS: usize = 200;
const LONGEST_NAME_CHARACTERS: usize = 120;

/// A list that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the list of advice {file} is wrong, line {line}: {reason}")]
pub struct AdviceError {
    file: PathBuf,
    line: usize,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenList {
    #[serde(default)]
    contact: Vec<Spanned<WrittenContact>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenContact {
    name: String,
    helps_with: WrittenText,
    phone: Option<String>,
    website: Option<String>,
    #[serde(default)]
    places: Vec<String>,
    #[serde(default)]
    languages: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenText {
    en: String,
    es: String,
}

/// Reads the list.
pub fn read(file: &Path) -> Result<Vec<AdviceContact>, AdviceError> {
    let wrong = |line: usize, reason: String| AdviceError { file: file.to_owned(), line, reason };
    let text = std::fs::read_to_string(file).map_err(|error| wrong(1, format!("it cannot be read ({})", error.kind())))?;
    parse(&text).map_err(|(line, reason)| wrong(line, reason))
}

fn parse(text: &str) -> Result<Vec<AdviceContact>, (usize, String)> {
    let line_of = |offset: usize| text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1;
    let written: WrittenList = toml::from_str(text)
        .map_err(|error| (line_of(error.span().map_or(0, |span| span.start)), error.message().replace('\n', " ")))?;
    if written.contact.len() > MOST_CONTACTS {
        return Err((1, format!("there are more than {MOST_CONTACTS} contacts")));
    }
    written
        .contact
        .into_iter()
        .map(|contact| {
            let line = line_of(contact.span().start);
            check(contact.into_inner()).map_err(|reason| (line, reason))
        })
        .collect()
}

fn check(written: WrittenContact) -> Result<AdviceContact, String> {
    let name = written.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > LONGEST_NAME_CHARACTERS {
        return Err(format!("a name is 1 to {LONGEST_NAME_CHARACTERS} characters long"));
    }
    if written.phone.is_none() && written.website.is_none() {
        return Err(format!("{name} has neither phone nor website: nobody could reach them"));
    }
    if written.website.as_ref().is_some_and(|website| !website.starts_with("https://")) {
        return Err(format!("the website of {name} does not begin with https://"));
    }
    let helps_with = Statement::new(&written.helps_with.en, &written.helps_with.es)
        .map_err(|(language, _)| format!("helps_with.{} of {name} is one paragraph of plain text", language.tag()))?;
    let language = |tag: &String| {
        Language::from_tag(tag).ok_or_else(|| format!("{name} speaks \"{tag}\"; the languages here are en and es"))
    };
    Ok(AdviceContact {
        helps_with,
        phone: written.phone,
        website: written.website,
        places: written.places,
        languages: written.languages.iter().map(language).collect::<Result<_, _>>()?,
        name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[[contact]]\nname = \"211\"\nphone = \"211\"\nhelps_with = { en = \"Food\", es = \"Comida\" }\n";

    #[test]
    fn the_list_that_comes_with_the_portal_is_right() {
        let shipped = read(Path::new("policies/advice.toml")).expect("the shipped list");
        assert!(shipped.iter().any(|contact| contact.languages.is_empty() || contact.languages.contains(&Language::Spanish)));
    }

    #[test]
    fn whatever_is_wrong_is_named_with_its_line() {
        assert_eq!(parse(GOOD).map(|list| list.len()), Ok(1));
        let wrong = |text: &str| parse(text).expect_err("wrong");
        assert_eq!(wrong(&format!("{GOOD}{}", GOOD.replace("phone = \"211\"\n", ""))).0, 5);
        assert!(wrong(&GOOD.replace("\"211\"\nh", "\"211\"\nwebsite = \"http://x.example\"\nh")).1.contains("https://"));
        assert!(wrong(&GOOD.replace("\"Comida\"", "\"\"")).1.contains("helps_with.es"));
        assert!(wrong(&GOOD.replace("phone", "fone")).1.contains("fone"));
        assert!(wrong(&format!("{GOOD}languages = [\"fr\"]\n")).1.contains("\"fr\""));
    }
}
