//! The access keys that are in use.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use super::{
    access_key::{AccessKey, KeyHash},
    denied::Denied,
    keys_file::{KeptKey, KeysFile},
};
use crate::config::{AccessSettings, AudienceName, ConfigError, KeyName};

/// An access key that is in use, without the key itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// What it is called.
    pub name: KeyName,
    /// Whom it was made for.
    pub audience: AudienceName,
    /// What is kept of it: another key may come to have the same name.
    pub hash: KeyHash,
    /// When it ends.
    pub expires: Option<SystemTime>,
}

impl Key {
    /// The same of what is kept of it.
    pub fn of(kept: &KeptKey) -> Self {
        Self {
            name: kept.name.clone(),
            audience: kept.audience.clone(),
            hash: kept.hash,
            expires: kept.expires,
        }
    }
}

/// All access keys of a configuration.
#[derive(Debug, Default)]
pub struct KeyRing {
    keys: Vec<Key>,
    /// Where each is in the list. The table is seeded anew in each process and compares in constant time, so
    /// that how long a look takes tells nothing of the hashes that there are.
    by_hash: HashMap<KeyHash, usize>,
    by_name: HashMap<Arc<str>, usize>,
    /// When the log was last told of the use of each, in seconds since 1970.
    noted: Vec<AtomicU64>,
}

/// How often the log is told that a key is in use, whatever it is used for.
const NOTE_EVERY: Duration = Duration::from_secs(60 * 60);

impl KeyRing {
    /// The keys of a configuration; where it has no audiences, or no file of keys, there are none.
    ///
    /// # Errors
    /// Where the file of the keys is not sound, or a key is for an audience that there is not. Nothing of it is to
    /// be taken over then.
    pub fn load(settings: &AccessSettings) -> Result<Self, ConfigError> {
        let Some(file) = file_of(settings)? else {
            return Ok(Self::default());
        };
        file.check_audiences(&audiences(settings))?;
        Ok(Self::new(&file))
    }

    /// The same for a start, when there are no keys that could stay in force: with what is wrong. Of a file
    /// that is not sound no key is taken, as it cannot be known which were meant; a key for an audience that there is not
    /// opens nothing, and is in nobody's way.
    pub fn load_at_start(settings: &AccessSettings) -> (Self, Option<ConfigError>) {
        match file_of(settings) {
            Ok(Some(file)) => {
                let strays = file.check_audiences(&audiences(settings)).err();
                (Self::new(&file), strays)
            }
            Ok(None) => (Self::default(), None),
            Err(error) => (Self::default(), Some(error)),
        }
    }

    /// The keys of a file.
    pub fn new(file: &KeysFile) -> Self {
        Self::of(file.keys().iter().map(Key::of).collect())
    }

    /// The same without those that are not in a file any more, or end earlier by it; `None`: nothing changes. Revoking a key waits for
    /// nothing else, whatever is wrong with what was written besides.
    pub fn without_revoked(&self, file: &KeysFile) -> Option<Self> {
        let kept: HashMap<_, _> = file.keys().iter().map(|it| (it.hash, it.expires)).collect();
        let left = self.keys.iter().filter_map(|key| {
            let expires = kept.get(&key.hash)?;
            let ends = [key.expires, *expires].into_iter().flatten().min();
            Some(Key {
                expires: ends,
                ..key.clone()
            })
        });
        let left: Vec<_> = left.collect();
        (left != self.keys).then(|| Self::of(left))
    }

    fn of(keys: Vec<Key>) -> Self {
        let numbered = || keys.iter().enumerate();
        Self {
            by_hash: numbered().map(|(at, key)| (key.hash, at)).collect(),
            by_name: numbered()
                .map(|(at, key)| (key.name.shared(), at))
                .collect(),
            noted: keys.iter().map(|_| AtomicU64::new(0)).collect(),
            keys,
        }
    }

    /// How many there are, expired ones too.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The key that somebody presents.
    ///
    /// # Errors
    /// Where it is none, or none any more.
    pub fn find(&self, presented: &str, now: SystemTime) -> Result<&Key, Denied> {
        let key = AccessKey::parse(presented).map_err(|_| MISTYPED)?;
        let at = self.by_hash.get(&key.hash()).ok_or(UNKNOWN)?;
        let key = self.keys.get(*at).ok_or(UNKNOWN)?;
        match key.is_in_use(now) {
            true => Ok(key),
            false => Err(EXPIRED),
        }
    }

    /// A key is in use; whether the log is to be told, so that nobody takes it for one that is not.
    pub fn note_use(&self, name: &str, now: SystemTime) -> bool {
        let noted = self.by_name.get(name).and_then(|at| self.noted.get(*at));
        let since = now.duration_since(SystemTime::UNIX_EPOCH);
        let (Some(noted), Ok(since)) = (noted, since) else {
            return false;
        };
        let (now, before) = (since.as_secs(), noted.load(Ordering::Relaxed));
        // A clock that was set back is no reason to keep silent.
        before.abs_diff(now) >= NOTE_EVERY.as_secs()
            && noted
                .compare_exchange(before, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }

    /// A key by its name, while it is in use.
    pub fn named(&self, name: &str, now: SystemTime) -> Option<&Key> {
        let key = self.keys.get(*self.by_name.get(name)?)?;
        key.is_in_use(now).then_some(key)
    }
}

fn file_of(settings: &AccessSettings) -> Result<Option<KeysFile>, ConfigError> {
    let file = settings.keys_file.as_deref();
    let file = file.filter(|_| settings.is_private());
    file.map(KeysFile::read).transpose()
}

/// Those that a key can be for.
fn audiences(settings: &AccessSettings) -> Vec<&str> {
    settings.named().map(|it| it.name.as_str()).collect()
}

impl Key {
    fn is_in_use(&self, now: SystemTime) -> bool {
        self.expires.is_none_or(|end| now < end)
    }
}

const MISTYPED: Denied =
    Denied::Invalid("this is no access key: a character is wrong, or some are missing");
const UNKNOWN: Denied = Denied::Invalid("no access key like this is in use");
const EXPIRED: Denied = Denied::Invalid("the access key has expired");

#[cfg(test)]
mod tests {
    use std::fs;

    use ring::rand::SystemRandom;

    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn a_key_is_found_until_it_ends() {
        let random = SystemRandom::new();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.toml");
        let [key, other, unknown] = [0; 3].map(|_| AccessKey::generate(&random).unwrap());
        let text = format!(
            "[[key]]\nname = \"ci\"\naudience = \"staff\"\nsha256 = \"{}\"\nexpires = 1970-01-01T00:01:40Z\n\
             [[key]]\nname = \"other\"\naudience = \"staff\"\nsha256 = \"{}\"\n",
            key.hash(),
            other.hash().to_string().to_uppercase(),
        );
        fs::write(&path, text).unwrap();
        let ring = KeyRing::new(&KeysFile::read(&path).unwrap());
        assert_eq!(ring.len(), 2);
        let found = ring.find(key.reveal(), at(99)).unwrap();
        assert_eq!(found.name.as_str(), "ci");
        assert_eq!(found.audience.as_str(), "staff");
        assert_eq!(ring.find(key.reveal(), at(100)), Err(EXPIRED));
        assert_eq!(
            ring.find(other.reveal(), at(100)).unwrap().name.as_str(),
            "other"
        );
        assert_eq!(ring.find(unknown.reveal(), at(0)), Err(UNKNOWN));
        assert_eq!(ring.find("docent_", at(0)), Err(MISTYPED));
        assert!(ring.named("ci", at(99)).is_some());
        assert!(ring.named("ci", at(100)).is_none());
        assert!(ring.named("nobody", at(0)).is_none());
        let noted =
            [5_000, 5_001, 8_599, 8_600, 8_601, 100].map(|now| ring.note_use("ci", at(now)));
        assert_eq!(noted, [true, false, false, true, false, true]);
        assert!(ring.note_use("other", at(5_001)));
        assert!(!ring.note_use("nobody", at(5_000)));
    }
}
