//! PDF: the text of its pages, with headings from the bookmarks or by the size of the type.
//!
//! The file is read by this module itself: what crates there are inflate a stream whole, however large it becomes, so that a file of
//! some kilobytes takes all memory there is. Pictures, forms to fill in and scripts are not looked at. What is painted so that nobody
//! sees it (invisible, white on white, outside of the page, smaller than anything is printed) is not read.

mod content;
mod font;
mod layout;
mod object;

use super::super::document::{Page, Skip};
use content::Interpreter;
use layout::{Bookmark, Sheet};
use object::{File, Object};
use std::collections::{HashMap, HashSet};

/// Pages of one file.
const MAX_SHEETS: usize = 20_000;
/// Bookmarks of one file.
const MAX_BOOKMARKS: usize = 10_000;
/// Folders of pages, and of bookmarks, in one another.
const MAX_DEPTH: usize = 64;

type Dict = HashMap<String, Object>;

/// Turns a file into its page.
///
/// # Errors
/// [`Skip::Malformed`] for a file that is encrypted, or where no pages are found; [`Skip::Empty`] for one without text.
pub(super) fn pages(bytes: &[u8]) -> Result<Vec<Page>, Skip> {
    let malformed = |reason: &str| Skip::Malformed {
        reason: reason.to_owned(),
    };
    let file = File::read(bytes).map_err(malformed)?;
    let root = file
        .trailers
        .iter()
        .rev()
        .find_map(|trailer| file.dict_of(trailer, "Root"))
        .ok_or_else(|| malformed("a PDF file without a catalogue"))?;
    let mut interpreter = Interpreter::new(&file);
    let mut sheets: Vec<Sheet> = Vec::new();
    let mut numbers: HashMap<u32, usize> = HashMap::new();
    walk_pages(&file, &root, |number, page, resources, bounds| {
        numbers.entry(number).or_insert(sheets.len());
        let content = content_of(&file, page);
        sheets.push(Sheet::of(interpreter.page(&content, resources, bounds)));
        sheets.len() < MAX_SHEETS
    });
    if sheets.is_empty() {
        return Err(malformed("a PDF file without pages"));
    }
    let bookmarks = bookmarks(&file, &root, &numbers);
    let markdown = layout::markdown(sheets, &bookmarks);
    if !markdown.contains(char::is_alphanumeric) {
        return Err(Skip::Scanned);
    }
    let info = file
        .trailers
        .iter()
        .rev()
        .find_map(|trailer| file.dict_of(trailer, "Info"));
    let title = info.and_then(|info| text_of(&file, &info, "Title"));
    // What a program calls a file is no title.
    let title = title.filter(|title| {
        let lower = title.to_lowercase();
        title.len() <= 300
            && !lower.starts_with("microsoft word")
            && lower != "untitled"
            && ![".doc", ".docx", ".dvi", ".indd", ".tex", ".qxd", ".pdf"]
                .iter()
                .any(|end| lower.ends_with(end))
    });
    Ok(vec![Page {
        title,
        markdown,
        ..Page::default()
    }])
}

fn text_of(file: &File<'_>, dict: &Dict, key: &str) -> Option<String> {
    let Object::Text(text) = file.key(dict, key) else {
        return None;
    };
    let text = font::text_string(&text);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

/// Each page, in order: its number as an object, itself, what it has from the folders above it.
fn walk_pages(
    file: &File<'_>,
    root: &Dict,
    mut each: impl FnMut(u32, &Dict, &Dict, [f64; 4]) -> bool,
) {
    struct Folder {
        kids: std::vec::IntoIter<Object>,
        resources: std::rc::Rc<Dict>,
        bounds: [f64; 4],
    }
    let bounds_of = |dict: &Dict| match file.key(dict, "MediaBox") {
        Object::List(numbers) if numbers.len() == 4 => {
            let number = |at: usize| file.resolve(&numbers[at]).number().unwrap_or(0.0);
            let (a, b, c, d) = (number(0), number(1), number(2), number(3));
            Some([a.min(c), b.min(d), a.max(c), b.max(d)])
        }
        _ => None,
    };
    let mut seen: HashSet<u32> = HashSet::new();
    let first = root.get("Pages").cloned().into_iter().collect::<Vec<_>>();
    let mut open = vec![Folder {
        kids: first.into_iter(),
        resources: std::rc::Rc::default(),
        bounds: [0.0, 0.0, 612.0, 792.0],
    }];
    while let Some(folder) = open.last_mut() {
        let Some(kid) = folder.kids.next() else {
            open.pop();
            continue;
        };
        let number = match kid {
            Object::Reference(number) if seen.insert(number) => number,
            _ => continue,
        };
        let Some(dict) = file.dict(&kid) else {
            continue;
        };
        let resources = match file.dict_of(&dict, "Resources") {
            Some(own) => std::rc::Rc::new(own),
            None => std::rc::Rc::clone(&folder.resources),
        };
        let bounds = bounds_of(&dict).unwrap_or(folder.bounds);
        match file.key(&dict, "Kids") {
            Object::List(kids) if open.len() < MAX_DEPTH => open.push(Folder {
                kids: kids.into_iter(),
                resources,
                bounds,
            }),
            Object::List(_) => {}
            _ => {
                if !each(number, &dict, &resources, bounds) {
                    return;
                }
            }
        }
    }
}

fn content_of(file: &File<'_>, page: &Dict) -> Vec<u8> {
    let parts = match page.get("Contents") {
        Some(reference @ Object::Reference(_)) => match file.resolve(reference) {
            Object::List(parts) => parts,
            _ => vec![reference.clone()],
        },
        Some(Object::List(parts)) => parts.clone(),
        _ => Vec::new(),
    };
    let mut content = Vec::new();
    for part in parts.iter().take(1_000) {
        if let Some((_, data)) = file.stream(part) {
            content.extend(data);
            content.push(b'\n');
        }
    }
    content
}

/// The outline of the document (12.3.3), in its order.
fn bookmarks(file: &File<'_>, root: &Dict, pages: &HashMap<u32, usize>) -> Vec<Bookmark> {
    let mut found = Vec::new();
    let Some(outlines) = file.dict_of(root, "Outlines") else {
        return found;
    };
    let names = Names::read(file, root);
    let mut seen: HashSet<u32> = HashSet::new();
    let mut open: Vec<(Object, usize)> = outlines
        .get("First")
        .cloned()
        .map(|first| (first, 1))
        .into_iter()
        .collect();
    while let Some((next, level)) = open.pop() {
        let Object::Reference(number) = next else {
            continue;
        };
        if found.len() >= MAX_BOOKMARKS || !seen.insert(number) {
            continue;
        }
        let Some(item) = file.dict(&next) else {
            continue;
        };
        let destination = match file.key(&item, "Dest") {
            Object::Null => file
                .dict_of(&item, "A")
                .map_or(Object::Null, |action| file.key(&action, "D")),
            destination => destination,
        };
        let page = names
            .page(file, destination)
            .and_then(|number| pages.get(&number));
        if let (Some(title), Some(page)) = (text_of(file, &item, "Title"), page) {
            found.push(Bookmark {
                title,
                level,
                sheet: *page,
            });
        }
        // What comes after is looked at after what is below.
        open.extend(item.get("Next").cloned().map(|next| (next, level)));
        if level < MAX_DEPTH {
            open.extend(item.get("First").cloned().map(|first| (first, level + 1)));
        }
    }
    found
}

/// Named places (12.3.2.4), each with the page that it is on.
struct Names(HashMap<Vec<u8>, Object>);

impl Names {
    fn read(file: &File<'_>, root: &Dict) -> Self {
        let mut names = HashMap::new();
        if let Some(old) = file.dict_of(root, "Dests") {
            names.extend(
                old.into_iter()
                    .take(100_000)
                    .map(|(name, place)| (name.into_bytes(), place)),
            );
        }
        let mut open: Vec<Object> = file
            .dict_of(root, "Names")
            .and_then(|all| all.get("Dests").cloned())
            .into_iter()
            .collect();
        let mut seen: HashSet<u32> = HashSet::new();
        while let Some(next) = open.pop() {
            if let Object::Reference(number) = next
                && !seen.insert(number)
            {
                continue;
            }
            let Some(node) = file.dict(&next) else {
                continue;
            };
            if let Object::List(pairs) = file.key(&node, "Names") {
                for pair in pairs.chunks_exact(2) {
                    if let (Object::Text(name), place) = (&pair[0], &pair[1])
                        && names.len() < 100_000
                    {
                        names.insert(name.clone(), place.clone());
                    }
                }
            }
            if let Object::List(kids) = file.key(&node, "Kids") {
                open.extend(
                    kids.into_iter()
                        .filter(|kid| matches!(kid, Object::Reference(_))),
                );
            }
        }
        Self(names)
    }

    /// The page of a place, by its number as an object.
    fn page(&self, file: &File<'_>, destination: Object) -> Option<u32> {
        let mut here = destination;
        for _ in 0..8 {
            here = match here {
                Object::Text(name) => file.resolve(self.0.get(&name)?),
                Object::Name(name) => file.resolve(self.0.get(name.as_bytes())?),
                Object::Dict(dict) => file.key(&dict, "D"),
                Object::List(parts) => match parts.into_iter().next()? {
                    Object::Reference(page) => return Some(page),
                    _ => return None,
                },
                _ => return None,
            };
        }
        None
    }
}

#[cfg(test)]
mod tests;
