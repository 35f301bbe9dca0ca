//! `docent init`: a configuration to begin with.

use std::{
    fmt::Write as _,
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use clap::Args;

use crate::{
    config::{DocSet, Generator, Settings},
    corpus::{PrivatePaths, Proposal},
    durable,
    error::{Failure, Kind, printable},
    platform::{Environment, LOCAL_CONFIG},
};

use super::documents::explain;

/// Write a configuration for folders of documents
///
/// Says of each folder what its files tell: its site generator, what it is called, what it is about and where it is
/// published. Read it before you keep it: assistants are told these words in every conversation.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  docent init ./docs                      write ./docent.toml, which other commands then follow
  docent init ./docs --output -           show what it would write
  docent init /srv/docs -o /etc/docent/docent.toml --force")]
pub(super) struct Init {
    /// Folders of documents, or single documents
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// The file to write; `-` prints it
    #[arg(short, long, value_name = "FILE", default_value = LOCAL_CONFIG)]
    output: PathBuf,

    /// Write over a file that is there
    #[arg(long)]
    force: bool,
}

impl Init {
    pub(super) fn run(self, environment: &Environment) -> anyhow::Result<()> {
        let settings = Settings::for_paths(&self.paths).map_err(explain)?;
        let own = environment.own_folders(None, None, &self.output);
        let private = PrivatePaths::new(own);
        let proposals: Vec<Proposal> = settings
            .docs
            .iter()
            .map(|set| Proposal::of(set, &private))
            .collect();
        if let Some(set) = settings.docs.iter().find(|set| set.root.to_str().is_none()) {
            let message = format!(
                "{} cannot be written into a configuration",
                printable(&set.root.display().to_string())
            );
            return Err(Failure::new(Kind::Usage, message)
                .because("its name is not UTF-8")
                .help("give the folder another name, or a link with one")
                .into());
        }
        let is_printed = self.output == Path::new("-");
        let output = std::path::absolute(&self.output)?;
        let folder = output.parent().filter(|_| !is_printed);
        let text = configuration(&settings.docs, &proposals, folder);
        if is_printed {
            io::stdout().lock().write_all(text.as_bytes())?;
            return Ok(());
        }
        self.write(&text)?;
        // What is written is followed from now on: it has to be right.
        Settings::load(&output).map_err(explain)?;
        let shown = printable(&self.output.display().to_string());
        let follow = if self.output == Path::new(LOCAL_CONFIG) {
            String::new()
        } else {
            format!(" --config {shown}")
        };
        writeln!(
            io::stdout().lock(),
            "Wrote {shown}. Read it, since assistants are told what it says of the documents; then:\n\n  \
             docent check{follow}\n  docent serve{follow}"
        )?;
        Ok(())
    }

    fn write(&self, text: &str) -> Result<(), Failure> {
        let written = if self.force {
            durable::replace(&self.output, text.as_bytes(), 0o644)
        } else {
            fs::File::create_new(&self.output).and_then(|mut file| file.write_all(text.as_bytes()))
        };
        let shown = printable(&self.output.display().to_string());
        written.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => {
                Failure::new(Kind::CannotCreate, format!("{shown} is there already"))
                    .help("see what it would say with `--output -`, name another file, or write over it with --force")
            }
            io::ErrorKind::PermissionDenied => {
                Failure::new(Kind::Permission, format!("{shown} cannot be written"))
                    .because(error)
                    .help("name a file of your own with --output")
            }
            _ => Failure::new(Kind::CannotCreate, format!("{shown} cannot be written"))
                .because(error),
        })
    }
}

/// The file. Paths in `folder`, where it will be, are relative to it.
fn configuration(sets: &[DocSet], proposals: &[Proposal], folder: Option<&Path>) -> String {
    let mut text = String::from(
        "# Configuration of docent. `docent check` shows what it serves, and `docent serve` follows it. Every key, with its\n\
         # default: man docent.toml, or docs/configuration.md.\n\n\
         [site]\n\n\
         # What all of this documentation is called, and in one sentence what it is about and whose it is.\n",
    );
    let only = match proposals {
        [only] => only.title.as_deref(),
        _ => None,
    };
    key(&mut text, "title", only);
    key(&mut text, "description", None);
    text += "\n[server]\n\n\
        # The public name of this server: docent then answers over HTTPS, once you accept the authority's terms in [acme].\n\
        #domain = \"docs.example.com\"\n\n\
        #[acme]\n\
        #accept_terms = true   # of Let's Encrypt: https://letsencrypt.org/repository/\n";
    for (set, proposal) in sets.iter().zip(proposals) {
        table(&mut text, set, proposal, folder);
    }
    text
}

fn table(text: &mut String, set: &DocSet, proposal: &Proposal, folder: Option<&Path>) {
    let generator = proposal.generator.and_then(name_of);
    let told = generator.map_or_else(String::new, |name| format!(" ({name})"));
    let _ = write!(
        text,
        "\n[[docs]]\n\n# The folder{told}, and what assistants call it.\n"
    );
    let path = folder.and_then(|folder| set.root.strip_prefix(folder).ok());
    let path = match path {
        Some(below) if below.as_os_str().is_empty() => Path::new("."),
        Some(below) => below,
        None => &set.root,
    };
    key(text, "path", path.to_str());
    key(text, "name", Some(&set.name));
    text.push_str(
        "\n# What people call it, and in one sentence what it is about: assistants are told both in every conversation.\n",
    );
    key(text, "title", proposal.title.as_deref());
    key(text, "description", proposal.description.as_deref());
    text.push_str(
        "\n# Where it is published, so that assistants can link to the pages they quote.\n",
    );
    key(text, "base_url", proposal.base_url.as_deref());
}

/// A line with a key, commented where there is nothing to say.
fn key(text: &mut String, key: &str, value: Option<&str>) {
    let _ = match value {
        Some(value) => writeln!(text, "{key} = {}", toml_edit::Value::from(value)),
        None => writeln!(text, "#{key} = \"\""),
    };
}

fn name_of(generator: Generator) -> Option<&'static str> {
    let known = Generator::NAMES
        .iter()
        .find(|(_, named)| *named == generator);
    known.map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_files_say_is_quoted_as_toml_has_it() {
        let mut set = DocSet::new("handbook", "/srv/site/docs");
        set.root = "/srv/site/docs".into();
        let proposal = Proposal {
            generator: Some(Generator::MkDocs),
            title: Some("The \"blue\" \\ handbook\u{202e} ''' # [x]".into()),
            description: None,
            base_url: Some("https://docs.example.com/".into()),
        };
        let text = configuration(
            &[set],
            std::slice::from_ref(&proposal),
            Some(Path::new("/srv/site")),
        );
        let parsed: toml::Table = text.parse().unwrap();
        let docs = parsed["docs"].as_array().unwrap()[0].as_table().unwrap();
        assert_eq!(docs["path"].as_str(), Some("docs"));
        assert_eq!(docs["title"].as_str(), proposal.title.as_deref());
        assert_eq!(docs["base_url"].as_str(), proposal.base_url.as_deref());
        assert!(!docs.contains_key("description"));
        assert!(text.contains("# The folder (mkdocs),"), "{text}");
    }
}
