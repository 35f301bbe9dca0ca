#!/usr/bin/env python3
"""Whether what an answer shows answers the question: a sample of the benchmark's questions, judged by people who read it.

    judged.py ANSWERS.SET.jsonl ...            the share of each verdict, and which verdicts are stale
    judged.py --show ANSWERS.SET.jsonl ...     what is to be judged: the questions with what is shown
    judged.py --keep ANSWERS.SET.jsonl ...     writes judged.jsonl anew: verdicts whose passage has not changed stay, the
                                               others are "?", to be filled in by whoever reads what is shown

ANSWERS.SET.jsonl is what `cargo bench --bench answers -- ... --write` wrote for a set; SET is its name. Of each set the
20 questions are taken whose hashes are the smallest. Judged is what is shown of the page that the question was pointed to,
where the answer shows something of it, else of the answer's first page. The verdict is "yes" where somebody who reads that
alone has the answer, or the part of it that matters; "no" else.
"""

import hashlib
import json
import re
import sys
from pathlib import Path

KEPT = Path(__file__).with_name("judged.jsonl")
SAMPLE = 20


def main() -> int:
    arguments = sys.argv[1:]
    options = {it for it in arguments if it.startswith("--")}
    files = [Path(it) for it in arguments if not it.startswith("--")]
    if not files or not options <= {"--show", "--keep"}:
        print(__doc__)
        return 64
    known = {}
    if KEPT.exists():
        lines = [json.loads(line) for line in KEPT.read_text().splitlines()]
        known = {(line["set"], line["query"]): line for line in lines}
    rows = [row for file in files for row in sample(file)]
    for row in rows:
        judged = known.get((row["set"], row["query"]))
        is_fresh = judged is not None and judged["hash"] == row["hash"]
        row["verdict"] = judged["verdict"] if is_fresh else "?"
        row["reason"] = judged["reason"] if is_fresh else ""
    if "--show" in options:
        for number, row in enumerate(rows):
            print(f"=== {number}. [{row['set']}] {row['query']}\n--- {row['page']} ({row['verdict']})\n{row['passage']}\n")
    if "--keep" in options:
        keys = ["set", "query", "page", "hash", "verdict", "reason"]
        text = "".join(json.dumps({key: row[key] for key in keys}, ensure_ascii=False) + "\n" for row in rows)
        KEPT.write_text(text)
    for name in sorted({row["set"] for row in rows}) + [None]:
        of = [row["verdict"] for row in rows if name in (None, row["set"])]
        yes, no, stale = (of.count(verdict) for verdict in ("yes", "no", "?"))
        share = f"{100 * yes / (yes + no):.0f} %" if yes + no else "-"
        print(f"{name or 'all'}: {len(of)} questions, answered {yes} ({share}), not {no}, to be judged {stale}")
    return 0


def sample(file: Path) -> list[dict]:
    name = file.name.split(".")[-2]
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    lines.sort(key=lambda line: hashlib.sha256(line["query"].encode()).hexdigest())
    return [row(name, line) for line in lines[:SAMPLE]]


def row(name: str, line: dict) -> dict:
    pages = shown(line["text"])
    right = [it for it in pages if it[0].split("/", 1)[-1] in line["relevant"] and it[1]]
    page, passage = (right or pages or [("", "")])[0]
    digest = hashlib.sha256(passage.encode()).hexdigest()[:16]
    return {"set": name, "query": line["query"], "page": page, "passage": passage, "hash": digest}


def shown(answer: str) -> list[tuple[str, str]]:
    """The pages of an answer: id, and what is shown of it."""
    text = re.split(r"^<<<.*>>>\n", answer, flags=re.M)
    text = text[1] if len(text) > 1 else ""
    pages = []
    for page in re.split(r"^(?=# \d+\. )", text, flags=re.M)[1:]:
        lines = page.splitlines()
        at = next((at for at, line in enumerate(lines) if line.startswith("id: ")), None)
        if at is None:
            continue
        body = lines[at + 1 :]
        while body and re.match(r"(Also at|In other languages or versions): ", body[0]):
            body.pop(0)
        passage = "\n".join(line for line in body if not line.startswith("More of it: "))
        pages.append((lines[at].removeprefix("id: "), passage.strip()))
    return pages


if __name__ == "__main__":
    sys.exit(main())
