//! Who may read what, as the settings of the moment have it.

use std::sync::Arc;

use anyhow::Context as _;

use crate::{
    auth::{Audiences, Gate, KeyRing},
    config::Settings,
    error::chain,
};

/// The gate of new settings.
///
/// # Errors
/// Where what they rest on is not sound: then those before go on.
pub(super) fn gate(settings: &Settings) -> anyhow::Result<Gate> {
    let keys = KeyRing::load(&settings.access).context("reading the access keys")?;
    Ok(Gate {
        audiences: Audiences::new(&settings.access),
        keys: Arc::new(keys),
        ..Gate::default()
    })
}

/// The same at a start, where there are none before: whatever is not sound lets nobody in, and is told.
pub(super) fn gate_at_start(settings: &Settings) -> Gate {
    let (keys, error) = KeyRing::load_at_start(&settings.access);
    if let Some(error) = error {
        tracing::error!(error = chain(&error), "not all access keys are in use");
    }
    Gate {
        audiences: Audiences::new(&settings.access),
        keys: Arc::new(keys),
        ..Gate::default()
    }
}
