#!/usr/bin/env bash
# Installs the pinned identity providers into a cache outside the checkout, and prints the path of the folder. They run
# on the Node.js of tests/clients/install.sh.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${DOCENT_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/docent-tests}/issuers
folder=$cache/$(sha256sum <"$here/package-lock.json" | cut -c1-16)

mkdir -p "$cache"
# Tests run side by side: one installs, the others wait for it.
exec 9>"$cache/lock"
flock 9
if [[ ! -e $folder/complete ]]; then
    rm -rf "$folder"
    mkdir "$folder"
    cp "$here/package.json" "$here/package-lock.json" "$folder"
    # engine-strict=false: the Node.js that runs npm may be older than the one that runs the providers.
    npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --engine-strict=false >"$folder/npm.log" 2>&1 || {
        echo "tests/issuers/install.sh: npm could not install oidc-provider (is there a network?):" >&2
        tail -n 5 "$folder/npm.log" >&2
        exit 1
    }
    touch "$folder/complete"
fi
printf '%s\n' "$folder"
