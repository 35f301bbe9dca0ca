#!/usr/bin/env python3
"""Measures what files made to hurt cost: processor time and peak memory of a command that reads a folder with one of them.

    tests/hostile.py target/release/docent search --docs {} word
"""
import io
import os
import resource
import subprocess
import sys
import tempfile
import zipfile
import zlib


def archive(name, text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(name, text)
    return out.getvalue()


def pdf(*objects):
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (at + 1, it) for at, it in enumerate(objects))
    return b"%PDF-1.7\n" + body + b"trailer << /Root 1 0 R >>\n"


def stream(head, data):
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (head, len(data), data)


def files():
    many = 100_000
    catalog, tree = b"<< /Pages 2 0 R >>", b"<< /Kids [3 0 R] >>"
    packer = zlib.compressobj(9)
    zeros = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(1 << 10)) + packer.flush()
    page = b"<< /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>"
    form = [stream(b"/Subtype /Form /Resources << /XObject << /X %d 0 R >> >>" % (6 + at), b"/X Do " * 2) for at in range(40)]
    aliases = "openapi: 3.0.0\na: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + at)}: &{chr(98 + at)} [{','.join(['*' + chr(97 + at)] * 9)}]\n" for at in range(20))
    paths = "".join(f"  /p{at}: {{get: {{responses: {{'200': {{$ref: '#/r'}}}}}}}}\n" for at in range(20_000))
    circle = "".join(f"        p{at}: {{$ref: '#/components/schemas/S'}}\n" for at in range(300))
    entities = "<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
        f"<!ENTITY {chr(98 + at)} '{('&' + chr(97 + at) + ';') * 10}'>" for at in range(20)) + "]>"
    yield "nothing", "a.md", b"# Words\n\nWords.\n"
    yield "DOCX, 96 MiB in it", "a.docx", archive("word/document.xml", b"<w:p/>" * (1 << 24))
    yield "DOCX, entities", "a.docx", archive("word/document.xml", entities + "<w:t>&u;</w:t>")
    yield "DOCX, 100,000 tables in one another", "a.docx", archive("word/document.xml", "<w:tbl><w:tr><w:tc>" * many)
    yield "JSON, 100,000 lists in one another", "openapi.json", b'{"openapi":"3.0.0","a":' + b"[" * many
    yield "YAML, 100,000 lists in one another", "openapi.yaml", b"openapi: 3.0.0\na: " + b"[" * many
    yield "YAML, aliases of aliases", "openapi.yaml", aliases.encode()
    yield "OpenAPI, references in a circle", "openapi.yaml", (
        f"openapi: 3.0.0\npaths:\n{paths}r: {{content: {{a/b: {{schema: {{$ref: '#/components/schemas/S'}}}}}}}}\n"
        f"components:\n  schemas:\n    S:\n      properties:\n{circle}").encode()
    yield "notebook, 100,000 lists in one another", "a.ipynb", b'{"cells":' + b"[" * many
    yield "PDF, objects of 1 GiB in a stream", "a.pdf", pdf(catalog, tree, page, stream(b"/Type /ObjStm /N 9 /First 9 /Filter /FlateDecode", zeros))
    yield "PDF, a page of 1 GiB", "a.pdf", pdf(catalog, tree, page, stream(b"/Filter /FlateDecode", zeros))
    yield "PDF, forms that show forms", "a.pdf", pdf(catalog, tree, page, stream(b"", b"/X Do " * 1_000), *form)
    yield "PDF, pages in a circle", "a.pdf", pdf(catalog, b"<< /Kids [2 0 R 3 0 R] >>", b"<< /Kids [2 0 R 3 0 R] >>")
    yield "PDF, 100,000 lists in one another", "a.pdf", pdf(catalog, tree, page, b"[" * many)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for what, name, content in files():
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
            command = [part.replace("{}", folder) for part in sys.argv[1:]]
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                _, _, used = os.wait4(process.pid, 0)
                process.returncode = 0
            seconds = used.ru_utime + used.ru_stime
            print(f"{what:42} {len(content):>9} bytes {seconds:7.2f} s {used.ru_maxrss >> 10:5} MiB", flush=True)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    main()
