//! The real binary: what it prints, where, and its exit status.
//!
//! Each snapshot is one run. What differs between machines is filtered out.

mod left_out;

#[path = "search/prose.rs"]
mod prose;
#[path = "cli/run.rs"]
mod run;

#[path = "cli/arguments.rs"]
mod arguments;
#[path = "cli/audiences.rs"]
mod audiences;
#[path = "cli/configuration.rs"]
mod configuration;
#[path = "cli/connect.rs"]
mod connect;
#[path = "cli/corpora.rs"]
mod corpora;
#[path = "cli/crowd.rs"]
mod crowd;
#[path = "cli/differential.rs"]
mod differential;
#[path = "cli/documents.rs"]
mod documents;
#[path = "cli/eval.rs"]
mod eval;
#[path = "cli/follow.rs"]
mod follow;
#[path = "cli/insights.rs"]
mod insights;
#[path = "cli/issuer.rs"]
mod issuer;
#[path = "cli/journal.rs"]
mod journal;
#[path = "cli/jwks.rs"]
mod jwks;
#[path = "cli/keys.rs"]
mod keys;
#[path = "cli/keys_in_use.rs"]
mod keys_in_use;
#[path = "cli/local.rs"]
mod local;
#[path = "cli/losses.rs"]
mod losses;
#[path = "cli/missing.rs"]
mod missing;
#[path = "cli/serve.rs"]
mod serve;
#[path = "cli/sign_in.rs"]
mod sign_in;
#[path = "cli/status.rs"]
mod status;
#[path = "cli/stdio.rs"]
mod stdio;
#[path = "cli/tokens.rs"]
mod tokens;
