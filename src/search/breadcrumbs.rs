//! Where a page stands: the titles of the folders above it.

use super::catalog::{Catalog, CatalogPage, PageId};
use super::listing::{folder_name, index_page};
use std::collections::HashMap;

/// The breadcrumbs of all pages, put together once for each folder.
pub(super) struct Breadcrumbs {
    /// By the position of the set, then by path, which ends in `/`.
    folders: Vec<HashMap<String, Folder>>,
}

struct Folder {
    /// Titles from the outermost folder to this one.
    titles: Vec<String>,
    /// The page that stands for it.
    index: Option<PageId>,
}

impl Breadcrumbs {
    pub(super) fn of_all(catalog: &Catalog) -> Self {
        let mut folders: Vec<HashMap<String, Folder>> = Vec::new();
        folders.resize_with(catalog.sets.len(), HashMap::new);
        for page in &catalog.pages {
            let Some(known) = folders.get_mut(page.set) else {
                continue;
            };
            if known.contains_key(folder_of(&page.path)) {
                continue;
            }
            let mut titles = Vec::new();
            for (slash, _) in page.path.match_indices('/') {
                let path = &page.path[..=slash];
                if let Some(folder) = known.get(path) {
                    titles.clone_from(&folder.titles);
                    continue;
                }
                let index = index_page(catalog, page.set, path);
                titles.push(index.map_or_else(|| folder_name(path), |page| page.title.clone()));
                let folder = Folder {
                    titles: titles.clone(),
                    index: index.map(|page| page.id),
                };
                known.insert(path.to_owned(), folder);
            }
        }
        Self { folders }
    }

    /// Titles of the pages above a page, outermost first.
    pub(super) fn of(&self, page: &CatalogPage) -> Vec<String> {
        let folders = self.folders.get(page.set);
        let folder = folders.and_then(|folders| folders.get(folder_of(&page.path)));
        folder.map_or_else(Vec::new, |folder| {
            let own = usize::from(folder.index == Some(page.id));
            folder.titles[..folder.titles.len() - own].to_vec()
        })
    }
}

/// `a/b/c.md` -> `a/b/`.
fn folder_of(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..=slash])
}
