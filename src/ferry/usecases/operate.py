"""What an operator decides at the command line: the same one conditional write as a click in Slack."""

from __future__ import annotations

from ferry.domain.approval import Approval, Decision
from ferry.domain.errors import Conflict
from ferry.usecases.decide import wake
from ferry.usecases.world import World


def operate(task_id: str, decision: Decision, reason: str, user: str, world: World) -> Approval:
    """Decide the task's open request. Who may is a matter of AWS's own permissions, as the record shows the user.

    NotFound for an unknown task; Conflict when nothing waits, or somebody else was first.
    """
    world.store.task(task_id)
    waiting = [approval for approval in world.gate.approvals(task_id) if approval.decision is None]
    if not waiting:
        raise Conflict(f"task {task_id} does not wait for a decision: see `python -m ferry status {task_id}`")
    by = {"decided_by": f"operator:{user}", "decided_at": world.now()}
    closed = waiting[-1].model_copy(update={"decision": decision, "reason": reason, **by})
    if not world.gate.decide(closed):
        raise Conflict(
            f"somebody else decided about task {task_id} a moment ago: see `python -m ferry status {task_id}`"
        )
    if not wake(closed, world):
        said = decision.replace("_", " ")
        raise Conflict(f"{said} is recorded, but the machine waits no more: `python -m ferry resume {task_id}`")
    return closed
