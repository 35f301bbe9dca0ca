//! Bytes of a file -> text, or the reason why they are none.

use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::document::Skip;

/// How far into a file a declaration of its encoding is looked for: what HTML prescribes.
const DECLARATION_WINDOW: usize = 1024;

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

/// Decodes a whole file: UTF-8, UTF-16 with a byte order mark, or the encoding that the file
/// declares (HTML `meta`, XML declaration, Emacs or Vim coding line). Newlines become `\n`,
/// a byte order mark goes. `path` tells a web page by its name.
///
/// # Errors
/// [`Skip::Binary`] for what is not text, [`Skip::Undecodable`] for text in an encoding that
/// is neither UTF-8 nor declared.
pub(super) fn decode(path: &str, bytes: Vec<u8>) -> Result<String, Skip> {
    if MAGIC_NUMBERS.iter().any(|magic| bytes.starts_with(magic)) {
        return Err(Skip::Binary);
    }
    let text = match Encoding::for_bom(&bytes) {
        Some((encoding, mark)) if encoding == UTF_16LE || encoding == UTF_16BE => {
            with_encoding(encoding, &bytes[mark..])?
        }
        Some((_, mark)) => utf8(path, bytes, mark)?,
        None => utf8(path, bytes, 0)?,
    };
    if text.as_bytes().contains(&0) {
        return Err(Skip::Binary);
    }
    Ok(with_unix_newlines(text))
}

/// UTF-8 after a mark of `mark` bytes; what is not UTF-8 goes by its declaration.
fn utf8(path: &str, bytes: Vec<u8>, mark: usize) -> Result<String, Skip> {
    let declared = declared_encoding(&bytes);
    // The one declared encoding whose text is always also valid UTF-8.
    if mark == 0 && declared == Some(ISO_2022_JP) {
        return with_encoding(ISO_2022_JP, &bytes);
    }
    match String::from_utf8(bytes) {
        Ok(mut text) => {
            text.drain(..mark);
            Ok(text)
        }
        Err(error) => {
            let bytes = error.into_bytes();
            if looks_binary(&bytes) {
                return Err(Skip::Binary);
            }
            match declared {
                Some(encoding) if encoding != UTF_8 => with_encoding(encoding, &bytes),
                Some(_) => Err(undecodable(
                    "the encoding that it declares, which is UTF-8 too",
                )),
                // HTML says what a page without a declaration is.
                None if is_web_page(path, &bytes) => with_encoding(WINDOWS_1252, &bytes),
                None => Err(undecodable("an encoding that it declares")),
            }
        }
    }
}

fn with_encoding(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, Skip> {
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(std::borrow::Cow::into_owned)
        .ok_or_else(|| undecodable(encoding.name()))
}

fn undecodable(declared: &str) -> Skip {
    Skip::Undecodable {
        declared: declared.to_owned(),
    }
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
        decode("a.txt", bytes.to_vec()).expect("decodes")
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
    fn neither_utf8_nor_declared() {
        let error =
            decode("a.txt", b"Gr\xfc\xdfe".to_vec()).expect_err("latin-1 without a declaration");
        assert_eq!(
            error.to_string(),
            "its text is neither UTF-8 nor an encoding that it declares"
        );
        let error =
            decode("a.txt", b"-*- coding: euc-jp -*-\n\xff\xff".to_vec()).expect_err("not EUC-JP");
        assert_eq!(error.to_string(), "its text is neither UTF-8 nor EUC-JP");
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
