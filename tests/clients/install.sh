#!/usr/bin/env bash
# Installs the pinned MCP clients, and the libraries of the servers that the benchmark compares with,
# into a cache outside the checkout, and prints the path of the folder.
#
# The folder is named after the pins, so another pin is another folder, and a second run only looks.
# Needs npm with any Node.js (the clients run on the Node.js that package.json pins) and python3 with
# venv; the first run needs a network and 2 GB of disk.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${DOCENT_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/docent-tests}/clients
pins=$(cat "$here/package-lock.json" "$here"/requirements*.txt | sha256sum | cut -c1-16)
folder=$cache/$pins

fail() {
    printf 'tests/clients/install.sh: %s\n' "$@" >&2
    exit 1
}

if [[ -e $folder/complete ]]; then
    printf '%s\n' "$folder"
    exit 0
fi

command -v npm >/dev/null ||
    fail 'npm is missing. Install it with: apt-get install nodejs npm'
python3 -c 'import venv, ensurepip' 2>/dev/null ||
    fail 'python3 with venv is missing. Install it with: apt-get install python3-venv'

node_clients() {
    # engine-strict=false: the Node.js that runs npm may be older than the one that runs the clients.
    npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --engine-strict=false \
        >"$folder/npm.log" 2>&1 ||
        fail "npm could not install the clients (is there a network?). $folder/npm.log ends with:" \
            "$(tail -n 5 "$folder/npm.log")"
}

python_clients() { # python_clients VENV REQUIREMENTS
    { python3 -m venv "$folder/$1" &&
        "$folder/$1/bin/pip" install --no-deps --only-binary :all: -r "$here/$2"; } >"$folder/$1.log" 2>&1 ||
        fail "pip could not install the clients (is there a network?). $folder/$1.log ends with:" \
            "$(tail -n 5 "$folder/$1.log")"
}

mkdir -p "$cache"
# Tests run side by side: one installs, the others wait for it.
exec 9>"$cache/lock"
flock 9
if [[ ! -e $folder/complete ]]; then
    rm -rf "$folder"
    mkdir "$folder"
    cp "$here/package.json" "$here/package-lock.json" "$folder"
    # Side by side, as most of it is waiting for the network.
    node_clients &
    npm=$!
    python_clients venv requirements.txt &
    pip=$!
    python_clients venv-mcp-1 requirements-mcp-1.txt &
    pip_1=$!
    status=0
    for job in $npm $pip $pip_1; do wait "$job" || status=1; done
    [[ $status = 0 ]] || exit 1
    touch "$folder/complete"
fi
printf '%s\n' "$folder"
