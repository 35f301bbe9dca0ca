"""A certificate authority that is out of order: takes connections, counts them, says nothing.

python3 refusing.py PORT: prints a line a connection.
"""

import socket
import sys

with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
    while True:
        connection, _ = listener.accept()
        print("connection", flush=True)
        connection.close()
