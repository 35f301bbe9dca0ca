//! One connection as a server of its own. What ends a connection gracefully in axum-server is the handle of its
//! server, which ends all that it has; each of ours ends at a time of its own.

use std::{
    future::pending,
    io,
    marker::PhantomData,
    sync::{Mutex, PoisonError},
};

use axum_server::{AddrListener, Address, Handle, Server};

/// A server that has accepted one connection, and accepts no other.
pub(super) fn server<S: Send + 'static>(stream: S) -> (Server<Single<S>>, Handle<Single<S>>) {
    let handle = Handle::new();
    let listener = Accepted(Mutex::new(Some(stream)));
    let server = Server::from_listener(listener).handle(handle.clone());
    (server, handle)
}

/// Stands where axum-server has an address.
pub(super) struct Single<S>(PhantomData<fn() -> S>);

impl<S> Clone for Single<S> {
    fn clone(&self) -> Self {
        Self(PhantomData)
    }
}

/// The connection, until it is served.
pub(super) struct Accepted<S>(Mutex<Option<S>>);

impl<S: Send + 'static> Address for Single<S> {
    type Stream = S;
    type Listener = Accepted<S>;
}

impl<S: Send + 'static> AddrListener<S, Single<S>> for Accepted<S> {
    async fn bind_to(_: Single<S>) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    async fn accept_stream(&self) -> io::Result<(S, Single<S>)> {
        let stream = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        match stream {
            Some(stream) => Ok((stream, Single(PhantomData))),
            None => pending().await,
        }
    }

    fn get_local_addr(&self) -> io::Result<Single<S>> {
        Ok(Single(PhantomData))
    }
}
