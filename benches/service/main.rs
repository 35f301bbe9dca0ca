//! Clients that call a running service without pause, and how long each has to wait.
//!
//! `benches/service.sh` starts it beside a service that is restarted meanwhile: URL, the file of the root
//! certificate, and the number of clients. A line on standard input asks for the number of calls so far and the
//! longest wait since the line before, in milliseconds; its end ends the run. A call that fails ends it too.

use std::{
    error::Error,
    io::{self, BufRead as _, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};

/// No call takes longer.
const PATIENCE: Duration = Duration::from_secs(60);
/// No answer is larger, in bytes.
const MAX_ANSWER: u64 = 1 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = std::env::args().skip(1).collect::<Vec<_>>();
    let arguments = arguments.iter().map(String::as_str).collect::<Vec<_>>();
    let [url, root, clients] = arguments[..] else {
        // `cargo bench` and `cargo test --all-targets` come here too: there is nothing to measure alone.
        return Ok(());
    };
    call(&Service::new(url, Path::new(root))?, clients.parse()?)
}

/// Whom to call, and what to say.
struct Service {
    host: String,
    config: Arc<ClientConfig>,
    request: Vec<u8>,
}

/// What the clients tell.
#[derive(Default)]
struct Told {
    calls: AtomicU64,
    /// In microseconds, since somebody asked.
    longest: AtomicU64,
    over: AtomicBool,
    failure: Mutex<Option<String>>,
}

fn call(service: &Service, clients: usize) -> Result<(), Box<dyn Error>> {
    let told = Told::default();
    thread::scope(|scope| {
        for _ in 0..clients {
            scope.spawn(|| {
                if let Err(error) = client(service, &told) {
                    let mut failure = told.failure.lock().unwrap_or_else(PoisonError::into_inner);
                    *failure = Some(error.to_string());
                    told.over.store(true, Ordering::Relaxed);
                }
            });
        }
        for line in io::stdin().lock().lines() {
            line?;
            let longest = told.longest.swap(0, Ordering::Relaxed);
            let calls = told.calls.load(Ordering::Relaxed);
            writeln!(io::stdout().lock(), "{calls} {:.1}", longest as f64 / 1e3)?;
        }
        told.over.store(true, Ordering::Relaxed);
        io::Result::Ok(())
    })?;
    match told.failure.into_inner()? {
        Some(failure) => Err(failure.into()),
        None => Ok(()),
    }
}

/// One call after another, over a connection that it keeps while it can.
fn client(service: &Service, told: &Told) -> io::Result<()> {
    let mut connection = None;
    while !told.over.load(Ordering::Relaxed) {
        let begun = Instant::now();
        let mut open = match connection.take() {
            Some(open) => open,
            None => service.connect()?,
        };
        if service.ask(&mut open)? {
            connection = Some(open);
        }
        let waited = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        told.longest.fetch_max(waited, Ordering::Relaxed);
        told.calls.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

type Connection = StreamOwned<ClientConnection, TcpStream>;

impl Service {
    fn new(url: &str, root: &Path) -> Result<Self, Box<dyn Error>> {
        let (host, path) = url
            .strip_prefix("https://")
            .and_then(|rest| rest.split_once('/'))
            .ok_or("the URL is to be https://NAME/PATH")?;
        let mut roots = RootCertStore::empty();
        for root in CertificateDer::pem_file_iter(root)? {
            roots.add(root?)?;
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"query":"checkpoint"}}}"#;
        let request = format!(
            "POST /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
             Accept: application/json, text/event-stream\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        Ok(Self {
            host: host.to_owned(),
            config: Arc::new(config),
            request: request.into_bytes(),
        })
    }

    fn connect(&self) -> io::Result<Connection> {
        let socket = TcpStream::connect((self.host.as_str(), 443))?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        let name = ServerName::try_from(self.host.clone()).map_err(io::Error::other)?;
        let client =
            ClientConnection::new(Arc::clone(&self.config), name).map_err(io::Error::other)?;
        Ok(StreamOwned::new(client, socket))
    }

    /// Asks; `false`: the connection was good for this one answer.
    fn ask(&self, connection: &mut Connection) -> io::Result<bool> {
        connection.write_all(&self.request)?;
        let mut reader = io::BufReader::new(io::Read::by_ref(connection).take(MAX_ANSWER));
        let (mut head, mut length) = (String::new(), 0);
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let head = head.to_ascii_lowercase();
        for line in head.lines() {
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let body = String::from_utf8_lossy(&body);
        if !head.starts_with("http/1.1 200 ") || !body.contains("heckpoint") {
            return Err(io::Error::other(format!("not an answer: {head}{body}")));
        }
        Ok(!head.contains("connection: close"))
    }
}
