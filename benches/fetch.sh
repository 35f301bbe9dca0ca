#!/usr/bin/env bash
# Downloads documentation packages from Debian and unpacks them into a cache outside the checkout,
# without installing them. Prints the folder, under which each PACKAGE is a folder of its own.
#
#   benches/fetch.sh PACKAGE...
set -euo pipefail

cache=${DOCENT_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/docent-tests}/bench/debian
mkdir -p "$cache"

for package in "$@"; do
    [[ ! -d $cache/$package ]] || continue
    scratch=$(mktemp -d "$cache/.$package.XXXXXX")
    # Root's download would be dropped to another user, who may not write here: it is told not to.
    if ! (cd "$scratch" && apt-get -o APT::Sandbox::User=root -qq download "$package") >&2; then
        rm -rf "$scratch"
        echo "benches/fetch.sh: apt-get cannot download $package; is this Debian, with a network and" \
            "fresh package lists (apt-get update)?" >&2
        exit 1
    fi
    mkdir "$scratch/files"
    dpkg-deb -x "$scratch"/*.deb "$scratch/files"
    mv -T "$scratch/files" "$cache/$package"
    rm -rf "$scratch"
done
printf '%s\n' "$cache"
