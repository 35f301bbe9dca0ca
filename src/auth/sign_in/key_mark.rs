//! Which access key stands behind what is sealed.

use std::time::SystemTime;

use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use crate::auth::key_ring::{Key, KeyRing};

/// Which key somebody has signed in with: its name, and a part of the hash of its hash, so that another key of the same
/// name is another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeyMark {
    name: String,
    mark: [u8; 16],
}

impl KeyMark {
    pub(super) fn of(key: &Key) -> Self {
        Self {
            name: key.name.as_str().to_owned(),
            mark: mark(key),
        }
    }

    /// The key, while it is in use.
    pub(super) fn find<'a>(&self, ring: &'a KeyRing, now: SystemTime) -> Option<&'a Key> {
        ring.named(&self.name, now)
            .filter(|key| mark(key) == self.mark)
    }
}

fn mark(key: &Key) -> [u8; 16] {
    let mut context = Context::new(&SHA256);
    context.update(b"docent sign-in ");
    context.update(key.hash.bytes());
    let mut mark = [0; 16];
    mark.copy_from_slice(&context.finish().as_ref()[..16]);
    mark
}
