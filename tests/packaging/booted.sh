# shellcheck shell=bash
# Sourced by the scripts of this folder that install packages in a booted machine, from the root of the
# checkout: all that they are made of, a folder to work in, and an end that leaves nothing behind.
#
#   work      the folder
#   server    a process of the script's own that is to be stopped at the end, where there is one

# shellcheck source=tests/packaging/checks.sh
. tests/packaging/checks.sh
# shellcheck source=tests/systemd/machine.sh
. tests/systemd/machine.sh
# shellcheck source=tests/systemd/authority.sh
. tests/systemd/authority.sh
# shellcheck source=tests/packaging/site.sh
. tests/packaging/site.sh

work="$(mktemp -d)"
server=""
leave() {
    local status=$?
    [ -z "$server" ] || kill -s KILL "$server" 2>/dev/null || true
    [ $status -eq 0 ] || [ -z "$MACHINE_PID" ] || {
        echo "The journal, and the state of the service:" >&2
        machine_run journalctl --no-pager --lines 60 >&2
        machine_run systemctl status --no-pager 'docent*' >&2 || true
    }
    authority_stop
    site_stop
    machine_stop
    rm -rf "$work"
    exit $status
}
trap leave EXIT
