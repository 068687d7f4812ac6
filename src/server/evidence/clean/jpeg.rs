//! JPEG (ITU-T T.81): a row of segments, then coded picture data. Kept is what a decoder needs: tables, frames, scans, the JFIF
//! header without its small picture, Adobe's note on colours, and of Exif nothing but which way is up. All other application
//! segments and comments go: Exif with place and device, XMP, Photoshop's blocks, colour profiles (they name devices and hold any
//! text), further pictures. What follows the end of the picture goes too.

use super::{BUFFER_BYTES, CleanError, copy_exactly};
use std::io::{BufRead, Read, Write};

const END_OF_IMAGE: u8 = 0xd9;
const START_OF_SCAN: u8 = 0xda;
/// A JFIF header without a small picture.
const JFIF_BYTES: usize = 14;
const ADOBE_BYTES: usize = 12;
/// A directory with more entries than this is none.
const MOST_EXIF_ENTRIES: usize = 512;
const ORIENTATION_TAG: u16 = 0x0112;
/// Upright, as any reader takes it without being told.
const UPRIGHT: u16 = 1;

/// Copies one picture without what does not belong to it. Reads up to its end and not further.
pub(super) fn clean(input: &mut impl BufRead, output: &mut impl Write) -> Result<(), CleanError> {
    if byte(input)? != 0xff || byte(input)? != 0xd8 {
        return Err(CleanError::Unclear);
    }
    output.write_all(&[0xff, 0xd8])?;
    let mut seen = Seen::default();
    if byte(input)? != 0xff {
        return Err(CleanError::Unclear);
    }
    let mut marker = after_fill(input)?;
    while marker != END_OF_IMAGE {
        segment(marker, input, output, &mut seen)?;
        marker = if marker == START_OF_SCAN {
            seen.scan = true;
            copy_scan(input, output)?
        } else {
            if byte(input)? != 0xff {
                return Err(CleanError::Unclear);
            }
            after_fill(input)?
        };
    }
    if !seen.frame || !seen.scan {
        return Err(CleanError::Unclear);
    }
    output.write_all(&[0xff, END_OF_IMAGE])?;
    Ok(())
}

#[derive(Default)]
struct Seen {
    frame: bool,
    scan: bool,
    orientation: bool,
}

fn byte(input: &mut impl Read) -> Result<u8, CleanError> {
    let mut byte = [0];
    input.read_exact(&mut byte)?;
    Ok(byte[0])
}

/// The code of a marker: any number of fill bytes may come before it (B.1.1.2).
fn after_fill(input: &mut impl Read) -> Result<u8, CleanError> {
    loop {
        match byte(input)? {
            0xff => {}
            code => return Ok(code),
        }
    }
}

/// Copies, shortens or leaves out the segment of a marker.
fn segment(marker: u8, input: &mut impl Read, output: &mut impl Write, seen: &mut Seen) -> Result<(), CleanError> {
    let length = u16::from_be_bytes([byte(input)?, byte(input)?]);
    let length = usize::from(length.checked_sub(2).ok_or(CleanError::Unclear)?);
    match marker {
        // Huffman, quantisation and arithmetic tables, restart interval, number of lines, scan.
        0xc4 | 0xcc | 0xdb | 0xdc | 0xdd | START_OF_SCAN => copy(marker, length, input, output),
        // Frames; 0xc8 is reserved.
        0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
            seen.frame = true;
            copy(marker, length, input, output)
        }
        0xe0..=0xef | 0xfe => {
            let mut content = vec![0; length];
            input.read_exact(&mut content)?;
            application(marker, &content, output, seen)
        }
        _ => Err(CleanError::Unclear),
    }
}

fn copy(marker: u8, length: usize, input: &mut impl Read, output: &mut impl Write) -> Result<(), CleanError> {
    write_head(marker, length, output)?;
    copy_exactly(input, output, length as u64)
}

fn write_head(marker: u8, length: usize, output: &mut impl Write) -> Result<(), CleanError> {
    let length = u16::try_from(length + 2).map_err(|_| CleanError::Unclear)?;
    output.write_all(&[0xff, marker])?;
    output.write_all(&length.to_be_bytes())?;
    Ok(())
}

/// What is kept of an application segment or comment, if anything.
fn application(marker: u8, content: &[u8], output: &mut impl Write, seen: &mut Seen) -> Result<(), CleanError> {
    match marker {
        0xe0 if content.starts_with(b"JFIF\0") && content.len() >= JFIF_BYTES => {
            write_head(marker, JFIF_BYTES, output)?;
            output.write_all(&content[..JFIF_BYTES - 2])?;
            // Width and height of the small picture that is left out.
            output.write_all(&[0, 0])?;
        }
        0xe1 if !seen.orientation => {
            let orientation = content.strip_prefix(b"Exif\0\0").and_then(orientation);
            if let Some(orientation) = orientation.filter(|orientation| *orientation != UPRIGHT) {
                seen.orientation = true;
                let exif = exif_of(orientation);
                write_head(marker, exif.len(), output)?;
                output.write_all(&exif)?;
            }
        }
        0xee if content.starts_with(b"Adobe") && content.len() >= ADOBE_BYTES => {
            write_head(marker, ADOBE_BYTES, output)?;
            output.write_all(&content[..ADOBE_BYTES])?;
        }
        _ => {}
    }
    Ok(())
}

/// Which way is up, from the first directory of an Exif segment (TIFF 6.0).
fn orientation(tiff: &[u8]) -> Option<u16> {
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let u16_at = |at: usize| {
        let bytes = [*tiff.get(at)?, *tiff.get(at + 1)?];
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let u32_at = |at: usize| {
        let (first, second) = (u32::from(u16_at(at)?), u32::from(u16_at(at + 2)?));
        Some(if little { second << 16 | first } else { first << 16 | second })
    };
    let directory = usize::try_from(u32_at(4)?).ok().filter(|at| *at < tiff.len())?;
    let entries = usize::from(u16_at(directory)?).min(MOST_EXIF_ENTRIES);
    let entry = (0..entries).map(|number| directory + 2 + number * 12).find(|at| u16_at(*at) == Some(ORIENTATION_TAG))?;
    // One value of the type "short".
    let is_short = u16_at(entry + 2) == Some(3) && u32_at(entry + 4) == Some(1);
    u16_at(entry + 8).filter(|value| is_short && (1..=8).contains(value))
}

/// An Exif segment that says which way is up and nothing else.
fn exif_of(orientation: u16) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01".to_vec();
    exif.extend(ORIENTATION_TAG.to_be_bytes());
    exif.extend(b"\0\x03\0\0\0\x01");
    exif.extend(orientation.to_be_bytes());
    exif.extend([0; 6]);
    exif
}

/// Copies coded data up to the next marker that is part of it no longer, and returns that.
fn copy_scan(input: &mut impl BufRead, output: &mut impl Write) -> Result<u8, CleanError> {
    loop {
        let buffered = input.fill_buf()?;
        if buffered.is_empty() {
            return Err(CleanError::Unclear);
        }
        let plain = buffered.iter().take(BUFFER_BYTES).position(|byte| *byte == 0xff);
        let length = plain.unwrap_or(buffered.len().min(BUFFER_BYTES));
        output.write_all(&buffered[..length])?;
        input.consume(length);
        if plain.is_none() {
            continue;
        }
        input.consume(1);
        match after_fill(input)? {
            // A byte of data that looks like a marker, or a restart.
            code @ (0x00 | 0xd0..=0xd7) => output.write_all(&[0xff, code])?,
            marker => return Ok(marker),
        }
    }
}
