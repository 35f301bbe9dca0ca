//! Clients that show who they are, and are then told what nobody else is.

use crate::{alone::alone, node_command, private::Private};

#[test]
fn claude_code_answers_with_an_access_key() {
    with_a_key("claude_code");
}

#[test]
fn codex_answers_with_an_access_key() {
    with_a_key("codex");
}

#[test]
fn copilot_answers_with_an_access_key() {
    with_a_key("copilot");
}

#[test]
fn gemini_cli_answers_with_an_access_key() {
    with_a_key("gemini_cli");
}

#[test]
fn opencode_answers_with_an_access_key() {
    if crate::agents::opencode_is_there() {
        with_a_key("opencode");
    }
}

/// As `Authorization: Bearer`, in the way that each of them is told so.
fn with_a_key(agent: &str) {
    alone(|| {
        let docent = Private::start();
        let key = docent.key();
        let mut turn = node_command("turn.mjs");
        turn.args([agent, "key", &format!("{}/mcp", docent.base), &key]);
        docent.handbook.is_quoted(&mut turn);
        docent.tells_nobody();
    });
}

impl Private {
    /// Whoever does not sign in does not.
    fn tells_nobody(&self) {
        let said = self.searched_by_nobody();
        assert!(!said.contains(&self.handbook.secret), "{said}");
    }
}
