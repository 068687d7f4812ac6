//! `evenkeel export accounts | payments | details | agreements | payment-attempts | customer REFERENCE`: what the portal knows, for other systems, as JSON or
//! as CSV. The columns of payments are documented in docs/export.md.
//!
//! Rows are read in pages inside one reading transaction: the file shows one moment, and memory does not grow with it.

mod details;
mod everything;
mod payments;

use super::{CommandError, open_database};
use crate::server::config::Config;
use crate::server::store::export::{self, Table};
use crate::server::store::{Db, StoreError};
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub struct ExportArguments {
    what: What,
    /// Customer: the reference of an account of theirs.
    reference: Option<String>,
    /// Customer: the ZIP to write, which must not be there yet.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Payments and details: what was booked or corrected after this cursor, as an earlier export printed it, such as all:120. Else: only
    /// what changed at or after this, a day (from its beginning in UTC) or an instant such as 2026-11-20T12:00:00Z.
    #[arg(long)]
    since: Option<String>,
    /// As `--format json` (the default): one JSON document of payments, else one object a line.
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// As `--format csv`: comma-separated values with a header, in UTF-8.
    #[arg(long)]
    csv: bool,
    #[arg(long, conflicts_with_all = ["csv", "json"])]
    format: Option<Format>,
    /// Payments: so many entries at most.
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..))]
    limit: Option<i64>,
    /// Payments and details: only those of this creditor. Payments have numbers of their own for each.
    #[arg(long)]
    creditor: Option<String>,
    /// Payments: the cursor is read from this file, and the next one put there when the output is written.
    #[arg(long, conflicts_with = "since")]
    cursor_file: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Json,
    Csv,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    Accounts,
    /// What was booked: payments, what went back, corrections.
    Payments,
    /// What customers corrected about themselves, for the creditor's own books.
    Details,
    Agreements,
    /// Every attempt to pay, whatever came of it.
    PaymentAttempts,
    /// Everything that is stored of one customer, with their documents and evidence, as a ZIP. It is recorded.
    Customer,
}

impl ExportArguments {
    fn format(&self) -> Format {
        match self.format {
            Some(format) => format,
            None if self.csv => Format::Csv,
            None => Format::Json,
        }
    }

    /// The instant `--since` names, of what has no cursor.
    fn changed_since(&self) -> Result<i64, CommandError> {
        let is_of_payments = self.limit.is_some() || self.creditor.is_some() || self.cursor_file.is_some();
        if is_of_payments {
            return Err(CommandError::Usage("--limit, --creditor and --cursor-file are for export payments".into()));
        }
        match &self.since {
            None => Ok(i64::MIN),
            Some(text) => read_since(text).map_err(|wanted| CommandError::Usage(format!("--since is {wanted}"))),
        }
    }
}

fn read_since(text: &str) -> Result<i64, String> {
    let instant = match text.parse::<Timestamp>() {
        Ok(instant) => instant,
        Err(_) => {
            let day = text.parse::<Date>().map_err(|_| "a day such as 2026-11-20 or an instant such as 2026-11-20T12:00:00Z")?;
            let start = day.to_zoned(jiff::tz::TimeZone::UTC).map_err(|error| error.to_string())?;
            start.timestamp()
        }
    };
    Ok(instant.as_millisecond())
}

pub async fn export(config: Config, arguments: ExportArguments) -> Result<ExitCode, CommandError> {
    let table = match arguments.what {
        What::Customer => return everything::export(config, arguments.reference, arguments.out).await,
        _ if arguments.reference.is_some() || arguments.out.is_some() => {
            return Err(CommandError::Usage("a REFERENCE and --out are for export customer".into()));
        }
        What::Payments => return payments::export(config, arguments).await,
        What::Details => return details::export(config, arguments).await,
        What::Accounts => Table::Accounts,
        What::Agreements => Table::Agreements,
        What::PaymentAttempts => Table::PaymentAttempts,
    };
    let since = arguments.changed_since()?;
    let db = open_database(&config).await?;
    let written = write(&db, table, since, arguments.format()).await;
    db.close().await;
    written.map(|()| ExitCode::SUCCESS)
}

async fn write(db: &Db, table: Table, since: i64, format: Format) -> Result<(), CommandError> {
    let mut out = Output::new(format);
    out.begin(table.columns()).map_err(unwritten)?;
    let mut tx = db.begin_read().await?;
    let mut after = String::new();
    loop {
        let page = export::page(&mut tx, table, since, &after).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.id);
        for row in &page {
            out.row(table.columns(), &row.values).map_err(unwritten)?;
        }
    }
    tx.rollback().await.map_err(StoreError::from)?;
    out.finish().map_err(unwritten)
}

fn unwritten(error: io::Error) -> CommandError {
    CommandError::Failed(format!("the export could not be written: {error}"))
}

enum Output {
    Json(BufWriter<io::Stdout>),
    Csv(Box<csv::Writer<io::Stdout>>),
}

impl Output {
    fn new(format: Format) -> Output {
        match format {
            Format::Csv => Output::Csv(Box::new(csv::Writer::from_writer(io::stdout()))),
            Format::Json => Output::Json(BufWriter::new(io::stdout())),
        }
    }

    fn begin(&mut self, columns: &[&str]) -> io::Result<()> {
        match self {
            Output::Json(_) => Ok(()),
            Output::Csv(writer) => writer.write_record(columns).map_err(io::Error::other),
        }
    }

    fn row(&mut self, columns: &[&str], values: &[Option<String>]) -> io::Result<()> {
        match self {
            Output::Json(writer) => {
                let object: serde_json::Map<String, serde_json::Value> = columns
                    .iter()
                    .zip(values)
                    .map(|(name, value)| ((*name).to_owned(), value.clone().map_or(serde_json::Value::Null, Into::into)))
                    .collect();
                serde_json::to_writer(&mut *writer, &object)?;
                writer.write_all(b"\n")
            }
            Output::Csv(writer) => {
                writer.write_record(values.iter().map(|value| safe_in_a_spreadsheet(value.as_deref()))).map_err(io::Error::other)
            }
        }
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Output::Json(mut writer) => writer.flush(),
            Output::Csv(mut writer) => writer.flush(),
        }
    }
}

/// A text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers.
fn safe_in_a_spreadsheet(value: Option<&str>) -> String {
    let value = value.unwrap_or_default();
    let is_number = value.strip_prefix('-').unwrap_or(value).bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if value.starts_with(['=', '+', '-', '@', '\t']) && !is_number { format!("'{value}") } else { value.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_text_and_a_negative_amount_a_number() {
        assert_eq!(safe_in_a_spreadsheet(Some("=1+1")), "'=1+1");
        assert_eq!(safe_in_a_spreadsheet(Some("-12.50")), "-12.50");
        assert_eq!(safe_in_a_spreadsheet(Some("+12025550100")), "'+12025550100");
        assert_eq!(safe_in_a_spreadsheet(None), "");
    }

    #[test]
    fn since_is_a_day_or_an_instant() {
        assert_eq!(read_since("1970-01-02"), Ok(86_400_000));
        assert_eq!(read_since("1970-01-01T00:00:01Z"), Ok(1000));
        assert!(read_since("yesterday").is_err());
    }
}
