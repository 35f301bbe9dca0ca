//! `docent insights`: how the documentation is used, from docent's own log.

use std::{
    fs::File,
    io::{self, BufReader, IsTerminal as _, Read, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, ValueEnum};

use crate::{
    config::Settings,
    corpus::PrivatePaths,
    error::{Failure, Kind, printable},
    insights::{self, Index, Moment, Summary, Tally, When, Window},
    platform::{Environment, INSTALLED_CONFIG, JournalLines, JournalQuery, SERVICE},
    search::{Query, Snapshot},
    service,
};

use super::{style::Style, viewpoint::LookAs};

/// How much of a log is read at once.
const CHUNK: usize = 256 << 10;

/// Tell how the documentation is used: what is asked, found, read and missing
///
/// It reads what docent has logged, in the journal or in a file, and sends nothing anywhere. Days and times are UTC. The
/// exit status is 1 where the log tells of no use.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sudo docent insights                                  the last seven days
  sudo docent insights --since 30d --format html > use.html
  docker logs docent 2>&1 | docent insights --file -    what a container has logged")]
pub(super) struct Insights {
    /// From when on: 7d, 24h, a day, or a moment [default: 7d of the journal, all of a file]
    #[arg(long, value_name = "WHEN")]
    since: Option<When>,

    /// Up to when [default: now]
    #[arg(long, value_name = "WHEN")]
    until: Option<When>,

    /// Read this in place of this machine's journal: lines of docent's stderr or of `journalctl -o json`, a file or folder
    /// of the journal, or - for standard input
    #[arg(long, value_name = "LOG")]
    file: Option<PathBuf>,

    /// The unit whose lines of the journal count
    #[arg(long, value_name = "UNIT", default_value = SERVICE)]
    unit: String,

    /// Count only what this audience asks
    #[arg(long, value_name = "NAME")]
    audience: Option<String>,

    /// Rows of each list at the most
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10, value_parser = rows)]
    rows: usize,

    /// How to print it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,

    /// The configuration whose index tells which pages there are [default: /etc/docent/docent.toml]
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(flatten)]
    look_as: LookAs,
}

/// How insights are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, here
    #[default]
    Text,
    /// For programs
    Json,
    /// For people, as a page with plots
    Html,
}

impl Insights {
    pub(super) fn run(self, environment: &Environment) -> anyhow::Result<ExitCode> {
        let now = Moment::now();
        let mut window = Window {
            since: self.since.map(|when| when.moment(now)),
            until: self.until.map(|when| when.moment(now)),
        };
        if self.file.is_none() && window.since.is_none() {
            window.since = Some(now.before(std::time::Duration::from_secs(7 * 24 * 60 * 60)));
        }
        if let (Some(since), Some(until)) = (window.since, window.until)
            && since >= until
        {
            let message = format!("there is no time from {since} to {until}");
            return Err(Failure::new(Kind::Usage, message).into());
        }
        let config = self.config.clone().or_else(|| {
            let installed = Path::new(INSTALLED_CONFIG);
            installed.exists().then(|| installed.to_owned())
        });
        // Opened by whoever asks; what strangers have written is read with less than root's rights.
        let mut log = self.open(window)?;
        self.look_as.take(environment, config.as_deref())?;
        let mut tally = Tally::new(window).of_audience(self.audience.clone());
        let reading = insights::read(BufReader::with_capacity(CHUNK, &mut log), &mut tally);
        let reading = reading.map_err(|error| self.unreadable(&error))?;
        let complaints = log.end().map_err(|error| self.unreadable(&error))?;
        let known = config
            .as_deref()
            .and_then(|config| known(config, environment));
        let index = known
            .as_ref()
            .and_then(|known| compared(known, &tally, self.rows));
        let end = window.until.or(self.file.is_none().then_some(now));
        let mut summary = Summary::of(tally, reading, end, self.rows);
        summary.source = self.source();
        summary.index = index;
        if let Some(known) = &known {
            summary.title = known.settings.site.title.clone();
            for missing in &mut summary.pages_missing {
                missing.nearest = known.nearest(&missing.id);
            }
        }
        let mut stdout = io::stdout().lock();
        match self.format {
            Format::Json => writeln!(stdout, "{:#}", serde_json::to_value(&summary)?)?,
            Format::Html => stdout.write_all(insights::page(&summary).as_bytes())?,
            Format::Text if summary.is_empty() => {}
            Format::Text => {
                let style = Style::new(stdout.is_terminal() && !environment.no_color);
                let text = insights::text(&summary, &|title| style.title(title));
                stdout.write_all(text.as_bytes())?;
            }
        }
        if summary.is_empty() {
            self.tell_of_nothing(&complaints, environment)?;
            return Ok(ExitCode::from(1));
        }
        Ok(ExitCode::SUCCESS)
    }

    fn open(&self, window: Window) -> anyhow::Result<Log> {
        let Some(file) = &self.file else {
            return self.journal(window, None);
        };
        if file == Path::new("-") {
            return Ok(Log::Plain(Box::new(io::stdin())));
        }
        let is_journal = file.is_dir() || file.extension().is_some_and(|it| it == "journal");
        if is_journal {
            return self.journal(window, Some(file));
        }
        let opened = File::open(file).map_err(|error| self.unreadable(&error))?;
        Ok(Log::Plain(Box::new(opened)))
    }

    fn journal(&self, window: Window, file: Option<&Path>) -> anyhow::Result<Log> {
        let query = JournalQuery {
            unit: Some(&self.unit),
            since: window.since.map(Moment::seconds),
            // To the end of that second; the rest of it is not counted.
            until: window.until.map(|until| until.seconds() + 1),
            fields: insights::FIELDS,
            file,
        };
        let lines = JournalLines::open(&query).map_err(|error| self.unreadable(&error))?;
        Ok(Log::Journal(Box::new(lines)))
    }

    fn source(&self) -> String {
        match &self.file {
            None => format!("the journal of {}", self.unit),
            Some(file) if file == Path::new("-") => "standard input".to_owned(),
            Some(file) => file.display().to_string(),
        }
    }

    fn unreadable(&self, error: &io::Error) -> Failure {
        let kind = match error.kind() {
            io::ErrorKind::PermissionDenied => Kind::Permission,
            _ => Kind::NoInput,
        };
        let failure = Failure::new(kind, format!("cannot read {}", self.source()));
        let failure = failure.because(error.to_string());
        match (&self.file, error.kind()) {
            (None, io::ErrorKind::NotFound) => failure.help(
                "there is no journalctl here: name a log with --file, such as what a container has written",
            ),
            (None, _) => failure.help("ask with sudo, or name a log with --file"),
            (Some(_), io::ErrorKind::PermissionDenied) => failure.help("ask with sudo"),
            (Some(_), _) => failure,
        }
    }

    fn tell_of_nothing(&self, complaints: &str, environment: &Environment) -> io::Result<()> {
        let mut stderr = io::stderr().lock();
        let source = printable(&self.source());
        writeln!(stderr, "no call of a tool in {source} in this time")?;
        for complaint in complaints.lines().take(5) {
            writeln!(stderr, "  journalctl: {}", printable(complaint))?;
        }
        if self.file.is_none() && !environment.is_root {
            let help =
                "ask with sudo: others see a service's journal only in the group systemd-journal";
            writeln!(stderr, "  help: {help}")?;
        }
        Ok(())
    }
}

/// What is read.
enum Log {
    Journal(Box<JournalLines>),
    Plain(Box<dyn Read>),
}

impl Log {
    fn end(self) -> io::Result<String> {
        match self {
            Self::Journal(lines) => lines.end(),
            Self::Plain(_) => Ok(String::new()),
        }
    }
}

impl Read for Log {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Journal(lines) => lines.read(buffer),
            Self::Plain(file) => file.read(buffer),
        }
    }
}

/// What there is to read, where it can be seen.
struct Known {
    settings: Settings,
    snapshot: Snapshot,
}

impl Known {
    /// The page that was meant, perhaps: one whose path is similar, or whose words are those of the path.
    fn nearest(&self, id: &str) -> Option<String> {
        let id = id.trim_start_matches('/');
        if let Some(page) = self.snapshot.similar(id).first() {
            return Some(page.id());
        }
        let (path, _) = id.rsplit_once('.').unwrap_or((id, ""));
        let query = Query {
            limit: 1,
            ..Query::new(path.replace(|c: char| !c.is_alphanumeric(), " "))
        };
        let answer = self.snapshot.search(&query).ok()?;
        answer.hits.first().map(|hit| hit.page.id())
    }
}

/// The index of a configuration, as the service has left it.
fn known(config: &Path, environment: &Environment) -> Option<Known> {
    let settings = Settings::load_to_serve(config).ok()?;
    let cache = environment
        .cache_dir_of(config)
        .filter(|cache| cache.is_dir())?;
    let catalogue = service::open(&settings, &cache, &PrivatePaths::default());
    let catalogue = catalogue
        .inspect_err(|error| tracing::debug!(%error, "the index is not looked at"))
        .ok()?;
    let snapshot = catalogue.ready()?;
    Some(Known { settings, snapshot })
}

/// Pages of the index that came into no line.
fn compared(known: &Known, tally: &Tally, rows: usize) -> Option<Index> {
    let snapshot = &known.snapshot;
    let mut index = Index {
        pages: snapshot.page_count() as u64,
        never_shown: 0,
        first: Vec::new(),
    };
    for page in snapshot.pages_by_links(0) {
        let id = page.id();
        if tally.has_shown(&id)? {
            continue;
        }
        index.never_shown += 1;
        if index.first.len() < rows {
            index.first.push(id);
        }
    }
    Some(index)
}

fn rows(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(rows @ 1..=1_000) => Ok(rows),
        _ => Err("give a number from 1 to 1000".to_owned()),
    }
}
