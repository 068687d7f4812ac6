//! Opens a creditor's file and reads it row by row: decoded, counted in lines, never held as a whole.

use super::mapping::{FileStyle, Mapping};
use csv::{Reader, ReaderBuilder, StringRecord};
use encoding_rs_io::DecodeReaderBytesBuilder;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The columns a rejects file has after the creditor's own. The importer does not read them.
pub const ADDED_COLUMNS: [&str; 5] = ["evenkeel_line", "evenkeel_column", "evenkeel_value", "evenkeel_reason", "evenkeel_fix"];

/// Longest row, in bytes: a quote that is never closed is told instead of filling the memory.
const MAX_ROW_BYTES: u64 = 1024 * 1024;
const BUFFER_BYTES: usize = 256 * 1024;

/// What is imported. Opened twice: once to count and compare, once to write.
#[derive(Clone, Debug)]
pub enum Input {
    File(PathBuf),
    /// A sample that is part of the program.
    Sample {
        name: &'static str,
        bytes: &'static [u8],
    },
    Invented(super::invent::Invented),
}

impl Input {
    /// The file's name without its folder.
    pub fn name(&self) -> String {
        match self {
            Input::File(path) => path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
            Input::Sample { name, .. } => (*name).to_owned(),
            Input::Invented(invented) => invented.name(),
        }
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Input::File(path) => Box::new(File::open(path)?),
            Input::Sample { bytes, .. } => Box::new(*bytes),
            Input::Invented(invented) => Box::new(invented.reader()),
        })
    }

    /// Opens the file for reading rows as the mapping describes them.
    pub fn rows(&self, mapping: &Mapping) -> io::Result<Rows> {
        let hasher = Arc::new(std::sync::Mutex::new(Sha256::new()));
        let hashed = Hashed { inner: self.open()?, hasher: hasher.clone() };
        rows(Box::new(hashed), &mapping.file, hasher)
    }
}

type Source = Bounded<Box<dyn Read + Send>>;

pub struct Rows {
    reader: Reader<BufReader<Source>>,
    since_row: Arc<AtomicU64>,
    hasher: Arc<std::sync::Mutex<Sha256>>,
    skipped_lines: u64,
    pub header: StringRecord,
    first: Option<StringRecord>,
}

fn rows(inner: Box<dyn Read + Send>, style: &FileStyle, hasher: Arc<std::sync::Mutex<Sha256>>) -> io::Result<Rows> {
    let decoded: Box<dyn Read + Send> =
        Box::new(DecodeReaderBytesBuilder::new().encoding(Some(style.encoding)).bom_override(true).strip_bom(true).build(inner));
    let since_row = Arc::new(AtomicU64::new(0));
    let mut source = BufReader::with_capacity(BUFFER_BYTES, Bounded { inner: decoded, since_row: since_row.clone() });
    let mut line = Vec::new();
    for _ in 0..style.skip_lines {
        line.clear();
        source.read_until(b'\n', &mut line)?;
    }
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(style.delimiter).buffer_capacity(BUFFER_BYTES);
    match style.quote {
        Some(quote) => builder.quote(quote),
        None => builder.quoting(false),
    };
    let mut reader = builder.from_reader(source);
    let mut header = StringRecord::new();
    read(&mut reader, &mut header)?;
    let first = (!style.header).then(|| header.clone());
    since_row.store(0, Ordering::Relaxed);
    let skipped_lines = u64::try_from(style.skip_lines).unwrap_or(0);
    Ok(Rows { reader, since_row, hasher, skipped_lines, header, first })
}

fn read<R: Read>(reader: &mut Reader<R>, record: &mut StringRecord) -> io::Result<bool> {
    reader.read_record(record).map_err(|error| match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        // Decoding has made everything UTF-8 and rows may have any length: only reading can fail.
        other => io::Error::other(format!("{other:?}")),
    })
}

impl Rows {
    /// Reads the next row into `record`; returns the line it begins on, or `None` at the end. Empty lines are no rows.
    pub fn next(&mut self, record: &mut StringRecord) -> io::Result<Option<u64>> {
        if let Some(first) = self.first.take() {
            if first.is_empty() {
                return Ok(None);
            }
            *record = first;
            return Ok(Some(1 + self.skipped_lines));
        }
        let more = read(&mut self.reader, record)?;
        // What the reader has buffered ahead is at most a few buffers; see Bounded.
        self.since_row.store(0, Ordering::Relaxed);
        Ok(more.then(|| record.position().map_or(0, csv::Position::line) + self.skipped_lines))
    }

    /// The SHA-256 of the file's bytes; whole only after the last row.
    pub fn sha256(&self) -> String {
        let hasher = self.hasher.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        hex::encode(hasher.clone().finalize())
    }
}

/// Digests bytes on their way through.
struct Hashed {
    inner: Box<dyn Read + Send>,
    hasher: Arc<std::sync::Mutex<Sha256>>,
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hasher.lock().unwrap_or_else(std::sync::PoisonError::into_inner).update(&buffer[..count]);
        Ok(count)
    }
}

/// Stops a row that never ends.
struct Bounded<R> {
    inner: R,
    since_row: Arc<AtomicU64>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let read = u64::try_from(count).unwrap_or(u64::MAX);
        let since_row = self.since_row.fetch_add(read, Ordering::Relaxed).saturating_add(read);
        if since_row > MAX_ROW_BYTES + 2 * u64::try_from(BUFFER_BYTES).unwrap_or(0) {
            let reason = format!("a row is longer than {MAX_ROW_BYTES} bytes: look for a quote that is never closed");
            return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
        }
        Ok(count)
    }
}
