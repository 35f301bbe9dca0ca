//! How many tokens an answer may take, where an endpoint's address says so: `/mcp?budget=4000`.

use super::tokens;

/// A bound of every answer of a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Budget(Option<usize>);

/// Why an address has no budget that can be kept to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the `budget` in the address should be a whole number of tokens from {LEAST} to {MOST}, said once, such as `?budget=4000`"
)]
pub struct InvalidBudget;

/// Less has no room for an answer with the address of its page.
const LEAST: usize = Budget::LEAST;
/// What no answer goes over in any case.
const MOST: usize = Budget::MOST;

impl Budget {
    /// The least that can be asked for.
    pub(super) const LEAST: usize = 1_000;
    /// The most.
    pub(super) const MOST: usize = tokens::CEILING;
    /// What docent's own words around the documentation take, and the marks.
    pub(super) const AROUND: usize = 250;

    /// The budget that the query of an address names; none where it names none.
    ///
    /// # Errors
    /// Where it is no number, out of bounds, or said twice.
    pub fn of(query: Option<&str>) -> Result<Self, InvalidBudget> {
        let pairs = query.unwrap_or_default().split('&');
        let mut named = pairs.filter_map(|pair| match pair.split_once('=').unwrap_or((pair, "")) {
            ("budget", value) => Some(value),
            _ => None,
        });
        let Some(value) = named.next() else {
            return Ok(Self(None));
        };
        let is_plain = value.len() <= 6 && value.bytes().all(|byte| byte.is_ascii_digit());
        let number = value
            .parse()
            .ok()
            .filter(|number| (LEAST..=MOST).contains(number));
        match number {
            Some(number) if is_plain && named.next().is_none() => Ok(Self(Some(number))),
            _ => Err(InvalidBudget),
        }
    }

    /// What was asked for; `None`: as docent sees fit.
    pub(super) fn asked(self) -> Option<usize> {
        self.0
    }

    /// What no answer goes over.
    pub(super) fn most(self) -> usize {
        self.0.unwrap_or(MOST)
    }

    /// What the documentation in an answer aims at that aims at so much where nobody asks for less.
    pub(super) fn aim(self, usual: usize) -> usize {
        usual.min(self.most() - Self::AROUND)
    }

    /// What a tool's description says of it.
    pub(super) fn told(self) -> Option<String> {
        let most = self.0?;
        Some(format!(
            " Each answer takes {most} tokens at the most, as this server's address asks (`budget={most}`)."
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_a_number_within_bounds_said_once() {
        let asked = |query| Budget::of(query).map(Budget::asked);
        assert_eq!(asked(None), Ok(None));
        for (query, expected) in [
            ("", Ok(None)),
            ("other=1&budgets=5", Ok(None)),
            ("budget=4000", Ok(Some(4_000))),
            ("a=b&budget=9000&c", Ok(Some(9_000))),
            ("budget=1000", Ok(Some(1_000))),
            ("budget=999", Err(InvalidBudget)),
            ("budget=9001", Err(InvalidBudget)),
            ("budget", Err(InvalidBudget)),
            ("budget=", Err(InvalidBudget)),
            ("budget=+4000", Err(InvalidBudget)),
            ("budget=4e3", Err(InvalidBudget)),
            ("budget=99999999999999999999999", Err(InvalidBudget)),
            ("budget=4000&budget=4000", Err(InvalidBudget)),
        ] {
            assert_eq!(asked(Some(query)), expected, "{query}");
        }
        assert!(InvalidBudget.to_string().contains("from 1000 to 9000"));
        assert_eq!(Budget::default().told(), None);
    }
}
