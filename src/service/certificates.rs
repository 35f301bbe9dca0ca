//! The certificate of the public side: looked for, put in place, renewed where nobody else does it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use anyhow::Context as _;

use crate::{
    acme::{Failures, HistoryFile, rfc3339},
    config::{CertificateSource, Settings},
    http::Domain,
    state::StateDir,
    tls::{Source, Terminator, Watch},
};

/// How long a first start waits for its certificate before it says that it is ready without one.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it looks meanwhile whether the attempt has failed.
const LOOK: Duration = Duration::from_millis(250);
const DAY: Duration = Duration::from_secs(86_400);

/// The certificate, and who looks for a new one.
pub(super) struct Certificates {
    terminator: Arc<Terminator>,
    state: StateDir,
    watch: Mutex<Option<Watch>>,
}

impl Certificates {
    /// Puts in place what is there.
    ///
    /// # Errors
    /// Where no thread can be started.
    pub(super) fn new(settings: &Settings, state: StateDir) -> anyhow::Result<Self> {
        let certificates = Self {
            terminator: Arc::new(Terminator::new(Vec::new(), state.challenges())),
            state,
            watch: Mutex::default(),
        };
        certificates.follow(settings)?;
        Ok(certificates)
    }

    /// Answers to the names of these settings, with the certificate that they name.
    ///
    /// # Errors
    /// Where no thread can be started.
    pub(super) fn follow(&self, settings: &Settings) -> anyhow::Result<()> {
        let names = settings.tls.as_ref().map(|tls| tls.names.clone());
        self.terminator.rename(names.unwrap_or_default());
        let watch = settings
            .tls
            .as_ref()
            .map(|tls| Watch::begin(&self.terminator, Source::new(tls, &self.state)))
            .transpose()
            .context("starting the thread that looks for new certificates")?;
        *self.watch.lock().unwrap_or_else(PoisonError::into_inner) = watch;
        Ok(())
    }

    pub(super) fn state(&self) -> &StateDir {
        &self.state
    }

    pub(super) fn terminator(&self) -> &Arc<Terminator> {
        &self.terminator
    }

    /// The public side, as `http` needs to know it.
    pub(super) fn domain(&self, settings: &Settings, https_port: u16) -> Option<Domain> {
        let tls = settings.tls.as_ref()?;
        Some(Domain {
            names: tls.names.clone(),
            https_port,
            hsts: settings.server.hsts,
            challenges: self.state.challenges(),
        })
    }

    /// There is none yet, and an authority is asked for one.
    pub(super) fn is_awaited(&self, settings: &Settings) -> bool {
        let asks = settings
            .tls
            .as_ref()
            .is_some_and(|tls| matches!(tls.source, CertificateSource::Acme(_)));
        asks && self.terminator.certificate().borrow().is_none()
    }

    /// Waits until there is a certificate, or an attempt has failed.
    pub(super) async fn first(&self, settings: &Settings) {
        if !self.is_awaited(settings) {
            return;
        }
        let mut certificate = self.terminator.certificate();
        let arrived = certificate.wait_for(Option::is_some);
        let failed = async {
            loop {
                // Not before then does anybody ask again.
                let failure = self.failure(settings);
                if failure.is_some_and(|failure| failure.next > SystemTime::now()) {
                    return;
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::select! {
            _ = arrived => {}
            () = failed => {}
            () = tokio::time::sleep(PATIENCE) => {}
        }
    }

    /// How it stands with the certificate, in a few words; `None` where there is to be none.
    pub(super) fn summary(&self, settings: &Settings) -> Option<String> {
        settings.tls.as_ref()?;
        let failure = self.failure(settings);
        let next = |failure: Failures| {
            let next = rfc3339(failure.next);
            format!(
                "{}; next attempt {next}",
                failure.message.trim_end_matches('.')
            )
        };
        let certificate = self.terminator.certificate().borrow().clone();
        let fault = self.fault();
        Some(match (certificate, failure) {
            (None, _) if fault.is_some() => {
                let fault = fault.unwrap_or_default();
                format!("HTTPS is refused, as there is no usable certificate: {fault}")
            }
            (None, None) => "no certificate yet".to_owned(),
            (None, Some(failure)) => format!("no certificate yet: {}", next(failure)),
            (Some(leaf), failure) => {
                let left = leaf.not_after.duration_since(SystemTime::now());
                let state = match left {
                    Ok(left) if left >= 2 * DAY => {
                        format!(
                            "certificate good for {} days",
                            left.as_secs() / DAY.as_secs()
                        )
                    }
                    Ok(left) => format!("certificate good for {} hours", left.as_secs() / 3600),
                    Err(_) => "the certificate has expired".to_owned(),
                };
                let names = settings.tls.iter().flat_map(|tls| &tls.names);
                let without: Vec<_> = names
                    .filter(|name| !leaf.covers(name))
                    .map(ToString::to_string)
                    .collect();
                let state = match &*without {
                    [] => state,
                    names => format!("{state}, but not for {}", names.join(", ")),
                };
                match (fault, failure) {
                    (Some(fault), _) => format!("{state}; a newer one cannot be used: {fault}"),
                    (None, Some(failure)) => {
                        format!("{state}, renewing it failed: {}", next(failure))
                    }
                    (None, None) => state,
                }
            }
        })
    }

    /// Why the pair that was last found is not in place.
    fn fault(&self) -> Option<String> {
        let watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.as_ref()?.fault()
    }

    /// The last failure of an authority, where one is asked.
    fn failure(&self, settings: &Settings) -> Option<Failures> {
        let tls = settings.tls.as_ref()?;
        if !matches!(tls.source, CertificateSource::Acme(_)) {
            return None;
        }
        let history = HistoryFile::new(&self.state, tls.primary());
        let history = history.load(SystemTime::now()).ok()?;
        history.failures
    }
}
