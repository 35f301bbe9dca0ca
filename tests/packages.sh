#!/usr/bin/env bash
# Makes the packages, checks what is in them, and installs, upgrades and removes them in booted
# systems: tests/packages.sh [PART]...
#
# The parts are the scripts of tests/packaging; those that install need root.
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -gt 0 ] || set -- make arm64 contents container dist deb:bookworm deb:trixie rpm:bookworm documents:bookworm
for part in "$@"; do
    since=$SECONDS
    echo "packages: $part"
    argument="${part#*:}"
    [ "$argument" != "$part" ] || argument=""
    # shellcheck disable=SC2086 # no argument is no word
    "tests/packaging/${part%%:*}.sh" $argument
    echo "packages: $part passed in $((SECONDS - since)) s"
done
