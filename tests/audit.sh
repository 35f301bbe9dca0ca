#!/usr/bin/env bash
# Looks for advisories about the crates in Cargo.lock, in RustSec's database. Not part of `make lint`: what it
# says changes from day to day without a change here, and it needs a network.
#
# Exit status: 0 none, 75 where nothing is known, as the database cannot be had, another one where there are some.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/cache.sh
. tests/cache.sh

# Or a copy of it that can be reached from here.
database=${ADVISORY_DB:-https://github.com/rustsec/advisory-db}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$DOCENT_TEST_CACHE"
{
    cat deny.toml
    echo '[advisories]'
    echo "db-path = \"$DOCENT_TEST_CACHE/advisories\""
    echo "db-urls = [\"$database\"]"
    echo 'git-fetch-with-cli = true'
} >"$work/deny.toml"

# Fetched apart from the look: what an earlier run has left may be old, and no answer is not a good one.
if ! GIT_TERMINAL_PROMPT=0 timeout 300 cargo-deny --locked --log-level error --config "$work/deny.toml" fetch db \
    </dev/null >"$work/log" 2>&1; then
    {
        echo "NOTHING IS KNOWN about advisories: their database cannot be fetched from $database:"
        tail -n 5 "$work/log" | sed 's/^/    /'
        echo "Where there is a copy that can be reached: make audit ADVISORY_DB=URL"
    } >&2
    exit 75
fi
cargo-deny --locked --log-level warn --config "$work/deny.toml" --offline check advisories
echo "No advisory is about a crate that docent uses."
