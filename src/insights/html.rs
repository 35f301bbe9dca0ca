//! The summary as a page of HTML: one file without a script, which loads nothing.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::digest::{SHA256, digest};

use super::{
    escape::escaped,
    moment::Moment,
    plot,
    summary::{Band, Day, Summary},
    text::{headline, judged, milliseconds, notes, period, share, thousands},
};
const STYLE: &str = include_str!("style.css");
/// Days that a plot has room for.
const MAX_DAYS: u64 = 92;

/// The page.
pub fn page(summary: &Summary) -> String {
    let mut page = String::with_capacity(32 << 10);
    let headline = escaped(&headline(summary));
    let period = escaped(&period(summary));
    let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{hash}'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n\
         <title>{headline}, {period}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <header><h1>{headline}</h1><p class=\"soft\">{period}, from {}. Made on <time datetime=\"{}\">{} UTC</time>.</p>\n",
        escaped(&summary.source),
        summary.made,
        summary.made.minute(),
    );
    figures(&mut page, summary);
    for note in notes(summary) {
        let _ = writeln!(page, "<p class=\"soft\">{}</p>", escaped(&note));
    }
    page.push_str("</header>\n");
    let mut sections = Sections { page, number: 0 };
    questions(&mut sections, summary);
    over_time(&mut sections, summary);
    assistants(&mut sections, summary);
    audiences(&mut sections, summary);
    times(&mut sections, summary);
    pages(&mut sections, summary);
    reports(&mut sections, summary);
    let mut page = sections.page;
    let _ = write!(
        page,
        "</main>\n<footer><p>Made on this machine by docent insights {}. Nothing was sent anywhere.</p></footer>\n\
         </body>\n</html>\n",
        env!("CARGO_PKG_VERSION")
    );
    page
}

fn figures(page: &mut String, summary: &Summary) {
    let counts = &summary.counts;
    let within = summary
        .times
        .p99
        .map_or_else(|| "–".to_owned(), milliseconds);
    page.push_str("<dl class=\"figs\">");
    for (name, figure) in [
        ("Searches", thousands(counts.searches)),
        ("Answered", share(counts.found(), judged(summary))),
        ("Found, nothing read", thousands(counts.nothing_read)),
        ("Not found", thousands(counts.not_found())),
        ("Pages read", thousands(counts.reads)),
        ("99 of 100 within", within),
    ] {
        let _ = write!(page, "<div><dt>{name}</dt><dd>{figure}</dd></div>");
    }
    page.push_str("</dl>\n");
}

fn questions(sections: &mut Sections, summary: &Summary) {
    sections.table(
        "Asked and not found",
        "What to write next: nothing here answers these.",
        &[
            Column::Text("Question"),
            Column::Number("Times"),
            Column::Number("Assistants"),
            Column::Day("Last asked"),
        ],
        (summary.not_found.iter()).map(|it| {
            let last = it.last.map_or_else(String::new, Moment::short_day);
            vec![
                text(&it.query),
                number(it.times, it.at_most_more),
                it.assistants.to_string(),
                last,
            ]
        }),
    );
    sections.table(
        "Found, but then nothing was read",
        "Within ten minutes, by the same assistant from the same address. A passage may have been answer enough; or titles \
         and first sentences do not say what the pages are about.",
        &[Column::Text("Question"), Column::Number("Times"), Column::Page("First page shown")],
        (summary.nothing_read.iter())
            .map(|it| vec![text(&it.query), number(it.times, it.at_most_more), code(&it.first_page)]),
    );
    sections.table(
        "Most asked",
        "Questions alike but for case and spaces are counted together.",
        &[
            Column::Text("Question"),
            Column::Number("Times"),
            Column::Page("Page read most"),
        ],
        (summary.most_asked.iter()).map(|it| {
            let read = it.read_most.as_deref().map_or_else(String::new, code);
            vec![text(&it.query), number(it.times, it.at_most_more), read]
        }),
    );
}

fn over_time(sections: &mut Sections, summary: &Summary) {
    let days = days(&summary.days);
    let [_, _, ..] = &days[..] else { return };
    let parts = |day: &Day| {
        let missed = day.not_found;
        let unread = day.nothing_read.min(day.searches - missed);
        [day.searches - missed - unread, unread, missed]
    };
    let columns: Vec<_> = (days.iter())
        .map(|day| (day.day.short_day(), parts(day)))
        .collect();
    // The month stands where it begins.
    let marks = (0..).zip(&columns).map(|(number, (label, parts))| {
        let day = label.split(' ').next().unwrap_or_default();
        let has_month = number == 0 || day == "1" || columns.len() > 31;
        let mark = if has_month { label } else { day };
        (mark.to_owned(), *parts)
    });
    let marks: Vec<_> = marks.collect();
    let id = sections.begin("Over time", "Searches a day, in UTC.");
    let plot = plot::columns(
        &format!("p{id}"),
        "Searches a day, in three parts; the numbers stand below",
        &marks,
    );
    let _ = write!(
        sections.page,
        "<ul class=\"key\"><li>{}Found, and read or not known</li><li>{}Found, nothing read</li><li>{}Not found</li></ul>\
         <div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Plot: searches a day\">{plot}</div>\
         <details><summary>The numbers</summary>",
        square("s1"),
        square("s2"),
        square("s3")
    );
    sections.rows(
        "Searches a day",
        &[
            Column::Day("Day"),
            Column::Number("Found, and read or not known"),
            Column::Number("Nothing read"),
            Column::Number("Not found"),
        ],
        columns.iter().map(|(day, parts)| {
            let parts = parts.map(thousands);
            std::iter::once(day.clone()).chain(parts).collect()
        }),
    );
    sections.page.push_str("</details>");
    sections.end();
}

fn assistants(sections: &mut Sections, summary: &Summary) {
    if summary.assistants.is_empty() {
        return;
    }
    let mut all: Vec<(String, u64)> = Vec::new();
    for assistant in &summary.assistants {
        match all.iter_mut().find(|(name, _)| *name == assistant.name) {
            Some((_, calls)) => *calls += assistant.calls,
            None => all.push((assistant.name.clone(), assistant.calls)),
        }
    }
    all.sort_by_key(|(_, calls)| std::cmp::Reverse(*calls));
    let id = sections.begin("By assistant", "Calls of each, as it names itself.");
    let plot = plot::bars(&format!("p{id}"), "Calls by assistant", &all);
    let _ = write!(
        sections.page,
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Plot: calls by assistant\">{plot}</div>\
         <details><summary>With versions of the protocol</summary>"
    );
    sections.rows(
        "By assistant",
        &[
            Column::Text("Assistant"),
            Column::Day("Protocol"),
            Column::Number("Calls"),
            Column::Number("Searches"),
            Column::Number("Not found"),
            Column::Number("Reads"),
        ],
        (summary.assistants.iter()).map(|it| {
            vec![
                text(&it.name),
                text(&it.protocol),
                thousands(it.calls),
                thousands(it.searches),
                thousands(it.not_found),
                thousands(it.reads),
            ]
        }),
    );
    sections.page.push_str("</details>");
    sections.end();
}

fn audiences(sections: &mut Sections, summary: &Summary) {
    sections.table(
        "By audience and access key",
        "Whose documents were asked. People who signed in show no key.",
        &[
            Column::Text("Audience"),
            Column::Text("Access key"),
            Column::Number("Calls"),
            Column::Number("Searches"),
            Column::Number("Not found"),
            Column::Number("Reads"),
        ],
        (summary.audiences.iter()).map(|it| {
            vec![
                text(&it.name),
                text(&it.key),
                thousands(it.calls),
                thousands(it.searches),
                thousands(it.not_found),
                thousands(it.reads),
            ]
        }),
    );
}

fn times(sections: &mut Sections, summary: &Summary) {
    if summary.times.p50.is_none() {
        return;
    }
    let id = sections.begin(
        "How long answers took",
        "Measured in docent, without the network.",
    );
    let mut from = None;
    let bands: Vec<_> = (summary.times.bands.iter())
        .map(|Band { below, calls }| {
            let end = below.map(|below| below / 1_000);
            let label = match (from, end) {
                (None, Some(end)) => format!("under {end} ms"),
                (Some(from), Some(end)) => format!("{from} to {end} ms"),
                (from, None) => format!("{} ms and more", from.unwrap_or_default()),
            };
            from = end;
            (label, *calls)
        })
        .collect();
    let plot = plot::bars(&format!("p{id}"), "Time of answers", &bands);
    let _ = write!(
        sections.page,
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Plot: time of answers\">{plot}</div>"
    );
    sections.rows(
        "The slowest answers",
        &[
            Column::Text("Slowest"),
            Column::Number("Took"),
            Column::Day("When"),
        ],
        (summary.slow.iter()).map(|it| {
            vec![
                text(&it.what),
                milliseconds(it.microseconds),
                it.at.minute(),
            ]
        }),
    );
    sections.end();
}

fn pages(sections: &mut Sections, summary: &Summary) {
    sections.table(
        "Pages read most",
        "",
        &[
            Column::Page("Page"),
            Column::Number("Times"),
            Column::Number("Assistants"),
        ],
        (summary.pages_read.iter()).map(|it| {
            vec![
                code(&it.page),
                number(it.times, it.at_most_more),
                it.assistants.to_string(),
            ]
        }),
    );
    sections.table(
        "Pages asked for that do not exist",
        "Links that lead here from elsewhere, or that an assistant made up.",
        &[
            Column::Page("Page"),
            Column::Number("Times"),
            Column::Page("Nearest page"),
        ],
        (summary.pages_missing.iter()).map(|it| {
            let nearest = it.nearest.as_deref().map_or_else(String::new, code);
            vec![code(&it.id), number(it.times, it.at_most_more), nearest]
        }),
    );
    if let Some(index) = summary.index.as_ref().filter(|index| index.never_shown > 0) {
        let told = format!(
            "{} of {} pages of the index: no search has shown them, and nobody has read them. Those to which most pages \
             link come first.",
            thousands(index.never_shown),
            thousands(index.pages)
        );
        sections.table(
            "Pages that nobody came to see",
            &told,
            &[Column::Page("Page")],
            index.first.iter().map(|page| vec![code(page)]),
        );
    }
}

fn reports(sections: &mut Sections, summary: &Summary) {
    sections.table(
        "Reports by assistants",
        "Sent with the report tool. Not checked by anybody yet.",
        &[
            Column::Page("Page"),
            Column::Text("Says"),
            Column::Text("From"),
        ],
        (summary.reports.iter()).map(|it| {
            let says = format!("{}: {}", text(&it.kind), text(&it.text));
            let from = format!("{}, {}", text(&it.client), it.at.short_day());
            vec![code(&it.page), says, from]
        }),
    );
}

/// From the first day to the last, none left out: the last ones of many.
fn days(days: &[Day]) -> Vec<Day> {
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return Vec::new();
    };
    let last = last.day.day();
    let first = first.day.day().max((last + 1).saturating_sub(MAX_DAYS));
    (first..=last)
        .map(|number| {
            let known = days.binary_search_by_key(&number, |day| day.day.day());
            known.map_or_else(
                |_| Day {
                    day: Moment::of_day(number),
                    searches: 0,
                    not_found: 0,
                    nothing_read: 0,
                },
                |at| days[at].clone(),
            )
        })
        .collect()
}

/// A column of a table.
enum Column {
    Text(&'static str),
    /// The id of a page.
    Page(&'static str),
    Number(&'static str),
    /// What is not to be broken.
    Day(&'static str),
}

impl Column {
    fn class(&self) -> &'static str {
        match self {
            Self::Text(_) => " class=\"t\"",
            Self::Page(_) => " class=\"c\"",
            Self::Number(_) => " class=\"n\"",
            Self::Day(_) => " class=\"d\"",
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Text(name) | Self::Page(name) | Self::Number(name) | Self::Day(name) => name,
        }
    }
}

/// The page as it grows.
struct Sections {
    page: String,
    number: usize,
}

impl Sections {
    /// A section with one table, unless there is no row.
    fn table(
        &mut self,
        title: &str,
        told: &str,
        columns: &[Column],
        rows: impl Iterator<Item = Vec<String>>,
    ) {
        let mut rows = rows.peekable();
        if rows.peek().is_none() {
            return;
        }
        self.begin(title, told);
        self.rows(title, columns, rows);
        self.end();
    }

    fn begin(&mut self, title: &str, told: &str) -> usize {
        self.number += 1;
        let number = self.number;
        let title = escaped(title);
        let _ = write!(
            self.page,
            "<section aria-labelledby=\"s{number}\"><h2 id=\"s{number}\">{title}</h2>"
        );
        if !told.is_empty() {
            let _ = write!(self.page, "<p class=\"soft\">{}</p>", escaped(told));
        }
        number
    }

    fn end(&mut self) {
        self.page.push_str("</section>\n");
    }

    /// Cells are HTML.
    fn rows(&mut self, caption: &str, columns: &[Column], rows: impl Iterator<Item = Vec<String>>) {
        self.number += 1;
        let number = self.number;
        let _ = write!(
            self.page,
            "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"c{number}\"><table>\
             <caption id=\"c{number}\" class=\"sr\">Table: {}</caption><thead><tr>",
            escaped(caption)
        );
        for column in columns {
            let (class, name) = (column.class(), column.name());
            let _ = write!(self.page, "<th scope=\"col\"{class}>{name}</th>");
        }
        self.page.push_str("</tr></thead><tbody>");
        for row in rows {
            self.page.push_str("<tr>");
            for (column, cell) in columns.iter().zip(row) {
                let _ = write!(self.page, "<td{}>{cell}</td>", column.class());
            }
            self.page.push_str("</tr>");
        }
        self.page.push_str("</tbody></table></div>");
    }
}

fn text(text: &str) -> String {
    escaped(text)
}

fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("<code>{}</code>", escaped(text))
}

fn number(times: u64, at_most_more: u64) -> String {
    match at_most_more {
        0 => thousands(times),
        more => format!("{} (+{} at most)", thousands(times), thousands(more)),
    }
}

fn square(class: &str) -> String {
    format!(
        "<svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"{class}\" width=\"10\" height=\"10\"/></svg>"
    )
}
