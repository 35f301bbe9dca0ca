//! What is not certain of a file's text.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a file's text may not be what its author wrote. Its text is a sentence about the file's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Doubt {
    /// Some bytes are none of its encoding.
    BadBytes {
        /// The encoding, by the name that the WHATWG gives it.
        encoding: String,
        /// How many characters take their places.
        count: usize,
    },
    /// Nothing says what its encoding is.
    Guessed {
        /// The encoding that it looks like.
        encoding: String,
    },
}

impl Doubt {
    /// Whether a few characters are all that is not certain of a text.
    pub(super) fn is_slight(&self, text: &str) -> bool {
        match self {
            Self::BadBytes { count, .. } => {
                *count < 10 || count.saturating_mul(100) < text.chars().count()
            }
            Self::Guessed { .. } => false,
        }
    }

    /// Whether what has come out is text for the most part.
    pub(super) fn leaves_text(&self, text: &str) -> bool {
        let is_bad = |letter: &char| matches!(*letter, '\u{80}'..='\u{9f}' | '\u{fffd}');
        let bad = text.chars().filter(is_bad).count();
        bad <= 8 || bad.saturating_mul(10) < text.chars().count()
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadBytes { encoding, count: 1 } => {
                write!(f, "one byte that is not {encoding} is shown as U+FFFD")
            }
            Self::BadBytes { encoding, count } => write!(
                f,
                "{count} places that are not {encoding} are shown as U+FFFD"
            ),
            Self::Guessed { encoding } => write!(
                f,
                "it does not say what its encoding is, and is read as {encoding}"
            ),
        }
    }
}
