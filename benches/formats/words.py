"""Words of a text, in the same way for what docent made of a page and for what the page holds."""

import collections
import html
import re
import unicodedata

# What Markdown uses for emphasis, code, links and escapes, and what no reader sees: gone from both sides alike.
_DELETED = dict.fromkeys(map(ord, "*`~^[]\\_\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_WORD = re.compile(r"[^\W_]+")
_DESTINATION = re.compile(
    r"\]\((?:<[^<>\n]*>|(?:[^()\s\\]|\\.|\((?:[^()\s\\]|\\.|\([^()\s]*\))*\))*)"
    r"(?:\s+(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'))?\s*\)"
)
_CODE = re.compile(r"\\[!-/:-@\[-`{-~]|(?<!`)(`+)(?!`)((?:(?!\n[ \t>]*\n).)+?)(?<!`)\1(?!`)", re.S)
_FENCE = re.compile(r"^(?P<indent>[ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)*)(?P<marks>`{3,}|~{3,})(?P<info>[^`\n]*)$")
_MARKER = re.compile(r"^(?P<before>[ \t>]*(?:[-*+][ \t]+)*)(?P<number>\d+)[.)](?=\s)")
_ANCHOR = re.compile(r"\s*\{#[^}\s]*\}\s*$")
_ALERT = re.compile(r"^[ \t>]*\[!\w+\][ \t]*$")


def words(text):
    """A multiset of the words of plain text."""
    text = unicodedata.normalize("NFKC", text.translate(_DELETED)).casefold()
    return collections.Counter(_WORD.findall(text))


def of_markdown(text):
    """The same of clean Markdown: without destinations of links, languages of code, numbers of lists."""
    return words(readable(text))


def readable(text):
    """Clean Markdown as a reader sees it."""
    out, prose, fence = [], [], None

    def flush():
        if prose:
            out.append(_prose("\n".join(prose)))
            prose.clear()

    for line in text.split("\n"):
        found = _FENCE.match(line)
        if fence is not None:
            if found and found["marks"][0] == fence[0] and len(found["marks"]) >= len(fence) and not found["info"].strip():
                fence = None
            else:
                out.append(line)
        elif found:
            flush()
            fence = found["marks"]
        else:
            prose.append(line)
    flush()
    return "\n".join(out)


def _prose(text):
    lines = []
    for line in text.split("\n"):
        if _ALERT.match(line):
            continue
        line = _MARKER.sub(lambda it: it["before"], line)
        if line.lstrip(" >").startswith("#"):
            line = _ANCHOR.sub("", line)
        lines.append(line)
    parts, end = [], 0
    text = "\n".join(lines)
    for code in _CODE.finditer(text):
        if not code[1]:
            continue
        parts.append((False, text[end : code.start()]))
        parts.append((True, code[2]))
        end = code.end()
    parts.append((False, text[end:]))
    # A link's text may hold code: destinations are looked for with the code left blank.
    blank = "".join("\x00" * 1 if is_code else part for is_code, part in parts)
    blank = re.sub(r"\)(?=!?\[)", ") ", blank)
    blank = html.unescape(_DESTINATION.sub("", blank))
    codes = iter([part for is_code, part in parts if is_code])
    kept = "".join(next(codes, "") if char == "\x00" else char for char in blank)
    return kept
