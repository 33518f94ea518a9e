"""Whether the record of a task still says what was written: its timeline, its gate's chain and what they vouch for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ferry.domain.approval import Approval, Vote
from ferry.domain.audit import AuditRecord, broken, gainsaid
from ferry.domain.task import Event
from ferry.domain.timeline import first_broken
from ferry.usecases.world import World

LOOKS = 3


@dataclass(frozen=True)
class Verified:
    """timeline, gate: the first broken link in words, "" when it is whole."""

    events: Sequence[Event]
    records: Sequence[AuditRecord]
    timeline: str
    gate: str

    @property
    def whole(self) -> bool:
        return not (self.timeline or self.gate)


def verify(task_id: str, world: World) -> Verified:
    """Whoever writes at the gate meanwhile does not make it look broken."""
    events = world.store.events(task_id)
    for _ in range(LOOKS):
        records, head = world.gate.audit(task_id)
        approvals, votes = _kept(task_id, world)
        if world.gate.audit(task_id)[1] == head:
            break
    said = broken(records, head) or gainsaid(records, approvals, votes)
    return Verified(events, records, _timeline(events), said)


def _kept(task_id: str, world: World) -> tuple[list[Approval], list[Vote]]:
    approvals = world.gate.approvals(task_id)
    return approvals, [vote for approval in approvals for vote in world.gate.votes(approval)]


def _timeline(events: Sequence[Event]) -> str:
    index = first_broken(events)
    if index is None:
        return ""
    line = events[index]
    return f"line {index + 1}, {line.at} {line.kind}: it was changed, or one before it was taken out or put in"
