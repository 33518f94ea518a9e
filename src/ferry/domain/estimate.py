"""What the rest of a task will cost, from what its plan did cost."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain.document import Document
from ferry.domain.errors import InvalidSettings
from ferry.domain.ledger import LedgerEntry, PriceTable
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
