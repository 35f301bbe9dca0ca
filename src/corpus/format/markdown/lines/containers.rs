//! What holds blocks in the dialects: `:::`, `///`, `!!!`, `===`, definitions.

use super::super::admonition::{self, DEEPEST, indentation};
use super::super::fence::Fence;
use super::super::syntax::{directive, docfx, is_admonition, quoted};
use super::{Frame, Kind, Lines, MOST_FRAMES, Previous, Skip};

impl Lines {
    /// `::: note Title`, `:::`, and definitions (`:   text`).
    pub(super) fn colons(&mut self, line: &str, trimmed: &str, raw: &str) -> bool {
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
        match docfx(rest) {
            Some(text) if text.is_empty() => {
                self.emit("");
                return true;
            }
            Some(text) => {
                self.emit("");
                self.emit(&text);
                self.emit("");
                return true;
            }
            None => {}
        }
        if length == 3 && self.documented(rest, raw) {
            return true;
        }
        if rest == "mermaid" {
            self.emit("");
            self.emit("```mermaid");
            self.fence = Some((Fence::of_colons(length), 0));
            return true;
        }
        let (kind, title) = match directive(rest) {
            Some(found) => found,
            // A division with an id alone.
            None if rest.starts_with('{') && rest.ends_with('}') => ("div".to_owned(), None),
            None => return false,
        };
        let callout = rest.split_once(".callout-").map(|(_, kind)| kind);
        let kind = match callout.and_then(|kind| kind.split([' ', '}']).next()) {
            Some(kind) => kind.to_owned(),
            None => kind,
        };
        self.open_marked(b':', length, &kind, title, raw);
        self.takes_heading = callout.is_some();
        if rest.contains("panel-tabset")
            && let Some(frame) = self.frames.last_mut()
        {
            frame.is_tabs = true;
        }
        true
    }

    /// `::: package.module` of mkdocstrings: the name stays, its options go.
    fn documented(&mut self, name: &str, raw: &str) -> bool {
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':'));
        let width = indentation(raw);
        let has_options = self.next.is_option && self.next.indent > width;
        if !is_name || !(has_options || name.contains('.')) {
            return false;
        }
        self.emit("");
        self.emit(&format!("**`{name}`**"));
        self.emit("");
        self.previous = Previous::Blank;
        if self.next.indent > width {
            self.skip = Some(Skip::Deeper(width));
        }
        true
    }

    /// Blocks of pymdownx: `/// note | Title`, `///`.
    pub(super) fn slashes(&mut self, trimmed: &str, raw: &str) -> bool {
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
        let known = (title.is_some() && word)
            || is_admonition(kind)
            || is_caption(kind)
            || matches!(kind, "details" | "html" | "define" | "tab");
        let (kind, title) = match kind {
            // The title names an element, not the text.
            "html" => (kind, None),
            "tab" | "details" | "define" => (kind, title),
            _ if is_caption(kind) => (kind, None),
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
    pub(super) fn indented_container(&mut self, trimmed: &str, raw: &str) -> bool {
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
                is_tabs: false,
            });
        }
        true
    }

    pub(super) fn push(&mut self, kind: Kind, strip: usize, quote: bool) {
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
            is_tabs: false,
        });
        self.in_list = false;
        self.base = 0;
        self.previous = Previous::Blank;
    }
}

/// `caption`, `figure-caption`, `table-caption | < 3`
fn is_caption(kind: &str) -> bool {
    kind.ends_with("caption")
}
