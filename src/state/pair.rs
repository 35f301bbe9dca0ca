//! A certificate and its key, read from PEM files and checked against each other.

use std::{
    io,
    net::IpAddr,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use rustls::pki_types::{
    CertificateDer, PrivateKeyDer,
    pem::{self, PemObject as _},
};
use x509_parser::{
    prelude::{FromDer as _, GeneralName, X509Certificate, X509Name},
    public_key::PublicKey,
};

use crate::{
    config::{Identifier, KeyType},
    durable,
    error::printable,
};

/// Far more than a chain of the largest certificates, in bytes.
pub(super) const MAX_PEM: u64 = 256 << 10;
/// Real chains have two to four certificates.
const MAX_CHAIN: usize = 16;

/// A certificate with the chain above it and its private key, which belong together.
#[derive(Debug)]
pub struct CertifiedPair {
    /// The chain, the server's own certificate first; never empty.
    pub chain: Vec<CertificateDer<'static>>,
    /// The private key of the first certificate.
    pub key: PrivateKeyDer<'static>,
    /// What the first certificate says.
    pub leaf: Leaf,
}

/// What a server's own certificate says (RFC 5280, section 4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Its subject, as a distinguished name; often empty.
    pub subject: String,
    /// Who signed it, as a distinguished name.
    pub issuer: String,
    /// Its serial number, in lower-case hexadecimal.
    pub serial: String,
    /// It counts from this moment on.
    pub not_before: SystemTime,
    /// It counts up to this moment.
    pub not_after: SystemTime,
    /// The names and addresses it is for, in its own order.
    pub names: Vec<Identifier>,
    /// The kind of its key; `None`: one that docent does not make.
    pub key_type: Option<KeyType>,
}

impl Leaf {
    /// Whether its time has not begun. Clients look at clocks of their own.
    pub fn is_early(&self, now: SystemTime) -> bool {
        now < self.not_before
    }

    /// Whether its time is over.
    pub fn is_expired(&self, now: SystemTime) -> bool {
        now > self.not_after
    }

    /// How long it counts in all.
    pub fn lifetime(&self) -> Duration {
        self.not_after
            .duration_since(self.not_before)
            .unwrap_or_default()
    }

    /// Whether it is for a name (RFC 9525, section 6).
    pub fn covers(&self, name: &Identifier) -> bool {
        self.names.iter().any(|own| match (own, name) {
            (Identifier::Dns(own), Identifier::Dns(name)) => {
                let above = name.split_once('.').map(|(_, above)| above);
                own == name || own.strip_prefix("*.").is_some_and(|own| Some(own) == above)
            }
            (own, name) => own == name,
        })
    }

    /// Reads what a certificate in DER says.
    ///
    /// # Errors
    /// Where it is no certificate, or its dates contradict each other.
    pub fn read(der: &[u8]) -> Result<Self, LeafError> {
        let (rest, certificate) = X509Certificate::from_der(der)
            .map_err(|error| LeafError::Malformed(error.to_string()))?;
        if !rest.is_empty() {
            return Err(LeafError::Malformed("something follows it".to_owned()));
        }
        let validity = certificate.validity();
        let leaf = Self {
            subject: printable(&certificate.subject().to_string()),
            issuer: printable(&certificate.issuer().to_string()),
            serial: hex(certificate.raw_serial()),
            not_before: moment(validity.not_before.timestamp()),
            not_after: moment(validity.not_after.timestamp()),
            names: names(&certificate),
            key_type: key_type(&certificate),
        };
        if leaf.not_before >= leaf.not_after {
            return Err(LeafError::Dates);
        }
        Ok(leaf)
    }
}

/// Why a certificate cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LeafError {
    /// Not an X.509 certificate.
    #[error("it is no X.509 certificate: {0}")]
    Malformed(String),
    /// Its end lies before its beginning.
    #[error("it ends before it begins")]
    Dates,
}

/// Why there is no usable pair.
#[derive(Debug, thiserror::Error)]
pub enum PairError {
    /// None has been stored yet.
    #[error("there is no certificate yet")]
    Missing,
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// A file is larger than any certificate.
    #[error("{} is larger than {} KiB, which no certificate or key is", path.display(), MAX_PEM >> 10)]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// A file is not PEM, or has nothing of its kind in it.
    #[error("{} holds no {what} in PEM: {reason}", path.display())]
    NotPem {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        what: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// A chain has too many certificates.
    #[error("{} holds more than {MAX_CHAIN} certificates: name the file with the server's own chain", path.display())]
    TooMany {
        /// The file.
        path: PathBuf,
    },
    /// A certificate is none, or its dates contradict each other.
    #[error("certificate {number} in {} cannot be used: {source}", path.display())]
    BadCertificate {
        /// The file.
        path: PathBuf,
        /// Which of those in the file, the first being 1.
        number: usize,
        /// What is wrong.
        source: LeafError,
    },
    /// The key is of a kind that TLS with docent cannot use.
    #[error("{} cannot be used as a key: {reason}", path.display())]
    BadKey {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The certificate is for another key.
    #[error(
        "{} does not belong to the first certificate in {}",
        key.display(),
        cert.display()
    )]
    Mismatch {
        /// The file of the chain.
        cert: PathBuf,
        /// The file of the key.
        key: PathBuf,
    },
}

impl CertifiedPair {
    /// Reads a chain and its key from two files, such as an operator's own.
    ///
    /// Whatever its dates say, a certificate that is whole is returned: this machine's clock may be
    /// wrong, clients have clocks of their own, and an expired one is better than none. See
    /// [`Leaf::is_expired`] and [`Leaf::is_early`].
    ///
    /// # Errors
    /// Where a file cannot be read or is not what it should be, or the two do not belong together.
    pub fn read(cert: &Path, key: &Path) -> Result<Self, PairError> {
        let chain = read_bounded(cert)?;
        let private_key = read_bounded(key)?;
        Self::parse((cert, &chain), (key, &private_key))
    }

    /// The same from what has been read already; the paths are for messages.
    pub(super) fn parse(
        (cert, chain): (&Path, &[u8]),
        (key, private_key): (&Path, &[u8]),
    ) -> Result<Self, PairError> {
        let chain = parse_chain(cert, chain)?;
        let private_key = PrivateKeyDer::from_pem_slice(private_key)
            .map_err(|error| not_pem(key, "private key", &error))?;
        let bad = |number, source| PairError::BadCertificate {
            path: cert.to_owned(),
            number,
            source,
        };
        let leaf = Leaf::read(&chain[0]).map_err(|source| bad(1, source))?;
        for (number, issuer) in chain.iter().enumerate().skip(1) {
            Leaf::read(issuer).map_err(|source| bad(number + 1, source))?;
        }
        let public_key = public_key(&private_key).map_err(|reason| PairError::BadKey {
            path: key.to_owned(),
            reason,
        })?;
        if Some(public_key.as_slice()) != leaf_public_key(&chain[0]) {
            return Err(PairError::Mismatch {
                cert: cert.to_owned(),
                key: key.to_owned(),
            });
        }
        Ok(Self {
            chain,
            key: private_key,
            leaf,
        })
    }
}

impl CertifiedPair {
    /// What is wrong with the chain above the certificate, where clients may stumble over it: a
    /// link that is missing or in the wrong place.
    ///
    /// Roots that only some clients trust are not known here: a chain that ends with what such a
    /// root has signed is named too.
    pub fn broken_chain(&self) -> Option<String> {
        let read = |der: &CertificateDer<'_>| {
            let (_, certificate) = X509Certificate::from_der(der).ok()?;
            let name = |name: &X509Name<'_>| (name.as_raw().to_vec(), printable(&name.to_string()));
            Some((name(certificate.subject()), name(certificate.issuer())))
        };
        let chain: Vec<_> = self.chain.iter().map(read).collect::<Option<_>>()?;
        for (number, pair) in chain.windows(2).enumerate() {
            let [(_, (issuer, said)), ((subject, _), _)] = pair else {
                continue;
            };
            if issuer != subject {
                return Some(format!(
                    "certificate {} of its chain is not the issuer of certificate {}, which is {said}",
                    number + 2,
                    number + 1
                ));
            }
        }
        let ((subject, _), (issuer, said)) = chain.last()?;
        (subject != issuer && !is_public_root(issuer))
            .then(|| format!("its chain ends below {said}, which is no public root"))
    }
}

/// Whether a distinguished name, DER, is that of a root that browsers trust.
fn is_public_root(name: &[u8]) -> bool {
    webpki_roots::TLS_SERVER_ROOTS.iter().any(|root| {
        // Without the head of the sequence.
        let head = name.len().checked_sub(root.subject.len());
        head.is_some_and(|head| head <= 4) && name.ends_with(&root.subject)
    })
}

fn parse_chain(path: &Path, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, PairError> {
    let mut chain = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        chain.push(certificate.map_err(|error| not_pem(path, "certificate", &error))?);
        if chain.len() > MAX_CHAIN {
            return Err(PairError::TooMany {
                path: path.to_owned(),
            });
        }
    }
    if chain.is_empty() {
        return Err(not_pem(path, "certificate", &pem::Error::NoItemsFound));
    }
    Ok(chain)
}

/// The public half of a key, as it stands in a certificate.
fn public_key(key: &PrivateKeyDer<'static>) -> Result<Vec<u8>, String> {
    let provider = rustls::crypto::ring::default_provider();
    let key = provider
        .key_provider
        .load_private_key(key.clone_key())
        .map_err(|error| error.to_string())?;
    let public_key = key.public_key().ok_or("its public half is unknown")?;
    Ok(public_key.to_vec())
}

fn leaf_public_key(der: &[u8]) -> Option<&[u8]> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    Some(certificate.tbs_certificate.subject_pki.raw)
}

fn names(certificate: &X509Certificate<'_>) -> Vec<Identifier> {
    let Ok(Some(alternatives)) = certificate.subject_alternative_name() else {
        return Vec::new();
    };
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some(Identifier::Dns(printable(&name.to_ascii_lowercase()))),
        GeneralName::IPAddress(bytes) => {
            let address = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            let address = address.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from));
            address.ok().map(Identifier::Ip)
        }
        _ => None,
    };
    alternatives
        .value
        .general_names
        .iter()
        .filter_map(name)
        .collect()
}

fn key_type(certificate: &X509Certificate<'_>) -> Option<KeyType> {
    let key = certificate.public_key();
    match key.parsed().ok()? {
        PublicKey::EC(_) => {
            let curve = key.algorithm.parameters.as_ref()?.as_oid().ok()?;
            // RFC 5480, section 2.1.1.1.
            match curve.to_id_string().as_str() {
                "1.2.840.10045.3.1.7" => Some(KeyType::P256),
                "1.3.132.0.34" => Some(KeyType::P384),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Dates in certificates have four digits for the year, so none leaves what a clock can tell.
fn moment(timestamp: i64) -> SystemTime {
    let distance = Duration::from_secs(timestamp.unsigned_abs());
    if timestamp < 0 {
        SystemTime::UNIX_EPOCH - distance
    } else {
        SystemTime::UNIX_EPOCH + distance
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a file no larger than a certificate or key can be.
pub(super) fn read_bounded(path: &Path) -> Result<Vec<u8>, PairError> {
    durable::read(path, MAX_PEM).map_err(|source| {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::FileTooLarge => PairError::TooLarge { path },
            _ => PairError::Unreadable { path, source },
        }
    })
}

fn not_pem(path: &Path, what: &'static str, error: &pem::Error) -> PairError {
    PairError::NotPem {
        path: path.to_owned(),
        what,
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};

    fn params() -> CertificateParams {
        let mut params =
            CertificateParams::new(["docs.example.com".into(), "192.0.2.7".into()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "docs");
        params.serial_number = Some(vec![0x0a, 0xbc].into());
        params.not_before = date_time_ymd(2026, 1, 1);
        params.not_after = date_time_ymd(2026, 4, 1);
        params
    }

    fn at(days: u64) -> SystemTime {
        // 2026-01-01.
        moment(1_767_225_600) + Duration::from_secs(days * 24 * 60 * 60)
    }

    fn read(params: &CertificateParams) -> Result<CertifiedPair, PairError> {
        let key = KeyPair::generate().unwrap();
        let chain = params.self_signed(&key).unwrap().pem();
        let folder = tempfile::tempdir().unwrap();
        let (cert, key_file) = (folder.path().join("c.pem"), folder.path().join("k.pem"));
        fs::write(&cert, chain).unwrap();
        fs::write(&key_file, key.serialize_pem()).unwrap();
        CertifiedPair::read(&cert, &key_file)
    }

    #[test]
    fn the_leaf_tells_what_it_is_for() {
        let leaf = read(&params()).unwrap().leaf;
        assert_eq!((&*leaf.subject, &*leaf.serial), ("CN=docs", "0abc"));
        assert_eq!(leaf.lifetime(), Duration::from_secs(90 * 24 * 60 * 60));
        assert_eq!((leaf.not_before, leaf.not_after), (at(0), at(90)));
        let names: Vec<_> = leaf.names.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["docs.example.com", "192.0.2.7"]);
        assert_eq!(leaf.key_type, Some(KeyType::P256));
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
        let leaf = Leaf::read(params().self_signed(&key).unwrap().der()).unwrap();
        assert_eq!(leaf.key_type, Some(KeyType::P384));
    }

    #[test]
    fn what_a_certificate_says_moves_no_cursor() {
        let mut params = params();
        let name = "a\u{1b}[2Jb\u{9b}c\u{202e}d";
        params.distinguished_name.push(DnType::CommonName, name);
        let leaf = read(&params).unwrap().leaf;
        let shown = r"CN=a\u{1b}[2Jb\u{9b}c\u{202e}d";
        assert_eq!((&*leaf.subject, &*leaf.issuer), (shown, shown));
    }

    #[test]
    fn a_chain_that_lacks_a_link_is_told() {
        use rcgen::{BasicConstraints, IsCa, Issuer};
        let authority = |name: &str| {
            let mut params = CertificateParams::new(Vec::new()).unwrap();
            params.distinguished_name.push(DnType::CommonName, name);
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            (params, KeyPair::generate().unwrap())
        };
        let (root, root_key) = authority("Root");
        let root_der = root.self_signed(&root_key).unwrap();
        let root = Issuer::new(root, root_key);
        let (middle, middle_key) = authority("Middle");
        let middle_der = middle.signed_by(&middle_key, &root).unwrap();
        let middle = Issuer::new(middle, middle_key);
        let key = KeyPair::generate().unwrap();
        let leaf = params().signed_by(&key, &middle).unwrap();
        let broken = |chain: &[&rcgen::Certificate]| {
            let chain: String = chain.iter().map(|certificate| certificate.pem()).collect();
            let path = Path::new("pem");
            let key = key.serialize_pem();
            CertifiedPair::parse((path, chain.as_bytes()), (path, key.as_bytes()))
                .unwrap()
                .broken_chain()
                .unwrap_or_default()
        };
        assert_eq!(broken(&[&leaf, &middle_der, &root_der]), "");
        assert!(broken(&[&leaf]).contains("ends below CN=Middle"));
        assert!(
            broken(&[&leaf, &root_der]).contains("certificate 2 of its chain is not the issuer")
        );
        assert!(broken(&[&leaf, &middle_der]).contains("ends below CN=Root"));
        let known = webpki_roots::TLS_SERVER_ROOTS[0].subject.to_vec();
        let mut name = vec![0x30, u8::try_from(known.len()).unwrap()];
        name.extend(known);
        assert!(is_public_root(&name));
    }

    #[test]
    fn an_expired_pair_is_better_than_none() {
        let leaf = read(&params()).unwrap().leaf;
        assert!(!leaf.is_expired(at(89)));
        assert!(leaf.is_expired(at(500)));
    }

    #[test]
    fn so_is_one_from_the_future() {
        let leaf = read(&params()).unwrap().leaf;
        assert!(leaf.is_early(at(0) - Duration::from_secs(400 * 24 * 60 * 60)));
        assert!(!leaf.is_early(at(0)));
    }

    #[test]
    fn dates_that_contradict_each_other_are_none() {
        let mut reversed = params();
        std::mem::swap(&mut reversed.not_before, &mut reversed.not_after);
        let error = read(&reversed).unwrap_err();
        assert!(matches!(
            error,
            PairError::BadCertificate {
                number: 1,
                source: LeafError::Dates,
                ..
            }
        ));
    }

    #[test]
    fn no_file_is_read_without_end() {
        let zero = Path::new("/dev/zero");
        let error = CertifiedPair::read(zero, zero).unwrap_err();
        assert!(matches!(error, PairError::Unreadable { .. }));
        let error = CertifiedPair::read(Path::new("/nowhere"), zero).unwrap_err();
        assert_eq!(error.to_string(), "cannot read /nowhere");
    }
}
