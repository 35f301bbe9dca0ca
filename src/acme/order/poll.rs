//! Waiting for an authority without pressing it.

use std::time::Duration;

use instant_acme::{Order, OrderStatus};
use tokio::time::Instant;

use super::super::{answer::Answer, client::Client, error::Error};

/// An authority that is done at once is not waited for.
const FIRST_PAUSE: Duration = Duration::from_millis(15);
/// Each pause is twice the one before, up to here.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

impl Client {
    /// Asks for the order's state until it is `done`: at once where it is already, then at
    /// growing distances, at most every [`LONGEST_PAUSE`], and never before the authority wants
    /// to be asked again.
    pub(super) async fn poll(
        &self,
        order: &mut Order,
        patience: Duration,
        done: impl Fn(OrderStatus) -> bool,
    ) -> Result<(), Error> {
        let deadline = Instant::now() + patience;
        let mut pause = FIRST_PAUSE;
        let mut retry_after = None;
        while !done(order.state().status) {
            let wait = pause.max(retry_after.unwrap_or_default());
            if Instant::now() + wait > deadline {
                return Err(Error::Unfinished {
                    host: self.host().to_owned(),
                    after: patience,
                    retry_after,
                });
            }
            tokio::time::sleep(wait).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            self.refresh(order).await?;
            retry_after = self
                .transport()
                .last()
                .as_ref()
                .and_then(Answer::retry_after);
        }
        Ok(())
    }
}
