//! The blocks of a document, from top to bottom.

use super::super::super::document::Source;
use super::super::emit;
use super::definitions::{Definitions, target};
use super::{
    MAX_ALIASES, MAX_DEPTH, dedented, directives, indented, inline, lists, normalized, tables,
};

/// What is known while a page is read.
pub(super) struct Converter<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) definitions: &'a Definitions<'a>,
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) aliases: Vec<String>,
    /// Language of code that names none, by `highlight`.
    pub(super) language: String,
    /// Module that described objects belong to.
    pub(super) module: String,
    /// What included files may still add, in bytes.
    pub(super) include_budget: usize,
    depth: usize,
    /// Adornments of titles, in the order of their levels.
    styles: Vec<(char, bool)>,
    anchor: Option<String>,
    /// What its tables of contents name: words of their own, and the page.
    pub(super) contents: Vec<(Option<String>, String)>,
}

impl<'a> Converter<'a> {
    pub(super) fn new(source: &'a Source<'a>, definitions: &'a Definitions<'a>) -> Self {
        Self {
            source,
            definitions,
            title: None,
            description: None,
            aliases: Vec::new(),
            language: String::new(),
            module: String::new(),
            include_budget: 2 << 20,
            depth: 0,
            styles: Vec::new(),
            anchor: None,
            contents: Vec::new(),
        }
    }

    pub(super) fn document(&mut self, lines: &[&str]) -> String {
        let mut out = String::with_capacity(self.source.text.len());
        self.blocks(lines, &mut out);
        out
    }

    /// A page that has nothing else is a list of the pages that it names.
    pub(super) fn contents_alone(&mut self, out: &mut String) {
        let has_text = out
            .lines()
            .any(|line| !line.is_empty() && !line.starts_with('#'));
        if has_text {
            return;
        }
        for (words, page) in std::mem::take(&mut self.contents) {
            let title = words.or_else(|| self.definitions.titles.of_page(&page));
            let words = match title {
                Some(title) => inline::title_words(&title, self.definitions),
                None => emit::escaped(page.rsplit('/').next().unwrap_or(&page)),
            };
            if !out.ends_with("\n- ")
                && !out
                    .trim_end()
                    .rsplit('\n')
                    .next()
                    .is_some_and(|last| last.starts_with("- "))
            {
                emit::gap(out);
            }
            out.push_str("- ");
            emit::link_into(out, &words, &page);
            out.push('\n');
        }
    }

    /// Whether nothing but the title has been written yet.
    pub(super) fn is_at_top(&self, out: &str) -> bool {
        self.depth == 0
            && out
                .lines()
                .filter(|line| !line.is_empty())
                .all(|line| line.starts_with("# "))
    }

    /// The blocks inside another one, on their own.
    pub(super) fn inner(&mut self, lines: &[&str]) -> String {
        let mut out = String::new();
        self.depth += 1;
        self.blocks(lines, &mut out);
        self.depth -= 1;
        out
    }

    pub(super) fn inline(&self, text: &str) -> String {
        inline::markdown(text, self.definitions)
    }

    pub(super) fn alias(&mut self, name: String) {
        let fits = self.aliases.len() < MAX_ALIASES && !name.is_empty() && name.len() <= 200;
        if fits && !self.aliases.contains(&name) {
            self.aliases.push(name);
        }
    }

    /// The next heading is what `label` names.
    pub(super) fn label(&mut self, label: &str) {
        let label = normalized(label);
        self.anchor.get_or_insert_with(|| identifier(&label));
        self.alias(label);
    }

    pub(super) fn blocks(&mut self, lines: &[&str], out: &mut String) {
        if self.depth >= MAX_DEPTH {
            for paragraph in lines.split(|line| line.is_empty()) {
                emit::paragraph(out, &self.inline(&joined(paragraph)));
            }
            return;
        }
        let mut tables_end = true;
        let mut at = 0;
        while at < lines.len() {
            let rest = &lines[at..];
            if rest[0].is_empty() {
                at += 1;
                continue;
            }
            at += self
                .explicit(rest, out)
                .or_else(|| self.heading(rest, out))
                .or_else(|| tables::grid(self, rest, out))
                .or_else(|| tables::simple(self, rest, &mut tables_end, out))
                .or_else(|| lists::list(self, rest, out))
                .or_else(|| self.other(rest, out))
                .unwrap_or_else(|| self.paragraph(rest, out));
        }
    }

    /// What begins with `..`: targets, footnotes, directives, comments.
    fn explicit(&mut self, lines: &[&str], out: &mut String) -> Option<usize> {
        let line = lines[0];
        let rest = match line.strip_prefix("..")? {
            "" if lines.get(1).is_none_or(|next| next.is_empty()) => return Some(1),
            rest if rest.is_empty() || rest.starts_with(' ') => rest.trim_start(),
            _ => return None,
        };
        let count = 1 + indented(&lines[1..]);
        if rest.starts_with("__ ") || rest == "__" {
            return Some(count);
        }
        if let Some((name, value)) = target(rest) {
            if value.is_empty() && count == 1 {
                self.label(name);
            }
            return Some(count);
        }
        if let Some((label, text)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            let mut body = vec![text.trim_start()];
            body.extend(dedented(&lines[1..count]));
            let body = self.inner(&body);
            emit::paragraph(
                out,
                &format!("\\[{}] {}", emit::escaped(label), body.trim_start()),
            );
            return Some(count);
        }
        if rest.starts_with('|') {
            return Some(count);
        }
        if let Some((name, argument)) = directive(rest) {
            let labelled = self.anchor.take();
            directives::directive(self, name, argument, &lines[1..count], out);
            self.anchor = self
                .anchor
                .take()
                .or(labelled.filter(|_| name == "index" || name.ends_with("module")));
        }
        Some(count)
    }

    /// A title, underlined or with a line above and below.
    fn heading(&mut self, lines: &[&str], out: &mut String) -> Option<usize> {
        let (title, style, count) = match (adornment(lines[0]), lines.get(1), lines.get(2)) {
            (Some(mark), Some(title), Some(below))
                if !title.is_empty() && adornment(below) == Some(mark) =>
            {
                (title.trim(), (mark, true), 3)
            }
            // A transition, or a line of marks that means nothing here.
            (Some(_), next, _)
                if next.is_none_or(|next| next.is_empty()) && lines[0].len() >= 4 =>
            {
                return Some(1);
            }
            (None, Some(below), _) if fits(lines[0], below) => {
                (lines[0], (adornment(below)?, false), 2)
            }
            _ => return None,
        };
        if title.starts_with(' ') {
            return None;
        }
        let level = self
            .styles
            .iter()
            .position(|known| *known == style)
            .unwrap_or_else(|| {
                // More than Markdown has: the deepest one is shared.
                if self.styles.len() < 16 {
                    self.styles.push(style);
                }
                self.styles.len() - 1
            });
        let text = self.inline(title);
        let anchor = self.anchor.take();
        emit::heading(out, level + 1, &text, anchor.as_deref());
        Some(count)
    }

    /// Block quotes, line blocks and interactive sessions.
    fn other(&mut self, lines: &[&str], out: &mut String) -> Option<usize> {
        if lines[0].starts_with(' ') {
            let count = indented(lines);
            let inner = self.inner(&dedented(&lines[..count]));
            if !inner.is_empty() {
                emit::gap(out);
                emit::nested(out, &inner, "> ", "> ");
            }
            return Some(count);
        }
        // Where a link without a name leads.
        if lines[0].starts_with("__ ") {
            return Some(1);
        }
        if lines[0].starts_with(">>> ") {
            let count = lines
                .iter()
                .position(|line| line.is_empty())
                .unwrap_or(lines.len());
            emit::fence(out, "pycon", &lines[..count].join("\n"));
            return Some(count);
        }
        let in_line_block = |line: &&str| line.starts_with("| ") || *line == "|";
        if in_line_block(&lines[0]) {
            let count = lines
                .iter()
                .take_while(|line| in_line_block(line) || line.starts_with(' '))
                .count();
            let text: Vec<_> = lines[..count]
                .iter()
                .map(|line| self.inline(line.trim_start_matches('|').trim()))
                .collect();
            emit::paragraph(out, &text.join("\\\n"));
            return Some(count);
        }
        None
    }

    fn paragraph(&mut self, lines: &[&str], out: &mut String) -> usize {
        self.anchor = None;
        // A paragraph that runs into a directive without a blank line is written often.
        let goes_on = |line: &&&str| !line.is_empty() && !line.starts_with(".. ");
        let end = 1 + lines[1..].iter().take_while(goes_on).count();
        let text = joined(&lines[..end]);
        let Some(before) = text.strip_suffix("::") else {
            emit::paragraph(out, &self.inline(&text));
            return end;
        };
        let before = if before.ends_with(' ') || before.is_empty() {
            before.trim_end()
        } else {
            &text[..text.len() - 1]
        };
        emit::paragraph(out, &self.inline(before));
        let blank = lines[end..]
            .iter()
            .take_while(|line| line.is_empty())
            .count();
        let body = &lines[end + blank..];
        let count = match body.first() {
            Some(line) if line.starts_with(' ') => indented(body),
            // Literal text may also be quoted by a mark that each line begins with.
            Some(line) if blank > 0 && line.starts_with(|c: char| c.is_ascii_punctuation()) => {
                let mark = &line[..1];
                body.iter()
                    .take_while(|line| line.starts_with(mark))
                    .count()
            }
            _ => 0,
        };
        emit::fence(out, &self.language, &dedented(&body[..count]).join("\n"));
        end + blank + count
    }
}

/// The text of a block's lines on one.
pub(super) fn joined(lines: &[&str]) -> String {
    let mut text = String::new();
    for line in lines {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(line.trim());
    }
    text
}

/// `name::` and what stands behind it.
pub(super) fn directive(explicit: &str) -> Option<(&str, &str)> {
    let (name, argument) = explicit.split_once("::")?;
    let is_name = !name.is_empty()
        && name.len() <= 60
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':' | b'+' | b'.'));
    (is_name && (argument.is_empty() || argument.starts_with(' '))).then(|| (name, argument.trim()))
}

/// The mark that a line consists of.
fn adornment(line: &str) -> Option<char> {
    let mark = line.chars().next().filter(char::is_ascii_punctuation)?;
    let is_literal_mark = line == "::" || line == "..";
    (line.len() >= 2 && !is_literal_mark && line.chars().all(|c| c == mark)).then_some(mark)
}

/// Whether a line underlines a title: docutils wants its whole width, and warns only.
fn fits(title: &str, below: &str) -> bool {
    adornment(below).is_some()
        && !title.starts_with(' ')
        && (below.len() >= 4 || below.len() >= title.chars().count())
}

/// The fragment that docutils makes of a name.
pub(super) fn identifier(name: &str) -> String {
    let mut id = String::with_capacity(name.len());
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            id.push(c);
        } else if !id.is_empty() && !id.ends_with('-') {
            id.push('-');
        }
    }
    id.truncate(id.trim_end_matches('-').len());
    id
}
