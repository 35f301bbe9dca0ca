//! The access keys that are in use.

use std::time::SystemTime;

use crate::config::{AudienceName, KeyName};

/// An access key that is in use, without the key itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// What it is called.
    pub name: KeyName,
    /// Whom it was made for.
    pub audience: AudienceName,
    /// When it ends.
    pub expires: Option<SystemTime>,
}

/// All access keys of a configuration.
#[derive(Debug, Default)]
pub struct KeyRing {
    keys: Vec<Key>,
}

impl KeyRing {
    /// What a key that somebody presents is called and opens; `None`: it is no key, or none any more.
    pub fn find(&self, _presented: &str, _now: SystemTime) -> Option<&Key> {
        None
    }

    /// A key by its name, while it is in use.
    pub fn named(&self, name: &str, now: SystemTime) -> Option<&Key> {
        let is_in_use = |key: &&Key| key.expires.is_none_or(|end| now < end);
        let key = self.keys.iter().find(|key| key.name.as_str() == name);
        key.filter(is_in_use)
    }
}
