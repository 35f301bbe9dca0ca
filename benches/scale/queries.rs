//! What is asked: questions of people, and what is made of the pages.

use std::{error::Error, fs, path::Path};

use docent::{corpus::Section, search::Snapshot};

/// A few thousand different ones, in an order that is arbitrary and always the same for the same pages: titles and headings, words
/// of the text, few and many, misspelt ones, and words that no page has.
pub(crate) fn make(
    snapshot: &Snapshot,
    people: &Path,
    count: usize,
) -> Result<Vec<String>, Box<dyn Error>> {
    let mut random = fastrand::Rng::with_seed(1);
    let mut queries = Vec::new();
    if people.is_file() {
        for line in fs::read_to_string(people)?.lines() {
            let line: serde_json::Value = serde_json::from_str(line)?;
            queries.extend(line["query"].as_str().map(str::to_owned));
        }
    }
    let ids: Vec<_> = snapshot.pages().map(|page| page.id()).collect();
    let wanted = queries.len() + count;
    while queries.len() < wanted {
        let id = random.choice(&ids).ok_or("a set with pages")?;
        let Some(page) = snapshot.page(id)? else {
            return Err(format!("{id} is listed and cannot be read").into());
        };
        let title = words(&page.page.title);
        let Some(section) = random.choice(&page.sections) else {
            continue;
        };
        let heading = section
            .headings
            .last()
            .map_or_else(Vec::new, |it| words(it));
        let query = match random.u8(0..9) {
            0 => title,
            1 => [title, heading].concat(),
            2 => [&words("how do I use"), &title[..]].concat(),
            3 => text(section, 1, &mut random),
            4 => text(section, 3, &mut random),
            5 => text(section, 30, &mut random),
            6 => misspelt(title, &mut random),
            7 => misspelt(text(section, 2, &mut random), &mut random),
            _ => vec![
                format!("qxz{}", random.u32(..)),
                format!("vw{}k", random.u16(..)),
            ],
        };
        let query = query.join(" ");
        if (2..=400).contains(&query.len()) {
            queries.push(query);
        }
    }
    random.shuffle(&mut queries);
    let mut seen = std::collections::HashSet::new();
    queries.retain(|query| seen.insert(query.clone()));
    Ok(queries)
}

/// As a person types them.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| c.is_whitespace() || "`*\"#|<>[]{}\\".contains(c))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Some neighbours.
fn text(section: &Section, count: usize, random: &mut fastrand::Rng) -> Vec<String> {
    let words = words(&section.markdown);
    let start = random.usize(..words.len().saturating_sub(count).max(1));
    words.into_iter().skip(start).take(count).collect()
}

/// Each longer word with two neighbours swapped, or one letter left out.
fn misspelt(words: Vec<String>, random: &mut fastrand::Rng) -> Vec<String> {
    words
        .into_iter()
        .map(|word| {
            let mut letters: Vec<_> = word.chars().collect();
            if letters.len() < 5 {
                return word;
            }
            let place = random.usize(1..letters.len() - 1);
            match random.bool() {
                true => letters.swap(place, place + 1),
                false => drop(letters.remove(place)),
            }
            letters.into_iter().collect()
        })
        .collect()
}
