//! A connection as hyper sees it: its first bytes are read before, its end is held back while a request is
//! answered, and what the client still sends when it is over is read for a while.
//!
//! hyper's timeouts start when it knows which HTTP it speaks. A client that sends nothing, or a part of HTTP/2's
//! preface, would hold its connection for ever.

use std::{
    io,
    mem::MaybeUninit,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

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
    lingering: Option<Lingering>,
}

/// What is still read of a request that nobody reads (a "lingering close"). A client that writes all of its request
/// first would otherwise find the connection reset, and never read why it was refused.
struct Lingering {
    bytes_left: usize,
    time_left: Pin<Box<Sleep>>,
}

const LINGER_BYTES: usize = 32 << 20;
const LINGER_TIME: Duration = Duration::from_secs(5);

impl<C: AsyncRead + Unpin> Peeked<C> {
    /// What is read is noted there.
    pub(super) fn new(connection: C, usage: Arc<Usage>) -> Self {
        Self {
            connection,
            start: [0; PREFACE.len()],
            length: 0,
            given: 0,
            usage,
            lingering: None,
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

impl<C: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Peeked<C> {
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
        let Self {
            connection,
            usage,
            lingering,
            ..
        } = &mut *self;
        if lingering.is_none() {
            let shut_down = ready!(Pin::new(&mut *connection).poll_shutdown(context));
            if shut_down.is_err() || !usage.is_unread() {
                return Poll::Ready(shut_down);
            }
        }
        let lingering = lingering.get_or_insert_with(|| Lingering {
            bytes_left: LINGER_BYTES,
            time_left: Box::pin(sleep(LINGER_TIME)),
        });
        let mut bytes = [MaybeUninit::uninit(); 16 * 1024];
        loop {
            if lingering.time_left.as_mut().poll(context).is_ready() {
                return Poll::Ready(Ok(()));
            }
            let mut buffer = ReadBuf::uninit(&mut bytes);
            let read = ready!(Pin::new(&mut *connection).poll_read(context, &mut buffer));
            let read = read.map_or(0, |()| buffer.filled().len());
            if read == 0 || read >= lingering.bytes_left {
                return Poll::Ready(Ok(()));
            }
            lingering.bytes_left -= read;
        }
    }
}
