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
        [ "$(stat -c %s "$package")" -lt $((8 << 20)) ] || fail "$package is larger than 8 MiB"
    done
    [ "$installed" -lt $((25 << 20)) ] || fail "the installed size is more than 25 MiB: $installed"
    ok "installed $((installed >> 10)) KiB, .deb $(($(stat -c %s "$deb") >> 10)) KiB, .rpm $(($(stat -c %s "$rpm") >> 10)) KiB"
}

libraries() {
    local newest needed
    newest="$(objdump --dynamic-syms "$binary" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -n 1)"
    equal "the newest of" "GLIBC_2.34" "$(printf 'GLIBC_2.34\n%s' "$newest" | sort -V | tail -n 1)"
    # All of glibc, but for libgcc_s, which glibc needs itself.
    needed="$(objdump --private-headers "$binary" | sed -n 's/^ *NEEDED *//p' | sort | xargs)"
    case "$needed" in
        "ld-linux"*".so."[0-9]" libc.so.6 libgcc_s.so.1 libm.so.6" | "libc.so.6 libgcc_s.so.1 libm.so.6") ;;
        *) fail "the binary needs other libraries than the C library: $needed" ;;
    esac
    equal "what the .deb depends on" \
        "libc6 (>= 2.34), libgcc-s1, systemd | systemd-standalone-sysusers, systemd | systemd-standalone-tmpfiles" \
        "$(dpkg-deb --field "$deb" Depends)"
    ok "needs $needed, no symbol newer than $newest"
}

binaries() {
    local version_line symbols
    ! readelf --sections "$binary" | grep -q '\.symtab' || fail "the binary is not stripped"
    ! grep -qaF -e "$PWD" -e "$cargo_home" "$binary" || fail "the binary names folders of this machine"
    version_line="$("$binary" --version)"
    [[ $version_line =~ ^docent\ $version\ \(.*$(date --utc --date="@$SOURCE_DATE_EPOCH" +%F)\)$ ]] ||
        fail "docent --version does not tell the day of the build: $version_line"
    [ ! -e .git ] || [[ $version_line = *"($(git rev-parse --short=12 HEAD) "* ]] ||
        fail "docent --version does not tell the commit: $version_line"
    dpkg-deb --extract "${deb/docent_/docent-dbgsym_}" "$work/symbols"
    symbols="$(find "$work/symbols/usr/lib/debug/.build-id" -name '*.debug')"
    equal "the number of the build" "$(build_id "$binary")" "$(build_id "$symbols")"
    readelf --sections "$symbols" | grep -q '\.debug_line' || fail "the symbols have no line numbers"
    ok "$version_line; symbols apart, $(($(stat -c %s "$symbols") >> 20)) MiB"
}

build_id() {
    readelf --notes "$1" | sed -n 's/.*Build ID: //p'
}

# The same files by every way, but for what each kind of package has of its own.
files() {
    local in_deb in_rpm by_make
    in_deb="$(dpkg-deb --fsys-tarfile "$deb" | tar -t | sed 's|^\.||' | grep -v '/$' | sort |
        grep -vE '^/usr/share/(lintian/|doc/docent/(changelog|copyright|third-party-licenses))')"
    in_rpm="$(rpm --query --package --list "$rpm" | sort | grep -vE '/CHANGELOG\.md$|/licenses/')"
    DESTDIR="$work/make" packaging/install.sh
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
    ok "$(wc -l <<<"$in_deb") files, the same in .deb, .rpm and make install"
    DESTDIR="$work/other" PREFIX=/opt/docent packaging/install.sh
    ! grep -rn /usr/bin/docent "$work/other/opt/docent/lib/systemd" ||
        fail "with another PREFIX, the units name the wrong binary"
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
