use std::collections::BTreeSet;

use super::{
    super::history::{Deferral, Issuance, Suggestion, Window},
    *,
};
use crate::config::{ChallengeType, KeyType};

const FIRST: &str = "https://first.example/directory";
const SECOND: &str = "https://second.example/directory";
const THIRD: &str = "https://third.example/directory";

fn hours(hours: f64) -> Duration {
    MINUTE.mul_f64(60.0 * hours)
}

/// A moment, in days from the certificate's beginning.
fn day(days: f64) -> SystemTime {
    let from_epoch = hours(24.0 * (20_000.0 + days)).as_secs_f64();
    SystemTime::UNIX_EPOCH + Duration::try_from_secs_f64(from_epoch.round()).unwrap()
}

fn dns(name: &str) -> Identifier {
    Identifier::Dns(name.to_owned())
}

fn settings() -> AcmeSettings {
    let authority = |directory: &str| CertificateAuthority {
        directory: directory.to_owned(),
        staging: None,
        ca_file: None,
        profile: None,
        external_account: None,
        proxy: None,
    };
    AcmeSettings {
        authorities: [FIRST, SECOND].map(authority).into(),
        contact: None,
        key_type: KeyType::P256,
        challenges: vec![ChallengeType::Http01],
    }
}

/// What a row of the table starts from: a certificate of 90 days for `a.example`, from the first
/// authority, nothing tried since.
struct Case {
    names: Vec<Identifier>,
    settings: AcmeSettings,
    certificate: Option<Leaf>,
    history: History,
}

fn case() -> Case {
    let leaf = Leaf {
        subject: String::new(),
        issuer: String::new(),
        serial: "01".to_owned(),
        not_before: day(0.0),
        not_after: day(90.0),
        names: vec![dns("a.example")],
        key_type: Some(KeyType::P256),
    };
    let issued = Issuance {
        at: day(0.0),
        serial: "01".to_owned(),
        directory: FIRST.to_owned(),
        profile: None,
        names: BTreeSet::from(["a.example".to_owned()]),
    };
    Case {
        names: vec![dns("a.example")],
        settings: settings(),
        certificate: Some(leaf),
        history: History {
            recorded: day(0.0),
            issued: Some(issued),
            ..History::default()
        },
    }
}

impl Case {
    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn living(self, days: f64) -> Self {
        self.with(|case| {
            let leaf = case.certificate.as_mut().unwrap();
            leaf.not_after = day(days);
        })
    }

    fn suggested(self, start: f64, end: f64, chosen: f64) -> Self {
        self.with(|case| {
            case.history.suggestion = Some(Suggestion {
                serial: "01".to_owned(),
                window: Some(Window {
                    start: day(start),
                    end: day(end),
                    chosen: day(chosen),
                    explanation: None,
                }),
                ask_again: day(1.0),
            });
        })
    }

    fn failed(self, count: u32, next: f64) -> Self {
        self.with(|case| {
            case.history.failures = Some(Failures {
                count,
                at: day(0.0),
                directory: FIRST.to_owned(),
                names: BTreeSet::from(["a.example".to_owned()]),
                configuration: super::super::history::configuration(&case.settings),
                message: "no".to_owned(),
                help: None,
                next: day(next),
            });
        })
    }

    fn deferred(self, authorities: &[(&str, f64)]) -> Self {
        self.with(|case| {
            let deferred = |&(directory, until): &(&str, f64)| {
                (directory.to_owned(), Deferral { until: day(until) })
            };
            case.history.deferred = authorities.iter().map(deferred).collect();
        })
    }

    fn missing(self) -> Self {
        self.with(|case| case.certificate = None)
    }

    fn situation(&self, now: f64) -> Situation<'_> {
        Situation {
            now: day(now),
            names: &self.names,
            settings: &self.settings,
            certificate: self.certificate.as_ref(),
            history: &self.history,
        }
    }
}

fn not_before(days: f64, because: Wait) -> Verdict {
    Verdict::NotBefore {
        at: day(days),
        because,
    }
}

#[test]
fn when_a_certificate_is_due() {
    use Reason::{Age, Authority, Expired, KeyType as Key, Names, Suggested};
    use Verdict::Due;
    let rename =
        |names: &[&str]| case().with(|case| case.names = names.iter().map(|n| dns(n)).collect());
    let changed = |change: fn(&mut Case)| case().with(change);
    let table = [
        ("none", case().missing(), 0.0, Due(Reason::None)),
        ("new", case(), 0.0, not_before(60.0, Wait::Age)),
        ("a third left", case(), 60.0, Due(Age)),
        ("just before", case(), 59.99, not_before(60.0, Wait::Age)),
        ("expired", case(), 90.1, Due(Expired)),
        (
            "45 days",
            case().living(45.0),
            29.0,
            not_before(30.0, Wait::Age),
        ),
        (
            "10 days: a third",
            case().living(10.2),
            6.0,
            not_before(6.8, Wait::Age),
        ),
        (
            "6 days: half",
            case().living(6.0),
            2.9,
            not_before(3.0, Wait::Age),
        ),
        ("6 days: half, due", case().living(6.0), 3.0, Due(Age)),
        (
            "a name more",
            rename(&["a.example", "b.example"]),
            1.0,
            Due(Names),
        ),
        ("another name", rename(&["b.example"]), 1.0, Due(Names)),
        (
            "a name fewer",
            changed(|case| {
                case.history
                    .issued
                    .as_mut()
                    .unwrap()
                    .names
                    .insert("b.example".into());
                case.certificate
                    .as_mut()
                    .unwrap()
                    .names
                    .push(dns("b.example"));
            }),
            1.0,
            Due(Names),
        ),
        (
            "a name that the authority added",
            changed(|case| {
                case.certificate
                    .as_mut()
                    .unwrap()
                    .names
                    .push(dns("www.a.example"));
            }),
            1.0,
            not_before(60.0, Wait::Age),
        ),
        (
            "another key",
            changed(|case| case.settings.key_type = KeyType::P384),
            1.0,
            Due(Key),
        ),
        (
            "another authority",
            changed(|case| case.settings.authorities[0].directory = THIRD.into()),
            1.0,
            Due(Authority),
        ),
        (
            "another profile",
            changed(|case| case.settings.authorities[0].profile = Some("shortlived".into())),
            1.0,
            Due(Authority),
        ),
        (
            "from a fallback",
            changed(|case| case.history.issued.as_mut().unwrap().directory = SECOND.into()),
            1.0,
            not_before(60.0, Wait::Age),
        ),
        (
            "from nobody knows whom",
            changed(|case| case.history.issued = None),
            1.0,
            not_before(60.0, Wait::Age),
        ),
        (
            "from whom another certificate was",
            changed(|case| {
                let issued = case.history.issued.as_mut().unwrap();
                (issued.serial, issued.directory) = ("02".into(), THIRD.into());
            }),
            1.0,
            not_before(60.0, Wait::Age),
        ),
        (
            "suggested later",
            case().suggested(70.0, 72.0, 71.0),
            65.0,
            not_before(71.0, Wait::Suggested),
        ),
        (
            "suggested earlier",
            case().suggested(20.0, 30.0, 25.0),
            25.0,
            Due(Suggested),
        ),
        (
            "suggested long ago",
            case().suggested(-9.0, -8.0, -8.5),
            5.0,
            Due(Suggested),
        ),
        (
            "suggested the past of what is new",
            case().suggested(-9.0, -8.0, -8.5),
            0.1,
            not_before(1.0, Wait::Suggested),
        ),
        (
            "suggested too late",
            case().suggested(100.0, 102.0, 101.0),
            80.0,
            not_before(85.5, Wait::Suggested),
        ),
        (
            "suggested too late, due",
            case().suggested(100.0, 102.0, 101.0),
            85.6,
            Due(Suggested),
        ),
        (
            "suggested for another",
            case().suggested(20.0, 30.0, 25.0).with(|case| {
                case.history.suggestion.as_mut().unwrap().serial = "02".into();
            }),
            25.0,
            not_before(60.0, Wait::Age),
        ),
    ];
    for (what, case, now, expected) in table {
        assert_eq!(verdict(&case.situation(now)), expected, "{what}");
    }
}

#[test]
fn when_an_attempt_is_held_back() {
    let none = || case().missing();
    let due = Verdict::Due(Reason::None);
    let both = |first, second| none().deferred(&[(FIRST, first), (SECOND, second)]);
    let table = [
        (
            "after a failure",
            none().failed(1, 0.5),
            0.4,
            not_before(0.5, Wait::Failed),
        ),
        ("long after", none().failed(1, 0.5), 0.5, due.clone()),
        (
            "after the failure of other names",
            none()
                .failed(9, 0.5)
                .with(|case| case.names = vec![dns("b.example")]),
            0.4,
            due.clone(),
        ),
        (
            "a failure, but not due",
            case().failed(1, 1.0),
            0.5,
            not_before(60.0, Wait::Age),
        ),
        (
            "a failure, and due",
            case().failed(1, 61.0),
            60.5,
            not_before(61.0, Wait::Failed),
        ),
        (
            "one sent us away",
            none().deferred(&[(FIRST, 3.0)]),
            0.1,
            due.clone(),
        ),
        (
            "both did",
            both(3.0, 2.0),
            0.1,
            not_before(2.0, Wait::Deferred),
        ),
        (
            "both did, one is open again",
            both(3.0, 2.0),
            2.0,
            due.clone(),
        ),
        (
            "both did, and it failed",
            both(3.0, 2.0).failed(1, 1.0),
            0.1,
            not_before(2.0, Wait::Deferred),
        ),
        (
            "both did, and it failed for longer",
            both(3.0, 2.0).failed(1, 2.5),
            2.1,
            not_before(2.5, Wait::Failed),
        ),
    ];
    for (what, case, now, expected) in table {
        assert_eq!(verdict(&case.situation(now)), expected, "{what}");
    }
}

#[test]
fn whose_turn_it_is() {
    let none = || case().missing();
    let table = [
        ("at first", none(), FIRST),
        ("after one failure", none().failed(1, 0.0), FIRST),
        ("after two", none().failed(2, 0.0), SECOND),
        ("after three", none().failed(3, 0.0), SECOND),
        ("after four", none().failed(4, 0.0), FIRST),
        (
            "the first is not to be asked",
            none().deferred(&[(FIRST, 2.0)]),
            SECOND,
        ),
        ("its time is over", none().deferred(&[(FIRST, 0.9)]), FIRST),
        (
            "the second is not to be asked",
            none().failed(2, 0.0).deferred(&[(SECOND, 2.0)]),
            FIRST,
        ),
        (
            "nobody is",
            none().deferred(&[(FIRST, 2.0), (SECOND, 3.0)]),
            FIRST,
        ),
    ];
    for (what, case, expected) in table {
        let turn = next_authority(&case.situation(1.0));
        assert_eq!(turn.directory, expected, "{what}");
    }
}

#[test]
fn waits_grow_and_are_bounded() {
    let minutes = |failures, random| backoff(failures, random).as_secs() / 60;
    let waits = [1, 2, 3, 4, 5, u32::MAX].map(|failures| minutes(failures, 0.0));
    assert_eq!(waits, [1, 10, 100, 1440, 1440, 1440]);
    assert_eq!(minutes(2, 0.999), 11);
    assert_eq!(retry_after(day(0.0), hours(5.0)), day(0.0) + hours(5.0));
    assert_eq!(retry_after(day(0.0), Duration::MAX), day(7.0));
}

#[test]
fn the_authority_is_asked_now_and_then() {
    let leaf = case().certificate.unwrap();
    let asks = |case: &Case, now| asks_for_suggestion(day(now), &leaf, &case.history);
    assert!(asks(&case(), 0.0));
    let known = case().suggested(70.0, 72.0, 71.0);
    assert!(!asks(&known, 0.9));
    assert!(asks(&known, 1.0));
    let other = known.with(|case| case.history.suggestion.as_mut().unwrap().serial = "02".into());
    assert!(asks(&other, 0.9));

    let again = |wait| ask_again(day(0.0), wait).duration_since(day(0.0)).unwrap();
    assert_eq!(again(None), hours(6.0));
    assert_eq!(again(Some(hours(2.0))), hours(2.0));
    assert_eq!(again(Some(Duration::ZERO)), MINUTE);
    assert_eq!(again(Some(Duration::MAX)), DAY);
    assert_eq!(moment_within(day(1.0), day(3.0), 0.5), day(2.0));
    assert_eq!(moment_within(day(3.0), day(1.0), 0.5), day(3.0));
}

#[test]
fn nothing_is_due_twice_without_a_failure_between() {
    // Right after it was issued, no certificate of any lifetime is due again.
    for days in [0.01, 0.5, 6.0, 45.0, 90.0, 398.0] {
        for suggested in [None, Some(-5.0), Some(500.0)] {
            let mut case = case().living(days);
            if let Some(at) = suggested {
                case = case.suggested(at, at, at);
            }
            let verdict = verdict(&case.situation(0.0));
            assert!(
                matches!(verdict, Verdict::NotBefore { .. }),
                "{days} {suggested:?}"
            );
        }
    }
}
