//! What somebody may have meant who named something that is not there.

use super::catalog::{Catalog, CatalogPage};
use strsim::jaro_winkler;

const MAX_SUGGESTIONS: usize = 5;
/// Below this, two names have nothing to do with each other.
const ALIKE: f64 = 0.8;
/// Longer names are compared by their beginning.
const COMPARED_CHARS: usize = 120;

/// Pages with a title nearest to the words of a query, best first.
pub(super) fn nearest_titles<'a>(catalog: &'a Catalog, text: &str) -> Vec<&'a CatalogPage> {
    let words: Vec<String> = words(text).take(8).collect();
    best(catalog, |page| {
        let titles: Vec<String> = self::words(&page.title).collect();
        words
            .iter()
            .map(|word| {
                let alike = titles.iter().map(|title| jaro_winkler(word, title));
                alike.fold(0.0, f64::max)
            })
            .fold(0.0, f64::max)
    })
}

/// Pages with a path nearest to one that does not exist, best first.
pub(super) fn similar_paths<'a>(catalog: &'a Catalog, id: &str) -> Vec<&'a CatalogPage> {
    let wanted: String = id.to_lowercase().chars().take(COMPARED_CHARS).collect();
    let wanted = wanted
        .split('#')
        .next()
        .unwrap_or_default()
        .trim_matches('/');
    let file = last_part(wanted);
    best(catalog, |page| {
        let path = page.path.to_lowercase();
        let whole = jaro_winkler(wanted, path.trim_matches('/'));
        // The last part tells more than the folders before it.
        whole.max(jaro_winkler(file, last_part(&path)) * 0.98)
    })
}

fn best(catalog: &Catalog, score: impl Fn(&CatalogPage) -> f64) -> Vec<&CatalogPage> {
    let mut scored: Vec<_> = catalog
        .pages
        .iter()
        .map(|page| (score(page), page))
        .filter(|(score, _)| *score >= ALIKE)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.inbound.cmp(&a.1.inbound)));
    scored
        .into_iter()
        .take(MAX_SUGGESTIONS)
        .map(|(_, page)| page)
        .collect()
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
