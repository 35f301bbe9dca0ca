//! Which site generator publishes a folder of Markdown, told by what it leaves there.

use super::root::{PrivatePaths, exists};
use super::site::Site;
use crate::config::{DocSet, Generator};
use std::{collections::BTreeMap, path::Path};

/// How many folders above the root are looked at: `docs/` usually stands beside the marker.
const LEVELS: usize = 3;

const MARKERS: &[(&str, Generator)] = &[
    ("mkdocs.yml", Generator::MkDocs),
    ("mkdocs.yaml", Generator::MkDocs),
    ("zensical.toml", Generator::MkDocs),
    ("docusaurus.config.js", Generator::Docusaurus),
    ("docusaurus.config.ts", Generator::Docusaurus),
    ("docusaurus.config.mjs", Generator::Docusaurus),
    ("book.toml", Generator::MdBook),
    (".vitepress", Generator::VitePress),
    ("hugo.toml", Generator::Hugo),
    ("hugo.yaml", Generator::Hugo),
    ("hugo.yml", Generator::Hugo),
    ("_index.md", Generator::Hugo),
];

impl Site {
    /// The site of a set, as its folder tells it now. `private`: what docent keeps for itself.
    pub fn of(set: &DocSet, private: &PrivatePaths) -> Self {
        let _ = private;
        Self {
            generator: generator_of(set),
            variables: BTreeMap::new(),
        }
    }
}

/// The generator that a set names, or the one that its folder shows. Where there is no sign of
/// any, pages are taken to be published as Hugo and MkDocs do: `setup.md` as `setup/`.
fn generator_of(set: &DocSet) -> Generator {
    if set.generator != Generator::Auto {
        return set.generator;
    }
    shown_by(&set.root).unwrap_or(Generator::Hugo)
}

/// The generator that a folder shows.
pub(super) fn shown_by(root: &Path) -> Option<Generator> {
    root.ancestors().take(LEVELS).find_map(marked)
}

fn marked(folder: &Path) -> Option<Generator> {
    MARKERS
        .iter()
        .find(|(marker, _)| exists(&folder.join(marker)))
        .map(|(_, generator)| *generator)
}
