//! Kills a process at one of its system calls, or lets the call fail: what a power cut and a broken disk do.
#![allow(dead_code, reason = "not every test uses all of it")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "it is part of tests"
)]

use std::{
    collections::HashMap,
    env, fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use nix::{
    errno::Errno,
    libc,
    sys::{
        ptrace,
        signal::Signal,
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::{Pid, gettid},
};

/// Where the process finds what it works on.
const FOLDER: &str = "DOCENT_TEST_FOLDER";

/// A test of this program, run in a process of its own. It asks [`given`] for its folder.
pub(crate) struct Victim<'a> {
    pub(crate) test: &'a str,
    pub(crate) folder: &'a Path,
}

/// Which system calls are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Calls {
    All,
    /// Those that change what is on a disk.
    Writing,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It was killed at the call that it was to be killed at.
    Killed,
    /// The call that was to fail has failed, and the test has gone on to its end.
    Failed { passed: bool },
    /// There were fewer calls.
    Finished { passed: bool },
}

/// The folder of the process that is to be killed; `None` in any other.
pub(crate) fn given() -> Option<PathBuf> {
    env::var_os(FOLDER).map(PathBuf::from)
}

/// A test of this program alone, in a process of its own, with this folder.
pub(crate) fn alone(test: &str, folder: &Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", test, "--nocapture"])
        .env(FOLDER, folder);
    command
}

/// In the process that is to be killed: says which thread to follow, and waits to be told to begin. Threads that it starts from
/// then on are followed, too.
pub(crate) fn begin() {
    println!("\n{}", gettid());
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
}

impl Victim<'_> {
    /// Lets it run, and kills it after a number of calls, just before the next one.
    pub(crate) fn kill_after(&self, which: Calls, calls: usize) -> End {
        let mut followed = Followed::start(self);
        match followed.run_to(which, calls) {
            Some(_) => {
                followed.kill();
                End::Killed
            }
            None => End::Finished {
                passed: followed.passes(),
            },
        }
    }

    /// Lets it run, and lets the call after a number of calls fail with an error instead of doing anything.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn fail_after(&self, which: Calls, calls: usize, error: Errno) -> End {
        let mut followed = Followed::start(self);
        let Some(thread) = followed.run_to(which, calls) else {
            let passed = followed.passes();
            return End::Finished { passed };
        };
        let mut registers = ptrace::getregs(thread).unwrap();
        // No system call has this number.
        registers.orig_rax = u64::MAX;
        ptrace::setregs(thread, registers).unwrap();
        followed.resume(thread, None);
        waitpid(thread, Some(WaitPidFlag::__WALL)).unwrap();
        registers = ptrace::getregs(thread).unwrap();
        registers.rax = (-i64::from(error as i32)).cast_unsigned();
        ptrace::setregs(thread, registers).unwrap();
        followed.in_call.insert(thread, false);
        followed.resume(thread, None);
        let passed = followed.passes();
        End::Failed { passed }
    }
}

/// A process of which each system call is seen.
struct Followed {
    child: Child,
    /// Whether each thread stands within a call, or between two.
    in_call: HashMap<Pid, bool>,
    first: Pid,
}

impl Followed {
    fn start(victim: &Victim<'_>) -> Self {
        let mut child = alone(victim.test, victim.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut numbers = output
            .lines()
            .map_while(|line| line.ok()?.parse().ok().or(Some(0)));
        let thread = numbers.find(|number| *number != 0);
        let first = Pid::from_raw(thread.expect("it says which thread to follow"));
        // What it says afterwards is for nobody, but must go somewhere.
        std::thread::spawn(move || numbers.for_each(drop));
        let options = ptrace::Options::PTRACE_O_TRACECLONE
            | ptrace::Options::PTRACE_O_TRACESYSGOOD
            | ptrace::Options::PTRACE_O_EXITKILL;
        ptrace::seize(first, options).unwrap();
        ptrace::interrupt(first).unwrap();
        waitpid(first, Some(WaitPidFlag::__WALL)).unwrap();
        let mut followed = Self {
            child,
            in_call: HashMap::new(),
            first,
        };
        followed.resume(first, None);
        followed
            .child
            .stdin
            .take()
            .unwrap()
            .write_all(b"\n")
            .unwrap();
        followed
    }

    /// Runs up to the call after a number of calls: the thread that is about to make it. `None`: the thread that was followed first
    /// has ended before.
    fn run_to(&mut self, which: Calls, calls: usize) -> Option<Pid> {
        let mut counted = 0;
        loop {
            match self.next_stop() {
                WaitStatus::PtraceSyscall(thread) => {
                    let in_call = self.in_call.entry(thread).or_default();
                    *in_call = !*in_call;
                    if *in_call && (which == Calls::All || writes(thread)) {
                        if counted == calls {
                            return Some(thread);
                        }
                        counted += 1;
                    }
                    self.resume(thread, None);
                }
                WaitStatus::Stopped(thread, signal) => self.resume(thread, Some(signal)),
                WaitStatus::PtraceEvent(thread, ..) => self.resume(thread, None),
                WaitStatus::Exited(thread, _) if thread == self.first => return None,
                WaitStatus::Signaled(_, signal, _) => panic!("ended by {signal}"),
                _ => {}
            }
        }
    }

    /// Of this thread's processes only: other tests may run beside.
    fn next_stop(&mut self) -> WaitStatus {
        waitpid(None, Some(WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD)).unwrap()
    }

    fn resume(&mut self, thread: Pid, signal: Option<Signal>) {
        match ptrace::syscall(thread, signal) {
            // It has just ended.
            Ok(()) | Err(Errno::ESRCH) => {}
            Err(error) => panic!("{error}"),
        }
    }

    /// Lets it run to its end: whether the test has passed.
    fn passes(mut self) -> bool {
        let process = Pid::from_raw(self.child.id().cast_signed());
        loop {
            match self.next_stop() {
                WaitStatus::Exited(ended, code) if ended == process => return code == 0,
                WaitStatus::Signaled(ended, ..) if ended == process => return false,
                WaitStatus::Stopped(thread, signal) => self.resume(thread, Some(signal)),
                WaitStatus::PtraceSyscall(thread) | WaitStatus::PtraceEvent(thread, ..) => {
                    self.resume(thread, None);
                }
                _ => {}
            }
        }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        let process = Pid::from_raw(self.child.id().cast_signed());
        loop {
            match self.next_stop() {
                WaitStatus::Signaled(ended, ..) | WaitStatus::Exited(ended, ..)
                    if ended == process =>
                {
                    return;
                }
                _ => {}
            }
        }
    }
}

/// Whether a thread is about to change something on a disk.
fn writes(thread: Pid) -> bool {
    let call = fs::read_to_string(format!("/proc/{thread}/syscall")).unwrap_or_default();
    let mut words = call.split_whitespace();
    let Some(number) = words.next().and_then(|number| number.parse::<i64>().ok()) else {
        return false;
    };
    let arguments: Vec<_> = words
        .map(|word| u64::from_str_radix(word.trim_start_matches("0x"), 16).unwrap_or_default())
        .collect();
    let argument = |place: usize| arguments.get(place).copied().unwrap_or_default();
    match number {
        libc::SYS_openat => {
            let writes = libc::O_WRONLY | libc::O_RDWR | libc::O_CREAT | libc::O_TRUNC;
            argument(2) & u64::from(writes.cast_unsigned()) != 0
        }
        // Not what it prints, and not how its threads wake each other.
        libc::SYS_write | libc::SYS_writev | libc::SYS_pwrite64 | libc::SYS_pwritev => {
            let file = fs::read_link(format!("/proc/{thread}/fd/{}", argument(0)));
            file.is_ok_and(|file| file.is_absolute() && !file.starts_with("/dev"))
        }
        number => WRITING.contains(&number),
    }
}

const WRITING: &[i64] = &[
    libc::SYS_ftruncate,
    libc::SYS_fallocate,
    libc::SYS_fsync,
    libc::SYS_fdatasync,
    libc::SYS_sync_file_range,
    libc::SYS_syncfs,
    libc::SYS_copy_file_range,
    libc::SYS_sendfile,
    libc::SYS_msync,
    libc::SYS_mkdirat,
    libc::SYS_linkat,
    libc::SYS_symlinkat,
    libc::SYS_unlinkat,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_utimensat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_mkdir,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_rmdir,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_link,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_symlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_unlink,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_rename,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chmod,
];
