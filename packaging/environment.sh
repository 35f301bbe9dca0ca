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
dist="$target_dir/dist"
version="$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)"

# Whoever makes packages for others answers for them, and says so in the variables of debchange(1).
# The name in Cargo.toml is nobody's address: the project has none.
maintainer="$(sed -n 's/^maintainer = "\(.*\)"$/\1/p' Cargo.toml)"
[ -z "${DEBEMAIL:-}" ] || maintainer="${DEBFULLNAME:-$DEBEMAIL} <$DEBEMAIL>"

# The time of the last commit stands for "now" in everything that is built.
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
    SOURCE_DATE_EPOCH="$(git log -1 --format=%ct 2>/dev/null || stat -c %Y Cargo.lock)"
fi
export SOURCE_DATE_EPOCH

# Where the crates, what is made of them, and this checkout lie is nobody's business, and must not change the
# binary or its debug symbols. The checkout's own folder is packaging/docent-rustc's part: as a flag for
# all crates, it would have cargo compile them all again in another folder.
cargo_home="${CARGO_HOME:-$HOME/.cargo}"
# Once only, when one script runs another.
if [ "${DOCENT_REMAPS:-}" != yes ]; then
    export DOCENT_REMAPS=yes
    read -ra flags <<<"${RUSTFLAGS:-}"
    flags+=("--remap-path-prefix=$cargo_home=/cargo" "--remap-path-prefix=$(realpath -m "$target_dir")=/target")
    # With this separator, folders may have blanks in their names.
    CARGO_ENCODED_RUSTFLAGS="$(IFS=$'\x1f' && echo "${flags[*]}")"
    # The same for ring's C, whose flags the crate cc splits as a shell does.
    CFLAGS="${CFLAGS:-} $(printf "'-ffile-prefix-map=%s' " "$cargo_home=/cargo" "$(realpath -m "$target_dir")=/target")"
    PATH="$PWD/packaging:$PATH"
    # By its name alone: its path would become part of the names of symbols.
    export CARGO_ENCODED_RUSTFLAGS CFLAGS CC_SHELL_ESCAPED_FLAGS=1 PATH RUSTC_WORKSPACE_WRAPPER=docent-rustc
fi

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
    export target release arch deb_arch tool_prefix version maintainer packages dist
}

say() {
    echo "packaging: $*" >&2
}
