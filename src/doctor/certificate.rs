//! The certificate and its chain, as a client sees them that knows the roots and nothing else.

use std::time::{Duration, SystemTime};

use rustls::{
    CertificateError, Error,
    pki_types::{CertificateDer, ServerName},
};
use x509_parser::{
    extensions::{GeneralName, ParsedExtension},
    prelude::{FromDer as _, X509Certificate},
};

use super::{
    address::Address,
    exchange::{Ask, Client},
    finding::{Cause, Finding, Subject, listed},
    names::Reach,
    trust::Trust,
};
use crate::{acme::rfc3339, config::Identifier, state::Leaf};

const ABOUT: Subject = Subject::Certificate;
/// A chain has no more certificates than this that its server does not send.
const MAX_FETCHED: usize = 3;
const DAY: u64 = 24 * 60 * 60;

/// Looks at what was presented, and fetches issuers that were not, as some browsers do, to tell a chain
/// that is cut short from one that nobody trusts.
pub(super) async fn check(
    client: &Client<'_>,
    chain: &[CertificateDer<'static>],
    now: SystemTime,
) -> Vec<Finding> {
    let trust = client.dialer.trust();
    let address = &client.address;
    let mut whole = chain.to_vec();
    for _ in 0..MAX_FETCHED {
        let Some(gap) = gap(&whole) else { break };
        if verified(trust, &whole, address, now)
            != Err(Error::InvalidCertificate(CertificateError::UnknownIssuer))
        {
            break;
        }
        match issuer(client, &gap).await {
            Some(found) => whole.push(found),
            None => break,
        }
    }
    judge(trust, chain, &whole, address, now)
}

/// What is to be said of a chain. `whole`: with the issuers that could be found elsewhere.
fn judge(
    trust: &Trust,
    chain: &[CertificateDer<'static>],
    whole: &[CertificateDer<'static>],
    address: &Address,
    now: SystemTime,
) -> Vec<Finding> {
    let Some(first) = chain.first() else {
        let help = "look at the server's TLS configuration: it must name a certificate";
        return vec![Finding::error(
            ABOUT,
            Cause::NoCertificate,
            "the server presents no certificate",
            help,
        )];
    };
    let leaf = match Leaf::read(first) {
        Ok(leaf) => leaf,
        Err(error) => {
            let message = format!("the certificate cannot be used: {error}");
            return vec![Finding::error(
                ABOUT,
                Cause::CertificateUnusable,
                message,
                "obtain another one",
            )];
        }
    };
    let mut findings = Vec::new();
    findings.extend(dates(&leaf, now));
    findings.extend(names(&leaf, address));
    findings.extend(links(trust, chain, whole, address, &leaf, now));
    if findings.is_empty() {
        findings.push(ends_soon(&leaf, now).unwrap_or_else(|| {
            let days = leaf
                .not_after
                .duration_since(now)
                .unwrap_or_default()
                .as_secs()
                / DAY;
            let whose = if trust.is_public() {
                ""
            } else {
                ", by the authority of --ca-file"
            };
            let message = format!(
                "for {}, from {}, good until {} ({days} days); the chain is whole{whose}",
                address.host(),
                leaf.issuer,
                rfc3339(leaf.not_after)
            );
            Finding::ok(ABOUT, message)
        }));
    }
    findings
}

fn dates(leaf: &Leaf, now: SystemTime) -> Option<Finding> {
    if leaf.is_expired(now) {
        let ended = rfc3339(leaf.not_after);
        return Some(Finding::error(
            ABOUT,
            Cause::CertificateExpired,
            format!("the certificate expired on {ended}"),
            "renew it: where docent obtains it, `docent status` on the server says why it was not renewed; where a proxy does, that one's log",
        ));
    }
    leaf.is_early(now).then(|| {
        let (begins, shown) = (rfc3339(leaf.not_before), rfc3339(now));
        Finding::error(
            ABOUT,
            Cause::CertificateNotYetValid,
            format!("the certificate begins on {begins}, and the clock here shows {shown}"),
            "see whether the clock here is right; if it is, wait, or obtain another certificate",
        )
    })
}

fn names(leaf: &Leaf, address: &Address) -> Option<Finding> {
    let name = match address.ip() {
        Some(ip) => Identifier::Ip(ip),
        None => Identifier::Dns(address.host().to_owned()),
    };
    if leaf.covers(&name) {
        return None;
    }
    let message = format!(
        "the certificate is for {}, not for {name}",
        listed(leaf.names.iter().take(8))
    );
    let help = format!(
        "obtain one that names {name} (`domain` in [server] of docent's configuration), or give assistants a name that it has; \
         if it is another server's, the name leads to the wrong place"
    );
    Some(Finding::error(
        ABOUT,
        Cause::CertificateWrongName,
        message,
        help,
    ))
}

fn ends_soon(leaf: &Leaf, now: SystemTime) -> Option<Finding> {
    let left = leaf.not_after.duration_since(now).unwrap_or_default();
    (left < leaf.lifetime() / 10).then(|| {
        let message = format!(
            "the certificate ends on {}, and nine tenths of its time are over",
            rfc3339(leaf.not_after)
        );
        let help = "see why it has not been renewed: `docent status` on the server, or the log of whoever renews it";
        Finding::warning(ABOUT, Cause::CertificateEndsSoon, message, help)
    })
}

/// Whether each certificate is vouched for by the next, up to a root.
fn links(
    trust: &Trust,
    chain: &[CertificateDer<'static>],
    whole: &[CertificateDer<'static>],
    address: &Address,
    leaf: &Leaf,
    now: SystemTime,
) -> Option<Finding> {
    let (cause, message, help) = match verified(trust, chain, address, now) {
        Ok(()) => return None,
        // Told by the names themselves.
        Err(Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        )) => return None,
        Err(Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        )) => (
            Cause::CertificateExpired,
            "a certificate of the chain above the server's own has expired".to_owned(),
            "replace the intermediate certificates with those that the authority hands out today",
        ),
        Err(_) if is_self_issued(&chain[0]) => (
            Cause::CertificateSelfSigned,
            format!(
                "the certificate is self-signed ({}): nobody but its maker vouches for it",
                shown(&leaf.subject)
            ),
            "obtain one from a public authority: docent does so by itself where `domain` is set in [server]",
        ),
        Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)) => {
            let top = top(chain);
            let missing = format!(
                "the server sends {} and not {}, which issued {}: clients that have not met that certificate before refuse the chain",
                match chain.len() {
                    1 => "its own certificate alone".to_owned(),
                    many => format!("{many} certificates"),
                },
                top.issuer,
                if chain.len() == 1 {
                    "it"
                } else {
                    "the last of them"
                },
            );
            let whole_file = "have the server send all certificates below the root: with `cert` in [tls], name the file with the whole chain (`fullchain.pem`)";
            if whole.len() > chain.len() && is_linked(&verified(trust, whole, address, now)) {
                (Cause::IntermediateMissing, missing, whole_file)
            } else if top.is_root
                || whole.len() > chain.len()
                || (trust.is_public() && !top.names_issuer)
            {
                (
                    Cause::AuthorityUnknown,
                    format!(
                        "the certificate comes from {}, an authority that {}",
                        top_issuer(whole),
                        untrusted(trust)
                    ),
                    "obtain one from a public authority (docent does so by itself where `domain` is set in [server]); an authority of your own serves the clients alone that are told to trust it, as --ca-file tells docent",
                )
            } else {
                (Cause::IntermediateMissing, missing, whole_file)
            }
        }
        Err(error) => (
            Cause::CertificateUnusable,
            format!("clients refuse the certificate: {error}"),
            "obtain another one",
        ),
    };
    Some(Finding::error(ABOUT, cause, message, help))
}

fn untrusted(trust: &Trust) -> &'static str {
    if trust.is_public() {
        "neither browsers nor assistants trust"
    } else {
        "is not in --ca-file"
    }
}

fn shown(subject: &str) -> &str {
    if subject.is_empty() {
        "without a subject"
    } else {
        subject
    }
}

/// Verifies a chain at a time at which the server's own certificate counts: its dates are another matter.
fn verified(
    trust: &Trust,
    chain: &[CertificateDer<'static>],
    address: &Address,
    now: SystemTime,
) -> Result<(), Error> {
    let name = address.server_name();
    let name = name.unwrap_or_else(|| ServerName::from(std::net::Ipv4Addr::UNSPECIFIED));
    let at = match chain.first().map(|der| Leaf::read(der)) {
        Some(Ok(leaf)) if leaf.is_expired(now) => leaf.not_after - Duration::from_secs(1),
        Some(Ok(leaf)) if leaf.is_early(now) => leaf.not_before + Duration::from_secs(1),
        _ => now,
    };
    trust.verify(chain, &name, at)
}

/// Whether the links hold, whatever the names are.
fn is_linked(verified: &Result<(), Error>) -> bool {
    matches!(
        verified,
        Ok(())
            | Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
            ))
    )
}

fn is_self_issued(der: &CertificateDer<'_>) -> bool {
    X509Certificate::from_der(der).is_ok_and(|(_, it)| it.subject() == it.issuer())
}

/// The last certificate of a chain that can be reached from the server's own.
struct Top {
    issuer: String,
    /// It vouches for itself.
    is_root: bool,
    /// It says where its issuer's certificate can be had, as those of public authorities do.
    names_issuer: bool,
}

fn top(chain: &[CertificateDer<'_>]) -> Top {
    let parsed: Vec<_> = chain
        .iter()
        .filter_map(|der| Some(X509Certificate::from_der(der).ok()?.1))
        .collect();
    let Some(mut last) = parsed.first() else {
        return Top {
            issuer: "nobody".to_owned(),
            is_root: false,
            names_issuer: false,
        };
    };
    // Each step uses a certificate up, so a circle ends.
    for _ in 1..parsed.len() {
        match parsed
            .iter()
            .find(|it| it.subject() == last.issuer() && *it != last)
        {
            Some(next) if last.subject() != last.issuer() => last = next,
            _ => break,
        }
    }
    Top {
        issuer: last.issuer().to_string(),
        is_root: last.subject() == last.issuer(),
        names_issuer: !issuer_urls(last).is_empty(),
    }
}

fn top_issuer(chain: &[CertificateDer<'_>]) -> String {
    top(chain).issuer
}

/// Where the issuer can be had that a chain lacks; `None` where it lacks none, or does not say.
fn gap(chain: &[CertificateDer<'_>]) -> Option<Vec<Address>> {
    let last = chain.last()?;
    let (_, last) = X509Certificate::from_der(last).ok()?;
    if last.subject() == last.issuer() {
        return None;
    }
    let urls = issuer_urls(&last);
    (!urls.is_empty()).then_some(urls)
}

/// Authority information access, "CA issuers" (RFC 5280, section 4.2.2.1), as far as it is plain HTTP.
fn issuer_urls(certificate: &X509Certificate<'_>) -> Vec<Address> {
    const CA_ISSUERS: &str = "1.3.6.1.5.5.7.48.2";
    let mut urls = Vec::new();
    for extension in certificate.extensions() {
        let ParsedExtension::AuthorityInfoAccess(access) = extension.parsed_extension() else {
            continue;
        };
        for description in &access.accessdescs {
            if description.access_method.to_id_string() != CA_ISSUERS {
                continue;
            }
            if let GeneralName::URI(url) = &description.access_location
                && url.starts_with("http://")
                && let Ok(address) = url.parse()
            {
                urls.push(address);
            }
        }
    }
    urls.truncate(2);
    urls
}

/// Fetches a certificate from where another one says that its issuer is.
async fn issuer(client: &Client<'_>, urls: &[Address]) -> Option<CertificateDer<'static>> {
    for address in urls {
        let Ok(ips) = client.dialer.addresses(address.host()).await else {
            continue;
        };
        let Some(&ip) = ips.first() else { continue };
        // The server names this address: it shall lead nobody into a network of their own.
        if Reach::of(ip) != Reach::Public && !client.dialer.is_told(address.host()) {
            continue;
        }
        let asked = Client::new(client.dialer, address.clone(), ip);
        let Ok(answer) = asked.send(Ask::get(address.resource())).await else {
            continue;
        };
        // DER, as the standard has it; some authorities hand out PKCS #7, which is left alone.
        if answer.status.is_success() && X509Certificate::from_der(&answer.body).is_ok() {
            return Some(CertificateDer::from(answer.body.to_vec()));
        }
    }
    None
}
