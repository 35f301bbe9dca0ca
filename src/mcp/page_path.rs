//! Where docent's own page of a document is: below the public address, `set/guide/setup`.
//!
//! Each page of a set has a name, which is its path but for two endings: `guide/setup.md` is named `guide/setup`,
//! and so is `guide/setup/`, which only an index of pages has. With `.md` behind its name it is read as Markdown. Where several pages of a set
//! come to the same name, `x.md` has it, else `x`, else `x/`: a file that ends in `.md` is always found by its own
//! name. The others, and those whose names mean something else here, are at `-/{path}.html`, below a folder that no name begins with. So
//! every page has a name, no two pages have the same, and no page's name is the Markdown of another.

use percent_encoding::percent_decode_str;

use super::uri::encoded;
use crate::search::{Meant, Snapshot};

/// How a page is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// By people, in a browser.
    Html,
    /// By programs.
    Markdown,
}

/// What a page's name below its set never is: docent's own files stand there.
const OWN: [&str; 1] = ["llms.txt"];
/// Where pages are that have no name of their own.
const ELSEWHERE: &str = "-/";

/// The path of a page below the public address, percent-encoded, without a slash in front: `set/guide/setup`.
pub fn page_path(snapshot: &Snapshot, set: &str, path: &str, form: Form) -> String {
    let name = name_of(path, &|path| snapshot.has_page(set, path));
    let ending = match form {
        Form::Html => "",
        Form::Markdown => ".md",
    };
    format!("{}/{}{ending}", encoded(set), encoded(&name))
}

/// The path of the list of a folder, which ends in `/`: `set/guide/`.
pub fn folder_path(set: &str, folder: &str) -> String {
    match folder.trim_matches('/') {
        "" => format!("{}/", encoded(set)),
        folder => format!("{}/{}/", encoded(set), encoded(folder)),
    }
}

/// The page of a set that has this name, decoded, with its form.
pub fn page_at(snapshot: &Snapshot, set: &str, name: &str) -> Option<(String, Form)> {
    named(name, &|path| snapshot.has_page(set, path))
}

/// The page that a client names: by its id, by docent's own address of it, whole or from the set on, as people copy it
/// from a browser, or by anything else that a link may say.
pub(super) fn page_meant(snapshot: &Snapshot, named: &str) -> Meant {
    if snapshot.knows(named) {
        return snapshot.meant(named);
    }
    at_address(snapshot, named).unwrap_or_else(|| snapshot.meant(named))
}

/// docent may be below a path, of a few segments.
const MAX_BASE: usize = 8;
/// Longer paths are no pages'.
const MAX_ADDRESS: usize = 8_000;

fn at_address(snapshot: &Snapshot, address: &str) -> Option<Meant> {
    let (address, fragment) = match address.trim().split_once('#') {
        Some((address, fragment)) => (address, Some(fragment)),
        None => (address.trim(), None),
    };
    let below_host = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"))
        .map(|rest| rest.split_once('/').map_or("", |(_, path)| path));
    let path = below_host.unwrap_or(address).split('?').next()?;
    if path.len() > MAX_ADDRESS {
        return None;
    }
    let path = decoded_path(path.trim_matches('/'))?;
    let mut rest = path.as_str();
    for _ in 0..MAX_BASE {
        let (set, name) = rest.split_once('/')?;
        if let Some((path, _)) = page_at(snapshot, set, name) {
            return Some(Meant::Page {
                id: format!("{set}/{path}"),
                fragment: fragment.map(str::to_owned),
            });
        }
        rest = name;
    }
    None
}

/// A path of a request, decoded; `None` where it is no text, or names the folder above.
pub fn decoded_path(path: &str) -> Option<String> {
    let mut decoded = String::with_capacity(path.len());
    for (number, part) in path.split('/').enumerate() {
        let part = percent_decode_str(part).decode_utf8().ok()?;
        if part.contains('/') || matches!(&*part, "." | "..") {
            return None;
        }
        if number > 0 {
            decoded.push('/');
        }
        decoded.push_str(&part);
    }
    Some(decoded)
}

type Has<'a> = &'a dyn Fn(&str) -> bool;

fn name_of(path: &str, has: Has<'_>) -> String {
    let (name, has_it) = match (path.strip_suffix(".md"), path.strip_suffix('/')) {
        (Some(name), _) => (name, true),
        (_, Some(name)) => (name, !has(&format!("{name}.md")) && !has(name)),
        (None, None) => (path, !has(&format!("{path}.md"))),
    };
    if has_it && is_name(name) {
        return name.to_owned();
    }
    format!("{ELSEWHERE}{path}.html")
}

fn named(name: &str, has: Has<'_>) -> Option<(String, Form)> {
    let (name, form) = match name.strip_suffix(".md") {
        Some(name) => (name, Form::Markdown),
        None => (name, Form::Html),
    };
    let path = match name.strip_prefix(ELSEWHERE) {
        Some(rest) => {
            let path = rest.strip_suffix(".html").filter(|path| has(path))?;
            (name_of(path, has) == name).then(|| path.to_owned())?
        }
        None if is_name(name) => {
            let claims = [format!("{name}.md"), name.to_owned(), format!("{name}/")];
            claims.into_iter().find(|path| has(path))?
        }
        None => return None,
    };
    Some((path, form))
}

fn is_name(name: &str) -> bool {
    let is_file = !name.is_empty() && !name.ends_with('/');
    is_file && !name.ends_with(".md") && !name.starts_with(ELSEWHERE) && !OWN.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::btree_set, prelude::*, sample::select};
    use std::collections::{BTreeSet, HashMap};

    fn set(paths: &[&str]) -> BTreeSet<String> {
        paths.iter().map(|path| (*path).to_owned()).collect()
    }

    #[test]
    fn a_page_is_named_by_its_path() {
        let pages = set(&[
            "a.md",
            "b.html",
            "c.rst",
            "d.1",
            "e/index.md",
            "f/g/",
            "größe/ж 文.md",
        ]);
        let name = |path: &str| name_of(path, &|path| pages.contains(path));
        for (path, expected) in [
            ("a.md", "a"),
            ("b.html", "b.html"),
            ("c.rst", "c.rst"),
            ("d.1", "d.1"),
            ("e/index.md", "e/index"),
            ("f/g/", "f/g"),
            ("größe/ж 文.md", "größe/ж 文"),
        ] {
            assert_eq!(name(path), expected);
        }
    }

    #[test]
    fn of_several_pages_with_one_name_one_has_it_and_each_is_somewhere() {
        let pages = set(&[
            "README",
            "README.md",
            "a.html",
            "a.html.md",
            "b",
            "b/",
            "x.md",
            "x.md.md",
            "-/x.md",
            "llms.txt",
        ]);
        let name = |path: &str| name_of(path, &|path| pages.contains(path));
        for (path, expected) in [
            ("README.md", "README"),
            ("README", "-/README.html"),
            ("a.html.md", "a.html"),
            ("a.html", "-/a.html.html"),
            ("b", "b"),
            ("b/", "-/b/.html"),
            ("x.md", "x"),
            ("x.md.md", "-/x.md.md.html"),
            ("-/x.md", "-/-/x.md.html"),
            ("llms.txt", "-/llms.txt.html"),
        ] {
            assert_eq!(name(path), expected);
        }
    }

    #[test]
    fn a_path_is_decoded_once_and_never_climbs() {
        for (path, decoded) in [
            ("a/b%20c", Some("a/b c")),
            ("%D0%B6/%2525", Some("ж/%25")),
            ("a//b", Some("a//b")),
            ("a%2Fb", None),
            ("%FF", None),
            ("../a", None),
            ("a/%2e%2E/b", None),
            ("a/./b", None),
            ("a/...", Some("a/...")),
        ] {
            assert_eq!(decoded_path(path).as_deref(), decoded, "{path}");
        }
    }

    proptest! {
        /// Whatever pages a set has, each has a name, and each name, with `.md` or without, one page.
        #[test]
        fn names_and_pages_are_a_bijection(
            pages in btree_set(
                prop::collection::vec(
                    select(vec!["a", "-", "/", ".md", ".html", ".", "llms.txt", "ж", "b"]), 1..6,
                ).prop_map(|parts| parts.concat()),
                1..24,
            ),
        ) {
            let has = |path: &str| pages.contains(path);
            let mut taken = HashMap::new();
            for page in &pages {
                let name = name_of(page, &has);
                let markdown = format!("{name}.md");
                prop_assert_eq!(named(&name, &has), Some((page.clone(), Form::Html)));
                prop_assert_eq!(named(&markdown, &has), Some((page.clone(), Form::Markdown)));
                prop_assert!(!name.ends_with('/'));
                for address in [name, markdown] {
                    prop_assert_eq!(taken.insert(address, page), None);
                }
            }
            // What is at any other name is a page that has it.
            for page in &pages {
                for name in [page.clone(), format!("{page}.md"), format!("-/{page}.html"), format!("{page}.html")] {
                    if let Some((found, form)) = named(&name, &has) {
                        let ending = if form == Form::Markdown { ".md" } else { "" };
                        prop_assert_eq!(format!("{}{ending}", name_of(&found, &has)), name);
                    }
                }
            }
        }
    }
}
