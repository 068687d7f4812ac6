//! The objects of a PDF (ISO 32000-1, 7.3) as read from bytes, and written again. Names are told apart by what they mean, not by
//! how they are written: `/JavaScr#69pt` is `/JavaScript`.

use std::io::{self, Write};

/// A real file nests a handful of times; a reader of hostile ones must not run out of stack.
const DEEPEST: u32 = 32;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Object {
    Null,
    Bool(bool),
    /// As written.
    Number(Box<[u8]>),
    /// Without its slash, escapes resolved.
    Name(Box<[u8]>),
    /// As written, with its brackets.
    Text(Box<[u8]>),
    Array(Vec<Object>),
    Dict(Dict),
    /// By the number of the object.
    Reference(u32),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Dict(pub Vec<(Box<[u8]>, Object)>);

impl Dict {
    pub fn get(&self, key: &[u8]) -> Option<&Object> {
        self.0.iter().find(|(name, _)| **name == *key).map(|(_, value)| value)
    }

    pub fn name(&self, key: &[u8]) -> Option<&[u8]> {
        match self.get(key)? {
            Object::Name(name) => Some(name),
            _ => None,
        }
    }

    pub fn integer(&self, key: &[u8]) -> Option<u64> {
        self.get(key)?.integer()
    }
}

impl Object {
    /// A whole number that is not negative.
    pub fn integer(&self) -> Option<u64> {
        match self {
            Object::Number(digits) => std::str::from_utf8(digits).ok()?.parse().ok(),
            _ => None,
        }
    }

    /// A name alone, or names in a list: how filters are written.
    pub fn names(&self) -> Option<Vec<&[u8]>> {
        match self {
            Object::Null => Some(Vec::new()),
            Object::Name(name) => Some(vec![name]),
            Object::Array(names) => {
                names.iter().map(|name| if let Object::Name(name) = name { Some(&**name) } else { None }).collect()
            }
            _ => None,
        }
    }

    /// Writes it with its references to what `number_of` says; what that does not know is nothing.
    pub fn write(&self, output: &mut impl Write, number_of: &impl Fn(u32) -> Option<u32>) -> io::Result<()> {
        match self {
            Object::Null => output.write_all(b"null"),
            Object::Bool(value) => output.write_all(if *value { b"true" } else { b"false" }),
            Object::Number(bytes) | Object::Text(bytes) => output.write_all(bytes),
            Object::Name(name) => write_name(name, output),
            Object::Array(values) => {
                output.write_all(b"[")?;
                for value in values {
                    value.write(output, number_of)?;
                    output.write_all(b" ")?;
                }
                output.write_all(b"]")
            }
            Object::Dict(dict) => {
                output.write_all(b"<<")?;
                for (key, value) in &dict.0 {
                    write_name(key, output)?;
                    output.write_all(b" ")?;
                    value.write(output, number_of)?;
                    output.write_all(b"\n")?;
                }
                output.write_all(b">>")
            }
            Object::Reference(number) => match number_of(*number) {
                Some(number) => write!(output, "{number} 0 R"),
                None => output.write_all(b"null"),
            },
        }
    }
}

fn write_name(name: &[u8], output: &mut impl Write) -> io::Result<()> {
    output.write_all(b"/")?;
    for byte in name {
        if is_regular(*byte) && (b'!'..=b'~').contains(byte) && *byte != b'#' {
            output.write_all(&[*byte])?;
        } else {
            write!(output, "#{byte:02x}")?;
        }
    }
    Ok(())
}

/// Why reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// More bytes are needed.
    Short,
    /// No more bytes would help.
    Wrong,
}

pub(super) struct Parser<'a> {
    pub bytes: &'a [u8],
    pub at: usize,
    /// Nothing comes behind these bytes.
    pub is_whole: bool,
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !b"()<>[]{}/%".contains(&byte)
}

impl<'a> Parser<'a> {
    pub fn new(bytes: &'a [u8], is_whole: bool) -> Parser<'a> {
        Parser { bytes, at: 0, is_whole }
    }

    fn end(&self) -> Stop {
        if self.is_whole { Stop::Wrong } else { Stop::Short }
    }

    fn peek(&self) -> Result<u8, Stop> {
        self.bytes.get(self.at).copied().ok_or(self.end())
    }

    /// Passes over white space and comments.
    pub fn skip_space(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            if *byte == b'%' {
                let line = self.bytes[self.at..].iter().position(|byte| *byte == 10 || *byte == 13);
                self.at = line.map_or(self.bytes.len(), |length| self.at + length);
            } else if is_space(*byte) {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    /// The next run of regular characters; it may be empty.
    fn word(&mut self) -> Result<&'a [u8], Stop> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|byte| !is_regular(*byte));
        let length = match length {
            Some(length) => length,
            None if self.is_whole => rest.len(),
            None => return Err(Stop::Short),
        };
        self.at += length;
        Ok(&rest[..length])
    }

    /// Passes over a keyword that must be next.
    pub fn keyword(&mut self, keyword: &[u8]) -> Result<(), Stop> {
        self.skip_space();
        if self.word()? == keyword { Ok(()) } else { Err(Stop::Wrong) }
    }

    /// Whether this keyword is next; then it is passed over.
    pub fn is_next(&mut self, keyword: &[u8]) -> Result<bool, Stop> {
        self.skip_space();
        let at = self.at;
        let found = self.word()? == keyword;
        if !found {
            self.at = at;
        }
        Ok(found)
    }

    pub fn integer(&mut self) -> Result<u64, Stop> {
        self.skip_space();
        let word = self.word()?;
        let digits = std::str::from_utf8(word).map_err(|_| Stop::Wrong)?;
        if digits.is_empty() && self.at == self.bytes.len() { Err(self.end()) } else { digits.parse().map_err(|_| Stop::Wrong) }
    }

    pub fn object(&mut self) -> Result<Object, Stop> {
        self.nested(DEEPEST)
    }

    fn nested(&mut self, depth: u32) -> Result<Object, Stop> {
        let deeper = depth.checked_sub(1).ok_or(Stop::Wrong)?;
        self.skip_space();
        match self.peek()? {
            b'/' => Ok(Object::Name(self.name()?)),
            b'(' => self.text(),
            b'<' => {
                let second = *self.bytes.get(self.at + 1).ok_or(self.end())?;
                if second == b'<' { Ok(Object::Dict(self.dict(deeper)?)) } else { self.hexadecimal() }
            }
            b'[' => self.array(deeper),
            b'+' | b'-' | b'.' | b'0'..=b'9' => self.number(),
            _ => match self.word()? {
                b"null" => Ok(Object::Null),
                b"true" => Ok(Object::Bool(true)),
                b"false" => Ok(Object::Bool(false)),
                _ => Err(Stop::Wrong),
            },
        }
    }

    fn name(&mut self) -> Result<Box<[u8]>, Stop> {
        self.at += 1;
        let written = self.word()?;
        if !written.contains(&b'#') {
            return Ok(written.into());
        }
        let (mut name, mut at) = (Vec::with_capacity(written.len()), 0);
        while let Some(byte) = written.get(at) {
            let escaped = written.get(at + 1..at + 3).and_then(|digits| {
                let digits = std::str::from_utf8(digits).ok().filter(|_| *byte == b'#')?;
                u8::from_str_radix(digits, 16).ok()
            });
            name.push(escaped.unwrap_or(*byte));
            at += if escaped.is_some() { 3 } else { 1 };
        }
        Ok(name.into())
    }

    fn text(&mut self) -> Result<Object, Stop> {
        let (start, mut open) = (self.at, 0_usize);
        loop {
            match self.peek()? {
                b'\\' => self.at += 1,
                b'(' => open += 1,
                b')' => open -= 1,
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return Ok(Object::Text(self.bytes[start..self.at].into()));
            }
        }
    }

    fn hexadecimal(&mut self) -> Result<Object, Stop> {
        let start = self.at;
        self.at += 1;
        loop {
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'>' => return Ok(Object::Text(self.bytes[start..self.at].into())),
                _ if byte.is_ascii_hexdigit() || is_space(byte) => {}
                _ => return Err(Stop::Wrong),
            }
        }
    }

    fn array(&mut self, depth: u32) -> Result<Object, Stop> {
        self.at += 1;
        let mut values = Vec::new();
        loop {
            self.skip_space();
            if self.peek()? == b']' {
                self.at += 1;
                return Ok(Object::Array(values));
            }
            values.push(self.nested(depth)?);
        }
    }

    fn dict(&mut self, depth: u32) -> Result<Dict, Stop> {
        self.at += 2;
        let mut dict = Dict::default();
        loop {
            self.skip_space();
            match self.peek()? {
                b'>' => {
                    let second = *self.bytes.get(self.at + 1).ok_or(self.end())?;
                    self.at += 2;
                    return if second == b'>' { Ok(dict) } else { Err(Stop::Wrong) };
                }
                b'/' => {
                    let name = self.name()?;
                    dict.0.push((name, self.nested(depth)?));
                }
                _ => return Err(Stop::Wrong),
            }
        }
    }

    /// A number, or a reference: `12 0 R`.
    fn number(&mut self) -> Result<Object, Stop> {
        let word = self.word()?;
        if !word.iter().all(|byte| byte.is_ascii_digit() || b"+-.".contains(byte)) {
            return Err(Stop::Wrong);
        }
        let here = self.at;
        if let Some(number) = std::str::from_utf8(word).ok().and_then(|digits| digits.parse::<u32>().ok()) {
            self.skip_space();
            let generation = self.word()?;
            let is_generation = !generation.is_empty() && generation.len() <= 5 && generation.iter().all(u8::is_ascii_digit);
            if is_generation && self.is_next(b"R")? {
                return Ok(Object::Reference(number));
            }
            self.at = here;
        }
        Ok(Object::Number(word.into()))
    }
}
