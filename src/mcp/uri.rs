//! The URIs of pages: `docent://set/path`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

const SCHEME: &str = "docent://";

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
    let id = uri.strip_prefix(SCHEME)?;
    Some(percent_decode_str(id).decode_utf8_lossy().into_owned())
}

/// The URI of a page's id.
pub(super) fn uri_of(id: &str) -> String {
    format!("{SCHEME}{}", utf8_percent_encode(id, PATH))
}
