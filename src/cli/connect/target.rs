//! Which docent is connected.

use std::{
    net::{IpAddr, SocketAddr},
    path::Path,
};

use crate::{
    assistants::{Server, ServerName},
    config::{Identifier, LOCAL, PublicUrl, Settings},
    discovery::{Service, server_json},
    error::{Failure, Kind},
    platform::{INSTALLED_CONFIG, local_config},
};

use super::super::{
    assistants::{self, base_url},
    documents::explain,
};

/// Where docent answers, from what somebody copies: its first page, or an address for assistants.
pub(super) fn address(text: &str) -> Result<PublicUrl, String> {
    let mut base = text.trim().trim_end_matches('/');
    for endpoint in ["/mcp", "/sse", "/chatgpt"] {
        base = base.strip_suffix(endpoint).unwrap_or(base);
    }
    base.parse()
        .map_err(|error| format!("it {error}; write it as https://docs.example.com"))
}

/// What the command line says, else the configuration, else a docent on this machine.
pub(in crate::cli) fn server(
    url: Option<PublicUrl>,
    name: Option<ServerName>,
    config: Option<&Path>,
) -> anyhow::Result<Server> {
    let (url, settings) = configured(url, config)?;
    let title = settings.as_ref().and_then(|it| it.site.title.clone());
    let own = settings.as_ref().map(assistants::name).unwrap_or_default();
    let title = title.unwrap_or_else(|| "docent".to_owned());
    let server = Server::new(url, &title).called(name.unwrap_or(own));
    let access = settings.map(|settings| settings.access).unwrap_or_default();
    let is_private = access.is_private() && access.anonymous().is_none();
    Ok(if is_private { server.private() } else { server })
}

/// `server.json`, for the MCP registry.
pub(super) fn registry(url: Option<PublicUrl>, config: Option<&Path>) -> anyhow::Result<String> {
    let (url, settings) = configured(url, config)?;
    let site = settings.map(|settings| settings.site).unwrap_or_default();
    let entry = server_json(&Service {
        url: &url,
        title: site.title.as_deref(),
        description: site.description.as_deref(),
    });
    let entry = entry.map_err(|error| {
        Failure::new(Kind::Usage, error.to_string()).help(
            "name the public address with --url, or as `url` in [server] of the configuration",
        )
    })?;
    Ok(serde_json::to_string_pretty(&entry)? + "\n")
}

/// Where docent answers, and its configuration where there is one to follow.
fn configured(
    url: Option<PublicUrl>,
    config: Option<&Path>,
) -> anyhow::Result<(PublicUrl, Option<Settings>)> {
    let usual = local_config().unwrap_or(Path::new(INSTALLED_CONFIG));
    let settings = match config {
        Some(config) => Some(Settings::load_to_serve(config).map_err(explain)?),
        // It is another machine's docent more often than not.
        None if url.is_none() && usual.exists() => Settings::load_to_serve(usual).ok(),
        None => None,
    };
    let url = match (url, &settings) {
        (Some(url), _) => url,
        (None, Some(settings)) => told(settings)?,
        (None, None) => parsed(&base_url(LOCAL))?,
    };
    Ok((url, settings))
}

/// Where the docent of a configuration is found.
fn told(settings: &Settings) -> anyhow::Result<PublicUrl> {
    if let Some(url) = &settings.server.url {
        return Ok(url.clone());
    }
    if let Some(tls) = &settings.tls {
        let host = match tls.primary() {
            Identifier::Ip(IpAddr::V6(address)) => format!("[{address}]"),
            name => name.to_string(),
        };
        return match settings.server.https.port() {
            443 => parsed(&format!("https://{host}")),
            port => parsed(&format!("https://{host}:{port}")),
        };
    }
    let plain: SocketAddr = settings.server.plain.unwrap_or(LOCAL);
    parsed(&base_url(plain))
}

fn parsed(url: &str) -> anyhow::Result<PublicUrl> {
    url.parse().map_err(|error| {
        Failure::new(Kind::Config, format!("{url} is no address of docent's"))
            .because(format!("it {error}"))
            .help("name it with --url URL")
            .into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_address_of_docent_names_it() {
        for text in [
            "https://docs.example.com",
            "https://docs.example.com/",
            "https://docs.example.com/mcp",
            " https://docs.example.com/mcp/ ",
            "https://docs.example.com/chatgpt",
            "https://docs.example.com/sse",
        ] {
            assert_eq!(
                address(text).unwrap().to_string(),
                "https://docs.example.com",
                "{text}"
            );
        }
        assert_eq!(
            address("http://10.0.0.1:8080/below/mcp")
                .unwrap()
                .to_string(),
            "http://10.0.0.1:8080/below"
        );
        for text in ["docs.example.com", "ftp://a", "https://", "https://a/?b"] {
            assert!(address(text).is_err(), "{text}");
        }
    }
}
