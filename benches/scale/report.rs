//! Figures to Markdown, with those before and the goals beside them.

use std::{
    error::Error,
    fmt::{self, Write as _},
    fs,
    path::Path,
};

use crate::{
    copies::Files,
    fuzz,
    steps::{Beside, Changed, Indexed, Searched, Started},
    usage::Times,
};

const BEGIN: &str = "<!-- scale figures: benches/scale writes what follows -->";
const END: &str = "<!-- end of the scale figures -->";

/// The engine before this one, tantivy with tables made from it, on this kind of machine.
const BEFORE: &str = "*Before* is docent 0.1.0 with tantivy, on two cores that did other work as well: its times by the clock are worth little, those once, and of searches, were taken by this program with the same queries.";

/// All that was measured.
pub(crate) struct Measured {
    pub(crate) source: String,
    pub(crate) sizes: Vec<Size>,
    pub(crate) fuzz: Vec<fuzz::Outcome>,
}

/// A number of copies.
pub(crate) struct Size {
    pub(crate) copies: usize,
    pub(crate) files: Files,
    pub(crate) indexed: Indexed,
    /// Bytes of the index: as built, after the changes, and after the merge.
    pub(crate) room: u64,
    pub(crate) room_changed: u64,
    pub(crate) room_merged: u64,
    /// Bytes of Markdown.
    pub(crate) text: u64,
    pub(crate) starts: Vec<Started>,
    pub(crate) search: Searched,
    pub(crate) change: Changed,
    pub(crate) scoped: Changed,
    pub(crate) changes: Beside,
    pub(crate) merge: Option<Beside>,
}

/// Puts the figures between the marks of a page, or at its end where there are none.
pub(crate) fn write(page: &Path, measured: &Measured) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(page)?;
    let (before, after) = match (text.split_once(BEGIN), text.split_once(END)) {
        (Some((before, _)), Some((_, after))) => (before, after),
        _ => (text.as_str(), "\n"),
    };
    let figures = markdown(measured)?;
    let before = before.trim_end();
    fs::write(
        page,
        format!("{before}\n\n{BEGIN}\n\n{figures}\n{END}{after}"),
    )?;
    Ok(())
}

/// The section of a page.
pub(crate) fn markdown(measured: &Measured) -> Result<String, Box<dyn Error>> {
    let sizes = &measured.sizes;
    let mut text = String::new();
    writeln!(
        text,
        "## Very large sets\n\n`make bench-scale`, {}. Copies of {}, a folder each in one set; in each but the first, a fifth of the words \
         are renamed.\nThe index is used in process, as the server uses it, each step in a process of its own. *Memory* is the greatest \
         `RssAnon`, looked at every 5 ms,\nwith `VmHWM` in parentheses, which counts mapped files too. *cpu* is processor time. Files were in \
         the page cache. {BEFORE}\n",
        machine()?,
        measured.source
    )?;
    table(&mut text, sizes)?;
    if let Some(times) = sizes.last() {
        writeln!(
            text,
            "\nSearches: {} different queries, one after another in one thread: questions of people where they are at hand, titles, headings, 1 to \
             30 words\nof the text, the same misspelt, and words that no page has. Beside a change or a merge, another thread searches all the time: on \
             two cores, all are taken.",
            times.search.count
        )?;
    }
    fuzzed(&mut text, &measured.fuzz)?;
    Ok(text)
}

/// The table of one size, to look at while the others are measured.
pub(crate) fn of_size(size: &Size) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    table(&mut text, std::slice::from_ref(size))?;
    Ok(text)
}

/// What a row shows of a size.
type Cell = fn(&Size) -> String;

/// What is measured; how it was before, once and in 16 copies; how it should be in 16 copies.
type Row = (&'static str, Cell, [&'static str; 2], &'static str);

const ROWS: &[Row] = &[
    (
        "pages",
        |size| thousands(size.indexed.pages as u64),
        ["14,593", "233,488"],
        "",
    ),
    ("files", |size| mb(size.files.bytes), ["", ""], ""),
    ("their Markdown", |size| mb(size.text), ["", ""], ""),
    (
        "**index from nothing**",
        |size| seconds(size.indexed.usage.wall),
        ["", ""],
        "",
    ),
    (
        "cpu",
        |size| seconds(size.indexed.usage.cpu),
        ["8.20 s", "143 s"],
        "90 s",
    ),
    (
        "memory",
        |size| memory(size.indexed.usage.peak, size.indexed.usage.high),
        ["186 MB (290 MB)", "3,560 MB"],
        "300 MB",
    ),
    (
        "index on disk",
        |size| mb(size.room),
        ["225 MB", "3,400 MB"],
        "",
    ),
    (
        "to the Markdown",
        |size| ratio(size.room, size.text),
        ["4.45 ×", ""],
        "1.25 ×",
    ),
    (
        "to the files",
        |size| ratio(size.room, size.files.bytes),
        ["3.78 ×", ""],
        "",
    ),
    (
        "after the changes below",
        |size| mb(size.room_changed),
        ["233 MB", ""],
        "",
    ),
    ("after the merge", |size| mb(size.room_merged), ["", ""], ""),
    (
        "**start** to the first answer",
        |size| seconds(middle(size, |start| start.seconds)),
        ["176 ms", "2.9 s"],
        "20 ms",
    ),
    (
        "memory after it",
        |size| mib(middle_memory(size)),
        ["18 MB", "222 MB"],
        "40 MB",
    ),
    (
        "**search**: median",
        |size| seconds(size.search.wall.median),
        ["0.14 ms", "0.71 ms"],
        "0.5 ms",
    ),
    (
        "99 %",
        |size| seconds(size.search.wall.p99),
        ["58.7 ms", "250 ms"],
        "8 ms",
    ),
    (
        "longest",
        |size| seconds(size.search.wall.longest),
        ["277 ms", "288 ms"],
        "20 ms",
    ),
    (
        "the same, cpu",
        |size| times(&size.search.cpu),
        ["0.14 / 10.98 / 14.10 ms", "0.68 / 167 / 207 ms"],
        "",
    ),
    (
        "each for the first time, cpu",
        |size| times(&size.search.first),
        ["", ""],
        "",
    ),
    (
        "memory after them",
        |size| mib(size.search.anonymous),
        ["18 MB", ""],
        "",
    ),
    (
        "**one page changed**, its folder looked at, to an answer",
        |size| found(&size.scoped),
        ["6.62 s", "131 s"],
        "1 s",
    ),
    (
        "cpu",
        |size| seconds(size.scoped.usage.cpu),
        ["1.62 s", ""],
        "",
    ),
    (
        "memory",
        |size| peak(&size.scoped),
        ["195 MB (305 MB)", "3,870 MB"],
        "150 MB",
    ),
    (
        "memory two seconds later (before it)",
        |size| left(&size.scoped),
        ["183 MB (42 MB)", "1,630 MB"],
        "given back",
    ),
    (
        "**one page changed**, all looked at, to an answer",
        |size| found(&size.change),
        ["6.62 s", "131 s"],
        "15 s",
    ),
    (
        "cpu",
        |size| seconds(size.change.usage.cpu),
        ["1.62 s", ""],
        "",
    ),
    (
        "memory",
        |size| peak(&size.change),
        ["195 MB (305 MB)", "3,870 MB"],
        "150 MB",
    ),
    (
        "memory two seconds later (before it)",
        |size| left(&size.change),
        ["183 MB (42 MB)", "1,630 MB"],
        "given back",
    ),
    (
        "**1,000 pages changed**, their folders looked at, to answers with all",
        |size| seconds(size.changes.done),
        ["4.60 s", ""],
        "2 s",
    ),
    ("cpu", |size| seconds(size.changes.cpu), ["2.05 s", ""], ""),
    (
        "memory",
        |size| memory(size.changes.usage.peak, size.changes.usage.high),
        ["135 MB (367 MB)", ""],
        "",
    ),
    (
        "memory two seconds later",
        |size| mib(size.changes.left),
        ["120 MB", ""],
        "",
    ),
    (
        "searches meanwhile",
        |size| times(&size.changes.wall),
        ["0.15 / 72.87 / 135.25 ms", ""],
        "50 ms",
    ),
    (
        "the same, cpu",
        |size| times(&size.changes.search_cpu),
        ["0.14 / 14.09 / 14.58 ms", ""],
        "",
    ),
    (
        "**merge** of all",
        |size| merge(size, |merge| seconds(merge.done)),
        ["", ""],
        "",
    ),
    (
        "cpu",
        |size| merge(size, |merge| seconds(merge.cpu)),
        ["", ""],
        "",
    ),
    (
        "memory",
        |size| merge(size, |merge| memory(merge.usage.peak, merge.usage.high)),
        ["", ""],
        "",
    ),
    (
        "memory two seconds later",
        |size| merge(size, |merge| mib(merge.left)),
        ["", ""],
        "",
    ),
    (
        "searches meanwhile",
        |size| merge(size, |merge| times(&merge.wall)),
        ["", ""],
        "",
    ),
    (
        "the same, cpu",
        |size| merge(size, |merge| times(&merge.search_cpu)),
        ["", ""],
        "",
    ),
    (
        "rankings before it like those after: overlap, least, the same",
        |size| merge(size, overlap),
        ["", ""],
        "",
    ),
];

fn table(text: &mut String, sizes: &[Size]) -> fmt::Result {
    let heads: Vec<_> = sizes
        .iter()
        .map(|size| match size.copies {
            1 => "once".to_owned(),
            copies => format!("{copies} copies"),
        })
        .collect();
    writeln!(
        text,
        "| | {} | before, once | before, 16 copies | goal, 16 copies |",
        heads.join(" | ")
    )?;
    writeln!(text, "|---|{}--:|--:|--:|", "--:|".repeat(sizes.len()))?;
    for (what, cell, [once, before], goal) in ROWS {
        let cells: Vec<_> = sizes.iter().map(cell).collect();
        writeln!(
            text,
            "| {what} | {} | {once} | {before} | {goal} |",
            cells.join(" | ")
        )?;
    }
    Ok(())
}

fn fuzzed(text: &mut String, sets: &[fuzz::Outcome]) -> fmt::Result {
    writeln!(
        text,
        "\n### Memory by the size of a set\n\nMade up pages of 100 bytes to the largest size, each order of magnitude as often as another.\n\n\
         | pages | text | largest page | memory while indexed | while one page changes | index on disk |\n|--:|--:|--:|--:|--:|--:|"
    )?;
    for fuzz::Outcome { indexed, change } in sets {
        writeln!(
            text,
            "| {} | {} | {} KB | {} | {} | {} |",
            thousands(indexed.pages as u64),
            mb(indexed.bytes),
            indexed.largest / 1000,
            memory(indexed.usage.peak, indexed.usage.high),
            memory(change.peak, change.high),
            mb(indexed.room)
        )?;
    }
    Ok(())
}

fn middle(size: &Size, of: impl Fn(&Started) -> f64) -> f64 {
    median(size.starts.iter().map(of).collect())
}

fn middle_memory(size: &Size) -> u64 {
    let mut memory: Vec<_> = size.starts.iter().map(|start| start.anonymous).collect();
    memory.sort_unstable();
    memory.get(memory.len() / 2).copied().unwrap_or_default()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn merge(size: &Size, cell: impl Fn(&Beside) -> String) -> String {
    size.merge.as_ref().map_or_else(|| "–".to_owned(), cell)
}

fn found(change: &Changed) -> String {
    seconds(median(change.found.clone()))
}

fn peak(change: &Changed) -> String {
    memory(change.usage.peak, change.usage.high)
}

fn left(change: &Changed) -> String {
    format!("{} ({})", mib(change.left), mib(change.before))
}

fn overlap(beside: &Beside) -> String {
    let Some([mean, least, same]) = beside.overlap else {
        return String::new();
    };
    format!("{mean:.4}, {least:.2}, {:.1} %", same * 100.0)
}

fn times(times: &Times) -> String {
    let parts =
        [times.median, times.p99, times.longest].map(|time| format!("{:.2}", time * 1000.0));
    format!("{} ms", parts.join(" / "))
}

fn seconds(seconds: f64) -> String {
    match seconds {
        short if short < 1.0 => format!("{:.2} ms", short * 1000.0),
        short if short < 10.0 => format!("{short:.2} s"),
        long => format!("{long:.0} s"),
    }
}

fn memory(peak: u64, high: u64) -> String {
    format!("{} ({})", mib(peak), mib(high))
}

/// From KiB.
fn mib(kib: u64) -> String {
    mb(kib * 1024)
}

fn mb(bytes: u64) -> String {
    match bytes as f64 / 1e6 {
        few if few < 10.0 => format!("{few:.1} MB"),
        _ => format!("{} MB", thousands((bytes + 500_000) / 1_000_000)),
    }
}

fn ratio(index: u64, text: u64) -> String {
    format!("{:.2} ×", index as f64 / text as f64)
}

/// `12,345`.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Cores, processor and kernel, in general terms.
fn machine() -> Result<String, Box<dyn Error>> {
    let cpus = fs::read_to_string("/proc/cpuinfo")?;
    let model = cpus
        .lines()
        .find_map(|line| Some(line.strip_prefix("model name")?.split_once(": ")?.1));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let kernel: Vec<_> = kernel.trim().split('.').take(2).collect();
    let cores = std::thread::available_parallelism()?;
    Ok(format!(
        "{cores} cores of {}, Linux {}",
        model.unwrap_or(std::env::consts::ARCH),
        kernel.join(".")
    ))
}
