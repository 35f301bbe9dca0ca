"""Clients that call docent without pause, each over a connection that it keeps while it can.

python3 load.py URL CA-FILE CLIENTS: runs until standard input ends, then prints one line of JSON.

What a killed process was at is lost: the lines "killing" and "killed" on standard input enclose that
moment. Every other failure is one too many. The line "report" asks for a line of JSON at once.
"""

import http.client
import json
import ssl
import sys
import threading
import time
import urllib.parse

url = urllib.parse.urlsplit(sys.argv[1])
context = ssl.create_default_context(cafile=sys.argv[2]) if url.scheme == "https" else None
clients = int(sys.argv[3])
body = json.dumps(
    {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "search", "arguments": {"query": "checkpoint"}},
    }
)
headers = {
    "Content-Type": "application/json",
    "Accept": "application/json, text/event-stream",
}

stop = threading.Event()
lock = threading.Lock()
killing = []
killed = []
calls = 0
waits = []
failures = []


def connect():
    if context:
        connection = http.client.HTTPSConnection(url.hostname, url.port or 443, timeout=60, context=context)
    else:
        connection = http.client.HTTPConnection(url.hostname, url.port or 80, timeout=60)
    connection.connect()
    return connection


def client():
    global calls
    connection, opened = None, 0
    while not stop.is_set():
        started = time.monotonic()
        stage = "connecting"
        try:
            if connection is None:
                connection, opened = connect(), time.monotonic()
            stage = "calling"
            connection.request("POST", url.path, body, headers)
            response = connection.getresponse()
            answer = response.read()
            if response.status != 200 or b'"isError":true' in answer or b"heckpoint" not in answer:
                raise RuntimeError(f"{response.status}: {answer[:200]!r}")
            if response.will_close:
                connection.close()
                connection = None
            took = time.monotonic() - started
            with lock:
                calls += 1
                waits.append(took)
        except Exception as error:
            failed = time.monotonic()
            # Opening takes the time of a handshake, in which a process may be killed too.
            begun = opened if stage == "calling" else started
            with lock:
                failures.append((begun, failed, f"{stage}: {type(error).__name__}: {error}"))
            connection = None


threads = [threading.Thread(target=client) for _ in range(clients)]
for thread in threads:
    thread.start()
for line in sys.stdin:
    if line == "killing\n":
        killing.append(time.monotonic())
    elif line == "killed\n":
        killed.append(time.monotonic())
    elif line == "report\n":
        with lock:
            longest = round(max(waits, default=0) * 1000)
            print(json.dumps({"calls": calls, "failures": len(failures), "longest_ms": longest}), flush=True)
            waits.clear()
stop.set()
for thread in threads:
    thread.join()
waits.sort()


def excused(begun, failed):
    return any(begun <= after and failed >= before for before, after in zip(killing, killed))


unexpected = [text for begun, failed, text in failures if not excused(begun, failed)]
print(
    json.dumps(
        {
            "calls": calls,
            "failures": len(unexpected),
            "lost_at_a_kill": len(failures) - len(unexpected),
            "median_ms": round(waits[len(waits) // 2] * 1000) if waits else None,
            "longest_ms": round(waits[-1] * 1000) if waits else None,
            "examples": sorted(set(unexpected))[:5],
        }
    )
)
