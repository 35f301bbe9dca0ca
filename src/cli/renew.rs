//! `docent renew`: obtains or renews the certificate.

use std::{
    io::{self, Write as _},
    process::ExitCode,
    time::SystemTime,
};

use clap::Args;

use crate::{
    acme::{Outcome, Rehearsal, Renewal, Verdict, Wait, rfc3339},
    config::TlsSettings,
    platform::{Environment, become_owner},
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

    /// Try it with the authority's staging directory, and keep nothing
    #[arg(long, conflicts_with = "force")]
    dry_run: bool,

    /// Only say whether the certificate is due: exit status 0 if it is, 1 if not
    #[arg(long, conflicts_with_all = ["force", "dry_run"])]
    due: bool,

    /// Give the account at the authority a new key, and do nothing else
    #[arg(long, conflicts_with_all = ["force", "dry_run", "due"])]
    new_account_key: bool,
}

impl Renew {
    pub(super) fn run(self, environment: &Environment) -> anyhow::Result<ExitCode> {
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
    let kind = if rehearsal.staging {
        "the authority's staging directory"
    } else {
        "the authority itself, which has no staging directory"
    };
    format!(
        "It works: {} was certified by {kind}, {}. The certificate was thrown away.\n",
        tls.primary(),
        rehearsal.directory
    )
}

fn validity(leaf: &Leaf) -> String {
    let days = days_left(leaf, SystemTime::now());
    format!("until {} ({days} days)", rfc3339(leaf.not_after))
}

/// To standard output, as the answer to what was asked.
fn say(text: &str) -> io::Result<()> {
    io::stdout().lock().write_all(text.as_bytes())
}
