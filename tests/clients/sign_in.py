"""The Python SDK 2.x, and a person who signs in: python sign_in.py auto|legacy URL NODE FIELD=VALUE...

NODE is the Node.js that runs the script in the person's place. What the search then answers is printed.
"""

import asyncio
import json
import sys
from pathlib import Path
from urllib.parse import parse_qsl, urlparse

import httpx2
from mcp.client.auth import OAuthClientProvider
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata

from journey import texts

PERSON = Path(__file__).parent.parent / "issuers" / "person.mjs"
# Nobody listens there: the person tells where they were sent.
REDIRECT = "http://localhost:1/callback"


class Kept:
    """What a client keeps: nothing outlasts this one."""

    def __init__(self):
        self.tokens = self.client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


async def main(mode: str, url: str, node: str, *fields: str) -> None:
    ended: dict[str, str] = {}

    async def sign_in(address: str) -> None:
        person = await asyncio.create_subprocess_exec(
            node, str(PERSON), address, *fields, "--stay", stdout=asyncio.subprocess.PIPE
        )
        told, _ = await person.communicate()
        seen = json.loads(told)
        assert seen["url"].startswith(REDIRECT), seen
        ended.update(parse_qsl(urlparse(seen["url"]).query))

    async def sent_back() -> AuthorizationCodeResult:
        return AuthorizationCodeResult(code=ended["code"], state=ended.get("state"), iss=ended.get("iss"))

    auth = OAuthClientProvider(
        server_url=url,
        client_metadata=OAuthClientMetadata(client_name="docent's tests", redirect_uris=[REDIRECT]),
        storage=Kept(),
        redirect_handler=sign_in,
        callback_handler=sent_back,
    )
    async with httpx2.AsyncClient(auth=auth) as http:
        async with Client(streamable_http_client(url, http_client=http), mode=mode) as client:
            found = await client.call_tool("search", {"query": "call sign of the harbour"})
            assert not found.is_error, found
            print(texts(found.content))


asyncio.run(main(*sys.argv[1:]))
