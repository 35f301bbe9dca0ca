#!/usr/bin/env bash
# Fetches the Markdown that the tests read: what packages ship of their documentation's source,
# unpacked into a cache outside the checkout, $DOCENT_TEST_CACHE/markdown/PACKAGE. Nothing is
# installed, and a package that is there already is left as it is.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/cache.sh
. tests/cache.sh

folder=$DOCENT_TEST_CACHE/markdown
failed=()

main() {
    mkdir -p "$folder"
    from_npm npm 11.6.0                      # plain Markdown with YAML front matter
    from_npm create-docusaurus 3.8.1         # Docusaurus
    from_npm vitepress 1.6.4                 # VitePress
    from_pypi pymdown_extensions 10.16.1     # MkDocs
    from_cargo tantivy                       # mdBook
    if [ ${#failed[@]} -gt 0 ]; then
        echo "Packages with documentation in Markdown could not be fetched: ${failed[*]}" >&2
        echo "They come through npm, pip and cargo. Check the network, then run" >&2
        echo "tests/fetch-markdown.sh again." >&2
        exit 1
    fi
}

from_npm() { # from_npm NAME VERSION
    local work
    [ ! -e "$folder/$1-$2" ] || return 0
    work=$(mktemp -d "$folder/.$1.XXXXXX")
    if (cd "$work" && npm pack --silent "$1@$2" >/dev/null && mkdir root &&
        tar -xzf ./*.tgz -C root --strip-components=1); then
        keep "$work/root" "$1-$2"
    else
        failed+=("$1@$2")
    fi
    rm -rf "$work"
}

from_pypi() { # from_pypi NAME VERSION
    local work
    [ ! -e "$folder/$1-$2" ] || return 0
    work=$(mktemp -d "$folder/.$1.XXXXXX")
    if python3 -m pip download --quiet --no-deps --no-binary :all: --dest "$work" "$1==$2" &&
        mkdir "$work/root" &&
        tar -xzf "$work"/*.tar.gz -C "$work/root" --strip-components=1; then
        keep "$work/root" "$1-$2"
    else
        failed+=("$1==$2")
    fi
    rm -rf "$work"
}

from_cargo() { # from_cargo NAME: the version that Cargo.lock names
    local manifest
    [ ! -e "$folder/$1" ] || return 0
    manifest=$(cargo metadata --format-version 1 --locked |
        python3 -c 'import json, sys
packages = json.load(sys.stdin)["packages"]
print(next(p["manifest_path"] for p in packages if p["name"] == sys.argv[1]))' "$1") || manifest=
    if [ -n "$manifest" ]; then
        mkdir -p "$folder/.$1/root/doc"
        cp -r "$(dirname "$manifest")/doc/src" "$folder/.$1/root/doc/"
        keep "$folder/.$1/root" "$1"
        rm -rf "$folder/.$1"
    else
        failed+=("$1")
    fi
}

keep() { # keep FOLDER NAME: moved when complete, so a run that is interrupted leaves no half behind
    mv -T "$1" "$folder/$2" 2>/dev/null || [ -e "$folder/$2" ]
    echo "fetched $2"
}

main
