//! Manual pages as distributions install them: gzip-compressed.
#![allow(clippy::unwrap_used, reason = "in a test it is the failure")]

use std::{fs, io::Write as _, path::Path};

use docent::{
    config::DocSet,
    corpus::{PrivatePaths, Site, Skip, read},
};
use flate2::{Compression, write::GzEncoder};

use super::listed::list;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// What becomes of the only file of a set.
fn only(name: &str, bytes: &[u8]) -> Result<String, Skip> {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join(name), bytes).unwrap();
    let mut set = DocSet::new("a", root.path());
    set.max_file_size = 1 << 20;
    let listing = list(&set, &PrivatePaths::default()).unwrap();
    let [file] = &listing.files[..] else {
        panic!("{name}: {:?}", listing.skipped);
    };
    let document = read(&set, &Site::of(&set, &PrivatePaths::default()), file)
        .documents?
        .remove(0);
    let texts: Vec<&str> = document.pieces.iter().map(|piece| &*piece.text).collect();
    Ok(format!("{}\n{}", document.title, texts.join("\n")))
}

#[test]
fn a_compressed_page_is_read_as_the_page() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/formats");
    let page = fs::read(own.join("gardener.1")).unwrap();
    let plain = only("gardener.1", &page).unwrap();
    assert!(plain.contains("gardener"), "{plain}");
    assert_eq!(only("gardener.1.gz", &gzip(&page)).unwrap(), plain);
}

#[test]
fn a_small_file_cannot_become_a_large_one() {
    let bomb = gzip(&vec![b'a'; 64 << 20]);
    assert!(bomb.len() < 1 << 20);
    assert_eq!(
        only("a.1.gz", &bomb),
        Err(Skip::TooLarge { limit: 1 << 20 })
    );
}

#[test]
fn a_damaged_file_is_told() {
    let mut damaged = gzip(b".TH A 1\n.SH NAME\na \\- b\n");
    damaged.truncate(20);
    let Err(Skip::Malformed { reason }) = only("a.1.gz", &damaged) else {
        panic!("it is cut off");
    };
    assert!(reason.contains("gzip"), "{reason}");
    assert_eq!(
        only("a.1.gz", b"\x1f\x8b"),
        Err(Skip::Malformed {
            reason: "its gzip compression: unexpected end of file".into()
        })
    );
}
