//! A certificate obtained or renewed when it is due: what `docent renew` does, and `docent serve`
//! outside systemd.

use std::time::{Duration, SystemTime};

use rustls::pki_types::{CertificateDer, pem::PemObject as _};

use crate::{
    config::{AcmeSettings, CertificateAuthority, ChallengeType, Identifier},
    state::{CertifiedPair, Leaf, LeafError, PairError, StateDir, StoreError},
};

use super::{
    client::Client,
    error::Error,
    history::{
        Deferral, Failures, History, HistoryError, HistoryFile, Issuance, Suggestion, Window,
    },
    lock::{Lock, LockError},
    order::{Issued, OrderRequest},
    preflight::{
        ChallengePorts, PreflightError, built, check_clock, check_writable, warn_of_unknown_names,
    },
    renewal_info::{CertificateId, RenewalInfo},
    revocation::RevocationReason,
    schedule::{self, Reason, Situation, Verdict, Wait, verdict},
    transport::Patience,
};

/// When the authority suggests to renew is nice to know: nobody waits longer for it.
const SUGGESTION_TIMEOUT: Duration = Duration::from_secs(15);

/// Everything that the certificate of one configuration is obtained with.
#[derive(Clone, Copy)]
pub struct Renewal<'a> {
    /// Where certificates, accounts and the history are kept.
    pub state: &'a StateDir,
    /// The names of the certificate, the first of which names its files; at least one.
    pub names: &'a [Identifier],
    /// How to obtain it.
    pub settings: &'a AcmeSettings,
    /// Where `docent serve` answers challenges.
    pub ports: ChallengePorts,
    /// How long an authority may take.
    pub patience: Patience,
    /// Tells the time.
    pub clock: &'a (dyn Fn() -> SystemTime + Send + Sync),
}

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    /// There is a new certificate, and whoever serves finds it.
    Renewed {
        /// What it says.
        leaf: Leaf,
        /// Why it was due.
        reason: Reason,
        /// Who issued it.
        authority: String,
        /// When it will be due, as far as that is known now.
        next: SystemTime,
    },
    /// It is not time yet; no certificate was asked for.
    NotDue {
        /// When it will be.
        until: SystemTime,
        /// What that moment follows from.
        because: Wait,
        /// What the certificate there is says.
        leaf: Option<Leaf>,
        /// What failed last, if that is why.
        failures: Option<Failures>,
    },
    /// The attempt came to nothing, and is recorded.
    Failed {
        /// What went wrong, and what helps.
        failures: Failures,
    },
}

/// Why nothing was tried, or what has been got is not kept.
#[derive(Debug, thiserror::Error)]
pub enum RenewalError {
    /// Another process is at it.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// It would have been in vain.
    #[error(transparent)]
    Preflight(#[from] PreflightError),
    /// What has been tried cannot be kept.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The authority said no to what a person asked for.
    #[error(transparent)]
    Authority(#[from] Error),
    /// There is no certificate to do it with.
    #[error(transparent)]
    Pair(#[from] PairError),
}

/// How things stand with a certificate.
#[derive(Debug)]
pub struct Standing {
    /// What the certificate says, or why there is none that can be used.
    pub certificate: Result<Leaf, PairError>,
    /// Whether it is due.
    pub verdict: Verdict,
    /// What has been tried.
    pub history: History,
}

/// What a rehearsal came to.
#[derive(Debug)]
pub struct Rehearsal {
    /// The directory that was asked.
    pub directory: String,
    /// Whether it is one for trying things out.
    pub staging: bool,
    /// What the certificate says, which is not kept.
    pub leaf: Leaf,
}

/// Why an attempt came to nothing.
#[derive(Debug, thiserror::Error)]
enum AttemptError {
    #[error(transparent)]
    Authority(#[from] Error),
    #[error("in a rehearsal with the authority's staging directory, {0}")]
    Rehearsal(#[source] Error),
    #[error("a certificate was issued, but could not be stored")]
    Store(#[from] StoreError),
}

impl Renewal<'_> {
    /// Obtains or renews the certificate if it is due, or if a person insists.
    ///
    /// No more than one attempt is made, and it is on disk before the authority is asked: a
    /// process that dies on the way counts as an attempt that failed.
    ///
    /// # Errors
    /// Where nothing could be tried: then no certificate was asked for.
    pub async fn run(&self, force: bool) -> Result<Outcome, RenewalError> {
        let _lock = Lock::take(self.state)?;
        let file = HistoryFile::new(self.state, self.name());
        let mut history = file.load()?;
        let now = (self.clock)();
        check_clock(now, built(), (!force).then_some(&history))?;
        let pair = self.pair(now);
        if let Some(pair) = &pair {
            self.update_suggestion(pair, &mut history, &file, now)
                .await?;
        }
        let leaf = pair.as_ref().map(|pair| &pair.leaf);
        let situation = self.situation(now, leaf, &history);
        let reason = match verdict(&situation) {
            Verdict::Due(reason) => reason,
            Verdict::NotBefore { .. } if force => Reason::Forced,
            Verdict::NotBefore { at, because } => {
                return Ok(Outcome::NotDue {
                    until: at,
                    because,
                    leaf: leaf.cloned(),
                    failures: history.failures,
                });
            }
        };
        check_writable(self.state)?;
        let authority = schedule::next_authority(&situation).clone();
        tracing::info!(%reason, authority = authority.directory, "asking for a certificate");
        warn_of_unknown_names(self.names).await;
        let rehearse = history.failures.is_some();
        self.begin(&authority, &mut history, &file, now)?;
        let result = self
            .attempt(&authority, pair.as_ref(), &history, rehearse)
            .await;
        match result {
            Ok(leaf) => Ok(self.succeeded(authority, reason, leaf, history, &file)),
            Err(error) => Ok(self.failed(&authority, &error, history, &file)),
        }
    }

    /// How things stand, without asking anybody and without writing anything.
    ///
    /// # Errors
    /// Where the history cannot be read or the clock cannot be right.
    pub fn standing(&self) -> Result<Standing, RenewalError> {
        let history = HistoryFile::new(self.state, self.name()).load()?;
        let now = (self.clock)();
        check_clock(now, built(), Some(&history))?;
        let pair = self.state.certificates().load(self.name(), now);
        let leaf = pair.as_ref().ok().map(|pair| &pair.leaf);
        Ok(Standing {
            verdict: verdict(&self.situation(now, leaf, &history)),
            certificate: pair.map(|pair| pair.leaf),
            history,
        })
    }

    /// Obtains a certificate and keeps nothing of it, from the authority's staging directory
    /// where it has one.
    ///
    /// # Errors
    /// Where that does not succeed.
    pub async fn rehearse(&self) -> Result<Rehearsal, RenewalError> {
        let _lock = Lock::take(self.state)?;
        check_clock((self.clock)(), built(), None)?;
        check_writable(self.state)?;
        warn_of_unknown_names(self.names).await;
        let authority = self.first_authority();
        let staging = authority.staging.as_ref().map(|url| staged(authority, url));
        let asked = staging.as_ref().unwrap_or(authority);
        let challenges = self.challenges().await;
        let issued = self.order(asked, None, &challenges).await?;
        Ok(Rehearsal {
            directory: asked.directory.clone(),
            staging: staging.is_some(),
            leaf: leaf(&issued).map_err(|error| unusable(asked, &error))?,
        })
    }

    /// Gives docent's account at the preferred authority another key.
    ///
    /// # Errors
    /// Where the authority refuses.
    pub async fn new_account_key(&self) -> Result<(), RenewalError> {
        let _lock = Lock::take(self.state)?;
        check_writable(self.state)?;
        let client = Client::connect(self.first_authority(), self.patience).await?;
        let contact = self.settings.contact.as_deref();
        let mut account = client.account(self.state, contact).await?;
        Ok(account.roll_key().await?)
    }

    /// Has the authority that issued the certificate revoke it. It stays where it is.
    ///
    /// # Errors
    /// Where there is none, or the authority refuses.
    pub async fn revoke(&self, reason: RevocationReason) -> Result<Leaf, RenewalError> {
        let _lock = Lock::take(self.state)?;
        let certificates = self.state.certificates();
        let pair = certificates.load(self.name(), (self.clock)())?;
        let history = HistoryFile::new(self.state, self.name()).load()?;
        let authority = self.asked_about(&pair.leaf, &history);
        let authority = authority.unwrap_or(self.first_authority());
        let client = Client::connect(authority, self.patience).await?;
        let contact = self.settings.contact.as_deref();
        let mut account = client.account(self.state, contact).await?;
        match account.revoke(&pair.chain[0], reason).await {
            // Another account's, such as one that was lost: the key shows whose it is.
            Err(Error::Refused(refusal)) if refusal.status == 403 => {
                let key = certificates.key_pem(self.name())?;
                client.revoke_by_key(&pair.chain[0], &key, reason).await?;
            }
            result => result?,
        }
        Ok(pair.leaf)
    }

    fn name(&self) -> &Identifier {
        &self.names[0]
    }

    fn first_authority(&self) -> &CertificateAuthority {
        &self.settings.authorities[0]
    }

    fn situation<'a>(
        &'a self,
        now: SystemTime,
        certificate: Option<&'a Leaf>,
        history: &'a History,
    ) -> Situation<'a> {
        Situation {
            now,
            names: self.names,
            settings: self.settings,
            certificate,
            history,
        }
    }

    /// The pair there is; one that cannot be used counts as none.
    fn pair(&self, now: SystemTime) -> Option<CertifiedPair> {
        match self.state.certificates().load(self.name(), now) {
            Ok(pair) => Some(pair),
            Err(PairError::Missing) => None,
            Err(error) => {
                tracing::warn!("the certificate cannot be used: {}", told(&error));
                None
            }
        }
    }

    /// Who to ask about the certificate: where it is not known who issued it, the preferred
    /// authority, and nobody where the configuration does not name the issuer any more.
    fn asked_about(&self, leaf: &Leaf, history: &History) -> Option<&CertificateAuthority> {
        match &history.issued {
            Some(issued) if issued.serial == leaf.serial => self.issuer(leaf, history),
            _ => Some(self.first_authority()),
        }
    }

    /// Who issued the certificate, if the configuration still names them.
    fn issuer(&self, leaf: &Leaf, history: &History) -> Option<&CertificateAuthority> {
        let issued = history.issued.as_ref();
        let issued = issued.filter(|issued| issued.serial == leaf.serial)?;
        let mut authorities = self.settings.authorities.iter();
        authorities.find(|authority| authority.directory == issued.directory)
    }

    /// Asks the authority when it suggests to renew, if it is time to ask. That it does not
    /// answer is remembered too.
    async fn update_suggestion(
        &self,
        pair: &CertifiedPair,
        history: &mut History,
        file: &HistoryFile,
        now: SystemTime,
    ) -> Result<(), HistoryError> {
        let Some(authority) = self.asked_about(&pair.leaf, history) else {
            return Ok(());
        };
        if !schedule::asks_for_suggestion(now, &pair.leaf, history) {
            return Ok(());
        }
        let deferred = history.deferred.get(&authority.directory);
        if deferred.is_some_and(|deferred| now < deferred.until) {
            return Ok(());
        }
        let serial = &pair.leaf.serial;
        let known = history.suggestion.take();
        let mut suggestion = Suggestion {
            serial: serial.clone(),
            window: known
                .filter(|known| known.serial == *serial)
                .and_then(|known| known.window),
            ask_again: schedule::ask_again(now, None),
        };
        // On disk before the authority is asked, like every other question.
        history.suggestion = Some(suggestion.clone());
        record(history, file, now)?;
        let asked = ask_for_suggestion(authority, &pair.chain[0], self.patience);
        let answer = match tokio::time::timeout(SUGGESTION_TIMEOUT, asked).await {
            Ok(Ok(Some(info))) => info,
            Ok(Ok(None)) => return Ok(()),
            Ok(Err(error)) => {
                tracing::debug!(%error, "the authority does not say when to renew");
                return Ok(());
            }
            Err(_) => {
                tracing::debug!("the authority takes too long to say when to renew");
                return Ok(());
            }
        };
        suggestion.ask_again = schedule::ask_again(now, Some(answer.ask_again));
        let same = suggestion.window.as_ref().is_some_and(|window| {
            (window.start, window.end) == (seconds(answer.start), seconds(answer.end))
        });
        if !same {
            suggestion.window = Some(Window {
                start: seconds(answer.start),
                end: seconds(answer.end),
                chosen: schedule::moment_within(answer.start, answer.end, fastrand::f64()),
                explanation: answer.explanation,
            });
        }
        history.suggestion = Some(suggestion);
        record(history, file, now)
    }

    /// Counts the attempt as failed until it has succeeded.
    fn begin(
        &self,
        authority: &CertificateAuthority,
        history: &mut History,
        file: &HistoryFile,
        now: SystemTime,
    ) -> Result<(), HistoryError> {
        let before = history.failures.take();
        let before = before.filter(|failures| failures.concern(self.names));
        let count = before
            .map_or(0, |failures| failures.count)
            .saturating_add(1);
        history.failures = Some(Failures {
            count,
            at: now,
            directory: authority.directory.clone(),
            names: self.names.iter().map(ToString::to_string).collect(),
            message: "docent was stopped in the middle of the attempt".to_owned(),
            help: None,
            next: now + schedule::backoff(count, fastrand::f64()),
        });
        history.deferred.retain(|_, deferred| now < deferred.until);
        record(history, file, now)
    }

    async fn attempt(
        &self,
        authority: &CertificateAuthority,
        pair: Option<&CertifiedPair>,
        history: &History,
        rehearse: bool,
    ) -> Result<Leaf, AttemptError> {
        let challenges = self.challenges().await;
        if let (true, Some(staging)) = (rehearse, rehearsal_of(authority)) {
            match self.order(&staging, None, &challenges).await {
                Ok(_) => tracing::info!("the rehearsal with the staging directory succeeded"),
                Err(error) if is_its_own(&error) => {
                    tracing::info!(%error, "the staging directory cannot be asked: asking the authority itself");
                }
                Err(error) => return Err(AttemptError::Rehearsal(error)),
            }
        }
        let replaced = pair.filter(|pair| {
            self.issuer(&pair.leaf, history)
                .is_some_and(|issuer| issuer.directory == authority.directory)
        });
        let replaced = replaced.and_then(|pair| CertificateId::of(&pair.chain[0]));
        let issued = self
            .order(authority, replaced.as_ref(), &challenges)
            .await?;
        let pair = self.state.certificates().replace(
            self.name(),
            &issued.chain_pem,
            &issued.key_pem,
            (self.clock)(),
        )?;
        Ok(pair.leaf)
    }

    async fn challenges(&self) -> Vec<ChallengeType> {
        self.ports.preference(&self.settings.challenges).await
    }

    async fn order(
        &self,
        authority: &CertificateAuthority,
        replaces: Option<&CertificateId>,
        challenges: &[ChallengeType],
    ) -> Result<Issued, Error> {
        let client = Client::connect(authority, self.patience).await?;
        let contact = self.settings.contact.as_deref();
        let mut account = client.account(self.state, contact).await?;
        let request = OrderRequest {
            names: self.names,
            key_type: self.settings.key_type,
            challenges,
            replaces,
        };
        account.order(&request, &self.state.challenges()).await
    }

    fn succeeded(
        &self,
        authority: CertificateAuthority,
        reason: Reason,
        leaf: Leaf,
        mut history: History,
        file: &HistoryFile,
    ) -> Outcome {
        let now = (self.clock)();
        history.failures = None;
        history.suggestion = None;
        history.deferred.remove(&authority.directory);
        history.issued = Some(Issuance {
            at: now,
            serial: leaf.serial.clone(),
            directory: authority.directory.clone(),
            profile: authority.profile,
            names: self.names.iter().map(ToString::to_string).collect(),
        });
        keep(&mut history, file, now);
        let next = match verdict(&self.situation(now, Some(&leaf), &history)) {
            Verdict::Due(_) => now,
            Verdict::NotBefore { at, .. } => at,
        };
        Outcome::Renewed {
            leaf,
            reason,
            authority: authority.directory,
            next,
        }
    }

    fn failed(
        &self,
        authority: &CertificateAuthority,
        error: &AttemptError,
        mut history: History,
        file: &HistoryFile,
    ) -> Outcome {
        let now = (self.clock)();
        let (help, retry_after) = match error {
            AttemptError::Authority(error) => (error.help(), error.retry_after()),
            // The rehearsal was with another server, which has limits of its own.
            AttemptError::Rehearsal(error) => (error.help(), None),
            AttemptError::Store(error) => (Some(store_help(error)), None),
        };
        if let Some(wait) = retry_after {
            let until = schedule::retry_after(now, wait);
            let deferral = Deferral { until };
            history
                .deferred
                .insert(authority.directory.clone(), deferral);
        }
        let message = told(error);
        let failures = history.failures.take();
        let mut failures = failures.expect("the attempt was recorded when it began");
        (failures.message, failures.help) = (message, help);
        history.failures = Some(failures.clone());
        keep(&mut history, file, now);
        let certificate = self.pair(now);
        let leaf = certificate.as_ref().map(|pair| &pair.leaf);
        // An authority that said when to come again may push the next attempt further away.
        if let Verdict::NotBefore { at, .. } = verdict(&self.situation(now, leaf, &history)) {
            failures.next = at;
        }
        Outcome::Failed { failures }
    }
}

async fn ask_for_suggestion(
    authority: &CertificateAuthority,
    certificate: &CertificateDer<'_>,
    patience: Patience,
) -> Result<Option<RenewalInfo>, Error> {
    let Some(id) = CertificateId::of(certificate) else {
        return Ok(None);
    };
    let client = Client::connect(authority, patience).await?;
    client.renewal_info(&id).await
}

fn staged(authority: &CertificateAuthority, url: &str) -> CertificateAuthority {
    CertificateAuthority {
        directory: url.to_owned(),
        staging: None,
        ..authority.clone()
    }
}

/// Where an attempt that has failed before is tried first. A customer's account at the authority
/// is of no use with its staging directory.
fn rehearsal_of(authority: &CertificateAuthority) -> Option<CertificateAuthority> {
    let url = authority.staging.as_ref()?;
    let other = *url != authority.directory && authority.external_account.is_none();
    other.then(|| staged(authority, url))
}

/// Whether an error says something about the server that was asked, rather than about the names,
/// this machine, or the configuration.
fn is_its_own(error: &Error) -> bool {
    error.may_pass() && !matches!(error, Error::Validation(_))
}

fn leaf(issued: &Issued) -> Result<Leaf, LeafError> {
    let der = CertificateDer::from_pem_slice(issued.chain_pem.as_bytes());
    Leaf::read(&der.map_err(|error| LeafError::Malformed(error.to_string()))?)
}

fn unusable(authority: &CertificateAuthority, error: &LeafError) -> Error {
    Error::Unusable {
        host: authority.directory.clone(),
        reason: error.to_string(),
    }
}

fn store_help(error: &StoreError) -> String {
    match error {
        StoreError::Pair(_) => {
            "try again, and report it to the authority if it happens again".into()
        }
        StoreError::Unwritable { path, source } => PreflightError::Unwritable {
            path: path.clone(),
            source: std::io::Error::from(source.kind()),
        }
        .help(),
    }
}

fn record(history: &mut History, file: &HistoryFile, now: SystemTime) -> Result<(), HistoryError> {
    history.recorded = now;
    file.save(history)
}

/// After an attempt, what cannot be recorded any more changes nothing: at worst, the attempt
/// counts as failed.
fn keep(history: &mut History, file: &HistoryFile, now: SystemTime) {
    if let Err(error) = record(history, file, now) {
        tracing::warn!("what was tried could not be recorded: {}", told(&error));
    }
}

/// As it is in files, so that what was read can be compared with what is new.
fn seconds(moment: SystemTime) -> SystemTime {
    let since = moment.duration_since(SystemTime::UNIX_EPOCH);
    SystemTime::UNIX_EPOCH + Duration::from_secs(since.unwrap_or_default().as_secs())
}

/// An error and what it comes from, in one line.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text += &format!(": {cause_text}");
        }
        source = cause.source();
    }
    text
}
