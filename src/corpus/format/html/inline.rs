//! A line of running text as Markdown: spaces collapsed, specials escaped, spans delimited.

use std::borrow::Cow;

/// A paragraph, heading or table cell while it is written.
#[derive(Default)]
pub(super) struct Inline {
    text: String,
    /// White space was seen since the last character; it is written before the next one.
    space: bool,
    /// One line only: a line break becomes a space.
    single_line: bool,
    /// Links are written as their text.
    no_links: bool,
    /// Spans that are begun, the outermost first.
    spans: Vec<Span>,
    /// How many links are begun: `[` and `]` are escaped within.
    links: u32,
    /// Where the last code span begins and ends, as long as nothing follows it.
    code: Option<(usize, usize)>,
    /// Where the last span of emphasis begins and ends, if a letter must not follow it.
    fragile: Option<(usize, usize, usize)>,
}

struct Span {
    delimiter: &'static str,
    /// Where the delimiter was written; `None` as long as the span has no text, or where
    /// Markdown would not take it for a delimiter.
    at: Option<usize>,
    begun: bool,
}

impl Inline {
    /// For headings, whose text names a section wherever it is shown.
    pub(super) fn heading() -> Self {
        Self {
            no_links: true,
            ..Self::single_line()
        }
    }

    /// For table cells.
    pub(super) fn single_line() -> Self {
        Self {
            single_line: true,
            ..Self::default()
        }
    }

    pub(super) fn last(&self) -> Option<char> {
        if self.space {
            Some(' ')
        } else {
            self.text.chars().next_back()
        }
    }

    pub(super) fn space(&mut self) {
        self.space = true;
    }

    /// Text of the page.
    pub(super) fn text(&mut self, text: &str) {
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            let rest = &text[at..];
            at += c.len_utf8();
            match c {
                // Zero width space, soft hyphen, word joiner, byte order mark.
                '\u{200b}' | '\u{ad}' | '\u{2060}' | '\u{feff}' => {}
                c if c.is_whitespace() || c.is_control() => self.space = true,
                c if c.is_ascii_alphanumeric() => {
                    // The common case, a word at a time.
                    let end = rest.bytes().position(|b| !b.is_ascii_alphanumeric());
                    let word = &rest[..end.unwrap_or(rest.len())];
                    self.begin(c);
                    self.text.push_str(word);
                    at += word.len() - 1;
                }
                c => {
                    let before = self.last();
                    self.begin(c);
                    if self.needs_escape(c, before, text[at..].chars().next(), rest) {
                        self.text.push('\\');
                    }
                    self.text.push(c);
                }
            }
        }
    }

    /// Markdown that is to stand as it is.
    pub(super) fn raw(&mut self, markdown: &str) {
        if let Some(first) = markdown.chars().next() {
            self.begin(first);
            self.text.push_str(markdown);
        }
    }

    /// A code span; two without a space between them become one.
    pub(super) fn code(&mut self, code: &str) {
        let code = collapse(code);
        if code.is_empty() {
            return;
        }
        if let Some((_, end)) = self.code
            && end == self.text.len()
            && !self.space
        {
            if code.contains('`') {
                self.space = true;
            } else {
                self.text.pop();
                self.text.push_str(&code);
                self.text.push('`');
                self.code = Some((0, self.text.len()));
                return;
            }
        }
        self.begin('`');
        let longest = longest_run(&code, '`');
        let fence = "`".repeat(longest + 1);
        let pad = if code.starts_with('`') || code.ends_with('`') {
            " "
        } else {
            ""
        };
        let start = self.text.len();
        for part in [&fence, pad, &code, pad, &fence] {
            self.text.push_str(part);
        }
        self.code = (longest == 0).then_some((start, self.text.len()));
    }

    /// A line break inside a paragraph.
    pub(super) fn line_break(&mut self) {
        if self.single_line || self.text.is_empty() {
            self.space = true;
        } else if !self.text.ends_with('\n') {
            self.text.push_str("\\\n");
            self.space = false;
        }
    }

    /// Begins `*`, `**` or `~~`.
    pub(super) fn open(&mut self, delimiter: &'static str) {
        self.spans.push(Span {
            delimiter,
            at: None,
            begun: false,
        });
    }

    /// Whether a span of this kind is begun.
    pub(super) fn is_within(&self, delimiter: &str) -> bool {
        self.spans.iter().any(|span| span.delimiter == delimiter)
    }

    /// Ends the span begun last.
    pub(super) fn close(&mut self) {
        let Some(Span {
            delimiter,
            at: Some(at),
            ..
        }) = self.spans.pop()
        else {
            return;
        };
        if self.text.ends_with('\n') {
            self.text.truncate(self.text.len() - 2);
            self.space = true;
        }
        let punctuated = self
            .text
            .chars()
            .next_back()
            .is_some_and(|c| !c.is_alphanumeric());
        let end = self.text.len();
        self.text.push_str(delimiter);
        self.fragile = punctuated.then_some((at, end, delimiter.len()));
    }

    /// Begins a link's text.
    pub(super) fn open_link(&mut self) {
        if self.no_links {
            return;
        }
        self.links += 1;
        self.spans.push(Span {
            delimiter: "[",
            at: None,
            begun: false,
        });
    }

    /// Ends a link.
    pub(super) fn close_link(&mut self, destination: &str) {
        if self.no_links {
            return;
        }
        self.links = self.links.saturating_sub(1);
        let Some(Span { at: Some(at), .. }) = self.spans.pop() else {
            return;
        };
        if self.text[at + 1..] == *destination && destination.contains("://") {
            self.text.truncate(at);
            self.text.push('<');
            self.text.push_str(destination);
            self.text.push('>');
            return;
        }
        self.text.push_str("](");
        let bare = destination
            .bytes()
            .all(|b| !matches!(b, b' ' | b'(' | b')' | b'<' | b'>'));
        if bare {
            self.text.push_str(destination);
        } else {
            self.text.push('<');
            for c in destination.chars() {
                match c {
                    '<' => self.text.push_str("%3C"),
                    '>' => self.text.push_str("%3E"),
                    c => self.text.push(c),
                }
            }
            self.text.push('>');
        }
        self.text.push(')');
    }

    /// The Markdown, with what is still open closed; nothing is left.
    pub(super) fn take(&mut self) -> String {
        // A block inside a span: what is open is closed, and opens again in what follows.
        let open: Vec<&'static str> = self.spans.iter().map(|span| span.delimiter).collect();
        while let Some(span) = self.spans.last() {
            if span.delimiter == "[" {
                let at = self.spans.pop().and_then(|span| span.at);
                if let Some(at) = at {
                    self.text.remove(at);
                }
            } else {
                self.close();
            }
        }
        for delimiter in open {
            self.spans.push(Span {
                delimiter,
                at: None,
                begun: false,
            });
        }
        self.space = false;
        self.code = None;
        self.fragile = None;
        let mut text = std::mem::take(&mut self.text);
        while text.ends_with("\\\n") {
            text.truncate(text.len() - 2);
        }
        text
    }

    /// Writes what must stand before a character: the space, and the delimiters of spans.
    fn begin(&mut self, c: char) {
        if let Some((at, end, length)) = self.fragile.take()
            && !self.space
            && c.is_alphanumeric()
            && end + length == self.text.len()
        {
            self.text.truncate(end);
            self.text.replace_range(at..at + length, "");
        }
        // What follows in another element may make a link of a bracket.
        if matches!(c, '(' | ':')
            && !self.space
            && self.text.ends_with(']')
            && !self.text.ends_with("\\]")
        {
            self.text.insert(self.text.len() - 1, '\\');
        }
        if std::mem::take(&mut self.space) && !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push(' ');
        }
        if self.spans.last().is_some_and(|span| !span.begun) {
            let word_before = self
                .text
                .chars()
                .next_back()
                .is_some_and(char::is_alphanumeric);
            for span in &mut self.spans {
                if span.begun {
                    continue;
                }
                span.begun = true;
                if span.delimiter == "[" {
                    if self.text.ends_with('!') {
                        self.text.insert(self.text.len() - 1, '\\');
                    }
                } else if word_before && !c.is_alphanumeric() {
                    continue;
                }
                span.at = Some(self.text.len());
                self.text.push_str(span.delimiter);
            }
        }
    }

    fn needs_escape(&self, c: char, before: Option<char>, next: Option<char>, rest: &str) -> bool {
        let blank = |c: Option<char>| c.is_some_and(char::is_whitespace);
        match c {
            '`' => true,
            '*' => !(blank(before) && blank(next)),
            '_' => {
                let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
                !(word(before) && word(next) || blank(before) && blank(next))
            }
            '~' => !blank(next) && next != Some('/'),
            '<' => next.is_none_or(|n| n.is_ascii_alphabetic() || matches!(n, '/' | '!' | '?')),
            '\\' => next.is_none_or(|n| n.is_ascii_punctuation()),
            '&' => starts_entity(rest),
            '[' => self.links > 0 || next == Some('^'),
            ']' => self.links > 0 || next.is_some_and(|n| matches!(n, '(' | ':')),
            _ => false,
        }
    }
}

/// White space collapsed to single spaces, none at the ends.
pub(super) fn collapse(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.extend(
            word.chars()
                .filter(|c| !matches!(c, '\u{200b}' | '\u{ad}' | '\u{feff}')),
        );
    }
    collapsed
}

/// The length of the longest run of `c`.
pub(super) fn longest_run(text: &str, c: char) -> usize {
    let (mut longest, mut run) = (0, 0);
    for other in text.chars() {
        run = if other == c { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// Escapes what would make a paragraph's lines a heading, quote, list or rule.
pub(super) fn escape_line_starts(text: &str) -> Cow<'_, str> {
    if !text.lines().any(|line| block_marker(line).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for (number, line) in text.lines().enumerate() {
        if number > 0 {
            escaped.push('\n');
        }
        let (before, after) = line.split_at(block_marker(line).unwrap_or(0));
        escaped.push_str(before);
        if block_marker(line).is_some() {
            escaped.push('\\');
        }
        escaped.push_str(after);
    }
    Cow::Owned(escaped)
}

/// Where in the line a backslash keeps it from beginning a block.
fn block_marker(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let ends = |at: usize| bytes.get(at).is_none_or(|b| *b == b' ');
    match bytes.first()? {
        b'#' => {
            let count = bytes.iter().take_while(|b| **b == b'#').count();
            (count <= 6 && ends(count)).then_some(0)
        }
        b'>' => Some(0),
        b'-' | b'=' | b'+' => {
            let rule = bytes.iter().all(|b| matches!(b, b'-' | b'=' | b' '));
            (ends(1) && bytes[0] != b'=' || rule).then_some(0)
        }
        b'0'..=b'9' => {
            let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
            let point = matches!(bytes.get(digits), Some(b'.' | b')'));
            (digits <= 9 && point && ends(digits + 1)).then_some(digits)
        }
        _ => None,
    }
}

/// Whether text that begins with `&` would be read as a character reference.
fn starts_entity(text: &str) -> bool {
    let name = &text.as_bytes()[1..];
    let length = name
        .iter()
        .take(33)
        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'#');
    let length = length.count();
    length > 0 && name.get(length) == Some(&b';')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Inline)) -> String {
        let mut inline = Inline::default();
        write(&mut inline);
        inline.take()
    }

    #[test]
    fn specials_are_escaped_only_where_they_would_act() {
        for (text, expected) in [
            ("snake_case and __init__", r"snake_case and \_\_init\_\_"),
            ("2 * 3 *bold*", r"2 * 3 \*bold\*"),
            ("a < b, <div>", r"a < b, \<div>"),
            ("R&D &amp; x", r"R&D \&amp; x"),
            (r"C:\dir \*", r"C:\dir \\\*"),
            ("a[1] and [x](y)", r"a[1] and [x\](y)"),
            ("~/.config", "~/.config"),
            ("  two\n words ", "two words"),
        ] {
            assert_eq!(written(|i| i.text(text)), expected);
        }
    }

    #[test]
    fn line_starts_are_escaped() {
        for (text, expected) in [
            ("1. one", r"1\. one"),
            ("- dash", r"\- dash"),
            ("-v verbose", "-v verbose"),
            ("# hash", r"\# hash"),
            ("> more", r"\> more"),
            ("1.5 is", "1.5 is"),
            ("a\\\n---", "a\\\n\\---"),
        ] {
            assert_eq!(escape_line_starts(text), expected);
        }
    }

    #[test]
    fn spans_move_their_spaces_out() {
        let markdown = written(|i| {
            i.text("a");
            i.open("**");
            i.text(" bold ");
            i.close();
            i.text("b");
        });
        assert_eq!(markdown, "a **bold** b");
    }

    #[test]
    fn emphasis_that_markdown_would_not_see_is_left_out() {
        let markdown = written(|i| {
            i.text("call");
            i.open("*");
            i.text("(x)");
            i.close();
            i.text(" and ");
            i.open("*");
            i.text("y)");
            i.close();
            i.text("z");
        });
        assert_eq!(markdown, "call(x) and y)z");
    }

    #[test]
    fn adjacent_code_spans_join() {
        let markdown = written(|i| {
            i.code("a");
            i.code(".b");
            i.text(" ");
            i.code("c`d");
        });
        assert_eq!(markdown, "`a.b` ``c`d``");
    }

    #[test]
    fn destinations_that_need_it_are_bracketed() {
        let markdown = written(|i| {
            i.open_link();
            i.text("a[0]");
            i.close_link("x (1).html");
        });
        assert_eq!(markdown, r"[a\[0\]](<x (1).html>)");
    }
}
