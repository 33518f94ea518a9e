"""`DeadLetters` in memory; passes the same suite as SQS."""

from __future__ import annotations

from ferry.domain.delivery import Delivery


class FakeDeadLetters:
    """dead: what could not be admitted; queue: where it goes back to."""

    def __init__(self) -> None:
        self.dead: list[Delivery] = []
        self.queue: list[Delivery] = []

    def count(self) -> int:
        return len(self.dead)

    def redrive(self) -> int:
        moved, self.dead = self.dead, []
        self.queue += moved
        return len(moved)
