//! The languages whose words docent can reduce to their stems.

/// The language of the documents' prose: decides which endings of words a search passes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(missing_docs, reason = "each is the language of its name")]
pub enum Language {
    Arabic,
    Danish,
    Dutch,
    #[default]
    English,
    Finnish,
    French,
    German,
    Greek,
    Hungarian,
    Italian,
    Norwegian,
    Portuguese,
    Romanian,
    Russian,
    Spanish,
    Swedish,
    Tamil,
    Turkish,
}

impl Language {
    /// Every language with the name it has in the configuration.
    pub const NAMES: [(&'static str, Self); 18] = [
        ("arabic", Self::Arabic),
        ("danish", Self::Danish),
        ("dutch", Self::Dutch),
        ("english", Self::English),
        ("finnish", Self::Finnish),
        ("french", Self::French),
        ("german", Self::German),
        ("greek", Self::Greek),
        ("hungarian", Self::Hungarian),
        ("italian", Self::Italian),
        ("norwegian", Self::Norwegian),
        ("portuguese", Self::Portuguese),
        ("romanian", Self::Romanian),
        ("russian", Self::Russian),
        ("spanish", Self::Spanish),
        ("swedish", Self::Swedish),
        ("tamil", Self::Tamil),
        ("turkish", Self::Turkish),
    ];
}
