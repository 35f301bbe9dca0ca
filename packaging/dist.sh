#!/usr/bin/env bash
# Makes what needs no package manager: a tarball that works wherever it is unpacked, and an image for
# containers, as an OCI archive: packaging/dist.sh [RUST-TARGET]
# They land in the folder dist of the target folder, and their names are printed.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/environment.sh
. packaging/environment.sh
use_target "${1:-}"
packaging/build.sh "$target"
mkdir -p "$dist"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
name="docent-$version-$arch-linux"

# As in /usr/local, where it is unpacked by those who install it for everybody; the units name it there.
DESTDIR="$work/root" PREFIX=/usr/local TARGET="$target" packaging/install.sh
mv "$work/root/usr/local" "$work/$name"
mv "$work/root/etc" "$work/$name/"
# Relative to the configuration's folder, the manual is found anywhere.
sed -i 's|^path = "/usr/local/|path = "../../|' "$work/$name/etc/docent/docent.toml"
cp README.md LICENSE-APACHE LICENSE-MIT "$work/$name/"
tarball="$dist/$name.tar.gz"
tar --create --sort=name --format=gnu --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
    --directory "$work" "$name" | gzip --best --no-name >"$tarball"
echo "$tarball"

# The image has the C library of this machine, so it is for this architecture alone.
if [ -n "$tool_prefix" ]; then
    say "no image for $arch: make it on such a machine, whose C library goes into it"
    exit 0
fi
DESTDIR="$work/tree" PREFIX=/usr TARGET="$target" packaging/install.sh
sh packaging/container/rootfs.sh "$work/tree" "$work/rootfs"
install -m 644 packaging/container/docent.toml "$work/rootfs/etc/docent/docent.toml"
image="$dist/$name.oci.tar"
python3 packaging/container/image.py "$work/rootfs" packaging/container/Containerfile \
    "$deb_arch" "$version" >"$image"
echo "$image"
