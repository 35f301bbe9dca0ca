//! Looks for keys of issuers, and puts them in place.
//!
//! By asking twice a second rather than by notifications of the kernel, as for certificates: those tell nothing of network
//! file systems, nor of folders that are not there yet.

use std::{
    io,
    sync::{
        Arc, Weak,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

use super::{Issuers, key_set::KeySet};
use crate::{
    error::{chain, printable},
    state::{Jwks, JwksError, JwksMark},
};

const LOOK: Duration = Duration::from_millis(500);
/// While a request waits for keys.
const LOOK_CLOSELY: Duration = Duration::from_millis(50);
/// How often to try a file again that could not be used, though nothing of it seems to have changed.
const RETRY: Duration = Duration::from_secs(60);
/// How soon keys that are missing are asked for again, and how late at the most.
const ASK_AGAIN: Duration = Duration::from_secs(60);
const ASK_AT_LEAST: Duration = Duration::from_secs(60 * 60);

/// A look for keys, twice a second, until it is dropped.
pub struct Watch {
    _wake: Sender<()>,
}

impl Watch {
    /// Puts in place what is there, asks for what is missing, and puts in place what is new within a second.
    ///
    /// Keys that cannot be used, and a file that is gone, leave those before in place, and the log says why.
    ///
    /// # Errors
    /// Where no thread can be started.
    pub fn begin(issuers: &Arc<Issuers>, jwks: Jwks) -> io::Result<Self> {
        let (wake, dropped) = channel();
        if issuers.is_empty() {
            return Ok(Self { _wake: wake });
        }
        let mut watcher = Watcher {
            seen: issuers.issuers.iter().map(|_| Seen::default()).collect(),
            issuers: Arc::downgrade(issuers),
            jwks,
            next_try: Instant::now() + RETRY,
            next_ask: Instant::now(),
            pause: ASK_AGAIN,
        };
        watcher.look();
        thread::Builder::new()
            .name("docent-jwks".into())
            .spawn(move || watcher.run(&dropped))?;
        Ok(Self { _wake: wake })
    }
}

struct Watcher {
    issuers: Weak<Issuers>,
    jwks: Jwks,
    seen: Vec<Seen>,
    next_try: Instant,
    next_ask: Instant,
    pause: Duration,
}

/// What was last found of an issuer.
#[derive(Default)]
struct Seen {
    /// `None`: nobody has looked.
    mark: Option<Option<JwksMark>>,
    /// Keys are in place.
    has_keys: bool,
    /// Their names, to tell whether others have come.
    keys: String,
    fault: bool,
    /// The last fault that the log was told of.
    told: String,
}

impl Watcher {
    fn run(mut self, dropped: &Receiver<()>) {
        loop {
            let waits = self.issuers.upgrade();
            let waits = waits.is_some_and(|issuers| issuers.wanted.is_waited_for());
            let pause = if waits { LOOK_CLOSELY } else { LOOK };
            if dropped.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            self.look();
        }
    }

    fn look(&mut self) {
        let Some(issuers) = self.issuers.upgrade() else {
            return;
        };
        let now = Instant::now();
        let retry = now >= self.next_try;
        if retry {
            self.next_try = now + RETRY;
        }
        for (index, (issuer, seen)) in issuers.issuers.iter().zip(&mut self.seen).enumerate() {
            let mark = self.jwks.mark(&issuer.name);
            if seen.mark.as_ref() == Some(&mark) && !(retry && seen.fault) {
                continue;
            }
            seen.mark = Some(mark);
            match found(&self.jwks, &issuer.name) {
                Ok(Some((set, age))) => {
                    seen.take(&issuer.name, &set, age);
                    issuers.replace_keys(index, set);
                }
                Ok(None) => {
                    let fault = seen.has_keys.then(|| "they are gone".to_owned());
                    seen.complain(&issuer.name, fault);
                }
                Err(fault) => seen.complain(&issuer.name, Some(fault)),
            }
        }
        let is_missing = |seen: &Seen| !seen.has_keys || seen.fault;
        if !self.seen.iter().any(is_missing) {
            self.pause = ASK_AGAIN;
        } else if now >= self.next_ask {
            issuers.wanted.ask_for_first(now);
            self.next_ask = now + self.pause;
            self.pause = (self.pause * 2).min(ASK_AT_LEAST);
        }
    }
}

impl Seen {
    fn take(&mut self, issuer: &str, set: &KeySet, age: Duration) {
        let keys = format!("{set:?}");
        if keys != self.keys || self.fault {
            let age = age.as_secs();
            tracing::info!(
                issuer,
                keys = set.len(),
                age,
                "the issuer's keys are in place"
            );
        }
        *self = Self {
            mark: self.mark.take(),
            has_keys: true,
            keys,
            fault: false,
            told: String::new(),
        };
    }

    /// `None`: there have never been any, and they are asked for.
    fn complain(&mut self, issuer: &str, fault: Option<String>) {
        self.fault = true;
        let Some(fault) = fault else {
            if self.told.is_empty() {
                self.told = "missing".to_owned();
                tracing::info!(
                    issuer,
                    "there are no keys of this issuer yet: nobody whom it vouches for gets in until they are fetched"
                );
            }
            return;
        };
        if fault != self.told {
            let standing = match self.has_keys {
                true => "those before stay in use",
                false => "nobody whom it vouches for gets in until there are some",
            };
            tracing::error!(
                issuer,
                fault,
                "the issuer's keys cannot be used; {standing}"
            );
            self.told = fault;
        }
    }
}

/// The keys of an issuer, and how long ago they were fetched.
fn found(jwks: &Jwks, issuer: &str) -> Result<Option<(KeySet, Duration)>, String> {
    let fetched = match jwks.load(issuer) {
        Ok(fetched) => fetched,
        Err(JwksError::Missing) => return Ok(None),
        Err(error) => return Err(printable(&chain(&error))),
    };
    let set = KeySet::parse(fetched.jwks.as_bytes()).map_err(|error| printable(&chain(&error)))?;
    let age = fetched.fetched_at.elapsed().unwrap_or_default();
    Ok(Some((set, age)))
}
