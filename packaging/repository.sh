#!/usr/bin/env bash
# Makes an apt and a dnf repository of the packages that make deb and make rpm have made, signed
# with a key of this machine's GnuPG:
#
#   packaging/repository.sh FOLDER KEY [PACKAGE]...
#
# KEY is the key's fingerprint or address. FOLDER can then be served as it is by any web server:
#
#   FOLDER/docent.asc     the public key
#   FOLDER/docent.repo    for dnf, where REPOSITORY_URL says where FOLDER will be
#   FOLDER/docent.sources for apt, likewise
#   FOLDER/deb            pool/, dists/stable/
#   FOLDER/rpm            one repository for all architectures
#
# Packages that are there already stay, so that older versions remain installable.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/environment.sh
. packaging/environment.sh

usage() {
    sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0" >&2
    exit 64
}

main() {
    [ $# -ge 2 ] || usage
    folder="$1" key="$2"
    shift 2
    if [ $# -eq 0 ]; then
        mapfile -t made < <(find "$packages" -maxdepth 1 -name '*.deb' -o -maxdepth 1 -name '*.rpm')
        set -- "${made[@]}"
    fi
    mkdir -p "$folder/deb/pool" "$folder/rpm/packages"
    local package
    for package in "$@"; do
        case "$package" in
            *.deb) install -m 644 "$package" "$folder/deb/pool/" ;;
            *.rpm) install -m 644 "$package" "$folder/rpm/packages/" ;;
            *) say "$package is neither a .deb nor a .rpm" && exit 64 ;;
        esac
    done
    gpg --batch --yes --armor --output "$folder/docent.asc" --export "$key"
    [ -z "$(ls "$folder/deb/pool")" ] || apt_repository
    [ -z "$(ls "$folder/rpm/packages")" ] || dnf_repository
    set_up_files
}

sign() { # sign OPTION... -- FILE RESULT
    local file="${*: -2:1}" result="${*: -1}"
    gpg --batch --yes --local-user "$key" --digest-algo SHA256 --armor --output "$result" \
        "${@:1:$#-3}" "$file"
}

# https://wiki.debian.org/DebianRepository/Format
apt_repository() (
    cd "$folder/deb"
    local architectures architecture index file
    architectures="$(for file in pool/*.deb; do dpkg-deb --field "$file" Architecture; done | sort -u | xargs)"
    rm -rf dists/stable.new
    mkdir -p dists/stable.new
    for architecture in $architectures; do
        index="dists/stable.new/main/binary-$architecture"
        mkdir -p "$index"
        apt-ftparchive --arch "$architecture" packages pool >"$index/Packages"
        gzip --best --no-name --keep "$index/Packages"
        xz --keep "$index/Packages"
    done
    apt-ftparchive \
        -o APT::FTPArchive::Release::Origin=docent \
        -o APT::FTPArchive::Release::Label=docent \
        -o APT::FTPArchive::Release::Suite=stable \
        -o APT::FTPArchive::Release::Codename=stable \
        -o APT::FTPArchive::Release::Components=main \
        -o APT::FTPArchive::Release::Architectures="$architectures" \
        -o APT::FTPArchive::Release::Acquire-By-Hash=yes \
        release dists/stable.new >Release.new
    mv Release.new dists/stable.new/Release
    # By its hash, a client that has read the old Release still finds what it names while the
    # new one is put in place: indexes of before stay.
    [ ! -d dists/stable ] || (cd dists/stable && find main -path '*/by-hash/*' -type f \
        -exec cp --parents --preserve=timestamps {} ../stable.new/ \;)
    for index in dists/stable.new/main/binary-*/Packages*; do
        mkdir -p "$(dirname "$index")/by-hash/SHA256"
        cp "$index" "$(dirname "$index")/by-hash/SHA256/$(sha256sum "$index" | cut -d ' ' -f 1)"
    done
    sign --clearsign -- dists/stable.new/Release dists/stable.new/InRelease
    sign --detach-sign -- dists/stable.new/Release dists/stable.new/Release.gpg
    rm -rf dists/stable.old
    [ ! -d dists/stable ] || mv dists/stable dists/stable.old
    mv dists/stable.new dists/stable
    rm -rf dists/stable.old
)

dnf_repository() (
    cd "$folder/rpm"
    local package
    for package in packages/*.rpm; do
        rpm --checksig "$package" 2>/dev/null | grep -q pgp ||
            rpm --define "__gpg $(command -v gpg)" --define "_gpg_name $key" \
                --addsign "$package" >/dev/null 2>&1
    done
    createrepo_c --quiet --update --revision "$SOURCE_DATE_EPOCH" --set-timestamp-to-revision .
    sign --detach-sign -- repodata/repomd.xml repodata/repomd.xml.asc
)

# Where REPOSITORY_URL is known, the files that tell apt and dnf of it.
set_up_files() {
    local url="${REPOSITORY_URL:-}"
    [ -n "$url" ] || return 0
    cat >"$folder/docent.sources" <<EOF
Types: deb
URIs: $url/deb
Suites: stable
Components: main
Signed-By: /etc/apt/keyrings/docent.asc
EOF
    cat >"$folder/docent.repo" <<EOF
[docent]
name=docent
baseurl=$url/rpm
gpgkey=$url/docent.asc
gpgcheck=1
repo_gpgcheck=1
EOF
}

main "$@"
