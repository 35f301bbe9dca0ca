//! A real proxy, configured by the manual's own words.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::Instant,
};

use crate::{
    behind::{Below, Socket},
    left_out::needs_program,
    server::PATIENCE,
};

/// Which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Nginx,
    Caddy,
    CaddyOverHttp2,
}

/// One that runs, until it is dropped.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    process: Child,
}

impl Kind {
    pub(crate) fn is_installed(self) -> bool {
        match self {
            Self::Nginx => needs_program("docent behind nginx", "nginx", "nginx-light"),
            Self::Caddy | Self::CaddyOverHttp2 => {
                needs_program("docent behind Caddy", "caddy", "caddy")
            }
        }
    }
}

impl Proxy {
    /// In front of what listens at `upstream`, with the certificate in a folder.
    pub(crate) fn start(
        kind: Kind,
        below: Below,
        socket: Socket,
        upstream: &str,
        folder: &Path,
    ) -> Self {
        Self::run(kind, folder, |port| match kind {
            Kind::Nginx => nginx(below, socket, upstream, folder, port),
            Kind::Caddy | Kind::CaddyOverHttp2 => {
                caddy(kind, below, socket, upstream, folder, port)
            }
        })
    }

    /// The same with a login before it, which answers at `login`.
    pub(crate) fn with_login(
        kind: Kind,
        socket: Socket,
        upstream: &str,
        login: &str,
        folder: &Path,
    ) -> Self {
        Self::run(kind, folder, |port| match kind {
            Kind::Nginx => {
                let server = replaced(&example("nginx", 2), "127.0.0.1:4180", login);
                let upstream = match socket {
                    Socket::Tcp => format!("http://{upstream};"),
                    Socket::Unix => format!("http://unix:{upstream};"),
                };
                let server = replaced(&server, "http://127.0.0.1:8080;", &upstream);
                nginx_with(&server, folder, port)
            }
            Kind::Caddy | Kind::CaddyOverHttp2 => {
                let site = replaced(&example("caddyfile", 2), "127.0.0.1:9091", login);
                caddy_with(
                    kind,
                    &site,
                    "docs.example.com {",
                    socket,
                    upstream,
                    folder,
                    port,
                )
            }
        })
    }

    fn run(kind: Kind, folder: &Path, command: impl Fn(u16) -> Command) -> Self {
        // Somebody else may take a port between the look for a free one and its use.
        for _ in 0..5 {
            let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let port = free.local_addr().unwrap().port();
            drop(free);
            let mut command = command(port);
            let log = fs::File::create(folder.join("log")).unwrap();
            let process = command
                .stdin(Stdio::null())
                .stdout(log.try_clone().unwrap())
                .stderr(log)
                .spawn()
                .unwrap();
            let mut proxy = Self { port, process };
            if proxy.listens() {
                return proxy;
            }
        }
        let log = fs::read_to_string(folder.join("log")).unwrap();
        panic!("{kind:?} does not start: {log}");
    }

    /// Waits until it does; false where it has ended.
    fn listens(&mut self) -> bool {
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            if self.process.try_wait().unwrap().is_some() {
                return false;
            }
            assert!(begun.elapsed() < PATIENCE, "the proxy does not listen");
            std::thread::yield_now();
        }
        self.process.try_wait().unwrap().is_none()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // SIGTERM, so that nginx ends its workers too.
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.process.id()).unwrap());
        let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM);
        let _ = self.process.wait();
    }
}

/// The example of this number in the manual.
fn example(language: &str, number: usize) -> String {
    let page = include_str!("../../docs/proxies.md");
    let fence = format!("```{language}\n");
    let example = page.split(&fence).nth(number + 1).unwrap();
    example.split("```").next().unwrap().to_owned()
}

/// The same with something else in the place of what stands there, which has to be there.
fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from} is not in {text}");
    text.replace(from, to)
}

fn nginx(below: Below, socket: Socket, upstream: &str, folder: &Path, port: u16) -> Command {
    let mut server = example("nginx", 0);
    if below != Below::Nothing {
        let begin = server.find("    location / {").unwrap();
        server.truncate(begin);
        server += &example("nginx", 1);
        server += "}\n";
    }
    let slash = if below == Below::TakenOff { "/" } else { "" };
    let upstream = match (socket, below) {
        (Socket::Tcp, _) => format!("http://{upstream}{slash};"),
        (Socket::Unix, Below::TakenOff) => format!("http://unix:{upstream}:/;"),
        (Socket::Unix, _) => format!("http://unix:{upstream};"),
    };
    server = replaced(&server, "http://127.0.0.1:8080;", &upstream);
    nginx_with(&server, folder, port)
}

/// nginx with one server, at a port, with the certificate in a folder.
fn nginx_with(server: &str, folder: &Path, port: u16) -> Command {
    let folder = folder.display();
    let mut server = server.to_owned();
    server = replaced(&server, "listen 443 ", &format!("listen 127.0.0.1:{port} "));
    server = replaced(&server, "    listen [::]:443 ssl http2;\n", "");
    server = replaced(
        &server,
        "/etc/ssl/docs.example.com.pem",
        &format!("{folder}/cert.pem"),
    );
    server = replaced(
        &server,
        "/etc/ssl/docs.example.com.key",
        &format!("{folder}/key.pem"),
    );
    let is_root = nix::unistd::Uid::effective().is_root();
    let user = if is_root { "user root;\n" } else { "" };
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {folder}/{name};\n"))
        .concat();
    let file = format!("{folder}/nginx.conf");
    fs::write(
        &file,
        format!(
            "{user}daemon off;\nworker_processes 1;\npid {folder}/nginx.pid;\nerror_log stderr warn;\n\
             events {{ worker_connections 256; }}\nhttp {{\naccess_log off;\n{temporary}{server}}}\n"
        ),
    )
    .unwrap();
    let mut command = Command::new("sh");
    command.args([
        "-c",
        "PATH=$PATH:/usr/sbin exec nginx -e stderr -c \"$0\"",
        &file,
    ]);
    command
}

fn caddy(
    kind: Kind,
    below: Below,
    socket: Socket,
    upstream: &str,
    folder: &Path,
    port: u16,
) -> Command {
    let (mut site, name) = match below {
        Below::Nothing => (example("caddyfile", 0), "docs.example.com {"),
        Below::Kept | Below::TakenOff => (example("caddyfile", 1), "www.example.com {"),
    };
    if below == Below::TakenOff {
        site = replaced(&site, "handle ", "handle_path ");
    }
    caddy_with(kind, &site, name, socket, upstream, folder, port)
}

/// Caddy with one site, which is called `name` in the manual, at a port, with the certificate in a folder.
fn caddy_with(
    kind: Kind,
    site: &str,
    name: &str,
    socket: Socket,
    upstream: &str,
    folder: &Path,
    port: u16,
) -> Command {
    let shown = folder.display();
    let mut upstream = match socket {
        Socket::Tcp => upstream.to_owned(),
        Socket::Unix => format!("unix/{upstream}"),
    };
    if kind == Kind::CaddyOverHttp2 {
        upstream = format!("h2c://{upstream}");
    }
    let mut site = replaced(site, "127.0.0.1:8080", &upstream);
    let tls = format!("https://localhost:{port} {{\n\ttls {shown}/cert.pem {shown}/key.pem");
    site = replaced(&site, name, &tls);
    let file = folder.join("Caddyfile");
    let options = "{\n\tadmin off\n\tauto_https disable_redirects\n}\n";
    fs::write(&file, format!("{options}{site}")).unwrap();
    let mut command = Command::new("caddy");
    command
        .args(["run", "--adapter", "caddyfile", "--config"])
        .arg(file)
        .env("HOME", folder)
        .env("XDG_DATA_HOME", folder)
        .env("XDG_CONFIG_HOME", folder);
    command
}
