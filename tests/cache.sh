# shellcheck shell=bash
# Sourced by the scripts: where downloads are kept, outside the checkout.
DOCENT_TEST_CACHE="${DOCENT_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/docent-tests}"
export DOCENT_TEST_CACHE
# Tools that tests/needs.sh put there; and programs such as pivot_root, where those of an ordinary user are not.
PATH="$PATH:$DOCENT_TEST_CACHE/tools/bin:$DOCENT_TEST_CACHE/tools/cargo/bin:/usr/sbin:/sbin"
export PATH
