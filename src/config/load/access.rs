//! `[[audience]]`, `[[issuer]]`, `[sign_in]` and `[identity_headers]`: who may read what.

use std::{collections::HashSet, path::Path};

use toml::Spanned;

use super::{
    super::{
        access::{
            AccessSettings, AudienceName, AudienceSettings, Group, IdentityHeaders, IssuerSettings,
            KeyName, MAX_AUDIENCES, SignInSettings, TokenType,
        },
        certificate::TlsSettings,
        file::{AudienceTable, Entry, IdentityHeadersTable, IssuerTable, SignInTable},
        network::Network,
        problem::{Complaint, listing, nearest},
        set_name::ALL,
        settings::{DocSet, ServerSettings},
        values::{choice, user},
    },
    Reader,
};

/// What a person's groups are called in a token where the configuration does not say.
const GROUPS_CLAIM: &str = "groups";
/// Issuers at the most.
const MAX_ISSUERS: usize = 16;
/// Groups, keys or accepted audiences of one table at the most.
const MAX_LISTED: usize = 1_000;

/// The tables that are about who may read what.
pub(super) struct Tables {
    pub(super) audience: Vec<Entry<AudienceTable>>,
    pub(super) issuer: Vec<Entry<IssuerTable>>,
    pub(super) sign_in: SignInTable,
    pub(super) identity_headers: IdentityHeadersTable,
}

impl Reader<'_> {
    /// `path`: the configuration file, beside which keys are kept.
    pub(super) fn access(
        &mut self,
        tables: Tables,
        path: &Path,
        docs: &[DocSet],
        server: &ServerSettings,
        tls: Option<&TlsSettings>,
    ) -> AccessSettings {
        let Tables {
            audience,
            issuer,
            sign_in,
            identity_headers,
        } = tables;
        let issuer_header = issuer.first().map(|entry| entry.header.clone());
        let has_audience = !audience.is_empty();
        let enabled = sign_in.enabled.as_ref().filter(|it| *it.get_ref());
        let asks = issuer_header.map(|header| ("an issuer", header));
        let asks = asks.or_else(|| Some(("a sign-in page", enabled?.span())));
        if let Some((what, span)) = asks.filter(|_| !has_audience) {
            let complaint = Complaint::new(format!("{what} without an audience: everything is everybody's"))
                .help("add a table `[[audience]]` with a `name`, the `docs` that it may read, and its `groups`");
            self.problems.push(complaint.at(span));
        }
        AccessSettings {
            audiences: self.audiences(audience, docs),
            issuers: self.issuers(issuer, &resources(server, tls)),
            sign_in: SignInSettings {
                enabled: enabled.is_some(),
            },
            identity_headers: self.identity_headers(identity_headers, server),
            keys_file: AccessSettings::keys_file_beside(path).ok(),
            sealing_key_file: AccessSettings::sealing_key_file_beside(path).ok(),
        }
    }

    fn audiences(
        &mut self,
        entries: Vec<Entry<AudienceTable>>,
        docs: &[DocSet],
    ) -> Vec<AudienceSettings> {
        let mut audiences: Vec<AudienceSettings> = Vec::new();
        for entry in entries {
            let at = entry.header.clone();
            let span = entry.table.name.as_ref().map_or(at.clone(), Spanned::span);
            let Some(audience) = self.audience(entry, docs) else {
                continue;
            };
            if audiences.iter().any(|other| other.name == audience.name) {
                let complaint =
                    Complaint::new(format!("two audiences are named `{}`", audience.name))
                        .help("give each `[[audience]]` a `name` of its own");
                self.problems.push(complaint.at(span));
                continue;
            }
            let named = audiences.iter().filter(|it| !it.name.is_anonymous());
            if !audience.name.is_anonymous() && named.count() == MAX_AUDIENCES {
                let complaint = Complaint::new(format!("more than {MAX_AUDIENCES} audiences"))
                    .help(
                        "each has an index of its own: put those together that may read the same",
                    );
                self.problems.push(complaint.at(at));
                break;
            }
            audiences.push(audience);
        }
        audiences
    }

    fn audience(
        &mut self,
        entry: Entry<AudienceTable>,
        docs: &[DocSet],
    ) -> Option<AudienceSettings> {
        let Entry {
            header,
            table,
            whole,
        } = entry;
        let name = match table.name {
            Some(name) => self.value(name.span(), audience_name(name.get_ref())),
            None => self.missing(
                whole,
                &header,
                "an audience has no `name`",
                "add one, such as `name = \"staff\"`",
            ),
        };
        let is_anonymous = name.as_ref().is_some_and(AudienceName::is_anonymous);
        let first = |list: &Option<Vec<Spanned<String>>>| Some(list.as_ref()?.first()?.span());
        if let Some(span) = first(&table.groups).or_else(|| first(&table.keys))
            && is_anonymous
        {
            let complaint = Complaint::new(
                "`anonymous` is whoever shows nothing of who they are: it has no groups and no keys",
            )
            .help("leave them out, or give the audience another name");
            self.problems.push(complaint.at(span));
        }
        let is_given = first(&table.docs).is_some();
        if !is_given {
            self.missing::<()>(
                whole,
                &header,
                "an audience has no `docs` to read",
                "list the names of document sets, such as `docs = [\"handbook\"]`, or `docs = [\"all\"]`",
            );
        }
        let listed = self.listed(table.docs, "document sets", |text| set(text, docs));
        let groups = self.listed(table.groups, "groups", group);
        let keys = self.listed(table.keys, "keys", key_name);
        let is_read = |set: &&DocSet| listed.iter().flatten().any(|name| *name == set.name);
        let is_all = listed.contains(&None);
        let read = docs.iter().filter(|set| is_all || is_read(set));
        Some(AudienceSettings {
            name: name?,
            docs: read.map(|set| set.name.clone()).collect(),
            groups,
            keys,
        })
    }

    fn issuers(
        &mut self,
        mut entries: Vec<Entry<IssuerTable>>,
        resources: &[String],
    ) -> Vec<IssuerSettings> {
        if let Some(entry) = entries.get(MAX_ISSUERS) {
            let complaint = Complaint::new(format!("more than {MAX_ISSUERS} issuers"));
            self.problems.push(complaint.at(entry.header.clone()));
            entries.truncate(MAX_ISSUERS);
        }
        let mut seen = HashSet::new();
        let mut issuers = Vec::new();
        for entry in entries {
            let header = entry.header.clone();
            let Some(issuer) = self.issuer(entry, resources) else {
                continue;
            };
            if !seen.insert(issuer.url.clone()) {
                let complaint =
                    Complaint::new(format!("two issuers have the URL `{}`", issuer.url));
                self.problems.push(complaint.at(header));
                continue;
            }
            issuers.push(issuer);
        }
        issuers
    }

    fn issuer(
        &mut self,
        entry: Entry<IssuerTable>,
        resources: &[String],
    ) -> Option<IssuerSettings> {
        let table = entry.table;
        let url = match table.url {
            Some(url) => self.value(url.span(), issuer_url(url.get_ref())),
            None => self.missing(
                entry.whole,
                &entry.header,
                "an issuer has no `url`",
                "add it as the provider writes it in `iss`, such as `url = \"https://login.example.com/realms/team\"`",
            ),
        };
        let accepted = self.listed(table.accepted_audiences, "accepted audiences", word);
        let types = self.listed(table.types, "types", |text| {
            choice("type of token", text, &TokenType::NAMES)
        });
        let claim = self.text(table.groups_claim, word);
        let jwks_url = self.text(table.jwks_url, provider_url);
        let ca_file = self.file(table.ca_file);
        Some(IssuerSettings {
            url: url?,
            accepted_audiences: if accepted.is_empty() {
                resources.to_vec()
            } else {
                accepted
            },
            groups_claim: claim.unwrap_or_else(|| GROUPS_CLAIM.to_owned()),
            types: if types.is_empty() {
                vec![TokenType::AccessToken]
            } else {
                types
            },
            ca_file,
            jwks_url,
        })
    }

    fn identity_headers(
        &mut self,
        table: IdentityHeadersTable,
        server: &ServerSettings,
    ) -> Option<IdentityHeaders> {
        let given = table.user.as_ref().map(Spanned::span);
        let user_header = self.text(table.user, header_name);
        let groups = self.text(table.groups.clone(), header_name);
        let separator = self.text(table.separator, separator);
        let peers = self.listed(table.peers, "users", peer);
        let Some(span) = given else {
            if let Some(groups) = table.groups {
                let complaint =
                    Complaint::new("a header with groups, and none that says whose they are")
                        .help("add `user`, the header with the name of whoever is signed in");
                self.problems.push(complaint.at(groups.span()));
            }
            return None;
        };
        if peers.is_empty() && server.trusted_proxies.networks.is_empty() {
            let complaint = Complaint::new("these headers are believed from nobody").help(
                "list the proxy's address in `trusted_proxies` of [server], or for a unix socket the user that it runs as \
                 in `peers`",
            );
            self.problems.push(complaint.at(span.clone()));
        }
        if server
            .trusted_proxies
            .networks
            .iter()
            .any(Network::is_everybody)
        {
            let complaint = Complaint::new("these headers are believed from everybody, who can then be anybody").help(
                "list the proxy's own address in `trusted_proxies` of [server], and no network that holds all of them",
            );
            self.problems.push(complaint.at(span.clone()));
        }
        if let (Some(user), Some(groups)) = (&user_header, &groups)
            && user == groups
        {
            let complaint = Complaint::new(format!("`{user}` names the user and the groups"))
                .help("name two headers, as the proxy writes them");
            self.problems.push(complaint.at(span));
        }
        Some(IdentityHeaders {
            user: user_header?,
            groups,
            separator: separator.unwrap_or_else(|| ",".to_owned()),
            peers,
            networks: server.trusted_proxies.networks.clone(),
        })
    }

    fn missing<T>(
        &mut self,
        whole: bool,
        header: &std::ops::Range<usize>,
        what: &str,
        help: &str,
    ) -> Option<T> {
        if whole {
            let complaint = Complaint::new(what).help(help);
            self.problems.push(complaint.at(header.clone()));
        }
        None
    }

    fn listed<T>(
        &mut self,
        values: Option<Vec<Spanned<String>>>,
        what: &str,
        parse: impl Fn(&str) -> Result<T, Complaint>,
    ) -> Vec<T> {
        let mut values = values.unwrap_or_default();
        if let Some(first) = values.get(MAX_LISTED) {
            let complaint = Complaint::new(format!("more than {MAX_LISTED} {what}"));
            self.problems.push(complaint.at(first.span()));
            values.truncate(MAX_LISTED);
        }
        self.list(Some(values), parse)
    }
}

/// What a token for docent names as whom it is for (RFC 8707), where the configuration does not say: the addresses of its
/// endpoints.
fn resources(server: &ServerSettings, tls: Option<&TlsSettings>) -> Vec<String> {
    let bases: Vec<String> = match (&server.url, tls) {
        (Some(url), _) => vec![url.to_string()],
        (None, Some(tls)) => {
            let port = match server.https.port() {
                443 => String::new(),
                port => format!(":{port}"),
            };
            let names = tls.names.iter().map(|name| match name {
                super::super::Identifier::Ip(std::net::IpAddr::V6(address)) => {
                    format!("[{address}]")
                }
                name => name.to_string(),
            });
            names.map(|name| format!("https://{name}{port}")).collect()
        }
        (None, None) => {
            let port = server.plain.map_or(80, |plain| plain.port());
            let hosts = ["localhost", "127.0.0.1", "[::1]"];
            hosts
                .iter()
                .map(|host| format!("http://{host}:{port}"))
                .collect()
        }
    };
    let each = |base: &String| {
        [
            "",
            "/",
            "/mcp",
            "/mcp/",
            "/sse",
            "/sse/",
            "/chatgpt",
            "/chatgpt/",
        ]
        .map(|path| format!("{base}{path}"))
    };
    bases.iter().flat_map(each).collect()
}

fn audience_name(text: &str) -> Result<AudienceName, Complaint> {
    AudienceName::new(text).ok_or_else(|| {
        Complaint::new(format!("`{text}` cannot be the name of an audience")).help(format!(
            "use lower-case letters of ASCII, digits, `-`, `_` and `.`, such as \"staff\"; at most {}",
            AudienceName::MAX
        ))
    })
}

fn key_name(text: &str) -> Result<KeyName, Complaint> {
    KeyName::new(text).ok_or_else(|| {
        Complaint::new(format!("`{text}` cannot be the name of an access key"))
            .help("write the name that `docent key list` shows, never the key itself")
    })
}

/// A set by its name; `None`: all of them.
fn set(text: &str, docs: &[DocSet]) -> Result<Option<String>, Complaint> {
    if text == ALL {
        return Ok(None);
    }
    if docs.iter().any(|set| set.name == text) {
        return Ok(Some(text.to_owned()));
    }
    let names = || docs.iter().map(|set| set.name.as_str());
    let meant = nearest(text, names()).map(|name| format!("did you mean `{name}`? "));
    Err(
        Complaint::new(format!("there is no document set `{text}`")).help(format!(
            "{}the sets are {}; `{ALL}` is all of them",
            meant.unwrap_or_default(),
            listing(names())
        )),
    )
}

fn group(text: &str) -> Result<Group, Complaint> {
    if text == "*" {
        return Ok(Group::Everybody);
    }
    word(text).map(Group::Called)
}

/// A text that is compared with what somebody else writes.
fn word(text: &str) -> Result<String, Complaint> {
    if !text.trim().is_empty() && text.len() <= 512 && !text.contains(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(Complaint::new("expected one line of at most 512 bytes"))
}

/// The identifier of an issuer (RFC 8414, section 2), kept to the letter.
fn issuer_url(text: &str) -> Result<String, Complaint> {
    if text.contains(['?', '#']) {
        return Err(Complaint::new(format!("`{text}` has a query or a fragment"))
            .help("write the issuer as the provider writes it in `iss`, such as \"https://login.example.com/realms/team\""));
    }
    provider_url(text)
}

/// An address at which a provider answers.
fn provider_url(text: &str) -> Result<String, Complaint> {
    let complaint = |what: &str| {
        Complaint::new(format!("`{text}` {what}")).help(
            "write it as the provider does, such as \"https://login.example.com/realms/team\"",
        )
    };
    let is_local = |host: &str| matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    let uri: axum::http::Uri = text.parse().map_err(|_| complaint("is no URL"))?;
    let host = uri.host().filter(|host| !host.is_empty());
    let host = host.ok_or_else(|| complaint("names no host"))?;
    if uri.authority().is_some_and(|it| it.as_str().contains('@')) {
        return Err(complaint("holds a user"));
    }
    match uri.scheme_str() {
        Some("https") => Ok(text.to_owned()),
        // For development: nobody can listen in on this machine's loopback.
        Some("http") if is_local(host) => Ok(text.to_owned()),
        _ => Err(complaint("does not start with https://")),
    }
}

fn header_name(text: &str) -> Result<String, Complaint> {
    let name = axum::http::HeaderName::try_from(text)
        .map_err(|_| Complaint::new(format!("`{text}` cannot be the name of a header")))?;
    if NOBODYS.contains(&name.as_str()) {
        return Err(Complaint::new(format!("`{text}` is no header that a proxy names people in"))
            .help("name one that the proxy sets and takes off what clients send, such as \"X-Forwarded-User\""));
    }
    Ok(name.as_str().to_owned())
}

/// Headers that are about something else, and would be taken off requests.
const NOBODYS: [&str; 16] = [
    "accept",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "forwarded",
    "host",
    "mcp-protocol-version",
    "mcp-session-id",
    "origin",
    "transfer-encoding",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-prefix",
    "x-forwarded-proto",
];

/// A user of this machine, by name or number.
fn peer(text: &str) -> Result<String, Complaint> {
    if text.parse::<u32>().is_ok() {
        return Ok(text.to_owned());
    }
    user(text)
}

fn separator(text: &str) -> Result<String, Complaint> {
    if !text.is_empty()
        && text.len() <= 8
        && text.bytes().all(|b| b == b' ' || b.is_ascii_graphic())
    {
        return Ok(text.to_owned());
    }
    Err(Complaint::new(
        "a separator is a sign or a few, such as \",\" or \"|\"",
    ))
}
