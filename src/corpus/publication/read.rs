//! Where a site publishes its pages, from its generator's own files. Nothing is run.

use super::antora::Component;
use super::docusaurus::{Blog, Docs, Docusaurus};
use super::jekyll::{Jekyll, Preset};
use super::pages::{Names, Style};
use super::{Home, Layout, Publication};
use crate::config::Generator;
use crate::corpus::literals::{literals, object, shallow};
use crate::corpus::path::join;
use crate::corpus::python;
use crate::corpus::site_config::{entry, string, toml, yaml};
use serde_json::Value;

/// Entries of one list of a configuration that are looked at.
const MAX: usize = 200;

/// The files of a site, by their paths below its folder.
pub(in crate::corpus) struct Files<'a> {
    /// The text of one, if it is there.
    pub(in crate::corpus) text: &'a dyn Fn(&str) -> Option<String>,
    /// Whether there is such a file or folder.
    pub(in crate::corpus) has: &'a dyn Fn(&str) -> bool,
    /// The folders with an `antora.yml`.
    pub(in crate::corpus) components: &'a [String],
}

impl Files<'_> {
    /// Of a site of which none are known.
    pub(in crate::corpus) fn none() -> Self {
        Self {
            text: &|_| None,
            has: &|_| false,
            components: &[],
        }
    }

    /// The first of several files that is there.
    pub(in crate::corpus) fn first(&self, paths: &[&str]) -> Option<String> {
        paths.iter().find_map(|path| (self.text)(path))
    }

    /// A folder that the configuration names, or the usual one; `""` where it is not there.
    fn folder(&self, named: Option<String>, usual: &str) -> String {
        let named = named.unwrap_or_else(|| usual.to_owned());
        let folder = join("", named.trim_start_matches('/')).unwrap_or_default();
        match (self.has)(&folder) {
            true => folder,
            false => String::new(),
        }
    }
}

/// What a generator publishes of a site whose folder is at `home`.
pub(in crate::corpus) fn publication(
    generator: Generator,
    home: &Home,
    files: &Files<'_>,
) -> Publication {
    let mut excluded = Vec::new();
    let pages = |style: Style| Names::new(generator, style);
    let below = |folder: String, names: Names| Layout::Folders {
        folders: vec![(folder, String::new())],
        names,
    };
    let layout = match generator {
        Generator::Auto | Generator::None => below(String::new(), pages(Style::Bare)),
        Generator::MkDocs => mkdocs(files, &mut excluded),
        Generator::Hugo => hugo(files),
        Generator::MdBook => {
            let book = files.first(&["book.toml"]);
            let src = book
                .as_deref()
                .map(|text| string(&toml(text)["book"], "src"));
            let src = src.map(|src| files.folder(src, "src")).unwrap_or_default();
            below(src, pages(Style::Html))
        }
        Generator::VitePress => vitepress(files),
        Generator::Docusaurus => Layout::Docusaurus(docusaurus(files)),
        Generator::Sphinx => {
            let conf = files.first(&["conf.py"]).unwrap_or_default();
            let conf = python::assignments(&conf);
            let strings = |name: &str| {
                conf.get(name)
                    .map(python::Value::strings)
                    .unwrap_or_default()
            };
            excluded = strings("exclude_patterns");
            let read_the_docs = files.first(&[".readthedocs.yaml", "../.readthedocs.yaml"]);
            let is_folder = read_the_docs.is_some_and(|text| text.contains("builder: dirhtml"));
            let mut names = pages(if is_folder { Style::Slash } else { Style::Html });
            let suffixes = strings("source_suffix");
            if suffixes.iter().any(|suffix| suffix == ".txt") {
                names.more.push("txt".to_owned());
            }
            below(String::new(), names)
        }
        Generator::Jekyll => Layout::Jekyll(jekyll(files, &mut excluded)),
        Generator::Antora => Layout::Antora(components(files)),
        Generator::Docfx => docfx(files),
        Generator::Nextra => nextra(files),
        Generator::Starlight => {
            let folder = files.folder(None, "src/content/docs");
            below(folder, pages(Style::Slash))
        }
        Generator::GitBook => {
            let root = files.first(&[".gitbook.yaml", ".gitbook.yml"]);
            let root = root.as_deref().and_then(|text| entry(text, "root"));
            let book = files.first(&["book.json"]);
            let style = match book.is_some() {
                true => Style::Html,
                false => Style::Bare,
            };
            let of_book = book.and_then(|text| string(&json(&text), "root"));
            let folder = root.or(of_book).map(|root| files.folder(Some(root), ""));
            below(folder.unwrap_or_default(), pages(style))
        }
        Generator::Quarto | Generator::Docsify | Generator::Wiki | Generator::Mintlify => {
            let style = match generator {
                Generator::Quarto => Style::Html,
                _ => Style::Bare,
            };
            below(String::new(), pages(style))
        }
        Generator::Eleventy => {
            let config = files.first(ELEVENTY).unwrap_or_default();
            let input = literals(&config)
                .into_iter()
                .find(|it| it.key == Some("input"));
            let input = input.map(|it| it.text.to_owned());
            let folder = input.map(|input| files.folder(Some(input), ""));
            below(folder.unwrap_or_default(), pages(Style::Slash))
        }
    };
    let mut publication = Publication::new(home, layout);
    publication.excluded = excluded;
    publication.where_the_root_is_no_part(generator)
}

/// The files with the configuration of Eleventy.
pub(in crate::corpus) const ELEVENTY: &[&str] = &[
    ".eleventy.js",
    "eleventy.config.js",
    "eleventy.config.mjs",
    "eleventy.config.cjs",
    "eleventy.config.ts",
];

/// The files with the configuration of Docusaurus.
pub(in crate::corpus) const DOCUSAURUS: &[&str] = &[
    "docusaurus.config.js",
    "docusaurus.config.ts",
    "docusaurus.config.mjs",
    "docusaurus.config.cjs",
];

const VITEPRESS: &[&str] = &[
    ".vitepress/config.ts",
    ".vitepress/config.mts",
    ".vitepress/config.js",
    ".vitepress/config.mjs",
];

const HUGO: &[&str] = &[
    "hugo.toml",
    "hugo.yaml",
    "hugo.yml",
    "hugo.json",
    "config/_default/hugo.toml",
    "config/_default/hugo.yaml",
    "config/_default/config.toml",
    "config/_default/config.yaml",
    "config.toml",
    "config.yaml",
];

impl Publication {
    /// Where the set's root lies in the site's folder but among none of its pages, nothing of what the site says is
    /// for it: it is taken for a folder of pages.
    fn where_the_root_is_no_part(self, generator: Generator) -> Self {
        let Home::Above(root) = &self.home else {
            return self;
        };
        let is_part = match &self.layout {
            Layout::Antora(_) => !self.address_of_root().is_empty() || root.is_empty(),
            _ => self.address(&format!("{root}/index.md"), None).is_some(),
        };
        if root.is_empty() || is_part {
            return self;
        }
        let home = Home::Above(String::new());
        publication(generator, &home, &Files::none())
    }
}

fn mkdocs(files: &Files<'_>, excluded: &mut Vec<String>) -> Layout {
    let config = files.first(&["mkdocs.yml", "mkdocs.yaml"]);
    let zensical = files.first(&["zensical.toml"]).map(|text| toml(&text));
    let says = |key: &str| match (&config, &zensical) {
        (Some(text), _) => entry(text, key),
        (None, Some(table)) => string(&table["project"], key),
        _ => None,
    };
    let is_known = config.is_some() || zensical.is_some();
    let folder = is_known.then(|| files.folder(says("docs_dir"), "docs"));
    let mut flat = config.iter().flat_map(|text| text.lines());
    let is_flat = flat.any(|line| {
        let value = line.strip_prefix("use_directory_urls:");
        value.is_some_and(|value| value.trim_start().to_lowercase().starts_with("false"))
    });
    let patterns = says("exclude_docs").unwrap_or_default();
    let patterns = patterns.lines().map(str::trim);
    let patterns = patterns.filter(|line| !line.is_empty() && !line.starts_with(['#', '!']));
    let prefix = folder.as_deref().filter(|folder| !folder.is_empty());
    let prefix = prefix
        .map(|folder| format!("{folder}/"))
        .unwrap_or_default();
    for pattern in patterns.take(MAX) {
        let anchored = match pattern.strip_prefix('/') {
            Some(rooted) => rooted.to_owned(),
            None => format!("**/{pattern}"),
        };
        excluded.push(format!("{prefix}{anchored}"));
    }
    Layout::Folders {
        folders: vec![(folder.unwrap_or_default(), String::new())],
        names: Names::new(
            Generator::MkDocs,
            if is_flat { Style::Html } else { Style::Slash },
        ),
    }
}

/// A Hugo site of which nothing is known is what a set is taken for of which nothing is known.
fn hugo(files: &Files<'_>) -> Layout {
    let guess = || Layout::Folders {
        folders: vec![(String::new(), String::new())],
        names: Names::new(Generator::Auto, Style::Slash),
    };
    let Some((path, text)) = HUGO
        .iter()
        .find_map(|path| Some((path, (files.text)(path)?)))
    else {
        return guess();
    };
    let config = match path.rsplit('.').next() {
        Some("toml") => toml(&text),
        Some("json") => json(&text),
        _ => yaml(&text),
    };
    let apart = files.first(&[
        "config/_default/languages.toml",
        "config/_default/languages.yaml",
    ]);
    let apart = apart.map(|text| match text.contains('[') {
        true => toml(&text),
        false => yaml(&text),
    });
    let of = |table: &Value, name: &str| {
        let mut entries = table.as_object()?.iter();
        let found = entries.find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone())
    };
    let text_of = |table: &Value, name: &str| of(table, name)?.as_str().map(str::to_owned);
    let languages = apart
        .or_else(|| of(&config, "languages"))
        .unwrap_or_default();
    let first = text_of(&config, "defaultContentLanguage").unwrap_or_else(|| "en".to_owned());
    let in_subfolder = of(&config, "defaultContentLanguageInSubdir") == Some(Value::Bool(true));
    let mut folders = Vec::new();
    let mut names = Names::new(Generator::Hugo, Style::Slash);
    for (language, table) in languages.as_object().into_iter().flatten().take(MAX) {
        let address = match *language == first && !in_subfolder {
            true => String::new(),
            false => format!("{language}/"),
        };
        names.languages.push(language.clone());
        if let Some(folder) = text_of(table, "contentDir") {
            folders.push((folder.trim_matches('/').to_owned(), address));
        }
    }
    if !in_subfolder {
        names.languages.retain(|language| *language != first);
    }
    let content = files.folder(text_of(&config, "contentDir"), "content");
    folders.push((content, String::new()));
    folders.sort_by_key(|(folder, _)| std::cmp::Reverse(folder.len()));
    Layout::Folders { folders, names }
}

fn vitepress(files: &Files<'_>) -> Layout {
    let config = files.first(VITEPRESS);
    let text = config.as_deref().unwrap_or_default();
    let src = literals(text)
        .into_iter()
        .find(|it| it.key == Some("srcDir"));
    let src = src.map(|it| files.folder(Some(it.text.to_owned()), ""));
    // A set that only says that it is VitePress may be on a host that leaves the ending out.
    let style = match config.is_some() && !is_set(text, "cleanUrls", true) {
        true => Style::Html,
        false => Style::Bare,
    };
    Layout::Folders {
        folders: vec![(src.unwrap_or_default(), String::new())],
        names: Names::new(Generator::VitePress, style),
    }
}

fn nextra(files: &Files<'_>) -> Layout {
    let config = files.first(&["next.config.mjs", "next.config.js", "next.config.ts"]);
    let base = config.as_deref().and_then(|text| {
        let mut all = literals(text).into_iter();
        Some(
            all.find(|it| it.key == Some("contentDirBasePath"))?
                .text
                .to_owned(),
        )
    });
    let base = base.map(|base| base.trim_matches('/').to_owned());
    let base = base
        .filter(|base| !base.is_empty())
        .map(|base| format!("{base}/"));
    let base = base.unwrap_or_default();
    let mut folders = Vec::new();
    for folder in ["content", "src/content", "pages", "src/pages"] {
        if (files.has)(folder) {
            let address = if folder.ends_with("content") {
                &base
            } else {
                ""
            };
            folders.push((folder.to_owned(), address.to_owned()));
        }
    }
    if (files.has)("src/app") {
        folders.push(("src".to_owned(), String::new()));
    }
    // Last: pages of `app` have their folder's name in their path.
    if (files.has)("app") || folders.is_empty() {
        folders.push((String::new(), String::new()));
    }
    Layout::Folders {
        folders,
        names: Names::new(Generator::Nextra, Style::Bare),
    }
}

/// `content` of `docfx.json`: folders of pages, which may be published below others.
fn docfx(files: &Files<'_>) -> Layout {
    let config = files
        .first(&["docfx.json"])
        .map(|text| json(&text))
        .unwrap_or_default();
    let content = config["build"]["content"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let mut folders = Vec::new();
    for entry in content.iter().take(MAX) {
        let of = |key: &str| string(entry, key).map(|it| it.trim_matches('/').to_owned());
        let (src, dest) = (of("src").or_else(|| of("cwd")), of("dest"));
        let src = src.filter(|src| src != "." && !src.starts_with(".."));
        let dest = dest.filter(|dest| !dest.is_empty() && dest != ".");
        if src.is_some() || dest.is_some() {
            let dest = dest.map(|dest| format!("{dest}/")).unwrap_or_default();
            folders.push((src.unwrap_or_default(), dest));
        }
    }
    folders.retain(|(folder, _)| !folder.is_empty());
    folders.sort_by_key(|(folder, _)| std::cmp::Reverse(folder.len()));
    folders.push((String::new(), String::new()));
    Layout::Folders {
        folders,
        names: Names::new(Generator::Docfx, Style::Html),
    }
}

fn jekyll(files: &Files<'_>, excluded: &mut Vec<String>) -> Jekyll {
    let config = files.first(&["_config.yml", "_config.yaml"]);
    let config = config.map(|text| yaml(&text)).unwrap_or_default();
    let source = string(&config, "source").filter(|source| source != ".");
    let source = source
        .map(|source| files.folder(Some(source), ""))
        .unwrap_or_default();
    let mut jekyll = Jekyll {
        source,
        permalink: string(&config, "permalink"),
        ..Jekyll::default()
    };
    match &config["collections"] {
        Value::Object(collections) => {
            for (name, table) in collections.iter().take(MAX) {
                let permalink = string(table, "permalink");
                jekyll.collections.push((name.clone(), permalink));
            }
        }
        Value::Array(names) => {
            let names = names.iter().take(MAX).filter_map(Value::as_str);
            jekyll
                .collections
                .extend(names.map(|name| (name.to_owned(), None)));
        }
        _ => {}
    }
    for entry in config["defaults"]
        .as_array()
        .into_iter()
        .flatten()
        .take(MAX)
    {
        if let Some(permalink) = string(&entry["values"], "permalink") {
            let scope = &entry["scope"];
            let path = string(scope, "path").unwrap_or_default();
            let kind = string(scope, "type").unwrap_or_default();
            jekyll.defaults.push(Preset {
                path,
                kind,
                permalink,
            });
        }
    }
    let patterns = config["exclude"].as_array().into_iter().flatten().take(MAX);
    excluded.extend(patterns.filter_map(|it| it.as_str().map(str::to_owned)));
    jekyll
}

fn components(files: &Files<'_>) -> Vec<Component> {
    let of = |folder: &String| {
        let text = (files.text)(join(folder, "antora.yml")?.as_str())?;
        let file = yaml(&text);
        let version = match &file["version"] {
            Value::String(version) => Some(version.clone()),
            Value::Number(number) => Some(as_written(&text, number)),
            _ => None,
        };
        Some(Component {
            folder: folder.clone(),
            name: string(&file, "name")?,
            version: version.filter(|version| version != "~" && !version.is_empty()),
        })
    };
    files.components.iter().filter_map(of).collect()
}

/// A version is a text: `7.10` is not `7.1`.
fn as_written(text: &str, number: &serde_json::Number) -> String {
    let line = text.lines().find_map(|line| line.strip_prefix("version:"));
    let written = line.and_then(|value| value.split_whitespace().next());
    written.map_or_else(|| number.to_string(), str::to_owned)
}

fn docusaurus(files: &Files<'_>) -> Docusaurus {
    let Some(text) = files.first(DOCUSAURUS) else {
        return Docusaurus::of_docs();
    };
    let said = |object: &str, key: &str| {
        let own = shallow(object);
        let found = literals(&own).into_iter().find(|it| it.key == Some(key));
        found.map(|it| {
            it.text
                .trim_start_matches("./")
                .trim_matches('/')
                .to_owned()
        })
    };
    let mut site = Docusaurus {
        docs: Vec::new(),
        blogs: Vec::new(),
        pages: None,
        language: said(&text, "defaultLocale").unwrap_or_else(|| "en".to_owned()),
        slash: match (
            is_set(&text, "trailingSlash", true),
            is_set(&text, "trailingSlash", false),
        ) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        },
    };
    let docs = |id: &str, object: &str, usual: &str| {
        let versions = match id {
            "" => "versions.json".to_owned(),
            id => format!("{id}_versions.json"),
        };
        let versions = (files.text)(&versions)
            .map(|text| json(&text))
            .unwrap_or_default();
        let versions = versions.as_array().into_iter().flatten();
        let names: Vec<_> = versions.filter_map(Value::as_str).take(MAX).collect();
        let last = said(object, "lastVersion");
        let last = last.as_deref().or(names.first().copied());
        let of_each = object_after(object, "versions");
        let path = |name: &str| {
            let own = object_after(of_each, name);
            if let Some(path) = said(own, "path") {
                return path;
            }
            match name {
                name if Some(name) == last => String::new(),
                "current" if names.is_empty() => String::new(),
                "current" => "next".to_owned(),
                name => name.to_owned(),
            }
        };
        let all = names.iter().copied().chain(["current"]);
        let folder = said(object, "path").unwrap_or_else(|| usual.to_owned());
        Docs {
            id: id.to_owned(),
            // Beside the folder of the site, as it is often kept.
            folder: folder.trim_start_matches("../").to_owned(),
            route: said(object, "routeBasePath").unwrap_or_else(|| "docs".to_owned()),
            versions: all.map(|name| (name.to_owned(), path(name))).collect(),
        }
    };
    let blog = |id: &str, object: &str| Blog {
        id: id.to_owned(),
        folder: said(object, "path").unwrap_or_else(|| "blog".to_owned()),
        route: said(object, "routeBasePath").unwrap_or_else(|| "blog".to_owned()),
    };
    let presets = &text[text.find("presets").unwrap_or(0)..];
    if !is_set(presets, "docs", false) {
        let object = object_after(presets, "docs");
        site.docs.push(docs("", object, "docs"));
    }
    if !is_set(presets, "blog", false) {
        site.blogs.push(blog("", object_after(presets, "blog")));
    }
    site.pages = Some("src/pages".to_owned());
    for (plugin, is_docs) in [
        ("plugin-content-docs", true),
        ("plugin-content-blog", false),
    ] {
        for (at, _) in text.match_indices(plugin).take(MAX) {
            let object = object(&text[at..]);
            let Some(id) = said(object, "id") else {
                continue;
            };
            match is_docs {
                true => site.docs.push(docs(&id, object, &id)),
                false => site.blogs.push(blog(&id, object)),
            }
        }
    }
    site
}

/// The object that is the value of a key; `""` where there is none.
fn object_after<'a>(text: &'a str, key: &str) -> &'a str {
    let mut found = text.match_indices(key);
    let value = found.find_map(|(at, _)| {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/')) {
            return None;
        }
        let rest = text[at + key.len()..].trim_start_matches(['\'', '"', '`']);
        let rest = rest.trim_start().strip_prefix(':')?.trim_start();
        rest.starts_with('{').then_some(rest)
    });
    value.map_or("", object)
}

/// Whether a key of a file of JavaScript is set to a truth value.
fn is_set(text: &str, key: &str, value: bool) -> bool {
    let value = if value { "true" } else { "false" };
    text.match_indices(key).any(|(at, _)| {
        let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let rest = text[at + key.len()..].trim_start_matches(['\'', '"']);
        let rest = rest.trim_start().strip_prefix(':').map(str::trim_start);
        !text[line..at].contains("//") && rest.is_some_and(|rest| rest.starts_with(value))
    })
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a site at the root of a set publishes, by its files.
    fn site(generator: Generator, files: &[(&str, &str)]) -> Publication {
        in_home(generator, &Home::Within(String::new()), files)
    }

    fn in_home(generator: Generator, home: &Home, files: &[(&str, &str)]) -> Publication {
        let text = |path: &str| {
            let found = files.iter().find(|(name, _)| *name == path);
            found.map(|(_, text)| (*text).to_owned())
        };
        let has = |path: &str| {
            let mut names = files.iter().map(|(name, _)| *name);
            names.any(|name| name == path || name.starts_with(&format!("{path}/")))
        };
        let components = files.iter().filter_map(|(name, _)| {
            let folder = name.strip_suffix("antora.yml")?;
            Some(folder.trim_end_matches('/').to_owned())
        });
        let components: Vec<_> = components.collect();
        let files = Files {
            text: &text,
            has: &has,
            components: &components,
        };
        publication(generator, home, &files)
    }

    fn url(site: &Publication, path: &str) -> Option<String> {
        site.url("https://d.example/x/", path, None)
    }

    fn below(site: &Publication, path: &str) -> String {
        let url = url(site, path).unwrap_or_default();
        url.replace("https://d.example/x/", "")
    }

    #[test]
    fn simple_sites_are_published_by_their_configuration() {
        let page = ("docs/a.md", "");
        for (generator, files, path, address) in [
            (
                Generator::MkDocs,
                vec![("mkdocs.yml", "site_name: A\n"), page],
                "docs/a/b.md",
                "a/b/",
            ),
            (
                Generator::MkDocs,
                vec![("mkdocs.yml", "docs_dir: pages\n"), ("pages/a.md", "")],
                "pages/README.md",
                "",
            ),
            (
                Generator::MkDocs,
                vec![("mkdocs.yml", "use_directory_urls: false\n"), page],
                "docs/a/b.md",
                "a/b.html",
            ),
            (
                Generator::MdBook,
                vec![("book.toml", "[book]\n"), ("src/a.md", "")],
                "src/a.md",
                "a.html",
            ),
            (
                Generator::VitePress,
                vec![(".vitepress/config.mts", "export default {}")],
                "a/b.md",
                "a/b.html",
            ),
            (
                Generator::VitePress,
                vec![(
                    ".vitepress/config.mts",
                    "export default { cleanUrls: true }",
                )],
                "a/b.md",
                "a/b",
            ),
            (
                Generator::Sphinx,
                vec![("conf.py", "project = 'A'\n")],
                "usage/install.rst",
                "usage/install.html",
            ),
            (
                Generator::Sphinx,
                vec![("conf.py", "source_suffix = ['.txt']\n")],
                "a.txt",
                "a.html",
            ),
            (
                Generator::Sphinx,
                vec![("conf.py", "")],
                "a/index.rst",
                "a/",
            ),
            (
                Generator::Hugo,
                vec![("hugo.toml", "title = 'A'\n"), ("content/a.md", "")],
                "content/Big/A b.md",
                "big/a-b/",
            ),
            (
                Generator::Hugo,
                vec![
                    (
                        "hugo.yaml",
                        "languages:\n  en: {contentDir: content/en}\n  de: {contentDir: content/de}\n",
                    ),
                    ("content/en/a.md", ""),
                ],
                "content/de/a.md",
                "de/a/",
            ),
            (
                Generator::Hugo,
                vec![
                    ("hugo.toml", "[languages.fr]\n[languages.en]\n"),
                    ("content/a.md", ""),
                ],
                "content/a/b.fr.md",
                "fr/a/b/",
            ),
            (
                Generator::Starlight,
                vec![("src/content/docs/a.md", "")],
                "src/content/docs/Guide/Set Up.mdx",
                "guide/set-up/",
            ),
            (
                Generator::Nextra,
                vec![("next.config.mjs", ""), ("pages/a.mdx", "")],
                "pages/guide/index.mdx",
                "guide",
            ),
            (
                Generator::Nextra,
                vec![("next.config.mjs", ""), ("app/a/page.mdx", "")],
                "app/(docs)/guide/page.mdx",
                "guide",
            ),
            (
                Generator::Nextra,
                vec![
                    ("next.config.mjs", "nextra({ contentDirBasePath: '/docs' })"),
                    ("content/a.mdx", ""),
                ],
                "content/guide.mdx",
                "docs/guide",
            ),
            (
                Generator::GitBook,
                vec![(".gitbook.yaml", "root: ./docs/\n"), page],
                "docs/guide/README.md",
                "guide",
            ),
            (
                Generator::GitBook,
                vec![("book.json", "{}")],
                "guide/a.md",
                "guide/a.html",
            ),
            (Generator::Quarto, vec![], "guide/a.qmd", "guide/a.html"),
            (
                Generator::Docsify,
                vec![],
                "guide/set up.md",
                "#/guide/set%20up",
            ),
            (Generator::Docsify, vec![], "guide/README.md", "#/guide/"),
            (
                Generator::Wiki,
                vec![],
                "Getting started.md",
                "Getting-started",
            ),
            (Generator::Wiki, vec![], "Home.md", ""),
            (Generator::Mintlify, vec![], "guide/a.mdx", "guide/a"),
            (
                Generator::Docfx,
                vec![(
                    "docfx.json",
                    r#"{"build": {"content": [{"files": "**", "src": "articles", "dest": "guide"}]}}"#,
                )],
                "articles/a.md",
                "guide/a.html",
            ),
            (Generator::Docfx, vec![], "api/index.md", "api/"),
            (
                Generator::Eleventy,
                vec![
                    ("eleventy.config.js", "return { dir: { input: 'pages' } }"),
                    ("pages/a.md", ""),
                ],
                "pages/a.md",
                "a/",
            ),
        ] {
            assert_eq!(
                below(&site(generator, &files), path),
                address,
                "{generator:?} {path}"
            );
        }
    }

    #[test]
    fn a_page_that_a_site_does_not_publish_has_no_address() {
        let mkdocs = site(Generator::MkDocs, &[("mkdocs.yml", ""), ("docs/a.md", "")]);
        assert_eq!(url(&mkdocs, "README.md"), None);
        assert_eq!(below(&mkdocs, "site/a.html"), "site/a.html");
        let sphinx = site(
            Generator::Sphinx,
            &[("conf.py", "exclude_patterns = ['_build', 'inc/*.rst']\n")],
        );
        assert!(sphinx.why_no_page("inc/a.rst").is_some());
        assert!(sphinx.why_no_page("a.rst").is_none());
        let built = in_home(
            Generator::Sphinx,
            &Home::Above("_build/html".to_owned()),
            &[("conf.py", "exclude_patterns = ['_build']\n")],
        );
        assert!(built.why_no_page("a/b.html").is_none());
        assert_eq!(below(&built, "a/b.html"), "a/b.html");
        let beside = in_home(
            Generator::Sphinx,
            &Home::Within("docs".to_owned()),
            &[("conf.py", "")],
        );
        assert_eq!(below(&beside, "docs/a.rst"), "a.html");
        assert_eq!(below(&beside, "packages/a.md"), "packages/a/");
        let docs = site(
            Generator::MkDocs,
            &[
                ("mkdocs.yml", "exclude_docs: |\n  drafts/\n  /top.md\n"),
                ("docs/a.md", ""),
            ],
        );
        assert!(docs.why_no_page("docs/x/drafts/a.md").is_some());
        assert!(docs.why_no_page("docs/top.md").is_some());
        assert!(docs.why_no_page("docs/a/top.md").is_none());
    }

    #[test]
    fn a_set_may_be_a_folder_of_a_site() {
        let of = |generator, root: &str, files: &[(&str, &str)]| {
            in_home(generator, &Home::Above(root.to_owned()), files)
        };
        let mkdocs = [("mkdocs.yml", ""), ("docs/a.md", "")];
        assert_eq!(below(&of(Generator::MkDocs, "docs", &mkdocs), "a.md"), "a/");
        assert_eq!(
            below(&of(Generator::MkDocs, "docs/guide", &mkdocs), "a.md"),
            "a/"
        );
        assert_eq!(
            below(&of(Generator::MkDocs, "elsewhere", &mkdocs), "a.md"),
            "a/"
        );
        let docusaurus = [
            ("docusaurus.config.js", "module.exports = {}"),
            ("docs/a.md", ""),
        ];
        assert_eq!(
            below(&of(Generator::Docusaurus, "docs", &docusaurus), "01-a/b.md"),
            "a/b"
        );
        assert_eq!(
            below(
                &of(Generator::Docusaurus, "blog", &docusaurus),
                "2024-03-02-b.md"
            ),
            "2024/03/02/b"
        );
        assert_eq!(
            below(&of(Generator::Docusaurus, "elsewhere", &docusaurus), "b.md"),
            "b"
        );
        let jekyll = of(Generator::Jekyll, "_docs", &[("_config.yml", "title: A\n")]);
        let base = "https://d.example/y/docs/";
        let url = jekyll.url(base, "a.md", Some("/docs/installation/"));
        assert_eq!(
            url.as_deref(),
            Some("https://d.example/y/docs/installation/")
        );
        let url = jekyll.url(base, "a.md", Some("/other/"));
        assert_eq!(url.as_deref(), Some("https://d.example/y/other/"));
    }

    #[test]
    fn antora_has_components_versions_and_modules() {
        let files = [
            ("server/antora.yml", "name: server\nversion: 7.10\n"),
            ("server/modules/ROOT/pages/index.adoc", ""),
            ("antora.yml", "name: ROOT\nversion: ~\n"),
        ];
        let antora = site(Generator::Antora, &files);
        for (path, address) in [
            ("server/modules/ROOT/pages/index.adoc", "server/7.10/"),
            ("server/modules/ROOT/pages/a.adoc", "server/7.10/a.html"),
            (
                "server/modules/install/pages/x/linux.adoc",
                "server/7.10/install/x/linux.html",
            ),
            ("modules/ROOT/pages/a.adoc", "a.html"),
            ("modules/m/pages/index.adoc", "m/"),
        ] {
            assert_eq!(below(&antora, path), address, "{path}");
        }
        let whole = antora.url(
            "https://d.example/x/server/7.10/",
            "server/modules/m/pages/a.adoc",
            None,
        );
        assert_eq!(
            whole.as_deref(),
            Some("https://d.example/x/server/7.10/m/a.html")
        );
        for path in [
            "server/modules/ROOT/nav.adoc",
            "server/modules/ROOT/partials/a.adoc",
            "server/modules/ROOT/pages/_b.adoc",
            "modules/m/examples/a.adoc",
        ] {
            assert!(antora.why_no_page(path).is_some(), "{path}");
        }
        let module = Home::Above("modules/m/pages".to_owned());
        let module = in_home(
            Generator::Antora,
            &module,
            &[("antora.yml", "name: s\nversion: '1'\n")],
        );
        assert_eq!(below(&module, "a.adoc"), "a.html");
        let modules = Home::Above("modules".to_owned());
        let modules = in_home(
            Generator::Antora,
            &modules,
            &[("antora.yml", "name: s\nversion: '1'\n")],
        );
        assert_eq!(below(&modules, "m/pages/a.adoc"), "m/a.html");
    }

    #[test]
    fn docusaurus_is_read_by_its_plug_ins() {
        let config = "export default { i18n: { defaultLocale: 'de' }, presets: [['classic', { docs: { routeBasePath: '/', \
                      lastVersion: '1.0', versions: { current: { path: 'dev' } } }, blog: false }]],\n plugins: [[\
                      '@docusaurus/plugin-content-docs', { id: 'api', path: 'reference', routeBasePath: 'ref' }]] }";
        let site = site(
            Generator::Docusaurus,
            &[
                ("docusaurus.config.ts", config),
                ("versions.json", "[\"2.0\", \"1.0\"]"),
            ],
        );
        for (path, address) in [
            ("docs/a.md", "dev/a"),
            ("versioned_docs/version-1.0/a.md", "a"),
            ("versioned_docs/version-2.0/a.md", "2.0/a"),
            ("reference/a.md", "ref/a"),
            (
                "i18n/en/docusaurus-plugin-content-docs/version-1.0/a.md",
                "en/a",
            ),
        ] {
            assert_eq!(below(&site, path), address, "{path}");
        }
        assert_eq!(url(&site, "blog/2024-03-02-a.md"), None);
    }

    #[test]
    fn what_jekyll_says_counts() {
        let config = "permalink: pretty\ncollections:\n  docs: {output: true, permalink: '/manual/:path/'}\ndefaults:\n  - \
                      scope: {path: '', type: posts}\n    values: {permalink: '/news/:title/'}\nexclude: [drafts, '*.tmp.md']\n";
        let site = site(Generator::Jekyll, &[("_config.yml", config)]);
        for (path, address) in [
            ("_docs/a/b.md", "manual/a/b/"),
            ("_posts/2024-03-02-x.md", "news/x/"),
            ("a.md", "a/"),
        ] {
            assert_eq!(below(&site, path), address, "{path}");
        }
        assert!(site.why_no_page("drafts/a.md").is_some());
    }
}
