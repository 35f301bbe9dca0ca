//! Docusaurus: sets of documents with versions and languages, blogs, and pages.

use super::below;
use super::pages::PARTIAL;
use crate::corpus::path::join;
use serde::{Deserialize, Serialize};
use serde_json::Value;

const DOCS: &str = "docusaurus-plugin-content-docs";
const BLOG: &str = "docusaurus-plugin-content-blog";
const PAGES: &str = "docusaurus-plugin-content-pages";

/// What is published of a Docusaurus site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::corpus) struct Docusaurus {
    pub(super) docs: Vec<Docs>,
    pub(super) blogs: Vec<Blog>,
    /// The folder of single pages.
    pub(super) pages: Option<String>,
    /// The language whose pages have no folder of it in their addresses.
    pub(super) language: String,
    /// `trailingSlash`, where it is set.
    pub(super) slash: Option<bool>,
}

/// A set of documents: an instance of its plug-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Docs {
    /// `""` for the one of the preset.
    pub(super) id: String,
    pub(super) folder: String,
    /// Without `/` at its ends.
    pub(super) route: String,
    /// The versions and where each is published; the one in work is called `current`.
    pub(super) versions: Vec<(String, String)>,
}

/// A blog: an instance of its plug-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Blog {
    pub(super) id: String,
    pub(super) folder: String,
    pub(super) route: String,
}

/// Where a file is.
enum At<'a> {
    Docs(&'a Docs, &'a str),
    Blog(&'a Blog),
    Pages,
}

impl Docusaurus {
    /// Of a folder of documents of which nothing else is known.
    pub(super) fn of_docs() -> Self {
        Self {
            docs: vec![Docs {
                id: String::new(),
                folder: String::new(),
                route: String::new(),
                versions: Vec::new(),
            }],
            blogs: Vec::new(),
            pages: None,
            language: String::new(),
            slash: None,
        }
    }

    /// The version that has no word for it in addresses, of the documents that have several.
    pub(super) fn default_version(&self) -> Option<&str> {
        let docs = self.docs.iter().find(|docs| docs.versions.len() > 1)?;
        let mut versions = docs.versions.iter();
        let (name, _) = versions.find(|(_, path)| path.is_empty())?;
        Some(name)
    }

    pub(super) fn address(&self, file: &str, front: Option<&Value>) -> Option<String> {
        let (language, at, path) = self.at(file)?;
        let is_html = |path: &str| path.ends_with(".html") || path.ends_with(".htm");
        let is_page = super::is_markup(path);
        let (route, page) = match at {
            At::Docs(docs, version) => {
                let page = match is_page {
                    true => doc(path, front),
                    false => path.to_owned(),
                };
                let version = docs.version(version);
                (together(&docs.route, &version), page)
            }
            At::Blog(blog) if is_page => (blog.route.clone(), post(path, front)),
            At::Blog(blog) => (blog.route.clone(), path.to_owned()),
            At::Pages if is_page => (String::new(), without_index(stem(path)).to_owned()),
            At::Pages => return None,
        };
        let address = together(&together(language, &route), &page);
        if !is_page {
            return Some(match address.strip_suffix("index.html") {
                Some(folder) if is_html(path) => folder.to_owned(),
                _ => address,
            });
        }
        Some(match self.slash {
            Some(true) if !address.is_empty() => format!("{}/", address.trim_end_matches('/')),
            Some(false) => address.trim_end_matches('/').to_owned(),
            _ => address,
        })
    }

    pub(super) fn why_no_page(&self, file: &str) -> Option<&'static str> {
        let (_, _, path) = self.at(file)?;
        let mut parts = path.split('/');
        (super::is_markup(path) && parts.any(|part| part.starts_with('_'))).then_some(PARTIAL)
    }

    /// The language that a file's address begins with, what the file is of, and its path in that.
    fn at<'a>(&'a self, file: &'a str) -> Option<(&'a str, At<'a>, &'a str)> {
        if let Some((language, path)) = below(file, "i18n").and_then(|path| path.split_once('/')) {
            let language = match language == self.language {
                true => "",
                false => language,
            };
            let (plugin, path) = path.split_once('/')?;
            let id = |prefix: &str| {
                let rest = plugin.strip_prefix(prefix)?;
                Some(rest.strip_prefix('-').unwrap_or(rest))
            };
            if let Some(id) = id(DOCS) {
                let docs = self.docs.iter().find(|docs| docs.id == id)?;
                let (version, path) = path.split_once('/')?;
                let version = version.strip_prefix("version-").unwrap_or(version);
                return Some((language, At::Docs(docs, version), path));
            }
            if let Some(id) = id(BLOG) {
                let blog = self.blogs.iter().find(|blog| blog.id == id)?;
                return Some((language, At::Blog(blog), path));
            }
            return (plugin == PAGES).then_some((language, At::Pages, path));
        }
        for docs in &self.docs {
            let versioned = match docs.id.as_str() {
                "" => "versioned_docs".to_owned(),
                id => format!("{id}_versioned_docs"),
            };
            if let Some(path) = below(file, &versioned) {
                let (version, path) = path.strip_prefix("version-")?.split_once('/')?;
                return Some(("", At::Docs(docs, version), path));
            }
        }
        let docs = self.docs.iter().filter_map(|docs| {
            let path = below(file, &docs.folder)?;
            Some((docs.folder.len(), At::Docs(docs, "current"), path))
        });
        let blogs = self.blogs.iter().filter_map(|blog| {
            let path = below(file, &blog.folder)?;
            Some((blog.folder.len(), At::Blog(blog), path))
        });
        let pages = self.pages.iter().filter_map(|folder| {
            let path = below(file, folder)?;
            Some((folder.len(), At::Pages, path))
        });
        let all = docs.chain(blogs).chain(pages);
        let (_, at, path) = all.max_by_key(|(length, ..)| *length)?;
        Some(("", at, path))
    }
}

impl Docs {
    fn version(&self, name: &str) -> String {
        let known = self.versions.iter().find(|(version, _)| version == name);
        match known {
            Some((_, path)) => path.trim_matches('/').to_owned(),
            None if name == "current" => String::new(),
            None => name.to_owned(),
        }
    }
}

/// Two parts of an address.
fn together(first: &str, second: &str) -> String {
    match (first.is_empty(), second.is_empty()) {
        (true, _) => second.to_owned(),
        (false, true) => format!("{}/", first.trim_end_matches('/')),
        (false, false) => format!("{}/{second}", first.trim_end_matches('/')),
    }
}

/// The address of a document below its set.
fn doc(path: &str, front: Option<&Value>) -> String {
    let said = |key: &str| {
        let value = front?.get(key)?;
        let text = value.as_str().map(str::to_owned);
        text.or_else(|| value.as_i64().map(|number| number.to_string()))
    };
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let name = stem(file);
    let parts: Vec<&str> = folder.split('/').map(unnumbered).collect();
    let folder_address = parts.join("/");
    let slug = said("slug");
    if let Some(slug) = slug.as_deref().and_then(|slug| slug.strip_prefix('/')) {
        return slug.to_owned();
    }
    let last = folder.rsplit('/').next().unwrap_or_default();
    let is_index = ["index", "readme", last]
        .iter()
        .any(|index| !index.is_empty() && name.eq_ignore_ascii_case(index));
    let name = match slug.or_else(|| said("id").filter(|_| !is_index)) {
        Some(said) => said,
        None if is_index => {
            return match folder_address.is_empty() {
                true => String::new(),
                false => format!("{folder_address}/"),
            };
        }
        None => unnumbered(name).to_owned(),
    };
    join(&folder_address, &name).unwrap_or(name)
}

/// The address of a post below its blog.
fn post(path: &str, front: Option<&Value>) -> String {
    let slug = front.and_then(|front| front.get("slug")?.as_str());
    if let Some(slug) = slug {
        return slug.trim_start_matches('/').to_owned();
    }
    let path = without_index(stem(path)).trim_end_matches('/');
    let mut starts = path
        .char_indices()
        .filter(|(at, _)| *at == 0 || !path.as_bytes()[at - 1].is_ascii_digit());
    let dated = starts.find_map(|(at, _)| Some((at, date(&path[at..])?)));
    match dated {
        Some((at, (date, rest))) => format!("{date}/{}{rest}", &path[..at]),
        None => path.to_owned(),
    }
}

/// A date at the beginning of a path, with `/` between its parts, and what follows.
fn date(path: &str) -> Option<(String, &str)> {
    let mut rest = path;
    let mut parts = Vec::new();
    for (number, (least, most)) in [(4, 4), (1, 2), (1, 2)].into_iter().enumerate() {
        if number > 0 {
            rest = rest.strip_prefix(['-', '/'])?;
        }
        let digits = rest
            .bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count();
        if digits < least {
            return None;
        }
        parts.push(&rest[..digits]);
        rest = &rest[digits..];
    }
    Some((
        parts.join("/"),
        rest.strip_prefix(['-', '/']).unwrap_or(rest),
    ))
}

/// A name without the number that orders it: `02-guide` is `guide`, `2024-03-02-x` and `1.2-x` are what they are.
fn unnumbered(name: &str) -> &str {
    let rest = name.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() == name.len() {
        return name;
    }
    let after = rest.trim_start_matches(' ');
    let suffix = after.trim_start_matches(['-', '_', '.']);
    if suffix.len() == after.len() {
        return name;
    }
    let is_version =
        suffix.starts_with(|c: char| c.is_ascii_digit()) && after.len() - suffix.len() == 1;
    let suffix = suffix.trim_start_matches(' ');
    match suffix.is_empty() || is_version && rest.len() == after.len() {
        true => name,
        false => suffix,
    }
}

fn stem(path: &str) -> &str {
    let file = path.rfind('/').map_or(0, |slash| slash + 1);
    match path[file..].rfind('.') {
        Some(dot) if dot > 0 => &path[..file + dot],
        _ => path,
    }
}

fn without_index(path: &str) -> &str {
    match path.strip_suffix("index") {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => folder,
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn site() -> Docusaurus {
        let docs = |id: &str, versions: &[(&str, &str)]| Docs {
            id: id.to_owned(),
            folder: if id.is_empty() { "docs" } else { id }.to_owned(),
            route: if id.is_empty() { "docs" } else { id }.to_owned(),
            versions: versions
                .iter()
                .map(|(name, path)| ((*name).to_owned(), (*path).to_owned()))
                .collect(),
        };
        Docusaurus {
            docs: vec![
                docs("", &[("current", "next"), ("2.0", "")]),
                docs("community", &[]),
            ],
            blogs: vec![Blog {
                id: String::new(),
                folder: "blog".to_owned(),
                route: "blog".to_owned(),
            }],
            pages: Some("src/pages".to_owned()),
            language: "en".to_owned(),
            slash: None,
        }
    }

    #[test]
    fn each_kind_of_page_has_its_address() {
        let none = json!({});
        for (file, front, address) in [
            ("docs/intro.md", &none, "docs/next/intro"),
            ("docs/02-guide/01-setup.mdx", &none, "docs/next/guide/setup"),
            ("docs/guide/guide.md", &none, "docs/next/guide/"),
            ("docs/guide/README.md", &none, "docs/next/guide/"),
            ("docs/index.md", &none, "docs/next/"),
            ("docs/a/b.md", &json!({"slug": "/x/y"}), "docs/next/x/y"),
            ("docs/a/b.md", &json!({"slug": "c"}), "docs/next/a/c"),
            ("docs/a/b.md", &json!({"slug": "/"}), "docs/next/"),
            ("docs/a/b.md", &json!({"id": "c"}), "docs/next/a/c"),
            ("docs/a/2024-03-02-x.md", &none, "docs/next/a/2024-03-02-x"),
            ("versioned_docs/version-2.0/a.md", &none, "docs/a"),
            ("versioned_docs/version-1.0/a.md", &none, "docs/1.0/a"),
            ("community/team.md", &none, "community/team"),
            (
                "community_versioned_docs/version-1/team.md",
                &none,
                "community/1/team",
            ),
            (
                "i18n/fr/docusaurus-plugin-content-docs/current/a.md",
                &none,
                "fr/docs/next/a",
            ),
            (
                "i18n/fr/docusaurus-plugin-content-docs/version-2.0/a.md",
                &none,
                "fr/docs/a",
            ),
            (
                "i18n/en/docusaurus-plugin-content-docs/version-2.0/a.md",
                &none,
                "docs/a",
            ),
            (
                "i18n/fr/docusaurus-plugin-content-docs-community/current/a.md",
                &none,
                "fr/community/a",
            ),
            (
                "i18n/fr/docusaurus-plugin-content-pages/a.md",
                &none,
                "fr/a",
            ),
            (
                "i18n/fr/docusaurus-plugin-content-blog/2024-03-02-x.md",
                &none,
                "fr/blog/2024/03/02/x",
            ),
            ("blog/2024-03-02-x.md", &none, "blog/2024/03/02/x"),
            ("blog/2024-03-02-x/index.md", &none, "blog/2024/03/02/x"),
            ("blog/2024/03/02/x.mdx", &none, "blog/2024/03/02/x"),
            ("blog/2024-03-02-x.md", &json!({"slug": "y"}), "blog/y"),
            ("blog/x.md", &none, "blog/x"),
            ("src/pages/index.md", &none, ""),
            ("src/pages/a/about.md", &none, "a/about"),
        ] {
            assert_eq!(
                site().address(file, Some(front)).as_deref(),
                Some(address),
                "{file} {front}"
            );
        }
        assert_eq!(site().address("README.md", None), None);
        let slashed = Docusaurus {
            slash: Some(true),
            ..site()
        };
        assert_eq!(
            slashed.address("docs/a.md", None).as_deref(),
            Some("docs/next/a/")
        );
        for file in ["docs/_a.mdx", "docs/_partials/a.md", "blog/_x.md"] {
            assert!(site().why_no_page(file).is_some(), "{file}");
        }
        assert_eq!(site().why_no_page("docs/a_b.md"), None);
    }

    #[test]
    fn numbers_that_order_are_no_part_of_a_name() {
        for (name, rest) in [
            ("02-guide", "guide"),
            ("02 - guide", "guide"),
            ("1_a", "a"),
            ("007", "007"),
            ("2-", "2-"),
            ("1.2-a", "1.2-a"),
            ("2024-03-02-a", "2024-03-02-a"),
            ("7zip", "7zip"),
        ] {
            assert_eq!(unnumbered(name), rest, "{name}");
        }
    }
}
