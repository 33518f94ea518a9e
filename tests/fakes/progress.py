"""Progress of the index job that is remembered."""

from __future__ import annotations

from dataclasses import dataclass, field

from ferry.usecases.indexing.refresh import Refreshed


@dataclass
class FakeProgress:
    rows: list[Refreshed] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    def done(self, what: Refreshed, seconds: float) -> None:
        self.rows.append(what)

    def waits(self, seconds: float, why: str) -> None:
        self.waited.append(seconds)
