//! A TCP listener that accepts no more connections than there may be.
//!
//! Further ones wait in the kernel's queue, which is bounded too, and get their turn.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum_server::{AddrListener, Address};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};

/// Takes a permit before it accepts.
pub(super) struct Capped {
    listener: TcpListener,
    free: Arc<Semaphore>,
}

/// The address of a [`Capped`] listener, or of its client.
#[derive(Debug, Clone, Copy)]
pub(super) struct Endpoint(pub(super) SocketAddr);

/// A connection that holds its permit.
pub(super) struct Connection {
    pub(super) stream: TcpStream,
    _permit: OwnedSemaphorePermit,
}

impl Capped {
    /// Over a listener that somebody else has bound.
    pub(super) fn new(listener: std::net::TcpListener, connections: usize) -> io::Result<Self> {
        // Inherited listeners block, and tokio panics on one that does.
        listener.set_nonblocking(true)?;
        Ok(Self {
            listener: TcpListener::from_std(listener)?,
            free: Arc::new(Semaphore::new(connections.min(Semaphore::MAX_PERMITS))),
        })
    }
}

impl Address for Endpoint {
    type Stream = Connection;
    type Listener = Capped;
}

impl AddrListener<Connection, Endpoint> for Capped {
    async fn bind_to(address: Endpoint) -> io::Result<Self> {
        let listener = TcpListener::bind(address.0).await?;
        Self::new(listener.into_std()?, Semaphore::MAX_PERMITS)
    }

    async fn accept_stream(&self) -> io::Result<(Connection, Endpoint)> {
        let permit = Arc::clone(&self.free).acquire_owned().await;
        let permit = permit.map_err(io::Error::other)?;
        let (stream, client) = self.listener.accept().await?;
        let connection = Connection {
            stream,
            _permit: permit,
        };
        Ok((connection, Endpoint(client)))
    }

    fn get_local_addr(&self) -> io::Result<Endpoint> {
        self.listener.local_addr().map(Endpoint)
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
