//! The domain, `[tls]`, `[acme]` and `[[acme_fallback]]`: HTTPS, and where its certificate comes from.

use std::path::PathBuf;

use toml::Spanned;

use super::{
    super::{
        certificate::{
            AcmeSettings, CertificateAuthority, CertificateSource, ChallengeType, ExternalAccount,
            Identifier, KeyType, TlsSettings,
        },
        file::{AcmeTable, AuthorityTable, Entry, ServerTable, TlsTable},
        problem::Complaint,
        reach::is_public,
        values::{Directory, choice, directory, identifier, mail_address, proxy, token},
    },
    Reader,
};

/// Let's Encrypt's limit for one certificate.
const MAX_NAMES: usize = 100;
/// The profile with which Let's Encrypt certifies addresses.
const ADDRESS_PROFILE: &str = "shortlived";

impl Reader<'_> {
    /// `None` also where something is wrong: it has been noted.
    pub(super) fn tls(
        &mut self,
        server: &ServerTable,
        tls: TlsTable,
        acme: AcmeTable,
        fallback: Vec<Entry<AuthorityTable>>,
    ) -> Option<TlsSettings> {
        let names = self.names(server);
        let files = self.files(tls);
        let accepted = acme.accept_terms.as_ref().map(Spanned::get_ref) == Some(&true);
        let refused = acme.accept_terms.as_ref().map(Spanned::span);
        let settings = self.acme(acme, fallback, &names);
        if files.is_none()
            && let Some(settings) = &settings
        {
            self.public_names(server, settings);
        }

        let given = server.domain.as_ref().map(Spanned::span);
        let given = given.or_else(|| Some(server.domains.as_ref()?.first()?.span()));
        match (given, files) {
            (None, Some((span, _))) => {
                let complaint =
                    Complaint::new("own certificate files without a domain to use them for").help(
                        "add the certificate's name to [server], such as `domain = \"docs.example.com\"`",
                    );
                self.problems.push(complaint.at(span));
                None
            }
            (None, None) => None,
            (Some(_), Some((_, source))) => Some(TlsSettings { names, source }),
            (Some(_), None) if accepted => Some(TlsSettings {
                names,
                source: CertificateSource::Acme(settings?),
            }),
            (Some(domain), None) => {
                let complaint = Complaint::new(
                    "a certificate needs the authority's terms of service accepted",
                )
                .help("read them (Let's Encrypt: https://letsencrypt.org/repository/) and set `accept_terms = true` in [acme], or name your own certificate files in [tls]");
                self.problems.push(complaint.at(refused.unwrap_or(domain)));
                None
            }
        }
    }

    fn names(&mut self, server: &ServerTable) -> Vec<Identifier> {
        let several = server
            .domains
            .as_ref()
            .is_some_and(|names| !names.is_empty());
        if let (Some(domain), true) = (&server.domain, several) {
            let complaint = Complaint::new("both `domain` and `domains`")
                .help("write one name as `domain`, or all of them in `domains`");
            self.problems.push(complaint.at(domain.span()));
        }
        let given = server.domain.iter().chain(server.domains.iter().flatten());
        let mut names: Vec<Identifier> = Vec::new();
        for name in given {
            let Some(name) = self.value(name.span(), identifier(name.get_ref())) else {
                continue;
            };
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if let Some(excess) = server.domains.iter().flatten().nth(MAX_NAMES) {
            let complaint = Complaint::new(format!(
                "a certificate has room for {MAX_NAMES} names at most"
            ));
            self.problems.push(complaint.at(excess.span()));
        }
        names
    }

    /// What a public authority certainly refuses is told before it is asked.
    fn public_names(&mut self, server: &ServerTable, settings: &AcmeSettings) {
        let Some(authority) = settings.authorities.iter().find(|known| known.is_public()) else {
            return;
        };
        let given = server.domain.iter().chain(server.domains.iter().flatten());
        for name in given {
            let Ok(identifier) = identifier(name.get_ref()) else {
                continue;
            };
            if !is_public(&identifier) {
                let complaint = Complaint::new(format!(
                    "`{}` is not public, so no authority that everybody trusts issues a certificate for it",
                    name.get_ref()
                ))
                .help(format!(
                    "write the name by which the whole internet finds this machine, such as \"docs.example.com\"; or name an authority of your own as `directory` in [acme], in the place of {}; without `domain`, docent serves plain HTTP",
                    authority.directory
                ));
                self.problems.push(complaint.at(name.span()));
            }
        }
    }

    fn files(&mut self, table: TlsTable) -> Option<(std::ops::Range<usize>, CertificateSource)> {
        let (span, lacking) = match (&table.cert, &table.key) {
            (Some(cert), Some(_)) => {
                let span = cert.span();
                let cert = self.file(table.cert)?;
                let key = self.file(table.key)?;
                return Some((span, CertificateSource::Files { cert, key }));
            }
            (Some(cert), None) => (cert.span(), "key"),
            (None, Some(key)) => (key.span(), "cert"),
            (None, None) => return None,
        };
        let complaint =
            Complaint::new("a certificate and its key belong together").help(format!(
                "add `{lacking} = \"/where/it/is.pem\"` to [tls], or remove both to let docent obtain a certificate"
            ));
        self.problems.push(complaint.at(span));
        None
    }

    fn acme(
        &mut self,
        table: AcmeTable,
        fallback: Vec<Entry<AuthorityTable>>,
        names: &[Identifier],
    ) -> Option<AcmeSettings> {
        let with_addresses = names.iter().any(|name| matches!(name, Identifier::Ip(_)));
        let first = AuthorityTable {
            directory: table.directory,
            ca_file: table.ca_file,
            profile: table.profile,
            eab_kid: table.eab_kid,
            eab_hmac_key_file: table.eab_hmac_key_file,
        };
        let through = self.text(table.proxy, proxy);
        let mut authorities = vec![self.authority(first, with_addresses)];
        for entry in fallback {
            if entry.table.directory.is_none() && entry.whole {
                let complaint = Complaint::new("a fallback has no `directory`")
                    .help("add `directory = \"zerossl\"`, or another authority's name or URL");
                self.problems.push(complaint.at(entry.header));
                continue;
            }
            authorities.push(self.authority(entry.table, with_addresses));
        }
        let contact = self.text(table.contact, mail_address);
        let key_type = self.text(table.key_type, |text| match text {
            "rsa2048" | "rsa3072" | "rsa4096" => Err(Complaint::new("docent makes no RSA keys").help(
                "remove `key_type`: every client that speaks MCP takes p256; where it must be RSA, name certificate files of your own in [tls]",
            )),
            text => choice("key type", text, &KeyType::NAMES),
        });
        let challenges = match table.challenges {
            None => ChallengeType::NAMES.map(|(_, challenge)| challenge).into(),
            Some(list) => {
                if list.get_ref().is_empty() {
                    let complaint = Complaint::new("without a challenge there is no certificate")
                        .help("write [\"http-01\"], [\"tls-alpn-01\"] or both");
                    self.problems.push(complaint.at(list.span()));
                }
                self.list(Some(list.into_inner()), |text| {
                    choice("challenge", text, &ChallengeType::NAMES)
                })
            }
        };
        let mut authorities: Vec<_> = authorities.into_iter().collect::<Option<_>>()?;
        for authority in &mut authorities {
            authority.proxy.clone_from(&through);
        }
        Some(AcmeSettings {
            authorities,
            contact,
            key_type: key_type.unwrap_or_default(),
            challenges,
        })
    }

    fn authority(
        &mut self,
        table: AuthorityTable,
        with_addresses: bool,
    ) -> Option<CertificateAuthority> {
        let Directory {
            url,
            staging,
            addresses_need_profile,
        } = match table.directory {
            Some(text) => self.value(text.span(), directory(text.get_ref()))?,
            None => Directory::default(),
        };
        let profile = self.text(table.profile, token);
        let kid_span = table.eab_kid.as_ref().map(Spanned::span);
        let file_span = table.eab_hmac_key_file.as_ref().map(Spanned::span);
        let external_account = match (
            self.text(table.eab_kid, token),
            self.file(table.eab_hmac_key_file),
        ) {
            (Some(kid), Some(hmac_key_file)) => Some(ExternalAccount { kid, hmac_key_file }),
            _ => {
                if let (Some(span), None) | (None, Some(span)) = (kid_span, file_span) {
                    let complaint =
                        Complaint::new("`eab_kid` and `eab_hmac_key_file` belong together")
                            .help("the authority gives out both for one account");
                    self.problems.push(complaint.at(span));
                }
                None
            }
        };
        Some(CertificateAuthority {
            directory: url,
            staging,
            ca_file: self.file(table.ca_file),
            profile: profile.or_else(|| {
                (with_addresses && addresses_need_profile).then(|| ADDRESS_PROFILE.to_owned())
            }),
            external_account,
            proxy: None,
        })
    }

    /// A file that is read later, perhaps by another process: only its path is looked at.
    pub(super) fn file(&mut self, path: Option<Spanned<String>>) -> Option<PathBuf> {
        let path = path?;
        if path.get_ref().is_empty() {
            self.problems
                .push(Complaint::new("the path is empty").at(path.span()));
            return None;
        }
        Some(self.folder.join(path.get_ref()))
    }
}
