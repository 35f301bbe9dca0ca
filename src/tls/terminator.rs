//! From a connection to a secure one, with the certificate of the moment.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

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
    current: ArcSwapOption<InPlace>,
    certificate: watch::Sender<Option<Arc<Leaf>>>,
    /// Held while a certificate is put in place: how often others have begun to look for one.
    turn: Mutex<u64>,
}

/// A certificate in place.
struct InPlace {
    config: Arc<ServerConfig>,
    leaf: Arc<Leaf>,
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
            turn: Mutex::default(),
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

    /// The turn of whoever looks for certificates from now on: what those before find is not wanted any more.
    pub(super) fn next_turn(&self) -> u64 {
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        *turn += 1;
        *turn
    }

    /// Puts a certificate in place; `false`: the turn is over, and somebody else does.
    ///
    /// Sessions of the one before cannot be resumed: their clients have to look at this one.
    ///
    /// # Errors
    /// Where TLS cannot use it. The certificate before stays in place.
    pub(super) fn install(&self, turn: u64, pair: CertifiedPair) -> Result<bool, rustls::Error> {
        let key = CertifiedKey::from_der(pair.chain, pair.key, &parameters::provider())?;
        let config = Arc::new(parameters::serving(key)?);
        let leaf = Arc::new(pair.leaf);
        let current = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if *current != turn {
            return Ok(false);
        }
        let in_place = InPlace {
            config,
            leaf: Arc::clone(&leaf),
        };
        self.current.store(Some(Arc::new(in_place)));
        self.certificate.send_replace(Some(leaf));
        Ok(true)
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
        let names = self.names.load();
        let mut meant = names.iter().filter(|own| is_meant(own, name)).peekable();
        if meant.peek().is_none() {
            tracing::debug!(name, "refused a handshake for a foreign name");
            return Decision::Refuse(Alert::UnrecognizedName);
        }
        // A name that has just been added waits for its certificate: with another one's, a client that
        // verifies would warn its user for good.
        match &*self.current.load() {
            Some(in_place) if meant.any(|own| in_place.leaf.covers(own)) => {
                Decision::Serve(Arc::clone(&in_place.config))
            }
            _ => {
                tracing::debug!(
                    name,
                    "refused a handshake: there is no certificate for it yet"
                );
                Decision::Refuse(Alert::InternalError)
            }
        }
    }
}

/// Clients that connect to an address send no name (RFC 6066, section 3): they can only mean docent if an
/// address is among its names.
fn is_meant(own: &Identifier, name: Option<&str>) -> bool {
    match (own, name) {
        (Identifier::Dns(own), Some(name)) => own.eq_ignore_ascii_case(name),
        (Identifier::Ip(_), None) => true,
        _ => false,
    }
}

/// A challenge is asked with its protocol and no other (RFC 8737, section 3).
fn asks_a_challenge(hello: &ClientHello<'_>) -> bool {
    let mut protocols = hello.alpn().into_iter().flatten();
    protocols.next() == Some(parameters::ACME_TLS) && protocols.next().is_none()
}
