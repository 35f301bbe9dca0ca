//! Whether requests are answered, asked as everybody asks: on a connection that is accepted, counted and served
//! like any other. A service without a network can connect to itself only by a pair of sockets.

use std::io;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::UnixStream,
    sync::mpsc,
};

/// The end that asks.
pub(super) struct Probe(mpsc::Sender<UnixStream>);

/// The end that is listened at.
pub(super) type Probed = mpsc::Receiver<UnixStream>;

impl Probe {
    pub(super) fn new() -> (Self, Probed) {
        let (ask, asked) = mpsc::channel(1);
        (Self(ask), asked)
    }

    /// The status and the head of the answer to a request for `/healthz`. There is no time limit in here.
    ///
    /// # Errors
    /// Where nobody listens, or the connection ends without an answer.
    pub(super) async fn ask(&self) -> io::Result<(u16, String)> {
        let (mut own, other) = UnixStream::pair()?;
        let gone = |_| io::Error::from(io::ErrorKind::ConnectionRefused);
        self.0.send(other).await.map_err(gone)?;
        own.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .await?;
        let mut answer = Vec::new();
        (&mut own).take(64 * 1024).read_to_end(&mut answer).await?;
        let answer = String::from_utf8_lossy(&answer);
        let head = answer.split("\r\n\r\n").next().unwrap_or_default();
        let status = head
            .strip_prefix("HTTP/1.1 ")
            .and_then(|rest| rest.get(..3));
        let status = status.and_then(|status| status.parse().ok());
        let status = status.ok_or(io::ErrorKind::InvalidData)?;
        Ok((status, head.to_ascii_lowercase()))
    }
}
