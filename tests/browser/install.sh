#!/usr/bin/env bash
# Installs what the tests of docent's pages in a browser need, pinned, into a cache outside the checkout,
# and prints the path of the folder. The browser itself is Debian's chromium (tests/needs.sh).
#
# The folder is named after the pins, so another pin is another folder, and a second run only looks.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${DOCENT_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/docent-tests}/browser
folder=$cache/$(sha256sum <"$here/package-lock.json" | cut -c1-16)

fail() {
    printf 'tests/browser/install.sh: %s\n' "$@" >&2
    exit 1
}

if [[ -e $folder/complete ]]; then
    printf '%s\n' "$folder"
    exit 0
fi

command -v npm >/dev/null ||
    fail 'npm is missing. Install it with: apt-get install nodejs npm'

mkdir -p "$cache"
# Tests run side by side: one installs, the others wait for it.
exec 9>"$cache/lock"
flock 9
if [[ ! -e $folder/complete ]]; then
    rm -rf "$folder"
    mkdir "$folder"
    cp "$here/package.json" "$here/package-lock.json" "$folder"
    # engine-strict=false: the Node.js that runs npm may be older than the one that runs the tests.
    npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --engine-strict=false \
        >"$folder/npm.log" 2>&1 ||
        fail "npm could not install them (is there a network?). $folder/npm.log ends with:" \
            "$(tail -n 5 "$folder/npm.log")"
    touch "$folder/complete"
fi
printf '%s\n' "$folder"
