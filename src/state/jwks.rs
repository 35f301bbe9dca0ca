//! Keys of issuers (RFC 7517), as files: whoever has a network fetches them, whoever serves verifies tokens by them.

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::durable;

/// Largest file, in bytes. The keys of a hundred certificates have less.
const MAX: u64 = 512 << 10;

/// The folder with keys, one file an issuer.
#[derive(Debug, Clone)]
pub struct Jwks {
    folder: PathBuf,
}

/// The keys of an issuer, as they were fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedJwks {
    /// When.
    pub fetched_at: SystemTime,
    /// Where they are published.
    pub jwks_uri: String,
    /// The JWK set, as JSON; not looked at.
    pub jwks: String,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum JwksError {
    /// None have been fetched.
    #[error("there are none")]
    Missing,
    /// The file cannot be read.
    #[error("cannot read {path}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not docent's.
    #[error("{path} is damaged: {reason}", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What of it.
        reason: String,
    },
}

/// What tells one state of a file from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwksMark {
    place: (u64, u64, u64),
    changed: (i64, i64),
}

#[derive(Serialize, Deserialize)]
struct Written {
    issuer: String,
    jwks_uri: String,
    /// Seconds since 1970.
    fetched_at: u64,
    jwks: Value,
}

impl Jwks {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts the keys of an issuer in their place, or in the place of those before.
    ///
    /// # Errors
    /// Where they cannot be written, or are too large to be read again; then those before are still there.
    pub fn store(
        &self,
        issuer: &str,
        jwks_uri: &str,
        jwks: Value,
        fetched_at: SystemTime,
    ) -> io::Result<()> {
        let since = fetched_at.duration_since(SystemTime::UNIX_EPOCH);
        let written = Written {
            issuer: issuer.to_owned(),
            jwks_uri: jwks_uri.to_owned(),
            fetched_at: since.unwrap_or_default().as_secs(),
            jwks,
        };
        let mut text = serde_json::to_vec_pretty(&written)?;
        text.push(b'\n');
        if text.len() as u64 > MAX {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let mut folder = fs::DirBuilder::new();
        folder.recursive(true).mode(0o700).create(&self.folder)?;
        durable::replace(&self.path(issuer), &text, 0o600)
    }

    /// The keys of an issuer.
    ///
    /// # Errors
    /// Where there are none, or none that can be read.
    pub fn load(&self, issuer: &str) -> Result<FetchedJwks, JwksError> {
        let path = self.path(issuer);
        let bytes = match durable::read(&path, MAX) {
            Ok(bytes) => bytes,
            Err(source) if source.kind() == io::ErrorKind::NotFound => {
                return Err(JwksError::Missing);
            }
            Err(source) => return Err(JwksError::Unreadable { path, source }),
        };
        let damaged = |reason: String| JwksError::Damaged {
            path: path.clone(),
            reason,
        };
        let written: Written =
            serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        if written.issuer != issuer {
            return Err(damaged("it is another issuer's".into()));
        }
        let fetched_at = Duration::from_secs(written.fetched_at);
        let fetched_at = SystemTime::UNIX_EPOCH.checked_add(fetched_at);
        Ok(FetchedJwks {
            fetched_at: fetched_at.ok_or_else(|| damaged("its date is none".into()))?,
            jwks_uri: written.jwks_uri,
            jwks: written.jwks.to_string(),
        })
    }

    /// Where the mark is another one, something has changed; `None`: there is no file.
    pub fn mark(&self, issuer: &str) -> Option<JwksMark> {
        let file = fs::metadata(self.path(issuer)).ok()?;
        Some(JwksMark {
            place: (file.dev(), file.ino(), file.size()),
            changed: (file.ctime(), file.ctime_nsec()),
        })
    }

    /// Removes what is kept of other issuers than these.
    ///
    /// # Errors
    /// Where the folder cannot be read, or a file of it not be removed.
    pub fn keep_only<'a>(&self, issuers: impl IntoIterator<Item = &'a str>) -> io::Result<()> {
        let kept: Vec<_> = issuers.into_iter().map(file_name).collect();
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let name = entry?.file_name();
            let name = name.to_string_lossy();
            // Nothing else than docent's own, whoever put it here.
            let is_own = name.strip_suffix(".json").is_some_and(|stem| {
                stem.len() == 64 && stem.bytes().all(|byte| byte.is_ascii_hexdigit())
            });
            if is_own && !kept.iter().any(|kept| *kept == *name) {
                durable::remove(&self.folder.join(&*name))?;
            }
        }
        Ok(())
    }

    fn path(&self, issuer: &str) -> PathBuf {
        self.folder.join(file_name(issuer))
    }
}

/// No sign of an issuer's URL gets into a path.
fn file_name(issuer: &str) -> String {
    let hash = digest(&SHA256, issuer.as_bytes());
    let hex: String = hash
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{hex}.json")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ISSUER: &str = "https://login.example.com/../realms/team";

    #[test]
    fn keys_are_found_by_their_issuer() {
        let folder = tempfile::tempdir().unwrap();
        let jwks = Jwks::new(folder.path().join("jwks"));
        assert!(matches!(jwks.load(ISSUER), Err(JwksError::Missing)));
        assert_eq!(jwks.mark(ISSUER), None);
        jwks.keep_only([]).unwrap();

        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let keys = json!({ "keys": [] });
        jwks.store(ISSUER, "https://x/keys", keys.clone(), at)
            .unwrap();
        let first = jwks.mark(ISSUER);
        let found = jwks.load(ISSUER).unwrap();
        assert_eq!((found.fetched_at, found.jwks), (at, keys.to_string()));
        jwks.store(ISSUER, "https://x/keys", keys.clone(), at)
            .unwrap();
        assert_ne!(jwks.mark(ISSUER), first);

        jwks.store("https://other", "", keys, at).unwrap();
        fs::write(jwks.folder().join("notes.json"), "").unwrap();
        jwks.keep_only([ISSUER]).unwrap();
        assert!(jwks.load(ISSUER).is_ok());
        assert!(matches!(
            jwks.load("https://other"),
            Err(JwksError::Missing)
        ));
        assert!(jwks.folder().join("notes.json").exists());
    }

    #[test]
    fn a_damaged_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let jwks = Jwks::new(folder.path().to_owned());
        let other = r#"{"issuer":"https://x","jwks_uri":"","fetched_at":0,"jwks":{}}"#;
        let late = format!(
            r#"{{"issuer":"{ISSUER}","jwks_uri":"","fetched_at":{},"jwks":{{}}}}"#,
            u64::MAX
        );
        for text in ["", "{}", "\0\0", other, &late] {
            fs::write(jwks.path(ISSUER), text).unwrap();
            let error = jwks.load(ISSUER).unwrap_err();
            assert!(
                matches!(error, JwksError::Damaged { .. }),
                "{text}: {error}"
            );
        }
        fs::write(jwks.path(ISSUER), vec![b' '; 600 << 10]).unwrap();
        let error = jwks.load(ISSUER).unwrap_err();
        assert!(matches!(error, JwksError::Unreadable { .. }), "{error}");
        let large = json!({ "keys": ["x".repeat(600 << 10)] });
        assert!(jwks.store(ISSUER, "", large, SystemTime::now()).is_err());
    }
}
