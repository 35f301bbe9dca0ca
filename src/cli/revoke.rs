//! `docent revoke`: declares the certificate void.

use std::io::{self, Write as _};

use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser as _},
};

use crate::{
    acme::RevocationReason,
    error::{Failure, Kind},
    platform::{Environment, become_owner},
};

use super::certificate::{Certificate, block_on, failure};

/// Revoke the certificate: declare to everybody that it must not be trusted any more
///
/// Only for when somebody else may have its key, or the names are given up. It stays in place
/// until `docent renew --force` obtains another one.
#[derive(Debug, Args)]
pub(super) struct Revoke {
    #[command(flatten)]
    certificate: Certificate,

    /// Why, in the words of X.509
    #[arg(long, value_name = "REASON", default_value = "unspecified", value_parser = reasons())]
    reason: RevocationReason,
}

fn reasons() -> impl clap::builder::TypedValueParser<Value = RevocationReason> {
    let names = RevocationReason::NAMES.map(|(name, _)| name);
    PossibleValuesParser::new(names).map(|given| {
        let known = RevocationReason::NAMES.iter();
        let mut known = known.filter(|(name, _)| *name == given);
        known.next().map(|(_, reason)| *reason).unwrap_or_default()
    })
}

impl Revoke {
    pub(super) fn run(self, environment: &Environment) -> anyhow::Result<()> {
        let configured = self.certificate.configured(environment)?;
        let (tls, acme) = configured.acme().map_err(|reason| {
            Failure::new(Kind::NoInput, reason)
                .help("a certificate of your own is revoked by whoever issued it")
        })?;
        become_owner(configured.state.root())?;
        let renewal = configured.renewal(tls, acme);
        let leaf = block_on(renewal.revoke(self.reason))?.map_err(failure)?;
        let text = format!(
            "The certificate of {} with the serial number {} is revoked.\n`docent renew --force` obtains another one.\n",
            tls.primary(),
            leaf.serial
        );
        Ok(io::stdout().lock().write_all(text.as_bytes())?)
    }
}
