#!/usr/bin/env bash
# Builds the sites of tests/sites/src with their generators and prints, for each that is named, what tests/sites/list.py sees
# in what was built; with --write, into the lists beside this file, which the tests compare with what docent makes of the sources.
#
#   tests/sites/build.sh [--write | --into FOLDER] GENERATOR...      tests/sites/build.sh --all      names them
#
# With --into, what was built is left there too, each site in a folder of its own.
#
# Generators come from PyPI and npm, in the versions of requirements.txt and package.json, into the cache outside the checkout.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/cache.sh
. tests/cache.sh

here=tests/sites
tools=$DOCENT_TEST_CACHE/site-tools
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

main() {
    local write=0 into="" generator
    if [ "${1:-}" = --all ]; then
        for generator in "$here"/*.tsv; do basename "$generator" .tsv; done | grep -vx differences
        return
    fi
    if [ "${1:-}" = --write ]; then
        write=1
        shift
    fi
    if [ "${1:-}" = --into ]; then
        into=$2
        shift 2
    fi
    mkdir -p "$tools"
    # Tests run side by side: one fetches, the others wait for it.
    exec 9>"$tools/lock"
    flock 9
    for generator; do
        [ ! -d "$here/src/$generator" ] || cp -r "$here/src/$generator" "$work/$generator"
        mkdir -p "$work/built"
        "build_$generator"
        if [ "$write" = 1 ]; then
            python3 "$here/list.py" "$work/built/$generator" >"$here/$generator.tsv"
        else
            python3 "$here/list.py" "$work/built/$generator"
        fi
        [ -z "$into" ] || mv "$work/built/$generator" "$into/$generator"
    done
}

build_sphinx() {
    python_tools
    quietly "$tools/venv/bin/sphinx-build" -q -b html "$work/sphinx" "$work/built/sphinx"
}

build_mkdocs() {
    python_tools
    quietly "$tools/venv/bin/mkdocs" build -q -f "$work/mkdocs/mkdocs.yml" -d "$work/built/mkdocs"
}

# Of a version that needs an older Sphinx.
build_jupyterbook() {
    python_tools jupyterbook
    quietly "$tools/venv-jupyterbook/bin/jupyter-book" build -q "$work/jupyterbook"
    mv "$work/jupyterbook/_build/html" "$work/built/jupyterbook"
}

build_zensical() {
    python_tools
    (cd "$work/zensical" && quietly "$tools/venv/bin/zensical" build)
    mv "$work/zensical/site" "$work/built/zensical"
}

# Of Debian.
build_jekyll() {
    command -v jekyll >/dev/null ||
        { echo "tests/sites/build.sh: jekyll is missing: apt-get install jekyll" >&2; exit 1; }
    quietly jekyll build -q -s "$work/jekyll" -d "$work/built/jekyll"
}

build_honkit() {
    node_tools honkit
    quietly node "$tools/honkit/node_modules/.bin/honkit" build "$work/honkit" "$work/built/honkit"
}

build_eleventy() {
    node_tools eleventy
    (cd "$tools/eleventy" && quietly node node_modules/.bin/eleventy --quiet "--output=$work/built/eleventy")
}

build_starlight() {
    node_tools starlight
    (cd "$tools/starlight" && quietly node node_modules/.bin/astro build)
    mv "$tools/starlight/dist" "$work/built/starlight"
}

# Antora reads repositories, and its pages need something to stand in.
build_antora() {
    node_tools antora
    local page='<html><head><title>{{{page.title}}}</title></head><body>{{#with page}}{{#if title}}<h1>{{{title}}}</h1>{{/if}}{{{contents}}}{{/with}}</body></html>'
    mkdir -p "$work/ui/layouts"
    tee "$work/ui/layouts/404.hbs" <<<"$page" >"$work/ui/layouts/default.hbs"
    git -C "$work/antora" init --quiet
    git -C "$work/antora" add --all
    git -C "$work/antora" -c user.name=docent -c user.email=docent@lantern.example commit --quiet --message=Source
    cat >"$work/antora-playbook.yml" <<EOF
site: { title: Lantern, url: https://lantern.example }
content: { sources: [{ url: ./antora, branches: HEAD }] }
ui: { bundle: { url: ./ui } }
output: { dir: ./built/antora }
EOF
    (cd "$work" && quietly node "$tools/antora/node_modules/.bin/antora" antora-playbook.yml)
}

# tests/fetch-sites.sh builds these three, whose sources are in tests/corpus/sites.
build_docusaurus() { cp -r "$(tests/fetch-sites.sh)/docusaurus" "$work/built/docusaurus"; }
build_vitepress() { cp -r "$(tests/fetch-sites.sh)/vitepress" "$work/built/vitepress"; }
build_hugo() { cp -r "$(tests/fetch-sites.sh)/hugo" "$work/built/hugo"; }

python_tools() { # python_tools [NAME]: what requirements.txt, or requirements-NAME.txt, pins
    local file="$here/requirements${1:+-$1}.txt" venv="$tools/venv${1:+-$1}" versions
    versions=$(sha256sum "$file")
    [ "$(cat "$venv/versions" 2>/dev/null)" != "$versions" ] || return 0
    quietly python3 -m venv --clear "$venv"
    quietly "$venv/bin/pip" install --disable-pip-version-check --requirement "$file"
    echo "$versions" >"$venv/versions"
}

node_tools() { # node_tools GENERATOR: its packages, with its source beside them, as some look for them there alone
    local packages="$here/npm/$1.json" installed="$tools/$1"
    if ! cmp -s "$packages" "$installed/installed.json"; then
        rm -rf "$installed"
        mkdir -p "$installed"
        cp "$packages" "$installed/package.json"
        quietly npm install --prefix "$installed" --ignore-scripts --no-audit --no-fund --engine-strict=false
        cp "$packages" "$installed/installed.json"
    fi
    cp -r "$work/$1/." "$installed"
    local node
    node=$(echo "$installed"/node_modules/node-linux-*/bin)
    export PATH="$node:$PATH" CI=true DO_NOT_TRACK=1 ASTRO_TELEMETRY_DISABLED=1
}

quietly() { # quietly COMMAND...: shows what it says only where it fails
    if ! "$@" >"$work/log" 2>&1; then
        tail -n 20 "$work/log" >&2
        echo "tests/sites/build.sh: '$1' failed: its last words are above. Check the network and try again." >&2
        return 1
    fi
}

main "$@"
