//! A docent, as an assistant is told of it.

use super::{Reach, ServerName};
use crate::config::PublicUrl;

/// A docent, as an assistant is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    base: PublicUrl,
    /// What it is called among the assistant's servers.
    pub name: ServerName,
    /// What people call it.
    pub title: String,
    /// Who can reach it.
    pub reach: Reach,
    /// Whoever asks has to show who he is.
    pub is_private: bool,
}

impl Server {
    /// At the address of its first page; what its documentation is called.
    pub fn new(base: PublicUrl, title: &str) -> Self {
        Self {
            name: ServerName::from_title(title),
            title: title.to_owned(),
            reach: Reach::of(&base),
            is_private: false,
            base,
        }
    }

    /// The same, called otherwise.
    #[must_use]
    pub fn called(self, name: ServerName) -> Self {
        Self { name, ..self }
    }

    /// The same, where whoever asks has to show who he is.
    #[must_use]
    pub fn private(self) -> Self {
        Self {
            is_private: true,
            ..self
        }
    }

    /// Streamable HTTP, for every current client.
    pub fn mcp(&self) -> String {
        format!("{}/mcp", self.base)
    }

    /// Streamable HTTP, with the tools that ChatGPT asks for.
    pub fn chatgpt(&self) -> String {
        format!("{}/chatgpt", self.base)
    }

    /// HTTP+SSE, for older clients.
    pub fn sse(&self) -> String {
        format!("{}/sse", self.base)
    }

    /// What `npx` is given to connect clients that only start programs.
    pub(super) fn mcp_remote(&self) -> Vec<String> {
        let mut arguments = vec!["-y".to_owned(), "mcp-remote".to_owned(), self.mcp()];
        if !self.base.is_https() && self.reach != Reach::Machine {
            // It insists on HTTPS, but on this machine.
            arguments.push("--allow-http".to_owned());
        }
        arguments
    }
}
