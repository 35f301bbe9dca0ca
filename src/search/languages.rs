//! The languages that the pages of an index are in.

use super::language::{Reduction, Reductions};
use crate::corpus::Language;

/// A language in which fewer pages are, of so many, is none of a set's: somebody has quoted something.
const FEWEST: u32 = 50;

/// How many pages are in which language.
#[derive(Debug, Clone)]
pub(super) struct Languages {
    /// By the numbers of languages.
    pages: Vec<u32>,
    all: u32,
    reductions: Reductions,
}

impl Languages {
    /// Of the numbers of the pages' languages.
    pub(super) fn of<'a>(segments: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut languages = Self {
            pages: vec![0; usize::from(u8::MAX) + 1],
            all: 0,
            reductions: Reductions::default(),
        };
        for number in segments.flatten() {
            let pages = &mut languages.pages[usize::from(*number)];
            if *pages == 0 {
                languages.reductions.add(Reduction::of_number(*number));
            }
            *pages += 1;
            languages.all += 1;
        }
        languages
    }

    /// How the words of all pages are reduced.
    pub(super) fn reductions(&self) -> Reductions {
        self.reductions
    }

    /// How many pages are in a language; none where they are next to none.
    pub(super) fn pages(&self, language: Language) -> u32 {
        self.counted(language.number())
    }

    /// Whether there are pages in more than one language.
    pub(super) fn are_several(&self) -> bool {
        let numbers = (0..=u8::MAX).filter(|number| self.counted(*number) > 0);
        numbers.take(2).count() > 1
    }

    /// The language of most pages, if most of them are in one.
    pub(super) fn most(&self) -> Option<Language> {
        let (number, pages) = (0..=u8::MAX)
            .zip(&self.pages)
            .max_by_key(|(_, pages)| **pages)?;
        (2 * pages > self.all)
            .then(|| Language::from_number(number))
            .flatten()
    }

    fn counted(&self, number: u8) -> u32 {
        let pages = self
            .pages
            .get(usize::from(number))
            .copied()
            .unwrap_or_default();
        if pages >= self.all.div_ceil(FEWEST) {
            pages
        } else {
            0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_counted_by_language() {
        let [en, de, fr] = ["en", "de", "fr"].map(|code| Language::of_tag(code).expect("a code"));
        let mut numbers = vec![en.number(); 100];
        numbers.extend([de.number(); 60]);
        numbers.push(fr.number());
        let languages = Languages::of([numbers.as_slice()].into_iter());
        assert_eq!(languages.most(), Some(en));
        assert_eq!([en, de, fr].map(|it| languages.pages(it)), [100, 60, 0]);
        assert!(languages.are_several());
        assert_eq!(
            languages.reductions().iter().count(),
            3,
            "words of every page are found"
        );
        let none = Languages::of(std::iter::empty());
        assert_eq!(none.most(), None);
        assert!(!none.are_several());
    }
}
