//! docent over HTTPS in this process, with a certificate of the test's own.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    thread::JoinHandle,
};

use docent::{
    config::{DocSet, Identifier, Limits, SearchSettings},
    http::{App, Binding, Domain, Site},
    listener::Listener,
    mcp::Library,
    search::Store,
    state::StateDir,
    tls::{Source, Terminator, Watch},
};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::issuers::authority::Authority;

/// Stops with the test.
pub(crate) struct Server {
    pub(crate) port: u16,
    /// What a client has to trust, PEM.
    pub(crate) ca: PathBuf,
    shutdown: CancellationToken,
    thread: Option<JoinHandle<std::io::Result<()>>>,
    _watch: Watch,
    _scratch: TempDir,
}

impl Server {
    /// Serves a folder under a name.
    pub(crate) fn start(name: &str, documents: &Path) -> Self {
        let scratch = TempDir::new().expect("a temporary folder");
        let folder = scratch.path();
        let (cert, key) = (folder.join("cert.pem"), folder.join("key.pem"));
        let ca = folder.join("ca.pem");
        let authority = Authority::new();
        let pair = authority.certify(&["localhost"], 1);
        for (file, pem) in [
            (&ca, authority.pem()),
            (&cert, pair.chain),
            (&key, pair.key),
        ] {
            std::fs::write(file, pem).expect("written");
        }

        let sets = vec![DocSet::new(name, documents.to_owned())];
        let store = Store::new(&folder.join("cache"), sets, SearchSettings::default());
        let store = store.expect("a cache directory");
        let (snapshot, _) = store.update(false, &|_| ()).expect("documents");

        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let names = vec![Identifier::Dns("localhost".to_owned())];
        let challenges = StateDir::new(folder).challenges();
        let terminator = Arc::new(Terminator::new(names.clone(), challenges.clone()));
        let files = Source::Files { cert, key };
        let watch = Watch::begin(&terminator, files).expect("a thread");
        let domain = Domain {
            names,
            https_port: port,
            hsts: None,
            challenges,
        };
        let app = App {
            domain: Some(domain),
            ..App::new(Arc::new(Library::new(snapshot)))
        };
        let site = Arc::new(Site::new(&app, Limits::default()));
        let shutdown = CancellationToken::new();
        let stop = shutdown.clone();
        let thread = std::thread::spawn(move || {
            tokio::runtime::Builder::new_multi_thread()
                .enable_all()
                .build()?
                .block_on(async {
                    let binding = Binding::https(Listener::tcp(listener)?, terminator);
                    docent::http::serve(site, vec![binding], stop).await
                })
        });
        Self {
            port,
            ca,
            shutdown,
            thread: Some(thread),
            _watch: watch,
            _scratch: scratch,
        }
    }

    /// Tells a client, of whichever kind, to trust this server's authority.
    pub(crate) fn is_trusted_by(&self, client: &mut Command) {
        client
            .env("NODE_EXTRA_CA_CERTS", &self.ca)
            .env("SSL_CERT_FILE", &self.ca);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shutdown.cancel();
        if let Some(thread) = self.thread.take() {
            // A client's failure tells more than a panic here would.
            let _ = thread.join();
        }
    }
}
