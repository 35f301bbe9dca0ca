//! What has been tried and what came of it, kept across restarts: a service that is started again
//! and again must not ask an authority again and again.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::{
    config::{AcmeSettings, Identifier},
    durable,
    state::StateDir,
};

use super::moment;

/// A history has a few hundred bytes, and an error message.
const MAX_FILE: u64 = 64 << 10;
/// What is kept of an authority's words, in bytes.
const MAX_MESSAGE: usize = 4 << 10;
/// How many authorities docent may have been sent away by.
const MAX_DEFERRED: usize = 32;
/// More than docent ever waits after a failure, or before it asks for a suggestion again.
const MAX_WAIT: Duration = Duration::from_secs(36 * 60 * 60);
/// The longest that an authority can send docent away for with `Retry-After`. Rate limits last for
/// up to a week.
pub(super) const MAX_RETRY_AFTER: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How many failures a damaged history counts for, and how long after the damage the next attempt
/// is.
const AFTER_DAMAGE: (u32, Duration) = (1, Duration::from_secs(100 * 60));

/// What has been tried for one certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// When something was last written here.
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
    /// When it was issued.
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
    /// How many attempts failed in a row.
    pub count: u32,
    /// When the last one was.
    #[serde(with = "moment")]
    pub at: SystemTime,
    /// The directory that was asked.
    pub directory: String,
    /// The names that were asked for; empty where that is not known.
    pub names: BTreeSet<String>,
    /// The configuration by which they were asked for, as `configuration` tells it; empty where
    /// that is not known.
    #[serde(default)]
    pub configuration: String,
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
    /// The first moment of the window.
    #[serde(with = "moment")]
    pub start: SystemTime,
    /// The last moment of the window.
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

    /// As if it had been written by a clock that has never shown more than it shows now: what one
    /// has recorded that was once in the future counts from now on, with the waits that it
    /// recorded, and with none longer than there are.
    fn by_clock(mut self, now: SystemTime) -> Self {
        let ahead = self.recorded.duration_since(now).unwrap_or_default();
        let back = |moment: SystemTime| moment.checked_sub(ahead).unwrap_or(now);
        self.recorded = back(self.recorded);
        if let Some(issued) = &mut self.issued {
            issued.at = issued.at.min(now);
        }
        for failures in [&mut self.failures, &mut self.underway]
            .into_iter()
            .flatten()
        {
            let wait = failures.next.duration_since(failures.at);
            failures.at = back(failures.at).min(now);
            failures.next = failures.at + wait.unwrap_or_default().min(MAX_WAIT);
        }
        if let Some(suggestion) = &mut self.suggestion {
            suggestion.ask_again = back(suggestion.ask_again).min(now + MAX_WAIT);
        }
        for deferral in self.deferred.values_mut() {
            deferral.until = back(deferral.until).min(now + MAX_RETRY_AFTER);
        }
        self
    }
}

/// What of the configuration decides whether an attempt can succeed, in a few characters: after a
/// failure, another configuration is tried at once.
pub(super) fn configuration(settings: &AcmeSettings) -> String {
    // The environment of a timer is not that of a person's shell.
    let settings = settings.without_environment();
    let hash = digest(&SHA256, format!("{settings:?}").as_bytes());
    hash.as_ref()[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

impl Failures {
    /// Whether they say something about a certificate for these names, asked for so.
    pub fn concern(&self, names: &[Identifier], settings: &AcmeSettings) -> bool {
        let named =
            self.names.is_empty() || self.names == names.iter().map(ToString::to_string).collect();
        let asked = self.directory.is_empty()
            || settings
                .authorities
                .iter()
                .any(|authority| authority.directory == self.directory);
        let configured =
            self.configuration.is_empty() || self.configuration == configuration(settings);
        named && asked && configured
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

    /// Reads it, by a clock that shows `now`: nothing in it is later. A file that is damaged counts
    /// as failures that have just been: too early an attempt is worse than one that comes late.
    ///
    /// # Errors
    /// Where it is there but cannot be read.
    pub fn load(&self, now: SystemTime) -> Result<History, HistoryError> {
        Ok(self.read()?.by_clock(now))
    }

    /// The same for whoever goes on with it: what a clock in the future has recorded is written down
    /// as of now, so that the waits end.
    ///
    /// # Errors
    /// Where it cannot be read, or not be written.
    pub(super) fn take_up(&self, now: SystemTime) -> Result<History, HistoryError> {
        let recorded = self.read()?;
        let history = recorded.clone().by_clock(now);
        if history != recorded {
            self.save(&history)?;
        }
        Ok(history)
    }

    fn read(&self) -> Result<History, HistoryError> {
        let unreadable = |source| HistoryError::Unreadable {
            path: self.path.clone(),
            source,
        };
        let bytes = match durable::read(&self.path, MAX_FILE) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(History::default()),
            // A history that is cut off is a damaged one.
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Vec::new(),
            Err(error) => return Err(unreadable(error)),
        };
        Ok(match serde_json::from_slice::<History>(&bytes) {
            Ok(history) => history,
            Err(error) => {
                tracing::warn!(path = %self.path.display(), %error, "what has been tried for the certificate cannot be read: docent waits before it tries again");
                let written = fs::metadata(&self.path).and_then(|metadata| metadata.modified());
                after_damage(written.map_err(unreadable)?, &self.path, &error)
            }
        })
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
            configuration: String::new(),
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

/// A history that fits into its file, however much an authority says.
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
                configuration: "c0ffee".into(),
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
        assert_eq!(file.load(second(6)).unwrap(), History::default());
        file.save(&full()).unwrap();
        assert_eq!(file.load(second(6)).unwrap(), full());
        insta::assert_snapshot!(fs::read_to_string(&file.path).unwrap());
    }

    /// Whatever moment it is, and however far ahead the clock once was.
    #[test]
    fn what_is_recorded_from_the_future_counts_from_now_on() {
        let (_folder, file) = file();
        let year = Duration::from_secs(365 * 24 * 60 * 60);
        let now = second(1) + 60 * year;
        for ahead in [Duration::from_secs(1), year, 2000 * year] {
            let mut history = full();
            let later = |moment: &mut SystemTime| *moment += 60 * year + ahead;
            later(&mut history.recorded);
            later(&mut history.issued.as_mut().unwrap().at);
            later(&mut history.suggestion.as_mut().unwrap().ask_again);
            history
                .deferred
                .values_mut()
                .for_each(|d| later(&mut d.until));
            let failures = history.failures.as_mut().unwrap();
            later(&mut failures.at);
            later(&mut failures.next);
            history.underway.clone_from(&history.failures);
            file.save(&history).unwrap();
            let loaded = file.load(now).unwrap();
            assert!(loaded.recorded <= now, "{loaded:?}");
            assert!(loaded.issued.unwrap().at <= now);
            for failures in [loaded.failures.unwrap(), loaded.underway.unwrap()] {
                assert!(failures.at <= now);
                assert_eq!(failures.next, failures.at + Duration::from_secs(4));
            }
            let soon = now + Duration::from_secs(10);
            assert!(loaded.suggestion.unwrap().ask_again <= soon);
            assert!(
                loaded
                    .deferred
                    .values()
                    .all(|deferral| deferral.until <= soon)
            );
        }
    }

    #[test]
    fn failures_say_something_about_the_same_configuration_alone() {
        use crate::config::{CertificateAuthority, ChallengeType, KeyType, Proxy};
        let settings = AcmeSettings {
            authorities: vec![CertificateAuthority {
                directory: "https://a.example/dir".into(),
                staging: None,
                ca_file: None,
                profile: None,
                external_account: None,
                proxy: None,
            }],
            contact: None,
            key_type: KeyType::P256,
            challenges: vec![ChallengeType::Http01],
        };
        let names = [Identifier::Dns("docs.example.com".into())];
        let mut failures = full().failures.unwrap();
        failures.configuration = configuration(&settings);
        assert!(failures.concern(&names, &settings));
        let changed = |change: fn(&mut AcmeSettings)| {
            let mut settings = settings.clone();
            change(&mut settings);
            !failures.concern(&names, &settings)
        };
        assert!(changed(|acme| acme.contact = Some("ops@example.com".into())));
        assert!(changed(
            |acme| acme.challenges = vec![ChallengeType::TlsAlpn01]
        ));
        assert!(changed(
            |acme| acme.authorities[0].ca_file = Some("ca.pem".into())
        ));
        assert!(changed(|acme| acme.authorities[0].directory.push('2')));
        assert!(changed(
            |acme| acme.authorities[0].proxy = Some(Proxy::new("http://p", ""))
        ));
        // A person's shell has another environment than the timer's unit.
        assert!(!changed(|acme| {
            acme.authorities[0].proxy = Some(Proxy::of_environment("http://p", ""));
        }));
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
            let history = file.load(SystemTime::now()).unwrap();
            let failures = history.failures.unwrap();
            assert_eq!(
                failures.next,
                written + Duration::from_secs(6000),
                "{damaged}"
            );
            assert!(failures.directory.is_empty() && failures.names.is_empty());
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
        let loaded = file.load(second(6)).unwrap();
        assert!(loaded.failures.unwrap().message.len() < 5000);
        assert_eq!(loaded.deferred.len(), MAX_DEFERRED);
    }
}
