//! How much one client may ask for: each by the address that a trusted proxy names, as this machine has only one of its own.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Instant,
};

use docent::{
    config::{Limits, Origin, TrustedProxies},
    http::{App, Site},
};
use serde_json::json;

use crate::server::{PATIENCE, Response, Server, library, request};

/// Every address is told by a proxy on this machine.
fn proxied(limits: Limits) -> Server {
    let app = App {
        proxies: TrustedProxies {
            networks: vec!["127.0.0.1/32".parse().unwrap()],
            unix: false,
        },
        origins: vec![Origin::https("app.example.com")],
        ..Server::app(library::handbook().0)
    };
    Server::serving(Arc::new(Site::new(&app, limits)))
}

fn slow() -> Limits {
    Limits {
        requests_per_second: 1,
        request_burst: 5,
        ..Limits::default()
    }
}

fn health(server: &Server, from: &str) -> Response {
    server.send("GET", "/healthz", &[("X-Forwarded-For", from)], b"")
}

/// Asks until it is refused; how often it was answered before, and the refusal.
fn until_refused(mut ask: impl FnMut() -> Response) -> (usize, Response) {
    let begun = Instant::now();
    let mut answered = 0;
    loop {
        let answer = ask();
        if answer.status == 429 {
            return (answered, answer);
        }
        assert_eq!(answer.status, 200);
        answered += 1;
        assert!(begun.elapsed() < PATIENCE, "{answered} answered");
    }
}

#[test]
fn a_burst_is_answered_and_what_follows_it_is_told_when_to_come_back() {
    let server = proxied(slow());
    let begun = Instant::now();
    let (answered, refused) = until_refused(|| health(&server, "192.0.2.1"));
    let regained = usize::try_from(begun.elapsed().as_secs()).unwrap() + 1;
    assert!((5..=5 + regained).contains(&answered), "{answered}");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(refused.header("cache-control"), Some("no-store"));
    assert_eq!(refused.header("x-content-type-options"), Some("nosniff"));
    assert!(refused.text().contains("try again in a second"));
    // Another address, and another network of IPv6, are somebody else; the rest of the network is not.
    for other in ["192.0.2.2", "2001:db8:0:1::1", "2001:db8:0:2::1"] {
        assert_eq!(health(&server, other).status, 200, "{other}");
    }
    let mut hosts = 2..;
    let (answered, _) =
        until_refused(|| health(&server, &format!("2001:db8:0:1::{}", hosts.next().unwrap())));
    assert!(answered <= 4 + 60, "{answered}");
    // Who comes back when told to is answered.
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert_eq!(health(&server, "192.0.2.1").status, 200);
}

#[test]
fn a_client_of_mcp_is_told_in_its_own_terms() {
    let server = proxied(slow());
    let from = [
        ("X-Forwarded-For", "192.0.2.1"),
        ("Origin", "https://app.example.com"),
    ];
    let ping = br#"{"jsonrpc":"2.0","id":"ping-7","method":"ping"}"#;
    let (_, refused) = until_refused(|| server.post(&from, ping));
    let body = refused.json();
    assert_eq!(body["jsonrpc"], "2.0");
    assert_eq!(body["id"], "ping-7");
    assert_eq!(body["error"]["code"], -32000);
    assert!(
        body["error"]["message"]
            .as_str()
            .unwrap()
            .contains("try again")
    );
    // A page of an origin that may call can read when.
    assert_eq!(
        refused.header("access-control-allow-origin"),
        Some("https://app.example.com")
    );
    let exposed = refused.header("access-control-expose-headers").unwrap();
    assert!(exposed.contains("retry-after"), "{exposed}");
    // What is no message is answered in words.
    let refused = server.post(&from, b"{");
    assert_eq!(refused.status, 429);
    assert_eq!(refused.json()["id"], json!(null));
    let message = server.send("POST", "/message?sessionId=x", &from, ping);
    assert_eq!(message.status, 429);
    assert!(message.text().starts_with("Too many requests"));
}

#[test]
fn a_batch_is_as_many_requests_as_are_in_it() {
    let server = proxied(slow());
    let from = [("X-Forwarded-For", "192.0.2.1")];
    let pings: Vec<_> = (0..50)
        .map(|id| json!({"jsonrpc": "2.0", "id": id, "method": "ping"}))
        .collect();
    let begun = Instant::now();
    let answer = server.post(&from, json!(pings).to_string().as_bytes());
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json().as_array().unwrap().len(), 50);
    let refused = health(&server, "192.0.2.1");
    assert_eq!(refused.status, 429);
    let after: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    // Fifty of which five may be open, a second each, but for the time that has gone.
    let gone = begun.elapsed().as_secs() + 1;
    assert!(after <= 46 && after + gone >= 46, "{after} after {gone}");
}

#[test]
fn only_so_many_run_at_the_same_time_and_streams_do_not_count() {
    let limits = Limits {
        requests_per_second: 1_000_000,
        request_burst: 1_000_000,
        requests_in_flight: 3,
        ..Limits::default()
    };
    let server = proxied(limits);
    let from = |address| [("X-Forwarded-For", address)];
    // Streams last, and are no requests that run.
    let streams: Vec<_> = (0..5)
        .map(|_| {
            let mut stream = server.connect();
            let head = request("GET", "/sse", &from("192.0.2.1"), b"");
            stream.write_all(&head).unwrap();
            let mut start = [0; 15];
            stream.read_exact(&mut start).unwrap();
            assert_eq!(&start, b"HTTP/1.1 200 OK");
            stream
        })
        .collect();
    assert_eq!(health(&server, "192.0.2.1").status, 200);
    // Requests that are not sent to their end run.
    let unfinished = |address| {
        let mut stream = server.connect();
        let head = [
            ("Content-Type", "application/json"),
            ("Content-Length", "100"),
        ];
        let head = [&head[..], &from(address)].concat();
        let whole = request("POST", "/mcp", &head, b"");
        stream.write_all(&whole).unwrap();
        stream
    };
    // One that comes while its health is asked for may be refused, and does not run: there are more of them until three do.
    let mut running = Vec::new();
    wait_for(|| {
        running.push(unfinished("192.0.2.1"));
        health(&server, "192.0.2.1").status == 429
    });
    let refused = health(&server, "192.0.2.1");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert!(refused.text().contains("are running"));
    assert_eq!(health(&server, "192.0.2.2").status, 200);
    drop(running);
    wait_for(|| health(&server, "192.0.2.1").status == 200);
    drop(streams);
}

/// What is called in a session runs until it is answered, though the request that brings it is over at once: here
/// nobody reads the answers.
#[test]
fn what_is_called_in_a_session_runs_until_it_is_answered() {
    let server = proxied(Limits {
        requests_per_second: 1_000_000,
        request_burst: 1_000_000,
        requests_in_flight: 4,
        ..Limits::default()
    });
    let from = [
        ("X-Forwarded-For", "192.0.2.1"),
        ("Content-Type", "application/json"),
    ];
    let mut stream = with_a_small_window(server.address);
    let open = request("GET", "/sse", &from[..1], b"");
    stream.write_all(&open).unwrap();
    let mut said = String::new();
    while !said.contains("\n\n") {
        let mut bytes = [0; 256];
        let read = stream.read(&mut bytes).unwrap();
        said += std::str::from_utf8(&bytes[..read]).unwrap();
    }
    let endpoint = said.lines().find_map(|line| line.strip_prefix("data: "));
    let endpoint = format!("/{}", endpoint.unwrap());
    let post = |message: serde_json::Value| {
        let body = message.to_string();
        server.send("POST", &endpoint, &from, body.as_bytes())
    };
    let initialize = json!({"jsonrpc": "2.0", "id": "i", "method": "initialize", "params": {
        "protocolVersion": "2024-11-05", "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }});
    assert_eq!(post(initialize).status, 202);
    let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    assert_eq!(post(initialized).status, 202);
    let mut ids = 0..;
    let mut call = || post(json!({"jsonrpc": "2.0", "id": ids.next(), "method": "tools/list"}));
    wait_for(|| {
        let answer = call();
        let is_refused = answer.status == 429;
        // One session may have more than that.
        assert!(!is_refused || answer.text().contains("from your address are running"));
        is_refused
    });
    // Others have a share of their own, and once the answers are read there is room again.
    assert_eq!(health(&server, "192.0.2.2").status, 200);
    let reader = std::thread::spawn(move || std::io::copy(&mut stream, &mut std::io::sink()));
    wait_for(|| call().status == 202);
    drop(server);
    let _ = reader.join();
}

/// One whose client takes little that it has not read.
fn with_a_small_window(address: std::net::SocketAddr) -> TcpStream {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .unwrap();
    let stream = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        socket.connect(address).await.unwrap().into_std().unwrap()
    });
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

fn wait_for(mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE);
        std::thread::yield_now();
    }
}

#[test]
fn where_many_share_an_address_it_may_do_more() {
    let server = proxied(Limits {
        shared_addresses: vec!["198.51.100.0/24".parse().unwrap()],
        ..slow()
    });
    let (many, _) = until_refused(|| health(&server, "198.51.100.7"));
    assert!(many >= 16 * 5, "{many}");
}

#[test]
fn this_machine_is_not_limited() {
    let limits = Limits {
        requests_in_flight: 1,
        request_burst: 1,
        ..slow()
    };
    let server = Server::with(limits.clone());
    let proxied = proxied(limits);
    for _ in 0..50 {
        assert_eq!(server.get("/healthz").status, 200);
        // A proxy that names nobody, or itself.
        assert_eq!(proxied.get("/healthz").status, 200);
        assert_eq!(health(&proxied, "127.0.0.1").status, 200);
    }
}

/// An assistant asks for sixteen things at once, and a crawler for as much as it can.
#[test]
fn one_who_sends_as_fast_as_it_can_is_nobody_elses_trouble() {
    const OTHERS: usize = 16;
    const EACH: usize = 60;
    let server = proxied(Limits::default());
    let is_over = AtomicBool::new(false);
    let refused = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let crowd: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let mut connection = Connection::open(&server, "192.0.2.1");
                    while !is_over.load(Ordering::Relaxed) {
                        refused
                            .fetch_add(usize::from(connection.search() == 429), Ordering::Relaxed);
                    }
                })
            })
            .collect();
        wait_for(|| refused.load(Ordering::Relaxed) > 100);
        let others: Vec<_> = (0..OTHERS)
            .map(|other| {
                let server = &server;
                scope.spawn(move || {
                    let mut connection = Connection::open(server, &format!("203.0.113.{other}"));
                    (0..EACH).map(|_| connection.search()).collect::<Vec<_>>()
                })
            })
            .collect();
        for other in others {
            assert_eq!(other.join().unwrap(), vec![200; EACH]);
        }
        is_over.store(true, Ordering::Relaxed);
        for one in crowd {
            one.join().unwrap();
        }
    });
    // Sixteen searches of one assistant at once.
    std::thread::scope(|scope| {
        let searches: Vec<_> = (0..16)
            .map(|_| scope.spawn(|| Connection::open(&server, "203.0.113.200").search()))
            .collect();
        for search in searches {
            assert_eq!(search.join().unwrap(), 200);
        }
    });
}

/// One that is kept.
struct Connection {
    stream: TcpStream,
    search: Vec<u8>,
}

impl Connection {
    fn open(server: &Server, from: &str) -> Self {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
            "name": "search", "arguments": {"query": "lantern"},
        }});
        let headers = [
            ("Connection", "keep-alive"),
            ("Content-Type", "application/json"),
            ("Accept", "application/json, text/event-stream"),
            ("X-Forwarded-For", from),
        ];
        Self {
            stream: server.connect(),
            search: request("POST", "/mcp", &headers, body.to_string().as_bytes()),
        }
    }

    /// The status of the answer, which is read to its end.
    fn search(&mut self) -> u16 {
        self.stream.write_all(&self.search).unwrap();
        let mut bytes = Vec::new();
        let mut buffer = [0; 16 * 1024];
        loop {
            let read = self.stream.read(&mut buffer).unwrap();
            assert!(read > 0, "the connection is kept");
            bytes.extend_from_slice(&buffer[..read]);
            let text = String::from_utf8_lossy(&bytes);
            let Some((head, body)) = text.split_once("\r\n\r\n") else {
                continue;
            };
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("Content-Length: "));
            let length: usize = length.expect("an answer has a length").parse().unwrap();
            if body.len() >= length {
                return head[9..12].parse().unwrap();
            }
        }
    }
}
