//! The browser of whoever sits at this machine.

use std::{
    io,
    process::{Command, Stdio},
    thread,
};

/// Shows a page in it, and does not wait for it.
///
/// # Errors
/// Where there is no `xdg-open` (freedesktop.org's way to open what a person names).
pub fn open_in_browser(url: &str) -> io::Result<()> {
    let mut child = Command::new("xdg-open")
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    // Somebody has to hear that it has ended.
    thread::spawn(move || child.wait());
    Ok(())
}
