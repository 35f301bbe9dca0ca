//! `docent serve`: the service.

use std::{
    io::{self, IsTerminal as _, Write as _},
    net::{IpAddr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

use clap::Args;

use crate::{
    assistants::ServerName,
    config::{DocSet, LOCAL, NoAddress, Settings, listen_address, published_at, set_called},
    error::{Failure, Kind},
    platform::{Environment, LogSink, Notifier, Sockets, log_sink, machine_name, open_in_browser},
    search::{Progress, Report},
    service::{Endpoint, Observer, Server},
};

use super::{
    assistants,
    documents::{self, Documents, refuse_private},
    progress::Bar,
    report,
    style::Style,
};

/// Serve documents to AI assistants
///
/// Reads the documents, builds the index where it is not there yet, and answers over MCP until it
/// is stopped. Changed files are found again within seconds.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  docent serve ./docs                     serve a folder on http://127.0.0.1:8080/mcp
  docent serve ./docs --listen 18082      serve it on another port of this machine
  docent serve ./docs --public            serve it to the local network, without encryption
  docent serve --config docent.toml       serve what a configuration names")]
pub(super) struct Serve {
    #[command(flatten)]
    documents: Documents,

    /// The port, or address and port, to listen on; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(short, long, value_name = "ADDRESS", value_parser = address)]
    listen: Option<String>,

    #[command(flatten)]
    only: Only,

    /// Answer other machines too: everybody who reaches this one can read everything, unencrypted
    #[arg(long)]
    public: bool,

    /// Show the page for people in a browser, once docent answers
    #[arg(long)]
    open: bool,

    /// Where to keep the index [default: ~/.cache/docent]
    #[arg(long, value_name = "DIR")]
    cache_dir: Option<PathBuf>,

    /// Where certificates are kept [default: $STATE_DIRECTORY; /var/lib/docent for root and for the
    /// default configuration; else certs/ beside the configuration]
    #[arg(long, value_name = "DIR")]
    state_dir: Option<PathBuf>,

    /// Build the index again, even where the new one has far fewer pages
    #[arg(long)]
    rebuild: bool,
}

/// What is said of a single PATH.
#[derive(Debug, Clone, Default, Args)]
struct Only {
    /// What the document set is called [default: after its folder]
    #[arg(long, value_name = "NAME", value_parser = set_called, requires = "paths")]
    name: Option<String>,

    /// Where the documents are published, so that assistants can link to them
    #[arg(long, value_name = "URL", value_parser = published_at, requires = "paths")]
    base_url: Option<String>,
}

impl Only {
    fn apply(&self, settings: &mut Settings) -> Result<(), Failure> {
        if self.name.is_none() && self.base_url.is_none() {
            return Ok(());
        }
        let [set] = settings.docs.as_mut_slice() else {
            let message = "--name and --base-url are for a single PATH";
            return Err(Failure::new(Kind::Usage, message)
                .help("write a configuration for several: `docent init` begins one"));
        };
        if let Some(name) = &self.name {
            set.name.clone_from(name);
        }
        if self.base_url.is_some() {
            set.base_url.clone_from(&self.base_url);
        }
        Ok(())
    }
}

/// Where everybody on the network is answered who knows the port.
const EVERYWHERE: SocketAddr = SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), LOCAL.port());

/// Before a start fails for which somebody waits behind an open socket: systemd starts docent for them again at
/// once, and closes a socket for good that starts it too often (TriggerLimitBurst= in systemd.socket(5)).
const PAUSE: Duration = Duration::from_secs(2);

impl Serve {
    pub(super) fn run(self, environment: &Environment) -> anyhow::Result<()> {
        // They belong to this process alone, whatever is wrong with the settings.
        let sockets = Sockets::inherited();
        let are_passed = sockets.as_ref().map_or(true, |sockets| !sockets.is_empty());
        let result = sockets
            .map_err(Into::into)
            .and_then(|sockets| self.serve(environment, sockets));
        if are_passed && result.is_err() {
            thread::sleep(PAUSE);
        }
        result
    }

    fn serve(self, environment: &Environment, sockets: Sockets) -> anyhow::Result<()> {
        let config = self.documents.config().unwrap_or(Path::new(""));
        let state = environment.state_dir(self.state_dir.as_deref(), config);
        let private = self.documents.private(
            environment,
            self.state_dir.as_deref(),
            self.cache_dir.as_deref(),
        );
        let (documents, apart) = (self.documents.clone(), private.clone());
        let (only, public) = (self.only.clone(), self.public);
        // A port alone is one of this machine, or of all its addresses.
        let default = if public { EVERYWHERE } else { LOCAL };
        let address = self.listen.as_deref();
        let address = address.and_then(|text| listen_address(text, default).ok());
        let proxy = environment.proxy.clone();
        let reread = move || {
            let mut settings = documents.settings_to_serve("docent serve ./docs")?;
            if let Some(tls) = &mut settings.tls {
                tls.ask_through(proxy.as_ref());
            }
            refuse_private(&settings, &apart)?;
            only.apply(&mut settings)?;
            if public {
                settings.server.open_to_network(machine_name());
            }
            if let Some(address) = address.or(public.then_some(EVERYWHERE)) {
                listen(&mut settings, address)?;
            }
            Ok(settings)
        };
        let settings = reread()?;
        let terminal = Terminal {
            sets: settings.docs.clone(),
            name: assistants::name(&settings),
            is_read: log_sink(environment) != LogSink::Journal,
            style: Style::new(io::stdout().is_terminal() && !environment.no_color),
            bar: Bar::new(environment),
            network: self.public.then(|| machine_name().unwrap_or_default()),
            opens: self.open,
        };
        let server = Server {
            state,
            private,
            sockets,
            notifier: Notifier::from_environment(),
            reread: Box::new(reread),
            runtime_directory: environment.runtime_directory.clone(),
            proxy: environment.proxy.clone(),
            owns_cache: self.cache_dir.is_none() && environment.cache_directory.is_some(),
            cache_dir: documents::cache_dir(environment, self.cache_dir.as_deref())?,
            rebuild: self.rebuild,
            advice_to_root: match self.documents.config() {
                Some(_) => "set `user` in [server], or start docent as an ordinary user",
                None => {
                    "start docent as an ordinary user who may read the documents, such as with `sudo -u USER docent serve …`"
                }
            },
            must_exist: self.documents.config().is_none(),
            settings,
        };
        let observer: Arc<dyn Observer> = Arc::new(terminal);
        server.run(&observer)
    }
}

/// Tells a person what was read and where docent answers. In the journal, log lines do.
struct Terminal {
    sets: Vec<DocSet>,
    /// What assistants are to call docent.
    name: ServerName,
    is_read: bool,
    style: Style,
    bar: Bar,
    /// What others on the network call this machine, where they are answered; empty where it has no name.
    network: Option<String>,
    /// The page is shown in a browser.
    opens: bool,
}

impl Terminal {
    fn print(&self, text: &str) {
        if self.is_read {
            let mut stdout = io::stdout().lock();
            // Whoever started docent may have stopped reading; it serves all the same.
            let _ = stdout
                .write_all(text.as_bytes())
                .and_then(|()| stdout.flush());
        }
    }
}

impl Observer for Terminal {
    fn progress(&self, progress: Progress) {
        self.bar.show(progress);
    }

    fn indexed(&self, audience: Option<&str>, report: &Report) {
        self.bar.end();
        let of = |set: &&DocSet| report.sets.iter().any(|found| found.name == set.name);
        let sets: Vec<_> = self.sets.iter().filter(of).cloned().collect();
        if let Some(name) = audience {
            self.print(&format!("For the audience `{name}`:\n"));
        }
        self.print(&(report::text(&sets, report, self.style) + "\n"));
    }

    fn listening(&self, endpoint: &Endpoint, others: &[Endpoint]) {
        self.print(&assistants::text(endpoint, others, &self.name, self.style));
        if let Some(machine) = &self.network {
            self.print(&open_to_network(machine, endpoint));
        }
        if io::stdout().is_terminal() {
            self.print("Press Ctrl-C to stop.\n");
        }
        self.print("\n");
        if self.opens {
            show(endpoint);
        }
    }
}

/// What `--public` means.
fn open_to_network(machine: &str, endpoint: &Endpoint) -> String {
    const MEANS: &str = "everyone who reaches this machine can read everything, unencrypted.\n";
    match endpoint {
        Endpoint::Local(address) if !address.ip().is_loopback() && !machine.is_empty() => {
            let port = address.port();
            format!(
                "For others on the network: http://{machine}:{port}/mcp, or by an address of this machine; {MEANS}"
            )
        }
        _ => format!("Open to others on the network: {MEANS}"),
    }
}

/// Shows the page for people. Where it cannot, the address stands above.
fn show(endpoint: &Endpoint) {
    let Some(page) = assistants::page(endpoint) else {
        tracing::warn!("there is no address to show in a browser");
        return;
    };
    if let Err(error) = open_in_browser(&page) {
        tracing::warn!(%error, page, "no browser could be opened");
    }
}

fn address(text: &str) -> Result<String, String> {
    let address = listen_address(text, LOCAL).map(|_| text.to_owned());
    address.map_err(|error| format!("{error}: {}", NoAddress::HELP))
}

/// The address of the command line replaces the configuration's, under the same rule.
fn listen(settings: &mut Settings, address: SocketAddr) -> Result<(), Failure> {
    if !address.ip().is_loopback() && !settings.server.plain_public {
        let message = format!(
            "{address} can be reached from other machines, and plain HTTP is not encrypted"
        );
        return Err(Failure::new(Kind::Usage, message).help("use a loopback address such as 127.0.0.1:8080, or --public (`plain_public = true` in [server]) if this network is trusted or a proxy in front encrypts"));
    }
    settings.server.plain = Some(address);
    Ok(())
}
