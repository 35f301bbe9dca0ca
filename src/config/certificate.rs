//! Whose names docent answers to over HTTPS, and where their certificate comes from.

use std::{fmt, net::IpAddr, path::PathBuf};

/// HTTPS, where the configuration names a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsSettings {
    /// The names of the certificate, the first of which names its files; at least one.
    pub names: Vec<Identifier>,
    /// Where the certificate comes from.
    pub source: CertificateSource,
}

impl TlsSettings {
    /// The name that files and messages use for the certificate.
    pub fn primary(&self) -> &Identifier {
        &self.names[0]
    }

    /// The files with keys of the operator's. What only says whom to trust is public.
    pub fn secret_files(&self) -> Vec<PathBuf> {
        match &self.source {
            CertificateSource::Files { cert, key } => vec![cert.clone(), key.clone()],
            CertificateSource::Acme(acme) => {
                let accounts = acme.authorities.iter();
                let accounts = accounts.filter_map(|it| it.external_account.as_ref());
                accounts.map(|it| it.hmac_key_file.clone()).collect()
            }
        }
    }

    /// Has authorities asked through a proxy for which the configuration names none.
    pub fn ask_through(&mut self, proxy: Option<&Proxy>) {
        if let CertificateSource::Acme(acme) = &mut self.source {
            for authority in &mut acme.authorities {
                authority.proxy = authority.proxy.take().or_else(|| proxy.cloned());
            }
        }
    }
}

/// What a certificate is asked for and checked against (RFC 8555, section 7.1.3; RFC 8738).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Identifier {
    /// A DNS name: lower case, ASCII, no wildcard, no dot at the end.
    Dns(String),
    /// An address, for which there are only short-lived certificates.
    Ip(IpAddr),
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => f.write_str(name),
            Self::Ip(address) => address.fmt(f),
        }
    }
}

/// Where a certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateSource {
    /// Files that somebody else writes; read again when they change.
    Files {
        /// The chain, PEM, the server's own certificate first.
        cert: PathBuf,
        /// The private key, PEM.
        key: PathBuf,
    },
    /// A certificate authority, asked by docent itself.
    Acme(AcmeSettings),
}

/// How to obtain a certificate (RFC 8555).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcmeSettings {
    /// The authorities to ask, the preferred one first; at least one. Their terms of service
    /// have been accepted.
    pub authorities: Vec<CertificateAuthority>,
    /// The mail address that an authority may write to.
    pub contact: Option<String>,
    /// The kind of the certificate's key.
    pub key_type: KeyType,
    /// The challenges that may be used, the preferred one first; at least one.
    pub challenges: Vec<ChallengeType>,
}

impl AcmeSettings {
    /// As the configuration alone has it.
    pub fn without_environment(&self) -> Self {
        let mut settings = self.clone();
        for authority in &mut settings.authorities {
            authority.proxy.take_if(|proxy| proxy.of_environment);
        }
        settings
    }
}

/// One certificate authority, as an account of docent knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateAuthority {
    /// The URL of its directory (RFC 8555, section 7.1.1).
    pub directory: String,
    /// Where the same authority can be tried without limits, if it has such a place.
    pub staging: Option<String>,
    /// The root to trust for its own HTTPS, in place of the public ones; PEM.
    pub ca_file: Option<PathBuf>,
    /// The certificate profile to ask for (draft-ietf-acme-profiles).
    pub profile: Option<String>,
    /// The account at the authority that docent's account belongs to.
    pub external_account: Option<ExternalAccount>,
    /// What it is asked through.
    pub proxy: Option<Proxy>,
}

impl CertificateAuthority {
    /// Whether it is known to issue what everybody trusts, and so only for public names.
    pub fn is_public(&self) -> bool {
        AUTHORITIES.iter().any(|(_, directory, staging)| {
            self.directory == *directory || Some(&*self.directory) == *staging
        })
    }
}

/// An HTTP proxy for outgoing connections. What it is shown as has no password in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    url: String,
    except: String,
    of_environment: bool,
}

impl Proxy {
    /// By its URL, with a user's name and password where it wants them; and, separated by commas,
    /// the names, networks and domains that are asked without it.
    pub fn new(url: impl Into<String>, except: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            except: except.into(),
            of_environment: false,
        }
    }

    /// The same, from the environment of this process: another process may have another one.
    pub fn of_environment(url: impl Into<String>, except: impl Into<String>) -> Self {
        Self {
            of_environment: true,
            ..Self::new(url, except)
        }
    }

    /// Its URL; not to be shown.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What is asked without it.
    pub fn except(&self) -> &str {
        &self.except
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self
            .url
            .split_once("://")
            .map_or(&*self.url, |(_, rest)| rest);
        let place = place.rsplit_once('@').map_or(place, |(_, host)| host);
        f.write_str(place.split(['/', '?', '#']).next().unwrap_or_default())
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({self}, except {:?})", self.except)
    }
}

/// External account binding (RFC 8555, section 7.3.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalAccount {
    /// The key identifier that the authority gave out.
    pub kid: String,
    /// A file with the HMAC key that it gave out, base64url.
    pub hmac_key_file: PathBuf,
}

/// The kind of a certificate's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum KeyType {
    /// ECDSA on P-256: small and fast, known everywhere.
    #[default]
    P256,
    /// ECDSA on P-384.
    P384,
}

impl KeyType {
    /// Every kind with the name it has in the configuration.
    pub const NAMES: [(&'static str, Self); 2] = [("p256", Self::P256), ("p384", Self::P384)];

    /// Its name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::P256 => "p256",
            Self::P384 => "p384",
        }
    }
}

/// How an authority checks that a name is docent's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChallengeType {
    /// A file over plain HTTP, port 80 (RFC 8555, section 8.3).
    Http01,
    /// A certificate of its own in a TLS handshake, port 443 (RFC 8737).
    TlsAlpn01,
}

impl ChallengeType {
    /// Every challenge with the name it has in ACME and in the configuration.
    pub const NAMES: [(&'static str, Self); 2] =
        [("http-01", Self::Http01), ("tls-alpn-01", Self::TlsAlpn01)];

    /// Its name in ACME.
    pub fn name(self) -> &'static str {
        match self {
            Self::Http01 => "http-01",
            Self::TlsAlpn01 => "tls-alpn-01",
        }
    }
}

impl fmt::Display for ChallengeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Authorities that are known by name: name, directory, staging directory.
pub(super) const AUTHORITIES: [(&str, &str, Option<&str>); 4] = [
    ("letsencrypt", LETSENCRYPT, Some(LETSENCRYPT_STAGING)),
    (
        "letsencrypt-staging",
        LETSENCRYPT_STAGING,
        Some(LETSENCRYPT_STAGING),
    ),
    ("zerossl", "https://acme.zerossl.com/v2/DV90", None),
    (
        "google",
        "https://dv.acme-v02.api.pki.goog/directory",
        Some("https://dv.acme-v02.test-api.pki.goog/directory"),
    ),
];

const LETSENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";
const LETSENCRYPT_STAGING: &str = "https://acme-staging-v02.api.letsencrypt.org/directory";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_shown_without_its_password() {
        for (url, shown) in [
            ("http://proxy.example:3128", "proxy.example:3128"),
            ("https://me:s3cret@proxy.example/", "proxy.example"),
            ("me:s3c@ret@proxy.example:1", "proxy.example:1"),
        ] {
            let proxy = Proxy::new(url, "");
            assert_eq!(proxy.to_string(), shown);
            assert!(!format!("{proxy:?}").contains("s3c"));
        }
    }
}
