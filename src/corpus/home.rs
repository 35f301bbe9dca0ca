//! The folder of the site that a set belongs to: the set's root, one in it, or one that it is in.

use super::folder::SetFolder;
use super::publication::Home;
use super::root::{Kind, Located, exists, read_above};
use super::shown::{Folder, shown_by};
use crate::config::Generator;
use std::path::{Component, Path, PathBuf};

/// How many folders above the root are looked at: `docs/` usually stands beside the marker.
const LEVELS_ABOVE: usize = 3;
/// Folders of a project in which its site often is.
const USUAL: &[&str] = &["docs", "doc", "website", "documentation", "source"];
const USUAL_BELOW: &[&str] = &["docs/source", "doc/source", "docs/website"];
/// A larger file is none that somebody has written.
const MAX_FILE: u64 = 1 << 20;
/// Folders that are looked into for components of Antora, with how many names each.
const MAX_FOLDERS: usize = 200;
const MAX_NAMES: u64 = 2_000;
/// How deep below the root such components may be.
const MAX_DEPTH: usize = 3;

/// Where the files of a site are looked for.
pub(super) struct Ground<'a> {
    root: &'a Path,
    /// The folder of the set; `None` where it cannot be opened.
    folder: Option<&'a SetFolder>,
}

impl<'a> Ground<'a> {
    /// `root`: absolute and without links, where the folder is there.
    pub(super) fn new(root: &'a Path, folder: Option<&'a SetFolder>) -> Self {
        Self { root, folder }
    }

    /// The site's generator and its folder, the nearest that is one; `named`: only one of this generator.
    pub(super) fn site(&self, named: Option<Generator>) -> Option<(Generator, PathBuf)> {
        let shown = |folder: &Path, is_own: bool| {
            let has = |path: &str| self.has(&folder.join(path));
            let text = |path: &str| self.text(&folder.join(path));
            let shown = shown_by(
                &Folder {
                    has: &has,
                    text: &text,
                },
                is_own,
            );
            shown
                .filter(|shown| named.is_none_or(|named| named == *shown))
                .map(|generator| (generator, folder.to_owned()))
        };
        let within = |folders: &[&str]| {
            let folders = folders.iter().map(|folder| self.root.join(folder));
            let mut there = folders.filter(|folder| exists(folder));
            there.find_map(|folder| shown(&folder, false))
        };
        let mut above = self.root.ancestors().skip(1).take(LEVELS_ABOVE);
        let first = shown(self.root, true).or_else(|| within(USUAL));
        let first = first.or_else(|| shown(above.next()?, true));
        first
            .or_else(|| within(USUAL_BELOW))
            .or_else(|| above.find_map(|folder| shown(folder, true)))
            .or_else(|| {
                let is_antora = named.is_none_or(|named| named == Generator::Antora);
                let has_some = is_antora && !self.components(self.root).is_empty();
                has_some.then(|| (Generator::Antora, self.root.to_owned()))
            })
    }

    /// Where a folder is, seen from the root.
    pub(super) fn home(&self, folder: &Path) -> Home {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        match (
            folder.strip_prefix(self.root),
            self.root.strip_prefix(folder),
        ) {
            (Ok(below), _) => Home::Within(text(below)),
            (_, Ok(above)) => Home::Above(text(above)),
            _ => Home::Above(String::new()),
        }
    }

    /// The folders with components of Antora: this one, or some below it.
    pub(super) fn components(&self, folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        let mut waiting = vec![PathBuf::new()];
        let mut looked = 0;
        while let Some(path) = waiting.pop() {
            looked += 1;
            let here = folder.join(&path);
            if self.has(&here.join("antora.yml")) {
                found.push(path.to_string_lossy().into_owned());
                continue;
            }
            if looked > MAX_FOLDERS || path.components().count() >= MAX_DEPTH {
                continue;
            }
            waiting.extend(self.folders(&here).into_iter().map(|name| path.join(name)));
        }
        found.sort_unstable();
        found
    }

    /// The names of the folders in one of the set's, without hidden ones and links.
    fn folders(&self, path: &Path) -> Vec<String> {
        let list = || {
            let root = self.folder?.root();
            let below = path.strip_prefix(self.root).ok()?;
            let Ok(Some(Located::Folder(way))) = root.find(below) else {
                return None;
            };
            let mut folder = way.list(root).ok()?;
            let entries = folder.entries(MAX_NAMES).ok()??;
            let folders = entries.iter().filter(|(_, kind)| *kind == Kind::Folder);
            let names = folders.filter_map(|(name, _)| name.to_str().map(str::to_owned));
            let names = names.filter(|name| !name.starts_with('.') && name != "node_modules");
            Some(names.take(MAX_FOLDERS).collect())
        };
        list().unwrap_or_default()
    }

    pub(super) fn has(&self, path: &Path) -> bool {
        exists(&normal(path))
    }

    /// All of a small file, such as a configuration. What is in the set is opened as its pages are.
    pub(super) fn text(&self, path: &Path) -> Option<String> {
        let path = normal(path);
        let bytes = match path.strip_prefix(self.root) {
            Ok(below) => {
                let Ok(Some(Located::File(file))) = self.folder?.root().find(below) else {
                    return None;
                };
                file.read(MAX_FILE).ok()?.0
            }
            Err(_) => read_above(&path, MAX_FILE).ok()??,
        };
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// A path without `..`, by its text alone.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}
