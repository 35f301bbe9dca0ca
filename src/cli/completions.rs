//! `docent completions`: what a shell needs to complete docent's command line.

use std::io::{self, Write as _};

use clap::Args;
use clap_complete::{Shell, generate};

/// Print the completions of a shell
///
/// Packages install those of bash, zsh and fish; this is for other ways to install docent.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  docent completions bash > ~/.local/share/bash-completion/completions/docent
  docent completions zsh > ~/.zfunc/_docent        (with ~/.zfunc in $fpath)
  docent completions fish > ~/.config/fish/completions/docent.fish")]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self) -> anyhow::Result<()> {
        // Whoever reads them may stop: first made whole, then written.
        let mut script = Vec::new();
        generate(self.shell, &mut super::definition(), "docent", &mut script);
        io::stdout().lock().write_all(&script)?;
        Ok(())
    }
}
