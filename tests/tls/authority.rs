//! A certificate authority of the test's own.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CrlDistributionPoint, DnType, IsCa,
    KeyPair, KeyUsagePurpose,
};
use time::{Duration, OffsetDateTime};

/// Signs what it is asked to.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A chain and its key, PEM.
pub(crate) struct Pair {
    pub(crate) chain: String,
    pub(crate) key: String,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params
            .distinguished_name
            .push(DnType::CommonName, "The test's own");
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Its own certificate, PEM.
    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    pub(crate) fn der(&self) -> rustls::pki_types::CertificateDer<'static> {
        self.0.der().clone()
    }

    /// Certifies names and addresses under a serial number.
    pub(crate) fn certify(&self, names: &[&str], serial: u64) -> Pair {
        self.sign(names, serial, false)
    }

    /// The same, over and done with.
    pub(crate) fn certify_the_past(&self, names: &[&str], serial: u64) -> Pair {
        self.sign(names, serial, true)
    }

    fn sign(&self, names: &[&str], serial: u64, expired: bool) -> Pair {
        let names = names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let mut params = CertificateParams::new(names).unwrap();
        params.serial_number = Some(serial.into());
        let end = OffsetDateTime::now_utc() + Duration::days(if expired { -1 } else { 80 });
        params.not_before = end - Duration::days(90);
        params.not_after = end;
        params.crl_distribution_points = vec![CrlDistributionPoint {
            uris: vec!["http://crl.example.com/".to_owned()],
        }];
        let key = KeyPair::generate().unwrap();
        let chain = params.signed_by(&key, &self.0).unwrap().pem();
        Pair {
            chain,
            key: key.serialize_pem(),
        }
    }
}
