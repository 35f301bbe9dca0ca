#!/usr/bin/env bash
# Makes the Debian packages, docent and docent-dbgsym: packaging/deb.sh [RUST-TARGET]
# They land in the folder packages of the target folder, and their names are printed.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/environment.sh
. packaging/environment.sh
use_target "${1:-}"
packaging/build.sh "$target"
mkdir -p "$packages"

package="$packages/docent_$version-1_$deb_arch.deb"
cargo deb --quiet --no-build --no-strip --maintainer "$maintainer" --target "$target" \
    --output "$package" >/dev/null
echo "$package"

# The debug symbols: one file, so that they need no recipe of their own.
symbols="$packages/docent-dbgsym_$version-1_$deb_arch.deb"
build_id="$(cat "$release/package/build-id")"
tree="$(mktemp -d)"
trap 'rm -rf "$tree"' EXIT
debug="usr/lib/debug/.build-id/${build_id:0:2}/${build_id:2}.debug"
install -D -m 644 "$release/package/docent.debug" "$tree/$debug"
install -d "$tree/DEBIAN" "$tree/usr/share/doc"
ln -s docent "$tree/usr/share/doc/docent-dbgsym"
cat >"$tree/DEBIAN/control" <<EOF
Package: docent-dbgsym
Source: docent
Version: $version-1
Architecture: $deb_arch
Maintainer: $maintainer
Installed-Size: $(du --apparent-size -sk "$tree/usr" | cut -f 1)
Depends: docent (= $version-1)
Section: debug
Priority: optional
Auto-Built-Package: debug-symbols
Build-Ids: $build_id
Description: debug symbols for docent
 Names and line numbers for backtraces and debuggers.
EOF
(cd "$tree" && md5sum "$debug" >DEBIAN/md5sums)
find "$tree" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
# They are compressed in themselves.
dpkg-deb --root-owner-group -Zxz -z1 --build "$tree" "$symbols" >/dev/null
echo "$symbols"
