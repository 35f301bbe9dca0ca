# shellcheck shell=bash
# A small machine with a real systemd as PID 1, for tests: Debian in namespaces of its own, without
# a virtual machine or a container engine. Needs root. To be sourced, after tests/cache.sh.
#
#   machine_needs                    says what is missing, and fails
#   machine_root RELEASE             fetches Debian bookworm or trixie once, into the cache
#   machine_start RELEASE [users]    boots a fresh copy; sets MACHINE (its files) and MACHINE_PID; with
#                                    `users` in a namespace of users, too: limits on namespaces
#                                    (/proc/sys/user) are then its own, and not the host's
#   machine_run COMMAND...           runs a command inside it
#   machine_net COMMAND...           runs a command of the host in its network, with its /etc/hosts
#   machine_reboot                   stops and boots it; what is on its disk stays
#   machine_stop                     stops it and removes all of it
#
# One machine a shell. Several shells may each have one at the same time.

# Whatever the tests of services and packages use inside.
MACHINE_PACKAGES=systemd,systemd-sysv,dbus,libpam-systemd,iproute2,ca-certificates,procps,curl
# How long a boot may take, in seconds.
MACHINE_PATIENCE=90

MACHINE=
MACHINE_PID=
machine_work=
machine_cgroup=
machine_users=()

machine_needs() {
    local missing=() program
    for program in mmdebstrap unshare nsenter pivot_root; do
        command -v "$program" >/dev/null || missing+=("the program $program (apt-get install mmdebstrap util-linux)")
    done
    [ "$(id -u)" -eq 0 ] ||
        missing+=("root: systemd is booted in namespaces, which only root may make (sudo -E make test)")
    [ -n "$(machine_cgroup_root)" ] ||
        missing+=("cgroup v2: mount -t cgroup2 cgroup2 /sys/fs/cgroup, or .../unified beside v1")
    [ -n "$(machine_mirror)" ] ||
        missing+=("apt's package lists, which name a mirror of Debian (apt-get update)")
    [ ${#missing[@]} -eq 0 ] || {
        printf 'A systemd for tests cannot be booted. This is missing:\n' >&2
        printf '  - %s\n' "${missing[@]}" >&2
        return 1
    }
}

# The mirror that this machine uses itself.
machine_mirror() {
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        grep -E '/debian/?$' | head -n 1
}

machine_cgroup_root() {
    findmnt --noheadings --first-only --types cgroup2 --output TARGET
}

# Prints the folder of the unpacked release.
machine_root() { # machine_root bookworm|trixie
    local release=$1 roots="$DOCENT_TEST_CACHE/machines" root work
    root="$roots/$release-$(cksum <<<"$MACHINE_PACKAGES" | cut -d' ' -f1)"
    if [ ! -e "$root" ]; then
        mkdir -p "$roots"
        work=$(mktemp -d "$roots/.$release.XXXXXX")
        # mmdebstrap makes the folder readable for its own user.
        chmod 755 "$work"
        echo "Fetching Debian ($release) for a machine with systemd" >&2
        mmdebstrap --quiet --variant=minbase --include="$MACHINE_PACKAGES" \
            --dpkgopt=path-exclude='/usr/share/doc/*' --dpkgopt=path-exclude='/usr/share/locale/*' \
            "$release" "$work" "$(machine_mirror)" >&2 || {
            rm -rf "$work"
            echo "Debian ($release) could not be fetched: mmdebstrap's message is above" >&2
            return 1
        }
        # Moved when complete: a run that was interrupted leaves no half of a system behind.
        mv -T "$work" "$root" 2>/dev/null || rm -rf "$work"
    fi
    echo "$root"
}

machine_start() { # machine_start RELEASE [users]
    local root
    machine_users=(${2:+"$2"})
    root=$(machine_root "$1") || return 1
    machine_work=$(mktemp -d "${TMPDIR:-/tmp}/docent-machine.XXXXXX")
    machine_cgroup="$(machine_cgroup_root)/${machine_work##*/}"
    MACHINE="$machine_work/root"
    mkdir "$MACHINE" "$machine_work/upper" "$machine_work/work"
    # A layer of its own over the cached release; where the kernel has none, a copy.
    if ! mount -t overlay overlay "$MACHINE" \
        -o "lowerdir=$root,upperdir=$machine_work/upper,workdir=$machine_work/work" 2>/dev/null; then
        cp -a --reflink=auto "$root/." "$MACHINE"
    fi
    echo "docent-test" >"$MACHINE/etc/hostname"
    printf '127.0.0.1 localhost docent-test\n::1 localhost\n' >"$MACHINE/etc/hosts"
    : >"$MACHINE/etc/resolv.conf"
    # What only a machine with hardware has, or what waits for one.
    local unit
    for unit in systemd-modules-load systemd-udevd systemd-timesyncd systemd-resolved \
        systemd-networkd systemd-networkd-wait-online console-getty apt-daily apt-daily-upgrade \
        dpkg-db-backup fstrim e2scrub_reap; do
        ln -sf /dev/null "$MACHINE/etc/systemd/system/$unit.service"
    done
    # File systems that only the host's own root may mount.
    if [ ${#machine_users[@]} -gt 0 ]; then
        for unit in dev-hugepages sys-fs-fuse-connections sys-kernel-debug sys-kernel-tracing sys-kernel-config; do
            ln -sf /dev/null "$MACHINE/etc/systemd/system/$unit.mount"
        done
    fi
    machine_boot
}

machine_boot() {
    mkdir -p "$machine_cgroup"
    rm -f "$machine_work/pid"
    "$(dirname "${BASH_SOURCE[0]}")/boot.sh" "$MACHINE" "$machine_work/pid" "$machine_cgroup" "${machine_users[@]}" \
        </dev/null >"$machine_work/console" 2>&1 &
    machine_outside=$!
    local since=$SECONDS state=
    while :; do
        if [ $((SECONDS - since)) -ge "$MACHINE_PATIENCE" ] || ! kill -0 "$machine_outside" 2>/dev/null; then
            echo "The machine did not boot; its state is ${state:-unknown}:" >&2
            tail -n 40 "$machine_work/console" >&2
            return 1
        fi
        if [ -s "$machine_work/pid" ]; then
            MACHINE_PID=$(cat "$machine_work/pid")
            state=$(machine_run systemctl is-system-running 2>/dev/null) || true
            case $state in running | degraded) break ;; esac
        fi
        read -rt 0.1 <><(:) || true
    done
    [ "$state" = running ] || {
        echo "The machine booted, but not all of it runs:" >&2
        machine_run systemctl --failed --no-legend >&2
        return 1
    }
}

machine_run() {
    (machine_inside "$@")
}

# The same in place of this shell, so that a background job is the program itself:
# (machine_inside COMMAND) &
machine_inside() {
    exec nsenter --target "$MACHINE_PID" "${machine_users[@]/#users/--user}" \
        --mount --pid --uts --ipc --net --cgroup --root --wd \
        env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 TERM=dumb SYSTEMD_PAGER= "$@"
}

machine_net() {
    (machine_become "$@")
}

# The same in place of this shell, so that a background job is the program itself:
# (machine_become COMMAND) &
machine_become() {
    # shellcheck disable=SC2016
    exec nsenter --target "$MACHINE_PID" --net unshare --mount \
        sh -c 'mount --bind "$0" /etc/hosts && exec "$@"' "$MACHINE/etc/hosts" "$@"
}

machine_reboot() {
    # systemd's signal for a shutdown in good order (SIGRTMIN+4: poweroff.target).
    kill -s RTMIN+4 "$MACHINE_PID"
    wait "$machine_outside" 2>/dev/null || true
    MACHINE_PID=
    machine_boot
}

machine_stop() {
    [ -n "$machine_work" ] || return 0
    # Takes PID 1 along, and with it everything in its namespaces.
    kill -s KILL "$machine_outside" 2>/dev/null || true
    wait "$machine_outside" 2>/dev/null || true
    MACHINE_PID=
    umount "$MACHINE" 2>/dev/null || true
    # The kernel takes a moment to bury the processes.
    local try
    for try in 1 2 3 4 5 6 7 8 9 10; do
        find "$machine_cgroup" -depth -type d -exec rmdir {} + 2>/dev/null && break
        read -rt 0.1 <><(:) || true
    done
    [ "$try" -lt 10 ] || echo "$machine_cgroup is still in use" >&2
    rm -rf "$machine_work"
    machine_work=
}
