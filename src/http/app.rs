//! What is served, to whom, and on which listeners.

use std::{sync::Arc, time::Duration};

use crate::{
    auth::{Gate, Introducers},
    config::{
        AccessSettings, AudienceName, Identifier, Origin, PublicUrl, SiteSettings, TrustedProxies,
    },
    mcp::Library,
    state::Challenges,
};

/// What is served, and to whom.
#[derive(Clone)]
pub struct App {
    /// The documents.
    pub documents: Offer,
    /// Names besides docent's own by which clients may call, with or without a port.
    pub hosts: Vec<String>,
    /// Where people and assistants are told that docent is; `None`: where they came to.
    pub url: Option<PublicUrl>,
    /// Other machines may call over plain HTTP, by any address of this one.
    pub plain_public: bool,
    /// Origins whose pages may call, besides those of the names.
    pub origins: Vec<Origin>,
    /// What is called how on pages for people, and whether there are any.
    pub site: SiteSettings,
    /// Proxies in front that are believed when they say whose request they bring.
    pub proxies: TrustedProxies,
    /// Proxies in front that are believed when they say who is signed in.
    pub introducers: Option<Arc<Introducers>>,
    /// The public side; `None` where there are only plain listeners.
    pub domain: Option<Domain>,
}

/// Whose the documents are.
#[derive(Clone)]
pub enum Offer {
    /// Everybody's.
    Everybody(Arc<Library>),
    /// Those of audiences, each its own.
    Audiences(Audiences),
}

/// Documents that not everybody may read.
#[derive(Clone)]
pub struct Audiences {
    /// Who may read what, as configured.
    pub access: Arc<AccessSettings>,
    /// Who decides which audience a request belongs to.
    pub gate: Arc<Gate>,
    /// The documents of each audience; `None`: they are not there yet.
    pub libraries: Vec<(AudienceName, Option<Arc<Library>>)>,
}

impl Audiences {
    /// The libraries that there are.
    pub(super) fn there(&self) -> impl Iterator<Item = &Arc<Library>> {
        self.libraries
            .iter()
            .filter_map(|(_, library)| library.as_ref())
    }
}

impl App {
    /// Documents for this machine, with everything else as it is unless somebody says otherwise.
    pub fn new(documents: Arc<Library>) -> Self {
        Self::offering(Offer::Everybody(documents))
    }

    /// The same for documents that may be those of audiences.
    pub fn offering(documents: Offer) -> Self {
        Self {
            documents,
            hosts: Vec::new(),
            url: None,
            plain_public: false,
            origins: Vec::new(),
            site: SiteSettings::default(),
            proxies: TrustedProxies::default(),
            introducers: None,
            domain: None,
        }
    }
}

/// The public side: names that everybody can reach, over HTTPS.
#[derive(Debug, Clone)]
pub struct Domain {
    /// The names of the certificate; at least one.
    pub names: Vec<Identifier>,
    /// The port of HTTPS, for those who come to another one than 80 for plain HTTP.
    pub https_port: u16,
    /// How long browsers are to insist on HTTPS (RFC 6797); `None`: they are not told to.
    pub hsts: Option<Duration>,
    /// What an authority is answered.
    pub challenges: Challenges,
}

/// Which listeners routes are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// For this machine, or a proxy in front.
    Plain,
    /// For everybody.
    Https,
}
