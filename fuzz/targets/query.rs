#![no_main]
//! Any text, asked of an index of the project's own documentation.

use docent::search::Query;
use docent_fuzz::index;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static INDEX: LazyLock<docent_fuzz::Index> = LazyLock::new(index);

fuzz_target!(|text: &str| {
    let answer = INDEX
        .snapshot
        .search(&Query::new(text))
        .expect("an index that is whole answers every query");
    assert!(answer.hits.len() <= 10);
    for hit in &answer.hits {
        let id = hit.page.id();
        let page = INDEX.snapshot.page(&id).expect("the index is whole");
        assert!(page.is_some(), "{id} was found, but cannot be read");
    }
});
