//! PNG (W3C PNG Specification, third edition): a row of chunks, each with its checksum. Kept is the picture and what says how its
//! colours are meant; text, times, Exif, colour profiles (they name devices and hold any text), moving pictures and chunks that
//! nobody registered go. Nothing follows the end.

use super::{BUFFER_BYTES, CleanError};
use flate2::Crc;
use std::io::{BufRead, Read, Write};

const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";
/// What is kept, and the most bytes it can have. A longer one is not what it says.
const KEPT: [(&[u8; 4], u32); 10] = [
    (b"IHDR", 13),
    (b"PLTE", 768),
    (b"IDAT", LONGEST_CHUNK_BYTES),
    (b"gAMA", 4),
    (b"cHRM", 32),
    (b"sRGB", 1),
    (b"sBIT", 4),
    (b"tRNS", 256),
    (b"bKGD", 6),
    (b"pHYS", 9),
];
/// 2^31 - 1, as the specification has it; what is really there ends earlier.
const LONGEST_CHUNK_BYTES: u32 = 0x7fff_ffff;

pub(super) fn clean(input: &mut impl BufRead, output: &mut impl Write) -> Result<(), CleanError> {
    let mut signature = [0; 8];
    input.read_exact(&mut signature)?;
    if signature != *SIGNATURE {
        return Err(CleanError::Unclear);
    }
    output.write_all(&signature)?;
    let (mut is_first, mut has_picture) = (true, false);
    loop {
        let head = read_four(input)?;
        let length = u32::from_be_bytes(head);
        let kind = read_four(input)?;
        let is_header = kind == *b"IHDR";
        if is_first != is_header || !kind.iter().all(u8::is_ascii_alphabetic) {
            return Err(CleanError::Unclear);
        }
        is_first = false;
        if kind == *b"IEND" {
            return if length == 0 && has_picture { end(input, output) } else { Err(CleanError::Unclear) };
        }
        let most = KEPT.iter().find(|(kept, _)| **kept == kind).map(|(_, most)| *most);
        match most {
            Some(most) if length <= most => {
                output.write_all(&head)?;
                output.write_all(&kind)?;
                let checksum = copy_checked(kind, length, input, output)?;
                output.write_all(&checksum)?;
            }
            // A decoder may pass over what has a small first letter, and over nothing else (5.4).
            None if kind[0].is_ascii_lowercase() => {
                copy_checked(kind, length, input, &mut std::io::sink())?;
            }
            Some(_) | None => return Err(CleanError::Unclear),
        }
        has_picture |= kind == *b"IDAT";
    }
}

fn end(input: &mut impl BufRead, output: &mut impl Write) -> Result<(), CleanError> {
    let checksum = copy_checked(*b"IEND", 0, input, &mut std::io::sink())?;
    output.write_all(&[0; 4])?;
    output.write_all(b"IEND")?;
    output.write_all(&checksum)?;
    Ok(())
}

fn read_four(input: &mut impl Read) -> Result<[u8; 4], CleanError> {
    let mut four = [0; 4];
    input.read_exact(&mut four)?;
    Ok(four)
}

/// Copies the data of a chunk and compares it with the checksum behind it, which is returned.
fn copy_checked(kind: [u8; 4], length: u32, input: &mut impl BufRead, output: &mut impl Write) -> Result<[u8; 4], CleanError> {
    let mut sum = Crc::new();
    sum.update(&kind);
    let mut left = usize::try_from(length).map_err(|_| CleanError::Unclear)?;
    while left > 0 {
        let buffered = input.fill_buf()?;
        let here = &buffered[..buffered.len().min(left).min(BUFFER_BYTES)];
        if here.is_empty() {
            return Err(CleanError::Unclear);
        }
        sum.update(here);
        output.write_all(here)?;
        let length = here.len();
        input.consume(length);
        left -= length;
    }
    let checksum = read_four(input)?;
    if u32::from_be_bytes(checksum) == sum.sum() { Ok(checksum) } else { Err(CleanError::Unclear) }
}
