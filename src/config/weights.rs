//! What some pages of a set count beside others, and which of its versions are searched.

/// What the versions that a set holds mean to a search.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub enum Versions {
    /// Nothing: folders are folders.
    None,
    /// All of them are searched, unless a search names one.
    #[default]
    All,
    /// The default one is searched, unless a search names another.
    Default,
    /// The same. The folders that hold them have these names, the newest version first.
    Listed(Vec<String>),
}

/// A setting that a word names, and that word.
type Named = (&'static str, fn() -> Versions);

impl Versions {
    /// Those that are named by a word, with the names they have in the configuration.
    pub const NAMES: [Named; 3] = [
        ("all", || Self::All),
        ("default", || Self::Default),
        ("none", || Self::None),
    ];

    /// Whether a search that names no version is one in the default version alone.
    pub fn is_default_alone(&self) -> bool {
        matches!(self, Self::Default | Self::Listed(_))
    }
}

/// What the score of a page is multiplied by: from 0.1 to 10, in hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Factor(u16);

impl Factor {
    /// What `demote` means.
    pub const DEMOTED: Self = Self(50);

    /// `None` where it is not from 0.1 to 10.
    pub fn new(factor: f64) -> Option<Self> {
        let is_allowed = (0.1..=10.0).contains(&factor);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is from 10 to 1,000"
        )]
        is_allowed.then(|| Self((factor * 100.0).round() as u16))
    }

    /// As a number.
    pub fn number(self) -> f32 {
        f32::from(self.0) / 100.0
    }
}

/// Pages that count more or less than others.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Boost {
    /// A pattern as in `.gitignore`, for paths below the root of the set; `None`: all of its pages.
    pub path: Option<String>,
    /// How much.
    pub factor: Factor,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_hundredths_within_bounds() {
        for (number, factor) in [(0.1, 0.1), (1.0, 1.0), (1.255, 1.25), (10.0, 10.0)] {
            let kept = Factor::new(number).unwrap().number();
            assert!((kept - factor).abs() < 0.011, "{number} {kept}");
        }
        for wrong in [0.0, -1.0, 0.09, 10.01, f64::NAN, f64::INFINITY] {
            assert_eq!(Factor::new(wrong), None, "{wrong}");
        }
    }
}
