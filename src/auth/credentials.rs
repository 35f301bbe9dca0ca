//! What a request shows of who sends it.

use axum::http::{HeaderMap, header};

use super::denied::Denied;

/// What a request shows of who sends it, before anything of it is believed.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// All of its headers.
    pub headers: &'a HeaderMap,
    /// Whoever a proxy has signed in, where it is one that is believed.
    pub signed_in: Option<&'a SignedIn>,
    /// Docent's own addresses that it may be meant for, as `https://docs.example.com/mcp`: what a token for it
    /// names (RFC 8707). Worked out for those alone who need it.
    pub resource: &'a (dyn Fn() -> String + Sync),
}

/// Whoever a proxy in front has signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// As the proxy calls him.
    pub user: String,
    /// The groups that he is in.
    pub groups: Vec<String>,
}

/// Longest token, in bytes.
const MAX_TOKEN: usize = 16 * 1024;

impl<'a> Credentials<'a> {
    /// The bearer token of a request (RFC 6750, section 2.1); `None`: it has no `Authorization`.
    ///
    /// # Errors
    /// Where there is something else, or more than one.
    pub fn bearer(&self) -> Result<Option<&'a str>, Denied> {
        let mut values = self.headers.get_all(header::AUTHORIZATION).iter();
        let Some(value) = values.next() else {
            return Ok(None);
        };
        if values.next().is_some() {
            return Err(Denied::Malformed("more than one Authorization header"));
        }
        let text = value
            .to_str()
            .map_err(|_| Denied::Malformed("the Authorization header is no text of ASCII"))?;
        let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
        if !scheme.eq_ignore_ascii_case("Bearer") {
            return Err(Denied::Malformed(
                "the scheme of Authorization is not Bearer",
            ));
        }
        let token = token.trim_matches(' ');
        let is_b64token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
        if token.is_empty() {
            return Err(Denied::Malformed("the token is empty"));
        }
        if token.len() > MAX_TOKEN || !token.bytes().all(is_b64token) {
            return Err(Denied::Invalid("the token is none"));
        }
        Ok(Some(token))
    }
}
