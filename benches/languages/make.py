"""Makes sets of documents in other languages, and questions about them whose answers are known: the headings that a translated page has,
by the page of the English edition with the same file name.

    make.py PACKAGES OUT

PACKAGES is the folder that benches/formats/fetch.py fetches into. OUT gets, for each edition, a folder of its pages and a file of
questions in the form that `docent eval` reads; and all editions of the handbook in one folder, with the questions of all of them.
"""

import hashlib
import html
import json
import pathlib
import re
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "formats"))
import fetch  # noqa: E402

HERE = pathlib.Path(__file__).parent
QUESTIONS = 20
HANDBOOK = ("debian-handbook", "usr/share/doc/debian-handbook/html", "{}")
# Korean has more of GIMP's help than of the handbook.
EDITIONS = [
    ("de", HANDBOOK, "en-US", "de-DE"),
    ("ja", HANDBOOK, "en-US", "ja-JP"),
    ("ko", HANDBOOK, "en-US", "ko-KR"),
    ("ru", HANDBOOK, "en-US", "ru-RU"),
    ("zh", HANDBOOK, "en-US", "zh-CN"),
    ("es", HANDBOOK, "en-US", "es-ES"),
    ("fr", HANDBOOK, "en-US", "fr-FR"),
    ("pt", HANDBOOK, "en-US", "pt-BR"),
    ("gimp-ko", ("gimp-help-{}", "usr/share/gimp/2.0/help", "{}"), "en", "ko"),
    ("gimp-ja", ("gimp-help-{}", "usr/share/gimp/2.0/help", "{}"), "en", "ja"),
]
# Those that one set holds all of.
MIXED = ["de", "ja", "ko", "ru", "zh"]
NUMBER = re.compile(r"^(?:[A-Z]?[\d.]+\.?|(?:Chapter|Kapitel|Capítulo|Chapitre|Appendix|Anhang|Глава|부록|第|附录|付録)\s*\w+[.章]?|\d+장\.)\s+")


def main():
    packages, out = map(pathlib.Path, sys.argv[1:])
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    asked = own_questions()
    mixed = []
    for name, source, english, folder in EDITIONS:
        first, other = (edition(packages, source, it) for it in (english, folder))
        copy(other, out / name)
        queries = made(first, other, "title") + made(first, other, "section")
        code = name.rpartition("-")[2]
        if "-" not in name:
            queries += [{"query": it[code], "relevant": [it["page"]], "kind": "asked"} for it in asked if it.get(code)]
        for query in queries:
            query["language"] = code
        write(out / f"{name}.jsonl", queries)
        if name in MIXED:
            copy(other, out / "mixed" / folder)
            mixed += [query | {"relevant": [f"{folder}/{page}" for page in query["relevant"]]} for query in queries]
    copy(edition(packages, HANDBOOK, "en-US"), out / "mixed" / "en-US")
    english = [{"query": it["en"], "relevant": [f"en-US/{it['page']}"], "kind": "asked", "language": "en"} for it in asked]
    write(out / "mixed.jsonl", mixed + english)
    unmarked(out, "es", "fr", "pt")


def edition(packages, source, language):
    package, root, folder = source
    return fetch.fetch(packages, f"debian:{package.format(language)}") / root / folder.format(language)


def copy(pages, to):
    to.mkdir(parents=True)
    for page in pages.glob("*.html"):
        shutil.copy(page, to)


def made(english, other, kind):
    """Questions that are headings of the other edition: those of pages, or of sections in them, which one page alone has."""
    found, seen = [], {}
    for path in sorted(english.glob("*.html")):
        if not (other / path.name).is_file():
            continue
        theirs, ours = headings(path), headings(other / path.name)
        for heading in dict.fromkeys(ours):
            seen[heading] = seen.get(heading, 0) + 1
        if len(theirs) != len(ours):
            continue
        pairs = list(zip(theirs, ours))
        pairs = pairs[:1] if kind == "title" else pairs[1:]
        found += [(path.name, heading) for before, heading in pairs if heading != before and len(heading) > 3]
    found = [it for it in found if seen[it[1]] == 1 and it[0] != "index.html"]
    found.sort(key=lambda it: hashlib.sha256("\0".join(it).encode()).digest())
    return [{"query": heading, "relevant": [page], "kind": kind} for page, heading in found[:QUESTIONS]]


def headings(path):
    text = path.read_text("utf-8", "replace")
    found = re.findall(r'<h([1-6])[^>]*class="title"[^>]*>(.*?)</h\1>', text, re.S)
    plain = (html.unescape(re.sub(r"<[^>]+>", "", it)) for _, it in found)
    return [NUMBER.sub("", re.sub(r"\s+", " ", it).strip()) for it in plain]


def own_questions():
    """Questions as people ask them, in words of our own: a line each with its page, tab-separated, in the languages of the first line."""
    first, *rest = (HERE / "questions.tsv").read_text("utf-8").splitlines()
    return [dict(zip(first.split("\t"), line.split("\t"))) for line in rest]


def unmarked(out, *names):
    """The same questions typed without marks."""
    import unicodedata

    for name in names:
        lines = (out / f"{name}.jsonl").read_text("utf-8").splitlines()
        plain = lambda text: "".join(it for it in unicodedata.normalize("NFD", text) if not unicodedata.combining(it))
        queries = [json.loads(line) for line in lines]
        write(out / f"{name}-unmarked.jsonl", [query | {"query": plain(query["query"])} for query in queries])


def write(path, queries):
    path.write_text("".join(json.dumps(it, ensure_ascii=False) + "\n" for it in queries), "utf-8")


if __name__ == "__main__":
    main()
