//! Which blocks of a page are its set's frame, and not its own.

use super::Around;
use super::blocks::Kind;
use super::class::Class;
use super::key::Said;
use super::learn::Share;
use super::marks::{Marked, Marks};
use std::collections::HashMap;

/// What is left out of a page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::corpus) struct LeftOut {
    /// Of each block, whether it is.
    pub(in crate::corpus) blocks: Vec<bool>,
    /// One of them is a first heading, with the name of the site.
    pub(in crate::corpus) site_heading: bool,
}

impl LeftOut {
    fn nothing(marks: &Marks) -> Self {
        Self {
            blocks: vec![false; marks.blocks.len()],
            site_heading: false,
        }
    }
}

/// What of a page is its set's frame. `is_start`: it is the site's first page, whose title is the site's name.
///
/// A page keeps text of its own: one that would lose all of it is left as it is, its site's name apart.
pub(in crate::corpus) fn left_out(marks: &Marks, around: &Around<'_>, is_start: bool) -> LeftOut {
    if around.shares.is_empty() {
        return LeftOut::nothing(marks);
    }
    let found = at_least(marks, around, is_start, Share::Most);
    if !loses_most(marks, &found) {
        return found;
    }
    // It is mostly frame: then only what is so beyond doubt.
    let found = at_least(marks, around, is_start, Share::Nearly);
    if keeps_text(marks, &found) {
        return found;
    }
    let mut heading = LeftOut::nothing(marks);
    if found.site_heading
        && let Some(first) = found
            .blocks
            .iter()
            .zip(&marks.blocks)
            .position(|(out, block)| *out && block.kind == Kind::Heading(1))
    {
        heading.blocks[first] = true;
        heading.site_heading = true;
    }
    heading
}

fn at_least(marks: &Marks, around: &Around<'_>, is_start: bool, least: Share) -> LeftOut {
    let mut finder = Finder {
        marks,
        around,
        is_start,
        least,
        used: HashMap::new(),
        out: LeftOut::nothing(marks),
        end: marks.blocks.len(),
    };
    let start = finder.beginning();
    finder.ending(start);
    if around.class == Some(Class::Built) {
        finder.middle(start);
    }
    let mut out = finder.out;
    if out
        .blocks
        .iter()
        .zip(&marks.said)
        .all(|(out, said)| !out || said.exact.is_empty())
    {
        out.blocks.fill(false);
    }
    out
}

/// Where a block stands.
#[derive(Debug, Clone, Copy)]
enum Edge {
    /// Before the page's title or behind its text: what it says beside its links or its date is enough, and of a menu so
    /// many items.
    Outside(usize),
    Within,
}

impl Edge {
    fn of(is_outside: bool, items: usize) -> Self {
        match is_outside {
            true => Self::Outside(items),
            false => Self::Within,
        }
    }
}

struct Finder<'a> {
    marks: &'a Marks,
    around: &'a Around<'a>,
    is_start: bool,
    least: Share,
    /// How often something was left out.
    used: HashMap<Said, u32>,
    out: LeftOut,
    /// Where what is left out at the end begins.
    end: usize,
}

impl Finder<'_> {
    /// Leaves out what stands before the page's text. Returns where that begins.
    fn beginning(&mut self) -> usize {
        let mut at = 0;
        let mut after_title = false;
        while at < self.marks.blocks.len() {
            let least = if after_title {
                Share::Nearly
            } else {
                Share::Most
            };
            match self.marks.blocks[at].kind {
                Kind::Heading(1) if !after_title && self.is_site_heading(at) => {
                    if self.is_start {
                        after_title = true;
                    } else {
                        self.leave_out(at);
                        self.out.site_heading = true;
                    }
                    at += 1;
                }
                Kind::Heading(level) => {
                    let end = self.section_end(at, level);
                    let is_frame = self.is_frame(at, Share::Nearly, Edge::Within)
                        && self.leads_elsewhere(at + 1, end)
                        && (at + 1..end)
                            .all(|block| self.is_frame(block, Share::Nearly, Edge::Within));
                    if is_frame && end < self.marks.blocks.len() {
                        (at..end).for_each(|block| self.leave_out(block));
                        at = end;
                    } else if after_title {
                        break;
                    } else {
                        after_title = true;
                        at += 1;
                    }
                }
                _ if self.is_nothing(at) => at += 1,
                _ if self.is_frame(at, least, Edge::of(!after_title, 1)) => {
                    self.leave_out(at);
                    at += 1;
                }
                _ => break,
            }
        }
        // A line that parts the frame from the text goes with it.
        for block in 0..at {
            let is_rule = self.marks.blocks[block].kind == Kind::Rule;
            if is_rule && self.out.blocks[..block].contains(&true) {
                self.out.blocks[block] = true;
            }
        }
        at
    }

    /// Leaves out what stands behind the page's text.
    fn ending(&mut self, start: usize) {
        let mut at = self.marks.blocks.len();
        while at > start {
            let block = at - 1;
            match self.marks.blocks[block].kind {
                Kind::Heading(level) => {
                    let end = self.section_end(block, level);
                    let is_all = (block + 1..end).all(|block| self.is_out_or_nothing(block));
                    if !is_all || !self.is_frame(block, Share::Nearly, Edge::Within) {
                        break;
                    }
                    self.leave_out(block);
                }
                _ if self.is_nothing(block) => {}
                _ if self.is_frame(block, Share::Most, Edge::of(true, 3)) => self.leave_out(block),
                _ => break,
            }
            at -= 1;
        }
        self.end = at;
        // The last heading keeps what is below it, unless that is beyond doubt.
        if at > 0
            && matches!(self.marks.blocks[at - 1].kind, Kind::Heading(_))
            && !self.out.blocks[at - 1]
        {
            while self.end < self.marks.blocks.len()
                && !matches!(self.marks.blocks[self.end].kind, Kind::Heading(_))
                && !self.is_sure(self.end)
            {
                self.take_back(self.end);
                self.end += 1;
            }
        }
        for block in (self.end..self.marks.blocks.len()).rev() {
            let is_rule = self.marks.blocks[block].kind == Kind::Rule;
            if is_rule && self.out.blocks[block + 1..].contains(&true) {
                self.out.blocks[block] = true;
            }
        }
    }

    /// Leaves out what stands within the texts of nearly all pages; but all that a heading has below it stays.
    fn middle(&mut self, start: usize) {
        let mut section = start;
        while section < self.end {
            let mut end = section;
            while end < self.end && !matches!(self.marks.blocks[end].kind, Kind::Heading(_)) {
                end += 1;
            }
            let found: Vec<usize> = (section..end)
                .filter(|block| {
                    let kind = self.marks.blocks[*block].kind;
                    matches!(kind, Kind::Paragraph | Kind::List)
                        && !self.out.blocks[*block]
                        && self.is_frame(*block, Share::Sure, Edge::Within)
                })
                .collect();
            if found.len() < end - section {
                found.into_iter().for_each(|block| self.leave_out(block));
            }
            section = end + 1;
        }
    }

    /// Whether what stands below a heading is there to lead elsewhere: a text that many pages have there is theirs.
    fn leads_elsewhere(&self, start: usize, end: usize) -> bool {
        let mut blocks = self.marks.said[start..end].iter();
        blocks.all(|said| said.exact.is_empty() || said.leads_elsewhere())
    }

    /// Where what stands below a heading ends.
    fn section_end(&self, heading: usize, level: u8) -> usize {
        let blocks = self.marks.blocks.iter().enumerate().skip(heading + 1);
        let mut ends = blocks.filter(|(_, block)| match block.kind {
            Kind::Heading(other) => other <= level,
            _ => false,
        });
        ends.next().map_or(self.marks.blocks.len(), |(end, _)| end)
    }

    fn is_out_or_nothing(&self, block: usize) -> bool {
        self.out.blocks[block] || self.is_nothing(block)
    }

    /// Whether a reader sees no word of it.
    fn is_nothing(&self, block: usize) -> bool {
        let said = &self.marks.said[block];
        match self.marks.blocks[block].kind {
            Kind::Rule | Kind::Definitions => true,
            Kind::Paragraph => said.words == 0 && said.exact.is_empty(),
            _ => false,
        }
    }

    fn is_site_heading(&self, block: usize) -> bool {
        let mut said = self.marks.said[block].exact.iter();
        said.any(|said| self.around.share(said.key()).is_some())
    }

    /// What somebody has written counts as the author's until it is beyond doubt: a snippet that a handful of pages take in
    /// is their text.
    fn least(&self) -> Share {
        match self.around.class {
            Some(Class::Built) | None => Share::Most,
            Some(Class::Written) => Share::Sure,
        }
    }

    /// Whether a block is a part of the frame on so many pages.
    fn is_frame(&self, block: usize, least: Share, edge: Edge) -> bool {
        let said = &self.marks.said[block];
        if self.around.class == Some(Class::Written) && !said.leads_elsewhere() {
            return false;
        }
        let least = least.max(self.least()).max(self.least);
        if self.is_exact(said, least) {
            return true;
        }
        let Edge::Outside(items) = edge else {
            return false;
        };
        let is_common = |said: &Said| self.around.share(said.key()) >= Some(least);
        !said.labels.is_empty() && said.labels.iter().all(is_common)
            || said.dated.as_ref().is_some_and(is_common)
            || self.is_menu(said, items)
    }

    /// Whether a block that has been left out is so on nearly all pages.
    fn is_sure(&self, block: usize) -> bool {
        let said = &self.marks.said[block];
        let is_sure = |said: &&Said| self.around.share(said.key()) >= Some(Share::Nearly);
        let exact = said.exact.iter().filter(is_sure).count();
        5 * exact >= 3 * said.exact.len()
            || !said.labels.is_empty() && said.labels.iter().all(|said| is_sure(&said))
            || said.dated.as_ref().is_some_and(|said| is_sure(&said))
    }

    /// Whether its words are the frame's, or most of its items are, as in a menu whose current entry differs.
    fn is_exact(&self, said: &Marked, least: Share) -> bool {
        let common = self.common(said, least);
        common > 0 && 5 * common >= 3 * said.exact.len()
    }

    /// Whether it is a menu that shows more of itself where the page is in it.
    fn is_menu(&self, said: &Marked, least: usize) -> bool {
        let common = self.common(said, self.least().max(Share::Nearly));
        said.is_menu && common >= least && said.exact.len() > 1 && 3 * common >= said.exact.len()
    }

    fn common(&self, said: &Marked, least: Share) -> usize {
        let is_common = |said: &&Said| {
            let used = self.used.get(*said).copied().unwrap_or_default();
            used < said.times(|key| self.around.share(key) >= Some(least))
        };
        said.exact.iter().filter(is_common).count()
    }

    fn leave_out(&mut self, block: usize) {
        self.out.blocks[block] = true;
        for said in &self.marks.said[block].exact {
            *self.used.entry(*said).or_default() += 1;
        }
    }

    fn take_back(&mut self, block: usize) {
        if std::mem::take(&mut self.out.blocks[block]) {
            for said in &self.marks.said[block].exact {
                if let Some(used) = self.used.get_mut(said) {
                    *used -= 1;
                }
            }
        }
    }
}

fn words(marks: &Marks, out: &LeftOut, which: bool) -> usize {
    let blocks = marks.said.iter().zip(&out.blocks);
    let those = blocks.filter(|(_, out)| **out == which);
    those.map(|(said, _)| said.words).sum()
}

fn keeps_text(marks: &Marks, out: &LeftOut) -> bool {
    words(marks, out, false) > 0
}

fn loses_most(marks: &Marks, out: &LeftOut) -> bool {
    words(marks, out, true) > words(marks, out, false)
}
