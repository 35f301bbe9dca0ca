//! A certificate obtained or renewed when it is due: what `docent renew` does, and `docent serve`
//! outside systemd.
mod attempt;
mod suggestion;

use std::time::{Duration, SystemTime};

use rustls::pki_types::{CertificateDer, pem::PemObject as _};

use crate::{
    config::{AcmeSettings, CertificateAuthority, ChallengeType, Identifier},
    error::chain,
    state::{CertifiedPair, Leaf, LeafError, PairError, StateDir},
};

use super::{
    client::Client,
    error::Error,
    history::{Failures, History, HistoryError, HistoryFile},
    lock::{Lock, LockError},
    moment::rfc3339,
    order::{Issued, OrderRequest},
    ports::{ChallengePorts, Listener},
    preflight::{PreflightError, built, check_clock, check_writable, warn_of_unknown_names},
    renewal_info::CertificateId,
    revocation::RevocationReason,
    schedule::{self, Reason, Situation, Verdict, Wait, verdict},
    transport::Patience,
};

/// A new certificate that begins so much later than now is told.
const EARLY: Duration = Duration::from_secs(60);

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

/// What came of looking whether a certificate is due.
#[derive(Debug)]
pub enum Outcome {
    /// There is a new certificate in the state directory, where `docent serve` finds it.
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
    /// Another process asks for a certificate now.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// Something on this machine would have made the attempt vain.
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
    /// What the certificate says, which is not kept. `None` where the authority has no directory
    /// for trying things out: then every name was validated, and no certificate asked for.
    pub leaf: Option<Leaf>,
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
        let now = (self.clock)();
        check_clock(now, built())?;
        let mut history = file.take_up(now)?;
        let pair = self.pair();
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
                    failures: history.last_failures().cloned(),
                });
            }
        };
        check_writable(self.state)?;
        let authority = schedule::next_authority(&situation).clone();
        tracing::info!(%reason, authority = authority.directory, "asking for a certificate");
        warn_of_unknown_names(self.names).await;
        let rehearse = history.last_failures().is_some();
        let underway = self.begin(&authority, &mut history, &file, now)?;
        let result = self
            .attempt(&authority, pair.as_ref(), &history, rehearse)
            .await;
        match result {
            Ok(leaf) => Ok(self.succeeded(authority, reason, leaf, history, &file)),
            Err(error) => Ok(self.failed(underway, &error, history, &file)),
        }
    }

    /// How things stand, without asking anybody and without writing anything.
    ///
    /// # Errors
    /// Where the history cannot be read.
    pub fn standing(&self) -> Result<Standing, RenewalError> {
        let now = (self.clock)();
        let history = HistoryFile::new(self.state, self.name()).load(now)?;
        let pair = self.state.certificates().load(self.name());
        let leaf = pair.as_ref().ok().map(|pair| &pair.leaf);
        Ok(Standing {
            verdict: verdict(&self.situation(now, leaf, &history)),
            certificate: pair.map(|pair| pair.leaf),
            history,
        })
    }

    /// Obtains a certificate from the authority's staging directory, and keeps nothing of it. Where
    /// it has none, goes as far as the validation of every name: a certificate would be a real one,
    /// for everybody to see and counted against the authority's limits.
    ///
    /// # Errors
    /// Where that does not succeed.
    pub async fn rehearse(&self) -> Result<Rehearsal, RenewalError> {
        let _lock = Lock::take(self.state)?;
        check_clock((self.clock)(), built())?;
        check_writable(self.state)?;
        warn_of_unknown_names(self.names).await;
        let authority = self.first_authority();
        let staging = authority.staging.as_ref().map(|url| staged(authority, url));
        let asked = staging.as_ref().unwrap_or(authority);
        let issued = self.rehearse_with(asked, staging.is_some()).await?;
        let leaf = issued.map(|issued| leaf(&issued)).transpose();
        Ok(Rehearsal {
            directory: asked.directory.clone(),
            leaf: leaf.map_err(|error| unusable(asked, error.to_string()))?,
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
        let certificates = self.state.certificates();
        // Where there is nothing to revoke, nothing is made either, such as the file of the lock.
        certificates.load(self.name())?;
        let _lock = Lock::take(self.state)?;
        let pair = certificates.load(self.name())?;
        let history = HistoryFile::new(self.state, self.name()).load((self.clock)())?;
        let authority = self.asked_about(&pair.leaf, &history);
        let authority = authority.unwrap_or(self.first_authority());
        let client = Client::connect(authority, self.patience).await?;
        let contact = self.settings.contact.as_deref();
        let mut account = client.account(self.state, contact).await?;
        match account.revoke(&pair.chain[0], reason).await {
            // Another account's, such as one that was lost: the key shows whose it is.
            Err(Error::Refused(refusal)) if refusal.status == Some(403) => {
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
    fn pair(&self) -> Option<CertifiedPair> {
        match self.state.certificates().load(self.name()) {
            Ok(pair) => Some(pair),
            Err(PairError::Missing) => None,
            Err(error) => {
                tracing::warn!("the certificate cannot be used: {}", chain(&error));
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

    /// Who listens where the authority will ask.
    pub async fn listeners(&self) -> Vec<Listener> {
        let certificate = self.stored();
        self.ports
            .listeners(&self.settings.challenges, self.name(), certificate.as_ref())
            .await
    }

    /// The certificate that docent serves, where there is one.
    fn stored(&self) -> Option<CertificateDer<'static>> {
        let pair = self.state.certificates().load(self.name()).ok()?;
        pair.chain.into_iter().next()
    }

    async fn challenges(&self) -> Vec<ChallengeType> {
        let certificate = self.stored();
        self.ports
            .preference(&self.settings.challenges, self.name(), certificate.as_ref())
            .await
    }

    async fn order(
        &self,
        authority: &CertificateAuthority,
        replaces: Option<&CertificateId>,
    ) -> Result<Issued, Error> {
        let challenges = self.challenges().await;
        let client = Client::connect(authority, self.patience).await?;
        let contact = self.settings.contact.as_deref();
        let mut account = client.account(self.state, contact).await?;
        let request = self.request(&challenges, replaces);
        let issued = account.order(&request, &self.state.challenges()).await?;
        self.check_dates(authority, &issued)?;
        Ok(issued)
    }

    async fn rehearse_with(
        &self,
        authority: &CertificateAuthority,
        issue: bool,
    ) -> Result<Option<Issued>, Error> {
        let challenges = self.challenges().await;
        let client = Client::connect(authority, self.patience).await?;
        let contact = self.settings.contact.as_deref();
        let mut account = client.account(self.state, contact).await?;
        let request = self.request(&challenges, None);
        let issued = account
            .rehearse(&request, &self.state.challenges(), issue)
            .await?;
        if let Some(issued) = &issued {
            self.check_dates(authority, issued)?;
        }
        Ok(issued)
    }

    fn request<'a>(
        &'a self,
        challenges: &'a [ChallengeType],
        replaces: Option<&'a CertificateId>,
    ) -> OrderRequest<'a> {
        OrderRequest {
            names: self.names,
            key_type: self.settings.key_type,
            challenges,
            replaces,
        }
    }

    /// One that begins later by this machine's clock is taken, since clients have clocks of their
    /// own. One that has ended would be due again at once.
    fn check_dates(&self, authority: &CertificateAuthority, issued: &Issued) -> Result<(), Error> {
        let now = (self.clock)();
        let leaf = leaf(issued).map_err(|error| unusable(authority, error.to_string()))?;
        if leaf.is_expired(now) {
            let reason = format!(
                "it has ended already, on {}; is the clock of this machine right?",
                rfc3339(leaf.not_after)
            );
            return Err(unusable(authority, reason));
        }
        // By some seconds, clocks always differ.
        if leaf.is_early(now + EARLY) {
            tracing::warn!(
                begins = rfc3339(leaf.not_before),
                "by the clock of this machine the new certificate does not count yet: is the clock right?"
            );
        }
        Ok(())
    }
}

fn staged(authority: &CertificateAuthority, url: &str) -> CertificateAuthority {
    CertificateAuthority {
        directory: url.to_owned(),
        staging: None,
        ..authority.clone()
    }
}

fn leaf(issued: &Issued) -> Result<Leaf, LeafError> {
    let der = CertificateDer::from_pem_slice(issued.chain_pem.as_bytes());
    Leaf::read(&der.map_err(|error| LeafError::Malformed(error.to_string()))?)
}

fn unusable(authority: &CertificateAuthority, reason: String) -> Error {
    Error::Unusable {
        host: authority.directory.clone(),
        reason,
    }
}

fn record(history: &mut History, file: &HistoryFile, now: SystemTime) -> Result<(), HistoryError> {
    history.recorded = now;
    file.save(history)
}
