//! How many connections fit into what the process may have open.

use crate::config::Limits;

/// Files that are open besides connections: listeners, the index, folders and documents that are being read.
const OTHER_FILES: u64 = 192;

/// Limits that the process can keep: without room for another file, no connection could be accepted at all, not
/// even to be refused. Says so where that is less than the configuration asks for.
pub(super) fn fitted(limits: &Limits, open_files: Option<u64>) -> Limits {
    let fitted = fit(limits, open_files);
    if fitted.connections < limits.connections {
        tracing::warn!(
            open_files,
            configured = limits.connections,
            connections = fitted.connections,
            "this process may have few files open, so fewer connections are served at the same time than \
             `connections` in [limits]; raise the limit (LimitNOFILE= in a unit, `ulimit -n` in a shell), or \
             set `connections` lower"
        );
    }
    fitted
}

fn fit(limits: &Limits, open_files: Option<u64>) -> Limits {
    let mut fitted = limits.clone();
    let Some(open_files) = open_files else {
        return fitted;
    };
    let room = usize::try_from(open_files.saturating_sub(OTHER_FILES)).unwrap_or(usize::MAX);
    while fitted.connections > 1 && fitted.all_connections() > room {
        let surplus = fitted.all_connections() - room;
        // Fewer connections need fewer places beside them, so that a part of it may do.
        let fewer = (surplus / 2).max(1);
        fitted.connections = fitted.connections.saturating_sub(fewer).max(1);
    }
    fitted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_fit_into_the_open_files() {
        let limits = Limits::default();
        let connections = |files| fit(&limits, files).connections;
        assert_eq!(connections(None), limits.connections);
        assert_eq!(connections(Some(65_536)), limits.connections);
        assert_eq!(connections(Some(0)), 1);
        for files in [256, 300, 512, 1024] {
            let fitted = fit(&limits, Some(files));
            assert!(fitted.connections < limits.connections);
            let all = u64::try_from(fitted.all_connections()).unwrap();
            assert!(all + OTHER_FILES <= files, "{files}: {all}");
            assert!(
                all + OTHER_FILES + 2 > files,
                "{files}: {all} could be more"
            );
        }
    }
}
