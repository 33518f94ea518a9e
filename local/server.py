"""A threaded HTTP server for a WSGI application, in a thread of this process."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class _QuietHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's own name
        """Requests may name secrets in their URL, so none is printed."""


@dataclass(frozen=True)
class RunningServer:
    """`url` carries no trailing slash."""

    url: str
    _server: BaseWSGIServer
    _thread: threading.Thread

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join(timeout=5)
        self._server.server_close()


def serve(app: WSGIApplication, *, host: str = "127.0.0.1", port: int = 0) -> RunningServer:
    """Serve `app` until `stop`; port 0 takes a free one. OSError if the port is taken."""
    server = make_server(host, port, app, threaded=True, request_handler=_QuietHandler)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, name=f"http-{server.server_port}", daemon=True
    )
    thread.start()
    return RunningServer(f"http://{host}:{server.server_port}", server, thread)
