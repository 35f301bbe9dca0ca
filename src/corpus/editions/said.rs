//! What the files of a set say of its versions: those of Antora and Docusaurus, a `versions.json`, and links among folders.

use super::number::key;
use crate::corpus::{
    folder::SetFolder,
    publication::Component,
    root::{Kind, Located},
    site::Site,
};
use serde_json::Value;
use std::path::Path;

/// A larger file is none that somebody has written.
const MAX_FILE: u64 = 1 << 20;
/// Versions that a file may name.
const MAX_VERSIONS: usize = 500;
/// Names of a folder that are looked at for links.
const MAX_NAMES: u64 = 10_000;
/// Where such files are.
const FILES: &[&str] = &[
    "versions.json",
    "_static/versions.json",
    "_static/switcher.json",
    "switcher.json",
    "versions.js",
];
/// Folders in which they are looked for, besides the root.
const FOLDERS: &[&str] = &["", "docs/", "en/", "html/", "public/", "site/"];

/// What files say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Folders of Antora's components in a version each.
    components: Vec<Component>,
    /// Names of versions, by their keys.
    names: Vec<String>,
    /// Other names of versions, each with the version's.
    aliases: Vec<(String, String)>,
    /// The version, or another name of it, that is shown where none is named.
    default: Option<String>,
}

impl Said {
    /// Of the folder of a set.
    pub(in crate::corpus) fn of(folder: &SetFolder, site: &Site) -> Self {
        let mut said = Self::default();
        let told = site.versions();
        said.components = told.components;
        said.default = told.default;
        for below in FOLDERS {
            for file in FILES {
                let path = format!("{below}{file}");
                if let Some(text) = text(folder, &path) {
                    said.read(&text);
                }
            }
            let index = text(folder, &format!("{below}index.html"));
            if let Some(target) = index.as_deref().and_then(redirect) {
                said.default = said.default.or(Some(target));
            }
        }
        said.names.truncate(MAX_VERSIONS);
        said.aliases.truncate(MAX_VERSIONS);
        said
    }

    /// The list of mike, of the switcher of `PyData`'s theme, or of Documenter.
    pub(in crate::corpus) fn read(&mut self, text: &str) {
        let list = match text.find('[') {
            Some(start) if text.trim_start().starts_with("var ") => {
                let end = text[start..]
                    .find(']')
                    .map_or(text.len(), |end| start + end + 1);
                // A list of literals may end with a comma.
                text[start..end].replace(",\n]", "]").replace(", ]", "]")
            }
            _ => text.to_owned(),
        };
        let Ok(Value::Array(list)) = serde_json::from_str(&list) else {
            return;
        };
        for entry in list.iter().take(MAX_VERSIONS) {
            let of = |name: &str| entry.get(name).and_then(Value::as_str);
            let name = entry.as_str().or_else(|| of("version"));
            let Some(name) = name.filter(|name| is_name(name)) else {
                continue;
            };
            self.names.push(key(name));
            let aliases = entry.get("aliases").and_then(Value::as_array);
            for alias in aliases.into_iter().flatten().filter_map(Value::as_str) {
                self.aliases.push((key(alias), key(name)));
            }
            let is_default = ["preferred", "default", "is_default"]
                .iter()
                .any(|flag| entry.get(flag) == Some(&Value::Bool(true)));
            if is_default && self.default.is_none() {
                self.default = Some(name.to_owned());
            }
        }
    }

    /// The component of Antora that a path is in: what it is called, its version, and its folder.
    pub(super) fn component(&self, path: &str) -> Option<(&str, &str, &str)> {
        let is_in = |component: &&Component| match component.folder.as_str() {
            "" => true,
            folder => path
                .strip_prefix(folder)
                .is_some_and(|rest| rest.starts_with('/')),
        };
        let within = self.components.iter().filter(is_in);
        let nearest = within.max_by_key(|component| component.folder.len())?;
        let version = nearest.version.as_deref()?;
        Some((&nearest.name, version, &nearest.folder))
    }

    /// The folder of a component in another version.
    pub(super) fn folder_of(&self, name: &str, version: &str) -> Option<&str> {
        let of = |component: &&Component| {
            component.name == name && component.version.as_deref() == Some(version)
        };
        let found = self.components.iter().find(of)?;
        Some(&found.folder)
    }

    /// Whether a folder has the name of a version.
    pub(super) fn is_version(&self, folder: &str) -> bool {
        if self.names.is_empty() || folder.len() > 64 {
            return false;
        }
        let key = key(folder);
        let is_alias = |(alias, _): &(String, String)| *alias == key;
        self.names.contains(&key) || self.aliases.iter().any(is_alias)
    }

    /// What another name stands for, by their keys.
    pub(super) fn meant(&self, key: &str) -> Option<&str> {
        let found = self.aliases.iter().find(|(alias, _)| alias == key)?;
        Some(&found.1)
    }

    /// Other names of a version, by its key.
    pub(super) fn aliases_of<'a>(
        &'a self,
        key: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let aliases = self.aliases.iter().filter(move |(_, name)| name == key);
        aliases.map(|(alias, name)| (alias.as_str(), name.as_str()))
    }

    pub(super) fn default_name(&self) -> Option<&str> {
        self.default.as_deref()
    }
}

/// Links among the folders in one, below the root: the name of each, and of the folder beside it that it leads to.
pub(in crate::corpus) fn links(folder: &SetFolder, below: &str) -> Vec<(String, String)> {
    let root = folder.root();
    let list = || {
        let Ok(Some(Located::Folder(way))) = root.find(Path::new(below)) else {
            return None;
        };
        let mut opened = way.list(root).ok()?;
        let entries = opened.entries(MAX_NAMES).ok()??;
        let links = entries.iter().filter(|(_, kind)| *kind == Kind::Link);
        let names = links.filter_map(|(name, _)| name.to_str().map(str::to_owned));
        Some(names.take(MAX_VERSIONS).collect::<Vec<_>>())
    };
    let names = list().unwrap_or_default();
    let lead = names.into_iter().filter_map(|name| {
        let path = Path::new(below).join(&name);
        let located = root.find(&path).ok()??;
        let target = located.path();
        let is_beside = target.parent() == Some(Path::new(below.trim_end_matches('/')));
        let target = target.file_name()?.to_str()?.to_owned();
        (is_beside && target != name && matches!(located, Located::Folder(_)))
            .then_some((name, target))
    });
    lead.collect()
}

fn text(folder: &SetFolder, path: &str) -> Option<String> {
    if folder.is_single() {
        return None;
    }
    let Ok(Some(Located::File(file))) = folder.root().find(Path::new(path)) else {
        return None;
    };
    let bytes = file.read(MAX_FILE).ok()?.0;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The last folder but languages of the address that a page only leads on to: `1.2` of `<meta http-equiv="refresh" content="0;
/// url=1.2/">`.
pub(in crate::corpus) fn redirect(html: &str) -> Option<String> {
    const MOST: usize = 4_096;
    let end = html
        .char_indices()
        .nth(MOST)
        .map_or(html.len(), |(at, _)| at);
    let head = html[..end].to_ascii_lowercase();
    let refresh = head.find("http-equiv")?;
    let tag = &head[refresh..];
    let tag = &tag[..tag.find('>')?];
    let at = tag.find("url=")?;
    let address = tag[at + 4..].trim_start_matches(['\'', '"', ' ']);
    let address = address.split(['\'', '"', ' ', '#', '?']).next()?;
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    let folders = address.split('/');
    let named = folders.filter(|it| !it.is_empty() && *it != "." && !it.contains(".htm"));
    let is_version = |name: &&str| super::part::Part::of(name).is_version();
    let found = named
        .clone()
        .rfind(is_version)
        .or_else(|| named.clone().next_back());
    found.filter(|name| is_name(name)).map(str::to_owned)
}

/// Names of versions are told to assistants in docent's own words: so they are words, and no sentences.
fn is_name(name: &str) -> bool {
    const LONGEST: usize = 40;
    let is_letter = |it: char| it.is_alphanumeric() || "._-+~".contains(it);
    !name.is_empty() && name.len() <= LONGEST && name.chars().all(is_letter)
}
