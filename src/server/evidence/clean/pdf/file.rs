//! Where the objects of a PDF are (ISO 32000-1, 7.5): tables and streams of places, and objects packed into streams. Read with
//! as little in memory as it takes, and with an end to everything: a file that wants more than a real one is refused.

use super::super::CleanError;
use super::syntax::{Dict, Object, Parser, Stop};
use flate2::read::ZlibDecoder;
use std::io::{Read, Seek, SeekFrom};

/// A bank statement has a thousand.
const MOST_OBJECTS: usize = 100_000;
/// Saved so many times, each time with a part of its own.
const MOST_SECTIONS: usize = 256;
/// The longest object without the data of its stream: the list of a thousand pages takes 10 kB.
const LONGEST_OBJECT_BYTES: usize = 256 * 1024;
/// Twenty bytes an object, and some room.
const LONGEST_TABLE_BYTES: usize = 2_560 * 1024;
/// Objects packed together, unpacked; usually 100 to 200 of them.
const LARGEST_PACK_BYTES: u64 = 2 * 1024 * 1024;
/// All that is read of objects and unpacked of packs, however often.
const MOST_WORK_BYTES: u64 = 192 * 1024 * 1024;
/// `startxref` stands within so many bytes of the end.
const TAIL_BYTES: u64 = 2_048;
const FIRST_WINDOW_BYTES: usize = 4_096;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Nowhere,
    At(u32),
    Packed { pack: u32, index: u32 },
}

/// The data of a stream, as they are in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Data {
    pub at: u64,
    pub length: u64,
}

pub(super) struct Pdf<'a, R> {
    input: &'a mut R,
    length: u64,
    places: Vec<Place>,
    /// Whether a part of the file has said where this one is, or that it is nowhere.
    known: Vec<bool>,
    pub root: u32,
    work_left: u64,
    unpacked: Option<Pack>,
}

/// An unpacked stream of objects.
struct Pack {
    number: u32,
    bytes: Vec<u8>,
    /// Number and place of each object in it.
    contents: Vec<(u32, usize)>,
}

impl<'a, R: Read + Seek> Pdf<'a, R> {
    pub fn open(input: &'a mut R) -> Result<Pdf<'a, R>, CleanError> {
        let length = input.seek(SeekFrom::End(0))?;
        let mut pdf =
            Pdf { input, length, places: Vec::new(), known: Vec::new(), root: 0, work_left: MOST_WORK_BYTES, unpacked: None };
        let mut next = vec![pdf.start_of_places()?];
        let (mut seen, mut root) = (Vec::new(), None);
        while let Some(at) = next.pop() {
            if seen.contains(&at) || seen.len() >= MOST_SECTIONS {
                return Err(CleanError::Unclear);
            }
            seen.push(at);
            let trailer = pdf.section(at)?;
            if trailer.get(b"Encrypt").is_some_and(|encrypt| *encrypt != Object::Null) {
                return Err(CleanError::Locked);
            }
            if let (None, Some(Object::Reference(number))) = (root, trailer.get(b"Root")) {
                root = Some(*number);
            }
            // What was saved earlier comes after what a hybrid file keeps for newer readers.
            next.extend(trailer.integer(b"Prev"));
            next.extend(trailer.integer(b"XRefStm"));
        }
        pdf.root = root.ok_or(CleanError::Unclear)?;
        Ok(pdf)
    }

    /// How many numbers of objects there are.
    pub fn numbers(&self) -> usize {
        self.places.len()
    }

    /// Hands every object to `take`: those of a pack one after another, so that each pack is unpacked once.
    pub fn each(
        &mut self,
        mut take: impl FnMut(&mut Self, u32, Object, Option<Data>) -> Result<(), CleanError>,
    ) -> Result<(), CleanError> {
        let mut order: Vec<u32> = (0..u32::try_from(self.places.len()).map_err(|_| CleanError::Unclear)?).collect();
        order.sort_by_key(|number| match self.places[*number as usize] {
            Place::Nowhere => (0, 0),
            Place::At(at) => (0, at),
            Place::Packed { pack, index } => (pack.saturating_add(1), index),
        });
        for number in order {
            if let Some((object, data)) = self.object(number)? {
                take(self, number, object, data)?;
            }
        }
        Ok(())
    }

    /// The input, at the beginning of some data.
    pub fn data(&mut self, data: Data) -> Result<impl Read, CleanError> {
        self.input.seek(SeekFrom::Start(data.at))?;
        Ok((&mut *self.input).take(data.length))
    }

    fn object(&mut self, number: u32) -> Result<Option<(Object, Option<Data>)>, CleanError> {
        match self.places.get(number as usize) {
            None | Some(Place::Nowhere) => Ok(None),
            Some(Place::At(at)) => {
                let (found, object, data) = self.indirect(u64::from(*at))?;
                if found == u64::from(number) { Ok(Some((object, data))) } else { Err(CleanError::Unclear) }
            }
            Some(Place::Packed { pack, index }) => {
                let index = *index as usize;
                let pack = self.pack(*pack)?;
                let (found, at) = *pack.contents.get(index).ok_or(CleanError::Unclear)?;
                let bytes = pack.bytes.get(at..).ok_or(CleanError::Unclear)?;
                let bytes = &bytes[..bytes.len().min(LONGEST_OBJECT_BYTES)];
                let object = Parser::new(bytes, true).object().map_err(|_| CleanError::Unclear)?;
                if found == number { Ok(Some((object, None))) } else { Err(CleanError::Unclear) }
            }
        }
    }

    /// Reads at a place with as many bytes as it takes.
    fn window<T>(&mut self, at: u64, most: usize, read: impl Fn(&mut Parser<'_>) -> Result<T, Stop>) -> Result<T, CleanError> {
        let mut wanted = FIRST_WINDOW_BYTES.min(most);
        loop {
            let there = self.length.checked_sub(at).ok_or(CleanError::Unclear)?;
            let taken = usize::try_from(there).unwrap_or(usize::MAX).min(wanted);
            self.work(taken as u64)?;
            self.input.seek(SeekFrom::Start(at))?;
            let mut bytes = vec![0; taken];
            self.input.read_exact(&mut bytes)?;
            match read(&mut Parser::new(&bytes, taken as u64 == there)) {
                Ok(found) => return Ok(found),
                Err(Stop::Short) if wanted < most => wanted = (wanted * 4).min(most),
                Err(_) => return Err(CleanError::Unclear),
            }
        }
    }

    fn work(&mut self, bytes: u64) -> Result<(), CleanError> {
        self.work_left = self.work_left.checked_sub(bytes).ok_or(CleanError::Unclear)?;
        Ok(())
    }

    /// `12 0 obj … endobj`, and where its data are if it is a stream.
    fn indirect(&mut self, at: u64) -> Result<(u64, Object, Option<Data>), CleanError> {
        let (number, object, data_at) = self.window(at, LONGEST_OBJECT_BYTES, |parser| {
            let number = parser.integer()?;
            parser.integer()?;
            parser.keyword(b"obj")?;
            let object = parser.object()?;
            let is_stream = matches!(object, Object::Dict(_)) && parser.is_next(b"stream")?;
            if !is_stream {
                return Ok((number, object, None));
            }
            // A line ends behind the word; the data begin with the next.
            match parser.bytes.get(parser.at..parser.at + 2) {
                Some([13, 10]) => parser.at += 2,
                Some([10 | 13, _]) => parser.at += 1,
                Some(_) => return Err(Stop::Wrong),
                None => return Err(if parser.is_whole { Stop::Wrong } else { Stop::Short }),
            }
            Ok((number, object, Some(parser.at)))
        })?;
        let (Object::Dict(dict), Some(data_at)) = (&object, data_at) else { return Ok((number, object, None)) };
        let length = match dict.get(b"Length") {
            Some(Object::Reference(length)) => self.length_elsewhere(*length)?,
            Some(length) => length.integer().ok_or(CleanError::Unclear)?,
            None => return Err(CleanError::Unclear),
        };
        let data = Data { at: at + data_at as u64, length };
        let end = data.at.checked_add(length).filter(|end| *end <= self.length).ok_or(CleanError::Unclear)?;
        self.window(end, 64, |parser| parser.keyword(b"endstream"))?;
        Ok((number, object, Some(data)))
    }

    /// The length of a stream that is an object of its own: a number, and so no stream with a length.
    fn length_elsewhere(&mut self, number: u32) -> Result<u64, CleanError> {
        let length = match self.places.get(number as usize) {
            Some(Place::At(at)) => {
                let at = u64::from(*at);
                self.window(at, FIRST_WINDOW_BYTES, |parser| {
                    parser.integer()?;
                    parser.integer()?;
                    parser.keyword(b"obj")?;
                    parser.integer()
                })?
            }
            // The pack itself has its length with it, or this would go round in circles.
            Some(Place::Packed { .. }) => {
                let (object, _) = self.object(number)?.ok_or(CleanError::Unclear)?;
                object.integer().ok_or(CleanError::Unclear)?
            }
            Some(Place::Nowhere) | None => return Err(CleanError::Unclear),
        };
        Ok(length)
    }

    fn pack(&mut self, number: u32) -> Result<&Pack, CleanError> {
        if self.unpacked.as_ref().is_none_or(|pack| pack.number != number) {
            self.unpacked = None;
            let Some(Place::At(at)) = self.places.get(number as usize).copied() else { return Err(CleanError::Unclear) };
            let (dict, bytes) = self.plain_stream(u64::from(at), LARGEST_PACK_BYTES)?;
            let (Some(count), Some(first)) = (dict.integer(b"N"), dict.integer(b"First")) else {
                return Err(CleanError::Unclear);
            };
            let first = usize::try_from(first).ok().filter(|first| *first <= bytes.len()).ok_or(CleanError::Unclear)?;
            let mut head = Parser::new(&bytes[..first], true);
            let mut contents = Vec::new();
            for _ in 0..count.min(MOST_OBJECTS as u64) {
                let (number, at) = (head.integer(), head.integer());
                let (Ok(number), Ok(at)) = (number, at) else { return Err(CleanError::Unclear) };
                let number = u32::try_from(number).map_err(|_| CleanError::Unclear)?;
                contents.push((number, first.saturating_add(usize::try_from(at).map_err(|_| CleanError::Unclear)?)));
            }
            self.unpacked = Some(Pack { number, bytes, contents });
        }
        self.unpacked.as_ref().ok_or(CleanError::Unclear)
    }

    /// A stream that says where objects are or holds them, unpacked. Its length stands in it: where it is another object's, that
    /// one is not packed.
    fn plain_stream(&mut self, at: u64, most: u64) -> Result<(Dict, Vec<u8>), CleanError> {
        let length = self.window(at, LONGEST_OBJECT_BYTES, |parser| {
            parser.integer()?;
            parser.integer()?;
            parser.keyword(b"obj")?;
            match parser.object()? {
                Object::Dict(dict) => Ok(dict.get(b"Length").cloned()),
                _ => Err(Stop::Wrong),
            }
        })?;
        if let Some(Object::Reference(number)) = length
            && matches!(self.places.get(number as usize), Some(Place::Packed { .. }))
        {
            return Err(CleanError::Unclear);
        }
        let (_, object, data) = self.indirect(at)?;
        let (Object::Dict(dict), Some(data)) = (object, data) else { return Err(CleanError::Unclear) };
        let filters = dict.get(b"Filter").map_or(Some(Vec::new()), Object::names).ok_or(CleanError::Unclear)?;
        let packed = self.data(data)?;
        let mut bytes = Vec::new();
        match filters.as_slice() {
            [] => packed.take(most + 1).read_to_end(&mut bytes)?,
            [b"FlateDecode"] => {
                ZlibDecoder::new(packed).take(most + 1).read_to_end(&mut bytes).map_err(|_| CleanError::Unclear)?
            }
            _ => return Err(CleanError::Unclear),
        };
        if bytes.len() as u64 > most {
            return Err(CleanError::Unclear);
        }
        self.work(bytes.len() as u64)?;
        let bytes = unpredict(&dict, bytes)?;
        Ok((dict, bytes))
    }

    fn start_of_places(&mut self) -> Result<u64, CleanError> {
        let from = self.length.saturating_sub(TAIL_BYTES);
        self.input.seek(SeekFrom::Start(from))?;
        let mut tail = Vec::new();
        (&mut *self.input).take(TAIL_BYTES).read_to_end(&mut tail)?;
        const WORD: &[u8] = b"startxref";
        let at = tail.windows(WORD.len()).rposition(|window| window == WORD).ok_or(CleanError::Unclear)?;
        Parser::new(&tail[at + WORD.len()..], true).integer().map_err(|_| CleanError::Unclear)
    }

    /// One table or stream of places; returns what stands with it.
    fn section(&mut self, at: u64) -> Result<Dict, CleanError> {
        let is_table = self.window(at, 64, |parser| parser.is_next(b"xref"))?;
        if !is_table {
            return self.section_stream(at);
        }
        let (found, trailer) = self.window(at, LONGEST_TABLE_BYTES, read_table)?;
        for (number, place) in found {
            self.place(number, place)?;
        }
        Ok(trailer)
    }

    fn section_stream(&mut self, at: u64) -> Result<Dict, CleanError> {
        let (dict, bytes) = self.plain_stream(at, LARGEST_PACK_BYTES)?;
        let numbers = |key: &[u8]| match dict.get(key) {
            Some(Object::Array(numbers)) => numbers.iter().map(Object::integer).collect::<Option<Vec<u64>>>(),
            _ => None,
        };
        let widths = numbers(b"W").filter(|widths| widths.len() == 3 && widths.iter().all(|width| *width <= 8));
        let widths = widths.ok_or(CleanError::Unclear)?;
        let size = dict.integer(b"Size").ok_or(CleanError::Unclear)?;
        let index = numbers(b"Index").unwrap_or_else(|| vec![0, size]);
        let row = usize::try_from(widths.iter().sum::<u64>()).map_err(|_| CleanError::Unclear)?;
        if dict.name(b"Type") != Some(b"XRef") || row == 0 {
            return Err(CleanError::Unclear);
        }
        let mut rows = bytes.chunks_exact(row);
        for part in index.chunks_exact(2) {
            for number in part[0]..part[0].saturating_add(part[1]) {
                let Some(row) = rows.next() else { return Ok(dict) };
                self.place(number, place_of(row, &widths)?)?;
            }
        }
        Ok(dict)
    }

    /// What was said first counts: later saves come first.
    fn place(&mut self, number: u64, place: Option<Place>) -> Result<(), CleanError> {
        let number = usize::try_from(number).ok().filter(|number| *number < MOST_OBJECTS).ok_or(CleanError::Unclear)?;
        if self.places.len() <= number {
            self.places.resize(number + 1, Place::Nowhere);
            self.known.resize(number + 1, false);
        }
        if !self.known[number] {
            self.known[number] = true;
            self.places[number] = place.unwrap_or(Place::Nowhere);
        }
        Ok(())
    }
}

type Placed = Vec<(u64, Option<Place>)>;

/// `xref`, runs of places of twenty bytes, `trailer` and a dictionary.
fn read_table(parser: &mut Parser<'_>) -> Result<(Placed, Dict), Stop> {
    parser.keyword(b"xref")?;
    let mut found = Vec::new();
    while !parser.is_next(b"trailer")? {
        let (mut first, count) = (parser.integer()?, parser.integer()?);
        for row in 0..count {
            let (at, generation) = (parser.integer()?, parser.integer()?);
            let is_used = parser.is_next(b"n")?;
            if !is_used {
                parser.keyword(b"f")?;
            }
            // Some programs count from one what begins with nothing.
            if row == 0 && first == 1 && !is_used && at == 0 && generation == 65_535 {
                first = 0;
            }
            if found.len() >= MOST_OBJECTS {
                return Err(Stop::Wrong);
            }
            let at = u32::try_from(at).map_err(|_| Stop::Wrong)?;
            let place = (is_used && at > 0).then_some(Place::At(at));
            found.push((first.checked_add(row).ok_or(Stop::Wrong)?, place));
        }
    }
    match parser.object()? {
        Object::Dict(trailer) => Ok((found, trailer)),
        _ => Err(Stop::Wrong),
    }
}

fn place_of(row: &[u8], widths: &[u64]) -> Result<Option<Place>, CleanError> {
    let mut at = 0;
    let fields: Vec<u64> = widths
        .iter()
        .map(|width| {
            let end = at + usize::try_from(*width).unwrap_or(0);
            let number = row[at..end].iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
            at = end;
            number
        })
        .collect();
    // No kind stands for "in use".
    let kind = if widths[0] == 0 { 1 } else { fields[0] };
    let small = |number: u64| u32::try_from(number).map_err(|_| CleanError::Unclear);
    match kind {
        1 => Ok(Some(Place::At(small(fields[1])?))),
        2 => Ok(Some(Place::Packed { pack: small(fields[1])?, index: small(fields[2])? })),
        _ => Ok(None),
    }
}

/// Undoes the filters of PNG, with which places are packed smaller (7.4.4.4).
fn unpredict(dict: &Dict, bytes: Vec<u8>) -> Result<Vec<u8>, CleanError> {
    let parameters = match dict.get(b"DecodeParms") {
        Some(Object::Dict(parameters)) => parameters,
        Some(Object::Array(list)) => match list.first() {
            Some(Object::Dict(parameters)) => parameters,
            _ => return Ok(bytes),
        },
        None | Some(Object::Null) => return Ok(bytes),
        Some(_) => return Err(CleanError::Unclear),
    };
    let number = |key: &[u8], usual: u64| parameters.get(key).map_or(Some(usual), Object::integer).ok_or(CleanError::Unclear);
    if number(b"Predictor", 1)? == 1 {
        return Ok(bytes);
    }
    let columns = usize::try_from(number(b"Columns", 1)?).ok().filter(|columns| (1..=64).contains(columns));
    let columns = columns.ok_or(CleanError::Unclear)?;
    if number(b"Predictor", 1)? < 10 || number(b"Colors", 1)? != 1 || number(b"BitsPerComponent", 8)? != 8 {
        return Err(CleanError::Unclear);
    }
    let (mut plain, mut above) = (Vec::with_capacity(bytes.len()), vec![0_u8; columns]);
    for row in bytes.chunks_exact(columns + 1) {
        let mut left = 0_u8;
        let mut above_left = 0_u8;
        for (column, byte) in row[1..].iter().enumerate() {
            let up = above[column];
            let guess = match row[0] {
                0 => 0,
                1 => left,
                2 => up,
                3 => u8::midpoint(left, up),
                4 => paeth(left, up, above_left),
                _ => return Err(CleanError::Unclear),
            };
            left = byte.wrapping_add(guess);
            above_left = up;
            above[column] = left;
            plain.push(left);
        }
    }
    Ok(plain)
}

fn paeth(left: u8, up: u8, above_left: u8) -> u8 {
    let guess = i16::from(left) + i16::from(up) - i16::from(above_left);
    let far = |from: u8| (guess - i16::from(from)).abs();
    if far(left) <= far(up) && far(left) <= far(above_left) {
        left
    } else if far(up) <= far(above_left) {
        up
    } else {
        above_left
    }
}
