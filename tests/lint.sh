#!/usr/bin/env bash
# Everything that can be said about the source without running it. Stops at the first failure.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/cache.sh
. tests/cache.sh

step() {
    echo "lint: $1"
}

step "formatting (make format repairs it)"
cargo fmt --check

step "the project's own rules"
tests/invariants.sh

step "shell scripts"
git ls-files -z -- '*.sh' .ci/run packaging/docent-rustc packaging/deb/p{re,ost}{inst,rm} | xargs -0 shellcheck --external-sources

step "licences, duplicate versions and origins of the dependencies (deny.toml)"
cargo deny --locked --log-level error check licenses bans sources

step "clippy"
cargo clippy --locked --all-targets --quiet -- -D warnings

step "fuzz targets"
# Not linked here, so the fuzzing engine need not be built.
cp Cargo.lock fuzz/Cargo.lock
CUSTOM_LIBFUZZER_PATH=/nowhere/libfuzzer.a \
    cargo check --manifest-path fuzz/Cargo.toml --target-dir "${CARGO_TARGET_DIR:-target}" --quiet

step "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items --quiet
