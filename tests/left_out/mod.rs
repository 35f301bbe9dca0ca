//! Tests that cannot run on this machine say so, and tests/run.sh lists them at its end.
#![allow(dead_code, reason = "some tests need root, others a program")]

use std::{env, fs::OpenOptions, io::Write as _, process::Command};

/// Whether this process may do what only root may; where not, `what` is noted as left out.
pub(crate) fn needs_root(what: &str) -> bool {
    let is_root = nix::unistd::Uid::effective().is_root();
    if !is_root {
        note(what, "run it as root (sudo -E make test)");
    }
    is_root
}

/// Whether a program is installed; where not, `what` is noted as left out.
pub(crate) fn needs_program(what: &str, program: &str, package: &str) -> bool {
    let found = Command::new("sh")
        .args([
            "-c",
            "PATH=$PATH:/usr/sbin:/sbin command -v \"$0\" >/dev/null",
            program,
        ])
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        note(
            what,
            &format!("it needs {program} (apt-get install {package})"),
        );
    }
    found
}

/// Whether something else that a test needs is there; where not, `what` is noted as left out, with `how` to get it.
pub(crate) fn needs(is_there: bool, what: &str, how: &str) -> bool {
    if !is_there {
        note(what, how);
    }
    is_there
}

/// # Panics
/// Where CI=true: there nothing is left out.
#[expect(
    clippy::print_stderr,
    reason = "whoever reads the output learns of it there"
)]
fn note(what: &str, how: &str) {
    assert!(
        env::var("CI").as_deref() != Ok("true"),
        "{what} cannot run here, and in CI nothing is left out: {how}"
    );
    eprintln!("left out: {what}: {how}");
    let file = env::var_os("DOCENT_LEFT_OUT")
        .and_then(|path| OpenOptions::new().create(true).append(true).open(path).ok());
    if let Some(mut file) = file {
        // One call, as several tests write at the same time; what cannot be written has been said above.
        let _ = file.write_all(format!("{what}: {how}\n").as_bytes());
    }
}
