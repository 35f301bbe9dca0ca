//! Several listeners as one, which accepts no more connections than there may be.
//!
//! Further ones wait in the kernel's queues, which are bounded too, and get their turn.

use std::{
    future::poll_fn,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

use axum_server::{AddrListener, Address};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio_util::either::Either;

use super::{
    budget::Place,
    newcomers::Newcomer,
    protocol::{Binding, Protocol},
    site::Site,
};
use crate::listener::Listener;

/// All listening sockets as one listener, since a place is taken before it is known at which of them a client
/// connects: with a place taken at each, the last few would never be given out.
pub(super) struct Listeners {
    open: Vec<(Socket, Protocol)>,
    site: Arc<Site>,
    /// No connection can be accepted, and the log says so.
    trouble: AtomicBool,
}

type Socket = Either<TcpListener, UnixListener>;

/// What is spoken with a client. Stands where axum-server has an address.
#[derive(Clone)]
pub(super) struct Endpoint {
    pub(super) protocol: Protocol,
    /// The client, as long as it has asked for nothing; none of the listener's own.
    pub(super) newcomer: Option<Arc<Newcomer>>,
}

/// A client's connection, and its place among those that may be open.
pub(super) struct Connection {
    pub(super) stream: Stream,
    pub(super) protocol: Protocol,
    pub(super) place: Place,
}

pub(super) type Stream = Either<TcpStream, UnixStream>;

impl Listeners {
    pub(super) fn new(bindings: Vec<Binding>, site: Arc<Site>) -> io::Result<Self> {
        let open = bindings.into_iter().map(|Binding { listener, protocol }| {
            let socket = match listener {
                Listener::Tcp(listener) => Either::Left(TcpListener::from_std(listener)?),
                Listener::Unix(listener) => Either::Right(UnixListener::from_std(listener)?),
            };
            Ok((socket, protocol))
        });
        Ok(Self {
            open: open.collect::<io::Result<_>>()?,
            site,
            trouble: AtomicBool::new(false),
        })
    }

    /// The next connection. After an error axum-server waits a little, which nobody should who was not
    /// concerned by it.
    async fn accept(&self) -> io::Result<(Stream, Protocol)> {
        loop {
            match poll_fn(|context| self.poll_accept(context)).await {
                Ok(accepted) => {
                    self.trouble.store(false, Ordering::Relaxed);
                    return Ok(accepted);
                }
                Err(error) if is_of_one_client(&error) => {}
                Err(error) => {
                    if !self.trouble.swap(true, Ordering::Relaxed) {
                        tracing::error!(%error, "cannot accept connections; trying again");
                    }
                    return Err(error);
                }
            }
        }
    }

    /// From a different one first each time, so that none has to wait for the others to be quiet.
    fn poll_accept(&self, context: &mut Context<'_>) -> Poll<io::Result<(Stream, Protocol)>> {
        let first = fastrand::usize(..self.open.len().max(1));
        let (before, after) = self.open.split_at(first.min(self.open.len()));
        for (socket, protocol) in after.iter().chain(before) {
            if let Poll::Ready(accepted) = accept(socket, context) {
                return Poll::Ready(accepted.map(|stream| (stream, protocol.clone())));
            }
        }
        Poll::Pending
    }
}

fn accept(socket: &Socket, context: &mut Context<'_>) -> Poll<io::Result<Stream>> {
    Poll::Ready(Ok(match socket {
        Either::Left(socket) => {
            let (stream, _) = ready!(socket.poll_accept(context))?;
            // Without it an answer in two pieces waits 40 ms for the client's acknowledgement. Where it
            // fails, the client has gone already.
            let _ = stream.set_nodelay(true);
            Either::Left(stream)
        }
        Either::Right(socket) => Either::Right(ready!(socket.poll_accept(context))?.0),
    }))
}

/// Whether a connection was gone before it was accepted (accept(2)).
fn is_of_one_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::TimedOut
    )
}

impl Address for Endpoint {
    type Stream = Connection;
    type Listener = Listeners;
}

impl AddrListener<Connection, Endpoint> for Listeners {
    async fn bind_to(_: Endpoint) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    async fn accept_stream(&self) -> io::Result<(Connection, Endpoint)> {
        let stop = &self.site.stop;
        let next = async {
            let place = self.site.budget.enter(|| self.site.connections()).await;
            let (stream, protocol) = self.accept().await?;
            io::Result::Ok((stream, protocol, place))
        };
        let (stream, protocol, place) = tokio::select! {
            biased;
            // axum-server would go on for as long as somebody comes.
            () = stop.closed.cancelled() => std::future::pending().await,
            next = next => next?,
        };
        let endpoint = Endpoint {
            protocol: protocol.clone(),
            newcomer: Some(Arc::new(stop.newcomers.welcome())),
        };
        let connection = Connection {
            stream,
            protocol,
            place,
        };
        Ok((connection, endpoint))
    }

    /// Only asked so that it can be told to others; docent asks before it comes here.
    fn get_local_addr(&self) -> io::Result<Endpoint> {
        Ok(Endpoint {
            protocol: Protocol::Plain,
            newcomer: None,
        })
    }
}
