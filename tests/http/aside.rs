//! Searches keep nobody waiting who does not search.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::TcpStream,
    pin::Pin,
    sync::{Arc, RwLock},
    task::{Context, Waker},
};

use docent::{
    config::Limits,
    http::Site,
    mcp::{Failed, Library},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::server::{Events, Response, Server, library, request};

const TYPE: (&str, &str) = ("Content-Type", "application/json");
const OLDER: (&str, &str) = ("MCP-Protocol-Version", "2025-11-25");
const BATCHES: (&str, &str) = ("MCP-Protocol-Version", "2025-03-26");
const MODERN: (&str, &str) = ("MCP-Protocol-Version", "2026-07-28");

/// A server with one thread that answers requests.
fn server() -> (Server, Arc<Library>, TempDir) {
    let (library, cache) = library::handbook();
    let app = Server::app(Arc::clone(&library));
    let site = Arc::new(Site::new(&app, Limits::default()));
    (Server::serving_on(site, 1), library, cache)
}

/// What is asked for: in short, with which headers, in which message.
type Asked<'a> = (&'a str, &'a [(&'a str, &'a str)], Value);

type Job<'a> = Pin<Box<dyn Future<Output = Result<(), Failed>> + 'a>>;

/// Searches that go on until a gate opens, far more than run at the same time.
fn occupy<'a>(library: &'a Library, gate: &Arc<RwLock<()>>) -> Vec<Job<'a>> {
    let begin = |_| {
        let gate = Arc::clone(gate);
        let mut job: Job<'_> = Box::pin(library.aside(move || drop(gate.read())));
        let begun = job.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(begun.is_pending());
        job
    };
    (0..500).map(begin).collect()
}

fn message(method: &str, params: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
}

fn call(name: &str, arguments: Value) -> Value {
    message("tools/call", json!({"name": name, "arguments": arguments}))
}

fn modern(method: &str, mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": MODERN.1,
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    message(method, params)
}

/// Posts a message, and reads no answer yet.
fn begin(server: &Server, headers: &[(&str, &str)], body: &Value) -> TcpStream {
    let mut stream = server.connect();
    let headers = [headers, &[TYPE]].concat();
    let bytes = request("POST", "/mcp", &headers, body.to_string().as_bytes());
    stream.write_all(&bytes).unwrap();
    stream
}

fn is_silent(mut stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let read = stream.read(&mut [0; 1]);
    stream.set_nonblocking(false).unwrap();
    read.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
}

#[test]
fn whoever_does_not_search_is_answered_while_searches_take_long() {
    let (server, library, _cache) = server();
    let mut events = Events::open(&server);
    let endpoint = format!("/{}", events.next().unwrap().1);
    let say = |body: Value| {
        let body = body.to_string();
        let taken = server.send("POST", &endpoint, &[TYPE], body.as_bytes());
        assert_eq!(taken.status, 202, "{}", taken.text());
    };
    let client = json!({"name": "test", "version": "1"});
    let hello = json!({"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": client});
    say(message("initialize", hello.clone()));
    events.next().unwrap();
    say(json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));

    let gate = Arc::new(RwLock::new(()));
    let shut = gate.write().unwrap();
    let occupied = occupy(&library, &gate);

    let search = call("search", json!({"query": "retention_days"}));
    // For rmcp, which passes over what it does not know.
    let mut indirect = search.clone();
    indirect["params"]["beyond"] = json!(true);
    let completed = json!({
        "ref": {"type": "ref/resource", "uri": "docent://{set}/{+path}"},
        "argument": {"name": "path", "value": "in"},
    });
    let uri = json!({"uri": "docent://guide/install.md"});
    let long = json!({"cursor": null, "filler": "x".repeat(500_000)});
    let said = [MODERN, ("Mcp-Method", "tools/call"), ("Mcp-Name", "search")];
    let slow: Vec<Asked<'_>> = vec![
        ("search", &[OLDER], search.clone()),
        (
            "2026-07-28",
            &said,
            modern("tools/call", search["params"].clone()),
        ),
        ("rmcp", &[OLDER], indirect.clone()),
        (
            "rmcp, 2026-07-28",
            &said,
            modern("tools/call", indirect["params"].clone()),
        ),
        (
            "read",
            &[OLDER],
            call("read", json!({"id": "guide/nowhere.md"})),
        ),
        (
            "browse",
            &[OLDER],
            call("browse", json!({"path": "nowhere"})),
        ),
        ("list", &[OLDER], message("resources/list", json!({}))),
        ("resource", &[OLDER], message("resources/read", uri)),
        (
            "completion",
            &[OLDER],
            message("completion/complete", completed),
        ),
        (
            "batch",
            &[BATCHES],
            json!([
                message("ping", json!({})),
                search,
                message("ping", json!({}))
            ]),
        ),
        (
            "long query",
            &[OLDER],
            call("search", json!({"query": "word ".repeat(50_000)})),
        ),
        (
            "long message",
            &[OLDER],
            message("resources/templates/list", long.clone()),
        ),
        (
            "long batch",
            &[BATCHES],
            json!([message("resources/templates/list", long)]),
        ),
    ];
    let slow: Vec<(&str, TcpStream)> = slow
        .into_iter()
        .map(|(name, headers, body)| (name, begin(&server, headers, &body)))
        .collect();
    let mut of_session = search;
    of_session["id"] = json!(2);
    say(of_session);

    for round in 0..3 {
        for (method, params) in [
            ("ping", json!({})),
            ("tools/list", json!({})),
            ("resources/templates/list", json!({})),
        ] {
            let answer = server.call(method, params);
            assert!(answer["result"].is_object(), "{round} {method} {answer}");
        }
        let hello = message("initialize", hello.clone()).to_string();
        assert_eq!(server.post(&[], hello.as_bytes()).status, 200);
        let discover = modern("server/discover", json!({})).to_string();
        let headers = [MODERN, ("Mcp-Method", "server/discover")];
        assert_eq!(server.post(&headers, discover.as_bytes()).status, 200);
        for path in ["/healthz", "/"] {
            assert_eq!(server.get(path).status, 200, "{path}");
        }
        let mut ping = message("ping", json!({}));
        ping["id"] = json!(format!("ping {round}"));
        say(ping.clone());
        let answer: Value = serde_json::from_str(&events.next().unwrap().1).unwrap();
        assert_eq!(answer["id"], ping["id"], "before the search of its session");
    }
    for (name, stream) in &slow {
        assert!(
            is_silent(stream),
            "{name}: not beside the thread that answers"
        );
    }

    drop(shut);
    for (name, mut stream) in slow {
        let answer = Response::read(&mut stream).unwrap();
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        let mut answers = match answer.json() {
            Value::Array(answers) => answers,
            answer => vec![answer],
        };
        let all = answers
            .iter_mut()
            .all(|answer| answer["result"].take().is_object());
        assert!(all, "{name}: {}", answer.text());
    }
    let answer: Value = serde_json::from_str(&events.next().unwrap().1).unwrap();
    assert_eq!(
        (&answer["id"], answer["result"].is_object()),
        (&json!(2), true)
    );
    drop(occupied);
}

#[test]
fn pages_that_take_long_keep_no_search_waiting() {
    let (server, library, _cache) = server();
    let gate = Arc::new(RwLock::new(()));
    let closed = gate.write().unwrap();
    let begin = |_| {
        let gate = Arc::clone(&gate);
        let mut job: Job<'_> = Box::pin(library.page_aside(move || drop(gate.read())));
        let begun = job.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(begun.is_pending());
        job
    };
    let _pages: Vec<_> = (0..100).map(begin).collect();
    for (tool, arguments) in [
        (
            "search",
            json!({"query": "restore a backup, which nobody has asked"}),
        ),
        ("browse", json!({})),
    ] {
        let body = call(tool, arguments).to_string();
        let answer = server.post(&[TYPE, OLDER], body.as_bytes());
        assert_eq!(answer.status, 200, "{tool}: {}", answer.text());
    }
    drop(closed);
}

#[test]
fn a_fault_is_that_of_one_request() {
    let (server, library, _cache) = server();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    for _ in 0..100 {
        let failed = runtime.block_on(library.aside(|| panic!("a fault")));
        let told = failed.map_err(|failed| failed.to_string());
        assert!(matches!(told, Err(said) if said.contains("a fault")));
    }
    let (text, is_error) = server.tool("search", json!({"query": "retention_days"}));
    assert!(!is_error && text.contains("backup.md"), "{text}");
    assert_eq!(server.get("/healthz").status, 200);
}
