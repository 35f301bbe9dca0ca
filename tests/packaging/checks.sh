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

# Fails unless the second and third argument are the same.
equal() { # equal WHAT EXPECTED FOUND
    [ "$2" = "$3" ] || {
        diff -u --label expected --label found <(printf '%s\n' "$2") <(printf '%s\n' "$3") >&2 || true
        fail "$1 is not as expected"
    }
}
