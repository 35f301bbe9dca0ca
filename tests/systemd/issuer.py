#!/usr/bin/env python3
"""An issuer of access tokens, for a machine without a network.

issuer.py serve FOLDER PORT          answers with its metadata and with the keys of FOLDER (NAME.pem, RSA)
issuer.py token FOLDER NAME ISSUER   prints a token for a member of `staff`, signed by one of them

Needs openssl. Real issuers are in tests/issuers; this one is about units, files and who tells whom.
"""

import base64
import http.server
import json
import pathlib
import subprocess
import sys
import time


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*arguments: str, data: bytes = b"") -> bytes:
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout


def jwk(pem: pathlib.Path) -> dict:
    modulus = openssl("rsa", "-in", str(pem), "-noout", "-modulus").decode().strip().split("=")[1]
    return {
        "kty": "RSA",
        "use": "sig",
        "kid": pem.stem,
        "n": encoded(bytes.fromhex(modulus)),
        "e": encoded(b"\x01\x00\x01"),
    }


def token(folder: pathlib.Path, name: str, issuer: str) -> str:
    now = int(time.time())
    header = {"alg": "RS256", "typ": "at+jwt", "kid": name}
    claims = {
        "iss": issuer,
        "aud": "https://docs.example.com/mcp",
        "sub": "ada",
        "iat": now,
        "exp": now + 3600,
        "groups": ["staff"],
    }
    message = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
    signature = openssl("dgst", "-sha256", "-sign", str(folder / f"{name}.pem"), data=message.encode())
    return f"{message}.{encoded(signature)}"


def serve(folder: pathlib.Path, port: int) -> None:
    issuer = f"http://127.0.0.1:{port}"

    class Issuer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/.well-known/openid-configuration":
                document = {"issuer": issuer, "jwks_uri": f"{issuer}/keys"}
            elif self.path == "/keys":
                document = {"keys": [jwk(pem) for pem in sorted(folder.glob("*.pem"))]}
            else:
                self.send_error(404)
                return
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments) -> None:
            pass

    http.server.ThreadingHTTPServer(("127.0.0.1", port), Issuer).serve_forever()


if __name__ == "__main__":
    command, folder, *rest = sys.argv[1:]
    if command == "serve":
        serve(pathlib.Path(folder), int(rest[0]))
    else:
        print(token(pathlib.Path(folder), *rest))
