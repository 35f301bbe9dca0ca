#!/bin/sh
# Puts into FOLDER what docent needs to run, and nothing else: rootfs.sh DOCENT.DEB FOLDER
set -eu
package="$1" root="$2"

unpacked="$(mktemp -d)"
dpkg-deb --extract "$package" "$unpacked"
binary="$unpacked/usr/bin/docent"

mkdir -p "$root/usr/bin" "$root/usr/share" "$root/etc/docent" "$root/srv/docs" "$root/tmp" \
    "$root/var/lib/docent" "$root/var/cache/docent"
cp "$binary" "$root/usr/bin/docent"
cp -R "$unpacked/usr/share/docent" "$root/usr/share/docent"
# The C library, at the paths that the binary names.
ldd "$binary" | sed -n 's|[^/]*\(/[^ ]*\) (0x.*|\1|p' | while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp --dereference "$library" "$root$library"
done
echo 'docent:x:65532:65532:docent:/var/lib/docent:/nonexistent' >"$root/etc/passwd"
echo 'docent:x:65532:' >"$root/etc/group"
chown -R 65532:65532 "$root/var/lib/docent" "$root/var/cache/docent"
chmod 700 "$root/var/lib/docent" "$root/var/cache/docent"
chmod 1777 "$root/tmp"
rm -rf "$unpacked"
