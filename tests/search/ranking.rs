//! What a ranking leaves unlooked at changes no answer.

use super::folder::Folder;
use docent::search::{Query, Snapshot};

/// Pages of several sections in words of which some are rare and some are everywhere.
fn library() -> Folder {
    let folder = Folder::new();
    let mut state = 7u64;
    let mut random = move |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for page in 0..300 {
        let mut text = format!("# Page w{}\n", random(40));
        for section in 0..1 + random(6) {
            text.push_str(&format!("\n## Section {section} w{}\n\n", random(200)));
            for _ in 0..20 + random(60) {
                let bound = 1 + random(200);
                text.push_str(&format!("w{} ", random(bound)));
            }
            text.push_str(&format!("[w{}](page-{}.md).\n", random(40), random(300)));
        }
        let folder_of = page % 3;
        folder.write(&format!("part-{folder_of}/page-{page}.md"), text);
    }
    folder
}

fn scores(snapshot: &Snapshot, query: &Query) -> Vec<(String, f32, usize)> {
    let answer = snapshot.search(query).expect("an answer");
    let hits = answer.hits.into_iter();
    hits.map(|hit| (hit.page.path, hit.score, hit.passages[0].section))
        .collect()
}

#[test]
fn the_first_pages_are_the_first_of_all() {
    let (snapshot, _) = library().update();
    for words in [
        "w3",
        "w0 w1",
        "w150 w2",
        "w199 w180 w0 w1 w2",
        "section w77",
        "Section 3 w12",
        "w7 w3 w0 w1 w0 w12",
        "\"section 3 w12\" of \"section 0 w5\" and Page w7",
    ] {
        let all = Query {
            limit: 50,
            ..Query::new(words)
        };
        let all = scores(&snapshot, &all);
        for limit in [1, 3, 10] {
            let few = Query {
                limit,
                ..Query::new(words)
            };
            let few = scores(&snapshot, &few);
            assert_eq!(few, all[..limit.min(all.len())], "{words}");
        }
        let later = Query {
            limit: 5,
            offset: 5,
            ..Query::new(words)
        };
        assert_eq!(
            scores(&snapshot, &later),
            all[5.min(all.len())..10.min(all.len())]
        );
    }
}

#[test]
fn a_search_leaves_nothing_to_the_next_one() {
    let folder = library();
    let (snapshot, _) = folder.update();
    let query = Query::new("w3 w5 section");
    let before = scores(&snapshot, &query);
    let part = Query {
        under: Some("part-1/".into()),
        ..query.clone()
    };
    assert!(
        scores(&snapshot, &part)
            .iter()
            .all(|(path, _, _)| path.starts_with("part-1/"))
    );
    assert_eq!(scores(&snapshot, &query), before);
}
