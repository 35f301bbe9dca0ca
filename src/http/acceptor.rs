//! What happens to a connection before HTTP: the handshake of TLS, and a first sign of life in time.

use std::{io, pin::Pin, sync::Arc};

use axum_server::accept::Accept;
use tokio::{
    io::AsyncWriteExt as _,
    time::{Duration, timeout},
};
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;

use super::{
    listener::{Connection, Stream},
    peeked::Peeked,
    protocol::Protocol,
    site::Site,
};

/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_secs(1);

/// Brings connections to the point where HTTP begins. Each step may take as long as the head of a
/// request.
#[derive(Clone)]
pub(super) struct Acceptor(pub(super) Arc<Site>);

impl<S: Send + 'static> Accept<Connection, S> for Acceptor {
    type Stream = Peeked<Either<Stream, Box<TlsStream<Stream>>>>;
    type Service = S;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, S)>> + Send>>;

    fn accept(&self, connection: Connection, service: S) -> Self::Future {
        let site = Arc::clone(&self.0);
        Box::pin(async move {
            let begun = begin(connection, &site).await;
            if let Err(error) = &begun {
                tracing::debug!(%error, "a connection ended before its first request");
            }
            begun.map(|stream| (stream, service))
        })
    }
}

async fn begin(
    connection: Connection,
    site: &Site,
) -> io::Result<Peeked<Either<Stream, Box<TlsStream<Stream>>>>> {
    let patience = site.current().limits.header_timeout;
    let stream = match connection.protocol {
        Protocol::Plain | Protocol::Redirect => Either::Left(connection.stream),
        Protocol::Https(terminator) => {
            let handshake = async {
                let accepted = timeout(patience, terminator.accept(connection.stream)).await??;
                // Nothing is left to say.
                accepted.ok_or_else(|| io::ErrorKind::ConnectionAborted.into())
            };
            Either::Right(Box::new(unless_stopping(site, handshake).await?))
        }
    };
    let mut stream = Peeked::new(stream, connection.place);
    let begun = unless_stopping(site, async { timeout(patience, stream.begin()).await? }).await;
    match begun {
        Ok(()) => Ok(stream),
        Err(error) => {
            let _ = timeout(GOODBYE, stream.shutdown()).await;
            Err(error)
        }
    }
}

/// Who has said nothing when the service stops has nothing to lose.
async fn unless_stopping<T>(
    site: &Site,
    step: impl Future<Output = io::Result<T>>,
) -> io::Result<T> {
    tokio::select! {
        done = step => done,
        () = site.stop.draining.cancelled() => Err(io::ErrorKind::ConnectionAborted.into()),
    }
}
