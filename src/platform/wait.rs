//! Waiting for one of several files to have something to tell: poll(2).

use std::{io, os::fd::BorrowedFd, time::Duration};

use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, PollTimeout, poll},
};

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interest {
    /// There is something to read, or the other side is gone.
    Readable,
    /// A file of the kernel's, such as its table of mounts, is another one than when it was last
    /// looked at.
    Changed,
}

/// Waits until one of the files has something to tell, and says which have; none of them when the
/// time is over.
///
/// # Errors
/// Where the operating system cannot wait for these files.
pub fn wait(files: &[(BorrowedFd<'_>, Interest)], time: Duration) -> io::Result<Vec<bool>> {
    let mut polled: Vec<PollFd<'_>> = files
        .iter()
        .map(|(file, interest)| {
            let flags = match interest {
                Interest::Readable => PollFlags::POLLIN,
                Interest::Changed => PollFlags::POLLPRI,
            };
            PollFd::new(*file, flags)
        })
        .collect();
    // Rounded up: a wait that ends early would only be repeated.
    let time = PollTimeout::try_from(time.as_millis() + 1).unwrap_or(PollTimeout::MAX);
    match poll(&mut polled, time) {
        Ok(_) | Err(Errno::EINTR) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(polled
        .iter()
        .map(|file| file.any().unwrap_or_default())
        .collect())
}

#[cfg(test)]
mod tests {
    use std::{io::Write as _, os::fd::AsFd as _, os::unix::net::UnixStream};

    use super::*;

    #[test]
    fn it_tells_which_file_has_something() {
        let (quiet, _open) = UnixStream::pair().unwrap();
        let (told, mut teller) = UnixStream::pair().unwrap();
        teller.write_all(b"!").unwrap();
        let files = [
            (quiet.as_fd(), Interest::Readable),
            (told.as_fd(), Interest::Readable),
        ];
        assert_eq!(
            wait(&files, Duration::from_secs(60)).unwrap(),
            [false, true]
        );
        let nothing = wait(&files[..1], Duration::ZERO).unwrap();
        assert_eq!(nothing, [false]);
    }
}
