#!/usr/bin/env bash
# Runs every test: with cargo-nextest where it is installed, which is faster and shows them one
# by one, and else with cargo itself.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/cache.sh
. tests/cache.sh

if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --locked --no-fail-fast
else
    cargo test --locked --no-fail-fast --lib --bins --tests
fi
# nextest does not run the examples in doc comments.
cargo test --locked --doc --quiet

# As a service, under a really booted systemd: Debian 12 and 13.
tests/systemd/run.sh
