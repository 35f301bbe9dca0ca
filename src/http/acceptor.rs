//! What happens to a connection before HTTP: no delay, and a first sign of life in time.
//!
//! hyper's timeout for the head of a request starts when it knows which HTTP it speaks. A client
//! that sends nothing, or a part of HTTP/2's preface, would hold its connection for ever.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio_util::sync::CancellationToken;

use super::listener::Connection;

/// What an HTTP/2 connection starts with (RFC 9113, section 3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Waits until it is clear which HTTP a client speaks.
#[derive(Clone)]
pub(super) struct Acceptor {
    pub(super) patience: Duration,
    /// Who has said nothing when the service stops has nothing to lose.
    pub(super) draining: CancellationToken,
}

impl<S: Send + 'static> Accept<Connection, S> for Acceptor {
    type Stream = Begun<Connection>;
    type Service = S;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, S)>> + Send>>;

    fn accept(&self, connection: Connection, service: S) -> Self::Future {
        let Self { patience, draining } = self.clone();
        Box::pin(async move {
            // Without it an answer in two pieces waits 40 ms for the client's acknowledgement.
            connection.stream.set_nodelay(true)?;
            tokio::select! {
                begun = tokio::time::timeout(patience, Begun::wait(connection)) => {
                    Ok((begun??, service))
                }
                () = draining.cancelled() => Err(io::ErrorKind::ConnectionAborted.into()),
            }
        })
    }
}

/// A connection whose first bytes have been read, and are given out first.
pub(super) struct Begun<C> {
    connection: C,
    start: [u8; PREFACE.len()],
    length: usize,
    given: usize,
}

impl<C: AsyncRead + Unpin> Begun<C> {
    /// Reads until the bytes differ from HTTP/2's preface or are all of it.
    async fn wait(mut connection: C) -> io::Result<Self> {
        let mut start = [0; PREFACE.len()];
        let mut length = 0;
        while length < start.len() && start[..length] == PREFACE[..length] {
            let read = connection.read(&mut start[length..]).await?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            length += read;
        }
        Ok(Self {
            connection,
            start,
            length,
            given: 0,
        })
    }
}

impl<C: AsyncRead + Unpin> AsyncRead for Begun<C> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.given < self.length {
            let end = self.length.min(self.given + buffer.remaining());
            buffer.put_slice(&self.start[self.given..end]);
            self.given = end;
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.connection).poll_read(context, buffer)
    }
}

impl<C: AsyncWrite + Unpin> AsyncWrite for Begun<C> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.connection).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.connection).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.connection.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.connection).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.connection).poll_shutdown(context)
    }
}
