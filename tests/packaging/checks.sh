# shellcheck shell=bash
# Sourced by the scripts of this folder, which start in the root of the checkout: how a check
# speaks, and where the packages are.

# shellcheck source=packaging/environment.sh
. packaging/environment.sh
use_target ""
deb="$packages/docent_$version-1_$deb_arch.deb"
rpm="$packages/docent-$version-1.$arch.rpm"
# The same as an older version, to upgrade from.
previous="0.0.9"
previous_deb="$packages/previous/docent_$previous-1_$deb_arch.deb"
previous_rpm="$packages/previous/docent-$previous-1.$arch.rpm"
export deb rpm previous_deb previous_rpm

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

ok() {
    echo "  $*"
}

# Fails when a binary needs a C library that Debian 12, Ubuntu 22.04 or RHEL 9 does not have, or
# any other library: glibc alone, and libgcc_s, which glibc needs itself.
needs_only_libc() { # needs_only_libc BINARY
    local newest needed
    newest="$(readelf --wide --version-info "$1" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -n 1)"
    equal "the newest of" "GLIBC_2.34" "$(printf 'GLIBC_2.34\n%s' "$newest" | sort -V | tail -n 1)"
    needed="$(readelf --wide --dynamic "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort | xargs)"
    case "$needed" in
        "ld-linux"*".so."[0-9]" libc.so.6 libgcc_s.so.1 libm.so.6" | "libc.so.6 libgcc_s.so.1 libm.so.6") ;;
        *) fail "the binary needs other libraries than the C library: $needed" ;;
    esac
    ok "needs $needed, no symbol newer than $newest"
}

# Fails unless the second and third argument are the same.
equal() { # equal WHAT EXPECTED FOUND
    [ "$2" = "$3" ] || {
        diff -u --label expected --label found <(printf '%s\n' "$2") <(printf '%s\n' "$3") >&2 || true
        fail "$1 is not as expected"
    }
}
