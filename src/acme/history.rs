//! What has been tried and what came of it, kept across restarts: a service that is started again
//! and again must not ask an authority again and again.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};

use crate::{config::Identifier, durable, state::StateDir};

use super::moment;

/// A history has a few hundred bytes, and an error message.
const MAX_FILE: u64 = 64 << 10;
/// What is kept of an authority's words, in bytes.
const MAX_MESSAGE: usize = 4 << 10;
/// How many authorities docent may have been sent away by.
const MAX_DEFERRED: usize = 32;
/// How many failures a damaged history counts for, and how long after the damage the next attempt
/// is.
const AFTER_DAMAGE: (u32, Duration) = (1, Duration::from_secs(100 * 60));

/// What has been tried for one certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// When something was last written here: the clock cannot show less.
    #[serde(with = "moment")]
    pub recorded: SystemTime,
    /// The last certificate that was issued.
    pub issued: Option<Issuance>,
    /// What failed since.
    pub failures: Option<Failures>,
    /// An attempt that has begun and has not ended: it goes on, or was stopped by force. Until it
    /// has ended otherwise, it counts as one that failed.
    #[serde(default)]
    pub underway: Option<Failures>,
    /// When the authority suggests to renew.
    pub suggestion: Option<Suggestion>,
    /// Authorities, by their directory, that want to be left alone for a time.
    #[serde(default)]
    pub deferred: BTreeMap<String, Deferral>,
}

/// A certificate that was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issuance {
    /// When.
    #[serde(with = "moment")]
    pub at: SystemTime,
    /// Its serial number, as [`crate::state::Leaf`] writes it.
    pub serial: String,
    /// The directory of the authority.
    pub directory: String,
    /// The profile that was asked for.
    pub profile: Option<String>,
    /// The names that were asked for.
    pub names: BTreeSet<String>,
}

/// Attempts that failed, all since the last that did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failures {
    /// How many in a row.
    pub count: u32,
    /// When the last one was.
    #[serde(with = "moment")]
    pub at: SystemTime,
    /// The directory that was asked.
    pub directory: String,
    /// The names that were asked for; empty where that is not known.
    pub names: BTreeSet<String>,
    /// What went wrong, in the authority's words where it said some.
    pub message: String,
    /// What the operator can do.
    pub help: Option<String>,
    /// When the next attempt may be.
    #[serde(with = "moment")]
    pub next: SystemTime,
}

/// When an authority suggests to renew a certificate (RFC 9773).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The serial number of that certificate.
    pub serial: String,
    /// The window, if the authority named one.
    pub window: Option<Window>,
    /// When to ask again.
    #[serde(with = "moment")]
    pub ask_again: SystemTime,
}

/// A window of time to renew in, and the moment within it that chance chose once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// It begins.
    #[serde(with = "moment")]
    pub start: SystemTime,
    /// It ends.
    #[serde(with = "moment")]
    pub end: SystemTime,
    /// The moment to renew at.
    #[serde(with = "moment")]
    pub chosen: SystemTime,
    /// A page that explains the window.
    pub explanation: Option<String>,
}

/// How long an authority wants to be left alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deferral {
    /// It may be asked again from this moment on.
    #[serde(with = "moment")]
    pub until: SystemTime,
}

impl Default for History {
    fn default() -> Self {
        Self {
            recorded: SystemTime::UNIX_EPOCH,
            issued: None,
            failures: None,
            underway: None,
            suggestion: None,
            deferred: BTreeMap::new(),
        }
    }
}

impl History {
    /// The last attempt that came to nothing, as far as is known.
    pub fn last_failures(&self) -> Option<&Failures> {
        self.underway.as_ref().or(self.failures.as_ref())
    }
}

impl Failures {
    /// Whether they say something about a certificate for these names.
    pub fn concern(&self, names: &[Identifier]) -> bool {
        self.names.is_empty() || self.names == names.iter().map(ToString::to_string).collect()
    }
}

/// The file of a certificate's history.
#[derive(Debug, Clone)]
pub struct HistoryFile {
    path: PathBuf,
}

impl HistoryFile {
    /// The one of the certificate with this first name.
    pub fn new(state: &StateDir, name: &Identifier) -> Self {
        Self {
            path: state.renewal().join(format!("{name}.json")),
        }
    }

    /// Reads it. A file that is damaged counts as failures that have just been: too early an
    /// attempt is worse than one that comes late.
    ///
    /// # Errors
    /// Where it is there but cannot be read.
    pub fn load(&self) -> Result<History, HistoryError> {
        let unreadable = |source| HistoryError::Unreadable {
            path: self.path.clone(),
            source,
        };
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(History::default()),
            Err(error) => return Err(unreadable(error)),
        };
        let written = file.metadata().and_then(|metadata| metadata.modified());
        let written = written.map_err(unreadable)?;
        let mut bytes = Vec::new();
        file.take(MAX_FILE)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        Ok(serde_json::from_slice(&bytes).unwrap_or_else(|error| {
            tracing::warn!(path = %self.path.display(), %error, "what has been tried for the certificate cannot be read: docent waits before it tries again");
            after_damage(written, &self.path, &error)
        }))
    }

    /// Writes it: in its place at once, and on disk when this returns.
    ///
    /// # Errors
    /// Where it cannot be written; then nothing may be asked of an authority either.
    pub fn save(&self, history: &History) -> Result<(), HistoryError> {
        let unwritable = |source| HistoryError::Unwritable {
            path: self.path.clone(),
            source,
        };
        let text = serde_json::to_vec_pretty(&bounded(history))
            .map_err(|error| unwritable(error.into()))?;
        durable::replace(&self.path, &text, 0o600).map_err(unwritable)
    }
}

/// Why a history cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// It is there, but cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// It cannot be written.
    #[error("cannot write {}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
}

fn after_damage(written: SystemTime, path: &Path, error: &serde_json::Error) -> History {
    let (count, wait) = AFTER_DAMAGE;
    History {
        failures: Some(Failures {
            count,
            at: written,
            directory: String::new(),
            names: BTreeSet::new(),
            message: format!("{} was damaged: {error}", path.display()),
            help: Some(
                "docent waits before it tries again; `docent renew --force` tries at once"
                    .to_owned(),
            ),
            next: written + wait,
        }),
        ..History::default()
    }
}

/// An authority decides how much it says.
fn bounded(history: &History) -> History {
    let mut history = history.clone();
    for failures in [&mut history.failures, &mut history.underway]
        .into_iter()
        .flatten()
    {
        cut(&mut failures.message);
        failures.help.as_mut().map(cut);
    }
    if let Some(window) = history.suggestion.as_mut().and_then(|s| s.window.as_mut()) {
        window.explanation.take_if(|url| url.len() > MAX_MESSAGE);
    }
    while history.deferred.len() > MAX_DEFERRED {
        history.deferred.pop_first();
    }
    history
}

fn cut(text: &mut String) {
    if text.len() > MAX_MESSAGE {
        text.truncate(text.floor_char_boundary(MAX_MESSAGE));
        text.push('…');
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn file() -> (tempfile::TempDir, HistoryFile) {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::new(folder.path());
        fs::create_dir(state.renewal()).unwrap();
        let name = Identifier::Dns("docs.example.com".to_owned());
        (folder, HistoryFile::new(&state, &name))
    }

    fn second(n: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(n)
    }

    fn full() -> History {
        History {
            recorded: second(5),
            issued: Some(Issuance {
                at: second(1),
                serial: "0abc".into(),
                directory: "https://a.example/dir".into(),
                profile: None,
                names: BTreeSet::from(["docs.example.com".into()]),
            }),
            failures: Some(Failures {
                count: 2,
                at: second(5),
                directory: "https://a.example/dir".into(),
                names: BTreeSet::new(),
                message: "no".into(),
                help: None,
                next: second(9),
            }),
            underway: None,
            suggestion: Some(Suggestion {
                serial: "0abc".into(),
                window: Some(Window {
                    start: second(10),
                    end: second(20),
                    chosen: second(15),
                    explanation: None,
                }),
                ask_again: second(7),
            }),
            deferred: BTreeMap::from([(
                "https://a.example/dir".into(),
                Deferral { until: second(8) },
            )]),
        }
    }

    #[test]
    fn what_is_saved_is_loaded() {
        let (_folder, file) = file();
        assert_eq!(file.load().unwrap(), History::default());
        file.save(&full()).unwrap();
        assert_eq!(file.load().unwrap(), full());
        insta::assert_snapshot!(fs::read_to_string(&file.path).unwrap());
    }

    #[test]
    fn a_damaged_history_is_not_a_fresh_start() {
        let (_folder, file) = file();
        file.save(&full()).unwrap();
        let good = fs::read_to_string(&file.path).unwrap();
        for damaged in [
            "",
            "{}",
            &good[..good.len() / 2],
            &good.replace("1970", "not"),
            "\0\0",
        ] {
            fs::write(&file.path, damaged).unwrap();
            let written = fs::metadata(&file.path).unwrap().modified().unwrap();
            let history = file.load().unwrap();
            let failures = history.failures.unwrap();
            assert_eq!(
                failures.next,
                written + Duration::from_secs(6000),
                "{damaged}"
            );
            assert!(failures.concern(&[Identifier::Dns("any".into())]));
        }
    }

    #[test]
    fn an_authority_cannot_fill_the_disk() {
        let (_folder, file) = file();
        let mut history = full();
        let failures = history.failures.as_mut().unwrap();
        failures.message = "\u{e9}".repeat(1 << 20);
        let deferrals = (0..1000).map(|n| (n.to_string(), Deferral { until: second(n) }));
        history.deferred.extend(deferrals);
        file.save(&history).unwrap();
        let loaded = file.load().unwrap();
        assert!(loaded.failures.unwrap().message.len() < 5000);
        assert_eq!(loaded.deferred.len(), MAX_DEFERRED);
    }
}
