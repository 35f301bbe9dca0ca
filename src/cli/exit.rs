//! How a run ends: what is said about an error, and the exit status.

use std::{
    io::{self, IsTerminal as _, Write as _},
    process::ExitCode,
};

use crate::{
    config::ConfigError,
    error::{Failure, Kind, printable},
    platform::Environment,
};

use super::style::Style;

/// After arguments that clap did not run with: a fault, or a request for help.
pub(super) fn after_parsing(error: &clap::Error) -> ExitCode {
    // Where nobody reads it, there is nobody to tell.
    let _ = error.print();
    if error.use_stderr() {
        ExitCode::from(Kind::Usage as u8)
    } else {
        ExitCode::SUCCESS
    }
}

/// After a command has run.
pub(super) fn after_running(
    result: anyhow::Result<ExitCode>,
    environment: &Environment,
) -> ExitCode {
    let error = match result {
        Ok(code) => return code,
        Err(error) => error,
    };
    if is_closed_pipe(&error) {
        return ExitCode::SUCCESS;
    }
    show(&error, environment);
    ExitCode::from(kind(&error) as u8)
}

/// Says what went wrong, on standard error.
pub(super) fn show(error: &anyhow::Error, environment: &Environment) {
    let style = Style::new(io::stderr().is_terminal() && !environment.no_color);
    let _ = io::stderr().write_all(explain(error, style).as_bytes());
}

/// `docent search … | head` ends when `head` has seen enough; that is no fault.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn explain(error: &anyhow::Error, style: Style) -> String {
    let mut text = String::new();
    if let Some(ConfigError::Invalid { diagnostics, more }) = error.downcast_ref() {
        for diagnostic in diagnostics {
            let diagnostic = printable_lines(&diagnostic.to_string());
            text += &format!("{} {diagnostic}\n", style.error("error:"));
        }
        if let Some(more) = more {
            text += &format!("{} {more}\n", style.error("error:"));
        }
        return text;
    }
    let shown = printable_lines(&error.to_string());
    text += &format!("{} {shown}\n", style.error("error:"));
    let mut said = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        // Many errors repeat their cause in their own text.
        if !said.contains(&cause) {
            text += &format!("  because: {}\n", printable_lines(&cause));
        }
        said = cause;
    }
    let help = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<Failure>()?.help.clone());
    if let Some(help) = help.or_else(|| generic_help(kind(error))) {
        text += &format!("  help: {}\n", printable_lines(&help));
    }
    text
}

/// A message may quote what somebody else has written; its lines are docent's own.
fn printable_lines(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(printable).collect();
    lines.join("\n")
}

fn generic_help(kind: Kind) -> Option<String> {
    let help = match kind {
        Kind::Internal => {
            "this is a fault in docent: please report it with what you did and the lines above"
        }
        _ => return None,
    };
    Some(help.to_owned())
}

/// The class of an error: the first in its chain that is known decides.
pub(super) fn kind(error: &anyhow::Error) -> Kind {
    error
        .chain()
        .find_map(|cause| {
            if let Some(failure) = cause.downcast_ref::<Failure>() {
                return Some(failure.kind);
            }
            if let Some(error) = cause.downcast_ref::<ConfigError>() {
                return Some(config_kind(error));
            }
            cause.downcast_ref::<io::Error>().map(io_kind)
        })
        .unwrap_or(Kind::Internal)
}

fn config_kind(error: &ConfigError) -> Kind {
    match error {
        ConfigError::Unreadable { source, .. } => match source.kind() {
            io::ErrorKind::NotFound => Kind::NoInput,
            _ => io_kind(source),
        },
        ConfigError::Path(_) => Kind::NoInput,
        ConfigError::NotText { .. } | ConfigError::Invalid { .. } => Kind::Config,
    }
}

fn io_kind(error: &io::Error) -> Kind {
    match error.kind() {
        io::ErrorKind::PermissionDenied => Kind::Permission,
        io::ErrorKind::AddrInUse | io::ErrorKind::AddrNotAvailable => Kind::Unavailable,
        _ => Kind::Io,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context as _;

    #[test]
    fn the_first_known_error_decides() {
        let denied = || io::Error::from(io::ErrorKind::PermissionDenied);
        let failure = Failure::new(Kind::CannotCreate, "no cache").because(denied());
        assert_eq!(kind(&failure.into()), Kind::CannotCreate);
        let wrapped = Err::<(), _>(denied()).context("reading").unwrap_err();
        assert_eq!(kind(&wrapped), Kind::Permission);
        assert_eq!(kind(&anyhow::anyhow!("?")), Kind::Internal);
    }

    #[test]
    fn no_message_commands_the_terminal() {
        let failure = Failure::new(Kind::Config, "no set `\u{1b}[31m`")
            .because(io::Error::other("a\u{202e}b"))
            .help("first\nsecond\u{7}");
        let said = explain(&failure.into(), Style::new(false));
        assert_eq!(said.lines().count(), 4, "{said}");
        assert!(
            !said
                .replace('\n', "")
                .contains(|c: char| !crate::error::is_printable(c))
        );
    }

    #[test]
    fn causes_stand_below_each_other() {
        let failure = Failure::new(Kind::Unavailable, "cannot listen on 127.0.0.1:80")
            .because(io::Error::from(io::ErrorKind::AddrInUse))
            .help("stop the other program");
        assert_eq!(
            explain(&failure.into(), Style::new(false)),
            "error: cannot listen on 127.0.0.1:80\n  because: address in use\n  help: stop the other program\n"
        );
    }
}
