//! Bytes of a file -> text, or the reason why they are none.

use super::document::Skip;
use super::doubt::Doubt;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How far into a file a declaration of its encoding is looked for: what HTML prescribes.
const DECLARATION_WINDOW: usize = 1024;

/// How much of a file is looked at to guess its encoding.
const DETECTION_WINDOW: usize = 256 << 10;
/// Fewer bad bytes in what says that it is UTF-8 do not make it something else.
const FEW: usize = 4;

/// Beginnings of files that are not text, whatever their name says.
const MAGIC_NUMBERS: &[&[u8]] = &[
    b"%PDF-",
    b"%!PS",
    b"{\\rtf",
    b"\x1f\x8b",         // gzip
    b"\x1f\x9d",         // compress
    b"BZh",              // bzip2
    b"\xfd7zXZ\0",       // xz
    b"\x28\xb5\x2f\xfd", // zstd
    b"PK\x03\x04",       // zip, and the office formats and e-books built on it
    b"PK\x05\x06",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\x89PNG\r\n\x1a\n",
    b"GIF8",
    b"\xff\xd8\xff", // JPEG
    b"RIFF",
    b"OggS",
    b"ID3",
    b"\x7fELF",
    b"!<arch>\n",
    b"\0asm",
    b"\xca\xfe\xba\xbe",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", // old office formats
    b"SQLite format 3\0",
    b"wOFF",
    b"wOF2",
];

/// Text, and what is not certain of it.
pub(super) type Decoded = (String, Option<Doubt>);

/// Decodes a whole file: by its byte order mark, as the encoding that it declares (HTML `meta`, XML declaration, Emacs or Vim
/// coding line), as UTF-8, or as the encoding that it looks most like. A bad byte costs one character. Newlines become `\n`,
/// a byte order mark goes. `path` tells a web page by its name.
///
/// # Errors
/// [`Skip::Binary`] for what is not text, [`Skip::Undecodable`] for text that makes no sense in any encoding.
pub(super) fn decode(path: &str, bytes: Vec<u8>) -> Result<Decoded, Skip> {
    if MAGIC_NUMBERS.iter().any(|magic| bytes.starts_with(magic)) {
        return Err(Skip::Binary);
    }
    let (text, doubt) = match Encoding::for_bom(&bytes) {
        Some((encoding, mark)) if encoding == UTF_16LE || encoding == UTF_16BE => {
            replaced(encoding, &bytes[mark..])
        }
        Some((_, mark)) => utf8(path, bytes, mark)?,
        None => match utf16(&bytes) {
            Some(encoding) => guessed(encoding, &bytes),
            None => utf8(path, bytes, 0)?,
        },
    };
    let (text, doubt) = without_nul(text, doubt)?;
    Ok((with_unix_newlines(text), doubt))
}

/// UTF-8 after a mark of `mark` bytes; what is not UTF-8 goes by its declaration, or by what it looks like.
fn utf8(path: &str, bytes: Vec<u8>, mark: usize) -> Result<Decoded, Skip> {
    let declared = declared_encoding(&bytes);
    // The one encoding whose text is always also valid UTF-8.
    if mark == 0 && declared == Some(ISO_2022_JP) {
        return Ok(replaced(ISO_2022_JP, &bytes));
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) if mark == 0 && declared.is_none() && is_iso_2022_jp(&text) => {
            return Ok(guessed(ISO_2022_JP, text.as_bytes()));
        }
        Ok(mut text) => {
            text.drain(..mark);
            return Ok((text, None));
        }
        Err(error) => error.into_bytes(),
    };
    if looks_binary(&bytes) {
        return Err(Skip::Binary);
    }
    let bytes = &bytes[mark..];
    let found = Letters::of(bytes);
    let says_utf8 = mark > 0 || declared == Some(UTF_8);
    let is_utf8 = 2 * found.good >= found.bad || says_utf8 && (found.good > 0 || found.bad < FEW);
    let declared = declared.filter(|encoding| *encoding != UTF_8);
    if let Some(encoding) = declared
        && !(is_utf8 && found.good > 2 * found.bad)
    {
        let (text, doubt) = replaced(encoding, bytes);
        if doubt.as_ref().is_none_or(|doubt| doubt.is_slight(&text)) {
            return Ok((text, doubt));
        }
    }
    let (text, doubt) = match is_utf8 {
        true => replaced(UTF_8, bytes),
        false => guessed(looks_like(path, bytes), bytes),
    };
    match doubt.as_ref().is_none_or(|doubt| doubt.leaves_text(&text)) {
        true => Ok((text, doubt)),
        false => Err(Skip::Undecodable {
            declared: declared
                .map_or("an encoding that it declares", Encoding::name)
                .to_owned(),
        }),
    }
}

/// Letters beyond ASCII, and what is none, taken for UTF-8.
struct Letters {
    good: usize,
    bad: usize,
}

impl Letters {
    fn of(bytes: &[u8]) -> Self {
        let mut letters = Self { good: 0, bad: 0 };
        for chunk in bytes.utf8_chunks() {
            letters.good += chunk
                .valid()
                .chars()
                .filter(|letter| !letter.is_ascii())
                .count();
            letters.bad += usize::from(!chunk.invalid().is_empty());
        }
        letters
    }
}

fn replaced(encoding: &'static Encoding, bytes: &[u8]) -> Decoded {
    let (text, has_errors) = encoding.decode_without_bom_handling(bytes);
    let doubt = has_errors.then(|| Doubt::BadBytes {
        encoding: encoding.name().to_owned(),
        count: text.matches(char::REPLACEMENT_CHARACTER).count(),
    });
    (text.into_owned(), doubt)
}

fn guessed(encoding: &'static Encoding, bytes: &[u8]) -> Decoded {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let doubt = Doubt::Guessed {
        encoding: encoding.name().to_owned(),
    };
    (text.into_owned(), Some(doubt))
}

/// What a browser would take the text for.
fn looks_like(path: &str, bytes: &[u8]) -> &'static Encoding {
    // HTML says what a page without a declaration is, and a few bytes tell nothing else.
    let window = &bytes[..bytes.len().min(DETECTION_WINDOW)];
    let foreign = window.iter().filter(|byte| !byte.is_ascii()).count();
    if foreign < 4 && is_web_page(path, bytes) {
        return WINDOWS_1252;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(window, window.len() == bytes.len());
    detector.guess(None, Utf8Detection::Deny)
}

/// UTF-16 without a mark: every other byte of what people write in it with Latin letters is NUL.
fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let (pairs, _) = bytes[..bytes.len().min(4_096)].as_chunks::<2>();
    if pairs.len() < 4 || !bytes.len().is_multiple_of(2) {
        return None;
    }
    let first = pairs.iter().filter(|pair| pair[0] == 0).count();
    let second = pairs.iter().filter(|pair| pair[1] == 0).count();
    let [little, big] =
        [(second, first), (first, second)].map(|(nul, other)| nul * 2 > pairs.len() && other == 0);
    let encoding = match (little, big) {
        (true, false) => UTF_16LE,
        (false, true) => UTF_16BE,
        _ => return None,
    };
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    (!looks_binary(text.as_bytes())).then_some(encoding)
}

/// Japanese mail and old pages: escapes around what is otherwise ASCII.
fn is_iso_2022_jp(text: &str) -> bool {
    let has_escapes = text.is_ascii()
        && (text.contains("\x1b$B") || text.contains("\x1b$@"))
        && text.contains("\x1b(");
    has_escapes
        && ISO_2022_JP
            .decode_without_bom_handling_and_without_replacement(text.as_bytes())
            .is_some()
}

/// A NUL among very much text is a bad byte like others.
fn without_nul(text: String, doubt: Option<Doubt>) -> Result<Decoded, Skip> {
    let count = text.bytes().filter(|byte| *byte == 0).count();
    if count == 0 {
        return Ok((text, doubt));
    }
    if count.saturating_mul(1_000) > text.len() || looks_binary(text.replace('\0', "").as_bytes()) {
        return Err(Skip::Binary);
    }
    let doubt = doubt.unwrap_or_else(|| Doubt::BadBytes {
        encoding: UTF_8.name().to_owned(),
        count,
    });
    Ok((text.replace('\0', "\u{fffd}"), Some(doubt)))
}

/// Control characters that no text of a single-byte or East Asian encoding has.
fn looks_binary(bytes: &[u8]) -> bool {
    let window = &bytes[..bytes.len().min(8192)];
    let controls = window
        .iter()
        .filter(|byte| matches!(byte, 0 | 1..=6 | 14..=26 | 28..=31))
        .count();
    window.contains(&0) || controls * 50 > window.len()
}

fn is_web_page(path: &str, bytes: &[u8]) -> bool {
    if path.ends_with(".html") || path.ends_with(".htm") {
        return true;
    }
    let window = &bytes[..bytes.len().min(DECLARATION_WINDOW)];
    let window = String::from_utf8_lossy(window).to_ascii_lowercase();
    let window = window.trim_start();
    window.starts_with("<!doctype html") || window.contains("<html") || window.contains("<head")
}

/// The encoding that the text's first (for Vim, also last) lines name.
fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(DECLARATION_WINDOW)];
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    if let Some(found) = markup_declaration(&head) {
        return Some(found);
    }
    let tail = &bytes[bytes.len() - bytes.len().min(DECLARATION_WINDOW)..];
    let tail = String::from_utf8_lossy(tail).to_ascii_lowercase();
    let first = head.lines().take(2);
    let last = tail
        .lines()
        .rev()
        .take(5)
        .filter(|line| line.contains("vim:") || line.contains("vi:"));
    first.chain(last).find_map(coding_line)
}

fn markup_declaration(head: &str) -> Option<&'static Encoding> {
    if head.starts_with("<?xml") {
        let declaration = head.split("?>").next().unwrap_or(head);
        if let Some(label) = value_after(declaration, "encoding=") {
            return Encoding::for_label(label.as_bytes());
        }
    }
    let mut rest = head;
    while let Some(at) = rest.find("<meta") {
        rest = &rest[at + 5..];
        let tag = rest.split('>').next().unwrap_or(rest);
        if let Some(label) = value_after(tag, "charset=") {
            let encoding = Encoding::for_label(label.as_bytes())?;
            // A file in which an ASCII declaration can be read is not UTF-16, as HTML says.
            return Some(if encoding == UTF_16LE || encoding == UTF_16BE {
                UTF_8
            } else {
                encoding
            });
        }
    }
    None
}

/// `-*- coding: latin-1 -*-` of Emacs (and Python), `fileencoding=latin1` of Vim.
fn coding_line(line: &str) -> Option<&'static Encoding> {
    let is_emacs = line.contains("-*-");
    let is_vim = line.contains("vim:") || line.contains("vi:");
    if !is_emacs && !is_vim {
        return None;
    }
    let label = value_after(line, "coding:")
        .or_else(|| value_after(line, "coding="))
        .or_else(|| value_after(line, "fenc="))?;
    let label = label.trim_end_matches("-unix").trim_end_matches("-dos");
    Encoding::for_label(label.as_bytes()).or(match label {
        "latin-1" => Some(WINDOWS_1252),
        _ => None,
    })
}

/// The word after `key`, without quotes.
fn value_after<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let value = text[text.find(key)? + key.len()..].trim_start();
    let value = value.trim_start_matches(['"', '\'']);
    let end = value
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')))
        .unwrap_or(value.len());
    (end > 0).then(|| value[..end].trim_end_matches(':'))
}

fn with_unix_newlines(text: String) -> String {
    if !text.as_bytes().contains(&b'\r') {
        return text;
    }
    let mut unix = String::with_capacity(text.len());
    for (number, part) in text.split('\r').enumerate() {
        if number > 0 {
            unix.push('\n');
        }
        let part = if number > 0 {
            part.strip_prefix('\n').unwrap_or(part)
        } else {
            part
        };
        unix.push_str(part);
    }
    unix
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        decode("a.txt", bytes.to_vec()).expect("decodes").0
    }

    fn doubt(bytes: &[u8]) -> String {
        let (_, doubt) = decode("a.txt", bytes.to_vec()).expect("decodes");
        doubt.map_or_else(String::new, |doubt| doubt.to_string())
    }

    #[test]
    fn a_few_bad_bytes_cost_a_few_characters() {
        let bytes = b"# Caf\xc3\xa9, caf\xe9 and Caf\xe9\n";
        assert_eq!(text(bytes), "# Caf\u{e9}, caf\u{fffd} and Caf\u{fffd}\n");
        let bytes = b"# Caf\xc3\xa9 \xc3\xbc\xc3\xa4\xc3\xb6 one\n\xff\xfe \x80\x81 two\n";
        assert!(text(bytes).contains("two"));
    }

    #[test]
    fn utf8_with_and_without_mark() {
        assert_eq!(text("Grüße".as_bytes()), "Grüße");
        assert_eq!(text(b"\xef\xbb\xbfx"), "x");
    }

    #[test]
    fn utf16_by_its_mark() {
        assert_eq!(text(b"\xff\xfeG\0\xfc\0\r\0\n\0"), "Gü\n");
        assert_eq!(text(b"\xfe\xff\0G\0\xfc"), "Gü");
    }

    #[test]
    fn declared_in_html_xml_and_coding_lines() {
        let cases: &[&[u8]] = &[
            b"<html><head><meta charset=\"iso-8859-1\"><p>\xfc",
            b"<head><META http-equiv='Content-Type' content='text/html; charset=latin1'>\xfc",
            b"<?xml version=\"1.0\" encoding='ISO-8859-1'?><p>\xfc</p>",
            b".. -*- coding: latin-1 -*-\n\xfc",
            b"'\\\" -*- coding: iso-8859-1-unix -*-\n\xfc",
            b"\xfc\n# vim: set fileencoding=latin1 :\n",
            b"<!DOCTYPE html><p>\xfc",
        ];
        for case in cases {
            assert!(
                text(case).contains('ü'),
                "{}",
                String::from_utf8_lossy(case)
            );
        }
        let japanese = b"<meta charset=iso-2022-jp>\x1b$B4A\x1b(B";
        assert!(text(japanese).ends_with('漢'));
    }

    #[test]
    fn a_bad_byte_costs_one_character() {
        let mixed = "Good text é and one bad byte \u{0} here, and more: ü.".replace('\u{0}', "#");
        let mut bytes = mixed.clone().into_bytes();
        let at = mixed.find('#').unwrap();
        bytes[at] = 0xe9;
        assert_eq!(text(&bytes), mixed.replace('#', "\u{fffd}"));
        assert_eq!(
            doubt(&bytes),
            "one byte that is not UTF-8 is shown as U+FFFD"
        );
        assert_eq!(
            text(b"<meta charset=utf-8>caf\xe9 and more"),
            "<meta charset=utf-8>caf\u{fffd} and more"
        );
        assert_eq!(text(b"\xef\xbb\xbfx\xffy"), "x\u{fffd}y");
        assert_eq!(
            text(b"-*- coding: euc-jp -*-\n\xff\xff"),
            "-*- coding: euc-jp -*-\n\u{fffd}\u{fffd}"
        );
        let nul = format!("{}\0{}", "many words ".repeat(100), "and more ".repeat(100));
        assert!(text(nul.as_bytes()).contains("words \u{fffd}and"));
    }

    #[test]
    fn encodings_that_nobody_declares() {
        let cases: &[(&str, &str)] = &[
            (
                "windows-1252",
                "Die Größe der Schlüssel ändert sich für Benützer über Nacht. Grüße aus Köln.\n",
            ),
            (
                "Shift_JIS",
                "設定ファイルの読み方を説明します。次の値を書いてください。\n",
            ),
            (
                "EUC-JP",
                "設定ファイルの読み方を説明します。次の値を書いてください。\n",
            ),
            (
                "EUC-KR",
                "설정 파일을 읽는 방법을 설명합니다. 다음 값을 쓰십시오.\n",
            ),
            ("GBK", "本页说明如何读取配置文件，并且设置下列各项的值。\n"),
            ("Big5", "本頁說明如何讀取設定檔，並且設定下列各項的值。\n"),
            (
                "KOI8-R",
                "Эта страница описывает, как читать файл настроек сервера.\n",
            ),
            (
                "windows-1251",
                "Эта страница описывает, как читать файл настроек сервера.\n",
            ),
        ];
        for (label, expected) in cases {
            let encoding = Encoding::for_label(label.as_bytes()).unwrap();
            let (bytes, _, _) = encoding.encode(expected);
            assert_eq!(text(&bytes), *expected, "{label}");
            assert!(doubt(&bytes).contains(" is read as "), "{label}");
        }
        assert_eq!(text(b"Gr\xfc\xdfe aus K\xf6ln.\n"), "Grüße aus Köln.\n");
        assert_eq!(text(b"\x1b$B4A;z\x1b(B ok\n"), "漢字 ok\n");
        for encode in [u16::to_le_bytes, u16::to_be_bytes] {
            let bytes: Vec<u8> = "Grüße, in UTF-16\n"
                .encode_utf16()
                .flat_map(encode)
                .collect();
            assert_eq!(text(&bytes), "Grüße, in UTF-16\n");
        }
    }

    #[test]
    fn a_wrong_declaration_is_not_believed() {
        let mut bytes = "<meta charset=iso-8859-1><p>Größe über Köln für "
            .as_bytes()
            .to_vec();
        bytes.extend(b"\xff</p>");
        assert!(text(&bytes).contains("Größe über Köln für \u{fffd}"));
        let german = b"<meta charset=utf-8><p>Gr\xf6\xdfe \xfcber K\xf6ln f\xfcr alle, die gern \xc4pfel m\xf6gen";
        assert!(text(german).contains("Größe über Köln"));
    }

    #[test]
    fn not_text() {
        let cases: &[&[u8]] = &[
            b"%PDF-1.7 ",
            b"\x1f\x8b\x08",
            b"PK\x03\x04rest",
            b"\x89PNG\r\n\x1a\n",
            b"\x7fELF",
            b"text\0text",
            b"\xff\xfe\0\0t\0\0\0", // UTF-32
            b"\x80\x01\x02\x03\x04",
            b"\0\0\0\0\0\0\0\0",
            b"t\0e\0x\0\0\0\0\0a\0",
        ];
        for case in cases {
            assert_eq!(
                decode("a.txt", case.to_vec()),
                Err(Skip::Binary),
                "{case:?}"
            );
        }
    }

    #[test]
    fn every_newline_becomes_one() {
        assert_eq!(text(b"a\r\nb\rc\nd\r\r\ne\r"), "a\nb\nc\nd\n\ne\n");
    }
}
