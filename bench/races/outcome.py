"""What a race says of its task, and how its clicks are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bench.races.arena import Arena

WAITS, EXECUTES, ONE, EXPIRED = "waits", "executes", "one decision", "expired"


@dataclass(frozen=True)
class Outcome:
    """task_id: of the task that was fought for; must: one of the words above; refused: clicks that changed nothing."""

    task_id: str
    must: str
    refused: int = 0


Case = Callable[[Arena], Outcome]


def refused(arena: Arena, deliveries: Iterable[str]) -> int:
    """How many changed nothing; each has a receipt with a reason."""
    receipts = [arena.receipt(delivery) for delivery in deliveries]
    assert all(receipt["reason"] for receipt in receipts), "a receipt without a reason"
    return sum(receipt["outcome"] != "decided" for receipt in receipts)
