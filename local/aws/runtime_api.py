"""The Lambda Runtime API for one function process: hands out invocations, takes the answers.

Paths and headers: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html. Each process has a listener of its
own, because AWS's runtime client knows its server only as host:port.
"""

from __future__ import annotations

import queue
import socket
import threading
import time
import uuid
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PREFIX = "/2018-06-01/runtime/"


@dataclass(frozen=True)
class Answer:
    """What an invocation gave: JSON bytes, and `Unhandled` in `error` if the function failed."""

    payload: bytes
    error: str = ""


@dataclass(frozen=True)
class Call:
    """One invocation on its way; `answer` is set exactly once, by the process or by who watches over it."""

    payload: bytes
    arn: str
    timeout: float
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    answer: Future[Answer] = field(default_factory=Future)

    def settle(self, answer: Answer) -> None:
        with suppress(InvalidStateError):
            self.answer.set_result(answer)


class RuntimeApi:
    """`address` is what AWS_LAMBDA_RUNTIME_API must say; `ready` is set at the process's first request for work."""

    def __init__(self) -> None:
        self.ready: Future[Answer | None] = Future()
        self.current: Call | None = None
        self._calls: queue.Queue[Call] = queue.Queue()
        self._server = _Server(self)
        self._open = True
        self.address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._accept, name=f"runtime-api-{self.address}", daemon=True).start()

    def submit(self, call: Call) -> None:
        self.current = call
        self._calls.put(call)

    def next(self) -> Call:
        self._started(None)
        return self._calls.get()

    def answered(self, call_id: str, answer: Answer) -> bool:
        call = self.current
        if call is None or call.id != call_id:
            return False
        call.settle(answer)
        return True

    def failed_to_start(self, answer: Answer) -> None:
        self._started(answer)

    def close(self) -> None:
        """Ends the listener; a connection from here wakes the accept, on every system alike."""
        self._open = False
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", self._server.server_port), timeout=1).close()

    def _started(self, failure: Answer | None) -> None:
        with suppress(InvalidStateError):
            self.ready.set_result(failure)

    def _accept(self) -> None:
        with self._server:
            while self._open:
                request, address = self._server.get_request()
                self._server.process_request(request, address)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, api: RuntimeApi) -> None:
        self.api = api
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A killed process leaves a broken connection behind; its watcher has the news already."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        if self.path != f"{PREFIX}invocation/next":
            return self._reply(404)
        call = self.server.api.next()
        headers = {
            "Lambda-Runtime-Aws-Request-Id": call.id,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + call.timeout) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": call.arn,
        }
        return self._reply(200, call.payload, headers)

    def do_POST(self) -> None:
        body = self._body()
        if self.path == f"{PREFIX}init/error":
            self.server.api.failed_to_start(Answer(body, "Unhandled"))
            return self._reply(202)
        call_id, _, kind = self.path.removeprefix(f"{PREFIX}invocation/").partition("/")
        answer = Answer(body, "Unhandled" if kind == "error" else "")
        return self._reply(202 if self.server.api.answered(call_id, answer) else 400)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def _reply(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response_only(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own name
        """Nothing: a payload's path says nothing that the function's own log does not."""
