#!/usr/bin/env bash
# Fetches Pebble, the certificate authority that the tests ask: the one of this Debian release and
# the newest one, unpacked into a cache outside the checkout, $DOCENT_TEST_CACHE/pebble. Nothing is
# installed, no root is needed, and what is there already is left as it is.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/cache.sh
. tests/cache.sh

folder=$DOCENT_TEST_CACHE/pebble
work=

main() {
    mkdir -p "$folder"
    [ -x "$folder/release/usr/bin/pebble" ] || fetch release
    [ -x "$folder/newest/usr/bin/pebble" ] || fetch newest
}

fetch() { # fetch NAME
    work=$(mktemp -d "$folder/.$1.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    if "lists_of_$1" >"$work/apt.log" 2>&1 && download && runs; then
        # Moved when complete: a run that was interrupted leaves no half behind.
        mv -T "$work/root" "$folder/$1" 2>/dev/null || [ -e "$folder/$1" ]
        echo "fetched pebble ($1)"
        rm -rf "$work"
        return
    fi
    sed 's/^/    /' "$work/apt.log" >&2
    echo "Debian's package pebble ($1) could not be fetched with apt-get. Check the network and" >&2
    echo "the package lists (apt-get update), then run tests/fetch-pebble.sh again." >&2
    exit 1
}

# What apt-get knows already.
lists_of_release() {
    : >"$work/apt.conf"
}

# Debian's unstable release, from the mirror that this machine uses, in lists of its own.
lists_of_newest() {
    local mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    # shellcheck disable=SC2016 # apt-get expands it
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian')
    mirror=${mirror%%$'\n'*}
    [ -n "$mirror" ] || {
        echo "apt-get knows no mirror of Debian"
        return 1
    }
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
    echo "deb [signed-by=$keyring] $mirror unstable main" >"$work/sources.list"
    cat >"$work/apt.conf" <<EOF
Dir::Etc::SourceList "$work/sources.list";
Dir::Etc::SourceParts "-";
Dir::State::Lists "$work/lists";
Dir::Cache "$work/cache";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
APT::Sandbox::User "";
EOF
    APT_CONFIG="$work/apt.conf" apt-get -qq update
}

download() {
    (
        cd "$work" && export APT_CONFIG="$work/apt.conf" &&
            apt-get -qq download pebble && dpkg-deb -x pebble_*.deb root
    ) >>"$work/apt.log" 2>&1
}

# One for a newer C library does not.
runs() {
    "$work/root/usr/bin/pebble" -version >>"$work/apt.log" 2>&1 || [ $? -le 2 ]
}

main
