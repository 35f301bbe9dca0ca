//! What the journal holds, read by `journalctl` beside this process and handed over as it comes.

use std::{
    collections::HashSet,
    io::{self, Read},
    path::Path,
    process::{Child, ChildStderr, ChildStdout, Command, Output, Stdio},
    thread::{self, JoinHandle},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Complaints of `journalctl` that are kept.
const MAX_COMPLAINTS: u64 = 4 << 10;

/// Which lines of the journal.
#[derive(Debug, Clone, Default)]
pub struct JournalQuery<'a> {
    /// Lines of this unit alone.
    pub unit: Option<&'a str>,
    /// From a moment on, in seconds since 1970.
    pub since: Option<u64>,
    /// Up to another.
    pub until: Option<u64>,
    /// These fields alone, and the time.
    pub fields: &'a [&'a str],
    /// A file of the journal, or a folder of such; `None`: this machine's journal.
    pub file: Option<&'a Path>,
}

/// How many errors a unit has logged in the last day, up to `most`; `None` where nobody knows.
pub fn errors_of_the_day(unit: &str, most: usize) -> Option<usize> {
    // No thread to wait with: privileges may still have to be given up, which only one thread may do.
    let answer = Command::new("timeout")
        .args(["5", "journalctl", "--quiet", "--no-pager", "--output=json"])
        .args(["--output-fields=PRIORITY", "--since=-1d", "--priority=err"])
        .arg(format!("--lines={most}"))
        .arg(format!("_SYSTEMD_UNIT={unit}"))
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|answer| answer.status.success())?;
    let lines = answer.stdout.split(|byte| *byte == b'\n');
    Some(lines.filter(|line| line.starts_with(b"{")).count())
}

/// When a unit last logged a line with a field of this value; `None` where it did not.
///
/// # Errors
/// Where the journal cannot be read.
pub fn last_line(
    unit: &str,
    field: &str,
    value: &str,
    since: SystemTime,
) -> io::Result<Option<SystemTime>> {
    let since = since.duration_since(UNIX_EPOCH).unwrap_or_default();
    // The journal has an index of each field: this takes milliseconds however much it holds.
    let answer = Command::new("timeout")
        .args(["30", "journalctl", "--quiet", "--no-pager", "--output=json"])
        .args(["--output-fields=PRIORITY", "--reverse", "--lines=1"])
        .arg(format!("--since=@{}", since.as_secs()))
        .arg(format!("_SYSTEMD_UNIT={unit}"))
        .arg(format!("{field}={value}"))
        .stdin(Stdio::null())
        .output()?;
    ended(&answer)?;
    Ok(moment(&answer.stdout))
}

/// The values that a field has in the journal, whoever has logged them and when.
///
/// # Errors
/// Where the journal cannot be read.
pub fn values_of(field: &str) -> io::Result<HashSet<String>> {
    let answer = Command::new("timeout")
        .args(["30", "journalctl", "--quiet", "--no-pager"])
        .arg(format!("--field={field}"))
        .stdin(Stdio::null())
        .output()?;
    ended(&answer)?;
    let values = String::from_utf8_lossy(&answer.stdout);
    Ok(values.lines().map(str::to_owned).collect())
}

fn ended(answer: &Output) -> io::Result<()> {
    if answer.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&answer.stderr);
    Err(io::Error::other(format!(
        "journalctl ended with {}: {}",
        answer.status,
        said.trim()
    )))
}

/// The time of a line, in microseconds since 1970 (systemd's "Journal JSON Format").
fn moment(line: &[u8]) -> Option<SystemTime> {
    let line: serde_json::Value = serde_json::from_slice(line.trim_ascii()).ok()?;
    let micros = line.get("__REALTIME_TIMESTAMP")?.as_str()?.parse().ok()?;
    UNIX_EPOCH.checked_add(Duration::from_micros(micros))
}

/// Lines of the journal, as `journalctl --output=json` writes them. It ends with this.
pub struct JournalLines {
    child: Child,
    lines: ChildStdout,
    stderr: Option<ChildStderr>,
    complaints: Option<JoinHandle<String>>,
}

impl JournalLines {
    /// Starts `journalctl`.
    ///
    /// # Errors
    /// Where there is none.
    pub fn open(query: &JournalQuery<'_>) -> io::Result<Self> {
        let mut command = Command::new("journalctl");
        command.args(["--output=json", "--no-pager", "--quiet"]);
        if !query.fields.is_empty() {
            command.arg(format!("--output-fields={}", query.fields.join(",")));
        }
        if let Some(since) = query.since {
            command.arg(format!("--since=@{since}"));
        }
        if let Some(until) = query.until {
            command.arg(format!("--until=@{until}"));
        }
        if let Some(file) = query.file {
            let kind = if file.is_dir() {
                "--directory"
            } else {
                "--file"
            };
            command.arg(kind).arg(file);
        }
        // Not `--unit`: what others say of the unit is not docent's word, and anybody can write any other field.
        if let Some(unit) = query.unit {
            command.arg(format!("_SYSTEMD_UNIT={unit}"));
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (Some(lines), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        Ok(Self {
            child,
            lines,
            stderr: Some(stderr),
            complaints: None,
        })
    }

    /// After the last line: what `journalctl` had to complain about, in an error where it failed.
    ///
    /// # Errors
    /// Where it did.
    pub fn end(mut self) -> io::Result<String> {
        let status = self.child.wait()?;
        let complaints = self.complaints.take().and_then(|said| said.join().ok());
        let complaints = complaints.unwrap_or_default();
        if status.success() {
            return Ok(complaints);
        }
        let why = match complaints.as_str() {
            "" => format!("journalctl ended with {status}"),
            said => said.to_owned(),
        };
        Err(io::Error::other(why))
    }
}

impl Read for JournalLines {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Not before: privileges may still have to be given up, which only one thread may do.
        if let Some(stderr) = self.stderr.take() {
            self.complaints = Some(thread::spawn(move || complaints(stderr)));
        }
        self.lines.read(buffer)
    }
}

impl Drop for JournalLines {
    fn drop(&mut self) {
        // It has ended, unless somebody does not want the rest.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn complaints(mut stderr: impl Read) -> String {
    let mut said = Vec::new();
    let _ = stderr.by_ref().take(MAX_COMPLAINTS).read_to_end(&mut said);
    // So that it is never stuck with more to say.
    let _ = io::copy(&mut stderr, &mut io::sink());
    String::from_utf8_lossy(&said).trim().to_owned()
}
