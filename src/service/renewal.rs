//! Obtains and renews the certificate in this process, where no timer of systemd does.

use std::time::{Duration, SystemTime};

use tokio::{sync::watch, time::timeout};

use crate::{
    acme::{ChallengePorts, Outcome, Patience, Renewal},
    config::{CertificateSource, Settings},
    state::StateDir,
};

/// The longest time between two looks: the authority may suggest another moment meanwhile, and the
/// clock of a laptop stands still while it sleeps.
const LOOK: Duration = Duration::from_secs(15 * 60);
/// The shortest, whatever the schedule says.
const PAUSE: Duration = Duration::from_secs(1);

/// Goes on for as long as the process serves. Other settings are looked at as soon as they come.
///
/// What it asks the authority, and when, follows from the history on disk, so that a process that is
/// started again and again does not ask again and again.
pub(super) async fn keep_renewed(mut settings: watch::Receiver<Settings>, state: StateDir) {
    loop {
        let current = settings.borrow_and_update().clone();
        let wait = renew(&current, &state).await.clamp(PAUSE, LOOK);
        if let Ok(Err(_)) = timeout(wait, settings.changed()).await {
            // The service is stopping.
            return;
        }
    }
}

/// Asks if it is due, and tells how long nothing else is to be done.
async fn renew(settings: &Settings, state: &StateDir) -> Duration {
    let Some(tls) = &settings.tls else {
        return LOOK;
    };
    let CertificateSource::Acme(acme) = &tls.source else {
        return LOOK;
    };
    let renewal = Renewal {
        state,
        names: &tls.names,
        settings: acme,
        ports: ChallengePorts::from(&settings.server),
        patience: Patience::default(),
        clock: &SystemTime::now,
    };
    let until = |moment: SystemTime| moment.duration_since(SystemTime::now()).unwrap_or_default();
    match renewal.run(false).await {
        Ok(Outcome::Renewed { leaf, next, .. }) => {
            tracing::info!(name = %tls.primary(), serial = leaf.serial, "obtained a certificate");
            until(next)
        }
        Ok(Outcome::NotDue { until: moment, .. }) => until(moment),
        Ok(Outcome::Failed { failures }) => {
            let help = failures.help.as_deref().unwrap_or_default();
            tracing::error!(
                error = failures.message,
                help,
                "could not obtain a certificate"
            );
            until(failures.next)
        }
        Err(error) => {
            let error = format!("{:#}", anyhow::Error::from(error));
            tracing::error!(error, "could not try to obtain a certificate");
            LOOK
        }
    }
}
