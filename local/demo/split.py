"""Where the time went, as far as the timeline and GitHub's runs tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from local.demo.steps import Step, walk

HOW = (
    "Agents: from a step's dispatch to its last line in the timeline (model calls, tests and gates included); "
    "CI: from a run's start to its result; person: from the question to the decision; "
    "Ferry and stand-ins: the total less all of these."
)


@dataclass(frozen=True)
class Split:
    """Seconds. Agents and CI may overlap, so `ferry` is the total less their union, not less their sum."""

    total: float
    agents: float
    ci: float
    person: float
    ferry: float


def split(steps: Sequence[Step], begun: datetime, ended: datetime) -> Split:
    """Only leaves count: a group's time is that of its children."""
    leaves = [step for step in walk(steps) if not step.children]
    spans = {kind: _spans(leaves, kind, ended) for kind in ("agents", "ci", "person")}
    total = (ended - begun).total_seconds()
    taken = _covered(span for found in spans.values() for span in found)
    agents, ci, person = (_covered(spans[kind]) for kind in ("agents", "ci", "person"))
    return Split(total, agents, ci, person, max(total - taken, 0.0))


def _spans(steps: Iterable[Step], kind: str, ended: datetime) -> list[tuple[datetime, datetime]]:
    return [(step.started, step.ended or ended) for step in steps if step.kind == kind]


def _covered(spans: Iterable[tuple[datetime, datetime]]) -> float:
    """Seconds that lie in at least one span."""
    seconds, until = 0.0, None
    for started, ended in sorted(spans):
        begins = started if until is None else max(started, until)
        if ended > begins:
            seconds += (ended - begins).total_seconds()
            until = ended
    return seconds
