//! The certificate: what it says, who renews it, what was tried last.

use std::{error::Error as _, time::SystemTime};

use serde_json::{Value, json};

use crate::{
    acme::{Failures, Listener, RenewalError, Standing, Verdict, Who, rfc3339},
    cli::{
        certificate::{Configured, block_on, days_left, failure},
        viewpoint::Viewpoint,
    },
    config::{AcmeSettings, CertificateSource, ChallengeType, TlsSettings},
    error::{Failure, Kind},
    state::{CertifiedPair, Leaf, PairError},
};

use super::section::{Health, Section};

/// A certificate that somebody else renews is expected to be renewed by then, in days; one with a short
/// lifetime when a fifth of it is left.
const RENEWED_BY_OTHERS: i64 = 14;

/// How things stand with the certificate.
///
/// # Errors
/// Where the person asking may not look at it.
pub(super) fn section(
    configured: &Configured,
    viewpoint: &Viewpoint,
    now: SystemTime,
) -> anyhow::Result<Section> {
    let Some(tls) = &configured.tls else {
        let mut section = Section::new("certificate");
        section.line(
            "none",
            "the configuration names no domain: docent serves plain HTTP, without a certificate",
        );
        section.field("names", Vec::<String>::new());
        section.field("source", Value::Null);
        section.field("certificate", Value::Null);
        return Ok(section);
    };
    let mut section = Section::new(names(tls).join(", "));
    section.field("names", names(tls));
    match &tls.source {
        CertificateSource::Files { cert, key } => {
            let pair = CertifiedPair::read(cert, key);
            let broken = broken_chain(&pair);
            let certificate = pair.map(|pair| pair.leaf);
            section.field("source", "files");
            certificate_itself(&mut section, tls, &certificate, viewpoint, now)?;
            chain(&mut section, broken);
            section.line("renewed by", "whoever writes the files named in [tls]");
            if let Ok(leaf) = &certificate {
                judge_renewal_by_others(&mut section, leaf, now);
            }
        }
        CertificateSource::Acme(acme) => {
            section.field("source", "acme");
            let renewal = configured.renewal(tls, acme);
            match renewal.standing() {
                Ok(standing) => {
                    let listeners = block_on(renewal.listeners())?;
                    let pair = configured.state.certificates().load(tls.primary());
                    certificate_itself(&mut section, tls, &standing.certificate, viewpoint, now)?;
                    chain(&mut section, broken_chain(&pair));
                    obtained(&mut section, acme, &standing, &listeners, now);
                }
                Err(error) => unknown(&mut section, error, viewpoint)?,
            }
        }
    }
    Ok(section)
}

/// What was tried cannot be read: whoever may not look is told so, and what the service itself cannot read
/// is wrong.
fn unknown(
    section: &mut Section,
    error: RenewalError,
    viewpoint: &Viewpoint,
) -> anyhow::Result<()> {
    let error = failure(error);
    if matches!(viewpoint, Viewpoint::Onlooker(_)) {
        return Err(error);
    }
    section.line("certificate", "unknown");
    section.field("certificate", Value::Null);
    section.field("problem", format!("{error:#}"));
    section.finding(Health::Broken, format!("{error:#}"), None);
    Ok(())
}

/// What the certificate says, or why there is none that can be used.
fn certificate_itself(
    section: &mut Section,
    tls: &TlsSettings,
    certificate: &Result<Leaf, PairError>,
    viewpoint: &Viewpoint,
    now: SystemTime,
) -> anyhow::Result<()> {
    let leaf = match certificate {
        Ok(leaf) => leaf,
        Err(PairError::Unreadable { path, source })
            if matches!(viewpoint, Viewpoint::Onlooker(_))
                && source.kind() == std::io::ErrorKind::PermissionDenied =>
        {
            let message = format!("you may not look at {}", path.display());
            return Err(Failure::new(Kind::Permission, message)
                .because(source.to_string())
                .into());
        }
        Err(error) => {
            section.line("certificate", format!("none: {}", problem(error)));
            section.field("certificate", Value::Null);
            section.field("problem", problem(error));
            let message = format!("HTTPS is not answered: {}", problem(error));
            section.finding(Health::Broken, message, readable_by(error));
            return Ok(());
        }
    };
    section.field("certificate", certificate_json(leaf, now));
    section.field("problem", Value::Null);
    if leaf.is_expired(now) {
        let over = format!(
            "EXPIRED on {}; served all the same, and refused by every client",
            rfc3339(leaf.not_after)
        );
        section.line("certificate", over);
        let message = format!("the certificate expired on {}", rfc3339(leaf.not_after));
        section.finding(Health::Broken, message, None);
    } else {
        let days = days_left(leaf, now);
        let valid = format!("valid until {}, {days} days left", rfc3339(leaf.not_after));
        section.line("certificate", valid);
    }
    if leaf.is_early(now) {
        let begins = rfc3339(leaf.not_before);
        let message = format!(
            "this machine's clock shows {}, and the certificate begins on {begins}",
            rfc3339(now)
        );
        section.line(
            "begins",
            format!("{begins}; served all the same, since clients have clocks of their own"),
        );
        section.finding(
            Health::Attention,
            message,
            Some("see whether the clock is right".to_owned()),
        );
    }
    let certified: Vec<_> = leaf.names.iter().map(ToString::to_string).collect();
    if certified != names(tls) {
        section.line("for", certified.join(", "));
    }
    if !leaf.subject.is_empty() {
        section.line("subject", leaf.subject.as_str());
    }
    section.line("issuer", leaf.issuer.as_str());
    section.line("serial", leaf.serial.as_str());
    Ok(())
}

/// What to do where permissions are all that is wrong.
fn readable_by(error: &PairError) -> Option<String> {
    let PairError::Unreadable { path, source } = error else {
        return None;
    };
    let is_denied = source.kind() == std::io::ErrorKind::PermissionDenied;
    is_denied.then(|| {
        format!(
            "the user that docent runs as must be allowed to read it and to enter the folders above; see `namei -l {}`",
            path.display()
        )
    })
}

fn judge_renewal_by_others(section: &mut Section, leaf: &Leaf, now: SystemTime) {
    let left = leaf.not_after.duration_since(now).unwrap_or_default();
    let days = days_left(leaf, now);
    if !leaf.is_expired(now) && days < RENEWED_BY_OTHERS && left < leaf.lifetime() / 5 {
        section.finding(
            Health::Attention,
            format!("the certificate ends in {days} days, and nobody has renewed it"),
            Some("see why whoever writes the files named in [tls] does not; docent takes new ones up by itself".to_owned()),
        );
    }
}

/// What docent itself does about it.
fn obtained(
    section: &mut Section,
    acme: &AcmeSettings,
    standing: &Standing,
    listeners: &[Listener],
    now: SystemTime,
) {
    section.line("next attempt", next_attempt(&standing.verdict));
    let failures = standing.history.last_failures();
    if let Some(failures) = failures {
        failed(section, failures);
    }
    challenges(section, acme, listeners);
    if listeners.iter().all(|listener| listener.who == Who::Nobody) {
        section.finding(
            Health::Attention,
            format!(
                "nothing listens on this machine for {}, by which the authority checks the names",
                challenge_names(&acme.challenges).join(" or ")
            ),
            Some("start docent.socket and docent-http.socket".to_owned()),
        );
    }
    let (due, next, because) = match &standing.verdict {
        Verdict::Due(reason) => (true, rfc3339(now), reason.to_string()),
        Verdict::NotBefore { at, because } => (false, rfc3339(*at), because.to_string()),
    };
    section.field(
        "authority",
        standing
            .history
            .issued
            .as_ref()
            .map(|issued| issued.directory.clone()),
    );
    section.field("due", due);
    section.field("next_attempt", next);
    section.field("because", because);
    let suggestion = standing.history.suggestion.as_ref();
    let window = suggestion.and_then(|suggestion| suggestion.window.as_ref());
    section.field(
        "suggested_window",
        window.map(|window| {
            json!({
                "start": rfc3339(window.start),
                "end": rfc3339(window.end),
                "explanation": window.explanation,
            })
        }),
    );
    section.field(
        "last_error",
        failures.map(|failures| {
            json!({
                "at": rfc3339(failures.at),
                "attempts": failures.count,
                "authority": failures.directory,
                "message": failures.message,
                "help": failures.help,
            })
        }),
    );
}

/// Where the authority asks, and who would answer it.
fn challenges(section: &mut Section, acme: &AcmeSettings, listeners: &[Listener]) {
    let own: Vec<_> = listeners
        .iter()
        .filter(|listener| listener.who == Who::Docent)
        .map(|listener| listener.challenge)
        .collect();
    let others: Vec<_> = listeners
        .iter()
        .filter_map(|listener| match &listener.who {
            Who::Other(server) => Some((listener, server)),
            Who::Docent | Who::Nobody => None,
        })
        .collect();
    let allowed = challenge_names(&acme.challenges);
    section.line(
        "challenges",
        match (own.is_empty(), others.is_empty()) {
            (false, _) => challenge_names(&own).join(", "),
            (true, false) => format!(
                "none can work: docent does not listen for {} on this machine",
                allowed.join(" or ")
            ),
            (true, true) => format!(
                "none can work: nothing listens for {} on this machine; is docent.service running?",
                allowed.join(" or ")
            ),
        },
    );
    for (listener, server) in &others {
        let passed = match listener.challenge {
            ChallengeType::Http01 => "/.well-known/acme-challenge/",
            ChallengeType::TlsAlpn01 => "TLS, unopened,",
        };
        section.finding(
            Health::Attention,
            format!("another server listens on {} ({server})", listener.address),
            Some(format!(
                "stop it, or let it pass {passed} on to docent, which answers the authority"
            )),
        );
    }
    let others: Vec<_> = others
        .iter()
        .map(|(listener, server)| {
            json!({
                "challenge": listener.challenge.name(),
                "address": listener.address.to_string(),
                "server": server,
            })
        })
        .collect();
    section.field(
        "challenges",
        json!({
            "allowed": allowed,
            "listening": challenge_names(&own),
            "others": others,
        }),
    );
}

fn broken_chain(pair: &Result<CertifiedPair, PairError>) -> Option<String> {
    pair.as_ref().ok()?.broken_chain()
}

/// Where it may also be a root of the operator's own that the chain ends below, nobody is alarmed.
fn chain(section: &mut Section, broken: Option<String>) {
    if let Some(broken) = &broken {
        section.line(
            "chain",
            format!(
                "{broken}: clients that do not know this issuer will not connect; the file needs the certificates of all issuers below the root, in order (`fullchain.pem`)"
            ),
        );
    }
    section.field("chain", broken);
}

fn failed(section: &mut Section, failures: &Failures) {
    let times = match failures.count {
        0 | 1 => String::new(),
        count => format!(" ({count} in a row)"),
    };
    let at = rfc3339(failures.at);
    section.line("last error", format!("{at}{times}: {}", failures.message));
    if let Some(help) = &failures.help {
        section.line("help", help.as_str());
    }
    section.finding(
        Health::Attention,
        format!(
            "the last attempt to obtain a certificate failed: {}",
            failures.message
        ),
        failures.help.clone(),
    );
}

fn next_attempt(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Due(reason) => format!("now: {reason}"),
        Verdict::NotBefore { at, because } => format!("{} ({because})", rfc3339(*at)),
    }
}

fn certificate_json(leaf: &Leaf, now: SystemTime) -> Value {
    let names: Vec<_> = leaf.names.iter().map(ToString::to_string).collect();
    json!({
        "subject": leaf.subject,
        "issuer": leaf.issuer,
        "serial": leaf.serial,
        "names": names,
        "not_before": rfc3339(leaf.not_before),
        "not_after": rfc3339(leaf.not_after),
        "days_left": days_left(leaf, now),
        "expired": leaf.is_expired(now),
    })
}

fn names(tls: &TlsSettings) -> Vec<String> {
    tls.names.iter().map(ToString::to_string).collect()
}

fn challenge_names(challenges: &[ChallengeType]) -> Vec<&'static str> {
    challenges
        .iter()
        .map(|challenge| challenge.name())
        .collect()
}

fn problem(error: &PairError) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
