//! What a page, its path and its site claim, held against its text.

use super::code::Language;
use super::detect::{Evidence, Sample};

/// Codes that are better known as something else in a path; they count below a folder of translations alone.
const AMBIGUOUS: &[&str] = &[
    "aa", "ab", "ae", "af", "ak", "am", "an", "as", "av", "ay", "ba", "bh", "bi", "bm", "bo", "br",
    "bs", "ce", "ch", "co", "cr", "cu", "cv", "dv", "dz", "ee", "ff", "fj", "fo", "fy", "gd", "gn",
    "gu", "gv", "ha", "ho", "ht", "hz", "ia", "ie", "ig", "ii", "ik", "io", "iu", "jv", "kg", "ki",
    "kj", "kl", "kn", "kr", "ks", "ku", "kv", "kw", "ky", "la", "lb", "lg", "li", "ln", "lo", "lu",
    "mg", "mh", "mi", "ml", "mr", "mt", "my", "na", "nd", "ne", "ng", "nr", "nv", "ny", "oc", "oj",
    "om", "or", "os", "pa", "pi", "ps", "qu", "rm", "rn", "rw", "sa", "sc", "sd", "se", "sg", "si",
    "sm", "sn", "so", "ss", "st", "su", "sw", "tg", "ti", "tk", "tl", "tn", "to", "ts", "tt", "tw",
    "ty", "ug", "ve", "vo", "wa", "wo", "xh", "yi", "yo", "za", "zu",
];
/// Folders that hold a folder for each language.
const OF_TRANSLATIONS: &[&str] = &[
    "i18n",
    "l10n",
    "lang",
    "langs",
    "language",
    "languages",
    "locale",
    "locales",
    "man",
    "translations",
    "translated_docs",
];

/// The language of a page with this path and text. `claimed` is what the page says itself. `None`: nobody can tell.
pub(in crate::corpus) fn written<'a>(
    claimed: Option<&str>,
    path: &str,
    variable: impl Fn(&str) -> Option<&'a str>,
    sections: impl Iterator<Item = &'a str>,
) -> Option<Language> {
    let sample = Sample::of(sections);
    let evidence = sample.evidence();
    if let Evidence::Certain(language) = evidence {
        return Some(language);
    }
    // A path is made by hand, what is in a page often by its theme.
    let claims = [
        Language::of_path(path),
        claimed.and_then(Language::of_tag),
        site(variable),
    ];
    let mut claims = claims.into_iter().flatten();
    let claim = claims.find(|claim| sample.may_be(*claim));
    claim.or(match evidence {
        Evidence::Certain(language) | Evidence::Likely(language) => Some(language),
        Evidence::None => None,
    })
}

/// What the configuration of a site says of its language, by the names that it defines.
fn site<'a>(variable: impl Fn(&str) -> Option<&'a str>) -> Option<Language> {
    let names = [
        "language",
        "lang",
        "locale",
        "languageCode",
        "defaultContentLanguage",
    ];
    names
        .into_iter()
        .find_map(|name| variable(name).and_then(Language::of_tag))
}

impl Language {
    /// The language whose folder a page stands in (`de/`, `i18n/ja/`, `zh-cn/`, `man/pt_BR/`), or that is in its name (`x.de.html`,
    /// `README.zh-CN.md`).
    pub fn of_path(path: &str) -> Option<Self> {
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        let mut above = "";
        for folder in folders.split('/') {
            let is_translated = OF_TRANSLATIONS
                .iter()
                .any(|name| name.eq_ignore_ascii_case(above));
            let found = match is_translated {
                true => Self::of_whole_tag(folder),
                false => Self::of_folder(folder),
            };
            if found.is_some() {
                return found;
            }
            above = folder;
        }
        let mut parts = name.split('.').skip(1);
        parts.find_map(Self::of_folder)
    }

    /// The language that a folder is named after, where it could hardly be anything else.
    pub fn of_folder(folder: &str) -> Option<Self> {
        Self::of_whole_tag(folder).filter(|language| !AMBIGUOUS.contains(&language.code()))
    }

    /// `de`, `pt-BR`, `zh_Hans`, `ja_JP.UTF-8`, and nothing else.
    fn of_whole_tag(folder: &str) -> Option<Self> {
        let tag = folder.split(['.', '@']).next().unwrap_or(folder);
        let (language, region) = match tag.split_once(['-', '_']) {
            None => (tag, None),
            Some((language, region)) => (language, Some(region)),
        };
        let is_region = |region: &str| {
            region.split(['-', '_']).all(|part| {
                matches!(part.len(), 2..=4) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
            })
        };
        let is_whole = language.len() == 2 && region.is_none_or(is_region);
        is_whole.then(|| Self::of_tag(language)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(path: &str) -> Option<&'static str> {
        Language::of_path(path).map(Language::code)
    }

    #[test]
    fn paths_name_languages() {
        for (of, expected) in [
            ("de/install.md", Some("de")),
            ("docs/zh-cn/install.md", Some("zh")),
            ("content/pt-BR/docs/x.md", Some("pt")),
            (
                "i18n/ja/docusaurus-plugin-content-docs/current/x.md",
                Some("ja"),
            ),
            ("i18n/ky/x.md", Some("ky")),
            ("usr/share/man/ja/man1/ls.1", Some("ja")),
            ("man/zh_CN.UTF-8/man1/ls.1.gz", Some("zh")),
            ("man/man1/ls.1", None),
            ("apt.de.html", Some("de")),
            ("README.zh-CN.md", Some("zh")),
            ("index.html.fr", Some("fr")),
            ("locale/sr@latin/x.rst", Some("sr")),
            ("guide/x.md", None),
            ("go/io/x.md", None),
            ("os/x.md", None),
            ("x.md", None),
            ("de", None),
            ("a/de-icing/x.md", None),
        ] {
            assert_eq!(path(of), expected, "{of}");
        }
    }

    fn told(claimed: Option<&str>, path: &str, text: &str) -> Option<&'static str> {
        written(claimed, path, |_| None, [text].into_iter()).map(Language::code)
    }

    const GERMAN: &str = "Der Dienst wird mit dem folgenden Befehl gestartet und wartet auf Anfragen, die von den Rechnern im \
                          eigenen Netz kommen. Wenn er nicht antwortet, ist das Protokoll die erste Stelle, an der man sucht.";
    const POLISH: &str = "Aby uruchomić usługę, należy wydać polecenie jako administrator. Jeśli usługa nie odpowiada, trzeba sprawdzić \
                          dziennik systemowy oraz konfigurację zapory sieciowej, ponieważ zapytania mogą być odrzucane. Wszystkie \
                          ustawienia zapisane są w jednym pliku, który wczytywany jest przy każdym uruchomieniu.";

    #[test]
    fn a_text_that_leaves_no_doubt_goes_first() {
        // Themes call everything English.
        assert_eq!(told(Some("en"), "x.html", GERMAN), Some("de"));
        assert_eq!(told(Some("en"), "x.html", POLISH), Some("pl"));
        // Not translated yet.
        assert_eq!(told(Some("ja"), "ja/x.html", GERMAN), Some("de"));
    }

    #[test]
    fn what_a_text_does_not_tell_is_taken_from_page_path_and_site() {
        assert_eq!(told(Some("fr-CA"), "x.html", "Installation"), Some("fr"));
        assert_eq!(told(None, "de/x.md", "Installation"), Some("de"));
        assert_eq!(told(Some("en"), "de/x.md", "Installation"), Some("de"));
        assert_eq!(told(None, "x.md", "Installation"), None);
        let site = |name: &str| (name == "language").then_some("pt");
        assert_eq!(
            written(None, "x.rst", site, ["Menu"].into_iter()).map(Language::code),
            Some("pt")
        );
    }

    #[test]
    fn sites_say_their_language() {
        let of =
            |name: &'static str, text: &'static str| site(move |it| (it == name).then_some(text));
        assert_eq!(of("language", "zh_CN").map(Language::code), Some("zh"));
        assert_eq!(
            of("defaultContentLanguage", "ko").map(Language::code),
            Some("ko")
        );
        assert_eq!(of("language", "klingon"), None);
    }
}
