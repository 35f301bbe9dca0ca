#!/usr/bin/env bash
# Asks documentation in other languages what is known to be in it, and says how often the right page comes first: see make.py.
#
#   benches/languages/run.sh
#
# The packages are fetched, once, into $DOCENT_TEST_CACHE/formats. Sets, questions and runs are left in languages/ of the target folder.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/cache.sh
. tests/cache.sh

out=${OUT:-${CARGO_TARGET_DIR:-target}/languages}

main() {
    mkdir -p "$DOCENT_TEST_CACHE/formats" "$out"
    python3 benches/languages/make.py "$DOCENT_TEST_CACHE/formats" "$out/sets"
    local program set of=() name
    program=${PROGRAM:-$(built)}
    for set in "$out"/sets/*.jsonl; do
        name=$(basename "$set" .jsonl)
        "$program" "$out/sets/${name%-unmarked}" "$set" "$out/$name.run" "${ROUNDS:-5}"
        of+=("$set" "$out/$name.run")
    done
    python3 benches/languages/score.py "${of[@]}"
}

# The program that runs questions through a folder.
built() {
    cargo bench --locked --bench retrieval --no-run --message-format=json |
        python3 -c 'import json, sys
found = [json.loads(line) for line in sys.stdin if line.startswith("{")]
print(next(it["executable"] for it in found if it.get("target", {}).get("name") == "retrieval" and it.get("executable")))'
}

main "$@"
