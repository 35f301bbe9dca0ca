//! Made up text that is like text: few words that are frequent, many that are rare; always the same for a seed.
#![allow(dead_code, reason = "tests and a benchmark each use a part")]

/// Different words.
const VOCABULARY: usize = 30_000;

/// A writer.
pub(crate) struct Prose {
    random: fastrand::Rng,
}

impl Prose {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            random: fastrand::Rng::with_seed(seed),
        }
    }

    /// Its source of chance.
    pub(crate) fn random(&mut self) -> &mut fastrand::Rng {
        &mut self.random
    }

    /// A word, the frequent ones more often.
    pub(crate) fn word(&mut self) -> String {
        word(spread(&mut self.random, 1, VOCABULARY))
    }

    /// Words, without a mark.
    pub(crate) fn words(&mut self, count: usize) -> String {
        let words: Vec<_> = (0..count).map(|_| self.word()).collect();
        words.join(" ")
    }

    /// Begins with a capital letter and ends with a full stop.
    pub(crate) fn sentence(&mut self) -> String {
        let count = self.random.usize(4..18);
        format!("{}.", capital(&self.words(count)))
    }

    /// A page of Markdown with about that many bytes.
    pub(crate) fn page(&mut self, title: &str, bytes: usize) -> String {
        let mut text = format!("# {title}\n\n");
        let mut sentences = 0;
        while text.len() < bytes {
            sentences += 1;
            if sentences % 12 == 0 {
                let count = self.random.usize(1..4);
                text += &format!("\n\n## {}\n\n", capital(&self.words(count)));
            } else if sentences % 40 == 5 {
                text += &format!("\n\n```\n{} --{}\n```\n\n", self.word(), self.word());
            } else if sentences % 4 == 0 {
                text += "\n\n";
            }
            text += &self.sentence();
            text.push(' ');
        }
        text.push('\n');
        text
    }
}

/// The word of a rank, no two alike.
pub(crate) fn word(rank: usize) -> String {
    const CONSONANTS: &[u8] = b"bdfgklmnprstvz";
    const VOWELS: &[u8] = b"aeiou";
    let mut word = String::new();
    let mut rest = rank + 7;
    while rest > 0 {
        word.push(char::from(CONSONANTS[rest % CONSONANTS.len()]));
        rest /= CONSONANTS.len();
        word.push(char::from(VOWELS[rest % VOWELS.len()]));
        rest /= VOWELS.len();
    }
    word
}

/// A number between two, each order of magnitude as often as another.
pub(crate) fn spread(random: &mut fastrand::Rng, least: usize, most: usize) -> usize {
    between(least, most, random.f64())
}

/// A part of the way from one number to another on a logarithmic scale.
#[expect(
    clippy::cast_possible_truncation,
    reason = "it is between two that fit"
)]
pub(crate) fn between(least: usize, most: usize, part: f64) -> usize {
    let (from, to) = (least as f64, most as f64);
    ((from * (to / from).powf(part)).round() as usize).clamp(least, most)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}
