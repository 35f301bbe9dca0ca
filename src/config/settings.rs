//! Settings as the parts use them: validated, defaults filled in, paths absolute.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::{
    access::{AccessSettings, AudienceName, AudienceSettings},
    certificate::TlsSettings,
    language::Language,
    network::{Network, TrustedProxies},
    origin::Origin,
    public_url::PublicUrl,
    synonyms::Synonyms,
    weights::{Boost, Versions},
};

/// Where plain HTTP is answered unless somebody says otherwise: this machine alone.
pub const LOCAL: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// Everything a run needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where and for whom to listen.
    pub server: ServerSettings,
    /// HTTPS; `None`: plain HTTP alone.
    pub tls: Option<TlsSettings>,
    /// What one client, or all together, may ask for.
    pub limits: Limits,
    /// Who may read what.
    pub access: AccessSettings,
    /// What people and assistants are told of the whole.
    pub site: SiteSettings,
    /// What assistants are offered besides searching and reading.
    pub mcp: McpSettings,
    /// What is written down of requests.
    pub log: LogSettings,
    /// How documents are searched.
    pub search: SearchSettings,
    /// How often to look whether documents have changed, besides what the system tells of changes;
    /// `None`: as their file systems need.
    pub look_every: Option<Duration>,
    /// The document sets, in the order of the configuration; at least one.
    pub docs: Vec<DocSet>,
}

impl Settings {
    /// The files with secrets that these settings name: keys, and certificates, which may stand in one
    /// file with them.
    pub fn secret_files(&self) -> Vec<PathBuf> {
        let keys = [&self.access.keys_file, &self.access.sealing_key_file];
        self.tls
            .iter()
            .flat_map(TlsSettings::secret_files)
            .chain(keys.into_iter().flatten().cloned())
            .collect()
    }

    /// The sets that an audience may read, in the order of the configuration.
    pub fn docs_of(&self, audience: &AudienceSettings) -> Vec<DocSet> {
        let docs = self.docs.iter();
        let is_read = |set: &&DocSet| audience.docs.contains(&set.name);
        docs.filter(is_read).cloned().collect()
    }

    /// Sets whose folder is within another's, and some audience that may read that one and not this: to whom the documents
    /// are shown nevertheless, as a part of the other set. The inner, the outer, the audience.
    pub fn overlaps(&self) -> Vec<(&DocSet, &DocSet, &AudienceName)> {
        let real = |set: &DocSet| set.root.canonicalize().unwrap_or_else(|_| set.root.clone());
        let roots: Vec<_> = self.docs.iter().map(|set| (set, real(set))).collect();
        let mut found = Vec::new();
        for (inner, folder) in &roots {
            for (outer, around) in &roots {
                if inner.name == outer.name || !folder.starts_with(around) {
                    continue;
                }
                let audiences = self.access.audiences.iter();
                let reads = |it: &&AudienceSettings| {
                    it.docs.contains(&outer.name) && !it.docs.contains(&inner.name)
                };
                let told = audiences.filter(reads).map(|it| (*inner, *outer, &it.name));
                found.extend(told.take(1));
            }
        }
        found
    }

    /// Sets that no audience may read, where there are audiences.
    pub fn docs_of_nobody(&self) -> impl Iterator<Item = &DocSet> {
        let audiences = &self.access.audiences;
        let is_read = |set: &DocSet| audiences.iter().any(|it| it.docs.contains(&set.name));
        let docs = self.docs.iter();
        docs.filter(move |set| !audiences.is_empty() && !is_read(set))
    }
}

/// Where and for whom to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerSettings {
    /// Where people and assistants reach docent, where that is not where it listens.
    pub url: Option<PublicUrl>,
    /// The address for plain HTTP, where systemd passes no socket for it; a loopback address
    /// unless `plain_public` is set, and `None` where a domain is set and this is not.
    pub plain: Option<SocketAddr>,
    /// Addresses that other machines can reach are allowed too.
    pub plain_public: bool,
    /// Names besides loopback by which clients may call, for a `Host` header check.
    pub hosts: Vec<String>,
    /// Origins besides those of these names whose web pages may call.
    pub origins: Vec<Origin>,
    /// Who is believed when they say whose request they bring.
    pub trusted_proxies: TrustedProxies,
    /// The address for HTTPS, where a domain is set and systemd passes no socket for it.
    pub https: SocketAddr,
    /// The address for plain HTTP beside HTTPS: it answers challenges and redirects the rest.
    pub http: SocketAddr,
    /// How long browsers are to insist on HTTPS (RFC 6797); `None`: they are not told to.
    pub hsts: Option<Duration>,
    /// The user to become when started as root outside systemd; `None`: `docent` for a public
    /// service, nobody else for a local one.
    pub user: Option<String>,
    /// How long nobody may ask before a socket-activated service leaves; `None`: it stays.
    pub idle_exit: Option<Duration>,
}

impl ServerSettings {
    /// Lets other machines call over plain HTTP, by this machine's name and by any address.
    pub fn open_to_network(&mut self, machine: Option<String>) {
        self.plain_public = true;
        if let Some(name) = machine {
            let local = format!("{name}.local");
            self.hosts.extend([name, local]);
        }
    }
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            url: None,
            plain: Some(LOCAL),
            plain_public: false,
            hosts: Vec::new(),
            origins: Vec::new(),
            trusted_proxies: TrustedProxies::default(),
            https: SocketAddr::from((Ipv6Addr::UNSPECIFIED, 443)),
            http: SocketAddr::from((Ipv6Addr::UNSPECIFIED, 80)),
            hsts: None,
            user: None,
            idle_exit: None,
        }
    }
}

/// What people and assistants are told of the whole, in the operator's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteSettings {
    /// There are pages for people.
    pub enabled: bool,
    /// What all of it is called; one line.
    pub title: Option<String>,
    /// What it is about and whose it is; one line.
    pub description: Option<String>,
    /// What OpenAI gives to whoever says that this domain is theirs, to be found at
    /// `/.well-known/openai-apps-challenge`.
    pub openai_challenge: Option<String>,
}

impl Default for SiteSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            title: None,
            description: None,
            openai_challenge: None,
        }
    }
}

/// What assistants are offered besides searching and reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct McpSettings {
    /// A tool by which they tell the documentation team that a page is wrong, out of date or missing.
    pub report: bool,
}

/// What is written down of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogSettings {
    /// What is searched for.
    pub queries: bool,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { queries: true }
    }
}

/// How documents are searched.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchSettings {
    /// The language of the documents' prose.
    pub language: Language,
    /// What words of questions find besides themselves.
    pub synonyms: Synonyms,
}

/// Where Claude on the web and the desktop connects from.
const CLAUDE: Network = Network::v4([160, 79, 104, 0], 21);

/// As many times as much may be asked for from an address where many people come from.
const SHARED: usize = 16;

/// What one client, or all together, may ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Largest request body, in bytes.
    pub request_body: usize,
    /// Connections open at the same time; further ones wait in the kernel's queue.
    pub connections: usize,
    /// How many of them one address may have open, on listeners that everybody can reach; a network of 64
    /// bits counts as one address of IPv6.
    pub connections_per_address: usize,
    /// Where many people come from with one address: it may have half of what there is.
    pub shared_addresses: Vec<Network>,
    /// How long a connection may stay open without a request.
    pub idle_connection: Duration,
    /// Requests a second that one address may go on sending, on listeners that everybody can reach.
    pub requests_per_second: usize,
    /// Requests that it may send at once after it has sent fewer.
    pub request_burst: usize,
    /// Requests of it that may be under way at the same time.
    pub requests_in_flight: usize,
    /// Sessions of the HTTP+SSE transport open at the same time.
    pub sse_sessions: usize,
    /// How long a client may take to send the head of a request.
    pub header_timeout: Duration,
    /// How long a client may take to send the body of a request, and docent to answer it.
    pub request_timeout: Duration,
    /// How long running calls may take to finish when the service stops.
    pub drain_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_body: 1 << 20,
            connections: 1024,
            connections_per_address: 128,
            shared_addresses: vec![CLAUDE],
            idle_connection: Duration::from_secs(75),
            requests_per_second: 20,
            request_burst: 100,
            requests_in_flight: 64,
            sse_sessions: 256,
            header_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(30),
            drain_timeout: Duration::from_secs(20),
        }
    }
}

impl Limits {
    /// Places that connections to port 80 have for themselves, so that a certificate authority is answered
    /// however many connections there are.
    pub fn redirect_connections(&self) -> usize {
        (self.connections / 8).clamp(16, 128)
    }

    /// Connections that may be open at the same time on all listeners.
    pub fn all_connections(&self) -> usize {
        self.connections + self.redirect_connections()
    }

    /// Requests a second that an address may go on sending, and how many at once.
    pub fn rate(&self, address: IpAddr) -> (usize, usize) {
        let times = self.times(address);
        let most = |requests: usize| requests.saturating_mul(times);
        (most(self.requests_per_second), most(self.request_burst))
    }

    /// How many of its requests may be under way at the same time.
    pub fn in_flight(&self, address: IpAddr) -> usize {
        self.requests_in_flight.saturating_mul(self.times(address))
    }

    /// How many times as much as one client an address may ask for.
    pub(crate) fn times(&self, address: IpAddr) -> usize {
        if self.is_shared(address) { SHARED } else { 1 }
    }

    fn is_shared(&self, address: IpAddr) -> bool {
        let is_in = |network: &Network| network.contains(address);
        self.shared_addresses.iter().any(is_in)
    }

    /// How many of `places` one address may have: never more than half, which leaves the others some.
    pub fn share(&self, address: IpAddr, places: usize) -> usize {
        let half = (places / 2).max(1);
        if self.is_shared(address) {
            half
        } else {
            self.connections_per_address.min(half)
        }
    }
}

/// One folder of documentation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DocSet {
    /// Lower-case letters and digits of any script, `-`, `_`, `.`; unique among the sets.
    pub name: String,
    /// What it is called, for people and assistants; one line.
    pub title: Option<String>,
    /// What it is about, for people and assistants.
    pub description: Option<String>,
    /// What to ask it about, for assistants.
    pub topics: Vec<String>,
    /// The folder, or a single file; absolute.
    pub root: PathBuf,
    /// Where the set is published; ends in `/`.
    pub base_url: Option<String>,
    /// gitignore-style patterns; where there are any, only files that match one are read.
    pub include: Vec<String>,
    /// gitignore-style patterns of files that are not read.
    pub exclude: Vec<String>,
    /// How paths become URLs, and whose template syntax surrounds the text.
    pub generator: Generator,
    /// Larger files are skipped; in bytes.
    pub max_file_size: u64,
    /// As many files and folders are looked at, hidden ones and those that are left out apart.
    pub max_files: u64,
    /// As many bytes are read of all files together.
    pub max_size: u64,
    /// What the versions that it holds mean to a search.
    pub versions: Versions,
    /// The default one, where it is not told by the set itself.
    pub default_version: Option<String>,
    /// Pages of it that count more or less than others.
    pub boosts: Vec<Boost>,
}

impl DocSet {
    /// The largest file that is read where the configuration does not say, in bytes.
    pub const MAX_FILE_SIZE: u64 = 10 << 20;
    /// As many files and folders are looked at where the configuration does not say: a million pages, each
    /// with a picture. More are a mistake more often than not, such as `path = "/"`.
    pub const MAX_FILES: u64 = 2_000_000;
    /// As many bytes are read where the configuration does not say: 32 KiB for each of so many files.
    pub const MAX_SIZE: u64 = 64 << 30;

    /// A set of which only the name and the folder are known.
    pub fn new(name: impl Into<String>, root: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            title: None,
            description: None,
            topics: Vec::new(),
            root: root.into(),
            base_url: None,
            include: Vec::new(),
            exclude: Vec::new(),
            generator: Generator::default(),
            max_file_size: Self::MAX_FILE_SIZE,
            max_files: Self::MAX_FILES,
            max_size: Self::MAX_SIZE,
            versions: Versions::default(),
            default_version: None,
            boosts: Vec::new(),
        }
    }
}

/// The site generator that publishes a set of Markdown files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Generator {
    /// Told by the files it leaves beside or above the set (`mkdocs.yml`, `book.toml`, …).
    #[default]
    Auto,
    /// Published as it stands: the URL is the file's path.
    None,
    /// `guide/setup.md` is published as `guide/setup/`.
    Hugo,
    /// `guide/01-setup.md` is published as `guide/setup`.
    Docusaurus,
    /// `guide/setup.md` is published as `guide/setup/`.
    MkDocs,
    /// `guide/setup.md` is published as `guide/setup.html`.
    MdBook,
    /// `guide/setup.md` is published as `guide/setup`, or as its configuration says.
    VitePress,
    /// `guide/setup.rst` is published as `guide/setup.html`.
    Sphinx,
    /// Pages, posts and collections, by `permalink`.
    Jekyll,
    /// `modules/guide/pages/setup.adoc` is published as `component/version/guide/setup.html`.
    Antora,
    /// `guide/setup.md` is published as `guide/setup.html`.
    Docfx,
    /// `pages/guide/setup.mdx` is published as `guide/setup`.
    Nextra,
    /// `guide/setup.md` is shown at `#/guide/setup`.
    Docsify,
    /// `src/content/docs/guide/setup.md` is published as `guide/setup/`.
    Starlight,
    /// `guide/setup.mdx` is published as `guide/setup`.
    Mintlify,
    /// `guide/setup.md` is published as `guide/setup`.
    GitBook,
    /// `guide/setup.qmd` is published as `guide/setup.html`.
    Quarto,
    /// The wiki of a repository on GitHub: `Set up.md` is published as `Set-up`.
    Wiki,
    /// `guide/setup.md` is published as `guide/setup/`.
    Eleventy,
}

impl Generator {
    /// Every generator with the name it has in the configuration.
    pub const NAMES: [(&'static str, Self); 19] = [
        ("auto", Self::Auto),
        ("none", Self::None),
        ("hugo", Self::Hugo),
        ("docusaurus", Self::Docusaurus),
        ("mkdocs", Self::MkDocs),
        ("mdbook", Self::MdBook),
        ("vitepress", Self::VitePress),
        ("sphinx", Self::Sphinx),
        ("jekyll", Self::Jekyll),
        ("antora", Self::Antora),
        ("docfx", Self::Docfx),
        ("nextra", Self::Nextra),
        ("docsify", Self::Docsify),
        ("starlight", Self::Starlight),
        ("mintlify", Self::Mintlify),
        ("gitbook", Self::GitBook),
        ("quarto", Self::Quarto),
        ("wiki", Self::Wiki),
        ("eleventy", Self::Eleventy),
    ];
}
