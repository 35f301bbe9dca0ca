"""Functions of Python's library, by its inventory: every name in objects.inv has one page and one anchor there."""

import collections
import zlib

import page
import read


def functions(root):
    objects = list(_inventory(root / "objects.inv"))
    last = collections.Counter(name.rpartition(".")[2] for name, _, _ in objects)
    wanted = collections.defaultdict(dict)
    for name, kind, place in objects:
        path, _, anchor = place.partition("#")
        if kind == "py:function" and path.startswith("library/"):
            wanted[path][anchor.replace("$", name)] = name
    for path, anchors in sorted(wanted.items()):
        for term in page.parse((root / path).read_bytes()).iter("{*}dt"):
            name, entry = anchors.get(term.get("id")), read.described(term)
            if name and entry:
                short = name.rpartition(".")[2]
                yield "python function", short if last[short] == 1 and read.half(name) else name, path, entry


def _inventory(file):
    """(name, `domain:role`, place) of each line of an inventory of Sphinx, version 2."""
    data = file.read_bytes()
    for line in zlib.decompress(data.split(b"\n", 4)[4]).decode().splitlines():
        # A name may have spaces: labels do.
        before, priority, place, _ = line.rsplit(" ", 3) if line.count(" ") == 4 else (None, None, None, None)
        if before and priority.lstrip("-").isdigit():
            name, _, kind = before.rpartition(" ")
            yield name, kind, place
