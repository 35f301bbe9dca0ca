//! The formats docent reads, each told by extension and content.

use super::document::{Page, Skip, Source};

/// A documentation format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// CommonMark, GFM and what site generators write around it (also MDX).
    Markdown,
    /// A page of a built site.
    Html,
    /// reStructuredText.
    ReStructuredText,
    /// AsciiDoc.
    AsciiDoc,
    /// A manual page, man(7) or mdoc(7).
    Man,
    /// Hugo's `index.json`: an array of `{"title", "permalink", "contents"}`.
    HugoIndex,
    /// Plain text.
    Text,
}

impl Format {
    /// Tells the format of a file by its name and its first bytes; `None` where none fits.
    pub fn detect(_path: &str, _text: &str) -> Option<Self> {
        None
    }

    /// Turns a file into its pages: one, or, for an index, as many as it lists.
    ///
    /// # Errors
    /// The reason why the file has nothing to serve.
    pub fn pages(self, _source: &Source<'_>) -> Result<Vec<Page>, Skip> {
        Err(Skip::UnknownFormat)
    }
}
