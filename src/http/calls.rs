//! Requests of a session that have no answer yet.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use rmcp::model::RequestId;

use super::share::Share;

/// Those of one session. A request is one until its answer is read from the session's stream, or its client no
/// longer wants one, for then there will be none.
#[derive(Default)]
pub(super) struct Calls(Mutex<Table>);

#[derive(Default)]
struct Table {
    /// With what each takes of its client's share.
    running: HashMap<RequestId, Option<Share>>,
    /// Who waits for the last one.
    waiting: Option<Waker>,
}

/// A request that is about to be taken on; given up again when it is dropped.
pub(super) struct Call {
    id: Option<RequestId>,
    calls: Arc<Calls>,
}

/// Why a request is not taken on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// There are as many as there may be.
    TooMany,
    /// An answer could not be told from that to another one.
    SameId,
}

impl Calls {
    pub(super) fn begin(
        self: &Arc<Self>,
        id: RequestId,
        most: usize,
        share: Option<Share>,
    ) -> Result<Call, Refused> {
        let mut table = self.table();
        if table.running.contains_key(&id) {
            return Err(Refused::SameId);
        }
        if table.running.len() >= most {
            return Err(Refused::TooMany);
        }
        table.running.insert(id.clone(), share);
        Ok(Call {
            id: Some(id),
            calls: Arc::clone(self),
        })
    }

    /// One is answered, or need not be.
    pub(super) fn end(&self, id: &RequestId) {
        let mut table = self.table();
        table.running.remove(id);
        let waiting = if table.running.is_empty() {
            table.waiting.take()
        } else {
            None
        };
        drop(table);
        if let Some(waker) = waiting {
            waker.wake();
        }
    }

    /// Ready when there is none.
    pub(super) fn poll_none(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut table = self.table();
        if table.running.is_empty() {
            return Poll::Ready(());
        }
        table.waiting = Some(context.waker().clone());
        Poll::Pending
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Call {
    /// It is on its way to be answered.
    pub(super) fn taken_on(mut self) {
        self.id = None;
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if let Some(id) = self.id.take() {
            self.calls.end(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_one_until_it_is_answered_or_given_up() {
        let calls = Arc::new(Calls::default());
        let id = RequestId::Number;
        calls.begin(id(1), 2, None).unwrap().taken_on();
        let second = calls.begin(id(2), 2, None).unwrap();
        assert_eq!(calls.begin(id(3), 2, None).err(), Some(Refused::TooMany));
        assert_eq!(calls.begin(id(1), 9, None).err(), Some(Refused::SameId));
        drop(second);
        calls.begin(id(2), 2, None).unwrap().taken_on();
        calls.end(&id(1));
        calls.end(&id(1));
        let mut context = Context::from_waker(Waker::noop());
        assert!(calls.poll_none(&mut context).is_pending());
        calls.end(&id(2));
        assert!(calls.poll_none(&mut context).is_ready());
    }
}
