# shellcheck shell=bash
# Sourced by the scripts of this folder: where things are, and what makes the same source give the
# same bytes. They start in the root of the checkout.

# Tools that tests/needs.sh installed.
# shellcheck source=tests/cache.sh
. tests/cache.sh

umask 022
export LC_ALL=C TZ=UTC

target_dir="${CARGO_TARGET_DIR:-target}"
packages="$target_dir/packages"
version="$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)"

# The time of the last commit stands for "now" in everything that is built.
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
    SOURCE_DATE_EPOCH="$(git log -1 --format=%ct 2>/dev/null || stat -c %Y Cargo.lock)"
fi
export SOURCE_DATE_EPOCH

# Where the crates lie is nobody's business, and must not change the binary.
cargo_home="${CARGO_HOME:-$HOME/.cargo}"
export RUSTFLAGS="${RUSTFLAGS:-} --remap-path-prefix=$cargo_home=/cargo"

# use_target [TARGET]: the Rust target to build for, by default this machine's. Sets target,
# the folder of its binaries, and the names of its architecture and tools.
use_target() {
    local host
    host="$(rustc -vV | sed -n 's/^host: //p')"
    target="${1:-$host}"
    release="$target_dir/$target/release"
    arch="${target%%-*}" # as RPM says it, too
    tool_prefix=""
    [ "$target" = "$host" ] || tool_prefix="$arch-linux-gnu-"
    case "$arch" in
        x86_64) deb_arch=amd64 ;;
        aarch64) deb_arch=arm64 ;;
        *) deb_arch="$(dpkg-architecture -A "$arch" -q DEB_HOST_ARCH)" ;;
    esac
    export target release arch deb_arch tool_prefix version packages
}

say() {
    echo "packaging: $*" >&2
}
