#!/usr/bin/env python3
"""Asks docent on one connection that stays open: asker.py URL ROOT.PEM

For each line of standard input, an access key or `-` for none, calls a tool and prints the status of the answer.
Ends with an error where the connection does not stay.
"""

import http.client
import json
import ssl
import sys
from urllib.parse import urlsplit

CALL = json.dumps(
    {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "search", "arguments": {"query": "checkpoint"}},
    }
)


def main() -> None:
    url = urlsplit(sys.argv[1])
    context = ssl.create_default_context(cafile=sys.argv[2])
    connection = http.client.HTTPSConnection(url.hostname, url.port, timeout=20, context=context)
    connection.connect()
    socket = connection.sock
    for line in sys.stdin:
        key = line.strip()
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        if key != "-":
            headers["Authorization"] = f"Bearer {key}"
        connection.request("POST", url.path, CALL, headers)
        answer = connection.getresponse()
        answer.read()
        if connection.sock is not socket:
            sys.exit("the connection was closed")
        print(answer.status, flush=True)


main()
