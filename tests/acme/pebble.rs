//! A certificate authority of the test's own: Pebble, the DNS server that it asks, and the
//! answers to its questions, all on free ports, gone when dropped.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use docent::{
    acme::{Account, ChallengePorts, Client, Error, Issued, OrderRequest, Patience},
    config::{CertificateAuthority, ChallengeType, ExternalAccount, Identifier, KeyType},
    state::StateDir,
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::answering::{Answering, answer};

/// No authority takes longer to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// Which Pebble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Release {
    /// The one of this Debian release: 2.4 in Debian 12, without renewal information or profiles.
    Debian,
    /// At least 2.10: with both.
    Newest,
}

/// How the authority is to behave.
#[derive(Debug, Clone)]
pub(crate) struct Behaviour {
    pub(crate) release: Release,
    /// How many of a hundred good nonces it refuses.
    pub(crate) bad_nonces: u8,
    /// Members to add to its configuration.
    pub(crate) config: Value,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            release: Release::Debian,
            bad_nonces: 0,
            config: json!({}),
        }
    }
}

/// A running authority, and a docent's state to use it with.
pub(crate) struct Pebble {
    pub(crate) authority: CertificateAuthority,
    pub(crate) state: StateDir,
    pub(crate) folder: TempDir,
    behaviour: Behaviour,
    answering: Answering,
    process: Option<Process>,
    _dns: Process,
    dns_port: u16,
    dns_management: u16,
    management: u16,
}

impl Pebble {
    pub(crate) async fn start(behaviour: Behaviour) -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_certificates(&folder);
        let state = StateDir::new(folder.path().join("state"));
        let answering = answer(state.challenges()).await;
        let (dns, dns_port, dns_management) = start_dns();
        let mut pebble = Self {
            authority: CertificateAuthority {
                directory: String::new(),
                staging: None,
                ca_file: Some(folder.path().join("ca.pem")),
                profile: None,
                external_account: None,
                proxy: None,
            },
            state,
            folder,
            behaviour,
            answering,
            process: None,
            _dns: dns,
            dns_port,
            dns_management,
            management: 0,
        };
        pebble.run(0);
        pebble
    }

    /// Ends the authority and starts it anew at the same URL: it has forgotten everything.
    pub(crate) fn restart(&mut self) {
        let port = self.authority.directory.split([':', '/']).nth(4).unwrap();
        let port = port.parse().unwrap();
        self.stop();
        self.run(port);
    }

    /// Ends the authority.
    pub(crate) fn stop(&mut self) {
        self.process = None;
    }

    /// What the authority has noted.
    pub(crate) fn log(&self) -> String {
        self.process.as_ref().unwrap().log()
    }

    /// The same, with no patience for what does not answer.
    pub(crate) async fn try_client(&self) -> Result<Client, Error> {
        let patience = Patience {
            repeat: Duration::from_millis(1),
            ..Patience::default()
        };
        Client::connect(&self.authority, patience).await
    }

    pub(crate) async fn client(&self) -> Client {
        Client::connect(&self.authority, Patience::default())
            .await
            .unwrap()
    }

    /// A certificate, as a renewal obtains one: connection, account, order.
    pub(crate) async fn issue(
        &self,
        names: &[Identifier],
        challenges: &[ChallengeType],
    ) -> Result<Issued, Error> {
        let client = self.client().await;
        let mut account = client.account(&self.state, None).await?;
        self.order(&mut account, names, challenges).await
    }

    pub(crate) async fn order(
        &self,
        account: &mut Account<'_>,
        names: &[Identifier],
        challenges: &[ChallengeType],
    ) -> Result<Issued, Error> {
        let request = OrderRequest {
            names,
            key_type: KeyType::P256,
            challenges,
            replaces: None,
        };
        account.order(&request, &self.state.challenges()).await
    }

    /// Has docent name a customer of the authority, by a key that the authority may know.
    pub(crate) fn with_external_account(&mut self, kid: &str, hmac_key: &str) {
        let file = self.folder.path().join("hmac");
        fs::write(&file, format!("{hmac_key}\n")).unwrap();
        self.authority.external_account = Some(ExternalAccount {
            kid: kid.to_owned(),
            hmac_key_file: file,
        });
    }

    /// What the authority's own door for tests says.
    pub(crate) async fn manage(&self, path: &str) -> Value {
        let url = format!("https://127.0.0.1:{}{path}", self.management);
        serde_json::from_slice(&self.answering.fetch(&url, &self.folder).await).unwrap()
    }

    /// Has the DNS server say something else: one of its own commands.
    pub(crate) async fn set_dns(&self, command: &str, argument: &Value) {
        let url = format!("http://127.0.0.1:{}/{command}", self.dns_management);
        let argument = argument.to_string();
        self.answering.post(&url, argument, &self.folder).await;
    }

    /// The answers that have been asked for so far, by the kind of challenge.
    pub(crate) fn asked(&self, challenge: ChallengeType) -> usize {
        self.answering.asked(challenge)
    }

    /// Leaves the ports to which its questions go to docent itself.
    pub(crate) async fn leave_ports(&mut self) {
        self.answering.leave().await;
    }

    /// A document that the authority publishes at its door for tests.
    pub(crate) async fn published(&self, path: &str) -> Vec<u8> {
        let url = format!("https://127.0.0.1:{}{path}", self.management);
        self.answering.fetch(&url, &self.folder).await.to_vec()
    }

    /// Where its questions are answered.
    pub(crate) fn ports(&self) -> ChallengePorts {
        let address = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        ChallengePorts {
            http: address(self.answering.http_port),
            https: address(self.answering.tls_port),
        }
    }

    fn run(&mut self, port: u16) {
        let release = self.behaviour.release;
        let (mut process, port) = until_it_runs(&program(release, "pebble"), |command| {
            let port = if port == 0 { free_port() } else { port };
            self.management = free_port();
            let config = self.folder.path().join("pebble.json");
            fs::write(&config, self.config(port).to_string()).unwrap();
            command
                .arg("-config")
                .arg(config)
                .arg("-dnsserver")
                .arg(format!("127.0.0.1:{}", self.dns_port))
                .env("PEBBLE_VA_NOSLEEP", "1")
                .env("PEBBLE_AUTHZREUSE", "0")
                .env(
                    "PEBBLE_WFE_NONCEREJECT",
                    self.behaviour.bad_nonces.to_string(),
                );
            port
        });
        let listens = process.until_it_listens(self.management, Instant::now() + PATIENCE);
        assert!(listens.is_ok(), "{}", process.log());
        self.process = Some(process);
        self.authority.directory = format!("https://127.0.0.1:{port}/dir");
    }

    fn config(&self, port: u16) -> Value {
        let path = |name: &str| self.folder.path().join(name);
        let mut config = json!({
            "listenAddress": format!("127.0.0.1:{port}"),
            "managementListenAddress": format!("127.0.0.1:{}", self.management),
            "certificate": path("pebble.pem"),
            "privateKey": path("pebble.key"),
            "httpPort": self.answering.http_port,
            "tlsPort": self.answering.tls_port,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
        });
        for (name, value) in self.behaviour.config.as_object().unwrap() {
            config[name] = value.clone();
        }
        json!({ "pebble": config })
    }
}

pub(crate) fn dns(name: &str) -> Identifier {
    Identifier::Dns(name.to_owned())
}

/// Every name has the address 127.0.0.1.
fn start_dns() -> (Process, u16, u16) {
    let mut management = 0;
    let (process, dns) = until_it_runs(
        &program(Release::Debian, "pebble-challtestsrv"),
        |command| {
            let dns = free_port();
            management = free_port();
            command
                .args(["-http01", "", "-https01", "", "-tlsalpn01", ""])
                .args(["-dns01", &format!("127.0.0.1:{dns}")])
                .args(["-management", &format!("127.0.0.1:{management}")])
                .args(["-defaultIPv6", ""]);
            dns
        },
    );
    (process, dns, management)
}

/// Starts a program that is given free ports, once more where another took one meanwhile.
fn until_it_runs(program: &Path, mut prepare: impl FnMut(&mut Command) -> u16) -> (Process, u16) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let mut command = Command::new(program);
        let port = prepare(&mut command);
        let mut process = Process::start(command);
        match process.until_it_listens(port, deadline) {
            Ok(()) => return (process, port),
            Err(()) => {
                let log = process.log();
                let in_time = Instant::now() < deadline;
                assert!(in_time, "{} does not start: {log}", program.display());
            }
        }
    }
}

struct Process {
    child: Child,
    log: Arc<Mutex<String>>,
}

impl Process {
    fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{error}: run tests/fetch-pebble.sh, which brings Pebble")
            });
        let log = Arc::new(Mutex::new(String::new()));
        keep(child.stdout.take().unwrap(), &log);
        keep(child.stderr.take().unwrap(), &log);
        Self { child, log }
    }

    fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// An error where it ended instead.
    fn until_it_listens(&mut self, port: u16, deadline: Instant) -> Result<(), ()> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        while Instant::now() < deadline {
            if self.child.try_wait().unwrap().is_some() {
                return Err(());
            }
            if TcpStream::connect(address).is_ok() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(2));
        }
        Err(())
    }
}

impl Drop for Process {
    #[expect(clippy::print_stdout, reason = "what a test that fails says")]
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            println!("{}", self.log());
        }
    }
}

fn keep(stream: impl std::io::Read + Send + 'static, log: &Arc<Mutex<String>>) {
    let log = Arc::clone(log);
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let mut log = log.lock().unwrap();
            log.push_str(&line);
            log.push('\n');
        }
    });
}

/// Where downloads are kept.
pub(crate) fn cache() -> PathBuf {
    std::env::var_os("DOCENT_TEST_CACHE").map_or_else(
        || {
            let home = PathBuf::from(std::env::var_os("HOME").unwrap());
            std::env::var_os("XDG_CACHE_HOME")
                .map_or_else(|| home.join(".cache"), PathBuf::from)
                .join("docent-tests")
        },
        PathBuf::from,
    )
}

fn program(release: Release, name: &str) -> PathBuf {
    let release = match release {
        Release::Debian => "release",
        Release::Newest => "newest",
    };
    cache()
        .join("pebble")
        .join(release)
        .join("usr/bin")
        .join(name)
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// What the authority's own HTTPS is served and trusted with.
pub(crate) fn write_certificates(folder: &TempDir) {
    let ca_key = KeyPair::generate().unwrap();
    let mut ca = CertificateParams::new(Vec::new()).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = ca.self_signed(&ca_key).unwrap();
    let ca_key_pem = ca_key.serialize_pem();
    let issuer = Issuer::new(ca, ca_key);
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()])
        .unwrap()
        .signed_by(&key, &issuer)
        .unwrap();
    let write = |name: &str, pem: String| fs::write(folder.path().join(name), pem).unwrap();
    write("ca.pem", root.pem());
    write("ca.key", ca_key_pem);
    write("pebble.pem", leaf.pem());
    write("pebble.key", key.serialize_pem());
}
