//! This machine's name.

use std::fs;

/// What others on the network call it (gethostname(2)); `None` where it has no name of its own.
pub fn machine_name() -> Option<String> {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    let name = name.trim().to_ascii_lowercase();
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b));
    (is_name && !["localhost", "(none)"].contains(&&*name)).then_some(name)
}
