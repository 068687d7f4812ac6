//! The rejects file: every refused row as the creditor sent it, with what is wrong and how to put it right beside it.
//!
//! Corrected, it is imported again with the same mapping: the importer does not read the added columns. It is written in
//! UTF-8 with a byte-order mark, which wins over the encoding the mapping says.

use super::faults::Fault;
use super::layout::Layout;
use super::reader::ADDED_COLUMNS;
use csv::{StringRecord, Writer, WriterBuilder};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;

/// Written when the first row is refused; a run without faults leaves no file.
pub struct Rejects {
    path: Option<PathBuf>,
    header: Option<StringRecord>,
    writer: Option<Writer<File>>,
}

impl Rejects {
    /// `path` is `None` where refused rows are only counted, as in a dry run.
    pub fn new(path: Option<PathBuf>, layout: &Layout, header: &StringRecord) -> Rejects {
        let header = layout.mapping.file.header.then(|| header.clone());
        Rejects { path, header, writer: None }
    }

    pub fn write(&mut self, layout: &Layout, record: &StringRecord, faults: &[Fault]) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => self.writer.insert(open(path, layout, self.header.as_ref())?),
        };
        let style = &layout.mapping.file;
        let joined = |part: fn(&Fault) -> String| {
            let text = faults.iter().map(part).collect::<Vec<_>>().join("; ");
            // Where nothing can be quoted, no text of ours may look like another column.
            if style.quote.is_none() { text.replace([char::from(style.delimiter), '\n', '\r'], " ") } else { text }
        };
        let line = faults.first().map_or_else(String::new, |fault| fault.line.to_string());
        let added = [
            line,
            joined(|fault| fault.column.clone()),
            joined(|fault| fault.value.clone()),
            joined(|fault| fault.reason.why()),
            joined(|fault| fault.reason.fix()),
        ];
        // A row cut short is filled up, so that the added columns stand under their names.
        let padded = record.iter().chain(std::iter::repeat("")).take(layout.width);
        writer.write_record(padded.chain(added.iter().map(String::as_str)))?;
        Ok(())
    }

    /// The file, if one was written.
    pub fn finish(self) -> io::Result<Option<PathBuf>> {
        let Some(mut writer) = self.writer else { return Ok(None) };
        writer.flush()?;
        Ok(self.path)
    }
}

fn open(path: &PathBuf, layout: &Layout, header: Option<&StringRecord>) -> io::Result<Writer<File>> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    // People's data: for the operator's own eyes.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all("\u{feff}".as_bytes())?;
    let style = &layout.mapping.file;
    for _ in 0..style.skip_lines {
        file.write_all(b"\n")?;
    }
    let mut builder = WriterBuilder::new();
    builder.flexible(true).delimiter(style.delimiter);
    match style.quote {
        Some(quote) => builder.quote(quote),
        None => builder.quote_style(csv::QuoteStyle::Never),
    };
    let mut writer = builder.from_writer(file);
    if let Some(header) = header {
        writer.write_record(header.iter().take(layout.width).chain(ADDED_COLUMNS))?;
    }
    Ok(writer)
}
