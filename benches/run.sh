#!/usr/bin/env bash
# Measures docent beside other servers and writes docs/performance.md; a quarter of an hour, on a machine
# that does nothing else.
#
#   benches/run.sh            all figures
#   benches/run.sh tls        those of TLS alone; about three minutes
#   benches/run.sh service    those of the service under systemd alone; about five minutes, as root
#   benches/run.sh insights   how long `docent insights` takes, which it prints
#   benches/run.sh --quick    one short run, to see that it works; writes nothing
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in
    '' | --quick)
        cargo bench --locked --bench load -- "$@"
        cargo bench --locked --bench tls -- "$@"
        exec benches/service.sh "$@"
        ;;
    tls) exec cargo bench --locked --bench tls ;;
    service) exec benches/service.sh ;;
    insights) exec cargo bench --locked --bench insights ;;
    *)
        echo 'usage: benches/run.sh [tls | service | insights | --quick]' >&2
        exit 64
        ;;
esac
