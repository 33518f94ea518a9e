"""Everything a person may see of one task; no token is in it."""

from __future__ import annotations

from typing import Any

from ferry.domain.ledger import total
from ferry.usecases.world import World


def story(task_id: str, world: World) -> dict[str, Any]:
    """JSON-ready: task, timeline, approvals, pull_requests, ledger and micro_dollars. NotFound."""
    ledger = world.store.ledger(task_id)
    return {
        "task": world.store.task(task_id).dump(),
        "timeline": [event.dump() for event in world.store.events(task_id)],
        "approvals": [approval.dump() for approval in world.store.approvals(task_id)],
        "pull_requests": [pull.dump() for pull in world.store.pull_requests(task_id)],
        "ledger": [entry.dump() for entry in ledger],
        "micro_dollars": total(ledger),
    }
