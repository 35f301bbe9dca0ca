#!/usr/bin/env bash
# Makes all packages twice, which must give the same bytes, and an older version to upgrade from.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/packaging/checks.sh
. tests/packaging/checks.sh

sums() {
    (cd "$packages" && sha256sum -- *.deb *.rpm)
}

rm -rf "$packages"
packaging/deb.sh >/dev/null
packaging/rpm.sh >/dev/null
first="$(sums)"
rm "$packages"/*
# docent itself is compiled and linked again, not the crates below it: that is the long part.
cargo clean --quiet --release --target "$target" --package docent
packaging/deb.sh
packaging/rpm.sh
equal "a second build" "$first" "$(sums)"
ok "built twice with the same SHA-256"

mkdir -p "$packages/previous"
cargo deb --quiet --no-build --no-strip --target "$target" --deb-version "$previous-1" \
    --output "$previous_deb"
cargo generate-rpm --target "$target" --target-dir "$target_dir" \
    --source-date "$SOURCE_DATE_EPOCH" --variant=service --set-metadata "version = \"$previous\"" \
    --output "$previous_rpm"
