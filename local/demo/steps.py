"""What the demo shows: steps with durations, and runs of CI."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum


class State(StrEnum):
    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


@dataclass
class Step:
    """key: stable over refreshes; kind: what its time was spent on: agents, ci, person or ferry."""

    key: str
    name: str
    started: datetime
    kind: str = "ferry"
    note: str = ""
    state: State = State.RUNNING
    ended: datetime | None = None
    children: list[Step] = field(default_factory=list)

    @property
    def open(self) -> bool:
        return self.ended is None

    def end(self, at: datetime, note: str = "", *, failed: bool = False) -> None:
        """Ends what is still open below, too."""
        for child in self.children:
            if child.open:
                child.end(at, failed=failed)
        self.ended, self.state = max(at, self.started), State.FAILED if failed else State.DONE
        self.note = note or self.note

    def seconds(self, now: datetime) -> float:
        return max(((self.ended or now) - self.started).total_seconds(), 0.0)


@dataclass(frozen=True)
class Run:
    """CI of one commit, as GitHub tells it. failing: names of the steps that turned it red."""

    repo: str
    sha: str
    started: datetime
    url: str
    conclusion: str = ""
    ended: datetime | None = None
    failing: tuple[str, ...] = ()


def moment(text: str) -> datetime:
    """RFC 3339, also with Z; a time without an offset is UTC."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def walk(steps: Iterable[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield from walk(step.children)
