//! A line that is a secret, from whoever is at the terminal.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};

use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};

/// More is no secret that anybody pastes.
const MAX: u64 = 32 << 10;

/// Reads a line from standard input. At a terminal it is asked for, and not shown while it is pasted; also one that is longer than
/// a terminal's lines are.
///
/// # Errors
/// Where nothing can be read.
pub fn read_secret(question: &str) -> io::Result<String> {
    let stdin = io::stdin();
    let _hidden = if stdin.is_terminal() {
        let mut stderr = io::stderr();
        stderr.write_all(question.as_bytes())?;
        stderr.flush()?;
        Hidden::begin().map_err(io::Error::from)?
    } else {
        None
    };
    let mut line = String::new();
    stdin.lock().take(MAX).read_line(&mut line)?;
    Ok(line)
}

/// A terminal that shows nothing of what is typed, until this is dropped.
struct Hidden(Termios);

impl Hidden {
    fn begin() -> nix::Result<Option<Self>> {
        let before = tcgetattr(io::stdin())?;
        let mut hidden = before.clone();
        // A line that is edited ends after 4,095 bytes (termios(3), canonical mode).
        hidden
            .local_flags
            .remove(LocalFlags::ECHO | LocalFlags::ICANON);
        tcsetattr(io::stdin(), SetArg::TCSANOW, &hidden)?;
        Ok(Some(Self(before)))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // What was typed has not been shown, the end of the line neither.
        let _ = io::stderr().write_all(b"\n");
        let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, &self.0);
    }
}
