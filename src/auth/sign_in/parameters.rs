//! Parameters of requests, in a query or in the body of a form (RFC 6749, appendix B).

use std::fmt;

/// The parameters of one request. What they say is not shown: there are secrets among them.
pub struct Parameters(Vec<(String, String)>);

/// Why parameters are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// There are more than anybody needs.
    #[error("the request has too many parameters, or too long ones")]
    TooMuch,
    /// They are no text.
    #[error("a parameter is no text")]
    NoText,
    /// One is there more than once, which says two things (RFC 6749, section 3.1).
    #[error("the parameter {0} is there more than once")]
    Repeated(&'static str),
    /// One that is needed is not there.
    #[error("the parameter {0} is missing")]
    Missing(&'static str),
}

/// Bytes of all of them, and how many there are.
const MAX_BYTES: usize = 24 * 1024;
const MAX_NUMBER: usize = 40;

impl Parameters {
    /// Those of a query, or of a body.
    ///
    /// # Errors
    /// Where they are too many, or no text.
    pub fn parse(encoded: &[u8]) -> Result<Self, Malformed> {
        if encoded.len() > MAX_BYTES {
            return Err(Malformed::TooMuch);
        }
        let mut parameters = Vec::new();
        for (name, value) in form_urlencoded::parse(encoded) {
            if parameters.len() == MAX_NUMBER {
                return Err(Malformed::TooMuch);
            }
            // What is no UTF-8 has become this.
            if name.contains('\u{FFFD}') || value.contains('\u{FFFD}') {
                return Err(Malformed::NoText);
            }
            parameters.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(parameters))
    }

    /// What one says; one without a value counts as one that is not there (RFC 6749, section 3.1).
    ///
    /// # Errors
    /// Where it is there more than once.
    pub fn one(&self, name: &'static str) -> Result<Option<&str>, Malformed> {
        let mut values = self.0.iter().filter(|(own, _)| own == name);
        let value = values.next();
        if values.next().is_some() {
            return Err(Malformed::Repeated(name));
        }
        Ok(value.map(|(_, value)| &**value).filter(|it| !it.is_empty()))
    }

    /// The same for one that has to be there.
    ///
    /// # Errors
    /// Where it is not there once.
    pub fn needed(&self, name: &'static str) -> Result<&str, Malformed> {
        self.one(name)?.ok_or(Malformed::Missing(name))
    }
}

/// Tells which there are, and nothing of what they say.
impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_there_once_or_not_at_all() {
        let parameters = Parameters::parse(b"a=1&b=&c=x+y%26z&d=1&d=1&a%00=2").unwrap();
        assert_eq!(parameters.one("a"), Ok(Some("1")));
        assert_eq!(parameters.one("b"), Ok(None));
        assert_eq!(parameters.one("c"), Ok(Some("x y&z")));
        assert_eq!(parameters.one("d"), Err(Malformed::Repeated("d")));
        assert_eq!(parameters.needed("e"), Err(Malformed::Missing("e")));
        assert_eq!(
            format!("{parameters:?}"),
            r#"["a", "b", "c", "d", "d", "a\0"]"#
        );
    }

    #[test]
    fn there_is_a_bound() {
        let refused = |text: &[u8]| Parameters::parse(text).unwrap_err();
        assert_eq!(refused(&[b'a'; MAX_BYTES + 1]), Malformed::TooMuch);
        assert_eq!(refused("a=1&".repeat(100).as_bytes()), Malformed::TooMuch);
        assert_eq!(refused(b"a=%FF"), Malformed::NoText);
    }
}
