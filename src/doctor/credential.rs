//! What somebody gives the examination to show who asks.

use std::fmt;

use zeroize::Zeroizing;

/// Longest token, in bytes.
const MAX: usize = 16 << 10;

/// A token or an access key. It is shown nowhere, not even by `{:?}`.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

/// Why a text is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// There is nothing.
    #[error("there is no token")]
    Empty,
    /// Nobody accepts one so long.
    #[error("it is longer than {MAX} bytes")]
    Long,
    /// RFC 6750, section 2.1.
    #[error("it has characters that no token has")]
    Characters,
}

impl Token {
    /// What somebody has pasted: with or without `Authorization: Bearer` before it.
    ///
    /// # Errors
    /// Where it can be none.
    pub fn new(text: &str) -> Result<Self, TokenError> {
        let mut text = text.trim().trim_matches('"');
        for prefix in ["authorization:", "bearer "] {
            if let Some(start) = text.get(..prefix.len())
                && start.eq_ignore_ascii_case(prefix)
            {
                text = text[prefix.len()..].trim();
            }
        }
        let is_made = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
        match text.len() {
            0 => Err(TokenError::Empty),
            length if length > MAX => Err(TokenError::Long),
            _ if !text.bytes().all(is_made) => Err(TokenError::Characters),
            _ => Ok(Self(Zeroizing::new(text.to_owned()))),
        }
    }

    /// As it stands in `Authorization`.
    pub(super) fn header(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("Bearer {}", *self.0))
    }

    /// All of it.
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// Made by docent itself: a key, or what its sign-in page gives out. Nobody else can read it.
    pub(super) fn is_docents(&self) -> bool {
        self.0.starts_with("docent_")
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pasted_may_be_a_whole_header() {
        let text = |token: &str| Token::new(token).map(|it| it.0.to_string());
        for pasted in [
            "abc.def",
            " \"abc.def\"\n",
            "Bearer abc.def",
            "authorization: bearer  abc.def",
        ] {
            assert_eq!(text(pasted).as_deref(), Ok("abc.def"), "{pasted}");
        }
        assert_eq!(text(" \n"), Err(TokenError::Empty));
        assert_eq!(text("a b"), Err(TokenError::Characters));
        assert_eq!(text(&"a".repeat(MAX + 1)), Err(TokenError::Long));
        assert_eq!(format!("{:?}", Token::new("abc").unwrap()), "Token");
    }
}
