//! The fonts of a PDF file: which characters its codes stand for (ISO 32000-2, section 9.10), and how wide they are.

use super::object::{File, Lexer, Object};
use encoding_rs::{MACINTOSH, WINDOWS_1252};
use std::collections::HashMap;

/// Codes of one font.
const MAX_CODES: usize = 65_536;

pub(super) struct Font {
    /// Bytes of a code.
    width: usize,
    unicode: HashMap<u32, String>,
    /// For codes that the font does not name: those of a simple font.
    fallback: Option<&'static encoding_rs::Encoding>,
    widths: HashMap<u32, f64>,
    default_width: f64,
    pub(super) is_code: bool,
}

impl Font {
    pub(super) fn read(file: &File<'_>, dict: &HashMap<String, Object>) -> Self {
        let is_composite = dict.get("Subtype").and_then(Object::name) == Some("Type0");
        let name = file.key(dict, "BaseFont");
        let name = name.name().unwrap_or("").to_ascii_lowercase();
        let is_code = [
            "courier",
            "mono",
            "consol",
            "menlo",
            "cmtt",
            "typewriter",
            "sourcecode",
        ]
        .iter()
        .any(|part| name.contains(part));
        let mut font = Self {
            width: if is_composite { 2 } else { 1 },
            unicode: HashMap::new(),
            fallback: None,
            widths: HashMap::new(),
            default_width: if is_composite { 1_000.0 } else { 500.0 },
            is_code,
        };
        if is_composite {
            font.composite_widths(file, dict);
        } else {
            font.encoding(file, dict);
            font.simple_widths(file, dict);
        }
        if let Some((_, map)) = dict.get("ToUnicode").and_then(|map| file.stream(map)) {
            font.read_unicode_map(&map);
        }
        font
    }

    fn simple_widths(&mut self, file: &File<'_>, dict: &HashMap<String, Object>) {
        let first = file.key(dict, "FirstChar").number().unwrap_or(0.0);
        if let Object::List(widths) = file.key(dict, "Widths") {
            for (at, width) in widths.iter().take(256).enumerate() {
                if let (Some(code), Some(width)) = (code_of(first), file.resolve(width).number()) {
                    self.widths
                        .insert(code + u32::try_from(at).unwrap_or(0), width);
                }
            }
        }
        if self.is_code {
            self.default_width = 600.0;
        }
    }

    fn composite_widths(&mut self, file: &File<'_>, dict: &HashMap<String, Object>) {
        let Object::List(descendants) = file.key(dict, "DescendantFonts") else {
            return;
        };
        let Some(descendant) = descendants.first().and_then(|it| file.dict(it)) else {
            return;
        };
        if let Some(width) = file.key(&descendant, "DW").number() {
            self.default_width = width;
        }
        let Object::List(widths) = file.key(&descendant, "W") else {
            return;
        };
        let mut values = widths.iter();
        while let Some(first) = values.next().and_then(Object::number).and_then(code_of) {
            match values.next().map(|value| file.resolve(value)) {
                Some(Object::List(list)) => {
                    for (at, width) in list.iter().enumerate() {
                        if self.widths.len() >= MAX_CODES {
                            return;
                        }
                        if let Some(width) = width.number() {
                            self.widths.insert(
                                first.saturating_add(u32::try_from(at).unwrap_or(0)),
                                width,
                            );
                        }
                    }
                }
                Some(Object::Number(last)) => {
                    let width = values
                        .next()
                        .and_then(Object::number)
                        .unwrap_or(self.default_width);
                    let last = code_of(last)
                        .unwrap_or(first)
                        .min(first.saturating_add(65_535));
                    for code in first..=last {
                        if self.widths.len() >= MAX_CODES {
                            return;
                        }
                        self.widths.insert(code, width);
                    }
                }
                _ => return,
            }
        }
    }

    fn encoding(&mut self, file: &File<'_>, dict: &HashMap<String, Object>) {
        let encoding = file.key(dict, "Encoding");
        let base = match &encoding {
            Object::Dict(encoding) => file.key(encoding, "BaseEncoding"),
            other => other.clone(),
        };
        self.fallback = Some(match base.name() {
            Some("MacRomanEncoding") => MACINTOSH,
            _ => WINDOWS_1252,
        });
        if let Object::Dict(encoding) = &encoding
            && let Object::List(differences) = file.key(encoding, "Differences")
        {
            let mut code = 0u32;
            for difference in differences.iter().take(1_024) {
                match difference {
                    Object::Number(number) => code = code_of(*number).unwrap_or(0),
                    Object::Name(name) => {
                        if let Some(text) = glyph(name) {
                            self.unicode.insert(code, text);
                        }
                        code = code.saturating_add(1);
                    }
                    _ => {}
                }
            }
        }
    }

    /// `beginbfchar` and `beginbfrange` of a CMap.
    fn read_unicode_map(&mut self, map: &[u8]) {
        let mut lexer = Lexer::new(map, 0);
        let mut values: Vec<Object> = Vec::new();
        while let Some(object) = lexer.next() {
            match object {
                Object::Word(word) => {
                    match word.as_slice() {
                        b"endbfchar" => {
                            for pair in values.chunks_exact(2) {
                                if let [Object::Text(code), Object::Text(text)] = pair {
                                    self.name(number_of(code), utf16(text));
                                }
                            }
                        }
                        b"endbfrange" => {
                            for range in values.chunks_exact(3) {
                                self.range(range);
                            }
                        }
                        _ => {}
                    }
                    values.clear();
                }
                object if values.len() < 3 * MAX_CODES => values.push(object),
                _ => {}
            }
        }
    }

    fn range(&mut self, range: &[Object]) {
        let [Object::Text(first), Object::Text(last), to] = range else {
            return;
        };
        let (first, last) = (number_of(first), number_of(last));
        let last = last.min(first.saturating_add(65_535));
        match to {
            Object::Text(text) => {
                let mut units: Vec<u16> = units(text);
                for code in first..=last {
                    if self.unicode.len() >= MAX_CODES {
                        return;
                    }
                    self.name(code, String::from_utf16_lossy(&units));
                    if let Some(unit) = units.last_mut() {
                        *unit = unit.wrapping_add(1);
                    }
                }
            }
            Object::List(texts) => {
                for (code, text) in (first..=last).zip(texts) {
                    if let Object::Text(text) = text {
                        self.name(code, utf16(text));
                    }
                }
            }
            _ => {}
        }
    }

    fn name(&mut self, code: u32, text: String) {
        if self.unicode.len() < MAX_CODES && text.len() <= 64 && !text.contains('\0') {
            self.unicode.insert(code, text);
        }
    }

    /// Each code of a text: its characters, its width in thousandths of its size, and whether it is a space of one byte.
    pub(super) fn codes<'a>(
        &'a self,
        text: &'a [u8],
    ) -> impl Iterator<Item = (String, f64, bool)> + 'a {
        text.chunks(self.width).map(move |code| {
            let number = number_of(code);
            let width = self
                .widths
                .get(&number)
                .copied()
                .unwrap_or(self.default_width);
            let characters = match self.unicode.get(&number) {
                Some(text) => text.clone(),
                None => self.fallback.map_or_else(String::new, |fallback| {
                    let (text, _) = fallback.decode_without_bom_handling(code);
                    text.into_owned()
                }),
            };
            (characters, width, code == b" ")
        })
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn code_of(number: f64) -> Option<u32> {
    (0.0..=1e6).contains(&number).then_some(number as u32)
}

fn number_of(code: &[u8]) -> u32 {
    code.iter()
        .take(4)
        .fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn units(text: &[u8]) -> Vec<u16> {
    text.chunks_exact(2)
        .take(32)
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
        .collect()
}

fn utf16(text: &[u8]) -> String {
    String::from_utf16_lossy(&units(text))
}

/// A text of the document itself, such as a title: UTF-16 or UTF-8 with a mark, else what is nearly Latin-1.
pub(super) fn text_string(text: &[u8]) -> String {
    if let Some(rest) = text.strip_prefix(b"\xfe\xff") {
        let units: Vec<u16> = rest
            .chunks_exact(2)
            .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
            .collect();
        return String::from_utf16_lossy(&units);
    }
    if let Some(rest) = text.strip_prefix(b"\xef\xbb\xbf") {
        return String::from_utf8_lossy(rest).into_owned();
    }
    WINDOWS_1252
        .decode_without_bom_handling(text)
        .0
        .into_owned()
}

/// The character of a glyph, by the names of the Adobe Glyph List that texts use.
fn glyph(name: &str) -> Option<String> {
    const NAMES: &str = "space   exclam ! quotedbl \" numbersign # dollar $ percent % ampersand & quotesingle ' quoteright \u{2019} quoteleft \u{2018} \
        parenleft ( parenright ) asterisk * plus + comma , hyphen - minus \u{2212} period . slash / zero 0 one 1 two 2 three 3 four 4 five 5 six 6 seven 7 eight 8 \
        nine 9 colon : semicolon ; less < equal = greater > question ? at @ bracketleft [ backslash \\ bracketright ] asciicircum ^ underscore _ grave ` \
        braceleft { bar | braceright } asciitilde ~ bullet \u{2022} endash \u{2013} emdash \u{2014} ellipsis \u{2026} quotedblleft \u{201c} quotedblright \u{201d} \
        quotesinglbase \u{201a} quotedblbase \u{201e} guillemotleft \u{ab} guillemotright \u{bb} fi fi fl fl ff ff ffi ffi ffl ffl dotlessi \u{131} germandbls \u{df} \
        ae \u{e6} AE \u{c6} oe \u{153} OE \u{152} oslash \u{f8} Oslash \u{d8} copyright \u{a9} registered \u{ae} trademark \u{2122} degree \u{b0} section \u{a7} \
        paragraph \u{b6} dagger \u{2020} daggerdbl \u{2021} multiply \u{d7} divide \u{f7} plusminus \u{b1} mu \u{b5} Euro \u{20ac} sterling \u{a3} yen \u{a5} \
        cent \u{a2} arrowright \u{2192} arrowleft \u{2190} lessequal \u{2264} greaterequal \u{2265} notequal \u{2260} infinity \u{221e} periodcentered \u{b7} \
        tie \u{2040} asteriskmath * visiblespace \u{2423} nbspace \u{a0}";
    let mut characters = name.chars();
    if let (Some(only), None) = (characters.next(), characters.next()) {
        return Some(only.to_string());
    }
    if name == "space" || name == "visiblespace" {
        return Some(" ".to_owned());
    }
    let mut words = NAMES.split_whitespace().skip(1);
    while let (Some(known), Some(text)) = (words.next(), words.next()) {
        if known == name {
            return Some(text.to_owned());
        }
    }
    let hex = name.strip_prefix("uni").or(name.strip_prefix('u'));
    if let Some(character) = hex
        .and_then(|hex| char::from_u32(u32::from_str_radix(hex.get(..hex.len().min(6))?, 16).ok()?))
    {
        return Some(character.to_string());
    }
    let (base, accent) = name.split_at_checked(1)?;
    let mark = match accent {
        "grave" => '\u{300}',
        "acute" => '\u{301}',
        "circumflex" => '\u{302}',
        "tilde" => '\u{303}',
        "dieresis" => '\u{308}',
        "ring" => '\u{30a}',
        "cedilla" => '\u{327}',
        "caron" => '\u{30c}',
        "macron" => '\u{304}',
        _ => return None,
    };
    use unicode_normalization::UnicodeNormalization as _;
    Some(base.chars().chain([mark]).nfc().collect())
}
