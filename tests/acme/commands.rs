//! The real binary with a real authority: what it prints, its exit status, and what it leaves
//! behind when it is stopped by force.

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _},
        process::CommandExt as _,
    },
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

use nix::unistd::Uid;
use serde_json::Value;

use crate::{
    answering::server_config, bench::Bench, interference::Fault, pebble::dns, setbacks::forget,
};

/// Nobody in particular, and certainly not root.
const NOBODY: u32 = 65534;

struct Docent {
    bench: Bench,
    config: PathBuf,
}

struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Docent {
    async fn new() -> Self {
        let bench = Bench::new().await;
        let config = bench.pebble.folder.path().join("docent.toml");
        let ports = bench.pebble.ports();
        let authority = &bench.stub.authority;
        let text = format!(
            "[server]\ndomain = \"docs.example.com\"\nhttp = \"{}\"\nhttps = \"{}\"\n\n[acme]\naccept_terms = true\ndirectory = \"{}\"\nca_file = \"{}\"\n\n[[docs]]\npath = \"/not/mounted\"\n",
            ports.http,
            ports.https,
            authority.directory,
            authority.ca_file.as_ref().unwrap().display(),
        );
        fs::write(&config, text).unwrap();
        Self { bench, config }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_docent"));
        command
            .args(arguments)
            .arg("--config")
            .arg(&self.config)
            .arg("--state-dir")
            .arg(self.bench.state.root())
            .env_clear()
            .stdin(Stdio::null());
        command
    }

    async fn run(&self, arguments: &[&str]) -> Run {
        finish(self.command(arguments)).await
    }

    async fn status(&self) -> Value {
        let run = self.run(&["status", "--format", "json"]).await;
        let status: Value = serde_json::from_str(&run.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", run.stderr));
        // The exit status says the same to monitoring.
        let names = ["good", "attention", "broken"];
        let code = names.iter().position(|name| status["health"] == *name);
        assert_eq!(
            run.code,
            code.map(|code| i32::try_from(code).unwrap()),
            "{}",
            run.stdout
        );
        status
    }
}

/// The test's own servers answer meanwhile.
async fn finish(mut command: Command) -> Run {
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    let output = output.await.unwrap();
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[tokio::test]
async fn from_nothing_to_a_certificate() {
    let docent = Docent::new().await;
    let due = docent.run(&["renew", "--due"]).await;
    assert_eq!(due.code, Some(0), "{}", due.stderr);
    assert_eq!(
        due.stdout,
        "due: there is no certificate that can be used\n"
    );
    let status = docent.status().await;
    assert_eq!(status["certificate"], Value::Null);
    assert_eq!(status["problem"], "there is no certificate yet");
    assert_eq!(status["challenges"]["listening"][1], "tls-alpn-01");

    let rehearsal = docent.run(&["renew", "--dry-run"]).await;
    assert_eq!(rehearsal.code, Some(0), "{}", rehearsal.stderr);
    // Nothing is issued where there is no staging directory, and that is said.
    let said = &rehearsal.stdout;
    assert!(said.contains("It works as far as it was tried"), "{said}");
    assert!(said.contains("no certificate was asked for"), "{said}");
    let asked = docent.bench.stub.take_asked();
    let finalized = asked.iter().any(|path| path.starts_with("/finalize"));
    assert!(
        !finalized && asked.contains(&"/order-plz".to_owned()),
        "{asked:?}"
    );
    assert!(docent.bench.pair().is_err());

    let renewed = docent.run(&["renew"]).await;
    assert_eq!(renewed.code, Some(0), "{}", renewed.stderr);
    assert!(
        renewed
            .stdout
            .starts_with("docs.example.com has a new certificate, valid until ")
    );
    let leaf = docent.bench.pair().unwrap().leaf;
    let again = docent.run(&["renew"]).await;
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert!(
        again.stdout.contains("It is not due before"),
        "{}",
        again.stdout
    );
    assert_eq!(docent.bench.pair().unwrap().leaf, leaf);
    assert_eq!(docent.run(&["renew", "--due"]).await.code, Some(1));

    let status = docent.status().await;
    assert_eq!(status["certificate"]["serial"], leaf.serial);
    assert_eq!(status["certificate"]["names"][0], "docs.example.com");
    assert_eq!(status["due"], false);
    assert_eq!(status["last_error"], Value::Null);
    let text = docent.run(&["status"]).await.stdout;
    assert!(
        text.contains(&format!("serial       {}\n", leaf.serial)),
        "{text}"
    );
    assert!(
        text.contains("challenges   http-01, tls-alpn-01\n"),
        "{text}"
    );

    let run = docent.run(&["renew", "--new-account-key"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let run = docent.run(&["revoke", "--reason", "keyCompromise"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains(&leaf.serial), "{}", run.stdout);
    let run = docent.run(&["renew", "--force"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_ne!(docent.bench.pair().unwrap().leaf, leaf);
}

#[tokio::test]
async fn a_refusal_is_shown_with_what_helps() {
    let docent = Docent::new().await;
    let problem = r#"{"type":"urn:ietf:params:acme:error:caa","detail":"CAA record for docs.example.com prevents issuance"}"#;
    docent
        .bench
        .stub
        .fail("/finalize", Fault::Answer(403, Vec::new(), problem.into()));
    for asked in [true, false] {
        let run = docent.run(&["renew"]).await;
        assert_eq!(run.code, Some(75), "{}", run.stdout);
        assert!(
            run.stderr
                .contains("CAA record for docs.example.com prevents issuance"),
            "{}",
            run.stderr
        );
        assert!(run.stderr.contains("add this one to it"), "{}", run.stderr);
        assert!(
            run.stderr.contains("docent tries again from 20"),
            "{}",
            run.stderr
        );
        assert_eq!(run.stderr.contains("nothing was asked now"), !asked);
        assert_eq!(!docent.bench.stub.take_asked().is_empty(), asked);
    }
    let status = docent.status().await;
    assert_eq!(status["due"], false);
    assert_eq!(status["last_error"]["attempts"], 1);
    let message = status["last_error"]["message"].as_str().unwrap();
    assert!(message.contains("CAA record"), "{message}");
    docent.bench.stub.mend();
    let run = docent.run(&["renew", "--force"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

#[tokio::test]
async fn nothing_is_ordered_that_could_not_be_kept() {
    let docent = Docent::new().await;
    let bench = &docent.bench;
    // A disk that takes no more: files may not grow beyond 8 KiB.
    let mut full = Command::new("sh");
    full.args(["-c", "trap '' XFSZ; ulimit -f 16; exec \"$0\" \"$@\""]);
    let renew = docent.command(&["renew"]);
    full.arg(renew.get_program()).args(renew.get_args());
    let run = finish(full).await;
    assert_eq!(run.code, Some(73), "{} {}", run.stdout, run.stderr);
    assert!(run.stderr.contains("cannot write to"), "{}", run.stderr);
    assert_eq!(bench.stub.take_asked(), Vec::<String>::new());

    // A state directory that may only be read.
    forget(bench);
    fs::create_dir(bench.state.root()).unwrap();
    let mode = |path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    mode(bench.state.root(), 0o555);
    mode(bench.pebble.folder.path(), 0o755);
    let mut renew = docent.command(&["renew"]);
    if Uid::effective().is_root() {
        // Where docent has been built, others may have no access.
        let program = bench.pebble.folder.path().join("docent");
        fs::copy(renew.get_program(), &program).unwrap();
        let mut by_nobody = Command::new(program);
        by_nobody.args(renew.get_args()).env_clear();
        by_nobody.stdin(Stdio::null()).uid(NOBODY).gid(NOBODY);
        renew = by_nobody;
    }
    let run = finish(renew).await;
    assert_eq!(run.code, Some(77), "{} {}", run.stdout, run.stderr);
    // The folder that is there, not a file that could not be made in it.
    let owned = format!("as the user that owns {},", bench.state.root().display());
    assert!(
        run.stderr.contains(&owned) && run.stderr.contains("with sudo"),
        "{}",
        run.stderr
    );
    assert_eq!(bench.stub.take_asked(), Vec::<String>::new());

    mode(bench.state.root(), 0o755);
    bench.renewed().await;
}

/// What root writes by hand must be readable to the service.
#[tokio::test]
async fn files_belong_to_the_owner_of_the_state_directory() {
    let docent = Docent::new().await;
    let state = docent.bench.state.root();
    fs::create_dir(state).unwrap();
    fs::set_permissions(
        docent.bench.pebble.folder.path(),
        fs::Permissions::from_mode(0o755),
    )
    .unwrap();
    let mut owner = Uid::effective().as_raw();
    if owner == 0 {
        std::os::unix::fs::chown(state, Some(NOBODY), Some(NOBODY)).unwrap();
        owner = NOBODY;
    }
    let run = docent.run(&["renew"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let certificates = docent.bench.state.certificates();
    for path in [
        certificates.key_path(&dns("docs.example.com")),
        docent.bench.state.accounts(),
    ] {
        assert_eq!(
            fs::metadata(&path).unwrap().uid(),
            owner,
            "{}",
            path.display()
        );
    }
}

/// At whatever moment: each storing step has a test of its own.
#[tokio::test]
async fn a_run_that_is_killed_leaves_something_whole() {
    let docent = Docent::new().await;
    docent.run(&["renew"]).await;
    for milliseconds in (0..).step_by(15) {
        let mut child = docent
            .command(&["renew", "--force"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The longer it lives, the further it gets; nothing is waited for.
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        let ended = child.try_wait().unwrap().is_some();
        child.kill().unwrap();
        child.wait().unwrap();
        docent.bench.pair().unwrap();
        if ended {
            break;
        }
    }
    let run = docent.run(&["renew", "--force"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(docent.bench.history().failures, None);
    // Killed on the way to the authority, an attempt counts.
    docent.bench.stub.fail("/order", Fault::Silence);
    let mut child = docent.command(&["renew", "--force"]).spawn().unwrap();
    while docent.bench.history().underway.is_none() {
        assert!(child.try_wait().unwrap().is_none(), "it ended");
        tokio::task::yield_now().await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let history = docent.bench.history();
    assert_eq!(history.failures, None);
    let failures = history.last_failures().unwrap();
    assert!(failures.message.contains("stopped in the middle"));
    assert!(docent.bench.not_due().await > Duration::ZERO);
}

#[tokio::test]
async fn where_there_is_nothing_to_renew() {
    let docent = Docent::new().await;
    fs::write(&docent.config, "[server]\n").unwrap();
    let run = docent.run(&["renew"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stdout.contains("There is nothing to renew."),
        "{}",
        run.stdout
    );
    assert_eq!(docent.run(&["renew", "--due"]).await.code, Some(1));
    assert_eq!(docent.run(&["revoke"]).await.code, Some(66));
    assert_eq!(docent.status().await["source"], Value::Null);

    // Without a certificate yet, there is nothing to revoke, and nothing to lock.
    let domain = "[server]\ndomain = \"docs.example.com\"\n[acme]\naccept_terms = true\n";
    fs::write(&docent.config, domain).unwrap();
    let run = docent.run(&["revoke"]).await;
    assert_eq!(run.code, Some(66), "{}", run.stderr);
    assert!(run.stderr.contains("there is no certificate yet"));
    assert!(!docent.bench.state.root().exists());

    let own =
        "[server]\ndomain = \"docs.example.com\"\n[tls]\ncert = \"own.pem\"\nkey = \"own.key\"\n";
    fs::write(&docent.config, own).unwrap();
    let run = docent.run(&["renew"]).await;
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stdout.contains("a certificate of your own"),
        "{}",
        run.stdout
    );
    let status = docent.status().await;
    assert_eq!(status["source"], "files");
    assert!(status["problem"].as_str().unwrap().contains("own.pem"));
    assert_eq!(docent.bench.stub.take_asked(), Vec::<String>::new());
}

/// What a timer starts every few minutes.
#[tokio::test]
async fn a_timer_hears_of_each_failure_once() {
    let docent = Docent::new().await;
    let runtime = docent.bench.pebble.folder.path().join("run");
    fs::create_dir(&runtime).unwrap();
    let look = async || {
        let mut command = docent.command(&["renew", "--scheduled"]);
        command.env("RUNTIME_DIRECTORY", &runtime);
        finish(command).await
    };
    docent.bench.stub.fail("/", Fault::CutBefore);
    let run = look().await;
    assert_eq!(run.code, Some(75), "{}", run.stderr);
    assert!(run.stderr.contains("cannot be reached"), "{}", run.stderr);
    docent.bench.stub.take_asked();
    for _ in 0..3 {
        let run = look().await;
        assert_eq!((run.code, &*run.stdout), (Some(0), ""), "{}", run.stderr);
    }
    assert_eq!(docent.bench.stub.take_asked(), Vec::<String>::new());
    assert_ne!(docent.status().await["last_error"], Value::Null);

    // What stands in the way of any attempt is told when it is new.
    let good = fs::read_to_string(&docent.config).unwrap();
    for fault in ["[server", "[[docs]]\nhosts = 7"] {
        fs::write(&docent.config, format!("{good}\n{fault}\n")).unwrap();
        for code in [78, 0, 0] {
            let run = look().await;
            assert_eq!(run.code, Some(code), "{fault}: {}", run.stderr);
        }
        // A person is told each time.
        assert_eq!(docent.run(&["renew"]).await.code, Some(78));
    }
    fs::write(&docent.config, &good).unwrap();
    assert_eq!(look().await.code, Some(0));
    fs::write(&docent.config, format!("{good}\n[server\n")).unwrap();
    assert_eq!(look().await.code, Some(78));

    fs::write(&docent.config, &good).unwrap();
    docent.bench.stub.mend();
    forget(&docent.bench);
    let run = look().await;
    assert_eq!((run.code, &*run.stdout), (Some(0), ""), "{}", run.stderr);
    docent.bench.pair().unwrap();
    assert_eq!(docent.status().await["last_error"], Value::Null);
}

#[tokio::test]
async fn status_shows_no_escapes_and_waits_for_no_pipe() {
    let docent = Docent::new().await;
    let folder = docent.bench.pebble.folder.path();
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(["docs.example.com".to_owned()]).unwrap();
    let evil = "a\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}z";
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, evil);
    fs::write(
        folder.join("own.pem"),
        params.self_signed(&key).unwrap().pem(),
    )
    .unwrap();
    fs::write(folder.join("own.key"), key.serialize_pem()).unwrap();
    let own =
        "[server]\ndomain = \"docs.example.com\"\n[tls]\ncert = \"own.pem\"\nkey = \"own.key\"\n";
    fs::write(&docent.config, own).unwrap();
    for format in ["text", "json"] {
        let run = docent.run(&["status", "--format", format]).await;
        assert_eq!(run.stderr, "");
        let raw = run
            .stdout
            .chars()
            .find(|c| *c != '\n' && (c.is_control() || *c == '\u{202e}'));
        assert_eq!(raw, None, "{:?}", run.stdout);
        assert!(run.stdout.contains("owned"), "{}", run.stdout);
    }
    for name in ["own.pem", "own.key"] {
        fs::remove_file(folder.join(name)).unwrap();
        let made = Command::new("mkfifo").arg(folder.join(name)).status();
        assert!(made.unwrap().success());
        let status = docent.status().await;
        let problem = status["problem"].as_str().unwrap();
        assert!(
            problem.contains("pipe") && problem.contains(name),
            "{problem}"
        );
        fs::remove_file(folder.join(name)).unwrap();
        fs::write(folder.join(name), "").unwrap();
    }
}

#[tokio::test]
async fn another_server_on_the_ports_is_named() {
    let mut docent = Docent::new().await;
    let ports = docent.bench.pebble.ports();
    docent.bench.pebble.leave_ports().await;
    let status = docent.status().await;
    assert_eq!(status["challenges"]["others"], serde_json::json!([]));
    let other = axum::Router::new()
        .fallback(|| async { ([("server", "nginx/1.22.1")], "Welcome to nginx!") });
    let http = tokio::net::TcpListener::bind(ports.http).await.unwrap();
    let mut servers = tokio::task::JoinSet::new();
    servers.spawn(async move { axum::serve(http, other).await.unwrap() });
    let https = std::net::TcpListener::bind(ports.https).unwrap();
    https.set_nonblocking(true).unwrap();
    let config = server_config(&docent.bench.pebble.folder);
    let config = axum_server::tls_rustls::RustlsConfig::from_config(config);
    let server = axum_server::from_tcp_rustls(https, config).unwrap();
    servers.spawn(async move {
        let routes = axum::Router::new().into_make_service();
        server.serve(routes).await.unwrap();
    });
    let text = docent.run(&["status"]).await.stdout;
    let wanted = format!("another server listens on {} (nginx/1.22.1)", ports.http);
    assert!(text.contains(&wanted), "{text}");
    let wanted = format!(
        "another server listens on {} (it has another certificate",
        ports.https
    );
    assert!(text.contains(&wanted), "{text}");
    assert!(
        text.contains("none can work: docent does not listen"),
        "{text}"
    );
    let status = docent.status().await;
    assert_eq!(status["challenges"]["listening"], serde_json::json!([]));
    assert_eq!(status["challenges"]["others"][0]["server"], "nginx/1.22.1");
}
