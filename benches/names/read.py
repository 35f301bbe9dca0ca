"""What the makers of queries have in common: pages of a set, and words of an entry."""

import collections
import hashlib
import re

import page

WORDS = 8
_NOTES = {"versionadded", "versionchanged", "deprecated", "admonition", "availability"}


def pages(root, *, apart=""):
    """(path, root element) of each built page."""
    for file in sorted(root.rglob("*.html")):
        path = file.relative_to(root).as_posix()
        tree = None if apart and re.search(apart, path) else page.parse(file.read_bytes())
        if tree is not None:
            yield path, tree


def text(element):
    return " ".join("".join(element.itertext()).replace("\u00b6", " ").split())


def first_words(text, least=3):
    """How an entry begins, by which it is known where it is shown: whole words, as many as are surely of its first lines."""
    words = text.split()
    return " ".join(words[:WORDS]) if len(words) >= least else ""


def described(term):
    """How the description of a term of a definition list begins: of the next `<dd>`, without notes on versions."""
    for after in term.itersiblings():
        tag = str(after.tag).rpartition("}")[2]
        if tag == "dd":
            paragraphs = [it for it in after.iter("{*}p") if not _is_note(it, after)]
            return next((words for it in [*paragraphs, after] if (words := first_words(text(it)))), "")
        if tag not in ("dt", "a"):
            return ""
    return ""


def only_once(found):
    """Of (name, page, entry) those with a name that one page alone has, which has it once."""
    by_name = collections.defaultdict(list)
    for name, path, entry in found:
        by_name[name].append((path, entry))
    for name, places in sorted(by_name.items()):
        if len(places) == 1 and places[0][1]:
            yield name, *places[0]


def half(name):
    """Half of all names, by a hash."""
    return hashlib.sha256(name.encode()).digest()[-1] % 2 == 0


def _is_note(element, within):
    while element is not within:
        if _NOTES & set((element.get("class") or "").split()):
            return True
        element = element.getparent()
    return False
