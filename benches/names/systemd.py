"""Directives of systemd's units and files, by its page systemd.directives(7), which says for each where it is defined."""

import gzip
import re

import read


def directives(root):
    """Those that the index knows of one page, and that this page has as a term once."""
    terms = {}
    for name, pages in _indexed(root):
        if len(pages) != 1:
            continue
        title, section = pages[0]
        path = f"man{section}/{title}.{section}.gz"
        if path not in terms and (root / path).is_file():
            terms[path] = _terms(_source(root / path))
        entries = terms.get(path, {}).get(name, [])
        if len(entries) == 1 and entries[0]:
            yield "systemd directive", f"{name}=" if read.half(name) else name, path, entries[0]


def _source(file):
    return gzip.decompress(file.read_bytes()).decode()


def _indexed(root):
    source = _source(root / "man7/systemd.directives.7.gz")
    for names, pages in re.findall(r"^\.PP\n((?:\\fI.*\n)+)\.RS 4\n(.*)\n", source, re.M):
        for name in re.findall(r"\\fI([A-Z]\w+)=\\fR", names):
            yield name, re.findall(r"\\fB([\w.-]+)\\fR\((\d)\)", pages.replace("\\-", "-"))


def _terms(source):
    """How the entry of each name begins, as often as the name is a term."""
    found = {}
    for terms, body in re.findall(r"^\.PP\n((?:\\fI.*\n)+)\.RS 4\n((?:(?!\.RE|\.PP|\.sp)[^\n]*\n)+)", source, re.M):
        for name in re.findall(r"\\fI([A-Z]\w+)=\\fR", terms):
            found.setdefault(name, []).append(read.first_words(_plain(body)))
    return found


def _plain(body):
    return re.sub(r"\\f.|\\&", "", body.replace("\\*(Aq", "'")).replace("\\-", "-").replace("\n", " ")
