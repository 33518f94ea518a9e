"""The HTTP servers of the stack: `local.server` that leaves header names as they were sent, on ports told or found."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server

from local.server import RunningServer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SENT_HEADERS = "ferry.sent_headers"
"""WSGI environment key: list of (name, value) in the sender's case, which a REST API hands to its function."""

OFFSETS = {"api": 0, "aws": 1, "github": 2, "jira": 3, "slack": 4, "sentry": 5, "bedrock": 6}
"""Each server's port above PORT_BASE."""


class PortError(RuntimeError):
    """A port that PORT_BASE asks for cannot be had."""


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
    # Bound here, because werkzeug answers a taken port by ending the process.
    with socket.create_server(("127.0.0.1", port), backlog=128) as bound:
        port = bound.getsockname()[1]
        server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Handler, fd=bound.fileno())
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name=f"http-{port}", daemon=True)
    thread.start()
    return RunningServer(f"http://127.0.0.1:{port}", server, thread)


class Ports:
    """Free ports, or those above PORT_BASE. PortError says which is wrong and what to set."""

    def __init__(self, environment: Mapping[str, str], on_stop: Callable[[Callable[[], None]], object]) -> None:
        base = environment.get("PORT_BASE") or "0"
        if not base.isdecimal() or int(base) > 65535 - len(OFFSETS):
            raise PortError(f"PORT_BASE must be a port number, not {base!r}")
        self._base = int(base)
        self._on_stop = on_stop

    def serve(self, name: str, app: WSGIApplication) -> str:
        """The address of `app`, without a trailing slash."""
        port = self._base + OFFSETS[name] if self._base else 0
        try:
            server = serve_keeping_headers(app, port=port)
        except OSError as error:
            raise PortError(f"port {port} ({name}) cannot be had: {error}; set PORT_BASE to another number") from error
        self._on_stop(server.stop)
        return server.url


class Late:
    """A WSGI application that is known after its address: until then it answers 503."""

    def __init__(self) -> None:
        self.app: WSGIApplication | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if self.app is not None:
            return self.app(environ, start_response)
        status = HTTPStatus.SERVICE_UNAVAILABLE
        start_response(f"{int(status)} {status.phrase}", [("Content-Type", "application/json"), ("Retry-After", "1")])
        return [b'{"error": "starting", "reason": "the stack is still starting"}']
