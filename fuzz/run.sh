#!/usr/bin/env bash
# Runs every fuzz target, or those named, for some time each.
#
#   fuzz/run.sh [SECONDS_EACH] [TARGET]...
#
# What a target found interesting is kept in fuzz/corpus/TARGET and used the next time; an input
# that breaks it is written to fuzz/artifacts/TARGET, and the last lines say how to run it again.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=tests/cache.sh
. ../tests/cache.sh

seconds="${1:-30}"
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cargo fuzz list --fuzz-dir .)

# The versions that the program has, and not newer ones.
cp ../Cargo.lock Cargo.lock

# docent has no unsafe code: what is looked for is panics, overflows, memory and time, which need
# no address sanitizer.
cargo fuzz build --fuzz-dir . --sanitizer none
for target in "${targets[@]}"; do
    echo "== $target, $seconds s"
    mkdir -p "corpus/$target"
    # Real input to start from: libFuzzer only reads these folders.
    seeds=(../docs)
    [ ! -d ../tests/corpus ] || mapfile -t -O 1 seeds < <(find ../tests/corpus -type d ! -name snapshots)
    cargo fuzz run --fuzz-dir . --sanitizer none "$target" "corpus/$target" "${seeds[@]}" -- \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
        -print_final_stats=1 -verbosity=0
done
