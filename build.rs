//! Tells the crate where it comes from: `DOCENT_ORIGIN` is what `docent --version` adds to the
//! version, such as " (1a2b3c4d5e6f 2026-11-22)", and empty where nothing is known.
//!
//! The same source gives the same bytes: the date is `SOURCE_DATE_EPOCH` and never the clock.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=SOURCE_DATE_EPOCH");
    let known: Vec<String> = [commit(), date()].into_iter().flatten().collect();
    let origin = if known.is_empty() {
        String::new()
    } else {
        format!(" ({})", known.join(" "))
    };
    println!("cargo::rustc-env=DOCENT_ORIGIN={origin}");
}

/// The commit that is checked out, where this is a checkout and Git is installed, or that `cargo package`
/// has packed. A debug build has none: it would be built again after each commit.
fn commit() -> Option<String> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR")?);
    if env::var("PROFILE").as_deref() == Ok("debug") {
        return None;
    }
    // Without this, the source unpacked inside another project's checkout would take that one's.
    if !root.join(".git").exists() {
        return packed_commit(&root);
    }
    // The log of HEAD changes with every commit, HEAD itself only with the branch.
    for file in ["HEAD", "logs/HEAD"] {
        let path = root.join(git(&root, &["rev-parse", "--git-path", file])?);
        if path.exists() {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
    git(&root, &["rev-parse", "--short=12", "HEAD"])
}

/// What cargo notes in a package of the commit that it was made from, such as `"sha1": "1a2b3c…"`.
fn packed_commit(root: &Path) -> Option<String> {
    let noted = fs::read_to_string(root.join(".cargo_vcs_info.json")).ok()?;
    let (_, rest) = noted.split_once("\"sha1\"")?;
    let commit = rest.split('"').nth(1)?.get(..12)?;
    let is_commit = commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_commit.then(|| commit.to_owned())
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(arguments)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// The day of `SOURCE_DATE_EPOCH` (<https://reproducible-builds.org/specs/source-date-epoch/>).
fn date() -> Option<String> {
    let seconds: u64 = env::var("SOURCE_DATE_EPOCH").ok()?.trim().parse().ok()?;
    let mut day = seconds / 86_400;
    let mut year = 1970;
    while day >= length_of_year(year) {
        day -= length_of_year(year);
        year += 1;
        if year > 9999 {
            return None;
        }
    }
    let february = length_of_year(year) - 337;
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if day < length {
            break;
        }
        day -= length;
        month += 1;
    }
    Some(format!("{year}-{month:02}-{:02}", day + 1))
}

fn length_of_year(year: u64) -> u64 {
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    if leap { 366 } else { 365 }
}
