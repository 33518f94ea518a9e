"""Ends a conversation that goes round in circles before its money is gone.

Three signs, each counted in turns of the model: the same call fails in the same way again and again; nothing that any
tool says is new; or nothing is changed and no test says anything new, though the agent was given tools to do both.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ferry.agentkit.messages import Message, ToolCall, ToolResult
from ferry.agentkit.text import cut
from ferry.domain.document import digest
from ferry.domain.errors import NoProgress

SAME, IDLE, UNCHANGED = 5, 6, 25
CHANGES = frozenset({"write_file", "replace_in_file"})
TRIES = frozenset({"run_tests", "run_command"})
_FAILING = re.compile(r"exit code [1-9]|stopped by the time limit")
_PASSING = re.compile(r"\b\d+(\.\d+)?\s?m?s\b|0x[0-9a-f]+|/tmp/\S+", re.IGNORECASE)


@dataclass
class Breaker:
    """acts: whether the agent has tools that change or try something."""

    acts: bool
    _seen: set[str] = field(default_factory=set)
    _failures: Counter[str] = field(default_factory=Counter)
    _again: set[str] = field(default_factory=set)
    _idle: int = 0
    _unchanged: int = 0

    def look(self, messages: Sequence[Message]) -> None:
        """At the newest turn and what came of it. NoProgress says which sign it was, and of what."""
        if len(messages) < 2 or messages[-2].role != "assistant":
            return
        results = {result.id: result for result in messages[-1].results}
        done = [(call, results[call.id]) for call in messages[-2].calls if call.id in results]
        self._count_failures(done)
        fresh = [call for call, result in done if self._is_new(call, result)]
        self._idle = 0 if fresh else self._idle + 1
        moved = any(call.name in CHANGES | TRIES for call in fresh)
        self._unchanged = 0 if moved else self._unchanged + 1
        if self._idle >= IDLE:
            raise NoProgress(f"in {IDLE} turns nothing that was done or read was new")
        if self.acts and self._unchanged >= UNCHANGED:
            raise NoProgress(f"in {UNCHANGED} turns no file was changed and no test said anything new")

    def forget(self, messages: Sequence[Message]) -> None:
        """What the model read in turns that were left out may be read once more, and no oftener."""
        results = {result.id: result for message in messages for result in message.results}
        calls = [call for message in messages for call in message.calls if call.id in results]
        read = {_mark(call, results[call.id]) for call in calls if call.name not in CHANGES | TRIES}
        self._seen -= read - self._again
        self._again |= read

    def _count_failures(self, done: Sequence[tuple[ToolCall, ToolResult]]) -> None:
        """A turn counts once, however often it repeats itself."""
        failures = {_name(call, result): result for call, result in done if _failed(call, result)}
        self._failures.update(failures.keys())
        for name, result in failures.items():
            if self._failures[name] >= SAME:
                what = "error" if result.failed else "failure"
                raise NoProgress(f"the same {what} {SAME} times: {cut(' '.join(result.text.split()), 300)}")

    def _is_new(self, call: ToolCall, result: ToolResult) -> bool:
        """The same words of another call are something new, the same call with the same words are not."""
        mark = _mark(call, result)
        new = not result.failed and mark not in self._seen
        self._seen.add(mark)
        return new


def _mark(call: ToolCall, result: ToolResult) -> str:
    return digest([call.name, _given(call), _lasting(result.text)])


def _failed(call: ToolCall, result: ToolResult) -> bool:
    """A command says how it ended at the beginning of what it says."""
    return result.failed or (call.name in TRIES and bool(_FAILING.search(result.text[:300])))


def _name(call: ToolCall, result: ToolResult) -> str:
    """An error is the same whatever was asked for; a command that fails is the same when it is the same command."""
    return digest([call.name, "" if result.failed else _given(call), _lasting(result.text)])


def _given(call: ToolCall) -> str:
    return json.dumps(call.input, sort_keys=True)


def _lasting(text: str) -> str:
    """Without what differs from run to run: durations, addresses, temporary folders."""
    return _PASSING.sub("", text)
