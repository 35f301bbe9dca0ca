//! Whether a file is as it was when it was last read.

use nix::sys::stat::FileStat;
use serde::{Deserialize, Serialize};

/// What changes when a file's content does: size, and times of content and inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Size in bytes.
    pub size: u64,
    /// Last change of the content, in nanoseconds since 1970.
    pub modified: i64,
    /// Last change of the inode, in nanoseconds since 1970; moves where `modified` is set back.
    pub changed: i64,
}

impl Stamp {
    pub(super) fn of(stat: &FileStat) -> Self {
        let nanoseconds = |seconds: i64, rest: i64| seconds.wrapping_mul(1_000_000_000) + rest;
        Self {
            size: u64::try_from(stat.st_size).unwrap_or(0),
            modified: nanoseconds(stat.st_mtime, stat.st_mtime_nsec),
            changed: nanoseconds(stat.st_ctime, stat.st_ctime_nsec),
        }
    }
}
