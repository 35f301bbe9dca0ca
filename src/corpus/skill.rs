//! A skill: a folder of a set with a `SKILL.md`, as the Agent Skills specification has it. It is read as it stands, since who fetches it
//! compares hashes; like all that is read of a set, through its root, without what is hidden, ignored or left out.

use super::folder::SetFolder;
use super::format::Format;
use super::root::{Kind, Located, PrivatePaths, real_root};
use super::selection::Selection;
use crate::config::DocSet;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// Files of one skill.
const MAX_FILES: usize = 128;
/// Bytes of all of them.
const MAX_BYTES: u64 = 1 << 20;
/// Folders in the folder of a skill.
const MAX_DEPTH: usize = 8;
/// What one folder holds.
const MAX_ENTRIES: u64 = 1_000;
/// Characters of a name and of a description.
const MAX_NAME: usize = 64;
const MAX_DESCRIPTION: usize = 1_024;
const ENTRY: &str = "SKILL.md";

/// The files of a skill.
#[derive(Debug, Clone, PartialEq)]
pub struct SkillFolder {
    /// What its `SKILL.md` says of itself: `name` and `description` at the least.
    pub frontmatter: Map<String, Value>,
    /// Each by its path in the folder, in the order of paths; `SKILL.md` among them.
    pub files: Vec<(String, Vec<u8>)>,
}

impl SkillFolder {
    /// The value of a field that is a text.
    pub fn text(&self, field: &str) -> &str {
        self.frontmatter
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

/// The skill in a folder of a set, by the folder's path below the root; `None` where it is none: without a name or a description as they
/// should be, or larger than what is served.
pub fn skill(set: &DocSet, private: &PrivatePaths, folder: &str) -> Option<SkillFolder> {
    let (root, is_folder) = real_root(&set.root).ok()?;
    let opened = SetFolder::open(&root, private, false)
        .ok()
        .filter(|_| is_folder)?;
    let selection = Selection::of(set).ok()?;
    let mut gathering = Gathering {
        folder: &opened,
        selection: &selection,
        left: MAX_BYTES,
        files: Vec::new(),
    };
    gathering.gather(Path::new(folder), Path::new(""), 0)?;
    let mut files = gathering.files;
    files.sort();
    let (_, entry) = files.iter().find(|(path, _)| path == ENTRY)?;
    let frontmatter = frontmatter(std::str::from_utf8(entry).ok()?)?;
    let skill = SkillFolder { frontmatter, files };
    let description = skill.text("description").trim().chars().count();
    let is_whole = is_name(skill.text("name")) && (1..=MAX_DESCRIPTION).contains(&description);
    is_whole.then_some(skill)
}

struct Gathering<'a> {
    folder: &'a SetFolder,
    selection: &'a Selection<'a>,
    left: u64,
    files: Vec<(String, Vec<u8>)>,
}

impl Gathering<'_> {
    /// `None` where there is more than is served.
    fn gather(&mut self, skill: &Path, below: &Path, depth: usize) -> Option<()> {
        let here = skill.join(below);
        let root = self.folder.root();
        let mut listed = match root.find(&here) {
            _ if here.as_os_str().is_empty() => root.list().ok()?,
            Ok(Some(Located::Folder(way))) => way.list(root).ok()?,
            _ => return Some(()),
        };
        let entries = listed.entries(MAX_ENTRIES).ok().flatten()?;
        for (name, kind) in entries.iter() {
            // A skill at the root of a set has not all of the set.
            if skill.as_os_str().is_empty() && name != ENTRY {
                continue;
            }
            let path: PathBuf = below.join(name);
            match kind {
                Kind::Folder if depth < MAX_DEPTH && !name.as_encoded_bytes().starts_with(b".") => {
                    self.gather(skill, &path, depth + 1)?;
                }
                Kind::File | Kind::Link => self.file(&here.join(name), &path)?,
                _ => {}
            }
        }
        Some(())
    }

    fn file(&mut self, of_set: &Path, of_skill: &Path) -> Option<()> {
        let (Some(of_set), Some(of_skill)) = (of_set.to_str(), of_skill.to_str()) else {
            return Some(());
        };
        // Hidden, ignored, out of the set, docent's own: none of the skill's.
        let Some(stamp) = self.folder.stamp_of_included(of_set) else {
            return Some(());
        };
        if !self.selection.wants(of_set, stamp.size) || !may_be_of_a_skill(of_skill) {
            return Some(());
        }
        let (bytes, _) = self.folder.included(of_set, self.left).ok()?;
        if !is_of_a_skill(of_skill, &bytes) {
            return Some(());
        }
        self.left = self.left.checked_sub(bytes.len() as u64)?;
        self.files.push((of_skill.to_owned(), bytes));
        (self.files.len() <= MAX_FILES).then_some(())
    }
}

/// Whether a file belongs to a skill: a document, and what stands in the folders that skills keep other files in. A key or a
/// file of settings that lies beside them is no more served than anywhere else in the set.
fn is_of_a_skill(path: &str, bytes: &[u8]) -> bool {
    is_in_its_folders(path) || Format::detect(path, &String::from_utf8_lossy(bytes)).is_some()
}

/// Whether it need be read to be told.
fn may_be_of_a_skill(path: &str) -> bool {
    is_in_its_folders(path) || Format::is_candidate(path)
}

/// The folders of the specification.
fn is_in_its_folders(path: &str) -> bool {
    const FOLDERS: [&str; 3] = ["scripts/", "references/", "assets/"];
    FOLDERS.iter().any(|folder| path.starts_with(folder))
}

/// The block of YAML that the file begins with.
fn frontmatter(text: &str) -> Option<Map<String, Value>> {
    let rest = text.strip_prefix("---")?;
    let rest = rest
        .strip_prefix("\r\n")
        .or_else(|| rest.strip_prefix('\n'))?;
    let mut end = 0;
    let block = rest.split_inclusive('\n').find_map(|line| {
        let block = &rest[..end];
        end += line.len();
        (line.trim_end() == "---").then_some(block)
    })?;
    match serde_saphyr::from_str::<Value>(block) {
        Ok(Value::Object(fields)) => Some(fields),
        _ => None,
    }
}

/// Lower-case letters and digits, and single hyphens between them.
fn is_name(name: &str) -> bool {
    let is_part = |part: &str| {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        !part.is_empty() && part.bytes().all(is_plain)
    };
    name.len() <= MAX_NAME && name.split('-').all(is_part)
}
