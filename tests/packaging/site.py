"""Serves a folder over HTTPS: site.py FOLDER PORT FOLDER-OF-CERTIFICATE"""

import functools
import http.server
import os
import ssl
import sys



class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"


class Server(http.server.ThreadingHTTPServer):
    def shutdown_request(self, request):
        try:
            # Says goodbye as TLS wants it; apt takes anything else for a connection cut short.
            request.unwrap()
        except OSError:
            pass
        super().shutdown_request(request)


folder, port, made = sys.argv[1:]
handler = functools.partial(Handler, directory=folder)
server = Server(("127.0.0.1", int(port)), handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{made}/cert.pem", f"{made}/key.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
with open(f"{made}/pid", "w") as file:
    file.write(str(os.getpid()))
server.serve_forever()
