"""A web server that keeps what it is sent, for what a vendor would deliver to Ferry."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import Flask, Response, request

from local.server import serve


@dataclass(frozen=True)
class Received:
    """Header names are in lower case; body is as it was on the wire."""

    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """answers: statuses of the next replies; 200 when there are none left."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    _arrived: threading.Condition = field(default_factory=threading.Condition)

    def take(self) -> Response:
        with self._arrived:
            headers = {name.lower(): value for name, value in request.headers.items()}
            self.received.append(Received(headers, request.get_data()))
            self._arrived.notify_all()
            return Response("taken", status=self.answers.pop(0) if self.answers else 200)

    def wait(self, count: int, seconds: float = 5.0) -> list[Received]:
        """All that was received, once there are `count`; TimeoutError otherwise."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.received) >= count, seconds):
                raise TimeoutError(f"{len(self.received)} of {count} arrived within {seconds} s")
            return list(self.received)

    def clear(self) -> None:
        with self._arrived:
            self.received.clear()
            self.answers.clear()


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver, app = Receiver(), Flask("receiver")
    app.add_url_rule("/hook", "hook", receiver.take, methods=["POST"])
    server = serve(app)
    receiver.url = f"{server.url}/hook"
    yield receiver
    server.stop()
