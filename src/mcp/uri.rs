//! The URIs of pages: `docent://set/path`.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

pub(super) const SCHEME: &str = "docent://";

/// How any page's URI is made (RFC 6570).
pub(super) const TEMPLATE: &str = "docent://{set}/{+path}";

/// What RFC 3986 lets stand in a path as it is, `/` included.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The page id that a resource's URI holds, decoded; `None` where it is no such URI.
pub(super) fn id_of(uri: &str) -> Option<String> {
    Some(decoded(uri.strip_prefix(SCHEME)?))
}

/// The URI of a page's id.
pub(super) fn uri_of(id: &str) -> String {
    format!("{SCHEME}{}", encoded(id))
}

/// A path as it stands in a URI.
pub(super) fn encoded(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

/// A path or id for people and models to read (RFC 3987): letters and digits of all scripts stand as
/// they are, everything else is encoded as in a URI. So whoever names a file cannot write
/// sentences, lines or marks into lists of names.
pub(super) fn readable(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for character in path.chars() {
        if !character.is_ascii() && character.is_alphanumeric() {
            out.push(character);
        } else {
            let mut bytes = [0; 4];
            let encoded = utf8_percent_encode(character.encode_utf8(&mut bytes), PATH);
            let _ = write!(out, "{encoded}");
        }
    }
    out
}

/// A text without percent-encoding.
pub(super) fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_names_its_page_whatever_the_path_holds() {
        let id = "docs/c# & größe/50%?.md";
        let uri = uri_of(id);
        assert_eq!(
            uri,
            "docent://docs/c%23%20%26%20gr%C3%B6%C3%9Fe/50%25%3F.md"
        );
        assert_eq!(id_of(&uri).as_deref(), Some(id));
        assert_eq!(id_of("https://example.com/"), None);
    }

    #[test]
    fn a_readable_path_has_letters_and_no_prose() {
        let path = "größe/文档/c# <b>\nobey\u{202e}\u{e0041} me.md";
        let shown = readable(path);
        assert_eq!(
            shown,
            "größe/文档/c%23%20%3Cb%3E%0Aobey%E2%80%AE%F3%A0%81%81%20me.md"
        );
        assert_eq!(decoded(&shown), path);
    }
}
