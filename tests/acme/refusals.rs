//! What an operator reads when an authority does not issue.

use std::time::Duration;

use docent::{
    acme::{Client, Error, Patience},
    config::ChallengeType,
    state::StateDir,
};
use serde_json::json;
use tokio::net::TcpSocket;

use crate::{
    answering::answer,
    pebble::{Behaviour, Pebble, Release, dns},
};

const BOTH: [ChallengeType; 2] = [ChallengeType::Http01, ChallengeType::TlsAlpn01];

/// A port on which nothing listens: taken, but never opened.
struct ClosedPort(TcpSocket);

impl ClosedPort {
    fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
        Self(socket)
    }

    fn number(&self) -> u16 {
        self.0.local_addr().unwrap().port()
    }
}

async fn refusal(behaviour: Behaviour, name: &str, challenges: &[ChallengeType]) -> Error {
    let pebble = Pebble::start(behaviour).await;
    let error = pebble.issue(&[dns(name)], challenges).await.err().unwrap();
    let left = pebble.state.root().join("challenges/http-01");
    assert!(!left.exists(), "answers are left for anyone to find");
    error
}

#[tokio::test]
async fn where_nothing_listens_the_port_is_named() {
    for release in [Release::Debian, Release::Newest] {
        let closed = ClosedPort::new();
        let behaviour = Behaviour {
            release,
            config: json!({ "httpPort": closed.number() }),
            ..Behaviour::default()
        };
        let name = "docs.example.com";
        let error = refusal(behaviour, name, &[ChallengeType::Http01]).await;
        let told = error.to_string();
        assert!(told.contains("docs.example.com by http-01"), "{told}");
        assert!(told.contains("(connection)"), "{told}");
        assert!(error.help().unwrap().contains("port 80"), "{told}");
        assert!(error.may_pass());
    }
}

#[tokio::test]
async fn the_other_challenge_is_tried_when_the_first_one_fails() {
    let closed = ClosedPort::new();
    let pebble = Pebble::start(Behaviour {
        config: json!({ "httpPort": closed.number() }),
        ..Behaviour::default()
    })
    .await;
    let names = [dns("docs.example.com"), dns("www.example.com")];
    pebble.issue(&names, &BOTH).await.unwrap();
    assert!(pebble.asked(ChallengeType::TlsAlpn01) >= 2);
}

#[tokio::test]
async fn when_both_fail_both_reasons_are_told() {
    let closed = ClosedPort::new();
    let behaviour = Behaviour {
        config: json!({ "httpPort": closed.number(), "tlsPort": closed.number() }),
        ..Behaviour::default()
    };
    let error = refusal(behaviour, "docs.example.com", &BOTH).await;
    let told = error.to_string();
    assert!(told.contains("by http-01"), "{told}");
    assert!(told.contains("by tls-alpn-01"), "{told}");
}

#[tokio::test]
async fn another_server_in_the_place_is_suspected() {
    let elsewhere = tempfile::tempdir().unwrap();
    let other = answer(StateDir::new(elsewhere.path()).challenges()).await;
    let behaviour = Behaviour {
        config: json!({ "httpPort": other.http_port }),
        ..Behaviour::default()
    };
    let name = "docs.example.com";
    let error = refusal(behaviour, name, &[ChallengeType::Http01]).await;
    assert_eq!(error.problem().unwrap().kind, "unauthorized", "{error}");
    let help = error.help().unwrap();
    assert!(help.contains("another server answers"), "{help}");
    assert!(!error.may_pass());
}

#[tokio::test]
async fn a_name_that_the_authority_does_not_serve_is_told_at_once() {
    let behaviour = Behaviour {
        config: json!({ "domainBlocklist": ["blocked.example"] }),
        ..Behaviour::default()
    };
    let error = refusal(behaviour, "docs.blocked.example", &BOTH).await;
    assert_eq!(error.problem().unwrap().kind, "rejectedIdentifier");
    assert!(error.help().unwrap().contains("domain"), "{error}");
    assert!(!error.may_pass());
}

#[tokio::test]
async fn a_name_without_an_address_leads_to_the_dns_record() {
    let pebble = Pebble::start(Behaviour::default()).await;
    pebble
        .set_dns("set-default-ipv4", &json!({ "ip": "" }))
        .await;
    let names = [dns("docs.example.com")];
    let error = pebble.issue(&names, &BOTH).await.err().unwrap();
    let help = error.help().unwrap();
    assert!(help.contains("A or AAAA record"), "{error}: {help}");
}

#[tokio::test]
async fn an_authority_with_another_root_leads_to_ca_file() {
    let mut pebble = Pebble::start(Behaviour::default()).await;
    pebble.authority.ca_file = None;
    let error = Client::connect(&pebble.authority, quick()).await;
    let error = error.err().unwrap();
    assert!(error.help().unwrap().contains("ca_file"), "{error}");
}

#[tokio::test]
async fn an_authority_that_is_not_there_is_asked_a_few_times_and_named() {
    let mut pebble = Pebble::start(Behaviour::default()).await;
    let closed = ClosedPort::new();
    let name = format!("127.0.0.1:{}", closed.number());
    pebble.authority.directory = format!("https://{name}/dir");
    let error = Client::connect(&pebble.authority, quick()).await;
    let told = error.err().unwrap().to_string();
    assert!(told.contains(&name), "{told}");
    assert!(told.to_lowercase().contains("refused"), "{told}");
}

fn quick() -> Patience {
    Patience {
        repeat: Duration::from_millis(1),
        ..Patience::default()
    }
}
