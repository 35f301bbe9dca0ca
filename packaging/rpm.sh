#!/usr/bin/env bash
# Makes the RPM packages, docent and docent-debuginfo: packaging/rpm.sh [RUST-TARGET]
# They land in the folder packages of the target folder, and their names are printed.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/environment.sh
. packaging/environment.sh
use_target "${1:-}"
packaging/build.sh "$target"
mkdir -p "$packages"

generate() { # generate NAME [OPTION]...
    local package="$packages/$1-$version-1.$arch.rpm"
    shift
    cargo generate-rpm --target "$target" --target-dir "$target_dir" \
        --source-date "$SOURCE_DATE_EPOCH" --output "$package" "$@"
    echo "$package"
}

# Files older than the commit would keep their time, which is not the same in each checkout.
find docs etc systemd packaging CHANGELOG.md LICENSE-* -type f ! -newermt "@$SOURCE_DATE_EPOCH" \
    -exec touch {} +

generate docent --variant=service
build_id="$(cat "$release/package/build-id")"
generate docent-debuginfo --payload-compress=gzip --metadata-overwrite=packaging/rpm/debuginfo.toml --set-metadata="
    assets = [{ source = \"target/release/package/docent.debug\", mode = \"644\",
        dest = \"/usr/lib/debug/.build-id/${build_id:0:2}/${build_id:2}.debug\" }]"
