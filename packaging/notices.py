"""Writes the licences of the crates in the binary: notices.py TARGET > third-party-licenses

Their licences ask that the notice goes with every copy. Reads what cargo has downloaded.
"""

import json
import pathlib
import subprocess
import sys

metadata = json.loads(
    subprocess.run(
        ["cargo", "metadata", "--format-version=1", "--locked", f"--filter-platform={sys.argv[1]}"],
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
)
packages = {package["id"]: package for package in metadata["packages"]}
edges = {
    node["id"]: [
        dependency["pkg"]
        for dependency in node["deps"]
        # What only tests or build scripts use is not in the binary.
        if any(kind["kind"] is None for kind in dependency["dep_kinds"])
    ]
    for node in metadata["resolve"]["nodes"]
}
root = metadata["resolve"]["root"]
seen, todo = {root}, [root]
while todo:
    for dependency in edges[todo.pop()]:
        if dependency not in seen:
            seen.add(dependency)
            todo.append(dependency)

texts = {}
for identifier in seen - {root}:
    package = packages[identifier]
    folder = pathlib.Path(package["manifest_path"]).parent
    name = f"{package['name']} {package['version']}"
    files = sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and path.name.upper().startswith(("LICENSE", "LICENCE", "COPYING", "NOTICE", "COPYRIGHT", "UNLICENSE"))
    )
    text = "\n".join(path.read_text(errors="replace").strip() + "\n" for path in files)
    texts.setdefault(text, []).append(f"{name} ({package['license'] or 'see below'})")

# The MPL asks to say where the source is.
print("docent is built with these crates, whose licences are below them. The source of each, as it is built, is at")
print("https://crates.io/crates/NAME/VERSION.")
for text, names in sorted(texts.items(), key=lambda item: sorted(item[1])):
    print("\n" + "=" * 80)
    print("\n".join(sorted(names)))
    print("=" * 80 + "\n")
    print(text or "The crate has no file with its licence's text: it is the standard text of the licence named.\n")
