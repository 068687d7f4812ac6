//! Takes a file in while it comes. It is on disk twice for a moment, encrypted both times: as it came, with a key that is in this
//! process's memory only, and cleaned, with the key of its case. Neither file has a name: whatever happens, to this request or to
//! this machine, the system takes them back and nothing has to be swept.
//!
//! In memory are one buffer for each step and, for a PDF, the table of its objects.

use super::clean::{self, CleanError};
use super::vault::{Key, Lock, VaultError};
use crate::domain::evidence::{EvidenceKind, EvidenceRefusal, LARGEST_FILE_BYTES, LONGEST_START_BYTES};
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use tokio::sync::mpsc;

/// What comes in, piece by piece. An intake whose pieces stop without [`Piece::End`] was broken off.
#[derive(Debug)]
pub enum Piece<B> {
    Bytes(B),
    End,
}

/// A file cleaned and encrypted, to be read from its beginning.
#[derive(Debug)]
pub struct Taken {
    pub kind: EvidenceKind,
    /// Of the cleaned file, before it was encrypted.
    pub bytes: u64,
    pub encrypted: File,
}

#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    #[error("the temporary file could not be read or written")]
    Disk(#[from] io::Error),
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// What the file turned out to be.
pub type Verdict = Result<Taken, EvidenceRefusal>;

/// Waits for pieces until there are no more: to be run where waiting is allowed.
pub fn take_in<B: AsRef<[u8]>>(mut pieces: mpsc::Receiver<Piece<B>>, folder: &Path, lock: &Lock) -> Result<Verdict, IntakeError> {
    let once = Key::generate();
    let mut came = once.lock().writer(BufWriter::new(tempfile::tempfile_in(folder)?))?;
    let (mut start, mut length) = (Vec::new(), 0_u64);
    loop {
        match pieces.blocking_recv() {
            Some(Piece::Bytes(bytes)) => {
                let bytes = bytes.as_ref();
                length += bytes.len() as u64;
                if length > LARGEST_FILE_BYTES {
                    return Ok(Err(EvidenceRefusal::TooLarge));
                }
                let missing = LONGEST_START_BYTES.saturating_sub(start.len()).min(bytes.len());
                start.extend_from_slice(&bytes[..missing]);
                came.write_all(bytes)?;
            }
            Some(Piece::End) => break,
            None => return Ok(Err(EvidenceRefusal::BrokeOff)),
        }
    }
    if length == 0 {
        return Ok(Err(EvidenceRefusal::Nothing));
    }
    let Some(kind) = EvidenceKind::of_start(&start) else { return Ok(Err(EvidenceRefusal::OtherKind)) };
    let mut came = came.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    came.seek(SeekFrom::Start(0))?;
    let mut cleaned = lock.writer(BufWriter::new(tempfile::tempfile_in(folder)?))?;
    let bytes = match clean::clean(kind, once.reader(came)?, &mut cleaned) {
        Ok(bytes) => bytes,
        Err(CleanError::Unclear) => return Ok(Err(EvidenceRefusal::Unclear(kind))),
        Err(CleanError::Locked) => return Ok(Err(EvidenceRefusal::Locked)),
        Err(CleanError::Io(error)) => return Err(error.into()),
    };
    let mut encrypted = cleaned.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    encrypted.seek(SeekFrom::Start(0))?;
    Ok(Ok(Taken { kind, bytes, encrypted }))
}

/// Reads as much as fits: less only at the end.
pub fn fill(mut file: &File, piece: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < piece.len() {
        match file.read(&mut piece[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}
