//! What of a page a call asks for.

use super::{
    super::super::{
        line::count,
        section_names::{Selected, select},
    },
    unknown::nameless,
};
use crate::{corpus::Section, search::StoredPage};

/// What of a page was asked for.
pub(super) struct Asked<'a> {
    pub(super) sections: &'a [Section],
    pub(super) what: &'static str,
    /// In docent's words, for above the page: what is not as it was asked for.
    pub(super) note: String,
    /// In the page's words, for below its head.
    pub(super) near: String,
}

impl<'a> Asked<'a> {
    pub(super) fn whole(page: &'a StoredPage) -> Self {
        Self {
            sections: &page.sections,
            what: "page",
            note: String::new(),
            near: String::new(),
        }
    }

    pub(super) fn section(selected: &Selected<'a>) -> Self {
        let note = match selected.namesakes {
            0 => String::new(),
            more => format!(
                "{} of this page go by that name: `Heading > Subheading`, or its anchor, tells one from another.\n",
                count(more + 1, "section")
            ),
        };
        Self {
            sections: selected.sections,
            what: "section",
            note,
            near: String::new(),
        }
    }

    /// What the fragment of an id asks for: the page, where it has no section of that name.
    pub(super) fn of_fragment(page: &'a StoredPage, fragment: Option<&str>) -> Self {
        let Some(wanted) = fragment else {
            return Self::whole(page);
        };
        match select(&page.sections, wanted) {
            Some(selected) => Self::section(&selected),
            None => {
                let (note, near) = nameless(page, wanted);
                Self {
                    note,
                    near,
                    ..Self::whole(page)
                }
            }
        }
    }
}
