//! Configuration: the TOML file (`file`) -> validated settings (`settings`).
mod access;
mod certificate;
mod docset;
mod error;
mod file;
mod language;
mod load;
mod network;
mod origin;
mod problem;
mod public_url;
mod quantity;
mod reach;
mod set_name;
mod settings;
mod source;
mod synonyms;
mod values;
mod weights;

pub use access::{
    AccessSettings, AudienceName, AudienceSettings, Group, IdentityHeaders, IssuerSettings,
    KeyName, MAX_AUDIENCES, SignInSettings, TokenType,
};
pub use certificate::{
    AcmeSettings, CertificateAuthority, CertificateSource, ChallengeType, ExternalAccount,
    Identifier, KeyType, Proxy, TlsSettings,
};
pub use docset::{PathFault, home_above, readable_root};
pub use error::{ConfigError, More};
pub use language::Language;
pub use load::{INSTALLED_MANUAL, set_called};
pub use network::{Network, NetworkError, TrustedProxies};
pub use origin::{Origin, OriginError};
pub use problem::Diagnostic;
pub(crate) use problem::{Complaint, Problem, listing, nearest};
pub use public_url::{PublicUrl, PublicUrlError};
pub use set_name::{ALL, folded, is_route};
pub use settings::{
    DocSet, Generator, LOCAL, Limits, LogSettings, McpSettings, SearchSettings, ServerSettings,
    Settings, SiteSettings,
};
pub use synonyms::{Synonym, Synonyms};
pub use values::{NoAddress, listen_address, published_at};
pub use weights::{Boost, Factor, Versions};
