"""Scores what `retrieval` found for the questions of make.py.

    score.py QUESTIONS RUN [QUESTIONS RUN]...
"""

import collections
import json
import pathlib
import sys

FOLDERS = {"de-DE": "de", "ja-JP": "ja", "ko-KR": "ko", "ru-RU": "ru", "zh-CN": "zh", "en-US": "en"}


def main():
    print(f"{'set':<12}{'kind':<10}{'questions':>9}{'first':>8}{'of three':>10}{'own language first':>20}")
    arguments = sys.argv[1:]
    for questions, run in zip(arguments[::2], arguments[1::2]):
        found = {it["query"]: it["ranked"] for it in lines(run)}
        kinds = collections.defaultdict(list)
        for it in lines(questions):
            ranked = found.get(it["query"], [])
            own = [FOLDERS.get(page.split("/")[0]) == it["language"] for page in ranked[:1]]
            result = (ranked[:1] == it["relevant"], it["relevant"][0] in ranked[:3], any(own))
            kinds[it["kind"]].append(result)
            if "mixed" in questions:
                kinds["in " + it["language"]].append(result)
            kinds["all"].append(result)
        for kind, results in kinds.items():
            share = [100 * sum(it[place] for it in results) / len(results) for place in range(3)]
            own = f"{share[2]:>19.0f}%" if "mixed" in questions else ""
            print(f"{pathlib.Path(questions).stem:<12}{kind:<10}{len(results):>9}{share[0]:>7.0f}%{share[1]:>9.0f}%{own}")


def lines(path):
    return [json.loads(line) for line in pathlib.Path(path).read_text("utf-8").splitlines()]


if __name__ == "__main__":
    main()
