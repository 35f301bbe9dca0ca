#!/usr/bin/env bash
# Measures docent beside other servers and writes docs/performance.md; about ten minutes, on a machine
# that does nothing else.
#
#   benches/run.sh            all figures
#   benches/run.sh --quick    one short run, to see that it works; writes nothing
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in
    '' | --quick) exec cargo bench --locked --bench load -- "$@" ;;
    *)
        echo 'usage: benches/run.sh [--quick]' >&2
        exit 64
        ;;
esac
