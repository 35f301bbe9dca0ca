"""Makes queries of exact names and messages from real sets, by the index that each set has itself: only what exactly one page defines.

    make.py CACHE OUT [SET...]

The sets are fetched as those of benches/formats. OUT gets SET.jsonl, whose lines are as `docent eval` reads them, with `entry`: words that
have to be in the text that is shown, and roots.tsv, the folder of each set.
"""

import hashlib
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "formats"))

import fetch
import git
import mdn
import messages
import python
import sqlite
import systemd

EACH = 100
# The name of a set, where it comes from, where in it the documents are, and what makes queries of them.
SETS = [
    ("sqlite", "debian:sqlite3-doc", "usr/share/doc/sqlite3", [sqlite.functions]),
    ("python", "debian:python3.11-doc", "usr/share/doc/python3.11/html", [python.functions, messages.of_python]),
    ("git", "debian:git-doc", "usr/share/doc/git-doc", [git.options, git.settings, messages.of_git]),
    ("systemd", "debian:systemd", "usr/share/man", [systemd.directives]),
    ("mdn", "beside:corpora/mdn.tar.xz", "", [mdn.headers]),
]


def main():
    cache, out, *names = sys.argv[1:]
    cache, out = pathlib.Path(cache), pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    roots = []
    for name, source, root, makers in SETS:
        if names and name not in names:
            continue
        try:
            root = fetch.fetch(cache, source) / root
        except (subprocess.SubprocessError, OSError) as error:
            if not source.startswith("beside:"):
                raise
            print(f"left out: {name} ({error})")
            continue
        lines = [line for maker in makers for line in chosen(maker(root))]
        for kind in sorted({line["kind"] for line in lines}):
            print(f"{name}: {sum(line['kind'] == kind for line in lines)} of {kind}")
        (out / f"{name}.jsonl").write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
        roots.append(f"{name}\t{root}\n")
    (out / "roots.tsv").write_text("".join(roots))


def chosen(asked):
    """So many of them that a hash of the query determines; one line a query."""
    lines = {}
    for kind, query, page, entry in asked:
        lines[query] = {"query": query, "relevant": [page], "kind": kind, "entry": entry}
    return sorted(lines.values(), key=lambda line: hashlib.sha256(line["query"].encode()).digest())[:EACH]


if __name__ == "__main__":
    main()
