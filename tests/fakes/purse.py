"""A purse without a bottom, that remembers."""

from __future__ import annotations

from dataclasses import dataclass, field

from ferry.domain.ledger import LedgerEntry
from ferry.domain.spending import Hold


@dataclass
class OpenPurse:
    paid: list[LedgerEntry] = field(default_factory=list)
    held: dict[str, Hold] = field(default_factory=dict)
    asked: int = 0

    def room(self) -> int | None:
        return None

    def reserve(self, lost: LedgerEntry) -> Hold:
        self.asked += 1
        hold = Hold(id=f"h{self.asked}", task_id="t", expires="", accounts=(), lost=lost)
        self.held[hold.id] = hold
        return hold

    def settle(self, hold: Hold, entry: LedgerEntry) -> None:
        del self.held[hold.id]
        self.paid.append(entry)

    def release(self, hold: Hold) -> None:
        del self.held[hold.id]
