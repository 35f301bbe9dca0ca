#!/usr/bin/env python3
"""Prints the circles in which files of one module import each other, as
"FOLDER: FILE -> FILE -> FILE"; `tests/invariants.sh` refuses them.

    circles.py [SOURCE]         of a crate's source, `src` where none is named
    circles.py --self-test      of sources that show what counts

An import is any path that leads to another file: `use super::x`, `super::x::Y`, `crate::m::x::Y`,
`self::x` and, in the file that declares `mod x`, a bare `x::Y`. A name that a module's own file only
imports or re-exports leads to the file that it comes from. What is in `#[cfg(test)] mod` does not count:
tests may look at everything.

The folders of a module are taken one at a time. A file there stands for itself and for its children; the
module's own file stands for none of them: that it uses its children is what it is for, and its children
may use what it declares.
"""

import re
import sys
from pathlib import Path

Path_ = tuple[str, ...]


def main() -> int:
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    root = Path(sys.argv[1] if len(sys.argv) > 1 else "src")
    sources = {module_of(file.relative_to(root)): file.read_text() for file in root.rglob("*.rs")}
    for circle in circles(sources):
        print(circle)
    return 0


def circles(sources: dict[Path_, str]) -> list[str]:
    modules = {path: Module(path, text, sources.keys()) for path, text in sources.items()}
    uses = {
        (user, used)
        for user, module in modules.items()
        for written in module.paths
        if (used := file_of(written, user, modules)) not in (None, user)
    }
    found = []
    for folder in sorted({path[:-1] for path in modules if path}):
        if not folder:
            continue  # The modules themselves have a rule of their own.
        graph: dict[str, set[str]] = {}
        depth = len(folder)
        for user, used in uses:
            inside = user[:depth] == folder == used[:depth] and len(user) > depth < len(used)
            if inside and user[depth] != used[depth]:
                graph.setdefault(user[depth], set()).add(used[depth])
        found += [f"{'/'.join(folder)}: {' -> '.join(way)}" for way in ways_round(graph)]
    return found


class Module:
    """A file: the paths in it, and what its names lead to."""

    def __init__(self, path: Path_, text: str, known) -> None:
        code = without_tests(without_text(text))
        children = {other[-1] for other in known if other and other[:-1] == path}
        self.names: dict[str, Path_] = {}
        self.paths: list[Path_] = []
        rest = []
        end = 0
        for use in re.finditer(r"\buse\s+([^;]+);", code):
            rest.append(code[end : use.start()])
            end = use.end()
            for way, name in flat(use.group(1)):
                if way[0] in children or way[0] in ("crate", "self", "super"):
                    self.paths.append(way)
                    self.names[name] = way
        rest.append(code[end:])
        for way in re.findall(r"(?<![\w:$])((?:r#)?[a-z_]\w*(?:\s*::\s*\w+)+)", " ".join(rest)):
            way = tuple(re.sub(r"\s|r#", "", way).split("::"))
            if way[0] in children or way[0] in ("crate", "self", "super"):
                self.paths.append(way)


def file_of(written: Path_, where: Path_, modules: dict[Path_, Module], depth: int = 0) -> Path_ | None:
    """The file in which a path that is written in another one ends."""
    at, rest = where, list(written)
    while rest and rest[0] in ("crate", "self", "super"):
        step = rest.pop(0)
        at = () if step == "crate" else at[:-1] if step == "super" else at
    while rest and (*at, rest[0]) in modules:
        at = (*at, rest.pop(0))
    if at not in modules:
        return None
    name = modules[at].names.get(rest[0]) if rest else None
    if name and name != written and depth < 8:
        return file_of((*name, *rest[1:]), at, modules, depth + 1) or at
    return at


def flat(tree: str) -> list[tuple[Path_, str]]:
    """`a::{b, c as d}` as its paths, each with the name that it gets."""
    tree = tree.strip()
    brace = tree.find("{")
    if brace < 0:
        path, _, alias = (part.strip() for part in tree.partition(" as "))
        way = tuple(part.strip().removeprefix("r#") for part in path.split("::") if part.strip())
        if not way:
            return []
        way = way[:-1] if way[-1] == "self" and len(way) > 1 else way
        return [(way, alias or way[-1])]
    before = tuple(part.strip() for part in tree[:brace].split("::") if part.strip())
    parts, depth, start = [], 0, 0
    inside = tree[brace + 1 : tree.rindex("}")]
    for at, character in enumerate(inside):
        depth += (character == "{") - (character == "}")
        if character == "," and depth == 0:
            parts.append(inside[start:at])
            start = at + 1
    parts.append(inside[start:])
    result = []
    for part in filter(str.strip, parts):
        for way, name in flat(part):
            if way == ("self",):
                result.append((before, before[-1] if name == "self" else name))
            else:
                result.append(((*before, *way), name))
    return result


def without_text(text: str) -> str:
    """Without comments and what stands in quotes."""
    pattern = r'//[^\n]*|/\*.*?\*/|b?r(#*)".*?"\1|b?"(?:\\.|[^"\\])*"|b?\'(?:\\.[^\']*|[^\'\\])\''
    return re.sub(pattern, lambda found: '""' if '"' in found[0] else " ", text, flags=re.DOTALL)


def without_tests(code: str) -> str:
    while found := re.search(r"#\[cfg\(test\)\]\s*(?:pub(?:\([^)]*\))?\s+)?(mod\s+\w+\s*[{;]|use\b[^;]*;|[^{;]*[{;])", code):
        end = found.end()
        depth = int(code[end - 1] == "{")
        while depth and end < len(code):
            depth += (code[end] == "{") - (code[end] == "}")
            end += 1
        code = code[: found.start()] + code[end:]
    return code


def module_of(file: Path) -> Path_:
    parts = file.with_suffix("").parts
    if parts[-1] == "mod" or parts in (("lib",), ("main",)):
        return parts[:-1]
    return parts


def ways_round(graph: dict[str, set[str]]) -> list[list[str]]:
    """One shortest way round for each group of files of which each leads to all others."""
    reach = {start: reached(graph, start) for start in graph}
    seen: set[str] = set()
    found = []
    for start in sorted(graph):
        if start in seen or start not in reach[start]:
            continue
        group = {other for other in reach[start] if start in reach.get(other, ())}
        seen |= group
        found.append(min((shortest(graph, one) for one in sorted(group)), key=len))
    return found


def reached(graph: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    open_ = list(graph[start])
    while open_:
        one = open_.pop()
        if one not in found:
            found.add(one)
            open_ += graph.get(one, ())
    return found


def shortest(graph: dict[str, set[str]], start: str) -> list[str]:
    ways = [[start]]
    while ways:
        way = ways.pop(0)
        for step in sorted(graph.get(way[-1], ())):
            if step == start:
                return [*way, start]
            if step not in way:
                ways.append([*way, step])
    return [start]


def self_test() -> int:
    own = "mod a; mod b; mod c; mod d; pub use b::B; use c::C;"
    cases = [
        ("one way", {"a": "use super::b::X;", "b": "use crate::m::c;"}, []),
        ("use", {"a": "use super::b;", "b": "use super::{c::{self, Y}, a::Z};"}, ["m: a -> b -> a"]),
        ("in an expression", {"a": "fn f() { super::b::g() }", "b": "fn g() { crate::m::a::f() }"}, ["m: a -> b -> a"]),
        ("in a type", {"a": "struct S(Vec<super::b::T>);", "b": "use super::a::S;"}, ["m: a -> b -> a"]),
        ("three", {"a": "use super::b::B;", "b": "use super::c;", "c": "use super::a;"}, ["m: a -> b -> c -> a"]),
        ("by a re-export", {"a": "use super::B;", "b": "use super::a;"}, ["m: a -> b -> a"]),
        ("by what the module imports", {"a": "use super::C;", "c": "use super::a;"}, ["m: a -> c -> a"]),
        ("by a child", {"a": "mod x;", "a/x": "use super::super::b;", "b": "use super::a::S;"}, ["m: a -> b -> a"]),
        ("among children", {"a": "mod x; mod y;", "a/x": "use super::y::Y;", "a/y": "use crate::m::a::x;"}, ["m/a: x -> y -> x"]),
        ("a parent and its child", {"a": "mod x; fn f() { x::g() }", "a/x": "use super::f;"}, []),
        ("in tests", {"a": "use super::b;", "b": "#[cfg(test)]\nmod tests { use super::super::a; }"}, []),
        ("in text", {"a": "use super::b;", "b": "// super::a\nconst S: &str = \"use super::a;\";"}, []),
        ("after quotes", {"a": "use super::b;", "b": "const C: char = '\"'; use super::a; const D: char = '\"';"}, ["m: a -> b -> a"]),
    ]
    failed = 0
    for name, files, expected in cases:
        sources = {("m",): own} | {("m", *path.split("/")): text for path, text in files.items()}
        found = circles(sources)
        if found != expected:
            print(f"circles.py: {name}: found {found}, not {expected}")
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
