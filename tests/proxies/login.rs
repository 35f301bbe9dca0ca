//! A login, as oauth2-proxy and Authelia answer the proxy that asks them: who somebody is stands in his cookie.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
};

/// One that answers until the test ends. The headers begin with `prefix`.
pub(crate) fn start(prefix: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer(&stream, prefix));
        }
    });
    address
}

/// Each request on a connection, until it ends.
fn answer(mut stream: &TcpStream, prefix: &str) {
    let mut lines = BufReader::new(stream).lines();
    let mut cookie = String::new();
    let mut length = 0;
    while let Some(Ok(line)) = lines.next() {
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        match name.to_ascii_lowercase().as_str() {
            "cookie" => value.trim().clone_into(&mut cookie),
            "content-length" => length = value.trim().parse().unwrap_or(0),
            _ => {}
        }
        if !line.is_empty() {
            continue;
        }
        assert_eq!(length, 0, "a login is asked without a body");
        let (status, user, groups) = match cookie.as_str() {
            "who=ann" => ("200 OK", Some("ann"), Some("staff,ops")),
            "who=bob" => ("200 OK", Some("bob"), None),
            // As a rule `bypass` of Authelia lets somebody through.
            "who=ghost" => ("200 OK", None, None),
            _ => ("401 Unauthorized", None, None),
        };
        let header = |name, value: Option<&str>| {
            value.map_or_else(String::new, |value| format!("{prefix}{name}: {value}\r\n"))
        };
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Length: 0\r\n{}{}\r\n",
            header("User", user),
            header("Groups", groups)
        );
        if stream.write_all(head.as_bytes()).is_err() {
            return;
        }
        cookie.clear();
    }
}
