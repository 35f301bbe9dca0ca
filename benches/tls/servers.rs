//! The servers that are measured: each a process of its own, with the same certificate, on one core.

use std::{
    error::Error,
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(20);
/// The core of the server that is measured; the driver has another one.
const CORE: &str = "0";

/// A running server; it ends when this is dropped.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) port: u16,
    process: Child,
}

/// What all of them are given.
pub(crate) struct Given {
    /// A folder for their configurations.
    pub(crate) folder: PathBuf,
    /// The chain, PEM.
    pub(crate) cert: PathBuf,
    /// Its key, PEM.
    pub(crate) key: PathBuf,
    /// A folder with the file `index.html`, which is answered to `GET /`.
    pub(crate) site: PathBuf,
}

impl Server {
    /// docent's server, serving its own documentation.
    pub(crate) fn docent(given: &Given) -> Result<Self, Box<dyn Error>> {
        let port = free_port()?;
        let mut command = pinned(std::env::current_exe()?);
        command
            .arg("serve")
            .arg(port.to_string())
            .args([&given.cert, &given.key]);
        Self::start("docent", port, command)
    }

    /// nginx as Debian configures it, but without a log of requests, and with connections that stay
    /// open for any number of requests.
    pub(crate) fn nginx(given: &Given) -> Result<Self, Box<dyn Error>> {
        let port = free_port()?;
        let folder = given.folder.display();
        let file = given.folder.join("nginx.conf");
        let user = if is_root()? { "user root;\n" } else { "" };
        fs::write(
            &file,
            format!(
                "{user}daemon off;\nworker_processes auto;\npid {folder}/nginx.pid;\nerror_log stderr error;\n\
                 events {{ worker_connections 768; }}\n\
                 http {{\n  access_log off;\n  sendfile on;\n  tcp_nopush on;\n  types {{ text/html html; }}\n\
                 \x20 client_body_temp_path {folder}/body;\n  proxy_temp_path {folder}/proxy;\n\
                 \x20 fastcgi_temp_path {folder}/fastcgi;\n  uwsgi_temp_path {folder}/uwsgi;\n\
                 \x20 scgi_temp_path {folder}/scgi;\n  keepalive_requests 100000000;\n\
                 \x20 server {{\n    listen 127.0.0.1:{port} ssl http2;\n    server_name localhost;\n\
                 \x20   ssl_certificate {};\n    ssl_certificate_key {};\n\
                 \x20   ssl_protocols TLSv1.2 TLSv1.3;\n    ssl_session_cache shared:SSL:1m;\n\
                 \x20   root {};\n  }}\n}}\n",
                given.cert.display(),
                given.key.display(),
                given.site.display()
            ),
        )?;
        let mut command = pinned("/usr/sbin/nginx");
        command.arg("-e").arg("stderr").arg("-c").arg(file);
        Self::start("nginx", port, command)
    }

    /// Caddy as it is by default.
    pub(crate) fn caddy(given: &Given) -> Result<Self, Box<dyn Error>> {
        let port = free_port()?;
        let file = given.folder.join("Caddyfile");
        fs::write(
            &file,
            format!(
                "{{\n\tadmin off\n\tauto_https disable_redirects\n}}\nhttps://localhost:{port} {{\n\
                 \ttls {} {}\n\troot * {}\n\tfile_server\n}}\n",
                given.cert.display(),
                given.key.display(),
                given.site.display()
            ),
        )?;
        let mut command = pinned("caddy");
        command
            .args(["run", "--adapter", "caddyfile", "--config"])
            .arg(file);
        command
            .env("XDG_DATA_HOME", &given.folder)
            .env("XDG_CONFIG_HOME", &given.folder);
        Self::start("Caddy", port, command)
    }

    /// Processor time that it has used so far, its workers' too.
    pub(crate) fn used(&self) -> Result<Duration, Box<dyn Error>> {
        let main = self.process.id();
        let workers = fs::read_to_string(format!("/proc/{main}/task/{main}/children"))?;
        let workers = workers.split_whitespace().map(str::to_owned);
        let mut used = Duration::ZERO;
        for process in workers.chain([main.to_string()]) {
            for task in fs::read_dir(format!("/proc/{process}/task"))? {
                // In nanoseconds, first of three fields.
                let times = fs::read_to_string(task?.path().join("schedstat"))?;
                let time = times.split(' ').next().ok_or("schedstat is empty")?;
                used += Duration::from_nanos(time.parse()?);
            }
        }
        Ok(used)
    }

    fn start(name: &'static str, port: u16, mut command: Command) -> Result<Self, Box<dyn Error>> {
        let process = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| {
                format!("{name} does not start ({error}): see tests/needs.sh bench")
            })?;
        let mut server = Self {
            name,
            port,
            process,
        };
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if let Some(status) = server.process.try_wait()? {
                return Err(format!("{name} ended: {status}: {command:?}").into());
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("{name} does not listen: {command:?}").into());
            }
            thread::yield_now();
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGTERM, so that nginx ends its workers too.
        let id = self.process.id().to_string();
        let _ = Command::new("kill").arg(id).status();
        let _ = self.process.wait();
    }
}

/// Keeps this process, which has one thread yet, off the core of the servers.
pub(crate) fn keep_off_their_core() -> Result<(), Box<dyn Error>> {
    let last = thread::available_parallelism()?.get() - 1;
    let id = std::process::id().to_string();
    let done = Command::new("taskset")
        .args(["--cpu-list", "--pid", &format!("1-{last}"), &id])
        .stdout(Stdio::null())
        .status()?;
    done.success()
        .then_some(())
        .ok_or("taskset failed: there have to be two cores".into())
}

fn pinned(program: impl AsRef<Path>) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", CORE]).arg(program.as_ref());
    command
}

/// Free at this moment: the servers take a number, not a socket.
fn free_port() -> Result<u16, Box<dyn Error>> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

fn is_root() -> Result<bool, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let user = status.lines().find_map(|line| line.strip_prefix("Uid:\t"));
    Ok(user.is_some_and(|user| user.starts_with("0\t")))
}
