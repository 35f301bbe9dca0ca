//! Looks for a new certificate, and puts it in place.
//!
//! By asking twice a second rather than by notifications of the kernel: those tell nothing of network file
//! systems, of folders that are not there yet, or of a link far up in a path, and one question is one
//! `readlink`.

use std::{
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::{Duration, Instant, SystemTime},
};

use super::Terminator;
use crate::{
    config::{CertificateSource, Identifier, TlsSettings},
    error::chain,
    state::{Certificates, CertifiedPair, Leaf, PairError, StateDir},
};

const LOOK: Duration = Duration::from_millis(500);
/// How often to try a pair again that could not be used, though nothing of it seems to have changed.
const RETRY: Duration = Duration::from_secs(60);
/// How often to say that the certificate has expired.
const REMIND: Duration = Duration::from_secs(6 * 60 * 60);

/// Where a certificate is found.
#[derive(Debug, Clone)]
pub enum Source {
    /// In the state directory, where docent puts those that it obtains.
    Stored {
        /// All of them.
        certificates: Certificates,
        /// The one to use, by the first of its names.
        name: Identifier,
    },
    /// In files that somebody else writes.
    Files {
        /// The chain, PEM.
        cert: PathBuf,
        /// The private key, PEM.
        key: PathBuf,
    },
}

impl Source {
    /// What the configuration says.
    pub fn new(settings: &TlsSettings, state: &StateDir) -> Self {
        match &settings.source {
            CertificateSource::Acme(_) => Self::Stored {
                certificates: state.certificates(),
                name: settings.primary().clone(),
            },
            CertificateSource::Files { cert, key } => Self::Files {
                cert: cert.clone(),
                key: key.clone(),
            },
        }
    }

    fn load(&self) -> Result<CertifiedPair, PairError> {
        match self {
            Self::Stored { certificates, name } => certificates.load(name),
            Self::Files { cert, key } => CertifiedPair::read(cert, key),
        }
    }

    /// What tells one state of the files from another: where the mark is another one, something has changed.
    fn mark(&self) -> Mark {
        match self {
            Self::Stored { certificates, name } => Mark::Version(certificates.version(name)),
            Self::Files { cert, key } => Mark::Files([cert, key].map(|file| {
                let file = fs::metadata(file).ok()?;
                Some((
                    file.dev(),
                    file.ino(),
                    file.size(),
                    file.ctime(),
                    file.ctime_nsec(),
                ))
            })),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Mark {
    Version(Option<u64>),
    /// The chain and the key, each `None` where it is not there.
    Files([Option<FileMark>; 2]),
}

/// Device, inode, size, and time of change in seconds and nanoseconds.
type FileMark = (u64, u64, u64, i64, i64);

/// A look for new certificates, twice a second, until it is dropped.
pub struct Watch {
    told: Arc<Mutex<Option<String>>>,
    _wake: Sender<()>,
}

impl Watch {
    /// Puts in place what is there, and from then on what is new within a second.
    ///
    /// A pair that cannot be used leaves the one before in place, and the log says why.
    ///
    /// # Errors
    /// Where no thread can be started.
    pub fn begin(terminator: &Arc<Terminator>, source: Source) -> io::Result<Self> {
        let told = Arc::default();
        let mut watcher = Watcher {
            terminator: Arc::downgrade(terminator),
            turn: terminator.next_turn(),
            source,
            seen: None,
            fault: None,
            told: Arc::clone(&told),
            reported: String::new(),
            next_try: Instant::now(),
            next_reminder: Instant::now(),
        };
        watcher.look();
        let (wake, dropped) = channel();
        thread::Builder::new()
            .name("docent-certificate".into())
            .spawn(move || watcher.run(&dropped))?;
        Ok(Self { told, _wake: wake })
    }

    /// Why what was last found could not be put in place; `None` where it could, or where there is nothing
    /// to be found yet.
    pub fn fault(&self) -> Option<String> {
        self.told
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Why a pair cannot be used.
struct Fault {
    text: String,
    /// There is none, and one is being obtained.
    is_awaited: bool,
}

struct Watcher {
    terminator: Weak<Terminator>,
    turn: u64,
    source: Source,
    /// The mark of what was last tried.
    seen: Option<Mark>,
    /// Why it could not be used.
    fault: Option<Fault>,
    /// The same in words, for others.
    told: Arc<Mutex<Option<String>>>,
    /// The last fault that the log tells of; empty where there is none.
    reported: String,
    next_try: Instant,
    next_reminder: Instant,
}

impl Watcher {
    fn run(mut self, dropped: &Receiver<()>) {
        while dropped.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
            self.look();
        }
    }

    fn look(&mut self) {
        let Some(terminator) = self.terminator.upgrade() else {
            return;
        };
        let mark = self.source.mark();
        let retry = self.fault.is_some() && Instant::now() >= self.next_try;
        if self.seen.as_ref() != Some(&mark) || retry {
            self.seen = Some(mark);
            self.next_try = Instant::now() + RETRY;
            self.fault = self.take_over(&terminator).err();
            if self.fault.is_none() {
                self.reported.clear();
            }
            let told = self.fault.as_ref().filter(|fault| !fault.is_awaited);
            *self.told.lock().unwrap_or_else(PoisonError::into_inner) =
                told.map(|fault| fault.text.clone());
        } else if let Some(Fault { text: fault, .. }) = &self.fault
            // Only now, when it has stayed: the key of a new pair may have come after its chain.
            && *fault != self.reported
        {
            let served = terminator.certificate().borrow().is_some();
            let standing = if served {
                "the certificate before stays in place"
            } else {
                "HTTPS answers nothing until there is one"
            };
            tracing::error!(fault, "no usable certificate; {standing}");
            self.reported.clone_from(fault);
        }
        self.remind(&terminator);
    }

    fn take_over(&mut self, terminator: &Terminator) -> Result<(), Fault> {
        let pair = self.source.load().map_err(|error| Fault {
            text: chain(&error),
            is_awaited: matches!(error, PairError::Missing),
        })?;
        let leaf = pair.leaf.clone();
        let broken_chain = pair.broken_chain();
        let is_in_place = terminator.install(self.turn, pair);
        let is_in_place = is_in_place.map_err(|error| Fault {
            text: chain(&error),
            is_awaited: false,
        })?;
        if !is_in_place {
            // Another source is looked at, and this one is about to be dropped.
            return Ok(());
        }
        let names = leaf
            .names
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ");
        let days = days_left(&leaf);
        tracing::info!(
            names,
            issuer = leaf.issuer,
            serial = leaf.serial,
            days,
            "certificate in place"
        );
        for name in terminator.names().iter().filter(|name| !leaf.covers(name)) {
            tracing::warn!(
                %name,
                "the certificate is not for this name: its handshakes are refused until there is one that is"
            );
        }
        if let Some(broken) = broken_chain {
            tracing::warn!(
                broken,
                "clients that do not know this issuer will not connect: the file needs the certificates of all issuers below the root, in order (`fullchain.pem`)"
            );
        }
        if leaf.is_early(SystemTime::now()) {
            tracing::warn!(
                serial = leaf.serial,
                "by the clock of this machine the certificate does not count yet: is the clock right?"
            );
        }
        self.next_reminder = Instant::now();
        Ok(())
    }

    fn remind(&mut self, terminator: &Terminator) {
        let certificate = terminator.certificate();
        let Some(leaf) = certificate.borrow().clone() else {
            return;
        };
        if leaf.is_expired(SystemTime::now()) && Instant::now() >= self.next_reminder {
            self.next_reminder = Instant::now() + REMIND;
            tracing::error!(
                serial = leaf.serial,
                "the certificate has expired: assistants refuse to connect; `docent renew` says what is wrong"
            );
        }
    }
}

/// 0 on the last day and when it is over.
fn days_left(leaf: &Leaf) -> u64 {
    let left = leaf.not_after.duration_since(SystemTime::now());
    left.unwrap_or_default().as_secs() / 86_400
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rcgen::{CertificateParams, KeyPair};

    use super::*;

    /// A pair of files for a name.
    fn pair(folder: &Path, name: &str) -> Source {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let files = [format!("{name}.pem"), format!("{name}.key")].map(|file| folder.join(file));
        fs::write(&files[0], certificate.pem()).unwrap();
        fs::write(&files[1], key.serialize_pem()).unwrap();
        let [cert, key] = files;
        Source::Files { cert, key }
    }

    /// A reload names other files while the ones before are being read.
    #[test]
    fn what_was_looked_for_before_takes_nothings_place() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::new(folder.path());
        let names = ["old.example", "new.example"].map(|name| Identifier::Dns(name.to_owned()));
        let terminator = Arc::new(Terminator::new(names.to_vec(), state.challenges()));
        let (old, new) = (
            pair(folder.path(), "old.example"),
            pair(folder.path(), "new.example"),
        );
        let late = terminator.next_turn();
        let read = old.load().unwrap();
        let _watch = Watch::begin(&terminator, new).unwrap();
        assert!(!terminator.install(late, read).unwrap());
        let leaf = terminator.certificate().borrow().clone().unwrap();
        assert_eq!(leaf.names, [names[1].clone()]);
    }
}
