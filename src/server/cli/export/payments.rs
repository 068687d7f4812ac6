//! `evenkeel export payments`: what was booked after a cursor, for the creditor's own books.
//!
//! The output of a cursor and an upper bound is the same bytes whenever it is made. The next cursor goes out after
//! everything else: whoever loses it asks again from the one before and gets the same entries under the same numbers.

use super::{ExportArguments, Format, safe_in_a_spreadsheet, unwritten};
use crate::domain::components::{Paid, Piece};
use crate::domain::ledger::{Allocation, AppliedTo};
use crate::server::cli::{CommandError, open_database};
use crate::server::config::Config;
use crate::server::services::feed::{self, Asked, Cursor, Extract, FeedEntry, FeedRefusal};
use crate::server::store::Db;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Raised when a column changes its meaning or goes; a new one at the end does not.
const SCHEMA_VERSION: u32 = 1;

const COLUMNS: [&str; 19] = [
    "number",
    "entry",
    "kind",
    "creditor",
    "account_reference",
    "customer_reference",
    "payment_reference",
    "creditor_payment_id",
    "processor",
    "processor_reference",
    "currency",
    "amount",
    "components",
    "allocations",
    "booked_on",
    "booked_at",
    "paid_on",
    "reason",
    "parts",
];

pub async fn export(config: Config, arguments: ExportArguments) -> Result<ExitCode, CommandError> {
    let since = match (&arguments.cursor_file, &arguments.since) {
        (Some(file), _) => read_cursor_file(file)?,
        (None, Some(text)) => Some(parse(text)?),
        (None, None) => None,
    };
    if let Some(file) = &arguments.cursor_file {
        // Before anything is printed: a cursor that cannot be put away would be noticed too late.
        let folder = folder_of(file);
        if !folder.is_dir() {
            return Err(CommandError::Usage(format!("there is no folder {} for the cursor file", folder.display())));
        }
    }
    let asked = Asked { creditor: arguments.creditor.clone(), since, limit: arguments.limit };
    let db = open_database(&config).await?;
    let written = write(&db, &asked, arguments.format(), config.clock.now_millis()).await;
    db.close().await;
    let next = written?;
    match (&arguments.cursor_file, arguments.format()) {
        (Some(file), _) => replace(file, &next)
            .map_err(|error| CommandError::Failed(format!("the cursor file {} could not be written: {error}", file.display())))?,
        (None, Format::Csv) => eprintln!("next cursor: {next}"),
        (None, Format::Json) => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn parse(text: &str) -> Result<Cursor, CommandError> {
    Cursor::parse(text).ok_or_else(|| {
        CommandError::Usage(format!("\"{}\" is no cursor: it is what an earlier export printed, such as all:120", text.trim()))
    })
}

/// `None` where there is no file yet: the first export begins at the beginning.
fn read_cursor_file(file: &Path) -> Result<Option<Cursor>, CommandError> {
    match fs::read_to_string(file) {
        Ok(text) if text.trim().is_empty() => Err(CommandError::Usage(format!(
            "the cursor file {} is empty: put the last cursor into it, or remove it to begin at the beginning",
            file.display()
        ))),
        Ok(text) => parse(&text).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(CommandError::Usage(format!("the cursor file {}: {error}", file.display()))),
    }
}

/// Either the old cursor is there or the new one, whatever breaks in between.
fn replace(file: &Path, cursor: &Cursor) -> io::Result<()> {
    let mut name = file.as_os_str().to_owned();
    name.push(".new");
    let beside = PathBuf::from(name);
    let mut new = File::create(&beside)?;
    writeln!(new, "{cursor}")?;
    new.sync_all()?;
    fs::rename(&beside, file)?;
    // The rename itself lasts when the folder does.
    File::open(folder_of(file))?.sync_all()
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

async fn write(db: &Db, asked: &Asked, format: Format, now: i64) -> Result<Cursor, CommandError> {
    let extract = match feed::open(db, asked, now).await? {
        Ok(extract) => extract,
        Err(refusal) => return Err(CommandError::Usage(in_words(&refusal, asked))),
    };
    let next = extract.next.clone();
    match format {
        Format::Json => write_json(extract).await?,
        Format::Csv => write_csv(extract).await?,
    }
    // A cursor is not ahead of a file that a power cut takes away. What is no file cannot be synchronised, and need not be.
    if let Ok(out) = io::stdout().as_fd().try_clone_to_owned() {
        drop(File::from(out).sync_all());
    }
    Ok(next)
}

fn in_words(refusal: &FeedRefusal, asked: &Asked) -> String {
    match refusal {
        FeedRefusal::NoSuchCreditor => {
            format!(
                "there is no creditor \"{}\"; `evenkeel export accounts` names those there are, to the letter",
                asked.creditor.as_deref().unwrap_or_default()
            )
        }
        FeedRefusal::OtherFeed => {
            "the cursor is of another feed: with --creditor and without it, and for each creditor, numbers are their own"
                .to_owned()
        }
        FeedRefusal::AheadOfTheBooks { last } => format!(
            "the cursor is ahead of the books, whose last number is {last}: it was made from other books, or these were restored from an \
             older backup. Compare what you have with an export from the beginning"
        ),
    }
}

async fn write_json(mut extract: Extract) -> Result<(), CommandError> {
    let mut out = BufWriter::new(io::stdout());
    let (since, next) = (extract.since.to_string(), extract.next.to_string());
    let head = format!("{{\"schema_version\":{SCHEMA_VERSION},\"since\":{},\"next\":{},\"entries\":[", json!(since), json!(next));
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
            serde_json::to_writer(&mut out, &as_json(entry)).map_err(|error| unwritten(error.into()))?;
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

fn booked_at(entry: &FeedEntry) -> String {
    Timestamp::from_millisecond(entry.booked_at).unwrap_or(Timestamp::MAX).to_string()
}

fn as_json(entry: &FeedEntry) -> Value {
    let components: Vec<Value> = entry
        .components
        .iter()
        .map(|(component, amount)| json!({"component": component, "amount": amount.to_decimal_string()}))
        .collect();
    let allocations: Vec<Value> = entry
        .allocations
        .iter()
        .map(|(line, agreement)| {
            with(where_to(&line.applied_to, agreement.as_deref()), &[("amount", &line.amount.to_decimal_string())])
        })
        .collect();
    let parts: Vec<Value> = entry
        .pieces
        .iter()
        .map(|piece| {
            let to = piece.line.map_or(json!({"to": null}), |line| {
                let (line, agreement) = &entry.allocations[line];
                where_to(&line.applied_to, agreement.as_deref())
            });
            with(to, &[("part", part_code(piece)), ("amount", &piece.amount.to_decimal_string())])
        })
        .collect();
    json!({
        "number": entry.number,
        "entry": entry.entry,
        "kind": entry.kind,
        "creditor": entry.creditor,
        "account_reference": entry.account_reference,
        "customer_reference": entry.customer_reference,
        "payment_reference": entry.payment_reference,
        "creditor_payment_id": entry.creditor_payment_id,
        "processor": entry.processor,
        "processor_reference": entry.processor_reference,
        "currency": entry.amount.currency().code(),
        "amount": entry.amount.to_decimal_string(),
        "components": components,
        "allocations": allocations,
        "booked_on": entry.booked_on.to_string(),
        "booked_at": booked_at(entry),
        "paid_on": entry.paid_on,
        "reason": entry.reason,
        "parts": parts,
    })
}

fn where_to(applied_to: &AppliedTo, agreement: Option<&str>) -> Value {
    match applied_to {
        AppliedTo::Instalment { number, .. } => {
            json!({"to": applied_to.code(), "agreement": agreement, "instalment": number})
        }
        AppliedTo::PastDue | AppliedTo::Balance | AppliedTo::Credit => json!({"to": applied_to.code()}),
    }
}

fn with(mut object: Value, more: &[(&str, &str)]) -> Value {
    for (name, value) in more {
        object[*name] = json!(value);
    }
    object
}

fn part_code(piece: &Piece) -> &'static str {
    piece.part.map_or("unknown", Paid::code)
}

/// In the order of [`COLUMNS`]. Lists are written as `past_due 25.00; instalment EK-7F3K-9Q2M/2 10.00`, parts with their names
/// before the amount.
fn cells(entry: &FeedEntry) -> [Option<String>; COLUMNS.len()] {
    let components = entry.components.iter().map(|(component, amount)| format!("{component} {}", amount.to_decimal_string()));
    let to = |(line, agreement): &(Allocation, Option<String>)| match &line.applied_to {
        AppliedTo::Instalment { number, .. } => {
            format!("{} {}/{number}", line.applied_to.code(), agreement.as_deref().unwrap_or_default())
        }
        AppliedTo::PastDue | AppliedTo::Balance | AppliedTo::Credit => line.applied_to.code().to_owned(),
    };
    let allocations = entry.allocations.iter().map(|line| format!("{} {}", to(line), line.0.amount.to_decimal_string()));
    let parts = entry.pieces.iter().map(|piece| {
        let to = piece.line.map_or(String::new(), |line| format!("{} ", to(&entry.allocations[line])));
        format!("{to}{} {}", part_code(piece), piece.amount.to_decimal_string())
    });
    let list = |items: Vec<String>| Some(items.join("; "));
    [
        Some(entry.number.to_string()),
        Some(entry.entry.clone()),
        Some(entry.kind.clone()),
        Some(entry.creditor.clone()),
        Some(entry.account_reference.clone()),
        entry.customer_reference.clone(),
        entry.payment_reference.clone(),
        entry.creditor_payment_id.clone(),
        entry.processor.clone(),
        entry.processor_reference.clone(),
        Some(entry.amount.currency().code().to_owned()),
        Some(entry.amount.to_decimal_string()),
        list(components.collect()),
        list(allocations.collect()),
        Some(entry.booked_on.to_string()),
        Some(booked_at(entry)),
        entry.paid_on.clone(),
        Some(entry.reason.clone()),
        list(parts.collect()),
    ]
}
