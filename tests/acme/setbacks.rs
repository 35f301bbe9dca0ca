//! What goes wrong with an authority is told, remembered, and not repeated too soon.

use std::{
    fs,
    time::{Duration, SystemTime},
};

use docent::{acme::Outcome, state::StateDir};
use rcgen::{CertificateParams, KeyPair};

use crate::{
    bench::{Bench, DAY, MINUTE},
    due::RATE_LIMITED,
    interference::Fault,
};

/// The steps of an order, as the authority names them.
const STEPS: [&str; 9] = [
    "/dir",
    "/nonce-plz",
    "/sign-me-up",
    "/order-plz",
    "/authZ",
    "/chalZ",
    "/finalize-order",
    "/my-order",
    "/certZ",
];

/// As if nothing had ever been tried.
pub(crate) fn forget(bench: &Bench) {
    let _ = fs::remove_dir_all(bench.state.root());
    bench.stub.take_asked();
}

/// One attempt, from nothing, that meets the fault and fails; afterwards nobody is asked.
async fn fails_with(bench: &Bench, step: &'static str, fault: Fault) -> (String, String) {
    forget(bench);
    bench.stub.fail(step, fault);
    let told = bench.failed().await;
    let asked = bench.stub.take_asked();
    let met = asked.iter().any(|path| path.starts_with(step));
    assert!(met, "{step} was never asked for: {asked:?}");
    assert!(bench.pair().is_err());
    assert!(asked.len() < 40, "{step}: {} requests", asked.len());
    assert!(bench.not_due().await > Duration::ZERO);
    assert_eq!(bench.stub.take_asked(), Vec::<String>::new(), "{step}");
    told
}

async fn recovers(bench: &Bench) {
    bench.stub.mend();
    bench.pass(bench.not_due().await + MINUTE);
    bench.renewed().await;
}

#[tokio::test]
async fn pages_in_place_of_answers() {
    let bench = Bench::new().await;
    for status in [500, 503] {
        for step in STEPS {
            let page = "<html><h1>Service Unavailable</h1></html>".to_owned();
            let (message, _) =
                fails_with(&bench, step, Fault::Answer(status, Vec::new(), page)).await;
            assert!(message.contains(&status.to_string()), "{step}: {message}");
        }
    }
    recovers(&bench).await;
}

#[tokio::test]
async fn answers_that_are_no_json() {
    let bench = Bench::new().await;
    for step in STEPS {
        // The others have no body that counts, or one that is no JSON; and what has become of
        // an order is asked once more.
        let others = [
            "/nonce-plz",
            "/sign-me-up",
            "/certZ",
            "/chalZ",
            "/finalize-order",
        ];
        if !others.contains(&step) {
            let broken = Fault::Edit(|text| text[..text.len() / 2].to_owned());
            let (message, _) = fails_with(&bench, step, broken).await;
            assert!(message.contains("127.0.0.1"), "{step}: {message}");
        }
    }
    recovers(&bench).await;
}

#[tokio::test]
async fn connections_that_are_cut() {
    let bench = Bench::new().await;
    for step in STEPS {
        let (message, help) = fails_with(&bench, step, Fault::CutBefore).await;
        assert!(message.contains("cannot be reached"), "{step}: {message}");
        assert!(help.contains("outgoing connections"), "{step}: {help}");
        // Of the nonce there is only a head; the other two have been heard, and docent asks what
        // became of them.
        if !["/nonce-plz", "/chalZ", "/finalize-order"].contains(&step) {
            fails_with(&bench, step, Fault::CutInside).await;
        }
    }
    recovers(&bench).await;
}

#[tokio::test]
async fn an_authority_that_does_not_answer() {
    let mut bench = Bench::new().await;
    bench.patience.answer = Duration::from_secs(1);
    for step in ["/dir", "/order-plz", "/certZ"] {
        let (message, _) = fails_with(&bench, step, Fault::Silence).await;
        assert!(
            message.contains("did not answer within"),
            "{step}: {message}"
        );
    }
    bench.patience.answer = Duration::from_secs(20);
    recovers(&bench).await;
}

#[tokio::test]
async fn an_authority_that_is_not_there() {
    let mut bench = Bench::new().await;
    let good = bench.settings.authorities[0].directory.clone();
    // Nothing listens on the discard port.
    bench.settings.authorities[0].directory = "https://127.0.0.1:9/dir".to_owned();
    let (message, help) = bench.failed().await;
    assert!(
        message.contains("127.0.0.1:9 cannot be reached"),
        "{message}"
    );
    assert!(help.contains("outgoing connections"), "{help}");
    // Whoever corrects it need not wait.
    assert!(bench.not_due().await > Duration::ZERO);
    bench.settings.authorities[0].directory = good;
    bench.renewed().await;
}

#[tokio::test]
async fn an_authority_that_sends_docent_away() {
    let bench = Bench::new().await;
    let in_two_hours = httpdate::fmt_http_date(SystemTime::now() + 120 * MINUTE);
    for wait in ["7200".to_owned(), in_two_hours] {
        let fault = Fault::Answer(429, vec![("retry-after", wait)], RATE_LIMITED.into());
        let (message, help) = fails_with(&bench, "/order-plz", fault).await;
        assert!(
            message.contains("too many certificates (5) already issued"),
            "{message}"
        );
        assert!(help.contains("wait"), "{help}");
        let wait = bench.not_due().await;
        assert!(wait > 119 * MINUTE && wait <= 120 * MINUTE, "{wait:?}");
    }
    let years = vec![("retry-after", "999999999".to_owned())];
    fails_with(
        &bench,
        "/order-plz",
        Fault::Answer(503, years, String::new()),
    )
    .await;
    assert!(bench.not_due().await <= 7 * DAY);
    recovers(&bench).await;
}

#[tokio::test]
async fn a_name_that_somebody_else_answers_for() {
    let mut bench = Bench::new().await;
    // What the authority finds is not what this docent offers.
    bench.state = StateDir::new(bench.pebble.folder.path().join("elsewhere"));
    let (message, help) = bench.failed().await;
    assert!(
        message.contains("could not validate docs.example.com by http-01"),
        "{message}"
    );
    assert!(message.contains("tls-alpn-01"), "{message}");
    assert!(help.contains("another server answers"), "{help}");
    bench.state = bench.pebble.state.clone();
    bench.renewed().await;
}

#[tokio::test]
async fn refusals_in_the_authoritys_words() {
    let bench = Bench::new().await;
    let problem = |kind: &str, detail: &str| {
        format!(r#"{{"type":"urn:ietf:params:acme:error:{kind}","detail":"{detail}"}}"#)
    };
    let table = [
        (
            "caa",
            "CAA record for docs.example.com prevents issuance",
            "a CAA record of the domain",
        ),
        (
            "rejectedIdentifier",
            "Policy forbids issuing for name",
            "does not issue for this name",
        ),
        (
            "rateLimited",
            "Your account is paused, visit https://example.org/unpause?jwt=abc to unpause",
            "https://example.org/unpause?jwt=abc",
        ),
    ];
    for (kind, detail, helps) in table {
        let fault = Fault::Answer(403, Vec::new(), problem(kind, detail));
        let (message, help) = fails_with(&bench, "/order-plz", fault).await;
        assert!(message.contains(detail), "{message}");
        assert!(help.contains(helps), "{help}");
    }
    recovers(&bench).await;
}

#[tokio::test]
async fn an_order_that_comes_to_nothing() {
    let bench = Bench::new().await;
    let invalid =
        Fault::Edit(|text| text.replace(r#""status": "valid""#, r#""status": "invalid""#));
    let (message, _) = fails_with(&bench, "/my-order", invalid).await;
    assert!(message.contains("not valid any more"), "{message}");
    recovers(&bench).await;
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used() {
    let bench = Bench::new().await;
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["docs.example.com".to_owned()]).unwrap();
    let foreign = params.self_signed(&key).unwrap().pem();
    let table = [
        (foreign, "for another key"),
        (String::new(), "chain is empty"),
    ];
    for (answer, reason) in table {
        let fault = Fault::Answer(200, Vec::new(), answer);
        let (message, _) = fails_with(&bench, "/certZ", fault).await;
        assert!(message.contains(reason), "{message}");
    }
    recovers(&bench).await;
}

#[tokio::test]
async fn a_clock_that_cannot_be_right() {
    let bench = Bench::new().await;
    let clock = || SystemTime::UNIX_EPOCH + DAY;
    for force in [false, true] {
        let error = bench.renewal(&clock).run(force).await.unwrap_err();
        assert!(error.to_string().contains("1970-01-02"), "{error}");
    }
    // So far behind that this program was not there yet.
    let clock = || SystemTime::now() - 300 * DAY;
    bench.renewal(&clock).run(false).await.unwrap_err();
    assert_eq!(bench.stub.take_asked(), Vec::<String>::new());
}

/// What it has recorded meanwhile, and what it thinks of the certificate, stands in nobody's way.
#[tokio::test]
async fn a_clock_that_was_wrong_for_a_time() {
    for ahead in [DAY, 365 * DAY, 9000 * DAY] {
        let bench = Bench::new().await;
        bench.pass(ahead);
        bench.stub.fail("/", Fault::CutBefore);
        bench.failed().await;
        bench.failed_again_later().await;
        bench.stub.mend();
        bench.turn_back(ahead);
        bench.stub.take_asked();
        let clock = || bench.now();
        let standing = bench.renewal(&clock).standing().unwrap();
        assert!(standing.history.recorded <= bench.now());
        let wait = bench.not_due().await;
        assert!(wait <= 13 * MINUTE, "{wait:?}");
        assert_eq!(bench.stub.take_asked(), Vec::<String>::new());
        bench.pass(wait + MINUTE);
        bench.renewed().await;
        assert_eq!(bench.history().failures, None);
    }
}

/// It is issued, stored, loaded and not due: clients have clocks of their own.
#[tokio::test]
async fn a_clock_that_is_some_days_behind() {
    let bench = Bench::new().await;
    let behind = || SystemTime::now() - 3 * DAY;
    let outcome = bench.renewal(&behind).run(false).await.unwrap();
    assert!(matches!(outcome, Outcome::Renewed { .. }), "{outcome:?}");
    assert!(bench.pair().unwrap().leaf.is_early(behind()));
    let outcome = bench.renewal(&behind).run(false).await.unwrap();
    assert!(matches!(outcome, Outcome::NotDue { .. }), "{outcome:?}");
    bench.not_due().await;
}

/// The authority issues when docent has stopped waiting, and is asked for no second certificate.
#[tokio::test]
async fn an_order_that_takes_longer_than_an_attempt() {
    let mut bench = Bench::new().await;
    bench.patience.issuance = Duration::from_millis(200);
    bench.stub.rule(|path| {
        let finishes = path.starts_with("/finalize-order") || path.starts_with("/my-order");
        finishes.then_some(Fault::Edit(|text| {
            let text = text.replace("\"valid\"", "\"processing\"");
            text.replace("\"certificate\"", "\"later\"")
        }))
    });
    let (message, help) = bench.failed().await;
    assert!(message.contains("has not finished the order"), "{message}");
    assert!(help.contains("takes the same order up again"), "{help}");
    // Once more in vain.
    bench.pass(bench.not_due().await + MINUTE);
    bench.stub.take_asked();
    bench.failed().await;
    let asked = bench.stub.take_asked();
    assert!(!asked.contains(&"/order-plz".to_owned()), "{asked:?}");
    bench.stub.mend();
    bench.pass(bench.not_due().await + MINUTE);
    bench.renewed().await;
    let asked = bench.stub.take_asked();
    assert!(!asked.contains(&"/order-plz".to_owned()), "{asked:?}");
    // Nothing of it is left: the next certificate has a key of its own.
    let before = bench.state.certificates().key_pem(&bench.names[0]).unwrap();
    bench.try_run(true).await.unwrap();
    let asked = bench.stub.take_asked();
    assert!(asked.contains(&"/order-plz".to_owned()), "{asked:?}");
    assert_ne!(
        bench.state.certificates().key_pem(&bench.names[0]).unwrap(),
        before
    );
}

#[tokio::test]
async fn an_order_that_is_gone_is_begun_anew() {
    let mut bench = Bench::new().await;
    bench.patience.issuance = Duration::from_millis(200);
    let late = |path: &str| path.starts_with("/finalize-order") || path.starts_with("/my-order");
    bench.stub.rule(move |path| {
        late(path).then_some(Fault::Edit(|text| {
            text.replace("\"valid\"", "\"processing\"")
        }))
    });
    bench.failed().await;
    // Of another certificate: names, or what the authority has kept.
    bench.pebble.restart();
    bench.stub.mend();
    bench.pass(bench.not_due().await + MINUTE);
    bench.renewed().await;
}

#[tokio::test]
async fn an_account_that_is_deactivated_says_how_to_make_another() {
    let bench = Bench::new().await;
    bench.renewed().await;
    let problem = r#"{"type":"urn:ietf:params:acme:error:unauthorized","detail":"Account is not valid, has status \"deactivated\""}"#;
    bench
        .stub
        .fail("/order-plz", Fault::Answer(403, Vec::new(), problem.into()));
    let Outcome::Failed { failures } = bench.try_run(true).await.unwrap() else {
        panic!("it succeeds");
    };
    let help = failures.help.unwrap();
    let folder = fs::read_dir(bench.state.accounts())
        .unwrap()
        .next()
        .unwrap();
    let folder = folder.unwrap().path();
    let wanted = format!("remove {}", folder.display());
    assert!(help.contains(&wanted), "{help}");
    bench.stub.mend();
    fs::remove_dir_all(folder).unwrap();
    let outcome = bench.try_run(true).await.unwrap();
    assert!(matches!(outcome, Outcome::Renewed { .. }), "{outcome:?}");
}

/// As authorities do that are less exact than Pebble.
#[tokio::test]
async fn answers_with_nulls_and_without_hosts() {
    let bench = Bench::new().await;
    let mut nonces = 0;
    bench.stub.rule(move |path| match path {
        // Neither by HEAD nor by GET, in turns.
        "/nonce-plz" => {
            nonces += 1;
            (nonces % 2 == 1).then(|| Fault::Answer(405, Vec::new(), String::new()))
        }
        "/sign-me-up" => None,
        path if path.starts_with("/certZ") => None,
        _ => Some(Fault::Edit(|text| {
            let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
            loosen(&mut value);
            value.to_string()
        })),
    });
    bench.renewed().await;
}

fn loosen(value: &mut serde_json::Value) {
    use serde_json::Value;
    match value {
        Value::String(text) => {
            if let Some(rest) = text.strip_prefix("https://") {
                let path = rest.find('/').map_or("/", |at| &rest[at..]);
                *text = path.to_owned();
            }
        }
        Value::Array(values) => values.iter_mut().for_each(loosen),
        Value::Object(members) => {
            members.values_mut().for_each(loosen);
            for name in [
                "error",
                "meta",
                "profile",
                "replaces",
                "notBefore",
                "wildcard",
            ] {
                members.entry(name).or_insert(Value::Null);
            }
        }
        _ => {}
    }
}

#[tokio::test]
async fn a_certificate_that_cannot_be_stored() {
    let bench = Bench::new().await;
    // Something gets in the way between the look before the order and the certificate.
    let in_the_way = bench.state.certificates().folder().join("docs.example.com");
    let obstacle = in_the_way.clone();
    bench.stub.rule(move |path| {
        if path.starts_with("/certZ") {
            fs::write(&obstacle, "").unwrap();
        }
        None
    });
    let (message, _) = bench.failed().await;
    assert!(
        message.contains("a certificate was issued, but could not be stored"),
        "{message}"
    );
    assert!(message.contains("docs.example.com"), "{message}");
    fs::remove_file(in_the_way).unwrap();
    recovers(&bench).await;
}

#[tokio::test]
async fn a_history_that_is_damaged_is_no_reason_to_ask() {
    let bench = Bench::new().await;
    fs::create_dir_all(bench.state.renewal()).unwrap();
    let file = bench.state.renewal().join("docs.example.com.json");
    fs::write(file, "{\"rec").unwrap();
    assert!(bench.not_due().await > 90 * MINUTE);
    assert_eq!(bench.stub.take_asked(), Vec::<String>::new());
    recovers(&bench).await;
}

/// The service is started again and again: every minute at first, then every half hour.
#[tokio::test]
async fn no_more_requests_than_scheduled() {
    let bench = Bench::new().await;
    let page = "<h1>Internal Server Error</h1>".to_owned();
    bench.stub.fail("/", Fault::Answer(500, Vec::new(), page));
    let often = (0..180).map(|_| 1);
    let seldom = (0..3 * 48).map(|_| 30);
    let (mut minute, mut attempts) = (0, Vec::new());
    for step in often.chain(seldom) {
        if let Outcome::Failed { .. } = bench.run().await {
            attempts.push(minute);
            // The directory, asked for once and twice more, since its server broke down.
            assert_eq!(bench.stub.take_asked(), ["/dir"; 3]);
        }
        bench.pass(step * MINUTE);
        minute += step;
    }
    assert_eq!(bench.stub.take_asked(), Vec::<String>::new());
    let waits: Vec<_> = attempts.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!((1..=2).contains(&waits[0]), "{waits:?}");
    assert!((10..=13).contains(&waits[1]), "{waits:?}");
    assert!((100..=121).contains(&waits[2]), "{waits:?}");
    let daily = &waits[3..];
    assert!(
        daily.iter().all(|wait| (1440..=1760).contains(wait)),
        "{waits:?}"
    );
    assert!((5..=6).contains(&attempts.len()), "{attempts:?}");
}
