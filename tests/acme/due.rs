//! Renewing when it is due, and only then.

use std::time::Duration;

use docent::{
    acme::{Lock, Outcome, Reason, RevocationReason, Verdict},
    config::{ChallengeType, KeyType},
};

use crate::{
    bench::{Bench, DAY, MINUTE},
    interference::Fault,
    pebble::{Behaviour, Release, dns},
    stub::Stub,
};

fn newest() -> Behaviour {
    Behaviour {
        release: Release::Newest,
        ..Behaviour::default()
    }
}

#[tokio::test]
async fn a_certificate_is_obtained_once_and_renewed_when_it_is_due() {
    let bench = Bench::new().await;
    let first = bench.renewed().await;
    bench.stub.take_asked();
    bench.not_due().await;
    // Whether there is a suggestion is asked once, and not again at the next start.
    let asked = bench.stub.take_asked();
    assert!(asked.len() <= 1, "{asked:?}");
    for _ in 0..10 {
        bench.not_due().await;
    }
    assert_eq!(bench.stub.take_asked(), Vec::<String>::new());

    let lifetime = bench.pair().unwrap().leaf.lifetime();
    bench.pass(lifetime / 3 * 2 + DAY / 2);
    let second = bench.renewed().await;
    assert_ne!(first, second);
}

#[tokio::test]
async fn what_the_configuration_changes_is_renewed_at_once() {
    let mut bench = Bench::new().await;
    bench.renewed().await;
    bench.names.push(dns("www.example.com"));
    bench.renewed().await;
    assert_eq!(bench.pair().unwrap().leaf.names.len(), 2);
    bench.settings.key_type = KeyType::P384;
    bench.renewed().await;
    assert_eq!(bench.pair().unwrap().leaf.key_type, Some(KeyType::P384));
    bench.not_due().await;
    bench.names.pop();
    bench.renewed().await;
    bench.not_due().await;
}

#[tokio::test]
async fn the_authority_is_asked_when_to_renew_and_told_what_is_replaced() {
    let bench = Bench::with(newest()).await;
    bench.renewed().await;
    bench.not_due().await;
    let window = bench.history().suggestion.unwrap().window.unwrap();
    assert!(window.start <= window.chosen && window.chosen <= window.end);
    // What was chosen by chance stays, though the authority is asked again.
    bench.pass(DAY);
    bench.stub.take_asked();
    bench.not_due().await;
    let asked = bench.stub.take_asked();
    assert_eq!(asked.len(), 2, "{asked:?}");
    let again = bench.history().suggestion.unwrap().window.unwrap();
    assert_eq!(window, again);

    // Not before the moment, and then at once.
    let left = window.chosen.duration_since(bench.now()).unwrap();
    bench.stub.fail("/draft", Fault::CutBefore);
    bench.pass(left - 2 * MINUTE);
    bench.not_due().await;
    bench.pass(3 * MINUTE);
    match bench.run().await {
        Outcome::Renewed { reason, .. } => assert_eq!(reason, Reason::Suggested),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_person_who_insists_is_served_at_once() {
    let bench = Bench::new().await;
    let first = bench.renewed().await;
    match bench.try_run(true).await.unwrap() {
        Outcome::Renewed { reason, leaf, .. } => {
            assert_eq!(reason, Reason::Forced);
            assert_ne!(leaf.serial, first);
        }
        other => panic!("{other:?}"),
    }
    // Also after failures, and where the authority wants to be left alone.
    let wait = vec![("retry-after", "100000".to_owned())];
    bench
        .stub
        .fail("/dir", Fault::Answer(503, wait, "<p>Busy</p>".into()));
    let outcome = bench.try_run(true).await.unwrap();
    assert!(matches!(outcome, Outcome::Failed { .. }), "{outcome:?}");
    bench.stub.mend();
    let outcome = bench.try_run(true).await.unwrap();
    assert!(matches!(outcome, Outcome::Renewed { .. }), "{outcome:?}");
}

#[tokio::test]
async fn after_failures_others_are_asked_in_turn() {
    let mut bench = Bench::new().await;
    let second = Stub::before(&bench.pebble);
    bench.settings.authorities.push(second.authority.clone());
    bench.stub.fail(
        "/order",
        Fault::Answer(500, Vec::new(), "<h1>Oops</h1>".into()),
    );
    for _ in 0..2 {
        bench.failed().await;
        assert_eq!(second.take_asked(), Vec::<String>::new());
        bench.pass(bench.not_due().await + MINUTE);
    }
    bench.stub.take_asked();
    bench.renewed().await;
    assert_eq!(bench.stub.take_asked(), Vec::<String>::new());
    assert_eq!(
        bench.history().issued.unwrap().directory,
        second.authority.directory
    );
    bench.not_due().await;
}

#[tokio::test]
async fn one_that_sends_docent_away_is_left_alone_and_the_other_asked() {
    let mut bench = Bench::new().await;
    let second = Stub::before(&bench.pebble);
    bench.settings.authorities.push(second.authority.clone());
    let wait = vec![("retry-after", "100000".to_owned())];
    bench
        .stub
        .fail("/order", Fault::Answer(429, wait, RATE_LIMITED.into()));
    bench.failed().await;
    bench.stub.take_asked();
    bench.pass(2 * MINUTE);
    bench.renewed().await;
    assert_eq!(bench.stub.take_asked(), Vec::<String>::new());
}

pub(crate) const RATE_LIMITED: &str = r#"{"type":"urn:ietf:params:acme:error:rateLimited","detail":"too many certificates (5) already issued for this exact set of domains, see https://example.org/limits"}"#;

#[tokio::test]
async fn after_a_failure_the_staging_directory_is_tried_first() {
    let mut bench = Bench::new().await;
    let staging = Stub::before(&bench.pebble);
    bench.settings.authorities[0].staging = Some(staging.authority.directory.clone());
    bench.stub.fail("/order", Fault::CutBefore);
    bench.failed().await;
    bench.stub.mend();
    assert_eq!(staging.take_asked(), Vec::<String>::new());

    // What staging says about the names is believed, and the authority itself not asked.
    bench.pass(2 * MINUTE);
    let refused = r#"{"type":"urn:ietf:params:acme:error:caa","detail":"CAA record for docs.example.com prevents issuance"}"#;
    staging.fail("/finalize", Fault::Answer(403, Vec::new(), refused.into()));
    bench.stub.take_asked();
    let (message, help) = bench.failed().await;
    assert!(
        message.contains("CAA record for docs.example.com prevents issuance"),
        "{message}"
    );
    assert!(message.contains("rehearsal"), "{message}");
    assert!(help.contains("CAA record"), "{help}");
    assert_eq!(bench.stub.take_asked(), Vec::<String>::new());

    // That staging is out of order is none of our business.
    bench.pass(20 * MINUTE);
    staging.fail(
        "/",
        Fault::Answer(503, Vec::new(), "<h1>Closed</h1>".into()),
    );
    bench.renewed().await;
}

#[tokio::test]
async fn a_rehearsal_keeps_nothing() {
    let mut bench = Bench::new().await;
    let staging = Stub::before(&bench.pebble);
    bench.settings.authorities[0].staging = Some(staging.authority.directory.clone());
    let clock = || bench.now();
    let rehearsal = bench.renewal(&clock).rehearse().await.unwrap();
    assert_eq!(rehearsal.leaf.unwrap().names, bench.names);
    assert_eq!(bench.stub.take_asked(), Vec::<String>::new());
    assert!(bench.pair().is_err());
    assert_eq!(bench.history(), docent::acme::History::default());
}

#[tokio::test]
async fn two_processes_never_ask_at_once() {
    let bench = Bench::new().await;
    let lock = Lock::take(&bench.state).unwrap();
    let error = bench.try_run(true).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "this process is asking for certificates already"
    );
    assert_eq!(bench.stub.take_asked(), Vec::<String>::new());
    drop(lock);
    let (one, other) = tokio::join!(bench.try_run(false), bench.try_run(false));
    let refused = [one, other].iter().filter(|result| result.is_err()).count();
    assert_eq!(refused, 1);
    bench.pair().unwrap();
}

#[tokio::test]
async fn keys_are_rolled_over_and_certificates_revoked() {
    let bench = Bench::new().await;
    bench.renewed().await;
    let clock = || bench.now();
    bench.renewal(&clock).new_account_key().await.unwrap();
    let revoked = bench
        .renewal(&clock)
        .revoke(RevocationReason::Superseded)
        .await;
    let serial = revoked.unwrap().serial;
    let path = format!("/cert-status-by-serial/{serial}");
    assert_eq!(bench.pebble.manage(&path).await["Status"], "Revoked");
    let outcome = bench.try_run(true).await.unwrap();
    assert!(matches!(outcome, Outcome::Renewed { .. }), "{outcome:?}");
}

#[tokio::test]
async fn the_port_that_listens_is_tried_first() {
    let mut bench = Bench::new().await;
    bench.settings.challenges = vec![ChallengeType::TlsAlpn01, ChallengeType::Http01];
    bench.renewed().await;
    assert_eq!(bench.pebble.asked(ChallengeType::Http01), 0);
    assert!(bench.pebble.asked(ChallengeType::TlsAlpn01) > 0);
}

#[tokio::test]
async fn how_things_stand_is_told_without_asking() {
    let bench = Bench::new().await;
    let clock = || bench.now();
    let standing = bench.renewal(&clock).standing().unwrap();
    assert_eq!(standing.verdict, Verdict::Due(Reason::None));
    bench.renewed().await;
    bench.stub.take_asked();
    let standing = bench.renewal(&clock).standing().unwrap();
    assert!(matches!(standing.verdict, Verdict::NotBefore { .. }));
    assert_eq!(standing.certificate.unwrap().names, bench.names);
    assert_eq!(bench.stub.take_asked(), Vec::<String>::new());
    assert!(Duration::ZERO < bench.not_due().await);
}
