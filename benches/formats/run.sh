#!/usr/bin/env bash
# Reads real documentation sets with docent and compares what it makes of them with an extraction of its own: see compare.py.
#
#   benches/formats/run.sh [SET...]
#
# The sets are fetched, once, into $DOCENT_TEST_CACHE/formats (4 GB). Results are left in formats/ of the target folder, with a
# table and, for each set, the pages of which most was lost or added. BEFORE=folder shows an earlier run's figures beside these.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/cache.sh
. tests/cache.sh

cache=$DOCENT_TEST_CACHE/formats
python=$cache/venv/bin/python
out=${OUT:-${CARGO_TARGET_DIR:-target}/formats}

main() {
    mkdir -p "$cache"
    benches/formats/extraction.sh "$cache"
    local program
    program=$(built)
    # No part of it needs to be fast: whoever works at the machine goes first.
    nice "$python" benches/formats/fetch.py "$cache" "$@"
    nice "$python" benches/formats/compare.py ${BEFORE:+--before "$BEFORE"} "$cache" "$program" "$out" "$@"
    echo "written: $out"
}

# The program that writes what docent makes of a folder.
built() {
    cargo bench --locked --bench formats --no-run --message-format=json |
        python3 -c 'import json, sys
found = [json.loads(line) for line in sys.stdin if line.startswith("{")]
print(next(it["executable"] for it in found if it.get("target", {}).get("name") == "formats" and it.get("executable")))'
}

main "$@"
