//! What only the machine that serves can tell: its configuration, its documents, its way out.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Command, Stdio},
};

use crate::{
    authority::{Authority, Identity, Wanted},
    front::{Closed, Front, answer, saying},
    left_out::needs_root,
    run::{Docent, NAME, Report, doctor},
    server::PATIENCE,
};
use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

const PAGE: &str = "# Apples\n\nAbout apples.\n";

struct Machine {
    folder: tempfile::TempDir,
    authority: Authority,
}

impl Machine {
    /// Serves a folder `docs` under [`NAME`], with a certificate from files.
    fn new() -> Self {
        let machine = Self {
            folder: tempfile::tempdir().unwrap(),
            authority: Authority::new("The test's own"),
        };
        let Identity {
            chain_pem, key_pem, ..
        } = machine.identity();
        machine.write("cert.pem", &chain_pem);
        machine.write("key.pem", &key_pem);
        machine.write("ca.pem", &machine.authority.pem());
        machine.write("docs/a.md", PAGE);
        machine.write(
            "docent.toml",
            "[server]\ndomain = \"docs.example.com\"\n[tls]\ncert = \"cert.pem\"\nkey = \"key.pem\"\n[[docs]]\nname = \"guide\"\npath = \"docs\"\n",
        );
        fs::set_permissions(machine.path(""), fs::Permissions::from_mode(0o755)).unwrap();
        machine
    }

    fn identity(&self) -> Identity {
        self.authority.certify(&Wanted::default())
    }

    fn path(&self, path: &str) -> std::path::PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Examines it, with whatever is given found at port 443 of an address.
    fn examine(&self, ip: &str, front: &Front, more: &[&str]) -> Report {
        let closed = Closed::port();
        let mut arguments = vec![
            "--config".to_owned(),
            "docent.toml".to_owned(),
            "--ca-file".to_owned(),
            "ca.pem".to_owned(),
            "--resolve".to_owned(),
            format!("{NAME}:{ip}"),
            "--connect-to".to_owned(),
            format!(":443:{}", front.address),
            "--connect-to".to_owned(),
            format!("::{}", closed.0),
        ];
        if nix::unistd::Uid::effective().is_root() && !more.contains(&"--as") {
            arguments.extend(["--as".to_owned(), "root".to_owned()]);
        }
        arguments.extend(more.iter().map(ToString::to_string));
        doctor(self.folder.path(), &arguments)
    }

    fn front(&self, docent: &Docent) -> Front {
        Front::start(Some(self.identity()), docent.proxy().handler())
    }
}

/// docent answers at an address that is not this machine's: a proxy is in front.
#[test]
fn a_machine_behind_a_proxy_is_well() {
    let (machine, docent) = (Machine::new(), Docent::start());
    let report = machine.examine("192.0.2.7", &machine.front(&docent), &[]);
    report.says(&[]);
    assert!(
        report.text.contains("a proxy or a router passes it on"),
        "{}",
        report.text
    );
    assert!(
        report.text.contains("`guide`: 1 page; nothing is skipped"),
        "{}",
        report.text
    );
}

/// Somebody else's server answers there.
#[test]
fn the_name_leads_elsewhere() {
    let machine = Machine::new();
    let others = Front::start(
        Some(machine.identity()),
        saying(404, "text/html", "<h1>Parked</h1>"),
    );
    let report = machine.examine("192.0.2.9", &others, &[]);
    report.says(&["resolves-elsewhere", "wrong-path"]);
    assert!(
        report.of("resolves-elsewhere").1.contains("192.0.2.9"),
        "{}",
        report.text
    );
}

#[test]
fn the_configuration_is_wrong() {
    let (machine, docent) = (Machine::new(), Docent::start());
    let config = fs::read_to_string(machine.path("docent.toml")).unwrap();
    machine.write(
        "docent.toml",
        &config.replace("path =", "base_url = \"nonsense\"\npath ="),
    );
    let report = machine.examine("192.0.2.7", &machine.front(&docent), &[]);
    assert_eq!(report.code, Some(2), "{}", report.text);
    let causes = report.causes();
    assert_eq!(
        causes.first(),
        Some(&"configuration-invalid"),
        "{}",
        report.text
    );
    let (_, message, _) = report.of("configuration-invalid");
    assert!(message.contains("docent.toml:"), "{message}");
    // The name is examined all the same.
    assert!(
        report.text.contains("protocol 2025-11-25"),
        "{}",
        report.text
    );
}

#[test]
fn documents_that_are_not_there() {
    let (machine, docent) = (Machine::new(), Docent::start());
    let front = machine.front(&docent);
    fs::remove_file(machine.path("docs/a.md")).unwrap();
    machine.write("docs/a.png", "\0");
    machine
        .examine("192.0.2.7", &front, &[])
        .says(&["documents-empty"]);
    fs::remove_dir_all(machine.path("docs")).unwrap();
    machine
        .examine("192.0.2.7", &front, &[])
        .says(&["documents-missing"]);
}

/// What root can read, and the service's user cannot.
#[test]
fn documents_that_the_user_cannot_read() {
    if !needs_root("that root sees which documents the service cannot read") {
        return;
    }
    let (machine, docent) = (Machine::new(), Docent::start());
    let front = machine.front(&docent);
    let allow = |path: &str, mode| {
        fs::set_permissions(machine.path(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    machine.write("docs/secret.md", PAGE);
    allow("docs/secret.md", 0o600);
    let report = machine.examine("192.0.2.7", &front, &["--as", "nobody"]);
    report.says(&["documents-unreadable"]);
    assert_eq!(report.of("documents-unreadable").0, "warning");
    assert!(
        report.text.contains("seen as the user `nobody`"),
        "{}",
        report.text
    );
    allow("docs/a.md", 0o600);
    let report = machine.examine("192.0.2.7", &front, &["--as", "nobody"]);
    report.says(&["documents-unreadable"]);
    assert_eq!(report.of("documents-unreadable").0, "error");
    allow("docs", 0o700);
    let report = machine.examine("192.0.2.7", &front, &["--as", "nobody"]);
    report.says(&["documents-unreadable"]);
}

/// A certificate authority that only says what it is.
fn directory(identity: Identity, date: SystemTime) -> Front {
    let date = httpdate::fmt_http_date(date);
    Front::start(
        Some(identity),
        Arc::new(move |_| {
            let date = date.clone();
            Box::pin(async move {
                let text = r#"{"newNonce":"https://localhost/n","newAccount":"https://localhost/a","newOrder":"https://localhost/o","revokeCert":"https://localhost/r","keyChange":"https://localhost/k"}"#;
                let mut answer = answer(200, "application/json", text);
                answer.headers_mut().insert("date", date.parse().unwrap());
                answer
            })
        }),
    )
}

fn with_authority(machine: &Machine, at: std::net::SocketAddr) {
    machine.write(
        "docent.toml",
        &format!(
            "[server]\ndomain = \"docs.example.com\"\n[acme]\ndirectory = \"https://localhost:{}/dir\"\naccept_terms = true\nca_file = \"ca.pem\"\n[[docs]]\nname = \"guide\"\npath = \"docs\"\n",
            at.port()
        ),
    );
}

#[test]
fn no_way_to_the_authority() {
    let (machine, docent) = (Machine::new(), Docent::start());
    let closed = Closed::port();
    with_authority(&machine, closed.0);
    let report = machine.examine("192.0.2.7", &machine.front(&docent), &[]);
    report.says(&["authority-unreachable"]);
    assert!(
        report.of("authority-unreachable").1.contains("localhost"),
        "{}",
        report.text
    );
}

#[test]
fn the_authority_tells_the_time() {
    let (machine, docent) = (Machine::new(), Docent::start());
    let front = machine.front(&docent);
    let wanted = Wanted {
        names: &["localhost"],
        ..Wanted::default()
    };
    let now = SystemTime::now();
    for (date, causes) in [
        (now, &[][..]),
        (now - Duration::from_secs(90_000), &["clock-off"][..]),
    ] {
        let authority = directory(machine.authority.certify(&wanted), date);
        with_authority(&machine, authority.address);
        machine.examine("192.0.2.7", &front, &[]).says(causes);
    }
}

/// `docent serve` itself, with the configuration of a folder.
struct Served {
    process: Child,
    url: String,
}

impl Served {
    fn start(folder: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_docent"))
            .args(["serve", "--config", "docent.toml", "--listen", "0"])
            .current_dir(folder)
            .env_clear()
            .env("HOME", folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = said.map_while(Result::ok).find_map(|line| {
            let after = line.split("http://127.0.0.1:").nth(1)?;
            after.split('/').next().map(str::to_owned)
        });
        let url = format!("http://127.0.0.1:{}/mcp", port.unwrap());
        Self { process, url }
    }

    fn examine(&self, folder: &Path) -> Report {
        let mut arguments = vec!["--config", "docent.toml", "--url", &self.url];
        if nix::unistd::Uid::effective().is_root() {
            arguments.extend(["--as", "root"]);
        }
        let arguments: Vec<_> = arguments.iter().map(ToString::to_string).collect();
        doctor(folder, &arguments)
    }

    fn stop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the service has made of the documents, beside what they are now.
#[test]
fn the_index_is_compared_with_the_documents() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::create_dir(folder.join("docs")).unwrap();
    fs::write(folder.join("docs/a.md"), PAGE).unwrap();
    fs::write(folder.join("docent.toml"), "[[docs]]\npath = \"docs\"\n").unwrap();
    let mut docent = Served::start(folder);
    // Written a moment after it is served.
    let began = Instant::now();
    while !docent
        .examine(folder)
        .text
        .contains("the index has the 1 page")
    {
        assert!(
            began.elapsed() < PATIENCE,
            "{}",
            docent.examine(folder).text
        );
    }
    let report = docent.examine(folder);
    report.says(&[]);
    assert!(
        report.text.contains("and the page that they name opens"),
        "{}",
        report.text
    );
    docent.stop();
    fs::write(folder.join("docs/b.md"), PAGE).unwrap();
    let report = docent.examine(folder);
    report.says(&["index-outdated", "port-closed"]);
    let (_, message, _) = report.of("index-outdated");
    assert!(
        message.contains("has 2 pages, and the index 1"),
        "{message}"
    );
}

/// A service whose documents are not there answers, and says so.
#[test]
fn a_service_that_waits_for_its_documents() {
    let folder = tempfile::tempdir().unwrap();
    let config = "[[docs]]\nname = \"guide\"\npath = \"gone\"\n";
    fs::write(folder.path().join("docent.toml"), config).unwrap();
    let docent = Served::start(folder.path());
    let report = docent.examine(folder.path());
    report.says(&["documents-missing", "nothing-served"]);
}

/// Without a name for others, it is examined as this machine's assistants reach it.
#[test]
fn a_docent_of_this_machine_alone() {
    let docent = Docent::start();
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("docs")).unwrap();
    fs::write(folder.path().join("docs/a.md"), PAGE).unwrap();
    let config = format!(
        "[server]\nplain = \"{}\"\n[[docs]]\npath = \"docs\"\n",
        docent.server.address
    );
    fs::write(folder.path().join("docent.toml"), config).unwrap();
    let report = local(folder.path());
    report.says(&[]);
    assert!(report.text.contains("is this machine"), "{}", report.text);
    drop(docent);
    local(folder.path()).says(&["port-closed"]);
}

fn local(folder: &Path) -> Report {
    let mut arguments = ["--config", "docent.toml"].map(str::to_owned).to_vec();
    if nix::unistd::Uid::effective().is_root() {
        arguments.extend(["--as", "root"].map(str::to_owned));
    }
    doctor(folder, &arguments)
}
