//! Where a site publishes its pages: what its generator makes of their paths, and which files are no pages.
//!
//! Paths are those below the root of the set. Addresses are paths below the address of the site, without a leading `/`.

mod antora;
mod docusaurus;
mod jekyll;
mod pages;
mod read;

pub(super) use antora::Component;
pub(super) use docusaurus::Docusaurus;
pub(super) use jekyll::Jekyll;
pub(super) use pages::{encode, is_markup, published_path};
pub(super) use read::{Files, publication};

use crate::config::Generator;
use pages::Names;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where the folder of a site is, of which a set has all or a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Home {
    /// In the set: the path of the folder below the set's root, `""` for the root itself. The set's `base_url` is the
    /// address of the site.
    Within(String),
    /// The set's root lies in it, by this path. The set's `base_url` is the address of what is in the root.
    Above(String),
}

/// Where a site publishes its pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Publication {
    home: Home,
    layout: Layout,
    /// Files that the configuration says are no pages: patterns below the folder of the site.
    excluded: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Layout {
    /// Folders of pages, each below an address.
    Folders {
        folders: Vec<(String, String)>,
        names: Names,
    },
    Jekyll(Jekyll),
    Docusaurus(Docusaurus),
    Antora(Vec<Component>),
}

impl Default for Publication {
    fn default() -> Self {
        Self::of(Generator::Auto)
    }
}

impl Publication {
    /// Of a site of which no more is known than its generator.
    pub(super) fn of(generator: Generator) -> Self {
        let home = Home::Above(String::new());
        publication(generator, &home, &Files::none())
    }

    fn new(home: &Home, layout: Layout) -> Self {
        Self {
            home: home.clone(),
            layout,
            excluded: Vec::new(),
        }
    }

    /// The URL of the page that a file is; `None` where the site does not publish it.
    ///
    /// `permalink`: as [`Self::permalink`] gives it.
    pub(super) fn url(&self, base: &str, path: &str, permalink: Option<&str>) -> Option<String> {
        let Some(file) = self.in_site(path) else {
            // It is beside the site, not part of it.
            return Some(format!(
                "{base}{}",
                encode(&published_path(Generator::Hugo, path))
            ));
        };
        let address = match permalink {
            Some(permalink) => permalink.trim_start_matches('/').to_owned(),
            None => match self.address(&file, None) {
                Some(address) => address,
                // Files that generators copy as they are.
                None if !is_markup(path) => {
                    return Some(format!(
                        "{base}{}",
                        encode(&published_path(Generator::None, path))
                    ));
                }
                None => return None,
            },
        };
        let folder = self.address_of_root();
        Some(match &self.home {
            Home::Within(_) => {
                let base = match folder.is_empty() {
                    true => base,
                    false => site_of(base, &folder),
                };
                let doubled = self.doubled(base, &address);
                format!("{}{}", &base[..base.len() - doubled], encode(&address))
            }
            Home::Above(_) => match address.strip_prefix(&folder) {
                Some(below) => format!("{base}{}", encode(below)),
                None => format!("{}{}", site_of(base, &folder), encode(&address)),
            },
        })
    }

    /// What the front matter of a page says of its address, as a path below the address of the site with a leading `/`;
    /// `None`: no more than its path says.
    pub(super) fn permalink(&self, path: &str, front: &Value) -> Option<String> {
        let file = self.in_site(path)?;
        let address = self.address(&file, Some(front))?;
        (Some(&address) != self.address(&file, None).as_ref()).then(|| format!("/{address}"))
    }

    /// Whether what front matter says of addresses is for [`Self::permalink`] to tell.
    pub(super) fn has_permalinks(&self) -> bool {
        match &self.layout {
            Layout::Jekyll(_) | Layout::Docusaurus(_) => true,
            Layout::Folders { names, .. } => names.has_slugs(),
            Layout::Antora(_) => false,
        }
    }

    /// Why a file is none of the site's pages, though it is of a format that pages have.
    pub(super) fn why_no_page(&self, path: &str) -> Option<&'static str> {
        if let Home::Above(root) = &self.home {
            // The set is what the site otherwise leaves out: what it was built to, for one.
            let is_left_out = |name: &str| self.reason(&format!("{root}/{name}")).is_some();
            if !root.is_empty() && is_left_out("page.md") && is_left_out("page.html") {
                return None;
            }
        }
        self.reason(&self.in_site(path)?)
    }

    /// Why a file is no page, by its path below the folder of the site.
    fn reason(&self, file: &str) -> Option<&'static str> {
        if self.excluded.iter().any(|pattern| fits(pattern, file)) {
            return Some("the configuration of its site leaves it out");
        }
        match &self.layout {
            Layout::Jekyll(jekyll) => jekyll.why_no_page(file),
            Layout::Docusaurus(docusaurus) => docusaurus.why_no_page(file),
            Layout::Antora(components) => antora::why_no_page(components, file),
            Layout::Folders { names, .. } => names.why_no_page(file),
        }
    }

    /// The path below the folder of the site; `None` for what is not in it.
    fn in_site(&self, path: &str) -> Option<String> {
        match &self.home {
            Home::Within(folder) => below(path, folder).map(str::to_owned),
            Home::Above(folder) if folder.is_empty() => Some(path.to_owned()),
            Home::Above(folder) => Some(format!("{folder}/{path}")),
        }
    }

    /// The address of a file, by its path below the folder of the site.
    fn address(&self, file: &str, front: Option<&Value>) -> Option<String> {
        match &self.layout {
            Layout::Jekyll(jekyll) => jekyll.address(file, front),
            Layout::Docusaurus(docusaurus) => docusaurus.address(file, front),
            Layout::Antora(components) => antora::address(components, file),
            Layout::Folders { folders, names } => {
                let of = |(folder, address): &(String, String)| {
                    let page = names.address(below(file, folder)?, front)?;
                    Some(format!("{address}{page}"))
                };
                folders.iter().find_map(of)
            }
        }
    }

    /// The address of the set's root, where it lies in the site.
    fn address_of_root(&self) -> String {
        let Home::Above(root) = &self.home else {
            return String::new();
        };
        if root.is_empty() {
            return String::new();
        }
        if let Layout::Antora(components) = &self.layout {
            return antora::address_of_folder(components, root);
        }
        let index = self.address(&format!("{root}/index.md"), None);
        index.unwrap_or_default()
    }

    /// How much of the end of an address is the beginning of the page's: `base_url` may be that of a component of Antora.
    fn doubled(&self, base: &str, address: &str) -> usize {
        let Layout::Antora(components) = &self.layout else {
            return 0;
        };
        let doubled = components.iter().map(Component::address);
        let mut doubled = doubled.filter(|component| {
            !component.is_empty()
                && address.starts_with(component)
                && base.ends_with(&format!("/{component}"))
        });
        doubled.next().map_or(0, |component| component.len())
    }
}

/// What the configuration of a site says of the versions that it has.
#[derive(Debug, Default)]
pub(super) struct SiteVersions {
    /// Components of Antora, their folders below the root of the set.
    pub(super) components: Vec<Component>,
    /// The version that is published without a word for it.
    pub(super) default: Option<String>,
}

impl Publication {
    pub(super) fn versions(&self) -> SiteVersions {
        match &self.layout {
            Layout::Docusaurus(docusaurus) => SiteVersions {
                default: docusaurus.default_version().map(str::to_owned),
                ..SiteVersions::default()
            },
            Layout::Antora(components) => SiteVersions {
                components: components
                    .iter()
                    .filter_map(|component| self.in_set(component))
                    .collect(),
                ..SiteVersions::default()
            },
            Layout::Folders { .. } | Layout::Jekyll(_) => SiteVersions::default(),
        }
    }

    /// A component with its folder below the root of the set.
    fn in_set(&self, component: &Component) -> Option<Component> {
        let folder = &component.folder;
        let folder = match &self.home {
            Home::Within(home) => [home.as_str(), folder]
                .into_iter()
                .filter(|it| !it.is_empty())
                .collect::<Vec<_>>()
                .join("/"),
            Home::Above(root) if below(root, folder).is_some() => String::new(),
            Home::Above(root) => below(folder, root)?.to_owned(),
        };
        Some(Component {
            folder,
            ..component.clone()
        })
    }
}

/// The address of a site of which one folder is published at `base`.
fn site_of<'a>(base: &'a str, folder: &str) -> &'a str {
    let site = base.strip_suffix(folder).filter(|site| site.ends_with('/'));
    site.unwrap_or(base)
}

/// The path of a file below a folder, `""` for all.
fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    match folder.is_empty() {
        true => Some(path),
        false => path.strip_prefix(folder)?.strip_prefix('/'),
    }
}

/// Whether a path, or a folder that it lies in, fits a pattern: `*` and `?` within a name, `**` for any folders.
fn fits(pattern: &str, path: &str) -> bool {
    let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
    let pattern: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty()).collect();
    let parts: Vec<&str> = path.split('/').collect();
    if pattern.is_empty() {
        return false;
    }
    (1..=parts.len()).any(|end| {
        matched(
            &pattern,
            &parts[..end],
            |part| *part == "**",
            |part, name| {
                let (part, name): (Vec<char>, Vec<char>) =
                    (part.chars().collect(), name.chars().collect());
                matched(
                    &part,
                    &name,
                    |c| *c == '*',
                    |c, other| *c == '?' || c == other,
                )
            },
        )
    })
}

/// Whether a sequence fits a pattern of which some parts stand for any number of others.
fn matched<P, T>(
    pattern: &[P],
    text: &[T],
    is_any: impl Fn(&P) -> bool,
    is_same: impl Fn(&P, &T) -> bool,
) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut again = None;
    while read < text.len() {
        if pattern.get(at).is_some_and(&is_any) {
            again = Some((at + 1, read));
            at += 1;
        } else if pattern
            .get(at)
            .is_some_and(|part| is_same(part, &text[read]))
        {
            at += 1;
            read += 1;
        } else if let Some((behind, from)) = again {
            again = Some((behind, from + 1));
            at = behind;
            read = from + 1;
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(is_any)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_files_and_folders() {
        for (pattern, path, does) in [
            ("_build", "_build/a.md", true),
            ("*.inc.rst", "note.inc.rst", true),
            ("*.inc.rst", "a/note.inc.rst", false),
            ("**/*.inc.rst", "a/note.inc.rst", true),
            ("**/note.rst", "note.rst", true),
            ("a/*", "a/b/c.md", true),
            ("a?c", "abc", true),
            ("a", "ab", false),
            ("", "a", false),
        ] {
            assert_eq!(fits(pattern, path), does, "{pattern} {path}");
        }
        let stars = "*a".repeat(1_000);
        assert!(!fits(&stars, &"a".repeat(900)));
    }
}
