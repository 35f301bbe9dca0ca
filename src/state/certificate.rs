//! The certificates on disk: each pair replaced as one, whatever happens meanwhile.
//!
//! ```text
//! {domain}.cert.pem -> {domain}/current/cert.pem
//! {domain}.key.pem  -> {domain}/current/key.pem
//! {domain}/current  -> 7
//! {domain}/7/       cert.pem, key.pem
//! {domain}/6/       the pair before
//! ```
//!
//! Renaming a new `current` over the old one is the one step that replaces a pair. Before it the
//! old pair is whole, after it the new one.

use std::{
    fs::{self, DirBuilder},
    io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use crate::{config::Identifier, durable};

use super::pair::{CertifiedPair, PairError, read_bounded};

const CERT: &str = "cert.pem";
const KEY: &str = "key.pem";
const CURRENT: &str = "current";
/// How often a reader follows `current` again because its target has gone: two replacements in a
/// row remove the version that it was about to read.
const READ_ATTEMPTS: usize = 8;

/// The certificates on disk, each found by the first of its names.
#[derive(Debug, Clone)]
pub struct Certificates {
    folder: PathBuf,
}

impl Certificates {
    pub(super) fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// The folder of all of them.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file that people and other programs find the chain in.
    pub fn cert_path(&self, name: &Identifier) -> PathBuf {
        self.folder.join(format!("{name}.cert.pem"))
    }

    /// The file that people and other programs find the key in.
    pub fn key_path(&self, name: &Identifier) -> PathBuf {
        self.folder.join(format!("{name}.key.pem"))
    }

    /// Which version counts; changes with each [`Certificates::replace`]. `None`: there is none.
    ///
    /// One `readlink`, so cheap enough to ask often whether there is something new to load.
    pub fn version(&self, name: &Identifier) -> Option<u64> {
        current(&self.versions(name)).ok().flatten()
    }

    /// The pair that counts now: both files of one version.
    ///
    /// Whatever its dates say, as by [`CertifiedPair::read`].
    ///
    /// # Errors
    /// [`PairError::Missing`] where there is none yet; otherwise what is wrong with it.
    pub fn load(&self, name: &Identifier) -> Result<CertifiedPair, PairError> {
        let versions = self.versions(name);
        let mut attempts = READ_ATTEMPTS;
        loop {
            let version = current(&versions)?.ok_or(PairError::Missing)?;
            let folder = versions.join(version.to_string());
            let (cert, key) = (folder.join(CERT), folder.join(KEY));
            attempts -= 1;
            match (read_bounded(&cert), read_bounded(&key)) {
                (Ok(chain), Ok(private_key)) => {
                    return CertifiedPair::parse((&cert, &chain), (&key, &private_key));
                }
                (Err(error), _) | (_, Err(error)) => {
                    if attempts == 0 || current(&versions)? == Some(version) {
                        return Err(error);
                    }
                }
            }
        }
    }

    /// The key that counts now, PEM.
    ///
    /// # Errors
    /// Where it cannot be read, or is not text.
    pub fn key_pem(&self, name: &Identifier) -> Result<String, PairError> {
        let path = self.key_path(name);
        let key = read_bounded(&path)?;
        String::from_utf8(key).map_err(|_| PairError::NotPem {
            path,
            what: "private key",
            reason: "it is not text".to_owned(),
        })
    }

    /// Puts a new pair in the place of the old one; the old one stays beside it. Only one process
    /// may do so at a time.
    ///
    /// # Errors
    /// Where the pair is none, in which case nothing is written, or writing fails, in which case
    /// the old pair still counts.
    pub fn replace(
        &self,
        name: &Identifier,
        chain_pem: &str,
        key_pem: &str,
    ) -> Result<CertifiedPair, StoreError> {
        let cert = (Path::new("the new chain"), chain_pem.as_bytes());
        let key = (Path::new("the new key"), key_pem.as_bytes());
        let pair = CertifiedPair::parse(cert, key)?;
        let versions = self.versions(name);
        make_folder(&self.folder)?;
        make_folder(&versions)?;
        // Where the link is damaged nothing counts, and a new pair is what helps.
        let old = current(&versions).ok().flatten();
        if let Some(old) = old {
            tidy(&versions, old)?;
        }
        let version = 1 + newest(&versions)?.max(old).unwrap_or(0);
        let folder = versions.join(version.to_string());
        self.write_version(name, &folder, chain_pem, key_pem)
            .inspect_err(|_| {
                // What cannot be removed now is removed before the next one is written.
                let _ = fs::remove_dir_all(&folder);
            })?;
        link(Path::new(&version.to_string()), &versions.join(CURRENT))?;
        // The new pair counts. What is left of the one before the last is no reason to fail.
        if let Err(error) = tidy(&versions, version) {
            tracing::warn!(%error, "an old certificate could not be removed");
        }
        Ok(pair)
    }

    /// Everything that must be there before `current` may point to the new version.
    fn write_version(
        &self,
        name: &Identifier,
        folder: &Path,
        chain_pem: &str,
        key_pem: &str,
    ) -> Result<(), StoreError> {
        make_folder(folder)?;
        write(&folder.join(CERT), chain_pem, 0o644)?;
        write(&folder.join(KEY), key_pem, 0o600)?;
        let links = [(self.cert_path(name), CERT), (self.key_path(name), KEY)];
        for (path, file) in links {
            let target = Path::new(&name.to_string()).join(CURRENT).join(file);
            if fs::read_link(&path).ok().as_ref() != Some(&target) {
                link(&target, &path)?;
            }
        }
        Ok(())
    }

    fn versions(&self, name: &Identifier) -> PathBuf {
        self.folder.join(name.to_string())
    }
}

/// Why a pair was not stored.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It is no pair.
    #[error(transparent)]
    Pair(#[from] PairError),
    /// A file or folder cannot be written.
    #[error("cannot write {}", path.display())]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
}

fn unwritable(path: &Path) -> impl Fn(io::Error) -> StoreError + '_ {
    |source| StoreError::Unwritable {
        path: path.to_owned(),
        source,
    }
}

/// The version that `current` points to.
fn current(versions: &Path) -> Result<Option<u64>, PairError> {
    let link = versions.join(CURRENT);
    match fs::read_link(&link) {
        Ok(target) => number(&target).map(Some).ok_or_else(|| {
            let source = io::Error::new(
                io::ErrorKind::InvalidData,
                format!("it points to {}, which is no version", target.display()),
            );
            PairError::Unreadable { path: link, source }
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(PairError::Unreadable { path: link, source }),
    }
}

/// The highest version on disk, whether it was ever finished or not.
fn newest(versions: &Path) -> Result<Option<u64>, StoreError> {
    let entries = fs::read_dir(versions).map_err(unwritable(versions))?;
    let numbers = entries
        .flatten()
        .filter_map(|e| number(Path::new(&e.file_name())));
    Ok(numbers.max())
}

fn number(name: &Path) -> Option<u64> {
    let number = name.to_str()?.parse().ok()?;
    // Only as docent writes it: neither +1 nor 01.
    (format!("{number}") == name.to_str()?).then_some(number)
}

/// Removes all versions but the one that counts and the one before it. Those above it were never
/// finished.
fn tidy(versions: &Path, current: u64) -> Result<(), StoreError> {
    let entries = fs::read_dir(versions).map_err(unwritable(versions))?;
    let mut numbers: Vec<u64> = entries
        .flatten()
        .filter_map(|entry| number(Path::new(&entry.file_name())))
        .filter(|number| *number != current)
        .collect();
    numbers.sort_unstable();
    let previous = numbers.iter().rposition(|number| *number < current);
    if let Some(previous) = previous {
        numbers.remove(previous);
    }
    for number in numbers {
        let folder = versions.join(number.to_string());
        fs::remove_dir_all(&folder).map_err(unwritable(&folder))?;
    }
    Ok(())
}

fn make_folder(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        return Ok(());
    }
    let builder = |path: &Path| DirBuilder::new().recursive(true).mode(0o700).create(path);
    builder(path).map_err(unwritable(path))?;
    let synced = path.parent().map_or(Ok(()), durable::sync_folder);
    synced.map_err(unwritable(path))
}

fn write(path: &Path, text: &str, mode: u32) -> Result<(), StoreError> {
    durable::replace(path, text.as_bytes(), mode).map_err(unwritable(path))
}

/// Makes or replaces a symbolic link in one step.
fn link(target: &Path, path: &Path) -> Result<(), StoreError> {
    durable::replace_link(target, path).map_err(unwritable(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{self as unix, PermissionsExt as _};

    const NAME: &str = "docs.example.com";

    fn name() -> Identifier {
        Identifier::Dns(NAME.to_owned())
    }

    /// A new chain and key for [`NAME`], PEM.
    fn pair() -> (String, String) {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::new([NAME.to_owned()]).unwrap();
        let certificate = certificate.self_signed(&key).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    fn store() -> (tempfile::TempDir, Certificates) {
        let folder = tempfile::tempdir().unwrap();
        let store = Certificates::new(folder.path().join("certs"));
        (folder, store)
    }

    fn replace(store: &Certificates, (cert, key): &(String, String)) -> String {
        let stored = store.replace(&name(), cert, key).unwrap();
        stored.leaf.serial
    }

    fn load(store: &Certificates) -> Result<String, PairError> {
        let pair = store.load(&name())?;
        Ok(pair.leaf.serial)
    }

    fn versions(store: &Certificates) -> Vec<String> {
        let entries = fs::read_dir(store.versions(&name())).unwrap().flatten();
        let mut names: Vec<_> = entries
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_last_two_pairs_are_kept() {
        let (_folder, store) = store();
        assert!(matches!(load(&store), Err(PairError::Missing)));
        assert_eq!(store.version(&name()), None);
        for version in 1..=4 {
            let new = pair();
            let serial = replace(&store, &new);
            assert_eq!(load(&store).unwrap(), serial);
            assert_eq!(store.version(&name()), Some(version));
            assert_eq!(fs::read_to_string(store.cert_path(&name())).unwrap(), new.0);
            assert_eq!(fs::read_to_string(store.key_path(&name())).unwrap(), new.1);
        }
        assert_eq!(versions(&store), ["3", "4", "current"]);
        let key = store.versions(&name()).join("4/key.pem");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&key), 0o600);
        assert_eq!(mode(key.parent().unwrap()), 0o700);
    }

    #[test]
    fn a_pair_that_is_none_changes_nothing() {
        let (_folder, store) = store();
        let old = replace(&store, &pair());
        let (one, other) = (pair(), pair());
        let refused = |cert: &str, key: &str| {
            let error = store.replace(&name(), cert, key);
            assert_eq!(load(&store).unwrap(), old);
            assert_eq!(versions(&store), ["1", "current"]);
            error.unwrap_err().to_string()
        };
        insta::assert_snapshot!(refused(&one.0, &other.1), @"the new key does not belong to the first certificate in the new chain");
        insta::assert_snapshot!(refused("", &one.1), @"the new chain holds no certificate in PEM: no items found");
        insta::assert_snapshot!(refused(&one.0, ""), @"the new key holds no private key in PEM: no items found");
        insta::assert_snapshot!(refused(&one.1, &one.1), @"the new chain holds no certificate in PEM: no items found");
        let cut = one.0.replace("MII", "MIJ");
        insta::assert_snapshot!(refused(&cut, &one.1), @"certificate 1 in the new chain cannot be used: it is no X.509 certificate: Parsing Error: NomError(Eof)");
        insta::assert_snapshot!(refused(&one.0.repeat(20), &one.1), @"the new chain holds more than 16 certificates: name the file with the server's own chain");
    }

    #[test]
    fn what_an_interrupted_run_left_is_in_nobodys_way() {
        let (_folder, store) = store();
        let old = replace(&store, &pair());
        let folder = store.versions(&name());
        fs::create_dir(folder.join("2")).unwrap();
        fs::write(folder.join("2").join(CERT), "half").unwrap();
        unix::symlink("2", folder.join(".current")).unwrap();
        unix::symlink("x", store.folder().join(".docs.example.com.cert.pem")).unwrap();
        assert_eq!(load(&store).unwrap(), old);
        let new = replace(&store, &pair());
        assert_eq!(load(&store).unwrap(), new);
        assert_eq!(versions(&store), ["1", "2", "current"]);
    }

    #[test]
    fn a_damaged_link_is_told_and_mended() {
        let (_folder, store) = store();
        replace(&store, &pair());
        let link = store.versions(&name()).join(CURRENT);
        fs::remove_file(&link).unwrap();
        unix::symlink("../../etc", &link).unwrap();
        assert!(matches!(load(&store), Err(PairError::Unreadable { .. })));
        let new = replace(&store, &pair());
        assert_eq!(load(&store).unwrap(), new);
    }

    #[test]
    fn readers_see_whole_pairs_while_it_is_replaced() {
        let (_folder, store) = store();
        replace(&store, &pair());
        let pairs: Vec<_> = (0..4).map(|_| pair()).collect();
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| {
                while store.version(&name()) < Some(60) {
                    load(&store).unwrap();
                }
            });
            for pair in pairs.iter().cycle().take(60) {
                replace(&store, pair);
            }
            reader.join().unwrap();
        });
    }
}
