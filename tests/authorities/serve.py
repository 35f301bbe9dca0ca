"""A certificate authority that is not Pebble, for tests: serve.py KIND FOLDER HTTP-PORT TLS-PORT [eab]

KIND is `acme2certifier` or `serles`, both from PyPI. FOLDER holds ca.pem and ca.key, with which it
signs, and pebble.pem and pebble.key, with which it serves HTTPS; its files go there too. Every name
it asks is on this machine, where port 80 is HTTP-PORT and port 443 is TLS-PORT. Prints the URL of
its directory when it listens.
"""

import json
import os
import socket
import ssl
import sys
import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

KIND, FOLDER, HTTP_PORT, TLS_PORT = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
EAB = "eab" in sys.argv[5:]
HMAC_KEY = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wE"


def path(name):
    return os.path.join(FOLDER, name)


def within_the_machine():
    """Names and ports of the world are those of the test."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo
    ports = {80: HTTP_PORT, 443: TLS_PORT}

    def connect_here(self, address):
        if isinstance(address, tuple) and address[1] in ports:
            address = ("127.0.0.1", ports[address[1]])
        return connect(self, address)

    def look_up_here(host, *arguments, **options):
        return look_up("127.0.0.1" if str(host).endswith(".example.com") else host, *arguments, **options)

    socket.socket.connect, socket.getaddrinfo = connect_here, look_up_here


def acme2certifier():
    """Signs with a CA in files; asks for a contact, and knows renewal information and key changes."""
    config = f"""
[DEFAULT]
debug: False
[CAhandler]
handler_module: acme2certifier.cahandlers.openssl_ca_handler
issuing_ca_key: {path("ca.key")}
issuing_ca_cert: {path("ca.pem")}
ca_cert_chain_list: []
cert_save_path: {path("certs")}
issuing_ca_crl: {path("crl.pem")}
[DBhandler]
dbfile: {path("acme.db")}
[Challenge]
challenge_validation_timeout: 10
"""
    if EAB:
        config += f"""
[EABhandler]
eab_handler_module: acme2certifier.eabhandlers.json_handler
key_file: {path("customers.json")}
"""
        with open(path("customers.json"), "w", encoding="utf-8") as file:
            json.dump({"kid-1": HMAC_KEY}, file)
    os.makedirs(path("certs"), exist_ok=True)
    with open(path("acme_srv.cfg"), "w", encoding="utf-8") as file:
        file.write(config)
    os.environ["ACME_SRV_CONFIGFILE"] = path("acme_srv.cfg")
    from acme2certifier.acme_srv import helper

    helper.fqdn_resolve = lambda *_, **__: (["127.0.0.1"], False, None)
    from acme2certifier.share import acme2certifier_wsgi

    return acme2certifier_wsgi.application, "/directory"


class Backend:
    """What serles has its certificates from."""

    def __init__(self, config):
        pass

    def sign(self, csr, _subject, _names, _email):
        import datetime

        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization

        with open(path("ca.pem"), "rb") as file:
            issuer = x509.load_pem_x509_certificate(file.read())
        with open(path("ca.key"), "rb") as file:
            key = serialization.load_pem_private_key(file.read(), None)
        request = x509.load_pem_x509_csr(csr.encode() if isinstance(csr, str) else csr)
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(request.subject)
            .issuer_name(issuer.subject)
            .public_key(request.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now)
            .not_valid_after(now + datetime.timedelta(days=30))
        )
        for extension in request.extensions:
            builder = builder.add_extension(extension.value, extension.critical)
        signed = builder.sign(key, hashes.SHA256())
        pem = serialization.Encoding.PEM
        return (signed.public_bytes(pem) + issuer.public_bytes(pem)).decode(), None


def serles():
    """Offers neither revocation nor key changes; takes a contact where there is one."""
    with open(path("serles.ini"), "w", encoding="utf-8") as file:
        file.write(
            f"""
[serles]
database = sqlite:///{path("serles.db")}
backend = __main__:Backend
subjectNameTemplate = CN={{SAN[0]}}
"""
        )
    os.environ["CONFIG"] = path("serles.ini")
    import serles as package

    return package.create_app(), "/directory"


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    address_family = socket.AF_INET

    def server_bind(self):
        # Without looking up a name for the address.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address[:2]
        self.setup_environ()
        self.base_environ["HTTPS"] = "on"

    def finish_request(self, request, client_address):
        # In the connection's own thread: nobody waits for another one's handshake.
        self.RequestHandlerClass(self.context.wrap_socket(request, server_side=True), client_address, self)


class Handler(WSGIRequestHandler):
    def address_string(self):
        return self.client_address[0]


def main():
    within_the_machine()
    application, directory = {"acme2certifier": acme2certifier, "serles": serles}[KIND]()
    server = Server(("127.0.0.1", 0), Handler)
    server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.context.load_cert_chain(path("pebble.pem"), path("pebble.key"))
    server.set_app(application)
    threading.Thread(target=end_with_the_test, daemon=True).start()
    print(f"https://127.0.0.1:{server.server_port}{directory}", flush=True)
    server.serve_forever()


def end_with_the_test():
    """Whoever has started it holds the other end of its standard input."""
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
