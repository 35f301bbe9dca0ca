# shellcheck shell=bash
# Sourced after checks.sh: repositories of the packages, signed with a throw-away key and served
# over HTTPS inside a machine.
#
#   site_key                        makes the key packages@example.com, once
#   site_make FOLDER [PACKAGE]...   makes or updates the repositories
#   site_serve FOLDER               serves them in the machine; sets site_url
#   site_stop

site_url="https://packages.example.com:8443"
site_home=""

site_key() {
    [ -z "$site_home" ] || return 0
    site_home="$(mktemp -d)"
    export GNUPGHOME="$site_home"
    gpg --batch --quiet --passphrase '' --quick-generate-key \
        'Throw-away key of a test <packages@example.com>' rsa3072 sign 1d 2>/dev/null
}

site_make() { # site_make FOLDER [PACKAGE]...
    local folder="$1"
    shift
    site_key
    REPOSITORY_URL="$site_url" packaging/repository.sh "$folder" packages@example.com "$@"
}

site_serve() { # site_serve FOLDER
    local made="$site_home/tls"
    mkdir -p "$made"
    openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=packages.example.com \
        -addext subjectAltName=DNS:packages.example.com \
        -keyout "$made/key.pem" -out "$made/cert.pem" 2>/dev/null
    install -D -m 644 "$made/cert.pem" "$MACHINE/usr/local/share/ca-certificates/packages.crt"
    echo "127.0.0.1 packages.example.com" >>"$MACHINE/etc/hosts"
    machine_run update-ca-certificates >/dev/null 2>&1
    machine_net python3 tests/packaging/site.py "$1" 8443 "$made" >"$site_home/log" 2>&1 &
    machine_run curl --silent --fail --retry 30 --retry-delay 1 --retry-connrefused \
        --output /dev/null "$site_url/docent.asc" || fail "the repository is not served"
}

site_stop() {
    [ -z "$site_home" ] || {
        # The server itself: a shell stands between it and this one.
        [ ! -s "$site_home/tls/pid" ] || kill "$(cat "$site_home/tls/pid")" 2>/dev/null || true
        gpgconf --kill all 2>/dev/null || true
        rm -rf "$site_home"
    }
}
