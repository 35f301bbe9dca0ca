//! What the site of a set says of itself: who publishes it, and the names that its pages may use.

use super::publication::{Publication, SiteVersions};
use super::slug::Slugs;
use crate::config::Generator;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is found once for all pages of a set, from the files of its site generator. Pages are read by it: where it
/// changes, they are read anew.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Who publishes it; never [`Generator::Auto`], but in [`Site::default`].
    pub generator: Generator,
    /// Names that its configuration defines for pages to use, each with its text; dotted where they stand in
    /// tables (`extra.version`).
    pub variables: BTreeMap<String, String>,
    /// Where it publishes its pages.
    pub(super) publication: Publication,
    /// The fragments of headings in its pages of Markdown.
    pub(super) slugs: Slugs,
}

impl Site {
    /// A site of which only the generator is known.
    pub fn published_by(generator: Generator) -> Self {
        Self {
            generator,
            variables: BTreeMap::new(),
            publication: Publication::of(generator),
            slugs: Slugs::of(generator),
        }
    }

    /// What its configuration says of versions.
    pub(super) fn versions(&self) -> SiteVersions {
        self.publication.versions()
    }
}
