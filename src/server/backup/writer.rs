//! Writes a backup. Rows are gathered into pieces of at most about a megabyte, because a tar entry says its size first.

use super::{BackupError, FORMAT, HEADER, Header, MANIFEST, Manifest, TableSum, to_line};
use crate::server::store::backup::Value;
use age::secrecy::SecretString;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

const PIECE_BYTES: usize = 1024 * 1024;

/// The lowest layer: the file itself, or the file behind encryption.
enum Sink {
    Plain(BufWriter<File>),
    Encrypted(Box<age::stream::StreamWriter<BufWriter<File>>>),
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Sink::Plain(file) => file.write(bytes),
            Sink::Encrypted(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Sink::Plain(file) => file.flush(),
            Sink::Encrypted(stream) => stream.flush(),
        }
    }
}

pub struct Writer {
    tar: tar::Builder<GzEncoder<Sink>>,
    manifest: Manifest,
    table: Option<Table>,
    path: PathBuf,
    part: PathBuf,
}

/// The table being written.
struct Table {
    name: String,
    piece: Vec<u8>,
    pieces: u32,
    rows: u64,
    digest: Sha256,
}

impl Writer {
    /// Begins a file beside `path`; it takes its name only when it is whole. Only its owner may read it: it holds keys.
    pub fn create(path: &Path, passphrase: Option<SecretString>, mut header: Header) -> Result<Writer, BackupError> {
        if path.exists() {
            return Err(BackupError::AlreadyThere(path.display().to_string()));
        }
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
        let file = BufWriter::new(file);
        let sink = match passphrase {
            None => Sink::Plain(file),
            Some(passphrase) => {
                let stream = age::Encryptor::with_user_passphrase(passphrase).wrap_output(file)?;
                Sink::Encrypted(Box::new(stream))
            }
        };
        header.format = FORMAT;
        let tar = tar::Builder::new(GzEncoder::new(sink, Compression::default()));
        let mut writer = Writer { tar, manifest: Manifest::new(), table: None, path: path.to_owned(), part };
        writer.append(HEADER, &to_json(&header)?)?;
        Ok(writer)
    }

    pub fn begin_table(&mut self, name: &str) -> Result<(), BackupError> {
        self.end_table()?;
        self.table = Some(Table { name: name.to_owned(), piece: Vec::new(), pieces: 0, rows: 0, digest: Sha256::new() });
        Ok(())
    }

    /// Adds a row to the table that was begun.
    pub fn row(&mut self, row: &[Value]) -> Result<(), BackupError> {
        let Some(table) = &mut self.table else { return Ok(()) };
        let line = to_line(row);
        table.digest.update(line.as_bytes());
        table.piece.extend_from_slice(line.as_bytes());
        table.rows += 1;
        if table.piece.len() >= PIECE_BYTES {
            self.write_piece()?;
        }
        Ok(())
    }

    /// Ends the file, makes it durable and gives it its name.
    pub fn finish(mut self) -> Result<Manifest, BackupError> {
        self.end_table()?;
        let manifest = std::mem::take(&mut self.manifest);
        self.append(MANIFEST, &to_json(&manifest)?)?;
        let file = match self.tar.into_inner()?.finish()? {
            Sink::Plain(file) => file,
            Sink::Encrypted(stream) => stream.finish()?,
        };
        let file = file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()?;
        std::fs::rename(&self.part, &self.path)?;
        Ok(manifest)
    }

    fn end_table(&mut self) -> Result<(), BackupError> {
        self.write_piece()?;
        if let Some(table) = self.table.take() {
            let sum = TableSum { rows: table.rows, sha256: hex::encode(table.digest.finalize()) };
            self.manifest.insert(table.name, sum);
        }
        Ok(())
    }

    fn write_piece(&mut self) -> Result<(), BackupError> {
        let Some(table) = self.table.as_mut().filter(|table| !table.piece.is_empty()) else { return Ok(()) };
        table.pieces += 1;
        let name = format!("tables/{}/{:06}.jsonl", table.name, table.pieces);
        let piece = std::mem::take(&mut table.piece);
        self.append(&name, &piece)
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> Result<(), BackupError> {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        self.tar.append_data(&mut header, name, bytes)?;
        Ok(())
    }
}

fn to_json(value: &impl serde::Serialize) -> Result<Vec<u8>, BackupError> {
    serde_json::to_vec_pretty(value).map_err(|error| BackupError::Damaged(error.to_string()))
}
