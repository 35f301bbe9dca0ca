"""Functions of SQLite's SQL, by its index of keywords: `abs() SQL function` leads to lang_corefunc.html#abs."""

import collections
import re

import page
import read

_FUNCTION = re.compile(r"^(?:(\w+)\(\)(?: SQL function)?|(\w+_\w+) (?:SQL|table-valued) function)$")


def functions(root):
    """Those that the index knows of one page, where neither the index nor a page's own name has the word for something else."""
    places = collections.defaultdict(set)
    names = {}
    for link in page.parse((root / "keyword_index.html").read_bytes()).iter("{*}a"):
        keyword, target = read.text(link), link.get("href") or ""
        named = _FUNCTION.match(keyword)
        name = named and (named[1] or named[2])
        word = (name or keyword).lower()
        places[word].add(target.partition("#")[0])
        if name and "/" not in target and not word.startswith("sqlite3"):
            names[name] = target
    trees = {}
    for name, target in sorted(names.items()):
        path, _, anchor = target.partition("#")
        others = {f"{name.lower()}.html"} - {path}
        if len(places[name.lower()]) > 1 or any((root / other).exists() for other in others):
            continue
        tree = trees.setdefault(path, page.parse((root / path).read_bytes()))
        entry = _entry(tree, anchor, name)
        if entry:
            yield "sqlite function", f"{name}()" if read.half(name) else name, path, entry


def _entry(tree, anchor, name):
    """How the entry at an anchor begins: the description of the next term, or the next paragraph that names the function."""
    is_there = not anchor
    for element in tree.iter("a", "p", "dt"):
        is_there |= element.tag == "a" and anchor in (element.get("name"), element.get("id"))
        if is_there and element.tag == "dt":
            return read.described(element)
        if is_there and element.tag == "p" and element.getparent().tag not in ("dt", "td"):
            words = read.text(element)
            if re.search(rf"\b{name}\b", words):
                return read.first_words(words)
    return ""
