//! The environment, read once, and the folders that follow from it.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

use nix::unistd::Uid;

use crate::{config::Proxy, state::StateDir};

/// The configuration of an installed service.
pub const INSTALLED_CONFIG: &str = "/etc/docent/docent.toml";
/// Where it keeps its certificates.
const INSTALLED_STATE: &str = "/var/lib/docent";
/// Where it keeps its index.
const INSTALLED_CACHE: &str = "/var/cache/docent";

/// What docent takes from its environment variables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// `$CACHE_DIRECTORY`: set by systemd (`CacheDirectory=`), systemd.exec(5).
    pub cache_directory: Option<PathBuf>,
    /// `$STATE_DIRECTORY`: set by systemd (`StateDirectory=`), systemd.exec(5).
    pub state_directory: Option<PathBuf>,
    /// `$XDG_CACHE_HOME`, XDG Base Directory Specification.
    pub xdg_cache_home: Option<PathBuf>,
    /// `$XDG_CONFIG_HOME`, XDG Base Directory Specification.
    pub xdg_config_home: Option<PathBuf>,
    /// `$HOME`.
    pub home: Option<PathBuf>,
    /// `$JOURNAL_STREAM`: device and inode of the journal's socket, systemd.exec(5).
    pub journal_stream: Option<String>,
    /// `$RUST_LOG`: which log lines to write.
    pub log_filter: Option<String>,
    /// `$NO_COLOR` is set and not empty: no-color.org.
    pub no_color: bool,
    /// What outgoing connections go through: `$HTTPS_PROXY`, else `$ALL_PROXY`, with `$NO_PROXY`; in
    /// small letters too.
    pub proxy: Option<Proxy>,
    /// `$RUNTIME_DIRECTORY`: set by systemd (`RuntimeDirectory=`), systemd.exec(5).
    pub runtime_directory: Option<PathBuf>,
    /// `$CREDENTIALS_DIRECTORY`: set by systemd (`LoadCredential=`), systemd.exec(5).
    pub credentials_directory: Option<PathBuf>,
    /// The process runs as root.
    pub is_root: bool,
}

impl Environment {
    /// Reads the environment of this process; call it once, before there are other threads.
    pub fn read() -> Self {
        Self {
            is_root: Uid::effective().is_root(),
            ..Self::from_variables(|name| env::var_os(name))
        }
    }

    fn from_variables(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let text = |name: &str| variable(name).and_then(|value| value.into_string().ok());
        let either = |name: &str| text(name).or_else(|| text(&name.to_ascii_lowercase()));
        // A relative folder would depend on where docent happens to be started.
        let folder = |name| {
            variable(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        // systemd joins several folders with colons; ours has one.
        let first = |name| {
            let folders = variable(name)?;
            env::split_paths(&folders)
                .next()
                .filter(|path| path.is_absolute())
        };
        Self {
            cache_directory: first("CACHE_DIRECTORY"),
            state_directory: first("STATE_DIRECTORY"),
            xdg_cache_home: folder("XDG_CACHE_HOME"),
            xdg_config_home: folder("XDG_CONFIG_HOME"),
            home: folder("HOME"),
            journal_stream: text("JOURNAL_STREAM"),
            log_filter: text("RUST_LOG"),
            proxy: either("HTTPS_PROXY")
                .or_else(|| either("ALL_PROXY"))
                .map(|url| Proxy::of_environment(url, either("NO_PROXY").unwrap_or_default())),
            runtime_directory: first("RUNTIME_DIRECTORY"),
            credentials_directory: folder("CREDENTIALS_DIRECTORY"),
            no_color: variable("NO_COLOR").is_some(),
            is_root: false,
        }
    }

    /// Where the service of a configuration keeps its index, for others that look at it.
    pub fn cache_dir_of(&self, config: &Path) -> Option<PathBuf> {
        if config == Path::new(INSTALLED_CONFIG) {
            Some(PathBuf::from(INSTALLED_CACHE))
        } else {
            self.cache_dir(None)
        }
    }

    /// Where the index is kept: as the command line says, else where systemd says, else in the
    /// user's cache folder; `None` where there is none of these.
    pub fn cache_dir(&self, option: Option<&Path>) -> Option<PathBuf> {
        let in_cache = || {
            let cache = self.xdg_cache_home.clone();
            cache.or_else(|| Some(self.home.as_ref()?.join(".cache")))
        };
        option
            .map(Path::to_owned)
            .or_else(|| self.cache_directory.clone())
            .or_else(|| Some(in_cache()?.join("docent")))
    }

    /// Where certificates are kept: as the command line says, else where systemd says, else
    /// `/var/lib/docent` for root and for the configuration of the installed service, and else `certs/`
    /// beside the configuration.
    pub fn state_dir(&self, option: Option<&Path>, config: &Path) -> StateDir {
        if let Some(dir) = option.or(self.state_directory.as_deref()) {
            StateDir::new(dir)
        } else if self.is_root || config == Path::new(INSTALLED_CONFIG) {
            StateDir::new(INSTALLED_STATE)
        } else {
            StateDir::of_checkout(config.with_file_name("certs"))
        }
    }

    /// The folders that docent keeps for itself, that of the secrets which systemd passes, and those
    /// where it may have kept certificates when somebody else started it.
    pub fn own_folders(
        &self,
        state: Option<&Path>,
        cache: Option<&Path>,
        config: &Path,
    ) -> Vec<PathBuf> {
        let state = self.state_dir(state, config).root().to_owned();
        let others = [INSTALLED_STATE.into(), config.with_file_name("certs")];
        let cache = self.cache_dir(cache);
        let credentials = self.credentials_directory.clone();
        let own = [state].into_iter().chain(others);
        own.chain(cache).chain(credentials).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        Environment::from_variables(|name| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some(OsString::from(value))
        })
    }

    #[test]
    fn the_nearest_cache_folder_wins() {
        let mut variables = vec![
            ("CACHE_DIRECTORY", "/var/cache/docent:/var/cache/other"),
            ("XDG_CACHE_HOME", "/xdg"),
            ("HOME", "/home/a"),
        ];
        let cache = |variables: &[_], option: Option<&str>| {
            let dir = environment(variables).cache_dir(option.map(Path::new));
            dir.map(|dir| dir.display().to_string())
        };
        assert_eq!(cache(&variables, Some("c")).as_deref(), Some("c"));
        assert_eq!(
            cache(&variables, None).as_deref(),
            Some("/var/cache/docent")
        );
        variables.remove(0);
        assert_eq!(cache(&variables, None).as_deref(), Some("/xdg/docent"));
        variables[0].1 = "relative";
        assert_eq!(
            cache(&variables, None).as_deref(),
            Some("/home/a/.cache/docent")
        );
        variables[1].1 = "";
        assert_eq!(cache(&variables, None), None);
    }

    #[test]
    fn a_proxy_is_found_by_each_of_its_names() {
        let proxy = |variables: &[_]| environment(variables).proxy;
        let to = |url: &str, except: &str| Some(Proxy::of_environment(url, except));
        assert_eq!(proxy(&[("HTTP_PROXY", "http://a")]), None);
        assert_eq!(proxy(&[("https_proxy", "http://a")]), to("http://a", ""));
        assert_eq!(proxy(&[("all_proxy", "b:1")]), to("b:1", ""));
        let all = [
            ("HTTPS_PROXY", "http://a"),
            ("https_proxy", "http://b"),
            ("ALL_PROXY", "http://c"),
            ("no_proxy", "localhost"),
        ];
        assert_eq!(proxy(&all), to("http://a", "localhost"));
    }

    #[test]
    fn the_nearest_state_folder_wins() {
        let state = |environment: &Environment, option: Option<&str>| {
            environment.state_dir(option.map(Path::new), Path::new("/etc/docent/docent.toml"))
        };
        let mut environment = environment(&[("STATE_DIRECTORY", "/var/lib/docent:/var/lib/x")]);
        assert_eq!(state(&environment, Some("s")), StateDir::new("s"));
        assert_eq!(state(&environment, None), StateDir::new("/var/lib/docent"));
        environment.state_directory = None;
        let installed = StateDir::new("/var/lib/docent");
        assert_eq!(state(&environment, None), installed, "whoever asks");
        let other = Path::new("/home/a/docent.toml");
        let checkout = StateDir::of_checkout("/home/a/certs");
        assert_eq!(environment.state_dir(None, other), checkout);
        environment.is_root = true;
        assert_eq!(environment.state_dir(None, other), installed);
    }
}
