//! Documents that are not everybody's: a set that all may read and one for the staff, with a word of its own each.

use std::sync::Arc;

use docent::{
    auth::{self, AccessKey, Gate, KeyRing, KeysFile, SealingKeys},
    config::{AccessSettings, AudienceName, AudienceSettings, DocSet, Group},
    http::{App, Audiences, Offer},
    mcp::{Library, Readers},
};
use ring::rand::SystemRandom;
use tempfile::TempDir;

use super::library;

/// What only the open set says.
pub(crate) const OPEN: &str = "polish";
/// What only the set for the staff says.
pub(crate) const SECRET: &str = "quench";

/// What is served, and the folders that it is served from, as long as it lives.
pub(crate) struct House {
    pub(crate) app: App,
    /// An access key for the staff.
    pub(crate) key: String,
    _folder: TempDir,
    _caches: Vec<TempDir>,
}

impl House {
    /// With an audience `staff` for the group of that name; `is_open`: the open set is everybody's.
    pub(crate) fn new(is_open: bool) -> Self {
        Self::with(is_open, |_| {})
    }

    /// The same with other settings beside these.
    pub(crate) fn with(is_open: bool, set: impl FnOnce(&mut AccessSettings)) -> Self {
        let folder = TempDir::new().unwrap();
        let sets = [("open", OPEN), ("secret", SECRET)].map(|(name, word)| {
            let root = folder.path().join(name);
            std::fs::create_dir(&root).unwrap();
            let text = format!("# About {word}\n\nHow to {word} a lantern.\n");
            std::fs::write(root.join("index.md"), text).unwrap();
            DocSet::new(name, root)
        });
        let audience = |name: &str, docs: &[&str], groups: &[&str]| AudienceSettings {
            name: AudienceName::new(name).unwrap(),
            docs: docs.iter().map(ToString::to_string).collect(),
            groups: groups
                .iter()
                .map(|it| Group::Called(it.to_string()))
                .collect(),
            keys: Vec::new(),
        };
        let mut access = AccessSettings {
            audiences: vec![audience("staff", &["open", "secret"], &["staff"])],
            ..AccessSettings::default()
        };
        if is_open {
            access.audiences.push(audience("anonymous", &["open"], &[]));
        }
        set(&mut access);
        let mut caches = Vec::new();
        let readers = Readers::default();
        let libraries = access.audiences.iter().map(|audience| {
            let own = sets.iter().filter(|set| audience.docs.contains(&set.name));
            let (library, cache) = library::of(own.cloned().collect());
            caches.push(cache);
            let snapshot = Arc::clone(&library.current().snapshot);
            let library = Library::of_audience(snapshot, readers.clone());
            (audience.name.clone(), Some(Arc::new(library)))
        });
        let libraries = libraries.collect();
        let key = AccessKey::generate(&SystemRandom::new()).unwrap();
        let path = folder.path().join("keys.toml");
        let kept = format!(
            "[[key]]\nname = \"ci\"\naudience = \"staff\"\nsha256 = \"{}\"\n",
            key.hash()
        );
        std::fs::write(&path, kept).unwrap();
        let sealing = folder.path().join("sealing.key");
        std::fs::write(&sealing, &*SealingKeys::new_line().unwrap()).unwrap();
        let sealing = access
            .sign_in
            .enabled
            .then(|| Arc::new(SealingKeys::read(&sealing).unwrap()));
        let gate = Gate {
            audiences: auth::Audiences::new(&access),
            keys: Arc::new(KeyRing::new(&KeysFile::read(&path).unwrap())),
            sealing,
            ..Gate::default()
        };
        let app = App::offering(Offer::Audiences(Audiences {
            access: Arc::new(access),
            gate: Arc::new(gate),
            libraries,
        }));
        Self {
            app,
            key: key.reveal().to_owned(),
            _folder: folder,
            _caches: caches,
        }
    }
}
