"""What a built page holds, told without docent: its main text, what may be shown or not, and its frame.

main     text of the body that is neither of the others
neutral  what is right with or without: text that is hidden until something is clicked, alternative texts, formulas,
         marks of permalinks, a table of contents of the page itself, short labels that most pages have
frame    navigation, headers and footers by their elements or roles, blocks of links that say so of themselves, and
         blocks that most pages of the set repeat
"""

import collections
import re
import sys

import lxml.etree
import lxml.html

import words

sys.setrecursionlimit(20_000)

_NOTHING = {"script", "style", "head", "template", "iframe", "frameset", "title", "link", "meta"}
_NEUTRAL = {"noscript", "svg", "math", "select", "option", "textarea", "button", "object", "audio", "video", "canvas", "dialog"}
_INLINE = set(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rp rt ruby s samp small span strike "
    "strong sub sup time tt u var wbr img input button math svg nav-link o o:p".split()
)
_ROLES = {"navigation", "banner", "contentinfo", "search", "menubar", "menu", "toolbar"}
_CHROME = {
    "nav", "navbar", "navigation", "navheader", "navfooter", "navrow", "navpath", "navlist", "navtab", "menu", "submenu", "breadcrumb",
    "breadcrumbs", "crumbs", "sidebar", "sphinxsidebar", "sphinxsidebarwrapper", "related", "pager", "pagination", "prev", "previous", "next",
    "footer", "header", "banner", "search", "searchbox", "toolbar", "skip", "topbar", "topnav", "bottomnav",
    "subnav", "tocset", "navset", "navright", "navleft", "spirit", "docnav", "interlinks",
}  # fmt: skip
_CONTENTS = {"toc", "contents", "toctree", "localtoc", "tocbox", "tableofcontents"}
_PERMALINK = {"headerlink", "permalink", "anchor", "anchorjs", "viewcode", "headeranchor", "mark", "selflink"}
_RELATIONS = {"prev", "previous", "next", "up", "home", "start", "contents", "index", "search", "top", "begin", "end", "copyright"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_LABELS = _HEADINGS - {"h1"} | {"dt", "th", "td", "caption", "figcaption", "summary", "legend"}
_SPLIT = re.compile(r"[^a-zA-Z0-9]+|(?<=[a-z])(?=[A-Z])")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
MAIN, NEUTRAL, FRAME = "main", "neutral", "frame"

Block = collections.namedtuple("Block", "tag runs linked")


class Built:
    """A built page: its blocks in reading order, its ids, its headings and its <title>."""

    def __init__(self, data, hidden=()):
        """`hidden`: classes of what the site's own style sheets hide until the pointer is on something."""
        root = parse(data)
        self._hidden = set(hidden)
        self.blocks, self.ids, self.headings, self.title = [], set(), [], ""
        self._attributes = []
        self._runs, self._tag, self._linked = [], "body", False
        if root is None:
            return
        for element in root.iter():
            if not isinstance(element.tag, str):
                continue
            for name in ("id", "name"):
                if element.get(name) and (name == "id" or _tag(element) in ("a", "map", "img", "form", "p", "div")):
                    self.ids.add(element.get(name))
        for element in root.iter():
            if isinstance(element.tag, str):
                tag = _tag(element)
                if tag == "title" and not self.title and _tag(element.getparent()) == "head":
                    self.title = _text(element)
                elif tag in ("h1", "h2", "h3"):
                    self.headings.append((tag, _text(element)))
        body = next((it for it in root.iter() if isinstance(it.tag, str) and _tag(it) == "body"), root)
        self._walk(body, MAIN, False, False)
        self._flush("body")

    def _flush(self, tag):
        if self._runs:
            self.blocks.append(Block(self._tag, self._runs, self._linked))
        self._runs, self._tag, self._linked = [], tag, False

    def _add(self, text, kind, in_link):
        if text:
            if text.strip():
                self._linked |= in_link
            if self._runs or text.strip():
                self._runs.append((kind, text))

    def _walk(self, element, kind, in_link, in_content):
        tag = _tag(element)
        if tag in _NOTHING:
            return
        kind = _kind(element, tag, kind, in_content)
        if kind == MAIN and self._hidden and self._hidden & set((element.get("class") or "").split()):
            kind = NEUTRAL
        in_content |= tag in ("main", "article")
        block = tag not in _INLINE
        if tag in ("br", "hr"):
            self._add("\n", kind, False)
        elif block:
            self._flush(tag)
            self._tag = tag
        for attribute in ("alt", "title", "aria-label", "placeholder", "value", "label", "summary", "data-title"):
            if element.get(attribute):
                self._attributes.append(element.get(attribute))
        if tag == "a" and self._runs and element.getprevious() is not None and _tag(element.getprevious()) == "a" and not element.getprevious().tail:
            self._add(" ", kind, False)
        in_link |= tag == "a" and element.get("href") is not None
        if kind == NEUTRAL and tag in ("math", "svg"):
            self._add(" ", NEUTRAL, False)
        self._add(element.text, kind, in_link)
        for child in element:
            if isinstance(child.tag, str):
                self._walk(child, kind, in_link, in_content)
            if block and isinstance(child.tag, str) and _tag(child) not in _INLINE and not self._runs:
                self._tag = tag
            self._add(child.tail, kind, in_link)
        if block:
            self._flush("body")

    def shapes(self):
        """The text of each block by which it is known on other pages."""
        return [" ".join("".join(text for _, text in block.runs).split()) for block in self.blocks]

    def parted(self, repeated):
        """(main, neutral, frame): multisets of words. `repeated` has the shapes that other pages have too, and what they are."""
        out = {kind: collections.Counter() for kind in (MAIN, NEUTRAL, FRAME)}
        out[NEUTRAL] += words.words("\n".join(self._attributes))
        for block, shape in zip(self.blocks, self.shapes()):
            kind_of = _repeated(block, shape, repeated)
            by_kind = collections.defaultdict(list)
            # Runs of one kind are joined: a word may be cut by an inline element.
            for kind, text in block.runs:
                by_kind[kind_of if kind_of and kind == MAIN else kind].append(text)
                for other in (MAIN, NEUTRAL, FRAME):
                    if other != (kind_of if kind_of and kind == MAIN else kind) and by_kind[other]:
                        by_kind[other].append(" ")
            for kind, texts in by_kind.items():
                out[kind] += words.words("".join(texts))
        return out[MAIN], out[NEUTRAL], out[FRAME]

    def main_blocks(self, repeated):
        """The texts of the main blocks, to show what was lost."""
        for block, shape in zip(self.blocks, self.shapes()):
            if shape and not _repeated(block, shape, repeated):
                text = "".join(text for kind, text in block.runs if kind == MAIN)
                if text.strip():
                    yield block.tag, " ".join(text.split())


def repeated_shapes(pages):
    """Shapes that most of the pages have, which are frame, or most of the pages of a folder, which may be: what they are, by
    shape. `pages`: (path, Built) pairs."""
    everywhere, folders = collections.Counter(), collections.defaultdict(collections.Counter)
    sizes = collections.Counter()
    for path, built in pages:
        folder = path.rpartition("/")[0]
        sizes[folder] += 1
        for shape in set(built.shapes()):
            everywhere[shape] += 1
            folders[folder][shape] += 1
    out = {}
    for folder, counts in folders.items():
        if sizes[folder] >= 4:
            out.update((it, NEUTRAL) for it, count in counts.items() if it and count > sizes[folder] / 2)
    if len(pages) >= 8:
        out.update((it, FRAME) for it, count in everywhere.items() if it and count > len(pages) / 2)
    return out


def parse(data):
    """The root element, of XHTML as XML where it says so and keeps to it."""
    head = data[:2048]
    if re.search(rb"<\?xml|XHTML|xmlns=", head):
        try:
            return lxml.etree.fromstring(data, lxml.etree.XMLParser(resolve_entities=False, load_dtd=False, huge_tree=True))
        except (lxml.etree.XMLSyntaxError, ValueError):
            pass
    declared = re.search(rb"charset=[\"']?\s*([\w-]+)", head, re.I)
    for encoding in ("utf-8", declared[1].decode() if declared else "cp1252", "latin-1"):
        try:
            text = data.decode(encoding)
            break
        except (UnicodeDecodeError, LookupError):
            continue
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.replace("\x00", ""))
    try:
        return lxml.html.document_fromstring(text, parser=lxml.html.HTMLParser(huge_tree=True))
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError):
        return None


def _tag(element):
    if element is None or not isinstance(element.tag, str):
        return ""
    return element.tag.rpartition("}")[2].lower()


def _text(element):
    return " ".join("".join(element.itertext()).split())


def _tokens(element):
    return {it.lower() for name in ("class", "id") for it in _SPLIT.split(element.get(name) or "") if it}


def _link_share(element):
    total = len(_text(element))
    if not total:
        return 0.0
    return sum(len(_text(it)) for it in element.iter("{*}a") if it.get("href") is not None) / total


def _kind(element, tag, kind, in_content):
    if kind == FRAME:
        return FRAME
    if tag == "nav" or element.get("role") in _ROLES:
        return FRAME
    if tag == "footer" and not _has_heading(element):
        return FRAME
    if tag == "header" and not in_content and not _has_heading(element):
        return FRAME
    if tag == "aside" and _link_share(element) > 0.5:
        return FRAME
    if _is_relation(element, tag):
        return FRAME
    if tag == "body":
        return kind
    tokens = _tokens(element)
    if tokens & _CHROME and tag != "a" and tag not in _HEADINGS and (_link_share(element) > 0.5 or _leads_on(element)) and not _has_heading(element):
        return FRAME
    if kind == NEUTRAL:
        return NEUTRAL
    if tag in _NEUTRAL or element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return NEUTRAL
    if _HIDDEN.search(element.get("style") or ""):
        return NEUTRAL
    if tag == "table" and tokens & {"head", "foot"}:
        return NEUTRAL
    if tag == "a" and tokens & _PERMALINK or tokens & {"viewcode", "srclink", "lineno", "linenos"}:
        return NEUTRAL
    if tokens & _CONTENTS and _link_share(element) > 0.5:
        return NEUTRAL
    if tag in ("ul", "ol", "dl", "table") and _is_own_contents(element):
        return NEUTRAL
    return kind


def _has_heading(element):
    return next(element.iter("{*}h1", "{*}h2"), None) is not None


def _is_relation(element, tag):
    """A link to the page before, after or above."""
    return tag == "a" and bool(set((element.get("rel") or "").lower().split()) & _RELATIONS or element.get("accesskey"))


def _leads_on(element):
    return any(_is_relation(it, "a") for it in element.iter("{*}a")) and len(_text(element).split()) <= 60


def _is_own_contents(element):
    links = [it for it in element.iter("{*}a") if it.get("href") is not None]
    if len(links) < 3 or not all(it.get("href").startswith("#") for it in links):
        return False
    return _link_share(element) > 0.7


def _repeated(block, shape, repeated):
    """What a block is for standing on other pages too, if anything."""
    kind = repeated.get(shape)
    if kind == FRAME and (block.tag in _LABELS or not block.linked and block.tag != "h1" and len(shape.split()) <= 4):
        return NEUTRAL
    return kind
