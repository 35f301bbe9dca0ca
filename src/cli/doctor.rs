//! `docent doctor`: what keeps assistants from connecting, found before they try.
mod access;
mod local;

use std::{
    fs::File,
    io::{self, IsTerminal as _, Read as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, SystemTime},
};

use clap::Args;
use serde_json::json;
use zeroize::Zeroizing;

use crate::{
    acme::trusted_roots,
    config::{CertificateSource, ConfigError, Identifier, ServerSettings, Settings, TlsSettings},
    doctor::{
        Access, Address, ConnectTo, Dialer, Finding, Machine, Resolve, Subject, Token, Verdict,
        examine, reach_authority,
    },
    error::{Failure, Kind},
    platform::{self, Environment, INSTALLED_CONFIG, LOCAL_CONFIG, local_config},
};

use super::{
    certificate::block_on, documents::explain, search::Format, status::Units, style::Style,
    viewpoint::LookAs,
};

/// No token is longer, with what may stand around it.
const MAX_TOKEN_FILE: u64 = 32 << 10;

/// See what keeps assistants from connecting, before they try
///
/// It asks the address as the servers of Claude and ChatGPT and clients on people's machines do, and says of
/// everything that is wrong what it is and what to do. Without `--url`, it looks at this machine too: at the
/// configuration, the documents, the units and the way to the certificate authority.
///
/// The exit status is 0 where all is well, 1 where there are warnings, 2 where there are errors, and 64 or more
/// where `doctor` itself failed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sudo docent doctor                                    examine the service of this machine
  docent doctor --url https://docs.example.com/mcp      examine any docent, from anywhere
  docent doctor --url https://docs.example.com/mcp --resolve docs.example.com:192.0.2.7
                                                        before the name leads there
  docent doctor --url https://docs.example.com/mcp --token
                                                        with an access key or token that is pasted
  docent doctor --format json                           the same for a program, with the same exit status")]
pub(super) struct Doctor {
    /// The address that assistants are given [default: as the configuration says]
    #[arg(long, value_name = "URL")]
    url: Option<Address>,

    /// The configuration to follow [default: ./docent.toml, else /etc/docent/docent.toml, and none with --url]
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(flatten)]
    look_as: LookAs,

    /// Trust these certificates alone (PEM), for an authority of your own [default: those that browsers trust]
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,

    /// Take this for an address of the name, in place of what DNS says; may be repeated
    #[arg(long, value_name = "NAME:ADDRESS")]
    resolve: Vec<Resolve>,

    /// Connect to another place for this host and port, as curl does: HOST:PORT:ADDRESS:PORT; may be repeated
    #[arg(long, value_name = "HOST:PORT:ADDRESS:PORT")]
    connect_to: Vec<ConnectTo>,

    /// Examine what is behind the sign-in too, with an access key or token that is read from FILE or, without one, from
    /// standard input: paste it, and press Enter. It is sent to the address alone, and shown nowhere
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-")]
    token: Option<PathBuf>,

    /// How long one connection or one answer may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=120))]
    timeout: u64,

    /// How to print it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

impl Doctor {
    pub(super) fn run(self, environment: &Environment) -> anyhow::Result<ExitCode> {
        let roots = match &self.ca_file {
            Some(path) => Some(trusted_roots(Some(path)).map_err(|error| {
                Failure::new(Kind::NoInput, format!("--ca-file: {error}"))
                    .help("name a file with certificates in PEM")
            })?),
            None => None,
        };
        let patience = Duration::from_secs(self.timeout);
        let dialer = Dialer::new(
            self.resolve.clone(),
            self.connect_to.clone(),
            roots,
            patience,
        );
        let config = self.config()?;
        let mut access = Access {
            token: self.token.as_deref().map(token).transpose()?,
            settings: None,
        };
        let mut findings = Vec::new();
        let mut seen = None;
        let mut address = self.url.clone();
        let mut machine = None;
        let mut authorities = Vec::new();
        let mut hint = None;
        if let Some(config) = &config {
            let is_installed = config == Path::new(INSTALLED_CONFIG);
            let units = is_installed.then(Units::ask);
            // The service reads its own configuration itself; any other is that of the person who asks.
            let others = (!is_installed).then(|| loaded(config));
            let viewpoint = self.look_as.take(environment, Some(config))?;
            let loaded = others.unwrap_or_else(|| loaded(config));
            let loaded = loaded.map_err(|error| viewpoint.explain(explain(error)))?;
            seen = viewpoint.told();
            findings.extend(local::configuration(config, loaded.fault));
            if let Some(settings) = &loaded.settings {
                access.settings = Some(settings.access.clone());
                let (told, sets) = local::documents(environment, config, settings);
                findings.extend(told);
                let cache_dir = environment.cache_dir_of(config);
                findings.extend(local::index(
                    settings,
                    &sets,
                    cache_dir.as_deref(),
                    is_installed,
                ));
            }
            findings.extend(units.iter().flat_map(local::service));
            if let Some(access) = &access.settings {
                let jwks = environment.state_dir(None, config).jwks();
                findings.extend(access::look(access, &jwks, is_installed));
            }
            if let Some((server, mut tls)) = loaded.public {
                if let Some(tls) = &mut tls {
                    tls.ask_through(environment.proxy.as_ref());
                    if let CertificateSource::Acme(acme) = &tls.source {
                        authorities.extend(acme.authorities.first().cloned());
                    }
                }
                hint = address
                    .is_none()
                    .then(|| unknown_way(&server, tls.as_ref()));
                address = address.or_else(|| own_address(&server, tls.as_ref()));
                machine = Some(Machine {
                    addresses: platform::addresses(),
                    names: other_names(address.as_ref(), tls.as_ref()),
                });
            }
        }
        findings.extend(hint.flatten());
        block_on(async {
            for authority in &authorities {
                findings.extend(reach_authority(authority, patience, SystemTime::now).await);
            }
            if let Some(address) = &address {
                findings.extend(
                    examine(&dialer, address, machine.as_ref(), &access)
                        .await
                        .findings,
                );
            }
        })?;
        let report = Report {
            address,
            findings,
            seen,
        };
        let mut stdout = io::stdout().lock();
        match self.format {
            Format::Json => writeln!(stdout, "{:#}", report.json())?,
            Format::Text => {
                let style = Style::new(stdout.is_terminal() && !environment.no_color);
                stdout.write_all(report.text(style).as_bytes())?;
            }
        }
        stdout.flush()?;
        Ok(ExitCode::from(report.verdict() as u8))
    }

    /// The configuration to look at: with an address alone, none.
    fn config(&self) -> Result<Option<PathBuf>, Failure> {
        match (&self.config, &self.url) {
            (Some(config), _) => Ok(Some(config.clone())),
            (None, Some(_)) => Ok(None),
            (None, None) => {
                let config = local_config().unwrap_or(Path::new(INSTALLED_CONFIG));
                if config.exists() {
                    return Ok(Some(config.to_owned()));
                }
                Err(Failure::new(Kind::Usage, "nothing to examine")
                    .because(format!(
                        "there is no ./{LOCAL_CONFIG} of yours and no {INSTALLED_CONFIG} either"
                    ))
                    .help("name an address with --url URL, or a configuration with --config FILE"))
            }
        }
    }
}

/// What somebody shows who asks: never an argument, as those stand in the shell's history and in the list of processes.
fn token(file: &Path) -> Result<Token, Failure> {
    let text = if file == Path::new("-") {
        platform::read_secret("Access key or token: ")
    } else {
        read_some(file)
    };
    let wrong = |message: String| {
        Failure::new(Kind::NoInput, format!("--token: {message}")).help(
            "paste an access key, as `docent key new` has printed it, or an access token; or name a file that holds it",
        )
    };
    let text = Zeroizing::new(text.map_err(|error| wrong(error.to_string()))?);
    Token::new(&text).map_err(|error| wrong(error.to_string()))
}

fn read_some(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(file)?
        .take(MAX_TOKEN_FILE)
        .read_to_string(&mut text)?;
    Ok(text)
}

/// A configuration, as far as it can be followed.
struct Loaded {
    settings: Option<Settings>,
    /// Whom it is for, even where what it says of documents cannot be followed.
    public: Option<(ServerSettings, Option<TlsSettings>)>,
    fault: Option<ConfigError>,
}

/// Reads a configuration.
///
/// # Errors
/// Where the file itself cannot be read: then nothing is known.
fn loaded(config: &Path) -> Result<Loaded, ConfigError> {
    match Settings::load_to_serve(config) {
        Ok(settings) => Ok(Loaded {
            public: Some((settings.server.clone(), settings.tls.clone())),
            settings: Some(settings),
            fault: None,
        }),
        Err(fault @ ConfigError::Unreadable { .. }) => Err(fault),
        Err(fault) => Ok(Loaded {
            settings: None,
            public: Settings::load_certificate(config).ok(),
            fault: Some(fault),
        }),
    }
}

/// The address that assistants are given: as the configuration says it, or as it follows from the rest.
fn own_address(server: &ServerSettings, tls: Option<&TlsSettings>) -> Option<Address> {
    let url = match (&server.url, tls, server.plain) {
        (Some(url), ..) => url.to_string(),
        (None, Some(tls), _) => {
            let host = match tls.primary() {
                Identifier::Ip(ip) if ip.is_ipv6() => format!("[{ip}]"),
                name => name.to_string(),
            };
            match server.https.port() {
                443 => format!("https://{host}"),
                port => format!("https://{host}:{port}"),
            }
        }
        (None, None, Some(plain)) if plain.ip().is_unspecified() => {
            format!("http://127.0.0.1:{}", plain.port())
        }
        (None, None, Some(plain)) => format!("http://{plain}"),
        (None, None, None) => return None,
    };
    url.parse().ok()
}

/// A configuration that is for a proxy, and does not say by which address that is known.
fn unknown_way(server: &ServerSettings, tls: Option<&TlsSettings>) -> Option<Finding> {
    let host = server
        .hosts
        .first()
        .filter(|_| server.url.is_none() && tls.is_none())?;
    let message = format!(
        "`hosts` names {host}: for the way through what is in front of docent, set `url` in [server], or name it with --url https://{host}/mcp"
    );
    Some(Finding::ok(Subject::Names, message))
}

/// The names of the certificate besides that of the address.
fn other_names(address: Option<&Address>, tls: Option<&TlsSettings>) -> Vec<String> {
    let names = tls.map(|tls| &tls.names).into_iter().flatten();
    let names = names.map(ToString::to_string);
    names
        .filter(|name| address.is_none_or(|address| address.host() != name))
        .collect()
}

/// All of it, whoever it is said to.
struct Report {
    address: Option<Address>,
    findings: Vec<Finding>,
    /// Whose eyes have seen it, where that needs to be said.
    seen: Option<String>,
}

impl Report {
    fn verdict(&self) -> Verdict {
        let worst = self.findings.iter().map(|finding| finding.verdict).max();
        worst.unwrap_or(Verdict::Ok)
    }

    fn text(&self, style: Style) -> String {
        let mut text = String::new();
        if let Some(address) = &self.address {
            text += &format!("{}\n", style.title(&address.to_string()));
        }
        for finding in &self.findings {
            let verdict = format!("{:<8}", finding.verdict.name());
            let verdict = match finding.verdict {
                Verdict::Ok => style.good(&verdict),
                Verdict::Warning => style.warning(&verdict),
                Verdict::Error => style.error(&verdict),
            };
            text += &format!(
                "{verdict} {:<13} {}",
                finding.subject.name(),
                finding.message
            );
            if let Some(cause) = finding.cause {
                text += &format!(" {}", style.aside(&format!("[{}]", cause.name())));
            }
            text.push('\n');
            if let Some(help) = &finding.help {
                text += &format!("{:23}help: {help}\n", "");
            }
        }
        if let Some(seen) = &self.seen {
            text += &format!("{}\n", style.aside(&format!("({seen})")));
        }
        text += &format!("{}\n", self.summary());
        text
    }

    fn summary(&self) -> String {
        let count = |verdict| {
            let with = self.findings.iter().filter(|it| it.verdict == verdict);
            with.count()
        };
        let plural = |number: usize, what: &str| match number {
            1 => format!("1 {what}"),
            number => format!("{number} {what}s"),
        };
        match (count(Verdict::Error), count(Verdict::Warning)) {
            (0, 0) => "all is well: nothing keeps assistants from connecting".to_owned(),
            (0, warnings) => format!("assistants can connect; {}", plural(warnings, "warning")),
            (errors, 0) => plural(errors, "error"),
            (errors, warnings) => {
                format!(
                    "{}, {}",
                    plural(errors, "error"),
                    plural(warnings, "warning")
                )
            }
        }
    }

    fn json(&self) -> serde_json::Value {
        let checks: Vec<_> = self.findings.iter().map(Finding::json).collect();
        json!({
            "verdict": self.verdict().name(),
            "address": self.address.as_ref().map(ToString::to_string),
            "seen": self.seen,
            "checks": checks,
        })
    }
}
