//! Which pages an answer is about, and how well it fits, as the log tells it.

use super::line::one_line;
use crate::{
    auth::masked,
    search::{PageRef, Relaxation},
};

/// Characters of what was taken for an id.
const MAX_ID: usize = 200;
/// Bytes of all ids, of which the first are named.
const MAX_IDS: usize = 1_000;

/// How well a search was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Matched {
    /// Each word has been found as it is.
    Exact,
    /// Some were left out, or others looked up in their place.
    Relaxed,
    /// Pages that share a few words with the question.
    Poor,
    /// No page.
    Nothing,
    /// None behind those that were shown before.
    Past,
}

impl Matched {
    /// How well an answer fits, of which so many pages were passed over.
    pub(super) fn of(relaxation: &Relaxation, hits: usize, offset: usize) -> Self {
        match relaxation {
            _ if hits == 0 && offset > 0 => Self::Past,
            _ if hits == 0 => Self::Nothing,
            Relaxation::None => Self::Exact,
            Relaxation::Dropped(_) | Relaxation::Fuzzy { .. } => Self::Relaxed,
            Relaxation::NoGoodMatch => Self::Poor,
        }
    }

    /// As the log has it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Relaxed => "relaxed",
            Self::Poor => "poor",
            Self::Nothing => "nothing",
            Self::Past => "past",
        }
    }
}

/// Pages, as the log names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Those that a search shows, or that were read.
    pub(super) pages: PageIds,
    /// What was asked for as if it were a page, and is none.
    pub(super) missing: PageIds,
}

/// Ids of pages in one line: `set/path set/other`. White space in an id is written as in a URL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PageIds(String);

impl PageIds {
    /// Adds a page, where there is room for it.
    pub(super) fn push(&mut self, page: &PageRef) {
        if self.begin(page.set.len() + 1 + page.path.len()) {
            self.write(&page.set);
            self.0.push('/');
            self.write(&page.path);
        }
    }

    /// Adds what was taken for the id of a page.
    pub(super) fn push_id(&mut self, id: &str) {
        let id = masked(&one_line(id, MAX_ID));
        if self.begin(id.len()) {
            self.write(&id);
        }
    }

    /// Whether an id of this length has room, which is then made.
    fn begin(&mut self, length: usize) -> bool {
        let has_room = length > 0 && self.0.len() + 1 + length <= MAX_IDS;
        if has_room && !self.0.is_empty() {
            self.0.push(' ');
        }
        has_room
    }

    fn write(&mut self, text: &str) {
        let is_plain = |byte| matches!(byte, b'!'..=b'~') && byte != b'%';
        if text.bytes().all(is_plain) {
            self.0.push_str(text);
            return;
        }
        for character in text.chars() {
            if character == '%' || character.is_whitespace() || character.is_control() {
                let mut bytes = [0; 4];
                let bytes = character.encode_utf8(&mut bytes).as_bytes();
                self.0.extend(percent_encoding::percent_encode(
                    bytes,
                    percent_encoding::NON_ALPHANUMERIC,
                ));
            } else {
                self.0.push(character);
            }
        }
    }

    /// All of them; `None` where there is none.
    pub(super) fn line(&self) -> Option<&str> {
        (!self.0.is_empty()).then_some(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(set: &str, path: &str) -> PageRef {
        PageRef {
            set: set.to_owned(),
            path: path.to_owned(),
            ..PageRef::default()
        }
    }

    #[test]
    fn ids_are_one_line_of_a_bounded_length() {
        let mut ids = PageIds::default();
        assert_eq!(ids.line(), None);
        ids.push(&page("pg", "explicit-locking.html"));
        ids.push(&page("notes", "100% mine\n.md"));
        ids.push(&page("日本", "設定.md"));
        ids.push_id("");
        assert_eq!(
            ids.line(),
            Some("pg/explicit-locking.html notes/100%25%20mine%0A.md 日本/設定.md")
        );
        for number in 0..1_000 {
            ids.push(&page("many", &format!("page-{number}.md")));
            ids.push_id(&"long ".repeat(1_000));
        }
        assert!((900..=MAX_IDS).contains(&ids.0.len()), "{}", ids.0.len());
        assert!(!ids.0.ends_with(' ') && ids.0.ends_with(".md"));
    }

    #[test]
    fn what_is_past_the_end_has_been_found() {
        let dropped = Relaxation::Dropped(vec!["word".to_owned()]);
        for (relaxation, hits, offset, expected) in [
            (&Relaxation::None, 3, 0, Matched::Exact),
            (&Relaxation::None, 0, 0, Matched::Nothing),
            (&Relaxation::None, 0, 8, Matched::Past),
            (&dropped, 3, 0, Matched::Relaxed),
            (&Relaxation::NoGoodMatch, 3, 0, Matched::Poor),
            (&Relaxation::NoGoodMatch, 0, 0, Matched::Nothing),
        ] {
            assert_eq!(Matched::of(relaxation, hits, offset), expected);
        }
    }
}
