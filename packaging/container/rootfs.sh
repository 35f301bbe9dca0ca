#!/bin/sh
# Puts into FOLDER what docent needs to run, and nothing else:
# rootfs.sh DOCENT.DEB|TREE FOLDER
# A TREE is what `make install DESTDIR=TREE` has made.
set -eu
source="$1" root="$2"

unpacked="$(mktemp -d)"
trap 'rm -rf "$unpacked"' EXIT
if [ -d "$source" ]; then
    tree="$source"
else
    tree="$unpacked"
    dpkg-deb --extract "$source" "$tree"
fi
binary="$tree/usr/bin/docent"

mkdir -p "$root/usr/bin" "$root/usr/share" "$root/etc/docent" "$root/srv/docs" "$root/tmp" \
    "$root/var/lib/docent" "$root/var/cache/docent"
cp "$binary" "$root/usr/bin/docent"
cp -R "$tree/usr/share/docent" "$root/usr/share/docent"
# The C library, at the paths that the binary names, and its terms.
ldd "$binary" | sed -n 's|[^/]*\(/[^ ]*\) (0x.*|\1|p' | while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp --dereference "$library" "$root$library"
done
for terms in /usr/share/doc/libc6/copyright /usr/share/doc/libgcc-s1/copyright \
    "$tree"/usr/share/doc/docent/copyright "$tree"/usr/share/licenses/docent/*; do
    [ -f "$terms" ] || continue
    case "$terms" in
        "$tree"/*) folder="$root/usr/share/licenses/docent" ;;
        *) folder="$root$(dirname "$terms")" ;;
    esac
    mkdir -p "$folder"
    cp --dereference "$terms" "$folder/"
done
echo 'docent:x:65532:65532:docent:/var/lib/docent:/nonexistent' >"$root/etc/passwd"
echo 'docent:x:65532:' >"$root/etc/group"
# Where nobody is root, whoever packs the folder says whose these are.
[ "$(id -u)" -ne 0 ] || chown -R 65532:65532 "$root/var/lib/docent" "$root/var/cache/docent"
chmod 700 "$root/var/lib/docent" "$root/var/cache/docent"
chmod 1777 "$root/tmp"
