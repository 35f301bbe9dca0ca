//! The account's files: its key, and what the authority knows it by.
//!
//! ```text
//! acme.example.com_directory/     one for each directory URL; 0700
//!     key.pem                     PKCS #8; 0600
//!     key.next.pem                only while the key is being replaced
//!     account.json                the account's URL, once it is registered
//!     order.json                  an order that has a key and no certificate yet; 0600
//! ```

use std::{
    fs::DirBuilder,
    io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use ring::digest::{SHA256, digest};
use rustls::pki_types::{PrivatePkcs8KeyDer, pem::PemObject as _};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::durable;

use super::{super::error::Error, key::AccountKey};

const KEY: &str = "key.pem";
const NEXT_KEY: &str = "key.next.pem";
const RECORD: &str = "account.json";
const ORDER: &str = "order.json";
/// No file of an account is longer, in bytes.
const MAX_FILE: u64 = 64 << 10;
/// The longest name of an account's folder, in bytes; file systems take 255.
const MAX_NAME: usize = 200;

/// What is known about an account besides its key.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) directory: String,
    pub(super) url: String,
    pub(super) contact: Option<String>,
}

/// An order whose certificate has been asked for, and not been seen yet.
#[derive(Serialize, Deserialize)]
pub(in super::super) struct UnfinishedOrder {
    pub(in super::super) url: String,
    pub(in super::super) names: Vec<String>,
    pub(in super::super) key_type: String,
    pub(in super::super) profile: Option<String>,
    /// The certificate's private key, PEM.
    pub(in super::super) key: Zeroizing<String>,
    /// How many attempts have not seen its end.
    pub(in super::super) attempts: u32,
}

/// The folder of one authority's account.
pub(in super::super) struct AccountFolder {
    path: PathBuf,
}

impl AccountFolder {
    pub(in super::super) fn new(accounts: &Path, directory: &str) -> Self {
        Self {
            path: accounts.join(name(directory)),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// `None` also where it cannot be understood: another one is begun.
    pub(in super::super) fn unfinished_order(&self) -> Result<Option<UnfinishedOrder>, Error> {
        let text = self.read(ORDER)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    pub(in super::super) fn write_unfinished_order(
        &self,
        order: &UnfinishedOrder,
    ) -> Result<(), Error> {
        let json = serde_json::to_string_pretty(order).map(Zeroizing::new);
        let json = json.map_err(|error| self.unwritable(ORDER, &error.into()))?;
        self.write(ORDER, &json)
    }

    /// Removes the order, whether there is one or not.
    pub(in super::super) fn drop_unfinished_order(&self) -> Result<(), Error> {
        match durable::remove(&self.path.join(ORDER)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(self.unwritable(ORDER, &error))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn key(&self) -> Result<Option<AccountKey>, Error> {
        self.read_key(KEY)
    }

    /// The key that is to be the account's next one, if its replacement was begun.
    pub(super) fn next_key(&self) -> Result<Option<AccountKey>, Error> {
        self.read_key(NEXT_KEY)
    }

    pub(super) fn generate_key(&self) -> Result<AccountKey, Error> {
        self.write_new_key(KEY)
    }

    pub(super) fn generate_next_key(&self) -> Result<AccountKey, Error> {
        self.write_new_key(NEXT_KEY)
    }

    /// Makes the next key the account's key.
    pub(super) fn promote_next_key(&self) -> Result<(), Error> {
        durable::rename(&self.path.join(NEXT_KEY), &self.path.join(KEY))
            .map_err(|error| self.unwritable(KEY, &error))
    }

    /// Removes the key that was to be the account's next one.
    pub(super) fn drop_next_key(&self) -> Result<(), Error> {
        durable::remove(&self.path.join(NEXT_KEY))
            .map_err(|error| self.unwritable(NEXT_KEY, &error))
    }

    /// `None` also where it cannot be understood: registering the key again makes a new one.
    pub(super) fn record(&self) -> Result<Option<Record>, Error> {
        let text = self.read(RECORD)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    pub(super) fn write_record(&self, record: &Record) -> Result<(), Error> {
        let json = serde_json::to_string_pretty(record)
            .map_err(|error| self.unwritable(RECORD, &error.into()))?;
        self.write(RECORD, &format!("{json}\n"))
    }

    fn read_key(&self, file: &str) -> Result<Option<AccountKey>, Error> {
        let Some(pem) = self.read(file)? else {
            return Ok(None);
        };
        let damaged = || {
            Error::File {
            path: self.path.join(file),
            reason: "the account's key is damaged; restore it, or remove the folder to have a new account made".into(),
        }
        };
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| damaged())?;
        AccountKey::from_pkcs8(der).map(Some).ok_or_else(damaged)
    }

    fn write_new_key(&self, file: &str) -> Result<AccountKey, Error> {
        let key = AccountKey::generate()?;
        self.write(file, &pem(key.pkcs8()))?;
        Ok(key)
    }

    fn read(&self, file: &str) -> Result<Option<Zeroizing<String>>, Error> {
        let path = self.path.join(file);
        match durable::read_text(&path, MAX_FILE) {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::File {
                path,
                reason: format!("cannot be read: {error}"),
            }),
        }
    }

    /// Writes a file of the account, whole or not at all; it is on disk when this returns.
    fn write(&self, file: &str, text: &str) -> Result<(), Error> {
        self.try_write(file, text)
            .map_err(|error| self.unwritable(file, &error))
    }

    fn try_write(&self, file: &str, text: &str) -> io::Result<()> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.path)?;
        durable::replace(&self.path.join(file), text.as_bytes(), 0o600)?;
        // The folder itself may be new.
        self.path.parent().map_or(Ok(()), durable::sync_folder)
    }

    fn unwritable(&self, file: &str, error: &io::Error) -> Error {
        Error::File {
            path: self.path.join(file),
            reason: format!("cannot be written: {error}"),
        }
    }
}

/// Readable, and another one for another URL: `_` stands for `/`, what else does not belong into
/// a file name is percent-encoded.
fn name(directory: &str) -> String {
    let place = directory.strip_prefix("https://").unwrap_or(directory);
    let mut name = String::with_capacity(place.len());
    for byte in place.bytes() {
        match byte {
            b'/' => name.push('_'),
            b'-' | b':' => name.push(char::from(byte)),
            // Not first: `.` and `..` are folders already.
            b'.' if !name.is_empty() => name.push('.'),
            _ if byte.is_ascii_alphanumeric() => name.push(char::from(byte)),
            _ => name.push_str(&format!("%{byte:02X}")),
        }
    }
    if name.len() > MAX_NAME {
        let hash = digest(&SHA256, directory.as_bytes());
        let hash: String = hash.as_ref()[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        name.truncate(MAX_NAME - hash.len() - 1);
        name = format!("{name}~{hash}");
    }
    name
}

fn pem(pkcs8: &[u8]) -> Zeroizing<String> {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    let base64 = Zeroizing::new(BASE64_STANDARD.encode(pkcs8));
    let mut pem = Zeroizing::new(String::from("-----BEGIN PRIVATE KEY-----\n"));
    for (n, c) in base64.chars().enumerate() {
        if n > 0 && n % 64 == 0 {
            pem.push('\n');
        }
        pem.push(c);
    }
    pem.push_str("\n-----END PRIVATE KEY-----\n");
    pem
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::*;

    #[test]
    fn each_directory_has_a_readable_folder_of_its_own() {
        assert_eq!(
            name("https://acme-v02.api.letsencrypt.org/directory"),
            "acme-v02.api.letsencrypt.org_directory"
        );
        let urls = [
            "https://localhost:14000/dir",
            "https://localhost:14000_dir",
            "https://localhost:14000/dir/",
            "https://localhost:14000/dir?x",
            "https://../dir",
        ];
        let mut names: Vec<_> = urls.iter().map(|url| name(url)).collect();
        assert_eq!(names[0], "localhost:14000_dir");
        assert!(names.iter().all(|name| !name.starts_with('.')));
        names.dedup();
        assert_eq!(names.len(), urls.len());
        let long = |tail| name(&format!("https://example.com/{}/{tail}", "x".repeat(5000)));
        assert!(long("a").len() <= MAX_NAME);
        assert_ne!(long("a"), long("b"));
    }

    #[test]
    fn a_key_is_there_again_and_nobody_elses() {
        let root = tempfile::tempdir().unwrap();
        let folder = AccountFolder::new(&root.path().join("accounts"), "https://ca.example/dir");
        assert!(folder.key().unwrap().is_none());
        let key = folder.generate_key().unwrap();
        let again = folder.key().unwrap().unwrap();
        assert_eq!(again.pkcs8(), key.pkcs8());
        let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(folder.path.clone()), 0o700);
        assert_eq!(mode(root.path().join("accounts")), 0o700);
        assert_eq!(mode(folder.path.join(KEY)), 0o600);

        fs::write(folder.path.join(KEY), "damaged").unwrap();
        let Err(error) = folder.key() else {
            panic!("a damaged key was read");
        };
        assert!(error.to_string().contains("key.pem"), "{error}");
    }
}
