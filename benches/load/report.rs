//! Figures to Markdown, with the goal beside each.

use std::{error::Error, fmt::Write, fs, path::Path, time::Duration};

use crate::{
    crowd::{Crowded, OTHERS},
    drive::Run,
    server::Resident,
};

const BEGIN: &str = "<!-- figures: benches/run.sh writes what follows -->";
const END: &str = "<!-- end of the figures -->";

/// All that was measured.
pub(crate) struct Report {
    /// PostgreSQL pages.
    pub(crate) pages: usize,
    /// Distinct queries.
    pub(crate) queries: usize,
    /// Connections of the driver.
    pub(crate) connections: usize,
    /// Runs that each figure is the median of.
    pub(crate) rounds: usize,
    /// docent, the same in the newest version of the protocol, axum alone, then the other SDKs.
    pub(crate) speed: Vec<Speed>,
    /// Start with an empty cache to first answer.
    pub(crate) indexing: Duration,
    /// Start with an index to first answer.
    pub(crate) start: Duration,
    /// After 10,000 searches.
    pub(crate) memory: Resident,
    /// Open, with an access key, with a token.
    pub(crate) private: Vec<Speed>,
    /// What one audience more takes.
    pub(crate) audience: Resident,
    /// While one client sends as fast as it can.
    pub(crate) crowded: Crowded,
    /// At growing numbers of pages.
    pub(crate) growth: Vec<Growth>,
}

/// Medians of one server's runs.
pub(crate) struct Speed {
    name: &'static str,
    answer: usize,
    per_second: f64,
    p50: Duration,
    p99: Duration,
}

/// docent at one size.
pub(crate) struct Growth {
    /// Pages.
    pub(crate) pages: usize,
    /// The same queries as at the other sizes.
    pub(crate) speed: Speed,
    /// After those.
    pub(crate) memory: Resident,
    /// From writing a file to an answer that shows what it says.
    pub(crate) change: Duration,
}

impl Speed {
    /// Takes the median of each figure; `answer` is the median answer's bytes.
    pub(crate) fn new(name: &'static str, answer: usize, runs: &[Run]) -> Self {
        let mut rates = runs.iter().map(|run| run.per_second).collect::<Vec<_>>();
        rates.sort_by(f64::total_cmp);
        Self {
            name,
            answer,
            per_second: rates[rates.len() / 2],
            p50: median(&runs.iter().map(|run| run.p50).collect::<Vec<_>>()),
            p99: median(&runs.iter().map(|run| run.p99).collect::<Vec<_>>()),
        }
    }
}

/// The middle of the values, the upper one of two. There is at least one.
pub(crate) fn median<T: Copy + Ord>(values: &[T]) -> T {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}

/// Puts the figures between the marks of a page, or at its end where there are none.
pub(crate) fn write(page: &Path, report: &Report) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(page)?;
    let (before, after) = match (text.split_once(BEGIN), text.split_once(END)) {
        (Some((before, _)), Some((_, after))) => (before, after),
        _ => (text.as_str(), "\n"),
    };
    let figures = markdown(report)?;
    fs::write(
        page,
        format!(
            "{}\n\n{BEGIN}\n\n{figures}\n{END}{after}",
            before.trim_end()
        ),
    )?;
    Ok(())
}

fn markdown(report: &Report) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    writeln!(
        text,
        "## Figures\n\n`make bench`, {}. Each figure is the median of {} runs.\n",
        machine()?,
        report.rounds
    )?;
    speed(&mut text, report)?;
    cold_and_warm(&mut text, report)?;
    private(&mut text, report)?;
    crowded(&mut text, &report.crowded)?;
    growth(&mut text, report)?;
    Ok(text)
}

fn speed(text: &mut String, report: &Report) -> Result<(), Box<dyn Error>> {
    writeln!(
        text,
        "### Searches\n\n\
         `search` over `/mcp`, PostgreSQL's manual ({} pages), {} keep-alive connections from the same machine, {} distinct\n\
         queries taken from the manual, none asked twice in a run.\n\n\
         | server | searches a second | p50 | p99 | median answer | docent is | goal |\n\
         |---|--:|--:|--:|--:|--:|--:|",
        report.pages, report.connections, report.queries
    )?;
    let [docent, ..] = &report.speed[..] else {
        return Err("docent was measured".into());
    };
    for server in &report.speed {
        let ratio = docent.per_second / server.per_second;
        let goal = match server.name {
            "docent" => "p99 < 10 ms",
            name if name.starts_with("docent") => "at most 1.11",
            name if name.starts_with("axum") => "0.21",
            name if name.starts_with("TypeScript") => "5",
            _ => "20",
        };
        let digits = if ratio < 2.0 { 2 } else { 1 };
        writeln!(
            text,
            "| {} | {:.0} | {} | {} | {} bytes | {ratio:.digits$} × | {goal} |",
            server.name,
            server.per_second,
            ms(server.p50),
            ms(server.p99),
            server.answer
        )?;
    }
    Ok(())
}

fn cold_and_warm(text: &mut String, report: &Report) -> Result<(), Box<dyn Error>> {
    let per_second = report.pages as f64 / report.indexing.as_secs_f64();
    writeln!(
        text,
        "\n### Start and memory\n\n\
         | | measured | goal |\n|---|--:|--:|\n\
         | start with an empty cache to the first answer | {} | |\n\
         | the same, in pages a second | {per_second:.0} | 1,000 |\n\
         | start with an index to the first answer | {} | 50 ms |\n\
         | resident after 10,000 searches | {} MiB | 40 MiB |\n\
         | of that, not mapped from files | {} MiB | |",
        ms(report.indexing),
        ms(report.start),
        mib(report.memory.all),
        mib(report.memory.anonymous)
    )?;
    Ok(())
}

fn private(text: &mut String, report: &Report) -> Result<(), Box<dyn Error>> {
    let [open, ..] = &report.private[..] else {
        return Err("an open docent was measured".into());
    };
    writeln!(
        text,
        "\n### Audiences\n\n\
         The same searches, by whoever has to show who it is; the token is an ES256 JWT that docent has verified before.\n\n\
         | | searches a second | p50 | of an open docent | goal |\n|---|--:|--:|--:|--:|"
    )?;
    for speed in &report.private {
        let share = speed.per_second / open.per_second;
        let goal = if speed.name == open.name { "" } else { "0.95" };
        let (name, p50) = (speed.name, ms(speed.p50));
        writeln!(
            text,
            "| {name} | {:.0} | {p50} | {share:.2} × | {goal} |",
            speed.per_second
        )?;
    }
    writeln!(
        text,
        "\nEach audience more that reads all of these pages, with an index of its own, takes {} MiB of resident memory after a\n\
         thousand searches, {} MiB of it not mapped from files.",
        mib(report.audience.all),
        mib(report.audience.anonymous)
    )?;
    Ok(())
}

fn crowded(text: &mut String, crowded: &Crowded) -> Result<(), Box<dyn Error>> {
    let refused = crowded.refused as f64 / (crowded.answered + crowded.refused) as f64;
    writeln!(
        text,
        "\n### One who asks too much\n\n\
         {OTHERS} clients that search as fast as they are answered, each from an address of its own, while one more sends as\n\
         fast as it can from another; none of the {OTHERS} is refused.\n\n\
         | | measured | goal |\n|---|--:|--:|\n\
         | p50 of the {OTHERS} | {} | |\n\
         | p99 of the {OTHERS} | {} | 20 ms |\n\
         | refused of the one's requests | {:.1} % | |",
        ms(crowded.others.p50),
        ms(crowded.others.p99),
        refused * 100.0
    )?;
    Ok(())
}

fn growth(text: &mut String, report: &Report) -> Result<(), Box<dyn Error>> {
    let [first, ..] = &report.growth[..] else {
        return Ok(());
    };
    writeln!(
        text,
        "\n### Growth\n\n\
         The same queries over more pages: PostgreSQL's, and others beside them, no page twice, picked evenly from\n\
         the Debian packages {}.\n\n\
         | pages | searches a second | p50 | p99 | p50 grows (goal: < 2) | resident | a change is found after (goal: 2 s) |\n\
         |--:|--:|--:|--:|--:|--:|--:|",
        crate::pages::OTHERS
            .map(|package| format!("`{package}`"))
            .join(", ")
    )?;
    for size in &report.growth {
        let grown = size.speed.p50.as_secs_f64() / first.speed.p50.as_secs_f64();
        writeln!(
            text,
            "| {} ({:.1} ×) | {:.0} | {} | {} | {grown:.2} × | {} MiB | {} |",
            size.pages,
            size.pages as f64 / first.pages as f64,
            size.speed.per_second,
            ms(size.speed.p50),
            ms(size.speed.p99),
            mib(size.memory.all),
            ms(size.change)
        )?;
    }
    Ok(())
}

fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

fn mib(kib: u64) -> String {
    format!("{:.1}", kib as f64 / 1024.0)
}

/// Cores, processor and kernel, in general terms.
fn machine() -> Result<String, Box<dyn Error>> {
    let cpus = fs::read_to_string("/proc/cpuinfo")?;
    let model = cpus
        .lines()
        .find_map(|line| Some(line.strip_prefix("model name")?.split_once(": ")?.1));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let kernel = kernel
        .trim()
        .split('.')
        .take(2)
        .collect::<Vec<_>>()
        .join(".");
    let cores = std::thread::available_parallelism()?;
    Ok(format!(
        "{cores} cores of {}, Linux {kernel}",
        model.unwrap_or(std::env::consts::ARCH)
    ))
}
