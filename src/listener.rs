//! A socket that takes connections, whoever bound it.

use std::{fmt, io, net::TcpListener, os::unix::net::UnixListener};

/// A listening socket: bound by docent, or handed over by systemd. It does not block.
#[derive(Debug)]
pub enum Listener {
    /// An address and port.
    Tcp(TcpListener),
    /// A path, behind a proxy on the same machine.
    Unix(UnixListener),
}

impl Listener {
    /// Over a bound socket, which stops blocking: an asynchronous runtime cannot use one that does.
    ///
    /// # Errors
    /// Where the operating system refuses that.
    pub fn tcp(listener: TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Ok(Self::Tcp(listener))
    }

    /// The same for a path.
    ///
    /// # Errors
    /// Where the operating system refuses that.
    pub fn unix(listener: UnixListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Ok(Self::Unix(listener))
    }
}

/// The address for people: `127.0.0.1:8080`, `[::]:443`, `/run/docent/plain.sock`.
impl fmt::Display for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(listener) => match listener.local_addr() {
                Ok(address) => address.fmt(f),
                Err(_) => f.write_str("an unknown address"),
            },
            Self::Unix(listener) => {
                let address = listener.local_addr().ok();
                match address.as_ref().and_then(|address| address.as_pathname()) {
                    Some(path) => path.display().fmt(f),
                    None => f.write_str("a unix socket without a path"),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_as_people_write_it() {
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = tcp.local_addr().unwrap().to_string();
        assert_eq!(Listener::tcp(tcp).unwrap().to_string(), address);

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plain.sock");
        let unix = Listener::unix(UnixListener::bind(&path).unwrap()).unwrap();
        assert_eq!(unix.to_string(), path.display().to_string());
    }

    #[test]
    fn accepting_does_not_wait() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let Listener::Tcp(listener) = Listener::tcp(listener).unwrap() else {
            panic!("it was made from a TCP listener");
        };
        let error = listener.accept().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
    }
}
