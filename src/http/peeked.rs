//! A connection as hyper reads it: its first bytes are read before, and its end is held back while a request is
//! answered.
//!
//! hyper's timeouts start when it knows which HTTP it speaks. A client that sends nothing, or a part of HTTP/2's
//! preface, would hold its connection for ever.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};

use super::usage::Usage;

/// What an HTTP/2 connection starts with (RFC 9113, section 3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A connection whose first bytes are read before anything else, and given out first.
pub(super) struct Peeked<C> {
    connection: C,
    start: [u8; PREFACE.len()],
    length: usize,
    given: usize,
    usage: Arc<Usage>,
}

impl<C: AsyncRead + Unpin> Peeked<C> {
    /// What is read is noted there.
    pub(super) fn new(connection: C, usage: Arc<Usage>) -> Self {
        Self {
            connection,
            start: [0; PREFACE.len()],
            length: 0,
            given: 0,
            usage,
        }
    }

    /// Reads until it is clear which HTTP the client speaks: the bytes differ from HTTP/2's preface or
    /// are all of it.
    pub(super) async fn peek(&mut self) -> io::Result<()> {
        while self.length < PREFACE.len() && self.start[..self.length] == PREFACE[..self.length] {
            let read = self.connection.read(&mut self.start[self.length..]).await?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.length += read;
        }
        if self.start[..self.length] != PREFACE[..self.length] {
            self.usage.begin_http1();
        }
        Ok(())
    }
}

impl<C> Drop for Peeked<C> {
    fn drop(&mut self) {
        self.usage.close();
    }
}

impl<C: AsyncRead + Unpin> AsyncRead for Peeked<C> {
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
        let before = buffer.filled().len();
        let read = ready!(Pin::new(&mut self.connection).poll_read(context, buffer));
        match &read {
            Ok(()) if buffer.filled().len() > before => {
                self.usage.note_read();
                Poll::Ready(read)
            }
            // TLS calls an end that is not announced an error; HTTP tells by itself what is whole.
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => Poll::Ready(read),
            _ if self.usage.holds_end(context) => Poll::Pending,
            _ => Poll::Ready(read),
        }
    }
}

impl<C: AsyncWrite + Unpin> AsyncWrite for Peeked<C> {
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
