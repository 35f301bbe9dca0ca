//! `docent status`: how things stand with the certificate.

use std::{
    error::Error as _,
    io::{self, IsTerminal as _, Write as _},
    time::SystemTime,
};

use clap::Args;
use serde_json::{Value, json};

use crate::{
    acme::{Failures, Standing, Verdict, rfc3339},
    config::{AcmeSettings, CertificateSource, ChallengeType, TlsSettings},
    platform::Environment,
    state::{CertifiedPair, Leaf, PairError},
};

use super::{
    certificate::{Certificate, Configured, block_on, failure},
    search::Format,
    style::Style,
};

const DAY: u64 = 24 * 60 * 60;

/// Show how things stand with the certificate
///
/// It asks nobody but this machine.
#[derive(Debug, Args)]
pub(super) struct Status {
    #[command(flatten)]
    certificate: Certificate,

    /// How to print it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Whole days until a certificate expires; negative where it has.
pub(super) fn days_left(leaf: &Leaf, now: SystemTime) -> i64 {
    let days = |seconds: u64| i64::try_from(seconds / DAY).unwrap_or(i64::MAX);
    match leaf.not_after.duration_since(now) {
        Ok(left) => days(left.as_secs()),
        Err(over) => -days(over.duration().as_secs()) - 1,
    }
}

impl Status {
    pub(super) fn run(self, environment: &Environment) -> anyhow::Result<()> {
        let configured = self.certificate.configured(environment)?;
        let now = SystemTime::now();
        let report = Report::of(&configured, now)?;
        let mut stdout = io::stdout().lock();
        match self.format {
            Format::Json => writeln!(stdout, "{:#}", report.json(now))?,
            Format::Text => {
                let style = Style::new(stdout.is_terminal() && !environment.no_color);
                stdout.write_all(report.text(now, style).as_bytes())?;
            }
        }
        Ok(())
    }
}

/// What there is to say, whoever it is said to.
enum Report<'a> {
    /// No domain, no certificate.
    Plain,
    /// Somebody else takes care of it.
    Own {
        tls: &'a TlsSettings,
        certificate: Result<Leaf, PairError>,
    },
    /// docent takes care of it.
    Acme {
        tls: &'a TlsSettings,
        acme: &'a AcmeSettings,
        standing: Box<Standing>,
        challenges: Vec<ChallengeType>,
    },
}

impl<'a> Report<'a> {
    fn of(configured: &'a Configured, now: SystemTime) -> anyhow::Result<Self> {
        let Some(tls) = &configured.tls else {
            return Ok(Self::Plain);
        };
        Ok(match &tls.source {
            CertificateSource::Files { cert, key } => Self::Own {
                tls,
                certificate: CertifiedPair::read(cert, key, now).map(|pair| pair.leaf),
            },
            CertificateSource::Acme(acme) => {
                let standing = configured.renewal(tls, acme).standing().map_err(failure)?;
                Self::Acme {
                    tls,
                    acme,
                    standing: Box::new(standing),
                    challenges: block_on(configured.ports().listening(&acme.challenges))?,
                }
            }
        })
    }

    fn text(&self, now: SystemTime, style: Style) -> String {
        match self {
            Self::Plain => {
                "The configuration names no domain: docent serves plain HTTP, without a certificate.\n".to_owned()
            }
            Self::Own { tls, certificate } => {
                let mut lines = lines_of(tls, certificate, now);
                lines.push(("renewed by", "whoever writes the files named in [tls]".to_owned()));
                layout(tls, &lines, style)
            }
            Self::Acme { tls, acme, standing, challenges } => {
                let mut lines = lines_of(tls, &standing.certificate, now);
                lines.push(("next attempt", next_attempt(&standing.verdict)));
                if let Some(failures) = standing.history.last_failures() {
                    lines.extend(lines_of_failures(failures));
                }
                lines.push(("challenges", challenge_text(&acme.challenges, challenges)));
                layout(tls, &lines, style)
            }
        }
    }

    fn json(&self, now: SystemTime) -> Value {
        match self {
            Self::Plain => json!({ "names": [], "source": null, "certificate": null }),
            Self::Own { tls, certificate } => json!({
                "names": names(tls),
                "source": "files",
                "certificate": certificate.as_ref().ok().map(|leaf| certificate_json(leaf, now)),
                "problem": certificate.as_ref().err().map(problem),
            }),
            Self::Acme {
                tls,
                acme,
                standing,
                challenges,
            } => {
                let (due, next, because) = match &standing.verdict {
                    Verdict::Due(reason) => (true, rfc3339(now), reason.to_string()),
                    Verdict::NotBefore { at, because } => {
                        (false, rfc3339(*at), because.to_string())
                    }
                };
                let failures = standing.history.last_failures();
                let suggestion = standing.history.suggestion.as_ref();
                let window = suggestion.and_then(|suggestion| suggestion.window.as_ref());
                json!({
                    "names": names(tls),
                    "source": "acme",
                    "certificate": standing.certificate.as_ref().ok().map(|leaf| certificate_json(leaf, now)),
                    "problem": standing.certificate.as_ref().err().map(problem),
                    "authority": standing.history.issued.as_ref().map(|issued| &issued.directory),
                    "due": due,
                    "next_attempt": next,
                    "because": because,
                    "suggested_window": window.map(|window| json!({
                        "start": rfc3339(window.start),
                        "end": rfc3339(window.end),
                        "explanation": window.explanation,
                    })),
                    "last_error": failures.map(|failures| json!({
                        "at": rfc3339(failures.at),
                        "attempts": failures.count,
                        "authority": failures.directory,
                        "message": failures.message,
                        "help": failures.help,
                    })),
                    "challenges": {
                        "allowed": challenge_names(&acme.challenges),
                        "listening": challenge_names(challenges),
                    },
                })
            }
        }
    }
}

fn lines_of(
    tls: &TlsSettings,
    certificate: &Result<Leaf, PairError>,
    now: SystemTime,
) -> Vec<(&'static str, String)> {
    let leaf = match certificate {
        Ok(leaf) => leaf,
        Err(error) => return vec![("certificate", format!("none: {}", problem(error)))],
    };
    let mut lines = Vec::new();
    if leaf.is_expired(now) {
        let over = format!(
            "EXPIRED on {}; served all the same, and refused by every client",
            rfc3339(leaf.not_after)
        );
        lines.push(("certificate", over));
    } else {
        let days = days_left(leaf, now);
        let valid = format!("valid until {}, {days} days left", rfc3339(leaf.not_after));
        lines.push(("certificate", valid));
    }
    let certified: Vec<_> = leaf.names.iter().map(ToString::to_string).collect();
    if certified != names(tls) {
        lines.push(("for", certified.join(", ")));
    }
    if !leaf.subject.is_empty() {
        lines.push(("subject", leaf.subject.clone()));
    }
    lines.push(("issuer", leaf.issuer.clone()));
    lines.push(("serial", leaf.serial.clone()));
    lines
}

fn lines_of_failures(failures: &Failures) -> Vec<(&'static str, String)> {
    let times = match failures.count {
        0 | 1 => String::new(),
        count => format!(" ({count} in a row)"),
    };
    let mut lines = vec![(
        "last error",
        format!("{}{times}: {}", rfc3339(failures.at), failures.message),
    )];
    if let Some(help) = &failures.help {
        lines.push(("help", help.clone()));
    }
    lines
}

fn next_attempt(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Due(reason) => format!("now: {reason}"),
        Verdict::NotBefore { at, because } => format!("{} ({because})", rfc3339(*at)),
    }
}

fn challenge_text(allowed: &[ChallengeType], listening: &[ChallengeType]) -> String {
    if listening.is_empty() {
        return format!(
            "none can work: nothing listens for {} on this machine; is docent.service running?",
            challenge_names(allowed).join(" or ")
        );
    }
    challenge_names(listening).join(", ")
}

fn layout(tls: &TlsSettings, lines: &[(&str, String)], style: Style) -> String {
    let mut text = format!("{}\n", style.title(&names(tls).join(", ")));
    for (label, value) in lines {
        text += &format!("  {label:<13}{value}\n");
    }
    text
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
