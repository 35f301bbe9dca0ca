//! Who may read what, as the settings of the moment have it.

use crate::{
    auth::{Audiences, Gate},
    config::Settings,
};

/// The gate of these settings.
pub(super) fn gate(settings: &Settings) -> Gate {
    Gate {
        audiences: Audiences::new(&settings.access),
        ..Gate::default()
    }
}
