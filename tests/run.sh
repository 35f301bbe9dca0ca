#!/usr/bin/env bash
# Runs every test: with cargo-nextest where it is installed, which is faster and shows them one
# by one, and else with cargo itself. What cannot run here is left out, and listed at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/cache.sh
. tests/cache.sh
# shellcheck source=tests/left-out.sh
. tests/left-out.sh

# A folder of its own, so that it shows what tests leave behind. Others may pass through: some tests
# become another user.
TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/docent-tests.XXXXXX")
export TMPDIR
chmod 755 "$TMPDIR"

main() {
    if cargo nextest --version >/dev/null 2>&1; then
        cargo nextest run --locked --no-fail-fast
    else
        cargo test --locked --no-fail-fast --lib --bins --tests
    fi
    # nextest does not run the examples in doc comments.
    cargo test --locked --doc --quiet
    nothing_is_left_behind
    # As a service, under a really booted systemd: Debian 12 and 13.
    if [ "$(id -u)" -eq 0 ]; then
        tests/systemd/run.sh
    else
        left_out "docent under a booted systemd, on Debian 12 and 13" "only root can boot one (sudo -E make test)"
    fi
}

# Temporary folders of the tests themselves; what clients in other languages leave is theirs.
nothing_is_left_behind() {
    local left
    left=$(find "$TMPDIR" -mindepth 1 -maxdepth 1 -name '.tmp*' | wc -l)
    [ "$left" -eq 0 ] || {
        echo "Tests leave $left temporary folders behind, such as:" >&2
        find "$TMPDIR" -mindepth 1 -maxdepth 2 -path '*/.tmp*' | head -n 10 >&2
        return 1
    }
}

finish() {
    local status=$?
    rm -rf "$TMPDIR"
    left_out_report || status=1
    exit "$status"
}

trap finish EXIT
main
