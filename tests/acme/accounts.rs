//! The account at an authority: kept, lost, bound to a customer, its key replaced.

use std::{fs, path::PathBuf};

use docent::{acme::Error, config::ChallengeType};
use serde_json::{Value, json};

use crate::pebble::{Behaviour, Pebble, Release, dns};

const CHALLENGES: [ChallengeType; 1] = [ChallengeType::Http01];
/// Any bytes; here 32.
const HMAC_KEY: &str = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wE";

/// The only account's folder.
fn folder(pebble: &Pebble) -> PathBuf {
    let mut folders = fs::read_dir(pebble.state.accounts()).unwrap();
    let folder = folders.next().unwrap().unwrap().path();
    assert!(folders.next().is_none());
    folder
}

fn key(pebble: &Pebble) -> String {
    fs::read_to_string(folder(pebble).join("key.pem")).unwrap()
}

fn record(pebble: &Pebble) -> Value {
    let json = fs::read(folder(pebble).join("account.json")).unwrap();
    serde_json::from_slice(&json).unwrap()
}

async fn url(pebble: &Pebble, contact: Option<&str>) -> String {
    let client = pebble.client().await;
    let account = client.account(&pebble.state, contact).await.unwrap();
    account.url().to_owned()
}

async fn assert_it_issues(pebble: &Pebble) {
    let names = [dns("docs.example.com")];
    pebble.issue(&names, &CHALLENGES).await.unwrap();
}

#[tokio::test]
async fn an_account_is_made_once_and_its_contact_kept_up_to_date() {
    let pebble = Pebble::start(Behaviour::default()).await;
    let made = url(&pebble, None).await;
    let before = key(&pebble);
    assert_eq!(url(&pebble, None).await, made);
    assert_eq!(url(&pebble, Some("ops@example.com")).await, made);
    assert_eq!(record(&pebble)["contact"], "ops@example.com");
    assert_eq!(url(&pebble, None).await, made);
    assert_eq!(record(&pebble)["contact"], Value::Null);
    assert_eq!(key(&pebble), before);
    // Nothing is asked where nothing has changed: only the directory.
    let client = pebble.client().await;
    client.account(&pebble.state, None).await.unwrap();
    assert_eq!(client.requests(), 1);
}

#[tokio::test]
async fn a_contact_that_the_authority_refuses_is_told_in_its_words() {
    let pebble = Pebble::start(Behaviour::default()).await;
    let client = pebble.client().await;
    let error = client.account(&pebble.state, Some("ops@")).await.err();
    let error = error.unwrap();
    assert!(error.help().unwrap().contains("contact"), "{error}");
    assert!(!error.may_pass());
}

#[tokio::test]
async fn an_account_that_the_authority_lost_is_registered_again_with_its_key() {
    for release in [Release::Debian, Release::Newest] {
        let mut pebble = Pebble::start(Behaviour {
            release,
            ..Behaviour::default()
        })
        .await;
        assert_it_issues(&pebble).await;
        let before = key(&pebble);
        pebble.restart();
        assert_it_issues(&pebble).await;
        assert_eq!(key(&pebble), before);
        // Found missing while the contact is brought up to date.
        pebble.restart();
        url(&pebble, Some("ops@example.com")).await;
        assert_it_issues(&pebble).await;
        assert_eq!(key(&pebble), before);
    }
}

#[tokio::test]
async fn an_account_can_be_bound_to_a_customer_and_says_so_where_it_must() {
    let mut pebble = Pebble::start(Behaviour {
        config: json!({
            "externalAccountBindingRequired": true,
            "externalAccountMACKeys": { "kid-1": HMAC_KEY },
        }),
        ..Behaviour::default()
    })
    .await;
    let names = [dns("docs.example.com")];
    let error = pebble.issue(&names, &CHALLENGES).await.err().unwrap();
    assert!(
        matches!(error, Error::ExternalAccountRequired { .. }),
        "{error}"
    );
    assert!(error.help().unwrap().contains("eab_kid"));

    pebble.with_external_account("kid-2", HMAC_KEY);
    let error = pebble.issue(&names, &CHALLENGES).await.err().unwrap();
    assert_eq!(error.problem().unwrap().kind, "unauthorized", "{error}");

    pebble.with_external_account("kid-1", HMAC_KEY);
    assert_it_issues(&pebble).await;
    // The same key, also where the account is lost.
    pebble.restart();
    assert_it_issues(&pebble).await;
}

#[tokio::test]
async fn the_account_goes_on_with_another_key() {
    for release in [Release::Debian, Release::Newest] {
        let pebble = Pebble::start(Behaviour {
            release,
            bad_nonces: 50,
            ..Behaviour::default()
        })
        .await;
        let client = pebble.client().await;
        let mut account = client.account(&pebble.state, None).await.unwrap();
        let (made, before) = (account.url().to_owned(), key(&pebble));
        account.roll_key().await.unwrap();
        assert_ne!(key(&pebble), before);
        let names = [dns("docs.example.com")];
        pebble
            .order(&mut account, &names, &CHALLENGES)
            .await
            .unwrap();
        assert_eq!(url(&pebble, None).await, made);
        assert_it_issues(&pebble).await;
        assert!(!folder(&pebble).join("key.next.pem").exists());
    }
}

/// What a crash leaves between the two moments at which a key is replaced: there, and here.
#[tokio::test]
async fn whichever_key_the_authority_knows_after_a_crash_is_found() {
    let pebble = Pebble::start(Behaviour::default()).await;
    let made = url(&pebble, None).await;
    let old = key(&pebble);
    let next_file = folder(&pebble).join("key.next.pem");

    // The authority has heard of the new key, the disk has not been told.
    let client = pebble.client().await;
    let mut account = client.account(&pebble.state, None).await.unwrap();
    account.roll_key().await.unwrap();
    let new = key(&pebble);
    fs::rename(folder(&pebble).join("key.pem"), &next_file).unwrap();
    fs::write(folder(&pebble).join("key.pem"), &old).unwrap();
    assert_eq!(url(&pebble, None).await, made);
    assert_eq!(key(&pebble), new);
    assert!(!next_file.exists());
    assert_it_issues(&pebble).await;

    // The authority has not heard of it. The old key is nobody's by now.
    fs::write(&next_file, &old).unwrap();
    assert_eq!(url(&pebble, None).await, made);
    assert_eq!(key(&pebble), new);
    assert!(!next_file.exists());
    assert_it_issues(&pebble).await;
}

#[tokio::test]
async fn a_roll_over_that_breaks_off_leaves_both_keys_until_the_authority_is_back() {
    let mut pebble = Pebble::start(Behaviour::default()).await;
    let client = pebble.client().await;
    let mut account = client.account(&pebble.state, None).await.unwrap();
    let before = key(&pebble);
    pebble.stop();
    account.roll_key().await.unwrap_err();
    assert_eq!(key(&pebble), before);
    assert!(folder(&pebble).join("key.next.pem").exists());
    pebble.restart();
    assert_it_issues(&pebble).await;
    assert_eq!(key(&pebble), before);
    assert!(!folder(&pebble).join("key.next.pem").exists());
}
