#!/usr/bin/env bash
# The same packages for arm64, made on this machine; the binary runs under qemu.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/packaging/checks.sh
. tests/packaging/checks.sh

use_target aarch64-unknown-linux-gnu
packaging/deb.sh "$target"
packaging/rpm.sh "$target"
equal "the architecture of the .deb" arm64 \
    "$(dpkg-deb --field "$packages/docent_$version-1_arm64.deb" Architecture)"
equal "the architecture of the .rpm" aarch64 \
    "$(rpm --query --package --queryformat '%{ARCH}' "$packages/docent-$version-1.aarch64.rpm")"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
dpkg-deb --extract "$packages/docent_$version-1_arm64.deb" "$work"
needs_only_libc "$work/usr/bin/docent"
foreign() {
    qemu-aarch64-static -L /usr/aarch64-linux-gnu "$work/usr/bin/docent" "$@"
}
[[ "$(foreign --version)" = "docent $version "* ]] || fail "it does not tell its version"
found="$(foreign search --cache-dir "$work/cache" --format json --limit 1 "retry after a failed certificate" docs)"
[[ $found = '{"results":[{"page":'* ]] || fail "it finds nothing: $found"
ok "runs under qemu, and finds: $found"
