//! YAML, line by line: no kept crate writes it again with its comments. What comes out is read, and given up where it
//! says anything else than before and the entry.

use serde_json::{Map, Value};

use super::{Configuration, EditError};

pub(super) fn edited(
    configuration: &Configuration,
    name: &str,
    before: &str,
) -> Result<String, EditError> {
    let [list] = configuration.keys else {
        return Err(EditError::Style("the list of servers is further in"));
    };
    let old = read(before)?;
    let mut expected = old.clone();
    let servers = expected
        .entry(*list)
        .or_insert_with(|| Value::Object(Map::new()));
    if servers.is_null() {
        *servers = Value::Object(Map::new());
    }
    let servers = servers
        .as_object_mut()
        .ok_or_else(|| EditError::Shape((*list).to_owned()))?;
    match servers.get(name) {
        Some(entry) if *entry == configuration.entry => return Ok(before.to_owned()),
        Some(_) => return Err(EditError::Style("another server has this name already")),
        None => servers.insert(name.to_owned(), configuration.entry.clone()),
    };
    let after = with_lines(before, list, name, &configuration.entry)?;
    match read(&after) {
        Ok(said) if said == expected => Ok(after),
        // What was there could be read: it is no fault of the file's.
        _ => Err(EditError::Style("a line more would say something else")),
    }
}

fn read(text: &str) -> Result<Map<String, Value>, EditError> {
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    match serde_saphyr::from_str::<Value>(text) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(Value::Null) => Ok(Map::new()),
        Ok(_) => Err(EditError::Shape(".".to_owned())),
        Err(error) => Err(EditError::Unreadable {
            format: "YAML",
            why: error
                .to_string()
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned(),
        }),
    }
}

/// The entry right below the line that begins the list, as far in as the entries that are there.
fn with_lines(before: &str, list: &str, name: &str, entry: &Value) -> Result<String, EditError> {
    let mut lines: Vec<&str> = before.lines().collect();
    let key = format!("{list}:");
    let found = lines.iter().position(|line| {
        let rest = line.strip_prefix(&key).map(str::trim);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('#') || rest == "{}")
    });
    let (at, step) = if let Some(at) = found {
        if lines[at].ends_with("{}") {
            lines[at] = &key;
        }
        let below = lines[at + 1..].iter().find(|line| {
            let line = line.trim_start();
            !line.is_empty() && !line.starts_with('#')
        });
        let step = below.map_or(0, |line| line.len() - line.trim_start().len());
        (at + 1, if step == 0 { 2 } else { step })
    } else {
        if before.lines().any(|line| line.starts_with(&key)) {
            return Err(EditError::Style("the servers stand in one line"));
        }
        lines.push(&key);
        (lines.len(), 2)
    };
    let indent = " ".repeat(step);
    let mut added = vec![format!("{indent}{name}:")];
    for (key, value) in entry.as_object().into_iter().flatten() {
        // Each scalar of JSON is one of YAML.
        added.push(format!("{indent}{indent}{key}: {value}"));
    }
    let mut all: Vec<&str> = lines[..at].to_vec();
    all.extend(added.iter().map(String::as_str));
    all.extend(&lines[at..]);
    Ok(all.join("\n") + "\n")
}
