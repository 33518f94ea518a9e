"""Lets containers reach servers of the loopback address, through the bridge's address and nowhere else."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading

SIZE = 65536


class Relay(socketserver.ThreadingTCPServer):
    """Carries every connection to (address, port) on to 127.0.0.1:target until `stop`. OSError if `port` is taken."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, address: str, port: int, target: int) -> None:
        super().__init__((address, port), _Handler)
        self.target = ("127.0.0.1", target)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), name=f"relay-{port}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self.shutdown()
        self._thread.join(timeout=5)
        self.server_close()


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Relay)  # noqa: S101 - nobody else has this handler
        with contextlib.suppress(OSError), socket.create_connection(self.server.target) as inner:
            back = threading.Thread(target=_carry, args=(inner, self.request), daemon=True)
            back.start()
            _carry(self.request, inner)
            back.join()


def _carry(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(SIZE):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
