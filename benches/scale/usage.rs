//! What work takes: time, processor time, memory, room on the disk.
#![allow(dead_code, reason = "a test uses a part")]

use std::{
    collections::HashSet,
    error::Error,
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::resource::{UsageWho, getrusage},
    time::{ClockId, clock_gettime},
};
use serde::{Deserialize, Serialize};

/// How often memory is looked at.
const TICK: Duration = Duration::from_millis(5);

/// What one piece of work has taken.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Usage {
    /// Seconds by the clock.
    pub(crate) wall: f64,
    /// Seconds of processors, of all threads.
    pub(crate) cpu: f64,
    /// The greatest `RssAnon` meanwhile, in KiB.
    pub(crate) peak: u64,
    /// `VmHWM`, the greatest resident memory meanwhile, mapped files with it; in KiB.
    pub(crate) high: u64,
}

/// Runs something and watches this process meanwhile.
pub(crate) fn measure<T>(work: impl FnOnce() -> T) -> Result<(T, Usage), Box<dyn Error>> {
    // The greatest of what comes, not of what was.
    fs::write("/proc/self/clear_refs", "5")?;
    let done = AtomicBool::new(false);
    let (outcome, wall, cpu, peak) = thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut peak = anonymous();
            while !done.load(Ordering::Relaxed) {
                thread::sleep(TICK);
                peak = peak.max(anonymous());
            }
            peak
        });
        let (started, before) = (Instant::now(), process_time());
        let outcome = work();
        let (wall, cpu) = (started.elapsed(), process_time() - before);
        done.store(true, Ordering::Relaxed);
        (outcome, wall, cpu, watch.join().unwrap_or_default())
    });
    let usage = Usage {
        wall: wall.as_secs_f64(),
        cpu: cpu.as_secs_f64(),
        peak,
        high: status("VmHWM"),
    };
    Ok((outcome, usage))
}

/// This process's memory that is not mapped from files, in KiB.
pub(crate) fn anonymous() -> u64 {
    status("RssAnon")
}

fn status(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or_default()
}

/// Processor time of this process, all threads.
pub(crate) fn process_time() -> Duration {
    let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else {
        return Duration::ZERO;
    };
    [usage.user_time(), usage.system_time()]
        .iter()
        .map(|time| {
            let seconds = u64::try_from(time.tv_sec()).unwrap_or_default();
            let micros = u64::try_from(time.tv_usec()).unwrap_or_default();
            Duration::from_secs(seconds) + Duration::from_micros(micros)
        })
        .sum()
}

/// Processor time of this thread.
pub(crate) fn thread_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}

/// Room on the disk below a folder, in bytes; what has several names is counted once.
pub(crate) fn room(folder: &Path) -> io::Result<u64> {
    fn below(folder: &Path, seen: &mut HashSet<u64>) -> io::Result<u64> {
        let mut room = 0;
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            if metadata.is_dir() {
                room += below(&entry.path(), seen)?;
            } else if seen.insert(metadata.ino()) {
                room += metadata.len();
            }
        }
        Ok(room)
    }
    below(folder, &mut HashSet::new())
}

/// How long searches took: median, 99th percentile, longest; in seconds.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Times {
    pub(crate) median: f64,
    pub(crate) p99: f64,
    pub(crate) longest: f64,
}

impl Times {
    pub(crate) fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |percent: usize| {
            let place = (times.len() * percent / 100).min(times.len().saturating_sub(1));
            times.get(place).map_or(0.0, Duration::as_secs_f64)
        };
        Self {
            median: at(50),
            p99: at(99),
            longest: at(100),
        }
    }
}
