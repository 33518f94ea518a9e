"""An AWS over HTTP whose next answers the test decides; it keeps what it was asked, and on which connection."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Answer:
    """content: JSON, or text as it is; drops: the connection ends without an answer; silent: it stays open."""

    content: Mapping[str, Any] | str = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    drops: bool = False
    silent: bool = False

    def encoded(self) -> bytes:
        return (self.content if isinstance(self.content, str) else json.dumps(self.content)).encode()


@dataclass(frozen=True)
class Asked:
    """headers: names in lower case; connection: counts from 1."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    connection: int


@dataclass
class AwsServer:
    """answers: the next ones; then what `usual` says, by X-Amz-Target."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    usual: dict[str, Answer] = field(default_factory=dict)
    connections: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        return self.answers.pop(0) if self.answers else self.usual.get(asked.headers["x-amz-target"], Answer())


@contextmanager
def aws_server() -> Iterator[AwsServer]:
    world = AwsServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(world))
    server.daemon_threads = True
    world.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield world
    world.over.set()
    server.shutdown()
    server.server_close()


def _handler(world: AwsServer) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            world.connections += 1
            self.number = world.connections

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = world.answer(Asked(self.path, headers, body, self.number))
            if answer.silent:
                world.over.wait()
            if answer.drops or answer.silent:
                self.close_connection = True
                return
            content = answer.encoded()
            self.send_response(answer.status)
            for name, value in {**answer.headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    return Handler
