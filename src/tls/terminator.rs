//! From a connection to a secure one, with the certificate of the moment.

use std::{io, sync::Arc};

use arc_swap::{ArcSwap, ArcSwapOption};
use rustls::{
    ServerConfig,
    server::{Acceptor, ClientHello},
    sign::CertifiedKey,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _},
    sync::watch,
};
use tokio_rustls::{LazyConfigAcceptor, server::TlsStream};

use super::{alert::Alert, challenge, parameters};
use crate::{
    config::Identifier,
    state::{CertifiedPair, Challenges, Leaf},
};

/// Does the handshakes of the public listener (a TLS terminator).
///
/// The certificate can be replaced at any time: handshakes from then on get the new one, and
/// connections that are open are not touched.
pub struct Terminator {
    names: ArcSwap<Vec<Identifier>>,
    challenges: Challenges,
    /// `None` until there is a certificate.
    current: ArcSwapOption<ServerConfig>,
    certificate: watch::Sender<Option<Arc<Leaf>>>,
}

/// How a handshake goes on.
enum Decision {
    Serve(Arc<ServerConfig>),
    Challenge(Arc<ServerConfig>),
    Refuse(Alert),
}

impl Terminator {
    /// For these names, with no certificate yet: it answers challenges and refuses the rest.
    pub fn new(names: Vec<Identifier>, challenges: Challenges) -> Self {
        Self {
            names: ArcSwap::from_pointee(names),
            challenges,
            current: ArcSwapOption::empty(),
            certificate: watch::Sender::new(None),
        }
    }

    /// The names that it answers to.
    pub fn names(&self) -> Arc<Vec<Identifier>> {
        self.names.load_full()
    }

    /// Answers to other names from now on.
    pub fn rename(&self, names: Vec<Identifier>) {
        self.names.store(Arc::new(names));
    }

    /// What the certificate in place says, now and whenever another one takes its place.
    pub fn certificate(&self) -> watch::Receiver<Option<Arc<Leaf>>> {
        self.certificate.subscribe()
    }

    /// Puts a certificate in place.
    ///
    /// Sessions of the one before cannot be resumed: their clients have to look at this one.
    ///
    /// # Errors
    /// Where TLS cannot use it. The certificate before stays in place.
    pub fn install(&self, pair: CertifiedPair) -> Result<(), rustls::Error> {
        let key = CertifiedKey::from_der(pair.chain, pair.key, &parameters::provider())?;
        let config = parameters::serving(key)?;
        self.current.store(Some(Arc::new(config)));
        self.certificate.send_replace(Some(Arc::new(pair.leaf)));
        Ok(())
    }

    /// Does the handshake of one connection. There is no time limit in here.
    ///
    /// `None` where the handshake was the whole conversation: an answered challenge, or a refusal.
    ///
    /// # Errors
    /// Where the connection breaks, or the client speaks no TLS that is spoken here.
    pub async fn accept<C>(&self, connection: C) -> io::Result<Option<TlsStream<C>>>
    where
        C: AsyncRead + AsyncWrite + Unpin,
    {
        let mut start = LazyConfigAcceptor::new(Acceptor::default(), connection).await?;
        match self.decide(&start.client_hello()) {
            Decision::Serve(config) => start.into_stream(config).await.map(Some),
            Decision::Challenge(config) => {
                let mut stream = start.into_stream(config).await?;
                stream.shutdown().await?;
                Ok(None)
            }
            Decision::Refuse(alert) => {
                start.io.write_all(&alert.record()).await?;
                start.io.shutdown().await?;
                Ok(None)
            }
        }
    }

    fn decide(&self, hello: &ClientHello<'_>) -> Decision {
        let name = hello.server_name();
        if let (Some(name), true) = (name, asks_a_challenge(hello))
            && let Some(config) = challenge::answer(name, &self.challenges)
        {
            return Decision::Challenge(Arc::new(config));
        }
        if !self.is_own(name) {
            tracing::debug!(name, "refused a handshake for a foreign name");
            return Decision::Refuse(Alert::UnrecognizedName);
        }
        match self.current.load_full() {
            Some(config) => Decision::Serve(config),
            None => {
                tracing::debug!("refused a handshake: there is no certificate yet");
                Decision::Refuse(Alert::InternalError)
            }
        }
    }

    /// Clients that connect to an address send no name (RFC 6066, section 3): they can only mean docent
    /// if an address is among its names.
    fn is_own(&self, name: Option<&str>) -> bool {
        self.names.load().iter().any(|own| match (own, name) {
            (Identifier::Dns(own), Some(name)) => own.eq_ignore_ascii_case(name),
            (Identifier::Ip(_), None) => true,
            _ => false,
        })
    }
}

/// A challenge is asked with its protocol and no other (RFC 8737, section 3).
fn asks_a_challenge(hello: &ClientHello<'_>) -> bool {
    let mut protocols = hello.alpn().into_iter().flatten();
    protocols.next() == Some(parameters::ACME_TLS) && protocols.next().is_none()
}
