#!/usr/bin/env bash
# Builds what goes into every package: the stripped binary, its debug symbols apart, compressed
# manual pages, the changelogs.
#
#   packaging/build.sh [RUST-TARGET]
#
# The same source built twice gives the same bytes, also in another folder.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/environment.sh
. packaging/environment.sh
use_target "${1:-}"

[ -z "$tool_prefix" ] || {
    name="${target//-/_}"
    export "CARGO_TARGET_${name^^}_LINKER=${tool_prefix}gcc" "CC_$name=${tool_prefix}gcc"
}
say "building docent $version for $target"
# With room for the number of the build: the linker would make it from all that it writes, debug
# symbols included, and these name the folder of the checkout.
cargo rustc --locked --release --target "$target" --bin docent -- \
    -C "link-arg=-Wl,--build-id=0x$(printf '%040d' 0)"

# Cargo.toml names this folder, as target/release/package.
stage="$release/package"
rm -rf "$stage"
mkdir -p "$stage/man"

"${tool_prefix}strip" --strip-all --remove-section=.comment "$release/docent" -o "$stage/docent"
"${tool_prefix}objcopy" --only-keep-debug --compress-debug-sections "$release/docent" "$stage/docent.debug"
# Debuggers find the symbols by the number, so it is made from the program itself (a note as in
# elf(5): the lengths of name and number, the type, the name, the number).
build_id="$(sha1sum "$stage/docent" | cut -d ' ' -f 1)"
{
    printf '\4\0\0\0\24\0\0\0\3\0\0\0GNU\0'
    # shellcheck disable=SC2059,SC2001 # hexadecimal digits
    printf "$(sed 's/../\\x&/g' <<<"$build_id")"
} >"$stage/note"
for file in docent docent.debug; do
    "${tool_prefix}objcopy" --update-section=.note.gnu.build-id="$stage/note" "$stage/$file"
done
rm "$stage/note"
echo "$build_id" >"$stage/build-id"

cp packaging/man/* "$stage/man/"
gzip --best --no-name "$stage"/man/*
python3 packaging/notices.py "$target" | gzip --best --no-name >"$stage/third-party-licenses.gz"
gzip --best --no-name <CHANGELOG.md >"$stage/changelog.gz"
date="$(date --utc --rfc-email --date="@$SOURCE_DATE_EPOCH")"
sed -e "s/@VERSION@/$version/" -e "s/@DATE@/$date/" -e "s|@MAINTAINER@|${maintainer//&/\\&}|" packaging/deb/changelog.in |
    gzip --best --no-name >"$stage/changelog.Debian.gz"
