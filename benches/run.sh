#!/usr/bin/env bash
# Measures docent beside other servers and writes docs/performance.md; about ten minutes, on a machine
# that does nothing else.
#
#   benches/run.sh            all figures
#   benches/run.sh tls        those of TLS alone; about three minutes
#   benches/run.sh --quick    one short run, to see that it works; writes nothing
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in
    '' | --quick)
        cargo bench --locked --bench load -- "$@"
        exec cargo bench --locked --bench tls -- "$@"
        ;;
    tls) exec cargo bench --locked --bench tls ;;
    *)
        echo 'usage: benches/run.sh [tls | --quick]' >&2
        exit 64
        ;;
esac
