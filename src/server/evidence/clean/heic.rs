//! HEIC (ISO 23008-12, boxes of ISO 14496-12). A box `meta` lists items and where their bytes are; pictures refer to their bytes by
//! their place in the file. So nothing is moved: what does not belong to a picture is overwritten with zeros, and items that are
//! no picture (Exif, XMP) lose their type, so that a reader passes over them. Of the data itself only the bytes of pictures are
//! copied: what no item names is not in the copy either.
//!
//! Colour profiles stay here, other than in JPEG and PNG: pictures refer to properties by their number in the list.

use super::{CleanError, copy_exactly, write_zeros};
use std::io::{Read, Seek, SeekFrom, Write};

/// A real one has some kilobytes, even with hundreds of tiles.
const LARGEST_META_BYTES: u64 = 512 * 1024;
/// Boxes beside one another.
const MOST_BOXES: usize = 8_192;
const MOST_EXTENTS: usize = 16_384;
/// Brands, four bytes each.
const LARGEST_FTYP_BYTES: u64 = 256;
/// Pictures: coded with HEVC, or put together of such. Everything else is about a picture, not one.
const PICTURES: [&[u8; 4]; 4] = [b"hvc1", b"grid", b"iovl", b"iden"];
/// Properties that a decoder needs; others hold descriptions, names and times.
const PROPERTIES: [&[u8; 4]; 12] =
    [b"hvcC", b"ispe", b"pixi", b"colr", b"irot", b"imir", b"clap", b"pasp", b"auxC", b"rloc", b"clli", b"mdcv"];
const NO_TYPE: &[u8; 4] = b"free";

/// A part of the file, or of the box around it: from the first byte to the one behind the last.
type Span = (u64, u64);

pub(super) fn clean(input: &mut (impl Read + Seek), output: &mut impl Write) -> Result<(), CleanError> {
    let parts = top(input)?;
    let (mut meta, mut data) = (None, Vec::new());
    for part in &parts {
        match &part.kind {
            b"meta" if meta.is_none() && part.end - part.body <= LARGEST_META_BYTES => meta = Some(read(input, part)?),
            // A second list, a film, or a list that is not all here.
            b"meta" | b"moov" | b"moof" => return Err(CleanError::Unclear),
            b"mdat" => data.push((part.body, part.end)),
            _ => {}
        }
    }
    let mut meta = meta.ok_or(CleanError::Unclear)?;
    let shown = clean_meta(&mut meta)?;
    if parts[0].kind != *b"ftyp" || parts[0].end > LARGEST_FTYP_BYTES || !shown.iter().all(|span| is_within(*span, &data)) {
        return Err(CleanError::Unclear);
    }
    for part in &parts {
        input.seek(SeekFrom::Start(part.start))?;
        match &part.kind {
            b"ftyp" if part.start == 0 => copy_exactly(input, output, part.end)?,
            b"meta" => {
                copy_exactly(input, output, part.body - part.start)?;
                output.write_all(&meta)?;
            }
            b"mdat" => {
                copy_exactly(input, output, part.body - part.start)?;
                copy_shown(input, output, (part.body, part.end), &shown)?;
            }
            _ => {
                let mut head = vec![0; usize::try_from(part.body - part.start).map_err(|_| CleanError::Unclear)?];
                input.read_exact(&mut head)?;
                head[4..8].copy_from_slice(NO_TYPE);
                output.write_all(&head)?;
                write_zeros(output, part.end - part.body)?;
            }
        }
    }
    Ok(())
}

struct Part {
    kind: [u8; 4],
    start: u64,
    body: u64,
    end: u64,
}

/// The boxes of the file.
fn top(input: &mut (impl Read + Seek)) -> Result<Vec<Part>, CleanError> {
    let length = input.seek(SeekFrom::End(0))?;
    let (mut parts, mut start) = (Vec::new(), 0);
    while start < length {
        if parts.len() >= MOST_BOXES {
            return Err(CleanError::Unclear);
        }
        input.seek(SeekFrom::Start(start))?;
        let mut head = [0; 16];
        input.read_exact(&mut head[..8])?;
        let (mut body, mut size) = (start + 8, u64::from(u32::from_be_bytes([head[0], head[1], head[2], head[3]])));
        if size == 1 {
            input.read_exact(&mut head[8..])?;
            size = u64::from_be_bytes([head[8], head[9], head[10], head[11], head[12], head[13], head[14], head[15]]);
            body += 8;
        }
        // The last box may say that it goes to the end.
        let end = if size == 0 { length } else { start.checked_add(size).ok_or(CleanError::Unclear)? };
        if end < body || end > length {
            return Err(CleanError::Unclear);
        }
        parts.push(Part { kind: [head[4], head[5], head[6], head[7]], start, body, end });
        start = end;
    }
    if parts.is_empty() { Err(CleanError::Unclear) } else { Ok(parts) }
}

fn read(input: &mut (impl Read + Seek), part: &Part) -> Result<Vec<u8>, CleanError> {
    input.seek(SeekFrom::Start(part.body))?;
    let mut bytes = vec![0; usize::try_from(part.end - part.body).map_err(|_| CleanError::Unclear)?];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn is_within(span: Span, spans: &[Span]) -> bool {
    spans.iter().any(|outer| outer.0 <= span.0 && span.1 <= outer.1)
}

/// Copies what is shown of a span, in its place, and zeros for the rest. `shown` is in order and does not overlap.
fn copy_shown(
    input: &mut (impl Read + Seek),
    output: &mut impl Write,
    (start, end): Span,
    shown: &[Span],
) -> Result<(), CleanError> {
    let mut at = start;
    for (from, to) in shown.iter().filter(|span| is_within(**span, &[(start, end)])) {
        write_zeros(output, from - at)?;
        input.seek(SeekFrom::Start(*from))?;
        copy_exactly(input, output, to - from)?;
        at = *to;
    }
    write_zeros(output, end - at)
}

/// A box within `meta`, by its place there.
#[derive(Clone, Copy)]
struct Child {
    kind: [u8; 4],
    start: usize,
    body: usize,
    end: usize,
}

fn children(bytes: &[u8], from: usize, to: usize) -> Result<Vec<Child>, CleanError> {
    let (mut found, mut start) = (Vec::new(), from);
    while start < to {
        let mut head = Fields { bytes: &bytes[..to], at: start };
        let size = usize::try_from(head.number(4)?).map_err(|_| CleanError::Unclear)?;
        let kind = head.four()?;
        let end = start.checked_add(size).ok_or(CleanError::Unclear)?;
        if size < 8 || end > to || found.len() >= MOST_BOXES {
            return Err(CleanError::Unclear);
        }
        found.push(Child { kind, start, body: start + 8, end });
        start = end;
    }
    Ok(found)
}

/// Cleans the list of items and returns which bytes of the file pictures are made of, in order and without overlaps.
fn clean_meta(meta: &mut [u8]) -> Result<Vec<Span>, CleanError> {
    // It has a version and flags before its boxes.
    let boxes = children(meta, 4, meta.len())?;
    let only = |kind: &[u8; 4]| {
        let mut found = boxes.iter().filter(|child| child.kind == *kind).copied();
        let first = found.next();
        if found.next().is_some() { Err(CleanError::Unclear) } else { Ok(first) }
    };
    let (Some(items), Some(places), Some(primary)) = (only(b"iinf")?, only(b"iloc")?, only(b"pitm")?) else {
        return Err(CleanError::Unclear);
    };
    let stored = only(b"idat")?;
    let pictures = clean_items(meta, items)?;
    let mut first = Fields { bytes: &meta[..primary.end], at: primary.body };
    let is_short = first.number(4)? >> 24 == 0;
    if !pictures.contains(&first.number(if is_short { 2 } else { 4 })?) {
        return Err(CleanError::Unclear);
    }
    let Places { shown, hidden, shown_here, hidden_here } = read_places(meta, places, &pictures)?;
    for child in &boxes {
        match &child.kind {
            b"iinf" | b"iloc" | b"pitm" | b"iref" | b"grpl" => {}
            b"hdlr" => clean_handler(meta, *child)?,
            // Where the data is: in this file, which takes 36 bytes to say.
            b"dinf" if child.end - child.start <= 48 => {}
            b"iprp" => clean_properties(meta, *child)?,
            b"idat" => {}
            _ => blank(meta, *child),
        }
    }
    match stored {
        Some(stored) => keep_only(meta, stored, &without(shown_here, hidden_here))?,
        None if shown_here.is_empty() => {}
        None => return Err(CleanError::Unclear),
    }
    Ok(without(shown, hidden))
}

/// Takes its type from a box, and everything that is in it.
fn blank(meta: &mut [u8], child: Child) {
    meta[child.start + 4..child.body].copy_from_slice(NO_TYPE);
    meta[child.body..child.end].fill(0);
}

/// It says that these are pictures, and may have a name.
fn clean_handler(meta: &mut [u8], child: Child) -> Result<(), CleanError> {
    let body = meta.get_mut(child.body..child.end).ok_or(CleanError::Unclear)?;
    if body.get(8..12) != Some(b"pict") {
        return Err(CleanError::Unclear);
    }
    body[12..].fill(0);
    Ok(())
}

/// Takes the names of all items, and the type of those that are no pictures. Returns the ids of the pictures.
fn clean_items(meta: &mut [u8], list: Child) -> Result<Vec<u64>, CleanError> {
    let mut fields = Fields { bytes: &meta[..list.end], at: list.body };
    let is_short = fields.number(4)? >> 24 == 0;
    fields.number(if is_short { 2 } else { 4 })?;
    let mut pictures = Vec::new();
    for item in children(meta, fields.at, list.end)? {
        let mut fields = Fields { bytes: &meta[..item.end], at: item.body };
        let version = fields.number(4)? >> 24;
        if item.kind != *b"infe" || !(2..=3).contains(&version) {
            return Err(CleanError::Unclear);
        }
        let id = fields.number(if version == 2 { 2 } else { 4 })?;
        let is_protected = fields.number(2)? != 0;
        let kind = fields.four()?;
        let named_at = fields.at;
        meta[named_at..item.end].fill(0);
        if PICTURES.contains(&&kind) && !is_protected {
            pictures.push(id);
        } else {
            meta[named_at - 4..named_at].copy_from_slice(NO_TYPE);
            // Hidden, says the lowest flag.
            meta[item.body + 3] |= 1;
        }
    }
    pictures.sort_unstable();
    Ok(pictures)
}

/// Properties that are none of a picture lose their type and content; they keep their number.
fn clean_properties(meta: &mut [u8], child: Child) -> Result<(), CleanError> {
    for part in children(meta, child.body, child.end)? {
        match &part.kind {
            b"ipco" => {
                for property in children(meta, part.body, part.end)? {
                    if !PROPERTIES.contains(&&property.kind) {
                        blank(meta, property);
                    }
                }
            }
            b"ipma" => {}
            _ => blank(meta, part),
        }
    }
    Ok(())
}

/// Where the bytes of pictures are, and those of other items: in the file, and within `meta` itself.
#[derive(Default)]
struct Places {
    shown: Vec<Span>,
    hidden: Vec<Span>,
    shown_here: Vec<Span>,
    hidden_here: Vec<Span>,
}

fn read_places(meta: &[u8], list: Child, pictures: &[u64]) -> Result<Places, CleanError> {
    let mut fields = Fields { bytes: &meta[..list.end], at: list.body };
    let version = fields.number(4)? >> 24;
    let sizes = fields.number(2)?;
    let size = |shift: u32| match sizes >> shift & 0xf {
        size @ (0 | 4 | 8) => Ok(size),
        _ => Err(CleanError::Unclear),
    };
    let (offset_size, length_size, base_size) = (size(12)?, size(8)?, size(4)?);
    let index_size = match version {
        0 => 0,
        1 | 2 => size(0)?,
        _ => return Err(CleanError::Unclear),
    };
    let id_size = if version == 2 { 4 } else { 2 };
    let (count, mut places, mut extents_seen) = (fields.number(id_size)?, Places::default(), 0);
    for _ in 0..count {
        let is_picture = pictures.binary_search(&fields.number(id_size)?).is_ok();
        let way = if version == 0 { 0 } else { fields.number(2)? & 0xf };
        let elsewhere = fields.number(2)? != 0;
        let base = fields.number(base_size)?;
        let extents = fields.number(2)?;
        if way > 1 || elsewhere {
            return Err(CleanError::Unclear);
        }
        for _ in 0..extents {
            fields.number(index_size)?;
            let from = base.checked_add(fields.number(offset_size)?).ok_or(CleanError::Unclear)?;
            let length = fields.number(length_size)?;
            let to = from.checked_add(length).ok_or(CleanError::Unclear)?;
            extents_seen += 1;
            // No length stands for all there is.
            if length == 0 || extents_seen > MOST_EXTENTS {
                return Err(CleanError::Unclear);
            }
            match (way, is_picture) {
                (0, true) => places.shown.push((from, to)),
                (0, false) => places.hidden.push((from, to)),
                (_, true) => places.shown_here.push((from, to)),
                (_, false) => places.hidden_here.push((from, to)),
            }
        }
    }
    Ok(places)
}

/// The spans without what is to be hidden: in order, joined where they touch.
fn without(mut shown: Vec<Span>, mut hidden: Vec<Span>) -> Vec<Span> {
    shown.sort_unstable();
    hidden.sort_unstable();
    let (mut left, mut reached, mut next) = (Vec::new(), 0, 0);
    for (from, to) in shown {
        let mut from = from.max(reached);
        while next < hidden.len() && hidden[next].1 <= from {
            next += 1;
        }
        for (hidden_from, hidden_to) in hidden[next..].iter().take_while(|span| span.0 < to) {
            if from < *hidden_from {
                left.push((from, *hidden_from));
            }
            from = from.max(*hidden_to);
        }
        if from < to {
            left.push((from, to));
        }
        reached = reached.max(to);
    }
    left
}

/// Zeros everything in a box but these spans of it.
fn keep_only(meta: &mut [u8], child: Child, shown: &[Span]) -> Result<(), CleanError> {
    let body = &mut meta[child.body..child.end];
    let mut at = 0;
    for (from, to) in shown {
        let (from, to) = (usize::try_from(*from), usize::try_from(*to));
        let (Ok(from), Ok(to)) = (from, to) else { return Err(CleanError::Unclear) };
        body.get_mut(at..from).ok_or(CleanError::Unclear)?.fill(0);
        at = to;
    }
    body.get_mut(at..).ok_or(CleanError::Unclear)?.fill(0);
    Ok(())
}

/// Reads numbers, never beyond the box they are in.
struct Fields<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Fields<'_> {
    /// A number of so many bytes, at most eight; of none it is 0.
    fn number(&mut self, size: u64) -> Result<u64, CleanError> {
        let end = self.at + usize::try_from(size).map_err(|_| CleanError::Unclear)?;
        let bytes = self.bytes.get(self.at..end).ok_or(CleanError::Unclear)?;
        self.at = end;
        Ok(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn four(&mut self) -> Result<[u8; 4], CleanError> {
        let bytes = self.bytes.get(self.at..self.at + 4).ok_or(CleanError::Unclear)?;
        self.at += 4;
        Ok([bytes[0], bytes[1], bytes[2], bytes[3]])
    }
}
