//! Which indexes a service keeps, and where.

use std::path::{Path, PathBuf};

use crate::config::{AudienceName, AudienceSettings, Settings};

/// An index that the service keeps.
pub struct Index {
    /// Whose it is; `None`: everybody's.
    pub audience: Option<AudienceName>,
    /// Where it is kept, beside what is written down of it.
    pub folder: PathBuf,
    /// The settings of all, but for the sets: those that it holds.
    pub settings: Settings,
}

/// The indexes that a service keeps in this cache directory, by these settings.
pub fn indexes(settings: &Settings, cache_dir: &Path) -> Vec<Index> {
    if !settings.access.is_private() {
        return vec![Index {
            audience: None,
            folder: cache_dir.to_owned(),
            settings: settings.clone(),
        }];
    }
    let audiences = settings.access.audiences.iter();
    let index = |audience: &AudienceSettings| Index {
        audience: Some(audience.name.clone()),
        folder: cache_dir.join(folder(&audience.name)),
        settings: Settings {
            docs: settings.docs_of(audience),
            ..settings.clone()
        },
    };
    audiences.map(index).collect()
}

/// What the folders of audiences begin with.
pub(super) const PREFIX: &str = "audience-";

/// The folder of an audience's index in the cache directory.
pub(super) fn folder(audience: &AudienceName) -> String {
    format!("{PREFIX}{audience}")
}
