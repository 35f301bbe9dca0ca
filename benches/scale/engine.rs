//! The index, as a server uses it.

use std::{error::Error, fs, path::Path, sync::Arc};

use docent::{
    config::{DocSet, SearchSettings},
    corpus::{Folders, Look},
    search::{Draft, Query, Report, Snapshot, Store},
};

/// The store of one set.
pub(crate) fn store(set: &Path, cache: &Path) -> Result<Store, Box<dyn Error>> {
    let set = DocSet::new("docs", fs::canonicalize(set)?);
    Ok(Store::new(cache, vec![set], SearchSettings::default())?)
}

/// Opens what is there, as a start does, and looks at the files for the first time.
pub(crate) fn served(store: &Store) -> Result<Arc<Snapshot>, Box<dyn Error>> {
    let opened = store.open().ok_or("there is no index")?;
    let (snapshot, _) = store.update(false, &|_| ())?;
    drop(opened);
    Ok(snapshot)
}

/// Looks at all files, as where no event tells what has changed.
pub(crate) fn look(store: &Store) -> Result<Draft<'_>, Box<dyn Error>> {
    Ok(store.draft(&Look::Everything, false, &|_| ())?)
}

/// Looks at some folders, as after events.
pub(crate) fn look_at<'a>(
    store: &'a Store,
    folders: &[&Path],
) -> Result<Draft<'a>, Box<dyn Error>> {
    let mut told = Folders::default();
    for folder in folders {
        told.note(folder.to_path_buf());
    }
    Ok(store.draft(&Look::Folders(told), false, &|_| ())?)
}

/// Puts all segments together; `None` where there is but one.
pub(crate) fn merge(
    store: &Store,
    pace: &(dyn Fn() + Sync),
) -> Result<Option<Arc<Snapshot>>, Box<dyn Error>> {
    Ok(store.merge(true, pace)?)
}

/// Indexes a set from nothing.
pub(crate) fn index(store: &Store) -> Result<(Arc<Snapshot>, Report), Box<dyn Error>> {
    Ok(store.update(false, &|_| ())?)
}

/// Ids of the pages that answer, best first.
pub(crate) fn ranking(snapshot: &Snapshot, query: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let answer = snapshot.search(&Query::new(query))?;
    Ok(answer.hits.iter().map(|hit| hit.page.id()).collect())
}

/// How many pages answer.
pub(crate) fn found(snapshot: &Snapshot, query: &str) -> Result<usize, Box<dyn Error>> {
    let mut query = Query {
        limit: 50,
        ..Query::new(query)
    };
    loop {
        let answer = snapshot.search(&query)?;
        query.offset += answer.hits.len();
        if !answer.more {
            return Ok(query.offset);
        }
    }
}
