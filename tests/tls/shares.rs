//! What one address may hold where everybody can connect. In a network namespace of the test's own, which has more
//! addresses than those that mean this machine.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    process::Command,
    time::Instant,
};

use docent::config::Limits;

use crate::{
    left_out::needs_program,
    public::{NAMES, Public, Tls, rest},
    server::{PATIENCE, Response, request},
};

/// Set in the namespace.
const INSIDE: &str = "DOCENT_TEST_ADDRESSES";

#[test]
fn one_address_cannot_shut_out_the_others() {
    if std::env::var_os(INSIDE).is_some() {
        return inside();
    }
    if !needs_program(
        "that one address cannot shut out the others",
        "ip",
        "iproute2",
    ) {
        return;
    }
    let script = "ip link set lo up
        for address in 192.0.2.1 192.0.2.2 203.0.113.1 160.79.104.10; do ip address add $address/32 dev lo; done
        exec \"$0\" --exact shares::one_address_cannot_shut_out_the_others --nocapture";
    let status = Command::new("unshare")
        .args(["--user", "--map-root-user", "--net", "sh", "-ec", script])
        .arg(std::env::current_exe().unwrap())
        .env(INSIDE, "1")
        .status()
        .unwrap();
    assert!(status.success());
}

fn inside() {
    asked_too_much();
    let limits = Limits {
        connections: 12,
        connections_per_address: 3,
        ..Limits::default()
    };
    let public = Public::with(&NAMES, limits);
    let secure = |from| secure(&public, from);

    // Three are kept, the others are closed at once.
    let mut held: Vec<_> = (0..3).filter_map(|_| secure("192.0.2.1")).collect();
    assert_eq!(held.len(), 3);
    for _ in 0..20 {
        assert!(secure("192.0.2.1").is_none());
    }
    // Others are not concerned: another address, this machine, plain listeners, plain HTTP beside HTTPS.
    assert!(secure("192.0.2.2").is_some());
    let own: Vec<_> = (0..4).filter_map(|_| secure("127.0.0.1")).collect();
    assert_eq!(own.len(), 4);
    drop(own);
    let plain: Vec<_> = (0..4)
        .filter_map(|_| clear(public.plain, "192.0.2.1"))
        .collect();
    assert_eq!(plain.len(), 4);
    drop(plain);
    assert!(clear(public.http, "192.0.2.1").is_some());
    // Where many people have one address, it has half of all.
    let mut many = Vec::new();
    let begun = Instant::now();
    while many.len() < 6 {
        many.extend(secure("160.79.104.10"));
        assert!(begun.elapsed() < PATIENCE, "{} of 6", many.len());
    }
    assert!(secure("160.79.104.10").is_none());
    drop(many);
    // What is given up can be had again.
    held.clear();
    let begun = Instant::now();
    while secure("192.0.2.1").is_none() {
        assert!(begun.elapsed() < PATIENCE, "the share is not given back");
    }
    assert_eq!(public.get("/healthz").status, 200);
}

/// A connection over TLS; `None` where it is closed at once.
fn secure(public: &Public, from: &str) -> Option<Tls> {
    let socket = connect(public.https, from);
    public.tls_on(socket, "localhost", &["http/1.1"]).ok()
}

/// A connection that has been answered and is kept.
fn clear(to: SocketAddr, from: &str) -> Option<TcpStream> {
    let mut stream = connect(to, from);
    let keep = [("Connection", "keep-alive")];
    stream
        .write_all(&request("GET", "/healthz", &keep, b""))
        .ok()?;
    stream.read_exact(&mut [0]).ok()?;
    Some(stream)
}

/// std cannot say from where.
fn connect(to: SocketAddr, from: &str) -> TcpStream {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .unwrap();
    let stream = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket
            .bind(SocketAddr::new(from.parse().unwrap(), 0))
            .unwrap();
        socket.connect(to).await.unwrap().into_std().unwrap()
    });
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// How often each is answered before it is refused.
fn until_refused(mut ask: impl FnMut() -> u16) -> usize {
    let begun = Instant::now();
    let mut answered = 0;
    while ask() != 429 {
        answered += 1;
        assert!(begun.elapsed() < PATIENCE, "{answered} are answered");
    }
    answered
}

fn asked_too_much() {
    let limits = Limits {
        requests_per_second: 1,
        request_burst: 6,
        ..Limits::default()
    };
    let public = Public::with(&NAMES, limits);
    let ask = |from: &str| {
        let socket = connect(public.https, from);
        let mut stream = public.tls_on(socket, "localhost", &["http/1.1"]).unwrap();
        stream
            .write_all(&request("GET", "/healthz", &[], b""))
            .unwrap();
        Response::read(&mut stream).unwrap()
    };
    let begun = Instant::now();
    let answered = until_refused(|| ask("192.0.2.1").status);
    let regained = usize::try_from(begun.elapsed().as_secs()).unwrap() + 1;
    assert!((6..=6 + regained).contains(&answered), "{answered}");
    // Requests on one connection are as many as on several.
    let socket = connect(public.https, "192.0.2.2");
    let mut stream = public.tls_on(socket, "localhost", &["http/1.1"]).unwrap();
    let keep = [("Connection", "keep-alive")];
    for _ in 0..40 {
        stream
            .write_all(&request("GET", "/healthz", &keep, b""))
            .unwrap();
    }
    stream
        .write_all(&request("GET", "/healthz", &[], b""))
        .unwrap();
    let answers = String::from_utf8(rest(&mut stream).unwrap()).unwrap();
    let refused = answers.matches("HTTP/1.1 429").count();
    let answered = answers.matches("HTTP/1.1 200").count();
    assert_eq!(answered + refused, 41, "{answers}");
    assert!(refused > 0 && answered >= 6, "{answered} {refused}");
    // This machine, plain listeners, and what belongs on port 80 have no such limit.
    for _ in 0..20 {
        assert_eq!(ask("127.0.0.1").status, 200);
        for (address, status) in [(public.plain, 200), (public.http, 301)] {
            let mut stream = connect(address, "192.0.2.1");
            stream
                .write_all(&request("GET", "/healthz", &[], b""))
                .unwrap();
            assert_eq!(Response::read(&mut stream).unwrap().status, status);
        }
    }
    // Others are answered, and where many share an address, they may do more.
    assert_eq!(ask("203.0.113.1").status, 200);
    assert!(until_refused(|| ask("160.79.104.10").status) >= 16 * 6);
}
