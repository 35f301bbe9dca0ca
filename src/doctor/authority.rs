//! The way to the certificate authority, and what it says of the time.

use std::time::{Duration, SystemTime};

use super::{
    clock,
    finding::{Cause, Finding, Subject},
};
use crate::{
    acme::{Client, Patience},
    config::CertificateAuthority,
};

const ABOUT: Subject = Subject::Authority;

/// Reads the authority's directory, and nothing else. `patience`: for each connection and answer.
pub async fn reach_authority(
    authority: &CertificateAuthority,
    patience: Duration,
    now: impl Fn() -> SystemTime,
) -> Vec<Finding> {
    let patience = Patience {
        connect: patience,
        answer: patience,
        ..Patience::default()
    };
    match Client::connect(authority, patience).await {
        Ok(client) => {
            let host = client.host().to_owned();
            let through = authority
                .proxy
                .as_ref()
                .map_or_else(String::new, |it| format!(", through {it}"));
            let mut findings = vec![Finding::ok(
                ABOUT,
                format!("{host} can be reached{through}"),
            )];
            if let Some(date) = client.date() {
                findings.push(clock::check(&host, date, now()));
            }
            findings
        }
        Err(error) => {
            let help = error.help();
            let help = help.as_deref().unwrap_or(
                "check that this machine may open outgoing connections to the authority",
            );
            let message = format!("no certificate can be obtained or renewed: {error}");
            vec![Finding::error(
                ABOUT,
                Cause::AuthorityUnreachable,
                message,
                help,
            )]
        }
    }
}
