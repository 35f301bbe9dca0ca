//! One line of docent's log that tells of use, whatever form the log has.

use std::borrow::Cow;

use super::moment::Moment;

/// What a line says, field by field. The names are those of `mcp::log`.
#[derive(Debug, Default)]
pub(super) struct Fields<'a> {
    pub(super) at: Option<Moment>,
    pub(super) message: Cow<'a, str>,
    pub(super) tool: Option<Cow<'a, str>>,
    pub(super) query: Option<Cow<'a, str>>,
    pub(super) hits: Option<Cow<'a, str>>,
    pub(super) outcome: Option<Cow<'a, str>>,
    pub(super) pages: Option<Cow<'a, str>>,
    pub(super) missing: Option<Cow<'a, str>>,
    pub(super) microseconds: Option<Cow<'a, str>>,
    pub(super) client: Option<Cow<'a, str>>,
    pub(super) protocol: Option<Cow<'a, str>>,
    pub(super) endpoint: Option<Cow<'a, str>>,
    pub(super) address: Option<Cow<'a, str>>,
    pub(super) audience: Option<Cow<'a, str>>,
    pub(super) key: Option<Cow<'a, str>>,
    pub(super) error: Option<Cow<'a, str>>,
    pub(super) set: Option<Cow<'a, str>>,
    pub(super) page: Option<Cow<'a, str>>,
    pub(super) kind: Option<Cow<'a, str>>,
    pub(super) text: Option<Cow<'a, str>>,
}

/// What was done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Record<'a> {
    Call(Call<'a>),
    Report(Report<'a>),
}

/// A call of a tool, or what a person did on the pages.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Call<'a> {
    pub(super) at: Moment,
    pub(super) what: What,
    pub(super) query: Option<Cow<'a, str>>,
    pub(super) hits: u64,
    /// `set/path set/path`
    pub(super) pages: Cow<'a, str>,
    pub(super) missing: Cow<'a, str>,
    /// `None` for what has failed.
    pub(super) microseconds: Option<u64>,
    pub(super) who: Who<'a>,
}

/// What was asked for, and came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Search(Found),
    Read,
    Other,
    /// By a fault of the server.
    Failed,
}

/// How well a search was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Exact,
    Relaxed,
    Poor,
    Nothing,
    Past,
    Refused,
}

impl Found {
    /// Nothing was found that answers.
    pub(super) fn is_missed(self) -> bool {
        matches!(self, Self::Poor | Self::Nothing)
    }
}

/// Who did it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Who<'a> {
    /// Name and version.
    pub(super) client: Cow<'a, str>,
    pub(super) protocol: Cow<'a, str>,
    pub(super) endpoint: Cow<'a, str>,
    /// A number in its place; empty for this machine.
    pub(super) address: Cow<'a, str>,
    /// Whose documents it was answered from; empty where everything is everybody's.
    pub(super) audience: Cow<'a, str>,
    /// The name of the access key that was shown; empty where none was.
    pub(super) key: Cow<'a, str>,
}

impl Who<'_> {
    /// The client's name without its version.
    pub(super) fn name(&self) -> &str {
        let name = self.client.split('/').next().unwrap_or_default().trim();
        if name.is_empty() { "unknown" } else { name }
    }

    /// `docent doctor`, which asks to see whether it is answered.
    pub(super) fn is_doctor(&self) -> bool {
        self.name() == "docent-doctor"
    }

    /// Somebody in a browser.
    pub(super) fn is_person(&self) -> bool {
        self.client == "browser" && matches!(&*self.endpoint, "page" | "typing")
    }
}

/// What an assistant has said of a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Report<'a> {
    pub(super) at: Moment,
    pub(super) set: Cow<'a, str>,
    pub(super) page: Cow<'a, str>,
    pub(super) kind: Cow<'a, str>,
    pub(super) text: Cow<'a, str>,
    pub(super) who: Who<'a>,
}

impl<'a> Record<'a> {
    /// `None` for a line that tells of something else.
    pub(super) fn of(fields: Fields<'a>) -> Option<Self> {
        let at = fields.at?;
        let who = Who {
            client: fields.client.unwrap_or_default(),
            protocol: fields.protocol.unwrap_or_default(),
            endpoint: fields.endpoint.unwrap_or_default(),
            address: fields.address.unwrap_or_default(),
            audience: fields.audience.unwrap_or_default(),
            key: fields.key.unwrap_or_default(),
        };
        if let (Some(kind), Some(text)) = (fields.kind, fields.text) {
            return Some(Self::Report(Report {
                at,
                set: fields.set.unwrap_or_default(),
                page: fields.page.unwrap_or_default(),
                kind,
                text,
                who,
            }));
        }
        let tool = fields.tool?;
        let number = |text: Option<Cow<'_, str>>| text?.parse::<u64>().ok();
        let hits = number(fields.hits).unwrap_or(0);
        let outcome = fields.outcome.unwrap_or_default();
        let what = match (&*tool, &*outcome) {
            _ if fields.error.is_some() => What::Failed,
            ("search", "exact") => What::Search(Found::Exact),
            ("search", "relaxed") => What::Search(Found::Relaxed),
            ("search", "poor") => What::Search(Found::Poor),
            ("search", "nothing") => What::Search(Found::Nothing),
            ("search", "past") => What::Search(Found::Past),
            ("search", "refused") => What::Search(Found::Refused),
            // Of a docent that has not written more yet.
            ("search", _) if hits > 0 => What::Search(Found::Exact),
            ("search", _) => What::Search(Found::Nothing),
            ("read" | "fetch", "read" | "missing") => What::Read,
            _ => What::Other,
        };
        Some(Self::Call(Call {
            at,
            what,
            query: fields.query.filter(|query| !query.trim().is_empty()),
            hits,
            pages: fields.pages.unwrap_or_default(),
            missing: fields.missing.unwrap_or_default(),
            microseconds: number(fields.microseconds).filter(|_| what != What::Failed),
            who,
        }))
    }
}
