//! Runs the program, and reads what it says.

use std::{net::SocketAddr, path::Path, process::Command, sync::Arc, thread::JoinHandle};

use docent::{
    config::{DocSet, Identifier, Limits},
    http::{App, Binding, Domain, Site},
    listener::Listener,
    state::StateDir,
    tls::{Source, Terminator, Watch},
};
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::{
    authority::{Authority, Identity, Wanted},
    front::{Closed, Front, Handler, Proxy},
    server::{Server, library},
};

/// The name that everything here is examined by.
pub(crate) const NAME: &str = "docs.example.com";
/// An address that is nobody's (RFC 5737).
pub(crate) const NOBODYS: &str = "192.0.2.7";

/// Whose pages may call.
pub(crate) const ASSISTANTS: [&str; 2] = ["https://claude.ai", "https://chatgpt.com"];

/// A docent for [`NAME`], with the pages of assistants allowed, as its operator should have it.
pub(crate) struct Docent {
    pub(crate) server: Server,
    _cache: TempDir,
}

impl Docent {
    pub(crate) fn start() -> Self {
        Self::over(vec![library::guide()], &ASSISTANTS)
    }

    /// The same without `url` in its configuration: it tells the address that it is called by.
    pub(crate) fn untold() -> Self {
        let (library, cache) = library::handbook();
        let mut app = Server::app(library);
        app.origins = ASSISTANTS.map(|origin| origin.parse().unwrap()).to_vec();
        Self::serving(&app, cache)
    }

    pub(crate) fn over(sets: Vec<DocSet>, origins: &[&str]) -> Self {
        let (library, cache) = library::of(sets);
        let mut app = Server::app(library);
        app.url = Some("https://docs.example.com".parse().unwrap());
        app.origins = origins
            .iter()
            .map(|origin| origin.parse().unwrap())
            .collect();
        Self::serving(&app, cache)
    }

    fn serving(app: &App, cache: TempDir) -> Self {
        let site = Arc::new(Site::new(app, Limits::default()));
        Self {
            server: Server::serving(site),
            _cache: cache,
        }
    }

    /// A proxy that passes everything on as it is.
    pub(crate) fn proxy(&self) -> Proxy {
        Proxy::to(self.server.address)
    }
}

/// A docent over HTTPS by itself, without anything in front, and on port 80 beside it.
pub(crate) struct Secured {
    pub(crate) https: SocketAddr,
    pub(crate) http: SocketAddr,
    stop: CancellationToken,
    thread: Option<JoinHandle<std::io::Result<()>>>,
    _watch: Option<Watch>,
    _folders: (TempDir, TempDir),
}

impl Secured {
    /// For these names; without an identity, before it has its first certificate.
    pub(crate) fn start(names: &[&str], identity: Option<&Identity>) -> Self {
        let names: Vec<_> = names
            .iter()
            .map(|name| Identifier::Dns((*name).to_owned()))
            .collect();
        let folder = TempDir::new().unwrap();
        let state = StateDir::new(folder.path());
        let terminator = Arc::new(Terminator::new(names.clone(), state.challenges()));
        let watch = identity.map(|identity| {
            let certificates = state.certificates();
            certificates
                .replace(&names[0], &identity.chain_pem, &identity.key_pem)
                .unwrap();
            let source = Source::Stored {
                certificates,
                name: names[0].clone(),
            };
            Watch::begin(&terminator, source).unwrap()
        });
        let (library, cache) = library::handbook();
        let mut app = App::new(library);
        app.domain = Some(Domain {
            names,
            https_port: 443,
            hsts: None,
            challenges: state.challenges(),
        });
        let site = Arc::new(Site::new(&app, Limits::default()));
        let bind = || std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let (https, http) = (bind(), bind());
        let (at_https, at_http) = (https.local_addr().unwrap(), http.local_addr().unwrap());
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let thread = std::thread::spawn(move || {
            tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_all()
                .build()?
                .block_on(async {
                    let bindings = vec![
                        Binding::https(Listener::tcp(https)?, terminator),
                        Binding::redirect(Listener::tcp(http)?),
                    ];
                    docent::http::serve(site, bindings, stopped).await
                })
        });
        Self {
            https: at_https,
            http: at_http,
            stop,
            thread: Some(thread),
            _watch: watch,
            _folders: (folder, cache),
        }
    }
}

impl Drop for Secured {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What a run said.
pub(crate) struct Report {
    pub(crate) code: Option<i32>,
    pub(crate) text: String,
    json: Value,
}

impl Report {
    /// What is wrong, in the order in which it is said.
    pub(crate) fn causes(&self) -> Vec<&str> {
        let checks = self.json["checks"].as_array().expect("a list");
        checks
            .iter()
            .filter_map(|it| it["cause"].as_str())
            .collect()
    }

    /// The line with a cause.
    pub(crate) fn of(&self, cause: &str) -> (&str, &str, &str) {
        let checks = self.json["checks"].as_array().expect("a list");
        let found = checks.iter().find(|it| it["cause"] == cause);
        let found = found.unwrap_or_else(|| panic!("no {cause}: {}", self.text));
        let text = |name: &str| found[name].as_str().unwrap_or_default();
        (text("verdict"), text("message"), text("help"))
    }

    /// Nothing else is wrong, and the exit status is that of the worst.
    #[track_caller]
    pub(crate) fn says(&self, causes: &[&str]) {
        assert_eq!(self.causes(), causes, "{}", self.text);
        let checks = self.json["checks"].as_array().expect("a list");
        let verdicts: Vec<_> = checks
            .iter()
            .filter_map(|it| it["verdict"].as_str())
            .collect();
        let code = match () {
            () if verdicts.contains(&"error") => 2,
            () if verdicts.contains(&"warning") => 1,
            () => 0,
        };
        assert_eq!(self.code, Some(code), "{}", self.text);
        for check in checks.iter().filter(|it| it["verdict"] != "ok") {
            for part in ["cause", "message", "help"] {
                assert!(
                    check[part].as_str().is_some_and(|it| !it.is_empty()),
                    "{check}"
                );
            }
        }
    }
}

/// Runs `docent doctor` in a folder.
pub(crate) fn doctor(folder: &Path, arguments: &[String]) -> Report {
    doctor_with(folder, arguments, &[])
}

/// The same with variables of the environment.
pub(crate) fn doctor_with(
    folder: &Path,
    arguments: &[String],
    variables: &[(&str, &Path)],
) -> Report {
    let output = Command::new(env!("CARGO_BIN_EXE_docent"))
        .args(["doctor", "--format", "json"])
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Report {
        code: output.status.code(),
        json: serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{said}")),
        text: text + &said,
    }
}

/// An examination from outside.
pub(crate) struct Outside {
    folder: TempDir,
    arguments: Vec<String>,
    closed: Closed,
}

impl Outside {
    /// Of an address whose name has an address that is nobody's.
    pub(crate) fn of(url: &str) -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            arguments: vec!["--url".to_owned(), url.to_owned()],
            closed: Closed::port(),
        }
    }

    /// Of the address that assistants are usually given.
    pub(crate) fn usual() -> Self {
        Self::of("https://docs.example.com/mcp")
    }

    pub(crate) fn option(mut self, name: &str, value: &str) -> Self {
        self.arguments.extend([name.to_owned(), value.to_owned()]);
        self
    }

    /// What the name resolves to.
    pub(crate) fn resolving(self, ip: &str) -> Self {
        self.option("--resolve", &format!("{NAME}:{ip}"))
    }

    /// Whom to trust.
    pub(crate) fn trusting(self, authority: &Authority) -> Self {
        let path = self.folder.path().join("ca.pem");
        std::fs::write(&path, authority.pem()).unwrap();
        self.option("--ca-file", &path.display().to_string())
    }

    /// Who is found at a port.
    pub(crate) fn at(self, port: u16, server: SocketAddr) -> Self {
        self.option("--connect-to", &format!(":{port}:{server}"))
    }

    /// Everything else is closed.
    pub(crate) fn run(self) -> Report {
        let is_told = self.arguments.iter().any(|it| it == "--resolve");
        let closed = self.closed.0;
        let this = if is_told {
            self
        } else {
            self.resolving(NOBODYS)
        };
        let this = this.option("--connect-to", &format!("::{closed}"));
        doctor(this.folder.path(), &this.arguments)
    }
}

/// Examines a server on port 443 whose certificate is as it should be.
pub(crate) fn behind(handler: Handler) -> Report {
    let authority = Authority::new("The test's own");
    let identity = authority.certify(&Wanted::default());
    let front = Front::start(Some(identity), handler);
    Outside::usual()
        .trusting(&authority)
        .at(443, front.address)
        .run()
}
