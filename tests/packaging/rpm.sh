#!/usr/bin/env bash
# The life of the RPM package in a booted system: tests/packaging/rpm.sh bookworm|trixie
#
# The system is Debian with the program rpm, so without the packages that an RPM distribution has:
# dependencies are not checked here. All else is real: signatures, files, owners, scriptlets, units.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/packaging/booted.sh
. tests/packaging/booted.sh

MACHINE_PACKAGES+=,rpm,dnf
machine_needs

rpm_in_machine() {
    machine_run rpm --nodeps "$@" >"$work/rpm" 2>&1 || { cat "$work/rpm" >&2 && fail "rpm $*"; }
    # A scriptlet that fails is only a warning to rpm.
    ! grep -vE 'NOKEY|saved as' "$work/rpm" | grep -i -e warning -e error || fail "rpm $* is not content"
}

answers() { # answers QUERY TEXT: a search finds that text
    machine_net curl --silent --fail --max-time 20 --header 'Content-Type: application/json' \
        --header 'Accept: application/json, text/event-stream' --data \
        '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"query":"'"$1"'"}}}' \
        http://127.0.0.1:8080/mcp >"$work/answer" && grep -qF -e "$2" "$work/answer"
}

machine_start "$1"

# --- The repository, as dnf sees it ---
site_make "$work/site" "$previous_deb" "$deb" "$previous_rpm" "$rpm"
site_serve "$work/site"
mkdir -p "$MACHINE/etc/yum.repos.d"
cp "$work/site/docent.repo" "$MACHINE/etc/yum.repos.d/"
# Checks the signature of the repository, and with --downloadonly's kin that of the packages.
machine_run dnf --quiet --assumeyes --setopt=cachedir=/var/tmp/dnf --repo docent makecache \
    >"$work/dnf" 2>&1 || { cat "$work/dnf" >&2 && fail "dnf does not take the repository"; }
equal "what dnf finds" "docent-0:$version-1.$arch" \
    "$(machine_run dnf --quiet --setopt=cachedir=/var/tmp/dnf --repo docent --releasever=0 repoquery --latest-limit 1 docent)"
machine_run rpm --import "$site_url/docent.asc"
for package in "docent-$previous-1.$arch.rpm" "docent-$version-1.$arch.rpm"; do
    machine_run curl --silent --fail --output "/root/$package" "$site_url/rpm/packages/$package"
    machine_run rpm --checksig "/root/$package" | grep -q 'digests signatures OK' ||
        fail "the signature of $package does not hold"
done
ok "dnf takes the signed repository, rpm the signed packages"

# --- Install ---
rpm_in_machine --install "/root/docent-$previous-1.$arch.rpm"
equal "the files that rpm finds changed" "" "$(machine_run rpm --verify --nodeps docent)"
for folder in /var/lib/docent /var/cache/docent; do
    equal "the owner of $folder" "docent:docent 700" "$(machine_run stat --format '%U:%G %a' "$folder")"
done
equal "what is active" "inactive inactive" \
    "$(machine_run systemctl is-active docent.socket docent.service | xargs)"
machine_run systemctl start docent-local.socket
answers "renew the certificate" "id: docent/certificates" || fail "it does not serve the manual"

# --- Upgrade under load ---
mkdir -p "$MACHINE/srv/docs"
printf '# Checkpoints\n\nA checkpoint is where a tour can begin again.\n' >"$MACHINE/srv/docs/tour.md"
printf '\n[[docs]]\nname = "tours"\npath = "/srv/docs"\n' >>"$MACHINE/etc/docent/docent.toml"
cp "$MACHINE/etc/docent/docent.toml" "$work/docent.toml"
machine_run systemctl restart docent.service
pid="$(machine_run systemctl show --property MainPID --value docent.service)"
mkfifo "$work/calling"
machine_net python3 tests/systemd/load.py http://127.0.0.1:8080/mcp - 32 <"$work/calling" >"$work/load" &
load=$!
exec 3>"$work/calling"
rpm_in_machine --upgrade "/root/docent-$version-1.$arch.rpm"
answers checkpoint "id: tours/tour" || fail "it does not answer after the upgrade"
exec 3>&-
wait "$load"
grep -q '"failures": 0,' "$work/load" || fail "requests failed during the upgrade: $(cat "$work/load")"
[ "$pid" != "$(machine_run systemctl show --property MainPID --value docent.service)" ] ||
    fail "the service was not restarted"
cmp -s "$work/docent.toml" "$MACHINE/etc/docent/docent.toml" || fail "the configuration was replaced"
ok "upgraded under load of 32 clients: $(cat "$work/load")"

# --- Erase ---
machine_run systemctl enable --quiet docent.socket docent.service
rpm_in_machine --erase docent
equal "what is active" "inactive inactive inactive" \
    "$(machine_run systemctl is-active docent.socket docent-local.socket docent.service | xargs)"
equal "the failed units" "" "$(machine_run systemctl --failed --no-legend)"
equal "the links that enable units" "" "$(machine_run find /etc/systemd/system -name 'docent*')"
[ ! -e "$MACHINE/usr/bin/docent" ] || fail "erase leaves the binary"
cmp -s "$work/docent.toml" "$MACHINE/etc/docent/docent.toml.rpmsave" || fail "the edited configuration is lost"
ok "erased: nothing runs, the edited configuration is kept as docent.toml.rpmsave"
