//! The request with which an assistant sends a person to the sign-in page (RFC 6749, section 4.1.1; RFC 7636; RFC 8707).

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64_URL};
use serde::{Deserialize, Serialize};

use super::{
    client::{Client, ClientHash},
    destination::Destination,
    parameters::{Malformed, Parameters},
    resource,
};
use crate::auth::seal::SealingKeys;
use crate::config::PublicUrl;

/// A request that can be answered with a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    pub(super) client: ClientHash,
    /// What the client calls itself, which nobody has checked.
    pub name: Option<String>,
    /// Where the person is sent back to.
    pub destination: Destination,
    pub(super) state: Option<String>,
    pub(super) challenge: Challenge,
    pub(super) resource: String,
}

/// The SHA-256 of a secret that only the client knows (RFC 7636, `S256`).
pub(super) type Challenge = [u8; 32];

/// Why a request gets no page to sign in on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// Nobody can be sent back: the person is told on a page.
    Here(Unanswerable),
    /// The client is told, by sending the person back.
    There(Bounced),
}

/// Why a person stays where he is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unanswerable {
    /// The link is damaged.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// Nobody is registered under this identifier.
    #[error("docent does not know the program that asks")]
    Client,
    /// The client's identifier is the address of a document that docent does not have.
    #[error("docent does not have the document by which the program names itself")]
    Document,
    /// The client is not found where people are to be sent back to.
    #[error("the address to go back to is not one of the program that asks")]
    Destination,
}

/// Sends a person back with an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounced {
    /// Where to.
    pub destination: Destination,
    state: Option<String>,
    /// What is wrong.
    pub error: ErrorCode,
    why: String,
}

/// Errors that a client is told of (RFC 6749, section 4.1.2.1; RFC 8707, section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// A parameter is missing, is there twice, or says something that cannot be.
    InvalidRequest,
    /// Another answer than a code is asked for.
    UnsupportedResponseType,
    /// The resource is none of docent's.
    InvalidTarget,
    /// The person does not want to, or something is not as it should be.
    AccessDenied,
    /// docent cannot.
    ServerError,
}

/// Longest state, in bytes: it comes back in an address.
const MAX_STATE: usize = 4 * 1024;

impl Request {
    /// Reads a request that was sent to docent at `base`. Who asks, and where the person is sent back to, come first:
    /// as long as these are not sure, nobody is sent anywhere (RFC 6749, section 4.1.2.1).
    ///
    /// # Errors
    /// Where there is nothing to sign in for.
    pub fn read(
        parameters: &Parameters,
        keys: &SealingKeys,
        base: &PublicUrl,
    ) -> Result<Self, Unread> {
        let here = |why: Malformed| Unread::Here(why.into());
        let id = parameters.needed("client_id").map_err(here)?;
        let asked = parameters.needed("redirect_uri").map_err(here)?;
        let client = Client::find(id, keys).ok_or_else(|| {
            let is_document = id.starts_with("https://");
            Unread::Here(match is_document {
                true => Unanswerable::Document,
                false => Unanswerable::Client,
            })
        })?;
        let destination = client
            .destination(asked)
            .ok_or(Unread::Here(Unanswerable::Destination))?;
        // A state that is there twice, or too long, cannot come back: the client then knows of no request of its own.
        let state = parameters.one("state");
        let known = state
            .ok()
            .flatten()
            .filter(|state| state.len() <= MAX_STATE);
        let known = known.map(str::to_owned);
        let bounced = |(error, why): (ErrorCode, String)| {
            Unread::There(Bounced {
                destination: destination.clone(),
                state: known.clone(),
                error,
                why,
            })
        };
        if state.is_ok_and(|state| state.is_some_and(|state| state.len() > MAX_STATE)) {
            let why = format!("state is longer than {MAX_STATE} bytes");
            return Err(bounced((ErrorCode::InvalidRequest, why)));
        }
        let (challenge, resource) = asked_for(parameters, base).map_err(&bounced)?;
        Ok(Self {
            client: client.id,
            name: client.name().map(str::to_owned),
            destination,
            state: known,
            challenge,
            resource,
        })
    }

    /// Whether it was sent to the docent that is found at `base`. Several may share what seals a form; whoever answers it
    /// names itself (RFC 9207), and that has to be who gives out the token.
    pub fn is_for(&self, base: &PublicUrl) -> bool {
        resource::is_of(&base.to_string(), &self.resource)
    }

    /// Where the person is sent with a code: with the state that the client gave, and who answers (RFC 9207).
    pub fn answered(&self, code: &str, base: &PublicUrl) -> String {
        let issuer = base.to_string();
        let state = self.state.as_deref().map(|state| ("state", state));
        let answer = [("code", code), ("iss", &issuer)];
        self.destination.with(answer.into_iter().chain(state))
    }

    /// The same where the person does not want to, or docent cannot.
    pub fn refused(&self, error: ErrorCode, why: &str) -> Bounced {
        Bounced {
            destination: self.destination.clone(),
            state: self.state.clone(),
            error,
            why: why.to_owned(),
        }
    }
}

/// What is asked for: the challenge, and the resource.
fn asked_for(
    parameters: &Parameters,
    base: &PublicUrl,
) -> Result<(Challenge, String), (ErrorCode, String)> {
    let invalid = |why: Malformed| (ErrorCode::InvalidRequest, why.to_string());
    let wrong = |why: &str| (ErrorCode::InvalidRequest, why.to_owned());
    for once in ["state", "scope", "response_mode"] {
        parameters.one(once).map_err(invalid)?;
    }
    if parameters.needed("response_type").map_err(invalid)? != "code" {
        let why = "response_type has to be code".to_owned();
        return Err((ErrorCode::UnsupportedResponseType, why));
    }
    if parameters
        .one("response_mode")
        .is_ok_and(|mode| mode.is_some_and(|it| it != "query"))
    {
        return Err(wrong("response_mode has to be query"));
    }
    for outside in ["request", "request_uri"] {
        if parameters.one(outside).map_err(invalid)?.is_some() {
            return Err(wrong("docent takes no request objects"));
        }
    }
    // The default of RFC 7636 is `plain`, which protects from nobody who sees the request.
    if parameters.one("code_challenge_method").map_err(invalid)? != Some("S256") {
        return Err(wrong("code_challenge_method has to be S256"));
    }
    let challenge = parameters.needed("code_challenge").map_err(invalid)?;
    let challenge = BASE64_URL.decode(challenge).ok();
    let challenge = challenge.and_then(|bytes| bytes.try_into().ok());
    let challenge = challenge
        .ok_or_else(|| wrong("code_challenge has to be a SHA-256 in base64url, of 43 letters"))?;
    let resource = match parameters.one("resource").map_err(invalid)? {
        // Clients of the first version that had sign-in do not know it.
        None => base.to_string(),
        Some(named) => resource::own(base, named).ok_or_else(|| {
            let why = format!("the resource is none of docent's: {base}/mcp, for example, is one");
            (ErrorCode::InvalidTarget, why)
        })?,
    };
    Ok((challenge, resource))
}

impl Bounced {
    /// Where the person is sent.
    pub fn address(&self, base: &PublicUrl) -> String {
        let issuer = base.to_string();
        let state = self.state.as_deref().map(|state| ("state", state));
        let answer = [
            ("error", self.error.as_str()),
            ("error_description", &*self.why),
            ("iss", &*issuer),
        ];
        self.destination.with(answer.into_iter().chain(state))
    }
}

impl ErrorCode {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidTarget => "invalid_target",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::auth::seal::tests::keys;

    pub(crate) const CLAUDE: &str = "https://claude.ai/oauth/mcp-oauth-client-metadata";
    pub(crate) const CALLBACK: &str = "https://claude.ai/api/mcp/auth_callback";
    /// Of RFC 7636, appendix B.
    pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    pub(crate) fn base() -> PublicUrl {
        "https://docs.example.com".parse().unwrap()
    }

    /// A good request, with some parameters said otherwise, added, or (`""`) left out.
    fn read(changes: &[(&str, &str)], more: &str) -> Result<Request, Unread> {
        let mut good = vec![
            ("response_type", "code"),
            ("client_id", CLAUDE),
            ("redirect_uri", CALLBACK),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("state", "of the client"),
            ("resource", "https://docs.example.com/mcp"),
            ("scope", "docs:read offline_access"),
        ];
        for (name, value) in changes {
            good.retain(|(own, _)| own != name);
            good.push((name, value));
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        let query = query.extend_pairs(good).finish();
        let parameters = Parameters::parse(format!("{query}{more}").as_bytes()).unwrap();
        Request::read(&parameters, &keys(), &base())
    }

    pub(crate) fn request() -> Request {
        read(&[], "").unwrap()
    }

    #[test]
    fn a_good_one_is_answered_with_code_state_and_issuer() {
        let request = request();
        assert_eq!(request.name.as_deref(), Some("Claude"));
        assert_eq!(request.resource, "https://docs.example.com/mcp");
        assert_eq!(
            request.answered("abc", &base()),
            format!("{CALLBACK}?code=abc&iss=https%3A%2F%2Fdocs.example.com&state=of+the+client")
        );
        let whole = read(&[("resource", ""), ("state", "")], "").unwrap();
        assert_eq!(whole.resource, "https://docs.example.com");
        assert!(!whole.answered("abc", &base()).contains("state"));
    }

    #[test]
    fn nobody_is_sent_anywhere_as_long_as_the_client_is_not_sure() {
        for (changes, more, why) in [
            (
                &[("client_id", "")][..],
                "",
                Unanswerable::Malformed(Malformed::Missing("client_id")),
            ),
            (
                &[("redirect_uri", "")],
                "",
                Unanswerable::Malformed(Malformed::Missing("redirect_uri")),
            ),
            (
                &[],
                "&redirect_uri=https%3A%2F%2Fevil.example%2F",
                Unanswerable::Malformed(Malformed::Repeated("redirect_uri")),
            ),
            (
                &[],
                "&client_id=x",
                Unanswerable::Malformed(Malformed::Repeated("client_id")),
            ),
            (
                &[("client_id", "docent_client_AAAA")],
                "",
                Unanswerable::Client,
            ),
            (
                &[("client_id", "https://evil.example/c")],
                "",
                Unanswerable::Document,
            ),
            (
                &[("redirect_uri", "https://evil.example/")],
                "",
                Unanswerable::Destination,
            ),
            (
                &[("redirect_uri", "http://localhost/callback")],
                "",
                Unanswerable::Destination,
            ),
            // Whatever else is wrong.
            (
                &[
                    ("redirect_uri", "https://evil.example/"),
                    ("response_type", "token"),
                ],
                "",
                Unanswerable::Destination,
            ),
        ] {
            assert_eq!(
                read(changes, more),
                Err(Unread::Here(why)),
                "{changes:?} {more}"
            );
        }
    }

    #[test]
    fn what_else_is_wrong_goes_back_with_state_and_issuer() {
        let long = "s".repeat(MAX_STATE + 1);
        for (changes, more, error) in [
            (
                &[("response_type", "token")][..],
                "",
                ErrorCode::UnsupportedResponseType,
            ),
            (
                &[("response_type", "code token")],
                "",
                ErrorCode::UnsupportedResponseType,
            ),
            (&[("response_type", "")], "", ErrorCode::InvalidRequest),
            (
                &[("response_mode", "fragment")],
                "",
                ErrorCode::InvalidRequest,
            ),
            (
                &[("code_challenge_method", "plain")],
                "",
                ErrorCode::InvalidRequest,
            ),
            (
                &[("code_challenge_method", "s256")],
                "",
                ErrorCode::InvalidRequest,
            ),
            (
                &[("code_challenge_method", "")],
                "",
                ErrorCode::InvalidRequest,
            ),
            (&[("code_challenge", "")], "", ErrorCode::InvalidRequest),
            (
                &[("code_challenge", "short")],
                "",
                ErrorCode::InvalidRequest,
            ),
            (
                &[("code_challenge", VERIFIER.split_at(10).0)],
                "",
                ErrorCode::InvalidRequest,
            ),
            (
                &[],
                "&code_challenge_method=plain",
                ErrorCode::InvalidRequest,
            ),
            (&[], "&code_challenge=x", ErrorCode::InvalidRequest),
            (&[], "&response_type=token", ErrorCode::InvalidRequest),
            (
                &[],
                "&resource=https%3A%2F%2Fevil.example",
                ErrorCode::InvalidRequest,
            ),
            (&[], "&scope=x", ErrorCode::InvalidRequest),
            (&[("request", "x")], "", ErrorCode::InvalidRequest),
            (
                &[("request_uri", "https://evil.example")],
                "",
                ErrorCode::InvalidRequest,
            ),
            (
                &[("resource", "https://evil.example/mcp")],
                "",
                ErrorCode::InvalidTarget,
            ),
        ] {
            let Err(Unread::There(bounced)) = read(changes, more) else {
                panic!("{changes:?} {more}");
            };
            assert_eq!(bounced.error, error, "{changes:?} {more}");
            let address = bounced.address(&base());
            assert!(address.starts_with(&format!("{CALLBACK}?error={}&", error.as_str())));
            assert!(
                address.contains("&iss=https%3A%2F%2Fdocs.example.com"),
                "{address}"
            );
            assert!(address.ends_with("&state=of+the+client"), "{address}");
        }
        for (changes, more) in [(&[("state", &*long)][..], ""), (&[], "&state=x")] {
            let Err(Unread::There(bounced)) = read(changes, more) else {
                panic!("{more}");
            };
            assert!(!bounced.address(&base()).contains("state="), "{more}");
        }
    }
}
