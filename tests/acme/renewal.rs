//! What comes after the first certificate: when to renew, in whose place, as what, and revocation.

use std::time::{Duration, SystemTime};

use docent::{
    acme::{CertificateId, Issued, OrderRequest, RevocationReason},
    config::{ChallengeType, KeyType},
};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use serde_json::json;
use x509_parser::parse_x509_certificate;

use crate::pebble::{Behaviour, Pebble, Release, dns};

const CHALLENGES: [ChallengeType; 1] = [ChallengeType::Http01];

async fn newest() -> Pebble {
    Pebble::start(Behaviour {
        release: Release::Newest,
        config: json!({ "profiles": {
            "default": { "description": "As long as usual", "validityPeriod": 7_776_000 },
            "shortlived": { "description": "Six days", "validityPeriod": 518_400 },
        }}),
        ..Behaviour::default()
    })
    .await
}

async fn issue(pebble: &Pebble) -> Issued {
    let names = [dns("docs.example.com")];
    pebble.issue(&names, &CHALLENGES).await.unwrap()
}

fn leaf(issued: &Issued) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(issued.chain_pem.as_bytes()).unwrap()
}

fn lifetime(issued: &Issued) -> i64 {
    let leaf = leaf(issued);
    let (_, leaf) = parse_x509_certificate(&leaf).unwrap();
    leaf.validity().not_after.timestamp() - leaf.validity().not_before.timestamp()
}

/// The authority's own door for tests, about one certificate.
async fn status(pebble: &Pebble, certificate: &CertificateDer<'_>) -> serde_json::Value {
    let (_, certificate) = parse_x509_certificate(certificate).unwrap();
    let serial = format!("{:x}", certificate.serial);
    pebble
        .manage(&format!("/cert-status-by-serial/{serial}"))
        .await
}

#[tokio::test]
async fn the_authority_tells_when_to_renew() {
    let pebble = newest().await;
    let leaf = leaf(&issue(&pebble).await);
    let id = CertificateId::of(&leaf).unwrap();
    let client = pebble.client().await;
    let info = client.renewal_info(&id).await.unwrap().unwrap();
    let now = SystemTime::now();
    assert!(info.start > now && info.end > info.start, "{info:?}");
    assert!(info.end < now + Duration::from_secs(7_776_000), "{info:?}");
    assert!(info.ask_again > Duration::ZERO, "{info:?}");
    // One request for the directory, one for the answer.
    assert_eq!(client.requests(), 2);
}

#[tokio::test]
async fn an_authority_that_does_not_tell_is_not_asked() {
    let pebble = Pebble::start(Behaviour::default()).await;
    let id = CertificateId::of(&leaf(&issue(&pebble).await)).unwrap();
    let client = pebble.client().await;
    assert_eq!(client.renewal_info(&id).await.unwrap(), None);
    assert_eq!(client.requests(), 1);
}

#[tokio::test]
async fn a_certificate_is_ordered_in_the_place_of_another_once_and_then_without() {
    let pebble = newest().await;
    let id = CertificateId::of(&leaf(&issue(&pebble).await)).unwrap();
    let client = pebble.client().await;
    let mut account = client.account(&pebble.state, None).await.unwrap();
    let names = [dns("docs.example.com")];
    let request = OrderRequest {
        names: &names,
        key_type: KeyType::P256,
        challenges: &CHALLENGES,
        replaces: Some(&id),
    };
    for _ in 0..2 {
        account
            .order(&request, &pebble.state.challenges())
            .await
            .unwrap();
    }
    // Accepted the first time; refused the second time, and ordered once more without.
    let log = pebble.log();
    assert_eq!(log.matches("is a replacement of").count(), 1, "{log}");
    assert_eq!(log.matches("POST /order-plz").count(), 4, "{log}");
}

#[tokio::test]
async fn a_certificate_that_the_authority_has_forgotten_is_no_obstacle() {
    let mut pebble = newest().await;
    let id = CertificateId::of(&leaf(&issue(&pebble).await)).unwrap();
    pebble.restart();
    let client = pebble.client().await;
    let mut account = client.account(&pebble.state, None).await.unwrap();
    let request = OrderRequest {
        names: &[dns("docs.example.com")],
        key_type: KeyType::P256,
        challenges: &CHALLENGES,
        replaces: Some(&id),
    };
    let challenges = pebble.state.challenges();
    account.order(&request, &challenges).await.unwrap();
}

#[tokio::test]
async fn a_profile_is_asked_for_by_name() {
    let mut pebble = newest().await;
    pebble.authority.profile = Some("shortlived".to_owned());
    assert_eq!(lifetime(&issue(&pebble).await), 518_400 - 1);
    pebble.authority.profile = Some("default".to_owned());
    assert_eq!(lifetime(&issue(&pebble).await), 7_776_000 - 1);

    pebble.authority.profile = Some("forever".to_owned());
    let names = [dns("docs.example.com")];
    let error = pebble.issue(&names, &CHALLENGES).await.err().unwrap();
    let told = error.to_string();
    assert!(told.contains("forever"), "{told}");
    assert!(told.contains("default, shortlived"), "{told}");
}

#[tokio::test]
async fn a_profile_is_left_out_where_there_are_none() {
    let mut pebble = Pebble::start(Behaviour::default()).await;
    pebble.authority.profile = Some("shortlived".to_owned());
    issue(&pebble).await;
}

#[tokio::test]
async fn a_certificate_is_revoked_by_its_account() {
    let pebble = Pebble::start(Behaviour::default()).await;
    let leaf = leaf(&issue(&pebble).await);
    assert_eq!(status(&pebble, &leaf).await["Status"], "Valid");
    let client = pebble.client().await;
    let mut account = client.account(&pebble.state, None).await.unwrap();
    let reason = RevocationReason::Superseded;
    account.revoke(&leaf, reason).await.unwrap();
    let status = status(&pebble, &leaf).await;
    assert_eq!(status["Status"], "Revoked", "{status}");
    assert_eq!(status["Reason"], 4, "{status}");
    // Once more is no failure: it is revoked.
    account.revoke(&leaf, reason).await.unwrap();
}

#[tokio::test]
async fn a_certificate_is_revoked_by_its_own_key_of_any_kind() {
    let pebble = Pebble::start(Behaviour::default()).await;
    let client = pebble.client().await;
    let mut account = client.account(&pebble.state, None).await.unwrap();
    for key_type in [KeyType::P256, KeyType::P384] {
        let request = OrderRequest {
            names: &[dns("docs.example.com")],
            key_type,
            challenges: &CHALLENGES,
            replaces: None,
        };
        let challenges = pebble.state.challenges();
        let issued = account.order(&request, &challenges).await.unwrap();
        let leaf = leaf(&issued);
        client
            .revoke_by_key(&leaf, &issued.key_pem, RevocationReason::KeyCompromise)
            .await
            .unwrap();
        let status = status(&pebble, &leaf).await;
        assert_eq!(status["Reason"], 1, "{key_type:?}: {status}");
    }
}
