//! A search as an assistant makes it, for people to see.

use super::call::Call;
use super::hits::{Piece, Room};
use super::{LIMIT, MAX_PAGE};
use crate::mcp::{budget::Budget, fence::Fence, tokens};
use crate::search::{Answer, Query, SearchError, Snapshot};

/// A search as an assistant makes it, with what its answer shows, for people.
pub struct Shown {
    /// What the index answers.
    pub answer: Answer,
    /// The whole text that an assistant gets.
    pub text: String,
    /// What it takes of a model's context.
    pub tokens: usize,
    /// How many pages of the ranking come before them.
    pub offset: usize,
    /// The first pages of the answer, as far as there is room for them.
    pub pages: Vec<ShownPage>,
    /// Behind this page of results there may be no other.
    pub is_last: bool,
}

/// What is shown of a page.
#[derive(Default)]
pub struct ShownPage {
    /// What it takes of a model's context.
    pub tokens: usize,
    /// What is shown of it, best first.
    pub passages: Vec<ShownPassage>,
}

/// What is shown of a passage.
pub struct ShownPassage {
    /// Which of the page's passages it is.
    pub number: usize,
    /// Whole blocks of Markdown, without its heading.
    pub markdown: String,
    /// The section has more text than this.
    pub goes_on: bool,
}

/// Searches as an assistant does: in a set or in all, in a version where one is named, for a page of results from 1.
///
/// # Errors
/// Where the index cannot be read.
pub fn shown(
    snapshot: &Snapshot,
    query: &str,
    set: Option<&str>,
    version: Option<&str>,
    page: usize,
) -> Result<Shown, SearchError> {
    let page = page.clamp(1, MAX_PAGE);
    let call = Call {
        query: Query {
            set: set.map(str::to_owned),
            version: version.map(str::to_owned),
            limit: LIMIT,
            offset: (page - 1) * LIMIT,
            ..Query::new(query)
        },
        page,
    };
    let answer = snapshot.search(&call.query)?;
    let mut pages: Vec<ShownPage> = Vec::new();
    let mut told = |piece: Piece<'_>| match piece {
        Piece::Page(tokens) => pages.push(ShownPage {
            tokens,
            passages: Vec::new(),
        }),
        Piece::Passage(number, body) => {
            if let Some(page) = pages.last_mut() {
                page.tokens += body.cost;
                page.passages.push(ShownPassage {
                    number,
                    markdown: body.text.to_owned(),
                    goes_on: body.goes_on,
                });
            }
        }
    };
    let room = Room::of(Budget::default(), false);
    let reply = call.render(&answer, snapshot.sets(), &Fence::new(), room, &mut told);
    Ok(Shown {
        tokens: tokens::estimate(&reply.text),
        text: reply.text,
        offset: call.query.offset,
        is_last: !answer.more || page == MAX_PAGE,
        answer,
        pages,
    })
}
