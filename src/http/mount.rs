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
    /// a page of the set `docs` whose path has been taken off already. `None`: everything below the path is docent's.
    sets: Option<Vec<String>>,
}

/// The path has been taken off.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mounted;

impl Mount {
    /// `None` where docent is at the root of its host.
    pub(super) fn of<'a>(
        url: Option<&PublicUrl>,
        sets: impl IntoIterator<Item = &'a str>,
    ) -> Option<Self> {
        let mut mount = Self::of_routes(url)?;
        let first = first_folder(&mount.path);
        let sets: Vec<_> = sets.into_iter().map(str::to_owned).collect();
        mount.sets = sets.iter().any(|set| set == first).then_some(sets);
        Some(mount)
    }

    /// The same for docent's own routes alone, whatever sets there are.
    pub(super) fn of_routes(url: Option<&PublicUrl>) -> Option<Self> {
        let path = url?.path();
        (!first_folder(path).is_empty()).then(|| Self {
            path: path.to_owned(),
            sets: Some(Vec::new()),
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
        if let Some(sets) = &self.sets
            && !first.is_empty()
            && !is_route(first)
            && !sets.iter().any(|set| set == first)
        {
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
    fn routes_are_told_from_pages_without_a_look_at_sets() {
        let url = "https://www.example.com/docs".parse().unwrap();
        let mount = Mount::of_routes(Some(&url)).unwrap();
        for (asked, below) in [
            ("/docs", Some("/")),
            ("/docs/mcp", Some("/mcp")),
            ("/docs/api/setup", None),
            ("/docs/docs", None),
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
