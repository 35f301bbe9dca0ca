//! docent's own manual, where no package has put it: beside the program, as an unpacked tarball has it.

use std::{
    env,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use crate::config::INSTALLED_MANUAL;

/// The folder of the manual in `share` beside the `bin` that docent was started from. `None` where there is
/// none, and for an installed docent, whose configuration says what to serve.
pub fn manual_beside_program() -> Option<&'static Path> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOUND
        .get_or_init(|| {
            let manual = manual_of(&env::current_exe().ok()?)?;
            (manual != Path::new(INSTALLED_MANUAL)).then_some(manual)
        })
        .as_deref()
}

fn manual_of(program: &Path) -> Option<PathBuf> {
    let bin = program.parent().filter(|bin| bin.ends_with("bin"))?;
    let manual = bin.parent()?.join("share/docent/manual");
    manual.is_dir().then_some(manual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_lies_in_share_beside_bin() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("bin/docent");
        assert_eq!(manual_of(&program), None, "nothing is there");
        let manual = folder.path().join("share/docent/manual");
        std::fs::create_dir_all(&manual).unwrap();
        assert_eq!(manual_of(&program), Some(manual));
        let elsewhere = folder.path().join("debug/docent");
        assert_eq!(manual_of(&elsewhere), None, "no program that is installed");
    }
}
