#!/usr/bin/env bash
# Does what somebody does who has just cloned this, on a machine with nothing but Debian and Rust: as an
# ordinary user, as root, and as an ordinary user again. Needs root, which makes the machine: a folder with
# mmdebstrap's minbase, into which the Rust and the caches of this machine are bound, read-only.
#
# Slow: the first part fetches nothing, the second installs with apt-get and builds everything anew.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/cache.sh
. tests/cache.sh
# shellcheck source=tests/systemd/machine.sh
. tests/systemd/machine.sh

release=${1:-bookworm}
cargo_home=${CARGO_HOME:-$HOME/.cargo}
rustup_home=${RUSTUP_HOME:-$HOME/.rustup}
work=

main() {
    [ "$(id -u)" -eq 0 ] || fail "only root can make a bare machine (sudo -E make test-bare)"
    machine_needs
    trap clean EXIT
    prepare

    part "an ordinary user is told what is missing"
    ! as_user tests/needs.sh test >"$work/said" 2>&1 || fail "nothing is missing in a bare Debian"
    local word
    for word in gcc libc6-dev git nodejs npm python3-pip python3-venv curl; do
        grep -q "sudo apt-get install.* $word\b" "$work/said" || fail "no word of $word: $(cat "$work/said")"
    done
    ! grep -q "fetched" "$work/said" || fail "it fetches although it cannot go on"

    part "root has it installed"
    as_root tests/needs.sh test

    part "root builds, and runs the tests of the command line"
    as_root cargo build --locked
    as_root cargo test --locked --test cli
    as_root test ! -e target/left-out || fail "something was left out for root: $(cat "$work/root/src/target/left-out")"

    part "an ordinary user does the same"
    chown -R 1000:1000 "$work/root/src"
    as_user tests/needs.sh test
    as_user cargo build --locked
    as_user cargo test --locked --test cli
    as_user sh -c '. tests/left-out.sh; left_out_report' 2>"$work/said"
    for word in "booted systemd" "sudo -E make test" "root sees what the service sees"; do
        grep -q "$word" "$work/said" || fail "what was left out is not told ($word): $(cat "$work/said")"
    done
    cat "$work/said"
    echo "bare ($release): all of it passed"
}

prepare() {
    local bare="$DOCENT_TEST_CACHE/machines/$release-bare" folder
    if [ ! -e "$bare" ]; then
        mkdir -p "$DOCENT_TEST_CACHE/machines"
        rm -rf "$bare.new"
        mmdebstrap --quiet --variant=minbase --include=ca-certificates "$release" "$bare.new" "$(machine_mirror)"
        mv "$bare.new" "$bare"
    fi
    work=$(mktemp -d "${TMPDIR:-/tmp}/docent-bare.XXXXXX")
    mkdir "$work/root" "$work/upper" "$work/work"
    chmod 755 "$work"
    mount -t overlay overlay "$work/root" -o "lowerdir=$bare,upperdir=$work/upper,workdir=$work/work" 2>/dev/null ||
        cp -a "$bare/." "$work/root"
    cp /etc/resolv.conf /etc/hosts "$work/root/etc/" 2>/dev/null || true
    # How this machine reaches the network, which is not the project's matter.
    cp -r /etc/apt/apt.conf.d/. "$work/root/etc/apt/apt.conf.d/" 2>/dev/null || true
    echo 'ann:x:1000:1000::/home/ann:/bin/bash' >>"$work/root/etc/passwd"
    mkdir -p "$work/root/home/ann" "$work/root/opt/cache" "$work/root/opt/rustup" \
        "$work/root/opt/cargo/bin" "$work/root/opt/cargo/registry"
    # The state in hand, committed or not, as a clone has it.
    git clone --quiet --no-hardlinks . "$work/root/src"
    git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents --no-dereference -t "$work/root/src" 2>/dev/null || true
    ! [ -e "$cargo_home/config.toml" ] || cp "$cargo_home/config.toml" "$work/root/opt/cargo/"
    for folder in "$cargo_home/bin:cargo/bin" "$cargo_home/registry:cargo/registry" "$rustup_home:rustup" \
        "$DOCENT_TEST_CACHE:cache"; do
        mount --bind "${folder%:*}" "$work/root/opt/${folder#*:}"
        mount -o remount,ro,bind "$work/root/opt/${folder#*:}"
    done
    for folder in dev sys; do
        mount --rbind "/$folder" "$work/root/$folder"
        mount --make-rslave "$work/root/$folder"
    done
    mount -t proc proc "$work/root/proc"
    # git refuses the repositories of others.
    git config --file "$work/root/etc/gitconfig" safe.directory /src
    chown -R 1000:1000 "$work/root/home/ann" "$work/root/src"
}

as_root() {
    inside env HOME=/root PATH=/opt/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

as_user() {
    inside setpriv --reuid=1000 --regid=1000 --clear-groups env HOME=/home/ann \
        PATH=/opt/cargo/bin:/usr/local/bin:/usr/bin:/bin "$@"
}

inside() {
    local proxy=()
    mapfile -t proxy < <(env | grep -iE '^(https?|no)_proxy=' || true)
    chroot "$work/root" env -i TERM=dumb LANG=C.UTF-8 CARGO_HOME=/opt/cargo RUSTUP_HOME=/opt/rustup \
        RUSTUP_TOOLCHAIN="$(rustup show active-toolchain 2>/dev/null | cut -d' ' -f1)" CARGO_NET_OFFLINE=true \
        CARGO_INCREMENTAL=0 DOCENT_TEST_CACHE=/opt/cache "${proxy[@]}" \
        bash -c 'cd /src && exec "$@"' - "$@" </dev/null
}

part() {
    echo "bare ($release): $* (after $SECONDS s)"
}

fail() {
    echo "bare ($release): FAILED: $*" >&2
    exit 1
}

clean() {
    [ -n "$work" ] || return 0
    local folder
    for folder in proc sys dev opt/cache opt/rustup opt/cargo/registry opt/cargo/bin; do
        umount --lazy "$work/root/$folder" 2>/dev/null || true
    done
    umount "$work/root" 2>/dev/null || umount --lazy "$work/root" 2>/dev/null || true
    # Never through a mount that is still there.
    if ! grep -q " $work/" /proc/mounts; then rm -rf "$work"; fi
}

main
