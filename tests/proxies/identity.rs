//! Whoever is signed in at a proxy reads what is his, as the manual's examples have it; and nobody can say himself who he is.

use std::{
    fs::Permissions,
    net::TcpListener,
    os::unix::{fs::PermissionsExt as _, net::UnixListener},
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use docent::{
    auth::Introducers,
    config::{Identifier, IdentityHeaders, Limits},
    http::{App, Binding, Domain, Site},
    listener::Listener,
    state::StateDir,
    tls::{Source, Terminator, Watch},
};
use serde_json::json;
use tempfile::TempDir;

use crate::{
    authority::Authority,
    behind::Socket,
    left_out::needs_root,
    login,
    proxy::{Kind, Proxy},
    server::{
        Server,
        house::{House, OPEN, SECRET},
    },
};

/// docent with something for everybody and something for the staff, and where it listens.
struct Docent {
    upstream: String,
    _server: Server,
    _house: House,
}

/// Whom docent believes.
#[derive(Clone, Copy)]
struct Believed {
    network: &'static str,
    user: u32,
}

const EVERYBODY_HERE: Believed = Believed {
    network: "127.0.0.1",
    // Of the test, and of the proxies that it starts.
    user: u32::MAX,
};

impl Docent {
    fn start(
        socket: Socket,
        prefix: &str,
        believed: Believed,
        is_open: bool,
        folder: &Path,
    ) -> Self {
        let own = nix::unistd::Uid::effective().as_raw();
        let user = if believed.user == u32::MAX {
            own
        } else {
            believed.user
        };
        let headers = IdentityHeaders {
            user: format!("{prefix}user").to_ascii_lowercase(),
            groups: Some(format!("{prefix}groups").to_ascii_lowercase()),
            separator: ",".to_owned(),
            peers: Vec::new(),
            networks: vec![believed.network.parse().unwrap()],
        };
        let house = House::with(is_open, |access| {
            access.identity_headers = Some(headers.clone());
        });
        let (listener, upstream) = match socket {
            Socket::Tcp => {
                let listener = TcpListener::bind("127.0.0.1:0").unwrap();
                let address = listener.local_addr().unwrap().to_string();
                (Listener::tcp(listener).unwrap(), address)
            }
            Socket::Unix => {
                let path = folder.join("docent.sock");
                let listener = UnixListener::bind(&path).unwrap();
                std::fs::set_permissions(&path, Permissions::from_mode(0o777)).unwrap();
                let path = path.display().to_string();
                (Listener::unix(listener).unwrap(), path)
            }
        };
        let app = App {
            url: Some("https://localhost".parse().unwrap()),
            introducers: Introducers::new(&headers, vec![user]).map(Arc::new),
            ..house.app.clone()
        };
        let site = Arc::new(Site::new(&app, Limits::default()));
        Self {
            upstream,
            _server: Server::serving_at(site, vec![Binding::plain(listener)]),
            _house: house,
        }
    }
}

/// A proxy with a login, configured by the manual's own words, with docent behind it.
struct Gateway {
    url: String,
    ca: PathBuf,
    prefix: &'static str,
    docent: Docent,
    folder: TempDir,
    _proxy: Proxy,
}

impl Gateway {
    /// `None` where the proxy is not installed, which is noted.
    fn start(kind: Kind, socket: Socket, believed: Believed) -> Option<Self> {
        Self::of(kind, socket, believed, true)
    }

    /// `is_open`: there is something for everybody, too.
    fn of(kind: Kind, socket: Socket, believed: Believed, is_open: bool) -> Option<Self> {
        if !kind.is_installed() {
            return None;
        }
        let folder = folder();
        let authority = Authority::new();
        let pair = authority.certify(&["localhost"], 1);
        let ca = folder.path().join("ca.pem");
        std::fs::write(&ca, authority.pem()).unwrap();
        std::fs::write(folder.path().join("cert.pem"), pair.chain).unwrap();
        std::fs::write(folder.path().join("key.pem"), pair.key).unwrap();
        let (prefix, said) = match kind {
            Kind::Nginx => ("X-Forwarded-", "X-Auth-Request-"),
            Kind::Caddy | Kind::CaddyOverHttp2 => ("Remote-", "Remote-"),
        };
        let docent = Docent::start(socket, prefix, believed, is_open, folder.path());
        let login = login::start(said).to_string();
        let proxy = Proxy::with_login(kind, socket, &docent.upstream, &login, folder.path());
        Some(Self {
            url: format!("https://localhost:{}", proxy.port),
            ca,
            prefix,
            docent,
            folder,
            _proxy: proxy,
        })
    }

    /// Status and body of an answer, after what curl is told more.
    fn ask(
        &self,
        path: &str,
        cookie: Option<&str>,
        headers: &[&str],
        more: &[&str],
    ) -> (u16, String) {
        let mut curl = Command::new("curl");
        curl.args([
            "--silent",
            "--show-error",
            "--noproxy",
            "*",
            "--max-time",
            "60",
        ])
        .args(["--write-out", "\n%{http_code}", "--cacert"])
        .arg(&self.ca)
        .args(more);
        if let Some(who) = cookie {
            curl.args(["--cookie", &format!("who={who}")]);
        }
        for header in headers {
            curl.args(["--header", &header.replace("PREFIX-", self.prefix)]);
        }
        said(curl.arg(format!("{}{path}", self.url)))
    }

    /// What a search for the secret word answers at `/mcp`.
    fn search(&self, cookie: Option<&str>, headers: &[&str]) -> (u16, String) {
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
            "name": "search", "arguments": {"query": SECRET},
        }});
        self.ask("/mcp", cookie, headers, &["--json", &call.to_string()])
    }

    #[track_caller]
    fn reads(&self, who: &str, headers: &[&str], is_staff: bool) {
        let (status, list) = self.ask("/llms.txt", Some(who), headers, &[]);
        assert_eq!(status, 200, "{who}: {list}");
        assert!(list.contains(OPEN), "{who}: {list}");
        assert_eq!(list.contains(SECRET), is_staff, "{who} {headers:?}: {list}");
        let (status, _) = self.ask("/secret/", Some(who), headers, &[]);
        assert_eq!(status == 200, is_staff, "{who} {headers:?}");
    }
}

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    // The proxy's workers may be somebody else.
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    folder
}

fn said(curl: &mut Command) -> (u16, String) {
    let output = curl.output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{curl:?}: {error}");
    let told = String::from_utf8(output.stdout).unwrap();
    let (body, status) = told.rsplit_once('\n').unwrap();
    (status.parse().unwrap(), body.to_owned())
}

/// Somebody who says himself that he is Ann, in every spelling.
const FORGED: [&str; 4] = [
    "PREFIX-User: ann",
    "PREFIX-Groups: staff",
    "X_Forwarded_User: ann",
    "x_forwarded_groups: staff",
];

fn tries(kind: Kind, socket: Socket) {
    let Some(gateway) = Gateway::start(kind, socket, EVERYBODY_HERE) else {
        return;
    };
    gateway.reads("ann", &[], true);
    gateway.reads("bob", &[], false);
    // Whoever the login lets through without a name is nobody.
    gateway.reads("ghost", &[], false);
    for who in ["bob", "ghost"] {
        gateway.reads(who, &FORGED, false);
    }
    // The proxy's own word replaces what she says of herself.
    gateway.reads("ann", &["PREFIX-User: eve", "PREFIX-Groups: none"], true);
    // Nor can she have it taken off on the way, as a header that is for the connection alone (RFC 9110, section 7.6.1).
    let hop = ["Connection: close, PREFIX-User, PREFIX-Groups"];
    let (status, list) = gateway.ask("/llms.txt", Some("ann"), &hop, &["--http1.1"]);
    assert!(status == 200 && list.contains(SECRET), "{status} {list}");
    // Nobody is signed in: the login answers, and docent is not asked.
    let (status, body) = gateway.ask("/llms.txt", None, &FORGED, &[]);
    assert!(matches!(status, 302 | 401), "{status}");
    assert!(!body.contains(OPEN), "{body}");
    // Assistants come to docent, without the login.
    for cookie in [None, Some("ann")] {
        let (status, found) = gateway.search(cookie, &FORGED);
        assert_eq!(status, 200, "{found}");
        assert!(!found.contains("secret/index.md"), "{found}");
    }
    let (status, _) = gateway.search(None, &["Authorization: Bearer docent_nobody"]);
    assert_eq!(status, 401, "a credential that is no good is refused");
}

#[test]
fn who_is_signed_in_behind_nginx() {
    tries(Kind::Nginx, Socket::Tcp);
}

#[test]
fn who_is_signed_in_behind_nginx_over_a_unix_socket() {
    tries(Kind::Nginx, Socket::Unix);
}

#[test]
fn who_is_signed_in_behind_caddy() {
    tries(Kind::Caddy, Socket::Tcp);
}

#[test]
fn who_is_signed_in_behind_caddy_over_a_unix_socket() {
    tries(Kind::Caddy, Socket::Unix);
}

/// A login may let somebody through without a name, and what the proxy makes of that is no name either.
#[test]
fn a_login_without_a_name_signs_nobody_in() {
    for kind in [Kind::Nginx, Kind::Caddy] {
        let Some(gateway) = Gateway::of(kind, Socket::Unix, EVERYBODY_HERE, false) else {
            continue;
        };
        let status = |who| gateway.ask("/llms.txt", Some(who), &[], &[]).0;
        assert_eq!(status("ann"), 200, "{kind:?}");
        assert_eq!(status("bob"), 403, "{kind:?}: signed in, and in no group");
        assert_eq!(status("ghost"), 401, "{kind:?}: nobody is signed in");
    }
}

/// The connection does not come from whom docent believes: a person is nobody, whatever the proxy says.
#[test]
fn another_proxy_is_not_believed() {
    let others = Believed {
        network: "192.0.2.0/24",
        // Nobody here has this one.
        user: 59_999,
    };
    for socket in [Socket::Tcp, Socket::Unix] {
        if let Some(gateway) = Gateway::start(Kind::Nginx, socket, others) {
            gateway.reads("ann", &[], false);
            // What it says of an address is no help.
            gateway.reads("ann", &["X-Forwarded-For: 192.0.2.7"], false);
        }
    }
}

/// The socket may be opened by anybody, and the kernel says who has.
#[test]
fn another_user_at_the_unix_socket_is_not_believed() {
    if !needs_root("another user at docent's unix socket") {
        return;
    }
    let Some(gateway) = Gateway::start(Kind::Nginx, Socket::Unix, EVERYBODY_HERE) else {
        return;
    };
    let direct = |user: &str| {
        said(
            Command::new("setpriv")
                .args(["--reuid", user, "--regid", user, "--clear-groups", "curl"])
                .args(["--silent", "--show-error", "--max-time", "60"])
                .args(["--write-out", "\n%{http_code}", "--unix-socket"])
                .arg(&gateway.docent.upstream)
                .args(["--header", "X-Forwarded-User: ann"])
                .args(["--header", "X-Forwarded-Groups: staff"])
                .arg("http://localhost/llms.txt")
                .current_dir(gateway.folder.path()),
        )
    };
    let (status, list) = direct("0");
    assert!(status == 200 && list.contains(SECRET), "{list}");
    for user in ["33", "65534"] {
        let (status, list) = direct(user);
        assert!(status == 200 && list.contains(OPEN), "{list}");
        assert!(!list.contains(SECRET), "{user}: {list}");
    }
}

/// Two of a header, of which one may be the client's own, are refused; so is what cannot be read.
#[test]
fn what_the_proxy_garbles_is_refused() {
    let folder = folder();
    let docent = Docent::start(
        Socket::Tcp,
        "X-Forwarded-",
        EVERYBODY_HERE,
        true,
        folder.path(),
    );
    let direct = |headers: &[&str]| {
        let mut curl = Command::new("curl");
        curl.args([
            "--silent",
            "--show-error",
            "--noproxy",
            "*",
            "--max-time",
            "60",
        ])
        .args(["--write-out", "\n%{http_code}"]);
        for header in headers {
            curl.args(["--header", header]);
        }
        said(curl.arg(format!("http://{}/llms.txt", docent.upstream)))
    };
    let long = format!("X-Forwarded-User: {}", "a".repeat(1_000));
    for (headers, status, is_staff) in [
        (
            &["X-Forwarded-User: ann", "X-Forwarded-Groups: ops, staff"][..],
            200,
            true,
        ),
        (
            &["X-Forwarded-User: ann", "X-Forwarded-Groups: Staff"],
            200,
            false,
        ),
        (&["X-Forwarded-Groups: staff"], 200, false),
        (
            &["X-Forwarded-User;", "X-Forwarded-Groups: staff"],
            200,
            false,
        ),
        (
            &[
                "X-Forwarded-User: ann",
                "X-Forwarded-User: ann",
                "X-Forwarded-Groups: staff",
            ],
            401,
            false,
        ),
        (
            &[
                "X-Forwarded-User: ann",
                "X-Forwarded-Groups: staff",
                "X-Forwarded-Groups: a",
            ],
            401,
            false,
        ),
        (&[&long, "X-Forwarded-Groups: staff"], 401, false),
        // A token of the proxy's own comes along, and is not docent's business.
        (
            &[
                "X-Forwarded-User: ann",
                "X-Forwarded-Groups: staff",
                "Authorization: Bearer of.the.proxy",
            ],
            200,
            true,
        ),
    ] {
        let (found, list) = direct(headers);
        assert_eq!(found, status, "{headers:?}: {list}");
        assert_eq!(list.contains(SECRET), is_staff, "{headers:?}: {list}");
    }
}

/// docent's own HTTPS has nobody in front, whoever connects.
#[test]
fn on_https_nobody_is_believed() {
    let folder = folder();
    let authority = Authority::new();
    let names = vec![Identifier::Dns("localhost".to_owned())];
    let pair = authority.certify(&["localhost"], 1);
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, authority.pem()).unwrap();
    let state = StateDir::new(folder.path());
    let terminator = Arc::new(Terminator::new(names.clone(), state.challenges()));
    let certificates = state.certificates();
    certificates
        .replace(&names[0], &pair.chain, &pair.key)
        .unwrap();
    let name = names[0].clone();
    let _watch = Watch::begin(&terminator, Source::Stored { certificates, name }).unwrap();
    let headers = IdentityHeaders {
        user: "x-forwarded-user".to_owned(),
        groups: Some("x-forwarded-groups".to_owned()),
        separator: ",".to_owned(),
        peers: Vec::new(),
        networks: vec!["127.0.0.0/8".parse().unwrap()],
    };
    let house = House::new(true);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let app = App {
        introducers: Introducers::new(&headers, Vec::new()).map(Arc::new),
        domain: Some(Domain {
            names,
            https_port: port,
            hsts: None,
            challenges: state.challenges(),
        }),
        ..house.app.clone()
    };
    let site = Arc::new(Site::new(&app, Limits::default()));
    let binding = Binding::https(Listener::tcp(listener).unwrap(), terminator);
    let _server = Server::serving_at(site, vec![binding]);
    for version in ["--http1.1", "--http2"] {
        let mut curl = Command::new("curl");
        curl.args([
            "--silent",
            "--show-error",
            "--noproxy",
            "*",
            "--max-time",
            "60",
            version,
        ])
        .args(["--write-out", "\n%{http_code}", "--cacert"])
        .arg(&ca)
        .args([
            "--header",
            "X-Forwarded-User: ann",
            "--header",
            "X-Forwarded-Groups: staff",
        ]);
        let (status, list) = said(curl.arg(format!("https://localhost:{port}/llms.txt")));
        assert!(status == 200 && list.contains(OPEN), "{status} {list}");
        assert!(!list.contains(SECRET), "{list}");
    }
}
