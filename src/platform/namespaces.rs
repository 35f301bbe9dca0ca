//! Namespaces that a unit asks for and this machine denies: systemd then cannot start it, and docent
//! never runs to say so.

use std::fs;

use super::Unit;

/// A kind of namespace of which this machine allows none, as guides to hardening advise
/// (namespaces(7), `/proc/sys/user`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeniedNamespace {
    /// The kernel's limit, which is 0 here.
    pub limit: &'static str,
    /// The setting of the unit that asks for one.
    pub setting: &'static str,
    /// What systemd then ends with: systemd.exec(5), "Process Exit Codes".
    pub ends: &'static str,
    /// The unit can do without: the setting can be taken back.
    pub is_dispensable: bool,
}

/// Tried with systemd 252 and 257. Of `user.max_ipc_namespaces` and `user.max_cgroup_namespaces`, the units
/// need none.
const KINDS: [DeniedNamespace; 4] = [
    DeniedNamespace {
        limit: "user.max_user_namespaces",
        setting: "PrivateUsers",
        ends: "217/USER",
        is_dispensable: true,
    },
    DeniedNamespace {
        limit: "user.max_net_namespaces",
        setting: "PrivateNetwork",
        ends: "225/NETWORK",
        is_dispensable: true,
    },
    DeniedNamespace {
        limit: "user.max_uts_namespaces",
        setting: "ProtectHostname",
        ends: "226/NAMESPACE",
        is_dispensable: true,
    },
    // What makes the system read-only and hides most of it rests on these.
    DeniedNamespace {
        limit: "user.max_mnt_namespaces",
        setting: "PrivateMounts",
        ends: "226/NAMESPACE",
        is_dispensable: false,
    },
];

/// What this machine denies a unit.
pub fn denied_namespaces(unit: &Unit) -> Vec<DeniedNamespace> {
    denied(unit, |limit| {
        let file = format!("/proc/sys/{}", limit.replace('.', "/"));
        fs::read_to_string(file).is_ok_and(|limit| limit.trim() == "0")
    })
}

fn denied(unit: &Unit, is_zero: impl Fn(&str) -> bool) -> Vec<DeniedNamespace> {
    let kinds = KINDS.into_iter();
    kinds
        .filter(|kind| unit.is_on(kind.setting) && is_zero(kind.limit))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_unit_asks_for_is_denied_to_it() {
        let unit =
            Unit::parse("[Service]\nPrivateUsers=yes\nPrivateNetwork=yes\nPrivateNetwork=no\n");
        let all = denied(&unit, |_| true);
        let settings: Vec<_> = all.iter().map(|kind| kind.setting).collect();
        assert_eq!(settings, ["PrivateUsers"]);
        assert_eq!(
            denied(&unit, |limit| limit != "user.max_user_namespaces"),
            []
        );
    }
}
