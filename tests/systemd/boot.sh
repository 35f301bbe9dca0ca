#!/usr/bin/env bash
# Becomes systemd in namespaces of its own: boot.sh ROOT PID-FILE CGROUP [users]. Used by machine.sh.
# With `users`, also in one of users, whose limits (/proc/sys/user) are then the machine's own.
set -euo pipefail

if [ "${!#}" != inside ]; then
    # In a group of its own, which is then the root of what systemd sees.
    echo $$ >"$3/cgroup.procs"
    users=()
    if [ "${4:-}" = users ]; then
        users=(--user --keep-caps)
        # Every user is the same one outside, so that files are whose they are. Only a process outside of
        # the new namespace may say so.
        (
            outside=$(readlink /proc/self/ns/user)
            while [ "$(readlink /proc/$$/ns/user)" = "$outside" ]; do read -rt 0.02 <><(:) || true; done
            echo 0 0 4294967295 >"/proc/$$/uid_map"
            echo 0 0 4294967295 >"/proc/$$/gid_map"
        ) &
    fi
    exec unshare "${users[@]}" --mount --pid --fork --kill-child --uts --ipc --net --cgroup "$0" "$@" inside
fi
until [ -n "$(cat /proc/self/gid_map)" ]; do read -rt 0.02 <><(:) || true; done

root=$1
# /proc is still the one outside, so this is the process as the host knows it.
read -r pid _ </proc/self/stat
mount --make-rprivate /
mount --bind "$root" "$root"
cd "$root"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for device in null zero full random urandom tty; do
    touch "dev/$device"
    mount --bind "/dev/$device" "dev/$device"
done
echo "$pid" >"$2"
mkdir -p .outside
pivot_root . .outside
umount -l .outside
rmdir .outside
# As systemd does itself where it believes in no container: credentials come through such mounts.
mount --make-rshared /
ip link set lo up
hostname docent-test
exec env -i container=docent-test /sbin/init </dev/null 3>/dev/null
