#![no_main]
//! Any text, read as a description of an API in JSON or YAML.

use docent::corpus::{Format, Site, Source};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let source = Source {
        path: "openapi.yaml",
        text,
        include: &|_| Some(text.to_owned()),
        site: &Site::default(),
    };
    let pages = Format::OpenApi.pages(&source).unwrap_or_default();
    let bytes: usize = pages.iter().map(|page| page.markdown.len()).sum();
    // One place may be named by many: what all of it may cost is in proportion to the text.
    assert!(
        bytes <= (1 << 20) + 128 * text.len(),
        "{} bytes became {bytes}",
        text.len()
    );
});
