//! A configuration file, or the paths of a command line -> settings.
mod access;
mod server;
mod site;
mod synonyms;
mod tls;
mod weights;

use std::{
    borrow::Cow,
    fs,
    num::NonZeroU64,
    ops::{Range, RangeInclusive},
    path::{Path, PathBuf},
    time::Duration,
};

use toml::Spanned;

use super::{
    access::AccessSettings,
    certificate::TlsSettings,
    docset::readable_root,
    error::ConfigError,
    file::{DocsTable, Entry, File, LimitsTable, SearchTable, SizeValue},
    language::Language,
    problem::{Complaint, Problem},
    quantity::{period, size},
    set_name::{ALL, MAX_NAME, ROUTES, is_name, name_for},
    settings::{
        DocSet, Generator, Limits, LogSettings, McpSettings, SearchSettings, ServerSettings,
        Settings, SiteSettings,
    },
    source::Sources,
    synonyms::Synonyms,
    values::{MAX_TOPICS, base_url, choice, network, pattern, title, topic},
};

/// Where the package puts docent's own manual: what is served until the configuration names
/// other documents.
pub const INSTALLED_MANUAL: &str = "/usr/share/docent/manual";

const LONGEST_TIMEOUT: Duration = Duration::from_secs(3600);

impl Settings {
    /// Reads a configuration file, and the drop-ins in `FILE.d/`: a key of a later file takes the
    /// place of an earlier one's, and lists such as `[[docs]]` go on. Relative paths in all of
    /// them start at the file's folder.
    ///
    /// # Errors
    /// Where it cannot be read, or what it says cannot be done: all faults at once.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let sources = Sources::read(path)?;
        Self::parse(&sources, path, Path::new(INSTALLED_MANUAL), Roots::Exist)
    }

    /// The same for a service, which waits for documents that are not there: a disk may be mounted
    /// late, a folder may be in the middle of being replaced.
    ///
    /// # Errors
    /// As [`Settings::load`], but for folders that cannot be read.
    pub fn load_to_serve(path: &Path) -> Result<Self, ConfigError> {
        let sources = Sources::read(path)?;
        Self::parse(&sources, path, Path::new(INSTALLED_MANUAL), Roots::MayCome)
    }

    /// What concerns the certificate alone: it is renewed whether or not the documents are there.
    ///
    /// # Errors
    /// As [`Settings::load`], but for the documents.
    pub fn load_certificate(
        path: &Path,
    ) -> Result<(ServerSettings, Option<TlsSettings>), ConfigError> {
        let sources = Sources::read(path)?;
        let mut reader = Reader {
            folder: path.parent().unwrap_or(Path::new("")),
            roots: Roots::MayCome,
            problems: Vec::new(),
        };
        let file = File::parse(&sources.texts(), &mut reader.problems);
        let tls = reader.tls(&file.server, file.tls, file.acme, file.acme_fallback);
        let server = reader.server(file.server, tls.is_some());
        refuse_any(reader.problems, &sources)?;
        Ok((server, tls))
    }

    /// Settings for paths alone, each a document set with the defaults.
    ///
    /// # Errors
    /// Where one of them cannot be read.
    pub fn for_paths(paths: &[PathBuf]) -> Result<Self, ConfigError> {
        let mut docs: Vec<DocSet> = Vec::new();
        let mut names = Vec::new();
        for path in paths {
            let root = readable_root(path)?;
            if docs.iter().any(|set| set.root == root) {
                continue;
            }
            let name = name_for(&root, &names);
            names.push(name.clone());
            docs.push(DocSet::new(name, root));
        }
        Ok(Self {
            server: ServerSettings::default(),
            tls: None,
            limits: Limits::default(),
            access: AccessSettings::default(),
            site: SiteSettings::default(),
            mcp: McpSettings::default(),
            log: LogSettings::default(),
            search: SearchSettings::default(),
            look_every: None,
            docs,
        })
    }

    fn parse(
        sources: &Sources,
        path: &Path,
        manual: &Path,
        roots: Roots,
    ) -> Result<Self, ConfigError> {
        let mut reader = Reader {
            folder: path.parent().unwrap_or(Path::new("")),
            roots,
            problems: Vec::new(),
        };
        let mut file = File::parse(&sources.texts(), &mut reader.problems);
        let mut sources = Cow::Borrowed(sources);
        let synonyms = file.search.synonyms.take();
        let synonyms = match synonyms.is_some() {
            true => reader.synonyms(synonyms, sources.to_mut()),
            false => Synonyms::default(),
        };
        let tls = reader.tls(&file.server, file.tls, file.acme, file.acme_fallback);
        let server = reader.server(file.server, tls.is_some());
        let mut docs = reader.docs(file.docs, manual);
        reader.boosts(
            file.search.boost.take(),
            file.search.demote.take(),
            &mut docs,
        );
        let tables = access::Tables {
            audience: file.audience,
            issuer: file.issuer,
            sign_in: file.sign_in,
            identity_headers: file.identity_headers,
        };
        let access = reader.access(tables, path, &docs, &server, tls.as_ref());
        let settings = Self {
            tls,
            server,
            access,
            limits: reader.limits(file.limits),
            site: reader.site(file.site),
            mcp: McpSettings {
                report: file.mcp.report.unwrap_or_default(),
            },
            log: LogSettings {
                queries: file.log.queries.unwrap_or(LogSettings::default().queries),
            },
            look_every: reader.look_every(file.search.look_every.as_ref()),
            search: SearchSettings {
                synonyms,
                ..reader.search(file.search)
            },
            docs,
        };
        refuse_any(reader.problems, &sources)?;
        Ok(settings)
    }
}

/// Shows the problems in the order of the files, if there are any.
fn refuse_any(problems: Vec<Problem>, sources: &Sources) -> Result<(), ConfigError> {
    if problems.is_empty() {
        return Ok(());
    }
    Err(ConfigError::of(problems, |problem| {
        sources.diagnostic(problem)
    }))
}

/// What is asked of the folders of document sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Roots {
    /// They can be read.
    Exist,
    /// They are waited for.
    MayCome,
}

/// Turns tables into settings; what does not do is noted, and its default taken meanwhile.
struct Reader<'a> {
    folder: &'a Path,
    roots: Roots,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn limits(&mut self, table: LimitsTable) -> Limits {
        let default = Limits::default();
        Limits {
            request_body: self
                .size(table.request_body, 1 << 10..=64 << 20)
                .map_or(default.request_body, saturating_usize),
            connections: self.count(table.connections).unwrap_or(default.connections),
            connections_per_address: self
                .count(table.connections_per_address)
                .unwrap_or(default.connections_per_address),
            shared_addresses: match table.shared_addresses {
                Some(listed) => self.list(Some(listed), network),
                None => default.shared_addresses,
            },
            idle_connection: self
                .period(table.idle_connection, LONGEST_TIMEOUT)
                .unwrap_or(default.idle_connection),
            requests_per_second: self
                .count(table.requests_per_second)
                .unwrap_or(default.requests_per_second),
            request_burst: self
                .count(table.request_burst)
                .unwrap_or(default.request_burst),
            requests_in_flight: self
                .count(table.requests_in_flight)
                .unwrap_or(default.requests_in_flight),
            sse_sessions: self
                .count(table.sse_sessions)
                .unwrap_or(default.sse_sessions),
            header_timeout: self
                .period(table.header_timeout, LONGEST_TIMEOUT)
                .unwrap_or(default.header_timeout),
            request_timeout: self
                .period(table.request_timeout, LONGEST_TIMEOUT)
                .unwrap_or(default.request_timeout),
            drain_timeout: self
                .period(table.drain_timeout, LONGEST_TIMEOUT)
                .unwrap_or(default.drain_timeout),
        }
    }

    fn search(&mut self, table: SearchTable) -> SearchSettings {
        let language = table.language.and_then(|text| {
            let parsed = choice("language", text.get_ref(), &Language::NAMES);
            self.value(text.span(), parsed)
        });
        SearchSettings {
            language: language.unwrap_or_default(),
            ..SearchSettings::default()
        }
    }

    /// `None`: as the file systems of the documents need.
    fn look_every(&mut self, value: Option<&Spanned<String>>) -> Option<Duration> {
        let value = value.filter(|value| value.get_ref() != "auto")?;
        self.period(Some(value.clone()), LONGEST_TIMEOUT)
    }

    fn docs(&mut self, entries: Vec<Entry<DocsTable>>, manual: &Path) -> Vec<DocSet> {
        if entries.is_empty() {
            if manual.is_dir() {
                return vec![DocSet::new("docent", manual)];
            }
            // Another fault may well be why there are none.
            if self.problems.is_empty() {
                self.problems.push(Problem {
                    span: None,
                    complaint: Complaint::new("no documents to serve")
                        .help("add a table `[[docs]]` with `path = \"/where/the/documents/are\"`"),
                });
            }
            return Vec::new();
        }
        let mut sets: Vec<(Range<usize>, DocSet)> = Vec::new();
        for entry in entries {
            let name = entry.table.name.as_ref();
            let name_span = name.map_or(entry.header.clone(), Spanned::span);
            if let Some(set) = self.set(entry) {
                sets.push((name_span, set));
            }
        }
        name_the_rest(&mut sets);
        let mut named: Vec<DocSet> = Vec::new();
        for (name_span, set) in sets {
            if named.iter().any(|other| other.name == set.name) {
                let complaint =
                    Complaint::new(format!("two document sets are named `{}`", set.name))
                        .help("give each `[[docs]]` a `name` of its own");
                self.problems.push(complaint.at(name_span));
                continue;
            }
            named.push(set);
        }
        named
    }

    /// A set without a name has an empty one.
    fn set(&mut self, entry: Entry<DocsTable>) -> Option<DocSet> {
        let table = entry.table;
        let root = match table.path {
            Some(path) => self.root(&path),
            None if entry.whole => {
                let complaint = Complaint::new("a document set has no `path`")
                    .help("add `path = \"/where/the/documents/are\"`");
                self.problems.push(complaint.at(entry.header));
                None
            }
            None => None,
        };
        let name = match table.name {
            Some(name) => self.value(name.span(), set_name(name.get_ref())),
            None => Some(String::new()),
        };
        let base_url = table
            .base_url
            .and_then(|text| self.value(text.span(), base_url(text.get_ref())));
        let generator = table.generator.and_then(|text| {
            let parsed = choice("generator", text.get_ref(), &Generator::NAMES);
            self.value(text.span(), parsed)
        });
        let max_file_size = self.size(table.max_file_size, 1..=1 << 30);
        let max_files = table.max_files.and_then(|value| {
            let parsed = within(*value.get_ref(), 1..=1_000_000_000);
            self.value(value.span(), parsed)
        });
        let max_size = self.size(table.max_size, 1..=1 << 50);
        let include = self.list(table.include, pattern);
        let exclude = self.list(table.exclude, pattern);
        let topics = self.topics(table.topics.unwrap_or_default());
        let title = self.text(table.title, title);
        let (versions, default_version) = self.versions(table.versions, table.default_version);
        Some(DocSet {
            name: name?,
            title,
            description: table
                .description
                .map(|text| text.trim().to_owned())
                .filter(|text| !text.is_empty()),
            topics,
            root: root?,
            base_url: base_url.flatten(),
            include,
            exclude,
            generator: generator.unwrap_or_default(),
            max_file_size: max_file_size.unwrap_or(DocSet::MAX_FILE_SIZE),
            max_files: max_files.unwrap_or(DocSet::MAX_FILES),
            max_size: max_size.unwrap_or(DocSet::MAX_SIZE),
            versions,
            default_version,
            boosts: Vec::new(),
        })
    }

    fn topics(&mut self, mut topics: Vec<Spanned<String>>) -> Vec<String> {
        if let Some(first) = topics.get(MAX_TOPICS) {
            let complaint = Complaint::new(format!("more than {MAX_TOPICS} topics"))
                .help("assistants are told of them in every conversation: name the main ones");
            self.problems.push(complaint.at(first.span()));
            topics.truncate(MAX_TOPICS);
        }
        self.list(Some(topics), topic)
    }

    fn root(&mut self, path: &Spanned<String>) -> Option<PathBuf> {
        let parsed = if path.get_ref().is_empty() {
            Err(Complaint::new("the path is empty"))
        } else {
            // Only a path that is not relative to the user's home may be joined to the folder.
            let given = Path::new(path.get_ref());
            let joined = if given.starts_with("~") {
                given.to_owned()
            } else {
                self.folder.join(given)
            };
            let is_awaited = self.roots == Roots::MayCome && !joined.starts_with("~");
            let awaited = std::path::absolute(&joined).ok().filter(|_| is_awaited);
            let root = awaited.map_or_else(|| readable_root(&joined), Ok);
            root.map_err(|fault| Complaint {
                message: fault.told(),
                help: fault.help(),
            })
        };
        self.value(path.span(), parsed)
    }

    fn count(&mut self, value: Option<Spanned<u64>>) -> Option<usize> {
        let value = value?;
        let parsed = within(*value.get_ref(), 1..=65_536);
        self.value(value.span(), parsed).map(saturating_usize)
    }

    fn size(
        &mut self,
        value: Option<Spanned<SizeValue>>,
        allowed: RangeInclusive<u64>,
    ) -> Option<u64> {
        let value = value?;
        let bytes = match value.get_ref() {
            SizeValue::Bytes(bytes) => Ok(*bytes),
            SizeValue::Text(text) => size(text).map(NonZeroU64::get),
        };
        let parsed = bytes.and_then(|bytes| within(bytes, allowed));
        self.value(value.span(), parsed)
    }

    fn period(&mut self, value: Option<Spanned<String>>, most: Duration) -> Option<Duration> {
        let value = value?;
        let parsed = period(value.get_ref()).and_then(|period| {
            if period <= most {
                return Ok(period);
            }
            Err(Complaint::new(match most.as_secs() / 3600 {
                1 => "longer than an hour".to_owned(),
                hours => format!("longer than {} days", hours / 24),
            }))
        });
        self.value(value.span(), parsed)
    }

    fn list<T>(
        &mut self,
        values: Option<Vec<Spanned<String>>>,
        parse: impl Fn(&str) -> Result<T, Complaint>,
    ) -> Vec<T> {
        values
            .unwrap_or_default()
            .into_iter()
            .filter_map(|value| self.value(value.span(), parse(value.get_ref())))
            .collect()
    }

    fn text<T>(
        &mut self,
        value: Option<Spanned<String>>,
        parse: impl Fn(&str) -> Result<T, Complaint>,
    ) -> Option<T> {
        let value = value?;
        self.value(value.span(), parse(value.get_ref()))
    }

    fn value<T>(&mut self, span: Range<usize>, parsed: Result<T, Complaint>) -> Option<T> {
        parsed
            .map_err(|complaint| self.problems.push(complaint.at(span)))
            .ok()
    }
}

/// Makes names for sets that have none, none that a set of another folder has. The same folder twice is
/// a mistake more often than not, so it gets the same name twice.
fn name_the_rest(sets: &mut [(Range<usize>, DocSet)]) {
    let folder = |set: &DocSet| fs::canonicalize(&set.root).unwrap_or_else(|_| set.root.clone());
    let folders: Vec<PathBuf> = sets.iter().map(|(_, set)| folder(set)).collect();
    for at in 0..sets.len() {
        if sets[at].1.name.is_empty() {
            let others = sets.iter().zip(&folders);
            let others = others.filter(|(_, folder)| **folder != folders[at]);
            let taken: Vec<String> = others.map(|((_, set), _)| set.name.clone()).collect();
            sets[at].1.name = name_for(&sets[at].1.root, &taken);
        }
    }
}

/// A name for a document set, as the command line gives it.
///
/// # Errors
/// Where no set can be called so, in words for whoever wrote it.
pub fn set_called(text: &str) -> Result<String, String> {
    set_name(text).map_err(Complaint::told)
}

fn set_name(text: &str) -> Result<String, Complaint> {
    if text == ALL {
        return Err(
            Complaint::new(format!("`{ALL}` cannot be the name of a document set"))
                .help("assistants say it when they mean every set; choose another name"),
        );
    }
    if ROUTES.contains(&text) {
        return Err(Complaint::new(format!(
            "`{text}` cannot be the name of a document set: docent has something else at /{text}"
        ))
        .help("choose another name"));
    }
    if is_name(text) {
        return Ok(text.to_owned());
    }
    Err(
        Complaint::new(format!("`{text}` cannot be the name of a document set")).help(format!(
            "use lower-case letters, digits, `-`, `_` and `.`; at most {MAX_NAME}"
        )),
    )
}

fn within(number: u64, allowed: RangeInclusive<u64>) -> Result<u64, Complaint> {
    if allowed.contains(&number) {
        return Ok(number);
    }
    let (least, most) = allowed.into_inner();
    Err(Complaint::new(format!(
        "{number} is not between {least} and {most}"
    )))
}

fn saturating_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
