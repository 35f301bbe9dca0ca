#!/usr/bin/env bash
# Follows README.md and docs/install.md literally: every command of every block marked `sh`, taken
# from the pages, in a fresh Debian or in this checkout: tests/packaging/documents.sh bookworm|trixie
#
# Put in place of what a reader has: the address of the repository, an authority (Pebble), an editor
# that writes the example of the page, sudo, and "yes". A command that nobody follows fails this, unless it
# is left out below, with the reason.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/packaging/booted.sh
. tests/packaging/booted.sh

# As in rpm.sh, so that both use the same files.
MACHINE_PACKAGES+=,rpm,dnf
machine_needs

# commands PAGE HEADING NUMBER: the commands of one block. They count as followed.
commands() {
    local line
    while IFS=$'\t' read -r heading number line; do
        [ "$heading/$number" = "$2/$3" ] || continue
        printf '%s\n' "$line"
        printf '%s: %s: %s\n' "$1" "$2" "$line" >>"$work/followed"
    done < <(awk -f tests/packaging/blocks.awk "$1")
    grep -qF "$1: $2: " "$work/followed" || fail "$1 has no block $3 under \"$2\""
}

# leave_out PAGE HEADING COMMAND REASON: a command that is not followed.
leave_out() {
    printf '%s: %s: %s\n' "$1" "$2" "$3" >>"$work/followed"
    ok "left out: $3 ($4)"
}

# follow PAGE HEADING NUMBER: runs one block in the machine, as its administrator.
follow() {
    local line
    while IFS= read -r line; do
        in_machine "${line//https:\/\/packages.example.com/$site_url}"
    done < <(commands "$@")
}

in_machine() { # in_machine COMMAND-LINE
    machine_run env -C "$folder" HOME=/root DEBIAN_FRONTEND=noninteractive bash -c "$1" \
        </dev/null >"$work/said" 2>&1 || { cat "$work/said" >&2 && fail "$1"; }
    ok "$1"
}
folder=/root # where the reader is

in_checkout() { # in_checkout COMMAND-LINE [AS-WRITTEN]
    bash -c "$1" </dev/null >"$work/said" 2>&1 || { cat "$work/said" >&2 && fail "$1"; }
    ok "${2:-$1}"
}

example() { # example PAGE HEADING [LANGUAGE]: the TOML that the page shows there
    awk -v wanted="$2" -v fence="\`\`\`${3:-toml}" '
        /^#+ / && !inside { heading = $0; sub(/^#+ /, "", heading) }
        /^```/ { inside = !inside; shown = $0 == fence; next }
        inside && shown && heading == wanted
    ' "$1"
}

headers=(--header 'Content-Type: application/json' --header 'Accept: application/json, text/event-stream')
found() { # found QUERY TEXT URL [OPTION of curl]...: a search finds that text
    local query="$1" text="$2"
    shift 2
    machine_net curl --silent --fail --max-time 20 "${headers[@]}" --data \
        '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"query":"'"$query"'"}}}' \
        "$@" >"$work/answer" && grep -qF -e "$text" "$work/answer"
}
handbook_is_served() {
    authority_root && found checkpoint 'id: handbook/tour' "https://$DOMAIN/mcp" --cacert "$AUTHORITY/root.pem"
}
manual_is_served() {
    found "renew the certificate" 'id: docent/certificates' http://127.0.0.1:8080/mcp
}

# --- README: two commands, from a checkout ---
page=README.md heading="Two commands"
# What the packages have compiled need not be compiled again.
export CARGO_BUILD_TARGET="$target"
mapfile -t lines < <(commands $page "$heading" 1)
[[ ${lines[1]:-} = "make test "* ]] || fail "$page has another second command"
ok "left out: ${lines[1]} (every test would run twice)"
# In a network of its own, where the port is free.
# shellcheck disable=SC2016 # expanded there
XDG_CACHE_HOME="$work/cache" unshare --net --pid --fork --kill-child --mount-proc \
    bash -c 'ip link set lo up && exec bash -c "$0"' "${lines[0]}" </dev/null >"$work/served" 2>&1 &
server=$!
there() { # there COMMAND...: runs it in that network
    nsenter --target "$server" --net "$@"
}
answers_there() {
    kill -0 "$server" 2>/dev/null || { cat "$work/served" >&2 && fail "${lines[0]}"; }
    there curl --silent --fail --max-time 5 --output /dev/null http://127.0.0.1:8080/healthz
}
within 900 answers_there || { cat "$work/served" >&2 && fail "${lines[0]}"; }
ok "${lines[0]}"
clients="$(tests/clients/install.sh)"
mkdir "$work/home"
claude() {
    there env -i HOME="$work/home" DISABLE_AUTOUPDATER=1 CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 \
        PATH="$(dirname "$clients"/node_modules/@anthropic-ai/claude-code-linux-*/claude):$PATH" \
        bash -c "$1" >"$work/said" 2>&1 || { cat "$work/said" >&2 && fail "$1"; }
}
(
    cd "$work/home"
    while IFS= read -r line; do
        claude "$line"
        ok "$line"
    done < <(cd "$OLDPWD" && commands $page "$heading" 2)
    claude "claude mcp list"
)
grep -q 'docent: .*Connected' "$work/said" || fail "Claude Code is not connected: $(cat "$work/said")"
kill -s KILL "$server"
wait "$server" 2>/dev/null || true
server=""
unset CARGO_BUILD_TARGET

# --- Packages and repositories, from the checkout ---
page=docs/install.md heading="Making packages and a repository"
site_key
while IFS= read -r line; do
    made="${line//https:\/\/packages.example.com/$site_url}"
    in_checkout "${made//REPO=\/srv\/packages/REPO=$work/site}" "$line"
done < <(commands $page "$heading" 1)

machine_start "$1"
site_serve "$work/site"
authority_prepare ""
authority_start
# Everything here is the reader's, not docent's.
rm -rf "$MACHINE"/etc/apt/sources.list{,.d/*}
printf '#!/bin/sh\nexec "$@"\n' >"$MACHINE/usr/bin/sudo"
# shellcheck disable=SC2016 # expanded there
printf '#!/bin/sh\ncp /root/edited "$1"\n' >"$MACHINE/usr/bin/sudoedit"
chmod 755 "$MACHINE/usr/bin/sudo" "$MACHINE/usr/bin/sudoedit"
echo 'APT::Get::Assume-Yes "true";' >"$MACHINE/etc/apt/apt.conf.d/90-says-yes"
mkdir -p "$MACHINE/etc/yum.repos.d" "$MACHINE/etc/dnf"
echo 'assumeyes=1' >>"$MACHINE/etc/dnf/dnf.conf"
{
    example docs/install.md "Serving your documents" |
        sed '/^\[acme\]/a directory = "https://localhost:14000/dir"\nca_file = "/srv/authority.pem"'
} >"$MACHINE/root/edited"
install -m 644 "$AUTHORITY/ca.pem" "$MACHINE/srv/authority.pem"
mkdir -p "$MACHINE/srv/docs/handbook" "$MACHINE/root/handbook" "$MACHINE/root/checkout/target/packages"
printf '# Checkpoints\n\nA checkpoint is where a tour can begin again.\n' >"$MACHINE/srv/docs/tour.md"
printf '# Backups\n\nTo restore a backup, stop the service first.\n' |
    tee "$MACHINE/root/handbook/backup.md" >"$MACHINE/srv/docs/handbook/backup.md"

# --- docs/install.md: dnf ---
# The system is Debian, whose libraries rpm knows nothing of: a package without files stands for them.
mkdir "$work/rpmbuild"
cat >"$work/debian.spec" <<EOF
Name: debian
Version: 1
Release: 1
Summary: What a package of an RPM distribution would have brought
License: none
BuildArch: noarch
Provides: systemd
Provides: /bin/sh
Provides: libc.so.6(GLIBC_2.34)(64bit)
Provides: libgcc_s.so.1()(64bit)
%description
It stands for what Debian has.
%files
EOF
rpmbuild -bb --quiet --define "_topdir $work/rpmbuild" "$work/debian.spec" >"$work/said" 2>&1 ||
    { cat "$work/said" >&2 && fail "rpmbuild"; }
cp "$work"/rpmbuild/RPMS/noarch/debian-1-1.noarch.rpm "$MACHINE/root/"
machine_run rpm --install /root/debian-1-1.noarch.rpm
cp "$rpm" "$MACHINE/root/"
heading="Fedora, RHEL and their relatives"
follow $page "$heading" 1
follow $page Removing 2
! machine_run rpm --query docent >/dev/null || fail "dnf remove leaves the package"
follow $page "$heading" 2
follow $page "$heading" 3
within 20 manual_is_served || fail "the manual is not served after dnf install"
machine_run dnf --quiet remove docent >/dev/null 2>&1
machine_run rm -rf /var/lib/docent /var/cache/docent
machine_run userdel docent

# --- README: as a service ---
page=README.md
mapfile -t lines < <(commands $page "As a service" 1)
in_checkout "${lines[0]}"
cp "$deb" "$MACHINE/root/checkout/target/packages/"
folder=/root/checkout
for line in "${lines[@]:1}"; do in_machine "$line"; done
manual_is_served || fail "the manual is not served after the commands of the README"
folder=/root
follow $page "What it does" 1
grep -q 'stop the service first' "$work/said" || fail "docent search does not find the page: $(cat "$work/said")"
heading="Several sets, published addresses, limits"
example $page "$heading" >"$MACHINE/root/docent.toml"
mapfile -t lines < <(commands $page "$heading" 1)
in_machine "${lines[0]}"
# The port is taken by what the package has started.
machine_run systemctl stop docent-local.socket docent.service
machine_run systemd-run --quiet --unit=reader --working-directory=/root --setenv=HOME=/root bash -c "${lines[1]}"
within 30 machine_net curl --silent --fail --output /dev/null http://127.0.0.1:8080/healthz ||
    fail "${lines[1]}: $(machine_run journalctl --no-pager --unit reader)"
ok "${lines[1]}"
machine_run systemctl stop reader
machine_run dpkg --purge docent >/dev/null 2>&1

# --- docs/install.md: apt ---
page=docs/install.md heading="Debian and Ubuntu"
cp "$deb" "$MACHINE/root/"
follow $page "$heading" 1
manual_is_served || fail "the manual is not served after an installation from the file"
machine_run dpkg --purge docent >/dev/null 2>&1
follow $page "$heading" 2
manual_is_served || fail "the manual is not served after an installation from the repository"
# Nobody edits as quickly as this test, which docent would see when it looks for certificates that are due.
looked() {
    [ "$(machine_run systemctl show --property=InactiveEnterTimestampMonotonic --value docent-renew.service)" -gt \
        "$(machine_run systemctl show --property=InactiveExitTimestampMonotonic --value docent.service)" ]
}
within 20 looked || fail "it does not look whether a certificate is due"
follow $page "Serving your documents" 1
follow $page "Serving your documents" 2
within 20 handbook_is_served || fail "it does not answer with what the page says to write"
machine_run systemctl status docent >/dev/null || fail "systemctl status docent"
heading="Changing the port"
leave_out $page "$heading" "$(commands $page "$heading" 1)" "needs a terminal; what it writes is put in place"
mkdir -p "$MACHINE/etc/systemd/system/docent-local.socket.d"
example $page "$heading" ini >"$MACHINE/etc/systemd/system/docent-local.socket.d/override.conf"
machine_run systemctl daemon-reload
follow $page "$heading" 2
found checkpoint 'id: handbook/tour' http://127.0.0.1:18080/mcp || fail "the new port does not answer"
! machine_net curl --silent --fail --output /dev/null --max-time 5 http://127.0.0.1:8080/healthz ||
    fail "the old port still answers"
machine_run rm -r /etc/systemd/system/docent-local.socket.d
follow $page Removing 1
machine_run dpkg --purge docent >/dev/null 2>&1

# --- docs/install.md: a tarball ---
heading="From a tarball"
mapfile -t lines < <(commands $page "$heading" 1)
in_checkout "${lines[0]}"
mkdir -p "$MACHINE/root/checkout/target/dist"
cp "$dist"/*.tar.gz "$MACHINE/root/checkout/target/dist/"
folder=/root/checkout
for line in "${lines[@]:1}"; do in_machine "$line"; done
grep -q 'docent *.*/docent-.*-linux/share/docent/manual' "$work/said" || fail "it does not serve its manual: $(cat "$work/said")"
folder=/root
leave_out $page "$heading" "$(awk -f tests/packaging/blocks.awk $page | awk -F '\t' -v heading="$heading" '$1 == heading && $2 == 2 { print $3 }')" \
    "make.sh does it, from the source that cargo packs"

# tests/packaging/container.sh and dist.sh check what can be checked without one.
while IFS= read -r line; do
    leave_out $page "In a container" "$line" "needs a container engine"
done < <(awk -f tests/packaging/blocks.awk $page | awk -F '\t' '$1 == "In a container" { print $3 }')

for page in README.md docs/install.md; do
    awk -f tests/packaging/blocks.awk "$page" | awk -F '\t' -v page="$page" '{ print page ": " $1 ": " $3 }'
done | sort >"$work/all"
equal "what is followed" "$(cat "$work/all")" "$(sort -u "$work/followed")"
ok "$(wc -l <"$work/all") commands of README.md and docs/install.md"
