//! From names to a certificate, by each way there is.

use std::net::IpAddr;

use docent::{
    acme::{Issued, OrderRequest},
    config::{ChallengeType, Identifier, KeyType},
};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use x509_parser::{parse_x509_certificate, public_key::PublicKey};

use crate::pebble::{Behaviour, Pebble, Release, dns};

const BOTH: [ChallengeType; 2] = [ChallengeType::Http01, ChallengeType::TlsAlpn01];

/// The names in a certificate, and the number of certificates in its chain.
fn names(issued: &Issued) -> (Vec<String>, usize) {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(issued.chain_pem.as_bytes())
        .map(Result::unwrap)
        .collect();
    let (_, leaf) = parse_x509_certificate(&chain[0]).unwrap();
    let names = leaf.subject_alternative_name().unwrap().unwrap();
    let mut names: Vec<_> = names
        .value
        .general_names
        .iter()
        .map(|name| match name {
            x509_parser::extensions::GeneralName::IPAddress(bytes) => {
                let octets: [u8; 4] = (*bytes).try_into().unwrap();
                IpAddr::from(octets).to_string()
            }
            x509_parser::extensions::GeneralName::DNSName(name) => (*name).to_owned(),
            other => panic!("{other:?}"),
        })
        .collect();
    names.sort();
    (names, chain.len())
}

/// Nothing is left for anyone to find once the authority has asked.
fn assert_nothing_offered(pebble: &Pebble) {
    let left: Vec<_> = std::fs::read_dir(pebble.state.root().join("challenges"))
        .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
        .unwrap_or_default();
    assert!(left.is_empty(), "{left:?}");
}

async fn issues_by(release: Release, challenge: ChallengeType) {
    let pebble = Pebble::start(Behaviour {
        release,
        ..Behaviour::default()
    })
    .await;
    let several = [
        dns("docs.example.com"),
        dns("www.docs.example.com"),
        Identifier::Ip([127, 0, 0, 1].into()),
    ];
    let issued = pebble.issue(&several, &[challenge]).await.unwrap();
    let expected = ["127.0.0.1", "docs.example.com", "www.docs.example.com"];
    assert_eq!(names(&issued), (expected.map(str::to_owned).into(), 2));
    for kind in BOTH {
        assert_eq!(pebble.asked(kind) >= 3, kind == challenge, "{kind}");
    }
    assert_nothing_offered(&pebble);
}

#[tokio::test]
async fn names_and_an_address_are_certified_by_http_01() {
    issues_by(Release::Debian, ChallengeType::Http01).await;
}

#[tokio::test]
async fn names_and_an_address_are_certified_by_tls_alpn_01() {
    issues_by(Release::Debian, ChallengeType::TlsAlpn01).await;
}

#[tokio::test]
async fn the_newest_authority_certifies_by_http_01() {
    issues_by(Release::Newest, ChallengeType::Http01).await;
}

#[tokio::test]
async fn the_newest_authority_certifies_by_tls_alpn_01() {
    issues_by(Release::Newest, ChallengeType::TlsAlpn01).await;
}

#[tokio::test]
async fn every_kind_of_key_is_certified() {
    let pebble = Pebble::start(Behaviour::default()).await;
    let client = pebble.client().await;
    let mut account = client.account(&pebble.state, None).await.unwrap();
    for (name, key_type) in KeyType::NAMES {
        let request = OrderRequest {
            names: &[dns("docs.example.com")],
            key_type,
            challenges: &BOTH,
            replaces: None,
        };
        let challenges = pebble.state.challenges();
        let issued = account.order(&request, &challenges).await.unwrap();
        let leaf = CertificateDer::from_pem_slice(issued.chain_pem.as_bytes()).unwrap();
        let (_, leaf) = parse_x509_certificate(&leaf).unwrap();
        let key = match leaf.public_key().parsed().unwrap() {
            PublicKey::EC(point) => format!("p{}", point.key_size()),
            other => panic!("{other:?}"),
        };
        assert_eq!(key, name);
        // rustls takes the pair: key and certificate belong together.
        let key = rustls::pki_types::PrivateKeyDer::from_pem_slice(issued.key_pem.as_bytes());
        rustls::ServerConfig::builder_with_provider(
            rustls::crypto::ring::default_provider().into(),
        )
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            CertificateDer::pem_slice_iter(issued.chain_pem.as_bytes())
                .map(Result::unwrap)
                .collect(),
            key.unwrap(),
        )
        .unwrap();
    }
}

#[tokio::test]
async fn each_certificate_has_a_key_of_its_own() {
    let pebble = Pebble::start(Behaviour::default()).await;
    let names = [dns("docs.example.com")];
    let first = pebble.issue(&names, &BOTH).await.unwrap();
    let second = pebble.issue(&names, &BOTH).await.unwrap();
    assert_ne!(*first.key_pem, *second.key_pem);
}

#[tokio::test]
async fn half_of_all_nonces_refused_stand_in_nobodys_way() {
    let pebble = Pebble::start(Behaviour {
        bad_nonces: 50,
        ..Behaviour::default()
    })
    .await;
    let mut issued = 0;
    for _ in 0..100 {
        pebble
            .issue(&[dns("docs.example.com")], &BOTH)
            .await
            .unwrap();
        issued += 1;
    }
    assert_eq!(issued, 100);
}
