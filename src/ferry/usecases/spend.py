"""The loop guard: count a start against its budgets, once per delivery however often it is tried."""

from __future__ import annotations

from ferry.domain.admission.budget import Budget, Subject, counters, overspent
from ferry.domain.errors import Conflict
from ferry.usecases.world import World

ATTEMPTS = 5


def spend(delivery: str, subject: Subject, world: World, budget: Budget) -> str:
    """Every use case that starts work calls this first, whatever its channel. "" when it may, else why not.

    Conflict when too many count at once; the delivery is then tried again.
    """
    wanted = counters(subject, budget, world.now())
    for _ in range(ATTEMPTS):
        if refusal := overspent(wanted, world.store.counted([one.name for one in wanted]), delivery):
            return refusal
        try:
            world.store.count({one.name: one.limit for one in wanted}, delivery)
        except Conflict:
            continue
        return ""
    raise Conflict("the budgets are being counted by too many at once")
