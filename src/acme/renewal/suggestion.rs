//! When the authority suggests to renew (ARI, RFC 9773): asked now and then, remembered.

use std::time::{Duration, SystemTime};

use rustls::pki_types::CertificateDer;

use crate::{config::CertificateAuthority, state::CertifiedPair};

use super::{
    super::{
        client::Client,
        error::Error,
        history::{History, HistoryError, HistoryFile, Suggestion, Window},
        renewal_info::{CertificateId, RenewalInfo},
        schedule,
        transport::Patience,
    },
    Renewal, record,
};

/// When the authority suggests to renew is nice to know: nobody waits longer for it.
const SUGGESTION_TIMEOUT: Duration = Duration::from_secs(15);

impl Renewal<'_> {
    /// Asks the authority when it suggests to renew, if it is time to ask. That it does not
    /// answer is remembered too.
    pub(super) async fn update_suggestion(
        &self,
        pair: &CertifiedPair,
        history: &mut History,
        file: &HistoryFile,
        now: SystemTime,
    ) -> Result<(), HistoryError> {
        let Some(authority) = self.asked_about(&pair.leaf, history) else {
            return Ok(());
        };
        if !schedule::asks_for_suggestion(now, &pair.leaf, history) {
            return Ok(());
        }
        let deferred = history.deferred.get(&authority.directory);
        if deferred.is_some_and(|deferred| now < deferred.until) {
            return Ok(());
        }
        let serial = &pair.leaf.serial;
        let known = history.suggestion.take();
        let mut suggestion = Suggestion {
            serial: serial.clone(),
            window: known
                .filter(|known| known.serial == *serial)
                .and_then(|known| known.window),
            ask_again: schedule::ask_again(now, None),
        };
        // On disk before the authority is asked, like every other question.
        history.suggestion = Some(suggestion.clone());
        record(history, file, now)?;
        let asked = ask_for_suggestion(authority, &pair.chain[0], self.patience);
        let answer = match tokio::time::timeout(SUGGESTION_TIMEOUT, asked).await {
            Ok(Ok(Some(info))) => info,
            Ok(Ok(None)) => return Ok(()),
            Ok(Err(error)) => {
                tracing::debug!(%error, "the authority does not say when to renew");
                return Ok(());
            }
            Err(_) => {
                tracing::debug!("the authority takes too long to say when to renew");
                return Ok(());
            }
        };
        suggestion.ask_again = schedule::ask_again(now, Some(answer.ask_again));
        let same = suggestion.window.as_ref().is_some_and(|window| {
            (window.start, window.end) == (seconds(answer.start), seconds(answer.end))
        });
        if !same {
            suggestion.window = Some(Window {
                start: seconds(answer.start),
                end: seconds(answer.end),
                chosen: schedule::moment_within(answer.start, answer.end, fastrand::f64()),
                explanation: answer.explanation,
            });
        }
        history.suggestion = Some(suggestion);
        record(history, file, now)
    }
}

async fn ask_for_suggestion(
    authority: &CertificateAuthority,
    certificate: &CertificateDer<'_>,
    patience: Patience,
) -> Result<Option<RenewalInfo>, Error> {
    let Some(id) = CertificateId::of(certificate) else {
        return Ok(None);
    };
    let client = Client::connect(authority, patience).await?;
    client.renewal_info(&id).await
}

/// As it is in files, so that what was read can be compared with what is new.
fn seconds(moment: SystemTime) -> SystemTime {
    let since = moment.duration_since(SystemTime::UNIX_EPOCH);
    SystemTime::UNIX_EPOCH + Duration::from_secs(since.unwrap_or_default().as_secs())
}
