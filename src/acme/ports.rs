//! The ports on which an authority asks: whether docent answers there, or somebody else.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rustls::{
    AlertDescription, ClientConfig, DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{WebPkiSupportedAlgorithms, ring},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use crate::{
    config::{ChallengeType, Identifier, ServerSettings},
    error::printable,
    state::{Leaf, NO_CHALLENGE},
};

/// A port of this machine is tried for no longer.
const CONNECT: Duration = Duration::from_millis(500);
/// Who listens there answers within this time.
const ANSWER: Duration = Duration::from_secs(2);
/// More than the answer of docent's that is looked for.
const MAX_ANSWER: u64 = 4 << 10;
/// For this token no challenge ever waits: it is shorter than those of authorities.
const PROBE: &str = "docent-looks-for-itself";
/// A name that is nobody's.
const NOBODY: &str = "docent.invalid";

/// Where challenges are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChallengePorts {
    /// The address for plain HTTP.
    pub http: SocketAddr,
    /// The address for HTTPS.
    pub https: SocketAddr,
}

/// Who listens where a challenge is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// The challenge.
    pub challenge: ChallengeType,
    /// Where.
    pub address: SocketAddr,
    /// Who.
    pub who: Who,
}

/// Who listens on a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// docent.
    Docent,
    /// Another server, as far as it says what it is.
    Other(String),
    /// Nobody.
    Nobody,
}

impl From<&ServerSettings> for ChallengePorts {
    fn from(server: &ServerSettings) -> Self {
        Self {
            http: server.http,
            https: server.https,
        }
    }
}

impl ChallengePorts {
    /// Who listens on this machine now, for each challenge that is allowed and in their order.
    /// docent knows itself by its answers: to a challenge that nobody has set, and to a handshake
    /// for its name, which it does with its own certificate or not at all.
    pub async fn listeners(
        self,
        allowed: &[ChallengeType],
        name: &Identifier,
        certificate: Option<&CertificateDer<'_>>,
    ) -> Vec<Listener> {
        let mut listeners = Vec::new();
        for &challenge in allowed {
            let (address, who) = match challenge {
                ChallengeType::Http01 => (self.http, plain(self.http, name).await),
                ChallengeType::TlsAlpn01 => {
                    (self.https, secure(self.https, name, certificate).await)
                }
            };
            listeners.push(Listener {
                challenge,
                address,
                who,
            });
        }
        listeners
    }

    /// The challenges that are allowed, those that docent answers here first: the others may be
    /// answered by what stands in front of this machine.
    pub(super) async fn preference(
        self,
        allowed: &[ChallengeType],
        name: &Identifier,
        certificate: Option<&CertificateDer<'_>>,
    ) -> Vec<ChallengeType> {
        let mut listeners = self.listeners(allowed, name, certificate).await;
        if listeners.iter().all(|listener| listener.who == Who::Nobody) {
            tracing::warn!(
                "nothing listens on the ports of the challenges: start docent.service first (`systemctl start docent.socket docent-http.socket docent.service`)"
            );
        }
        for Listener { address, who, .. } in &listeners {
            if let Who::Other(server) = who {
                tracing::warn!(
                    %address,
                    server,
                    "another server listens where docent is to answer the authority: stop it, or let it pass /.well-known/acme-challenge/ on to docent"
                );
            }
        }
        listeners.sort_by_key(|listener| match listener.who {
            Who::Docent => 0,
            Who::Other(_) => 1,
            Who::Nobody => 2,
        });
        let challenges = listeners.into_iter().map(|listener| listener.challenge);
        challenges.collect()
    }
}

async fn plain(address: SocketAddr, name: &Identifier) -> Who {
    let Some(mut stream) = connect(address).await else {
        return Who::Nobody;
    };
    let request = format!(
        "GET /.well-known/acme-challenge/{PROBE} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n"
    );
    let mut answer = Vec::new();
    let exchange = async {
        stream.write_all(request.as_bytes()).await?;
        stream.take(MAX_ANSWER).read_to_end(&mut answer).await
    };
    let ended = timeout(ANSWER, exchange).await;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    if head.starts_with("HTTP/1.1 404") && body == NO_CHALLENGE {
        return Who::Docent;
    }
    let server = head.lines().find_map(|line| {
        let (field, value) = line.split_once(':')?;
        field.eq_ignore_ascii_case("server").then(|| value.trim())
    });
    Who::Other(match server {
        Some(server) => printable(server),
        None if head.starts_with("HTTP/") => "a web server that does not say which".to_owned(),
        None if ended.is_err() => format!("it does not answer within {} seconds", ANSWER.as_secs()),
        None => "it does not speak HTTP".to_owned(),
    })
}

async fn secure(
    address: SocketAddr,
    name: &Identifier,
    certificate: Option<&CertificateDer<'_>>,
) -> Who {
    let server_name = match name {
        Identifier::Dns(name) => ServerName::try_from(name.clone()).ok(),
        Identifier::Ip(ip) => Some(ServerName::from(*ip)),
    };
    let Some(server_name) = server_name else {
        return Who::Nobody;
    };
    match handshake(address, server_name).await {
        Handshake::Nobody => Who::Nobody,
        Handshake::Certificate(shown) if Some(&shown) == certificate => Who::Docent,
        Handshake::Certificate(shown) => Who::Other(match Leaf::read(&shown) {
            Ok(leaf) if leaf.subject.is_empty() => {
                format!("it has another certificate, from {}", leaf.issuer)
            }
            Ok(leaf) => format!(
                "it has another certificate, of {} from {}",
                leaf.subject, leaf.issuer
            ),
            Err(_) => "it has another certificate".to_owned(),
        }),
        // docent knows other names: those of the configuration before.
        Handshake::Refused(AlertDescription::UnrecognisedName) => Who::Docent,
        // docent has no certificate yet, which it says of its own names alone.
        Handshake::Refused(AlertDescription::InternalError) => {
            let nobody = ServerName::try_from(NOBODY).expect("it is a name");
            match handshake(address, nobody).await {
                Handshake::Refused(AlertDescription::UnrecognisedName) => Who::Docent,
                _ => Who::Other("it has no certificate for the name".to_owned()),
            }
        }
        Handshake::Refused(_) => Who::Other("it refuses the handshake".to_owned()),
        Handshake::NoTls => Who::Other("it does not speak TLS".to_owned()),
    }
}

enum Handshake {
    Nobody,
    Certificate(CertificateDer<'static>),
    Refused(AlertDescription),
    NoTls,
}

async fn handshake(address: SocketAddr, name: ServerName<'static>) -> Handshake {
    let Some(stream) = connect(address).await else {
        return Handshake::Nobody;
    };
    let provider = Arc::new(ring::default_provider());
    let shown = Arc::new(Shown {
        certificate: Mutex::default(),
        algorithms: provider.signature_verification_algorithms,
    });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has them")
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&shown) as _)
        .with_no_client_auth();
    let connecting = TlsConnector::from(Arc::new(config)).connect(name, stream);
    let Ok(connected) = timeout(ANSWER, connecting).await else {
        return Handshake::NoTls;
    };
    let certificate = shown.certificate.lock();
    let certificate = certificate.unwrap_or_else(PoisonError::into_inner).take();
    if let Some(certificate) = certificate {
        return Handshake::Certificate(certificate);
    }
    let error = connected.err().and_then(std::io::Error::into_inner);
    match error.and_then(|error| error.downcast::<rustls::Error>().ok()) {
        Some(error) => match *error {
            rustls::Error::AlertReceived(alert) => Handshake::Refused(alert),
            _ => Handshake::NoTls,
        },
        None => Handshake::NoTls,
    }
}

/// Looks at a certificate and trusts nobody: nothing is sent over such a connection.
#[derive(Debug)]
struct Shown {
    certificate: Mutex<Option<CertificateDer<'static>>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Shown {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let mut shown = self
            .certificate
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *shown = Some(certificate.clone().into_owned());
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

async fn connect(address: SocketAddr) -> Option<TcpStream> {
    let hosts = match address.ip() {
        IpAddr::V4(any) if any.is_unspecified() => vec![IpAddr::V4(Ipv4Addr::LOCALHOST)],
        IpAddr::V6(any) if any.is_unspecified() => {
            vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
        }
        host => vec![host],
    };
    for host in hosts {
        let stream = TcpStream::connect((host, address.port()));
        if let Ok(Ok(stream)) = timeout(CONNECT, stream).await {
            return Some(stream);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use tokio::{net::TcpListener, task::JoinSet};

    use super::*;

    /// Says the same to everybody, when something has been said to it.
    async fn saying(servers: &mut JoinSet<()>, answer: &'static str) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        servers.spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let _ = stream.read(&mut [0; 1024]).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        address
    }

    #[tokio::test]
    async fn another_server_is_named_and_comes_after_docent() {
        let mut servers = JoinSet::new();
        let own = "HTTP/1.1 404 Not Found\r\ncontent-length: 34\r\n\r\nNo challenge is waiting for this.\n";
        let own = saying(&mut servers, own).await;
        let nginx = "HTTP/1.1 404 Not Found\r\nServer: nginx/1.22.1\x1b[2J\r\n\r\n<html>";
        let nginx = saying(&mut servers, nginx).await;
        let ssh = saying(&mut servers, "SSH-2.0-OpenSSH_9.2\r\n").await;
        let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let nobody = closed.local_addr().unwrap();
        drop(closed);
        let name = Identifier::Dns("docs.example.com".to_owned());
        let all = [ChallengeType::TlsAlpn01, ChallengeType::Http01];
        let other = |what: &str| Who::Other(what.to_owned());
        for (http, https, expected) in [
            (own, nobody, [Who::Nobody, Who::Docent]),
            (
                nginx,
                ssh,
                [
                    other("it does not speak TLS"),
                    other(r"nginx/1.22.1\u{1b}[2J"),
                ],
            ),
            (ssh, nobody, [Who::Nobody, other("it does not speak HTTP")]),
        ] {
            let ports = ChallengePorts { http, https };
            let listeners = ports.listeners(&all, &name, None).await;
            let who: Vec<_> = listeners.into_iter().map(|listener| listener.who).collect();
            assert_eq!(who, expected);
        }
        // An address that stands for all of them.
        let any = SocketAddr::from((Ipv6Addr::UNSPECIFIED, own.port()));
        let ports = ChallengePorts {
            http: any,
            https: ssh,
        };
        let preference = ports.preference(&all, &name, None).await;
        assert_eq!(
            preference,
            [ChallengeType::Http01, ChallengeType::TlsAlpn01]
        );
        let ports = ChallengePorts {
            http: nobody,
            https: ssh,
        };
        assert_eq!(ports.preference(&all, &name, None).await, all);
        let only = [ChallengeType::Http01];
        assert_eq!(ports.preference(&only, &name, None).await, only);
    }
}
