"""What the tests of the embedded stack share."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from local.aws.http import Late, serve_keeping_headers
from local.aws.runner import Runner
from local.aws.runtime_api import Answer

SMALL_APP = Path(__file__).parent / "small_app"
ROLE = "arn:aws:iam::123456789012:role/test"
Found = TypeVar("Found")


def eventually(look: Callable[[], Found], seconds: float = 10.0) -> Found:
    """The first true answer of `look`; AssertionError if there is none in time."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "nothing happened in time"
        time.sleep(0.01)
    return found


class FunctionsHere(Runner):
    """Functions as plain callables in this process: (payload) -> result, an exception is the function's error."""

    def __init__(self, **functions: Callable[[Any], Any]) -> None:
        super().__init__()
        self.functions = functions

    def invoke(self, name: str, payload: bytes) -> Answer:
        try:
            return Answer(json.dumps(self.functions[name](json.loads(payload))).encode())
        except Exception as error:  # noqa: BLE001 - the boundary of a function
            body = {"errorType": type(error).__name__, "errorMessage": str(error)}
            return Answer(json.dumps(body).encode(), "Unhandled")


@dataclass
class Machines:
    """Runs state machines through the Step Functions API."""

    client: Any
    count: int = 0

    def start(self, definition: dict[str, Any], given: object = None) -> str:
        self.count += 1
        arn = self.client.create_state_machine(name=f"m{self.count}", definition=json.dumps(definition), roleArn=ROLE)[
            "stateMachineArn"
        ]
        return self.start_again(arn, given)

    def start_again(self, arn: str, given: object = None) -> str:
        self.count += 1
        name = f"run-{self.count}"
        started = self.client.start_execution(stateMachineArn=arn, name=name, input=json.dumps(given or {}))
        return str(started["executionArn"])

    def end(self, arn: str, seconds: float = 10.0) -> dict[str, Any]:
        def ended() -> dict[str, Any] | None:
            found: dict[str, Any] = self.client.describe_execution(executionArn=arn)
            return found if found["status"] != "RUNNING" else None

        return eventually(ended, seconds)

    def run(self, definition: dict[str, Any], given: object = None) -> dict[str, Any]:
        return self.end(self.start(definition, given))


def served() -> tuple[Late, str, Callable[[], None]]:
    """An address whose application comes later, and what closes it."""
    late = Late()
    server = serve_keeping_headers(late)
    return late, server.url, server.stop


def http(
    base: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, Any, dict[str, str]]:
    """Status, JSON body (None if empty), headers."""
    request = urllib.request.Request(base + path, data=body, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status, _parsed(reply.read()), dict(reply.headers)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _parsed(error.read()), dict(error.headers)


def _parsed(body: bytes) -> Any:
    return json.loads(body) if body else None


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
