//! Which sockets are answered: those that systemd passes, else those that the settings name.

use std::{
    fmt,
    io::{self, ErrorKind},
    net::{IpAddr, SocketAddr, TcpListener},
    sync::Arc,
};

use crate::{
    config::{Identifier, Settings},
    error::{Failure, Kind},
    http,
    listener::Listener,
    platform::Sockets,
    tls::Terminator,
};

/// The sockets of this process.
pub(super) struct Listeners {
    sockets: Sockets,
    /// systemd opened them and keeps them open.
    pub(super) inherited: bool,
}

/// Where people and assistants find docent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// Everybody who may, at a URL such as `https://docs.example.com`.
    Public {
        /// Without a slash at its end.
        url: String,
        /// Those who come from the internet too.
        is_worldwide: bool,
    },
    /// Programs on this machine, or those of a trusted network.
    Local(SocketAddr),
    /// A proxy on this machine, by the path of a socket.
    Proxy(String),
    /// Nobody, for this reason.
    Nowhere(&'static str),
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public { url, .. } => write!(f, "{url}/mcp"),
            Self::Local(address) => write!(f, "http://{address}/mcp"),
            Self::Proxy(path) => write!(f, "{path}"),
            Self::Nowhere(why) => f.write_str(why),
        }
    }
}

/// The sockets as they are, of which the settings say what they are good for.
#[derive(Debug, Clone)]
pub(super) struct Endpoints {
    /// The port of HTTPS.
    https: Option<u16>,
    plain: Vec<Endpoint>,
}

impl Endpoints {
    /// Where people and assistants are told that docent is under these settings.
    pub(super) fn under(&self, settings: &Settings) -> Endpoint {
        match &settings.server.url {
            Some(url) => Endpoint::Public {
                url: url.to_string(),
                is_worldwide: url.is_public_https(),
            },
            None => self.own(settings),
        }
    }

    /// Where it answers itself.
    fn own(&self, settings: &Settings) -> Endpoint {
        match (&settings.tls, self.https, self.plain.first()) {
            (Some(tls), Some(port), _) => {
                let host = host(tls.primary());
                let url = match port {
                    HTTPS => format!("https://{host}"),
                    port => format!("https://{host}:{port}"),
                };
                Endpoint::Public {
                    url,
                    is_worldwide: true,
                }
            }
            (_, _, Some(plain)) => plain.clone(),
            (None, _, None) => Endpoint::Nowhere(NO_DOMAIN),
            (Some(_), None, None) => Endpoint::Nowhere(NO_SOCKET),
        }
    }

    /// Where else the documents are served.
    pub(super) fn beside(&self, endpoint: &Endpoint, settings: &Settings) -> Vec<Endpoint> {
        let own = [self.own(settings)].into_iter();
        let own = own.filter(|own| matches!(own, Endpoint::Public { .. }));
        own.chain(self.plain.iter().cloned())
            .filter(|other| other != endpoint)
            .collect()
    }

    /// The port of HTTPS.
    pub(super) fn https_port(&self) -> u16 {
        self.https.unwrap_or(HTTPS)
    }
}

/// As it stands in a URL.
fn host(name: &Identifier) -> String {
    match name {
        Identifier::Ip(IpAddr::V6(address)) => format!("[{address}]"),
        name => name.to_string(),
    }
}

/// What a URL need not say (RFC 9110, section 4.2.2).
const HTTPS: u16 = 443;

const NO_DOMAIN: &str = "no address: the configuration names no `domain`, so nothing is answered on \
                         the public sockets; set one, or start docent-local.socket";
const NO_SOCKET: &str = "no address: systemd passes no socket for HTTPS; start docent.socket";

/// The addresses that settings ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Addresses {
    /// Of HTTPS and of what belongs on port 80; `None`: there is no domain to answer for.
    public: Option<(SocketAddr, SocketAddr)>,
    plain: Option<SocketAddr>,
}

impl Addresses {
    pub(super) fn of(settings: &Settings) -> Self {
        let server = &settings.server;
        let public = settings.tls.as_ref().map(|_| (server.https, server.http));
        let plain = server.plain;
        Self { public, plain }
    }
}

impl Listeners {
    /// Takes over what systemd passed, or binds what the settings name.
    ///
    /// # Errors
    /// Where an address cannot be bound.
    pub(super) fn open(settings: &Settings, passed: Sockets) -> Result<Self, Failure> {
        if !passed.is_empty() {
            return Ok(Self {
                sockets: passed,
                inherited: true,
            });
        }
        let mut sockets = Sockets::default();
        let addresses = Addresses::of(settings);
        if let Some((https, http)) = addresses.public {
            sockets.https.push(bind(https, "`https` in [server]")?);
            sockets.http.push(bind(http, "`http` in [server]")?);
        }
        if let Some(address) = addresses.plain {
            sockets.plain.push(bind(address, "--listen")?);
        }
        Ok(Self {
            sockets,
            inherited: false,
        })
    }

    /// Where docent is found under these settings.
    pub(super) fn endpoints(&self) -> Endpoints {
        let https = self.sockets.https.first().map(|socket| match socket {
            Listener::Tcp(listener) => listener
                .local_addr()
                .map_or(HTTPS, |address| address.port()),
            Listener::Unix(_) => HTTPS,
        });
        let plain = self.sockets.plain.iter().map(|socket| match socket {
            Listener::Tcp(listener) => listener
                .local_addr()
                .map_or(Endpoint::Nowhere("an unknown address"), Endpoint::Local),
            unix @ Listener::Unix(_) => Endpoint::Proxy(unix.to_string()),
        });
        Endpoints {
            https,
            plain: plain.collect(),
        }
    }

    /// Tells the log of the sockets that are behind a URL or send on to it.
    pub(super) fn log(&self) {
        let told = |sockets: &[Listener], what: &str| {
            for socket in sockets {
                tracing::info!(at = %socket, "listening for {what}");
            }
        };
        told(&self.sockets.https, "HTTPS");
        told(&self.sockets.http, "HTTP that is sent on to HTTPS");
    }

    /// As `http` takes them.
    pub(super) fn bindings(self, terminator: &Arc<Terminator>) -> Vec<http::Binding> {
        let Sockets { https, http, plain } = self.sockets;
        let https = https
            .into_iter()
            .map(|socket| http::Binding::https(socket, Arc::clone(terminator)));
        let http = http.into_iter().map(http::Binding::redirect);
        let plain = plain.into_iter().map(http::Binding::plain);
        https.chain(http).chain(plain).collect()
    }
}

/// `setting`: where the person can choose another address.
fn bind(address: SocketAddr, setting: &str) -> Result<Listener, Failure> {
    let failed = |error: io::Error| {
        let kind = match error.kind() {
            ErrorKind::PermissionDenied => Kind::Permission,
            // systemd is not to try again until somebody has started a socket.
            _ if error.raw_os_error() == Some(NO_SUCH_FAMILY) => Kind::Config,
            _ => Kind::Unavailable,
        };
        let help = match error.kind() {
            ErrorKind::AddrInUse => format!(
                "another program has this port: stop it, or choose another one with {setting}, \
                 such as 127.0.0.1:0 for any that is free"
            ),
            ErrorKind::PermissionDenied => format!(
                "ports below 1024 belong to root: let systemd open them (docent.socket), or choose a \
                 higher one with {setting}"
            ),
            _ if error.raw_os_error() == Some(NO_SUCH_FAMILY) => {
                "inside its unit docent opens no socket itself: start docent.socket and \
                 docent-http.socket, or docent-local.socket to try it on this machine"
                    .to_owned()
            }
            _ => format!("choose an address of this machine with {setting}"),
        };
        Failure::new(kind, format!("cannot listen on {address}"))
            .because(error)
            .help(help)
    };
    TcpListener::bind(address)
        .and_then(Listener::tcp)
        .map_err(failed)
}

/// EAFNOSUPPORT: what `RestrictAddressFamilies=` answers.
const NO_SUCH_FAMILY: i32 = 97;
