//! Antora: components in versions, with modules that have pages and what pages are made of.

use super::{below, pages::PARTIAL};
use serde::{Deserialize, Serialize};

/// A version of a component: the folder of an `antora.yml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::corpus) struct Component {
    /// Below the folder of the site.
    pub(in crate::corpus) folder: String,
    pub(in crate::corpus) name: String,
    /// `None`: it has none, and none stands in addresses.
    pub(in crate::corpus) version: Option<String>,
}

impl Component {
    /// What the addresses of its pages begin with.
    pub(super) fn address(&self) -> String {
        let name = Some(self.name.as_str()).filter(|name| *name != "ROOT" && !name.is_empty());
        let version = self.version.as_deref();
        let version = version.filter(|version| !matches!(*version, "" | "master"));
        let parts = name.into_iter().chain(version);
        parts.map(|part| format!("{part}/")).collect()
    }

    fn address_in(&self, module: &str) -> String {
        match module {
            "ROOT" => self.address(),
            module => format!("{}{module}/", self.address()),
        }
    }
}

/// The address of a page: `server/7.6/install/linux.html`.
pub(super) fn address(components: &[Component], file: &str) -> Option<String> {
    let (component, path) = component_of(components, file)?;
    let (module, page) = path.strip_prefix("modules/")?.split_once('/')?;
    let page = page.strip_prefix("pages/")?;
    let (stem, extension) = page.rsplit_once('.')?;
    matches!(extension, "adoc" | "asciidoc").then_some(())?;
    let address = component.address_in(module);
    Some(match stem.strip_suffix("index") {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => format!("{address}{folder}"),
        _ => format!("{address}{stem}.html"),
    })
}

/// The address of what is in a folder: of a component, a module, or its pages.
pub(super) fn address_of_folder(components: &[Component], folder: &str) -> String {
    let folder = format!("{folder}/");
    let Some((component, path)) = component_of(components, &folder) else {
        return String::new();
    };
    let mut parts = path.trim_end_matches('/').splitn(4, '/').skip(1);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(module), Some("pages"), Some(folder)) => {
            format!("{}{folder}/", component.address_in(module))
        }
        (Some(module), ..) => component.address_in(module),
        (None, ..) => component.address(),
    }
}

/// Only what is below the `pages` of a module is a page.
pub(super) fn why_no_page(components: &[Component], file: &str) -> Option<&'static str> {
    let (_, path) = component_of(components, file)?;
    let mut parts = path.split('/');
    let (Some("modules"), Some(kind)) = (parts.next(), parts.nth(1)) else {
        return None;
    };
    let mut is_hidden = || parts.any(|part| part.starts_with('_'));
    match kind {
        "pages" if is_hidden() => Some(PARTIAL),
        "pages" | "attachments" => None,
        "partials" | "examples" | "images" => Some(PARTIAL),
        kind if kind.ends_with(".adoc") => Some(super::pages::NAVIGATION),
        _ => None,
    }
}

/// The nearest component that a file is in, and its path in that.
fn component_of<'a, 'b>(
    components: &'a [Component],
    file: &'b str,
) -> Option<(&'a Component, &'b str)> {
    let of = |component: &'a Component| Some((component, below(file, &component.folder)?));
    let within = components.iter().filter_map(of);
    within.max_by_key(|(component, _)| component.folder.len())
}
