//! What is at a path: a page, a folder, or what has another address.

use unicode_normalization::UnicodeNormalization as _;

use super::lookup::lookup;
use crate::{
    config::folded,
    mcp::{Form, decoded_path, folder_path, page_at, page_path},
    search::Snapshot,
};

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    Page {
        set: String,
        path: String,
        form: Form,
    },
    Folder {
        set: String,
        folder: String,
    },
    /// Another route, which begins with a slash.
    Moved(String),
    Nothing,
}

/// Longer paths lead nowhere; in bytes, as they are sent.
const MAX_PATH: usize = 8 * 1024;

/// Looks up the path of a request, as it is sent.
pub(super) fn find(snapshot: &Snapshot, path: &str) -> Found {
    let path = path.strip_prefix('/').unwrap_or(path);
    let Some(path) = decoded_path(path).filter(|path| path.len() <= MAX_PATH) else {
        return Found::Nothing;
    };
    let (asked, below) = match path.split_once('/') {
        Some((set, below)) => (set, Some(below)),
        None => (path.as_str(), None),
    };
    let set = folded(asked);
    if !snapshot.sets().iter().any(|other| other.name == set) {
        return Found::Nothing;
    }
    let clean = clean(below.unwrap_or_default());
    let found = below_set(snapshot, &set, &clean);
    if set == asked && Some(clean.as_str()) == below {
        return found;
    }
    // There is one way to write an address.
    match found {
        Found::Page { set, path, form } => moved(snapshot, &set, &path, form),
        Found::Folder { set, folder } => Found::Moved(format!("/{}", folder_path(&set, &folder))),
        other => other,
    }
}

/// Without slashes that say nothing.
fn clean(below: &str) -> String {
    let parts: Vec<&str> = below.split('/').filter(|part| !part.is_empty()).collect();
    let mut clean = parts.join("/");
    if below.ends_with('/') && !clean.is_empty() {
        clean.push('/');
    }
    clean
}

fn below_set(snapshot: &Snapshot, set: &str, below: &str) -> Found {
    let folder = below.trim_end_matches('/');
    let pages = snapshot.count_below(set, folder);
    let is_folder = match pages {
        _ if below.is_empty() => true,
        0 => false,
        // A page of an index that is called like a folder.
        1 => !snapshot.has_page(set, &format!("{folder}/")),
        _ => true,
    };
    if is_folder && (below.is_empty() || below.ends_with('/')) {
        return Found::Folder {
            set: set.to_owned(),
            folder: folder.to_owned(),
        };
    }
    match page_at(snapshot, set, folder) {
        Some((path, form)) if folder == below => {
            return Found::Page {
                set: set.to_owned(),
                path,
                form,
            };
        }
        Some((path, form)) => return moved(snapshot, set, &path, form),
        None if is_folder => return Found::Moved(format!("/{}", folder_path(set, folder))),
        None => {}
    }
    let composed: String = folder.nfc().collect();
    let decomposed: String = folder.nfd().collect();
    let ways = [folder, &composed, &decomposed];
    let by_name = ways.iter().find_map(|way| {
        let (stem, form) = match way.strip_suffix(".md") {
            Some(stem) => (stem, Form::Markdown),
            None => (*way, Form::Html),
        };
        Some((lookup(snapshot, set, stem)?, form))
    });
    match by_name {
        Some((path, form)) => moved(snapshot, set, &path, form),
        None => Found::Nothing,
    }
}

fn moved(snapshot: &Snapshot, set: &str, path: &str, form: Form) -> Found {
    Found::Moved(format!("/{}", page_path(snapshot, set, path, form)))
}
