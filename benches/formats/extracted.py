"""What pages hold, kept in the cache: that does not change with docent, so a second run need not find it out again."""

import hashlib
import pathlib
import pickle

import page
import sources

HERE = pathlib.Path(__file__).parent
LEARNT_FROM = 300


class Extracted:
    """The extraction of a set. `files`: its pages, in the order in which they are sampled."""

    def __init__(self, it, root, files, cache):
        self.form, self.root, self.files = it["format"], root, files
        self.hidden = it.get("hidden", [])
        made_by = ["words.py", "page.py", "requirements.txt"] + ([] if self.form == "html" else ["sources.py"])
        made_of = repr((it["from"], str(root), files[:LEARNT_FROM], self.hidden)).encode()
        key = hashlib.sha256(b"".join([*((HERE / name).read_bytes() for name in made_by), made_of])).hexdigest()[:16]
        self.path = cache / "extracted" / it["name"] / f"{key}.pickle"
        self.known = pickle.loads(self.path.read_bytes()) if self.path.exists() else {}

    def __getitem__(self, path):
        """(main, neutral, ids, main blocks) of a page: two multisets of words, a set or None, and pairs of a tag and a text."""
        if path not in self.known:
            self.known[path] = self._of(path)
        return self.known[path]

    def keep(self):
        """Writes down what is known, and forgets what earlier versions of the extraction found."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        for old in self.path.parent.iterdir():
            old.unlink()
        self.path.write_bytes(pickle.dumps(self.known))

    def _of(self, path):
        if self.form != "html":
            main, neutral = sources.parted(self.root / path, self.form)
            return main, neutral, None, []
        if None not in self.known:
            learnt = [(it, self._built(it)) for it in self.files[:LEARNT_FROM]]
            self.known[None] = page.repeated_shapes(learnt)
        built = self._built(path)
        main, neutral, _ = built.parted(self.known[None])
        return main, neutral, built.ids, list(built.main_blocks(self.known[None]))

    def _built(self, path):
        return page.Built((self.root / path).read_bytes(), self.hidden)
