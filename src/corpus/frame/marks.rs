//! A page as it is compared with others: its blocks, and what each of them says.

use super::blocks::{Block, Kind, after_marker, blocks};
use super::key::{Key, MOST_TIMES, Role, Said};
use super::words::{Form, Words};
use std::collections::HashMap;

/// Keys that a page is compared by, from its beginning and from its end. What stands between is its own.
const KEYS_AN_END: usize = 64;
/// Items of a list that it is compared by: those with the smallest numbers, which are the same ones
/// wherever the list stands.
const ITEMS: usize = 12;
const LABELS: usize = 6;

/// A page's blocks with what they say.
#[derive(Debug)]
pub(in crate::corpus) struct Marks {
    pub(in crate::corpus) blocks: Vec<Block>,
    /// Of each block.
    pub(super) said: Vec<Marked>,
}

/// What a block says.
#[derive(Debug, Default, Clone)]
pub(super) struct Marked {
    /// Its words, or those of its items. Empty where it is never compared.
    pub(super) exact: Vec<Said>,
    /// What it says beside its links, where that may be enough to know it by.
    pub(super) labels: Vec<Said>,
    /// Without its date.
    pub(super) dated: Option<Said>,
    pub(super) words: usize,
    /// It is all links, or short.
    pub(super) is_menu: bool,
}

impl Marked {
    /// Whether it is there for its links.
    pub(super) fn leads_elsewhere(&self) -> bool {
        self.is_menu || !self.labels.is_empty()
    }
}

impl Marks {
    pub(in crate::corpus) fn of(markdown: &str) -> Self {
        let blocks = blocks(markdown);
        let mut before_heading = true;
        let said = blocks.iter().map(|block| {
            let text = &markdown[block.range.clone()];
            before_heading &= !matches!(block.kind, Kind::Heading(_));
            Marked::of(block.kind, text, before_heading)
        });
        let mut said: Vec<Marked> = said.collect();
        own_middle(&mut said);
        Self { blocks, said }
    }

    /// All that the page is compared by, each once.
    pub(super) fn keys(&self) -> Vec<Key> {
        let mut times: HashMap<Said, u32> = HashMap::new();
        let mut keys = Vec::new();
        for marked in &self.said {
            for said in &marked.exact {
                let time = times.entry(*said).or_default();
                if *time < MOST_TIMES {
                    keys.push(said.nth(*time));
                }
                *time += 1;
            }
            keys.extend(marked.labels.iter().map(|said| said.key()));
            keys.extend(marked.dated.map(Said::key));
        }
        let names = self.said.iter().zip(&self.blocks);
        let names = names.filter(|(_, block)| block.kind == Kind::Heading(1));
        keys.extend(
            names
                .flat_map(|(marked, _)| &marked.exact)
                .map(|said| said.name()),
        );
        keys
    }

    /// A number that pages with the same headings have in common.
    pub(super) fn headings(&self) -> Key {
        let blocks = self.said.iter().zip(&self.blocks);
        let headings = blocks.filter(|(_, block)| matches!(block.kind, Kind::Heading(_)));
        let keys = headings.flat_map(|(marked, _)| &marked.exact);
        keys.fold(0, |sum: Key, said| sum.rotate_left(7) ^ said.key())
    }
}

/// Takes what is said in the middle of a long page out of the comparison.
fn own_middle(said: &mut [Marked]) {
    let keys = |marked: &Marked| {
        marked.exact.len() + marked.labels.len() + usize::from(marked.dated.is_some())
    };
    let within = |marked: &Marked, left: &mut usize| {
        *left = left.checked_sub(keys(marked)).unwrap_or_default();
        *left > 0
    };
    let mut left = KEYS_AN_END + 1;
    let first = said.iter().take_while(|marked| within(marked, &mut left));
    let first = first.count();
    let mut left = KEYS_AN_END + 1;
    let last = said[first..].iter().rev();
    let last = last.take_while(|marked| within(marked, &mut left)).count();
    let end = said.len() - last;
    for marked in &mut said[first..end] {
        *marked = Marked {
            words: marked.words,
            ..Marked::default()
        };
    }
}

impl Marked {
    fn of(kind: Kind, text: &str, before_heading: bool) -> Self {
        match kind {
            Kind::List => Self::list(text),
            Kind::Heading(_) => Self {
                exact: vec![Said::of(Role::Heading, &Words::of(text).text)],
                ..Self::default()
            },
            Kind::Paragraph => Self::paragraph(&Words::of(text), before_heading),
            // Menus are laid out so.
            Kind::Table => {
                let words = Words::of(text);
                let is_menu = words.is_of_links();
                Self {
                    exact: match is_menu {
                        true => vec![Said::of(Role::Text, &words.text)],
                        false => Vec::new(),
                    },
                    words: words.count(),
                    is_menu,
                    ..Self::default()
                }
            }
            Kind::Code => Self {
                words: text.split_ascii_whitespace().count(),
                ..Self::default()
            },
            Kind::Rule | Kind::Definitions => Self::default(),
        }
    }

    fn paragraph(words: &Words, before_heading: bool) -> Self {
        if words.text.is_empty() {
            return Self::default();
        }
        let labels = match words.form() {
            Some(Form::Path(step, first)) if before_heading => {
                vec![Said::of(Role::Path, &format!("{step} {first}"))]
            }
            Some(Form::Labels(mut labels)) => {
                let named = labels.iter().filter(|label| label.ends_with(':'));
                let is_menu = before_heading || named.count() >= 2;
                labels.sort_unstable();
                labels.dedup();
                match labels.len() {
                    1..=LABELS if is_menu => labels
                        .into_iter()
                        .map(|label| Said::of(Role::Label, label))
                        .collect(),
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        };
        Self {
            exact: vec![Said::of(Role::Text, &words.text)],
            labels,
            dated: words.dated().map(|text| Said::of(Role::Dated, &text)),
            words: words.count(),
            is_menu: words.is_of_links(),
        }
    }

    fn list(text: &str) -> Self {
        let mut items = Vec::new();
        let (mut words, mut linked) = (0, 0);
        for line in text.lines() {
            let line = line.trim_start();
            let line = after_marker(line).unwrap_or(line);
            let line = Words::of(line);
            if line.text.is_empty() {
                continue;
            }
            let count = line.count();
            words += count;
            linked += if line.is_of_links() { count } else { 0 };
            items.push(Said::of(Role::Text, &line.text));
        }
        items.sort_unstable_by_key(|said| said.key());
        items.dedup();
        items.truncate(ITEMS);
        Self {
            exact: items,
            words,
            is_menu: 2 * linked >= words,
            ..Self::default()
        }
    }
}
