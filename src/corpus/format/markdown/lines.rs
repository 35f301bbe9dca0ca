//! The block syntax of the dialects, line by line: admonitions, tabs, definition lists,
//! modules of MDX, attributes, fences.

mod containers;

use super::admonition::{self, dedent, indentation};
use super::fence::{self, Fence};
use super::notation;
use super::syntax::{
    alert, cap_containers, docfx_note, heading, is_abbreviation, is_attribute_line, is_contents,
    is_rule, tab_title, trailing_attributes,
};
use super::tag::Tag;
use super::wiki::without_block_name;

/// Containers of a dialect may nest this deep; inside, their marks are only taken away.
const MOST_FRAMES: usize = 64;

/// The rewritten text, and whether modules of MDX were seen.
pub(super) fn rewrite(text: &str, mdx: bool) -> (String, bool) {
    let mut lines = Lines {
        next: Next::default(),
        is_vault: text.contains("[["),
        in_tabs: false,
        code_titles: false,
        takes_heading: false,
        base: 0,
        rebase: false,
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
    let mut all = text.lines().peekable();
    while let Some(line) = all.next() {
        lines.next = all.peek().map_or_else(Next::default, |next| Next::of(next));
        lines.line(line);
    }
    lines.flush_lead();
    (lines.out, lines.mdx)
}

/// What the line behind the present one is.
#[derive(Debug, Clone, Copy, Default)]
struct Next {
    indent: usize,
    /// `key: value`
    is_option: bool,
    /// `{:toc}`
    is_contents: bool,
}

impl Next {
    fn of(line: &str) -> Self {
        let text = line.trim();
        let key = text
            .bytes()
            .take_while(|b| b.is_ascii_lowercase() || *b == b'_')
            .count();
        Self {
            indent: indentation(line),
            is_option: key > 0 && text[key..].starts_with(':'),
            is_contents: text.starts_with("{:toc") || text.starts_with("{: toc"),
        }
    }
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
    /// A line that is not indented more: options of mkdocstrings.
    Deeper(usize),
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
    /// Its headings are names of tabs.
    is_tabs: bool,
}

struct Lines {
    next: Next,
    /// Links as in a vault of Obsidian: its queries are no code.
    is_vault: bool,
    /// Tabs of DocFX are open, up to a rule.
    in_tabs: bool,
    /// What stands behind the language of code is its title.
    code_titles: bool,
    /// The heading of an admonition is its title.
    takes_heading: bool,
    /// How far the content of components of MDX is indented, and whether the next line tells that.
    base: usize,
    rebase: bool,
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
        if let Some(Skip::Deeper(width)) = self.skip {
            if blank || indentation(raw) > width {
                return;
            }
            self.skip = None;
        }
        if let Some(skip) = self.skip {
            let ends = match skip {
                Skip::Module => blank,
                Skip::Script(end) => raw.contains(end),
                Skip::Deeper(_) => true,
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
                if fence.is_query && self.is_vault {
                    return;
                }
                let Some(line) = notation::shown(dedent(line, extra)) else {
                    return;
                };
                if closed {
                    return self.write(fence.closing.unwrap_or(line));
                }
                if !fence.hides_lines {
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
        self.base = 0;
        self.rebase = !self.in_list;
        self.fence = None;
        self.gap = true;
        self.previous = Previous::Blank;
    }

    fn block(&mut self, line: &str, raw: &str) {
        let mut line = &*cap_containers(line);
        if self.mdx {
            let width = indentation(line);
            if std::mem::take(&mut self.rebase) && !self.in_list {
                self.base = width;
            } else if width < self.base {
                self.base = width;
                self.in_list = false;
            }
            line = dedent(line, self.base);
        }
        let indent = indentation(line);
        let trimmed = line.trim();
        // Code by indentation, which MDX does not have.
        if indent >= 4 && !self.in_list {
            if self.mdx {
                let outdented = line.trim_start();
                if let Some(opening) = fence::open(outdented) {
                    return self.open_fence(&opening, self.base + indent);
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
            return self.open_fence(&opening, self.base);
        }
        self.dialect(line, trimmed, raw);
    }

    fn open_fence(&mut self, opening: &fence::Opening<'_>, extra: usize) {
        if opening.fence.is_query && self.is_vault {
            self.fence = Some((opening.fence, extra));
            self.previous = Previous::Blank;
            return;
        }
        // Directly below a tag, CommonMark would take the code for HTML.
        if self.previous == Previous::Tag {
            self.emit("");
        }
        let lead = opening.lead;
        if fence::marker(lead.trim_start()).is_some() {
            self.in_list = true;
        }
        let mut lead_now = lead.to_owned();
        let title = opening
            .title
            .or_else(|| opening.words.filter(|_| self.code_titles));
        if let Some(title) = title {
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
            b'!' | b'?' if self.docsify(trimmed) => return,
            b'-' | b'*' | b'_' if self.in_tabs && is_rule(trimmed) => {
                self.in_tabs = false;
                self.gap = true;
                return;
            }
            b'*' | b'-' | b'+' | b'1' if self.next.is_contents => return,
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
                if let Some(tag) = component {
                    if matches!(
                        tag.name,
                        "CodeGroup" | "RequestExample" | "ResponseExample" | "CodeBlocks"
                    ) {
                        self.code_titles = !tag.closing;
                    }
                    if self.previous != Previous::Blank {
                        self.emit("");
                    }
                    self.emit(line);
                    if self.mdx {
                        self.in_list &= indentation(line) > 0;
                        self.rebase = !self.in_list;
                    }
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
                if let Some(title) = tab_title(trimmed) {
                    self.in_tabs = true;
                    return self.title(title);
                }
                let title = trimmed.trim_start_matches('#').trim();
                if self.takes_heading && self.lead.is_some() {
                    self.lead = Some(admonition::lead("note", Some(title)));
                    return;
                }
                if self.frames.last().is_some_and(|frame| frame.is_tabs) {
                    return self.title(title.split(" {").next().unwrap_or(title));
                }
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
            if let Some(note) = docfx_note(line) {
                if !note.is_empty() {
                    self.emit(&note);
                }
                return;
            }
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
        let cut = without_block_name(trailing_attributes(line));
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

    /// A title in bold, in a line of its own.
    fn title(&mut self, title: &str) {
        self.emit("");
        self.emit(&format!("**{}**", title.replace("**", "")));
        self.emit("");
        self.previous = Previous::Blank;
    }

    /// `!> warning` and `?> tip` of Docsify.
    fn docsify(&mut self, trimmed: &str) -> bool {
        let Some(text) = trimmed.get(2..).filter(|_| trimmed[1..].starts_with("> ")) else {
            return false;
        };
        let kind = if trimmed.starts_with('!') {
            "warning"
        } else {
            "tip"
        };
        self.emit(&format!(
            "> {} {}",
            admonition::lead(kind, None),
            text.trim()
        ));
        self.previous = Previous::Text;
        true
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
