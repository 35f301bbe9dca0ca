//! All listening sockets as one, which accepts no more connections than there may be.
//!
//! Further ones wait in the kernel's queues, which are bounded too, and get their turn.

use std::{
    future::poll_fn,
    io,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio_util::either::Either;

use super::{
    budget::{Budget, Place},
    probe::Probed,
    protocol::{Binding, Protocol},
    share::{Client, Share, Shares},
    site::{Current, Site},
};
use crate::{auth::Peer, config::Limits, listener::Listener};

/// How long to wait where no connection can be accepted.
const TROUBLE: Duration = Duration::from_millis(50);
/// Connections to itself, by which the service looks whether it answers.
const PROBES: usize = 2;

/// All listening sockets. Each kind has places of its own, so that none is shut out by another's clients.
pub(super) struct Listeners {
    service: Sockets,
    redirect: Sockets,
    probe: Sockets,
    site: Arc<Site>,
}

/// Those of one kind. They share their places, since a place is taken before it is known at which of them a client
/// connects: with places for each, the last few would never be given out.
struct Sockets {
    open: Vec<(Socket, Protocol)>,
    places: fn(&Limits) -> usize,
    budget: Arc<Budget>,
    shares: Arc<Shares>,
    /// No connection can be accepted, and the log says so.
    is_in_trouble: bool,
}

enum Socket {
    Tcp(TcpListener),
    Unix(UnixListener),
    Own(Probed),
}

/// A connection that is open.
pub(super) struct Accepted {
    pub(super) stream: Stream,
    pub(super) protocol: Protocol,
    pub(super) caller: Caller,
    pub(super) peer: Peer,
    /// The service itself asks, to see whether it is answered.
    pub(super) is_probe: bool,
    /// Its place among those that may be open.
    pub(super) place: Place,
    /// What it takes of its client's share.
    pub(super) share: Option<Share>,
}

pub(super) type Stream = Either<TcpStream, UnixStream>;

/// Whose requests come on a connection.
#[derive(Debug, Clone, Copy)]
pub(super) enum Caller {
    /// Those of whoever is behind an address that nothing is counted by; `None` for this machine.
    Uncounted(Option<Client>),
    /// This client's.
    Client(Client),
    /// Those whom the proxy names.
    Proxied,
}

impl Caller {
    fn of(peer: Peer, protocol: &Protocol, current: &Current) -> Self {
        let address = match peer {
            Peer::Machine(address) => Some(address),
            Peer::Process(_) | Peer::Unknown => None,
        };
        let proxies = &current.proxies;
        if address.map_or(proxies.unix, |address| proxies.include(address)) {
            return Self::Proxied;
        }
        match (protocol, address.and_then(Client::of)) {
            (Protocol::Https(_) | Protocol::Redirect, Some(client)) => Self::Client(client),
            (_, client) => Self::Uncounted(client),
        }
    }
}

impl Listeners {
    pub(super) fn new(bindings: Vec<Binding>, site: Arc<Site>) -> io::Result<Self> {
        let budgets = &site.budgets;
        let sockets = |places, budget: &Arc<Budget>, shares: &Arc<Shares>| Sockets {
            open: Vec::new(),
            places,
            budget: Arc::clone(budget),
            shares: Arc::clone(shares),
            is_in_trouble: false,
        };
        let service = |limits: &Limits| limits.connections;
        let mut service = sockets(service, &budgets.service, &site.shares);
        let mut redirect = sockets(
            Limits::redirect_connections,
            &budgets.redirect,
            &Arc::default(),
        );
        let mut probe = sockets(|_| PROBES, &Arc::default(), &Arc::default());
        for Binding { listener, protocol } in bindings {
            let socket = match listener {
                Listener::Tcp(listener) => Socket::Tcp(TcpListener::from_std(listener)?),
                Listener::Unix(listener) => Socket::Unix(UnixListener::from_std(listener)?),
            };
            let of_its_kind = match protocol {
                Protocol::Redirect => &mut redirect,
                Protocol::Plain | Protocol::Https(_) => &mut service,
            };
            of_its_kind.open.push((socket, protocol));
        }
        let probed = site
            .probed()
            .map(|probed| (Socket::Own(probed), Protocol::Plain));
        probe.open.extend(probed);
        Ok(Self {
            service,
            redirect,
            probe,
            site,
        })
    }

    /// The next connection.
    pub(super) async fn accept(&mut self) -> Accepted {
        loop {
            let site = &self.site;
            let ((stream, peer, protocol, place), shares, is_probe) = tokio::select! {
                accepted = self.service.accept(site) => (accepted, Some(&self.service), false),
                accepted = self.redirect.accept(site) => (accepted, Some(&self.redirect), false),
                accepted = self.probe.accept(site) => (accepted, None, true),
            };
            let current = site.current();
            let caller = match shares {
                Some(_) => Caller::of(peer, &protocol, &current),
                None => Caller::Uncounted(None),
            };
            let mut share = None;
            if let (Caller::Client(client), Some(sockets)) = (caller, shares) {
                let places = (sockets.places)(&current.limits);
                let most = current.limits.share(client.address(), places);
                share = sockets.shares.take(client, most, "connections");
                if share.is_none() {
                    continue;
                }
            }
            return Accepted {
                stream,
                protocol,
                caller,
                peer,
                is_probe,
                place,
                share,
            };
        }
    }
}

type Arrival = (Stream, Peer, Protocol);

impl Sockets {
    /// The next connection, with a place. For ever where there are no sockets.
    async fn accept(&mut self, site: &Site) -> (Stream, Peer, Protocol, Place) {
        loop {
            let places = || (self.places)(&site.current().limits);
            let place = self.budget.enter(places).await;
            match poll_fn(|context| self.poll_accept(context)).await {
                Ok((stream, peer, protocol)) => {
                    self.is_in_trouble = false;
                    return (stream, peer, protocol, place);
                }
                Err(error) if is_of_one_client(&error) => {}
                Err(error) => {
                    if !self.is_in_trouble {
                        self.is_in_trouble = true;
                        tracing::error!(%error, "cannot accept connections; trying again");
                    }
                    drop(place);
                    tokio::time::sleep(TROUBLE).await;
                }
            }
        }
    }

    /// From a different one first each time, so that none has to wait for the others to be quiet.
    fn poll_accept(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Arrival>> {
        let count = self.open.len();
        let first = fastrand::usize(..count.max(1)).min(count);
        let (before, after) = self.open.split_at_mut(first);
        for (socket, protocol) in after.iter_mut().chain(before) {
            if let Poll::Ready(accepted) = socket.poll_accept(context) {
                return Poll::Ready(
                    accepted.map(|(stream, peer)| (stream, peer, protocol.clone())),
                );
            }
        }
        Poll::Pending
    }
}

impl Socket {
    fn poll_accept(&mut self, context: &mut Context<'_>) -> Poll<io::Result<(Stream, Peer)>> {
        Poll::Ready(Ok(match self {
            Self::Tcp(socket) => {
                let (stream, peer) = ready!(socket.poll_accept(context))?;
                // Without it an answer in two pieces waits 40 ms for the client's acknowledgement. Where it
                // fails, the client has gone already.
                let _ = stream.set_nodelay(true);
                (Either::Left(stream), Peer::Machine(peer.ip()))
            }
            Self::Unix(socket) => {
                let (stream, _) = ready!(socket.poll_accept(context))?;
                // Of whoever has connected, also where he has handed the connection on since.
                let peer = stream.peer_cred();
                let peer = peer.map_or(Peer::Unknown, |peer| Peer::Process(peer.uid()));
                (Either::Right(stream), peer)
            }
            Self::Own(probed) => match ready!(probed.poll_recv(context)) {
                Some(stream) => (Either::Right(stream), Peer::Unknown),
                None => return Poll::Pending,
            },
        }))
    }
}

/// Whether a connection was gone before it was accepted (accept(2)).
fn is_of_one_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::TimedOut
    )
}
