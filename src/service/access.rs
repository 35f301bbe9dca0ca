//! Who may read what, as the settings of the moment have it.

use std::{fs, os::unix::fs::PermissionsExt as _, sync::Arc};

use anyhow::Context as _;

use crate::{
    auth::{Audiences, Gate, KeyRing, KeysFile, SealingKeys},
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
        sealing: sealing(settings)?,
        ..Gate::default()
    })
}

/// A gate that is in force, without the keys that have been revoked since; `None`: none has been, or the file of the keys is not
/// sound itself. For when nothing else of what was written is taken over.
pub(super) fn without_revoked(gate: &Gate, settings: &Settings) -> Option<Gate> {
    let file = settings.access.keys_file.as_deref();
    let file = KeysFile::read(file.filter(|_| settings.access.is_private())?).ok()?;
    let keys = gate.keys.without_revoked(&file)?;
    Some(Gate {
        audiences: gate.audiences.clone(),
        keys: Arc::new(keys),
        issuers: Arc::clone(&gate.issuers),
        sealing: gate.sealing.clone(),
    })
}

/// The gate at a start, where there are no keys before: whatever is not sound lets nobody in, and is told.
pub(super) fn gate_at_start(settings: &Settings) -> Gate {
    let (keys, error) = KeyRing::load_at_start(&settings.access);
    if let Some(error) = error {
        tracing::error!(error = chain(&error), "not all access keys are in use");
    }
    let sealing = sealing(settings).unwrap_or_else(|error| {
        let error = format!("{error:#}");
        tracing::error!(error, "nobody can sign in on docent's own page");
        None
    });
    Gate {
        audiences: Audiences::new(&settings.access),
        keys: Arc::new(keys),
        sealing,
        ..Gate::default()
    }
}

/// What seals the tokens of docent's own sign-in page, where there is to be one.
fn sealing(settings: &Settings) -> anyhow::Result<Option<Arc<SealingKeys>>> {
    let keys = SealingKeys::load(&settings.access)?;
    let file = settings.access.sealing_key_file.as_deref();
    if let Some(file) = file.filter(|_| keys.is_some()) {
        let mode = fs::metadata(file).map(|it| it.permissions().mode());
        if mode.is_ok_and(|mode| mode & 0o007 != 0) {
            tracing::warn!(
                file = %file.display(),
                "everybody on this machine can read the sealing key, and make tokens with it: chmod 640"
            );
        }
    }
    Ok(keys.map(Arc::new))
}
