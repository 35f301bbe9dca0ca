//! How long `docent insights` takes for a hundred thousand searches, and what memory: `cargo bench --bench insights`.
//!
//! The lines are those of the test that compares the counts with awk's, made from what a real server logs.
#![allow(dead_code, reason = "it shares its server with the tests")]
#![allow(clippy::print_stdout, reason = "it says what it has measured")]

#[path = "../tests/cli/journal.rs"]
mod journal;
#[path = "../tests/cli/run.rs"]
mod run;
#[path = "../tests/cli/serve.rs"]
mod serve;

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Runs of each, of which the one in the middle is told.
const RUNS: usize = 5;

fn main() {
    let log = journal::journal();
    let sandbox = run::Sandbox::new(&[("stderr.log", &log)]);
    sandbox.write("journal.json", journal::as_json(&log));
    for (name, file) in [
        ("lines of stderr", "stderr.log"),
        ("lines of journalctl --output=json", "journal.json"),
    ] {
        let path = sandbox.path().join(file);
        let bytes = std::fs::metadata(&path).map_or(0, |file| file.len());
        let mut took: Vec<Duration> = (0..RUNS).map(|_| measure(&path)).collect();
        took.sort_unstable();
        println!(
            "100,000 searches as {name} ({} MB): {:.2} s, {} MiB",
            bytes / 1_000_000,
            took[RUNS / 2].as_secs_f64(),
            peak(&path)
        );
    }
}

fn insights(path: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_docent"));
    command.args(["insights", "--format", "html", "--file"]);
    command.arg(path).env_clear().stdout(Stdio::null());
    command
}

fn measure(path: &Path) -> Duration {
    let began = Instant::now();
    let status = insights(path).status().expect("cargo has built docent");
    assert!(status.success());
    began.elapsed()
}

/// The most memory that it had, in MiB.
fn peak(path: &Path) -> u64 {
    let mut child = insights(path).spawn().expect("cargo has built docent");
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    // It only grows, so the last look before the end is right, or a little low.
    while child.try_wait().expect("it is a child").is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        most = most.max(kib.unwrap_or(0));
    }
    most / 1_024
}
