//! From the text of a mapping file to a [`Mapping`].

use super::toml_walk::{Entry, Section};
use super::{
    AmountStyle, BalanceLeads, Column, DateFormat, Field, FileKind, FileStyle, Mapping, MappingError, NegativeStyle, Place, Side,
    Sign, Source, Split, SplitPattern, ZoneRule,
};
use encoding_rs::Encoding;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Longest mapping file, in bytes: far above any real one.
const MAX_MAPPING_BYTES: usize = 256 * 1024;

pub fn mapping(text: &str) -> Result<Mapping, MappingError> {
    if text.len() > MAX_MAPPING_BYTES {
        return Err(MappingError { line: 0, reason: format!("a mapping has at most {MAX_MAPPING_BYTES} bytes") });
    }
    let mut whole = Section::whole(text)?;
    let kind = kind(&mut whole)?;
    let file = file_style(whole.section("file")?)?;
    let amounts = amount_style(whole.section("amounts")?)?;
    let (date, months) = date_style(whole.section("dates")?)?;
    let mut sources = Sources { kind, header: file.header, date, months, found: BTreeMap::new() };
    sources.take_columns(whole.section("columns")?, text)?;
    let splits = sources.take_splits(whole.sections("split")?)?;
    sources.take_constants(whole.section("constants")?)?;
    sources.take_translations(whole.section("translate")?, text)?;
    let empty_words = empty_words(whole.section("values")?)?;
    let reference_prefix = reference_prefix(whole.section("reference")?)?;
    let zones = zone_rule(whole.section("time_zone")?)?;
    let (phone_country_code, phone_trunk_prefix) = phone_style(whole.section("phone")?)?;
    let balance_leads = balance_leads(whole.section("balance")?)?;
    whole.finish(
        "kind, file, amounts, dates, columns, split, constants, translate, values, reference, time_zone, phone, balance",
    )?;
    let sources = sources.found;
    check_complete(kind, &sources, &zones)?;
    let sha256 = hex::encode(Sha256::digest(text.as_bytes()));
    Ok(Mapping {
        kind,
        file,
        amounts,
        sources,
        splits,
        empty_words,
        reference_prefix,
        zones,
        phone_country_code,
        phone_trunk_prefix,
        balance_leads,
        sha256,
    })
}

fn refuse<T>(line: usize, reason: impl Into<String>) -> Result<T, MappingError> {
    Err(MappingError { line, reason: reason.into() })
}

/// Picks one of a few allowed words.
fn one_of<T: Copy>(name: &str, given: (String, usize), allowed: &[(&str, T)]) -> Result<T, MappingError> {
    let (word, line) = given;
    match allowed.iter().find(|(allowed, _)| *allowed == word) {
        Some((_, value)) => Ok(*value),
        None => {
            let words: Vec<&str> = allowed.iter().map(|(word, _)| *word).collect();
            refuse(line, format!("{name} is \"{word}\"; allowed: {}", words.join(", ")))
        }
    }
}

fn kind(whole: &mut Section<'_>) -> Result<FileKind, MappingError> {
    let Some(given) = whole.text_of("kind")? else {
        return refuse(0, "the mapping must say kind = \"accounts\", kind = \"transactions\" or kind = \"payments\"");
    };
    let kinds = [FileKind::Accounts, FileKind::Transactions, FileKind::Payments].map(|kind| (kind.name(), kind));
    one_of("kind", given, &kinds)
}

fn file_style(mut section: Section<'_>) -> Result<FileStyle, MappingError> {
    let delimiter = match section.text_of("delimiter")? {
        None => b',',
        Some((text, line)) => one_ascii_character("delimiter", &text, line)?,
    };
    let quote = match section.text_of("quote")? {
        None => Some(b'"'),
        Some((text, _)) if text.is_empty() => None,
        Some((text, line)) => Some(one_ascii_character("quote", &text, line)?),
    };
    if quote == Some(delimiter) {
        return refuse(section.line(), "delimiter and quote must differ");
    }
    let encoding = match section.text_of("encoding")? {
        None => encoding_rs::UTF_8,
        Some((label, line)) => match Encoding::for_label_no_replacement(label.trim().as_bytes()) {
            Some(encoding) => encoding,
            None => {
                return refuse(line, format!("encoding \"{label}\" is not known; common are utf-8, iso-8859-1, windows-1252"));
            }
        },
    };
    let header = section.yes_or_no("header")?.unwrap_or(true);
    let skip_lines = section.number("skip_lines")?.map_or(0, |(number, _)| number);
    section.finish("delimiter, quote, encoding, header, skip_lines")?;
    Ok(FileStyle { delimiter, quote, encoding, header, skip_lines })
}

fn one_ascii_character(name: &str, text: &str, line: usize) -> Result<u8, MappingError> {
    match text.as_bytes() {
        b"tab" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !matches!(byte, b'\n' | b'\r') => Ok(*byte),
        _ => refuse(line, format!("{name} is \"{text}\"; allowed: one character such as ; or |, or tab")),
    }
}

fn amount_style(mut section: Section<'_>) -> Result<AmountStyle, MappingError> {
    let decimal = section.text_of("decimal")?;
    let decimal = decimal.map_or(Ok('.'), |given| one_of("decimal", given, &[(".", '.'), (",", ',')]))?;
    let thousands = match section.text_of("thousands")? {
        None => None,
        Some(given) => one_of(
            "thousands",
            given,
            &[("", None), (",", Some(',')), (".", Some('.')), (" ", Some(' ')), ("'", Some('\'')), ("’", Some('’'))],
        )?,
    };
    if thousands == Some(decimal) {
        return refuse(section.line(), "decimal and thousands must differ");
    }
    let symbols = section.texts("symbols")?.map_or_else(Vec::new, |(symbols, _)| symbols);
    let negatives = match section.texts("negative")? {
        None => vec![NegativeStyle::LeadingMinus],
        Some((words, line)) => words
            .into_iter()
            .map(|word| {
                one_of(
                    "negative",
                    (word, line),
                    &[
                        ("leading_minus", NegativeStyle::LeadingMinus),
                        ("trailing_minus", NegativeStyle::TrailingMinus),
                        ("parentheses", NegativeStyle::Parentheses),
                        ("cr", NegativeStyle::TrailingCr),
                    ],
                )
            })
            .collect::<Result<_, _>>()?,
    };
    section.finish("decimal, thousands, symbols, negative")?;
    Ok(AmountStyle { decimal, thousands, symbols, negatives })
}

fn date_style(mut section: Section<'_>) -> Result<(DateFormat, Vec<String>), MappingError> {
    let months = section.texts("months")?.map_or_else(Vec::new, |(months, _)| months);
    let format = match section.text_of("format")? {
        None => DateFormat::iso(),
        Some((pattern, line)) => DateFormat::parse(&pattern, &months).map_err(|reason| MappingError { line, reason })?,
    };
    section.finish("format, months")?;
    Ok((format, months))
}

fn empty_words(mut section: Section<'_>) -> Result<Vec<String>, MappingError> {
    let words = section.texts("empty")?.map_or_else(Vec::new, |(words, _)| words);
    section.finish("empty")?;
    Ok(words.into_iter().map(|word| word.to_lowercase()).collect())
}

fn reference_prefix(mut section: Section<'_>) -> Result<String, MappingError> {
    const LONGEST: usize = 16;
    let prefix = section.text_of("prefix")?;
    section.finish("prefix")?;
    match prefix {
        None => Ok(String::new()),
        Some((prefix, line)) if prefix.len() > LONGEST || !prefix.is_ascii() => {
            refuse(line, format!("prefix is at most {LONGEST} plain letters, digits and dashes"))
        }
        Some((prefix, _)) => Ok(prefix),
    }
}

fn zone_rule(mut section: Section<'_>) -> Result<ZoneRule, MappingError> {
    let rule = section.text_of("derive")?;
    section.finish("derive")?;
    rule.map_or(Ok(0), |given| one_of("derive", given, &[("united_states", 1), ("never", 0)]))
        .map(|rule| if rule == 1 { ZoneRule::UnitedStates } else { ZoneRule::Named })
}

fn phone_style(mut section: Section<'_>) -> Result<(Option<String>, Option<String>), MappingError> {
    let mut digits = |key: &str, most: usize| match section.text_of(key)? {
        None => Ok(None),
        Some((text, _)) if !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok(Some(text))
        }
        Some((text, line)) => refuse(line, format!("{key} is \"{text}\"; allowed: up to {most} digits")),
    };
    let country_code = digits("country_code", 3)?;
    let trunk_prefix = digits("trunk_prefix", 2)?;
    section.finish("country_code, trunk_prefix")?;
    Ok((country_code, trunk_prefix))
}

fn balance_leads(mut section: Section<'_>) -> Result<BalanceLeads, MappingError> {
    let leads = section.text_of("leads")?;
    section.finish("leads")?;
    leads.map_or(Ok(BalanceLeads::Portal), |given| {
        one_of("leads", given, &[("creditor", BalanceLeads::Creditor), ("portal", BalanceLeads::Portal)])
    })
}

struct Sources {
    kind: FileKind,
    header: bool,
    date: DateFormat,
    months: Vec<String>,
    found: BTreeMap<Field, Source>,
}

impl Sources {
    fn field(&self, name: &str, line: usize) -> Result<Field, MappingError> {
        match Field::from_name(name).filter(|field| field.is_of(self.kind)) {
            Some(field) => Ok(field),
            None => {
                let known: Vec<&str> = self.kind.fields().map(Field::name).collect();
                refuse(line, format!("{} have no field \"{name}\"; known are {}", self.kind.name(), known.join(", ")))
            }
        }
    }

    fn add(&mut self, name: &str, line: usize, place: Place) -> Result<&mut Source, MappingError> {
        let field = self.field(name, line)?;
        if let Some(first) = self.found.get(&field) {
            return refuse(line, format!("{name} is given twice; first on line {}", first.line));
        }
        let sign = match field {
            Field::PaymentsSince | Field::CreditsSince => Sign::Subtracted,
            Field::Amount if self.kind == FileKind::Payments => Sign::Subtracted,
            _ => Sign::AlreadySigned,
        };
        let source = Source { place, date: self.date.clone(), sign, translate: BTreeMap::new(), line };
        Ok(self.found.entry(field).or_insert(source))
    }

    fn column(&self, entry: &Entry<'_>) -> Result<Column, MappingError> {
        let column = match (self.header, entry.value.as_str()) {
            (true, Some(name)) => Column::Name(name.trim().to_owned()),
            (true, None) => return refuse(entry.line, format!("{} must be the name of a column, in quotes", entry.key)),
            (false, _) => Column::Number(entry.number()?),
        };
        match column {
            Column::Number(0) => refuse(entry.line, "columns are counted from 1"),
            column => Ok(column),
        }
    }

    fn take_columns<'t>(&mut self, mut section: Section<'t>, text: &'t str) -> Result<(), MappingError> {
        for entry in section.take_all() {
            let (name, line) = (entry.key.clone(), entry.line);
            if !entry.value.is_table() {
                let column = self.column(&entry)?;
                self.add(&name, line, Place::Column(column))?;
                continue;
            }
            let mut details = entry.into_section(text)?;
            let Some(column) = details.take("column") else { return refuse(line, format!("{name} needs column")) };
            let column = self.column(&column)?;
            self.add(&name, line, Place::Column(column))?;
            self.take_details(&name, details)?;
        }
        Ok(())
    }

    /// `date` and `sign` of one field.
    fn take_details(&mut self, name: &str, mut details: Section<'_>) -> Result<(), MappingError> {
        let (date, sign, line) = (details.text_of("date")?, details.text_of("sign")?, details.line());
        details.finish("column, date, sign")?;
        let field = self.field(name, line)?;
        let months = self.months.clone();
        let Some(source) = self.found.get_mut(&field) else { return Ok(()) };
        if let Some((pattern, line)) = date {
            if !field.is_date() {
                return refuse(line, format!("{name} is not a date"));
            }
            source.date = DateFormat::parse(&pattern, &months).map_err(|reason| MappingError { line, reason })?;
        }
        if let Some((word, line)) = sign {
            let sign = one_of(
                "sign",
                (word, line),
                &[("already_signed", Sign::AlreadySigned), ("subtracted", Sign::Subtracted), ("by_kind", Sign::ByKind)],
            )?;
            let allowed = match sign {
                Sign::AlreadySigned => field.is_amount(),
                Sign::Subtracted => field.is_amount() && !matches!(field, Field::CurrentBalance | Field::PastDueAmount),
                Sign::ByKind => field == Field::Amount,
            };
            if !allowed {
                return refuse(line, format!("{name} cannot have this sign"));
            }
            source.sign = sign;
        }
        Ok(())
    }

    fn take_splits(&mut self, sections: Vec<Section<'_>>) -> Result<Vec<Split>, MappingError> {
        let mut splits = Vec::new();
        for mut section in sections {
            let line = section.line();
            let Some(column) = section.take("column") else { return refuse(line, "[[split]] needs column") };
            let column = self.column(&column)?;
            let (pattern, pattern_line) = section.required_text("pattern")?;
            let side = section.text_of("from")?;
            let side =
                side.map_or(Ok(Side::Left), |given| one_of("from", given, &[("left", Side::Left), ("right", Side::Right)]))?;
            section.finish("column, pattern, from")?;
            let (pattern, names) =
                SplitPattern::parse(&pattern, side).map_err(|reason| MappingError { line: pattern_line, reason })?;
            for (piece, name) in names.iter().enumerate().filter(|(_, name)| *name != "_") {
                self.add(name, pattern_line, Place::Piece { split: splits.len(), piece })?;
            }
            splits.push(Split { column, pattern, line });
        }
        Ok(splits)
    }

    fn take_constants(&mut self, mut section: Section<'_>) -> Result<(), MappingError> {
        for entry in section.take_all() {
            let text = entry.text()?;
            let source = self.add(&entry.key, entry.line, Place::Constant(text))?;
            // Constants are written by whoever writes the mapping, not by the creditor's system.
            source.date = DateFormat::iso();
        }
        Ok(())
    }

    fn take_translations<'t>(&mut self, mut section: Section<'t>, text: &'t str) -> Result<(), MappingError> {
        for entry in section.take_all() {
            let field = self.field(&entry.key, entry.line)?;
            let (name, line) = (entry.key.clone(), entry.line);
            let mut table = entry.into_section(text)?;
            let Some(source) = self.found.get_mut(&field) else {
                return refuse(line, format!("{name} is translated but comes from nowhere: add it to [columns]"));
            };
            for entry in table.take_all() {
                source.translate.insert(entry.key.to_lowercase(), entry.text()?);
            }
        }
        Ok(())
    }
}

/// What must be said for the files to be understood at all.
fn check_complete(kind: FileKind, sources: &BTreeMap<Field, Source>, zones: &ZoneRule) -> Result<(), MappingError> {
    let missing: Vec<&str> =
        kind.fields().filter(|field| field.is_required() && !sources.contains_key(field)).map(Field::name).collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        return refuse(0, format!("nothing says where to find {missing}: add to [columns], [[split]] or [constants]"));
    }
    let has = |field| sources.contains_key(&field);
    match kind {
        FileKind::Accounts => {
            if !has(Field::TimeZone) && *zones == ZoneRule::Named {
                return refuse(0, "nothing says the time zone: map time_zone, make it a constant, or set [time_zone] derive");
            }
            if sources.get(&Field::DateOfBirth).is_some_and(|source| source.date.has_short_year()) {
                return refuse(sources[&Field::DateOfBirth].line, "a date of birth needs a year of four digits");
            }
            let counts = (sources.get(&Field::InstalmentsDue), sources.get(&Field::InstalmentsKept));
            if let (Some(only), None) | (None, Some(only)) = counts {
                return refuse(only.line, "instalments_due and instalments_kept come together: one alone says nothing");
            }
        }
        FileKind::Payments => {
            let missing = [Field::TransactionId, Field::Amount].into_iter().find(|field| !has(*field));
            if let Some(missing) = missing {
                return refuse(0, format!("a payment needs {}: add it to [columns]", missing.name()));
            }
        }
        FileKind::Transactions => {
            let two_columns = has(Field::Debit) && has(Field::Credit);
            if has(Field::Amount) == two_columns || has(Field::Debit) != has(Field::Credit) {
                return refuse(0, "a transaction needs either amount, or both debit and credit");
            }
        }
    }
    Ok(())
}
