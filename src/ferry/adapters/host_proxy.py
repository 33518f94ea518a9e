"""A CONNECT proxy on a unix socket that leads to named hosts and nowhere else.

A sandbox without network gets the socket bound into it: whoever looks names up and connects is this process, so there
is no DNS inside, no address to choose, and no plain HTTP. https://www.rfc-editor.org/rfc/rfc9110#name-connect
"""

from __future__ import annotations

import ipaddress
import re
import selectors
import socket
import socketserver
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PORT = 443
_CHUNK, _LONGEST, _IDLE = 1 << 16, 8192, 120.0
_PLAIN = re.compile(r"[\w.-]{1,253}:\d{1,5}", re.ASCII)
MOST_REFUSED = 5
Connect = Callable[[str, int], socket.socket]


@dataclass(frozen=True)
class Door:
    """refused: who was asked for in vain so far, as ``host:port``, at most `MOST_REFUSED` of them."""

    socket: Path
    refused: Collection[str]


def connect(host: str, port: int) -> socket.socket:
    """PermissionError for an address that is this machine's own or its surroundings' (metadata services live there)."""
    for *_, (address, *_rest) in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        found = ipaddress.ip_address(str(address).partition("%")[0])
        if found.is_loopback or found.is_link_local or found.is_unspecified or found.is_multicast:
            raise PermissionError(f"{host} is {found}")
    return socket.create_connection((host, port), 30)


def allowed(target: str, hosts: Collection[str]) -> tuple[str, int] | None:
    """Host and port of ``host:port`` when one of `hosts` is exactly it; a host without a port means 443."""
    host, _, port = target.rpartition(":")
    known = {name.casefold() if ":" in name else f"{name.casefold()}:{PORT}" for name in hosts}
    if not port.isdecimal() or f"{host.casefold()}:{int(port)}" not in known:
        return None
    return host, int(port)


@contextmanager
def host_proxy(hosts: Collection[str], reach: Connect = connect) -> Iterator[Door]:
    """Its socket is alone in a folder that anybody who sees it may use."""
    with tempfile.TemporaryDirectory(prefix="ferry-proxy-") as folder:
        path = Path(folder) / "socket"
        Path(folder).chmod(0o711)
        server = _Server(str(path), hosts, reach)
        path.chmod(0o666)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield Door(path, server.refused)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, path: str, hosts: Collection[str], reach: Connect) -> None:
        self.hosts, self.reach = hosts, reach
        self.refused: set[str] = set()
        super().__init__(path, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that breaks is the command's to notice."""


class _Handler(socketserver.StreamRequestHandler):
    server: _Server
    timeout = _IDLE
    rbufsize = 0  # what follows the request belongs to the tunnel

    def handle(self) -> None:
        method, _, rest = self._request().partition(" ")
        asked = rest.partition(" ")[0]
        target = allowed(asked, self.server.hosts)
        if method != "CONNECT" or target is None:
            if _PLAIN.fullmatch(asked) and len(self.server.refused) < MOST_REFUSED:
                self.server.refused.add(asked.casefold())
            self._say("403 Forbidden")
            return
        try:
            there = self.server.reach(*target)
        except OSError:
            self._say("502 Bad Gateway")
            return
        with there:
            self._say("200 Connection established")
            _tunnel(self.connection, there)

    def _request(self) -> str:
        """The first line; the headers are read and left alone."""
        data = b""
        while b"\r\n\r\n" not in data and len(data) < _LONGEST and (byte := self.rfile.read(1)):
            data += byte
        return data.partition(b"\r\n")[0].decode("latin-1")

    def _say(self, status: str) -> None:
        self.wfile.write(f"HTTP/1.1 {status}\r\n\r\n".encode())


def _tunnel(one: socket.socket, other: socket.socket) -> None:
    """Until both have said all, or nobody says anything for a while."""
    with selectors.DefaultSelector() as selector, suppress(OSError):
        selector.register(one, selectors.EVENT_READ, other)
        selector.register(other, selectors.EVENT_READ, one)
        while selector.get_map() and (ready := selector.select(_IDLE)):
            for key, _ in ready:
                source, target = key.fileobj, key.data
                assert isinstance(source, socket.socket)  # noqa: S101
                if data := source.recv(_CHUNK):
                    target.sendall(data)
                else:
                    selector.unregister(source)
                    target.shutdown(socket.SHUT_WR)
