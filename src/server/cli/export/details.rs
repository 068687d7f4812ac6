//! `evenkeel export details`: what customers corrected about themselves after a cursor, for the creditor's own books. The next cursor goes
//! out after everything else: whoever loses it asks again from the one before and gets the same under the same numbers.

use super::{ExportArguments, Format, safe_in_a_spreadsheet, unwritten};
use crate::domain::details::{Detail, Value};
use crate::server::cli::{CommandError, open_database};
use crate::server::config::Config;
use crate::server::services::details::feed::{self, Exported, Extract, cursor, read_cursor};
use jiff::Timestamp;
use serde_json::json;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

/// Raised when a column changes its meaning or goes; a new one at the end does not.
const SCHEMA_VERSION: u32 = 1;

const COLUMNS: [&str; 16] = [
    "number",
    "creditor",
    "customer_reference",
    "account_references",
    "detail",
    "changed_at",
    "changed_by",
    "email",
    "phone",
    "street",
    "city",
    "state",
    "postal_code",
    "given_name",
    "family_name",
    "date_of_birth",
];

pub async fn export(config: Config, arguments: ExportArguments) -> Result<ExitCode, CommandError> {
    if arguments.limit.is_some() || arguments.cursor_file.is_some() {
        return Err(CommandError::Usage("--limit and --cursor-file are for export payments".into()));
    }
    let since = match &arguments.since {
        None => 0,
        Some(text) => read_cursor(text).ok_or_else(|| {
            CommandError::Usage(format!(
                "\"{}\" is no cursor: it is what an earlier export printed, such as details:120",
                text.trim()
            ))
        })?,
    };
    let db = open_database(&config).await?;
    let opened = feed::open(&db, since, arguments.creditor.clone()).await?;
    let written = match opened {
        Ok(extract) => write(extract, arguments.format()).await,
        Err(feed::AheadOfTheBooks(last)) => Err(CommandError::Usage(format!(
            "the cursor is ahead of the books, whose last number is {last}: it was made from other books, or these were restored from an \
             older backup"
        ))),
    };
    db.close().await;
    written.map(|()| ExitCode::SUCCESS)
}

async fn write(extract: Extract, format: Format) -> Result<(), CommandError> {
    let next = cursor(extract.next);
    match format {
        Format::Json => write_json(extract).await,
        Format::Csv => {
            write_csv(extract).await?;
            eprintln!("next cursor: {next}");
            Ok(())
        }
    }
}

async fn write_json(mut extract: Extract) -> Result<(), CommandError> {
    let mut out = BufWriter::new(io::stdout());
    let (since, next) = (json!(cursor(extract.since)), json!(cursor(extract.next)));
    let head = format!("{{\"schema_version\":{SCHEMA_VERSION},\"since\":{since},\"next\":{next},\"entries\":[");
    out.write_all(head.as_bytes()).map_err(unwritten)?;
    let mut is_first = true;
    loop {
        let page = extract.page().await?;
        if page.is_empty() {
            break;
        }
        for entry in &page {
            let separator: &[u8] = if is_first { b"\n" } else { b",\n" };
            is_first = false;
            out.write_all(separator).map_err(unwritten)?;
            let fields = COLUMNS.into_iter().zip(cells(entry)).map(|(name, cell)| (name.to_owned(), json!(cell)));
            let mut object: serde_json::Map<String, serde_json::Value> = fields.collect();
            object.insert("number".to_owned(), json!(entry.number));
            object.insert("replaces".to_owned(), json!(entry.replaces.as_ref().map(|value| &value.0)));
            serde_json::to_writer(&mut out, &object).map_err(|error| unwritten(error.into()))?;
        }
    }
    out.write_all(b"\n]}\n").map_err(unwritten)?;
    out.flush().map_err(unwritten)
}

async fn write_csv(mut extract: Extract) -> Result<(), CommandError> {
    let mut out = csv::Writer::from_writer(io::stdout());
    out.write_record(COLUMNS).map_err(|error| unwritten(io::Error::other(error)))?;
    loop {
        let page = extract.page().await?;
        if page.is_empty() {
            break;
        }
        for entry in &page {
            let cells = cells(entry);
            let cells = cells.iter().map(|cell| safe_in_a_spreadsheet(cell.as_deref()));
            out.write_record(cells).map_err(|error| unwritten(io::Error::other(error)))?;
        }
    }
    out.flush().map_err(unwritten)
}

/// In the order of [`COLUMNS`]. Of the columns that say what it is, those of another detail are null; one that was removed is empty.
fn cells(entry: &Exported) -> [Option<String>; COLUMNS.len()] {
    let of = |detail: Detail, place: usize| (entry.detail == detail).then(|| part(&entry.value, place));
    let at = Timestamp::from_millisecond(entry.changed_at).unwrap_or(Timestamp::MAX).to_string();
    [
        Some(entry.number.to_string()),
        Some(entry.creditor.clone()),
        entry.customer_reference.clone(),
        Some(entry.account_references.clone()),
        Some(entry.detail.code().to_owned()),
        Some(at),
        Some(if entry.by_customer { "customer" } else { "team" }.to_owned()),
        of(Detail::Email, 0),
        of(Detail::Phone, 0),
        of(Detail::Address, 0),
        of(Detail::Address, 1),
        of(Detail::Address, 2),
        of(Detail::Address, 3),
        of(Detail::Name, 0),
        of(Detail::Name, 1),
        of(Detail::BirthDate, 0),
    ]
}

fn part(value: &Value, place: usize) -> String {
    value.part(place).to_owned()
}
