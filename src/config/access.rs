//! Who may read what: audiences, and how those who ask show to which one they belong.

use std::{
    fmt, io,
    path::{self, Path, PathBuf},
    sync::Arc,
};

use super::network::Network;

/// Audiences at the most, besides the anonymous one: each has an index of its own.
pub const MAX_AUDIENCES: usize = 16;

/// What an audience is called: lower-case letters, digits, `-`, `_` and `.`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AudienceName(Arc<str>);

impl AudienceName {
    /// Longest name, in bytes.
    pub const MAX: usize = 64;
    /// Those who show nothing of who they are.
    pub const ANONYMOUS: &str = "anonymous";

    /// `None`: nothing can be called so.
    pub fn new(text: &str) -> Option<Self> {
        let is_made =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
        let starts = text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
        let fits = starts && text.len() <= Self::MAX && text.bytes().all(is_made);
        fits.then(|| Self(text.into()))
    }

    /// Whether it is of those who show nothing of who they are.
    pub fn is_anonymous(&self) -> bool {
        self.as_str() == Self::ANONYMOUS
    }

    /// As it is written in the configuration.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same, to be kept without a copy.
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

impl fmt::Display for AudienceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an access key is called, in `keys.toml` and in the log: letters, digits, `-`, `_`, `.` and `@`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyName(Arc<str>);

impl KeyName {
    /// Longest name, in bytes.
    pub const MAX: usize = 64;

    /// `None`: nothing can be called so.
    pub fn new(text: &str) -> Option<Self> {
        let is_made = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.@".contains(&byte);
        let starts = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        let fits = starts && text.len() <= Self::MAX && text.bytes().all(is_made);
        fits.then(|| Self(text.into()))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same, to be kept without a copy.
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who may read what.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccessSettings {
    /// In the order of the configuration: the first that fits counts. None: everything is everybody's.
    pub audiences: Vec<AudienceSettings>,
    /// Who vouches for people.
    pub issuers: Vec<IssuerSettings>,
    /// docent's own sign-in page.
    pub sign_in: SignInSettings,
    /// What a proxy in front says of who asks; `None`: nobody is believed.
    pub identity_headers: Option<IdentityHeaders>,
    /// Where the hashes of access keys are kept; `None`: there is no configuration file to keep them beside.
    pub keys_file: Option<PathBuf>,
    /// Where the key is kept that seals what the sign-in page gives out.
    pub sealing_key_file: Option<PathBuf>,
}

impl AccessSettings {
    /// Where the hashes of access keys are kept beside a configuration, whatever that says.
    ///
    /// # Errors
    /// Where the current folder is needed and is not there.
    pub fn keys_file_beside(config: &Path) -> io::Result<PathBuf> {
        path::absolute(config.with_file_name("keys.toml"))
    }

    /// Where the key is kept that seals what the sign-in page gives out.
    ///
    /// # Errors
    /// The same.
    pub fn sealing_key_file_beside(config: &Path) -> io::Result<PathBuf> {
        path::absolute(config.with_file_name("sealing.key"))
    }

    /// Whether anything at all is not everybody's.
    pub fn is_private(&self) -> bool {
        !self.audiences.is_empty()
    }

    /// What those may read who show nothing of who they are.
    pub fn anonymous(&self) -> Option<&AudienceSettings> {
        self.audiences.iter().find(|it| it.name.is_anonymous())
    }

    /// The audiences of those who do, in their order.
    pub fn named(&self) -> impl Iterator<Item = &AudienceSettings> {
        self.audiences.iter().filter(|it| !it.name.is_anonymous())
    }
}

/// Some who may read the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudienceSettings {
    /// What it is called, in the log and for `docent key new`.
    pub name: AudienceName,
    /// The names of the sets that it may read, in the order of the sets; at least one.
    pub docs: Vec<String>,
    /// Groups, one of which a person has to be in, as an issuer or a proxy names them.
    pub groups: Vec<Group>,
    /// Access keys that belong to it, besides those that were made for it.
    pub keys: Vec<KeyName>,
}

/// A group of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Group {
    /// Whoever an issuer or a proxy vouches for: `"*"`.
    Everybody,
    /// As the issuer, or the proxy, calls it.
    Called(String),
}

/// Who vouches for people: an authorization server (RFC 8414), such as Keycloak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerSettings {
    /// The issuer identifier, as it is in `iss`, to the letter.
    pub url: String,
    /// What `aud` of a token has to name one of (RFC 9068, RFC 8707); at least one.
    pub accepted_audiences: Vec<String>,
    /// The claim that names a person's groups.
    pub groups_claim: String,
    /// What `typ` in the header of a token may be; at least one.
    pub types: Vec<TokenType>,
    /// Who vouches for the issuer's certificate, where that is no authority of the web.
    pub ca_file: Option<PathBuf>,
    /// Where the keys are, where the issuer does not tell (RFC 8414, OpenID Connect Discovery).
    pub jwks_url: Option<String>,
}

/// What the header of a token says that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenType {
    /// `at+jwt`: an access token (RFC 9068).
    AccessToken,
    /// `JWT`, or nothing: anything, so that more is asked of it.
    Jwt,
}

impl TokenType {
    /// Each with the name that it has in the configuration.
    pub const NAMES: [(&'static str, Self); 2] =
        [("at+jwt", Self::AccessToken), ("JWT", Self::Jwt)];
}

/// docent's own sign-in page, where people paste an access key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SignInSettings {
    /// There is one.
    pub enabled: bool,
}

/// Headers in which a proxy in front names whoever it has signed in, on the plain listener alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityHeaders {
    /// The header with the person's name, in lower case.
    pub user: String,
    /// The header with the groups, in lower case.
    pub groups: Option<String>,
    /// What stands between groups.
    pub separator: String,
    /// Users of this machine whose processes are believed on a unix socket.
    pub peers: Vec<String>,
    /// Where the proxies are that are believed over TCP: `trusted_proxies` of `[server]`.
    pub networks: Vec<Network>,
}
