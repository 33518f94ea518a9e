"""What is told of turns that were left out: what tools said that lasts, word for word, and a summary of the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice

from ferry.agentkit.messages import Message, Note, ToolCall, ToolResult
from ferry.agentkit.text import cut
from ferry.agentkit.untrusted import block

# The newest of each kind: files are bounded by the plan already.
MOST = {"change": 60, "run": 4, "refusal": 8}
HEADS = {"change": "Files changed so far", "run": "The last run of", "refusal": "Refused"}
LINES, ARGUMENT, SAID = 80, 80, 200
ABOUT = (
    "Turns of this conversation that came after this prompt were left out, because it grew too long. What they led to "
    "follows; the newest turns come after it. Do nothing again that is done; read again what you need."
)


class Lasting:
    """Of one conversation."""

    def __init__(self) -> None:
        self._notes: dict[tuple[str, str], Note] = {}
        self._summary = ""
        self._done: list[str] = []

    def look(self, message: Message) -> None:
        """At what came of a turn."""
        for note in (note for result in message.results for note in result.notes):
            self._notes.pop((note.kind, note.about), None)
            self._notes[note.kind, note.about] = note

    def left_out(self, turns: Sequence[Message], summary: str) -> None:
        """summary: of the whole conversation, the one before it included; "" for a line per call of `turns`."""
        if summary:
            self._summary, self._done = summary, []
        else:
            self._done += _lines(turns)

    def words(self) -> str:
        """Ours outside of the blocks alone."""
        notes = "\n".join(line for kind in MOST for line in self._told(kind))
        left = len(self._done) - LINES
        done = [*([f"- {left} calls before these"] if left > 0 else []), *self._done[-LINES:]]
        parts = (("lasting", notes), ("summary", self._summary), ("done", "\n".join(done)))
        return "\n\n".join([ABOUT, *(block(kind, text) for kind, text in parts if text)])

    def _told(self, kind: str) -> Iterator[str]:
        notes = [note for note in self._notes.values() if note.kind == kind][-MOST[kind] :]
        if kind == "run":
            yield from (f"{HEADS[kind]} {note.about}:\n{note.text}" for note in notes)
        elif notes:
            yield f"{HEADS[kind]}:"
            yield from (f"- {note.about}: {note.text}" for note in notes)


def _lines(turns: Sequence[Message]) -> Iterator[str]:
    """Tool, arguments and the size of what it said, for each call of `turns`, and the beginning of what was said."""
    for said, came in zip(islice(turns, 0, None, 2), islice(turns, 1, None, 2), strict=True):
        if said.text.strip():
            yield f"- said: {_short(said.text, SAID)}"
        results = {result.id: result for result in came.results}
        yield from (_line(call, results[call.id]) for call in said.calls if call.id in results)


def _line(call: ToolCall, result: ToolResult) -> str:
    given = ", ".join(f"{name}={_short(json.dumps(value), ARGUMENT)}" for name, value in (call.input or {}).items())
    came = f"failed: {_short(result.text, SAID)}" if result.failed else f"{len(result.text):,} characters"
    return f"- {call.name[:60]}({given}): {came}"


def _short(text: str, limit: int) -> str:
    return cut(" ".join(text.split()), limit).replace("\n", " ")
