//! Pages that are one preformatted text, whose headings are marked in it: manual pages, RFCs, help
//! files.

use html5ever::local_name;

use super::code;
use super::tree::{Data, NodeId, Tree};

/// A heading is one line, and no longer than this.
const MAX_HEADING: usize = 120;

/// A part of a preformatted text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    Heading {
        level: usize,
        text: String,
        anchor: Option<&'a str>,
    },
    Text(String),
}

/// The parts of a text with two marked headings at least; `None` for any other.
pub(super) fn parts(tree: &Tree, pre: NodeId) -> Option<Vec<Part<'_>>> {
    let mut reader = Reader::default();
    let mut nodes = tree.descendants(pre);
    // What is open around the text: where it ends, and the level that it marks.
    let mut open: Vec<(NodeId, Option<usize>)> = Vec::new();
    while let Some(node) = nodes.next() {
        let parent = tree.parent(node);
        while open.last().is_some_and(|(above, _)| Some(*above) != parent) {
            open.pop();
        }
        match tree.data(node) {
            Data::Text(text) => {
                let level = open.iter().rev().find_map(|(_, level)| *level);
                reader.text(text, level);
            }
            Data::Element(name, _) => {
                if tree.is_left_out(node) || tree.has_class(node, "grey") {
                    nodes.skip_within();
                    continue;
                }
                if name.local == local_name!("br") {
                    reader.text("\n", None);
                }
                let named = tree.id_of(node).or_else(|| {
                    (name.local == local_name!("a"))
                        .then(|| tree.attribute(node, &local_name!("name")))
                        .flatten()
                });
                if let Some(named) = named {
                    reader.named = true;
                    reader.anchor = Some(named).filter(|name| super::anchor::fits(name));
                }
                open.push((node, level(tree, node, &name.local)));
            }
            Data::Other => {}
        }
    }
    reader.finish()
}

/// The level of a heading that an element marks.
fn level(tree: &Tree, node: NodeId, name: &str) -> Option<usize> {
    match name {
        "b" | "strong" => Some(2),
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Some(usize::from(name.as_bytes()[1] - b'0')),
        "span" => tree.classes(node).find_map(|class| match class {
            "h1" => Some(1),
            "h2" => Some(2),
            "h3" => Some(3),
            "h4" => Some(4),
            "h5" | "h6" => Some(5),
            _ => None,
        }),
        _ => None,
    }
}

/// The level of what stands below a line of these signs alone.
fn rule(line: &str) -> Option<usize> {
    let line = line.trim_end();
    let of = |sign: u8| line.len() >= 40 && line.bytes().all(|b| b == sign);
    if of(b'=') {
        Some(2)
    } else {
        of(b'-').then_some(3)
    }
}

/// A heading of Vim's help without the `*tags*` behind it, and the first of these.
fn without_tags(heading: &str) -> (String, Option<&str>) {
    let mut words: Vec<&str> = heading.split_whitespace().collect();
    let mut tag = None;
    while let Some(last) = words.last() {
        let Some(name) = last
            .strip_prefix('*')
            .and_then(|last| last.strip_suffix('*'))
        else {
            break;
        };
        if name.is_empty() {
            break;
        }
        tag = Some(name);
        words.pop();
    }
    (words.join(" "), tag)
}

#[derive(Default)]
struct Reader<'a> {
    parts: Vec<Part<'a>>,
    text: String,
    /// The line that is being read, and the level that all of it is marked with.
    line: String,
    level: Option<usize>,
    plain: bool,
    /// Whether there is an anchor in it.
    named: bool,
    anchor: Option<&'a str>,
    /// Whether the line before is blank, or there is none.
    after_blank: bool,
    /// The level of a heading below a line that is drawn across the page, as in Vim's help.
    below_rule: Option<usize>,
    headings: usize,
}

impl Reader<'_> {
    fn text(&mut self, text: &str, level: Option<usize>) {
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.end_line();
            }
            let line = line.trim_end_matches('\r');
            if !line.trim().is_empty() {
                match level {
                    Some(level) => self.level = self.level.or(Some(level)),
                    // The number or full stop beside what is marked.
                    None if line.trim().chars().all(|c| c.is_ascii_digit() || c == '.') => {}
                    None => self.plain = true,
                }
            }
            self.line.push_str(line);
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let level = self.level.take();
        let plain = std::mem::take(&mut self.plain);
        let named = std::mem::take(&mut self.named);
        let heading = line.trim();
        let blank = heading.is_empty();
        if let Some(level) = rule(&line) {
            self.below_rule = Some(level);
            self.after_blank = true;
            self.text.push_str(&line);
            self.text.push('\n');
            return;
        }
        // `1. Arguments<Tab>*arguments*`: Vim's help.
        let (title, tag) = without_tags(heading);
        let below_rule = self.below_rule.take_if(|_| !blank);
        let tagged = (named && tag.is_some() && self.after_blank).then(|| {
            let part = title.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
            if part { 2 } else { 3 }
        });
        if let Some(level) = below_rule.or(tagged)
            && !line.starts_with([' ', '\t'])
            && title.contains(char::is_alphabetic)
            && title.len() <= MAX_HEADING
        {
            if below_rule.is_some() {
                // The rule belongs to the heading.
                let end = self.text.trim_end().trim_end_matches(['=', '-']).len();
                self.text.truncate(end);
            }
            self.end_text();
            self.headings += 1;
            let anchor = self.anchor.take();
            let anchor = anchor.filter(|anchor| tag.is_none_or(|tag| tag == *anchor));
            self.parts.push(Part::Heading {
                level,
                text: title,
                anchor,
            });
            self.after_blank = false;
            return;
        }
        let marked = !plain
            && !blank
            && heading.len() <= MAX_HEADING
            && heading.contains(char::is_alphabetic)
            && (!line.starts_with([' ', '\t']) || level == Some(1))
            && (self.after_blank || self.text.trim().is_empty());
        if let Some(level) = level.filter(|_| marked) {
            self.end_text();
            self.headings += 1;
            self.parts.push(Part::Heading {
                level,
                text: super::inline::collapse(heading),
                anchor: self.anchor.take(),
            });
        } else {
            if !blank {
                self.anchor = None;
            }
            self.text.push_str(&line);
            self.text.push('\n');
        }
        self.after_blank = blank;
    }

    fn end_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        if !text.trim().is_empty() {
            self.parts.push(Part::Text(code::shown(&text)));
        }
    }
}

impl<'a> Reader<'a> {
    fn finish(mut self) -> Option<Vec<Part<'a>>> {
        self.end_line();
        self.end_text();
        (self.headings >= 2).then_some(self.parts)
    }
}
