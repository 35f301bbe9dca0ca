//! `docent renew`: obtains or renews the certificate.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    time::SystemTime,
};

use clap::Args;

use crate::{
    acme::{LockError, Outcome, Rehearsal, Renewal, RenewalError, Verdict, Wait, rfc3339},
    config::TlsSettings,
    platform::{Environment, LogSink, become_owner, log_sink},
    state::Leaf,
};

use super::certificate::{Certificate, Configured, block_on, days_left, failed, failure, waiting};

/// Obtain the certificate, or renew it when it is due
///
/// Asks the certificate authority at most once, and only when it is time to: the service does so
/// by itself, and this is the same. Files that it writes belong to the owner of the state
/// directory.
#[derive(Debug, Args)]
pub(super) struct Renew {
    #[command(flatten)]
    certificate: Certificate,

    /// Ask the authority now, whatever the schedule says
    #[arg(long)]
    force: bool,

    /// Try it with the authority's staging directory, and keep nothing; where it has none, only have
    /// the names validated
    #[arg(long, conflicts_with = "force")]
    dry_run: bool,

    /// Only say whether the certificate is due: exit status 0 if it is, 1 if not
    #[arg(long, conflicts_with_all = ["force", "dry_run"])]
    due: bool,

    /// Give the account at the authority a new key, and do nothing else
    #[arg(long, conflicts_with_all = ["force", "dry_run", "due"])]
    new_account_key: bool,

    /// Look as a timer does, often: a failure ends with its exit status once, and until the next
    /// attempt with 0; nothing is printed
    #[arg(long, conflicts_with_all = ["force", "dry_run", "due", "new_account_key"])]
    scheduled: bool,
}

impl Renew {
    pub(super) fn scheduled(&self) -> bool {
        self.scheduled
    }

    pub(super) fn run(self, environment: &Environment) -> anyhow::Result<ExitCode> {
        if self.scheduled {
            return look(&self.certificate, environment);
        }
        let configured = self.certificate.configured(environment)?;
        let (tls, acme) = match configured.acme() {
            Ok(found) => found,
            Err(nothing) => {
                say(&format!("{nothing} There is nothing to renew.\n"))?;
                return Ok(ExitCode::from(u8::from(self.due)));
            }
        };
        let renewal = configured.renewal(tls, acme);
        if self.due {
            return due(&renewal);
        }
        become_owner(configured.state.root())?;
        if self.new_account_key {
            block_on(renewal.new_account_key())?.map_err(failure)?;
            say("The account has a new key.\n")?;
        } else if self.dry_run {
            let rehearsal = block_on(renewal.rehearse())?.map_err(failure)?;
            say(&rehearsed(tls, &rehearsal))?;
        } else {
            let outcome = block_on(renewal.run(self.force))?.map_err(failure)?;
            report(&configured, tls, outcome)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// One look of a timer. An attempt that fails is told each time, since there are few; what stands in
/// the way of any attempt is told when it is new.
fn look(certificate: &Certificate, environment: &Environment) -> anyhow::Result<ExitCode> {
    let told = Told::new(environment.runtime_directory.as_deref());
    match attempt(certificate, environment) {
        Ok(Some(Outcome::Failed { failures })) => {
            told.forget();
            Err(failed(&failures).into())
        }
        Ok(outcome) => {
            told.forget();
            if let Some(Outcome::Renewed { leaf, next, .. }) = outcome {
                let (until, next) = (rfc3339(leaf.not_after), rfc3339(next));
                if log_sink(environment) == LogSink::Journal {
                    // With the priority of a notice (sd-daemon(3)): docent-renew.service keeps what is
                    // less out of the journal.
                    say(&format!(
                        "<5>obtained a certificate, serial={} until={until} next={next}\n",
                        leaf.serial
                    ))?;
                } else {
                    tracing::info!(serial = leaf.serial, until, next, "obtained a certificate");
                }
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(error) if told.knows(&error) => Ok(ExitCode::SUCCESS),
        Err(error) => Err(error),
    }
}

/// `None` where there is nothing to renew, or another process is at it.
fn attempt(
    certificate: &Certificate,
    environment: &Environment,
) -> anyhow::Result<Option<Outcome>> {
    let configured = certificate.configured(environment)?;
    let Ok((tls, acme)) = configured.acme() else {
        return Ok(None);
    };
    become_owner(configured.state.root())?;
    match block_on(configured.renewal(tls, acme).run(false))? {
        Ok(outcome) => Ok(Some(outcome)),
        Err(RenewalError::Lock(LockError::Held { .. })) => Ok(None),
        Err(error) => Err(failure(error)),
    }
}

/// What stood in the way of the last look, if anything did: kept in a folder that ends with the
/// machine's run. Without one, everything is new.
struct Told(Option<PathBuf>);

impl Told {
    fn new(folder: Option<&Path>) -> Self {
        Self(folder.map(|folder| folder.join("told")))
    }

    /// Whether it was told already; from now on it was.
    fn knows(&self, error: &anyhow::Error) -> bool {
        let Some(file) = &self.0 else {
            return false;
        };
        // Dates and numbers of processes differ each time.
        let text = format!("{error:#}").replace(|c: char| c.is_ascii_digit(), "");
        if fs::read_to_string(file).is_ok_and(|told| told == text) {
            return true;
        }
        if let Err(error) = fs::write(file, text) {
            tracing::debug!(%error, "what was told cannot be remembered");
        }
        false
    }

    fn forget(&self) {
        if let Some(file) = &self.0 {
            // Not there, as a rule.
            let _ = fs::remove_file(file);
        }
    }
}

fn due(renewal: &Renewal<'_>) -> anyhow::Result<ExitCode> {
    match renewal.standing().map_err(failure)?.verdict {
        Verdict::Due(reason) => {
            say(&format!("due: {reason}\n"))?;
            Ok(ExitCode::SUCCESS)
        }
        Verdict::NotBefore { at, because } => {
            say(&format!("not due before {}: {because}\n", rfc3339(at)))?;
            Ok(ExitCode::FAILURE)
        }
    }
}

fn report(configured: &Configured, tls: &TlsSettings, outcome: Outcome) -> anyhow::Result<()> {
    let name = tls.primary();
    match outcome {
        Outcome::Renewed {
            leaf,
            authority,
            next,
            ..
        } => {
            let certificates = configured.state.certificates();
            say(&format!(
                "{name} has a new certificate, valid {}.\n  from:        {authority}\n  certificate: {}\n  key:         {}\n  next:        about {}\n",
                validity(&leaf),
                certificates.cert_path(name).display(),
                certificates.key_path(name).display(),
                rfc3339(next),
            ))?;
            Ok(())
        }
        Outcome::NotDue {
            because: Wait::Failed | Wait::Deferred,
            failures: Some(failures),
            until,
            ..
        } => Err(waiting(&failures, until).into()),
        Outcome::NotDue {
            until,
            because,
            leaf,
            ..
        } => {
            let valid = match &leaf {
                Some(leaf) => format!("{name} has a certificate that is valid {}.", validity(leaf)),
                None => format!("{name} has no certificate."),
            };
            say(&format!(
                "{valid} It is not due before {}: {because}.\n",
                rfc3339(until)
            ))?;
            Ok(())
        }
        Outcome::Failed { failures } => Err(failed(&failures).into()),
    }
}

fn rehearsed(tls: &TlsSettings, rehearsal: &Rehearsal) -> String {
    let (name, directory) = (tls.primary(), &rehearsal.directory);
    match &rehearsal.leaf {
        Some(_) => format!(
            "It works: {name} was certified by the authority's staging directory, {directory}. The certificate was thrown away.\n"
        ),
        None => format!(
            "It works as far as it was tried: {directory} has validated every name. It has no staging directory that docent knows of, so no certificate was asked for: that would have been a real one.\n"
        ),
    }
}

fn validity(leaf: &Leaf) -> String {
    let days = days_left(leaf, SystemTime::now());
    format!("until {} ({days} days)", rfc3339(leaf.not_after))
}

/// To standard output, as the answer to what was asked.
fn say(text: &str) -> io::Result<()> {
    io::stdout().lock().write_all(text.as_bytes())
}
