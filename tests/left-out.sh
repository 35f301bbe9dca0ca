# shellcheck shell=bash
# Sourced by the scripts: tests that cannot run here are noted, and listed at the end. None is left out
# without a word, and where CI=true, none is left out at all.
#
#   left_out WHAT HOW      notes what is left out, and how to have it run
#   left_out_begin         forgets what an earlier run has noted
#   left_out_report        lists it; fails where CI=true and there is any
DOCENT_LEFT_OUT="${DOCENT_LEFT_OUT:-${CARGO_TARGET_DIR:-$PWD/target}/left-out}"
# Tests written in Rust note theirs there too (tests/left_out/).
export DOCENT_LEFT_OUT

left_out() {
    mkdir -p "$(dirname "$DOCENT_LEFT_OUT")"
    printf '%s: %s\n' "$1" "$2" >>"$DOCENT_LEFT_OUT"
}

left_out_begin() {
    rm -f "$DOCENT_LEFT_OUT"
}

left_out_report() {
    [ -s "$DOCENT_LEFT_OUT" ] || return 0
    {
        echo "Left out, as it cannot run here:"
        sort -u "$DOCENT_LEFT_OUT" | sed 's/^/  - /'
    } >&2
    rm -f "$DOCENT_LEFT_OUT"
    [ "${CI:-}" != true ] || {
        echo "In CI nothing may be left out." >&2
        return 1
    }
}
