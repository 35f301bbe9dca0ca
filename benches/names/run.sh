#!/usr/bin/env bash
# Asks real documentation sets for exact names and messages: see make.py.
#
#   benches/names/run.sh [SET...]
#
# The sets are fetched, once, into $DOCENT_TEST_CACHE/formats. For each kind of name it prints how many queries find the page that
# defines it first, and among three, and how many are shown the entry itself; MISSES=1 lists the others. PROGRAM is another build of
# benches/retrieval.rs than the one that is made here.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/cache.sh
. tests/cache.sh

cache=$DOCENT_TEST_CACHE/formats
out=${OUT:-${CARGO_TARGET_DIR:-target}/names}

main() {
    mkdir -p "$cache" "$out"
    benches/formats/extraction.sh "$cache"
    nice "$cache/venv/bin/python" benches/names/make.py "$cache" "$out" "$@"
    local program=${PROGRAM:-} set root
    [ -n "$program" ] || program=$(built)
    while IFS=$'\t' read -r set root; do
        echo
        "$program" ${MISSES:+--misses} "$root" "$out/$set.jsonl" "$out/$set.run.jsonl" 2
    done <"$out/roots.tsv"
}

built() {
    cargo bench --locked --bench retrieval --no-run --message-format=json |
        python3 -c 'import json, sys
found = [json.loads(line) for line in sys.stdin if line.startswith("{")]
print(next(it["executable"] for it in found if it.get("target", {}).get("name") == "retrieval" and it.get("executable")))'
}

main "$@"
