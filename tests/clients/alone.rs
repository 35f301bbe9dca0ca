//! A network that has nothing but loopback, so that no client can ask anything of anybody else.

use std::process::Command;

use nix::sched::{CloneFlags, unshare};

/// Runs a part of a test, and what it starts, where there is no other network than loopback.
///
/// Where that cannot be made (as an ordinary user), programs are told of a proxy that is not there, which is
/// noted.
pub(crate) fn alone<T: Send>(part: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        // A thread of its own, since only the thread that asks gets another network.
        let thread = scope.spawn(|| {
            if crate::left_out::needs_root("the proof that clients ask nothing of the network")
                && crate::left_out::needs_program(
                    "the proof that clients ask nothing of the network",
                    "ip",
                    "iproute2",
                )
            {
                unshare(CloneFlags::CLONE_NEWNET).expect("root may make a network");
                let up = Command::new("ip")
                    .args(["link", "set", "lo", "up"])
                    .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
                    .status();
                assert!(up.is_ok_and(|status| status.success()), "no loopback");
            }
            part()
        });
        thread
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
