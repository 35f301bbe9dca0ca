//! The files that are passed over, told in the log: a number alone helps nobody.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{Mutex, PoisonError},
};

use crate::corpus::{Skip, Skipped};

/// Files that a look names at the most.
const NAMED: usize = 10;

/// Names the files that are passed over, and says nothing for as long as they are the same.
#[derive(Debug, Default)]
pub(super) struct SkippedFiles {
    /// Of what was told last.
    told: Mutex<Option<u64>>,
}

impl SkippedFiles {
    /// A line for each file, but the first of a set that is full, with set, path and reason as fields: those first that somebody may want to see
    /// served.
    pub(super) fn tell<'a>(&self, files: impl Iterator<Item = (&'a str, &'a Skipped)>) {
        let mut files: Vec<_> = files.filter(|(_, file)| !file.reason.is_beyond()).collect();
        let mut hasher = DefaultHasher::new();
        for (set, file) in &files {
            (set, &file.path, file.reason.to_string()).hash(&mut hasher);
        }
        let hash = Some(hasher.finish());
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if *told == hash {
            return;
        }
        *told = hash;
        files.sort_by_key(|(_, file)| !is_fault(&file.reason));
        let rest = files.len().saturating_sub(NAMED);
        for (set, file) in files.into_iter().take(NAMED) {
            let (path, reason) = (&file.path, file.reason.to_string());
            if is_fault(&file.reason) {
                tracing::warn!(path, reason, set, "skipped");
            } else {
                tracing::info!(path, reason, set, "skipped");
            }
        }
        if rest > 0 {
            tracing::info!(
                files = rest,
                "skipped more; `docent check` lists all of them"
            );
        }
    }
}

/// Somebody has to do something for the file to be served, and may not know.
pub(super) fn is_fault(reason: &Skip) -> bool {
    matches!(
        reason,
        Skip::Unreadable { .. }
            | Skip::TooLarge { .. }
            | Skip::Undecodable { .. }
            | Skip::Malformed { .. }
            | Skip::OutsideRoot
            | Skip::RulesUnread { .. }
    )
}

#[cfg(test)]
mod tests {
    use std::{fmt, sync::Arc};

    use tracing::{Event, Subscriber, field::Visit};
    use tracing_subscriber::{
        Layer,
        layer::{Context, SubscriberExt as _},
    };

    use super::*;

    /// Each line with its level and its fields.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<String>>>);

    impl<S: Subscriber> Layer<S> for Lines {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            let mut line = Line(event.metadata().level().to_string());
            event.record(&mut line);
            self.0.lock().unwrap().push(line.0);
        }
    }

    struct Line(String);

    impl Visit for Line {
        fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn fmt::Debug) {
            self.0 += &format!(" {field}={value:?}");
        }
    }

    fn file(path: impl Into<String>, reason: Skip) -> Skipped {
        Skipped {
            path: path.into(),
            reason,
        }
    }

    #[test]
    fn files_are_named_once_and_not_without_end() {
        let lines = Lines::default();
        let subscriber = tracing_subscriber::registry().with(lines.clone());
        tracing::subscriber::with_default(subscriber, || {
            let files = SkippedFiles::default();
            let unreadable = Skip::Unreadable {
                reason: "Permission denied".to_owned(),
            };
            let two = [
                file("a.png", Skip::Binary),
                file("team/plan.md", unreadable),
            ];
            let tell = |list: &[Skipped]| files.tell(list.iter().map(|file| ("docs", file)));
            tell(&two);
            tell(&two);
            let told: Vec<_> = lines.0.lock().unwrap().drain(..).collect();
            let [first, second] = told.as_slice() else {
                panic!("{told:?}");
            };
            assert!(first.starts_with("WARN"), "{first}");
            for field in ["team/plan.md", "not readable: Permission denied", "docs"] {
                assert!(first.contains(field), "{first}");
            }
            assert!(
                second.starts_with("INFO") && second.contains("a.png"),
                "{second}"
            );
            tell(&two[1..]);
            assert_eq!(lines.0.lock().unwrap().drain(..).len(), 1, "another list");
            let many: Vec<_> = (0..1000)
                .map(|n| file(format!("{n}.png"), Skip::Binary))
                .collect();
            tell(&many);
            let lines = lines.0.lock().unwrap();
            assert_eq!(lines.len(), NAMED + 1);
            assert!(lines[NAMED].contains("files=990"), "{}", lines[NAMED]);
        });
    }
}
