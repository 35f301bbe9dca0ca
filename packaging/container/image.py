"""Writes an image for containers, as an OCI archive, to standard output:

    python3 packaging/container/image.py ROOTFS CONTAINERFILE ARCHITECTURE VERSION

ROOTFS becomes its only layer; how it is run stands in the last stage of the Containerfile. It takes no daemon and
no privileges, and the same files give the same bytes: times are SOURCE_DATE_EPOCH, names are sorted.

https://github.com/opencontainers/image-spec: image-layout.md, manifest.md, config.md, layer.md
"""

import gzip
import hashlib
import io
import json
import os
import sys
import tarfile
from datetime import datetime, timezone
from pathlib import Path

EPOCH = int(os.environ["SOURCE_DATE_EPOCH"])
CREATED = datetime.fromtimestamp(EPOCH, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
# What belongs to the image's user; everything else is root's, who does not exist in it.
WRITABLE = ("var/lib/docent", "var/cache/docent")
MEDIA = "application/vnd.oci.image."


def main(rootfs: str, containerfile: str, architecture: str, version: str) -> None:
    run = how_to_run(Path(containerfile).read_text())
    layer = pack(layer_entries(Path(rootfs), run["User"]))
    packed = gzip.compress(layer, 9, mtime=0)
    title = f"docent {version}"
    config = blob(
        {
            "created": CREATED,
            "architecture": architecture,
            "os": "linux",
            "config": run
            | {
                "Labels": {
                    "org.opencontainers.image.title": "docent",
                    "org.opencontainers.image.version": version,
                    "org.opencontainers.image.licenses": "Apache-2.0 OR MIT",
                }
            },
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]},
            "history": [{"created": CREATED, "comment": title}],
        }
    )
    manifest = blob(
        {
            "schemaVersion": 2,
            "mediaType": MEDIA + "manifest.v1+json",
            "config": descriptor("config.v1+json", config),
            "layers": [descriptor("layer.v1.tar+gzip", packed)],
        }
    )
    # podman goes by the first name, containerd and docker by the second.
    names = {
        "org.opencontainers.image.ref.name": "docent:latest",
        "io.containerd.image.name": "localhost/docent:latest",
    }
    index = {
        "schemaVersion": 2,
        "mediaType": MEDIA + "index.v1+json",
        "manifests": [descriptor("manifest.v1+json", manifest) | {"annotations": names}],
    }
    files = {"oci-layout": blob({"imageLayoutVersion": "1.0.0"}), "index.json": blob(index)}
    for content in (config, manifest, packed):
        files[f"blobs/sha256/{hashlib.sha256(content).hexdigest()}"] = content
    entries = [(entry(name, tarfile.DIRTYPE, 0o755), b"") for name in ("blobs", "blobs/sha256")]
    entries += [(entry(name, tarfile.REGTYPE, 0o644), content) for name, content in sorted(files.items())]
    sys.stdout.buffer.write(pack(entries))


def how_to_run(containerfile: str) -> dict:
    """The configuration that the instructions of the last stage stand for."""
    joined = containerfile.replace("\\\n", " ").splitlines()
    lines = [line.split(None, 1) for line in joined if line.strip() and not line.startswith("#")]
    last = max(at for at, (instruction, _) in enumerate(lines) if instruction == "FROM")
    run: dict = {}
    for instruction, value in lines[last:]:
        match instruction:
            case "USER":
                run["User"] = value
            case "ENV":
                run["Env"] = value.split()
            case "EXPOSE":
                run["ExposedPorts"] = {f"{port}/tcp": {} for port in value.split()}
            case "VOLUME":
                run["Volumes"] = {folder: {} for folder in json.loads(value)}
            case "STOPSIGNAL":
                run["StopSignal"] = value
            case "ENTRYPOINT":
                run["Entrypoint"] = json.loads(value)
            case "CMD":
                run["Cmd"] = json.loads(value)
            # HEALTHCHECK is Docker's own, and asks with a program that only its recipe brings.
            case "FROM" | "COPY" | "HEALTHCHECK":
                pass
            case other:
                sys.exit(f"image.py: what does {other} mean for the image?")
    return run


def layer_entries(rootfs: Path, user: str) -> list[tuple[tarfile.TarInfo, bytes]]:
    owner = int(user.split(":")[0])
    entries = []
    for path in sorted(rootfs.rglob("*")):
        name = path.relative_to(rootfs).as_posix()
        mode = path.lstat().st_mode & 0o7777
        if path.is_symlink():
            item, content = entry(name, tarfile.SYMTYPE, 0o777), b""
            item.linkname = os.readlink(path)
        elif path.is_dir():
            item, content = entry(name, tarfile.DIRTYPE, mode), b""
        else:
            item, content = entry(name, tarfile.REGTYPE, mode), path.read_bytes()
        if any(name == folder or name.startswith(folder + "/") for folder in WRITABLE):
            item.uid = item.gid = owner
        entries.append((item, content))
    return entries


def entry(name: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    item = tarfile.TarInfo(name)
    item.type, item.mode, item.mtime = kind, mode, EPOCH
    return item


def pack(entries: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for item, content in entries:
            item.size = len(content)
            archive.addfile(item, io.BytesIO(content))
    return packed.getvalue()


def blob(value: dict) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def descriptor(kind: str, content: bytes) -> dict:
    return {"mediaType": MEDIA + kind, "digest": f"sha256:{hashlib.sha256(content).hexdigest()}", "size": len(content)}


main(*sys.argv[1:])
