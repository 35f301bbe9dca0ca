//! Chains of certificates, whole and broken.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType, IsCa, KeyPair,
    KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use time::{Duration, OffsetDateTime};

/// A root with an intermediate authority below it.
pub(crate) struct Authority {
    root: CertifiedIssuer<'static, KeyPair>,
    intermediate: CertifiedIssuer<'static, KeyPair>,
}

/// What a server presents, and its key.
pub(crate) struct Identity {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: PrivateKeyDer<'static>,
    pub(crate) key_pem: String,
    pub(crate) chain_pem: String,
}

/// How a certificate is to be.
pub(crate) struct Wanted<'a> {
    pub(crate) names: &'a [&'a str],
    /// Days from now.
    pub(crate) from: i64,
    pub(crate) to: i64,
    /// Where it says that its issuer can be had.
    pub(crate) issuer_at: Option<&'a str>,
    pub(crate) with_intermediate: bool,
}

impl Default for Wanted<'_> {
    fn default() -> Self {
        Self {
            names: &["docs.example.com"],
            from: -10,
            to: 80,
            issuer_at: None,
            with_intermediate: true,
        }
    }
}

fn issuer(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let root = CertifiedIssuer::self_signed(issuer(name), KeyPair::generate().unwrap());
        let root = root.unwrap();
        let below = issuer(&format!("{name}, intermediate"));
        let key = KeyPair::generate().unwrap();
        let intermediate = CertifiedIssuer::signed_by(below, key, &root).unwrap();
        Self { root, intermediate }
    }

    /// The root, PEM.
    pub(crate) fn pem(&self) -> String {
        self.root.pem()
    }

    /// The intermediate authority, DER.
    pub(crate) fn intermediate(&self) -> Vec<u8> {
        self.intermediate.der().to_vec()
    }

    pub(crate) fn certify(&self, wanted: &Wanted<'_>) -> Identity {
        let names: Vec<_> = wanted.names.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(names).unwrap();
        let now = OffsetDateTime::now_utc();
        params.not_before = now + Duration::days(wanted.from);
        params.not_after = now + Duration::days(wanted.to);
        if let Some(url) = wanted.issuer_at {
            params.custom_extensions.push(issuer_at(url));
        }
        let key = KeyPair::generate().unwrap();
        let leaf = params.signed_by(&key, &self.intermediate).unwrap();
        let mut chain = vec![leaf.der().clone()];
        let mut chain_pem = leaf.pem();
        if wanted.with_intermediate {
            chain.push(self.intermediate.der().clone());
            chain_pem += &self.intermediate.pem();
        }
        Identity::new(chain, chain_pem, &key)
    }
}

impl Identity {
    /// Vouched for by nobody else.
    pub(crate) fn self_signed(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        let certificate = params.self_signed(&key).unwrap();
        Self::new(vec![certificate.der().clone()], certificate.pem(), &key)
    }

    fn new(chain: Vec<CertificateDer<'static>>, chain_pem: String, key: &KeyPair) -> Self {
        Self {
            chain,
            chain_pem,
            key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            key_pem: key.serialize_pem(),
        }
    }
}

/// Authority information access (RFC 5280, section 4.2.2.1), in DER by hand.
fn issuer_at(url: &str) -> CustomExtension {
    const CA_ISSUERS: [u8; 10] = [6, 8, 0x2b, 6, 1, 5, 5, 7, 0x30, 2];
    let short = |tag: u8, content: &[u8]| {
        let length = u8::try_from(content.len()).unwrap();
        assert!(length < 128);
        [&[tag, length], content].concat()
    };
    let location = short(0x86, url.as_bytes());
    let description = short(0x30, &[&CA_ISSUERS[..], &location].concat());
    let content = short(0x30, &description);
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], content)
}
