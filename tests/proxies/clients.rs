//! Real clients, by way of the proxy.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use tempfile::TempDir;

use crate::{
    behind::{Behind, Below, Socket},
    proxy::Kind,
};

/// The SDKs, over both transports.
pub(crate) fn try_all(kind: Kind, below: Below, socket: Socket) {
    let Some(behind) = Behind::start(kind, below, socket) else {
        return;
    };
    let all = [
        ("typescript_sdk.mjs", "sse", "/sse"),
        ("python_sdk.py", "auto", "/mcp"),
        ("typescript_sdk.mjs", "mcp", "/mcp"),
        ("typescript_client_2.mjs", "auto", "/mcp"),
        ("python_sdk.py", "sse", "/sse"),
    ];
    // What a path can break is more.
    let tried = if below == Below::Nothing {
        2
    } else {
        all.len()
    };
    for &(script, mode, route) in &all[..tried] {
        let scratch = TempDir::new().unwrap();
        let mut client = command(script);
        let output = client
            .args([mode, &format!("{}{route}", behind.url)])
            .env("NODE_EXTRA_CA_CERTS", &behind.ca)
            .env("SSL_CERT_FILE", &behind.ca)
            .env("DOCENT_CLIENTS", installed())
            .env("TMPDIR", scratch.path())
            .env("NO_PROXY", "127.0.0.1,localhost")
            .stdin(Stdio::null())
            .output()
            .expect("install.sh has put the client there");
        let said =
            [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        assert!(output.status.success(), "{script} {mode}: {said:?}");
    }
}

fn command(script: &str) -> Command {
    let file = scripts().join(script);
    if script.ends_with(".py") {
        let mut command = Command::new(installed().join("venv/bin/python"));
        command.arg(file);
        return command;
    }
    let arch = match std::env::consts::ARCH {
        "aarch64" => "arm64",
        _ => "x64",
    };
    let node = installed().join(format!("node_modules/node-linux-{arch}/bin/node"));
    let mut command = Command::new(node);
    command
        .arg("--import")
        .arg(scripts().join("resolve.mjs"))
        .arg(file);
    command
}

/// The documents that they look for.
pub(crate) fn manual() -> PathBuf {
    installed().join("node_modules/@google/gemini-cli/bundle/docs")
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

/// Where they are, installed when they are not yet.
fn installed() -> &'static Path {
    static CLIENTS: OnceLock<PathBuf> = OnceLock::new();
    CLIENTS.get_or_init(|| {
        let installed = Command::new(scripts().join("install.sh"))
            .stdin(Stdio::null())
            .output()
            .expect("bash runs install.sh");
        assert!(installed.status.success(), "{installed:?}");
        PathBuf::from(String::from_utf8_lossy(&installed.stdout).trim_end())
    })
}
