#!/usr/bin/env python3
"""list.py FOLDER: what there is in a site that its generator has built, by the HTML alone, with nothing of docent's.

A line a page: `page`, its address below that of the site, the text of its <title>. A line a heading that has a fragment:
`heading`, the address, the fragment, its text. Pages without a heading of their own (indices, searches) are left out.
"""
import html.parser, os, re, sys

# What stands around the text of a page, by the names that the themes give it.
AROUND = re.compile(r"(^|[ _]|(?<!has)-)(sidebar|sphinxsidebar|toc|navbar|menu|breadcrumbs?|pagination|related|footer|feedback|modal|onlyprint|book-summary|jb-print-docs-body)([ _-]|$)", re.I)
EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.title, self.headings, self.stack = "", [], []
        self.heading, self.in_title, self.redirect = None, False, False

    def handle_starttag(self, tag, attributes):
        attributes = {name: value or "" for name, value in attributes}
        if tag == "meta" and attributes.get("http-equiv", "").lower() == "refresh":
            self.redirect = True
        if tag in EMPTY:
            return
        names = attributes.get("class", "")
        around = tag in ("nav", "aside", "footer", "dialog") or (tag != "body" and tag != "html" and bool(AROUND.search(names)))
        mark = tag == "a" and re.search(r"headerlink|hash-link|header-anchor|anchor|subheading", names)
        mark = bool(mark) or "sr-only" in names or "visually-hidden" in names or tag in ("svg", "script", "style", "template")
        self.stack.append((tag, around, mark, attributes.get("id", "")))
        self.in_title = self.in_title or (tag == "title" and not self.title)
        if re.fullmatch("h[1-6]", tag) and not any(around for _, around, _, _ in self.stack):
            ids = [attributes.get("id", "")]
            # The section that the heading begins; later headings of it begin others.
            if not ids[0] and len(self.stack) > 1:
                above = self.stack[-2]
                if above[0] in ("section", "div", "header") and above[3] and not above[3] in [id for _, id, _ in self.headings]:
                    ids = [above[3]]
            self.heading = [tag, ids[0], ""]

    def handle_endtag(self, tag):
        if tag == "title":
            self.in_title = False
        if self.heading and tag == self.heading[0]:
            self.heading[2] = " ".join(self.heading[2].split())
            self.headings.append(tuple(self.heading))
            self.heading = None
        if tag in [open for open, *_ in self.stack]:
            while self.stack.pop()[0] != tag:
                pass

    def handle_data(self, data):
        if self.in_title:
            self.title += data
        elif self.heading and not any(mark for _, _, mark, _ in self.stack):
            self.heading[2] += data


def main(folder):
    lines = []
    for path, folders, files in os.walk(folder):
        folders.sort()
        for file in sorted(files):
            if not file.endswith(".html") or file in ("404.html", "genindex.html", "search.html", "_not-found.html"):
                continue
            address = os.path.relpath(os.path.join(path, file), folder)
            address = re.sub(r"(^|/)index\.html$", r"\1", address)
            page = Page()
            with open(os.path.join(path, file), encoding="utf-8") as text:
                page.feed(text.read())
            if page.redirect or not page.headings:
                continue
            lines.append(("page", address, " ".join(page.title.split())))
            for _, id, text in page.headings:
                # Starlight's heading of the page is where the page begins.
                if id and id != "_top" and text:
                    lines.append(("heading", address, id, text))
    for line in lines:
        print("\t".join(line))


main(sys.argv[1])
