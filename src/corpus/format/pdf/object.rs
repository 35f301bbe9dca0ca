//! The objects of a PDF file (ISO 32000-2, section 7): found where they stand in the file, one after another.
//!
//! Tables of where objects are say nothing here: a file is read from its beginning to its end, and of two objects with one number
//! the later counts, as where a file was changed. So no chain of tables, no loop among them and no wrong length costs more than
//! one pass, and a damaged file is read like any other.

use flate2::bufread::ZlibDecoder;
use std::cell::Cell;
use std::collections::HashMap;
use std::io::Read as _;

/// Values in one another.
const MAX_DEPTH: usize = 64;
/// Objects of one file.
const MAX_OBJECTS: usize = 1_000_000;
/// What all streams that are looked into may inflate to, in bytes.
const MAX_INFLATED: usize = 96 << 20;
/// What may be looked at to find objects again and again, in bytes.
const MAX_WORK: usize = 256 << 20;
/// What one of them may.
const MAX_STREAM: usize = 32 << 20;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Object {
    Null,
    Bool(bool),
    Number(f64),
    Name(String),
    Text(Vec<u8>),
    List(Vec<Object>),
    Dict(HashMap<String, Object>),
    Reference(u32),
    /// An operator of a page's content, or a word that means nothing.
    Word(Vec<u8>),
}

impl Object {
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }
}

/// Reads values one after another.
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b'%' => {
                    while self
                        .peek()
                        .is_some_and(|byte| !matches!(byte, b'\n' | b'\r'))
                    {
                        self.at += 1;
                    }
                }
                _ if is_space(byte) => self.at += 1,
                _ => break,
            }
        }
    }

    /// The next value; `None` at the end.
    pub(super) fn next(&mut self) -> Option<Object> {
        self.value(0)
    }

    fn value(&mut self, depth: usize) -> Option<Object> {
        self.skip_space();
        let rest = &self.bytes[self.at.min(self.bytes.len())..];
        let first = *rest.first()?;
        match first {
            b'/' => {
                self.at += 1;
                Some(Object::Name(self.name()))
            }
            b'(' => {
                self.at += 1;
                Some(Object::Text(self.literal()))
            }
            b'<' if rest.starts_with(b"<<") => {
                self.at += 2;
                Some(self.dict(depth + 1))
            }
            b'<' => {
                self.at += 1;
                Some(Object::Text(self.hexadecimal()))
            }
            b'[' => {
                self.at += 1;
                let mut list = Vec::new();
                loop {
                    self.skip_space();
                    match self.peek() {
                        None => break,
                        Some(b']') => {
                            self.at += 1;
                            break;
                        }
                        _ if depth >= MAX_DEPTH => {
                            self.at = self.bytes.len();
                            break;
                        }
                        _ => list.push(self.value(depth + 1)?),
                    }
                }
                Some(Object::List(list))
            }
            b'>' | b')' | b']' | b'{' | b'}' => {
                self.at += if rest.starts_with(b">>") { 2 } else { 1 };
                Some(Object::Word(vec![first]))
            }
            _ => Some(self.word()),
        }
    }

    fn word(&mut self) -> Object {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|byte| !is_space(byte) && !is_delimiter(byte))
        {
            self.at += 1;
        }
        let word = &self.bytes[start..self.at];
        match word {
            b"true" => return Object::Bool(true),
            b"false" => return Object::Bool(false),
            b"null" => return Object::Null,
            _ => {}
        }
        let Some(number) = number(word) else {
            return Object::Word(word[..word.len().min(32)].to_vec());
        };
        // `12 0 R`
        if number >= 0.0 && number.fract() == 0.0 && number <= f64::from(u32::MAX) {
            let before = self.at;
            if self.rest_of_reference().is_some() {
                // Within the bounds that were just looked at.
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                return Object::Reference(number as u32);
            }
            self.at = before;
        }
        Object::Number(number)
    }

    fn rest_of_reference(&mut self) -> Option<()> {
        self.skip_space();
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if start == self.at || self.at - start > 5 {
            return None;
        }
        self.skip_space();
        if self.peek()? != b'R' {
            return None;
        }
        self.at += 1;
        self.peek()
            .is_none_or(|byte| is_space(byte) || is_delimiter(byte))
            .then_some(())
    }

    fn name(&mut self) -> String {
        let mut name = Vec::new();
        while let Some(byte) = self
            .peek()
            .filter(|byte| !is_space(*byte) && !is_delimiter(*byte))
        {
            self.at += 1;
            let hex = self
                .bytes
                .get(self.at..self.at + 2)
                .filter(|_| byte == b'#');
            match hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()) {
                Some(escaped) => {
                    self.at += 2;
                    name.push(escaped);
                }
                None => name.push(byte),
            }
        }
        String::from_utf8_lossy(&name).into_owned()
    }

    fn literal(&mut self) -> Vec<u8> {
        let mut text = Vec::new();
        let mut depth = 1;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => depth += 1,
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                b'\\' => {
                    let Some(next) = self.peek() else { break };
                    self.at += 1;
                    match next {
                        b'n' => text.push(b'\n'),
                        b'r' => text.push(b'\r'),
                        b't' => text.push(b'\t'),
                        b'b' | b'f' => {}
                        b'\r' => {
                            if self.peek() == Some(b'\n') {
                                self.at += 1;
                            }
                        }
                        b'\n' => {}
                        b'0'..=b'7' => {
                            let mut code = u32::from(next - b'0');
                            for _ in 0..2 {
                                let Some(digit @ b'0'..=b'7') = self.peek() else {
                                    break;
                                };
                                self.at += 1;
                                code = code * 8 + u32::from(digit - b'0');
                            }
                            text.push(u8::try_from(code & 0xff).unwrap_or(0));
                        }
                        other => text.push(other),
                    }
                    continue;
                }
                _ => {}
            }
            text.push(byte);
        }
        text
    }

    fn hexadecimal(&mut self) -> Vec<u8> {
        let mut text = Vec::new();
        let mut half: Option<u8> = None;
        while let Some(byte) = self.peek() {
            self.at += 1;
            if byte == b'>' {
                break;
            }
            let Some(digit) = char::from(byte)
                .to_digit(16)
                .and_then(|it| u8::try_from(it).ok())
            else {
                continue;
            };
            match half.take() {
                None => half = Some(digit),
                Some(first) => text.push(first * 16 + digit),
            }
        }
        text.extend(half.map(|first| first * 16));
        text
    }

    fn dict(&mut self, depth: usize) -> Object {
        let mut dict = HashMap::new();
        if depth > MAX_DEPTH {
            self.at = self.bytes.len();
            return Object::Dict(dict);
        }
        loop {
            self.skip_space();
            match self.peek() {
                None => break,
                Some(b'>') => {
                    self.at += 2;
                    break;
                }
                Some(b'/') => {
                    self.at += 1;
                    let name = self.name();
                    self.skip_space();
                    if self.peek() == Some(b'>') && self.bytes.get(self.at + 1) == Some(&b'>') {
                        continue;
                    }
                    let Some(value) = self.value(depth) else {
                        break;
                    };
                    dict.insert(name, value);
                }
                // Damaged: what is no name says nothing.
                Some(_) => {
                    if self.value(depth).is_none() {
                        break;
                    }
                }
            }
        }
        self.at = self.at.min(self.bytes.len());
        Object::Dict(dict)
    }

    /// Passes over the data of a picture that stands in the content itself.
    pub(super) fn skip_inline_image(&mut self) {
        let rest = &self.bytes[self.at..];
        let end = rest
            .windows(4)
            .position(|it| is_space(it[0]) && &it[1..3] == b"EI" && is_space(it[3]));
        self.at += end.map_or(rest.len(), |end| end + 3);
    }
}

fn number(word: &[u8]) -> Option<f64> {
    if word.is_empty()
        || word.len() > 40
        || !word
            .iter()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'))
    {
        return None;
    }
    let text = std::str::from_utf8(word).ok()?;
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_delimiter(byte: u8) -> bool {
    matches!(
        byte,
        b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
    )
}

/// Where an object is.
#[derive(Debug, Clone, Copy)]
enum Place {
    InFile(usize),
    /// In a stream of objects, by its number among those that were inflated.
    InStream(usize, usize),
}

/// A file, with the places of its objects.
pub(super) struct File<'a> {
    bytes: &'a [u8],
    places: HashMap<u32, Place>,
    streams: Vec<Vec<u8>>,
    left: Cell<usize>,
    work: Cell<usize>,
    pub(super) trailers: Vec<HashMap<String, Object>>,
}

impl<'a> File<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, &'static str> {
        let mut file = Self {
            bytes,
            places: HashMap::new(),
            streams: Vec::new(),
            left: Cell::new(MAX_INFLATED),
            work: Cell::new(MAX_WORK),
            trailers: Vec::new(),
        };
        file.find_objects();
        if file
            .trailers
            .iter()
            .any(|trailer| trailer.contains_key("Encrypt"))
        {
            return Err("it is encrypted");
        }
        Ok(file)
    }

    fn find_objects(&mut self) {
        let mut packed = Vec::new();
        let mut at = 0;
        while let Some(found) = find(&self.bytes[at..], b"obj").map(|found| at + found) {
            at = found + 3;
            let Some(number) = number_before(self.bytes, found) else {
                continue;
            };
            if self.places.len() >= MAX_OBJECTS {
                break;
            }
            self.places.insert(number, Place::InFile(at));
            let head = &self.bytes[at..(at + 400).min(self.bytes.len())];
            if find(head, b"ObjStm").is_some() || find(head, b"XRef").is_some() {
                packed.push(at);
            }
        }
        let mut at = 0;
        while let Some(found) = find(&self.bytes[at..], b"trailer").map(|found| at + found) {
            at = found + 7;
            if let Some(Object::Dict(trailer)) = Lexer::new(self.bytes, at).next()
                && self.trailers.len() < 64
            {
                self.trailers.push(trailer);
            }
        }
        for at in packed {
            self.unpack(at);
        }
    }

    /// Objects in a stream (7.5.7), and trailers that are streams (7.5.8).
    fn unpack(&mut self, at: usize) {
        let mut lexer = Lexer::new(self.bytes, at);
        let Some(Object::Dict(dict)) = lexer.next() else {
            return;
        };
        match dict.get("Type").and_then(Object::name) {
            Some("XRef") if self.trailers.len() < 64 => self.trailers.push(dict),
            Some("ObjStm") => {
                let Some(data) = self.data(&dict, lexer.at) else {
                    return;
                };
                let count = |key: &str| dict.get(key).and_then(Object::number).unwrap_or(0.0);
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let (number, first) = (
                    count("N").clamp(0.0, 1e6) as usize,
                    count("First").clamp(0.0, 1e9) as usize,
                );
                let stream = self.streams.len();
                let mut index = Lexer::new(&data[..first.min(data.len())], 0);
                for _ in 0..number {
                    let (Some(Object::Number(object)), Some(Object::Number(offset))) =
                        (index.next(), index.next())
                    else {
                        break;
                    };
                    if self.places.len() >= MAX_OBJECTS || object < 0.0 || offset < 0.0 {
                        break;
                    }
                    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                    let (object, offset) = (object as u32, offset as usize);
                    self.places
                        .insert(object, Place::InStream(stream, first + offset));
                }
                self.streams.push(data);
            }
            _ => {}
        }
    }

    fn object(&self, number: u32) -> Option<(Object, usize)> {
        let (bytes, at) = match *self.places.get(&number)? {
            Place::InFile(at) => (self.bytes, at),
            Place::InStream(stream, at) => (self.streams[stream].as_slice(), at),
        };
        if at >= bytes.len() {
            return None;
        }
        let mut lexer = Lexer::new(bytes, at);
        let object = lexer.next()?;
        self.work
            .set(self.work.get().checked_sub(64 + lexer.at - at)?);
        Some((object, lexer.at))
    }

    /// What a reference leads to; other values are themselves.
    pub(super) fn resolve(&self, object: &Object) -> Object {
        let mut here = object.clone();
        for _ in 0..16 {
            let Object::Reference(number) = here else {
                return here;
            };
            here = self
                .object(number)
                .map_or(Object::Null, |(object, _)| object);
        }
        Object::Null
    }

    pub(super) fn key(&self, dict: &HashMap<String, Object>, key: &str) -> Object {
        dict.get(key)
            .map_or(Object::Null, |value| self.resolve(value))
    }

    pub(super) fn dict(&self, object: &Object) -> Option<HashMap<String, Object>> {
        match self.resolve(object) {
            Object::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    pub(super) fn dict_of(
        &self,
        dict: &HashMap<String, Object>,
        key: &str,
    ) -> Option<HashMap<String, Object>> {
        self.dict(dict.get(key)?)
    }

    /// The data of a stream; `None` where there is none, or none that is read.
    pub(super) fn stream(&self, object: &Object) -> Option<(HashMap<String, Object>, Vec<u8>)> {
        let Object::Reference(number) = object else {
            return None;
        };
        // Streams are never in streams.
        let Place::InFile(_) = self.places.get(number)? else {
            return None;
        };
        let (Object::Dict(dict), end) = self.object(*number)? else {
            return None;
        };
        let data = self.data(&dict, end)?;
        Some((dict, data))
    }

    fn data(&self, dict: &HashMap<String, Object>, end: usize) -> Option<Vec<u8>> {
        if self.left.get() == 0 {
            return None;
        }
        let window = &self.bytes[end.min(self.bytes.len())..(end + 64).min(self.bytes.len())];
        let start = end + find(window, b"stream")? + 6;
        let start = match self.bytes.get(start..start + 2) {
            Some(b"\r\n") => start + 2,
            _ => start + 1,
        };
        let rest = self.bytes.get(start..)?;
        let given = self
            .key(dict, "Length")
            .number()
            .filter(|length| *length >= 0.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let given = given.map(|length| length as usize).filter(|length| {
            let after = rest.get(*length..(*length + 16).min(rest.len()));
            after.is_some_and(|after| {
                find(after, b"endstream").is_some() || find(after, b"endstr").is_some()
            })
        });
        let raw = &rest[..given
            .or_else(|| find(rest, b"endstream"))
            .unwrap_or(rest.len())];
        let filters = match self.key(dict, "Filter") {
            Object::Name(name) => vec![name],
            Object::List(names) => names
                .iter()
                .filter_map(|it| self.resolve(it).name().map(str::to_owned))
                .collect(),
            _ => Vec::new(),
        };
        if filters.len() > 4 {
            return None;
        }
        let mut data = self.take(raw.to_vec())?;
        for filter in filters {
            data = match filter.as_str() {
                "FlateDecode" | "Fl" => self.inflated(&data)?,
                "ASCIIHexDecode" | "AHx" => Lexer::new(&data, 0).hexadecimal(),
                "ASCII85Decode" | "A85" => ascii85(&data),
                _ => return None,
            };
        }
        Some(data)
    }

    fn take(&self, data: Vec<u8>) -> Option<Vec<u8>> {
        let left = self.left.get().checked_sub(data.len());
        self.left.set(left.unwrap_or(0));
        left.map(|_| data)
    }

    /// What can be read of it: the end of a stream is often damaged.
    fn inflated(&self, data: &[u8]) -> Option<Vec<u8>> {
        let most = MAX_STREAM.min(self.left.get());
        let mut out = Vec::new();
        let read = ZlibDecoder::new(data)
            .take(most as u64 + 1)
            .read_to_end(&mut out);
        if out.len() > most || (read.is_err() && out.is_empty()) {
            self.left.set(self.left.get().saturating_sub(out.len()));
            return None;
        }
        self.take(out)
    }
}

fn ascii85(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut group = Vec::with_capacity(5);
    for byte in data {
        match byte {
            b'z' if group.is_empty() => out.extend([0; 4]),
            b'!'..=b'u' => {
                group.push(byte - b'!');
                if group.len() == 5 {
                    decode85(&mut out, &group, 4);
                    group.clear();
                }
            }
            b'~' => break,
            _ => {}
        }
    }
    if group.len() > 1 {
        let length = group.len() - 1;
        group.resize(5, 84);
        decode85(&mut out, &group, length);
    }
    out
}

fn decode85(out: &mut Vec<u8>, group: &[u8], length: usize) {
    let value = group.iter().fold(0u32, |value, digit| {
        value.wrapping_mul(85).wrapping_add(u32::from(*digit))
    });
    out.extend(&value.to_be_bytes()[..length]);
}

/// `12 0 ` before `obj`.
fn number_before(bytes: &[u8], at: usize) -> Option<u32> {
    let before = &bytes[at.saturating_sub(24)..at];
    let mut words = before
        .rsplit(|byte| is_space(*byte))
        .filter(|word| !word.is_empty());
    if !before
        .last()
        .is_some_and(|byte| is_space(*byte) || byte.is_ascii_digit())
    {
        return None;
    }
    let (generation, number) = (words.next()?, words.next()?);
    let digits = |word: &[u8]| {
        let start = word
            .iter()
            .rposition(|byte| !byte.is_ascii_digit())
            .map_or(0, |at| at + 1);
        std::str::from_utf8(&word[start..])
            .ok()?
            .parse::<u32>()
            .ok()
    };
    digits(generation)?;
    digits(number)
}

pub(super) fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|byte| *byte == first) {
        at += found;
        if bytes[at..].starts_with(wanted) {
            return Some(at);
        }
        at += 1;
    }
    None
}
