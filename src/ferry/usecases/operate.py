"""What an operator decides at the command line: the same one conditional write as a click in Slack."""

from __future__ import annotations

from ferry.domain.approval import Approval, Ballot, Decision
from ferry.domain.errors import Conflict, NotApproved
from ferry.usecases.decide import EVALUATED, wake
from ferry.usecases.judge import facts, judge, kept_policy
from ferry.usecases.world import World


def operate(task_id: str, decision: Decision, reason: str, user: str, world: World) -> Approval:
    """Decide the task's open request, alone, where the policy of that request lets operators do so.

    Who is an operator is a matter of AWS's own permissions; the record shows the user. NotFound for an unknown task;
    NotApproved where the policy says no; Conflict when nothing waits, or somebody else was first.
    """
    world.store.task(task_id)
    waiting = [approval for approval in world.gate.approvals(task_id) if approval.decision is None]
    if not waiting:
        raise Conflict(f"task {task_id} does not wait for a decision: see `python -m ferry status {task_id}`")
    approval, by = waiting[-1], f"operator:{user}"
    asked = judge(approval, kept_policy(approval, world), world, groups=False)
    ballot = Ballot(by, task_id, approval.id, approval.digest, decision, reason)
    if refusal := asked.refusal(ballot):
        world.gate.note(task_id, EVALUATED, {"request": approval.id, "by": by, **facts(asked.policy, refusal=refusal)})
        raise NotApproved(f"nothing was changed: {refusal}")
    made = {"decision": decision, "decided_by": by, "decided_at": world.now(), "reason": reason}
    closed = approval.model_copy(update=made)
    if not world.gate.decide(closed, **{**facts(asked.policy), "said": f"{by} decides as an operator"}):
        raise Conflict(
            f"somebody else decided about task {task_id} a moment ago: see `python -m ferry status {task_id}`"
        )
    if not wake(closed, world):
        said = decision.replace("_", " ")
        raise Conflict(f"{said} is recorded, but the machine waits no more: `python -m ferry resume {task_id}`")
    return closed
