//! A key put into the file or taken out of it, which otherwise stays as somebody has written it.

use toml_edit::{ArrayOfTables, Datetime, DocumentMut, Item, Table, value};

use super::{KeptKey, KeysFile, MAX_KEYS, rfc3339};

/// Above the keys of a file that docent has made.
const HEADER: &str = "\
# Access keys of docent: their names, the audiences that they are for, and their SHA-256, of which
# no key can be made. `docent key new` and `docent key revoke` write this file; docent reads it when
# it starts and at each reload (systemctl reload docent).
";

/// Why the file cannot be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// It has as many keys as it may.
    #[error("there are {MAX_KEYS} keys already")]
    Full,
    /// Its keys are written in another way.
    #[error("its keys are not tables of their own: write each as [[key]]")]
    Form,
}

impl KeysFile {
    /// The text of the file with one more key.
    ///
    /// # Errors
    /// Where there is no room for it.
    pub fn with(&self, key: &KeptKey) -> Result<String, EditError> {
        if self.keys.len() >= MAX_KEYS {
            return Err(EditError::Full);
        }
        let mut document = self.document()?;
        let mut table = Table::new();
        table.insert("name", value(key.name.as_str()));
        table.insert("audience", value(key.audience.as_str()));
        table.insert("sha256", value(key.hash.to_string()));
        for (field, moment) in [("created", key.created), ("expires", key.expires)] {
            let moment = moment.and_then(|moment| rfc3339(moment).parse::<Datetime>().ok());
            if let Some(moment) = moment {
                table.insert(field, value(moment));
            }
        }
        if self.text.trim().is_empty() {
            document.set_trailing("");
            table.decor_mut().set_prefix(format!("{HEADER}\n"));
        } else {
            let is_apart = self.text.ends_with("\n\n");
            let end = if self.text.ends_with('\n') { "" } else { "\n" };
            let apart = if is_apart { "" } else { "\n" };
            // What stands below the last key stays there.
            let below = document.trailing().as_str().unwrap_or_default().to_owned();
            document.set_trailing("");
            table.decor_mut().set_prefix(format!("{below}{end}{apart}"));
        }
        keys(&mut document)?.push(table);
        Ok(document.to_string())
    }

    /// The text of the file without the keys of these names.
    ///
    /// # Errors
    /// Where the file cannot be changed.
    pub fn without(&self, names: &[&str]) -> Result<String, EditError> {
        let mut document = self.document()?;
        for name in names {
            remove(&mut document, name)?;
        }
        Ok(document.to_string())
    }

    fn document(&self) -> Result<DocumentMut, EditError> {
        // What is read has been parsed already.
        self.text.parse().map_err(|_| EditError::Form)
    }
}

fn remove(document: &mut DocumentMut, name: &str) -> Result<(), EditError> {
    let is_it = |table: &Table| table.get("name").and_then(Item::as_str) == Some(name);
    let tables = keys(document)?;
    let Some(at) = tables.iter().position(is_it) else {
        return Ok(());
    };
    let above = tables.get(at).map(above).unwrap_or_default();
    tables.remove(at);
    if let Some(next) = tables.get_mut(at) {
        let decor = next.decor_mut();
        let own = decor.prefix().and_then(|it| it.as_str());
        let own = own.unwrap_or_default();
        let own = own.trim_start_matches('\r');
        let own = own.strip_prefix('\n').unwrap_or(own);
        decor.set_prefix(format!("{above}{own}"));
        return Ok(());
    }
    let below = document.trailing().as_str().unwrap_or_default().to_owned();
    document.set_trailing(format!("{above}{below}"));
    Ok(())
}

fn keys(document: &mut DocumentMut) -> Result<&mut ArrayOfTables, EditError> {
    document
        .entry("key")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()))
        .as_array_of_tables_mut()
        .ok_or(EditError::Form)
}

/// Of what stands above a table, all that is apart from it by an empty line: it is not about it alone.
fn above(table: &Table) -> String {
    let prefix = table.decor().prefix().and_then(|it| it.as_str());
    let prefix = prefix.unwrap_or_default();
    // As lines end on either system.
    let empty = ["\n\n", "\n\r\n"].map(|end| prefix.rfind(end).map(|at| at + end.len()));
    match empty.into_iter().flatten().max() {
        Some(end) => prefix[..end].to_owned(),
        None if prefix.trim_start_matches('\r').starts_with('\n') => "\n".to_owned(),
        None => String::new(),
    }
}
