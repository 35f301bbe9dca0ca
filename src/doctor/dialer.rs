//! The way to a server: which addresses its name has, and connections to them.

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use rustls::RootCertStore;
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

use super::{address::Address, trust::Trust};

/// More addresses of one name are not looked at.
pub(super) const MAX_ADDRESSES: usize = 16;

/// What a name is to resolve to, in place of what DNS says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolve {
    name: String,
    ip: IpAddr,
}

/// Where to connect, in place of where the URL says; the host may be one of several addresses of a name. The
/// certificate and `Host` stay those of the URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectTo {
    /// `None`: any.
    host: Option<String>,
    port: Option<u16>,
    to: SocketAddr,
}

/// Why an option cannot be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OptionError {
    /// Of `--resolve`.
    #[error(
        "not NAME:ADDRESS, such as docs.example.com:192.0.2.7 or docs.example.com:[2001:db8::7]"
    )]
    Resolve,
    /// Of `--connect-to`.
    #[error(
        "not HOST:PORT:ADDRESS:PORT, such as docs.example.com:443:127.0.0.1:8443; HOST and the first PORT may be empty for any"
    )]
    ConnectTo,
}

impl FromStr for Resolve {
    type Err = OptionError;

    fn from_str(text: &str) -> Result<Self, OptionError> {
        let (name, ip) = text.split_once(':').ok_or(OptionError::Resolve)?;
        let ip = ip.trim_start_matches('[').trim_end_matches(']');
        let ip = ip.parse().map_err(|_| OptionError::Resolve)?;
        if name.is_empty() {
            return Err(OptionError::Resolve);
        }
        Ok(Self {
            name: name.trim_end_matches('.').to_ascii_lowercase(),
            ip,
        })
    }
}

impl FromStr for ConnectTo {
    type Err = OptionError;

    fn from_str(text: &str) -> Result<Self, OptionError> {
        let wrong = OptionError::ConnectTo;
        let (host, rest) = if text.starts_with('[') {
            let (host, rest) = text.split_once("]:").ok_or(wrong)?;
            (&host[1..], rest)
        } else {
            text.split_once(':').ok_or(wrong)?
        };
        let (port, to) = rest.split_once(':').ok_or(wrong)?;
        let port = match port {
            "" => None,
            port => Some(port.parse().map_err(|_| wrong)?),
        };
        Ok(Self {
            host: (!host.is_empty()).then(|| host.to_ascii_lowercase()),
            port,
            to: to.parse().map_err(|_| wrong)?,
        })
    }
}

/// How names are looked up, connections are opened and certificates are judged.
#[derive(Debug, Clone)]
pub struct Dialer {
    resolve: Vec<Resolve>,
    connect_to: Vec<ConnectTo>,
    trust: Arc<Trust>,
    patience: Duration,
}

/// Why there is no connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unconnected {
    /// Nobody listens.
    Refused,
    /// Nothing comes back.
    Silent,
    /// There is no way from here.
    NoRoute,
    /// The operating system says something else.
    Other(io::ErrorKind),
}

impl fmt::Display for Unconnected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("the connection is refused"),
            Self::Silent => f.write_str("nothing comes back"),
            Self::NoRoute => f.write_str("there is no route to it from here"),
            Self::Other(kind) => write!(f, "{kind}"),
        }
    }
}

impl Dialer {
    /// `roots`: whom to trust; `None`: the authorities that browsers trust. `patience`: for one connection,
    /// and for one answer.
    pub fn new(
        resolve: Vec<Resolve>,
        connect_to: Vec<ConnectTo>,
        roots: Option<RootCertStore>,
        patience: Duration,
    ) -> Self {
        Self {
            resolve,
            connect_to,
            trust: Arc::new(Trust::new(roots)),
            patience,
        }
    }

    pub(super) fn trust(&self) -> &Trust {
        &self.trust
    }

    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    /// Whether a name's addresses were given, rather than asked for.
    pub(super) fn is_told(&self, host: &str) -> bool {
        self.resolve.iter().any(|told| told.name == host)
    }

    /// The addresses of a host, each once: those of IPv4 first.
    ///
    /// # Errors
    /// Why there are none.
    pub(super) async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, String> {
        if let Ok(ip) = host.parse() {
            return Ok(vec![ip]);
        }
        let told = self.resolve.iter().filter(|told| told.name == host);
        let told: Vec<_> = told.map(|told| told.ip).collect();
        if !told.is_empty() {
            return Ok(sorted(told));
        }
        match timeout(self.patience, lookup_host((host, 0))).await {
            Ok(Ok(found)) => Ok(sorted(found.map(|address| address.ip()).collect())),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!(
                "no answer within {} seconds",
                self.patience.as_secs()
            )),
        }
    }

    /// A connection to one of its addresses, or to where it is said to be.
    pub(super) async fn connect(
        &self,
        address: &Address,
        ip: IpAddr,
    ) -> Result<TcpStream, Unconnected> {
        let told = self.connect_to.iter().find(|told| {
            let is_host = told
                .host
                .as_deref()
                .is_none_or(|host| host == address.host() || host.parse() == Ok(ip));
            is_host && told.port.is_none_or(|port| port == address.port())
        });
        let to = told.map_or(SocketAddr::new(ip, address.port()), |told| told.to);
        match timeout(self.patience, TcpStream::connect(to)).await {
            Ok(Ok(stream)) => {
                // Without it, only slower.
                let _ = stream.set_nodelay(true);
                Ok(stream)
            }
            Err(_) => Err(Unconnected::Silent),
            Ok(Err(error)) => Err(match error.kind() {
                io::ErrorKind::ConnectionRefused => Unconnected::Refused,
                io::ErrorKind::TimedOut => Unconnected::Silent,
                io::ErrorKind::NetworkUnreachable
                | io::ErrorKind::HostUnreachable
                | io::ErrorKind::AddrNotAvailable => Unconnected::NoRoute,
                kind => Unconnected::Other(kind),
            }),
        }
    }
}

fn sorted(mut addresses: Vec<IpAddr>) -> Vec<IpAddr> {
    for ip in &mut addresses {
        *ip = ip.to_canonical();
    }
    addresses.sort_unstable();
    addresses.dedup();
    addresses.sort_by_key(IpAddr::is_ipv6);
    addresses.truncate(MAX_ADDRESSES);
    addresses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_written_as_curl_has_them() {
        let resolve = |text: &str| {
            text.parse::<Resolve>()
                .map(|it| (it.name, it.ip.to_string()))
        };
        let ok = |name: &str, ip: &str| Ok((name.to_owned(), ip.to_owned()));
        assert_eq!(
            resolve("Docs.example.com.:192.0.2.7"),
            ok("docs.example.com", "192.0.2.7")
        );
        assert_eq!(resolve("a:[2001:db8::7]"), ok("a", "2001:db8::7"));
        assert_eq!(resolve("a:2001:db8::7"), ok("a", "2001:db8::7"));
        for wrong in ["", "a", "a:", ":192.0.2.7", "a:b", "a:192.0.2.7:443"] {
            assert_eq!(resolve(wrong), Err(OptionError::Resolve), "{wrong}");
        }
        let connect = |text: &str| {
            let parsed = text.parse::<ConnectTo>();
            parsed.map(|it| (it.host, it.port, it.to.to_string()))
        };
        let host = || Some("a".to_owned());
        assert_eq!(
            connect("A:443:127.0.0.1:8443"),
            Ok((host(), Some(443), "127.0.0.1:8443".to_owned()))
        );
        assert_eq!(connect("::[::1]:1"), Ok((None, None, "[::1]:1".to_owned())));
        assert_eq!(
            connect("[2001:db8::7]:443:127.0.0.1:1").map(|it| it.0),
            Ok(Some("2001:db8::7".to_owned()))
        );
        for wrong in [
            "",
            "a",
            "a:443",
            "a:443:b",
            "a:443:b:1",
            "a:x:127.0.0.1:1",
            "[::1",
        ] {
            assert_eq!(connect(wrong), Err(OptionError::ConnectTo), "{wrong}");
        }
    }

    #[test]
    fn an_address_is_had_once_and_ipv4_first() {
        let ips = ["2001:db8::1", "::ffff:192.0.2.2", "192.0.2.2", "192.0.2.1"];
        let sorted = sorted(ips.map(|ip| ip.parse().unwrap()).to_vec());
        let shown: Vec<_> = sorted.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["192.0.2.1", "192.0.2.2", "2001:db8::1"]);
    }
}
