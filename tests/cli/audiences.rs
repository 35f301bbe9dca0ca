//! Audiences and access keys, as the process serves them: from its configuration, through reloads.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use serde_json::json;

use crate::{
    run::Sandbox,
    serve::{Server, docent, soon},
};

/// A new access key, made as the operator makes it.
pub(crate) fn access_key(sandbox: &Sandbox, config: &str, name: &str, audience: &str) -> String {
    let arguments = [
        "key",
        "new",
        name,
        "--audience",
        audience,
        "--config",
        config,
        "--no-reload",
    ];
    let run = sandbox.docent(&arguments);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    let key = run.stdout.trim().to_owned();
    assert!(key.starts_with("docent_"), "{}", run.shown());
    key
}

/// The header that a key is sent in, after another one; nothing for nobody.
pub(crate) fn bearer(key: &str) -> String {
    match key {
        "" => String::new(),
        key => format!("\nAuthorization: Bearer {key}"),
    }
}

fn config(audiences: &[(&str, &str)]) -> String {
    let docs = ["open", "secret", "late"];
    let docs = docs.map(|name| format!("[[docs]]\nname = \"{name}\"\npath = \"{name}\"\n\n"));
    let mut text = docs.concat();
    for (name, docs) in audiences {
        text += &format!("[[audience]]\nname = \"{name}\"\ndocs = [{docs}]\n\n");
    }
    text
}

fn sandbox(audiences: &[(&str, &str)]) -> Sandbox {
    Sandbox::new(&[
        ("docent.toml", &config(audiences)),
        ("open/a.md", "# Polish\n\nHow to polish a lantern.\n"),
        ("secret/a.md", "# Quench\n\nHow to quench a lantern.\n"),
    ])
}

fn start(sandbox: &Sandbox) -> Server {
    Server::start_with(sandbox, docent(sandbox, &["--config", "docent.toml"]))
}

/// The answer to a search by the holder of a key, with its head.
fn search(server: &Server, key: &str, query: &str) -> String {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
        "name": "search", "arguments": {"query": query},
    }});
    server.send(
        "POST",
        "/mcp",
        &format!("Host: localhost{}", bearer(key)),
        &body.to_string(),
    )
}

fn finds(server: &Server, key: &str, query: &str) -> bool {
    let answer = search(server, key, query);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    answer.contains("/a.md")
}

fn reload(server: &Server) {
    let reloads = |server: &Server| {
        let log = server.log();
        log.matches("reloaded").count() + log.matches("is not taken over").count()
    };
    let before = reloads(server);
    server.signal("-HUP");
    soon("a reload", || reloads(server) > before);
}

/// An open `GET /sse`, read to its end in a thread of its own.
struct Stream {
    endpoint: String,
    end: std::thread::JoinHandle<String>,
}

impl Stream {
    fn open(server: &Server, key: &str) -> Self {
        let mut stream = TcpStream::connect(server.address()).expect("docent listens");
        write!(
            stream,
            "GET /sse HTTP/1.1\r\nHost: localhost\r\nConnection: close{}\r\n\r\n",
            bearer(key)
        )
        .expect("sent");
        let mut head = String::new();
        let mut bytes = [0; 1024];
        while !head.contains("sessionId=") || !head.ends_with("\r\n") {
            let read = stream.read(&mut bytes).expect("events");
            assert!(read > 0, "{head}");
            head += std::str::from_utf8(&bytes[..read]).expect("text");
        }
        let endpoint = head.split("data: ").nth(1).expect("an endpoint");
        let endpoint = format!("/{}", endpoint.lines().next().unwrap_or_default());
        let end = std::thread::spawn(move || {
            let mut rest = String::new();
            stream
                .read_to_string(&mut rest)
                .expect("the end of the stream");
            rest
        });
        Self { endpoint, end }
    }

    fn post(&self, server: &Server, key: &str) -> String {
        let body = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2024-11-05","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#;
        server.send(
            "POST",
            &self.endpoint,
            &format!("Host: localhost{}", bearer(key)),
            body,
        )
    }
}

#[test]
fn a_key_opens_what_its_audience_may_read_until_it_is_revoked() {
    let sandbox = sandbox(&[("staff", "\"open\", \"secret\""), ("anonymous", "\"open\"")]);
    let key = access_key(&sandbox, "docent.toml", "alice@laptop", "staff");
    let other = access_key(&sandbox, "docent.toml", "ci", "staff");
    let server = start(&sandbox);
    assert!(finds(&server, &key, "quench") && finds(&server, &key, "polish"));
    assert!(finds(&server, "", "polish") && !finds(&server, "", "quench"));
    let head = search(&server, &key, "quench")
        .split("\r\n\r\n")
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    assert!(
        head.contains("cache-control: private") || head.contains("cache-control: no-store"),
        "{head}"
    );
    assert!(head.contains("vary: authorization"), "{head}");

    // A session is its opener's.
    let stream = Stream::open(&server, &key);
    assert!(stream.post(&server, &key).starts_with("HTTP/1.1 202"));
    for stranger in ["", &other] {
        let answer = stream.post(&server, stranger);
        assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
        assert!(answer.contains("There is no such session"), "{answer}");
    }
    let stays = Stream::open(&server, &other);

    let revoked = sandbox.docent(&["key", "revoke", "alice@laptop", "--config", "docent.toml"]);
    assert_eq!(revoked.code, Some(0), "{}", revoked.shown());
    reload(&server);
    assert!(search(&server, &key, "quench").starts_with("HTTP/1.1 401"));
    stream.end.join().expect("it ends");
    assert!(finds(&server, &other, "quench"));
    assert!(stays.post(&server, &other).starts_with("HTTP/1.1 202"));
    assert!(!stays.end.is_finished());

    let log = server.log();
    assert!(
        log.contains("audience=\"staff\"") && log.contains("key=\"alice@laptop\""),
        "{log}"
    );
    assert!(log.contains("audience=\"anonymous\""), "{log}");
    for key in [&key, &other] {
        assert!(!log.contains(key.as_str()), "{log}");
    }
    assert!(log.contains("set=\"late\""), "nobody may read it: {log}");
    assert_eq!(server.stop(), Some(0));
    stays.end.join().expect("it ends");
}

#[test]
fn audiences_come_change_and_go_with_reloads() {
    let sandbox = sandbox(&[]);
    let server = start(&sandbox);
    let everybodys = Stream::open(&server, "");
    assert!(finds(&server, "", "quench"));

    sandbox.write(
        "docent.toml",
        config(&[("staff", "\"secret\""), ("anonymous", "\"open\"")]),
    );
    let key = access_key(&sandbox, "docent.toml", "ci", "staff");
    reload(&server);
    everybodys.end.join().expect("it is nobody's any more");
    assert!(!finds(&server, "", "quench") && finds(&server, &key, "quench"));
    assert!(!finds(&server, &key, "polish"));
    let staff = Stream::open(&server, &key);

    // A configuration that is none changes nothing.
    sandbox.write(
        "docent.toml",
        config(&[("staff", "\"open\""), ("staff", "\"open\"")]),
    );
    reload(&server);
    assert!(finds(&server, &key, "quench"));
    assert!(!staff.end.is_finished());

    sandbox.write("docent.toml", config(&[("staff", "\"open\"")]));
    reload(&server);
    staff
        .end
        .join()
        .expect("it would be answered from other documents");
    assert!(!finds(&server, &key, "quench") && finds(&server, &key, "polish"));
    assert!(search(&server, "", "polish").starts_with("HTTP/1.1 401"));

    sandbox.write("docent.toml", config(&[]));
    reload(&server);
    assert!(finds(&server, "", "quench") && finds(&server, "", "polish"));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn an_audience_waits_for_its_documents_alone() {
    let sandbox = sandbox(&[("staff", "\"late\""), ("anonymous", "\"open\"")]);
    let key = access_key(&sandbox, "docent.toml", "ci", "staff");
    let server = start(&sandbox);
    assert!(finds(&server, "", "polish"));
    let answer = search(&server, &key, "quinces");
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    let health = |server: &Server| server.ask("GET", "/healthz", "");
    assert!(health(&server).starts_with("HTTP/1.1 200"));
    sandbox.write("late/a.md", "# Late\n\nAbout quinces.\n");
    soon("the documents are found", || {
        search(&server, &key, "quinces").contains("late/a.md")
    });
    sandbox.write("late/a.md", "# Late\n\nAbout medlars.\n");
    soon("a change is found", || finds(&server, &key, "medlars"));
    assert!(!finds(&server, "", "medlars"));
    for folder in ["audience-staff", "audience-anonymous"] {
        assert!(
            sandbox
                .path()
                .join("cache")
                .join(folder)
                .join("standing.json")
                .exists(),
            "{folder}"
        );
    }
    assert_eq!(server.stop(), Some(0));
}
