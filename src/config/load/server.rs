//! `[server]`: where and for whom to listen.

use std::time::Duration;

use toml::Spanned;

use super::{
    super::{
        file::ServerTable,
        network::TrustedProxies,
        problem::Complaint,
        settings::{LOCAL, ServerSettings},
        values::{address, host, network, origin, public_url, user},
    },
    Reader,
};

const DAY: Duration = Duration::from_secs(86_400);
/// What browsers' preload lists ask for at most.
const LONGEST_HSTS: Duration = Duration::from_secs(2 * 366 * DAY.as_secs());
const LONGEST_IDLE: Duration = Duration::from_secs(30 * DAY.as_secs());

impl Reader<'_> {
    /// `secure`: there is HTTPS, so that plain HTTP is not needed unless it is asked for.
    pub(super) fn server(&mut self, table: ServerTable, secure: bool) -> ServerSettings {
        let default = ServerSettings::default();
        let plain_public = table.plain_public.unwrap_or(default.plain_public);
        let mut plain = default.plain.filter(|_| !secure);
        if let Some(text) = table.plain {
            let parsed = address(text.get_ref(), LOCAL).and_then(|address| {
                if address.ip().is_loopback() || plain_public {
                    return Ok(address);
                }
                Err(Complaint::new(format!(
                    "{address} can be reached from other machines, and plain HTTP is not encrypted"
                ))
                .help("use a loopback address such as \"127.0.0.1:8080\", or set `plain_public = true` if this network is trusted or a proxy in front encrypts"))
            });
            plain = self.value(text.span(), parsed).or(plain);
        }
        ServerSettings {
            url: self.text(table.url, public_url),
            plain,
            plain_public,
            hosts: self.list(table.hosts, host),
            origins: self.list(table.origins, origin),
            trusted_proxies: self.trusted_proxies(table.trusted_proxies),
            https: self
                .text(table.https, |text| address(text, default.https))
                .unwrap_or(default.https),
            http: self
                .text(table.http, |text| address(text, default.http))
                .unwrap_or(default.http),
            hsts: self.period(table.hsts, LONGEST_HSTS),
            user: self.text(table.user, user),
            idle_exit: self.period(table.idle_exit, LONGEST_IDLE),
        }
    }
    fn trusted_proxies(&mut self, listed: Option<Vec<Spanned<String>>>) -> TrustedProxies {
        let listed = self.list(listed, |text| match text {
            "unix" => Ok(None),
            text => network(text).map(Some),
        });
        TrustedProxies {
            unix: listed.contains(&None),
            networks: listed.into_iter().flatten().collect(),
        }
    }
}
