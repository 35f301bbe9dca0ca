#!/usr/bin/env bash
# The tarball and the image of `make dist`: the program runs from wherever the tarball is unpacked, and in the
# image, as tools that are not docent's read it, and answers an assistant. So does what `cargo install` gives.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/packaging/checks.sh
. tests/packaging/checks.sh

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
# Other users pass through.
chmod 755 "$work"
tarball="$dist/docent-$version-$arch-linux.tar.gz"
image="$dist/docent-$version-$arch-linux.oci.tar"
user=65532:65532

# answers QUERY TEXT COMMAND...: a server that the command starts, in a network of its own, where port 8080 is free,
# answers a search with that text, and ends when it is told to.
answers() {
    # shellcheck disable=SC2016 # expanded inside
    unshare --net --fork --kill-child bash -euc '
        query="$1" text="$2" log="$3"
        shift 3
        ip link set lo up
        "$@" >"$log" 2>&1 &
        server=$!
        ask() {
            curl --silent --fail --max-time 20 --header "Content-Type: application/json" \
                --header "Accept: application/json, text/event-stream" --data "$1" http://127.0.0.1:8080/mcp
        }
        until curl --silent --fail --max-time 5 --output /dev/null http://127.0.0.1:8080/healthz; do
            kill -0 "$server" 2>/dev/null && [ "$SECONDS" -lt 120 ] || exit 1
            read -rt 0.1 <><(:) || true
        done
        call="{\"name\":\"search\",\"arguments\":{\"query\":\"$query\"}}"
        ask "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":$call}" >>"$log"
        grep --quiet --fixed-strings -e "$text" "$log"
        kill -s TERM "$server"
        wait "$server"
    ' answers "$1" "$2" "$work/log" "${@:3}" || { cat "$work/log" >&2 && fail "${*:3}"; }
}

# A command of somebody who owns nothing here.
as_user=(setpriv --reuid "${user%:*}" --regid "${user#*:}" --clear-groups --bounding-set=-all --no-new-privs --
    env -i HOME="$work/home" PATH=/usr/bin:/bin)

install -d -o "${user%:*}" -g "${user#*:}" "$work/home" "$work/docs"
printf '# Restoring a backup\n\nStop the service first: BACKUP-BEFORE-NOON.\n' >"$work/docs/backup.md"

the_tarball() {
    local folder="$work/a folder" there
    mkdir "$folder"
    tar --extract --gzip --file "$tarball" --directory "$folder"
    there="$folder/docent-$version-$arch-linux"
    equal "what ${tarball##*/} holds beside its folder" "$there" "$(find "$folder" -mindepth 1 -maxdepth 1)"
    equal "the owners in ${tarball##*/}" "0/0" "$(tar --list --verbose --numeric-owner --gzip --file "$tarball" | awk '{ print $2 }' | sort -u)"
    # Without a configuration, the manual that lies beside it is served.
    answers "renew the certificate" "id: docent/certificates" "${as_user[@]}" "$there/bin/docent" serve
    answers "restore a backup" BACKUP-BEFORE-NOON "${as_user[@]}" "$there/bin/docent" serve "$work/docs"
    "${as_user[@]}" "$there/bin/docent" check --config "$there/etc/docent/docent.toml" >"$work/log" 2>&1 ||
        { cat "$work/log" >&2 && fail "the configuration does not name the manual"; }
    ! grep -rn /usr/bin/docent "$there/lib" || fail "the units name a binary that is not in the tarball"
    grep -q '^ExecStart=/usr/local/bin/docent ' "$there/lib/systemd/system/docent.service" ||
        fail "the units do not name /usr/local/bin/docent"
    for file in README.md LICENSE-MIT LICENSE-APACHE share/man/man1/docent.1.gz share/licenses/docent/third-party-licenses.gz \
        share/bash-completion/completions/docent share/zsh/site-functions/_docent share/fish/vendor_completions.d/docent.fish; do
        [ -f "$there/$file" ] || fail "${tarball##*/} lacks $file"
    done
    ok "${tarball##*/}: $(($(stat -c %s "$tarball") >> 20)) MiB, runs from a folder with a blank in its name"
}

the_image() {
    local bundle="$work/bundle" owner config
    local -a command environment
    skopeo inspect "oci-archive:$image" >"$work/inspected"
    skopeo --insecure-policy copy --quiet "oci-archive:$image" "oci:$work/image:docent"
    umoci unpack --image "$work/image:docent" "$bundle" >/dev/null 2>&1 || fail "umoci cannot unpack ${image##*/}"
    # How to run it, as umoci understands the image.
    config="$bundle/config.json"
    mapfile -t command < <(json "$config" '["process"]["args"]')
    mapfile -t environment < <(json "$config" '["process"]["env"]')
    owner="$(json "$config" '["process"]["user"]["uid"]'):$(json "$config" '["process"]["user"]["gid"]')"
    equal "what the image runs" "/usr/bin/docent serve" "${command[*]}"
    equal "as whom" "$user" "$owner"
    equal "who owns its state" "$user" "$(stat -c %u:%g "$bundle/rootfs/var/lib/docent")"
    cp "$work/docs/backup.md" "$bundle/rootfs/srv/docs/"
    answers "restore a backup" BACKUP-BEFORE-NOON env -i "${environment[@]}" \
        "$(command -v chroot)" --userspec="$owner" "$bundle/rootfs" "${command[@]}"
    equal "its architecture" "$deb_arch" "$(json "$work/inspected" '["Architecture"]')"
    equal "its version" "$version" "$(json "$work/inspected" '["Labels"]["org.opencontainers.image.version"]')"
    [ "$(stat -c %s "$image")" -lt 30000000 ] || fail "${image##*/} is larger than docs/install.md says"
    ok "${image##*/}: $(($(stat -c %s "$image") >> 20)) MiB, read by skopeo and umoci, runs as $owner"
}

json() { # json FILE KEYS: a value, or the values of a list, one a line
    python3 -c 'import json, sys
value = eval(f"json.load(open(sys.argv[1])){sys.argv[2]}")
print("\n".join(value) if isinstance(value, list) else value)' "$1" "$2"
}

# What make.sh installed with cargo, from the source that cargo packs: it tells the commit, though there was no
# repository around it.
the_program() {
    local program="$target_dir/installed/bin/docent" version_line
    cp "$program" "$work/docent"
    version_line="$("${as_user[@]}" "$work/docent" --version)"
    [ ! -e .git ] || [[ $version_line = *"($(git rev-parse --short=12 HEAD) "* ]] ||
        fail "docent --version does not tell the commit: $version_line"
    "${as_user[@]}" "$work/docent" completions bash | grep -q _docent || fail "no completions"
    answers "restore a backup" BACKUP-BEFORE-NOON "${as_user[@]}" "$work/docent" serve "$work/docs"
    ok "cargo install: $version_line"
}

[ $# -gt 0 ] || set -- the_tarball the_image the_program
for part in "$@"; do "$part"; done
