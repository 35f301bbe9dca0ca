#!/usr/bin/env bash
# Measures docent as a service, under systemd and its units as they are shipped, on Debian 12 and 13, and
# writes the section "Service" of docs/performance.md; about five minutes, as root.
#
#   benches/service.sh            all figures
#   benches/service.sh --quick    builds what it needs, and measures nothing
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/cache.sh
. tests/cache.sh
# shellcheck source=tests/systemd/machine.sh
. tests/systemd/machine.sh

page=docs/performance.md
begin='<!-- service figures: benches/run.sh writes what follows -->'
end='<!-- end of the service figures -->'
releases=(bookworm trixie)

main() {
    build
    [ "${1:-}" != --quick ] || return 0
    machine_needs
    local release work
    work=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$work'" EXIT
    for release in "${releases[@]}"; do
        machine_root "$release" >/dev/null
        tests/systemd/cases.sh "$release" start | tee "$work/$release" >&2
    done
    section "$work" >"$work/section"
    write "$work/section"
}

build() {
    cargo build --locked --release
    DOCENT="${CARGO_TARGET_DIR:-target}/release/docent"
    DOCENT_CALLERS=$(cargo bench --locked --bench service --no-run --message-format=json |
        sed -n 's/.*"name":"service".*"executable":"\([^"]*\)".*/\1/p')
    [ -x "$DOCENT_CALLERS" ] || {
        echo "benches/service.sh: cargo names no program of the benchmark" >&2
        exit 1
    }
    export DOCENT DOCENT_CALLERS
}

section() { # section FOLDER
    local work=$1
    cat <<MARKDOWN
## Service

docent under the units as they are shipped, sandbox included, with PostgreSQL's manual, in a booted Debian of its own on this
machine. A cold start begins with the connection that starts docent: 15 times. At a restart
(\`systemctl restart\`), 32 clients call over HTTPS without pause, and none of their calls fails; the wait is that of the
client that waits longest, from its connect or call to its answer: 20 restarts.

| in milliseconds | Debian 12 (systemd 252) | Debian 13 (systemd 257) | goal |
|---|--:|--:|--:|
| cold start to the first byte of TLS: median | $(figures cold 0.5) | < 100 |
| slowest | $(figures cold 1) | |
| restart, the longest wait of a client: median | $(figures restart 0.5) | |
| longest of all | $(figures restart 1) | < 200 |

MARKDOWN
}

# The figure of each release at this share of the sorted rounds.
figures() { # figures NAME SHARE
    local release cells=()
    for release in "${releases[@]}"; do
        cells+=("$(sed -n "s/^$1 //p" "$work/$release" | tr ' ' '\n' | sort -n |
            awk -v share="$2" '{ value[NR] = $1 } END { printf "%.0f", value[int((NR - 1) * share) + 1] }')")
    done
    echo "${cells[0]} | ${cells[1]}"
}

# Puts the section between its marks, or at the end where there are none yet.
write() { # write SECTION
    local new
    new=$(mktemp)
    if grep -qxF "$begin" "$page"; then
        awk -v begin="$begin" -v end="$end" -v section="$1" '
            $0 == end { inside = 0 }
            !inside { print }
            $0 == begin { inside = 1; print ""; while ((getline line < section) > 0) print line }
        ' "$page" >"$new"
    else
        { cat "$page"; echo; echo "$begin"; echo; cat "$1"; echo "$end"; } >"$new"
    fi
    cat "$new" >"$page"
    rm "$new"
}

main "$@"
