//! A question and what the index answers, in the terms of information retrieval.

/// The longest query that is looked at, in characters; the rest is ignored.
pub const MAX_QUERY_CHARS: usize = 1_000;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Words as a person or an assistant types them; no query syntax.
    pub text: String,
    /// Only pages of the document set with this name.
    pub set: Option<String>,
    /// Only pages whose path starts with this, such as `tasks/`.
    pub under: Option<String>,
    /// Only pages of this version of their set, of the sets that hold several, and pages that are of no version; `all`: of any.
    /// Else the default one where the set says so.
    pub version: Option<String>,
    /// Only pages in this language: `de`, `pt-BR`, as their paths tell it, or else their text.
    pub language: Option<String>,
    /// How many pages at the most.
    pub limit: usize,
    /// How many pages of the ranking to pass over first.
    pub offset: usize,
    /// Passages are pieces of sections as they are, two a page. Else they are what of those answers: more of the first pages, a
    /// few lines of the others.
    pub long: bool,
}

impl Query {
    /// The first ten pages of all sets.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            set: None,
            under: None,
            version: None,
            language: None,
            limit: 10,
            offset: 0,
            long: false,
        }
    }
}

/// What the index answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Pages, best first.
    pub hits: Vec<Hit>,
    /// How the query was changed to find anything.
    pub relaxation: Relaxation,
    /// Words of the query that stand in no document that may answer.
    pub unknown: Vec<String>,
    /// Pages were passed over that are of another set, folder, version or language.
    pub is_of_part: bool,
    /// Versions that were passed over, and have words that no page has that may answer.
    pub elsewhere: Vec<String>,
    /// More pages follow after these.
    pub more: bool,
    /// For an answer without hits: titles and headings nearest to the query's words.
    pub nearest: Vec<PageRef>,
}

/// How far from the words asked the answer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relaxation {
    /// The hits answer the query as it was asked.
    None,
    /// These words stand in no document and were left out.
    Dropped(Vec<String>),
    /// Some words stand in no document, and similar ones were looked up instead.
    Fuzzy {
        /// Each word with the one that was looked up for it.
        replaced: Vec<(String, String)>,
        /// Words that nothing is similar to, left out.
        dropped: Vec<String>,
    },
    /// Nothing good was found; what hits there are share few words with the query.
    NoGoodMatch,
}

/// A page of the ranking.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The page.
    pub page: PageRef,
    /// Comparable within one answer only.
    pub score: f32,
    /// The passages that answer, best first, at most two, each from another section.
    pub passages: Vec<Passage>,
    /// Of the first page of an answer: other sections that answer, too.
    pub also: Vec<SectionRef>,
    /// The question is a name that another page defines, and this one does not have it.
    pub aside: bool,
    /// Other pages of its set that say the same.
    pub copies: Others,
    /// The same page in other languages and versions, as far as they answer, too.
    pub versions: Others,
}

/// Pages that stand behind one that is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Others {
    /// The first of them.
    pub pages: Vec<PageRef>,
    /// How many more there are.
    pub more: usize,
}

/// A section of a page, by what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionRef {
    /// Its number in its page, from 0.
    pub number: usize,
    /// Its own heading.
    pub heading: String,
    /// Its fragment.
    pub anchor: Option<String>,
}

/// What of a section answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// Number of the section in its page, from 0.
    pub section: usize,
    /// Headings from the outermost to the section's own, without the page's title.
    pub headings: Vec<String>,
    /// The fragment of the section.
    pub anchor: Option<String>,
    /// Blocks of Markdown without the section's heading, `…` between them where others are left out. Of code that is longer,
    /// whole lines, as a fence of their own; of a table, rows with its head; of a long paragraph, some of its sentences.
    pub markdown: String,
    /// The section has more text than this.
    pub partial: bool,
}

/// What identifies a page and tells a reader where it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageRef {
    /// Name of the document set.
    pub set: String,
    /// Path below the root of the set.
    pub path: String,
    /// The page's title.
    pub title: String,
    /// Titles of the pages above it, outermost first.
    pub breadcrumb: Vec<String>,
    /// Where it is published.
    pub url: Option<String>,
    /// The version that it is of, where its set holds several.
    pub version: Option<String>,
    /// The language that its path says it is in, such as `de` or `pt-br`.
    pub language: Option<String>,
}

impl PageRef {
    /// `set/path`: the name by which an assistant asks for the page.
    pub fn id(&self) -> String {
        format!("{}/{}", self.set, self.path)
    }
}

/// A whole page, for reading.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredPage {
    /// The page.
    pub page: PageRef,
    /// One or two sentences, where the source has them.
    pub description: Option<String>,
    /// In reading order; see [`crate::corpus::Section`].
    pub sections: Vec<crate::corpus::Section>,
}

/// What to read beside a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Related {
    /// Before it, in the order of its set.
    pub previous: Option<PageRef>,
    /// After it.
    pub next: Option<PageRef>,
    /// The first pages that it links to.
    pub links_to: Vec<PageRef>,
    /// Some of those that link to it.
    pub linked_from: Vec<PageRef>,
}

/// A skill, and where it is.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundSkill {
    /// Name of the document set.
    pub set: String,
    /// Path of its folder below the root of the set.
    pub folder: String,
    /// What it holds.
    pub skill: crate::corpus::SkillFolder,
}

/// Some of what stands directly in a folder, in the order of its set.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// How many entries the folder has.
    pub total: usize,
    /// Those that were asked for.
    pub entries: Vec<Entry>,
}

/// An entry of a listing: a folder, or a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// A folder of pages.
    Folder {
        /// Path below the root of the set, ending in `/`.
        path: String,
        /// Title of its index page, else its name in words.
        title: String,
        /// Pages in it and below.
        pages: usize,
    },
    /// A page.
    Page(PageRef),
}

/// What a document set holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetSummary {
    /// As configured, or the folder's name.
    pub name: String,
    /// As configured.
    pub title: Option<String>,
    /// As configured.
    pub description: Option<String>,
    /// As configured.
    pub topics: Vec<String>,
    /// Number of pages.
    pub pages: usize,
    /// Number of sections.
    pub sections: usize,
    /// What its first page calls itself, in the words of the documents.
    pub first_title: Option<String>,
    /// Titles that tell best what is in it, in the words of the documents: of its largest folders or
    /// most-linked pages.
    pub headlines: Vec<String>,
    /// The versions that it holds, where there are several: the newest first.
    pub versions: Vec<String>,
    /// The one that is searched unless another is named; `None`: all are.
    pub default_version: Option<String>,
    /// The languages that its pages are in, as their paths tell it, or else their text.
    pub languages: Vec<String>,
}
