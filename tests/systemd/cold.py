"""How long a client waits for the first byte of TLS, from its connect: python3 cold.py NAME CA-FILE

Prints milliseconds. The first connection after the service has left starts it.
"""

import socket
import ssl
import sys
import time

context = ssl.create_default_context(cafile=sys.argv[2])
incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
tls = context.wrap_bio(incoming, outgoing, server_hostname=sys.argv[1])
try:
    tls.do_handshake()
except ssl.SSLWantReadError:
    pass
hello = outgoing.read()
began = time.monotonic()
with socket.create_connection((sys.argv[1], 443), timeout=60) as connection:
    connection.sendall(hello)
    first = connection.recv(1)
    took = time.monotonic() - began
if first != b"\x16":
    sys.exit(f"no handshake came back: {first!r}")
print(round(took * 1000))
