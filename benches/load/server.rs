//! The servers that are measured, each a process of its own.

use std::{
    error::Error,
    fs,
    io::{BufRead, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::{
    checkout,
    drive::{self, Version},
};

/// How long a server may take until its first answer.
const PATIENCE: Duration = Duration::from_secs(300);

/// A running server; it ends when this is dropped.
pub(crate) struct Server {
    process: Child,
    /// Host and port.
    pub(crate) address: String,
    /// Pages that docent says it serves, when it has just read them; the other servers do not say.
    pub(crate) pages: Option<usize>,
    started: Instant,
    /// What every request of [`Self::finds`] is sent with.
    headers: String,
}

impl Server {
    /// docent, as cargo has just built it.
    ///
    /// Its log, a line a search, goes to a file, as it would go to the journal.
    pub(crate) fn docent(pages: &Path, cache: &Path) -> Result<Self, Box<dyn Error>> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_docent"));
        command
            .arg("serve")
            .arg(pages)
            .args(["--listen", "127.0.0.1:0", "--cache-dir"])
            .arg(cache)
            .env_remove("JOURNAL_STREAM");
        Self::start(command)
    }

    /// The same behind a proxy on this machine, which tells whom a request is for.
    pub(crate) fn proxied(pages: &Path, folder: &Path) -> Result<Self, Box<dyn Error>> {
        fs::create_dir_all(folder)?;
        let file = folder.join("docent.toml");
        fs::write(
            &file,
            format!(
                "[server]\nplain = \"127.0.0.1:0\"\ntrusted_proxies = [\"127.0.0.1\"]\n\n[[docs]]\nname = \"pages\"\npath = {pages:?}\n"
            ),
        )?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_docent"));
        command
            .arg("serve")
            .arg("--config")
            .arg(file)
            .arg("--cache-dir")
            .arg(folder.join("cache"))
            .env_remove("JOURNAL_STREAM");
        Self::start(command)
    }

    /// An axum handler that reads the request and answers with the bytes of a file.
    pub(crate) fn bare(answer: &Path) -> Result<Self, Box<dyn Error>> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("bare").arg(answer);
        Self::start(command)
    }

    /// The TypeScript SDK with a search engine, `minisearch` or `fts5`.
    pub(crate) fn typescript(
        clients: &Path,
        engine: &str,
        sections: &Path,
    ) -> Result<Self, Box<dyn Error>> {
        let arch = if cfg!(target_arch = "aarch64") {
            "arm64"
        } else {
            "x64"
        };
        let mut command =
            Command::new(clients.join(format!("node_modules/node-linux-{arch}/bin/node")));
        command
            .env("NODE_ENV", "production")
            .env("DOCENT_CLIENTS", clients)
            .arg("--disable-warning=ExperimentalWarning")
            .arg(checkout().join("benches/peers/typescript.mjs"))
            .arg(engine)
            .arg(sections);
        Self::start(command)
    }

    /// The Python SDK with SQLite's full-text search.
    pub(crate) fn python(clients: &Path, sections: &Path) -> Result<Self, Box<dyn Error>> {
        let mut command = Command::new(clients.join("venv/bin/python"));
        command
            .arg(checkout().join("benches/peers/python.py"))
            .arg(sections);
        Self::start(command)
    }

    /// Runs it and waits for the line with its URL.
    pub(crate) fn start(mut command: Command) -> Result<Self, Box<dyn Error>> {
        let mut log = tempfile::tempfile()?;
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log.try_clone()?);
        let started = Instant::now();
        let mut process = command.spawn()?;
        let mut lines = BufReader::new(process.stdout.take().ok_or("it is piped")?)
            .lines()
            .map_while(Result::ok);
        let mut pages = None;
        let address = lines.find_map(|line| {
            pages = pages.or_else(|| number_before(&line, " pages in "));
            Some(
                line.split_once("http://")?
                    .1
                    .split_once("/mcp")?
                    .0
                    .to_owned(),
            )
        });
        let Some(address) = address else {
            let mut said = String::new();
            log.seek(SeekFrom::Start(0))?;
            log.read_to_string(&mut said)?;
            process.wait()?;
            return Err(format!("{command:?} ended before it listened:\n{said}").into());
        };
        // Read to the end, or the server would block once the pipe is full.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self {
            process,
            address,
            pages,
            started,
            headers: String::new(),
        })
    }

    /// The same, asked by whoever has these headers.
    pub(crate) fn asked_with(mut self, headers: &str) -> Self {
        headers.clone_into(&mut self.headers);
        self
    }

    /// Time from its start to an answer that holds these words.
    pub(crate) fn first_answer(
        &self,
        query: &str,
        words: &str,
    ) -> Result<Duration, Box<dyn Error>> {
        self.finds(self.started, query, words)
    }

    /// Time from a moment to an answer that holds these words.
    pub(crate) fn finds(
        &self,
        since: Instant,
        query: &str,
        words: &str,
    ) -> Result<Duration, Box<dyn Error>> {
        loop {
            let answer = drive::ask(&self.address, Version::Handshake, &self.headers, query);
            let elapsed = since.elapsed();
            match answer {
                Ok(answer) if String::from_utf8_lossy(&answer).contains(words) => {
                    return Ok(elapsed);
                }
                Ok(answer) if elapsed > PATIENCE => {
                    return Err(
                        format!("no {words} in {}", String::from_utf8_lossy(&answer)).into(),
                    );
                }
                Err(error) if elapsed > PATIENCE => return Err(error.into()),
                _ => std::thread::yield_now(),
            }
        }
    }

    /// Resident memory in KiB: all of it, and the part that is not mapped from files.
    pub(crate) fn resident(&self) -> Result<Resident, Box<dyn Error>> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let field = |name: &str| {
            let line = status
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok())
                .ok_or("no such field")
        };
        Ok(Resident {
            all: field("VmRSS")?,
            anonymous: field("RssAnon")?,
        })
    }
}

/// 1169 in "1,169 pages in 1 document set".
fn number_before(line: &str, words: &str) -> Option<usize> {
    line.split_once(words)?.0.replace(',', "").parse().ok()
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Resident memory, in KiB.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resident {
    /// `VmRSS`.
    pub(crate) all: u64,
    /// `RssAnon`: without the pages of the index and the program, which the kernel may drop.
    pub(crate) anonymous: u64,
}

/// Where `tests/clients/install.sh` has put the SDKs.
pub(crate) fn clients() -> Result<PathBuf, Box<dyn Error>> {
    let installed = Command::new(checkout().join("tests/clients/install.sh"))
        .stderr(Stdio::inherit())
        .output()?;
    if !installed.status.success() {
        return Err("tests/clients/install.sh failed".into());
    }
    Ok(PathBuf::from(
        String::from_utf8(installed.stdout)?.trim_end(),
    ))
}
