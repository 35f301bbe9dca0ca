#!/usr/bin/env bash
# Fetches the documentation that the tests read: packages of Debian 12, unpacked into a cache
# outside the checkout, $DOCENT_TEST_CACHE/corpora/PACKAGE. Nothing is installed, no root is
# needed, and a package that is there already is left as it is.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/cache.sh
. tests/cache.sh

corpora=$DOCENT_TEST_CACHE/corpora
failed=()

main() {
    mkdir -p "$corpora"
    package postgresql-doc-15              # DocBook
    package git-doc                        # AsciiDoc
    package python3.11-doc                 # Sphinx
    package libjsoup-java-doc              # javadoc
    package mkdocs-doc                     # MkDocs
    package mkdocs-literate-nav-doc        # MkDocs with Material
    package rust-doc '*/html/book/ch0*' '*/html/std/option/*' '*/html/std/cell/*' # mdBook, rustdoc
    package openssh-client '*/man1/ssh.1.gz' '*/man5/ssh_config.5.gz'      # mdoc
    package manpages '*/man5/proc.5.gz' '*/man7/signal.7.gz'               # man
    package manpages-dev '*/man2/open.2.gz' '*/man3/printf.3.gz'           # man
    if [ ${#failed[@]} -gt 0 ]; then
        echo "Debian's documentation packages could not be fetched: ${failed[*]}" >&2
        echo "They come from Debian 12 (main) with 'apt-get download'. Check the network and" >&2
        echo "the package lists (apt-get update), then run tests/fetch-corpora.sh again." >&2
        exit 1
    fi
}

package() { # package NAME [PATTERN...]: all of a package, or the files that the patterns name
    local name=$1 work
    shift
    [ ! -e "$corpora/$name" ] || return 0
    work=$(mktemp -d "$corpora/.$name.XXXXXX")
    if (cd "$work" && apt-get -qq download "$name" 2>apt.log) && unpack "$work" "$@"; then
        # Moved when complete: a run that was interrupted leaves no half of a package behind.
        mv -T "$work/root" "$corpora/$name" 2>/dev/null || [ -e "$corpora/$name" ]
        echo "fetched $name"
    else
        failed+=("$name")
        [ ! -s "$work/apt.log" ] || sed 's/^/    /' "$work/apt.log" >&2
    fi
    rm -rf "$work"
}

unpack() { # unpack FOLDER [PATTERN...]; manual pages are stored without their compression
    local work=$1
    shift
    mkdir "$work/root"
    if [ $# -eq 0 ]; then
        dpkg-deb -x "$work"/*.deb "$work/root"
    else
        dpkg-deb --fsys-tarfile "$work"/*.deb | tar -x -C "$work/root" --wildcards "$@"
    fi
    find "$work/root" -path '*/man/*.gz' -type f -exec gunzip {} +
}

main
