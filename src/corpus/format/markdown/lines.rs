//! The block syntax of the dialects, line by line: admonitions, tabs, definition lists,
//! modules of MDX, attributes, fences.

use super::admonition::{self, DEEPEST, dedent, indentation};
use super::fence::{self, Fence};
use super::notation;
use super::syntax::{
    alert, cap_containers, directive, heading, is_abbreviation, is_admonition, is_attribute_line,
    is_contents, quoted, trailing_attributes,
};
use super::tag::Tag;

/// Containers of a dialect may nest this deep; inside, their marks are only taken away.
const MOST_FRAMES: usize = 64;

/// The rewritten text, and whether modules of MDX were seen.
pub(super) fn rewrite(text: &str, mdx: bool) -> (String, bool) {
    let mut lines = Lines {
        out: String::with_capacity(text.len() + text.len() / 8),
        frames: Vec::new(),
        fence: None,
        skip: None,
        lead: None,
        in_list: false,
        previous: Previous::Blank,
        too_deep: 0,
        gap: false,
        mdx,
    };
    for line in text.lines() {
        lines.line(line);
    }
    lines.flush_lead();
    (lines.out, lines.mdx)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Previous {
    Blank,
    Text,
    /// Indented code.
    Code,
    /// A tag alone on its line.
    Tag,
}

/// What ends a run of lines that are not Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Skip {
    /// An `import` or `export` of MDX: a blank line.
    Module,
    /// `</script>` or `</style>`.
    Script(&'static str),
}

#[derive(Debug)]
enum Kind {
    /// From `:::` (or `///`) to the line that closes it.
    Marked { mark: u8, length: usize },
    /// As long as lines are indented.
    Indented,
}

/// An open container of a dialect.
#[derive(Debug)]
struct Frame {
    kind: Kind,
    /// Columns to take off each line.
    strip: usize,
    /// A line that is indented less has left it, where indentation holds it.
    least: usize,
    /// What each line of it begins with in the output.
    prefix: String,
    /// How many quotes the prefix holds.
    depth: usize,
}

struct Lines {
    out: String,
    frames: Vec<Frame>,
    fence: Option<(Fence, usize)>,
    skip: Option<Skip>,
    /// The bold words of an admonition that wait for its first line.
    lead: Option<String>,
    in_list: bool,
    previous: Previous,
    /// Open containers beyond the deepest that is kept.
    too_deep: usize,
    /// A blank line is due before the next line.
    gap: bool,
    mdx: bool,
}

impl Lines {
    fn line(&mut self, raw: &str) {
        let blank = raw.trim().is_empty();
        if let Some(skip) = self.skip {
            let ends = match skip {
                Skip::Module => blank,
                Skip::Script(end) => raw.contains(end),
            };
            if ends {
                self.skip = None;
            }
            return;
        }
        if !blank {
            self.leave_frames(raw);
        }
        let strip = self.frames.last().map_or(0, |frame| frame.strip);
        let line = dedent(raw, strip);
        if let Some((fence, extra)) = self.fence {
            if fence.is_left_by(line) {
                self.fence = None;
            } else {
                let closed = fence.is_closed_by(line);
                if closed {
                    self.fence = None;
                    self.previous = Previous::Text;
                }
                let Some(line) = notation::shown(dedent(line, extra)) else {
                    return;
                };
                if closed || !fence.hides_lines {
                    return self.write(line);
                }
                let code = line.trim_start();
                if code == "#" || code.starts_with("# ") {
                    return;
                }
                if code.starts_with("##") {
                    return self.write(&line.replacen("##", "#", 1));
                }
                return self.write(line);
            }
        }
        if blank {
            // Written with the next line: whether it is still inside the containers, that tells.
            self.gap = true;
            self.previous = match self.previous {
                Previous::Code => Previous::Code,
                _ => Previous::Blank,
            };
            return;
        }
        self.block(line, raw);
    }

    /// Closes the indented containers that the line no longer stands in.
    fn leave_frames(&mut self, raw: &str) {
        let width = indentation(raw);
        let left = self
            .frames
            .iter()
            .position(|frame| matches!(frame.kind, Kind::Indented) && width < frame.least);
        if let Some(left) = left {
            self.close_frames(left);
        }
    }

    fn close_frames(&mut self, keep: usize) {
        self.flush_lead();
        let first = &self.frames[keep];
        let outer = keep.checked_sub(1).map_or(0, |i| self.frames[i].strip);
        let opened_at = match first.kind {
            Kind::Indented => first.strip.saturating_sub(4),
            Kind::Marked { .. } => first.strip,
        };
        self.in_list = opened_at > outer;
        self.frames.truncate(keep);
        self.fence = None;
        self.gap = true;
        self.previous = Previous::Blank;
    }

    fn block(&mut self, line: &str, raw: &str) {
        let line = &*cap_containers(line);
        let indent = indentation(line);
        let trimmed = line.trim();
        // Code by indentation, which MDX does not have.
        if indent >= 4 && !self.in_list {
            if self.mdx {
                let outdented = line.trim_start();
                if let Some(opening) = fence::open(outdented) {
                    return self.open_fence(&opening, indent);
                }
                return self.dialect(outdented, trimmed, raw);
            }
            if matches!(self.previous, Previous::Blank | Previous::Code) {
                self.emit(line);
                self.previous = Previous::Code;
                return;
            }
        }
        if let Some(opening) = fence::open(line) {
            return self.open_fence(&opening, 0);
        }
        self.dialect(line, trimmed, raw);
    }

    fn open_fence(&mut self, opening: &fence::Opening<'_>, extra: usize) {
        // Directly below a tag, CommonMark would take the code for HTML.
        if self.previous == Previous::Tag {
            self.emit("");
        }
        let lead = opening.lead;
        if fence::marker(lead.trim_start()).is_some() {
            self.in_list = true;
        }
        let mut lead_now = lead.to_owned();
        if let Some(title) = opening.title {
            self.emit(&format!("{lead}`{title}`"));
            let rest: String = lead
                .chars()
                .map(|c| if c == '>' { '>' } else { ' ' })
                .collect();
            self.emit(&rest);
            lead_now = rest;
        }
        self.emit(&format!("{lead_now}{}{}", opening.marks, opening.language));
        self.fence = Some((opening.fence, extra));
        self.previous = Previous::Text;
    }

    /// A line outside code.
    fn dialect(&mut self, line: &str, trimmed: &str, raw: &str) {
        let first = trimmed.as_bytes()[0];
        match first {
            b':' if self.colons(line, trimmed, raw) => return,
            b'/' if self.slashes(trimmed, raw) => return,
            b'!' | b'?' | b'=' if self.indented_container(trimmed, raw) => return,
            b'[' if is_contents(trimmed) => return,
            b'*' if is_abbreviation(trimmed) => return,
            b'{' if is_attribute_line(trimmed) => return,
            b'i' | b'e' if line.starts_with(char::from(first)) && self.module(trimmed) => return,
            b'<' => {
                for (open, end) in [("<script", "</script"), ("<style", "</style")] {
                    let rest = trimmed.strip_prefix(open);
                    if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '>'])) {
                        if !trimmed.contains(end) {
                            self.skip = Some(Skip::Script(end));
                        }
                        return;
                    }
                }
                let component = Tag::at(line, line.len() - line.trim_start().len())
                    .filter(|tag| tag.is_component() && tag.end >= line.trim_end().len());
                if component.is_some() {
                    if self.previous != Previous::Blank {
                        self.emit("");
                    }
                    self.emit(line);
                    self.gap = true;
                    self.previous = Previous::Tag;
                    return;
                }
                self.emit(line);
                self.previous = if trimmed.ends_with('>') {
                    Previous::Tag
                } else {
                    Previous::Text
                };
                return;
            }
            b'#' => {
                if let Some(heading) = heading(line) {
                    self.in_list &= indentation(line) > 0;
                    self.emit(&heading);
                    self.previous = Previous::Text;
                    return;
                }
            }
            _ => {}
        }
        self.note_list(line, trimmed);
        if first == b'>' {
            if let Some(alert) = alert(line) {
                self.emit(&alert);
                self.previous = Previous::Text;
                return;
            }
        } else if (first == b'-' || first == b'*')
            && let Some(definition) = trimmed[1..].trim_start().strip_prefix(": ")
        {
            // MDN's definition lists: a term's list item holds `- : definition`.
            let indent = &line[..line.len() - line.trim_start().len()];
            self.emit(&format!("{indent}- {}", definition.trim_start()));
            self.previous = Previous::Text;
            return;
        }
        let cut = trailing_attributes(line);
        self.emit(cut);
        self.previous = Previous::Text;
    }

    fn note_list(&mut self, line: &str, trimmed: &str) {
        if fence::marker(trimmed).is_some() {
            self.in_list = true;
        } else if self.previous == Previous::Blank && indentation(line) == 0 {
            self.in_list = false;
        }
    }

    // ---- Containers

    /// `::: note Title`, `:::`, and definitions (`:   text`).
    fn colons(&mut self, line: &str, trimmed: &str, raw: &str) -> bool {
        let length = trimmed.bytes().take_while(|b| *b == b':').count();
        let rest = trimmed[length..].trim();
        if length < 3 {
            return length == 1
                && trimmed
                    .as_bytes()
                    .get(1)
                    .is_some_and(|b| matches!(b, b' ' | b'\t'))
                && !rest.is_empty()
                && self.definition(line, rest, raw);
        }
        if rest.is_empty() {
            return self.close_marked(b':', length);
        }
        let Some((kind, title)) = directive(rest) else {
            return false;
        };
        self.open_marked(b':', length, &kind, title, raw);
        true
    }

    /// Blocks of pymdownx: `/// note | Title`, `///`.
    fn slashes(&mut self, trimmed: &str, raw: &str) -> bool {
        let length = trimmed.bytes().take_while(|b| *b == b'/').count();
        let rest = trimmed[length..].trim();
        if length < 3 {
            return false;
        }
        if rest.is_empty() {
            let open = self
                .frames
                .iter()
                .any(|frame| matches!(frame.kind, Kind::Marked { mark: b'/', .. }));
            return open && self.close_marked(b'/', length);
        }
        let (kind, title) = rest.split_once('|').map_or((rest, None), |(kind, title)| {
            (kind.trim(), Some(title.trim()))
        });
        let word = kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let known = (title.is_some() && word) || is_admonition(kind);
        let (kind, title) = match kind {
            // The title names an element, not the text.
            "html" => (kind, None),
            "tab" | "details" | "caption" | "define" => (kind, title),
            _ if is_admonition(kind) => (kind, title),
            _ => ("note", title),
        };
        if !known || !trimmed[length..].starts_with(' ') {
            return false;
        }
        self.open_marked(b'/', length, kind, title.map(str::to_owned), raw);
        true
    }

    fn open_marked(
        &mut self,
        mark: u8,
        length: usize,
        kind: &str,
        title: Option<String>,
        raw: &str,
    ) {
        if self.frames.len() >= MOST_FRAMES {
            self.too_deep += 1;
            return;
        }
        let strip = indentation(raw);
        let frame = Kind::Marked { mark, length };
        if is_admonition(kind) {
            self.push(frame, strip, true);
            self.lead = Some(admonition::lead(kind, title.as_deref()));
        } else {
            self.push(frame, strip, false);
            if let Some(title) = title.filter(|title| !title.is_empty()) {
                self.emit(&format!("**{}**", title.replace("**", "")));
                self.emit("");
            }
        }
    }

    fn close_marked(&mut self, mark: u8, length: usize) -> bool {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return true;
        }
        let find = |fits: &dyn Fn(usize) -> bool| {
            self.frames.iter().rposition(
                |frame| matches!(frame.kind, Kind::Marked { mark: m, length } if m == mark && fits(length)),
            )
        };
        if let Some(index) = find(&|open| open == length).or_else(|| find(&|open| open < length)) {
            self.close_frames(index);
        }
        true
    }

    /// `!!! note "Title"`, `??? note`, `=== "Tab"`.
    fn indented_container(&mut self, trimmed: &str, raw: &str) -> bool {
        // What is indented under them is four columns in.
        let strip = indentation(raw) + 4;
        if self.frames.len() >= MOST_FRAMES {
            return false;
        }
        if let Some(rest) = trimmed.strip_prefix("===") {
            let rest = rest.trim_start_matches(['!', '+']).trim();
            let Some(label) = quoted(rest) else {
                return false;
            };
            self.push(Kind::Indented, strip, false);
            self.emit(&format!("**{}**", label.replace("**", "")));
            self.emit("");
            return true;
        }
        let rest = trimmed.strip_prefix("!!!").or_else(|| {
            trimmed
                .strip_prefix("???")
                .map(|rest| rest.strip_prefix('+').unwrap_or(rest))
        });
        let Some(rest) = rest.filter(|rest| rest.starts_with(' ')).map(str::trim) else {
            return false;
        };
        let (words, title) = match rest.find(['"', '\'']) {
            Some(at) => (&rest[..at], quoted(&rest[at..])),
            None => (rest, None),
        };
        let mut words = words.split_whitespace();
        let kind = words.next().unwrap_or("note");
        let plain = |word: &str| {
            word.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        if !plain(kind) || words.count() > 3 {
            return false;
        }
        self.push(Kind::Indented, strip, true);
        self.lead = Some(admonition::lead(kind, title));
        true
    }

    /// A definition of Markdown Extra, as an item under its term.
    fn definition(&mut self, line: &str, text: &str, raw: &str) -> bool {
        if self.previous != Previous::Text || indentation(line) >= 4 {
            return false;
        }
        let base = indentation(line);
        self.emit(&format!("{}- {text}", " ".repeat(base)));
        let strip = indentation(raw) + 4;
        let parent = self.frames.last();
        let prefix =
            parent.map_or_else(String::new, |frame| frame.prefix.clone()) + &" ".repeat(base + 2);
        let depth = parent.map_or(0, |frame| frame.depth);
        if self.frames.len() < MOST_FRAMES {
            self.frames.push(Frame {
                kind: Kind::Indented,
                strip,
                least: strip - 2,
                prefix,
                depth,
            });
        }
        true
    }

    fn push(&mut self, kind: Kind, strip: usize, quote: bool) {
        self.flush_lead();
        // Stands apart from what came before, outside the new container.
        self.gap = false;
        if !self.out.is_empty() {
            self.write("");
        }
        let (outer, prefix, depth) = self.frames.last().map_or((0, "", 0), |frame| {
            (frame.strip, frame.prefix.as_str(), frame.depth)
        });
        let opened_at = match kind {
            Kind::Indented => strip - 4,
            Kind::Marked { .. } => strip,
        };
        let mut prefix = prefix.to_owned();
        if self.in_list && prefix.len() < 256 {
            prefix.push_str(&" ".repeat(opened_at.saturating_sub(outer).min(64)));
        }
        let quote = quote && depth < DEEPEST;
        if quote {
            prefix.push_str("> ");
        }
        let depth = depth + usize::from(quote);
        self.frames.push(Frame {
            kind,
            strip,
            least: strip,
            prefix,
            depth,
        });
        self.in_list = false;
        self.previous = Previous::Blank;
    }

    // ---- Modules

    fn module(&mut self, line: &str) -> bool {
        let is_import = line.strip_prefix("import ").is_some_and(|rest| {
            let from = rest
                .split_once(" from ")
                .is_some_and(|(_, path)| path.trim_start().starts_with(['"', '\'']));
            let bare = rest.trim_start().starts_with(['"', '\'']);
            let names = rest.trim() == "{";
            from || bare || (names && self.mdx)
        });
        let is_export = self.mdx
            && [
                "const ",
                "default ",
                "function ",
                "let ",
                "async ",
                "var ",
                "{",
                "* ",
            ]
            .iter()
            .any(|word| {
                line.strip_prefix("export ")
                    .is_some_and(|rest| rest.starts_with(word))
            });
        if (!is_import && !is_export) || !self.frames.is_empty() {
            return false;
        }
        self.mdx = true;
        let ends = is_import && line.contains(['"', '\'']);
        if !ends {
            self.skip = Some(Skip::Module);
        }
        true
    }

    // ---- Output

    fn flush_lead(&mut self) {
        if let Some(lead) = self.lead.take() {
            self.gap = false;
            self.write(&lead);
        }
    }

    /// Writes a line of text, with the blank line and the admonition's lead that wait for it.
    fn emit(&mut self, line: &str) {
        if line.trim().is_empty() {
            self.gap = true;
            return;
        }
        if let Some(lead) = self.lead.take() {
            self.gap = false;
            let text = line.trim_start();
            let joins = text.starts_with(|c: char| c.is_alphanumeric() || "[(\"'`_".contains(c))
                && fence::marker(text).is_none()
                && !text.starts_with("```");
            if joins {
                return self.write(&format!("{lead} {text}"));
            }
            self.write(&lead);
            self.gap = true;
        }
        if std::mem::take(&mut self.gap) {
            self.write("");
        }
        self.write(line);
    }

    fn write(&mut self, line: &str) {
        if let Some(frame) = self.frames.last() {
            if line.trim().is_empty() {
                self.out.push_str(frame.prefix.trim_end());
            } else {
                self.out.push_str(&frame.prefix);
            }
        }
        self.out.push_str(line);
        self.out.push('\n');
    }
}
