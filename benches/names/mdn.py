"""HTTP headers, by MDN's folder of them: each has a page of its own."""

import collections
import re

import read

_FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)", re.S)
_TITLE = re.compile(r"^title: [\"']?(.*?)(?: \([A-Z]+\))?(?: header)?[\"']?$", re.M)


def headers(root):
    """Those whose name is no other page's title."""
    titles, found = collections.Counter(), []
    for file in sorted(root.rglob("*.md")):
        front = _FRONT.match(file.read_text())
        title = front and _TITLE.search(front[1])
        if not title:
            continue
        titles[title[1].lower()] += 1
        if "\npage-type: http-header\n" in front[1]:
            found.append((title[1], file.relative_to(root).as_posix(), _entry(front[2])))
    for name, path, entry in read.only_once(found):
        if titles[name.lower()] == 1:
            yield "http header", name, path, entry


def _entry(body):
    """The first words in a row that neither a macro nor a link interrupts."""
    for paragraph in re.split(r"\n\s*\n", body.strip()):
        plain = re.sub(r"[*`]", "", re.sub(r"\{\{.*?\}\}|\[[^\]]*\]\([^)]*\)", "\n", " ".join(paragraph.split())))
        runs = [run.lstrip(" ),.;") for run in plain.split("\n") if len(run.split()) >= 5]
        if runs and not paragraph.startswith((">", "<", "{{")):
            return read.first_words(runs[0])
    return ""
