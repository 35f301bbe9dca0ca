//! docent's own pages, as the public checks of documentation for agents see them (afdocs).

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use super::{Server, alone::alone, node_command, said, scripts, surroundings};

#[test]
fn documentation_for_agents_passes_the_public_checks() {
    let checks = installed();
    alone(|| {
        let scratch = TempDir::new().expect("a temporary folder");
        let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
        let server = Server::start(scratch.path(), "127.0.0.1:0", &documents);
        let mut script = node_command("afdocs.mjs");
        let ended = surroundings(&mut script, scratch.path())
            .arg(&checks)
            .arg(format!("http://{}/", server.address))
            .stdin(Stdio::null())
            .output()
            .expect("install.sh has put Node.js there");
        assert!(ended.status.success(), "{}", said(&ended));
    });
}

/// Where the checks are, installed when they are not yet.
fn installed() -> PathBuf {
    let installed = Command::new(scripts().join("afdocs/install.sh"))
        .stdin(Stdio::null())
        .output()
        .expect("bash runs install.sh");
    assert!(installed.status.success(), "{}", said(&installed));
    PathBuf::from(String::from_utf8_lossy(&installed.stdout).trim_end())
}
