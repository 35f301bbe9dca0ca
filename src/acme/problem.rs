//! Problem documents: an authority's refusals, in its own words (RFC 7807; RFC 8555, section 6.7).

use std::fmt;

use serde::Deserialize;

/// The prefix of the types that ACME defines.
const NAMESPACE: &str = "urn:ietf:params:acme:error:";
/// The longest text of an authority that is kept, in characters.
const MAX_TEXT: usize = 2_000;
/// Enough for every name of a certificate.
const MAX_SUBPROBLEMS: usize = 100;

/// What an authority says about a request that it refused.
///
/// All texts come from outside: they are cut to a bound and free of control characters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(from = "Document")]
pub struct Problem {
    /// The type without the prefix of ACME, such as `rateLimited`; a URI where it is another's.
    pub kind: String,
    /// The explanation, for people.
    pub detail: String,
    /// Where there is more to read or to do, such as terms to agree to.
    pub instance: Option<String>,
    /// What is wrong with each name, where the authority tells (RFC 8555, section 6.7.1).
    pub subproblems: Vec<Subproblem>,
}

/// The part of a refusal that is about one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subproblem {
    /// The name, if the authority gave one.
    pub identifier: Option<String>,
    /// The type, as in [`Problem::kind`].
    pub kind: String,
    /// The explanation, for people.
    pub detail: String,
}

impl Problem {
    /// The page to go to, such as the one that lifts a pause: the first link in the explanation,
    /// or else the problem's own.
    pub fn link(&self) -> Option<&str> {
        let Some(start) = self.detail.find("https://") else {
            return self.instance.as_deref();
        };
        let link = &self.detail[start..];
        let end = link
            .find(|c: char| c.is_whitespace() || "<>\"'()".contains(c))
            .unwrap_or(link.len());
        Some(link[..end].trim_end_matches(['.', ',', ';', ':']))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.detail.as_str(), self.kind.as_str()) {
            ("", "") => f.write_str("no reason given")?,
            ("", kind) => f.write_str(kind)?,
            (detail, "") => f.write_str(detail)?,
            (detail, kind) => write!(f, "{detail} ({kind})")?,
        }
        for part in &self.subproblems {
            f.write_str("; ")?;
            if let Some(identifier) = &part.identifier {
                write!(f, "{identifier}: ")?;
            }
            write!(f, "{} ({})", part.detail, part.kind)?;
        }
        Ok(())
    }
}

/// A problem document as it is sent.
#[derive(Deserialize)]
struct Document {
    r#type: Option<String>,
    detail: Option<String>,
    instance: Option<String>,
    #[serde(default)]
    subproblems: Vec<SubproblemDocument>,
}

#[derive(Deserialize)]
struct SubproblemDocument {
    r#type: Option<String>,
    detail: Option<String>,
    identifier: Option<IdentifierDocument>,
}

#[derive(Deserialize)]
struct IdentifierDocument {
    value: String,
}

impl From<Document> for Problem {
    fn from(document: Document) -> Self {
        Self {
            kind: kind(document.r#type),
            detail: printable(&document.detail.unwrap_or_default()),
            instance: document.instance.as_deref().map(printable),
            subproblems: document
                .subproblems
                .into_iter()
                .take(MAX_SUBPROBLEMS)
                .map(|part| Subproblem {
                    identifier: part.identifier.map(|id| printable(&id.value)),
                    kind: kind(part.r#type),
                    detail: printable(&part.detail.unwrap_or_default()),
                })
                .collect(),
        }
    }
}

/// Out of instant-acme, which has no `instance`.
impl From<instant_acme::Problem> for Problem {
    fn from(problem: instant_acme::Problem) -> Self {
        Self {
            kind: kind(problem.r#type),
            detail: printable(&problem.detail.unwrap_or_default()),
            instance: None,
            subproblems: problem
                .subproblems
                .into_iter()
                .take(MAX_SUBPROBLEMS)
                .map(|part| Subproblem {
                    identifier: part
                        .identifier
                        .map(|name| printable(&name.authorized(false).to_string())),
                    kind: kind(part.r#type),
                    detail: printable(&part.detail.unwrap_or_default()),
                })
                .collect(),
        }
    }
}

fn kind(uri: Option<String>) -> String {
    let uri = uri.unwrap_or_default();
    printable(uri.strip_prefix(NAMESPACE).unwrap_or(&uri))
}

/// Text from outside, fit for a terminal and a log: one line, bounded.
pub(super) fn printable(text: &str) -> String {
    let mut line: String = text
        .chars()
        .take(MAX_TEXT)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(MAX_TEXT).is_some() {
        line.push('…');
    }
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(json: &str) -> Problem {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_authority_is_quoted_with_what_it_says_of_each_name() {
        let problem = problem(
            r#"{"type":"urn:ietf:params:acme:error:malformed","detail":"Some names were\nrejected",
                "status":400,"subproblems":[{"type":"urn:ietf:params:acme:error:rejectedIdentifier",
                "detail":"Not for sale","identifier":{"type":"dns","value":"a.example"}}]}"#,
        );
        assert_eq!(
            problem.to_string(),
            "Some names were rejected (malformed); a.example: Not for sale (rejectedIdentifier)"
        );
    }

    #[test]
    fn a_bare_or_endless_document_is_still_shown() {
        assert_eq!(problem("{}").to_string(), "no reason given");
        let long = problem(&format!(r#"{{"detail":"{}"}}"#, "x".repeat(9_000)));
        assert_eq!(long.detail.chars().count(), MAX_TEXT + 1);
    }

    #[test]
    fn the_link_that_lifts_a_pause_is_found() {
        let paused = problem(
            r#"{"type":"urn:ietf:params:acme:error:rateLimited","detail":"Your account is temporarily
                prevented from requesting certificates. Please visit: https://portal.example.com/sfe/v1/unpause?jwt=a.b-c."}"#
                .replace('\n', " ")
                .as_str(),
        );
        assert_eq!(
            paused.link(),
            Some("https://portal.example.com/sfe/v1/unpause?jwt=a.b-c")
        );
        assert_eq!(Problem::default().link(), None);
    }
}
