//! Blocks of HTML: through the HTML converter where their structure needs it, else as text without tags.

use super::super::element::is_html;
use super::super::macros;
use super::super::tag::Tag;
use super::Walk;
use super::elements::UNREAD;
use crate::corpus::format::html::fragment_to_markdown;

/// Elements that the HTML converter must see whole, over blank lines.
const WHOLE: &[&str] = &["table", "ul", "ol", "dl", "pre", "math", "figure"];
/// Elements of an HTML block that need the HTML converter.
const STRUCTURED: &[&str] = &[
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "blockquote",
    "dt",
    "li",
    "td",
];

impl Walk<'_> {
    /// Rewrites the HTML block from `start` to `end`; returns where it stopped.
    pub(super) fn html_block(&mut self, start: usize, end: usize) -> usize {
        let text = self.text;
        let piece = &text[start..end];
        let indent = piece.len() - piece.trim_start().len();
        let at = start + indent;
        if let Some(tag) = Tag::at(text, at).filter(|tag| is_html(tag.name)) {
            let name = tag.name.to_ascii_lowercase();
            if !tag.closing && !tag.hides(&self.sheet) && !UNREAD.contains(&name.as_str()) {
                if WHOLE.contains(&name.as_str()) {
                    let element = self.element_end(&name, at).unwrap_or(end);
                    // The rest of the last line belongs to the block.
                    let element = if element >= end { element } else { end };
                    self.fragment(start, element);
                    return element;
                }
                if self.is_structured(start, end) {
                    self.fragment(start, end);
                    return end;
                }
            }
        }
        self.loose_block(start, end)
    }

    fn is_structured(&self, start: usize, end: usize) -> bool {
        STRUCTURED.iter().chain(WHOLE).any(|name| {
            self.tags.get(*name).is_some_and(|places| {
                let next = places.open.partition_point(|&place| place < start);
                places.open.get(next).is_some_and(|&place| place < end)
            })
        })
    }

    /// A block of wrappers and components: tags go, text stays as it is, without indentation.
    fn loose_block(&mut self, start: usize, end: usize) -> usize {
        let text = self.text;
        let prefix = self.container(start);
        let mut at = start;
        while at < end {
            let line_end = text[at..end].find('\n').map_or(end, |i| at + i + 1);
            let line = &text[at..line_end];
            let trimmed = line.trim_start_matches([' ', '\t']);
            if at > start {
                self.out.push_str(&prefix.replace('>', ""));
            }
            at = self.prose(line_end - trimmed.len(), line_end, true);
        }
        at
    }

    /// Puts a piece of raw HTML through the HTML converter.
    fn fragment(&mut self, start: usize, end: usize) {
        let prefix = self.container(start);
        let raw = &self.text[start..end];
        let mut html = String::new();
        if prefix.contains('>') {
            for line in raw.lines() {
                html.push_str(line.trim_start_matches([' ', '>']));
                html.push('\n');
            }
        } else {
            html.push_str(raw);
        }
        if html.contains("{{") {
            html = macros::expand_html(&html, self.hints.mdn);
        }
        let markdown = fragment_to_markdown(&html);
        let line_start = self.out.rfind('\n').map_or(0, |i| i + 1);
        let own_line = self.out[line_start..].trim_matches([' ', '>']).is_empty();
        if own_line && line_start > 1 && !self.out[..line_start].ends_with("\n\n") {
            let lead = self.out.split_off(line_start);
            self.out.push_str(prefix.trim_end());
            self.out.push('\n');
            self.out.push_str(&lead);
        }
        let mut lines = markdown.trim_matches('\n').lines();
        self.out.push_str(lines.next().unwrap_or_default());
        for line in lines {
            self.out.push('\n');
            self.out.push_str(if line.is_empty() {
                prefix.trim_end()
            } else {
                &prefix
            });
            self.out.push_str(line);
        }
        self.out.push('\n');
        if !self.text[end..].starts_with('\n') {
            self.out.push_str(prefix.trim_end());
            self.out.push('\n');
        }
    }

    /// What each further line of a block that starts at `start` begins with, to stay in its
    /// list item or quote.
    fn container(&self, start: usize) -> String {
        let line_start = self.text[..start].rfind('\n').map_or(0, |i| i + 1);
        let lead = &self.text[line_start..start];
        if lead.len() > 256 {
            return String::new();
        }
        lead.chars()
            .map(|c| if c == '>' { '>' } else { ' ' })
            .collect()
    }
}
