"""Messages of errors as they stand in examples: those that one page alone has, word for word."""

import re

import read

_EXCEPTION = re.compile(r"^\s*(?:Uncaught )?(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Warning)(?: \[\w+\])?: .{12,110}$")
_PROGRAM = re.compile(r"^\s*(?:\w+: )?(?:fatal|error|warning|hint): .{12,110}$")
# What an example leaves out or stands for cannot be asked for.
_UNSAID = re.compile(r"\.\.\.|\u2026|<[a-z]")


def of_python(root):
    yield from _messages(root, _EXCEPTION, "python message")


def of_git(root):
    yield from _messages(root, _PROGRAM, "git message")


def _messages(root, shape, kind):
    pages, found = {}, {}
    for path, tree in read.pages(root, apart=r"(^|/)(genindex|search|all)[^/]*\.html$"):
        pages[path] = read.text(tree)
        for example in tree.iter("{*}pre"):
            for line in "".join(example.itertext()).splitlines():
                message = " ".join(line.split())
                if shape.match(line) and not _UNSAID.search(message) and len(message.split()) >= 4:
                    found[message] = path
    for message in sorted(found):
        if sum(message in text for text in pages.values()) == 1:
            yield kind, message, found[message], message
