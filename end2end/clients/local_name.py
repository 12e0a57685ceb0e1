"""The name api.lever.co, on this machine and for one client alone.

A published client has Lever's address built in. What it offers is what every
HTTP client offers: a proxy, and an authority to trust. So this is a proxy
(CONNECT, RFC 9110 section 9.3.6) that ends TLS itself, with a certificate made
for the run, and hands the bytes on to the practice Lever. It changes none of them.
"""

import select
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme

NAME = "api.lever.co"
# Longest silence in a tunnel, in seconds.
SILENCE = 30


class LocalName:
    """A running proxy; a context manager."""

    def __init__(self, lever, folder):
        """`lever` is (host, port) of the practice Lever; `folder` takes the authority's certificate."""
        authority = trustme.CA()
        self.authority = Path(folder) / "authority.pem"
        authority.cert_pem.write_to_path(str(self.authority))
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(NAME).configure_cert(tls)

        self.tunnels = 0
        self.refused = []
        proxy = self

        class Tunnel(BaseHTTPRequestHandler):
            timeout = SILENCE

            def do_CONNECT(self):
                if self.path != f"{NAME}:443":
                    proxy.refused.append(self.path)
                    self.send_error(403)
                    return
                self.close_connection = True
                self.send_response_only(200)
                self.end_headers()
                with (
                    tls.wrap_socket(self.connection, server_side=True) as client,
                    socket.create_connection(lever, timeout=SILENCE) as server,
                ):
                    proxy.tunnels += 1
                    hand_on(client, server)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Tunnel)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self):
        """What the client's HTTPS_PROXY is set to."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def hand_on(client, server):
    """Hands bytes on both ways until either side ends."""
    while True:
        # What TLS has decrypted already does not make the socket readable.
        waiting = [client] if client.pending() else select.select([client, server], [], [], SILENCE)[0]
        if not waiting:
            return
        for ready in waiting:
            data = ready.recv(65536)
            if not data:
                return
            (server if ready is client else client).sendall(data)
