//! Takes out of a file what does not belong to what it shows: where and when a photo was taken, with which device, who wrote a
//! document, what is attached to it. The container is read and written anew; pixels are never decoded, so that no decoder
//! stands open to strangers. What cannot be read to its end is refused: half-understood is not cleaned.
//!
//! Files come from strangers. Every length is checked against what is there, every loop consumes bytes or counts down, no
//! allocation is larger than a named limit. Nothing here knows where the bytes come from or go to.

mod heic;
mod jpeg;
mod pdf;
mod png;

use crate::domain::evidence::{EvidenceKind, LARGEST_FILE_BYTES};
use std::io::{self, BufReader, ErrorKind, Read, Seek, Write};

/// A cleaned file may be a little larger than what came: a PDF is written in another way. More than this is an attack.
const LARGEST_CLEANED_BYTES: u64 = LARGEST_FILE_BYTES + 1024 * 1024;
/// For copying.
const BUFFER_BYTES: usize = 64 * 1024;

/// Why a file could not be cleaned.
#[derive(Debug, thiserror::Error)]
pub enum CleanError {
    /// It is not what it begins as, or built in a way that is not understood.
    #[error("the file could not be read as its kind")]
    Unclear,
    /// It is encrypted.
    #[error("the file is locked")]
    Locked,
    #[error("the file could not be read or written")]
    Io(#[source] io::Error),
}

impl From<io::Error> for CleanError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // The file ends before it should, grows beyond what it may, or what is packed in it cannot be unpacked.
            ErrorKind::UnexpectedEof | ErrorKind::FileTooLarge | ErrorKind::InvalidData | ErrorKind::InvalidInput => {
                CleanError::Unclear
            }
            _ => CleanError::Io(error),
        }
    }
}

/// Reads a file that begins as `kind` and writes it cleaned. Returns how many bytes were written.
pub fn clean(kind: EvidenceKind, input: impl Read + Seek, output: impl Write) -> Result<u64, CleanError> {
    let mut output = Bounded { output, written: 0 };
    match kind {
        EvidenceKind::Jpeg => jpeg::clean(&mut BufReader::with_capacity(BUFFER_BYTES, input), &mut output)?,
        EvidenceKind::Png => png::clean(&mut BufReader::with_capacity(BUFFER_BYTES, input), &mut output)?,
        EvidenceKind::Heic => heic::clean(&mut { input }, &mut output)?,
        EvidenceKind::Pdf => pdf::clean(&mut { input }, &mut output)?,
    }
    output.flush()?;
    Ok(output.written)
}

/// Ends what grows without end, and knows how far it is.
struct Bounded<W> {
    output: W,
    written: u64,
}

impl<W: Write> Write for Bounded<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.written + bytes.len() as u64 > LARGEST_CLEANED_BYTES {
            return Err(ErrorKind::FileTooLarge.into());
        }
        let written = self.output.write(bytes)?;
        self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

/// Copies exactly so many bytes.
fn copy_exactly(input: &mut impl Read, output: &mut impl Write, bytes: u64) -> Result<(), CleanError> {
    let copied = io::copy(&mut input.take(bytes), output)?;
    if copied == bytes { Ok(()) } else { Err(CleanError::Unclear) }
}

/// Writes so many zeros.
fn write_zeros(output: &mut impl Write, bytes: u64) -> Result<(), CleanError> {
    copy_exactly(&mut io::repeat(0), output, bytes)
}
