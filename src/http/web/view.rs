//! What every page knows: what is served, under which name, and where it is seen.

use std::sync::Arc;

use axum::extract::Request;

use super::{
    super::{
        app::{App, Offer},
        pass::Pass,
    },
    place::Place,
};
use crate::{
    assistants::{Server, ServerName},
    config::SiteSettings,
    mcp::{Form, Holdings, Library, folder_path, one_line, page_path},
    search::{PageRef, SetSummary},
};

/// What handlers of pages need, of one side.
pub(in crate::http) struct Web {
    pub(super) documents: Arc<Library>,
    site: SiteSettings,
    /// Others than those who show nothing of who they are may be shown more.
    is_more_for_others: bool,
}

/// Who is shown what a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Shown {
    /// Everybody, and all that there is.
    All,
    /// Everybody; to others more.
    Public {
        /// There are such others.
        is_more: bool,
    },
    /// Those who have access.
    Private,
}

/// What one page is made from.
pub(in crate::http) struct View {
    /// The generation of the index that the page shows.
    pub(in crate::http) holdings: Arc<Holdings>,
    /// Where it is seen.
    pub(in crate::http) place: Place,
    /// What all of it is called: as configured, or as the one set is.
    pub(in crate::http) title: String,
    /// What assistants are to call it: as it is titled, else `docent`.
    name: ServerName,
    /// What it is about, as configured.
    pub(in crate::http) description: Option<String>,
    /// Who is shown it.
    pub(in crate::http) shown: Shown,
}

/// What is called so when nothing else is known of several sets.
const TITLE: &str = "Documentation";
/// Characters of a title.
const MAX_TITLE: usize = 120;
/// Characters of a description.
const MAX_DESCRIPTION: usize = 600;

impl Web {
    pub(in crate::http) fn new(app: &App, documents: &Arc<Library>) -> Self {
        Self {
            documents: Arc::clone(documents),
            site: app.site.clone(),
            is_more_for_others: match &app.documents {
                Offer::Everybody(_) => false,
                Offer::Audiences(audiences) => audiences.access.named().next().is_some(),
            },
        }
    }

    /// What the page is made from that a request asks for.
    pub(in crate::http) fn view(&self, request: &Request) -> View {
        let holdings = self.documents.current();
        let title = match (&self.site.title, holdings.snapshot.sets()) {
            (Some(title), _) => one_line(title, MAX_TITLE),
            (None, [only]) => set_title(only),
            (None, _) => TITLE.to_owned(),
        };
        let only = match holdings.snapshot.sets() {
            [only] => only.title.as_deref(),
            _ => None,
        };
        let configured = self.site.title.as_deref().or(only);
        let description = self.site.description.as_deref();
        View {
            place: Place::of(request),
            title,
            name: configured.map_or_else(ServerName::default, ServerName::from_title),
            description: description.map(|text| one_line(text, MAX_DESCRIPTION)),
            shown: match request.extensions().get::<Arc<Pass>>() {
                None => Shown::All,
                Some(pass) if pass.admitted.audience.is_anonymous() => Shown::Public {
                    is_more: self.is_more_for_others,
                },
                Some(_) => Shown::Private,
            },
            holdings,
        }
    }
}

impl View {
    /// The sets that are served, in the order of the configuration.
    pub(in crate::http) fn sets(&self) -> &[SetSummary] {
        self.holdings.snapshot.sets()
    }

    /// What is told to assistants.
    pub(super) fn server(&self) -> Server {
        let server =
            Server::new(self.place.public_url().clone(), &self.title).called(self.name.clone());
        match self.shown {
            Shown::Private => server.private(),
            Shown::All | Shown::Public { .. } => server,
        }
    }

    /// Where the contents of a set are.
    pub(in crate::http) fn set_href(&self, set: &str) -> String {
        self.place.href(&format!("/{}", folder_path(set, "")))
    }

    /// Where docent's own page of a document is.
    pub(in crate::http) fn page_href(&self, page: &PageRef, form: Form) -> String {
        let path = page_path(&self.holdings.snapshot, &page.set, &page.path, form);
        self.place.href(&format!("/{path}"))
    }

    /// Where the contents of everything are.
    pub(super) fn contents(&self) -> String {
        match self.sets() {
            [only] => self.set_href(&only.name),
            _ => self.place.href("/#served"),
        }
    }
}

/// What people know a set by.
pub(in crate::http) fn set_title(set: &SetSummary) -> String {
    one_line(set.title.as_ref().unwrap_or(&set.name), MAX_TITLE)
}
