//! What is served over HTTPS.

use std::{io::Write as _, process::Command};

use docent::config::Limits;

use crate::{
    public::{NAMES, Public, rest},
    server::request,
};

/// curl with more arguments, asked for this path; what it prints.
fn curl(public: &Public, arguments: &[&str], path: &str) -> String {
    let port = public.https.port();
    let output = Command::new("curl")
        .args([
            "--silent",
            "--show-error",
            "--max-time",
            "20",
            "--noproxy",
            "*",
            "--cacert",
        ])
        .arg(public.ca())
        .args(["--resolve", &format!("docs.example.com:{port}:127.0.0.1")])
        .args(arguments)
        .arg(format!("https://docs.example.com:{port}{path}"))
        .output()
        .expect("curl is installed: see tests/needs.sh");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn curl_verifies_and_speaks_both_versions_of_http() {
    let public = Public::start();
    let written = ["--write-out", "%{http_version} %{ssl_verify_result}"];
    for (version, expected) in [("--http1.1", "ok\n1.1 0"), ("--http2", "ok\n2 0")] {
        assert_eq!(
            curl(&public, &[&[version], &written[..]].concat(), "/healthz"),
            expected
        );
    }
    for version in ["--tlsv1.3", "--tls-max=1.2"] {
        let version = version.split('=').collect::<Vec<_>>();
        assert_eq!(curl(&public, &version, "/healthz"), "ok\n");
    }
    let call = r#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#;
    let post = ["--json", call];
    assert_eq!(
        curl(&public, &post, "/mcp"),
        r#"{"jsonrpc":"2.0","id":7,"result":{}}"#
    );
}

#[test]
fn the_page_names_its_address_as_it_was_called() {
    let public = Public::start();
    assert!(public.get("/").text().contains("https://localhost/mcp"));
    let plain = public.send_plain(public.plain, "GET", "/", &[]).text();
    assert!(plain.contains("http://localhost/mcp"));
}

#[test]
fn browsers_are_told_to_insist_on_https_only_over_https() {
    let public = Public::start();
    let header = "strict-transport-security";
    assert_eq!(
        public.get("/healthz").header(header),
        Some("max-age=31536000")
    );
    let foreign = public.send("GET", "/", &[("Host", "evil.example")], b"");
    assert_eq!(foreign.header(header), Some("max-age=31536000"));
    for address in [public.plain, public.http] {
        assert_eq!(
            public.send_plain(address, "GET", "/", &[]).header(header),
            None
        );
    }
}

#[test]
fn only_own_names_are_answered() {
    let public = Public::with(&["docs.example.com", "127.0.0.1"], Limits::default());
    let ask = |host: &str| {
        let mut stream = public.tls("127.0.0.1", &["http/1.1"]).unwrap();
        stream
            .write_all(&request("GET", "/healthz", &[("Host", host)], b""))
            .unwrap();
        let answer = String::from_utf8(rest(&mut stream).unwrap()).unwrap();
        answer.split(' ').nth(1).unwrap().to_owned()
    };
    for own in [
        "docs.example.com",
        "DOCS.example.com.:443",
        "127.0.0.1:8443",
    ] {
        assert_eq!(ask(own), "200", "{own}");
    }
    // No certificate is for the loopback names, though one may be for an address.
    for foreign in [
        "localhost",
        "[::1]",
        "evil.example",
        "docs.example.com.evil.example",
    ] {
        assert_eq!(ask(foreign), "421", "{foreign}");
    }
    for host in ["localhost", "docs.example.com"] {
        let plain = public.send_plain(public.plain, "GET", "/healthz", &[("Host", host)]);
        assert_eq!(plain.status, 200, "{host}");
    }
    let origin = [
        ("Host", "docs.example.com"),
        ("Origin", "https://evil.example"),
    ];
    let mut stream = public.tls("127.0.0.1", &[]).unwrap();
    stream
        .write_all(&request("GET", "/healthz", &origin, b""))
        .unwrap();
    assert!(rest(&mut stream).unwrap().starts_with(b"HTTP/1.1 403"));
}

#[test]
fn http_2_is_chosen_by_those_who_offer_it() {
    let public = Public::start();
    for (offered, chosen) in [
        (&["h2", "http/1.1"][..], Some("h2")),
        (&["http/1.1"], Some("http/1.1")),
        (&["http/1.1", "h2"], Some("h2")),
        (&[], None),
    ] {
        let stream = public.tls(NAMES[0], offered).unwrap();
        let alpn = stream.conn.alpn_protocol();
        assert_eq!(alpn, chosen.map(str::as_bytes), "{offered:?}");
    }
    assert!(public.tls(NAMES[0], &["smtp"]).is_err());
}
