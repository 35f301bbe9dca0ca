//! What the identity providers that clients sign in at do, without docent.

use serde_json::json;

use crate::{
    alone::alone,
    issuers::{Before, Lemonldap, OidcProvider, sign_in},
};

const RESOURCE: &str = "https://docs.example.com/mcp";

#[test]
fn oidc_provider_changes_its_key_while_it_serves() {
    alone(|| {
        let mut provider = OidcProvider::start(&[("ada", &["staff"])]);
        let ask = |url: &str| sign_in(url, RESOURCE, "openid docs:read", &[("name", "ada")]);
        let before = ask(&provider.url);
        assert_eq!(before["header"]["typ"], "at+jwt");
        assert_eq!(before["claims"]["aud"], RESOURCE);
        assert_eq!(before["claims"]["groups"], json!(["staff"]));

        let key = provider.rotate(Before::Withdrawn);
        let after = ask(&provider.url);
        assert_ne!(before["header"]["kid"], json!(key));
        assert_eq!(after["header"]["kid"], json!(key));
        let token = provider.token("ada", RESOURCE);
        assert_eq!(token.split('.').count(), 3);
    });
}

#[test]
fn lemonldap_changes_its_key_while_it_serves() {
    alone(|| {
        let mut provider = Lemonldap::start(RESOURCE);
        let fields = [("user", "dwho"), ("password", "dwho")];
        let ask = |url: &str| sign_in(url, RESOURCE, "openid", &fields);
        let before = ask(&provider.url);
        assert_eq!(before["header"]["typ"], "JWT");
        assert_eq!(before["claims"]["aud"], json!(["docent-tests", RESOURCE]));
        let mut groups = before["claims"]["groups"]
            .as_array()
            .expect("groups")
            .clone();
        groups.sort_by_key(ToString::to_string);
        assert_eq!(groups, ["timelords", "users"]);

        let key = json!(provider.rotate());
        assert_ne!(before["header"]["kid"], key);
        // It looks for a new configuration once a second.
        while ask(&provider.url)["header"]["kid"] != key {}
    });
}
