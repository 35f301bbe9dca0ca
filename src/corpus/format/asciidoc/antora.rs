//! Where Antora has what a page names: `version@component:module:family$path`.

use crate::corpus::path::join;

/// Where a file stands in a component: `docs/modules/install/pages/linux.adoc`.
pub(super) struct Place<'a> {
    /// What stands before `modules/`, with its slash.
    before: &'a str,
    module: &'a str,
}

impl<'a> Place<'a> {
    pub(super) fn of(path: &'a str) -> Option<Self> {
        const FAMILIES: [&str; 5] = ["pages", "partials", "examples", "attachments", "images"];
        let at = if path.starts_with("modules/") {
            0
        } else {
            path.find("/modules/")? + 1
        };
        let (module, rest) = path[at + "modules/".len()..].split_once('/')?;
        let (family, _) = rest.split_once('/')?;
        let before = &path[..at];
        FAMILIES
            .contains(&family)
            .then_some(Self { before, module })
    }

    /// The file that coordinates name, of a family where they name none.
    pub(super) fn file(&self, coordinates: &str, family: &str) -> Option<String> {
        let coordinates = match coordinates.split_once('@') {
            Some((_, rest)) => rest,
            None => coordinates,
        };
        let mut parts = coordinates.rsplitn(3, ':');
        let path = parts.next()?;
        let module = match parts.next() {
            Some("") => "ROOT",
            Some(module) => module,
            None => self.module,
        };
        let (family, path) = path.split_once('$').unwrap_or((family, path));
        join(
            "",
            &format!("{}modules/{module}/{family}s/{path}", self.before),
        )
    }
}

/// The way from one file to another.
pub(super) fn relative(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').collect();
    let to: Vec<&str> = to.split('/').collect();
    let folders = from.len().min(to.len()).saturating_sub(1);
    let common = (0..folders).take_while(|at| from[*at] == to[*at]).count();
    let mut way = vec![".."; from.len() - 1 - common];
    way.extend(&to[common..]);
    way.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_files() {
        let path = "docs/modules/install/pages/sub/linux.adoc";
        let place = Place::of(path).expect("in a component");
        for (coordinates, family, file) in [
            (
                "other.adoc",
                "page",
                "docs/modules/install/pages/other.adoc",
            ),
            (
                "ROOT:index.adoc",
                "page",
                "docs/modules/ROOT/pages/index.adoc",
            ),
            (
                "server::index.adoc",
                "page",
                "docs/modules/ROOT/pages/index.adoc",
            ),
            (
                "7.6@server:api:a/b.adoc",
                "page",
                "docs/modules/api/pages/a/b.adoc",
            ),
            (
                "partial$note.adoc",
                "page",
                "docs/modules/install/partials/note.adoc",
            ),
            ("api:example$x.rs", "page", "docs/modules/api/examples/x.rs"),
        ] {
            assert_eq!(place.file(coordinates, family).as_deref(), Some(file));
        }
        assert_eq!(place.file("../../../../../../x", "page"), None);
        assert!(Place::of("docs/pages/a.adoc").is_none());
        assert_eq!(
            relative(path, "docs/modules/ROOT/pages/index.adoc"),
            "../../../ROOT/pages/index.adoc"
        );
        assert_eq!(relative("a.adoc", "b.adoc"), "b.adoc");
    }
}
