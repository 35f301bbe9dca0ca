//! How assistants make themselves known to whoever signs people in, and where they want people sent back to.

/// An assistant, as an authorization server sees it.
pub(super) struct Client {
    pub(super) name: &'static str,
    /// Where people are sent back to.
    pub(super) redirect: &'static str,
    /// Its identifier is the address of a document (Client ID Metadata Document).
    pub(super) has_document: bool,
    /// It insists on being told who has answered (RFC 9207).
    pub(super) wants_issuer: bool,
}

/// Those of which there is a page in the manual.
pub(super) const CLIENTS: [Client; 7] = [
    Client {
        name: "Claude",
        redirect: "https://claude.ai/api/mcp/auth_callback",
        has_document: true,
        wants_issuer: false,
    },
    Client {
        name: "ChatGPT",
        redirect: "https://chatgpt.com/connector/oauth/…, as its form shows it",
        has_document: true,
        wants_issuer: false,
    },
    Client {
        name: "Claude Code",
        redirect: "http://localhost:PORT/callback",
        has_document: true,
        wants_issuer: false,
    },
    Client {
        name: "VS Code",
        redirect: "http://127.0.0.1:33418/ and https://vscode.dev/redirect",
        has_document: true,
        wants_issuer: false,
    },
    Client {
        name: "Cursor",
        redirect: "http://localhost:8787/callback and cursor://anysphere.cursor-mcp/oauth/callback",
        has_document: false,
        wants_issuer: false,
    },
    Client {
        name: "Gemini CLI",
        redirect: "http://localhost:PORT/oauth/callback",
        has_document: false,
        wants_issuer: true,
    },
    Client {
        name: "Codex",
        redirect: "http://127.0.0.1:PORT/callback",
        has_document: true,
        wants_issuer: false,
    },
];
