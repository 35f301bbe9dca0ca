#!/usr/bin/env bash
# Makes all packages twice, the second time from a clone in another folder, which must give the same
# bytes, and an older version to upgrade from.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/packaging/checks.sh
. tests/packaging/checks.sh

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

sums() {
    (cd "$packages" && sha256sum -- *.deb *.rpm)
}

rm -rf "$packages"
packaging/deb.sh
packaging/rpm.sh
first="$(sums)"
mv "$packages" "$work/first"

elsewhere="$work/a folder/elsewhere/docent"
git clone --quiet . "$elsewhere"
git diff --binary HEAD | git -C "$elsewhere" apply --allow-empty
# docent itself is compiled and linked again, as its source is new there, and all is packed. The crates
# below it are not: they are the long part, and their source lies in the same place for every checkout.
again() {
    (cd "$elsewhere" && env -u DOCENT_REMAPS -u CFLAGS CARGO_TARGET_DIR="$(realpath "$target_dir")" "$@")
}
{ again packaging/deb.sh && again packaging/rpm.sh; } >"$work/log" 2>&1 || { cat "$work/log" >&2 && fail "a build elsewhere"; }
grep -F "Compiling docent v$version ($elsewhere)" "$work/log" || fail "docent was not compiled again"
equal "what another checkout gives" "$first" "$(sums)"
ok "made twice, in two folders, with the same SHA-256:"
echo "$first"

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
