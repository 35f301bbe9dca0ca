//! The formats docent reads, each told by extension and content.

mod asciidoc;
mod cells;
mod concatenated;
mod css_value;
mod data;
mod detect;
mod emit;
mod epub;
mod front_matter;
mod html;
mod hugo_index;
mod man;
mod markdown;
mod notebook;
mod office;
mod openapi;
mod pdf;
mod restructuredtext;
mod style;
mod text;

pub(super) use concatenated::is_llms_full;
pub(super) use detect::uncompressed_name;
pub(super) use front_matter::front_matter;

use super::document::{HeadTitle, Page, Skip, Source};
use super::invisible::{shown_name, without_invisible, without_invisible_but_form_feeds};
use super::unrendered::without_unrendered;
use std::borrow::Cow;

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
    /// OpenAPI 3 or Swagger 2.0, in YAML or JSON.
    OpenApi,
    /// A Jupyter notebook.
    Notebook,
    /// A document of Word since 2007.
    Docx,
    /// An OpenDocument text.
    Odt,
    /// A book.
    Epub,
    /// PDF.
    Pdf,
    /// Plain text.
    Text,
}

impl Format {
    /// Whether a file's name leaves it possible that it is documentation. Others need not be
    /// opened; of these [`Format::detect`] decides by content.
    pub fn is_candidate(path: &str) -> bool {
        detect::is_candidate(path)
    }

    /// Whether a file is one of data, most of which are no documentation: [`Self::may_begin`] tells whether it is worth reading.
    pub(super) fn is_told_by_beginning(path: &str) -> bool {
        detect::is_told_by_beginning(path)
    }

    /// Whether a file of data may be documentation, by its first [`Self::BEGINNING`] bytes.
    pub(super) fn may_begin(path: &str, beginning: &[u8]) -> bool {
        detect::may_begin(path, beginning)
    }

    /// As many bytes [`Self::may_begin`] is told of a file.
    pub(super) const BEGINNING: usize = openapi::BEGINNING;

    /// Tells the format of a file by its name and its first bytes; `None` where none fits.
    pub fn detect(path: &str, text: &str) -> Option<Self> {
        detect::detect(path, text)
    }

    /// The format of a file that is not text, by its name.
    pub fn of_bytes(path: &str) -> Option<Self> {
        Self::detect(path, "")
            .filter(|format| matches!(format, Self::Docx | Self::Odt | Self::Epub | Self::Pdf))
    }

    /// Turns a file that is not text into its pages.
    ///
    /// # Errors
    /// The reason why the file has nothing to serve.
    pub fn pages_of_bytes(self, path: &str, bytes: &[u8]) -> Result<Vec<Page>, Skip> {
        let pages = match self {
            Self::Docx => office::docx(bytes),
            Self::Odt => office::odt(bytes),
            Self::Epub => epub::pages(path, bytes),
            Self::Pdf => pdf::pages(bytes),
            _ => Err(Skip::UnknownFormat),
        };
        pages.map(|pages| pages.into_iter().map(Page::seen).collect())
    }

    /// Turns a file into its pages: one, or, for an index, as many as it lists.
    ///
    /// # Errors
    /// The reason why the file has nothing to serve.
    pub fn pages(self, source: &Source<'_>) -> Result<Vec<Page>, Skip> {
        let text = without_invisible_but_form_feeds(source.text);
        let include = |path: &str| {
            let text = (source.include)(path)?;
            Some(without_invisible_but_form_feeds(&text).into_owned())
        };
        let source = &Source {
            path: source.path,
            text: &text,
            include: &include,
            site: source.site,
        };
        let several = match self {
            Self::Markdown | Self::Text => concatenated::pages(source),
            _ => None,
        };
        let pages = several.unwrap_or_else(|| match self {
            Self::Markdown => openapi::markdown_pages(source),
            Self::Html => html_pages(source).map(with_sections),
            Self::ReStructuredText => restructuredtext::pages(source),
            Self::AsciiDoc => asciidoc::pages(source),
            Self::Man => man::pages(source),
            Self::HugoIndex => hugo_index::pages(source),
            Self::OpenApi => openapi::pages(source),
            Self::Notebook => notebook::pages(source),
            Self::Docx | Self::Odt | Self::Epub | Self::Pdf => Err(Skip::Binary),
            Self::Text => text::pages(source),
        });
        pages.map(|pages| pages.into_iter().map(Page::seen).collect())
    }
}

/// Pages whose text is preformatted have the sections of that text.
fn with_sections(mut pages: Vec<Page>) -> Vec<Page> {
    for page in &mut pages {
        if let Some(markdown) = text::with_sections(&page.markdown) {
            page.markdown = markdown;
        }
    }
    pages
}

/// Built pages, and the templates that generators make them of.
fn html_pages(source: &Source<'_>) -> Result<Vec<Page>, Skip> {
    let Some((front, text)) = markdown::template(source)? else {
        return html::pages(source);
    };
    let pages = html::pages(&Source {
        path: source.path,
        text: &text,
        include: source.include,
        site: source.site,
    })?;
    let named = |page: Page| Page {
        title: front.title.clone().or(page.title),
        description: front.description.clone().or(page.description),
        permalink: front.permalink.clone().or(page.permalink),
        aliases: front
            .aliases
            .clone()
            .into_iter()
            .chain(page.aliases)
            .collect(),
        weight: front.weight.or(page.weight),
        language: front.language.clone().or(page.language),
        ..page
    };
    Ok(pages.into_iter().map(named).collect())
}

impl Page {
    /// The page without what its readers do not see: what a format has escapes and entities for comes
    /// to light only when it is converted.
    fn seen(self) -> Self {
        let line = |text: String| match without_invisible(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(text) => text,
        };
        let markdown = line(self.markdown);
        Self {
            path: self.path.map(|path| shown_name(&path).into_owned()),
            title: self.title.map(line),
            head: self.head.map(|head| HeadTitle {
                whole: line(head.whole),
                own: head.own.map(line),
            }),
            description: self.description.map(line),
            permalink: self.permalink.map(line),
            fragment: self.fragment.map(line),
            aliases: self.aliases.into_iter().map(line).collect(),
            weight: self.weight,
            language: self.language,
            markdown: without_unrendered(&markdown).unwrap_or(markdown),
        }
    }
}
