//! What somebody may have meant who named something that is not there.

use super::segment::PageList;
use super::spelling::letters;
use super::view::View;
use std::cmp::Reverse;
use strsim::jaro_winkler;

const MAX_SUGGESTIONS: usize = 5;
/// Below this, two names have nothing to do with each other.
const ALIKE: f64 = 0.8;
/// Longer names are compared by their beginning.
const COMPARED_CHARS: usize = 120;
/// Words of a query that are looked at.
const MAX_WORDS: usize = 8;
/// Words of titles that are looked up for each of them.
const MAX_ALIKE: usize = 16;
/// Pages with such a word in their titles that are looked at.
const MAX_PAGES: usize = 1_000;

/// Pages with a word in their title that is like one of a query, best first. `stem` makes terms of words, each
/// of which begins with the letter that its word begins with.
pub(super) fn nearest_titles(view: &View, text: &str, stem: impl Fn(&str) -> String) -> Vec<u32> {
    let mut best = Suggestions::default();
    for word in words(text).take(MAX_WORDS) {
        let stem = stem(&word);
        let Some(first) = stem.chars().next() else {
            continue;
        };
        for live in view.segments() {
            let segment = &live.segment;
            let mut alike = Vec::new();
            let first = first.to_string();
            for (number, term) in segment.terms_from(&first) {
                if !term.starts_with(first.as_bytes()) {
                    break;
                }
                let [short, long] = [stem.len().min(term.len()), stem.len().max(term.len())];
                if 2 * short < long || !segment.is_in_titles(number) {
                    continue;
                }
                let Ok(term) = std::str::from_utf8(term) else {
                    continue;
                };
                let likeness = jaro_winkler(&stem, term);
                if likeness >= ALIKE {
                    alike.push((likeness, number));
                }
            }
            alike.sort_by(|a, b| b.0.total_cmp(&a.0));
            for (likeness, number) in alike.iter().take(MAX_ALIKE) {
                let titles = segment.postings(*number).map(|postings| postings.titles);
                let pages = titles.into_iter().flat_map(PageList::iter);
                for (page, _) in pages.take(MAX_PAGES) {
                    if !live.gone.contains(page) {
                        best.offer(*likeness, segment.inbound_pages(page), live.first + page);
                    }
                }
            }
        }
    }
    best.into_pages()
}

/// Pages with a path nearest to one that does not exist, best first.
pub(super) fn similar_paths(view: &View, id: &str) -> Vec<u32> {
    let wanted: String = id.to_lowercase().chars().take(COMPARED_CHARS).collect();
    let wanted = wanted
        .split('#')
        .next()
        .unwrap_or_default()
        .trim_matches('/');
    let file = last_part(wanted);
    let letters_of_file = letters(file);
    let mut best = Suggestions::default();
    for live in view.segments() {
        for page in (0..live.segment.page_count()).filter(|page| !live.gone.contains(*page)) {
            let Some((_, path)) = live.segment.key(page) else {
                continue;
            };
            // Names without most of the letters are not alike: comparing them would take most of the time.
            let shared = (letters(&last_part(path).to_lowercase()) & letters_of_file).count_ones();
            let path_shared = (letters(&path.to_lowercase()) & letters(wanted)).count_ones();
            if 2 * shared < letters_of_file.count_ones()
                && 4 * path_shared < 3 * letters(wanted).count_ones()
            {
                continue;
            }
            let path: String = path.to_lowercase().chars().take(COMPARED_CHARS).collect();
            let whole = jaro_winkler(wanted, path.trim_matches('/'));
            // The last part tells more than the folders before it.
            let likeness = whole.max(jaro_winkler(file, last_part(&path)) * 0.98);
            if likeness >= ALIKE {
                best.offer(
                    likeness,
                    live.segment.inbound_pages(page),
                    live.first + page,
                );
            }
        }
    }
    best.into_pages()
}

/// The best so far: the most alike, then the most linked.
#[derive(Default)]
struct Suggestions(Vec<(f64, Reverse<u32>, u32)>);

impl Suggestions {
    fn offer(&mut self, likeness: f64, inbound: u32, page: u32) {
        if let Some(known) = self.0.iter_mut().find(|(_, _, other)| *other == page) {
            known.0 = known.0.max(likeness);
        } else {
            self.0.push((likeness, Reverse(inbound), page));
        }
        self.0
            .sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        self.0.truncate(MAX_SUGGESTIONS);
    }

    fn into_pages(self) -> Vec<u32> {
        self.0.into_iter().map(|(_, _, page)| page).collect()
    }
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() > 2)
        .map(|word| {
            word.chars()
                .take(COMPARED_CHARS)
                .flat_map(char::to_lowercase)
                .collect()
        })
}

fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
