//! docent puts a team's documentation in front of every AI assistant.
//!
//! See `docs/architecture.md` for the map of the modules and what must hold between them.
pub mod acme;
pub mod assistants;
pub mod auth;
pub mod cli;
pub mod config;
pub mod corpus;
pub mod discovery;
pub mod doctor;
pub mod durable;
pub mod error;
pub mod eval;
pub mod http;
pub mod insights;
pub mod jwks;
pub mod listener;
pub mod mcp;
pub mod platform;
pub mod search;
pub mod service;
pub mod state;
pub mod tls;
