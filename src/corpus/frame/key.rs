//! What pages are compared by: numbers of what they hold.

use std::iter::successors;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The number of a block, an item, a label or a part of a title that a page holds.
pub(in crate::corpus) type Key = u32;

/// The mark of a name among the keys.
const NAME: Key = 1;

/// Whether a key is that of a [name](Said::name).
pub(super) fn is_name(key: Key) -> bool {
    key & NAME != 0
}

/// What a text is: the same words as something else are something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Heading,
    Text,
    /// With a placeholder for its date.
    Dated,
    /// Words before a link that differs.
    Label,
    /// A path that leads to the page, by its first step.
    Path,
    /// The beginning of a title.
    Prefix,
    /// The end of a title.
    Suffix,
    /// All of a title.
    Title,
}

/// A text that a page may hold several times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Said(u64);

impl Said {
    pub(super) fn of(role: Role, text: &str) -> Self {
        Self(xxh3_64_with_seed(text.as_bytes(), role as u64))
    }

    /// Its first time on a page.
    pub(super) fn key(self) -> Key {
        self.nth(0)
    }

    /// The key of each time that it stands on a page, counted from 0.
    pub(super) fn nth(self, time: u32) -> Key {
        let mixed = self
            .0
            .wrapping_add(u64::from(time).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        // Both halves are as good as all.
        #[allow(clippy::cast_possible_truncation)]
        let folded = ((mixed >> 32) ^ mixed) as Key;
        folded & !NAME
    }

    /// As what a page may be called by, which is not its own where a few other pages have it, too.
    pub(super) fn name(self) -> Key {
        self.key() | NAME
    }

    /// How often it may stand on a page as a part of the frame, by whether a key is one.
    pub(super) fn times(self, is_frame: impl Fn(Key) -> bool) -> u32 {
        let times = successors(Some(0), |time| Some(time + 1));
        let times = times.take(MOST_TIMES as usize);
        let counted = times.take_while(|time| is_frame(self.nth(*time))).count();
        u32::try_from(counted).unwrap_or(MOST_TIMES)
    }
}

/// A frame says the same thing no more often: what comes later is the page's own.
pub(super) const MOST_TIMES: u32 = 4;
