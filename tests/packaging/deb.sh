#!/usr/bin/env bash
# The life of the Debian package in a booted system: tests/packaging/deb.sh bookworm|trixie
#
# Installed from the signed repository, configured for a domain, upgraded under load, removed,
# installed again, interrupted and repaired, purged. The certificate authority is Pebble.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/packaging/booted.sh
. tests/packaging/booted.sh

release="$1"
machine_needs

apt() {
    machine_run env DEBIAN_FRONTEND=noninteractive apt-get --quiet "$@" >"$work/apt" 2>&1 || {
        cat "$work/apt" >&2
        fail "apt-get $*"
    }
}

# Whatever in the system a package could change. Left out: what dpkg and apt write for themselves,
# logs, the copies that passwd makes of its files before each change, and a folder of systemd's.
files() {
    machine_run find / -xdev -not -type d \
        -not -path '/var/lib/dpkg/*' -not -path '/var/lib/apt/*' -not -path '/var/cache/apt/*' \
        -not -path '/var/log/*' -not -path '/var/cache/ldconfig/*' -not -path '/var/cache/debconf/*' \
        -not -path '/etc/*-' -not -path '/var/lib/systemd/random-seed' \
        -not -path '/var/lib/systemd/catalog/*' -not -path '/etc/.pwd.lock' \
        -printf '%p %M %u %g %l\n' | sort
    machine_run find / -xdev -type d -not -path '/var/lib/apt/*' -not -path '/var/cache/apt/*' -not -path '/var/cache/debconf/*' \
        -not -path '/var/lib/systemd/timers' -printf '%p/ %M %u %g\n' | sort
    machine_run cat /etc/passwd /etc/group | sort
}

milliseconds() {
    echo $(($(date +%s%N) / 1000000))
}

installed() { # installed FIELD
    machine_run dpkg-query --showformat "\${$1}" --show docent
}

answers() { # answers QUERY TEXT URL [OPTION of curl]...: a search finds that text
    local query="$1" text="$2"
    shift 2
    machine_net curl --silent --fail --max-time 20 --header 'Content-Type: application/json' \
        --header 'Accept: application/json, text/event-stream' --data \
        '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"query":"'"$query"'"}}}' \
        "$@" >"$work/answer" && grep -qF -e "$text" "$work/answer"
}

answers_securely() {
    authority_root &&
        answers checkpoint 'id: tours/tour' "https://$DOMAIN/mcp" --cacert "$AUTHORITY/root.pem"
}

# Which sockets are open, since when, and which process answers.
opened() {
    machine_run systemctl show --property=Id,ActiveEnterTimestampMonotonic docent{,-http,-local}.socket | xargs
}
# docent has looked whether a certificate is due, as it does a moment after each start: who edits the
# configuration at that moment, as a person hardly can, would have it ask before its ports are open.
looked() {
    [ "$(machine_run systemctl show --property=InactiveEnterTimestampMonotonic --value docent-renew.service)" -gt \
        "$(machine_run systemctl show --property=InactiveExitTimestampMonotonic --value docent.service)" ]
}
process() {
    machine_run systemctl show --property=MainPID --value docent.service
}

machine_start "$release"
files >"$work/before"

# --- Install the older version from the repository ---
site_make "$work/site" "$previous_deb" "$previous_rpm"
site_serve "$work/site"
mkdir -p "$MACHINE/etc/apt/keyrings"
echo "deb [signed-by=/etc/apt/keyrings/docent.asc] $site_url/deb stable main" \
    >"$MACHINE/etc/apt/sources.list"
rm -rf "$MACHINE"/etc/apt/sources.list.d/*
! machine_run apt-get update >"$work/apt" 2>&1 || grep -q NO_PUBKEY "$work/apt" ||
    fail "apt takes the repository without its key"
cp "$work/site/docent.asc" "$MACHINE/etc/apt/keyrings/"
apt update
mkdir -p "$MACHINE/srv/docs"
printf '# Checkpoints\n\nA checkpoint is where a tour can begin again.\n' >"$MACHINE/srv/docs/tour.md"
authority_prepare ""
install -m 644 "$AUTHORITY/ca.pem" "$MACHINE/srv/authority.pem"
authority_start

since=$(milliseconds)
apt install --yes docent
took=$(($(milliseconds) - since))
answers "renew the certificate" "id: docent/certificates" http://127.0.0.1:8080/mcp ||
    fail "an installation without configuration does not serve the manual on loopback"
within 20 looked || fail "it does not look whether a certificate is due"
equal "what is enabled" "enabled disabled disabled disabled disabled" \
    "$(machine_run systemctl is-enabled docent{-local,,-http}.socket docent.service docent-renew.timer | xargs)"
equal "the failed units" "" "$(machine_run systemctl --failed --no-legend)"
{
    sed -e "s|^#domain = .*|domain = \"$DOMAIN\"|" -e '/^\[acme\]/,/^#\[\[/{
            s|^#accept_terms = .*|accept_terms = true|
            s|^#directory = .*|directory = "https://localhost:14000/dir"|
            s|^#ca_file = .*|ca_file = "/srv/authority.pem"|
        }' "$MACHINE/etc/docent/docent.toml"
    printf '\n[[docs]]\nname = "tours"\npath = "/srv/docs"\n'
} >"$work/docent.toml"
cat "$work/docent.toml" >"$MACHINE/etc/docent/docent.toml"
since=$(milliseconds)
machine_run systemctl enable --quiet docent.socket docent.service
machine_run systemctl restart docent.service
within 20 answers_securely || fail "it does not answer over HTTPS"
took=$((took + $(milliseconds) - since))
[ "$took" -lt 10000 ] || fail "$took ms from apt install to the first answer over HTTPS"
ok "$took ms from apt install to the first answer over HTTPS, editing left out"
equal "the version" "$previous-1" "$(installed Version)"

# --- Upgrade, downgrade and upgrade under load ---
open_since="$(opened)"
mkfifo "$work/calling"
machine_net python3 tests/systemd/load.py "https://$DOMAIN/mcp" "$AUTHORITY/root.pem" 32 \
    <"$work/calling" >"$work/load" &
load=$!
exec 3>"$work/calling"
site_make "$work/site" "$deb" "$rpm"
apt update
# The default configuration is another one in each version. Who edited it decides; without a terminal, so.
keep="--option Dpkg::Options::=--force-confold"
changes=("upgrade --yes $keep" "install --yes $keep --allow-downgrades docent=$previous-1" "upgrade --yes $keep")
versions=("$version" "$previous" "$version")
for change in 0 1 2; do
    pid="$(process)"
    # shellcheck disable=SC2086 # words
    apt ${changes[change]}
    equal "the version" "${versions[change]}-1" "$(installed Version)"
    [ "$pid" != "$(process)" ] || fail "the service was not restarted"
    answers_securely || fail "it does not answer after: apt ${changes[change]}"
    echo report >&3
done
exec 3>&-
wait "$load"
tail -n 1 "$work/load" | grep -q '"failures": 0,' ||
    fail "requests failed during an upgrade: $(cat "$work/load")"
ok "upgraded, downgraded and upgraded under load of 32 clients: $(tr "\n" " " <"$work/load")"
equal "since when the sockets are open" "$open_since" "$(opened)"
equal "the edited configuration" "$(cat "$work/docent.toml")" "$(cat "$MACHINE/etc/docent/docent.toml")"

grep -q /by-hash/ "$site_home/log" || fail "apt did not fetch the indexes of the repository by their hash"

# --- Remove, and install again ---
apt remove --yes docent
equal "what is active after remove" "inactive inactive inactive inactive inactive" \
    "$(machine_run systemctl is-active docent{,-local,-http}.socket docent.service docent-renew.timer | xargs)"
equal "the failed units" "" "$(machine_run systemctl --failed --no-legend)"
[ ! -e "$MACHINE/usr/bin/docent" ] || fail "remove leaves the binary"
equal "the edited configuration" "$(cat "$work/docent.toml")" "$(cat "$MACHINE/etc/docent/docent.toml")"
apt install --yes docent
answers_securely || fail "it does not answer when it is installed again"
apt install --yes --reinstall docent
answers_securely || fail "it does not answer when it is installed over itself"
equal "what is enabled" "enabled enabled enabled enabled enabled" \
    "$(machine_run systemctl is-enabled docent{-local,,-http}.socket docent.service docent-renew.timer | xargs)"

equal "what is masked" "" "$(machine_run systemctl list-unit-files --no-legend --state=masked 'docent*')"
machine_run systemctl start docent-renew.service || fail "the certificate cannot be renewed after an installation"

# --- Interrupted, and repaired ---
cp "$deb" "$MACHINE/root/docent.deb"
for moment in "status: docent: half-installed" "processing: configure: docent" "status: docent: half-configured"; do
    # shellcheck disable=SC2016 # expanded in the machine
    machine_run bash -c '
        mkfifo /root/events
        dpkg --status-fd 3 -i /root/docent.deb 3>/root/events >/dev/null 2>&1 &
        # An upgrade takes the old version through these states first, up to half-installed.
        half_way=""
        while read -r event; do
            case "$event" in *": half-installed") half_way=yes ;; esac
            case "$half_way$event" in yes"$0") kill -s KILL $! && break ;; esac
        done </root/events
        ! wait $!
        rm /root/events
    ' "$moment" 2>/dev/null || fail "dpkg was not interrupted at $moment"
    # Half-way through its files, only unpacking again helps, as dpkg says itself.
    [[ $moment != *half-installed ]] || machine_run dpkg --unpack /root/docent.deb >/dev/null
    machine_run dpkg --configure -a >"$work/dpkg" 2>&1 || { cat "$work/dpkg" >&2 && fail "dpkg --configure -a"; }
    equal "the state after a repair ($moment)" "install ok installed" \
        "$(installed Status)"
    answers_securely || fail "it does not answer after the repair ($moment)"
done
ok "dpkg was killed while it unpacked, before it configured and while it configured, and repaired"

# --- Access keys, and purge ---
printf '\n[[audience]]\nname = "staff"\ndocs = ["all"]\n' >>"$MACHINE/etc/docent/docent.toml"
machine_run docent key new ci --audience staff >"$work/key" 2>"$work/said" ||
    fail "no access key is made: $(cat "$work/said")"
equal "whose the files of keys are" "root:docent 640 root:docent 640" \
    "$(machine_run stat --format '%U:%G %a' /etc/docent/keys.toml /etc/docent/sealing.key | xargs)"
apt install --yes --reinstall docent
machine_run docent key list | grep -q '^ci ' || fail "an installation forgets the access keys"
apt remove --yes docent
for file in keys.toml sealing.key; do
    [ -s "$MACHINE/etc/docent/$file" ] || fail "remove takes $file away"
done
mkdir "$MACHINE/etc/docent/docent.toml.d"
echo '# mine' >"$MACHINE/etc/docent/docent.toml.d/mine.toml"
apt purge --yes docent
[ -e "$MACHINE/etc/docent/docent.toml.d/mine.toml" ] || fail "purge removes what is not its own"
for file in keys.toml sealing.key .keys.toml.lock; do
    [ ! -e "$MACHINE/etc/docent/$file" ] || fail "purge leaves $file"
done
equal "the failed units" "" "$(machine_run systemctl --failed --no-legend)"
rm -r "$MACHINE/etc/docent" "$MACHINE/srv/docs" "$MACHINE/srv/authority.pem" "$MACHINE/root/docent.deb"
files >"$work/after"
diff "$work/before" "$work/after" >"$work/left" || true
# What this test has put there.
! grep -E '^[<>]' "$work/left" | grep -vE ' /(etc/apt|etc/dpkg|etc/ssl|usr/local/share/ca-certificates|usr/share/ca-certificates)(/|\.| )' ||
    fail "purge leaves the files above"
ok "nothing is left after purge"
