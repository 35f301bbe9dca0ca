#!/usr/bin/env bash
# Makes all packages, the tarball and the image twice, the second time in another folder, from the source as
# `cargo package` packs it, which must give the same bytes; and an older version to upgrade from.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/packaging/checks.sh
. tests/packaging/checks.sh

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

sums() {
    (cd "$target_dir" && sha256sum -- packages/*.deb packages/*.rpm dist/*.tar.gz dist/*.tar)
}

rm -rf "$packages" "$dist"
packaging/deb.sh
packaging/rpm.sh
packaging/dist.sh
first="$(sums)"
mkdir "$work/first"
mv "$packages" "$dist" "$work/first"

elsewhere="$work/a folder/elsewhere/docent-$version"
mkdir -p "${elsewhere%/*}"
# What it would compile to see whether the source is whole is compiled below.
cargo package --quiet --locked --no-verify --allow-dirty --target-dir "$work/packed"
crate="$work/packed/package/docent-$version.crate"
# With times of their own, for which cargo compiles them: those in the crate are of 2006.
tar --extract --touch --gzip --file "$crate" --directory "${elsewhere%/*}"
[ "$(stat -c %s "$crate")" -lt 10485760 ] || fail "the crate is larger than a registry takes"
# docent itself is compiled and linked again, as its source is new there, and all is packed. The crates
# below it are not: they are the long part, and their source lies in the same place for every checkout.
again() {
    (cd "$elsewhere" && env -u DOCENT_REMAPS -u CFLAGS CARGO_TARGET_DIR="$(realpath "$target_dir")" "$@")
}
{ again packaging/deb.sh && again packaging/rpm.sh && again packaging/dist.sh; } >"$work/log" 2>&1 || { cat "$work/log" >&2 && fail "a build elsewhere"; }
grep -F "Compiling docent v$version ($elsewhere)" "$work/log" || fail "docent was not compiled again"
equal "what another checkout gives" "$first" "$(sums)"
ok "made twice, in two folders, with the same SHA-256:"
echo "$first"
# What who has no packages gets, to be tried by dist.sh: docent is only linked again for it.
installed="$(realpath "$target_dir")/installed"
# With the flags of the builds above.
(cd "$elsewhere" && CARGO_TARGET_DIR="$(realpath "$target_dir")" cargo install --quiet --locked --path . \
    --target "$target" --no-track --force --root "$installed") >"$work/log" 2>&1 ||
    { cat "$work/log" >&2 && fail "cargo install --path ."; }
ok "cargo package: $(($(stat -c %s "$crate") >> 10)) KiB, and cargo install from it"

mkdir -p "$packages/previous"
cargo deb --quiet --no-build --no-strip --target "$target" --deb-version "$previous-1" \
    --output "$previous_deb" >/dev/null
# With another default, so that an upgrade has to do with the configuration.
tree="$work/previous"
dpkg-deb --raw-extract "$previous_deb" "$tree"
echo "# What was said here before." >>"$tree/etc/docent/docent.toml"
(cd "$tree" && find etc usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
dpkg-deb --root-owner-group --build "$tree" "$previous_deb" >/dev/null
cargo generate-rpm --target "$target" --target-dir "$target_dir" \
    --source-date "$SOURCE_DATE_EPOCH" --variant=service --set-metadata "version = \"$previous\"" \
    --output "$previous_rpm"
