//! The summary for a terminal.

use std::fmt::Write as _;

use super::summary::{Index, Summary};
use crate::error::printable;

/// Characters of a question, or of a page.
const MAX: usize = 100;

/// As lines of text; `title` sets a heading off.
pub fn text(summary: &Summary, title: &dyn Fn(&str) -> String) -> String {
    let mut text = String::new();
    overview(&mut text, summary, title);
    let mut part = |name: &str, rows: Vec<String>| {
        if rows.is_empty() {
            return;
        }
        let _ = writeln!(text, "\n{}", title(name));
        for row in rows {
            let _ = writeln!(text, "{row}");
        }
    };
    part(
        "Asked and not found",
        (summary.not_found.iter())
            .map(|it| {
                let more = about(it.at_most_more);
                let who = plural(u64::from(it.assistants), "assistant");
                let last = it.last.map_or_else(String::new, |last| {
                    format!(", last on {}", last.short_day())
                });
                row(it.times, &it.query, &format!("{who}{last}{more}"))
            })
            .collect(),
    );
    part(
        "Found, but then nothing was read",
        (summary.nothing_read.iter())
            .map(|it| {
                let first = shown(&it.first_page);
                row(
                    it.times,
                    &it.query,
                    &format!("first: {first}{}", about(it.at_most_more)),
                )
            })
            .collect(),
    );
    part(
        "Most asked",
        (summary.most_asked.iter())
            .map(|it| {
                let read = it.read_most.as_deref();
                let read = read.map_or_else(String::new, |page| format!("read: {}", shown(page)));
                row(
                    it.times,
                    &it.query,
                    &format!("{read}{}", about(it.at_most_more)),
                )
            })
            .collect(),
    );
    part(
        "Pages read most",
        (summary.pages_read.iter())
            .map(|it| {
                let who = plural(u64::from(it.assistants), "assistant");
                row(
                    it.times,
                    &it.page,
                    &format!("{who}{}", about(it.at_most_more)),
                )
            })
            .collect(),
    );
    part(
        "Asked for as pages, and not there",
        (summary.pages_missing.iter())
            .map(|it| {
                let nearest = it.nearest.as_deref();
                let nearest =
                    nearest.map_or_else(String::new, |id| format!("nearest: {}", shown(id)));
                row(
                    it.times,
                    &it.id,
                    &format!("{nearest}{}", about(it.at_most_more)),
                )
            })
            .collect(),
    );
    if let Some(index) = summary.index.as_ref().filter(|index| index.never_shown > 0) {
        part(
            "Pages that no search has shown, and nobody has read",
            never(index),
        );
    }
    part(
        "By assistant and version of the protocol",
        (summary.assistants.iter())
            .map(|it| {
                let protocol = Some(shown(&it.protocol)).filter(|protocol| !protocol.is_empty());
                let protocol = protocol.unwrap_or_else(|| "no version".to_owned());
                let searches = plural(it.searches, "search");
                let aside = format!(
                    "{protocol}, {searches}, {} not found",
                    thousands(it.not_found)
                );
                row(it.calls, &it.name, &aside)
            })
            .collect(),
    );
    part(
        "By audience and access key",
        (summary.audiences.iter())
            .map(|it| {
                let key = match &*it.key {
                    "" => "without a key".to_owned(),
                    key => format!("key {}", shown(key)),
                };
                let searches = plural(it.searches, "search");
                let aside = format!("{key}, {searches}, {} not found", thousands(it.not_found));
                row(it.calls, &it.name, &aside)
            })
            .collect(),
    );
    part(
        "Slowest",
        (summary.slow.iter())
            .map(|it| {
                let time = milliseconds(it.microseconds);
                format!("  {time:>10}  {}  ({})", shown(&it.what), it.at.minute())
            })
            .collect(),
    );
    part(
        "Reports by assistants, checked by nobody yet",
        (summary.reports.iter())
            .map(|it| {
                let (page, kind) = (shown(&it.page), shown(&it.kind));
                let from = format!("{}, {}", shown(&it.client), it.at.short_day());
                format!("  {page}: {kind}: {}  ({from})", printable(&it.text))
            })
            .collect(),
    );
    text
}

fn overview(text: &mut String, summary: &Summary, title: &dyn Fn(&str) -> String) {
    let counts = &summary.counts;
    let _ = writeln!(text, "{}", title(&printable(&headline(summary))));
    let _ = writeln!(
        text,
        "{}, from {}; times are UTC\n",
        period(summary),
        printable(&summary.source)
    );
    let mut line = |label: &str, value: String| {
        let _ = writeln!(text, "  {label:<22}{value}");
    };
    line("searches", thousands(counts.searches));
    line(
        "answered",
        format!(
            "{} ({})",
            thousands(counts.found()),
            share(counts.found(), judged(summary))
        ),
    );
    line("not found", thousands(counts.not_found()));
    line(
        "found, nothing read",
        format!(
            "{} (within ten minutes; a passage may have answered it{})",
            thousands(counts.nothing_read),
            match counts.not_known {
                0 => String::new(),
                unknown => format!("; not known of {}", thousands(unknown)),
            }
        ),
    );
    line("pages read", thousands(counts.reads));
    if counts.typed > 0 {
        line(
            "while typing",
            format!("{} more, on docent's own pages", thousands(counts.typed)),
        );
    }
    if counts.failed > 0 {
        line(
            "failed",
            format!(
                "{}, by faults of docent: journalctl -p err tells",
                thousands(counts.failed)
            ),
        );
    }
    if let (Some(p50), Some(p99)) = (summary.times.p50, summary.times.p99) {
        line(
            "time",
            format!(
                "{} in the middle, 99 of 100 within {}",
                milliseconds(p50),
                milliseconds(p99)
            ),
        );
    }
    for note in notes(summary) {
        let _ = writeln!(text, "  {note}");
    }
}

fn never(index: &Index) -> Vec<String> {
    let of = format!(
        "{:>9}  of {}",
        thousands(index.never_shown),
        plural(index.pages, "page")
    );
    let first = index
        .first
        .iter()
        .map(|page| format!("{:>9}  {}", "", shown(page)));
    std::iter::once(of).chain(first).collect()
}

/// Searches of which it can be said whether they were answered.
pub(super) fn judged(summary: &Summary) -> u64 {
    summary.counts.found() + summary.counts.not_found()
}

pub(super) fn headline(summary: &Summary) -> String {
    let title = summary.title.as_deref();
    format!("How {} is used", title.unwrap_or("the documentation"))
}

pub(super) fn period(summary: &Summary) -> String {
    match (summary.from, summary.to) {
        (Some(from), Some(to)) if from.day() == to.day() => from.long_day(),
        (Some(from), Some(to)) => {
            let (first, last) = (from.long_day(), to.long_day());
            // `14 to 27 November 2026`
            let same = first.split_once(' ').zip(last.split_once(' '));
            match same {
                Some(((day, month), (_, other))) if month == other => format!("{day} to {last}"),
                _ => format!("{first} to {last}"),
            }
        }
        _ => "no time at all".to_owned(),
    }
}

/// What a reader should know of the figures.
pub(super) fn notes(summary: &Summary) -> Vec<String> {
    let mut notes = Vec::new();
    let exactness = &summary.exactness;
    if exactness.left_out_up_to > 0 {
        notes.push(format!(
            "There are more different questions or pages than are kept ({} of each kind): what came no more than {} may be \
             missing in the lists, and counts marked with + may be that much higher. Totals are exact.",
            thousands(exactness.bound as u64),
            times(exactness.left_out_up_to)
        ));
    }
    if summary.counts.without_words > 0 {
        notes.push(format!(
            "{} without their words, as `[log] queries` is off: they are in the totals alone.",
            plural(summary.counts.without_words, "search")
        ));
    }
    if summary.reading.too_long > 0 {
        notes.push(format!(
            "{} of the log passed over: too long to be docent's.",
            plural(summary.reading.too_long, "line")
        ));
    }
    notes
}

fn row(times: u64, what: &str, aside: &str) -> String {
    let aside = match aside.trim_start_matches(", ") {
        "" => String::new(),
        aside => format!("  ({aside})"),
    };
    format!("{:>9}  {}{aside}", thousands(times), shown(what))
}

/// By how much a count may be too low.
fn about(more: u64) -> String {
    match more {
        0 => String::new(),
        more => format!(", +{} at most", thousands(more)),
    }
}

fn shown(text: &str) -> String {
    let mut characters = text.chars();
    let short: String = characters.by_ref().take(MAX).collect();
    let more = if characters.next().is_some() {
        "…"
    } else {
        ""
    };
    format!("{}{more}", printable(&short))
}

pub(super) fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    // Tenths of a percent, rounded.
    let tenths = (u128::from(part) * 1_000 + u128::from(whole) / 2) / u128::from(whole);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

pub(super) fn milliseconds(microseconds: u64) -> String {
    let tenths = microseconds.saturating_add(50) / 100;
    if microseconds < 1_000 {
        return format!("0.{:02} ms", (microseconds + 5) / 10).replace("0.100", "1.00");
    }
    format!("{}.{} ms", thousands(tenths / 10), tenths % 10)
}

pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn plural(number: u64, noun: &str) -> String {
    let ending = match (number, noun) {
        (1, _) => "",
        (_, "search") => "es",
        _ => "s",
    };
    format!("{} {noun}{ending}", thousands(number))
}

fn times(number: u64) -> String {
    match number {
        1 => "once".to_owned(),
        number => format!("{} times", thousands(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_for_people() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(share(1, 3), "33.3 %");
        assert_eq!(share(0, 0), "–");
        assert_eq!(milliseconds(42), "0.04 ms");
        assert_eq!(milliseconds(999), "1.00 ms");
        assert_eq!(milliseconds(18_249), "18.2 ms");
        assert_eq!(milliseconds(1_234_567), "1,234.6 ms");
        assert_eq!(plural(2, "search"), "2 searches");
    }
}
