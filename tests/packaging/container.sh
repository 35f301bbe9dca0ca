#!/usr/bin/env bash
# The container recipe, as far as it can be checked without a container engine: the file system
# that it makes holds all that docent needs, and the service and its health check work in it, as
# the user that the image names.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/packaging/checks.sh
. tests/packaging/checks.sh

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
root="$work/root"
packaging/container/rootfs.sh "$deb" "$root"
install -m 644 packaging/container/docent.toml "$root/etc/docent/docent.toml"
printf '# Restoring a backup\n\nStop the service first.\n' >"$root/srv/docs/backup.md"

# What the recipe copies is there.
while read -r source; do
    [ -e "packaging/container/$source" ] || [ "$source" = docent.deb ] ||
        fail "the Containerfile copies $source, which does not exist"
done < <(sed -n 's/^COPY \([^-].*\) [^ ]*$/\1/p' packaging/container/Containerfile | tr ' ' '\n')
user="$(sed -n 's/^USER //p' packaging/container/Containerfile)"
check="$(sed -n 's|.*"\(http://[^"]*\)".*|\1|p' packaging/container/Containerfile)"

# In a network of its own, where the port of the recipe is free.
# shellcheck disable=SC2016 # expanded inside
unshare --net --fork --kill-child bash -euc '
    ip link set lo up
    env -i STATE_DIRECTORY=/var/lib/docent CACHE_DIRECTORY=/var/cache/docent \
        "$(command -v chroot)" --userspec="$2" "$1" /usr/bin/docent serve >"$1.log" 2>&1 &
    server=$!
    until curl --silent --fail --max-time 5 --output /dev/null "$3"; do
        kill -0 "$server" 2>/dev/null && [ "$SECONDS" -lt 60 ] || { cat "$1.log" >&2; exit 1; }
        read -rt 0.1 <><(:) || true
    done
    kill -s TERM "$server"
    wait "$server"
' container "$root" "$user" "$check" || fail "docent does not serve in the container's file system"
ok "serves as $user from $(find "$root" -type f | wc -l) files, $(($(du -sk "$root" | cut -f 1) >> 10)) MiB"
