//! What every converter of `docent::corpus` must do with any text at all.

use docent::corpus::{Format, Page, Skip, Source};

/// Converts a text as one format, and checks what holds for every page.
///
/// Panics, overflows and endless loops are found by the fuzzer itself.
pub fn convert(format: Format, path: &str, text: &str) -> Result<Vec<Page>, Skip> {
    let source = Source {
        path,
        text,
        include: &|_| Some(String::from("included")),
    };
    let pages = format.pages(&source)?;
    let bytes: usize = pages.iter().map(|page| page.markdown.len()).sum();
    // Markup may grow (tables, escapes), but never out of proportion to what was sent.
    assert!(
        bytes <= 4096 + 64 * text.len(),
        "{} bytes became {bytes}",
        text.len()
    );
    Ok(pages)
}
