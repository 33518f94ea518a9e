"""A workflow engine that remembers who waits and what they were told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ferry.domain.errors import Conflict, NotFound
from ferry.domain.paid_steps import History
from tests.fakes.meeting import Meeting


class FakeEngine(Meeting):
    """A token can be resolved once; `waiting` holds those that can, and whatever is stopped takes them with it."""

    def __init__(self, *waiting: str) -> None:
        self.executions: dict[str, Mapping[str, Any]] = {}
        self.statuses: dict[str, str] = {}
        self.waiting = set(waiting)
        self.answers: dict[str, Any] = {}
        self.beats = 0
        self.histories: dict[str, History] = {}

    def start(self, name: str, input: Mapping[str, Any]) -> str:
        self._meet("start", name, input)
        if self.executions.setdefault(name, input) != input or self.statuses.get(name, "RUNNING") != "RUNNING":
            raise Conflict(f"execution {name} exists already with another input or has ended")
        self.statuses.setdefault(name, "RUNNING")
        return f"arn:{name}"

    def stop(self, execution: str, reason: str) -> None:
        self.statuses[execution.removeprefix("arn:")] = "ABORTED"
        self.waiting.clear()

    def status(self, execution: str) -> str:
        try:
            return self.statuses[execution.removeprefix("arn:")]
        except KeyError as error:
            raise NotFound(f"the engine does not know execution {execution}") from error

    def history(self, execution: str) -> History:
        self.status(execution)
        return self.histories.get(execution.removeprefix("arn:"), History())

    def succeed(self, token: str, output: Mapping[str, Any]) -> bool:
        self._meet("succeed", token, output)
        return self._answer(token, output)

    def fail(self, token: str, error: str, cause: str) -> bool:
        return self._answer(token, (error, cause))

    def heartbeat(self, token: str) -> bool:
        self.beats += 1
        return token in self.waiting

    def _answer(self, token: str, answer: Any) -> bool:
        if token not in self.waiting:
            return False
        self.waiting.discard(token)
        self.answers[token] = answer
        return True
