"""Options of git's commands and settings of git-config, by the terms of the lists that define them."""

import re

import read

_OPTION = re.compile(r"^(--[a-z][a-z0-9-]+)(?![a-z0-9-])")
_SETTING = re.compile(r"^([a-z][A-Za-z]+(?:\.<[a-z-]+>)?\.[A-Za-z]+)$")


def options(root):
    found = ((it[1].replace("--[no-]", "--"), path, entry) for it, path, entry in _terms(root, _OPTION))
    for name, path, entry in read.only_once(found):
        if path.startswith("git"):
            yield "git option", name, path, entry


def settings(root):
    for name, path, entry in read.only_once((it[1], path, entry) for it, path, entry in _terms(root, _SETTING)):
        if path == "git-config.html":
            yield "git setting", name, path, entry


def _terms(root, shape):
    for path, tree in read.pages(root):
        for term in tree.iter("{*}dt"):
            # `--[no-]progress` is how a page writes two options.
            named = shape.match(re.sub(r"^--\[no-\]", "--", read.text(term)))
            if named:
                yield named, path, read.described(term)
