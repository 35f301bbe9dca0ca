//! How much this process may use: getrlimit(2).

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Lets this process have as many files open as the system allows it to ask for, and says how many
/// those are; `None` where the system does not tell. Connections are files, and the limit that a shell
/// starts with is for programs that use select(2).
pub fn raise_open_files() -> Option<u64> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).ok()?;
    // Inside the unit both are the same, and the call is not allowed.
    if soft < hard && setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_ok() {
        return Some(hard);
    }
    Some(soft)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raised_once_is_raised() {
        let files = raise_open_files().unwrap();
        assert_eq!(raise_open_files(), Some(files));
        assert_eq!(getrlimit(Resource::RLIMIT_NOFILE).unwrap().0, files);
    }
}
