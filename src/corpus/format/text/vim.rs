//! Vim's help: `*tags*` that links lead to, `====` above sections, `~` after headings of columns, `>` before code.

use super::super::emit;
use super::markdown;
use crate::corpus::document::Page;

/// Lines in which the title stands, if it does.
const TITLE_WINDOW: usize = 12;
/// Tags that are named in a heading.
const MAX_TAGS: usize = 4;

/// The page of a help file; `None`: it is none.
pub(super) fn page(text: &str) -> Option<Page> {
    let first = text.lines().next()?;
    let (file, description) = first.strip_prefix('*')?.split_once('*')?;
    let is_name = file.contains('.') && !file.contains(char::is_whitespace) && file.len() <= 100;
    if !is_name || !text.lines().skip(1).any(is_sign) && !first.contains("Vim version") {
        return None;
    }
    let is_versioned = description.trim().starts_with("For Vim version");
    let title = title(text);
    let mut writer = Writer::default();
    let named = match &title {
        Some((_, title)) => title.as_str(),
        None if is_versioned || !is_title(description.trim()) => file,
        None => description.trim(),
    };
    writer.heading(1, named, Some(file));
    writer.body.push(first);
    for (number, line) in text.lines().enumerate().skip(1) {
        if title.as_ref().is_none_or(|(title, _)| *title != number) {
            writer.line(line);
        }
    }
    writer.end_code();
    writer.end_body();
    Some(Page {
        markdown: writer.out,
        ..Page::default()
    })
}

/// The line below the name of the manual, and its words: what the file is about.
fn title(text: &str) -> Option<(usize, String)> {
    let mut lines = text.lines().enumerate().take(TITLE_WINDOW);
    lines.find(|(_, line)| line.contains("MANUAL") && line.contains("by "))?;
    let (number, line) = lines.find(|(_, line)| !line.trim().is_empty())?;
    let words = without_tags(line);
    let words = words.trim();
    is_title(words).then(|| (number, words.to_owned()))
}

fn is_title(words: &str) -> bool {
    !words.is_empty()
        && words.chars().count() <= 80
        && !words.contains('\t')
        && !words.contains("   ")
        && !is_rule(words)
}

/// What only help files have.
fn is_sign(line: &str) -> bool {
    is_rule(line)
        || line.ends_with(" ~")
        || line.starts_with(" vim:") && line.contains("ft=help")
        || tags(line).next().is_some()
}

fn is_rule(line: &str) -> bool {
    line.len() >= 40
        && (line.bytes().all(|byte| byte == b'=') || line.bytes().all(|byte| byte == b'-'))
}

#[derive(Default)]
struct Writer<'a> {
    out: String,
    /// Lines that become paragraphs together.
    body: Vec<&'a str>,
    /// The language and lines of the example that is open.
    code: Option<(&'a str, Vec<&'a str>)>,
    /// The level of what stands below a rule that has just come.
    after_rule: Option<usize>,
}

impl<'a> Writer<'a> {
    fn line(&mut self, line: &'a str) {
        let line = line.trim_end();
        if let Some((_, lines)) = &mut self.code {
            if line.is_empty() || line.starts_with([' ', '\t']) {
                lines.push(line);
                return;
            }
            self.end_code();
            if let Some(rest) = line.strip_prefix('<') {
                return self.text(rest);
            }
        }
        if is_rule(line) {
            self.end_body();
            self.after_rule = Some(if line.starts_with('=') { 2 } else { 3 });
        } else if is_modeline(line) {
            self.end_body();
        } else if line.is_empty() {
            self.body.push(line);
        } else {
            self.text(line);
        }
    }

    fn text(&mut self, line: &'a str) {
        let words = without_tags(line);
        let words = words.trim();
        let names: Vec<&str> = tags(line).collect();
        if let Some(level) = self.after_rule.take() {
            // What only has tags is called by them.
            if !words.is_empty() || !names.is_empty() {
                let title = if words.is_empty() {
                    named(&names)
                } else {
                    words.trim_end_matches('~').trim().to_owned()
                };
                return self.heading(level, &title, names.first().copied());
            }
        }
        if words.is_empty() && !names.is_empty() {
            // Numbers of errors name no subject.
            if names.iter().all(|name| is_error(name)) {
                self.body.push(line);
            } else {
                self.heading(4, &named(&names), names.first().copied());
            }
        } else if let Some(title) = words
            .strip_suffix('~')
            .map(str::trim_end)
            .filter(|title| !title.is_empty() && !title.contains('\t') && !title.contains("   "))
        {
            self.heading(4, title, names.first().copied());
        } else if !names.is_empty() && is_loud(words) && !line.starts_with([' ', '\t']) {
            self.heading(3, words, names.first().copied());
        } else {
            let code = example(line);
            self.body.push(code.map_or(line, |(before, _)| before));
            if let Some((_, language)) = code {
                self.end_body();
                self.code = Some((language, Vec::new()));
            }
        }
    }

    fn heading(&mut self, level: usize, title: &str, anchor: Option<&str>) {
        self.end_body();
        emit::heading(&mut self.out, level, &emit::escaped(title), anchor);
    }

    fn end_body(&mut self) {
        let lines = std::mem::take(&mut self.body);
        if lines.iter().all(|line| line.is_empty()) {
            return;
        }
        let mut text = String::new();
        for line in lines {
            text.push_str(&without_marks(line));
            text.push('\n');
        }
        emit::gap(&mut self.out);
        self.out.push_str(&markdown(&text));
    }

    fn end_code(&mut self) {
        if let Some((language, lines)) = self.code.take() {
            let indent = |line: &&str| line.len() - line.trim_start_matches([' ', '\t']).len();
            let filled = lines.iter().filter(|line| !line.is_empty());
            let least = filled.map(indent).min().unwrap_or(0);
            let lines: Vec<&str> = lines
                .iter()
                .map(|line| line.get(least..).unwrap_or(""))
                .collect();
            emit::fence(&mut self.out, language, &lines.join("\n"));
        }
    }
}

/// ` vim:tw=78:ts=8:noet:ft=help:norl:`
fn is_modeline(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("vim:") && line.len() <= 200
}

/// What stands before the mark that begins an example, and the language that it names.
fn example(line: &str) -> Option<(&str, &str)> {
    let (before, language) = line.rsplit_once('>')?;
    let is_language =
        language.bytes().all(|byte| byte.is_ascii_lowercase()) && language.len() <= 12;
    let is_apart = before.is_empty() || before.ends_with([' ', '\t']);
    (is_language && is_apart).then(|| (before.trim_end(), language))
}

/// `*tag*` between spaces.
fn tags(line: &str) -> impl Iterator<Item = &str> {
    line.split([' ', '\t']).filter_map(tag)
}

fn tag(word: &str) -> Option<&str> {
    let name = word.strip_prefix('*')?.strip_suffix('*')?;
    (!name.is_empty() && !name.starts_with('*') && (!name.contains('*') || name.len() <= 4))
        .then_some(name)
}

fn without_tags(line: &str) -> String {
    let words = line.split_inclusive([' ', '\t']);
    words
        .filter(|word| tag(word.trim_end()).is_none())
        .collect()
}

/// The text of a line without the marks around its tags and links.
fn without_marks(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    for part in line.split_inclusive([' ', '\t']) {
        let word = part.trim_end_matches([' ', '\t']);
        match tag(word) {
            Some(name) => shown.push_str(name),
            None => link_into(&mut shown, word),
        }
        shown.push_str(&part[word.len()..]);
    }
    shown
}

/// `(|option-list|).`: a link's words.
fn link_into(shown: &mut String, word: &str) {
    let inside = word.split_once('|').and_then(|(before, rest)| {
        let (name, after) = rest.split_once('|')?;
        (!name.is_empty() && before.len() + after.len() <= 6).then_some((before, name, after))
    });
    match inside {
        Some((before, name, after)) => shown.extend([before, name, after]),
        None => shown.push_str(word),
    }
}

fn named(tags: &[&str]) -> String {
    tags[..tags.len().min(MAX_TAGS)].join(" ")
}

/// `E518`
fn is_error(name: &str) -> bool {
    name.strip_prefix('E').is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// `LOADING A PLUGIN`
fn is_loud(words: &str) -> bool {
    words
        .chars()
        .filter(|letter| letter.is_alphabetic())
        .count()
        >= 3
        && !words.chars().any(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELP: &str = "*queue.txt*\tFor Vim version 9.0.  Last change: 2023 Feb 17\n\n\n\t\t  QUEUE MANUAL\t  by Somebody\n\n\nThe queue\t\t\t\t*queue* *queues*\n\n1. Setting up\t\t|queue-set|\n\n==============================================================================\n1. Setting up\t\t\t\t\t*queue-set* *E764*\n\nFirst (see |queue-run|), write: >vim\n\t:let g:queue = 1\n\n\t:source x\n<then go on.\n\n\t\t\t*'queuesize'* *'qs'*\n'queuesize' 'qs'\tnumber\t(default 10)\n\t\t\tglobal\n\tHow many there are.\n\n\t\t\t\t*E518* *E519*\nErrors come.\n\nColumns ~\n\tname\tmeaning ~\n\ta\tfirst\n\n------------------------------------------------------------------------------\nRUNNING IT\t\t*queue-run*\n\nNow.\n\n vim:tw=78:ts=8:noet:ft=help:norl:\n";

    #[test]
    fn a_help_file_has_sections_and_its_tags_as_anchors() {
        let out = page(HELP).expect("a help file").markdown;
        let headings: Vec<&str> = out.lines().filter(|line| line.starts_with('#')).collect();
        assert_eq!(
            headings,
            [
                "# The queue {#queue.txt}",
                "## 1. Setting up {#queue-set}",
                "#### 'queuesize' 'qs' {#'queuesize'}",
                "#### Columns",
                "### RUNNING IT {#queue-run}",
            ],
            "{out}"
        );
        assert!(out.contains("First (see queue-run), write:\n\n```vim\n:let g:queue = 1\n\n:source x\n```\n\nthen go on."), "{out}");
        assert!(!out.contains("ft=help") && !out.contains("*E518*"), "{out}");
        assert!(out.contains("E518 E519"), "{out}");
    }

    #[test]
    fn other_texts_are_none() {
        assert_eq!(
            page("*git.txt*  A wrapper around git\n\nUSAGE\t\t*git-usage*\n\nRun it.\n")
                .map(|page| page.markdown.lines().next().unwrap_or_default().to_owned()),
            Some("# A wrapper around git {#git.txt}".to_owned())
        );
        for text in [
            "*not* a help file\n\nText.\n",
            "* item\n* item\n",
            "",
            "*x.y*\n\nNothing of the kind.\n",
        ] {
            assert_eq!(page(text), None, "{text}");
        }
    }

    #[test]
    fn it_takes_no_longer_than_the_text_is_long() {
        let started = std::time::Instant::now();
        for line in ["a >\n", "*a*\n", "|a| |b|\n", "<\n", "x ~\n", "********\n"] {
            page(&format!(
                "*a.txt* For Vim version 9\n{}",
                line.repeat(100_000)
            ));
        }
        assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
    }
}
