//! How long a stream stays open: as long as whoever has opened it may read what it is answered from.
//!
//! A request is judged when it comes. A stream outlasts that: an access key ends or is revoked meanwhile, an audience gets
//! other documents. So each stream has a tenure, which ends with the credential, and which a reload reviews.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{app::Audiences, pass::Pass};

/// The tenures of all streams that are open.
#[derive(Default)]
pub(super) struct Tenures(Arc<Mutex<Table>>);

#[derive(Default)]
struct Table {
    /// Whoever streams may be held by; `None`: by everybody.
    audiences: Option<Audiences>,
    open: HashMap<u64, Holder>,
    /// Streams so far.
    count: u64,
}

struct Holder {
    pass: Option<Arc<Pass>>,
    ended: CancellationToken,
}

/// That of one stream, given up when it is dropped.
pub(super) struct Tenure {
    number: u64,
    table: Arc<Mutex<Table>>,
    /// When what was shown for it is good no more.
    until: Option<SystemTime>,
    ended: CancellationToken,
}

/// Ready when a stream is to end.
pub(super) type Ended = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The clock may be set meanwhile: no longer than this is waited without a look at it.
const LOOK_EVERY: Duration = Duration::from_secs(10);

impl Tenures {
    /// One more stream, of a request that was let in with this; without, where everybody is let in.
    pub(super) fn begin(&self, pass: Option<&Arc<Pass>>) -> Tenure {
        let ended = CancellationToken::new();
        let mut table = self.table();
        let holder = Holder {
            pass: pass.cloned(),
            ended: ended.clone(),
        };
        // It may have been let in before the last review.
        if !table.allows(&holder) {
            ended.cancel();
        }
        table.count += 1;
        let number = table.count;
        table.open.insert(number, holder);
        Tenure {
            number,
            table: Arc::clone(&self.0),
            until: pass.and_then(|pass| pass.admitted.until),
            ended,
        }
    }

    /// Ends the streams of those who would not be answered from the same documents any more. `None`: everything is
    /// everybody's.
    pub(super) fn review(&self, audiences: Option<&Audiences>) {
        let mut table = self.table();
        table.audiences = audiences.cloned();
        for holder in table.open.values() {
            if !table.allows(holder) {
                holder.ended.cancel();
            }
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn allows(&self, holder: &Holder) -> bool {
        let (pass, audiences) = match (&holder.pass, &self.audiences) {
            (Some(pass), Some(audiences)) => (pass, audiences),
            (pass, audiences) => return pass.is_none() && audiences.is_none(),
        };
        let mut libraries = audiences.libraries.iter();
        let library = libraries.find(|(name, _)| *name == pass.admitted.audience);
        let library = library.and_then(|(_, library)| library.as_ref());
        library.is_some_and(|library| Arc::ptr_eq(library, &pass.documents))
            && pass.access == audiences.access
            && audiences
                .gate
                .keeps(&pass.admitted, &pass.gate, SystemTime::now())
    }
}

impl Tenure {
    /// Waits for its end.
    pub(super) fn ended(&self) -> Ended {
        let (ended, until) = (self.ended.clone(), self.until);
        Box::pin(async move {
            tokio::select! {
                () = ended.cancelled() => {}
                () = over(until) => {}
            }
        })
    }
}

impl Drop for Tenure {
    fn drop(&mut self) {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        table.open.remove(&self.number);
    }
}

/// Waits until then, by the clock on the wall.
async fn over(until: Option<SystemTime>) {
    let Some(until) = until else {
        return std::future::pending().await;
    };
    while let Ok(left) = until.duration_since(SystemTime::now()) {
        // A clock has steps: one more is past the end.
        sleep((left + Duration::from_millis(1)).min(LOOK_EVERY)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        auth::{Admitted, Gate, Identity},
        config::{AccessSettings, AudienceName, DocSet, SearchSettings},
        mcp::{Library, Readers},
        search::Store,
    };

    fn library(folder: &std::path::Path) -> Arc<Library> {
        let docs = folder.join("docs");
        std::fs::create_dir_all(&docs).unwrap();
        std::fs::write(docs.join("a.md"), "# A\n").unwrap();
        let sets = vec![DocSet::new("docs", docs)];
        let store = Store::new(&folder.join("cache"), sets, SearchSettings::default()).unwrap();
        let (snapshot, _) = store.update(false, &|_| ()).unwrap();
        Arc::new(Library::of_audience(snapshot, Readers::default()))
    }

    fn name(text: &str) -> AudienceName {
        AudienceName::new(text).unwrap()
    }

    fn audiences(library: &Arc<Library>) -> Audiences {
        Audiences {
            access: Arc::new(AccessSettings::default()),
            gate: Arc::new(Gate::default()),
            libraries: vec![(name("staff"), Some(Arc::clone(library)))],
        }
    }

    fn pass(of: &Audiences, library: &Arc<Library>, until: Option<SystemTime>) -> Arc<Pass> {
        Arc::new(Pass {
            admitted: Admitted {
                audience: name("staff"),
                identity: Identity::Proxied("ann".into()),
                until,
            },
            documents: Arc::clone(library),
            access: Arc::clone(&of.access),
            gate: Arc::clone(&of.gate),
        })
    }

    fn is_over(tenure: &Tenure) -> bool {
        tenure.ended.is_cancelled()
    }

    #[tokio::test]
    async fn a_stream_ends_with_what_was_shown_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let library = library(folder.path());
        let tenures = Tenures::default();
        let audiences = audiences(&library);
        tenures.review(Some(&audiences));
        let soon = SystemTime::now() + Duration::from_millis(50);
        let pass = pass(&audiences, &library, Some(soon));
        let tenure = tenures.begin(Some(&pass));
        tenure.ended().await;
        assert!(SystemTime::now() >= soon);
        let late = tenures.begin(Some(&pass));
        late.ended().await;
        drop((tenure, late));
        assert!(tenures.table().open.is_empty());
    }

    #[test]
    fn a_review_ends_what_would_be_answered_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let library = library(folder.path());
        let tenures = Tenures::default();
        let everybodys = tenures.begin(None);
        assert!(!is_over(&everybodys));
        tenures.review(None);
        assert!(!is_over(&everybodys));

        let first = audiences(&library);
        tenures.review(Some(&first));
        assert!(
            is_over(&everybodys),
            "not everything is everybody's any more"
        );
        let stays = pass(&first, &library, None);
        let tenure = tenures.begin(Some(&stays));
        tenures.review(Some(&audiences(&library)));
        assert!(!is_over(&tenure), "nothing has changed");

        let mut waits = audiences(&library);
        waits.libraries[0].1 = None;
        let mut other = audiences(&library);
        other.access = Arc::new(AccessSettings {
            sign_in: crate::config::SignInSettings { enabled: true },
            ..AccessSettings::default()
        });
        let mut gone = audiences(&library);
        gone.libraries[0].0 = name("partners");
        for next in [Some(&waits), Some(&other), Some(&gone), None] {
            tenures.review(Some(&first));
            let tenure = tenures.begin(Some(&stays));
            assert!(!is_over(&tenure));
            tenures.review(next);
            assert!(is_over(&tenure));
            assert!(
                is_over(&tenures.begin(Some(&stays))),
                "let in before the review"
            );
        }
    }
}
