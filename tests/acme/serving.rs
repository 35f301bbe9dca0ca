//! `docent serve` on its own: it obtains the certificate that it answers with.

use std::{
    fs::{self, Permissions},
    io::{Read as _, Write as _},
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::{Pid, Uid},
};

use crate::pebble::{Behaviour, Pebble};

/// Nobody in particular, and certainly not root.
const NOBODY: u32 = 65534;
/// No start takes longer, even on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// A configuration with a domain, and a page to serve.
struct Site {
    pebble: Pebble,
    config: PathBuf,
    root: PathBuf,
}

impl Site {
    async fn new() -> Self {
        let mut pebble = Pebble::start(Behaviour::default()).await;
        pebble.leave_ports().await;
        let folder = pebble.folder.path();
        fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
        for (name, owned) in [("docs", false), ("state", true), ("cache", true)] {
            let path = folder.join(name);
            fs::create_dir(&path).unwrap();
            if owned && Uid::effective().is_root() {
                chown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
        fs::write(folder.join("docs/page.md"), "# Backups\n\nEvery night.\n").unwrap();
        let config = folder.join("docent.toml");
        let ports = pebble.ports();
        let text = format!(
            "[server]\ndomain = \"docs.example.com\"\nhttp = \"{}\"\nhttps = \"{}\"\nuser = \"nobody\"\n\n[acme]\naccept_terms = true\ndirectory = \"{}\"\nca_file = \"{}\"\n\n[[docs]]\npath = \"docs\"\n",
            ports.http,
            ports.https,
            pebble.authority.directory,
            pebble.authority.ca_file.as_ref().unwrap().display(),
        );
        fs::write(&config, text).unwrap();
        let root = folder.join("root.pem");
        fs::write(&root, pebble.published("/roots/0").await).unwrap();
        Self {
            pebble,
            config,
            root,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.pebble.folder.path().join(name)
    }

    fn serve(&self) -> Serving {
        let log = fs::File::create(self.path("log")).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_docent"))
            .args(["serve", "--config"])
            .arg(&self.config)
            .arg("--state-dir")
            .arg(self.path("state"))
            .arg("--cache-dir")
            .arg(self.path("cache"))
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Serving {
            child,
            log: self.path("log"),
        }
    }

    /// A page over HTTPS, if the certificate is trusted and fits.
    fn page(&self, path: &str) -> Option<String> {
        let port = self.pebble.ports().https.port();
        let output = Command::new("curl")
            .args(["--silent", "--fail", "--max-time", "5", "--cacert"])
            .arg(&self.root)
            .args(["--resolve", &format!("docs.example.com:{port}:127.0.0.1")])
            .arg(format!("https://docs.example.com:{port}{path}"))
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        output.status.success().then_some(text)
    }

    fn orders(&self) -> usize {
        self.pebble.log().matches("POST /order-plz").count()
    }
}

struct Serving {
    child: Child,
    log: PathBuf,
}

impl Serving {
    fn log(&self) -> String {
        let mut text = String::new();
        let mut file = fs::File::open(&self.log).unwrap();
        file.read_to_string(&mut text).unwrap();
        text
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap());
        kill(pid, signal).unwrap();
    }

    /// Returns when the log says this as often.
    fn says(&mut self, what: &str, times: usize) {
        let until = Instant::now() + PATIENCE;
        while self.log().matches(what).count() < times {
            assert!(Instant::now() < until, "{what}: {}", self.log());
            assert!(self.child.try_wait().unwrap().is_none(), "{}", self.log());
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn stop(mut self) {
        self.signal(Signal::SIGTERM);
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{}", self.log());
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn owner(path: &Path) -> u32 {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).unwrap().uid()
}

/// The first start asks the authority, answers its questions and then everybody; the second one asks
/// nobody. As root it is somebody else by then.
#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_answers_over_https() {
    let site = Site::new().await;
    let started = Instant::now();
    let mut serving = site.serve();
    let page = loop {
        if let Some(page) = site.page("/") {
            break page;
        }
        assert!(started.elapsed() < PATIENCE, "{}", serving.log());
        assert!(
            serving.child.try_wait().unwrap().is_none(),
            "{}",
            serving.log()
        );
        thread::sleep(Duration::from_millis(5));
    };
    println!(
        "from exec to the first verified answer over HTTPS: {:.0} ms",
        started.elapsed().as_secs_f64() * 1000.0
    );
    assert!(page.contains("https://docs.example.com:"), "{page}");
    assert_eq!(site.orders(), 1);
    serving.says("ready status=\"1 page at https://docs.example.com", 1);
    if Uid::effective().is_root() {
        assert_eq!(owner(&site.path("state/accounts")), NOBODY);
    }
    serving.stop();

    let mut serving = site.serve();
    serving.says(" ready ", 1);
    assert!(site.page("/healthz").is_some(), "{}", serving.log());
    assert_eq!(site.orders(), 1);
    serving.stop();
}

/// The authority is not there: docent serves all the same, says so, and waits for the time to ask
/// again, also when it is started again.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_authority_it_is_ready_and_says_why() {
    let mut site = Site::new().await;
    site.pebble.stop();
    for _ in 0..2 {
        let mut serving = site.serve();
        serving.says("no certificate yet: ", 1);
        assert!(serving.log().contains("next attempt"), "{}", serving.log());
        // Port 80 answers; a handshake is refused, and no certificate made up.
        let http = site.pebble.ports().http;
        let mut stream = std::net::TcpStream::connect(http).unwrap();
        stream
            .write_all(b"GET / HTTP/1.0\r\nHost: docs.example.com\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(
            answer.contains(" 308 ") || answer.contains(" 301 "),
            "{answer}"
        );
        assert_eq!(site.page("/"), None);
        serving.stop();
    }
}

/// A reload takes a good configuration over and leaves a bad one alone, without a connection lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_reload_changes_what_is_served() {
    let site = Site::new().await;
    let mut serving = site.serve();
    serving.says(" ready ", 1);
    let text = fs::read_to_string(&site.config).unwrap();
    fs::create_dir(site.path("more")).unwrap();
    fs::write(site.path("more/other.md"), "# Restoring\n\nWith care.\n").unwrap();
    fs::write(&site.config, format!("{text}\n[[docs]]\npath = \"more\"\n")).unwrap();
    serving.signal(Signal::SIGHUP);
    serving.says("reloaded", 1);
    assert!(serving.log().contains("2 pages at"), "{}", serving.log());
    assert!(site.page("/").unwrap().contains("more"));

    fs::write(&site.config, format!("{text}\nnonsense = 1\n")).unwrap();
    serving.signal(Signal::SIGHUP);
    serving.says("not taken over", 1);
    assert!(serving.log().contains("nonsense"), "{}", serving.log());
    assert!(site.page("/").unwrap().contains("more"));
    assert_eq!(site.orders(), 1);
    serving.stop();
}
