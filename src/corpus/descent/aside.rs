//! Folders that are in a project and no documentation of it: packages of others, templates of its site.

use super::Descent;
use crate::corpus::document::Skip;
use crate::corpus::format::Format;
use crate::corpus::places::Place;
use crate::corpus::root::{Entries, Kind};
use crate::corpus::rules::Rules;
use std::{
    ffi::OsStr,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

const PACKAGES: &str =
    "packages of others, no documentation of this set; name it in `include` to have it read";
const TEMPLATES: &str = "templates of the site, no pages; name it in `include` to have them read";
const COPIED: &str = "a file that the site copies beside its pages, no page";

/// A folder that is passed over, unless the set has no other pages.
pub(super) struct Aside {
    pub(super) path: PathBuf,
    pub(super) above: Place,
    pub(super) rules: Arc<Rules>,
    reason: &'static str,
}

impl Aside {
    pub(super) fn skip(&self) -> Skip {
        Skip::NoPage {
            reason: self.reason.to_owned(),
        }
    }
}

impl Descent<'_, '_> {
    /// The folder, if it is to be passed over: by its name and what is in it.
    pub(super) fn aside(
        &self,
        path: &Path,
        entries: &Entries,
        above: Place,
        rules: &Arc<Rules>,
    ) -> Option<Aside> {
        let reason = reason(path, entries, |name| self.is_beside(path, name))?;
        let is_named = self.is_meant(path.file_name()?);
        (!is_named).then(|| Aside {
            path: path.to_owned(),
            above,
            rules: Arc::clone(rules),
            reason,
        })
    }

    /// Whether a folder on a path may be one that is passed over.
    pub(super) fn may_be_aside(&self, path: &Path) -> bool {
        path.iter().any(|name| {
            let name_of = Name::of(name);
            name_of.is_some() && !self.is_meant(name)
        })
    }

    /// Why a file is none that is worth opening, though its name says that it may be a page.
    pub(super) fn copied(&self, folder: &Path, name: &OsStr) -> Option<Skip> {
        let is_static = folder.file_name() == Some(OsStr::new("_static"));
        let is_text = name.to_str().is_some_and(|name| name.ends_with(".txt"));
        (is_static && is_text && !self.is_meant(OsStr::new("_static"))).then(|| Skip::NoPage {
            reason: COPIED.to_owned(),
        })
    }

    /// Whether somebody has asked for folders of this name: by the set's root, which is or lies in one, or in `include`.
    fn is_meant(&self, name: &OsStr) -> bool {
        let is_it = |part: &str| OsStr::new(part) == name;
        let mut included = self.set.include.iter();
        self.folder.root().path().iter().any(|part| part == name)
            || included.any(|pattern| pattern.split('/').any(is_it))
    }

    /// Whether a file stands beside a folder.
    fn is_beside(&self, path: &Path, name: &str) -> bool {
        let beside = path.parent().unwrap_or(Path::new("")).join(name);
        let is_plain = beside
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        is_plain && matches!(self.folder.root().find(&beside), Ok(Some(_)))
    }
}

/// What the name of a folder says of what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    Packages,
    Templates,
    /// Packages, but where it has pages of its own: `vendor` may be a part of a manual.
    PackagesOrPages,
    /// The same of templates.
    TemplatesOrPages,
    /// Templates beside the configuration of Hugo.
    OfHugo,
    /// Packages where it is an environment of Python.
    Environment,
}

impl Name {
    fn of(name: &OsStr) -> Option<Self> {
        let name = name.to_str()?;
        Some(match name {
            "node_modules" | "bower_components" | "jspm_packages" | "site-packages"
            | "dist-packages" | "__pycache__" => Self::Packages,
            name if name.ends_with(".dist-info") || name.ends_with(".egg-info") => Self::Packages,
            "vendor" | "third_party" | "third-party" => Self::PackagesOrPages,
            "_layouts" | "_includes" | "_sass" | "_templates" | "_themes" => Self::Templates,
            "theme" | "themes" => Self::TemplatesOrPages,
            "layouts" | "archetypes" => Self::OfHugo,
            "venv" | "env" | "virtualenv" => Self::Environment,
            _ => return None,
        })
    }
}

fn reason(
    path: &Path,
    entries: &Entries,
    is_beside: impl Fn(&str) -> bool,
) -> Option<&'static str> {
    let has = |name: &str| entries.find(OsStr::new(name)).is_some();
    let has_pages = || {
        let mut files = entries.iter().filter(|(_, kind)| *kind != Kind::Folder);
        files.any(|(name, _)| {
            name.to_str()
                .is_some_and(|it| is_page(it) && !it.ends_with(".txt"))
        })
    };
    let is_managed = || {
        [
            "modules.txt",
            "autoload.php",
            "bundle",
            "github.com",
            "composer",
        ]
        .iter()
        .any(|name| has(name))
    };
    let (is_aside, reason) = match Name::of(path.file_name()?)? {
        Name::Packages => (true, PACKAGES),
        Name::Templates => (true, TEMPLATES),
        Name::PackagesOrPages => (is_managed() || !has_pages(), PACKAGES),
        Name::TemplatesOrPages => (!has_pages(), TEMPLATES),
        Name::OfHugo => {
            let configs = [
                "hugo.toml",
                "hugo.yaml",
                "hugo.yml",
                "hugo.json",
                "config/_default",
            ];
            let is_old =
                || is_beside("content") && (is_beside("config.toml") || is_beside("config.yaml"));
            (
                configs.iter().any(|config| is_beside(config)) || is_old(),
                TEMPLATES,
            )
        }
        Name::Environment => (has("pyvenv.cfg"), PACKAGES),
    };
    is_aside.then_some(reason)
}

/// Whether a file may be one of a set's pages, by its name: no configuration or licence.
pub(super) fn is_page(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_data = [".json", ".yaml", ".yml", ".toml"]
        .iter()
        .any(|ending| name.ends_with(ending));
    name.contains('.') && Format::is_candidate(name) && !is_data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_and_templates_are_told_from_parts_of_a_manual() {
        for (path, names, beside, is_aside) in [
            ("node_modules", vec!["README.md"], "", true),
            ("a/node_modules", vec![], "", true),
            ("vendor", vec!["q/"], "", true),
            ("vendor", vec!["index.md", "q/"], "", false),
            ("vendor", vec!["README.md", "modules.txt"], "", true),
            ("third_party", vec!["LICENSE", "x/"], "", true),
            ("themes", vec!["docsy/"], "", true),
            ("themes", vec!["creating.md"], "", false),
            ("_includes", vec!["head.html"], "", true),
            ("layouts", vec!["index.html"], "hugo.toml", true),
            ("layouts", vec!["index.html"], "", false),
            ("venv", vec!["pyvenv.cfg"], "", true),
            ("venv", vec!["index.md"], "", false),
            ("acme-1.0.dist-info", vec![], "", true),
            ("vendors", vec![], "", false),
            ("docs", vec![], "", false),
        ] {
            let mut entries = Entries::default();
            let mut sorted = names.clone();
            sorted.sort_unstable();
            for name in sorted {
                let kind = if name.ends_with('/') {
                    Kind::Folder
                } else {
                    Kind::File
                };
                entries.push(OsStr::new(name.trim_end_matches('/')), Some(kind));
            }
            let reason = reason(Path::new(path), &entries, |name| name == beside);
            assert_eq!(reason.is_some(), is_aside, "{path} {names:?}");
        }
    }
}
