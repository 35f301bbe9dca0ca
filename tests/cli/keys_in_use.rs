//! Access keys where docent serves: what they open, and what a reload makes of them.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use crate::{
    run::Sandbox,
    serve::{Server, docent, soon},
};

const CONFIG: &str = "\
[server]
trusted_proxies = [\"127.0.0.1\"]

[[docs]]
name = \"handbook\"
path = \"handbook\"

[[docs]]
name = \"payroll\"
path = \"payroll\"

[[audience]]
name = \"staff\"
docs = [\"all\"]

[[audience]]
name = \"partners\"
docs = [\"handbook\"]
";

const ANONYMOUS: &str = "\n[[audience]]\nname = \"anonymous\"\ndocs = [\"handbook\"]\n";

fn sandbox(config: &str) -> Sandbox {
    Sandbox::new(&[
        ("handbook/a.md", "# Apples\n\nAbout apples.\n"),
        ("payroll/b.md", "# Salaries\n\nAbout salaries.\n"),
        ("docent.toml", config),
    ])
}

fn serve(sandbox: &Sandbox) -> Server {
    Server::start_with(sandbox, docent(sandbox, &["--config", "docent.toml"]))
}

/// Makes a key, and returns it.
fn make(sandbox: &Sandbox, name: &str, audience: &str, more: &[&str]) -> String {
    let arguments = [
        "key",
        "new",
        name,
        "--audience",
        audience,
        "--config",
        "docent.toml",
    ];
    let made = sandbox.docent(&[&arguments, more].concat());
    assert_eq!(made.code, Some(0), "{}", made.shown());
    made.stdout.trim_end().to_owned()
}

fn revoke(sandbox: &Sandbox, name: &str) {
    let revoked = sandbox.docent(&["key", "revoke", name, "--config", "docent.toml"]);
    assert_eq!(revoked.code, Some(0), "{}", revoked.shown());
}

fn search(server: &Server, query: &str, headers: &str) -> String {
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"search","arguments":{{"query":"{query}"}}}}}}"#
    );
    let headers = headers.trim_end();
    match headers {
        "" => server.ask("POST", "/mcp", &body),
        headers => server.ask_with("POST", "/mcp", headers, &body),
    }
}

fn with(key: &str) -> String {
    format!("Authorization: Bearer {key}\r\n")
}

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap_or(answer)
}

/// What is logged is read a little later.
fn logs(server: &Server, what: &str) {
    soon(what, || server.log().contains(what));
}

/// Has docent read its configuration again, and waits until it has.
fn reload(server: &Server) {
    let told =
        |log: &str| log.matches("reloaded").count() + log.matches("is not taken over").count();
    let before = told(&server.log());
    server.signal("-HUP");
    soon("it has read its configuration again", || {
        told(&server.log()) > before
    });
}

#[test]
fn a_key_opens_its_audience_from_a_reload_to_the_next() {
    let sandbox = sandbox(CONFIG);
    let server = serve(&sandbox);
    let staff = make(&sandbox, "ci", "staff", &[]);
    let partner = make(&sandbox, "acme", "partners", &["--expires", "90d"]);
    let asked = |query: &str, key: &str| search(&server, query, &with(key));
    let refused = asked("salaries", &staff);
    assert_eq!(status(&refused), "401", "{refused}");
    reload(&server);
    assert!(asked("salaries", &staff).contains("payroll/b.md"));
    assert!(asked("apples", &partner).contains("handbook/a.md"));
    let answer = asked("salaries", &partner);
    assert_eq!(status(&answer), "200", "{answer}");
    assert!(!answer.contains("payroll"), "{answer}");
    let refused = search(&server, "apples", "");
    assert_eq!(status(&refused), "401", "{refused}");
    // Nobody can sign in here, and is told to.
    assert!(refused.contains("Send an access key"), "{refused}");
    revoke(&sandbox, "ci");
    assert_eq!(
        status(&asked("salaries", &staff)),
        "200",
        "until it is told"
    );
    reload(&server);
    let refused = asked("salaries", &staff);
    assert_eq!(status(&refused), "401", "{refused}");
    assert!(refused.contains("error=\"invalid_token\""), "{refused}");
    assert_eq!(status(&asked("apples", &partner)), "200");
    // Names are logged, keys are not.
    logs(&server, "key=\"ci\"");
    let log = server.log();
    for key in [&staff, &partner] {
        assert!(!log.contains(&key[..20]), "{log}");
    }
}

#[test]
fn a_key_ends_by_itself() {
    let sandbox = sandbox(CONFIG);
    let key = make(&sandbox, "ci", "staff", &["--expires", "1h"]);
    let server = serve(&sandbox);
    assert_eq!(status(&search(&server, "apples", &with(&key))), "200");
    let path = sandbox.path().join("keys.toml");
    let text = fs::read_to_string(&path).expect("keys.toml is there");
    let (before, _) = text.split_once("expires = ").expect("it ends");
    sandbox.write(
        "keys.toml",
        format!("{before}expires = 2026-01-01T00:00:00Z\n"),
    );
    reload(&server);
    let refused = search(&server, "apples", &with(&key));
    assert_eq!(status(&refused), "401", "{refused}");
    assert!(refused.contains("expired"), "{refused}");
}

#[test]
fn a_broken_file_changes_nothing_while_docent_runs() {
    let sandbox = sandbox(CONFIG);
    let key = make(&sandbox, "ci", "staff", &[]);
    let server = serve(&sandbox);
    let sound = fs::read_to_string(sandbox.path().join("keys.toml")).expect("keys.toml is there");
    for (broken, fault) in [
        (format!("{sound}[[key]]\n"), "missing field"),
        (
            sound.replace("\"staff\"", "\"stuff\""),
            "there is no audience `stuff`",
        ),
        (sound.replace("created", "secret"), "unknown field `secret`"),
    ] {
        sandbox.write("keys.toml", &broken);
        reload(&server);
        let log = server.log();
        assert!(log.contains(fault), "{fault}: {log}");
        assert!(log.contains("keys.toml:"), "{log}");
        let answer = search(&server, "salaries", &with(&key));
        assert!(answer.contains("payroll/b.md"), "{answer}");
        let checked = sandbox.docent(&["check", "--config-only", "--config", "docent.toml"]);
        assert_eq!(checked.code, Some(78), "{}", checked.shown());
        assert!(checked.stderr.contains(fault), "{}", checked.shown());
    }
    sandbox.write("keys.toml", "");
    reload(&server);
    assert_eq!(status(&search(&server, "apples", &with(&key))), "401");
}

#[test]
fn a_start_with_a_broken_file_serves_whoever_needs_no_key() {
    let sandbox = sandbox(&format!("{CONFIG}{ANONYMOUS}"));
    let key = make(&sandbox, "ci", "staff", &[]);
    let sound = fs::read_to_string(sandbox.path().join("keys.toml")).expect("keys.toml is there");
    sandbox.write("keys.toml", format!("{sound}nonsense = 1\n"));
    let server = serve(&sandbox);
    logs(&server, "not all access keys are in use");
    assert!(search(&server, "apples", "").contains("handbook/a.md"));
    // A key that cannot be known is not nobody's.
    assert_eq!(status(&search(&server, "apples", &with(&key))), "401");
    sandbox.write("keys.toml", &sound);
    reload(&server);
    assert!(search(&server, "salaries", &with(&key)).contains("payroll/b.md"));
    // An audience that is gone takes its keys with it, and no other.
    make(&sandbox, "acme", "partners", &[]);
    assert!(server.stop().is_some());
    sandbox.write(
        "docent.toml",
        CONFIG.replace("name = \"partners\"", "name = \"friends\""),
    );
    let server = serve(&sandbox);
    assert!(search(&server, "salaries", &with(&key)).contains("payroll/b.md"));
    logs(&server, "there is no audience `partners`");
}

#[test]
fn whoever_shows_bad_credentials_again_and_again_is_not_looked_at() {
    let limits = "\n[limits]\nrequests_per_second = 10000\nrequest_burst = 10000\n";
    let sandbox = sandbox(&format!("{CONFIG}{limits}"));
    let [key, new, unused] = ["ci", "new", "unused"].map(|name| make(&sandbox, name, "staff", &[]));
    let server = serve(&sandbox);
    let from = |address: &str, credential: &str| {
        search(
            &server,
            "apples",
            &format!("X-Forwarded-For: {address}\r\n{credential}"),
        )
    };
    let (guesser, other) = ("192.0.2.1", "192.0.2.2");
    assert_eq!(status(&from(guesser, &with(&key))), "200");
    let mut refused = 0;
    // One more comes back every six seconds, however slow this machine is.
    for number in 0..200 {
        let answer = from(guesser, &with(&format!("docent_{number:049}")));
        match status(&answer) {
            "401" => assert!(refused == 0 || number > 10, "{number}: {answer}"),
            "429" => {
                assert!(number >= 10, "{number}: {answer}");
                let after = answer.to_lowercase();
                let after = after
                    .split("retry-after: ")
                    .nth(1)
                    .expect("when to come back");
                let after: u64 = after
                    .split("\r\n")
                    .next()
                    .unwrap()
                    .parse()
                    .expect("seconds");
                assert!((1..=6).contains(&after), "{answer}");
                refused += 1;
            }
            _ => panic!("{number}: {answer}"),
        }
    }
    assert!(refused >= 150, "{refused}");
    // What was good goes on, a key that is in use opens from the first time on, what is neither is not looked at, and nobody
    // else is concerned.
    assert_eq!(status(&from(guesser, &with(&key))), "200");
    assert_eq!(status(&from(guesser, &with(&new))), "200");
    assert_eq!(status(&from(other, &with(&unused))), "200");
    soon("a credential is not looked at", || {
        status(&from(guesser, &with("nonsense"))) == "429"
    });
    assert_eq!(
        status(&from(guesser, "")),
        "401",
        "nothing is shown, and nothing guessed"
    );
    logs(&server, "again and again");
    let log = server.log();
    assert_eq!(log.matches("again and again").count(), 1, "{log}");
    assert!(!log.contains("docent_0000"), "{log}");
}

/// Many clients send a request in two parts; one that is refused after the first has a connection for the next one all the same.
#[test]
fn a_refusal_leaves_the_connection_as_it_is() {
    let sandbox = sandbox(CONFIG);
    let key = make(&sandbox, "ci", "staff", &[]);
    let server = serve(&sandbox);
    let mut stream = TcpStream::connect(server.address()).expect("docent listens");
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    let mut answer = |credential: &str| {
        let head = format!(
            "POST /mcp HTTP/1.1\r\nHost: localhost\r\n{credential}Content-Type: application/json\r\n\
             Accept: application/json, text/event-stream\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).expect("it is open");
        // Long enough for an answer that does not wait for the rest.
        stream
            .set_read_timeout(Some(Duration::from_millis(300)))
            .expect("a socket");
        let mut bytes = [0; 8192];
        let early = stream.read(&mut bytes).unwrap_or_default();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .expect("a socket");
        stream.write_all(body.as_bytes()).expect("it is open");
        let rest = stream.read(&mut bytes[early..]).expect("it is open");
        String::from_utf8_lossy(&bytes[..early + rest]).into_owned()
    };
    for (credential, expected) in [
        ("", "401"),
        (&*with(&key), "200"),
        (&*with("nonsense"), "401"),
    ] {
        let answer = answer(credential);
        assert_eq!(status(&answer), expected, "{answer}");
    }
    assert_eq!(status(&answer(&with(&key))), "200");
}

#[test]
fn any_use_of_a_key_is_told_once_in_a_while() {
    let sandbox = sandbox(CONFIG);
    let key = make(&sandbox, "ci", "staff", &[]);
    let server = serve(&sandbox);
    for _ in 0..3 {
        let list = server.ask_with("GET", "/llms.txt", with(&key).trim_end(), "");
        assert_eq!(status(&list), "200", "{list}");
    }
    logs(&server, "an access key is in use");
    let log = server.log();
    let told: Vec<_> = log
        .lines()
        .filter(|line| line.contains("is in use"))
        .collect();
    assert_eq!(told.len(), 1, "{log}");
    assert!(told[0].contains("key=\"ci\" audience=\"staff\""), "{log}");
}

/// What was opened with a key ends with it, and what was opened with another one stays.
#[test]
fn streams_end_with_their_key() {
    let sandbox = sandbox(CONFIG);
    let (revoked, kept) = (
        make(&sandbox, "ci", "staff", &[]),
        make(&sandbox, "other", "staff", &[]),
    );
    let server = serve(&sandbox);
    let open = |key: &str| {
        let mut stream = TcpStream::connect(server.address()).expect("docent listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .expect("a socket");
        write!(
            stream,
            "GET /sse HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nConnection: close\r\n{}\r\n",
            with(key)
        )
        .expect("it is open");
        let mut seen = String::new();
        let mut bytes = [0; 4096];
        while !seen.contains("event: endpoint") {
            let length = stream.read(&mut bytes).expect("an event");
            assert!(length > 0, "{seen}");
            seen += &String::from_utf8_lossy(&bytes[..length]);
        }
        stream
    };
    let (mut ends, mut stays) = (open(&revoked), open(&kept));
    revoke(&sandbox, "ci");
    reload(&server);
    let mut rest = Vec::new();
    ends.read_to_end(&mut rest).expect("it ends in good order");
    assert_eq!(status(&search(&server, "apples", &with(&kept))), "200");
    stays
        .set_read_timeout(Some(Duration::from_millis(200)))
        .expect("a socket");
    let mut bytes = [0; 4096];
    // Nothing, or a comment that keeps it alive; an end would be a read of no bytes.
    assert!(
        !matches!(stays.read(&mut bytes), Ok(0)),
        "another stream ends too"
    );
}

/// People paste keys anywhere, into a search too.
#[test]
fn no_key_that_is_searched_for_is_in_the_log() {
    let sandbox = sandbox(CONFIG);
    let key = make(&sandbox, "ci", "staff", &[]);
    let token = format!("docent_at_{}", "aB-3_".repeat(20));
    let server = serve(&sandbox);
    for secret in [&key, &token] {
        search(&server, &format!("why is {secret} refused"), &with(&key));
        server.ask_with("GET", &format!("/handbook/{secret}"), &with(&key), "");
        server.ask_with("GET", &format!("/search?q={secret}"), &with(&key), "");
    }
    logs(&server, "why is docent_[…] refused");
    logs(&server, "missing=\"handbook/docent_[…]\"");
    let log = server.log();
    for secret in [&key[8..], "aB-3_aB-3_"] {
        assert!(!log.contains(secret), "{log}");
    }
}

/// Taking access away waits for nothing.
#[test]
fn a_revoked_key_opens_nothing_whatever_else_is_wrong() {
    let sandbox = sandbox(CONFIG);
    let [gone, kept] = ["gone", "kept"].map(|name| make(&sandbox, name, "staff", &[]));
    let server = serve(&sandbox);
    let opens = |key: &str| search(&server, "salaries", &with(key)).contains("payroll/b.md");
    assert!(opens(&gone) && opens(&kept));
    let new = make(&sandbox, "new", "partners", &[]);
    sandbox.write(
        "docent.toml",
        CONFIG.replace("name = \"partners\"", "name = \"friends\""),
    );
    revoke(&sandbox, "gone");
    reload(&server);
    logs(&server, "the new configuration is not taken over");
    assert_eq!(status(&search(&server, "salaries", &with(&gone))), "401");
    assert!(opens(&kept), "{}", server.log());
    // What is new waits for a configuration that is right.
    assert_eq!(status(&search(&server, "apples", &with(&new))), "401");
    sandbox.write("docent.toml", CONFIG);
    reload(&server);
    assert!(opens(&kept));
    assert!(search(&server, "apples", &with(&new)).contains("handbook/a.md"));
}
