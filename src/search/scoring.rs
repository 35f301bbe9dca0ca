//! BM25: what a term is worth to a text.
//!
//! (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.)

use serde::{Deserialize, Serialize};

/// What BM25 and a ranking add up.
pub(super) type Score = f32;

const K1: Score = 1.2;
const B: Score = 0.75;

/// How many texts there are, and how many terms in all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Field {
    pub(super) texts: u64,
    pub(super) terms: u64,
}

/// What scores are relative to: the lengths of all texts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Statistics {
    pub(super) body: Field,
    pub(super) title: Field,
    pub(super) symbols: Field,
    pub(super) pieces: Field,
    /// Sentences of links, of pages that have any.
    pub(super) links: Field,
}

impl Field {
    pub(super) fn add(&mut self, length: u32) {
        self.texts += 1;
        self.terms += u64::from(length);
    }

    /// The inverse document frequency of a term that so many texts have.
    pub(super) fn rarity(self, texts: u32) -> Score {
        let [with, all] = [texts as Score, self.texts.max(u64::from(texts)) as Score];
        (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
    }

    /// What the frequency of a term is weighed against, by the norm of a text.
    pub(super) fn saturation(self) -> Saturation {
        let average = match (self.terms, self.texts) {
            (0, _) | (_, 0) => 1.0,
            (terms, texts) => terms as Score / texts as Score,
        };
        let mut enough = [0.0; 256];
        for (norm, entry) in (0u8..=255).zip(&mut enough) {
            *entry = K1 * (1.0 - B + B * length(norm) as Score / average);
        }
        let mut shares = vec![0.0; 256 * usize::from(FEW)];
        for (at, share) in shares.iter_mut().enumerate() {
            let frequency = (at / 256) as Score;
            *share = frequency / (frequency + enough[at % 256]);
        }
        Saturation { enough, shares }
    }
}

/// How much of a term is enough, by the norm of a text.
#[derive(Debug, Clone)]
pub(super) struct Saturation {
    enough: [Score; 256],
    /// The shares of frequencies less than [`FEW`]: nearly all are.
    shares: Vec<Score>,
}

const FEW: u8 = 8;

impl Saturation {
    /// From 0 to 1: the share of the most that a term can be worth.
    #[inline]
    pub(super) fn share(&self, frequency: u8, norm: u8) -> Score {
        if frequency < FEW {
            return self.shares[256 * usize::from(frequency) + usize::from(norm)];
        }
        let frequency = Score::from(frequency);
        frequency / (frequency + self.enough[usize::from(norm)])
    }
}

/// What a term is worth at the most, by its rarity.
pub(super) fn most(rarity: Score) -> Score {
    rarity * (K1 + 1.0)
}

/// A share in 255 steps, never less than it is.
pub(super) fn steps_up(share: Score) -> u8 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast of a float saturates"
    )]
    let steps = (share * 255.0).ceil() as u8;
    steps
}

pub(super) fn of_steps(steps: u8) -> Score {
    Score::from(steps) / 255.0
}

/// A frequency as postings have it: more than that adds next to nothing.
pub(super) fn frequency(count: u32) -> u8 {
    u8::try_from(count).unwrap_or(u8::MAX)
}

/// Numbers below are norms themselves.
const EXACT: u32 = 24;

/// The length of a text in one byte: exact for short ones, in steps of an eighth for long ones.
pub(super) fn norm(length: u32) -> u8 {
    let Some(rest) = length.checked_sub(EXACT) else {
        return length.to_le_bytes()[0];
    };
    let bits = 32 - rest.leading_zeros();
    let code = match bits.checked_sub(4) {
        None => rest,
        Some(shift) => (rest >> shift) & 7 | (shift + 1) << 3,
    };
    u8::try_from(EXACT + code).unwrap_or(u8::MAX)
}

/// The shortest length that has this norm.
fn length(norm: u8) -> u64 {
    let Some(code) = norm.checked_sub(24) else {
        return u64::from(norm);
    };
    let bits = u64::from(code & 7);
    let rest = match (code >> 3).checked_sub(1) {
        None => bits,
        Some(shift) => (bits | 8) << shift,
    };
    u64::from(EXACT) + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_norm_is_a_length_or_a_little_less() {
        let mut last = 0;
        for exact in (0u32..2_000).chain((2_000..2_000_000_000).step_by(999_983)) {
            let norm = norm(exact);
            let rounded = length(norm);
            assert!(rounded <= u64::from(exact), "{exact}");
            assert!(rounded * 9 / 8 + 1 >= u64::from(exact), "{exact} {rounded}");
            assert!(norm >= last);
            last = norm;
        }
        assert_eq!((norm(39), norm(40), norm(41)), (39, 40, 40));
    }

    #[test]
    fn steps_never_promise_too_little() {
        let pieces = Field {
            texts: 10,
            terms: 900,
        };
        let saturation = pieces.saturation();
        for frequency in [1, 2, 9, 255] {
            for norm in 0..=255 {
                let share = saturation.share(frequency, norm);
                assert!(of_steps(steps_up(share)) >= share && share < 1.0);
            }
        }
    }

    #[test]
    fn the_rarer_the_better() {
        let field = Field {
            texts: 100,
            terms: 1,
        };
        assert!(field.rarity(1) > field.rarity(2) && field.rarity(100) > 0.0);
    }
}
