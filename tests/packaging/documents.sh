#!/usr/bin/env bash
# Follows docs/install.md literally: every command of its blocks marked `sh`, in their order, in a
# fresh Debian. Two things are put in place of what a reader has: the address of the repository,
# and an authority, Pebble. tests/packaging/documents.sh bookworm|trixie
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/packaging/checks.sh
. tests/packaging/checks.sh
# shellcheck source=tests/systemd/machine.sh
. tests/systemd/machine.sh
# shellcheck source=tests/systemd/authority.sh
. tests/systemd/authority.sh
# shellcheck source=tests/packaging/site.sh
. tests/packaging/site.sh

machine_needs
work="$(mktemp -d)"
cleanup() {
    local status=$?
    authority_stop
    site_stop
    machine_stop
    rm -rf "$work"
    exit $status
}
trap cleanup EXIT

block() { # block LANGUAGE NUMBER: one block of the page
    awk -v fence="\`\`\`$1" -v wanted="$2" '
        $0 == fence { number++; inside = 1; next }
        /^```/ { inside = 0 }
        inside && number == wanted
    ' docs/install.md
}

follow() { # follow NUMBER
    local line
    while IFS= read -r line; do
        line="${line//https:\/\/packages.example.com/$site_url}"
        machine_run env -C /root DEBIAN_FRONTEND=noninteractive bash -c "$line" \
            </dev/null >"$work/said" 2>&1 || { cat "$work/said" >&2 && fail "$line"; }
        ok "$line"
    done < <(block sh "$1")
}

machine_start "$1"
site_make "$work/site" "$deb"
site_serve "$work/site"
rm -rf "$MACHINE"/etc/apt/sources.list{,.d/*}
authority_prepare
authority_start
cp "$deb" "$MACHINE/root/"
# The reader's editor writes the example of the page; the authority is ours.
printf '#!/bin/sh\nexec "$@"\n' >"$MACHINE/usr/bin/sudo"
# shellcheck disable=SC2016 # expanded there
printf '#!/bin/sh\ncp /root/edited "$1"\n' >"$MACHINE/usr/bin/sudoedit"
echo 'APT::Get::Assume-Yes "true";' >"$MACHINE/etc/apt/apt.conf.d/90-says-yes"
chmod 755 "$MACHINE/usr/bin/sudo" "$MACHINE/usr/bin/sudoedit"
block toml 1 | sed '/^\[acme\]/a directory = "https://localhost:14000/dir"\nca_file = "/srv/authority.pem"' \
    >"$MACHINE/root/edited"
install -m 644 "$AUTHORITY/ca.pem" "$MACHINE/srv/authority.pem"
mkdir "$MACHINE/srv/docs"
printf '# Checkpoints\n\nA checkpoint is where a tour can begin again.\n' >"$MACHINE/srv/docs/tour.md"

follow 1
machine_run dpkg --purge docent >/dev/null 2>&1
follow 2
machine_net curl --silent --fail --output /dev/null http://127.0.0.1:8080/healthz ||
    fail "a fresh installation does not answer on the address of the page"
follow 3
follow 4
answers() {
    authority_root && machine_net curl --silent --fail --max-time 20 --cacert "$AUTHORITY/root.pem" \
        --header 'Content-Type: application/json' --header 'Accept: application/json, text/event-stream' \
        --data '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"query":"checkpoint"}}}' \
        "https://$DOMAIN/mcp" | grep -q 'handbook/tour'
}
within 20 answers || fail "it does not answer with what the page says to write"
machine_run systemctl status docent >/dev/null || fail "systemctl status docent"
follow 5
