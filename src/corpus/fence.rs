//! Fences of clean Markdown, told line by line.

const MARKS: [&str; 2] = ["```", "~~~"];

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// It opens a fence or closes it.
    Mark,
    Inside,
    Outside,
}

/// The fence that is open, while a text is gone through.
#[derive(Debug, Default)]
pub(super) struct Fence(Option<&'static str>);

impl Fence {
    /// Where the next line stands.
    pub(super) fn line(&mut self, line: &str) -> Place {
        let line = line.trim_start();
        let mark = MARKS.into_iter().find(|mark| line.starts_with(mark));
        match (self.0, mark) {
            (None, Some(_)) => {
                self.0 = mark;
                Place::Mark
            }
            (Some(open), Some(mark)) if open == mark => {
                self.0 = None;
                Place::Mark
            }
            (Some(_), _) => Place::Inside,
            (None, None) => Place::Outside,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_is_closed_by_its_own_mark() {
        let mut fence = Fence::default();
        let places = ["a", "  ```sh", "b", "~~~", "```", "c"].map(|line| fence.line(line));
        assert_eq!(
            places,
            [
                Place::Outside,
                Place::Mark,
                Place::Inside,
                Place::Inside,
                Place::Mark,
                Place::Outside
            ]
        );
    }
}
