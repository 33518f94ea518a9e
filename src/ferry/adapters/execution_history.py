"""Step Functions' history of an execution as what AWS bills: transitions, and how long functions ran.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ferry.domain.paid_steps import FunctionRun, History

ENDED = frozenset({"TaskSucceeded", "TaskFailed", "TaskTimedOut"})


@dataclass(frozen=True)
class _Open:
    """What runs since `at`. agent: whom it works for, "" for nobody; waits: it answers by token."""

    at: datetime
    agent: str
    waits: bool


def read_history(events: Iterable[Mapping[str, Any]]) -> History:
    """events: as GetExecutionHistory lists them, oldest first.

    A task that is answered by token has two parts: the function that is invoked, until it was; then the agent that it
    started, until its answer. Where it started none (people decide, CI runs), nothing runs meanwhile.
    """
    known, runs = list(events), list[FunctionRun]()
    open_: dict[int, _Open] = {}
    for event in known:
        kind, at = event["type"], event["timestamp"]
        begun = open_.pop(event.get("previousEventId", 0), None)
        if kind == "TaskScheduled":
            open_[event["id"]] = _begun(event)
        elif begun and kind == "TaskStarted":
            open_[event["id"]] = begun
        elif begun and kind == "TaskSubmitted":
            runs.append(FunctionRun("", (at - begun.at).total_seconds()))
            open_[event["id"]] = _Open(at, begun.agent, begun.waits)
        elif begun and kind in ENDED and (begun.agent or not begun.waits):
            runs.append(FunctionRun(begun.agent, (at - begun.at).total_seconds()))
    return History(_transitions([event["type"] for event in known]), tuple(runs))


def _transitions(kinds: list[str]) -> int:
    """AWS bills each state that is entered, and each retry of one."""
    entered = sum(kind.endswith("StateEntered") for kind in kinds)
    return entered + max(0, kinds.count("TaskScheduled") - kinds.count("TaskStateEntered"))


def _begun(event: Mapping[str, Any]) -> _Open:
    """Of its parameters only which agent is meant is read: a task token is among them."""
    details = event["taskScheduledEventDetails"]
    payload = json.loads(details.get("parameters") or "{}").get("Payload") or {}
    return _Open(event["timestamp"], str(payload.get("agent", "")), "waitForTaskToken" in details.get("resource", ""))
