//! `docent jwks`: keys of issuers are fetched whole or not at all.
#![allow(clippy::unwrap_used, reason = "in a test it is the failure")]

use std::{fs, os::unix::fs::PermissionsExt as _};

use serde_json::{Value, json};

use super::{
    issuer::{Issuer, Key},
    run::{Run, Sandbox},
};

/// A configuration with one issuer.
fn sandbox(url: &str) -> Sandbox {
    let config = format!(
        "[[docs]]\nname = \"guide\"\npath = \"docs\"\n[[audience]]\nname = \"staff\"\ndocs = [\"all\"]\ngroups = [\"*\"]\n\
         [[issuer]]\nurl = \"{url}\"\n"
    );
    Sandbox::new(&[("docent.toml", &*config), ("docs/a.md", "# A\n\nText.\n")])
}

fn jwks(sandbox: &Sandbox, what: &[&str]) -> Run {
    let options = ["--config", "docent.toml", "--state-dir", "state"];
    let arguments: Vec<_> = ["jwks"]
        .iter()
        .chain(what)
        .chain(&options)
        .copied()
        .collect();
    sandbox.docent(&arguments)
}

#[test]
fn keys_are_fetched_and_kept_without_what_is_secret() {
    let (key, other) = (Key::es256("one"), Key::ed25519("two"));
    let issuer = Issuer::start(&[]);
    let mut private = key.jwk();
    private["d"] = "c2VjcmV0".into();
    private["x5c"] = json!(["MIIB"]);
    let shared = json!({"kty": "oct", "kid": "three", "k": "c2VjcmV0"});
    let encrypts = json!({"kty": "RSA", "use": "enc", "kid": "four", "n": "AQAB", "e": "AQAB"});
    let keys = json!({"keys": [private, shared, encrypts, other.jwk(), "none", {"kty": "PQC"}]});
    issuer.answer(200, &keys.to_string());
    let sandbox = sandbox(&issuer.url());

    let listed = jwks(&sandbox, &["list"]);
    assert_eq!(listed.code, Some(1), "{}", listed.shown());
    assert!(listed.stdout.contains("no keys yet"), "{}", listed.shown());
    let status = || sandbox.docent(&["status", "--config", "docent.toml", "--state-dir", "state"]);
    let broken = status();
    assert_eq!(broken.code, Some(2), "{}", broken.shown());
    assert!(
        broken.stdout.contains("nobody gets in by"),
        "{}",
        broken.shown()
    );
    let fetched = jwks(&sandbox, &["fetch"]);
    assert_eq!(fetched.code, Some(0), "{}", fetched.shown());
    let there = status();
    assert!(there.stdout.contains("2 keys of 2"), "{}", there.shown());
    assert!(
        fetched.stdout.contains("2 keys from"),
        "{}",
        fetched.shown()
    );
    let listed = jwks(&sandbox, &["list"]);
    assert_eq!(listed.code, Some(0), "{}", listed.shown());

    let folder = sandbox.path().join("state/jwks");
    let mut files = fs::read_dir(&folder).unwrap();
    let file = files.next().unwrap().unwrap().path();
    assert!(files.next().is_none(), "one file an issuer");
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));
    let text = fs::read_to_string(&file).unwrap();
    assert!(
        !text.contains("c2VjcmV0") && !text.contains("MIIB"),
        "{text}"
    );
    let kept: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(kept["issuer"], json!(issuer.url()));

    // Another issuer takes its place.
    let next = Issuer::start(&[&other]);
    let config = fs::read_to_string(sandbox.path().join("docent.toml")).unwrap();
    sandbox.write("docent.toml", config.replace(&issuer.url(), &next.url()));
    let fetched = jwks(&sandbox, &["fetch", "--scheduled"]);
    assert_eq!(
        (fetched.code, &*fetched.stdout),
        (Some(0), ""),
        "{}",
        fetched.shown()
    );
    assert!(!file.exists(), "nobody believes the former one");
}

#[test]
fn what_is_no_use_leaves_the_keys_before_in_place() {
    let key = Key::es256("one");
    let issuer = Issuer::start(&[&key]);
    let sandbox = sandbox(&issuer.url());
    assert_eq!(jwks(&sandbox, &["fetch"]).code, Some(0));
    let large = format!("{{\"keys\":[],\"x\":\"{}\"}}", "x".repeat(2 << 20));
    let many = json!({"keys": vec![key.jwk(); 101]}).to_string();
    let weak = json!({"keys": [{"kty": "RSA", "kid": "a", "n": "AQAB", "e": "AQAB"}]}).to_string();
    for (status, body, code, said) in [
        (200, "<html>", 69, "no JSON"),
        (200, "{}", 69, "no list of `keys`"),
        (200, "{\"keys\":[]}", 69, "none of its keys can be used"),
        (200, &*weak, 69, "less than 2,048 bits"),
        (200, &*many, 69, "more than 100 keys"),
        (200, &*large, 75, "cannot be reached"),
        (302, "", 69, "is a redirect"),
        (404, "", 69, "status 404"),
        (503, "", 75, "status 503"),
    ] {
        issuer.answer(status, body);
        let run = jwks(&sandbox, &["fetch"]);
        assert_eq!(run.code, Some(code), "{said}: {}", run.shown());
        assert!(run.stderr.contains(said), "{said}: {}", run.shown());
        assert!(run.stderr.contains("help: "), "{}", run.shown());
        let listed = jwks(&sandbox, &["list"]);
        assert!(listed.stdout.contains("1 key of"), "{}", listed.shown());
    }
}

#[test]
fn an_issuer_is_believed_for_itself_alone() {
    let issuer = Issuer::start(&[&Key::es256("one")]);
    let slash = sandbox(&format!("{}/", issuer.url()));
    let run = jwks(&slash, &["fetch"]);
    assert_eq!(run.code, Some(69), "{}", run.shown());
    assert!(run.stderr.contains("to the letter"), "{}", run.shown());
    let port = issuer.url().rsplit(':').next().unwrap().to_owned();
    let by_name = sandbox(&format!("http://localhost:{port}"));
    let run = jwks(&by_name, &["fetch"]);
    assert!(run.stderr.contains("is of the issuer"), "{}", run.shown());
    let nobody = sandbox("http://127.0.0.1:1");
    let run = jwks(&nobody, &["fetch"]);
    assert_eq!(run.code, Some(75), "{}", run.shown());
    assert!(run.stderr.contains("cannot be reached"), "{}", run.shown());
}

#[test]
fn where_there_is_no_issuer_there_is_nothing_to_do() {
    let sandbox = Sandbox::new(&[
        ("docent.toml", "[[docs]]\npath = \"docs\"\n"),
        ("docs/a.md", "# A\n\nText.\n"),
    ]);
    let run = jwks(&sandbox, &["fetch", "--scheduled"]);
    assert_eq!(
        (run.code, run.shown().as_str()),
        (Some(0), "exit 0\n--- stdout\n--- stderr\n")
    );
    let run = jwks(&sandbox, &["fetch"]);
    assert_eq!(run.code, Some(0));
    assert!(run.stdout.contains("no issuer"), "{}", run.shown());
}
