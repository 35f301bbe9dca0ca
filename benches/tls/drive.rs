//! The load: handshakes one after another, and answers on connections that stay open.
//!
//! A client of TLS has as much to do as the server. This one leaves out what only clients need, which is to
//! verify the certificate and the server's signature, and so keeps ahead of every server here.

use std::{
    error::Error,
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned,
    client::{
        Resumption,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::ring,
    pki_types::{CertificateDer, ServerName, UnixTime},
};

/// Loops that run at the same time.
pub(crate) const CONNECTIONS: usize = 16;

/// No answer takes longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Full handshakes a second; each is over when a short answer has come.
pub(crate) fn handshakes(port: u16, most: Duration) -> Result<(f64, Duration), Box<dyn Error>> {
    let config = config();
    run(most, || {
        let (config, mut answer) = (Arc::clone(&config), Vec::new());
        Ok(move || {
            let mut connection = Connection::open(port, &config)?;
            connection.ask("/nothing-is-here", "404", &mut answer)
        })
    })
}

/// Answers a second to a `GET` of this path, on connections that stay open.
pub(crate) fn answers(
    port: u16,
    path: &str,
    most: Duration,
) -> Result<(f64, Duration), Box<dyn Error>> {
    let config = config();
    run(most, || {
        let (mut connection, mut answer) = (Connection::open(port, &config)?, Vec::new());
        Ok(move || connection.ask(path, "200", &mut answer))
    })
}

/// The body of one answer.
pub(crate) fn fetch(port: u16, path: &str) -> io::Result<Vec<u8>> {
    let mut answer = Vec::new();
    Connection::open(port, &config())?.ask(path, "200", &mut answer)?;
    Ok(answer)
}

/// Runs loops until the time is over; how many turns they took a second, all together, and the time.
fn run<L: FnMut() -> io::Result<()>>(
    most: Duration,
    prepare: impl Fn() -> io::Result<L> + Sync,
) -> Result<(f64, Duration), Box<dyn Error>> {
    let turns = AtomicUsize::new(0);
    let begun = Instant::now();
    thread::scope(|scope| {
        let loops = [(); CONNECTIONS].map(|()| {
            scope.spawn(|| -> io::Result<()> {
                let mut turn = prepare()?;
                while begun.elapsed() < most {
                    turn()?;
                    turns.fetch_add(1, Ordering::Relaxed);
                }
                Ok(())
            })
        });
        for each in loops {
            each.join().map_err(|_| "a loop panicked")??;
        }
        let took = begun.elapsed();
        Ok((
            turns.load(Ordering::Relaxed) as f64 / took.as_secs_f64(),
            took,
        ))
    })
}

struct Connection {
    stream: StreamOwned<ClientConnection, TcpStream>,
    buffer: Vec<u8>,
}

impl Connection {
    fn open(port: u16, config: &Arc<ClientConfig>) -> io::Result<Self> {
        let socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        let name = ServerName::try_from("localhost").map_err(io::Error::other)?;
        let client = ClientConnection::new(Arc::clone(config), name).map_err(io::Error::other)?;
        Ok(Self {
            stream: StreamOwned::new(client, socket),
            buffer: vec![0; 1 << 16],
        })
    }

    /// Asks, and reads the whole body, which has to have a length.
    fn ask(&mut self, path: &str, status: &str, body: &mut Vec<u8>) -> io::Result<()> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        self.stream.write_all(request.as_bytes())?;
        body.clear();
        let end = loop {
            self.fill(body)?;
            if let Some(end) = body.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let head = String::from_utf8_lossy(&body[..end]).to_ascii_lowercase();
        if head.split(' ').nth(1) != Some(status) {
            return Err(io::Error::other(format!(
                "not the answer that was expected: {head}"
            )));
        }
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length
            .and_then(|length| length.trim().parse().ok())
            .ok_or_else(|| io::Error::other("the answer's length is not said"))?;
        body.drain(..end);
        while body.len() < length {
            self.fill(body)?;
        }
        Ok(())
    }

    fn fill(&mut self, body: &mut Vec<u8>) -> io::Result<()> {
        match self.stream.read(&mut self.buffer)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                body.extend_from_slice(&self.buffer[..read]);
                Ok(())
            }
        }
    }
}

/// TLS 1.3 with X25519 and AES of 128 bits, without resumption.
fn config() -> Arc<ClientConfig> {
    let mut provider = ring::default_provider();
    // One cipher for all, whatever each would choose.
    provider.cipher_suites = vec![ring::cipher_suite::TLS13_AES_128_GCM_SHA256];
    let provider = Arc::new(provider);
    let mut config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("the provider knows TLS 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Trusting(provider)))
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Arc::new(config)
}

/// Trusts everybody: what is measured is the server.
#[derive(Debug)]
struct Trusting(Arc<rustls::crypto::CryptoProvider>);

impl ServerCertVerifier for Trusting {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
