"""Compares what docent makes of real documentation sets with an extraction of its own, and prints a table.

    compare.py CACHE PROGRAM OUT [--before OUT] [SET...]

CACHE holds what fetch.py fetched, PROGRAM is the `formats` benchmark, and OUT gets a folder's worth of results: a JSON file
for each set, `faults.txt` with what was lost and added on the pages where most was, and `table.md`. With --before, the figures
of an earlier run stand beside these. What is compared is written in page.py and sources.py; the right titles and the
questions, written by people who looked at the pages, in titles.tsv and questions.tsv.
"""

import argparse
import collections
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import tomllib
import unicodedata

import fetch
import words
from extracted import Extracted

HERE = pathlib.Path(__file__).parent
SAMPLE = 120
NAMES = {
    "html": r"\.(?:x?html?|html\.en)$",
    "markdown": r"\.(?:mdx?|markdown|qmd|Rmd)$",
    "rst": r"\.(?:rst|rest)$",
    "asciidoc": r"\.(?:adoc|asciidoc)$",
    "man": r"\.[1-9][a-z]*(?:\.gz)?$",
    "text": r"\.(?:txt|text)$",
}
# Reasons not to serve a page that has text, by which all of it is lost. What is served otherwise (a redirect, a copy, the source of a
# built page) is not compared.
LOSSES = ("no text", "not text", "not well-formed", "its text is neither", "not a documentation format", "not readable")
# Labels that docent writes around what a source marks as a note.
LABELS = collections.Counter({it: 10_000 for it in ("note", "tip", "warning", "important", "caution", "example", "info", "danger")})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cache", type=pathlib.Path)
    parser.add_argument("program")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--before", type=pathlib.Path)
    parser.add_argument("sets", nargs="*")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    titles, questions = judged("titles.tsv"), judged("questions.tsv")
    for it in tomllib.loads((HERE / "sets.toml").read_text())["set"]:
        if args.sets and it["name"] not in args.sets:
            continue
        started = time.monotonic()
        try:
            result = measure(it, args, titles.get(it["name"], []), questions.get(it["name"], []))
        except (OSError, subprocess.SubprocessError, AssertionError) as error:
            print(f"{it['name']}: {error}", file=sys.stderr, flush=True)
            continue
        (args.out / f"{it['name']}.json").write_text(json.dumps(result, indent=1))
        print(f"{row(result)} {time.monotonic() - started:.0f} s", flush=True)
    write_table(args)


def judged(name):
    """Lines `set TAB page TAB title` or `set TAB question TAB page`, by set; a line may stand for a page once more."""
    out = collections.defaultdict(list)
    path = HERE / name
    for line in path.read_text().splitlines() if path.exists() else []:
        if line and not line.startswith("#"):
            of, first, second = line.split("\t")
            out[of].append((first, second))
    return out


def measure(it, args, titles, questions):
    root = root_of(it, args.cache)
    pages, skipped, ranked = run(it, args, root, [question for question, _ in questions])
    result = {"name": it["name"], "generator": it["generator"], "format": it["format"], "pages": len(pages), "skipped": len(skipped)}
    files = sorted(files_of(it, root), key=lambda path: hashlib.sha256(path.encode()).digest())
    apart = re.compile(it.get("apart", r"(?!)"))
    shown = (path for path in files if path in pages or skipped.get(path, "").startswith(LOSSES))
    compared = [path for path in shown if not apart.search(path)][:SAMPLE]
    result["files"], result["compared"] = len(files), len(compared)
    totals = collections.Counter()
    faults = []
    extracted = Extracted(it, root, files, args.cache)
    for path in compared:
        main, neutral, ids, blocks = extracted[path]
        if ids is not None:
            anchors(path, pages, ids, totals, faults)
        got = pages.get(path)
        body = words.of_markdown("\n".join(section["markdown"] for section in got["sections"])) if got else collections.Counter()
        title = words.words(got["title"]) if got else collections.Counter()
        lost = main - body - title
        added = body - main - neutral - title - LABELS
        totals["main"] += main.total()
        totals["lost"] += lost.total()
        totals["docent"] += body.total()
        totals["added"] += added.total()
        faults.append(fault(path, main, lost, body, added, blocks, skipped.get(path)))
    extracted.keep()
    result["lost"] = share(totals["lost"], totals["main"])
    result["added"] = share(totals["added"], totals["docent"])
    if totals["anchors"]:
        result["anchors"] = share(totals["anchors exist"], totals["anchors"])
    names = Names(root, pages)
    judge_titles(titles, names, pages, result, faults)
    judge_questions(questions, ranked, names, result, faults)
    write_faults(args.out / f"{it['name']}.faults.txt", faults, totals)
    return result


def root_of(it, cache):
    root = fetch.fetch(cache, it["from"]) / it.get("root", "")
    assert root.exists(), f"{root} is not there"
    if "at_most" not in it:
        return root
    # So many of the files, the same ones each time.
    subset = cache / "subsets" / it["name"]
    if not subset.exists():
        files = sorted(files_of(it, root), key=lambda path: hashlib.sha256(path.encode()).digest())
        for path in files[: it["at_most"]]:
            (subset / path).parent.mkdir(parents=True, exist_ok=True)
            os.link((root / path).resolve(), subset / path)
    return subset


def files_of(it, root):
    name_of_page = re.compile(it.get("names", NAMES[it["format"]]))
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if name_of_page.search(name) and not os.path.islink(os.path.join(folder, name)):
                yield os.path.relpath(os.path.join(folder, name), root)


def run(it, args, root, questions):
    out = args.out / f"{it['name']}.jsonl"
    command = [args.program, str(root), it.get("base_url", "https://docs.example.org/"), str(out), *questions]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode:
        raise OSError(done.stderr[-500:])
    pages, skipped, ranked = {}, {}, {}
    for line in out.open():
        line = json.loads(line)
        if "page" in line:
            pages[line["page"]] = line
        elif "skipped" in line:
            skipped[line["skipped"]] = line["reason"]
        else:
            ranked[line["question"]] = line["ranked"]
    return pages, skipped, ranked


def anchors(path, pages, ids, totals, faults):
    for section in pages.get(path, {}).get("sections", []):
        if section["anchor"]:
            totals["anchors"] += 1
            if section["anchor"] in ids:
                totals["anchors exist"] += 1
            else:
                faults.append((1, f"ANCHOR {path}: #{section['anchor']} is not on the page"))


def fault(path, main, lost, body, added, blocks, skipped):
    lines = [f"PAGE {path}: {lost.total()} of {main.total()} words lost, {added.total()} of {body.total()} added"]
    if skipped:
        lines.append(f"  not served: {skipped}")
    if lost:
        lines.append("  lost: " + " ".join(f"{it}" if n == 1 else f"{it}*{n}" for it, n in lost.most_common(25)))
    if added:
        lines.append("  added: " + " ".join(f"{it}" if n == 1 else f"{it}*{n}" for it, n in added.most_common(25)))
    # Blocks of which most words are among the lost ones.
    shown = 0
    for tag, text in blocks:
        of_block = words.words(text)
        if shown < 6 and of_block.total() > 1 and (of_block & lost).total() > of_block.total() * 0.6:
            lines.append(f"    <{tag}> {text[:160]}")
            shown += 1
    return lost.total() + added.total(), "\n".join(lines)


class Names:
    """The pages of a set, whichever of a file's names they are served by."""

    def __init__(self, root, pages):
        self.root = root
        self.served = {self.file(path): path for path in pages}
        self.served.update((path, path) for path in pages)

    def file(self, path):
        return os.path.realpath(self.root / path)

    def of(self, path):
        """The path by which a page is served, or None."""
        return self.served.get(path) or self.served.get(self.file(path))


def judge_titles(titles, names, pages, result, faults):
    right = collections.defaultdict(set)
    for path, title in titles:
        right[path].add(plain(title))
    if not right:
        return
    good = 0
    for path, wanted in right.items():
        got = pages.get(names.of(path), {}).get("title")
        if got is not None and plain(got) in wanted:
            good += 1
        else:
            faults.append((10_000, f"TITLE {path}: {got!r}, not {' or '.join(wanted)!r}"))
    result["titles"] = [good, len(right)]


def plain(title):
    title = unicodedata.normalize("NFKC", re.sub(r"[`*\\\u00ad\u200b¶]", "", title))
    return " ".join(title.split())


def judge_questions(questions, ranked, names, result, faults):
    if not questions:
        return
    good = 0
    for question, wanted in questions:
        wanted = wanted.split("|")
        for path in wanted:
            if names.of(path) is None:
                faults.append((10_000, f"QUESTION {question!r}: {path} is not served"))
        first = ranked.get(question, [])[:1]
        if first and names.file(first[0]) in map(names.file, wanted):
            good += 1
        else:
            faults.append((10_000, f"QUESTION {question!r}: {ranked.get(question, [])[:3]}, not {wanted}"))
    result["questions"] = [good, len(questions)]


def write_faults(path, faults, totals):
    faults.sort(key=lambda it: -it[0])
    path.write_text("\n".join([str(dict(totals)), *(text for score, text in faults[:60] if score)]) + "\n")


def share(part, whole):
    return part / whole if whole else 0.0


def percent(value):
    return "" if value is None else f"{value * 100:.1f}"


def cells(result):
    titles, questions = result.get("titles"), result.get("questions")
    return [
        percent(result["lost"]),
        percent(result["added"]),
        f"{titles[0]}/{titles[1]}" if titles else "",
        percent(result.get("anchors")),
        f"{questions[0]}/{questions[1]}" if questions else "",
    ]


def row(result):
    return " | ".join([result["name"], result["format"], f"{result['pages']} of {result['files']}", *cells(result)])


def write_table(args):
    def results(folder):
        found = [json.loads(it.read_text()) for it in folder.glob("*.json")] if folder else []
        return {it["name"]: it for it in found}

    now, before = results(args.out), results(args.before)
    lines = [
        "| Set | Generator | Pages | Words lost, % | Words added, % | Titles right | Anchors that exist, % | Right page first |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for it in tomllib.loads((HERE / "sets.toml").read_text())["set"]:
        result = now.get(it["name"])
        if result:
            then = before.get(it["name"])
            pairs = zip(cells(then) if then else [""] * 5, cells(result))
            shown = [f"{old} → {new}" if old and old != new else new for old, new in pairs]
            lines.append(" | ".join([f"| {it['name']}", it["generator"], str(result["pages"]), *shown]) + " |")
    for folder, name in ((before, "before"), (now, "now")):
        if folder:
            lines.append(summary(folder.values(), name))
    (args.out / "table.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines[-2:]))


def summary(results, name):
    results = list(results)
    html = [it for it in results if it["format"] == "html"]
    other = [it for it in results if it["format"] != "html"]

    def of(key):
        pairs = [it[key] for it in results if key in it]
        return f"{sum(it[0] for it in pairs)}/{sum(it[1] for it in pairs)}"

    held = [
        f"lost <= 2 % in {sum(it['lost'] <= 0.02 for it in html)} of {len(html)} HTML sets",
        f"<= 5 % in {sum(it['lost'] <= 0.05 for it in other)} of {len(other)} source sets",
        f"added <= 3 % in {sum(it['added'] <= 0.03 for it in results)} of {len(results)}",
        f"titles {of('titles')}",
        f"anchors >= 98 % in {sum(it['anchors'] >= 0.98 for it in results if 'anchors' in it)} of {sum('anchors' in it for it in results)}",
        f"questions {of('questions')}",
    ]
    return f"\n{name}: " + "; ".join(held)


if __name__ == "__main__":
    main()
