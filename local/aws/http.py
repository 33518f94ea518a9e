"""The HTTP server under the embedded AWS and the front: `local.server` that leaves header names as they were sent."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server

from local.server import RunningServer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

SENT_HEADERS = "ferry.sent_headers"
"""WSGI environment key: list of (name, value) in the sender's case, which a REST API hands to its function."""


class _Handler(MotoRequestHandler):  # type: ignore[misc]  # moto carries no types
    protocol_version = "HTTP/1.1"

    def make_environ(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().make_environ()
        environ[SENT_HEADERS] = list(self.headers.items())
        return environ

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's own name
        """Requests may name secrets in their URL, so none is printed."""


def serve_keeping_headers(app: WSGIApplication, *, port: int = 0) -> RunningServer:
    """Serve on the loopback address until `stop`; port 0 takes a free one. OSError if the port is taken."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Handler)
    thread = threading.Thread(target=server.serve_forever, name=f"http-{server.server_port}", daemon=True)
    thread.start()
    return RunningServer(f"http://127.0.0.1:{server.server_port}", server, thread)
