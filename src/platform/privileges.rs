//! Giving up what docent was started with and does not need: capabilities(7), credentials(7).

use std::{fs, io, os::unix::fs::MetadataExt as _, path::Path};

use caps::{CapSet, errors::CapsError};
use nix::{
    sys::prctl,
    unistd::{
        Gid, Group, Uid, User, getgroups, getresgid, getresuid, initgroups, seteuid, setgroups,
        setresgid, setresuid,
    },
};

use crate::error::{Failure, Kind};

/// How this process stands after [`give_up_privileges`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dropped {
    /// There was nothing to give up, as in the unit.
    Nothing,
    /// It was started as an ordinary user with capabilities, which are gone.
    Capabilities,
    /// It was started as root, and is this user now.
    Root {
        /// The name that the configuration gives.
        user: String,
    },
}

/// Makes this process an ordinary one for good: started as root, it becomes `user`; in either
/// case no capability is left and none can come back.
///
/// Call it when the sockets are open and before there are other threads: capabilities belong to
/// a thread.
///
/// # Errors
/// Where there is no such user, or anything is left that could be used to get back. docent must
/// not go on then.
pub fn give_up_privileges(user: &str) -> Result<Dropped, Failure> {
    let ids = getresuid().map_err(|error| refused("the user IDs cannot be read", error))?;
    let all = [ids.real, ids.effective, ids.saved];
    if !all.into_iter().any(Uid::is_root) {
        return give_up_capabilities();
    }
    only_thread()?;
    let user = target(user)?;
    become_user(&user, &[]).map_err(|(what, error)| refused(what, error))?;
    verify(Some(&user))?;
    Ok(Dropped::Root { user: user.name })
}

/// Somebody to look as, with the groups that a unit gives beside the user's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Viewer {
    /// A name, or a number (`User=`).
    pub user: String,
    /// In place of the user's own group (`Group=`).
    pub group: Option<String>,
    /// Beside those that the user is a member of (`SupplementaryGroups=`).
    pub groups: Vec<String>,
}

impl Viewer {
    /// A user with nothing but the user's own groups.
    pub fn new(user: impl Into<String>) -> Self {
        Self {
            user: user.into(),
            ..Self::default()
        }
    }

    /// This machine knows the user.
    pub fn exists(&self) -> bool {
        matches!(user_of(&self.user), Ok(Some(_)))
    }

    /// The number of the group that the user's processes have; `None` where this machine knows none.
    pub fn group_id(&self) -> Option<u32> {
        let gid = match &self.group {
            Some(group) => group_of(group).ok()??.gid,
            None => user_of(&self.user).ok()??.gid,
        };
        Some(gid.as_raw())
    }

    /// The user is root, by whatever name.
    pub fn is_root(&self) -> bool {
        matches!(user_of(&self.user), Ok(Some(user)) if user.uid.is_root())
    }

    /// This process runs as that user.
    pub fn is_this_process(&self) -> bool {
        matches!(user_of(&self.user), Ok(Some(user)) if user.uid == Uid::effective())
    }
}

/// Makes a process that root started see what somebody else sees: files, folders and whatever else
/// permissions decide on. There is no way back.
///
/// # Errors
/// Where there is no such user or group, or the system does not allow it.
pub fn look_as(viewer: &Viewer) -> Result<(), Failure> {
    only_thread()?;
    let users = |error| refused("the users of this machine cannot be read", error);
    let unknown = |what: &str, name: &str| {
        Failure::new(
            Kind::Usage,
            format!("there is no {what} `{name}` to look as"),
        )
        .help("name a user of this machine with --as USER; `--as root` looks as root")
    };
    let mut user = user_of(&viewer.user)
        .map_err(users)?
        .ok_or_else(|| unknown("user", &viewer.user))?;
    let group = |name: &String| {
        let group = group_of(name).map_err(users)?;
        group
            .map(|group| group.gid)
            .ok_or_else(|| unknown("group", name))
    };
    if let Some(name) = &viewer.group {
        user.gid = group(name)?;
    }
    let groups = viewer
        .groups
        .iter()
        .map(group)
        .collect::<Result<Vec<_>, _>>()?;
    let impossible = |what: &str, error: io::Error| {
        let message = format!("docent cannot look as `{}`: {what}", viewer.user);
        Failure::new(Kind::Permission, message)
            .because(error)
            .help("start it as that user, or look as root with `--as root`")
    };
    become_user(&user, &groups).map_err(|(what, error)| impossible(what, error))
}

fn user_of(name: &str) -> nix::Result<Option<User>> {
    match User::from_name(name)? {
        None => name
            .parse()
            .map_or(Ok(None), |number| User::from_uid(Uid::from_raw(number))),
        found => Ok(found),
    }
}

fn group_of(name: &str) -> nix::Result<Option<Group>> {
    match Group::from_name(name)? {
        None => name
            .parse()
            .map_or(Ok(None), |number| Group::from_gid(Gid::from_raw(number))),
        found => Ok(found),
    }
}

/// Makes a process that root started the user that a folder belongs to: files that it leaves
/// there must be that user's. Nothing changes for others, or where the folder is root's.
///
/// # Errors
/// As [`give_up_privileges`].
pub fn become_owner(folder: &Path) -> Result<(), Failure> {
    let Ok(metadata) = fs::metadata(folder) else {
        return Ok(());
    };
    let owner = Uid::from_raw(metadata.uid());
    if !Uid::effective().is_root() || owner.is_root() {
        return Ok(());
    }
    let user = User::from_uid(owner)
        .map_err(|error| refused("the users of this machine cannot be read", error))?;
    let Some(user) = user else {
        let message = format!(
            "{} belongs to the user with the number {owner}, whom this machine does not know",
            folder.display()
        );
        return Err(Failure::new(Kind::Permission, message)
            .help("give it to the user that the service runs as"));
    };
    give_up_privileges(&user.name).map(drop)
}

/// This process can do what root can.
pub fn is_root() -> bool {
    Uid::effective().is_root()
}

fn give_up_capabilities() -> Result<Dropped, Failure> {
    let dropped = if is_unprivileged().map_err(unreadable)? {
        // The unit's filter of system calls allows no capset(2), and none is needed.
        Dropped::Nothing
    } else {
        only_thread()?;
        clear_capabilities().map_err(|error| refused("capabilities cannot be given up", error))?;
        Dropped::Capabilities
    };
    prctl::set_no_new_privs()
        .map_err(|error| refused("new privileges cannot be ruled out", error))?;
    verify(None)?;
    Ok(dropped)
}

/// The user to become: one that exists and is not root by another name.
fn target(name: &str) -> Result<User, Failure> {
    let setting = "set `user` in [server] to an ordinary user, or start docent as one";
    let user = User::from_name(name)
        .map_err(|error| refused("the users of this machine cannot be read", error))?;
    let Some(user) = user else {
        let message = format!("docent was started as root and there is no user `{name}` to become");
        return Err(Failure::new(Kind::Permission, message).help(format!(
            "make one (useradd --system --no-create-home --shell /usr/sbin/nologin {name}), {setting}"
        )));
    };
    if user.uid.is_root() || user.gid.as_raw() == 0 {
        let message = format!("docent was started as root, and the user `{name}` is root as well");
        return Err(Failure::new(Kind::Permission, message).help(setting));
    }
    Ok(user)
}

/// A capability given up by one thread would stay with the others.
fn only_thread() -> Result<(), Failure> {
    // Without /proc there is no telling; what follows is verified in any case.
    let threads = fs::read_dir("/proc/self/task").map_or(1, Iterator::count);
    if threads > 1 {
        return Err(Failure::new(
            Kind::Internal,
            "privileges were to be given up while other threads already run",
        ));
    }
    Ok(())
}

/// `groups`: beside those that the user is a member of.
fn become_user(user: &User, groups: &[Gid]) -> Result<(), (&'static str, io::Error)> {
    let name = std::ffi::CString::new(user.name.as_str())
        .map_err(|error| ("the user's name cannot be used", error.into()))?;
    clear_bounding_set().map_err(|error| ("capabilities cannot be ruled out", error))?;
    let ungrouped = |error: nix::Error| ("the groups cannot be changed", io::Error::from(error));
    initgroups(&name, user.gid).map_err(ungrouped)?;
    if !groups.is_empty() {
        let own = getgroups().map_err(ungrouped)?;
        setgroups(&[own.as_slice(), groups].concat()).map_err(ungrouped)?;
    }
    setresgid(user.gid, user.gid, user.gid)
        .map_err(|error| ("the group cannot be changed", error.into()))?;
    setresuid(user.uid, user.uid, user.uid)
        .map_err(|error| ("the user cannot be changed", error.into()))?;
    clear_capabilities().map_err(|error| ("capabilities cannot be given up", error))?;
    prctl::set_no_new_privs().map_err(|error| ("new privileges cannot be ruled out", error.into()))
}

/// What no program that is started from here could have.
fn clear_bounding_set() -> io::Result<()> {
    for capability in caps::all() {
        // One that the kernel does not know cannot be asked for either.
        if caps::has_cap(None, CapSet::Bounding, capability).unwrap_or(false) {
            caps::drop(None, CapSet::Bounding, capability).map_err(io::Error::other)?;
        }
    }
    Ok(())
}

/// The sets that count for this process, none of which may be left.
const SETS: [CapSet; 4] = [
    CapSet::Ambient,
    CapSet::Effective,
    CapSet::Inheritable,
    CapSet::Permitted,
];

fn clear_capabilities() -> io::Result<()> {
    SETS.into_iter()
        .try_for_each(|set| caps::clear(None, set))
        .map_err(io::Error::other)
}

fn is_unprivileged() -> Result<bool, CapsError> {
    for set in SETS {
        if !caps::read(None, set)?.is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Looks at the result rather than at what the calls above returned.
fn verify(user: Option<&User>) -> Result<(), Failure> {
    let kept = |what: &str| {
        let message = format!("docent could not give up its privileges: {what}");
        Err(Failure::new(Kind::Permission, message).help(
            "start docent as an ordinary user (User= in the unit), without capabilities \
             (CapabilityBoundingSet=, AmbientCapabilities=)",
        ))
    };
    if !is_unprivileged().map_err(unreadable)? {
        return kept("capabilities are left");
    }
    let ruled_out = prctl::get_no_new_privs();
    if !ruled_out.map_err(|error| refused("new privileges cannot be ruled out", error))? {
        return kept("it could get new ones from a program that it starts");
    }
    let Some(user) = user else {
        return Ok(());
    };
    let uid = getresuid().map_err(|error| refused("the user IDs cannot be read", error))?;
    let gid = getresgid().map_err(|error| refused("the group IDs cannot be read", error))?;
    if [uid.real, uid.effective, uid.saved] != [user.uid; 3] {
        return kept("a user ID is still root's");
    }
    if [gid.real, gid.effective, gid.saved] != [user.gid; 3] {
        return kept("a group ID is still root's");
    }
    let groups = getgroups().map_err(|error| refused("the groups cannot be read", error))?;
    if groups.contains(&Gid::from_raw(0)) {
        return kept("it still is in root's group");
    }
    if seteuid(Uid::from_raw(0)).is_ok() {
        return kept("it could become root again");
    }
    Ok(())
}

fn unreadable(error: CapsError) -> Failure {
    refused(
        "the capabilities of this process cannot be read",
        io::Error::other(error),
    )
}

fn refused(what: &str, error: impl Into<io::Error>) -> Failure {
    Failure::new(
        Kind::Permission,
        format!("{what}, and docent does not run with more privileges than it needs"),
    )
    .because(error.into())
    .help("start docent as an ordinary user; under systemd with User=, as docent.service does")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_by_another_name_is_no_user_to_become() {
        let failure = target("root").unwrap_err();
        assert_eq!(failure.kind, Kind::Permission);
        assert!(failure.to_string().contains("is root as well"));
        let failure = target("no-such-user-here").unwrap_err();
        assert!(failure.help.unwrap().contains("useradd"));
    }
}
