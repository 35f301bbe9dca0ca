//! `[site]`: what people and assistants are told of the whole.

use super::{
    super::{
        file::SiteTable,
        settings::SiteSettings,
        values::{challenge, description, title},
    },
    Reader,
};

impl Reader<'_> {
    pub(super) fn site(&mut self, table: SiteTable) -> SiteSettings {
        let default = SiteSettings::default();
        SiteSettings {
            enabled: table.enabled.unwrap_or(default.enabled),
            title: self.text(table.title, title),
            description: self.text(table.description, description),
            openai_challenge: self.text(table.openai_challenge, challenge),
        }
    }
}
