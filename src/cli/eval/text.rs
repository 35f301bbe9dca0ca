//! The figures as people read them.

use std::{fmt::Write as _, time::Duration};

use crate::{
    eval::{Comparison, Estimate, Figures, Group, Measured, Verdict},
    service::thousands,
};

use super::super::{
    report::{count, printable},
    style::Style,
};
use super::Told;

/// Lines that are named one by one.
const EXAMPLES: usize = 5;
/// A longer question is cut, in characters.
const MAX_QUESTION: usize = 100;
/// Pages that are named as found in place of the right one.
const FOUND: usize = 3;

pub(super) fn text(told: &Told<'_>, style: Style) -> String {
    let mut text = String::new();
    let Some(all) = told.figures.first() else {
        return "Nothing was asked.\n".to_owned();
    };
    let _ = writeln!(
        text,
        "{} asked of {}\n",
        count(all.questions, "question"),
        count(told.pages, "page")
    );
    found(&mut text, &told.figures, style);
    shown(&mut text, &told.figures, style);
    if told.is_own {
        text += "\nA question counts as often as pages link to its answer. The pages that ask it are left out of its ranking.\n";
    }
    if let Some((compared, missing)) = &told.compared {
        comparison(&mut text, compared, *missing, style);
    }
    notes(&mut text, told, style);
    fails(&mut text, told, style);
    text
}

/// What is found, each with the interval of 95 %.
fn found(text: &mut String, figures: &[Figures], style: Style) {
    let head = [
        "",
        "questions",
        "nDCG@10",
        "recall@5",
        "recall@10",
        "reciprocal rank",
    ];
    let rows = figures.iter().map(|it| {
        vec![
            name(&it.group),
            thousands(it.questions),
            estimate(&it.ndcg),
            estimate(&it.recall_5),
            estimate(&it.recall_10),
            estimate(&it.reciprocal_rank),
        ]
    });
    table(text, &head, &rows.collect::<Vec<_>>(), style);
    text.push_str("In brackets: the interval of 95 %.\n\n");
}

fn shown(text: &mut String, figures: &[Figures], style: Style) {
    let has_entries = figures.iter().any(|it| it.entry.is_some());
    let mut head = vec!["", "right page first", "among three"];
    if has_entries {
        head.push("entry shown");
    }
    head.extend(["search, ms", "(95 %)", "answer, tokens", "(95 %)"]);
    let rows = figures.iter().map(|it| {
        let mut row = vec![name(&it.group), percent(it.first), percent(it.among_three)];
        if has_entries {
            row.push(it.entry.map_or_else(String::new, percent));
        }
        row.extend([
            milliseconds(it.took.median),
            milliseconds(it.took.most),
            thousands(it.tokens.median),
            thousands(it.tokens.most),
        ]);
        row
    });
    table(text, &head, &rows.collect::<Vec<_>>(), style);
}

fn comparison(text: &mut String, compared: &[Comparison], missing: usize, style: Style) {
    text.push('\n');
    let head = [
        "",
        "nDCG@10 before",
        "now",
        "difference",
        "better",
        "worse",
        "",
    ];
    let rows = compared.iter().map(|it| {
        vec![
            name(&it.group),
            decimal(it.before),
            decimal(it.now),
            format!(
                "{:+.3} [{:+.3}, {:+.3}]",
                it.difference.mean, it.difference.interval.low, it.difference.interval.high
            ),
            thousands(it.better),
            thousands(it.worse),
            verdict(it.verdict()).to_owned(),
        ]
    });
    table(text, &head, &rows.collect::<Vec<_>>(), style);
    if missing > 0 {
        let _ = writeln!(
            text,
            "The earlier rankings lack {}, which is not compared.",
            count(missing, "question")
        );
    }
}

pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Same => "same",
        Verdict::TooFew => "too few to tell",
        Verdict::Better => "better",
        Verdict::Worse => "worse",
        Verdict::MayBeChance => "may be chance",
    }
}

fn notes(text: &mut String, told: &Told<'_>, style: Style) {
    let unknown = &told.outcome.unknown;
    let left_out = unknown.iter().filter(|it| it.is_left_out).count();
    if !unknown.is_empty() {
        let _ = writeln!(
            text,
            "\n{} {} with pages that are not in the documents; {} left out, as none of the pages is there:",
            style.warning("warning:"),
            count(unknown.len(), "question"),
            match left_out {
                0 => "none is".to_owned(),
                1 => "one is".to_owned(),
                more => format!("{} are", thousands(more)),
            },
        );
        for it in unknown.iter().take(EXAMPLES) {
            let pages: Vec<String> = it
                .pages
                .iter()
                .take(FOUND)
                .map(|page| printable(page))
                .collect();
            let nearest = it.nearest.as_ref();
            let nearest = nearest.map_or_else(String::new, |page| {
                format!(" (there is {})", printable(page))
            });
            let _ = writeln!(text, "  line {}: {}{nearest}", it.line, pages.join(", "));
        }
        more(text, unknown.len());
    }
    if let Some((line, first)) = told.repeated.first() {
        let _ = writeln!(
            text,
            "\n{} {} asked again, and counted once with the pages of all its lines: line {line} asks what line {first} asks",
            style.warning("warning:"),
            count(told.repeated.len(), "question"),
        );
        more(text, told.repeated.len() - 1 + EXAMPLES);
    }
}

fn more(text: &mut String, of: usize) {
    if of > EXAMPLES {
        let _ = writeln!(text, "  and {} more", thousands(of - EXAMPLES));
    }
}

fn fails(text: &mut String, told: &Told<'_>, style: Style) {
    if told.fails.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{}", style.title("Found worst:"));
    for it in &told.fails {
        let _ = writeln!(text, "  {}", style.title(&question(it)));
        let answers: Vec<String> = it
            .answers
            .iter()
            .take(FOUND)
            .map(|page| printable(&page.id()))
            .collect();
        let _ = writeln!(text, "      {}{}", wanted(it), answers.join(", "));
        if it.has_entry == Some(false) {
            let entry = it.question.entry.as_deref().unwrap_or_default();
            let _ = writeln!(text, "      not in the answer: {}", shortened(entry));
        }
        if !it.metrics.first {
            let found: Vec<String> = it
                .ranked
                .iter()
                .take(FOUND)
                .map(|page| printable(page))
                .collect();
            let found = match found.is_empty() {
                true => "nothing".to_owned(),
                false => found.join(", "),
            };
            let _ = writeln!(text, "      {}", style.aside(&format!("found: {found}")));
        }
    }
    if told.is_own {
        text.push_str(
            "\nA page that is not found by its own heading, or by the words in which other pages speak of it, is missed by whoever uses these words. \
             What helps: the words of the heading in the title or in the first sentence below it, a link from where the subject comes up, \
             pages that say the same put together, and `[search] synonyms` for words that only your readers use.\n",
        );
    }
}

/// What was asked, and how it is known.
fn question(measured: &Measured) -> String {
    let asked = shortened(&measured.question.text);
    match (
        measured.question.kind.as_deref(),
        measured.question.not.first(),
    ) {
        (Some("heading"), _) => format!("\"{asked}\", a heading"),
        (Some("link"), Some(page)) => format!("\"{asked}\", a link on {}", printable(page)),
        (Some("sentence"), Some(page)) => {
            format!("\"{asked}\", around a link on {}", printable(page))
        }
        (Some(kind), _) => format!("\"{asked}\" ({})", printable(kind)),
        (None, _) => format!("\"{asked}\""),
    }
}

fn wanted(measured: &Measured) -> &'static str {
    match (measured.metrics.recall_10 > 0.0, measured.metrics.first) {
        (false, _) => "not among ten: ",
        (true, true) => "first: ",
        (true, false) => "not first: ",
    }
}

fn shortened(text: &str) -> String {
    let text = printable(text);
    match text.char_indices().nth(MAX_QUESTION) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn name(group: &Group) -> String {
    match group {
        Group::All => "all".to_owned(),
        Group::Kind(kind) => printable(kind),
        Group::Set(set) => format!("set {}", printable(set)),
    }
}

fn estimate(it: &Estimate) -> String {
    format!(
        "{} [{}, {}]",
        decimal(it.mean),
        decimal(it.interval.low),
        decimal(it.interval.high)
    )
}

/// As such figures are usually written: .691.
fn decimal(value: f64) -> String {
    let text = format!("{value:.3}");
    text.strip_prefix('0').map_or(text.clone(), str::to_owned)
}

fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

fn milliseconds(took: Duration) -> String {
    format!("{:.2}", 1_000.0 * took.as_secs_f64())
}

/// Columns as wide as they have to be: the first from the left, the others from the right.
fn table(text: &mut String, head: &[&str], rows: &[Vec<String>], style: Style) {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let cells = cells.map(|cell| cell.chars().count());
        cells
            .chain([head[column].chars().count()])
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: &[String]| {
        let mut line = String::new();
        for (column, (cell, width)) in cells.iter().zip(&widths).enumerate() {
            let room = " ".repeat(width - cell.chars().count());
            let _ = match column {
                0 => write!(line, "{cell}{room}"),
                _ => write!(line, "   {room}{cell}"),
            };
        }
        line.trim_end().to_owned()
    };
    let head: Vec<String> = head.iter().map(|&cell| cell.to_owned()).collect();
    let _ = writeln!(text, "{}", style.aside(&line(&head)));
    for row in rows {
        let _ = writeln!(text, "{}", line(row));
    }
}
