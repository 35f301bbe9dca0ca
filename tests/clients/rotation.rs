//! A real identity provider that changes its key while docent serves.

use crate::{
    alone::alone,
    issuers::{Before, OidcProvider},
    private::{Private, Ways},
};

#[test]
fn a_new_key_of_oidc_provider_is_believed_at_once() {
    alone(|| {
        let mut provider = OidcProvider::start(&[("ada", &["staff"]), ("bob", &["visitors"])]);
        let issuer = format!("url = \"{}\"\n", provider.url);
        let docent = Private::start(&Ways::Issuer(issuer));
        let resource = format!("{}/mcp", docent.base);
        let mut ask = |user: &str, resource: &str| {
            let token = provider.token(user, resource);
            let answer = docent.searched(Some(&token));
            (answer[9..12].to_owned(), token)
        };
        let (status, before) = ask("ada", &resource);
        assert_eq!(status, "200");
        assert_eq!(ask("bob", &resource).0, "403");
        assert_eq!(ask("ada", "https://elsewhere.example.com/mcp").0, "401");

        provider.rotate(Before::Published);
        let after = provider.token("ada", &resource);
        for token in [&after, &before] {
            let said = docent.searched(Some(token));
            assert!(said.contains(&docent.handbook.secret), "{said}");
        }
    });
}
