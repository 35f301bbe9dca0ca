//! Which groups a token says that a person is in.

use serde_json::Value;

use super::strict_json::Object;

/// Groups of one person at the most; a token of 16 KiB holds no more that mean anything.
const MAX_GROUPS: usize = 1_000;

/// The groups of a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Groups {
    pub(super) names: Vec<String>,
    /// There are more than the token says.
    pub(super) are_withheld: bool,
}

impl Object {
    /// What stands in a claim: a text, or a list of them. Its name may be that of a claim, whatever signs it has (Auth0:
    /// `https://example.com/groups`), or lead through objects by dots (Keycloak: `realm_access.roles`).
    pub(super) fn groups(&self, claim: &str) -> Groups {
        let value = self.0.get(claim).or_else(|| {
            let (first, rest) = claim.split_once('.')?;
            let first = self.0.get(first)?;
            rest.split('.')
                .try_fold(first, |value, name| value.get(name))
        });
        let names: Vec<String> = match value {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(several)) => {
                let texts = several.iter().filter_map(Value::as_str);
                texts.take(MAX_GROUPS + 1).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        };
        // Who is in more groups than fit has them told at an address instead, which would have to be fetched: Entra names
        // the claims for which that is so (OpenID Connect Core, section 5.6.2), or says `hasgroups`.
        let elsewhere = self
            .0
            .get("_claim_names")
            .and_then(|names| names.get(claim));
        let hidden = claim == "groups" && self.0.get("hasgroups") == Some(&Value::Bool(true));
        Groups {
            are_withheld: names.len() > MAX_GROUPS
                || (value.is_none() && (elsewhere.is_some() || hidden)),
            names: if names.len() > MAX_GROUPS {
                Vec::new()
            } else {
                names
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(claim: &str, json: &str) -> (Vec<String>, bool) {
        let groups = Object::parse(json.as_bytes()).unwrap().groups(claim);
        (groups.names, groups.are_withheld)
    }

    #[test]
    fn they_are_found_where_the_claim_says() {
        let json = r#"{"groups":["a","b",1,null],"one":"x y","n":7,"realm_access":{"roles":["r"]},"resource_access":{"docs":{"roles":["d"]}},
            "https://example.com/groups":["u"],"a.b":["dotted"],"a":{"b":["nested"]}}"#;
        for (claim, expected) in [
            ("groups", &["a", "b"][..]),
            ("one", &["x y"]),
            ("realm_access.roles", &["r"]),
            ("resource_access.docs.roles", &["d"]),
            ("https://example.com/groups", &["u"]),
            ("a.b", &["dotted"]),
            ("n", &[]),
            ("realm_access", &[]),
            ("realm_access.roles.0", &[]),
            ("nowhere.at.all", &[]),
            (".", &[]),
        ] {
            let expected: Vec<_> = expected.iter().map(ToString::to_string).collect();
            assert_eq!(groups(claim, json), (expected, false), "{claim}");
        }
    }

    #[test]
    fn groups_that_do_not_fit_are_not_taken_for_none() {
        let entra = r#"{"_claim_names":{"groups":"src1"},"_claim_sources":{"src1":{"endpoint":"https://x"}}}"#;
        assert_eq!(groups("groups", entra), (Vec::new(), true));
        assert_eq!(groups("roles", entra), (Vec::new(), false));
        assert_eq!(
            groups("groups", r#"{"hasgroups":true}"#),
            (Vec::new(), true)
        );
        let many: Vec<_> = (0..=MAX_GROUPS).map(|n| n.to_string()).collect();
        let json = serde_json::json!({ "groups": many }).to_string();
        assert_eq!(groups("groups", &json), (Vec::new(), true));
    }
}
