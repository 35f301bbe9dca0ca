#!/usr/bin/env bash
# Fetches Debian 12 and 13 for the machines with systemd that the tests boot (tests/systemd/), into a
# cache outside the checkout, $DOCENT_TEST_CACHE/machines. Needs root, as booting them does.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/cache.sh
. tests/cache.sh
# shellcheck source=tests/systemd/machine.sh
. tests/systemd/machine.sh

machine_needs
for release in bookworm trixie; do
    machine_root "$release" >/dev/null
done
