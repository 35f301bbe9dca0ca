//! A line of a page as names are looked for in it: its text, and what of it is code or stands out.

use std::ops::Range;

/// What follows a longer beginning is not looked at. In bytes.
const MAX_TEXT: usize = 2_000;
const MAX_RUNS: usize = 100;

/// How a stretch of text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Code,
    Strong,
    Emphasis,
}

/// A stretch of text in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) style: Style,
    pub(super) text: String,
    /// It leads elsewhere.
    pub(super) is_link: bool,
}

/// The beginning of a block of text, line by line.
#[derive(Debug, Default)]
pub(super) struct Text {
    pub(super) lines: Vec<Vec<Run>>,
    length: usize,
    runs: usize,
    /// There is more than what was kept.
    pub(super) is_cut: bool,
    strong: usize,
    emphasis: usize,
    link: usize,
}

impl Text {
    /// A text of one line, in which code stands between backticks.
    pub(super) fn of(text: &str) -> Self {
        let mut out = Self::default();
        for (number, part) in text.split('`').enumerate() {
            out.push(part, number % 2 == 1);
        }
        out
    }

    pub(super) fn strong(&mut self, opens: bool) {
        step(&mut self.strong, opens);
    }

    pub(super) fn emphasis(&mut self, opens: bool) {
        step(&mut self.emphasis, opens);
    }

    pub(super) fn link(&mut self, opens: bool) {
        step(&mut self.link, opens);
    }

    pub(super) fn end_line(&mut self) {
        if self.runs < MAX_RUNS {
            self.runs += 1;
            self.lines.push(Vec::new());
        } else {
            self.is_cut = true;
        }
    }

    pub(super) fn push(&mut self, text: &str, is_code: bool) {
        if text.is_empty() {
            return;
        }
        if self.length + text.len() > MAX_TEXT || self.runs >= MAX_RUNS {
            self.is_cut = true;
            self.length = MAX_TEXT;
            return;
        }
        self.length += text.len();
        if self.lines.is_empty() {
            self.lines.push(Vec::new());
        }
        let style = match () {
            () if is_code => Style::Code,
            () if self.strong > 0 => Style::Strong,
            () if self.emphasis > 0 => Style::Emphasis,
            () => Style::Plain,
        };
        let is_link = self.link > 0;
        let Some(line) = self.lines.last_mut() else {
            return;
        };
        match line.last_mut() {
            Some(last) if last.style == style && last.is_link == is_link && !is_code => {
                last.text.push_str(text);
            }
            _ => {
                self.runs += 1;
                line.push(Run {
                    style,
                    text: text.to_owned(),
                    is_link,
                });
            }
        }
    }

    /// Nothing of it stands out at its beginning, so that it is a sentence or one word.
    pub(super) fn is_sentence(&self) -> bool {
        let first = self.lines.first().and_then(|line| line.first());
        first.is_some_and(|run| {
            run.style == Style::Plain
                && (self.is_cut || run.text.trim().contains(char::is_whitespace))
        })
    }
}

fn step(depth: &mut usize, opens: bool) {
    *depth = match opens {
        true => *depth + 1,
        false => depth.saturating_sub(1),
    };
}

/// All of a line, without markup.
pub(super) fn plain(runs: &[Run]) -> String {
    runs.iter().map(|run| run.text.as_str()).collect()
}

/// A line cut at the commas, slashes and words between names that are written apart.
pub(super) fn apart(runs: &[Run]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut depth = 0_usize;
    for (at, run) in runs.iter().enumerate() {
        if run.style == Style::Code {
            continue;
        }
        if depth == 0 && is_between(&run.text) {
            parts.push(start..at);
            start = at + 1;
        }
        for byte in run.text.bytes() {
            match byte {
                b'(' | b'[' => depth += 1,
                b')' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }
    parts.push(start..runs.len());
    parts
}

fn is_between(text: &str) -> bool {
    matches!(
        text.trim(),
        "," | "/" | "|" | ";" | "or" | "and" | ", or" | ", and"
    )
}
