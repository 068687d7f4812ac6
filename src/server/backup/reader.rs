//! Reads a backup piece by piece, and says at its end whether it was whole.

use super::{BackupError, FORMAT, HEADER, Header, MANIFEST, Manifest, TableSum, from_line};
use crate::server::store::backup::{Column, Value};
use age::DecryptError;
use age::secrecy::SecretString;
use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// No piece and no row is larger than this: a damaged file must not fill the memory.
const LARGEST_ENTRY_BYTES: u64 = 256 * 1024 * 1024;
/// The first bytes of an age file.
const AGE_MARK: &[u8] = b"age-encryption.org/";
/// 2^22: sixty-four times the work of a usual passphrase file, and no more, whatever the file asks for.
const MOST_WORK: u8 = 22;

type Source = Box<dyn Read>;

/// What comes next in a backup.
pub enum Entry<'a> {
    /// A piece of a table: its lines, to be read with [`Entry::rows`].
    Piece { table: &'a str, lines: &'a str },
}

impl Entry<'_> {
    /// The rows of this piece.
    pub fn rows(&self, columns: &[Column]) -> Result<Vec<Vec<Value>>, BackupError> {
        let Entry::Piece { table, lines } = self;
        lines
            .lines()
            .map(|line| from_line(line, columns).ok_or_else(|| BackupError::Damaged(format!("a row of {table}"))))
            .collect()
    }
}

pub struct Reader {
    archive: tar::Archive<GzDecoder<Source>>,
}

impl Reader {
    /// Opens a backup, encrypted or not.
    pub fn open(path: &Path, passphrase: Option<SecretString>) -> Result<Reader, BackupError> {
        let mut file = BufReader::new(File::open(path)?);
        let mut start = vec![0; AGE_MARK.len()];
        let is_encrypted = file.read_exact(&mut start).is_ok() && start == AGE_MARK;
        file.seek(SeekFrom::Start(0))?;
        let source: Source = if is_encrypted {
            let mut identity = age::scrypt::Identity::new(passphrase.ok_or(BackupError::PassphraseNeeded)?);
            identity.set_max_work_factor(MOST_WORK);
            let decryptor = age::Decryptor::new_buffered(file).map_err(explain)?;
            let stream = decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).map_err(explain)?;
            Box::new(stream)
        } else {
            Box::new(file)
        };
        Ok(Reader { archive: tar::Archive::new(GzDecoder::new(source)) })
    }

    /// Reads the whole file: `begin` sees the header, `take` every piece in order. Returns what the file says it holds,
    /// after comparing it with what came.
    pub async fn read_all<S>(
        mut self,
        state: &mut S,
        begin: impl AsyncFnOnce(&mut S, &Header) -> Result<(), BackupError>,
        mut take: impl AsyncFnMut(&mut S, Entry<'_>) -> Result<(), BackupError>,
    ) -> Result<Manifest, BackupError> {
        let mut entries = self.archive.entries().map_err(damaged)?;
        let header: Header = match entries.next() {
            Some(entry) => {
                let (name, bytes) = read_entry(entry)?;
                if name != HEADER {
                    return Err(BackupError::Damaged(format!("{name} comes first")));
                }
                from_json(&bytes)?
            }
            None => return Err(BackupError::Damaged("it is empty".into())),
        };
        if header.format != FORMAT {
            return Err(BackupError::Damaged(format!("format {}, known is {FORMAT}", header.format)));
        }
        begin(state, &header).await?;
        let mut came: BTreeMap<String, (u64, Sha256)> =
            header.tables.iter().map(|table| (table.name.clone(), (0, Sha256::new()))).collect();
        for entry in entries {
            let (name, bytes) = read_entry(entry)?;
            if name == MANIFEST {
                return compare(from_json(&bytes)?, came);
            }
            let table = name.strip_prefix("tables/").and_then(|rest| rest.split_once('/')).map(|(table, _)| table);
            let Some((table, sum)) = table.and_then(|table| Some((table, came.get_mut(table)?))) else {
                return Err(BackupError::Damaged(format!("an unknown part, {name}")));
            };
            let lines = std::str::from_utf8(&bytes).map_err(|_| BackupError::Damaged(format!("{name} is not text")))?;
            sum.0 += lines.lines().count() as u64;
            sum.1.update(&bytes);
            take(state, Entry::Piece { table, lines }).await?;
        }
        Err(BackupError::Damaged("it was cut off".into()))
    }
}

/// The manifest, if it tells of exactly what came.
fn compare(manifest: Manifest, came: BTreeMap<String, (u64, Sha256)>) -> Result<Manifest, BackupError> {
    let came: Manifest = came
        .into_iter()
        .map(|(name, (rows, digest))| (name, TableSum { rows, sha256: hex::encode(digest.finalize()) }))
        .collect();
    if came == manifest {
        return Ok(manifest);
    }
    let table = manifest.iter().find(|(name, sum)| came.get(*name) != Some(*sum)).map_or("?", |(name, _)| name.as_str());
    Err(BackupError::Damaged(format!("the rows of {table} are not those that were written")))
}

fn read_entry<R: Read>(entry: std::io::Result<tar::Entry<'_, R>>) -> Result<(String, Vec<u8>), BackupError> {
    let mut entry = entry.map_err(damaged)?;
    let name = entry.path().map_err(damaged)?.to_string_lossy().into_owned();
    if entry.size() > LARGEST_ENTRY_BYTES {
        return Err(BackupError::Damaged(format!("{name} is too large")));
    }
    let mut bytes = Vec::new();
    entry.read_to_end(&mut bytes).map_err(damaged)?;
    Ok((name, bytes))
}

fn from_json<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, BackupError> {
    serde_json::from_slice(bytes).map_err(|error| BackupError::Damaged(error.to_string()))
}

fn damaged(error: std::io::Error) -> BackupError {
    BackupError::Damaged(error.to_string())
}

fn explain(error: DecryptError) -> BackupError {
    match error {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed | DecryptError::NoMatchingKeys => {
            BackupError::WrongPassphrase
        }
        DecryptError::Io(error) => BackupError::File(error),
        other => BackupError::Damaged(other.to_string()),
    }
}
