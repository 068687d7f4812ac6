//! Walks through parsed TOML with the line of every key at hand, and reports keys nobody asked for.

use super::MappingError;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One table of the mapping. Keys are taken out one by one; what is left at the end is unknown.
pub struct Section<'t> {
    text: &'t str,
    name: String,
    line: usize,
    entries: Vec<Entry<'t>>,
}

pub struct Entry<'t> {
    pub key: String,
    pub line: usize,
    pub value: DeValue<'t>,
}

impl<'t> Section<'t> {
    pub fn whole(text: &'t str) -> Result<Section<'t>, MappingError> {
        let table = DeTable::parse(text).map_err(|error| MappingError {
            line: error.span().map_or(0, |span| line_of(text, span.start)),
            reason: error.message().trim().to_owned(),
        })?;
        Ok(Section::new(text, String::new(), 0, table.into_inner()))
    }

    pub fn new(text: &'t str, name: String, line: usize, table: DeTable<'t>) -> Section<'t> {
        let entries = table
            .into_iter()
            .map(|(key, value)| Entry {
                line: line_of(text, key.span().start),
                key: key.into_inner().into_owned(),
                value: value.into_inner(),
            })
            .collect();
        Section { text, name, line, entries }
    }

    pub fn take(&mut self, key: &str) -> Option<Entry<'t>> {
        let index = self.entries.iter().position(|entry| entry.key == key)?;
        Some(self.entries.swap_remove(index))
    }

    pub fn take_all(&mut self) -> Vec<Entry<'t>> {
        let mut entries = std::mem::take(&mut self.entries);
        entries.sort_by_key(|entry| entry.line);
        entries
    }

    /// The table under `key`; an empty one if it is not there.
    pub fn section(&mut self, key: &str) -> Result<Section<'t>, MappingError> {
        match self.take(key) {
            None => Ok(Section { text: self.text, name: key.to_owned(), line: 0, entries: Vec::new() }),
            Some(entry) => entry.into_section(self.text),
        }
    }

    /// The tables under `[[key]]`.
    pub fn sections(&mut self, key: &str) -> Result<Vec<Section<'t>>, MappingError> {
        let Some(entry) = self.take(key) else { return Ok(Vec::new()) };
        let (line, text) = (entry.line, self.text);
        let DeValue::Array(values) = entry.value else {
            return Err(wrong(line, key, &entry.value, "tables, each begun by a line with its name in double brackets"));
        };
        values
            .into_iter()
            .map(|value| {
                let line = line_of(text, value.span().start);
                Entry { key: key.to_owned(), line, value: value.into_inner() }.into_section(text)
            })
            .collect()
    }

    pub fn text_of(&mut self, key: &str) -> Result<Option<(String, usize)>, MappingError> {
        let Some(entry) = self.take(key) else { return Ok(None) };
        entry.text().map(|text| Some((text, entry.line)))
    }

    pub fn required_text(&mut self, key: &str) -> Result<(String, usize), MappingError> {
        let line = self.line;
        let name = self.name.clone();
        self.text_of(key)?.ok_or_else(|| MappingError { line, reason: format!("[{name}] needs {key}") })
    }

    pub fn yes_or_no(&mut self, key: &str) -> Result<Option<bool>, MappingError> {
        let Some(entry) = self.take(key) else { return Ok(None) };
        entry.value.as_bool().map(Some).ok_or_else(|| wrong(entry.line, key, &entry.value, "true or false"))
    }

    pub fn number(&mut self, key: &str) -> Result<Option<(usize, usize)>, MappingError> {
        let Some(entry) = self.take(key) else { return Ok(None) };
        entry.number().map(|number| Some((number, entry.line)))
    }

    pub fn texts(&mut self, key: &str) -> Result<Option<(Vec<String>, usize)>, MappingError> {
        let Some(entry) = self.take(key) else { return Ok(None) };
        entry.texts().map(|texts| Some((texts, entry.line)))
    }

    pub fn line(&self) -> usize {
        self.line
    }

    /// Refuses what nobody asked for.
    pub fn finish(self, known: &str) -> Result<(), MappingError> {
        let Some(entry) = self.entries.iter().min_by_key(|entry| entry.line) else { return Ok(()) };
        let place = if self.name.is_empty() { "this file".to_owned() } else { format!("[{}]", self.name) };
        Err(MappingError { line: entry.line, reason: format!("{place} has no key \"{}\"; known are {known}", entry.key) })
    }
}

impl<'t> Entry<'t> {
    pub fn into_section(self, text: &'t str) -> Result<Section<'t>, MappingError> {
        match self.value {
            DeValue::Table(table) => Ok(Section::new(text, self.key, self.line, table)),
            other => Err(wrong(self.line, &self.key, &other, "a table")),
        }
    }

    pub fn text(&self) -> Result<String, MappingError> {
        self.value.as_str().map(str::to_owned).ok_or_else(|| wrong(self.line, &self.key, &self.value, "text in quotes"))
    }

    pub fn number(&self) -> Result<usize, MappingError> {
        let number = self.value.as_integer().and_then(|number| usize::from_str_radix(number.as_str(), number.radix()).ok());
        number
            .filter(|number| *number <= 10_000)
            .ok_or_else(|| wrong(self.line, &self.key, &self.value, "a whole number up to 10000"))
    }

    pub fn texts(&self) -> Result<Vec<String>, MappingError> {
        let texts = self.value.as_array().and_then(|values| {
            values
                .iter()
                .map(|value: &Spanned<DeValue<'_>>| value.get_ref().as_str().map(str::to_owned))
                .collect::<Option<Vec<_>>>()
        });
        texts.ok_or_else(|| wrong(self.line, &self.key, &self.value, "a list of texts in quotes"))
    }
}

fn wrong(line: usize, key: &str, value: &DeValue<'_>, wanted: &str) -> MappingError {
    MappingError { line, reason: format!("{key} is a TOML {}; wanted: {wanted}", value.type_str()) }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}
