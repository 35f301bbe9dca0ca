//! Clients that close their sending side when they have asked, over TLS: with `close_notify`, or without.

use std::{io::Write as _, net::Shutdown};

use crate::{
    public::Public,
    server::{Response, request},
};

#[test]
fn each_is_answered() {
    let public = Public::start();
    for number in 0..200 {
        let mut stream = public.tls("localhost", &["http/1.1"]).unwrap();
        let keep = [("Connection", "keep-alive")];
        let request = request("GET", "/healthz", &keep, b"");
        stream.write_all(&request).unwrap();
        if number % 2 == 0 {
            stream.conn.send_close_notify();
        }
        stream.flush().unwrap();
        stream.sock.shutdown(Shutdown::Write).unwrap();
        let response = Response::read(&mut stream).expect("an answer");
        assert_eq!(response.status, 200, "{number}");
    }
}
