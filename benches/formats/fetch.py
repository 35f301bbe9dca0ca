"""Fetches the sets of sets.toml into a folder: packages of Debian, PyPI and npm, unpacked and not installed, and archives that stand
beside the checkout; a set whose archive does not is left out.

    fetch.py FOLDER [SET...]
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import tomllib

HERE = pathlib.Path(__file__).parent


def main():
    folder, *names = sys.argv[1:]
    failed = []
    for it in tomllib.loads((HERE / "sets.toml").read_text())["set"]:
        if names and it["name"] not in names:
            continue
        try:
            fetch(pathlib.Path(folder), it["from"])
        except (subprocess.SubprocessError, OSError) as error:
            if it["from"].startswith("beside:"):
                print(f"left out: {it['name']} ({error})", flush=True)
                continue
            failed.append(f"{it['from']}: {error}")
    if failed:
        sys.exit("These could not be fetched; are the lists of packages fresh (apt-get update)?\n  " + "\n  ".join(failed))


def fetch(folder, source):
    """The folder of a package, which is made where it is not there yet."""
    kind, _, package = source.partition(":")
    to = folder / kind / package.removesuffix(".tar.xz").replace("/", "+")
    if to.exists():
        return to
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as work:
        work = pathlib.Path(work)
        root = work / "root"
        root.mkdir()
        if kind == "beside":
            run("tar", "-xf", beside(package), "-C", root)
        elif kind == "debian":
            # Root's download would be dropped to another user, who may not write here.
            run("apt-get", "-o", "APT::Sandbox::User=root", "-qq", "download", package, cwd=work)
            run("dpkg-deb", "-x", next(work.glob("*.deb")), root)
        else:
            if kind == "npm":
                run("npm", "pack", "--silent", package, cwd=work, stdout=subprocess.DEVNULL)
            else:
                run(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", work, package)
            archive = next(it for it in work.iterdir() if it.name.endswith((".tgz", ".tar.gz")))
            run("tar", "-xzf", archive, "-C", root, "--strip-components=1")
        shutil.move(root, to)
    print(f"fetched {source}", flush=True)
    return to


def beside(archive):
    """A file in a folder that stands beside the checkout, or beside a folder that it is in."""
    checkout = HERE.parent.parent
    for above in (checkout.parent, checkout.parent.parent):
        for it in sorted(above.iterdir()):
            if (it / archive).is_file():
                return it / archive
    raise OSError("no such file in a folder beside the checkout")


def run(*command, **more):
    subprocess.run(["nice", *map(str, command)], check=True, timeout=1800, **more)


if __name__ == "__main__":
    main()
