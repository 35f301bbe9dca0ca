"""What the source of a page holds, told without docent: (main, neutral) multisets of words, with the markup left out.

Markdown by markdown-it, reStructuredText by docutils, AsciiDoc by asciidoctor, manual pages by mandoc; the template syntax
that generators add to Markdown is taken apart here, its words neutral: right with or without.
"""

import collections
import pathlib
import re
import subprocess

import docutils.core
import docutils.nodes
import docutils.parsers.rst
import docutils.parsers.rst.directives
import docutils.parsers.rst.roles
import docutils.utils
import markdown_it
import mdit_py_plugins.footnote

import page
import words


def parted(path, form):
    """(main, neutral) of a file, and the title that the source itself names."""
    if form == "text":
        return words.words(_decoded(path)), collections.Counter()
    return {"markdown": _markdown, "rst": _rst, "asciidoc": _asciidoc, "man": _man}[form](path)


def _decoded(path):
    return path.read_bytes().decode("utf-8", "replace")


# Markdown

_FRONT = re.compile(r"\A\ufeff?(---|\+\+\+)[ \t]*\n(.*?)\n\1[ \t]*(?:\n|\Z)", re.S)
_HIDDEN = re.compile(r"<!--.*?-->|\{/\*.*?\*/\}|\{%-?\s*comment.*?endcomment\s*-?%\}|\{#-.*?-#\}", re.S)
_TEMPLATE = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\{:[^}\n]*\}|\{[#.][^}\n]*\}|\{ ?[^{}\n]*(?:[\w-]=| \.[\w-])[^{}\n]*\}|(?<![\w:]):[a-z][\w+-]*:(?!\w)", re.S
)
_MODULE = re.compile(r"^(?:import|export)\s[^\n]*(?:\n(?![\n#])[^\n]*)*?(?:;|['\"`)}\]])[ \t]*$", re.M)
_OPENING = re.compile(r"^(?P<indent>[ \t]*)(?:!!!|\?\?\?\+?|===[!+]?)[ \t]*(?P<rest>[^\n]*)$")
_CONTAINER = re.compile(r"^(?P<indent>[ \t>]*):{3,}[ \t]*\{?(?P<kind>[\w-]*)\}?[ \t]*(?P<rest>[^\n]*)$")
_BLOCK = re.compile(r"^[ \t]*///[^\n]*$|^[ \t]*(?:--8<--|;--8<--)[^\n]*$|^[ \t]*::: [^\n]*$", re.M)
_ROLE = re.compile(r"\{([\w:.+-]+)\}`([^`]*)`")
_TAG = re.compile(r"</?[A-Za-z][\w.:-]*(?:\s+(?:[^<>\"'{}]|\"[^\"]*\"|'[^']*'|\{(?:[^{}]|\{[^{}]*\})*\})*)?\s*/?>|<>|</>")
_MYST = re.compile(r"^\{([\w:.+-]+)\}\s*(.*)$")


def _markdown(path):
    main, neutral = collections.Counter(), collections.Counter()
    text = _decoded(path)
    front = _FRONT.match(text)
    if front:
        neutral += words.words(front[2])
        text = text[front.end() :]
    _read_markdown(text, main, neutral, 0)
    return main, neutral


def _read_markdown(text, main, neutral, depth):
    parts = _apart(text)
    for is_code, part in parts:
        if is_code:
            continue
        neutral += words.words(" ".join(_HIDDEN.findall(part)))
    text = "".join(part if is_code else _HIDDEN.sub(" ", part) for is_code, part in parts)
    text = "".join(part if is_code else _module_less(part, neutral) for is_code, part in _apart(text))
    text = _dedented(text, neutral)
    parser = markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(mdit_py_plugins.footnote.footnote_plugin)
    out = []
    for token in parser.parse(text):
        if token.type in ("fence", "code_block"):
            _code(token, main, neutral, depth)
        elif token.type == "inline":
            out.append("\n")
            _inline(token.children, out, neutral)
        elif token.type == "html_block":
            out.append("\n")
            out.append(_tagless(token.content, neutral))
    main += words.words("".join(out))


def _apart(text):
    """(whether it is fenced code, text) pairs that make up the text."""
    out, lines, fence = [], [], None
    for line in text.splitlines(keepends=True):
        marks = re.match(r"^[ \t>]*(?:[-*+] |\d+\. )*(`{3,}|~{3,})", line)
        if fence is None and marks:
            out.append((False, "".join(lines)))
            lines, fence = [line], marks[1]
        elif fence is not None and marks and marks[1].startswith(fence) and not line.strip(" \t>`~\r\n"):
            lines.append(line)
            out.append((True, "".join(lines)))
            lines, fence = [], None
        else:
            lines.append(line)
    out.append((fence is not None, "".join(lines)))
    return out


def _module_less(text, neutral):
    neutral += words.words(" ".join(it[0] for it in _MODULE.finditer(text)))
    return _MODULE.sub("", text)


def _dedented(text, neutral):
    """With what `!!! note`, `=== "Tab"` and `:::note` stand around read as ordinary text."""
    out, indents, fence = [], [], None
    for line in text.split("\n"):
        width = len(line) - len(line.lstrip(" "))
        if not fence:
            while line.strip() and indents and width < indents[-1]:
                indents.pop()
        stripped = line[indents[-1] if indents else 0 :] if line.strip() else ""
        marks = re.match(r"^[ \t>]*(?:[-*+] |\d+\. )*(`{3,}|~{3,})", stripped)
        if marks and (fence is None or marks[1].startswith(fence)):
            fence = None if fence else marks[1]
        opening = None if fence else _OPENING.match(line)
        container = None if fence else _CONTAINER.match(stripped)
        if opening and (opening["rest"] and not line.lstrip().startswith("====")):
            kind, _, title = opening["rest"].partition('"')
            neutral += words.words(kind)
            out += ["", title.rpartition('"')[0] if title else "", ""]
            indents.append(len(opening["indent"].expandtabs(4)) + 4)
        elif container:
            neutral += words.words(container["kind"])
            rest = re.sub(r"\{[^}]*\}", " ", container["rest"])
            out += ["", rest.strip(" []"), ""]
        elif not fence and _BLOCK.match(stripped):
            neutral += words.words(stripped)
        else:
            out.append(stripped)
    return "\n".join(out)


def _code(token, main, neutral, depth):
    myst = _MYST.match(token.info.strip())
    if myst and depth < 8:
        neutral += words.words(myst[1])
        body = token.content.split("\n")
        if body and body[0].strip() == "---":
            end = next((at for at, it in enumerate(body[1:], 1) if it.strip() == "---"), 0)
            neutral += words.words("\n".join(body[:end]))
            body = body[end + 1 :]
        while body and re.match(r"^:[\w-]+:", body[0]):
            neutral += words.words(body.pop(0))
        if myst[1] in ("toctree", "include", "literalinclude", "image", "automodule", "autoclass", "autofunction", "autodoc2-object", "eval-rst", "contents"):
            neutral += words.words("\n".join(body) + myst[2])
        elif myst[1] in ("code-block", "code", "code-cell", "sourcecode", "math", "mermaid", "literal"):
            neutral += words.words(myst[2])
            main += words.words("\n".join(body))
        else:
            main += words.words(myst[2]) if not re.search(r"figure|image", myst[1]) else collections.Counter()
            _read_markdown("\n".join(body), main, neutral, depth + 1)
    else:
        neutral += words.words(token.info)
        # Docusaurus reads such a comment as an instruction.
        marks = re.compile(r"^.*\bhighlight-(?:next-line|start|end)\b.*$", re.M)
        neutral += words.words(" ".join(marks.findall(token.content)))
        main += words.words(marks.sub("", token.content))


def _inline(tokens, out, neutral):
    text = []
    for token in tokens or []:
        if token.type == "text":
            text.append(token.content)
        elif token.type == "code_inline":
            # A role before it (MyST): `{ref}`, and its target in angle brackets.
            role = re.search(r"\{[\w:.+-]+\}$", text[-1]) if text else None
            if role:
                neutral += words.words(role[0])
                text[-1] = text[-1][: role.start()]
                neutral += words.words(token.content)
                shown = re.sub(r"\s*<[^<>]*>$", "", token.content)
                text.append(shown if shown != token.content else " ")
            else:
                text.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            text.append("\n")
        elif token.type == "image":
            neutral += words.words(token.content)
        elif token.type == "html_inline":
            neutral += words.words(token.content)
            if token.content.startswith("<br"):
                text.append(" ")
    joined = "".join(text)
    neutral += words.words(" ".join(_TEMPLATE.findall(joined)))
    joined = _TEMPLATE.sub(" ", joined)
    out.append(_tagless(joined, neutral) if re.search(r"</?[A-Za-z]", joined) else joined)


def _tagless(text, neutral):
    text = re.sub(r"(?s)<(script|style)\b.*?</\1\s*>", " ", text)
    for found in _TAG.finditer(text):
        neutral += words.words(found[0])
    text = _TAG.sub(lambda it: "" if re.match(r"</?(?:a|b|i|em|strong|code|span|sub|sup|kbd)\b", it[0]) else " ", text)
    neutral += words.words(" ".join(re.findall(r"&\w+;|\{[^{}]*\}|" + _TEMPLATE.pattern, text)))
    return re.sub(r"&(?:nbsp|lt|gt|amp|quot|mdash|ndash|hellip);", " ", _TEMPLATE.sub(" ", text))


# reStructuredText


class _AnyOption(dict):
    """Every name is that of an option."""

    def __bool__(self):
        return True

    def __missing__(self, name):
        return lambda it: it


class _Anything(docutils.parsers.rst.Directive):
    """A directive that docutils does not know: its content is text, its options are not."""

    has_content = True
    optional_arguments = 100
    final_argument_whitespace = True
    option_spec = _AnyOption()

    def run(self):
        # Its options, and the label that a generator writes before a change of version, may be shown.
        neutral = " ".join(str(it) for it in self.options.values())
        neutral += " added changed deprecated removed since in version" if "version" in self.name or "deprecat" in self.name else ""
        shown = docutils.nodes.container("", docutils.nodes.comment("", neutral))
        if self.name in _UNSEEN:
            return [docutils.nodes.comment("", "\n".join([*self.arguments, *self.content, self.included()]))]
        if self.arguments:
            kind = docutils.nodes.comment if self.name in _FILES else docutils.nodes.paragraph
            shown += kind("", " ".join(self.arguments))
        if self.name in _CODE or self.name.startswith("productionlist"):
            shown += docutils.nodes.literal_block("", "\n".join(self.content))
        else:
            self.state.nested_parse(self.content, self.content_offset, shown, match_titles=1)
        return [shown]

    def included(self):
        """The text of a file that it takes in, of the same project."""
        path = pathlib.Path(self.state.document.current_source).parent / "".join(self.arguments[:1])
        return _decoded(path) if "include" in self.name and path.is_file() else ""


_UNSEEN = {
    "toctree", "automodule", "autoclass", "autofunction", "automethod", "autodata", "autoexception", "currentmodule", "py:currentmodule",
    "index", "highlight", "module", "py:module", "contents", "sectionauthor", "codeauthor", "default-domain", "tabularcolumns", "include",
    "literalinclude", "image", "only", "meta", "autosummary", "raw", "graphviz", "digraph", "program", "testsetup", "testcleanup", "plot",
    "pip-command-options", "click", "autoattribute", "inheritance-diagram", "title", "self", "autoprogram", "spelling:word-list", "sphinx-include",
}  # fmt: skip
_CODE = {"code-block", "sourcecode", "code", "parsed-literal", "doctest", "testcode", "testoutput", "ipython", "prompt", "highlights-code", "math", "mermaid"}
_FILES = {"code-block", "sourcecode", "code", "figure", "deprecated", "csv-table", "raw", "tab-set", "console", "prompt", "rst-class", "container", "tabs"}


def _role(name, rawtext, text, lineno, inliner, options=None, content=None):
    text = docutils.utils.unescape(text)
    found = re.match(r"(?s)^(.*?)\s*<([^<>]*)>$", text)
    if found and found[1]:
        return [docutils.nodes.inline("", found[1]), docutils.nodes.comment("", found[2])], []
    # What stands for the title of another page is not in this one's source.
    if name.rpartition(":")[2] in ("doc", "ref", "download", "index", "numref"):
        return [docutils.nodes.comment("", text)], []
    if text.startswith("~"):
        return [docutils.nodes.inline("", text.rpartition(".")[2]), docutils.nodes.comment("", text)], []
    return [docutils.nodes.inline("", text.lstrip("!."))], []


def _rst(path):
    _know_everything()
    main, neutral = collections.Counter(), collections.Counter()
    settings = {
        "report_level": 5, "halt_level": 5, "file_insertion_enabled": False, "raw_enabled": False, "warning_stream": False,
        "doctitle_xform": False, "sectsubtitle_xform": False, "docinfo_xform": False, "smart_quotes": False, "line_length_limit": 1_000_000,
    }  # fmt: skip
    tree = docutils.core.publish_doctree(_decoded(path), source_path=str(path), settings_overrides=settings)
    out = []
    _flat(tree, out, neutral)
    return words.words("".join(out)), neutral


def _flat(node, out, neutral):
    if isinstance(node, docutils.nodes.Text):
        out.append(str(node))
        return
    if isinstance(node, (docutils.nodes.system_message, docutils.nodes.problematic)):
        neutral += words.words(node.astext())
        return
    if isinstance(node, (docutils.nodes.comment, docutils.nodes.substitution_definition, docutils.nodes.target, docutils.nodes.raw)):
        if not isinstance(node, docutils.nodes.target) or not node.astext():
            neutral += words.words(node.astext())
            return
    if isinstance(node, docutils.nodes.label):
        neutral += words.words(node.astext())
        return
    if isinstance(node, docutils.nodes.image):
        neutral += words.words(f"{node.get('alt', '')} {node.get('uri', '')}")
    if isinstance(node, docutils.nodes.substitution_reference):
        neutral += words.words(node.astext())
        return
    if not isinstance(node, (docutils.nodes.Inline, docutils.nodes.Text)):
        out.append("\n")
    for child in node.children:
        _flat(child, out, neutral)


def _know_everything():
    """Directives and roles of every extension: by name where docutils asks for one that it does not know."""
    if getattr(_know_everything, "done", False):
        return
    _know_everything.done = True
    known = docutils.parsers.rst.directives.directive

    def directive(name, language, document):
        if name not in _UNSEEN | _CODE | {"class"}:
            found, messages = known(name, language, document)
            if found is not None:
                return found, messages
        return _Anything, []

    docutils.parsers.rst.directives.directive = directive
    known_role = docutils.parsers.rst.roles.role

    def role(name, language, lineno, reporter):
        if name in ("emphasis", "strong", "literal", "superscript", "subscript", "math", "sup", "sub", "title-reference"):
            return known_role(name, language, lineno, reporter)
        return _role, []

    docutils.parsers.rst.roles.role = role


# AsciiDoc and manual pages, as their own tools show them


def _asciidoc(path):
    return _shown(["asciidoctor", "-q", "-o", "-", "-a", "showtitle", "-a", "sectnums!", "-a", "toc!", "-a", "nofooter", path.name], path)


def _man(path):
    return _shown(["mandoc", "-T", "html", path.name], path)


def _shown(command, path):
    made = subprocess.run(command, cwd=path.parent, capture_output=True, timeout=120, check=False)
    built = page.Built(made.stdout)
    main, neutral, frame = built.parted({})
    # Where a link leads may be shown beside its text, as groff does.
    led_to = words.words(" ".join(re.findall(r'href="([^"]*)"', made.stdout.decode("utf-8", "replace"))))
    return main, neutral + frame + led_to
