#!/usr/bin/env bash
# The project's own rules, as far as a script can check them. docs/architecture.md gives the
# reason for each. Prints every breach, with what to do, and fails if there is one.
set -euo pipefail
cd "$(dirname "$0")/.."

breaches=0

main() {
    modules_keep_to_their_direction
    files_import_in_one_direction
    corpus_and_search_stand_alone
    documents_are_opened_in_one_place
    only_platform_reads_the_environment
    anyhow_stays_at_the_edge
    names_say_what_a_thing_is
    architecture_names_every_module
    every_dependency_has_a_reason
    lock_files_name_no_host
    [ "$breaches" -eq 0 ]
}

breach() { # breach WHERE RULE
    echo "$1: $2" >&2
    breaches=$((breaches + 1))
}

# Reports each line of Rust in PATHS that matches PATTERN, comment lines aside.
forbid() { # forbid PATTERN RULE PATH...
    local pattern="$1" rule="$2" where
    shift 2
    while IFS= read -r where; do
        breach "$(cut -d: -f1,2 <<<"$where")" "$rule"
    done < <(grep -rnE --include='*.rs' "$pattern" "$@" 2>/dev/null |
        grep -vE '^[^:]+:[0-9]+: *//' || true)
}

# main -> cli -> { service, doctor, jwks }; service -> { http, mcp, acme, jwks, tls, search, corpus, platform, assistants } -> { state, config, error, listener, durable }
# http -> mcp -> search -> corpus; http -> tls; { http, mcp, service, cli } -> auth; cli -> insights -> error
modules_keep_to_their_direction() {
    local module may_use file used
    while read -r module may_use; do
        while read -r file used; do
            case " $module $may_use " in
                *" $used "*) ;;
                *) breach "$file" "\`$module\` may not use \`crate::$used\` (only: ${may_use:-nothing}); see docs/architecture.md" ;;
            esac
        done < <(crate_paths "$module")
    done <<'MAY'
error
listener
durable
config error
auth state config error durable
state config error durable
assistants config
platform state config error listener
acme state config error durable
doctor acme state config error
tls state config error
corpus config error
insights error
discovery config
search corpus config error durable
mcp auth search corpus config error
http auth mcp discovery tls assistants search corpus state config error listener
jwks auth acme state config error
service http auth mcp acme jwks tls search corpus platform state config error listener durable
MAY
}

# "FILE MODULE" for each top-level module that the files of a module name, also inside
# `use crate::{a::B, c::{D, E}};`.
crate_paths() { # crate_paths MODULE
    local files=()
    [ ! -d "src/$1" ] || mapfile -t files < <(find "src/$1" -name '*.rs')
    [ ! -f "src/$1.rs" ] || files+=("src/$1.rs")
    [ ${#files[@]} -gt 0 ] || return 0
    awk '
        { sub(/\/\/.*/, "") }
        {
            line = $0
            while (match(line, /(^|[^$A-Za-z0-9_])crate::[a-z_]+/)) {
                name = substr(line, RSTART, RLENGTH)
                sub(/.*crate::/, "", name)
                print FILENAME, name
                line = substr(line, RSTART + RLENGTH)
            }
        }
        # Inside crate::{...}: a name counts where one brace is open and it is followed by "::".
        /crate::\{/ { inside = 1; depth = 0; word = ""; rest = $0; sub(/.*crate::/, "", rest); scan(rest); next }
        inside { scan($0) }
        function scan(text,    i, c) {
            for (i = 1; i <= length(text) && inside; i++) {
                c = substr(text, i, 1)
                if (c == "{") depth++
                else if (c == "}") { if (--depth == 0) inside = 0 }
                else if (c ~ /[a-z_]/) { word = word c; continue }
                else if (c == ":" && depth == 1 && word != "") print FILENAME, word
                word = ""
            }
            word = ""
        }
    ' "${files[@]}" | sort -u
}

# Files of a module, and of each folder in it, import each other in one direction. The exceptions are to go.
files_import_in_one_direction() {
    local circle folder
    python3 tests/circles.py --self-test >&2 || breach tests/circles.py "does not find what it should"
    declare -A circles=()
    while IFS= read -r circle; do
        circles[${circle%%:*}]="${circle#*: }"
    done < <(python3 tests/circles.py src)
    while read -r folder _; do
        [ -n "${circles[$folder]:-}" ] ||
            breach tests/invariants.sh "src/$folder is free of circles now: take it off the list of exceptions"
        unset "circles[$folder]"
    done <<'EXCEPT'
corpus/format/asciidoc          lists hold blocks and blocks hold lists: one parser in two files
corpus/format/restructuredtext  directives hold blocks and blocks hold directives: one parser in two files
EXCEPT
    for folder in "${!circles[@]}"; do
        breach "src/$folder" "its files import each other in a circle (${circles[$folder]}): move what both need into a file of its own"
    done
}

corpus_and_search_stand_alone() {
    forbid '\b(tokio|axum|axum_server|hyper|hyper_util|tower|rmcp|indicatif|clap)::|\basync fn\b|\bstd::env\b' \
        "corpus and search know nothing of HTTP, MCP, tokio, terminals or the environment" \
        src/corpus src/search
}

documents_are_opened_in_one_place() {
    local elsewhere
    mapfile -t elsewhere < <(find src/corpus -mindepth 1 -maxdepth 1 ! -name root)
    forbid '\bfs::|\bFile::(open|create|options)\b|\bOpenOptions\b|\b(WalkBuilder|build_matchers)\b|\.(read_dir|canonicalize|metadata|symlink_metadata|exists|try_exists|is_file|is_dir|read_link)\(\)|\bio::stdin\b' \
        "only corpus/root opens, lists or looks at files: whoever writes documents may swap them for links" \
        "${elsewhere[@]}"
    mapfile -t elsewhere < <(
        find src -mindepth 1 -maxdepth 1 ! -name platform ! -name corpus
        find src/corpus -mindepth 1 -maxdepth 1 ! -name root
    )
    forbid '\bnix::' "nix belongs in platform and corpus/root" "${elsewhere[@]}"
}

only_platform_reads_the_environment() {
    local elsewhere
    mapfile -t elsewhere < <(find src -mindepth 1 -maxdepth 1 ! -name platform)
    forbid '\benv::(var|vars|var_os|vars_os|args|args_os|temp_dir|current_dir|home_dir)\b' \
        "only platform reads the environment: take the value from there as an argument" \
        "${elsewhere[@]}"
}

anyhow_stays_at_the_edge() {
    local elsewhere
    mapfile -t elsewhere < <(
        find src -mindepth 1 -maxdepth 1 ! -name cli ! -name main.rs ! -name 'service*'
    )
    forbid '\banyhow\b' "anyhow belongs in cli and service; a module has its own thiserror type" \
        "${elsewhere[@]}"
}

names_say_what_a_thing_is() {
    local file
    while IFS= read -r file; do
        breach "$file" "a name that says nothing: name the file after its subject"
    done < <(find src -regextype posix-extended \
        -regex '.*/(utils?|helpers?|common|misc|manager)(\.rs|$)')
    forbid '\bpub(\([a-z: ]+\))? (const |async )*fn get_' "say what it is, without get_" src
}

architecture_names_every_module() {
    local module
    while IFS= read -r module; do
        module="${module#src/}"
        grep -qF "\`$module\`" docs/architecture.md ||
            breach docs/architecture.md "does not name \`$module\`: add it to the map of modules"
    done < <(
        find src -mindepth 1 -type d ! -name snapshots -printf '%p/\n'
        find src -maxdepth 1 -name '*.rs' ! -name lib.rs
    )
}

every_dependency_has_a_reason() {
    local name
    while IFS= read -r name; do
        grep -q "^| \`$name\` |" docs/dependencies.md ||
            breach docs/dependencies.md "has no line for \`$name\`: say what it is for"
    done < <(dependencies)
    while IFS= read -r name; do
        dependencies | grep -qxF "$name" ||
            breach docs/dependencies.md "\`$name\` is no dependency any more: remove its line"
    done < <(sed -n "s/^| [\`]\([^\`]*\)[\`] |.*/\1/p" docs/dependencies.md)
}

dependencies() {
    awk '
        /^\[/ { in_list = ($0 ~ /dependencies\]$/) ; next }
        in_list && match($0, /^[A-Za-z0-9_-]+/) { print substr($0, 1, RLENGTH) }
    ' Cargo.toml
}

lock_files_name_no_host() {
    local file
    while IFS= read -r file; do
        ! grep -q '"resolved"' "$file" ||
            breach "$file" "names the host of a registry: npm config set omit-lockfile-registry-resolved true, and write it again"
    done < <(git ls-files -- '*package-lock.json')
}

main
