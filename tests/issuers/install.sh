#!/usr/bin/env bash
# Installs the identity providers into a cache outside the checkout, and prints the path of the folder: oidc-provider from
# npm, pinned, which runs on the Node.js of tests/clients/install.sh, and LemonLDAP::NG of this Debian release, unpacked
# only, with a `perl` that finds it.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${DOCENT_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/docent-tests}/issuers
folder=$cache/$(cat "$here/package-lock.json" "$here/install.sh" | sha256sum | cut -c1-16)
# What Debian's package only recommends: random names of clients.
packages=(liblemonldap-ng-portal-perl libplack-perl libstring-random-perl)

fail() { # fail WHAT LOG
    echo "tests/issuers/install.sh: $1 (is there a network?):" >&2
    tail -n 5 "$2" >&2
    exit 1
}

from_npm() {
    cp "$here/package.json" "$here/package-lock.json" "$folder"
    # engine-strict=false: the Node.js that runs npm may be older than the one that runs the providers.
    npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --engine-strict=false
}

# With whatever of its dependencies the machine has not.
from_debian() {
    local names
    mkdir "$folder/packages" "$folder/lemonldap"
    # shellcheck disable=SC2207 # names of packages have no spaces
    names=($(apt-get install -s --no-install-recommends "${packages[@]}" | sed -n 's/^Inst \([^ ]*\).*/\1/p')) &&
        [[ ${#names[@]} -gt 0 ]] || names=("${packages[@]}")
    (cd "$folder/packages" && apt-get -qq download "${names[@]}") || return 1
    local package
    for package in "$folder"/packages/*.deb; do dpkg-deb -x "$package" "$folder/lemonldap" || return 1; done
    rm -r "$folder/packages"
    local libraries=("$folder"/lemonldap/usr/share/perl5 "$folder"/lemonldap/usr/lib/*/perl5/5.*)
    cat >"$folder/perl" <<END
#!/bin/sh
export PERL5LIB='$(IFS=: && echo "${libraries[*]}")' LEMONLDAP='$folder/lemonldap'
exec /usr/bin/perl "\$@"
END
    chmod +x "$folder/perl"
    "$folder/perl" -MLemonldap::NG::Portal -MLemonldap::NG::Portal::Issuer::OpenIDConnect -MHTTP::Server::PSGI -e 1
}

mkdir -p "$cache"
# Tests run side by side: one installs, the others wait for it.
exec 9>"$cache/lock"
flock 9
if [[ ! -e $folder/complete ]]; then
    rm -rf "$folder"
    mkdir "$folder"
    from_npm >"$folder/npm.log" 2>&1 || fail "npm could not install oidc-provider" "$folder/npm.log"
    from_debian >"$folder/debian.log" 2>&1 || fail "LemonLDAP::NG could not be fetched with apt-get" "$folder/debian.log"
    touch "$folder/complete"
fi
printf '%s\n' "$folder"
