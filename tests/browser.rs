//! The pages for people in a real browser: Debian's chromium, driven by the scripts in `tests/browser/`.
//!
//! Screenshots of every page are kept in `screenshots/` of the target folder. `tests/browser/install.sh` installs what
//! the scripts need, pinned, outside the checkout.

mod left_out;

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

use tempfile::TempDir;

#[test]
fn every_page_is_for_everybody_on_any_screen() {
    run("pages.mjs", "everywhere", "");
}

#[test]
fn pages_work_without_a_script() {
    run("pages.mjs", "bare", "");
}

#[test]
fn a_script_copies_searches_and_remembers() {
    run("pages.mjs", "scripted", "");
}

#[test]
fn a_hostile_document_does_nothing() {
    run("hostile.mjs", "", "");
}

#[test]
fn a_program_in_a_page_connects() {
    run("client.mjs", "", "");
}

#[test]
fn signing_in_is_for_everybody_and_for_nobody_else() {
    if !left_out::needs_program("docent's pages in a browser", "chromium", "chromium") {
        return;
    }
    let (server, key) = Server::private();
    let scratch = TempDir::new().expect("a temporary folder");
    drive(
        "sign_in.mjs",
        "",
        &server,
        "",
        &scratch,
        &[("DOCENT_KEY", &key)],
    );
}

#[test]
fn the_page_of_insights_is_for_everybody_too() {
    if !left_out::needs_program("docent's pages in a browser", "chromium", "chromium") {
        return;
    }
    let scratch = TempDir::new().expect("a temporary folder");
    let mut log = String::new();
    for number in 0..400 {
        let (query, outcome) = match number % 4 {
            0 => ("<script>alert(1)</script>", "nothing"),
            1 => ("onerror=alert(1) <img src=x>", "poor"),
            _ => ("rotate keys", "exact"),
        };
        let (day, client) = (number / 20 + 1, number % 3);
        let pages = format!("\"manual/a-rather-long-path/of-page-{client}.md\"");
        let at = format!("2026-11-{day:02}T10:{:02}:00Z  INFO", number % 20 * 2);
        let who = format!("client=\"client-{client}/1\" protocol=\"2025-11-25\" endpoint=\"mcp\"");
        log += &format!(
            "{at} search tool=\"search\" query={query:?} hits=1 outcome={outcome:?} pages={pages} microseconds={} {who}\n",
            number * 40
        );
        if number % 8 == 2 {
            log += &format!(
                "{at} read tool=\"read\" hits=1 outcome=\"read\" pages={pages} microseconds=20 {who}\n"
            );
            log += &format!(
                "{at} read tool=\"read\" hits=0 outcome=\"missing\" missing=\"manual/none\" microseconds=2 {who}\n"
            );
            log += &format!(
                "{at} report set=\"manual\" page=\"a.md\" kind=\"stale\" text=\"<b>Old.</b>\" {who}\n"
            );
        }
    }
    fs::write(scratch.path().join("log"), log).expect("the folder can be written");
    let output = Command::new(env!("CARGO_BIN_EXE_docent"))
        .args(["insights", "--format", "html", "--file", "log"])
        .current_dir(scratch.path())
        .output()
        .expect("cargo has built it");
    assert!(output.status.success(), "{output:?}");
    let page = scratch.path().join("page.html");
    fs::write(&page, output.stdout).expect("the folder can be written");
    let ended = Command::new(node())
        .arg(folder("tests/browser/insights.mjs"))
        .arg(&page)
        // Where nothing is asked for.
        .arg("http://127.0.0.1:9")
        .env("DOCENT_BROWSER", installed("tests/browser/install.sh"))
        .env("DOCENT_CHROMIUM", "/usr/bin/chromium")
        .env("DOCENT_SCREENSHOTS", screenshots())
        .env("TMPDIR", scratch.path())
        .env("HOME", scratch.path())
        .stdin(Stdio::null())
        .output()
        .expect("the pinned Node.js is there");
    assert!(
        ended.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&ended.stdout),
        String::from_utf8_lossy(&ended.stderr)
    );
}

/// Starts a server and runs a script against it.
fn run(script: &str, scenario: &str, below: &str) {
    if !left_out::needs_program("docent's pages in a browser", "chromium", "chromium") {
        return;
    }
    let server = Server::start();
    let scratch = TempDir::new().expect("a temporary folder");
    drive(script, scenario, &server, below, &scratch, &[]);
}

/// Runs a script against a server.
fn drive(
    script: &str,
    scenario: &str,
    server: &Server,
    below: &str,
    scratch: &TempDir,
    environment: &[(&str, &str)],
) {
    let ended = Command::new(node())
        .arg(folder("tests/browser").join(script))
        .args([scenario, &format!("http://{}{below}", server.address)])
        .envs(environment.iter().copied())
        .env("DOCENT_BROWSER", installed("tests/browser/install.sh"))
        .env("DOCENT_CHROMIUM", "/usr/bin/chromium")
        .env("DOCENT_SCREENSHOTS", screenshots())
        .env("TMPDIR", scratch.path())
        .env("HOME", scratch.path())
        .stdin(Stdio::null())
        .output()
        .expect("the pinned Node.js is there");
    assert!(
        ended.status.success(),
        "{script} {scenario} failed:\n{}\n{}",
        String::from_utf8_lossy(&ended.stdout),
        String::from_utf8_lossy(&ended.stderr)
    );
}

/// Beside what cargo builds.
fn screenshots() -> PathBuf {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    scratch.parent().unwrap_or(scratch).join("screenshots")
}

/// The Node.js that the clients are run by.
fn node() -> PathBuf {
    let arch = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => panic!("there is no pinned Node.js for {other}"),
    };
    installed("tests/clients/install.sh").join(format!("node_modules/node-linux-{arch}/bin/node"))
}

/// Where a script has put what it installs.
fn installed(script: &'static str) -> PathBuf {
    static PATHS: OnceLock<[PathBuf; 2]> = OnceLock::new();
    let run = |script| {
        let output = Command::new(folder(script))
            .stdin(Stdio::null())
            .output()
            .expect("bash runs it");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{script}: {said}");
        PathBuf::from(String::from_utf8_lossy(&output.stdout).trim_end())
    };
    let [browser, clients] =
        PATHS.get_or_init(|| ["tests/browser/install.sh", "tests/clients/install.sh"].map(run));
    if script.contains("browser") {
        browser.clone()
    } else {
        clients.clone()
    }
}

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A `docent serve` of docent's own manual, and of documents that mean harm.
struct Server {
    process: Child,
    address: String,
    _scratch: TempDir,
}

impl Server {
    fn start() -> Self {
        let scratch = TempDir::new().expect("a temporary folder");
        let config = scratch.path().join("docent.toml");
        let text = format!(
            "[site]\ntitle = \"Team handbook\"\ndescription = \"How we run what we run.\"\n\n\
             [[docs]]\nname = \"manual\"\ntitle = \"The manual\"\npath = {:?}\n\n\
             [[docs]]\nname = \"hostile\"\npath = {:?}\n",
            folder("docs"),
            folder("tests/browser/hostile")
        );
        fs::write(&config, text).expect("the folder can be written");
        Self::serving(scratch, &config)
    }

    /// The same where one has to sign in: with a key for it.
    fn private() -> (Self, String) {
        let scratch = TempDir::new().expect("a temporary folder");
        let config = scratch.path().join("docent.toml");
        let text = format!(
            "[site]\ntitle = \"Team handbook\"\n\n[[docs]]\nname = \"manual\"\npath = {:?}\n\n\
             [[audience]]\nname = \"staff\"\ndocs = [\"all\"]\n\n[sign_in]\nenabled = true\n",
            folder("docs"),
        );
        fs::write(&config, text).expect("the folder can be written");
        let made = Command::new(env!("CARGO_BIN_EXE_docent"))
            .args(["key", "new", "alice", "--audience", "staff", "--config"])
            .arg(&config)
            .output()
            .expect("cargo has built it");
        assert!(made.status.success(), "{made:?}");
        let key = String::from_utf8(made.stdout).expect("it is text");
        (Self::serving(scratch, &config), key.trim().to_owned())
    }

    fn serving(scratch: TempDir, config: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_docent"))
            .arg("serve")
            .arg("--config")
            .arg(config)
            .args(["--listen", "127.0.0.1:0", "--cache-dir"])
            .arg(scratch.path().join("cache"))
            .env_remove("JOURNAL_STREAM")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("cargo has built it");
        let stdout = process.stdout.take().expect("it is piped");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let address = lines
            .find_map(|line| {
                let (_, rest) = line.split_once("http://")?;
                Some(rest.split_once("/mcp")?.0.to_owned())
            })
            .expect("docent serve prints its address");
        // Read on, or the server would block once the pipe is full.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            process,
            address,
            _scratch: scratch,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
