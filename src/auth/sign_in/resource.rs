//! What a token is for: docent as a whole, or one of its endpoints (RFC 8707).

use crate::config::PublicUrl;

/// The paths of docent's own resources, below its address.
const OWN: [&str; 4] = ["", "/mcp", "/sse", "/chatgpt"];

/// The resource of docent's that a client names, in the one way that docent writes it; `None`: it is somebody else's.
///
/// A slash at the end, the port that the scheme implies and the case of the host make no other resource of it; nor
/// does `?sign_in`, with which an assistant is told to sign in although it need not.
pub(super) fn own(base: &PublicUrl, named: &str) -> Option<String> {
    let named = named.strip_suffix("?sign_in").unwrap_or(named);
    let named: PublicUrl = named.parse().ok()?;
    let is_same = named.is_same_origin(base);
    let path = named.path().strip_prefix(base.path())?;
    (is_same && OWN.contains(&path)).then(|| format!("{base}{path}"))
}

/// Whether an address is one of the resources of the docent that is found at `base`. They are one server with the same
/// documents, so a token that is for one of them is for all of them.
pub(super) fn is_of(base: &str, asked: &str) -> bool {
    asked
        .strip_prefix(base)
        .is_some_and(|path| OWN.contains(&path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_docents_own() {
        let base: PublicUrl = "https://docs.example.com/ask".parse().unwrap();
        for (named, own_name) in [
            (
                "https://docs.example.com/ask",
                "https://docs.example.com/ask",
            ),
            (
                "https://docs.example.com/ask/",
                "https://docs.example.com/ask",
            ),
            (
                "https://Docs.Example.com:443/ask/mcp",
                "https://docs.example.com/ask/mcp",
            ),
            (
                "https://docs.example.com/ask/mcp?sign_in",
                "https://docs.example.com/ask/mcp",
            ),
            (
                "https://docs.example.com/ask/sse/",
                "https://docs.example.com/ask/sse",
            ),
        ] {
            assert_eq!(own(&base, named).as_deref(), Some(own_name), "{named}");
        }
        for named in [
            "",
            "docs.example.com",
            "http://docs.example.com/ask/mcp",
            "https://docs.example.com/mcp",
            "https://docs.example.com:8443/ask/mcp",
            "https://docs.example.com/askmcp",
            "https://docs.example.com/ask/mcp/x",
            "https://docs.example.com/ask/mcp#x",
            "https://docs.example.com/ask/../ask/mcp",
            "https://docs.example.com.evil.example/ask/mcp",
            "https://user@docs.example.com/ask/mcp",
            "https://other.example.com/ask/mcp",
        ] {
            assert_eq!(own(&base, named), None, "{named}");
        }
    }

    #[test]
    fn a_token_is_good_for_all_of_one_docent() {
        let base = "https://docs.example.com/ask";
        for path in OWN {
            assert!(is_of(base, &format!("{base}{path}")), "{path}");
        }
        for asked in [
            "https://docs.example.com/mcp",
            "https://docs.example.com",
            "https://docs.example.com/asking",
            "https://docs.example.com/ask/other/mcp",
            "https://docs.example.com.evil.example/ask/mcp",
            "https://other.example.com/ask/mcp",
            "http://docs.example.com/ask/mcp",
        ] {
            assert!(!is_of(base, asked), "{asked}");
        }
    }
}
