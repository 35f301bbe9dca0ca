//! Providers whose pages have words of their own for what is to be changed.

/// Who signs people in, as far as the address tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Provider {
    Keycloak,
    Entra,
    Okta,
    Google,
    Other,
}

impl Provider {
    pub(super) fn of(issuer: &str) -> Self {
        let rest = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = host.split(':').next().unwrap_or_default();
        let ends = |names: &[&str]| {
            names
                .iter()
                .any(|name| host == *name || host.ends_with(&format!(".{name}")))
        };
        if ends(&[
            "microsoftonline.com",
            "microsoftonline.us",
            "windows.net",
            "ciamlogin.com",
        ]) {
            Self::Entra
        } else if ends(&["okta.com", "oktapreview.com", "okta-emea.com"]) {
            Self::Okta
        } else if ends(&["accounts.google.com"]) {
            Self::Google
        } else if path.starts_with("realms/") || path.contains("/realms/") {
            Self::Keycloak
        } else {
            Self::Other
        }
    }

    /// How an assistant is made known by hand.
    pub(super) fn client_help(self) -> &'static str {
        match self {
            Self::Keycloak => {
                "make a client for each (Clients, Create client; Client authentication off, Standard flow on) with the address above as Valid redirect URI"
            }
            Self::Entra => {
                "make an app registration for each, with the address above under Authentication, Mobile and desktop applications (Web for Claude and ChatGPT)"
            }
            Self::Okta => {
                "make an OIDC native application for each (Applications, Create App Integration), with the address above as Sign-in redirect URI"
            }
            Self::Google => {
                "Google gives out tokens that nobody else can read: put a bridge in between (docs/google.md)"
            }
            Self::Other => {
                "make a public client for each at the provider, with the address above as redirect URI"
            }
        }
    }

    /// How a scope is made known.
    pub(super) fn scope_help(self) -> &'static str {
        match self {
            Self::Keycloak => {
                "make a client scope of that name in the realm (Client scopes, Create), of the type Optional, and let clients that register have it (Clients, Client registration, Allowed Client Scopes)"
            }
            Self::Entra => {
                "add a scope of that name under Expose an API of docent's app registration"
            }
            Self::Okta => {
                "add a scope of that name to the authorization server (Security, API, Scopes)"
            }
            Self::Google | Self::Other => "add a scope of that name at the provider",
        }
    }

    /// How `aud` is put right. `wanted`: what docent accepts.
    pub(super) fn audience_help(self, wanted: &str, found: &str) -> String {
        match self {
            Self::Keycloak => format!(
                "add a mapper to the client scope that assistants get (Client scopes, Mappers, Audience): Included Custom Audience {wanted}, Add to access token on"
            ),
            Self::Entra => format!(
                "Entra writes the Application (client) ID of docent's app registration into `aud`: if it is {found}, set `accepted_audiences = [\"{found}\"]` in the `[[issuer]]`; 00000003-… is a token for Microsoft Graph, which no setting makes one for docent"
            ),
            Self::Okta => format!(
                "write {wanted} as Audience of the authorization server (Security, API, Settings), or set `accepted_audiences = [\"{found}\"]` if that is its Audience for docent alone"
            ),
            Self::Google => {
                "Google makes no tokens for others: put a bridge in between (docs/google.md)"
                    .to_owned()
            }
            Self::Other => format!(
                "have the provider write {wanted} into `aud` (RFC 8707: assistants send it as `resource`); or, if {found} is docent alone there, set `accepted_audiences = [\"{found}\"]` in the `[[issuer]]`"
            ),
        }
    }

    /// What is done about `typ`.
    pub(super) fn type_help(self) -> &'static str {
        match self {
            Self::Keycloak => {
                "set `types = [\"at+jwt\", \"JWT\"]` in the `[[issuer]]`; or, at the client, Advanced, Use \"at+jwt\" as access token header type"
            }
            _ => {
                "set `types = [\"at+jwt\", \"JWT\"]` in the `[[issuer]]`, if the provider writes nothing else into access tokens"
            }
        }
    }

    /// How groups get into a token.
    pub(super) fn groups_help(self, claim: &str) -> String {
        match self {
            Self::Keycloak => format!(
                "add a mapper to the client scope (Client scopes, Mappers, Group Membership): Token Claim Name {claim}, Full group path off, Add to access token on"
            ),
            Self::Entra => "under Token configuration of docent's app registration, add the groups claim (Access); Entra writes the Object IDs of groups, which then stand in `groups` of the `[[audience]]`; app roles have names, with `groups_claim = \"roles\"`".to_owned(),
            Self::Okta => format!(
                "add a claim {claim} to the authorization server (Security, API, Claims): Include in Access Token, Value type Groups, filter Matches regex .*"
            ),
            Self::Google | Self::Other => format!(
                "have the provider write the groups into the claim `{claim}` of access tokens, or name the claim where they are as `groups_claim` in the `[[issuer]]`"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_known_by_its_address() {
        for (issuer, provider) in [
            ("https://login.example.com/realms/team", Provider::Keycloak),
            (
                "https://example.com:8443/auth/realms/team",
                Provider::Keycloak,
            ),
            (
                "https://login.microsoftonline.com/0000/v2.0",
                Provider::Entra,
            ),
            ("https://sts.windows.net/0000/", Provider::Entra),
            ("https://example.okta.com/oauth2/default", Provider::Okta),
            ("https://accounts.google.com", Provider::Google),
            ("https://notokta.com/oauth2/default", Provider::Other),
            ("https://login.example.com", Provider::Other),
        ] {
            assert_eq!(Provider::of(issuer), provider, "{issuer}");
        }
    }
}
