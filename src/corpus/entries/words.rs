//! What words say of the names beside them.

/// Whether it says what a name is of: "method", "header". Lower case.
pub(super) fn is_kind(word: &str) -> bool {
    const KINDS: &[&str] = &[
        "alert",
        "annotation",
        "api",
        "argument",
        "at-rule",
        "attribute",
        "builtin",
        "class",
        "code",
        "command",
        "component",
        "constant",
        "constructor",
        "crate",
        "data",
        "decorator",
        "directive",
        "element",
        "enum",
        "environment",
        "error",
        "event",
        "exception",
        "extension",
        "field",
        "file",
        "filter",
        "flag",
        "function",
        "global",
        "header",
        "hook",
        "interface",
        "keyword",
        "library",
        "macro",
        "member",
        "method",
        "mixin",
        "module",
        "namespace",
        "object",
        "operator",
        "option",
        "package",
        "parameter",
        "plugin",
        "procedure",
        "property",
        "pseudo-class",
        "pseudo-element",
        "resource",
        "role",
        "selector",
        "setting",
        "signal",
        "statement",
        "static",
        "struct",
        "subcommand",
        "tag",
        "trait",
        "type",
        "union",
        "utility",
        "value",
        "variable",
        "view",
        "warning",
    ];
    let word = word.trim_end_matches([':', '.']).to_lowercase();
    KINDS.binary_search(&word.as_str()).is_ok()
}

/// Whether anchors of members begin with it: "method.push", "c.Py_buffer.len".
pub(super) fn is_kind_of_member(word: &str) -> bool {
    const KINDS: &[&str] = &[
        "associatedconstant",
        "associatedtype",
        "c",
        "cpp",
        "field",
        "fn",
        "instance_method",
        "method",
        "signal",
        "structfield",
        "tymethod",
        "variant",
        "vfunc",
    ];
    KINDS.contains(&word)
}

/// Whether it says so of any word that stands before it.
pub(super) fn is_sure_kind(word: &str) -> bool {
    const KINDS: &[&str] = &[
        "at-rule",
        "attribute",
        "command",
        "directive",
        "element",
        "event",
        "header",
        "property",
        "pseudo-class",
        "pseudo-element",
        "statement",
        "subcommand",
        "tag",
    ];
    KINDS.contains(&word.to_lowercase().as_str())
}

/// Whether it stands before the name in a declaration: "class", "async", "Struct".
pub(super) fn is_qualifier(word: &str) -> bool {
    const QUALIFIERS: &[&str] = &[
        "abstract",
        "alias",
        "async",
        "attr",
        "attribute",
        "await",
        "awaitable",
        "bool",
        "bool-or-int",
        "char",
        "class",
        "classmethod",
        "command",
        "const",
        "constant",
        "constructor",
        "coroutine",
        "crate",
        "data",
        "decorator",
        "def",
        "default",
        "derive",
        "double",
        "enum",
        "enumeration",
        "event",
        "exception",
        "export",
        "extern",
        "final",
        "float",
        "fn",
        "func",
        "function",
        "generator",
        "global",
        "inline",
        "int",
        "interface",
        "keyword",
        "long",
        "macro",
        "member",
        "method",
        "module",
        "mut",
        "namespace",
        "new",
        "object",
        "opcode",
        "operator",
        "override",
        "package",
        "primitive",
        "private",
        "property",
        "protected",
        "pub",
        "public",
        "readonly",
        "record",
        "short",
        "signal",
        "size_t",
        "static",
        "staticmethod",
        "string",
        "struct",
        "synchronized",
        "template",
        "trait",
        "type",
        "typedef",
        "typename",
        "union",
        "unsafe",
        "unsigned",
        "using",
        "val",
        "var",
        "variable",
        "virtual",
        "void",
        "volatile",
    ];
    let word = word.to_lowercase();
    QUALIFIERS.binary_search(&word.as_str()).is_ok()
}

/// Whether it is one word.
pub(super) fn is_single(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.len() <= 200 && !text.contains(char::is_whitespace)
}

/// Whether it is made as names in code are: parts of letters and digits with signs between them.
pub(super) fn is_path(text: &str) -> bool {
    let is_sign = |c: char| {
        matches!(
            c,
            '_' | '.' | ':' | '#' | '$' | '-' | '/' | '@' | '!' | '?' | '~' | '+' | '%'
        )
    };
    !text.is_empty()
        && text.len() <= 200
        && text.chars().all(|c| c.is_alphanumeric() || is_sign(c))
        && text.contains(char::is_alphanumeric)
}

/// Whether it is signs alone, as operators are.
pub(super) fn is_operator(text: &str) -> bool {
    !text.is_empty() && text.len() <= 8 && text.chars().all(|c| c.is_ascii_punctuation())
}

/// Whether its end says that it is a file.
pub(super) fn is_file(name: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "adoc",
        "automount",
        "bash",
        "bat",
        "c",
        "cc",
        "cfg",
        "cnf",
        "conf",
        "config",
        "cpp",
        "css",
        "csv",
        "db",
        "device",
        "exe",
        "git",
        "gz",
        "h",
        "hpp",
        "htm",
        "html",
        "ini",
        "jar",
        "java",
        "js",
        "json",
        "jsx",
        "key",
        "lock",
        "log",
        "md",
        "mjs",
        "mount",
        "network",
        "org",
        "pem",
        "pid",
        "plist",
        "properties",
        "py",
        "rb",
        "rs",
        "rst",
        "scope",
        "service",
        "sh",
        "slice",
        "so",
        "socket",
        "sql",
        "svg",
        "swap",
        "tar",
        "target",
        "timer",
        "toml",
        "ts",
        "tsx",
        "txt",
        "xml",
        "yaml",
        "yml",
        "zip",
    ];
    let ending = name.rsplit('.').next().unwrap_or_default();
    name.contains('.') && ENDINGS.binary_search(&ending).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_words_are() {
        assert!(is_kind("Header") && is_kind("method.") && !is_kind("types"));
        assert!(is_qualifier("Struct") && is_qualifier("async") && !is_qualifier("the"));
        assert!(is_file("pg_hba.conf") && is_file("a.service") && !is_file("os.path"));
        assert!(is_operator("->>") && !is_operator("a"));
        assert!(is_path("std::vec") && is_path("--dry-run") && !is_path("a b"));
    }
}
