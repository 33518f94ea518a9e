"""What waits for people waits in slices: until somebody answers, until people are due to be called, or it expires.

The gate and the question about the repository wait alike: the machine's wait ends, this says what is due, and the
machine waits again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ferry.domain.errors import FerryError
from ferry.domain.messages.blocks import Rendered
from ferry.domain.policy import Policy
from ferry.domain.reminders import Due, due, timetable
from ferry.usecases.world import World

WAITING, EXPIRED = "waiting", "expired"
Slice = dict[str, Any]
"""``{"state", "seconds"}``: what the machine is told, and how long it waits next."""


@dataclass(frozen=True)
class Patience:
    """timeout_seconds: then it expires; reminder_seconds: until the first reminder, 0 for the policy's share."""

    timeout_seconds: int
    reminder_seconds: int = 0
    policy: Policy = field(default_factory=Policy)

    def timetable(self, asked_at: str, expires_at: str) -> tuple[Due, ...]:
        return timetable(self.policy, asked_at, expires_at, self.reminder_seconds)


@dataclass(frozen=True)
class Waiting:
    """about: names it in the audit; what: it in the timeline; thread: where people are called; reminder: the words."""

    task_id: str
    about: Mapping[str, str]
    what: str
    thread: str
    expires_at: str
    table: tuple[Due, ...]
    reminder: Callable[[Due], Rendered]


def call_people(waiting: Waiting, world: World) -> None:
    """Whoever is due, each once; a reminder that cannot be posted stops nothing."""
    for one in due(waiting.table, world.now(), _called(waiting, world)):
        _call(waiting, one, world)
        facts = {**waiting.about, "due": one.name, "told": ", ".join(one.who)}
        world.gate.note(waiting.task_id, one.kind, facts)


def next_slice(waiting: Waiting, world: World) -> Slice:
    """Until something is due; what is answered already is waited for too, and answers at once."""
    called = _called(waiting, world)
    moments = [one.at for one in waiting.table if one.name not in called]
    left = datetime.fromisoformat(min([*moments, waiting.expires_at])) - world.clock.now()
    return {"state": WAITING, "seconds": max(1, -int(-left.total_seconds() // 1))}


def ended() -> Slice:
    return {"state": EXPIRED, "seconds": 1}


def _call(waiting: Waiting, one: Due, world: World) -> None:
    try:
        world.chat.post(*waiting.reminder(one), thread=waiting.thread)
    except FerryError as error:
        world.store.add_event(waiting.task_id, "notice failed", f"nobody was reminded: {error}")
    else:
        world.store.add_event(waiting.task_id, one.kind, waiting.what)


def _called(waiting: Waiting, world: World) -> frozenset[str]:
    """Names of those who were."""
    records, _ = world.gate.audit(waiting.task_id)
    mine = [one.about for one in records if waiting.about.items() <= one.about.items()]
    return frozenset(about["due"] for about in mine if "due" in about)
