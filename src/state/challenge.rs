//! Answers to an authority's challenges, as files: whoever renews writes them, whoever serves
//! answers with them.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{config::Identifier, durable};

/// What docent answers on port 80 where no challenge is waiting: by this it knows itself again.
pub const NO_CHALLENGE: &str = "No challenge is waiting for this.\n";
/// Length of a digest of a key authorization, in bytes: SHA-256 (RFC 8737, section 3).
pub const KEY_AUTHORIZATION_DIGEST_LEN: usize = 32;

/// A token is base64url with at least 128 bits (RFC 8555, section 8.3); real ones have 43 characters.
const MAX_TOKEN: usize = 128;
/// A key authorization is a token, a dot and a thumbprint.
const MAX_ANSWER: u64 = 512;

/// The folder of pending answers.
#[derive(Debug, Clone)]
pub struct Challenges {
    http: PathBuf,
    tls_alpn: PathBuf,
}

impl Challenges {
    pub(super) fn new(folder: impl AsRef<Path>) -> Self {
        Self {
            http: folder.as_ref().join("http-01"),
            tls_alpn: folder.as_ref().join("tls-alpn-01"),
        }
    }

    /// Lets whoever serves answer an HTTP-01 challenge (RFC 8555, section 8.3).
    ///
    /// # Errors
    /// Where the file cannot be written, or the authority's token is none.
    pub fn offer_http(&self, token: &str, key_authorization: &str) -> io::Result<()> {
        if !is_token(token) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the authority's token is not base64url",
            ));
        }
        offer(&self.http, token, key_authorization)
    }

    /// Lets whoever serves answer a TLS-ALPN-01 challenge (RFC 8737) with the digest of the key
    /// authorization.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn offer_tls_alpn(
        &self,
        identifier: &Identifier,
        digest: &[u8; KEY_AUTHORIZATION_DIGEST_LEN],
    ) -> io::Result<()> {
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        offer(&self.tls_alpn, &identifier.to_string(), &hex)
    }

    /// The key authorization for a token, if it is being asked for.
    pub fn http(&self, token: &str) -> Option<String> {
        if !is_token(token) {
            return None;
        }
        answer(&self.http.join(token))
    }

    /// The digest for an identifier, if it is being asked for.
    pub fn tls_alpn(&self, identifier: &Identifier) -> Option<[u8; KEY_AUTHORIZATION_DIGEST_LEN]> {
        let hex = answer(&self.tls_alpn.join(identifier.to_string()))?;
        let mut digest = [0; KEY_AUTHORIZATION_DIGEST_LEN];
        if hex.len() != digest.len() * 2 || !hex.is_ascii() {
            return None;
        }
        for (byte, pair) in digest.iter_mut().zip(hex.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).ok()?;
            *byte = u8::from_str_radix(pair, 16).ok()?;
        }
        Some(digest)
    }

    /// Takes all answers back: after an order, and before one for what an interrupted one left.
    ///
    /// # Errors
    /// Where a folder is there but cannot be removed.
    pub fn clear(&self) -> io::Result<()> {
        for folder in [&self.http, &self.tls_alpn] {
            match fs::remove_dir_all(folder) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Writes an answer that is never half there: an authority may ask at any time. A crash may lose
/// it: the order is lost with it.
fn offer(folder: &Path, name: &str, answer: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    // No token and no identifier begins with a dot.
    let unfinished = folder.join(format!(".{name}"));
    fs::write(&unfinished, answer)?;
    fs::rename(unfinished, folder.join(name))
}

fn answer(file: &Path) -> Option<String> {
    durable::read_text(file, MAX_ANSWER).ok()
}

/// Whether a text is a token. Nothing else becomes a file's name, so a request names no other file.
fn is_token(token: &str) -> bool {
    (1..=MAX_TOKEN).contains(&token.len())
        && token
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_found_until_they_are_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let challenges = Challenges::new(folder.path().join("challenges"));
        let name = Identifier::Dns("docs.example.com".into());
        challenges.clear().unwrap();
        assert_eq!(challenges.http("abc"), None);
        assert_eq!(challenges.tls_alpn(&name), None);

        challenges.offer_http("a-b_C9", "a-b_C9.thumb").unwrap();
        let digest = std::array::from_fn(|n| u8::try_from(n * 7).unwrap());
        challenges.offer_tls_alpn(&name, &digest).unwrap();
        assert_eq!(challenges.http("a-b_C9").as_deref(), Some("a-b_C9.thumb"));
        assert_eq!(challenges.tls_alpn(&name), Some(digest));

        challenges.clear().unwrap();
        assert_eq!(challenges.http("a-b_C9"), None);
        assert_eq!(challenges.tls_alpn(&name), None);
    }

    #[test]
    fn a_token_names_no_other_file() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("secret"), "s").unwrap();
        let challenges = Challenges::new(folder.path());
        challenges.offer_http("x", "y").unwrap();
        for token in ["", "../secret", "/etc/passwd", ".x", "x/../x", "x\0", "é"] {
            assert_eq!(challenges.http(token), None, "{token}");
            assert!(challenges.offer_http(token, "y").is_err(), "{token}");
        }
        assert_eq!(challenges.http(&"x".repeat(4096)), None);
    }
}
