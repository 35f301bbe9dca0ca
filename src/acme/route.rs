//! The way to an authority, or to an issuer: direct, or through an HTTP proxy that passes TLS on (RFC 9110, section 9.3.6).

use http_body_util::Full;
use hyper::{
    Request, Response, Uri,
    body::{Bytes, Incoming},
    header::HeaderValue,
};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::{
        legacy::{
            Client, Error,
            connect::{Connect, HttpConnector, proxy::Tunnel},
        },
        proxy::matcher::Matcher,
    },
    rt::TokioExecutor,
};
use rustls::ClientConfig;

use crate::config::Proxy;

use super::error::THROUGH_A_PROXY;

/// Of a response's head.
const MAX_HEAD: usize = 64 << 10;

type Direct = HttpsConnector<HttpConnector>;
/// TLS with the authority, in a tunnel through the proxy, which may itself be asked over TLS.
type Tunneled = HttpsConnector<Tunnel<Direct>>;

/// What requests are sent by.
pub(crate) enum Route {
    Direct(Box<Client<Direct, Full<Bytes>>>),
    Proxied {
        client: Box<Client<Tunneled, Full<Bytes>>>,
        proxy: String,
    },
}

impl Route {
    /// To an authority with this directory.
    ///
    /// # Errors
    /// Where there is a proxy that cannot be one.
    pub(crate) fn new(
        directory: &Uri,
        proxy: Option<&Proxy>,
        tls: ClientConfig,
        tcp: HttpConnector,
    ) -> Result<Self, String> {
        let Some((destination, credentials, shown)) = proxied(directory, proxy)? else {
            let connector = HttpsConnectorBuilder::new()
                .with_tls_config(tls)
                .https_only()
                .enable_http1()
                .wrap_connector(tcp);
            return Ok(Self::Direct(Box::new(client(connector))));
        };
        let to_proxy = HttpsConnectorBuilder::new()
            .with_tls_config(tls.clone())
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let mut tunnel = Tunnel::new(destination, to_proxy);
        if let Some(credentials) = credentials {
            tunnel = tunnel.with_auth(credentials);
        }
        Ok(Self::Proxied {
            client: Box::new(client(
                HttpsConnectorBuilder::new()
                    .with_tls_config(tls)
                    .https_only()
                    .enable_http1()
                    .wrap_connector(tunnel),
            )),
            proxy: shown,
        })
    }

    pub(crate) async fn request(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, Error> {
        match self {
            Self::Direct(client) => client.request(request).await,
            Self::Proxied { client, .. } => client.request(request).await,
        }
    }

    /// The proxy, without a password.
    pub(crate) fn proxy(&self) -> Option<&str> {
        match self {
            Self::Direct(_) => None,
            Self::Proxied { proxy, .. } => Some(proxy),
        }
    }
}

/// Where the proxy is, what it wants to see, and how it is called; `None` where the authority is
/// asked without it.
fn proxied(
    directory: &Uri,
    proxy: Option<&Proxy>,
) -> Result<Option<(Uri, Option<HeaderValue>, String)>, String> {
    let Some(proxy) = proxy else {
        return Ok(None);
    };
    let matcher = |except: &str| {
        Matcher::builder()
            .all(proxy.url().to_owned())
            .no(except.to_owned())
            .build()
    };
    // Without exceptions first: a proxy that is none must not be passed over.
    let found = matcher("").intercept(directory);
    let http =
        found.is_some_and(|found| matches!(found.uri().scheme_str(), Some("http" | "https")));
    if !http {
        return Err(format!(
            "{THROUGH_A_PROXY}{proxy}: it is no HTTP proxy, by its URL"
        ));
    }
    let found = matcher(proxy.except()).intercept(directory);
    Ok(found.map(|found| {
        (
            found.uri().clone(),
            found.basic_auth().cloned(),
            proxy.to_string(),
        )
    }))
}

fn client<C>(connector: C) -> Client<C, Full<Bytes>>
where
    C: Connect + Clone,
{
    Client::builder(TokioExecutor::new())
        .http1_max_buf_size(MAX_HEAD)
        .build(connector)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_are_asked_directly() {
        let to = |directory: &'static str, url: &str, except: &str| {
            let proxy = Proxy::new(url, except);
            let found = proxied(&Uri::from_static(directory), Some(&proxy));
            found.map(|found| found.map(|(uri, auth, _)| (uri.to_string(), auth.is_some())))
        };
        let ca = "https://ca.example.com/dir";
        let at = |uri: &str, auth| Ok(Some((uri.to_owned(), auth)));
        assert_eq!(
            to(ca, "http://me:pw@p:3128", ""),
            at("http://p:3128/", true)
        );
        assert_eq!(to(ca, "p:3128", "other.com"), at("http://p:3128/", false));
        for except in ["*", "example.com", "a.com, .example.com", "ca.example.com"] {
            assert_eq!(to(ca, "http://p", except), Ok(None), "{except}");
        }
        assert_eq!(to("https://10.1.2.3/d", "http://p", "10.0.0.0/8"), Ok(None));
        for none in ["socks5://p:1", "ftp://p", "http://"] {
            let error = to(ca, none, "*").unwrap_err();
            assert!(error.contains("no HTTP proxy"), "{error}");
        }
    }
}
