#!/usr/bin/env bash
# docent under a really booted systemd, on Debian 12 and 13: tests/systemd/run.sh [RELEASE...]
#
# Needs root, and says so; a built docent (cargo build). Prints a line a case, with its figures.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/cache.sh
. tests/cache.sh
# shellcheck source=tests/systemd/machine.sh
. tests/systemd/machine.sh

machine_needs
[ $# -gt 0 ] || set -- bookworm trixie
for release in "$@"; do
    machine_root "$release" >/dev/null
done

# The first start without an authority waits for most of its time, so it costs the others nothing;
# they come one after the other, as they measure.
waiting=()
for release in "$@"; do
    tests/systemd/cases.sh "$release" offline &
    waiting+=($!)
done
failed=0
for release in "$@"; do
    tests/systemd/cases.sh "$release" service || failed=1
    tests/systemd/cases.sh "$release" following || failed=1
    tests/systemd/cases.sh "$release" hardened || failed=1
done
for process in "${waiting[@]}"; do
    wait "$process" || failed=1
done
exit "$failed"
