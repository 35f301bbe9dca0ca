//! The key that binds an account to a customer of the authority (RFC 8555, section 7.3.4).

use std::path::Path;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::durable;

use super::super::error::Error;

/// The most bytes that are read of the key's file; keys have some 90 characters.
const MAX_KEY_FILE: u64 = 4096;

/// Reads the HMAC key, base64url, with or without padding and white space around it.
pub(super) fn hmac_key(path: &Path) -> Result<Zeroizing<Vec<u8>>, Error> {
    let wrong = |reason: String| Error::File {
        path: path.to_owned(),
        reason,
    };
    let text = durable::read_text(path, MAX_KEY_FILE)
        .map(Zeroizing::new)
        .map_err(|error| wrong(format!("the authority's HMAC key cannot be read: {error}")))?;
    let key = text.trim().trim_end_matches('=');
    if key.is_empty() {
        return Err(wrong(
            "the authority's HMAC key is missing: the file is empty".into(),
        ));
    }
    BASE64_URL_SAFE_NO_PAD
        .decode(key)
        .map(Zeroizing::new)
        .map_err(|_| wrong("the authority's HMAC key is not base64url: copy it once more".into()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_key_is_read_as_authorities_hand_it_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hmac");
        for text in ["_-8", "_-8=\n", "  _-8\r\n"] {
            fs::write(&path, text).unwrap();
            assert_eq!(*hmac_key(&path).unwrap(), [0xff, 0xef], "{text:?}");
        }
        for (text, reason) in [("", "empty"), ("\n", "empty"), ("+/8", "base64url")] {
            fs::write(&path, text).unwrap();
            let error = hmac_key(&path).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
            assert!(error.contains("hmac"), "{error}");
        }
        assert!(hmac_key(&folder.path().join("none")).is_err());
    }
}
