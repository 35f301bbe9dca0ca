//! An authority, or the way to it, that fails: at every step, and in every manner.

use std::time::Duration;

use docent::{
    acme::{Client, Error, Issued, OrderRequest, Patience},
    config::{ChallengeType, KeyType},
};
use serde_json::json;

use crate::{
    interference::{Fault, Interference},
    pebble::{Behaviour, Pebble, dns},
};

/// How long an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A certificate with a new account, in a hurry where something breaks down.
async fn issue(pebble: &Pebble, answer: Duration) -> Result<Issued, Error> {
    // A new account each time: all steps there are.
    let _ = std::fs::remove_dir_all(pebble.state.accounts());
    let patience = Patience {
        answer,
        repeat: Duration::from_millis(1),
        validation: Duration::from_secs(30),
        ..Patience::default()
    };
    let client = Client::connect(&pebble.authority, patience).await?;
    let mut account = client.account(&pebble.state, None).await?;
    let request = OrderRequest {
        names: &[dns("docs.example.com")],
        key_type: KeyType::P256,
        challenges: &[ChallengeType::Http01],
        replaces: None,
    };
    let issued = account.order(&request, &pebble.state.challenges()).await;
    let offered = pebble.state.root().join("challenges/http-01");
    assert!(!offered.exists(), "answers are left for anyone to find");
    issued
}

async fn authority() -> (Pebble, Interference) {
    let mut pebble = Pebble::start(Behaviour::default()).await;
    let interference = Interference::before(&mut pebble, |_, _| None);
    (pebble, interference)
}

/// Lets a fault happen once at each step of an issuance, and tells the steps at which it was
/// fatal. Each time the next attempt succeeds, and no attempt asks much more than is needed.
async fn fatal_steps(fault: Fault) -> Vec<String> {
    let (pebble, interference) = authority().await;
    issue(&pebble, PATIENCE).await.unwrap();
    let answer = match fault {
        Fault::Silence => Duration::from_secs(2),
        _ => PATIENCE,
    };
    let steps = interference.seen().len();
    // Ten with a new account, and a poll more where the authority takes its time.
    assert!((10..=14).contains(&steps), "{:?}", interference.seen());
    let mut fatal = Vec::new();
    for step in 0..steps {
        let fault = fault.clone();
        interference.decide(move |number, _| (number == step).then(|| fault.clone()));
        let issued = issue(&pebble, answer).await;
        let seen = interference.seen();
        // Polls differ; a step may be repeated, with a new nonce, or asked about.
        assert!(seen.len() <= steps + 8, "{seen:?}");
        if let Err(error) = issued {
            assert!(error.may_pass(), "{error}");
            fatal.push(seen[step].clone());
            interference.decide(|_, _| None);
            issue(&pebble, PATIENCE).await.unwrap();
        }
    }
    fatal.dedup();
    fatal
}

#[tokio::test]
async fn a_connection_that_is_cut_before_any_request_costs_only_a_new_order() {
    assert_eq!(fatal_steps(Fault::CutBefore).await, ["/order-plz"]);
}

#[tokio::test]
async fn a_connection_that_is_cut_before_any_answer_costs_only_a_new_order() {
    assert_eq!(fatal_steps(Fault::CutAfter).await, ["/order-plz"]);
}

#[tokio::test]
async fn an_overloaded_server_costs_only_a_new_order() {
    for status in [500, 503] {
        let page = "<html><h1>Sorry</h1></html>".to_owned();
        let headers = vec![("content-type", "text/html".to_owned())];
        let fault = Fault::Answer(status, headers, page);
        assert_eq!(fatal_steps(fault).await, ["/order-plz"], "{status}");
    }
}

#[tokio::test]
async fn an_answer_that_never_comes_is_not_waited_for() {
    assert_eq!(fatal_steps(Fault::Silence).await, ["/order-plz"]);
}

#[tokio::test]
async fn an_authority_that_is_down_is_asked_three_times() {
    let (pebble, interference) = authority().await;
    let page = || "<html>Down\nfor maintenance</html>".to_owned();
    interference.decide(move |_, _| Some(Fault::Answer(503, vec![], page())));
    let error = issue(&pebble, PATIENCE).await.err().unwrap();
    assert_eq!(interference.seen().len(), 3);
    let told = error.to_string();
    assert!(told.contains("status 503"), "{told}");
    assert!(told.contains("Down for maintenance"), "{told}");
    assert!(error.may_pass());

    // Where it says when to come back, and that is not soon, it is left alone until then.
    let later = || vec![("retry-after", "3600".to_owned())];
    interference.decide(move |_, _| Some(Fault::Answer(503, later(), page())));
    let error = issue(&pebble, PATIENCE).await.err().unwrap();
    assert_eq!(interference.seen().len(), 1);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
}

/// A refusal at the step of the new order, and whether the authority was left in peace then.
async fn refused(problem: serde_json::Value, headers: &[(&'static str, &str)]) -> Error {
    let (pebble, interference) = authority().await;
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect();
    interference.decide(move |_, path| {
        (path == "/order-plz").then(|| Fault::Answer(429, headers.clone(), problem.to_string()))
    });
    let error = issue(&pebble, PATIENCE).await.err().unwrap();
    assert_eq!(interference.seen().last().unwrap(), "/order-plz");
    let orders = interference.seen();
    assert_eq!(orders.iter().filter(|p| *p == "/order-plz").count(), 1);
    error
}

#[tokio::test]
async fn a_rate_limit_is_told_with_its_end_and_respected() {
    let limit = json!({
        "type": "urn:ietf:params:acme:error:rateLimited",
        "detail": "too many certificates already issued for docs.example.com",
    });
    let error = refused(limit.clone(), &[("retry-after", "600")]).await;
    assert_eq!(error.retry_after(), Some(Duration::from_secs(600)));
    assert!(error.to_string().contains("too many certificates"));
    assert!(error.may_pass());
    assert_eq!(error.unpause_link(), None);

    let date = std::time::SystemTime::now() + Duration::from_secs(600);
    let date = httpdate::fmt_http_date(date);
    let error = refused(limit, &[("retry-after", &date)]).await;
    let wait = error.retry_after().unwrap().as_secs();
    assert!((550..=600).contains(&wait), "{wait}");
}

#[tokio::test]
async fn a_pause_is_told_with_the_page_that_lifts_it() {
    let link = "https://portal.example.com/sfe/v1/unpause?jwt=a.b.c";
    let detail = format!(
        "Your account is temporarily prevented from requesting certificates for docs.example.com and possibly others. Please visit: {link}"
    );
    let paused = json!({ "type": "urn:ietf:params:acme:error:rateLimited", "detail": detail });
    let error = refused(paused, &[]).await;
    assert_eq!(error.unpause_link(), Some(link));
    assert!(error.help().unwrap().contains(link));
    assert!(!error.may_pass());
}

#[tokio::test]
async fn a_record_that_names_other_authorities_is_told_with_what_to_change() {
    let (pebble, interference) = authority().await;
    let problem = json!({
        "type": "urn:ietf:params:acme:error:caa",
        "detail": "CAA record for docs.example.com prevents issuance",
    });
    interference.decide(move |_, path| {
        path.starts_with("/finalize-order")
            .then(|| Fault::Answer(403, vec![], problem.to_string()))
    });
    let error = issue(&pebble, PATIENCE).await.err().unwrap();
    assert!(error.to_string().contains("prevents issuance"), "{error}");
    assert!(error.help().unwrap().contains("CAA record"), "{error}");
    assert!(!error.may_pass());
}

#[tokio::test]
async fn broken_json_is_told_as_such_and_not_asked_for_again() {
    let (pebble, interference) = authority().await;
    issue(&pebble, PATIENCE).await.unwrap();
    let steps = interference.seen().len();
    for step in 0..steps {
        interference.decide(move |number, _| {
            (number == step).then(|| Fault::Answer(200, vec![], "{\"status\":".into()))
        });
        // Where nothing is read from the answer, it may be anything.
        let Err(error) = issue(&pebble, PATIENCE).await else {
            continue;
        };
        let told = error.to_string();
        let understood = told.contains("not in ACME's terms") || told.contains("cannot be used");
        assert!(understood, "{told}");
        assert!(!error.may_pass(), "{told}");
        assert!(interference.seen().len() <= step + 3);
    }
}

#[tokio::test]
async fn an_authority_that_takes_no_nonce_at_all_is_given_up() {
    let (pebble, interference) = authority().await;
    let problem = json!({ "type": "urn:ietf:params:acme:error:badNonce", "detail": "no" });
    interference.decide(move |_, path| {
        let headers = vec![("replay-nonce", "abc".to_owned())];
        (path == "/order-plz").then(|| Fault::Answer(400, headers, problem.to_string()))
    });
    let error = issue(&pebble, PATIENCE).await.err().unwrap();
    assert_eq!(error.problem().unwrap().kind, "badNonce");
    let seen = interference.seen();
    let orders = seen.iter().filter(|path| *path == "/order-plz").count();
    assert_eq!(orders, 30);
}

#[tokio::test]
async fn a_certificate_that_is_not_the_one_ordered_is_refused() {
    let (pebble, interference) = authority().await;
    let other = issue(&pebble, PATIENCE).await.unwrap();
    for (chain, reason) in [
        (String::new(), "its chain is empty"),
        (other.chain_pem.clone(), "it is for another key"),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".into(),
            "no X.509 certificate",
        ),
    ] {
        interference.decide(move |_, path| {
            path.starts_with("/certZ")
                .then(|| Fault::Answer(200, vec![], chain.clone()))
        });
        let error = issue(&pebble, PATIENCE).await.err().unwrap();
        assert!(error.to_string().contains(reason), "{error}");
        assert!(!error.may_pass());
    }
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let (pebble, interference) = authority().await;
    let long = "x".repeat(2 << 20);
    interference.decide(move |_, _| Some(Fault::Answer(200, vec![], long.clone())));
    let error = issue(&pebble, PATIENCE).await.err().unwrap();
    assert!(error.to_string().contains("length limit"), "{error}");
}

#[tokio::test]
async fn a_new_account_key_is_kept_though_nobody_heard_of_its_success() {
    let (pebble, interference) = authority().await;
    issue(&pebble, PATIENCE).await.unwrap();
    let client = Client::connect(&pebble.authority, Patience::default())
        .await
        .unwrap();
    let mut account = client.account(&pebble.state, None).await.unwrap();
    for (fault, succeeds) in [(Fault::CutBefore, false), (Fault::CutAfter, true)] {
        interference.decide(move |_, path| path.starts_with("/rollover").then(|| fault.clone()));
        assert_eq!(account.roll_key().await.is_ok(), succeeds);
        interference.decide(|_, _| None);
        // The account on disk is the one that the authority knows.
        let again = client.account(&pebble.state, Some("ops@example.com")).await;
        assert_eq!(again.unwrap().url(), account.url());
        pebble
            .order(
                &mut account,
                &[dns("docs.example.com")],
                &[ChallengeType::Http01],
            )
            .await
            .unwrap();
    }
}
