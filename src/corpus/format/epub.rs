//! EPUB (2 and 3): each document of the reading order is a page, read as a page of a site is.

use super::html;
use super::office::{Archive, Seen, malformed, walk};
use crate::corpus::document::{Page, Skip, Source, Weight};
use crate::corpus::path::join;
use percent_encoding::percent_decode_str;
use std::collections::HashMap;

/// Documents of one book.
const MAX_PAGES: usize = 5_000;

/// # Errors
/// Why it has nothing to serve.
pub(super) fn pages(path: &str, bytes: &[u8]) -> Result<Vec<Page>, Skip> {
    let mut archive = Archive::open(bytes)?;
    let container = archive.text("META-INF/container.xml")?;
    let container =
        container.ok_or_else(|| malformed("an archive without META-INF/container.xml"))?;
    let package = package_path(&container)?.ok_or_else(|| malformed("a book without a package"))?;
    let text = archive.text(&package)?;
    let book = Book::read(&text.ok_or_else(|| malformed("its package is not there"))?)?;
    let protected = archive.text("META-INF/encryption.xml")?.unwrap_or_default();
    let folder = package.rsplit_once('/').map_or("", |(folder, _)| folder);
    let titles = book.titles(folder, &mut archive);
    let mut pages: Vec<Page> = Vec::new();
    let mut trouble = None;
    for (place, item) in book.order.iter().enumerate().take(MAX_PAGES) {
        let Some(name) = item.href.as_deref().map(|href| within(folder, href)) else {
            continue;
        };
        if item.is_navigation || !item.is_text {
            continue;
        }
        if protected.contains(&format!("URI=\"{name}\"")) {
            return Err(malformed("it is encrypted"));
        }
        let Some(text) = archive.text(&name)? else {
            continue;
        };
        let source = Source {
            path: &name,
            text: &text,
            include: &|_| None,
            site: &crate::corpus::Site::default(),
        };
        match html::pages(&source) {
            Ok(of_document) => {
                for mut page in of_document {
                    if let Some(title) = titles.get(&name) {
                        page.title = Some(title.clone());
                    }
                    page.path = Some(format!("{path}/{name}"));
                    // EPUB Canonical Fragment Identifiers: the spine is the third element of the package.
                    page.fragment = Some(format!("epubcfi(/6/{}!)", 2 * (place + 1)));
                    page.permalink = None;
                    page.weight = u32::try_from(place)
                        .ok()
                        .and_then(|place| Weight::of(f64::from(place)));
                    pages.push(page);
                }
            }
            // A cover has no text, say.
            Err(reason) => trouble = Some(reason),
        }
    }
    match pages.is_empty() {
        true => Err(trouble.unwrap_or(Skip::Empty)),
        false => Ok(pages),
    }
}

#[derive(Debug, Clone, Default)]
struct Item {
    href: Option<String>,
    is_text: bool,
    is_navigation: bool,
}

#[derive(Debug, Default)]
struct Book {
    order: Vec<Item>,
    /// The documents that name the chapters.
    tables: Vec<String>,
}

impl Book {
    fn read(text: &str) -> Result<Self, Skip> {
        let mut items: HashMap<String, Item> = HashMap::new();
        let mut book = Self::default();
        walk(text, |seen| {
            if let Seen::Start(element) = seen {
                match element.name() {
                    "item" => {
                        let kind = element.attribute("media-type").unwrap_or_default();
                        let properties = element.attribute("properties").unwrap_or_default();
                        let item = Item {
                            href: element.attribute("href"),
                            is_text: kind.contains("html"),
                            is_navigation: properties.split_whitespace().any(|it| it == "nav"),
                        };
                        if item.is_navigation || kind == "application/x-dtbncx+xml" {
                            book.tables.extend(item.href.clone());
                        }
                        items.insert(element.attribute("id").unwrap_or_default(), item);
                    }
                    "itemref" if book.order.len() < MAX_PAGES => {
                        let id = element.attribute("idref").unwrap_or_default();
                        book.order.push(items.get(&id).cloned().unwrap_or_default());
                    }
                    _ => {}
                }
            }
            false
        })?;
        Ok(book)
    }

    /// What the tables of contents call each document: the first entry that leads to it.
    fn titles(&self, folder: &str, archive: &mut Archive<'_>) -> HashMap<String, String> {
        let mut titles = HashMap::new();
        for table in self.tables.iter().take(4) {
            let name = within(folder, table);
            let Ok(Some(text)) = archive.text(&name) else {
                continue;
            };
            let beside = name.rsplit_once('/').map_or("", |(folder, _)| folder);
            let (mut words, mut target) = (String::new(), None);
            let mut enter = |target: &mut Option<String>, words: &mut String| {
                let title = words.split_whitespace().collect::<Vec<_>>().join(" ");
                words.clear();
                if let Some(target) = target
                    .take()
                    .filter(|_| !title.is_empty() && title.len() <= 500)
                {
                    // A link into the middle names a part.
                    if !target.contains('#')
                        || !titles.contains_key(target.split('#').next().unwrap_or(""))
                    {
                        let file = target.split('#').next().unwrap_or("").to_owned();
                        titles.entry(file).or_insert(title);
                    }
                }
            };
            // A table that is broken halfway names what comes before.
            let _ = walk(&text, |seen| {
                match seen {
                    Seen::Start(element) => match element.name() {
                        "a" => {
                            words.clear();
                            target = element.attribute("href").map(|href| within(beside, &href));
                        }
                        "navLabel" => words.clear(),
                        "content" => {
                            target = element.attribute("src").map(|src| within(beside, &src));
                            enter(&mut target, &mut words);
                        }
                        _ => {}
                    },
                    Seen::End("a") => enter(&mut target, &mut words),
                    Seen::End(_) => {}
                    Seen::Text(text) => {
                        if words.len() < 2_000 {
                            words.push_str(&text);
                        }
                    }
                }
                false
            });
        }
        titles
    }
}

fn package_path(container: &str) -> Result<Option<String>, Skip> {
    let mut found = None;
    walk(container, |seen| {
        if let Seen::Start(element) = seen
            && element.name() == "rootfile"
            && found.is_none()
        {
            found = element.attribute("full-path");
        }
        false
    })?;
    Ok(found)
}

/// The name in the archive of what a part names relative to its own folder.
fn within(folder: &str, href: &str) -> String {
    let href = percent_decode_str(href).decode_utf8_lossy();
    let (file, fragment) = href
        .split_once('#')
        .map_or((&*href, ""), |(file, fragment)| (file, fragment));
    let name = join(folder, file).unwrap_or_default();
    match fragment {
        "" => name,
        fragment => format!("{name}#{fragment}"),
    }
}
