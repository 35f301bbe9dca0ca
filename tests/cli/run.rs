//! Runs docent in a folder of its own and shows the run as text.

use std::{fs, path::Path, process::Command};

use tempfile::TempDir;

/// A folder with the files of a test.
pub(crate) struct Sandbox(TempDir);

impl Sandbox {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(TempDir::new().expect("the temporary folder can be written"));
        for (path, text) in files {
            folder.write(path, text);
        }
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        let parent = path.parent().expect("it is below the sandbox");
        fs::create_dir_all(parent).expect("the sandbox can be written");
        fs::write(path, bytes).expect("the sandbox can be written");
    }

    /// Runs docent here, with nothing of this process's environment.
    pub(crate) fn docent(&self, arguments: &[&str]) -> Run {
        self.docent_with(arguments, &[])
    }

    /// The same, with these variables.
    pub(crate) fn docent_with(&self, arguments: &[&str], variables: &[(&str, &Path)]) -> Run {
        let output = Command::new(env!("CARGO_BIN_EXE_docent"))
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("HOME", self.path())
            .envs(variables.iter().copied())
            .output()
            .expect("cargo has built docent");
        let folder = self.path().display().to_string();
        let text = |bytes: Vec<u8>| {
            String::from_utf8(bytes)
                .expect("docent prints UTF-8")
                .replace(&folder, "[folder]")
        };
        Run {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

/// What a run left.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// All of it, for a snapshot.
    pub(crate) fn shown(&self) -> String {
        let code = self
            .code
            .map_or("killed".to_owned(), |code| code.to_string());
        let lines = |text: &str| {
            // Blank lines at the ends and spaces after lines say nothing.
            text.trim()
                .lines()
                .map(|line| format!("{}\n", line.trim_end()))
                .collect::<String>()
        };
        format!(
            "exit {code}\n--- stdout\n{}--- stderr\n{}",
            lines(&self.stdout),
            lines(&self.stderr)
        )
    }
}
