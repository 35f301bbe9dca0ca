//! The configuration file as it is written: tables of optional keys, each with its place.
//!
//! Types are checked here; what the values mean is checked by `load`.

use std::ops::Range;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Visitor, value::Error as ValueError},
    forward_to_deserialize_any,
};
use toml::{
    Spanned,
    de::{DeArray, DeTable, DeValue, ValueDeserializer},
};

use super::problem::{Complaint, Problem, listing, nearest};

/// The whole file.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) server: ServerTable,
    pub(super) tls: TlsTable,
    pub(super) acme: AcmeTable,
    /// One for each `[[acme_fallback]]`.
    pub(super) acme_fallback: Vec<Entry<AuthorityTable>>,
    pub(super) limits: LimitsTable,
    pub(super) site: SiteTable,
    pub(super) mcp: McpTable,
    pub(super) log: LogTable,
    pub(super) search: SearchTable,
    /// One for each `[[docs]]`.
    pub(super) docs: Vec<Entry<DocsTable>>,
    /// One for each `[[audience]]`.
    pub(super) audience: Vec<Entry<AudienceTable>>,
    /// One for each `[[issuer]]`.
    pub(super) issuer: Vec<Entry<IssuerTable>>,
    pub(super) sign_in: SignInTable,
    pub(super) identity_headers: IdentityHeadersTable,
}

/// One table of a list, such as `[[docs]]`, with its place.
#[derive(Debug)]
pub(super) struct Entry<T> {
    pub(super) header: Range<usize>,
    pub(super) table: T,
    /// Every key of it could be read.
    pub(super) whole: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ServerTable {
    #[serde(deserialize_with = "unless_empty")]
    pub(super) url: Option<Spanned<String>>,
    pub(super) plain: Option<Spanned<String>>,
    pub(super) plain_public: Option<bool>,
    pub(super) hosts: Option<Vec<Spanned<String>>>,
    pub(super) origins: Option<Vec<Spanned<String>>>,
    pub(super) trusted_proxies: Option<Vec<Spanned<String>>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) domain: Option<Spanned<String>>,
    pub(super) domains: Option<Vec<Spanned<String>>>,
    pub(super) https: Option<Spanned<String>>,
    pub(super) http: Option<Spanned<String>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) hsts: Option<Spanned<String>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) user: Option<Spanned<String>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) idle_exit: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TlsTable {
    #[serde(deserialize_with = "unless_empty")]
    pub(super) cert: Option<Spanned<String>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) key: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct AcmeTable {
    pub(super) directory: Option<Spanned<String>>,
    pub(super) accept_terms: Option<Spanned<bool>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) contact: Option<Spanned<String>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) ca_file: Option<Spanned<String>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) profile: Option<Spanned<String>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) eab_kid: Option<Spanned<String>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) eab_hmac_key_file: Option<Spanned<String>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) proxy: Option<Spanned<String>>,
    pub(super) key_type: Option<Spanned<String>>,
    pub(super) challenges: Option<Spanned<Vec<Spanned<String>>>>,
}

/// An authority to ask when those before it keep failing.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct AuthorityTable {
    pub(super) directory: Option<Spanned<String>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) ca_file: Option<Spanned<String>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) profile: Option<Spanned<String>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) eab_kid: Option<Spanned<String>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) eab_hmac_key_file: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LimitsTable {
    pub(super) request_body: Option<Spanned<SizeValue>>,
    pub(super) connections: Option<Spanned<u64>>,
    pub(super) connections_per_address: Option<Spanned<u64>>,
    pub(super) shared_addresses: Option<Vec<Spanned<String>>>,
    pub(super) idle_connection: Option<Spanned<String>>,
    pub(super) requests_per_second: Option<Spanned<u64>>,
    pub(super) request_burst: Option<Spanned<u64>>,
    pub(super) requests_in_flight: Option<Spanned<u64>>,
    pub(super) sse_sessions: Option<Spanned<u64>>,
    pub(super) header_timeout: Option<Spanned<String>>,
    pub(super) request_timeout: Option<Spanned<String>>,
    pub(super) drain_timeout: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SiteTable {
    pub(super) enabled: Option<bool>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) title: Option<Spanned<String>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) description: Option<Spanned<String>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) openai_challenge: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct McpTable {
    pub(super) report: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LogTable {
    pub(super) queries: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SearchTable {
    pub(super) language: Option<Spanned<String>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) look_every: Option<Spanned<String>>,
    pub(super) boost: Option<Vec<Spanned<BoostTable>>>,
    pub(super) demote: Option<Vec<Spanned<String>>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) synonyms: Option<Spanned<String>>,
}

/// Pages that count more or less than others.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct BoostTable {
    pub(super) set: Option<Spanned<String>>,
    pub(super) path: Option<Spanned<String>>,
    pub(super) factor: Option<Spanned<f64>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct DocsTable {
    pub(super) name: Option<Spanned<String>>,
    pub(super) path: Option<Spanned<String>>,
    pub(super) base_url: Option<Spanned<String>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) title: Option<Spanned<String>>,
    pub(super) include: Option<Vec<Spanned<String>>>,
    pub(super) exclude: Option<Vec<Spanned<String>>>,
    pub(super) description: Option<String>,
    pub(super) topics: Option<Vec<Spanned<String>>>,
    pub(super) generator: Option<Spanned<String>>,
    pub(super) max_file_size: Option<Spanned<SizeValue>>,
    pub(super) max_files: Option<Spanned<u64>>,
    pub(super) max_size: Option<Spanned<SizeValue>>,
    pub(super) versions: Option<Spanned<VersionsValue>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) default_version: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct AudienceTable {
    pub(super) name: Option<Spanned<String>>,
    pub(super) docs: Option<Vec<Spanned<String>>>,
    pub(super) groups: Option<Vec<Spanned<String>>>,
    pub(super) keys: Option<Vec<Spanned<String>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct IssuerTable {
    pub(super) url: Option<Spanned<String>>,
    pub(super) accepted_audiences: Option<Vec<Spanned<String>>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) groups_claim: Option<Spanned<String>>,
    pub(super) types: Option<Vec<Spanned<String>>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) ca_file: Option<Spanned<String>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) jwks_url: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SignInTable {
    pub(super) enabled: Option<Spanned<bool>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct IdentityHeadersTable {
    #[serde(deserialize_with = "unless_empty")]
    pub(super) user: Option<Spanned<String>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) groups: Option<Spanned<String>>,
    #[serde(deserialize_with = "unless_empty")]
    pub(super) separator: Option<Spanned<String>>,
    pub(super) peers: Option<Vec<Spanned<String>>>,
}

/// An empty text stands for a key that is not there.
fn unless_empty<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Spanned<String>>, D::Error> {
    let text = Spanned::<String>::deserialize(deserializer)?;
    Ok(Some(text).filter(|text| !text.get_ref().is_empty()))
}

/// A size as people write it.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a number of bytes, or a text such as \"10 MiB\""
)]
pub(super) enum SizeValue {
    Bytes(u64),
    Text(String),
}

/// What the versions of a set mean: a word for it, or the folders that hold them.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "expected \"all\", \"default\", \"none\", or a list of the folders that hold a version each"
)]
pub(super) enum VersionsValue {
    Text(String),
    Names(Vec<String>),
}

impl File {
    /// Reads the texts of the files, the first one followed first. What is wrong goes to
    /// `problems`; the rest is still read, so that one run shows every fault.
    pub(super) fn parse(texts: &[String], problems: &mut Vec<Problem>) -> Self {
        let mut root = DeTable::default();
        for text in texts {
            let (table, errors) = DeTable::parse_recoverable(text);
            if errors.is_empty() {
                override_with(&mut root, table.into_inner());
            }
            problems.extend(errors.into_iter().map(|error| Problem {
                span: error.span(),
                complaint: Complaint::new(one_line(error.message())),
            }));
        }
        if !problems.is_empty() {
            // What a recovering parser makes of the rest would only be noise.
            return Self::default();
        }
        let mut file = Self::default();
        for (key, value) in root {
            match key.get_ref().as_ref() {
                "server" => file.server = table("[server]", value, problems),
                "tls" => file.tls = table("[tls]", value, problems),
                "acme" => file.acme = table("[acme]", value, problems),
                "acme_fallback" => {
                    file.acme_fallback = list("[[acme_fallback]]", value, problems);
                }
                "limits" => file.limits = table("[limits]", value, problems),
                "site" => file.site = table("[site]", value, problems),
                "mcp" => file.mcp = table("[mcp]", value, problems),
                "log" => file.log = table("[log]", value, problems),
                "search" => file.search = table("[search]", value, problems),
                "docs" => file.docs = list("[[docs]]", value, problems),
                "audience" => file.audience = list("[[audience]]", value, problems),
                "issuer" => file.issuer = list("[[issuer]]", value, problems),
                "sign_in" => file.sign_in = table("[sign_in]", value, problems),
                "identity_headers" => {
                    file.identity_headers = table("[identity_headers]", value, problems);
                }
                other => problems.push(unknown_table(other).at(key.span())),
            }
        }
        file
    }
}

/// Lets a later file have the last word: its keys replace, its lists of tables go on.
fn override_with<'a>(table: &mut DeTable<'a>, later: DeTable<'a>) {
    for (key, value) in later {
        let Some(earlier) = table.get_mut(key.get_ref().as_ref()) else {
            table.insert(key, value);
            continue;
        };
        let span = value.span();
        match (earlier.get_mut(), value.into_inner()) {
            (DeValue::Table(earlier), DeValue::Table(later)) => override_with(earlier, later),
            (DeValue::Array(earlier), DeValue::Array(later)) if is_of_tables(&later) => {
                later.into_iter().for_each(|entry| earlier.push(entry));
            }
            (_, later) => *earlier = Spanned::new(span, later),
        }
    }
}

fn is_of_tables(array: &DeArray<'_>) -> bool {
    array
        .iter()
        .all(|value| matches!(value.get_ref(), DeValue::Table(_)))
        && !array.is_empty()
}

/// Reads a list of tables; `name` as it is written, `[[docs]]`.
fn list<T: DeserializeOwned + Default>(
    name: &str,
    value: Spanned<DeValue<'_>>,
    problems: &mut Vec<Problem>,
) -> Vec<Entry<T>> {
    let span = value.span();
    match value.into_inner() {
        DeValue::Array(entries) => entries
            .into_iter()
            .map(|entry| {
                let before = problems.len();
                Entry {
                    header: entry.span(),
                    table: table(name, entry, problems),
                    whole: problems.len() == before,
                }
            })
            .collect(),
        _ => {
            problems.push(
                Complaint::new(format!("`{name}` is a list of tables"))
                    .help(format!("write `{name}`, with two brackets"))
                    .at(span),
            );
            Vec::new()
        }
    }
}

/// Reads a table key by key of what is right, and says what is not.
fn table<T: DeserializeOwned + Default>(
    name: &str,
    value: Spanned<DeValue<'_>>,
    problems: &mut Vec<Problem>,
) -> T {
    let span = value.span();
    let DeValue::Table(entries) = value.into_inner() else {
        problems.push(Complaint::new(format!("`{name}` is a table of keys")).at(span));
        return T::default();
    };
    let known = field_names::<T>();
    let (mut entries, unknown): (DeTable<'_>, DeTable<'_>) = entries
        .into_iter()
        .partition(|(key, _)| known.contains(&key.get_ref().as_ref()));
    problems.extend(
        unknown
            .keys()
            .map(|key| unknown_key(key.get_ref(), name, known).at(key.span())),
    );
    loop {
        let rest = Spanned::new(span.clone(), DeValue::Table(entries.clone()));
        let error = match T::deserialize(ValueDeserializer::from(rest)) {
            Ok(table) => return table,
            Err(error) => error,
        };
        let message = in_words_of_toml(error.message());
        let at = error.span().unwrap_or(span.clone());
        let faulty = entries
            .iter()
            .find(|(_, value)| value.span().start <= at.start && at.end <= value.span().end)
            .map(|(key, _)| key.get_ref().to_string());
        let Some(faulty) = faulty else {
            problems.push(Complaint::new(message).at(at));
            return T::default();
        };
        // Without the faulty key, the next turn finds the next fault.
        entries.remove(faulty.as_str());
        let mut complaint = Complaint::new(format!("`{faulty}`: {message}"));
        complaint.help = number_for_text(&faulty, error.message());
        problems.push(complaint.at(at));
    }
}

fn unknown_key(key: &str, table: &str, known: &'static [&'static str]) -> Complaint {
    let complaint = Complaint::new(format!("unknown key `{key}` in {table}"));
    if let Some(meant) = nearest(key, known.iter().copied()) {
        return complaint.help(format!("did you mean `{meant}`?"));
    }
    if let Some((owner, _)) = tables().into_iter().find(|(_, keys)| keys.contains(&key)) {
        return complaint.help(format!("`{key}` belongs in {owner}"));
    }
    complaint.help(format!(
        "the keys of {table} are {}",
        listing(known.iter().copied())
    ))
}

fn unknown_table(key: &str) -> Complaint {
    let complaint = Complaint::new(format!("unknown key `{key}`"));
    if let Some((owner, _)) = tables().into_iter().find(|(_, keys)| keys.contains(&key)) {
        return complaint.help(format!("`{key}` belongs in {owner}"));
    }
    let tables = tables().map(|(table, _)| table);
    let names = tables.map(|table| table.trim_matches(['[', ']']));
    let meant = nearest(key, names).and_then(|meant| names.iter().position(|name| *name == meant));
    match meant {
        Some(meant) => complaint.help(format!("did you mean `{}`?", tables[meant])),
        None => complaint.help(format!("a file has the tables {}", listing(tables))),
    }
}

fn tables() -> [(&'static str, &'static [&'static str]); 14] {
    [
        ("[server]", field_names::<ServerTable>()),
        ("[tls]", field_names::<TlsTable>()),
        ("[acme]", field_names::<AcmeTable>()),
        ("[[acme_fallback]]", field_names::<AuthorityTable>()),
        ("[limits]", field_names::<LimitsTable>()),
        ("[site]", field_names::<SiteTable>()),
        ("[mcp]", field_names::<McpTable>()),
        ("[log]", field_names::<LogTable>()),
        ("[search]", field_names::<SearchTable>()),
        ("[[docs]]", field_names::<DocsTable>()),
        ("[[audience]]", field_names::<AudienceTable>()),
        ("[[issuer]]", field_names::<IssuerTable>()),
        ("[sign_in]", field_names::<SignInTable>()),
        ("[identity_headers]", field_names::<IdentityHeadersTable>()),
    ]
}

/// Every key of every table.
#[cfg(test)]
pub(super) fn all_keys() -> impl Iterator<Item = &'static str> {
    tables()
        .into_iter()
        .flat_map(|(_, keys)| keys.iter().copied())
}

/// serde speaks of Rust's types; the file's author knows those of TOML.
fn in_words_of_toml(message: &str) -> String {
    let Some((found, expected)) = message
        .strip_prefix("invalid type: ")
        .and_then(|message| message.rsplit_once(", expected "))
    else {
        return one_line(message);
    };
    let in_toml = |word| match word {
        "sequence" | "a sequence" => "a list",
        "map" => "a table",
        "u64" => "a whole number",
        word => word,
    };
    let (found, expected) = (in_toml(found), in_toml(expected));
    one_line(&format!("expected {expected}, found {found}"))
}

/// Keys whose values are lengths of time.
const PERIODS: [&str; 7] = [
    "hsts",
    "idle_exit",
    "idle_connection",
    "header_timeout",
    "request_timeout",
    "drain_timeout",
    "look_every",
];

/// What to write in place of a number where serde says that text is wanted: `8090` in quotes.
fn number_for_text(key: &str, message: &str) -> Option<String> {
    let found = message
        .strip_prefix("invalid type: ")?
        .strip_suffix(", expected a string")?;
    let number = found
        .strip_prefix("integer `")
        .or_else(|| found.strip_prefix("floating point `"))?;
    let number = number.strip_suffix('`')?;
    if PERIODS.contains(&key) {
        return Some("write a length of time in quotes, such as \"10s\" or \"2m\"".to_owned());
    }
    Some(format!("write it in quotes: \"{number}\""))
}

fn one_line(message: &str) -> String {
    message.lines().collect::<Vec<_>>().join(", ")
}

/// The keys of a table, as its type names them: told by serde, so that there is one list.
fn field_names<T: DeserializeOwned>() -> &'static [&'static str] {
    struct Names<'a>(&'a mut &'static [&'static str]);

    impl<'de> Deserializer<'de> for Names<'_> {
        type Error = ValueError;

        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _name: &'static str,
            fields: &'static [&'static str],
            _visitor: V,
        ) -> Result<V::Value, ValueError> {
            *self.0 = fields;
            Err(serde::de::Error::custom("only the names are wanted"))
        }

        fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, ValueError> {
            Err(serde::de::Error::custom("not a struct"))
        }

        forward_to_deserialize_any! {
            bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit
            unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
        }
    }

    let mut names: &'static [&'static str] = &[];
    // Always an error: the names are its side effect.
    let _ = T::deserialize(Names(&mut names));
    names
}
