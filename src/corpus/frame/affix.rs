//! What the titles of pages may have in common: a site's name before or behind the page's own.

use super::key::{Key, Role, Said};

/// What stands between a page's name and its site's.
const SEPARATORS: [&str; 17] = [
    " -- ", " — ", " – ", " - ", " | ", " :: ", ": ", " · ", " • ", " » ", " « ", " › ", " / ",
    " > ", " < ", " ~ ", ", ",
];
/// What the name of a site may stand in, behind a page's.
const BRACKETS: [(&str, char); 3] = [(" (", ')'), (" [", ']'), (" {", '}')];
/// As many cuts of a title are looked at from each side.
const CUTS: usize = 4;
/// A longer title has no name of a site.
const LONGEST: usize = 500;

/// Places where a title may be cut: what is left of it, and what goes.
fn cuts(title: &str, role: Role) -> Vec<(&str, &str)> {
    if title.len() > LONGEST {
        return Vec::new();
    }
    let mut cuts = Vec::new();
    for separator in SEPARATORS {
        for (at, _) in title.match_indices(separator) {
            let behind = at + separator.len();
            cuts.push(match role {
                Role::Prefix => (&title[behind..], &title[..behind]),
                _ => (&title[..at], &title[at..]),
            });
        }
    }
    if role == Role::Suffix {
        for (open, close) in BRACKETS {
            if title.ends_with(close) {
                let at = title.match_indices(open);
                cuts.extend(at.map(|(at, _)| (&title[..at], &title[at..])));
            }
        }
    }
    cuts.retain(|(own, _)| own.contains(char::is_alphanumeric));
    // The shortest of what goes is what most titles have in common.
    cuts.sort_unstable_by_key(|(own, gone)| (gone.len(), own.len()));
    cuts.dedup();
    cuts.truncate(CUTS);
    cuts
}

/// What a title is compared by.
pub(super) fn keys(title: &str) -> Vec<Key> {
    let of = |role| {
        let cuts = cuts(title, role).into_iter();
        cuts.map(move |(_, gone)| Said::of(role, gone).key())
    };
    let all = Said::of(Role::Title, title).key();
    of(Role::Suffix)
        .chain(of(Role::Prefix))
        .chain([all])
        .collect()
}

/// Whether all of a title is one that other pages have, too.
pub(super) fn is_shared(title: &str, is_frame: impl Fn(Key) -> bool) -> bool {
    is_frame(Said::of(Role::Title, title).key())
}

/// A title without what others have in common with it; `None` where that is nothing.
pub(super) fn without(title: &str, is_frame: impl Fn(Key) -> bool) -> Option<&str> {
    let longest = |title, role| {
        let cuts = cuts(title, role);
        let mut shared = cuts
            .into_iter()
            .filter(|(_, gone)| is_frame(Said::of(role, gone).key()));
        shared.next_back().map(|(own, _)| own)
    };
    let behind = longest(title, Role::Suffix);
    let before = longest(behind.unwrap_or(title), Role::Prefix);
    before.or(behind).map(str::trim)
}

/// Whether a title is a name with something before or behind it that a separator divides from it.
pub(in crate::corpus) fn names(title: &str, name: &str) -> Option<Side> {
    if name.is_empty() {
        return None;
    }
    let separators = || SEPARATORS.iter().filter(|separator| **separator != ", ");
    if let Some(rest) = title.strip_prefix(name) {
        let in_brackets = BRACKETS
            .iter()
            .any(|(open, close)| rest.starts_with(open) && rest.ends_with(*close));
        if rest.is_empty() {
            return Some(Side::All);
        }
        if in_brackets || separators().any(|separator| rest.starts_with(separator)) {
            return Some(Side::Start);
        }
    }
    let rest = title.strip_suffix(name)?;
    separators()
        .any(|separator| rest.ends_with(separator))
        .then_some(Side::End)
}

/// Where a name stands in a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::corpus) enum Side {
    All,
    Start,
    End,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_titles_share_is_cut_off_whatever_divides_it() {
        for (one, other, own) in [
            (
                "Caches (Acme 2.1 Manual)",
                "Queues (Acme 2.1 Manual)",
                "Caches",
            ),
            ("Widget: Acme Reference", "Gadget: Acme Reference", "Widget"),
            ("Acme Manual: Locks", "Acme Manual: Keys", "Locks"),
            ("a - Acme", "b - Acme", "a"),
            ("A | Part | Acme", "B | Other | Acme", "A | Part"),
            ("Acme » A", "Acme » B", "A"),
            ("f(x) (Acme [2])", "g(x) (Acme [2])", "f(x)"),
        ] {
            let shared = keys(other);
            assert_eq!(
                without(one, |key| shared.contains(&key)),
                Some(own),
                "{one}"
            );
            assert_eq!(without(one, |_| false), None);
        }
    }

    #[test]
    fn nothing_is_left_without_a_name() {
        let every = |_| true;
        assert_eq!(without("Acme", every), None);
        assert_eq!(without(" - ", every), None);
    }

    #[test]
    fn names_at_a_boundary() {
        assert_eq!(names("Caches (Acme)", "Caches"), Some(Side::Start));
        assert_eq!(names("Acme: Locks", "Locks"), Some(Side::End));
        assert_eq!(names("Locks", "Locks"), Some(Side::All));
        assert_eq!(names("Locksmiths", "Locks"), None);
        assert_eq!(names("Locks of Acme", "Locks"), None);
    }

    #[test]
    fn long_titles_are_left_alone() {
        assert_eq!(keys(&"a - ".repeat(100_000)).len(), 1);
    }
}
