//! A token that somebody pastes: what it says, compared with what docent takes, and never shown.

use std::time::{Duration, SystemTime};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;

use super::super::{
    credential::Token,
    finding::{Cause, Finding, Subject, listed},
};
use super::provider::Provider;
use crate::config::{AccessSettings, Group, IssuerSettings, TokenType};

const ABOUT: Subject = Subject::Token;
/// Groups that are shown.
const MAX_SHOWN: usize = 5;
/// By so much, clocks may differ.
const LEEWAY: Duration = Duration::from_secs(60);

/// What docent takes.
pub(super) struct Expected<'a> {
    /// As far as its configuration is at hand.
    pub(super) settings: Option<&'a AccessSettings>,
    /// Who signs people in, as the server says.
    pub(super) servers: &'a [String],
    /// The addresses of its endpoints.
    pub(super) resources: Vec<String>,
}

/// What is wrong with a token, as far as it can be read.
pub(super) fn check(token: &Token, expected: &Expected<'_>, now: SystemTime) -> Vec<Finding> {
    if token.is_docents() {
        return Vec::new();
    }
    let (header, claims) = match read(token) {
        Ok(read) => read,
        Err(why) => return vec![unreadable(why, expected)],
    };
    let issuer = claims["iss"].as_str().unwrap_or_default();
    let provider = Provider::of(issuer);
    let mut findings = Vec::new();
    let settings = expected.settings.filter(|it| !it.issuers.is_empty());
    let known = settings.map(|it| it.issuers.iter().find(|it| it.url == issuer));
    findings.extend(whose(issuer, settings, known.flatten(), expected));
    let known = known.flatten();
    findings.extend(what_for(&claims, known, expected, provider));
    findings.extend(kind(&header, &claims, known, provider));
    findings.extend(when(&claims, now));
    if let (Some(settings), Some(issuer)) = (settings, known) {
        findings.extend(who(&claims, settings, issuer, provider));
    }
    findings
}

fn unreadable(why: &str, expected: &Expected<'_>) -> Finding {
    let issuers = expected.servers.first().map_or("", String::as_str);
    let help = match Provider::of(issuers) {
        Provider::Google => {
            "Google gives out tokens that nobody else can read: put a bridge in between (docs/google.md)"
        }
        Provider::Okta => {
            "take a custom authorization server as `url` of the `[[issuer]]` (https://…okta.com/oauth2/…): the tokens of the org itself are for Okta alone"
        }
        _ => {
            "have the provider give out access tokens as signed JWTs (RFC 9068), for this resource; docent asks nobody about others, as it has no network"
        }
    };
    Finding::error(
        ABOUT,
        Cause::TokenUnreadable,
        format!("the token cannot be read: {why}"),
        help,
    )
}

/// The header and the claims; nobody has checked the signature.
fn read(token: &Token) -> Result<(Value, Value), &'static str> {
    let parts: Vec<_> = token.text().split('.').collect();
    let [header, claims, signature] = parts.as_slice() else {
        return Err(match parts.len() {
            5 => "it is encrypted, for somebody else",
            _ => "it is no JWT but a mere number, which only its issuer understands (opaque)",
        });
    };
    let object = |part: &str| {
        let text = BASE64_URL_SAFE_NO_PAD
            .decode(part.trim_end_matches('='))
            .ok()?;
        serde_json::from_slice::<Value>(&text)
            .ok()
            .filter(Value::is_object)
    };
    let header = object(header).ok_or("its first part is no JSON")?;
    let claims = object(claims).ok_or("its second part is no JSON")?;
    if signature.is_empty() {
        return Err("it has no signature");
    }
    Ok((header, claims))
}

fn whose(
    issuer: &str,
    settings: Option<&AccessSettings>,
    known: Option<&IssuerSettings>,
    expected: &Expected<'_>,
) -> Option<Finding> {
    let trusted: Vec<&str> = match settings {
        Some(settings) => settings.issuers.iter().map(|it| it.url.as_str()).collect(),
        None => expected.servers.iter().map(String::as_str).collect(),
    };
    if known.is_some() || trusted.contains(&issuer) {
        return None;
    }
    let near = trusted
        .iter()
        .find(|it| it.trim_end_matches('/') == issuer.trim_end_matches('/'));
    let help = match (near, Provider::of(issuer)) {
        (Some(near), _) => format!("write `url = {issuer:?}` in the `[[issuer]]` in place of {near:?}: the slash counts"),
        (None, Provider::Entra) if issuer.contains("sts.windows.net") => {
            "that is a token of version 1: set `requestedAccessTokenVersion` to 2 in the Manifest of docent's app registration".to_owned()
        }
        (None, _) => "see that the assistant has signed in where docent sends it; if this provider is to be trusted, add an `[[issuer]]` with this `url`".to_owned(),
    };
    Some(Finding::error(
        ABOUT,
        Cause::TokenIssuer,
        format!(
            "the token is of {issuer:?}, and docent trusts {}",
            listed(trusted.iter().map(|it| format!("{it:?}")))
        ),
        help,
    ))
}

fn what_for(
    claims: &Value,
    known: Option<&IssuerSettings>,
    expected: &Expected<'_>,
    provider: Provider,
) -> Option<Finding> {
    let found: Vec<&str> = match &claims["aud"] {
        Value::String(one) => vec![one],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let accepted = known.map_or(&expected.resources, |it| &it.accepted_audiences);
    if found.iter().any(|it| accepted.iter().any(|own| own == it)) {
        return None;
    }
    let wanted = expected.resources.first().or(accepted.first());
    let wanted = wanted.map_or("docent's address", String::as_str);
    let shown = listed(found.iter().take(MAX_SHOWN).map(|it| format!("{it:?}")));
    let message = format!(
        "the token is for {shown} (`aud`), and not for docent, which accepts {}",
        listed(accepted.iter().take(3).map(|it| format!("{it:?}")))
    );
    Some(Finding::error(
        ABOUT,
        Cause::TokenAudience,
        message,
        provider.audience_help(wanted, found.first().unwrap_or(&"that")),
    ))
}

fn kind(
    header: &Value,
    claims: &Value,
    known: Option<&IssuerSettings>,
    provider: Provider,
) -> Option<Finding> {
    let wrong =
        |message: String, help: &str| Some(Finding::error(ABOUT, Cause::TokenKind, message, help));
    let algorithm = header["alg"].as_str().unwrap_or("none");
    if algorithm.eq_ignore_ascii_case("none") || algorithm.starts_with("HS") {
        return wrong(
            format!(
                "the token is not signed with a key that docent could know: `alg` is {algorithm:?}"
            ),
            "have the provider sign access tokens with RS256, ES256 or EdDSA",
        );
    }
    let typ = header["typ"].as_str().unwrap_or_default();
    let plain = typ.to_ascii_lowercase();
    let plain = plain.strip_prefix("application/").unwrap_or(&plain);
    let found = match plain {
        "at+jwt" => Some(TokenType::AccessToken),
        "jwt" | "" => Some(TokenType::Jwt),
        _ => None,
    };
    let says = claims["typ"]
        .as_str()
        .is_some_and(|it| it.eq_ignore_ascii_case("Bearer"));
    let has = |name: &&str| !claims[*name].is_null();
    let is_marked = ["nonce", "at_hash", "c_hash"].iter().any(has);
    let is_other = ["ID", "Refresh", "Offline", "Logout"]
        .iter()
        .any(|it| claims["typ"] == *it);
    let is_id = is_other || claims["token_use"] == "id" || (is_marked && !says);
    if is_id && (is_other || found != Some(TokenType::AccessToken)) {
        return wrong(
            "it is an ID token or one of another kind, which tells a client who has signed in, and opens nothing".to_owned(),
            "take the access token that came with it",
        );
    }
    if has(&"cnf") {
        return wrong(
            "the token is bound to its holder's key (`cnf`), which docent cannot check".to_owned(),
            "switch DPoP and certificate-bound tokens off at the provider, for these clients",
        );
    }
    let types = known.map_or(&[TokenType::AccessToken][..], |it| &it.types);
    if found.is_some_and(|found| types.contains(&found)) {
        return None;
    }
    let shown = if typ.is_empty() {
        "nothing".to_owned()
    } else {
        format!("{typ:?}")
    };
    let message = format!(
        "`typ` in the token's header is {shown}, which is not among the `types` that docent takes from this issuer"
    );
    if known.is_none() {
        return Some(Finding::warning(
            ABOUT,
            Cause::TokenKind,
            message + ", unless its configuration says so",
            provider.type_help(),
        ));
    }
    wrong(message, provider.type_help())
}

fn when(claims: &Value, now: SystemTime) -> Option<Finding> {
    let moment = |name: &str| {
        let seconds = claims[name]
            .as_f64()
            .filter(|it| (0.0..1e11).contains(it))?;
        Some(SystemTime::UNIX_EPOCH + Duration::from_secs_f64(seconds))
    };
    let Some(end) = moment("exp") else {
        return Some(Finding::error(
            ABOUT,
            Cause::TokenExpired,
            "the token has no end (`exp`), and docent takes none without",
            "have the provider put `exp` into access tokens",
        ));
    };
    if let Ok(ago) = now.duration_since(end)
        && ago > LEEWAY
    {
        return Some(Finding::error(
            ABOUT,
            Cause::TokenExpired,
            format!("the token has expired {} ago", told(ago)),
            "have the assistant renew it; if it is new, compare the clocks (`timedatectl`) here and at the provider",
        ));
    }
    let ahead = moment("nbf").and_then(|begin| begin.duration_since(now).ok());
    ahead.filter(|ahead| *ahead > LEEWAY).map(|ahead| {
        Finding::error(
            ABOUT,
            Cause::TokenExpired,
            format!("the token counts from {} on (`nbf`)", told(ahead)),
            "compare the clocks (`timedatectl`) here and at the provider",
        )
    })
}

/// Which audience somebody belongs to, by groups.
fn who(
    claims: &Value,
    settings: &AccessSettings,
    issuer: &IssuerSettings,
    provider: Provider,
) -> Option<Finding> {
    let claim = &issuer.groups_claim;
    let value = claims.get(claim).or_else(|| {
        let mut names = claim.split('.');
        names.try_fold(claims, |at, name| at.get(name))
    });
    let groups: Vec<&str> = match value {
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(one)) => vec![one],
        _ => Vec::new(),
    };
    let is_in = |group: &Group| match group {
        Group::Everybody => true,
        Group::Called(name) => groups.contains(&name.as_str()),
    };
    let fits = settings.named().find(|it| it.groups.iter().any(is_in));
    let shown = listed(groups.iter().take(MAX_SHOWN).map(|it| format!("{it:?}")));
    let more = groups.len().saturating_sub(MAX_SHOWN);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    if let Some(audience) = fits {
        return Some(Finding::ok(
            ABOUT,
            format!(
                "by its groups ({shown}{more}), its owner reads what the audience `{}` may",
                audience.name
            ),
        ));
    }
    let wanted = settings.named().flat_map(|it| &it.groups);
    let wanted = wanted.filter_map(|group| match group {
        Group::Called(name) => Some(format!("{name:?}")),
        Group::Everybody => None,
    });
    let wanted = listed(wanted.take(MAX_SHOWN));
    let over = claims["_claim_names"]["groups"].is_string() || claims["hasgroups"] == true;
    let (message, help) = if over {
        (
            "Entra has left the groups out, as its owner is in too many (`_claim_names`)".to_owned(),
            "under Token configuration, choose Groups assigned to the application, or take app roles with `groups_claim = \"roles\"`".to_owned(),
        )
    } else if groups.is_empty() {
        (
            format!(
                "the token names no groups in `{claim}`, and the audiences want one of {wanted}"
            ),
            provider.groups_help(claim),
        )
    } else {
        (
            format!(
                "none of the token's groups ({shown}{more}) belongs to an audience: those want one of {wanted}"
            ),
            "write one of them, to the letter, into `groups` of the `[[audience]]`".to_owned(),
        )
    };
    Some(Finding::error(ABOUT, Cause::TokenGroups, message, help))
}

fn told(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..120 => format!("{seconds} seconds"),
        seconds @ 120..7_200 => format!("{} minutes", seconds / 60),
        seconds @ 7_200..172_800 => format!("{} hours", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::{AudienceName, AudienceSettings};

    const ISSUER: &str = "https://login.example.com/realms/team";
    const RESOURCE: &str = "https://docs.example.com/mcp";
    const NOW: u64 = 1_800_000_000;

    fn token(header: &Value, claims: &Value) -> Token {
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        Token::new(&format!("{}.{}.c2lnbmF0dXJl", part(header), part(claims))).unwrap()
    }

    fn settings() -> AccessSettings {
        AccessSettings {
            audiences: vec![AudienceSettings {
                name: AudienceName::new("staff").unwrap(),
                docs: vec!["handbook".to_owned()],
                groups: vec![Group::Called("staff".to_owned())],
                keys: Vec::new(),
            }],
            issuers: vec![IssuerSettings {
                url: ISSUER.to_owned(),
                accepted_audiences: vec![RESOURCE.to_owned()],
                groups_claim: "realm_access.roles".to_owned(),
                types: vec![TokenType::AccessToken],
                ca_file: None,
                jwks_url: None,
            }],
            ..AccessSettings::default()
        }
    }

    fn causes(header: &Value, claims: &Value) -> Vec<Cause> {
        let settings = settings();
        let expected = Expected {
            settings: Some(&settings),
            servers: &[ISSUER.to_owned()],
            resources: vec![RESOURCE.to_owned()],
        };
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
        let findings = check(&token(header, claims), &expected, now);
        findings.into_iter().filter_map(|it| it.cause).collect()
    }

    #[test]
    fn a_token_is_compared_with_what_docent_takes() {
        let header = json!({"alg": "ES256", "typ": "at+jwt"});
        let claims = json!({
            "iss": ISSUER, "aud": RESOURCE, "exp": NOW + 300, "nbf": NOW,
            "realm_access": {"roles": ["users", "staff"]},
        });
        assert_eq!(causes(&header, &claims), []);
        let but = |name: &str, value: Value| {
            let mut told = claims.clone();
            told[name] = value;
            told
        };
        for (claims, cause) in [
            (
                but("iss", json!("https://login.example.com/realms/team/")),
                Cause::TokenIssuer,
            ),
            (
                but("aud", json!(["account", "https://docs.example.com"])),
                Cause::TokenAudience,
            ),
            (but("aud", Value::Null), Cause::TokenAudience),
            (but("exp", json!(NOW - 61)), Cause::TokenExpired),
            (but("exp", Value::Null), Cause::TokenExpired),
            (but("nbf", json!(NOW + 61)), Cause::TokenExpired),
            (but("cnf", json!({"jkt": "x"})), Cause::TokenKind),
            (but("typ", json!("ID")), Cause::TokenKind),
            (
                but("realm_access", json!({"roles": ["users"]})),
                Cause::TokenGroups,
            ),
            (but("realm_access", Value::Null), Cause::TokenGroups),
        ] {
            assert!(
                causes(&header, &claims).contains(&cause),
                "{claims}: {:?}",
                causes(&header, &claims)
            );
        }
        let id_token = but("nonce", json!("x"));
        assert_eq!(
            causes(&json!({"alg": "RS256", "typ": "JWT"}), &id_token),
            [Cause::TokenKind]
        );
        assert_eq!(causes(&header, &id_token), []);
        for header in [
            json!({"alg": "RS256", "typ": "JWT"}),
            json!({"alg": "RS256"}),
            json!({"alg": "none", "typ": "at+jwt"}),
            json!({"alg": "HS256", "typ": "at+jwt"}),
        ] {
            assert_eq!(causes(&header, &claims), [Cause::TokenKind], "{header}");
        }
    }

    #[test]
    fn what_nobody_can_read_is_told() {
        let expected = Expected {
            settings: None,
            servers: &["https://accounts.google.com".to_owned()],
            resources: Vec::new(),
        };
        for token in [
            "ya29.a0AfH",
            "abc",
            "a.b.c",
            "e30.e30.",
            "a.b.c.d.e",
            "W10.W10.a",
        ] {
            let findings = check(&Token::new(token).unwrap(), &expected, SystemTime::now());
            assert_eq!(findings.len(), 1, "{token}");
            assert_eq!(findings[0].cause, Some(Cause::TokenUnreadable));
            assert!(findings[0].help.as_ref().unwrap().contains("bridge"));
            assert!(!findings[0].message.contains(token));
        }
    }
}
