#!/usr/bin/env python3
"""Words of manual pages that docent loses, and that it adds, against what mandoc shows.

    cargo bench --bench formats -- /usr/share/man "" man.jsonl
    man.py /usr/share/man man.jsonl [PAGES] [SEED]

PAGES pages (600) are chosen, evenly from all folders, so that every section and language is there. mandoc is asked for
UTF-8 as a terminal gets it; its first and last line, the header and the footer, are not compared.
"""

import collections
import concurrent.futures
import gzip
import json
import pathlib
import random
import re
import subprocess
import sys

SHOWN = 15
WORD = re.compile(r"\w+")


def chosen(folder, count, seed):
    """As many files of each folder, in an order that the seed determines."""
    folders = collections.defaultdict(list)
    for file in sorted(folder.glob("**/*.gz")):
        if not file.is_symlink() and file.stat().st_size > 300:
            folders[file.parent].append(file)
    order = random.Random(seed)
    for files in folders.values():
        order.shuffle(files)
    chosen = []
    while len(chosen) < count and any(folders.values()):
        chosen += [files.pop() for _, files in sorted(folders.items()) if files]
    return chosen[:count]


def shown(file):
    """What mandoc shows of a page; nothing for one that only includes another."""
    source = gzip.decompress(file.read_bytes())
    if re.match(rb"(?:[.']\\\"[^\n]*\n|\s)*\.so ", source):
        return None
    command = ["mandoc", "-T", "utf8", "-O", "width=500"]
    text = subprocess.run(command, input=source, capture_output=True, check=False).stdout
    lines = re.sub(".\x08", "", text.decode("utf-8", "replace")).split("\n")
    return "\n".join([line for line in lines if line.strip()][1:-1])


def words(text):
    return collections.Counter(word.lower() for word in WORD.findall(text.replace("\u00ad", "").replace("_", " ")))


def plain(markdown):
    """Markdown without addresses and escapes; code is as it stands."""
    parts = re.split(r"(^ *`{3,}[^\n]*\n.*?^ *`{3,}$|`+[^`\n]*`+)", markdown, flags=re.MULTILINE | re.DOTALL)
    for at in range(0, len(parts), 2):
        parts[at] = re.sub(r"\\(.)", r"\1", re.sub(r"\]\((?:<[^>]*>|[^)\s]*)\)", "]", parts[at]))
    return "".join(parts)


def main():
    folder, out = pathlib.Path(sys.argv[1]), sys.argv[2]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 600
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    pages, skipped = {}, {}
    with open(out, encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            if "page" in line:
                pages[line["page"]] = "\n\n".join(section["markdown"] for section in line["sections"])
            elif "skipped" in line:
                skipped[line["skipped"]] = line["reason"]
    files = chosen(folder, count, seed)
    rows, total, lost, added = [], 0, 0, 0
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for file, text in zip(files, pool.map(shown, files)):
            name = str(file.relative_to(folder))
            if text is None or "same" in skipped.get(name, ""):
                continue
            wanted, found = words(text), words(plain(pages.get(name, "")))
            missing, more = (wanted - found).total(), (found - wanted).total()
            total, lost, added = total + wanted.total(), lost + missing, added + more
            rows.append((missing, more, wanted.total(), name, skipped.get(name, ""), (wanted - found).most_common(8)))
    over = sum(1 for row in rows if row[0] > 0.02 * row[2])
    print(f"{len(rows)} pages, {total} words: {lost / total:.2%} lost, {added / total:.2%} added, {over} pages lose more than 2 %")
    for missing, more, of, name, reason, examples in sorted(rows, reverse=True)[:SHOWN]:
        print(f"{missing:6} of {of:6}, +{more}: {name} {reason} {[word for word, _ in examples]}")


if __name__ == "__main__":
    main()
