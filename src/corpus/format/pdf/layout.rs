//! Stretches of text on pages -> Markdown: lines, paragraphs, headings, code; without what is printed on every page.

use super::content::Stretch;
use crate::corpus::format::emit;
use std::collections::{HashMap, HashSet};

/// A heading is no longer, in characters.
const MAX_HEADING: usize = 160;
/// How many sizes of type make headings of their own level.
const MAX_LEVELS: usize = 4;

pub(super) struct Bookmark {
    pub(super) title: String,
    pub(super) level: usize,
    pub(super) sheet: usize,
}

#[derive(Debug)]
struct Line {
    text: String,
    x: f64,
    y: f64,
    size: f64,
    is_code: bool,
}

/// The lines of one page, in the order in which it shows them.
pub(super) struct Sheet {
    lines: Vec<Line>,
}

impl Sheet {
    pub(super) fn of(stretches: Vec<Stretch>) -> Self {
        let mut lines: Vec<Line> = Vec::new();
        let mut end = 0.0;
        for stretch in stretches {
            let goes_on = lines.last().is_some_and(|line| {
                let off = (line.y - stretch.y).abs();
                // Raised and lowered text is of its line.
                off < 0.5 * line.size.max(stretch.size) && stretch.x > end - 0.5 * line.size - 1.0
            });
            match lines.last_mut().filter(|_| goes_on) {
                Some(line) => {
                    let gap = stretch.x - end;
                    let is_apart = gap > 0.18 * stretch.size;
                    if is_apart && !line.text.ends_with(' ') && !stretch.text.starts_with(' ') {
                        line.text.push(' ');
                    }
                    line.is_code &= stretch.is_code || stretch.text.trim().is_empty();
                    line.size = line.size.max(stretch.size);
                    line.text.push_str(&stretch.text);
                }
                None => lines.push(Line {
                    text: stretch.text,
                    x: stretch.x,
                    y: stretch.y,
                    size: stretch.size,
                    is_code: stretch.is_code,
                }),
            }
            end = stretch.end;
        }
        for line in &mut lines {
            line.text = unligated(&line.text);
        }
        // Dots that lead to a page number are of a table of contents, which is made from the headings.
        lines.retain(|line| {
            !line.text.trim().is_empty()
                && !line.text.contains(". . . .")
                && !line.text.contains("......")
        });
        Self { lines }
    }
}

/// Ligatures as the letters that they join.
fn unligated(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{fb00}' => out.push_str("ff"),
            '\u{fb01}' => out.push_str("fi"),
            '\u{fb02}' => out.push_str("fl"),
            '\u{fb03}' => out.push_str("ffi"),
            '\u{fb04}' => out.push_str("ffl"),
            '\u{fb05}' | '\u{fb06}' => out.push_str("st"),
            '\u{a0}' => out.push(' '),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// The whole document. Headings have the number of their page as their anchor (`#page=3`, RFC 8118).
pub(super) fn markdown(mut sheets: Vec<Sheet>, bookmarks: &[Bookmark]) -> String {
    without_running_lines(&mut sheets);
    let body = body_size(&sheets);
    let levels = match bookmarks.is_empty() {
        true => heading_sizes(&sheets, body),
        false => Vec::new(),
    };
    let mut by_sheet: HashMap<usize, Vec<&Bookmark>> = HashMap::new();
    for bookmark in bookmarks {
        by_sheet.entry(bookmark.sheet).or_default().push(bookmark);
    }
    let has_headings = !bookmarks.is_empty() || !levels.is_empty();
    let mut writer = Writer::default();
    for (number, sheet) in sheets.iter().enumerate() {
        writer.sheet = number;
        if !has_headings && number > 0 && !sheet.lines.is_empty() {
            writer.heading(2, &format!("Page {}", number + 1));
        }
        writer.page(
            sheet,
            by_sheet.get(&number).map_or(&[], Vec::as_slice),
            &levels,
        );
    }
    writer.end_block();
    writer.out
}

/// What stands at the top or the bottom of most pages, numbers aside.
fn without_running_lines(sheets: &mut [Sheet]) {
    let key = |line: &Line| {
        let digits = line
            .text
            .trim()
            .chars()
            .map(|c| if c.is_ascii_digit() { '#' } else { c });
        let mut key: String = digits.take(200).collect();
        while key.contains("##") {
            key = key.replace("##", "#");
        }
        key
    };
    let is_edge = |at: usize, count: usize| at < 2 || at + 2 >= count;
    let mut counts: HashMap<String, usize> = HashMap::new();
    for sheet in &*sheets {
        let count = sheet.lines.len();
        let edges = sheet
            .lines
            .iter()
            .enumerate()
            .filter(|(at, _)| is_edge(*at, count));
        let keys: HashSet<String> = edges.map(|(_, line)| key(line)).collect();
        for key in keys {
            *counts.entry(key).or_default() += 1;
        }
    }
    // Titles of chapters run too, left and right: a third of the pages is many.
    let many = (sheets.len() / 3).max(3);
    for sheet in sheets {
        let count = sheet.lines.len();
        let mut at = 0;
        sheet.lines.retain(|line| {
            let edge = is_edge(at, count);
            at += 1;
            let words = line.text.trim();
            let is_number = words
                .chars()
                .all(|c| c.is_ascii_digit() || "ivxlc-–— ".contains(c))
                && words.len() <= 8;
            !(edge && (is_number || counts.get(&key(line)).is_some_and(|count| *count >= many)))
        });
    }
}

/// Tenths of points, which most programs round to.
#[allow(clippy::cast_possible_truncation)]
fn tenths(size: f64) -> i64 {
    (size * 10.0).round() as i64
}

/// The size that most letters have.
fn body_size(sheets: &[Sheet]) -> i64 {
    let mut letters: HashMap<i64, usize> = HashMap::new();
    for line in sheets
        .iter()
        .flat_map(|sheet| &sheet.lines)
        .filter(|line| !line.is_code)
    {
        *letters.entry(tenths(line.size)).or_default() += line.text.len();
    }
    letters
        .into_iter()
        .max_by_key(|(size, count)| (*count, -size))
        .map_or(0, |(size, _)| size)
}

/// The sizes of headings, the largest first.
fn heading_sizes(sheets: &[Sheet], body: i64) -> Vec<i64> {
    let lines = sheets.iter().flat_map(|sheet| &sheet.lines);
    let large =
        lines.filter(|line| tenths(line.size) * 100 > body * 112 && line.text.len() <= MAX_HEADING);
    let sizes: HashSet<i64> = large.map(|line| tenths(line.size)).collect();
    let mut sizes: Vec<i64> = sizes.into_iter().collect();
    sizes.sort_unstable_by(|one, other| other.cmp(one));
    sizes.truncate(MAX_LEVELS);
    sizes
}

#[derive(Default)]
struct Writer {
    out: String,
    sheet: usize,
    paragraph: String,
    code: Vec<String>,
    /// The last line of the paragraph: where it stood.
    last: Option<(f64, f64)>,
    heading: Option<(usize, String)>,
}

impl Writer {
    fn page(&mut self, sheet: &Sheet, bookmarks: &[&Bookmark], sizes: &[i64]) {
        let places = placed(sheet, bookmarks);
        let mut placed_at: HashMap<usize, Vec<&Bookmark>> = HashMap::new();
        let mut covered: HashSet<usize> = HashSet::new();
        for (bookmark, place) in bookmarks.iter().zip(&places) {
            match place {
                Some((line, lines)) => {
                    placed_at.entry(*line).or_default().push(bookmark);
                    covered.extend(*line..*line + *lines);
                }
                None => {
                    self.end_block();
                    self.heading(bookmark.level, &bookmark.title);
                }
            }
        }
        // Another page, another paragraph, unless a sentence goes on.
        if self.paragraph.trim_end().ends_with(['.', ':', '!', '?']) {
            self.end_block();
        }
        self.last = None;
        for (at, line) in sheet.lines.iter().enumerate() {
            for bookmark in placed_at.get(&at).into_iter().flatten() {
                self.end_block();
                self.heading(bookmark.level, &bookmark.title);
            }
            if covered.contains(&at) {
                continue;
            }
            let size = tenths(line.size);
            match sizes.iter().position(|it| *it == size) {
                Some(level) if line.text.len() <= MAX_HEADING => self.large(level + 1, line),
                _ => self.line(line),
            }
        }
        self.end_heading();
    }

    /// A heading may have two lines.
    fn large(&mut self, level: usize, line: &Line) {
        match &mut self.heading {
            Some((open, words)) if *open == level && words.len() < MAX_HEADING => {
                words.push(' ');
                words.push_str(line.text.trim());
            }
            _ => {
                self.end_block();
                self.heading = Some((level, line.text.trim().to_owned()));
            }
        }
    }

    fn end_heading(&mut self) {
        if let Some((level, words)) = self.heading.take() {
            self.heading(level, &words);
        }
    }

    fn line(&mut self, line: &Line) {
        self.end_heading();
        if line.is_code {
            self.end_paragraph();
            // A letter of such a font is as wide as six tenths of its size.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let indent = (line.x / (0.6 * line.size)).round().clamp(0.0, 200.0) as usize;
            self.code
                .push(format!("{}{}", " ".repeat(indent), line.text.trim()));
            return;
        }
        self.end_code();
        let words = line.text.trim();
        let is_item = words.starts_with(['•', '◦', '▪', '–', '‣']);
        let follows = self.last.is_some_and(|(y, size)| {
            let step = y - line.y;
            step > 0.0 && step < 1.7 * size && (size - line.size).abs() < 0.1 * size
        });
        let goes_on = self.last.is_none() && !self.paragraph.is_empty();
        if is_item || !(follows || goes_on) {
            self.end_paragraph();
        }
        self.last = Some((line.y, line.size));
        if self.paragraph.is_empty() {
            self.paragraph.push_str(words);
            return;
        }
        let is_hyphenated = self.paragraph.ends_with(['-', '\u{ad}', '\u{2010}'])
            && self
                .paragraph
                .chars()
                .rev()
                .nth(1)
                .is_some_and(char::is_alphabetic)
            && words.starts_with(char::is_lowercase);
        if is_hyphenated {
            self.paragraph.pop();
        } else {
            self.paragraph.push(' ');
        }
        self.paragraph.push_str(words);
    }

    fn heading(&mut self, level: usize, words: &str) {
        self.end_paragraph();
        self.end_code();
        let words = emit::escaped(&words.split_whitespace().collect::<Vec<_>>().join(" "));
        emit::heading(
            &mut self.out,
            level,
            &words,
            Some(&format!("page={}", self.sheet + 1)),
        );
    }

    fn end_paragraph(&mut self) {
        let paragraph = std::mem::take(&mut self.paragraph);
        let words: Vec<&str> = paragraph.split_whitespace().collect();
        let words = words.join(" ");
        match words.strip_prefix(['•', '◦', '▪', '‣']) {
            Some(item) => {
                emit::gap(&mut self.out);
                self.out.push_str("- ");
                emit::line_into(&mut self.out, &emit::escaped(item.trim()));
                self.out.push('\n');
            }
            None => emit::paragraph(&mut self.out, &emit::escaped(&words)),
        }
    }

    fn end_code(&mut self) {
        let code = std::mem::take(&mut self.code);
        let least = code
            .iter()
            .map(|line| line.len() - line.trim_start().len())
            .min()
            .unwrap_or(0);
        let code: Vec<&str> = code.iter().map(|line| &line[least..]).collect();
        emit::fence(&mut self.out, "", &code.join("\n"));
    }

    fn end_block(&mut self) {
        self.end_heading();
        self.end_paragraph();
        self.end_code();
    }
}

/// Where each bookmark stands on its page: at the line, or the two or three lines, that say the same.
fn placed(sheet: &Sheet, bookmarks: &[&Bookmark]) -> Vec<Option<(usize, usize)>> {
    let letters = |text: &str| -> String {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).take(400).collect()
    };
    // Numbers of chapters may stand in one and not in the other.
    let bare = |letters: &str| {
        letters
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .to_owned()
    };
    let lines: Vec<String> = sheet
        .lines
        .iter()
        .map(|line| bare(&letters(&line.text)))
        .collect();
    let mut from = 0;
    let mut looked = 0;
    let mut places = Vec::new();
    for bookmark in bookmarks {
        let wanted = bare(&letters(&bookmark.title));
        let mut place = None;
        if !wanted.is_empty() && looked < 100_000 {
            for at in from..lines.len() {
                looked += 1;
                let mut joined = lines[at].clone();
                for count in 1..=3 {
                    if joined == wanted {
                        place = Some((at, count));
                    }
                    if joined.len() >= wanted.len() || place.is_some() {
                        break;
                    }
                    let Some(next) = lines.get(at + count) else {
                        break;
                    };
                    joined.push_str(next);
                }
                if place.is_some() {
                    from = at + 1;
                    break;
                }
            }
        }
        places.push(place);
    }
    places
}
