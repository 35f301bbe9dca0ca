//! Text with roff's escapes and fonts -> inline Markdown.

use super::super::emit;
use super::glyphs::glyph;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Font {
    #[default]
    Roman,
    Bold,
    Italic,
}

/// A paragraph under construction. A newline in it is a forced one.
#[derive(Debug, Default)]
pub(super) struct Inline {
    chars: Vec<(char, Font)>,
    font: Font,
    previous: Font,
    /// `\c`: the next line goes on without a space.
    joins: bool,
}

impl Inline {
    pub(super) fn is_empty(&self) -> bool {
        self.chars.iter().all(|(c, _)| c.is_whitespace())
    }

    pub(super) fn len(&self) -> usize {
        self.chars.len()
    }

    pub(super) fn set_font(&mut self, font: Font) {
        self.previous = self.font;
        self.font = font;
    }

    /// Ends a source line: the next one is a word further on.
    pub(super) fn space(&mut self) {
        if self.joins {
            self.joins = false;
        } else if self.chars.last().is_some_and(|(c, _)| !c.is_whitespace()) {
            self.chars.push((' ', Font::Roman));
        }
    }

    pub(super) fn newline(&mut self) {
        while self.chars.last().is_some_and(|(c, _)| *c == ' ') {
            self.chars.pop();
        }
        if self.chars.last().is_some_and(|(c, _)| *c != '\n') {
            self.chars.push(('\n', Font::Roman));
        }
    }

    /// Appends text in the font that is set.
    pub(super) fn push(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = rest.find('\\') {
            let font = self.font;
            self.chars.extend(rest[..at].chars().map(|c| (c, font)));
            rest = self.escape(&rest[at + 1..]);
        }
        let font = self.font;
        self.chars.extend(rest.chars().map(|c| (c, font)));
    }

    /// Appends text in a font of its own, as macros do.
    pub(super) fn push_in(&mut self, font: Font, text: &str) {
        let (outer, previous) = (self.font, self.previous);
        self.font = font;
        self.push(text);
        self.font = outer;
        self.previous = previous;
    }

    fn glyph(&mut self, c: char) {
        self.chars.push((c, self.font));
    }

    /// Takes the escape that `text` begins with, behind its backslash; the rest.
    fn escape<'a>(&mut self, text: &'a str) -> &'a str {
        let mut following = text.chars();
        let Some(kind) = following.next() else {
            return "";
        };
        let rest = following.as_str();
        match kind {
            '-' | '.' | '\'' | '`' | '/' if kind != '/' => self.glyph(kind),
            'e' | '\\' => self.glyph('\\'),
            ' ' | '~' | '0' => self.chars.push((' ', self.font)),
            't' => self.glyph('\t'),
            'c' => self.joins = true,
            '(' => {
                let (name, rest) = taken(rest, 2);
                self.named(name);
                return rest;
            }
            '[' => {
                let (name, rest) = rest.split_once(']').unwrap_or((rest, ""));
                self.named(name);
                return rest;
            }
            '*' => {
                let (name, rest) = name(rest);
                // Those that a page defines are put in before; these are the macro package's.
                match name {
                    "lq" => self.glyph('“'),
                    "rq" => self.glyph('”'),
                    "R" => self.glyph('®'),
                    "Tm" => self.glyph('™'),
                    "Aq" => self.glyph('\''),
                    _ => {}
                }
                return rest;
            }
            'f' => {
                let (name, rest) = name(rest);
                let font = match name {
                    "B" | "3" | "BI" | "4" | "CB" | "C" | "CW" | "CR" | "CO" => Font::Bold,
                    "I" | "2" | "CI" => Font::Italic,
                    "P" | "" => self.previous,
                    _ => Font::Roman,
                };
                self.set_font(font);
                return rest;
            }
            'n' | 'g' | 'k' | 'm' | 'M' | 'F' | 'V' | 'Y' => {
                return name(rest.trim_start_matches(['+', '-'])).1;
            }
            's' => return after_size(rest),
            'h' | 'v' | 'w' | 'x' | 'X' | 'l' | 'L' | 'o' | 'b' | 'D' | 'H' | 'S' | 'R' | 'A'
            | 'B' | 'Z' => return after_quoted(rest),
            'N' => {
                let number = rest
                    .strip_prefix('\'')
                    .and_then(|rest| rest.split_once('\''));
                if let Some((number, rest)) = number {
                    if let Some(c) = number.parse().ok().and_then(char::from_u32) {
                        self.glyph(c);
                    }
                    return rest;
                }
            }
            // Hints for breaking and spacing, which Markdown has no use for.
            '&' | '|' | '^' | '%' | ':' | '/' | ',' | ')' | 'd' | 'u' | 'r' | 'p' | 'z' | 'a'
            | '{' | '}' | '?' => {}
            // To the end of the line: a comment, and what is for the printer alone.
            '#' | '!' => return "",
            other => self.glyph(other),
        }
        rest
    }

    fn named(&mut self, name: &str) {
        match glyph(name) {
            Some(c) => self.glyph(c),
            None if name.chars().count() == 1 => self.push_literal(name),
            None => {}
        }
    }

    fn push_literal(&mut self, text: &str) {
        let font = self.font;
        self.chars.extend(text.chars().map(|c| (c, font)));
    }

    /// The text without fonts, for code; empties the paragraph.
    pub(super) fn take_plain(&mut self) -> String {
        self.font = Font::Roman;
        self.joins = false;
        self.chars.drain(..).map(|(c, _)| c).collect()
    }

    /// As inline Markdown; empties the paragraph.
    pub(super) fn take_markdown(&mut self) -> String {
        self.joins = false;
        let chars = std::mem::take(&mut self.chars);
        let mut out = String::with_capacity(chars.len() + chars.len() / 8);
        for (number, line) in chars.split(|(c, _)| *c == '\n').enumerate() {
            if number > 0 {
                out.push('\n');
            }
            let mut rendered = String::with_capacity(line.len() + 16);
            line_markdown(&mut rendered, line);
            emit::line_into(&mut out, rendered.trim());
        }
        out
    }
}

/// One line: words in the font of each.
fn line_markdown(out: &mut String, line: &[(char, Font)]) {
    let mut at = 0;
    while at < line.len() {
        let end = token_end(line, at);
        if end == at {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
            at += 1;
            continue;
        }
        token(out, &line[at..end]);
        at = end;
    }
}

/// A word, or several whose spaces are in the same font.
fn token_end(line: &[(char, Font)], start: usize) -> usize {
    let font = line[start].1;
    let mut at = start;
    while at < line.len() {
        let (c, space) = line[at];
        if c.is_whitespace() {
            let goes_on = font != Font::Roman
                && space == font
                && at > start
                && line
                    .get(at + 1)
                    .is_some_and(|(c, next)| *next == font && !c.is_whitespace());
            if !goes_on {
                break;
            }
        }
        at += 1;
    }
    at
}

fn token(out: &mut String, token: &[(char, Font)]) {
    let plain: String = token.iter().map(|(c, _)| *c).collect();
    let fonts = |font: Font| token.iter().any(|(_, f)| *f == font);
    let (bold, italic) = (fonts(Font::Bold), fonts(Font::Italic));
    if let Some(end) = reference_end(&plain) {
        let (reference, rest) = plain.split_at(end);
        let start = reference
            .find(|c: char| c.is_alphanumeric() || c == '_' || c == '.')
            .unwrap_or(0);
        emit::escape_into(out, &reference[..start]);
        let reference = &reference[start..];
        let target = reference.replace('(', ".").replace(')', "");
        emit::link_into(out, &emit::escaped(reference), &format!("ref:man:{target}"));
        emit::escape_into(out, rest);
        return;
    }
    if !bold && !italic {
        emit::escape_into(out, &plain.replace("``", "“").replace("''", "”"));
        return;
    }
    // Punctuation in the text's own font around the marked words stays outside.
    let roman = |(_, font): &&(char, Font)| *font == Font::Roman;
    let is_edge = |pair: &&(char, Font)| roman(pair) && !pair.0.is_alphanumeric();
    let lead: usize = token
        .iter()
        .take_while(is_edge)
        .map(|(c, _)| c.len_utf8())
        .sum();
    let trail: usize = token
        .iter()
        .rev()
        .take_while(is_edge)
        .map(|(c, _)| c.len_utf8())
        .sum();
    let marked = &plain[lead..plain.len() - trail];
    emit::escape_into(out, &plain[..lead]);
    if bold && (is_code(marked) || italic)
        || token.iter().filter(|pair| roman(pair)).count() > lead + trail
    {
        emit::code_into(out, marked);
    } else {
        let mark = if bold { "**" } else { "*" };
        out.push_str(mark);
        out.push_str(&emit::escaped(marked));
        out.push_str(mark);
    }
    emit::escape_into(out, &plain[plain.len() - trail..]);
}

/// Bold is how manuals write what is typed; but also how they stress words.
fn is_code(words: &str) -> bool {
    let is_sentence = words.contains(' ') || words.ends_with([':', '.', '!']);
    let is_prose = words
        .chars()
        .all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | ':' | ',' | '!'));
    !(is_sentence && is_prose && words.starts_with(char::is_uppercase))
}

/// The end of `name(3)`, behind its parenthesis, where a word is a reference to a manual page.
fn reference_end(word: &str) -> Option<usize> {
    let lead = word.len() - word.trim_start_matches(['(', '“', '"', '\'']).len();
    let word = &word[lead..];
    let open = word.find('(')?;
    let close = open + word[open..].find(')')?;
    let section = &word[open + 1..close];
    let name = &word[..open];
    let is_name = !name.is_empty()
        && name.len() <= 100
        && name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.')
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+' | ':' | '@'));
    let mut letters = section.chars();
    let is_section = letters.next().is_some_and(|c| matches!(c, '1'..='9'))
        && section.len() <= 5
        && letters.all(|c| c.is_ascii_lowercase());
    let ends = !word[close + 1..].starts_with(|c: char| c.is_alphanumeric());
    (is_name && is_section && ends).then_some(lead + close + 1)
}

/// The name of a font, register or string: `x`, `(xx` or `[…]`.
pub(super) fn name(text: &str) -> (&str, &str) {
    if let Some(rest) = text.strip_prefix('(') {
        taken(rest, 2)
    } else if let Some(rest) = text.strip_prefix('[') {
        rest.split_once(']').unwrap_or((rest, ""))
    } else {
        taken(text, 1)
    }
}

fn taken(text: &str, count: usize) -> (&str, &str) {
    let end = text
        .char_indices()
        .nth(count)
        .map_or(text.len(), |(at, _)| at);
    text.split_at(end)
}

/// Behind a size: `\s0`, `\s+1`, `\s(10`, `\s[+2]`.
fn after_size(text: &str) -> &str {
    let text = text.trim_start_matches(['+', '-']);
    if text.starts_with(['(', '[']) {
        return name(text).1;
    }
    if text.starts_with('\'') {
        return after_quoted(text);
    }
    let two_digits = matches!(text.as_bytes(), [b'1'..=b'3', b'0'..=b'9', ..]);
    taken(text, 1 + usize::from(two_digits)).1
}

/// Behind an argument in quotes of any kind: `\h'-04'`.
fn after_quoted(text: &str) -> &str {
    let mut chars = text.chars();
    let Some(quote) = chars.next() else { return "" };
    chars
        .as_str()
        .split_once(quote)
        .map_or("", |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn markdown(text: &str) -> String {
        let mut inline = Inline::default();
        inline.push(text);
        inline.take_markdown()
    }

    #[test]
    fn fonts_and_characters() {
        assert_eq!(
            markdown(r"Use \fB\-\-file\fR=\fIname\fR, or \fIx\fP."),
            "Use `--file=name`, or *x*."
        );
        assert_eq!(
            markdown(r"\fBWarning:\fP a \(em b \e \[u20AC] \(bu"),
            "**Warning:** a — b \\\\ € •"
        );
        assert_eq!(
            markdown(r"see \fBls\fR(1), (printf(3))"),
            "see [ls(1)](ref:man:ls.1), ([printf(3)](ref:man:printf.3))"
        );
        assert_eq!(
            markdown(r"\fBgit commit\fR \s-1X\s0\h'3n'y"),
            "`git commit` Xy"
        );
    }
}
