//! The blocks of a document, from top to bottom.

use super::super::emit;
use super::{MAX_ALIASES, MAX_DEPTH, inline, lists, tables};
use crate::corpus::heading::with_names;

/// What stands above a block: `[source,java]`, `[[id]]`, `.Title`.
#[derive(Default)]
pub(super) struct Above {
    pub(super) attributes: String,
    title: Option<String>,
    anchor: Option<String>,
}

impl Above {
    /// The first word: the block's style.
    fn style(&self) -> &str {
        self.attributes
            .split([',', '%', '.', '#'])
            .next()
            .unwrap_or("")
            .trim()
    }

    fn language(&self) -> &str {
        let mut parts = self.attributes.split(',').map(str::trim);
        let style = parts.next().unwrap_or("");
        let named = self.attributes.split_once("language=").map(|(_, value)| {
            value
                .trim_matches('"')
                .split([',', '"'])
                .next()
                .unwrap_or(value)
        });
        let second = parts.next().filter(|part| !part.contains('='));
        if style.starts_with("source") || style.is_empty() {
            named.or(second).unwrap_or("")
        } else {
            ""
        }
    }
}

#[derive(Default)]
pub(super) struct Converter {
    pub(super) aliases: Vec<String>,
    /// Markers of the lists that are open, and how many items each has.
    pub(super) markers: Vec<(String, usize)>,
    depth: usize,
    titled: bool,
}

impl Converter {
    /// The blocks inside another one, on their own.
    pub(super) fn inner(&mut self, lines: &[&str]) -> String {
        let mut out = String::new();
        let markers = std::mem::take(&mut self.markers);
        self.depth += 1;
        self.blocks(lines, &mut out);
        self.depth -= 1;
        self.markers = markers;
        out
    }

    pub(super) fn blocks(&mut self, lines: &[&str], out: &mut String) {
        if self.depth >= MAX_DEPTH {
            for paragraph in lines.split(|line| line.is_empty()) {
                emit::paragraph(out, &inline::markdown(&paragraph.join(" ")));
            }
            return;
        }
        let mut above = Above::default();
        let mut at = 0;
        while at < lines.len() {
            let rest = &lines[at..];
            if rest[0].is_empty() {
                at += 1;
            } else if let Some(count) = self.above(rest, &mut above) {
                at += count;
            } else {
                at += self.block(rest, &std::mem::take(&mut above), out);
            }
        }
    }

    fn above(&mut self, lines: &[&str], above: &mut Above) -> Option<usize> {
        let line = lines[0];
        if let Some(id) = line
            .strip_prefix("[[")
            .and_then(|rest| rest.strip_suffix("]]"))
        {
            self.anchor(above, id.split(',').next().unwrap_or(id));
            return Some(1);
        }
        if is_attribute_line(line) {
            let inner = &line[1..line.len() - 1];
            if let Some(id) = inner
                .split(',')
                .next()
                .and_then(|first| first.split_once('#'))
                .map(|(_, id)| id)
            {
                self.anchor(above, id.split(['.', '%']).next().unwrap_or(id));
            }
            if !above.attributes.is_empty() {
                above.attributes.push(',');
            }
            above.attributes.push_str(inner);
            return Some(1);
        }
        let title = line
            .strip_prefix('.')
            .filter(|title| !title.starts_with(['.', ' ']) && !title.is_empty())?;
        above.title = Some(inline::markdown(title));
        Some(1)
    }

    fn anchor(&mut self, above: &mut Above, id: &str) {
        if self.aliases.len() < MAX_ALIASES && !id.is_empty() && id.len() <= 200 {
            self.aliases.push(id.to_owned());
        }
        above.anchor.get_or_insert_with(|| id.to_owned());
    }

    fn block(&mut self, lines: &[&str], above: &Above, out: &mut String) -> usize {
        if let Some(count) = self.heading(lines, above, out) {
            self.markers.clear();
            return count;
        }
        if let Some(count) = lists::list(self, lines, out) {
            return count;
        }
        self.markers.clear();
        // A comment by its style: a paragraph, or an open block.
        if above.style() == "comment" && (lines[0] == "--" || delimiter(lines[0]).is_none()) {
            let (plain, mut unseen) = (Above::default(), String::new());
            return self
                .delimited(lines, &plain, &mut unseen)
                .unwrap_or_else(|| self.paragraph(lines, &plain, &mut unseen));
        }
        if let Some(title) = &above.title {
            emit::paragraph(out, &format!("**{title}**"));
        }
        self.delimited(lines, above, out)
            .or_else(|| tables::table(self, lines, above, out))
            .or_else(|| block_macro(lines[0], out).then_some(1))
            .unwrap_or_else(|| self.paragraph(lines, above, out))
    }

    fn heading(&mut self, lines: &[&str], above: &Above, out: &mut String) -> Option<usize> {
        let (level, title, count) = one_line_title(lines[0])
            .map(|(level, title)| (level, title, 1))
            .or_else(|| {
                let level = two_line_title(lines[0], lines.get(1)?)?;
                Some((level, lines[0], 2))
            })?;
        let (anchor, title) = match title
            .strip_prefix("[[")
            .and_then(|rest| rest.split_once("]]"))
        {
            Some((id, title)) => (Some(id), title),
            None => (above.anchor.as_deref(), title),
        };
        let title = title.trim().trim_end_matches(" =");
        let text = inline::markdown(&with_names(title, |name| format!("+{name}+")));
        emit::heading(out, level, &text, anchor);
        if level == 1 && !self.titled {
            self.titled = true;
            // Author and revision, right below the document's title.
            let header = lines[count..]
                .iter()
                .take(2)
                .take_while(|line| !line.is_empty() && !line.starts_with(['[', '=', '.']))
                .count();
            return Some(count + header);
        }
        Some(count)
    }

    fn delimited(&mut self, lines: &[&str], above: &Above, out: &mut String) -> Option<usize> {
        let open = lines[0];
        let (kind, fenced_language) = delimiter(open)?;
        let end = if kind == '`' { &open[..3] } else { open };
        let close = lines[1..]
            .iter()
            .position(|line| *line == end)
            .map_or(lines.len(), |at| at + 1);
        let body = &lines[1..close];
        let count = (close + 1).min(lines.len());
        let style = above.style();
        let code = matches!(style, "source" | "listing" | "literal") || style.starts_with("source");
        match kind {
            '-' | '.' | '`' if kind != '-' || open.len() >= 4 || code => {
                let language = if fenced_language.is_empty() {
                    above.language()
                } else {
                    fenced_language
                };
                emit::fence(out, language, &body.join("\n"));
            }
            '+' if matches!(style, "stem" | "latexmath" | "asciimath") => {
                emit::fence(out, "math", &body.join("\n"));
            }
            '+' => {}
            '_' if style == "verse" => verse(out, body),
            '_' => {
                let inner = self.inner(body);
                if !inner.is_empty() {
                    emit::gap(out);
                    emit::nested(out, &inner, "> ", "> ");
                }
            }
            _ => {
                let inner = self.inner(body);
                if let Some(label) = admonition_label(style) {
                    emit::admonition(out, label, &inner);
                } else if !inner.is_empty() {
                    emit::gap(out);
                    out.push_str(&inner);
                }
            }
        }
        Some(count)
    }

    fn paragraph(&mut self, lines: &[&str], above: &Above, out: &mut String) -> usize {
        let style = above.style();
        let code = matches!(style, "source" | "listing" | "literal") || style.starts_with("source");
        if code || (lines[0].starts_with([' ', '\t']) && style.is_empty()) {
            let end = lines.iter().take_while(|line| !line.is_empty()).count();
            emit::fence(out, above.language(), &dedented(&lines[..end]));
            return end;
        }
        // A block that begins without a blank line before it ends the paragraph.
        let goes_on = |line: &&&str| {
            !line.is_empty()
                && **line != "+"
                && !is_attribute_line(line)
                && delimiter(line).is_none()
                && !line.starts_with("|===")
        };
        let end = 1 + lines[1..].iter().take_while(goes_on).count();
        let lines = &lines[..end];
        if style == "verse" {
            verse(out, lines);
            return end;
        }
        let text = joined(lines);
        let labelled = ["NOTE", "TIP", "WARNING", "IMPORTANT", "CAUTION"]
            .into_iter()
            .find_map(|name| Some((name, text.strip_prefix(name)?.strip_prefix(": ")?)));
        if let Some((name, text)) = labelled {
            emit::admonition(
                out,
                admonition_label(name).unwrap_or(name),
                &inline::markdown(text),
            );
        } else if let Some(label) = admonition_label(style) {
            emit::admonition(out, label, &inline::markdown(&text));
        } else if style == "quote" {
            emit::gap(out);
            emit::nested(out, &inline::markdown(&text), "> ", "> ");
        } else if text != "+" {
            emit::paragraph(out, &broken(&text));
        }
        end
    }
}

/// Text whose lines ended in ` +` has breaks there.
pub(super) fn broken(text: &str) -> String {
    text.split('\n')
        .map(inline::markdown)
        .collect::<Vec<_>>()
        .join("\\\n")
}

/// The text of a paragraph's lines on one, with a newline for each forced break.
pub(super) fn joined(lines: &[&str]) -> String {
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        if number > 0 && !text.ends_with('\n') {
            text.push(' ');
        }
        match line.strip_suffix(" +") {
            Some(line) if number + 1 < lines.len() => {
                text.push_str(line.trim());
                text.push('\n');
            }
            _ => text.push_str(line.trim()),
        }
    }
    text
}

fn verse(out: &mut String, lines: &[&str]) {
    let lines: Vec<_> = lines
        .iter()
        .map(|line| inline::markdown(line.trim().trim_end_matches(" +")))
        .collect();
    emit::paragraph(out, &lines.join("\\\n").replace("\n\\\n", "\n\n"));
}

fn dedented(lines: &[&str]) -> String {
    let least = lines
        .iter()
        .filter(|line| !line.is_empty())
        .map(|line| line.len() - line.trim_start_matches([' ', '\t']).len())
        .min()
        .unwrap_or(0);
    lines
        .iter()
        .map(|line| line.get(least..).unwrap_or(""))
        .collect::<Vec<_>>()
        .join("\n")
}

fn block_macro(line: &str, out: &mut String) -> bool {
    if matches!(line, "'''" | "---" | "***" | "<<<" | "- - -" | "* * *") {
        return true;
    }
    let Some((name, rest)) = line.split_once("::") else {
        return false;
    };
    let Some((_, words)) = rest.strip_suffix(']').and_then(|rest| rest.split_once('[')) else {
        return false;
    };
    match name {
        "toc" | "video" | "audio" | "icon" => {}
        "image" => {
            emit::paragraph(out, &inline::markdown(inline::alternative(words)));
        }
        _ => return false,
    }
    true
}

fn admonition_label(style: &str) -> Option<&'static str> {
    Some(match style {
        "NOTE" => "Note",
        "TIP" => "Tip",
        "WARNING" => "Warning",
        "IMPORTANT" => "Important",
        "CAUTION" => "Caution",
        _ => return None,
    })
}

pub(super) fn is_attribute_line(line: &str) -> bool {
    line.starts_with('[')
        && line.ends_with(']')
        && line.len() > 2
        && !line[1..].starts_with([' ', '<'])
        && !line[1..line.len() - 1].contains("](")
}

/// The kind of a block's delimiter, and the language that it names.
pub(super) fn delimiter(line: &str) -> Option<(char, &str)> {
    if let Some(language) = line.strip_prefix("```") {
        return (!language.contains('`')).then_some(('`', language.trim()));
    }
    if line == "--" {
        return Some(('-', ""));
    }
    let mark = line
        .chars()
        .next()
        .filter(|c| matches!(c, '-' | '.' | '=' | '*' | '_' | '+'))?;
    (line.len() >= 4 && line.chars().all(|c| c == mark)).then_some((mark, ""))
}

/// `== Title`
fn one_line_title(line: &str) -> Option<(usize, &str)> {
    let mark = line.chars().next().filter(|c| matches!(c, '=' | '#'))?;
    let level = line.bytes().take_while(|b| *b == mark as u8).count();
    let title = line[level..].strip_prefix(' ')?.trim();
    (level <= 6 && !title.is_empty()).then_some((level, title))
}

/// A title underlined over its length.
fn two_line_title(title: &str, below: &str) -> Option<usize> {
    let mark = below.chars().next()?;
    let level = ['=', '-', '~', '^', '+']
        .iter()
        .position(|known| *known == mark)?
        + 1;
    let is_line = below.len() >= 2 && below.chars().all(|c| c == mark);
    let has_words =
        title.chars().any(char::is_alphanumeric) && !title.starts_with([' ', '\t', '[', '.', '|']);
    let fits = title.chars().count().abs_diff(below.len()) <= 1;
    (is_line && has_words && fits && delimiter(title).is_none()).then_some(level)
}
