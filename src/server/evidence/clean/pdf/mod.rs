//! PDF (ISO 32000-1): written anew with what can be reached from its pages and is shown (`rules.rs`), and with nothing else. What a
//! program left in the file that nothing refers to, such as an earlier version, is not in the copy. Photos keep no Exif here either.
//!
//! Twice through the file: what refers to what, then writing what can be reached. No library for PDF is used, because those there
//! are hold a file and all that is in it in memory at once (decision 17).

mod file;
mod rules;
mod syntax;

use super::{CleanError, copy_exactly, jpeg};
use crate::domain::evidence::LARGEST_FILE_BYTES;
use file::{Data, Pdf};
use flate2::read::ZlibDecoder;
use std::io::{BufReader, Read, Seek, Write};
use syntax::{Dict, Object};

/// References in all objects together: a real file has two or three an object.
const MOST_REFERENCES: usize = 800_000;
const HEAD: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n";

pub(super) fn clean(input: &mut (impl Read + Seek), output: &mut impl Write) -> Result<(), CleanError> {
    let reached = reached(&mut Pdf::open(input)?)?;
    write(&mut Pdf::open(input)?, &reached, output)
}

/// What is kept of an object, its stream's data too if those are kept.
fn cleaned(is_root: bool, object: Object, data: Option<Data>) -> Result<(Object, Option<Data>), CleanError> {
    match (object, data) {
        (object, None) if is_root => {
            let catalogue =
                rules::catalogue(object).filter(|catalogue| matches!(catalogue.get(b"Pages"), Some(Object::Reference(_))));
            Ok((Object::Dict(catalogue.ok_or(CleanError::Unclear)?), None))
        }
        (Object::Dict(dict), Some(data)) if !is_root => match rules::stream(dict) {
            Some(dict) => Ok((Object::Dict(dict), Some(data))),
            None => Ok((Object::Null, None)),
        },
        (object, None) => Ok((rules::kept(object), None)),
        (_, Some(_)) => Err(CleanError::Unclear),
    }
}

/// Which objects can be reached from the catalogue through what is kept.
fn reached<R: Read + Seek>(pdf: &mut Pdf<'_, R>) -> Result<Vec<bool>, CleanError> {
    let (root, count) = (pdf.root, pdf.numbers());
    let (mut references, mut parts) = (Vec::new(), vec![(0, 0); count]);
    pdf.each(|_, number, object, data| {
        let start = references.len();
        let (object, _) = cleaned(number == root, object, data)?;
        gather(&object, &mut references);
        parts[number as usize] = (start, references.len());
        if references.len() > MOST_REFERENCES { Err(CleanError::Unclear) } else { Ok(()) }
    })?;
    let (mut reached, mut next) = (vec![false; count], vec![root]);
    while let Some(number) = next.pop() {
        let number = number as usize;
        if number < count && !reached[number] {
            reached[number] = true;
            let (start, end) = parts[number];
            next.extend(references[start..end].iter().filter(|next| reached.get(**next as usize) == Some(&false)));
        }
    }
    if reached.get(root as usize) == Some(&true) { Ok(reached) } else { Err(CleanError::Unclear) }
}

fn gather(object: &Object, references: &mut Vec<u32>) {
    match object {
        Object::Reference(number) => references.push(*number),
        Object::Array(values) => values.iter().for_each(|value| gather(value, references)),
        Object::Dict(dict) => dict.0.iter().for_each(|(_, value)| gather(value, references)),
        Object::Null | Object::Bool(_) | Object::Number(_) | Object::Name(_) | Object::Text(_) => {}
    }
}

/// Knows where in the copy it is, as the table of places at its end needs.
struct Counted<'a, W> {
    output: &'a mut W,
    written: u64,
}

impl<W: Write> Write for Counted<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.output.write(bytes)?;
        self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.output.flush()
    }
}

fn write<R: Read + Seek>(pdf: &mut Pdf<'_, R>, reached: &[bool], output: &mut impl Write) -> Result<(), CleanError> {
    // New numbers from one, without gaps.
    let mut last = 0;
    let numbers: Vec<u32> = reached
        .iter()
        .map(|reached| {
            last += u32::from(*reached);
            if *reached { last } else { 0 }
        })
        .collect();
    let number_of = |old: u32| numbers.get(old as usize).copied().filter(|number| *number > 0);
    let mut output = Counted { output, written: 0 };
    let mut places = vec![None; last as usize];
    let root = pdf.root;
    output.write_all(HEAD)?;
    pdf.each(|pdf, old, object, data| {
        let Some(number) = number_of(old) else { return Ok(()) };
        let (object, data) = cleaned(old == root, object, data)?;
        places[number as usize - 1] = Some(output.written);
        writeln!(output, "{number} 0 obj")?;
        match (object, data) {
            (Object::Dict(dict), Some(data)) => {
                // Its length is known once it is written, and stands in an object of its own.
                places.push(None);
                let length_number = places.len();
                let length = write_stream(pdf, dict, data, length_number, &number_of, &mut output)?;
                places[length_number - 1] = Some(output.written);
                write!(output, "{length_number} 0 obj\n{length}\nendobj\n")?;
            }
            (object, _) => {
                object.write(&mut output, &number_of)?;
                output.write_all(b"\nendobj\n")?;
            }
        }
        Ok(())
    })?;
    write_places(&places, number_of(root).ok_or(CleanError::Unclear)?, &mut output)
}

/// Writes a stream and returns how long its data are.
fn write_stream<R: Read + Seek, W: Write>(
    pdf: &mut Pdf<'_, R>,
    mut dict: Dict,
    data: Data,
    length_number: usize,
    number_of: &impl Fn(u32) -> Option<u32>,
    output: &mut Counted<'_, W>,
) -> Result<u64, CleanError> {
    let coding = coding(&dict)?;
    if coding == Coding::PackedPhoto {
        dict.0.retain(|(key, _)| **key != *b"Filter" && **key != *b"DecodeParms");
        dict.0.push((Box::from(&b"Filter"[..]), Object::Name(Box::from(&b"DCTDecode"[..]))));
    }
    output.write_all(b"<<")?;
    for (key, value) in dict.0 {
        Object::Name(key).write(output, number_of)?;
        output.write_all(b" ")?;
        value.write(output, number_of)?;
        output.write_all(b"\n")?;
    }
    write!(output, "/Length {length_number} 0 R>>\nstream\n")?;
    let start = output.written;
    let mut input = pdf.data(data)?;
    match coding {
        Coding::Plain => copy_exactly(&mut input, output, data.length)?,
        Coding::Photo => jpeg::clean(&mut BufReader::new(input), output)?,
        Coding::PackedPhoto => {
            let unpacked = ZlibDecoder::new(input).take(LARGEST_FILE_BYTES);
            jpeg::clean(&mut BufReader::new(unpacked), output)?;
        }
    }
    let length = output.written - start;
    output.write_all(b"\nendstream\nendobj\n")?;
    Ok(length)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    /// Nothing that could hold more than what is drawn.
    Plain,
    /// A JPEG file as it is.
    Photo,
    /// The same, packed once more.
    PackedPhoto,
}

/// How the data are coded. Photos hold notes of their own: in JPEG they are taken out, in JPEG 2000 and behind other filters they
/// would stay, so those are refused.
fn coding(dict: &Dict) -> Result<Coding, CleanError> {
    let filters = dict.get(b"Filter").map_or(Some(Vec::new()), Object::names).ok_or(CleanError::Unclear)?;
    let is_photo = |filter: &&[u8]| [&b"DCTDecode"[..], b"DCT", b"JPXDecode"].contains(filter);
    match filters.as_slice() {
        [b"DCTDecode"] => Ok(Coding::Photo),
        [b"FlateDecode", b"DCTDecode"] => Ok(Coding::PackedPhoto),
        filters if filters.iter().any(is_photo) || filters.contains(&&b"Crypt"[..]) => Err(CleanError::Unclear),
        _ => Ok(Coding::Plain),
    }
}

/// The table of places and what stands at the end.
fn write_places<W: Write>(places: &[Option<u64>], root: u32, output: &mut Counted<'_, W>) -> Result<(), CleanError> {
    let start = output.written;
    write!(output, "xref\n0 {}\n0000000000 65535 f \n", places.len() + 1)?;
    for place in places {
        match place {
            Some(at) => writeln!(output, "{at:010} 00000 n ")?,
            None => output.write_all(b"0000000000 00000 f \n")?,
        }
    }
    write!(output, "trailer\n<</Size {} /Root {root} 0 R>>\nstartxref\n{start}\n%%EOF\n", places.len() + 1)?;
    Ok(())
}
