//! A docent in this process that everybody could reach: HTTPS, port 80 and a plain listener, each on a
//! free port, with a state directory and an authority of its own.

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::Command,
    sync::Arc,
    thread::JoinHandle,
    time::Duration,
};

use docent::{
    config::{Identifier, Limits},
    http::{App, Binding, Domain, Site},
    listener::Listener,
    mcp::Library,
    state::StateDir,
    tls::{Source, Terminator, Watch},
};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto::ring, pki_types::ServerName,
};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::{
    authority::Authority,
    server::{PATIENCE, Response, library, request},
};

pub(crate) struct Public {
    pub(crate) https: SocketAddr,
    pub(crate) http: SocketAddr,
    pub(crate) plain: SocketAddr,
    pub(crate) authority: Authority,
    pub(crate) state: StateDir,
    pub(crate) site: Arc<Site>,
    pub(crate) names: Vec<Identifier>,
    documents: Arc<Library>,
    scratch: TempDir,
    shutdown: CancellationToken,
    thread: Option<JoinHandle<io::Result<()>>>,
    terminator: Arc<Terminator>,
    _watch: Watch,
    _cache: TempDir,
}

/// What most tests are called.
pub(crate) const NAMES: [&str; 3] = ["docs.example.com", "localhost", "127.0.0.1"];

pub(crate) type Tls = StreamOwned<ClientConnection, TcpStream>;

impl Public {
    /// With a certificate whose serial number is 1.
    pub(crate) fn start() -> Self {
        Self::with(&NAMES, Limits::default())
    }

    pub(crate) fn with(names: &[&str], limits: Limits) -> Self {
        let public = Self::without_certificate(names, limits);
        public.renew(1);
        public.await_serial(1);
        public
    }

    pub(crate) fn without_certificate(names: &[&str], limits: Limits) -> Self {
        Self::watching(names, limits, |state, names| Source::Stored {
            certificates: state.certificates(),
            name: names[0].clone(),
        })
    }

    pub(crate) fn watching(
        names: &[&str],
        limits: Limits,
        source: impl FnOnce(&StateDir, &[Identifier]) -> Source,
    ) -> Self {
        let scratch = TempDir::new().unwrap();
        let state = StateDir::new(scratch.path().join("state"));
        let authority = Authority::new();
        std::fs::write(scratch.path().join("ca.pem"), authority.pem()).unwrap();
        let names: Vec<_> = names.iter().map(|name| identifier(name)).collect();
        let terminator = Arc::new(Terminator::new(names.clone(), state.challenges()));
        let watch = Watch::begin(&terminator, source(&state, &names)).unwrap();

        let open = |listener| Listener::tcp(listener).unwrap();
        let bind = || TcpListener::bind("127.0.0.1:0").unwrap();
        let (https, http, plain) = (bind(), bind(), bind());
        let [at_https, at_http, at_plain] =
            [&https, &http, &plain].map(|listener| listener.local_addr().unwrap());
        let (library, cache) = library::handbook();
        let shutdown = CancellationToken::new();
        let domain = Domain {
            names: names.clone(),
            https_port: at_https.port(),
            hsts: Some(Duration::from_secs(31_536_000)),
            challenges: state.challenges(),
        };
        let app = App {
            domain: Some(domain),
            ..App::new(Arc::clone(&library))
        };
        let site = Arc::new(Site::new(&app, limits));
        let bindings = vec![
            Binding::https(open(https), Arc::clone(&terminator)),
            Binding::redirect(open(http)),
            Binding::plain(open(plain)),
        ];
        let (served, stop) = (Arc::clone(&site), shutdown.clone());
        let thread = std::thread::spawn(move || {
            tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()?
                .block_on(docent::http::serve(served, bindings, stop))
        });
        Self {
            https: at_https,
            http: at_http,
            plain: at_plain,
            authority,
            state,
            site,
            names,
            documents: library,
            scratch,
            shutdown,
            thread: Some(thread),
            terminator,
            _watch: watch,
            _cache: cache,
        }
    }

    /// What is served, with other hosts allowed.
    pub(crate) fn app(&self, hosts: &[&str]) -> App {
        App {
            hosts: hosts.iter().map(ToString::to_string).collect(),
            domain: Some(Domain {
                names: self.names.clone(),
                https_port: self.https.port(),
                hsts: None,
                challenges: self.state.challenges(),
            }),
            ..App::new(Arc::clone(&self.documents))
        }
    }

    /// Stores a new certificate, as whoever renews does.
    pub(crate) fn renew(&self, serial: u64) {
        let names: Vec<_> = self.names.iter().map(ToString::to_string).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        self.certify(&names, serial);
    }

    /// Answers to other names from now on.
    pub(crate) fn rename(&self, names: &[&str]) {
        self.terminator
            .rename(names.iter().map(|name| identifier(name)).collect());
    }

    /// Stores a new certificate for these names.
    pub(crate) fn certify(&self, names: &[&str], serial: u64) {
        let pair = self.authority.certify(names, serial);
        self.state
            .certificates()
            .replace(&self.names[0], &pair.chain, &pair.key)
            .unwrap();
    }

    /// Waits until a handshake gets the certificate with this serial number; how long that took.
    pub(crate) fn await_serial(&self, serial: u64) -> Duration {
        let begun = std::time::Instant::now();
        loop {
            if let Ok(stream) = self.tls(&self.names[0].to_string(), &[])
                && serial_of(&stream) == serial
            {
                return begun.elapsed();
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "certificate {serial} does not come"
            );
            std::thread::yield_now();
        }
    }

    /// The authority's certificate.
    pub(crate) fn ca(&self) -> PathBuf {
        self.scratch.path().join("ca.pem")
    }

    pub(crate) fn folder(&self) -> &std::path::Path {
        self.scratch.path()
    }

    /// Connects and does the handshake.
    pub(crate) fn tls(&self, name: &str, protocols: &[&str]) -> io::Result<Tls> {
        self.tls_on(connect(self.https), name, protocols)
    }

    /// Does the handshake on a connection.
    pub(crate) fn tls_on(
        &self,
        socket: TcpStream,
        name: &str,
        protocols: &[&str],
    ) -> io::Result<Tls> {
        let mut stream = self.begin_tls(socket, name, protocols);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(stream)
    }

    fn begin_tls(&self, socket: TcpStream, name: &str, protocols: &[&str]) -> Tls {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.der()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|it| it.as_bytes().to_vec()).collect();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let client = ClientConnection::new(Arc::new(config), name).unwrap();
        StreamOwned::new(client, socket)
    }

    /// A request over HTTPS on a connection of its own, to the name `localhost`.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Response {
        let mut stream = self.tls("localhost", &["http/1.1"]).unwrap();
        stream
            .write_all(&request(method, path, headers, body))
            .unwrap();
        Response::read(&mut stream).expect("an answer, and a goodbye")
    }

    pub(crate) fn get(&self, path: &str) -> Response {
        self.send("GET", path, &[], b"")
    }

    /// A request to another of the listeners.
    pub(crate) fn send_plain(
        &self,
        address: SocketAddr,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Response {
        let mut stream = connect(address);
        stream
            .write_all(&request(method, path, headers, b""))
            .unwrap();
        Response::read(&mut stream).unwrap()
    }

    /// Runs `openssl s_client` with more arguments, says this and returns all it prints.
    pub(crate) fn openssl(&self, arguments: &[&str], say: &str) -> String {
        let mut child = Command::new("openssl")
            .args(["s_client", "-connect", &self.https.to_string(), "-CAfile"])
            .arg(self.ca())
            .args(arguments)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("openssl is installed: see tests/needs.sh");
        let _ = child.stdin.take().unwrap().write_all(say.as_bytes());
        let output = child.wait_with_output().unwrap();
        [output.stdout, output.stderr]
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .join("\n")
    }

    /// Tells the server to stop; it drains.
    pub(crate) fn stop(&self) {
        self.shutdown.cancel();
    }

    /// Waits until the server has stopped.
    pub(crate) fn join(mut self) {
        self.thread.take().unwrap().join().unwrap().unwrap();
    }
}

impl Drop for Public {
    fn drop(&mut self) {
        self.shutdown.cancel();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// The serial number of the certificate that a handshake got.
pub(crate) fn serial_of(stream: &Tls) -> u64 {
    let chain = stream
        .conn
        .peer_certificates()
        .expect("the handshake is done");
    let (_, leaf) = x509_parser::parse_x509_certificate(&chain[0]).unwrap();
    leaf.raw_serial()
        .iter()
        .fold(0, |serial, byte| serial << 8 | u64::from(*byte))
}

/// Reads until there is no more; an error where the end is no goodbye (a missing `close_notify`).
pub(crate) fn rest(stream: &mut Tls) -> io::Result<Vec<u8>> {
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).map(|_| rest)
}

pub(crate) fn identifier(name: &str) -> Identifier {
    match name.parse() {
        Ok(address) => Identifier::Ip(address),
        Err(_) => Identifier::Dns(name.to_owned()),
    }
}
