#!/usr/bin/env bash
# Fetches two certificate authorities that are not Pebble, and a proxy, from PyPI, into a cache outside
# the checkout: $DOCENT_TEST_CACHE/authorities. What is there already, in the versions that
# tests/authorities/requirements.txt names, is left as it is.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/cache.sh
. tests/cache.sh

folder=$DOCENT_TEST_CACHE/authorities
pins=tests/authorities/requirements.txt

main() {
    ! cmp --silent "$pins" "$folder/requirements.txt" || return 0
    mkdir -p "$DOCENT_TEST_CACHE"
    # Two runs at once: one installs, the other waits for it.
    exec 9>"$DOCENT_TEST_CACHE/authorities.lock"
    flock 9
    ! cmp --silent "$pins" "$folder/requirements.txt" || return 0
    rm -rf "$folder"
    mkdir "$folder"
    if ! { python3 -m venv "$folder/venv" &&
        "$folder/venv/bin/pip" install --no-deps --requirement "$pins"; } >"$folder/pip.log" 2>&1; then
        tail -n 5 "$folder/pip.log" | sed 's/^/    /' >&2
        echo "pip could not install the certificate authorities (is there a network?): $folder/pip.log" >&2
        exit 1
    fi
    # The mark that it is complete.
    cp "$pins" "$folder/requirements.txt"
    echo "fetched certificate authorities"
}

main
