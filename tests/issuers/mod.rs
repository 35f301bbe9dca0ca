//! Real identity providers, on loopback, each of which ends with the value that started it.
//!
//! A test takes them with `#[path = "…/issuers/mod.rs"] mod issuers;`. [`OidcProvider`] registers clients, asks the
//! person at a sign-in page (`person.mjs` answers it), and issues JWTs. It signs with another key when it is told
//! to, while it goes on serving:
//!
//! ```ignore
//! let mut provider = OidcProvider::start(&[("ada", &["staff"])]);
//! let before = provider.token("ada", "http://127.0.0.1:8080/mcp");
//! provider.rotate(Before::Withdrawn);
//! let after = provider.token("ada", "http://127.0.0.1:8080/mcp"); // of a key that nobody has seen
//! ```

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;

#[path = "../tls/authority.rs"]
pub(crate) mod authority;

/// npm's `oidc-provider`: dynamic registration (RFC 7591), PKCE, resource indicators (RFC 8707), `iss` in the answer
/// (RFC 9207), access tokens as JWTs (RFC 9068) with ES256 and the claim `groups`.
pub(crate) struct OidcProvider {
    /// Its issuer identifier.
    pub(crate) url: String,
    /// The authority that its certificate is from, PEM, where it serves HTTPS.
    pub(crate) ca: Option<PathBuf>,
    running: Running,
    _scratch: TempDir,
}

/// Debian's LemonLDAP::NG, another make: its clients are told to it beforehand ("docent-tests", here, without a secret),
/// its issuer identifier ends in a slash, access tokens have the type `JWT`, RS256 and an array of audiences, and so
/// has its ID token, whose audiences are the same. `dwho` is in the groups `timelords` and `users`, `rtyler` in
/// `earthlings` and `users`; the fields of its page are `user` and `password`, which are equal.
pub(crate) struct Lemonldap {
    /// Its issuer identifier.
    pub(crate) url: String,
    running: Running,
    _scratch: TempDir,
}

impl Lemonldap {
    /// Issues tokens for an audience, and sends people back to [`REDIRECT`].
    pub(crate) fn start(audience: &str) -> Self {
        let scratch = TempDir::new().expect("a temporary folder");
        let mut command = Command::new(installed("issuers").join("perl"));
        let command = command
            .arg(tests().join("issuers/lemonldap.pl"))
            .arg(scratch.path())
            .args([audience, REDIRECT]);
        let (running, url) = Running::start(command);
        Self {
            url,
            running,
            _scratch: scratch,
        }
    }

    /// Signs with a new key, which alone is published, a second from now at the latest. Returns its `kid`.
    pub(crate) fn rotate(&mut self) -> String {
        text(&self.running.ask(&json!({ "do": "rotate" })), "key")
    }
}

/// Where [`sign_in`] has people sent back to; nobody listens there.
const REDIRECT: &str = "http://localhost:1/callback";

/// What becomes of the key that signed so far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Before {
    /// It stays published, so that its tokens stay good.
    Published,
    /// It is gone, as after a key was lost.
    Withdrawn,
}

impl OidcProvider {
    /// Over plain HTTP, with users and their groups.
    pub(crate) fn start(users: &[(&str, &[&str])]) -> Self {
        Self::start_with(users, false)
    }

    /// Over HTTPS, with a certificate of an authority that nobody knows.
    pub(crate) fn start_securely(users: &[(&str, &[&str])]) -> Self {
        Self::start_with(users, true)
    }

    fn start_with(users: &[(&str, &[&str])], secure: bool) -> Self {
        let scratch = TempDir::new().expect("a temporary folder");
        let ca = scratch.path().join("ca.pem");
        let mut settings =
            json!({ "users": users.iter().copied().collect::<std::collections::BTreeMap<_, _>>() });
        if secure {
            let authority = authority::Authority::new();
            let pair = authority.certify(&["localhost"], 1);
            let [key, cert] = ["key.pem", "cert.pem"].map(|name| scratch.path().join(name));
            for (file, pem) in [
                (&ca, authority.pem()),
                (&key, pair.key),
                (&cert, pair.chain),
            ] {
                std::fs::write(file, pem).expect("written");
            }
            settings["tls"] = json!({ "key": key, "cert": cert });
        }
        let (running, url) = Running::start(node("oidc_provider.mjs").arg(settings.to_string()));
        Self {
            url,
            ca: secure.then_some(ca),
            running,
            _scratch: scratch,
        }
    }

    /// An access token as a client would get it for a resource, good for ten minutes.
    pub(crate) fn token(&mut self, user: &str, resource: &str) -> String {
        self.token_for(user, resource, Duration::from_secs(600))
    }

    /// The same, good for as long as is said.
    pub(crate) fn token_for(&mut self, user: &str, resource: &str, time: Duration) -> String {
        let asked =
            json!({ "do": "token", "user": user, "resource": resource, "seconds": time.as_secs() });
        text(&self.running.ask(&asked), "token")
    }

    /// Signs with a new key from now on, and returns its `kid`.
    pub(crate) fn rotate(&mut self, before: Before) -> String {
        let keep = before == Before::Published;
        text(
            &self.running.ask(&json!({ "do": "rotate", "keep": keep })),
            "key",
        )
    }
}

/// A provider's process: it says where it is, and answers commands line by line.
struct Running {
    process: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Running {
    /// Starts one, and returns its issuer identifier.
    fn start(command: &mut Command) -> (Self, String) {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("install.sh has put it there");
        let commands = process.stdin.take().expect("it is piped");
        let answers = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut running = Self {
            process,
            commands,
            answers,
        };
        let url = text(&running.answer(), "issuer");
        (running, url)
    }

    fn ask(&mut self, command: &Value) -> Value {
        writeln!(self.commands, "{command}").expect("it reads");
        self.answer()
    }

    fn answer(&mut self) -> Value {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("text");
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("the provider said {line:?}"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; the test's failure tells.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a client of the least kind is given for a resource, once a person has signed in with these fields: the answer of the
/// token endpoint (`access_token`, `id_token` where `scope` has `openid`), with the `header` and the `claims` of the access
/// token beside it.
pub(crate) fn sign_in(issuer: &str, resource: &str, scope: &str, fields: &[(&str, &str)]) -> Value {
    let fields = fields.iter().map(|(name, value)| format!("{name}={value}"));
    let ended = node("flow.mjs")
        .args([issuer, resource, scope])
        .args(fields)
        .output()
        .expect("install.sh has put Node.js there");
    assert!(
        ended.status.success(),
        "{}",
        String::from_utf8_lossy(&ended.stderr)
    );
    serde_json::from_slice(&ended.stdout).expect("JSON")
}

/// A script of this folder, on the pinned Node.js.
fn node(script: &str) -> Command {
    let arch = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => panic!("there is no pinned Node.js for {other}"),
    };
    let clients = installed("clients");
    let mut command =
        Command::new(clients.join(format!("node_modules/node-linux-{arch}/bin/node")));
    command
        .env("DOCENT_CLIENTS", clients)
        .env("DOCENT_ISSUERS", installed("issuers"))
        .arg("--import")
        .arg(tests().join("clients/resolve.mjs"))
        .arg(tests().join("issuers").join(script));
    command
}

/// Where the `install.sh` of a folder of tests puts what it installs.
fn installed(folder: &str) -> PathBuf {
    let ended = Command::new(tests().join(folder).join("install.sh"))
        .stdin(Stdio::null())
        .output()
        .expect("bash runs install.sh");
    assert!(
        ended.status.success(),
        "{}",
        String::from_utf8_lossy(&ended.stderr)
    );
    PathBuf::from(String::from_utf8_lossy(&ended.stdout).trim_end())
}

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn text(answer: &Value, field: &str) -> String {
    let found = answer[field].as_str();
    found
        .unwrap_or_else(|| panic!("the provider said {answer}"))
        .to_owned()
}
