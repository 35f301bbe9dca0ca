//! Style, script and icon of the pages: built in, under names that change with what they hold, so that a browser
//! keeps each for good.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use xxhash_rust::xxh3::xxh3_64;

/// A file of the pages.
pub(super) struct Asset {
    /// Where it is, such as `/assets/style.0123456789abcdef.css`.
    pub(super) route: String,
    stem: &'static str,
    extension: &'static str,
    media_type: &'static str,
    content: &'static str,
}

/// The folder of all of them, and the name of one in it.
pub(in crate::http) const ROUTE: &str = "/assets/{name}";
const FOLDER: &str = "/assets/";

static ASSETS: LazyLock<[Asset; 3]> = LazyLock::new(|| {
    [
        Asset::new(
            "style",
            "css",
            "text/css; charset=utf-8",
            include_str!("assets/style.css"),
        ),
        Asset::new(
            "script",
            "js",
            "text/javascript; charset=utf-8",
            include_str!("assets/script.js"),
        ),
        Asset::new(
            "icon",
            "svg",
            "image/svg+xml",
            include_str!("assets/icon.svg"),
        ),
    ]
});

pub(super) fn style() -> &'static Asset {
    &ASSETS[0]
}

pub(super) fn script() -> &'static Asset {
    &ASSETS[1]
}

pub(super) fn icon() -> &'static Asset {
    &ASSETS[2]
}

impl Asset {
    fn new(
        stem: &'static str,
        extension: &'static str,
        media_type: &'static str,
        content: &'static str,
    ) -> Self {
        let version = xxh3_64(content.as_bytes());
        Self {
            route: format!("{FOLDER}{stem}.{version:016x}.{extension}"),
            stem,
            extension,
            media_type,
            content,
        }
    }

    /// Whether it has this name, of this version or another one.
    fn is_called(&self, name: &str) -> bool {
        let version = name
            .strip_prefix(self.stem)
            .and_then(|rest| rest.strip_prefix('.'))
            .and_then(|rest| rest.strip_suffix(self.extension))
            .and_then(|rest| rest.strip_suffix('.'));
        version.is_some_and(|version| {
            version.len() == 16 && version.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
    }

    fn respond(&self, cache: &'static str) -> Response {
        let headers = [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static(self.media_type),
            ),
            (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
        ];
        (headers, self.content).into_response()
    }
}

/// `GET /assets/{name}`. A page of the version before, which is open during an upgrade, gets what there is now.
pub(in crate::http) async fn send(Path(name): Path<String>) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.is_called(&name)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if asset.route.strip_prefix(FOLDER) == Some(&name) {
        asset.respond("public, max-age=31536000, immutable")
    } else {
        asset.respond("no-cache")
    }
}

/// `GET /favicon.ico`: browsers ask for it where a page names no icon, such as one of an endpoint.
pub(in crate::http) async fn favicon() -> Response {
    icon().respond("public, max-age=86400")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_has_another_name() {
        let one = Asset::new("style", "css", "text/css", "a{}");
        let other = Asset::new("style", "css", "text/css", "b{}");
        assert_ne!(one.route, other.route);
        let name = one.route.strip_prefix(FOLDER).unwrap();
        assert!(one.is_called(name) && other.is_called(name));
        for name in [
            "style.css",
            "style..css",
            "style.0.css",
            "script.0123456789abcdef.js",
            "",
        ] {
            assert!(!one.is_called(name), "{name}");
        }
    }

    #[test]
    fn they_are_small_and_ask_nobody_else() {
        let all: usize = ASSETS.iter().map(|asset| asset.content.len()).sum();
        assert!(all < 24_000, "{all} bytes");
        for foreign in ["@import", "url(", "http:", "https:"] {
            let is_there = |asset: &Asset| asset.content.contains(foreign);
            // The icon names the namespace of SVG.
            assert!(!is_there(style()) && !is_there(script()), "{foreign}");
        }
    }
}
