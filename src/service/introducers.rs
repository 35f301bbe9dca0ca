//! The proxies that are believed when they say who is signed in, as this machine knows them.

use std::sync::Arc;

use crate::{auth::Introducers, config::AccessSettings, platform};

/// Looks up the users whose processes are believed at a unix socket. Who is not there is not believed, and the log says so.
pub(super) fn introducers(access: &AccessSettings) -> Option<Arc<Introducers>> {
    let headers = access.identity_headers.as_ref()?;
    let users = platform::peer_users(&headers.peers);
    for user in &users.unknown {
        tracing::warn!(
            user,
            "`peers` in [identity_headers] names a user that this machine does not have: nobody is believed in its place"
        );
    }
    for user in &users.hidden {
        tracing::warn!(
            user,
            "processes of a user that `peers` in [identity_headers] names cannot be told from others here, and are not \
             believed: with PrivateUsers=yes the kernel calls all of them nobody; see the example proxy-peers.conf"
        );
    }
    Introducers::new(headers, users.ids).map(Arc::new)
}
