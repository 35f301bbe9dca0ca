//! `keys.toml`, beside the configuration: for each access key its name, its audience, its hash and its
//! dates. It holds no key.
mod edit;
mod lock;

use std::{
    collections::HashSet,
    io,
    ops::Range,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use serde::Deserialize;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use toml::{Spanned, value::Datetime};

use super::access_key::{KeyHash, masked};
use crate::{
    config::{AudienceName, Complaint, ConfigError, KeyName, Problem, listing, nearest},
    durable,
};

pub use edit::EditError;
pub use lock::{KeysLock, LockError};

/// What a key can be called, in words.
pub const KEY_NAME: &str =
    "at most 64 letters, digits, dots, hyphens, underscores and @, the first a letter or a digit";
/// Keys of a file.
pub const MAX_KEYS: usize = 10_000;
/// Bytes of it: as many keys, and comments.
const MAX_FILE: u64 = 8 << 20;

/// The file as it was read.
#[derive(Debug, Clone, Default)]
pub struct KeysFile {
    path: PathBuf,
    text: String,
    keys: Vec<KeptKey>,
}

/// What is kept of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptKey {
    /// What it is called.
    pub name: KeyName,
    /// The audience that it is for.
    pub audience: AudienceName,
    /// Its SHA-256.
    pub hash: KeyHash,
    /// When it was made.
    pub created: Option<SystemTime>,
    /// From when on it is not accepted.
    pub expires: Option<SystemTime>,
    /// Where the file names its audience.
    named: Range<usize>,
}

impl KeptKey {
    /// Of a key that is new.
    pub fn new(
        name: KeyName,
        audience: AudienceName,
        hash: KeyHash,
        created: SystemTime,
        expires: Option<SystemTime>,
    ) -> Self {
        Self {
            name,
            audience,
            hash,
            created: Some(created),
            expires,
            named: 0..0,
        }
    }

    /// Whether it is over.
    pub fn has_expired(&self, now: SystemTime) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

impl KeysFile {
    /// Reads it; one that is not there has no keys.
    ///
    /// # Errors
    /// Where it cannot be read, or something in it is wrong: all faults at once.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = match durable::read_text(path, MAX_FILE) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(source) => {
                return Err(ConfigError::Unreadable {
                    path: path.to_owned(),
                    source,
                });
            }
        };
        let mut problems = Vec::new();
        let keys = keys(&text, &mut problems);
        ConfigError::unless_sound(path, &text, problems)?;
        Ok(Self {
            path: path.to_owned(),
            text,
            keys,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its keys, in its order.
    pub fn keys(&self) -> &[KeptKey] {
        &self.keys
    }

    /// The key of a name.
    pub fn find(&self, name: &str) -> Option<&KeptKey> {
        self.keys.iter().find(|key| key.name.as_str() == name)
    }

    /// Whether each key is for one of these audiences.
    ///
    /// # Errors
    /// Those that are not.
    pub fn check_audiences(&self, audiences: &[&str]) -> Result<(), ConfigError> {
        let strays = self
            .keys
            .iter()
            .filter(|key| !audiences.contains(&key.audience.as_str()));
        let problems = strays
            .map(|key| unknown_audience(key.audience.as_str(), audiences).at(key.named.clone()))
            .collect();
        ConfigError::unless_sound(&self.path, &self.text, problems)
    }
}

/// What is wrong with a name that is no audience's.
pub(super) fn unknown_audience(name: &str, audiences: &[&str]) -> Complaint {
    let complaint = Complaint::new(format!("there is no audience `{name}`"));
    match (nearest(name, audiences.iter().copied()), audiences) {
        (Some(near), _) => complaint.help(format!("did you mean `{near}`?")),
        (None, []) => complaint.help("the configuration has no [[audience]]"),
        (None, all) => complaint.help(format!("there are {}", listing(all.iter().copied()))),
    }
}

/// A moment as it stands in the file and in lists.
pub fn rfc3339(moment: SystemTime) -> String {
    let seconds = moment
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let moment = i64::try_from(seconds.min(LAST)).unwrap_or(0);
    let moment = OffsetDateTime::from_unix_timestamp(moment).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    moment.format(&Rfc3339).unwrap_or_default()
}

/// The last second of the year 9999: what is later has no form in RFC 3339.
const LAST: u64 = 253_402_300_799;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    #[serde(default)]
    key: Vec<Spanned<KeyTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyTable {
    name: Spanned<String>,
    audience: Spanned<String>,
    sha256: Spanned<String>,
    created: Option<Spanned<Datetime>>,
    expires: Option<Spanned<Datetime>>,
}

fn keys(text: &str, problems: &mut Vec<Problem>) -> Vec<KeptKey> {
    let tables: Tables = match toml::from_str(text) {
        Ok(tables) => tables,
        Err(error) => {
            let complaint = Complaint::new(masked(error.message().trim()));
            problems.push(match error.span() {
                Some(span) => complaint.at(span),
                None => complaint.at(0..0),
            });
            return Vec::new();
        }
    };
    if let Some(first) = tables.key.get(MAX_KEYS) {
        let complaint = Complaint::new(format!("there are more than {MAX_KEYS} keys"))
            .help("take out those that have expired or are not used: see `docent key list`");
        problems.push(complaint.at(first.span()));
        return Vec::new();
    }
    let mut names = HashSet::new();
    let mut hashes = HashSet::new();
    let mut keys = Vec::new();
    for table in tables.key.into_iter().map(Spanned::into_inner) {
        let name = value(&table.name, |text| name(text), problems);
        let audience = value(&table.audience, |text| audience(text), problems);
        let hash = value(&table.sha256, |text| hash(text), problems);
        let mut moment = |written: Option<Spanned<Datetime>>| {
            written.and_then(|written| value(&written, moment, problems))
        };
        let (created, expires) = (moment(table.created), moment(table.expires));
        let (Some(name), Some(audience), Some(hash)) = (name, audience, hash) else {
            continue;
        };
        if !names.insert(name.clone()) {
            let complaint = Complaint::new(format!("two keys are named `{name}`"));
            problems.push(complaint.at(table.name.span()));
        }
        if !hashes.insert(hash) {
            let complaint = Complaint::new("the same key has another name already");
            problems.push(complaint.at(table.sha256.span()));
        }
        keys.push(KeptKey {
            name,
            audience,
            hash,
            created,
            expires,
            named: table.audience.span(),
        });
    }
    keys
}

/// What a value means; what is wrong with it goes to the problems.
fn value<T, M>(
    written: &Spanned<T>,
    meaning: impl Fn(&T) -> Result<M, Complaint>,
    problems: &mut Vec<Problem>,
) -> Option<M> {
    meaning(written.get_ref())
        .map_err(|complaint| problems.push(complaint.at(written.span())))
        .ok()
}

fn name(text: &str) -> Result<KeyName, Complaint> {
    // Somebody may have put the key itself there.
    let name = masked(text);
    let name = KeyName::new(text).filter(|_| name == text).ok_or(name);
    name.map_err(|name| {
        Complaint::new(format!("`{name}` is no name of a key"))
            .help(format!("write {KEY_NAME}, such as \"ci\""))
    })
}

fn audience(text: &str) -> Result<AudienceName, Complaint> {
    let wrong = || Complaint::new(format!("`{}` is no name of an audience", masked(text)));
    AudienceName::new(text).ok_or_else(wrong)
}

fn hash(text: &str) -> Result<KeyHash, Complaint> {
    text.parse().map_err(|_| {
        Complaint::new("this is no SHA-256 of a key")
            .help("it has 64 hexadecimal digits; `docent key new` writes it")
    })
}

fn moment(written: &Datetime) -> Result<SystemTime, Complaint> {
    let text = written.to_string();
    let moment = OffsetDateTime::parse(&text, &Rfc3339).ok();
    let seconds = moment.and_then(|moment| u64::try_from(moment.unix_timestamp()).ok());
    let seconds = seconds.ok_or_else(|| {
        Complaint::new(format!("{text} is no moment"))
            .help("write it with its time in UTC, such as 2027-01-31T00:00:00Z")
    })?;
    Ok(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests;
