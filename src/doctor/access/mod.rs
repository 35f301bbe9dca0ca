//! Documentation that is not everybody's: how assistants are told to sign in, who signs people in, and what a token has to be.
//! A server that is everybody's is asked none of this.
mod assistants;
mod challenge;
mod elsewhere;
mod forged;
mod provider;
mod resource;
mod server;
mod token;

use std::time::SystemTime;

use super::{
    credential::Token,
    exchange::Client,
    finding::{Cause, Finding, Subject},
};
use crate::config::AccessSettings;
use token::Expected;

pub(super) use challenge::Challenge;

/// What the examination of a server that is not everybody's needs to know.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// What is sent where it asks who asks.
    pub token: Option<Token>,
    /// Its configuration, where it is at hand.
    pub settings: Option<AccessSettings>,
}

/// Looks whether a server that answers somebody without a credential also has something for those who sign in.
pub(super) async fn is_there(client: &Client<'_>) -> bool {
    resource::is_there(&client.anonymous()).await
}

/// Asks all that assistants ask before somebody is signed in.
pub(super) async fn check(client: &Client<'_>, access: &Access) -> Vec<Finding> {
    let (mut findings, scope) = challenge::check(client).await;
    let (told, resource) = resource::check(client).await;
    findings.extend(told);
    let resource = resource.unwrap_or_default();
    let scope = scope.or_else(|| Some(resource.scopes.join(" ")).filter(|it| !it.is_empty()));
    if let Some(issuer) = resource.servers.first() {
        let own = client.address.url(client.address.base());
        let is_own = issuer.trim_end_matches('/') == own;
        findings.extend(server::check(client.dialer, issuer, is_own, scope.as_deref()).await);
    }
    let headers = access
        .settings
        .as_ref()
        .and_then(|it| it.identity_headers.as_ref());
    let header = headers.map(|headers| headers.user.as_str());
    findings.extend(forged::check(client, header).await);
    if let Some(token) = &access.token {
        let address = &client.address;
        let expected = Expected {
            settings: access.settings.as_ref(),
            servers: &resource.servers,
            resources: ["/mcp", "/chatgpt", "/sse", ""]
                .map(|path| address.url(&address.path(path)))
                .to_vec(),
        };
        findings.extend(token::check(token, &expected, SystemTime::now()));
    }
    findings
}

/// The token is not good enough for the server, in the server's own words.
pub(super) fn refused(challenge: &Challenge, status: u16) -> Finding {
    let error = challenge.error.as_deref().unwrap_or("no reason");
    let why = challenge.description.as_deref().unwrap_or(error);
    Finding::error(
        Subject::Token,
        Cause::TokenRefused,
        format!("the server refuses the token or key with {status}: {why}"),
        "see the lines above for what is to be changed; an access key is as `docent key new` has printed it, and `docent key list` tells whether it is in use",
    )
}

/// The token is kept back.
pub(super) fn kept() -> Finding {
    Finding::warning(
        Subject::Token,
        Cause::TokenKept,
        "the token is not sent: somebody could read it on the way, as there is no HTTPS with a certificate that is trusted",
        "see the lines above; over plain HTTP, a token goes to this machine alone",
    )
}
