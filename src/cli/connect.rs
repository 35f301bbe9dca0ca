//! `docent connect`: how an assistant comes to know of a docent.

pub(super) mod target;
mod write;

use std::{
    io::{self, IsTerminal as _, Write as _},
    path::PathBuf,
};

use clap::{
    Args,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser as _},
};

use super::style::Style;
use crate::{
    assistants::{ASSISTANTS, Assistant, Offer, Server, ServerName, find, in_text, plain},
    config::PublicUrl,
    error::{Failure, Kind},
    platform::Environment,
};

/// Tell how to connect an assistant, or connect it
///
/// Prints the steps for an assistant; without one, lists all of them. With --write, shows the change of the
/// assistant's own configuration file, asks, and makes it. What else stands in the file stays as it is written.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  docent connect                               list the assistants
  docent connect claude-code                   print the steps for Claude Code
  docent connect cursor --write                add docent to Cursor's configuration
  docent connect codex --url https://docs.example.com --name team-docs")]
pub(super) struct Connect {
    /// The assistant
    #[arg(value_name = "ASSISTANT", value_parser = targets(), ignore_case = true)]
    assistant: Option<Target>,

    /// Where docent answers [default: what the configuration says, else http://127.0.0.1:8080]
    #[arg(long, value_name = "URL", value_parser = target::address)]
    url: Option<PublicUrl>,

    /// What the assistant is to call it [default: made of the configured title, else docent]
    #[arg(long, value_name = "NAME")]
    name: Option<ServerName>,

    /// The configuration of the docent that is connected [default: ./docent.toml, else
    /// /etc/docent/docent.toml, where there is one]
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Make the change in the assistant's own configuration file, after showing it
    #[arg(long, requires = "assistant")]
    write: bool,

    /// Write for everybody who works on the project in the current folder
    #[arg(long, requires = "write")]
    project: bool,

    /// Write into this file [default: where the assistant looks]
    #[arg(
        long,
        value_name = "FILE",
        requires = "write",
        conflicts_with = "project"
    )]
    file: Option<PathBuf>,

    /// Do not ask before writing
    #[arg(short, long, requires = "write")]
    yes: bool,
}

/// To whom docent is made known.
#[derive(Debug, Clone, Copy)]
enum Target {
    /// An assistant.
    Assistant(&'static Assistant),
    /// The MCP registry, by a file that is sent there.
    Registry,
}

const REGISTRY: &str = "registry";

fn targets() -> impl clap::builder::TypedValueParser<Value = Target> {
    let assistants = ASSISTANTS.iter().map(|assistant| {
        PossibleValue::new(assistant.id)
            .help(assistant.name)
            .alias(assistant.name)
    });
    let registry = PossibleValue::new(REGISTRY).help("The MCP registry: prints server.json");
    PossibleValuesParser::new(assistants.chain([registry])).map(|given| {
        // The parser lets nothing else through.
        find(&given).map_or(Target::Registry, Target::Assistant)
    })
}

impl Connect {
    pub(super) fn run(self, environment: &Environment) -> anyhow::Result<()> {
        if let Some(Target::Registry) = self.assistant {
            return print(&target::registry(self.url, self.config.as_deref())?);
        }
        let server = target::server(self.url, self.name, self.config.as_deref())?;
        let style = Style::new(io::stdout().is_terminal() && !environment.no_color);
        let Some(Target::Assistant(assistant)) = self.assistant else {
            return print(&list(&server, style));
        };
        let guide = match assistant.offer(&server) {
            Offer::Steps(guide) => guide,
            Offer::Nothing(why) => {
                let message = format!("{} cannot connect to {}", assistant.name, server.mcp());
                return Err(Failure::new(Kind::Usage, message)
                    .because(plain(&why))
                    .help("name the public address with --url, or as `url` in [server] of the configuration")
                    .into());
            }
        };
        if self.write {
            let place = match (self.file, self.project) {
                (Some(file), _) => write::Place::File(file),
                (None, true) => write::Place::Project,
                (None, false) => write::Place::Own,
            };
            return write::write(assistant, &server, &place, self.yes, environment);
        }
        let mut text = format!("{}\n\n{}", style.title(guide.title), in_text(&guide));
        if assistant.configuration(&server).is_some() {
            text += &style.aside(&format!(
                "\n`docent connect {} --write` makes the change itself.\n",
                assistant.id
            ));
        }
        print(&text)
    }
}

/// Every assistant that can connect, each in a line.
fn list(server: &Server, style: Style) -> String {
    let mut text = format!("docent answers at {}\n\n", server.mcp());
    let mut refused = Vec::new();
    for assistant in ASSISTANTS {
        if let Offer::Nothing(why) = assistant.offer(server) {
            refused.push((assistant.name, why));
            continue;
        }
        let way = assistant
            .command(server)
            .unwrap_or_else(|| format!("docent connect {}", assistant.id));
        let name = style.title(&format!("{:<14}", assistant.name));
        text += &format!("  {name}  {way}\n");
    }
    for (name, why) in refused {
        text += &format!("\n{name} is not offered. {}\n", plain(&why));
    }
    text
}

fn print(text: &str) -> anyhow::Result<()> {
    Ok(io::stdout().lock().write_all(text.as_bytes())?)
}
