//! TLS-ALPN-01 (RFC 8737).

use docent::config::Limits;

use crate::public::{NAMES, Public, identifier};

const DIGEST: [u8; 32] = [0x5a; 32];

/// The certificate that somebody who asks like this gets, as `openssl x509 -text` prints it.
fn asked(public: &Public, name: &str, protocols: &str) -> String {
    let said = public.openssl(&["-servername", name, "-alpn", protocols, "-showcerts"], "");
    let Some(begin) = said.find("-----BEGIN CERTIFICATE-----") else {
        return said;
    };
    let pem = public.folder().join(format!("{name}.pem"));
    std::fs::write(&pem, &said[begin..]).unwrap();
    let shown = std::process::Command::new("openssl")
        .args(["x509", "-noout", "-text", "-in"])
        .arg(pem)
        .output()
        .unwrap();
    said + &String::from_utf8(shown.stdout).unwrap()
}

#[test]
fn it_is_answered_as_often_as_it_is_asked() {
    let public = Public::without_certificate(&NAMES, Limits::default());
    let challenges = public.state.challenges();
    challenges
        .offer_tls_alpn(&identifier("docs.example.com"), &DIGEST)
        .unwrap();
    challenges
        .offer_tls_alpn(&identifier("127.0.0.1"), &DIGEST)
        .unwrap();
    for _ in 0..3 {
        let shown = asked(&public, "docs.example.com", "acme-tls/1");
        assert!(shown.contains("ALPN protocol: acme-tls/1"), "{shown}");
        assert!(shown.contains("1.3.6.1.5.5.7.1.31: critical\n"), "{shown}");
        assert!(shown.contains(&format!(". {}", "Z".repeat(32))), "{shown}");
        assert!(shown.contains("DNS:docs.example.com\n"), "{shown}");
    }
    let shown = asked(&public, "1.0.0.127.in-addr.arpa", "acme-tls/1");
    assert!(shown.contains("IP Address:127.0.0.1\n"), "{shown}");

    public.renew(1);
    public.await_serial(1);
    let shown = asked(&public, "docs.example.com", "acme-tls/1");
    assert!(shown.contains("ALPN protocol: acme-tls/1"), "{shown}");
    // Not for those who would speak HTTP as well.
    let shown = asked(&public, "docs.example.com", "acme-tls/1,http/1.1");
    assert!(shown.contains("ALPN protocol: http/1.1"), "{shown}");

    challenges.clear().unwrap();
    let shown = asked(&public, "docs.example.com", "acme-tls/1");
    assert!(shown.contains("no application protocol"), "{shown}");
}

#[test]
fn its_connection_never_reaches_http() {
    let public = Public::start();
    let challenges = public.state.challenges();
    challenges
        .offer_tls_alpn(&identifier("localhost"), &DIGEST)
        .unwrap();
    let get = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let arguments = [
        "-servername",
        "localhost",
        "-alpn",
        "acme-tls/1",
        "-ign_eof",
    ];
    let said = public.openssl(&arguments, get);
    assert!(said.contains("ALPN protocol: acme-tls/1"), "{said}");
    assert!(!said.contains("HTTP/1.1 200"), "{said}");
}

#[test]
fn names_of_an_order_are_answered_though_the_service_does_not_know_them_yet() {
    let public = Public::start();
    let name = "new.example.com";
    assert!(asked(&public, name, "acme-tls/1").contains("unrecognized name"));
    public
        .state
        .challenges()
        .offer_tls_alpn(&identifier(name), &DIGEST)
        .unwrap();
    assert!(asked(&public, name, "acme-tls/1").contains("DNS:new.example.com\n"));
}
