//! What scanners find.

use std::process::Command;

use crate::{
    left_out::needs_program,
    public::{NAMES, Public},
};

/// Runs a program to its end; what it printed.
fn run(command: &mut Command) -> String {
    let output = command
        .output()
        .expect("it is installed: see tests/needs.sh");
    let said =
        [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    said.concat()
}

#[test]
fn sslscan_finds_no_protocol_below_1_2_and_no_weak_cipher() {
    if !needs_program("the look for weak ciphers", "sslscan", "sslscan") {
        return;
    }
    let public = Public::start();
    let said = run(Command::new("sslscan")
        .args(["--no-colour", "--show-certificate", "--sni-name", NAMES[0]])
        .arg(public.https.to_string()));
    for (protocol, state) in [
        ("SSLv2", "disabled"),
        ("SSLv3", "disabled"),
        ("TLSv1.0", "disabled"),
        ("TLSv1.1", "disabled"),
        ("TLSv1.2", "enabled"),
        ("TLSv1.3", "enabled"),
    ] {
        let line = said.lines().find(|line| line.starts_with(protocol));
        assert!(
            line.is_some_and(|line| line.ends_with(state)),
            "{protocol}: {said}"
        );
    }
    let ciphers: Vec<_> = said
        .lines()
        .filter(|line| line.starts_with("Preferred") || line.starts_with("Accepted"))
        .collect();
    assert!(ciphers.len() >= 5, "{said}");
    for cipher in ciphers {
        let modern = cipher.contains("GCM") || cipher.contains("CHACHA20");
        assert!(
            modern && (cipher.contains("ECDHE") || cipher.contains("TLSv1.3")),
            "{cipher}"
        );
    }
}

#[test]
fn testssl_finds_nothing_above_low() {
    if !needs_program("the look for weaknesses of TLS", "testssl", "testssl.sh") {
        return;
    }
    let public = Public::start();
    let report = public.folder().join("report.json");
    // The public names of this test are in no DNS and its authority in no store, so what depends on either
    // is left out; every other test runs.
    let said = run(Command::new("testssl")
        .args([
            "--quiet",
            "--color",
            "0",
            "--warnings",
            "off",
            "--ip",
            "127.0.0.1",
        ])
        .args([
            "--protocols",
            "--server-preference",
            "--fs",
            "--std",
            "--headers",
            "--vulnerable",
        ])
        .args(["--server-defaults", "--nodns", "none", "--add-ca"])
        .arg(public.ca())
        .arg("--jsonfile")
        .arg(&report)
        .arg(format!("https://docs.example.com:{}/", public.https.port())));
    let findings = std::fs::read(&report).unwrap_or_else(|_| panic!("no report: {said}"));
    let findings: Vec<serde_json::Value> = serde_json::from_slice(&findings).unwrap();
    assert!(findings.len() > 60, "{said}");
    // WARN is what this machine's openssl cannot try.
    let bad: Vec<_> = findings
        .iter()
        .filter(|finding| {
            let severity = finding["severity"].as_str().unwrap_or_default();
            matches!(severity, "MEDIUM" | "HIGH" | "CRITICAL" | "FATAL")
        })
        .collect();
    assert!(bad.is_empty(), "{bad:#?}");
}
