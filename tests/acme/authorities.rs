//! Certificate authorities that are not Pebble, each with habits of its own; and a proxy on the way.
//!
//! `tests/fetch-authorities.sh` brings them.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::{Ipv4Addr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use docent::{
    acme::{CertificateId, Client, Error, Issued, OrderRequest, Patience, RevocationReason},
    config::{CertificateAuthority, ChallengeType, ExternalAccount, Identifier, KeyType, Proxy},
    state::{Leaf, StateDir},
};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use tempfile::TempDir;

use crate::{
    answering::{Answering, answer},
    pebble::{Behaviour, Pebble, cache, dns, write_certificates},
};

const HMAC_KEY: &str = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wE";
const CONTACT: Option<&str> = Some("ops@example.com");
const HTTP: [ChallengeType; 1] = [ChallengeType::Http01];
const TLS: [ChallengeType; 1] = [ChallengeType::TlsAlpn01];

fn python() -> PathBuf {
    cache().join("authorities/venv/bin/python")
}

fn start(command: &mut Command) -> Child {
    let child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    child.unwrap_or_else(|error| panic!("{error}: run tests/fetch-authorities.sh"))
}

struct Authority {
    authority: CertificateAuthority,
    state: StateDir,
    answering: Answering,
    folder: TempDir,
    process: Child,
}

impl Authority {
    async fn start(kind: &str, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_certificates(&folder);
        let state = StateDir::new(folder.path().join("state"));
        let answering = answer(state.challenges()).await;
        let mut command = Command::new(python());
        command
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/authorities/serve.py"
            ))
            .arg(kind)
            .arg(folder.path())
            .args([answering.http_port, answering.tls_port].map(|port| port.to_string()))
            .args(options)
            .current_dir(&folder);
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let mut process = start(command.stderr(log.try_clone().unwrap()));
        process.stderr = None;
        let mut directory = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut directory)
            .unwrap();
        let authority = Self {
            authority: CertificateAuthority {
                directory: directory.trim().to_owned(),
                staging: None,
                ca_file: Some(folder.path().join("ca.pem")),
                profile: None,
                external_account: None,
                proxy: None,
            },
            state,
            answering,
            folder,
            process,
        };
        assert!(
            !authority.authority.directory.is_empty(),
            "{}",
            authority.log()
        );
        authority
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    async fn client(&self) -> Client {
        let connected = Client::connect(&self.authority, Patience::default()).await;
        connected.unwrap_or_else(|error| panic!("{error}\n{}", self.log()))
    }

    async fn try_issue(
        &self,
        names: &[Identifier],
        challenges: &[ChallengeType],
        contact: Option<&str>,
        replaces: Option<&CertificateId>,
    ) -> Result<Issued, Error> {
        let client = self.client().await;
        let mut account = client.account(&self.state, contact).await?;
        let request = OrderRequest {
            names,
            key_type: KeyType::P256,
            challenges,
            replaces,
        };
        account.order(&request, &self.state.challenges()).await
    }

    /// What the certificate says.
    async fn issue(
        &self,
        names: &[Identifier],
        challenges: &[ChallengeType],
        replaces: Option<&CertificateId>,
    ) -> CertificateDer<'static> {
        let issued = self.try_issue(names, challenges, CONTACT, replaces).await;
        let issued = issued.unwrap_or_else(|error| panic!("{error}\n{}", self.log()));
        let der = CertificateDer::from_pem_slice(issued.chain_pem.as_bytes()).unwrap();
        let leaf = Leaf::read(&der).unwrap();
        assert!(names.iter().all(|name| leaf.covers(name)), "{leaf:?}");
        der
    }

    /// By each challenge, for several names, and once more in the place of the first.
    async fn issues(&self) -> CertificateDer<'static> {
        let names = [dns("docs.example.com"), dns("www.docs.example.com")];
        let first = self.issue(&names, &HTTP, None).await;
        assert!(
            self.answering.asked(ChallengeType::Http01) >= 2,
            "{}",
            self.log()
        );
        self.issue(&names, &TLS, None).await;
        assert!(
            self.answering.asked(ChallengeType::TlsAlpn01) >= 2,
            "{}",
            self.log()
        );
        let replaced = CertificateId::of(&first);
        self.issue(&names[..1], &HTTP, replaced.as_ref()).await
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn acme2certifier_issues_renews_and_revokes() {
    let authority = Authority::start("acme2certifier", &[]).await;
    // Its default: no account without somebody to write to.
    let names = [dns("docs.example.com")];
    let error = authority.try_issue(&names, &HTTP, None, None).await;
    let error = error.err().unwrap();
    let help = error.help().unwrap_or_default();
    assert!(help.contains("`contact` in [acme]"), "{error}: {help}");

    let certificate = authority.issues().await;
    let client = authority.client().await;
    let mut account = client.account(&authority.state, CONTACT).await.unwrap();
    account.roll_key().await.unwrap();
    let revoked = account
        .revoke(&certificate, RevocationReason::Superseded)
        .await;
    revoked.unwrap_or_else(|error| panic!("{error}\n{}", authority.log()));
    authority.issue(&names, &HTTP, None).await;
}

#[tokio::test]
async fn acme2certifier_knows_its_customers() {
    let mut authority = Authority::start("acme2certifier", &["eab"]).await;
    let names = [dns("docs.example.com")];
    let error = authority.try_issue(&names, &HTTP, CONTACT, None).await;
    let help = error.err().unwrap().help().unwrap_or_default();
    assert!(help.contains("eab_kid"), "{help}");
    let file = authority.folder.path().join("hmac");
    fs::write(&file, HMAC_KEY).unwrap();
    authority.authority.external_account = Some(ExternalAccount {
        kid: "kid-1".to_owned(),
        hmac_key_file: file,
    });
    authority.issue(&names, &HTTP, None).await;
}

#[tokio::test]
async fn serles_issues_and_says_what_it_does_not_offer() {
    let authority = Authority::start("serles", &[]).await;
    let certificate = authority.issues().await;
    let client = authority.client().await;
    let mut account = client.account(&authority.state, CONTACT).await.unwrap();
    let reason = RevocationReason::Superseded;
    for error in [
        account.revoke(&certificate, reason).await.unwrap_err(),
        account.roll_key().await.unwrap_err(),
    ] {
        assert!(error.to_string().contains("not offered"), "{error}");
    }
    // The key that was to be replaced is the one that still counts.
    authority
        .issue(&[dns("docs.example.com")], &HTTP, None)
        .await;
}

/// PyPI's proxy.py, for whom it knows.
struct Between {
    process: Child,
    url: String,
}

impl Between {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("port");
        let mut command = Command::new(python());
        command
            .args(["-m", "proxy", "--hostname", "127.0.0.1", "--port", "0"])
            .args(["--num-workers", "1", "--num-acceptors", "1"])
            .args(["--basic-auth", "me:s3cret", "--port-file"])
            .arg(&file)
            .stderr(Stdio::null());
        let mut process = start(command.stdout(Stdio::null()));
        let deadline = Instant::now() + Duration::from_secs(20);
        let port = loop {
            let port = fs::read_to_string(&file).unwrap_or_default();
            if let Ok(port) = port.trim().parse::<u16>() {
                break port;
            }
            assert!(process.try_wait().unwrap().is_none(), "it ended");
            assert!(Instant::now() < deadline, "it does not listen");
            std::thread::sleep(Duration::from_millis(5));
        };
        Self {
            process,
            url: format!("http://me:s3cret@127.0.0.1:{port}"),
        }
    }
}

impl Drop for Between {
    fn drop(&mut self) {
        // With its workers, which it ends itself.
        let id = nix::unistd::Pid::from_raw(self.process.id().try_into().unwrap());
        let _ = nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGINT);
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn an_authority_is_asked_through_a_proxy() {
    let mut pebble = Pebble::start(Behaviour::default()).await;
    let proxy = Between::start();
    let names = [dns("docs.example.com")];
    pebble.authority.proxy = Some(Proxy::new(&proxy.url, ""));
    pebble.issue(&names, &HTTP).await.unwrap();

    // Somebody that the proxy does not know.
    let stranger = proxy.url.replace("s3cret", "secret2");
    pebble.authority.proxy = Some(Proxy::new(&stranger, ""));
    let error = pebble.try_client().await.err().unwrap();
    let (told, help) = (error.to_string(), error.help().unwrap());
    assert!(told.contains("through the proxy 127.0.0.1:"), "{told}");
    assert!(help.contains("HTTPS_PROXY"), "{help}");
    assert!(
        !format!("{error:?}{told}{help}").contains("secret"),
        "{told}"
    );

    // Where nobody listens, unless the authority is asked without it.
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let nobody = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    pebble.authority.proxy = Some(Proxy::new(&nobody, "example.com"));
    let told = pebble.try_client().await.err().unwrap().to_string();
    assert!(told.contains("through the proxy"), "{told}");
    pebble.authority.proxy = Some(Proxy::new(&nobody, "127.0.0.0/8, example.com"));
    pebble.issue(&names, &HTTP).await.unwrap();
}
