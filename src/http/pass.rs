//! What a request that was let in may be answered from.

use std::sync::Arc;

use crate::{
    auth::{Admitted, Gate},
    config::AccessSettings,
    mcp::Library,
};

/// What the door has found out of a request, which has it among its extensions where there are audiences.
pub(super) struct Pass {
    /// Whose request it is, and to which audience it belongs.
    pub(super) admitted: Admitted,
    /// The documents of that audience.
    pub(super) documents: Arc<Library>,
    /// The configuration that it was let in by.
    pub(super) access: Arc<AccessSettings>,
    /// Who has let it in.
    pub(super) gate: Arc<Gate>,
}

impl Pass {
    /// Whether two requests are of the same audience and of the same holder of a key, or person.
    pub(super) fn is_of_same(&self, other: &Self) -> bool {
        let (one, other) = (&self.admitted, &other.admitted);
        one.audience == other.audience && one.identity == other.identity
    }
}
