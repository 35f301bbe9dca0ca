//! The path below which docent is found, taken off the requests that still have it.
//!
//! Some proxies take it off and others do not; both kinds of requests are answered.

use axum::http::Uri;

use crate::config::{PublicUrl, is_route};

/// The path of `[server] url`.
#[derive(Debug)]
pub(super) struct Mount {
    /// `/below`: no slash at its end, and not empty.
    path: String,
    /// The sets, where one has the name of the first folder of the path: `/docs/…` is then either docent's page below the path, or
    /// a page of the set `docs` whose path has been taken off already.
    sets: Vec<String>,
}

impl Mount {
    /// `None` where docent is at the root of its host.
    pub(super) fn of<'a>(
        url: Option<&PublicUrl>,
        sets: impl IntoIterator<Item = &'a str>,
    ) -> Option<Self> {
        let path = url?.path();
        let first = first_folder(path);
        if first.is_empty() {
            return None;
        }
        let mut sets: Vec<_> = sets.into_iter().map(str::to_owned).collect();
        if !sets.iter().any(|set| set == first) {
            sets.clear();
        }
        Some(Self {
            path: path.to_owned(),
            sets,
        })
    }

    /// What a request asks for below the path; `None` where the path has been taken off.
    pub(super) fn inner(&self, uri: &Uri) -> Option<Uri> {
        let whole = uri.path_and_query()?.as_str();
        let rest = whole.strip_prefix(&*self.path)?;
        let inner = match rest.bytes().next() {
            None => "/".to_owned(),
            Some(b'?') => format!("/{rest}"),
            Some(b'/') => rest.to_owned(),
            Some(_) => return None,
        };
        let first = first_folder(inner.split('?').next().unwrap_or_default());
        let is_known = |first: &str| is_route(first) || self.sets.iter().any(|set| set == first);
        if !self.sets.is_empty() && !first.is_empty() && !is_known(first) {
            return None;
        }
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = Some(inner.parse().ok()?);
        Uri::from_parts(parts).ok()
    }
}

fn first_folder(path: &str) -> &str {
    path.trim_start_matches('/')
        .split('/')
        .next()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(url: &str, sets: &[&str]) -> Option<Mount> {
        Mount::of(Some(&url.parse().unwrap()), sets.iter().copied())
    }

    fn inner(mount: &Mount, uri: &str) -> Option<String> {
        let inner = mount.inner(&uri.parse().unwrap());
        inner.map(|inner| inner.to_string())
    }

    #[test]
    fn the_path_is_taken_off_where_it_is_there() {
        let mount = mount("https://www.example.com/a/b", &["guide"]).unwrap();
        for (asked, below) in [
            ("/a/b", Some("/")),
            ("/a/b/", Some("/")),
            ("/a/b?x=/a/b", Some("/?x=/a/b")),
            ("/a/b/mcp?budget=4000", Some("/mcp?budget=4000")),
            ("/a/b/a/b/mcp", Some("/a/b/mcp")),
            ("/a/b//mcp", Some("//mcp")),
            (
                "https://www.example.com/a/b/mcp",
                Some("https://www.example.com/mcp"),
            ),
            ("/mcp", None),
            ("/a/bc", None),
            ("/a/", None),
            ("*", None),
        ] {
            assert_eq!(inner(&mount, asked).as_deref(), below, "{asked}");
        }
    }

    #[test]
    fn a_set_may_be_called_like_the_path() {
        let mount = mount("https://www.example.com/docs", &["docs", "api"]).unwrap();
        for (asked, below) in [
            ("/docs", Some("/")),
            ("/docs/mcp", Some("/mcp")),
            ("/docs/llms.txt", Some("/llms.txt")),
            ("/docs/docs/setup", Some("/docs/setup")),
            ("/docs/api/setup", Some("/api/setup")),
            // A page of the set, whose path the proxy has taken off.
            ("/docs/setup", None),
            ("/docs/setup.md?x", None),
        ] {
            assert_eq!(inner(&mount, asked).as_deref(), below, "{asked}");
        }
    }

    #[test]
    fn most_are_at_the_root() {
        assert!(mount("https://docs.example.com", &["docs"]).is_none());
        assert!(Mount::of(None, []).is_none());
    }
}
