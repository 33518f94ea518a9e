"""``/agent`` in Slack: the decisions of the buttons, in words."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain.approval import Approval, Decision
from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.triggers.slack import DIGEST_SHOWN, Click, Command
from ferry.usecases.decide import decide
from ferry.usecases.world import World

VERBS = {
    "approve": Decision.APPROVED,
    "reject": Decision.REJECTED,
    "changes": Decision.CHANGES_REQUESTED,
}
HELP = "`/agent approve <task>` · `/agent changes <task> <what>` · `/agent reject <task> [why]`"


def obey(
    delivery: Delivery, command: Command, world: World, *, approvers: frozenset[str], max_revisions: int
) -> Receipt:
    """Decide the task's open request as a click on its newest message would."""
    if command.verb not in VERBS or not command.words:
        return _tell(delivery, command, HELP, world)
    task_id, reason = command.words[0], " ".join(command.words[1:])
    approval = _meant(world.store.approvals(task_id), delivery)
    if approval is None:
        return _tell(delivery, command, f"task {task_id} does not wait for a decision", world)
    click = Click(
        user=command.user,
        task_id=task_id,
        approval_id=approval.id,
        digest=approval.digest[:DIGEST_SHOWN],
        decision=VERBS[command.verb],
        reason=reason,
        channel=command.channel,
    )
    return decide(delivery, click, world, approvers=approvers, max_revisions=max_revisions)


def _meant(asked: Sequence[Approval], delivery: Delivery) -> Approval | None:
    """The one that an earlier try of this delivery decided, else the newest that is open."""
    decided = [approval for approval in asked if approval.decided_through == delivery.name]
    waiting = [approval for approval in asked if approval.decision is None]
    return next(iter([*decided, *reversed(waiting)]), None)


def _tell(delivery: Delivery, command: Command, text: str, world: World) -> Receipt:
    world.chat.whisper(command.user, text, channel=command.channel)
    return Receipt(delivery.name, Outcome.IGNORED, text, world.now())
