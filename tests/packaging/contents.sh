#!/usr/bin/env bash
# What is in the packages: files, owners, sizes, dependencies, and what lintian and rpmlint say.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/packaging/checks.sh
. tests/packaging/checks.sh

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
dpkg-deb --extract "$deb" "$work/deb"
binary="$work/deb/usr/bin/docent"

sizes() {
    local installed package
    installed=$(du --apparent-size --summarize --block-size=1 "$work/deb" | cut -f 1)
    for package in "$deb" "$rpm"; do
        [ "$(stat -c %s "$package")" -lt $((10 << 20)) ] || fail "$package is larger than 10 MiB"
    done
    [ "$installed" -lt $((30 << 20)) ] || fail "the installed size is more than 30 MiB: $installed"
    ok "installed $((installed >> 10)) KiB, .deb $(($(stat -c %s "$deb") >> 10)) KiB, .rpm $(($(stat -c %s "$rpm") >> 10)) KiB"
}

libraries() {
    needs_only_libc "$binary"
    equal "what the .deb depends on" \
        "libc6 (>= 2.34), libgcc-s1, systemd | systemd-standalone-sysusers, systemd | systemd-standalone-tmpfiles" \
        "$(dpkg-deb --field "$deb" Depends)"
    ldd "$binary" | sed 's/^/    ldd:/'
}

binaries() {
    local version_line symbols file
    ! readelf --sections "$binary" | grep -q '\.symtab' || fail "the binary is not stripped"
    version_line="$("$binary" --version)"
    [[ $version_line =~ ^docent\ $version\ \(.*$(date --utc --date="@$SOURCE_DATE_EPOCH" +%F)\)$ ]] ||
        fail "docent --version does not tell the day of the build: $version_line"
    [ ! -e .git ] || [[ $version_line = *"($(git rev-parse --short=12 HEAD) "* ]] ||
        fail "docent --version does not tell the commit: $version_line"
    dpkg-deb --extract "${deb/docent_/docent-dbgsym_}" "$work/symbols"
    symbols="$(find "$work/symbols/usr/lib/debug/.build-id" -name '*.debug')"
    equal "the number of the build" "$(build_id "$binary")" "$(build_id "$symbols")"
    readelf --sections "$symbols" 2>/dev/null | grep -q '\.debug_line' || fail "the symbols have no line numbers"
    for file in "$binary" "$symbols"; do
        # Debug symbols are compressed in themselves.
        "${tool_prefix}objcopy" --decompress-debug-sections "$file" "$work/decompressed"
        equal "what ${file##*/} tells of this machine's folders" "" "$(strings -a "$work/decompressed" |
            grep -F -e "$PWD" -e "$cargo_home" -e "$(realpath "$target_dir")" || true)"
    done
    ok "$version_line; symbols apart, $(($(stat -c %s "$symbols") >> 20)) MiB"
}

build_id() {
    # Of debug symbols, readelf misses the interpreter.
    readelf --notes "$1" 2>/dev/null | sed -n 's/.*Build ID: //p'
}

# The same files by every way, but for what each kind of package has of its own.
files() {
    local in_deb in_rpm by_make tree
    in_deb="$(cd "$work/deb" && find . -type f -printf '/%P\n' | sort |
        grep -vE '^/usr/share/(lintian/|doc/docent/(changelog|copyright|third-party-licenses))')"
    in_rpm="$(rpm --query --package --list "$rpm" | sort | grep -vE '/CHANGELOG\.md$|/licenses/')"
    make --silent install DESTDIR="$work/make"
    by_make="$(cd "$work/make" && find . -type f -printf '/%P\n' | sort | grep -vE '/CHANGELOG\.md$|/licenses/')"
    equal "the list of files of the .rpm" "${in_deb//vendor-completions/site-functions}" "$in_rpm"
    equal "the list of files of make install" "$in_rpm" "$by_make"
    equal "the owner in the .deb" "root/root" \
        "$(dpkg-deb --contents "$deb" | awk '{ print $2 }' | sort -u | sed 's|^0/0$|root/root|')"
    equal "the owner in the .rpm" "root root" \
        "$(rpm --query --package --queryformat '[%{FILEUSERNAME} %{FILEGROUPNAME}\n]' "$rpm" | sort -u)"
    equal "the conffiles" "/etc/docent/docent.toml" "$(dpkg-deb --info "$deb" conffiles)"
    equal "the configuration files of the .rpm" "/etc/docent/docent.toml" \
        "$(rpm --query --package --configfiles "$rpm")"
    [ -n "$(find "$work/make/usr/share/man" -name 'docent.service.8.gz')" ] || fail "no manual page"
    for tree in deb make; do
        [ -e "$work/$tree/usr/share/doc/docent/manual/install.md" ] ||
            fail "$tree: the manual is not found in /usr/share/doc"
    done
    ok "$(wc -l <<<"$in_deb") files, the same in .deb, .rpm and make install"
    echo "# mine" >>"$work/make/etc/docent/docent.toml"
    make --silent install DESTDIR="$work/make" PREFIX=/usr
    grep -q "^# mine" "$work/make/etc/docent/docent.toml" || fail "make install replaces an edited configuration"
    cmp -s etc/docent/docent.toml "$work/make/etc/docent/docent.toml.new" ||
        fail "make install does not show the new default configuration"
    make --silent install DESTDIR="$work/other" PREFIX=/opt/docent
    ! grep -rn /usr/bin/docent "$work/other/opt/docent/lib/systemd" ||
        fail "with another PREFIX, the units name the wrong binary"
    sed "s|/opt/docent|$work/other&|" "$work/other/etc/docent/docent.toml" >"$work/docent.toml"
    "$binary" check --config "$work/docent.toml" >"$work/check" ||
        fail "with another PREFIX, the configuration does not name the manual: $(cat "$work/check")"
}

pages() {
    local page
    for page in "$work"/make/usr/share/man/man*/*.gz; do
        [ -z "$(MANWIDTH=80 man --warnings --local-file "$page" 2>&1 >"$work/page")" ] ||
            fail "$page does not format"
        ! grep -nE '.{81}' <(col -b <"$work/page") || fail "$page does not fit into 80 columns"
    done
    ok "manual pages fit into 80 columns"
}

linters() {
    local package
    for package in "$packages"/docent*.deb; do
        lintian --allow-root --fail-on error,warning "$package"
    done
    for package in "$packages"/docent*.rpm; do
        rpmlint --strict --config packaging/rpm/rpmlint.toml "$package" >"$work/rpmlint" ||
            { cat "$work/rpmlint" >&2 && fail "rpmlint of $package"; }
    done
    ok "lintian and rpmlint have nothing to say"
}

sizes
libraries
binaries
files
pages
linters
