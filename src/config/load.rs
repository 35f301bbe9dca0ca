//! A configuration file, or the paths of a command line -> settings.

use std::{
    fs,
    io::{self, Read as _},
    num::NonZeroU64,
    ops::{Range, RangeInclusive},
    path::{Path, PathBuf},
    time::Duration,
};

use toml::Spanned;

use super::{
    docset::{MAX_NAME, is_name, name_after, other_name, readable_root},
    error::ConfigError,
    file::{DocsEntry, File, LimitsTable, SearchTable, ServerTable, SizeValue},
    language::Language,
    problem::{Complaint, Diagnostic, Problem},
    quantity::{period, size},
    settings::{DocSet, Generator, Limits, SearchSettings, ServerSettings, Settings},
    values::{address, base_url, choice, host, pattern},
};

/// Where the package puts docent's own manual: what is served until the configuration names
/// other documents.
pub const INSTALLED_MANUAL: &str = "/usr/share/doc/docent/manual";

/// A configuration is written by hand; anything larger is another file.
const MAX_FILE: u64 = 1 << 20;

/// Faults that are shown at once.
const MAX_DIAGNOSTICS: usize = 20;

const LONGEST_PERIOD: Duration = Duration::from_secs(3600);

impl Settings {
    /// Reads a configuration file. Relative paths in it start at its folder.
    ///
    /// # Errors
    /// Where it cannot be read, or what it says cannot be done: all faults at once.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = read(path)?;
        Self::parse(&text, path, Path::new(INSTALLED_MANUAL))
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
            let mut name = name_after(&root);
            if names.contains(&name) {
                name = other_name(&root, &names);
            }
            names.push(name.clone());
            docs.push(DocSet::new(name, root));
        }
        Ok(Self {
            server: ServerSettings::default(),
            limits: Limits::default(),
            search: SearchSettings::default(),
            docs,
        })
    }

    fn parse(text: &str, path: &Path, manual: &Path) -> Result<Self, ConfigError> {
        let mut reader = Reader {
            folder: path.parent().unwrap_or(Path::new("")),
            problems: Vec::new(),
        };
        let file = File::parse(text, &mut reader.problems);
        let settings = Self {
            server: reader.server(file.server),
            limits: reader.limits(file.limits),
            search: reader.search(file.search),
            docs: reader.docs(file.docs, manual),
        };
        let mut problems = reader.problems;
        if problems.is_empty() {
            return Ok(settings);
        }
        problems.sort_by_key(|problem| problem.span.as_ref().map_or(usize::MAX, |span| span.start));
        Err(ConfigError::Invalid {
            diagnostics: problems
                .iter()
                .take(MAX_DIAGNOSTICS)
                .map(|problem| Diagnostic::new(path, text, problem))
                .collect(),
        })
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let not_text = |reason| ConfigError::NotText {
        path: path.to_owned(),
        reason,
    };
    let file = fs::File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(unreadable(io::ErrorKind::IsADirectory.into()));
    }
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(not_text("it is larger than 1 MiB"));
    }
    String::from_utf8(bytes).map_err(|_| not_text("it is not UTF-8 text"))
}

/// Turns tables into settings; what does not do is noted, and its default taken meanwhile.
struct Reader<'a> {
    folder: &'a Path,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn server(&mut self, table: ServerTable) -> ServerSettings {
        let default = ServerSettings::default();
        let plain_public = table.plain_public.unwrap_or(default.plain_public);
        let mut plain = default.plain;
        if let Some(text) = table.plain {
            let parsed = address(text.get_ref()).and_then(|address| {
                if address.ip().is_loopback() || plain_public {
                    return Ok(address);
                }
                Err(Complaint::new(format!(
                    "{address} can be reached from other machines, and plain HTTP is not encrypted"
                ))
                .help("use a loopback address such as \"127.0.0.1:8080\", or set `plain_public = true` if this network is trusted or a proxy in front encrypts"))
            });
            plain = self.value(text.span(), parsed).unwrap_or(plain);
        }
        ServerSettings {
            plain,
            plain_public,
            hosts: self.list(table.hosts, host),
        }
    }

    fn limits(&mut self, table: LimitsTable) -> Limits {
        let default = Limits::default();
        Limits {
            request_body: self
                .size(table.request_body, 1 << 10..=64 << 20)
                .map_or(default.request_body, saturating_usize),
            connections: self.count(table.connections).unwrap_or(default.connections),
            sse_sessions: self
                .count(table.sse_sessions)
                .unwrap_or(default.sse_sessions),
            header_timeout: self
                .period(table.header_timeout)
                .unwrap_or(default.header_timeout),
            request_timeout: self
                .period(table.request_timeout)
                .unwrap_or(default.request_timeout),
            drain_timeout: self
                .period(table.drain_timeout)
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
        }
    }

    fn docs(&mut self, entries: Vec<DocsEntry>, manual: &Path) -> Vec<DocSet> {
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
        let mut sets: Vec<DocSet> = Vec::new();
        for entry in entries {
            let name = entry.table.name.as_ref();
            let name_span = name.map_or(entry.header.clone(), Spanned::span);
            let Some(set) = self.set(entry) else {
                continue;
            };
            if sets.iter().any(|other| other.name == set.name) {
                let complaint =
                    Complaint::new(format!("two document sets are named `{}`", set.name))
                        .help("give each `[[docs]]` a `name` of its own");
                self.problems.push(complaint.at(name_span));
                continue;
            }
            sets.push(set);
        }
        sets
    }

    fn set(&mut self, entry: DocsEntry) -> Option<DocSet> {
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
            None => root.as_deref().map(name_after),
        };
        let base_url = table
            .base_url
            .and_then(|text| self.value(text.span(), base_url(text.get_ref())));
        let generator = table.generator.and_then(|text| {
            let parsed = choice("generator", text.get_ref(), &Generator::NAMES);
            self.value(text.span(), parsed)
        });
        let max_file_size = self.size(table.max_file_size, 1..=1 << 30);
        let include = self.list(table.include, pattern);
        let exclude = self.list(table.exclude, pattern);
        Some(DocSet {
            name: name?,
            description: table
                .description
                .map(|text| text.trim().to_owned())
                .filter(|text| !text.is_empty()),
            root: root?,
            base_url: base_url.flatten(),
            include,
            exclude,
            generator: generator.unwrap_or_default(),
            max_file_size: max_file_size.unwrap_or(DocSet::MAX_FILE_SIZE),
        })
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
            readable_root(&joined).map_err(|fault| {
                let cause = std::error::Error::source(&fault)
                    .map(|cause| format!(": {cause}"))
                    .unwrap_or_default();
                Complaint {
                    message: format!("{fault}{cause}"),
                    help: fault.help(),
                }
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

    fn period(&mut self, value: Option<Spanned<String>>) -> Option<Duration> {
        let value = value?;
        let parsed = period(value.get_ref()).and_then(|period| {
            if period <= LONGEST_PERIOD {
                Ok(period)
            } else {
                Err(Complaint::new("longer than an hour"))
            }
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

    fn value<T>(&mut self, span: Range<usize>, parsed: Result<T, Complaint>) -> Option<T> {
        parsed
            .map_err(|complaint| self.problems.push(complaint.at(span)))
            .ok()
    }
}

fn set_name(text: &str) -> Result<String, Complaint> {
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
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Settings, ConfigError> {
        Settings::parse(text, Path::new("/etc/docent.toml"), Path::new("/nowhere"))
    }

    /// What a text gets wrong, one line each, without excerpts.
    fn faults(text: &str) -> Vec<String> {
        match parse(text) {
            Err(ConfigError::Invalid { diagnostics }) => diagnostics
                .into_iter()
                .map(|diagnostic| match diagnostic.help {
                    Some(help) => format!("{} ({help})", diagnostic.message),
                    None => diagnostic.message,
                })
                .collect(),
            other => panic!("expected faults, found {other:?}"),
        }
    }

    #[test]
    fn the_shipped_file_shows_every_key_at_its_default() {
        let shipped = include_str!("../../etc/docent/docent.toml");
        let manual = tempfile::tempdir().unwrap();
        let path = manual.path().to_str().unwrap();
        let parse =
            |text: &str| Settings::parse(text, Path::new("/etc/docent.toml"), manual.path());
        let defaults = Settings {
            server: ServerSettings::default(),
            limits: Limits::default(),
            search: SearchSettings::default(),
            docs: vec![DocSet::new("docent", manual.path())],
        };
        assert_eq!(parse(shipped).unwrap(), defaults);

        let keys_only: Vec<&str> = shipped
            .lines()
            .map(|line| match line.strip_prefix('#') {
                Some(key) if key.starts_with(|c: char| c.is_ascii_lowercase() || c == '[') => key,
                _ => line,
            })
            .collect();
        let uncommented = keys_only.join("\n").replace(INSTALLED_MANUAL, path);
        assert_eq!(parse(&uncommented).unwrap(), defaults);
        for key in super::super::file::all_keys() {
            let line = format!("\n{key} = ");
            assert!(uncommented.contains(&line), "`{key}` is not in the file");
        }
    }

    #[test]
    fn all_faults_are_shown_at_once() {
        let text = "
[server]
plain = \"0.0.0.0:80\"
https = \"[::]:443\"
hosts = [\"https://a.b\"]
[limits]
connections = 0
header_timeout = 10
request_body = \"big\"
[search]
language = \"englsh\"
[[docs]]
pathh = \"/tmp\"
[serach]
";
        insta::assert_snapshot!(faults(text).join("\n"));
    }

    #[test]
    fn wrong_shapes() {
        let texts = [
            "",
            "docs = 1\n",
            "[docs]\npath = \"/\"\n",
            "path = \"/\"\n",
            "server = []\n",
            "[[docs]]\npath = 1\n",
            "[[docs]]\nname = \"a\"\n",
            "[[docs]]\npath = \"\"\n",
            "[[docs]]\npath = \"~/docs\"\n",
            "[[docs]]\npath = \"/dev/null\"\n",
            "[[docs]]\npath = \"nothing\"\n",
            "[[docs]]\npath = \"/\"\nname = \"My Docs\"\n",
            "[[docs]]\npath = \"/etc\"\n[[docs]]\npath = \"/usr/../etc\"\nname = \"etc\"\n",
            "[[docs]]\npath = \"/\"\ninclude = [\"[z-a]\"]\nexclude = \"x\"\n",
            "[[docs]]\npath = \"/\"\nbase_url = \"docs.example.com\"\n",
            "[[docs]]\npath = \"/\"\ngenerator = \"Hugoo\"\nmax_file_size = 0\n",
            "[[docs]]\npath = \"/\nname = 3",
            "[server]\n[server]\n",
            "[server]\nplain = \"localhost:8080\"\n",
        ];
        let shown = texts.map(|text| format!("{text:?}\n  {}", faults(text).join("\n  ")));
        insta::assert_snapshot!(shown.join("\n"));
    }

    #[test]
    fn hostile_files_end_quickly() {
        let deep = format!("[server]\nhosts = {}", "[".repeat(200_000));
        let keys = (0..100_000).fold(String::from("[server]\n"), |text, n| {
            text + &format!("k{n} = 1\n")
        });
        let long = format!("[server]\n{} = 1\n", "x".repeat(1_000_000));
        for text in [deep, keys, long, "\0\u{feff}\0".to_owned()] {
            let shown = faults(&text);
            assert!(shown.len() <= MAX_DIAGNOSTICS);
        }
    }

    #[test]
    fn what_is_written_arrives() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("My Docs")).unwrap();
        let file = folder.path().join("docent.toml");
        fs::write(
            &file,
            "
[server]
plain = \"0.0.0.0:80\"
plain_public = true
hosts = [\"Docs.example.com\"]
[limits]
request_body = 2048
header_timeout = \"2m\"
[search]
language = \"german\"
[[docs]]
path = \"My Docs\"
base_url = \"https://docs.example.com/h\"
include = [\"*.md\"]
generator = \"hugo\"
max_file_size = \"1 MiB\"
",
        )
        .unwrap();
        let settings = Settings::load(&file).unwrap();
        assert_eq!(settings.server.plain, "0.0.0.0:80".parse().unwrap());
        assert_eq!(settings.server.hosts, ["docs.example.com"]);
        assert_eq!(settings.limits.request_body, 2048);
        assert_eq!(settings.limits.header_timeout, Duration::from_secs(120));
        assert_eq!(
            settings.limits.drain_timeout,
            Limits::default().drain_timeout
        );
        assert_eq!(settings.search.language, Language::German);
        let expected = DocSet {
            base_url: Some("https://docs.example.com/h/".into()),
            include: vec!["*.md".into()],
            generator: Generator::Hugo,
            max_file_size: 1 << 20,
            ..DocSet::new("my-docs", folder.path().join("My Docs"))
        };
        assert_eq!(settings.docs, [expected]);
    }

    #[test]
    fn paths_alone_get_names_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let paths = ["a/html", "b/html"].map(|path| folder.path().join(path));
        for path in &paths {
            fs::create_dir_all(path).unwrap();
        }
        let settings = Settings::for_paths(&paths).unwrap();
        let names: Vec<&str> = settings.docs.iter().map(|set| set.name.as_str()).collect();
        assert_eq!(names, ["html", "b-html"]);
    }
}
