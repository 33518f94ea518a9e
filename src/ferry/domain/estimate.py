"""What the rest of a task will cost, from what its plan did cost; and what it came to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ferry.domain.document import Document
from ferry.domain.errors import InvalidSettings
from ferry.domain.ledger import LedgerEntry, PriceTable, dollars, total
from ferry.domain.plan import PlanRecord

# How far off the likely sum may be, either way: tasks differ, and an attempt that fails is paid for too.
SPREAD = 2
METHOD = "each planned hour taken to cost what making one plan did, give or take a factor of two"


class Estimate(Document):
    """In micro-dollars, beside what is spent already. least, likely, most: in this order; hours: that it is made of."""

    least: int
    likely: int
    most: int
    hours: int


def estimate(record: PlanRecord, ledger: Sequence[LedgerEntry], prices: PriceTable) -> Estimate | None:
    """None when no call of a plan is in the ledger, or none that has a price: a cost is never made up.

    A plan's conversation reads the code that an hour of work reads, and writes about as much. All tokens that planning
    took, failed attempts among them, at today's prices, divided by the revisions that there are, make one hour.
    """
    planning = [entry for entry in ledger if entry.step == "planning"]
    try:
        paid = sum(prices.cost(entry.model, entry.usage) for entry in planning)
    except InvalidSettings:
        return None
    if not paid:
        return None
    hours = sum(task.hours for task in record.plan.tasks)
    likely = -(-paid * hours // record.revision)
    return Estimate(least=likely // SPREAD, likely=likely, most=likely * SPREAD, hours=hours)


class Comparison(Document):
    """What people were told when they approved, beside what it came to since. In micro-dollars; at: of the approval;
    done: whether all of the work is in it."""

    estimate: Estimate
    spent: int
    at: str
    done: bool = True

    @property
    def verdict(self) -> str:
        """How it compares with the range that was told."""
        if self.spent > self.estimate.most:
            return "above the range"
        if not self.done:
            return "not above the range so far"
        return "below the range" if self.spent < self.estimate.least else "within the range"

    @property
    def words(self) -> str:
        """For a person: what was said, what it was, and how they compare."""
        told = (
            f"about {dollars(self.estimate.likely)} ({dollars(self.estimate.least)} to {dollars(self.estimate.most)})"
        )
        return f"estimated at approval {told}, spent since {dollars(self.spent)}: {self.verdict}"


def compared(estimate: Estimate | None, ledger: Sequence[LedgerEntry], at: str, *, done: bool) -> Comparison | None:
    """at: RFC 3339 in UTC, of the decision; done: the work. None where nothing was estimated."""
    if estimate is None:
        return None
    decided = datetime.fromisoformat(at)
    since = [entry for entry in ledger if datetime.fromisoformat(entry.at) >= decided]
    return Comparison(estimate=estimate, spent=total(since), at=at, done=done)
