#!/usr/bin/env bash
# Installs docent as the packages do, for those who make others: make install DESTDIR= PREFIX=
#
#   DESTDIR  put in front of every path, for a package's build folder
#   PREFIX   /usr by default; with another one, the units name the binary there, and the
#            configuration the manual
#
# The configuration is /etc/docent/docent.toml in any case, and an edited one stays. The user and the
# folders of the service are made by systemd-sysusers and systemd-tmpfiles, which distributions run
# after an installation.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/environment.sh
. packaging/environment.sh
use_target "${TARGET:-}"

prefix="${PREFIX:-/usr}"
root="${DESTDIR:-}"
usr="$root$prefix"

[ -x "$release/package/docent" ] || {
    say "there is nothing to install yet: run make build first"
    exit 1
}

put() { # put MODE SOURCE DESTINATION: a file, or into a folder where that ends with a slash
    local destination="$3"
    [ "${destination: -1}" != / ] || destination+="${2##*/}"
    install -D -m "$1" "$2" "$destination"
}

put 755 "$release/package/docent" "$usr/bin/"
configuration="$root/etc/docent/docent.toml"
[ ! -e "$configuration" ] || configuration+=.new
put 644 etc/docent/docent.toml "$configuration"
[ "$prefix" = /usr ] ||
    sed -i -e 's/^#\[\[docs\]\]/[[docs]]/' -e 's/^#name = "docent"/name = "docent"/' \
        -e "s|^#path = \"/usr/|path = \"$prefix/|" "$configuration"
for unit in systemd/*.service systemd/*.socket systemd/*.timer systemd/*.path; do
    put 644 "$unit" "$usr/lib/systemd/system/"
    [ "$prefix" = /usr ] ||
        sed -i "s|/usr/bin/docent|$prefix/bin/docent|g" "$usr/lib/systemd/system/${unit##*/}"
done
put 644 systemd/sysusers.d/docent.conf "$usr/lib/sysusers.d/"
put 644 systemd/tmpfiles.d/docent.conf "$usr/lib/tmpfiles.d/"
for page in "$release"/package/man/*.gz; do
    section="${page%.gz}"
    put 644 "$page" "$usr/share/man/man${section##*.}/"
done
put 644 packaging/completions/docent.bash "$usr/share/bash-completion/completions/docent"
put 644 packaging/completions/_docent "$usr/share/zsh/site-functions/"
put 644 packaging/completions/docent.fish "$usr/share/fish/vendor_completions.d/"
for page in docs/*.md; do
    put 644 "$page" "$usr/share/docent/manual/"
done
for example in systemd/examples/*; do
    put 644 "$example" "$usr/share/doc/docent/examples/"
done
put 644 CHANGELOG.md "$usr/share/doc/docent/"
# Who looks for it where documentation is finds it, too.
ln -sfn ../../docent/manual "$usr/share/doc/docent/manual"
put 644 "$release/package/third-party-licenses.gz" "$usr/share/licenses/docent/"
put 644 LICENSE-APACHE "$usr/share/licenses/docent/"
put 644 LICENSE-MIT "$usr/share/licenses/docent/"
