//! One attempt, recorded before it begins and after it has ended.

use std::{io, time::SystemTime};

use crate::{
    config::CertificateAuthority,
    error::chain,
    state::{CertifiedPair, Leaf, StoreError},
};

use super::{
    super::{
        account::AccountFolder,
        error::Error,
        history::{
            Deferral, Failures, History, HistoryError, HistoryFile, Issuance, configuration,
        },
        preflight::PreflightError,
        renewal_info::CertificateId,
        schedule::{self, Reason, Verdict, verdict},
    },
    Outcome, Renewal, record, staged,
};

/// Why an attempt came to nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum AttemptError {
    #[error(transparent)]
    Authority(#[from] Error),
    #[error("in a rehearsal with the authority's staging directory, {0}")]
    Rehearsal(#[source] Error),
    #[error("a certificate was issued, but could not be stored")]
    Store(#[from] StoreError),
}

impl Renewal<'_> {
    /// Counts the attempt as failed until it has succeeded.
    pub(super) fn begin(
        &self,
        authority: &CertificateAuthority,
        history: &mut History,
        file: &HistoryFile,
        now: SystemTime,
    ) -> Result<Failures, HistoryError> {
        let before = history.last_failures();
        let before = before.filter(|failures| failures.concern(self.names, self.settings));
        let count = before
            .map_or(0, |failures| failures.count)
            .saturating_add(1);
        let underway = Failures {
            count,
            at: now,
            directory: authority.directory.clone(),
            names: self.names.iter().map(ToString::to_string).collect(),
            configuration: configuration(self.settings),
            message: "docent was stopped in the middle of the attempt".to_owned(),
            help: None,
            next: now + schedule::backoff(count, fastrand::f64()),
        };
        history.underway = Some(underway.clone());
        history.deferred.retain(|_, deferred| now < deferred.until);
        record(history, file, now)?;
        Ok(underway)
    }

    pub(super) async fn attempt(
        &self,
        authority: &CertificateAuthority,
        pair: Option<&CertifiedPair>,
        history: &History,
        rehearse: bool,
    ) -> Result<Leaf, AttemptError> {
        // An order that the authority had accepted before needs none.
        let folder = AccountFolder::new(&self.state.accounts(), &authority.directory);
        let rehearse = rehearse && !matches!(folder.unfinished_order(), Ok(Some(_)));
        if let (true, Some(staging)) = (rehearse, rehearsal_of(authority)) {
            match self.rehearse_with(&staging, true).await {
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
        let issued = self.order(authority, replaced.as_ref()).await?;
        let pair =
            self.state
                .certificates()
                .replace(self.name(), &issued.chain_pem, &issued.key_pem)?;
        Ok(pair.leaf)
    }

    pub(super) fn succeeded(
        &self,
        authority: CertificateAuthority,
        reason: Reason,
        leaf: Leaf,
        mut history: History,
        file: &HistoryFile,
    ) -> Outcome {
        let now = (self.clock)();
        (history.failures, history.underway) = (None, None);
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

    pub(super) fn failed(
        &self,
        underway: Failures,
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
                .insert(underway.directory.clone(), deferral);
        }
        let mut failures = Failures {
            message: chain(error),
            help,
            // It may have taken minutes.
            next: now + schedule::backoff(underway.count, fastrand::f64()),
            ..underway
        };
        (history.failures, history.underway) = (Some(failures.clone()), None);
        keep(&mut history, file, now);
        let certificate = self.pair();
        let leaf = certificate.as_ref().map(|pair| &pair.leaf);
        // An authority that said when to come again may push the next attempt further away.
        if let Verdict::NotBefore { at, .. } = verdict(&self.situation(now, leaf, &history)) {
            failures.next = at;
        }
        Outcome::Failed { failures }
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

fn store_help(error: &StoreError) -> String {
    match error {
        StoreError::Pair(_) => {
            "try again, and report it to the authority if it happens again".into()
        }
        StoreError::Unwritable { path, source } => PreflightError::Unwritable {
            path: path.clone(),
            source: io::Error::from(source.kind()),
        }
        .help(),
    }
}

/// After an attempt, what cannot be recorded any more changes nothing: at worst, the attempt
/// counts as failed.
fn keep(history: &mut History, file: &HistoryFile, now: SystemTime) {
    if let Err(error) = record(history, file, now) {
        tracing::warn!("what was tried could not be recorded: {}", chain(&error));
    }
}
