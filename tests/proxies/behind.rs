//! docent in this process, and a proxy in front of it.

use std::{
    fs::Permissions,
    net::TcpListener,
    os::unix::{fs::PermissionsExt as _, net::UnixListener},
    path::PathBuf,
    sync::Arc,
};

use docent::{
    config::{DocSet, Limits, TrustedProxies},
    http::{App, Binding, Site},
    listener::Listener,
};
use tempfile::TempDir;

use crate::{
    authority::Authority,
    clients,
    proxy::{Kind, Proxy},
    server::{Server, library},
};

/// Where docent is found at the proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Below {
    Nothing,
    /// Below a path, which docent is sent too.
    Kept,
    /// Below a path, of which docent hears nothing.
    TakenOff,
}

/// How the proxy reaches docent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Socket {
    Tcp,
    Unix,
}

/// Both of them, for as long as it lives.
pub(crate) struct Behind {
    /// What a client has to trust.
    pub(crate) ca: PathBuf,
    /// What people are told.
    pub(crate) url: String,
    pub(crate) limits: Limits,
    /// Ends before what it sends requests to.
    _proxy: Proxy,
    _server: Server,
    _cache: TempDir,
    _folder: TempDir,
}

impl Behind {
    /// `None` where the proxy is not installed, which is noted.
    pub(crate) fn start(kind: Kind, below: Below, socket: Socket) -> Option<Self> {
        if !kind.is_installed() {
            return None;
        }
        let folder = TempDir::new().unwrap();
        // The proxy's workers may be somebody else.
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        let authority = Authority::new();
        let pair = authority.certify(&["localhost", "docs.example.com", "www.example.com"], 1);
        let ca = folder.path().join("ca.pem");
        std::fs::write(&ca, authority.pem()).unwrap();
        std::fs::write(folder.path().join("cert.pem"), pair.chain).unwrap();
        std::fs::write(folder.path().join("key.pem"), pair.key).unwrap();

        let (listener, upstream) = match socket {
            Socket::Tcp => {
                let listener = TcpListener::bind("127.0.0.1:0").unwrap();
                let address = listener.local_addr().unwrap().to_string();
                (Listener::tcp(listener).unwrap(), address)
            }
            Socket::Unix => {
                let path = folder.path().join("docent.sock");
                let listener = UnixListener::bind(&path).unwrap();
                std::fs::set_permissions(&path, Permissions::from_mode(0o777)).unwrap();
                (
                    Listener::unix(listener).unwrap(),
                    path.display().to_string(),
                )
            }
        };
        let proxy = Proxy::start(kind, below, socket, &upstream, folder.path());
        let path = match below {
            Below::Nothing => "",
            Below::Kept | Below::TakenOff => "/docs",
        };
        let url = format!("https://localhost:{}{path}", proxy.port);

        // Its name is that of the path, which makes it hard.
        let (library, cache) = library::of(vec![DocSet::new("docs", clients::manual())]);
        let limits = Limits {
            requests_in_flight: 16,
            ..Limits::default()
        };
        let app = App {
            url: Some(url.parse().unwrap()),
            proxies: TrustedProxies {
                networks: vec!["127.0.0.1/32".parse().unwrap()],
                unix: true,
            },
            hosts: Vec::new(),
            ..Server::app(library)
        };
        let site = Arc::new(Site::new(&app, limits.clone()));
        let server = Server::serving_at(site, vec![Binding::plain(listener)]);
        Some(Self {
            ca,
            url,
            limits,
            _proxy: proxy,
            _server: server,
            _cache: cache,
            _folder: folder,
        })
    }
}
